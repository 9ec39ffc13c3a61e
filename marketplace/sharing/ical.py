"""Harvest months as an iCalendar file (RFC 5545). Pure.

Each run of months is one all-day event that comes back every year. A season that ends with
February is a day short in leap years: RFC 5545 repeats a length in days, and nobody harvests to
the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from marketplace.core import seasons

LINE = 75
"""Octets of a line without its end; longer ones go on after CRLF and a space."""
PRODUCT = "-//ketnoi//mua vu 1.0//VI"


@dataclass(frozen=True, slots=True)
class Season:
    """The months of one listing. ``since`` is the year its first event lies in."""

    key: str
    title: str
    text: str
    place: str
    url: str
    group: str
    months: int
    since: int
    changed_at: datetime


def calendar(name: str, found: Iterable[Season]) -> bytes:
    """The file; an empty calendar where nothing has months."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
        "X-WR-TIMEZONE:Asia/Ho_Chi_Minh",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
    ]
    for season in found:
        for run in seasons.spans(season.months):
            lines += _event(season, run)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _event(season: Season, run: tuple[int, int]) -> Sequence[str]:
    first, last = run
    start = date(season.since, first, 1)
    end_year = season.since + (first > last) + (last == 12)  # noqa: PLR2004  December
    end = date(end_year, last % 12 + 1, 1)
    given = [
        ("DESCRIPTION", season.text),
        ("LOCATION", season.place),
        ("CATEGORIES", season.group),
    ]
    return [
        "BEGIN:VEVENT",
        f"UID:{season.key}-{first:02}@mua-vu",
        f"DTSTAMP:{season.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"LAST-MODIFIED:{season.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{start:%Y%m%d}",
        f"DTEND;VALUE=DATE:{end:%Y%m%d}",
        "RRULE:FREQ=YEARLY",
        f"SUMMARY:{escaped(season.title)}",
        *(f"{name}:{escaped(value)}" for name, value in given if value),
        f"URL:{season.url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


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
