"""What a journal entry is about: its record, the words for it, and where its page is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marketplace.accounts.models import Organisation, User
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.models import Listing
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.deals.models import Deal, Figure, Instalment, Outcome
from marketplace.interests.models import Interest
from marketplace.matching.models import Match

RECORDS: dict[str, type[Any]] = {
    "user_account": User,
    "organisation": Organisation,
    "interest": Interest,
    "match": Match,
    "deal": Deal,
    "instalment": Instalment,
    "outcome": Outcome,
    "figure": Figure,
}

PATHS = {"produce": "/nong-san", "opportunity": "/co-hoi"}


@dataclass(frozen=True, slots=True)
class About:
    """The record of an entry, its title, and the path of its page."""

    record: Any
    title: str
    path: str


def of(entry: Entry) -> Any:
    """The record an entry is about."""
    if entry.subject_type == Listing.__tablename__:
        return catalogue.get_by_id(entry.subject_id)
    return db.session.get(RECORDS[entry.subject_type], entry.subject_id)


def about(entry: Entry) -> About:
    """The words and the address for an entry's record."""
    record = of(entry)
    match record:
        case User():
            return About(record, record.name, "/toi")
        case Organisation():
            return About(record, record.name, f"/to-chuc/{record.public_id}")
        case Listing():
            return About(record, record.title, listing_path(record))
        case Interest():
            return About(record, record.listing.title, f"/quan-tam/{record.public_id}")
        case Figure():
            return About(record, record.outcome.deal.listing.title, "/lam-viec/so-lieu")
    case = _match_of(record)
    return About(record, case.listing.title, f"/ket-noi/{case.public_id}")


def _match_of(record: Match | Deal | Instalment | Outcome) -> Match:
    """The match whose case page shows this record."""
    if isinstance(record, Match):
        return record
    deal = record if isinstance(record, Deal) else record.deal
    return deal.match


def listing_path(listing: Listing) -> str:
    """The address of a listing's page."""
    return f"{PATHS[listing.kind]}/{listing.slug}-{listing.public_id}"
