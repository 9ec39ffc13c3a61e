"""Lines of an iCalendar file (RFC 5545). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

LINE = 75
"""Octets of a line without its end; longer ones go on after CRLF and a space."""


def file(product: str, name: str, events: Iterable[str], *more: str) -> bytes:
    """A calendar called ``name`` with the lines of its events; ``more`` are lines of its head."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{product}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "X-WR-TIMEZONE:Asia/Ho_Chi_Minh",
        *more,
        *events,
        "END:VCALENDAR",
    ]
    return b"".join(folded(line) for line in lines)


def stamp(moment: datetime) -> str:
    """A moment in UTC."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """A value of type TEXT."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def folded(line: str) -> bytes:
    """The line with its end, folded so that no letter is cut in two."""
    out = bytearray()
    length = 0
    for letter in line:
        octets = letter.encode()
        if length + len(octets) > LINE:
            out += b"\r\n "
            length = 1
        out += octets
        length += len(octets)
    return bytes(out) + b"\r\n"
