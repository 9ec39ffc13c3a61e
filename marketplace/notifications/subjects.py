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
        case Listing():
            return About(record, record.title, listing_path(record))
        case Interest():
            return About(record, record.listing.title, f"/quan-tam/{record.public_id}")
        case Match():
            return About(record, record.listing.title, f"/ket-noi/{record.public_id}")
        case Deal():
            return About(record, record.listing.title, f"/ket-noi/{record.match.public_id}")
        case Instalment():
            deal = record.deal
            return About(record, deal.listing.title, f"/ket-noi/{deal.match.public_id}")
        case Outcome():
            deal = record.deal
            return About(record, deal.listing.title, f"/ket-noi/{deal.match.public_id}")
        case Figure():
            deal = record.outcome.deal
            return About(record, deal.listing.title, "/lam-viec/so-lieu")
        case Organisation():
            return About(record, record.name, f"/to-chuc/{record.public_id}")
        case User():
            return About(record, record.name, "/toi")
    msg = f"no page for {entry.subject_type}"
    raise LookupError(msg)


def listing_path(listing: Listing) -> str:
    """The address of a listing's page."""
    return f"{PATHS[listing.kind]}/{listing.slug}-{listing.public_id}"
