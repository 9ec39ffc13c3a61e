"""The mails kept as files while there is no mail server, read back for the browser."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from marketplace.core.errors import NotFound

NAME = re.compile(r"[0-9]{8,12}")
SHOWN = 200
"""How many mails the list shows; the latest are the ones looked for."""


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail as the list and its page show it."""

    name: str
    subject: str
    to: str
    sent_at: datetime
    text: str


def kept(folder: Path) -> Sequence[KeptMail]:
    """The latest mails, newest first."""
    paths = sorted(folder.glob("*.eml"), key=lambda p: (p.stat().st_mtime_ns, p.name), reverse=True)
    return [_read(path) for path in paths[:SHOWN]]


def one(folder: Path, name: str) -> KeptMail:
    """The mail of this name. Raises NotFound."""
    path = folder / f"{name}.eml"
    if not NAME.fullmatch(name) or not path.is_file():
        raise NotFound
    return _read(path)


def _read(path: Path) -> KeptMail:
    message = email.message_from_bytes(path.read_bytes(), EmailMessage, policy=email.policy.default)
    plain = message.get_body(("plain",))
    return KeptMail(
        path.stem,
        str(message["Subject"]),
        str(message["To"]),
        parsedate_to_datetime(str(message["Date"])),
        plain.get_content() if plain else "",
    )
