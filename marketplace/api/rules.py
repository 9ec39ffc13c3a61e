"""What may be asked of the API, and how a refusal is told (RFC 9457). Pure.

Whatever is misspelt is refused and named: a filter that is quietly left out would answer with
everything, and nobody would notice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from marketplace.core.errors import DomainError
from marketplace.core.i18n import N_, Text
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean
from marketplace.reports.rules import ADDRESSES

TRIES = 120
"""Requests a minute from one address: a thousand listings take twenty."""
MOST_ON_PAGE = 50
ON_PAGE = 24
LAST_PAGE = 10_000
MOST_WORDS = 200
"""Characters of ``q``."""

ALIASES = {
    "group": "nhom",
    "month": "thang",
    "village": "thon",
    "papers": "giay-to",
    "paper": "giay",
    "sector": "linh-vuc",
    "form": "hinh-thuc",
    "capital": "von",
    "seeking": "loai",
    "language": "tieng",
    "seller": "ben-ban",
    "at-least": "it-nhat",
    "price": "gia",
    "delivery": "giao",
    "room": "cho",
}
"""English names of filters; where a list has no filter of that name, its alias is unknown too."""
SORT_ALIASES = {
    "newest": "moi",
    "season": "mua-vu",
    "price": "gia",
    "quantity": "luong",
    "closing": "han",
    "capital": "von",
    "name": "ten",
}

RELEVANCE = "relevance"
"""The order a list has by itself: what fits the words best, then its own."""
INDICATORS = ADDRESSES | {indicator.value: indicator for indicator in ADDRESSES.values()}
"""Values of the filter of results: as the pages name them, and as an answer does."""

Args = Mapping[str, Sequence[str]]


class BadRequest(DomainError):
    """A parameter that cannot be meant: 400."""

    status = 400


def only(args: Args, known: Collection[str]) -> None:
    """Raises BadRequest naming a parameter that is not among ``known``."""
    for name in args:
        if name not in known:
            raise BadRequest(
                Text(
                    N_("There is no parameter “%(name)s” here. Known: %(known)s."),
                    name=name[:50],
                    known=", ".join(known),
                )
            )


def one(args: Args, name: str) -> str | None:
    """The value of a parameter that may be given once. Raises BadRequest."""
    values = args.get(name, ())
    if len(values) > 1:
        raise BadRequest(Text(N_("“%(name)s” can be given only once."), name=name))
    return values[0] if values else None


def number(args: Args, name: str, otherwise: int, most: int) -> int:
    """A whole number from 1 to ``most``. Raises BadRequest."""
    raw = one(args, name)
    if raw is None:
        return otherwise
    if raw.isascii() and raw.isdigit() and len(raw) <= len(str(most)) and 1 <= int(raw) <= most:
        return int(raw)
    raise BadRequest(
        Text(N_("“%(name)s” is a whole number from 1 to %(most)s."), name=name, most=most)
    )


def words(args: Args) -> str:
    """What is searched for. Raises BadRequest for what is too long or no text."""
    raw = one(args, "q") or ""
    try:
        return clean(raw, longest=MOST_WORDS)
    except Unreadable as error:
        raise BadRequest(Text(N_("“q”: %(why)s"), why=error.text)) from error


def choice(args: Args, name: str, known: Collection[str]) -> str | None:
    """One of several words. Raises BadRequest naming them."""
    raw = one(args, name)
    if raw is None or raw in known:
        return raw
    raise unknown(name, raw, known)


def unknown(name: str, value: str, known: Collection[str]) -> BadRequest:
    """A value nobody knows, and those there are."""
    return BadRequest(
        Text(
            N_("“%(value)s” is no value of “%(name)s”. Known: %(known)s."),
            value=value[:50],
            name=name,
            known=", ".join(known),
        )
    )
