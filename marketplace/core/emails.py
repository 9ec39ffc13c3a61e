"""E-mail addresses: what is written to, and what is compared."""

from __future__ import annotations

import re

from marketplace.core.i18n import N_
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean

LONGEST = 254
"""Of a whole address that SMTP can carry (RFC 5321, 4.5.3.1.3)."""

_LONGEST_LOCAL = 64
_ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*", re.IGNORECASE)
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?!\d+$){_LABEL}")


def parse(raw: object) -> str:
    """The address to write to: as typed, the domain in small letters. ASCII only, one line.

    Quoted local parts, addresses in brackets and domains without a dot are not taken.
    Raises Unreadable.
    """
    address = clean(raw)
    local, _, domain = address.rpartition("@")
    domain = domain.lower()
    if not address.isascii():
        raise Unreadable(
            N_(
                "Write the e-mail address without accents and special letters, "
                "for example htx@example.com."
            )
        )
    if (
        len(address) > LONGEST
        or len(local) > _LONGEST_LOCAL
        or not _LOCAL.fullmatch(local)
        or not _DOMAIN.fullmatch(domain)
    ):
        raise Unreadable(
            N_(
                "An e-mail address has a name, the sign @ and a domain, "
                "for example htx@example.com."
            )
        )
    return f"{local}@{domain}"


def key(address: str) -> str:
    """What must be unique of an address and is looked up at sign-in: all small letters."""
    return address.casefold()
