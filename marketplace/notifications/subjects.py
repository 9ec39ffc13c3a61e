"""What a journal entry is about: its record, the words for it, and where its page is.

``about_all`` loads the records of many entries in a number of queries that does not grow with
them, with everything a notice may mention, so that its templates ask the database nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Organisation, User
from marketplace.catalogue import kinds  # noqa: F401  the kinds are tables of their own
from marketplace.catalogue.models import Listing
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.deals.models import Deal, DealParty, Figure, Instalment, Outcome
from marketplace.interests.models import Interest
from marketplace.matching.models import Match
from marketplace.moderation.models import Report
from marketplace.programme.models import Pair
from marketplace.revisions.models import Revision

RECORDS: dict[str, type[Any]] = {
    "user_account": User,
    "organisation": Organisation,
    "listing": Listing,
    "listing_revision": Revision,
    "listing_report": Report,
    "interest": Interest,
    "match": Match,
    "deal": Deal,
    "instalment": Instalment,
    "outcome": Outcome,
    "figure": Figure,
}

FOR_REVIEW = frozenset({"listing.submit", "listing.turn_key"})
IN_PUBLIC = frozenset({"listing.publish", "listing.close"})
"""Events whose reader is sent to the review page, and to the public page; else to the own one."""


@dataclass(frozen=True, slots=True)
class About:
    """The record of an entry, its title, the path of its page, and the twinning it belongs to."""

    record: Any
    title: str
    path: str
    pair: Pair | None = None


_OF_DEAL: tuple[tuple[Any, ...], ...] = (
    (Deal.pair,),
    (Deal.listing,),
    (Deal.match, Match.seller),
    (Deal.match, Match.buyer),
    (Deal.parties, DealParty.organisation),
    (Deal.instalments,),
)
LOADED: dict[type[Any], tuple[tuple[Any, ...], ...]] = {
    Organisation: ((Organisation.locality,),),
    Listing: ((Listing.organisation,), (Listing.pair,)),
    Revision: (
        (Revision.listing, Listing.organisation),
        (Revision.listing, Listing.pair),
    ),
    Report: (
        (Report.listing, Listing.organisation),
        (Report.listing, Listing.pair),
        (Report.reporter,),
    ),
    Interest: (
        (Interest.pair,),
        (Interest.organisation,),
        (Interest.listing, Listing.organisation),
    ),
    Match: ((Match.pair,), (Match.listing,), (Match.seller,), (Match.buyer,)),
    Deal: _OF_DEAL,
    Instalment: ((Instalment.stated_for,), *((Instalment.deal, *way) for way in _OF_DEAL)),
    Outcome: tuple((Outcome.deal, *way) for way in _OF_DEAL),
    Figure: tuple((Figure.outcome, Outcome.deal, *way) for way in _OF_DEAL),
}
"""What is loaded with each kind of record: all that a notice may mention."""


def _along(way: tuple[Any, ...]) -> Any:
    """Load along these relationships in the same query."""
    loader = joinedload(way[0])
    for attribute in way[1:]:
        loader = loader.joinedload(attribute)
    return loader


def of(entry: Entry) -> Any:
    """The record an entry is about; None when there is none."""
    return about_all([entry]).get(entry.id, _NOTHING).record


def about(entry: Entry) -> About:
    """The words and the address for an entry's record. Raises LookupError when it is gone."""
    return about_all([entry])[entry.id]


def about_all(entries: Iterable[Entry]) -> Mapping[int, About]:
    """The same for many entries, by entry id; entries about nothing are left out."""
    entries = list(entries)
    records: dict[tuple[str, int], Any] = {}
    for name, kind in RECORDS.items():
        ids = {entry.subject_id for entry in entries if entry.subject_type == name}
        if ids:
            loaded = map(_along, LOADED.get(kind, ()))
            query = sa.select(kind).where(kind.id.in_(ids)).options(*loaded)
            records |= {(name, row.id): row for row in db.session.scalars(query).unique()}
    found = ((entry, records.get((entry.subject_type, entry.subject_id))) for entry in entries)
    return {entry.id: _about(entry, record) for entry, record in found if record is not None}


def _about(entry: Entry, record: Any) -> About:  # noqa: PLR0911  one answer per kind of record
    match record:
        case User():
            return About(record, record.name, "/toi")
        case Organisation():
            return About(record, record.name, f"/to-chuc/{record.public_id}")
        case Listing():
            return About(record, record.title, _listing_path(entry, record), record.pair)
        case Revision():
            path = f"/sua-doi/{record.public_id}"
            return About(record, record.listing.title, path, record.pair)
        case Report():
            is_open = entry.name == "report.made"
            path = "/lam-viec/bao-cao-vi-pham" if is_open else record.listing.path
            return About(record, record.listing.title, path, record.pair)
        case Interest():
            path = f"/quan-tam/{record.public_id}"
            return About(record, record.listing.title, path, record.pair)
        case Figure():
            deal = record.outcome.deal
            return About(record, deal.listing.title, "/lam-viec/so-lieu", deal.pair)
    case = _match_of(record)
    return About(record, case.listing.title, f"/ket-noi/{case.public_id}", case.pair)


def _match_of(record: Match | Deal | Instalment | Outcome) -> Match:
    """The match whose case page shows this record."""
    if isinstance(record, Match):
        return record
    deal = record if isinstance(record, Deal) else record.deal
    return deal.match


def _listing_path(entry: Entry, listing: Listing) -> str:
    if entry.name in FOR_REVIEW:
        return f"/lam-viec/duyet/{listing.public_id}"
    return listing.path if entry.name in IN_PUBLIC else f"/ban-hang/{listing.public_id}"


_NOTHING = About(None, "", "/")
