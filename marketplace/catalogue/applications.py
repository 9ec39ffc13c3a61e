"""Until when those who want a listing may say so, where a feature above sets a day of its own.

A selection among several closes the applications for an opportunity that is open at all times; the
catalogue does not know selections, so the feature declares what it knows when the program starts:
for one listing with the sentence, for lists as columns of the database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from marketplace.core.i18n import Text

if TYPE_CHECKING:
    from marketplace.catalogue.models import Listing


@dataclass(frozen=True, slots=True)
class Applications:
    """The last day of applications, and the sentence that says that they are closed, if so."""

    last_day: date
    why_closed: Text | None


Find = Callable[["Listing"], Applications | None]
Column = Callable[[sa.FromClause], sa.ColumnElement[Any]]
"""The table of listings in, a column for each of its rows out."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a feature above knows: of one listing, and in columns that are NULL where it is silent.

    The columns say what ``of`` says, so that a card, an order and the listing's page agree.
    """

    of: Find
    last_day: Column
    is_closed: Column


_KNOWN: list[Source] = []


def also_closes(source: Source) -> None:
    """Let a feature above set the last day of applications for listings."""
    if source not in _KNOWN:
        _KNOWN.append(source)


def of(listing: Listing) -> Applications | None:
    """What is known of the applications for a listing; None where its own closing date counts."""
    return next((known for source in _KNOWN if (known := source.of(listing)) is not None), None)


def why_closed(listing: Listing) -> Text | None:
    """Why no application is taken any more; None while they are."""
    found = of(listing)
    return found.why_closed if found is not None else None


def last_day_of(listing: Listing) -> date | None:
    """The last day of applications for a listing; None at all times."""
    known = of(listing)
    return known.last_day if known is not None else listing.closes_on


def last_day(listings: sa.FromClause) -> sa.ColumnElement[Any]:
    """The last day of applications for each row of the listings' table; NULL at all times."""
    days = [source.last_day(listings) for source in _KNOWN]
    own: sa.ColumnElement[Any] = listings.c.closes_on
    return sa.func.coalesce(*days, own, type_=sa.Date()) if days else own


def is_closed(listings: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether the applications for each row of the listings' table are closed for good."""
    return sa.func.coalesce(
        *(source.is_closed(listings) for source in _KNOWN), sa.false(), type_=sa.Boolean()
    )
