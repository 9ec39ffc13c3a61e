"""What the pages of kept and compared listings show, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Organisation
from marketplace.catalogue.browse import cards
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.models import Listing, listing_address
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.shortlist import queries
from marketplace.shortlist.queries import Found
from marketplace.shortlist.rules import LEAST_COMPARED, MOST_COMPARED
from marketplace.web.locale import say


@dataclass(frozen=True, slots=True)
class Shelf:
    """The kept listings of one kind; ``closed`` are the public ids of those that are closed."""

    kind: str
    name: str
    items: Sequence[Any]
    closed: frozenset[str]

    @property
    def can_compare(self) -> bool:
        """Whether there are enough of them to stand side by side."""
        return len(self.items) >= LEAST_COMPARED


def shelves(found: Sequence[Found]) -> list[Shelf]:
    """The listings by kind, each kind in the order in which they were kept."""
    return [
        Shelf(
            kind,
            page.name,
            cards(kind, [one.id for one in of_kind]),
            frozenset(one.public_id for one in of_kind if one.is_closed),
        )
        for kind, page in PAGES.items()
        for of_kind in [[one for one in found if one.kind == kind]]
        if of_kind
    ]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the comparison: its words, a value for each listing, and whether they differ."""

    label: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the listings say different things."""
        return len(set(self.values)) > 1


@dataclass(frozen=True, slots=True)
class Column:
    """A listing of the comparison, and the same comparison without it."""

    title: str
    url: str
    without: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Up to four listings side by side; or the sentence why they are not."""

    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    refusal: Text | None = None
    kind_name: str = ""
    list_url: str = "/"


def comparison(public_ids: Sequence[str], viewer: Actor) -> Comparison:
    """The listings of an address side by side. Those the viewer may not open are left out."""
    found = queries.among(public_ids, viewer)
    shown = found[:MOST_COMPARED]
    columns = tuple(
        Column(
            one.title,
            listing_address(PAGES[one.kind].spec.section, one.slug, one.public_id),
            compare_url(other.public_id for other in found if other is not one),
        )
        for one in found
    )
    page = PAGES[found[0].kind if found else "produce"]
    if refusal := _refusal(found):
        return Comparison(columns, refusal=refusal, kind_name=page.name, list_url=page.spec.path)
    listings = queries.whole(
        shown,
        [
            joinedload(Listing.organisation).joinedload(Organisation.locality),
            joinedload(Listing.village),
        ],
    )
    rows = tuple(_rows(listings))
    return Comparison(columns, rows, kind_name=page.name, list_url=page.spec.path)


def _refusal(found: Sequence[Found]) -> Text | None:
    if len({one.kind for one in found}) > 1:
        return Text(N_("Only listings of one kind can stand side by side. Take out the others."))
    if len(found) > MOST_COMPARED:
        return Text(
            N_(
                "At most %(most)s listings can stand side by side, and you chose %(count)s. "
                "Take out some."
            ),
            most=MOST_COMPARED,
            count=len(found),
        )
    if len(found) < LEAST_COMPARED:
        return Text(N_("Choose at least 2 listings to compare."))
    return None


def _rows(listings: Sequence[Listing]) -> Iterable[Row]:
    """The lines that any of them has something to say in."""
    said = [PAGES[listing.kind].compared(listing) for listing in listings]
    for line in zip(*said, strict=True):
        values = tuple(say(value) if isinstance(value, Text) else str(value) for _, value in line)
        if any(values):
            yield Row(line[0][0], values)


def compare_url(public_ids: Iterable[str]) -> str:
    """The address of a comparison: all of its state."""
    asked = urlencode([("id", one) for one in public_ids])
    return f"{url_for('shortlist.compare')}{'?' if asked else ''}{asked}"
