"""What a journal entry is about: its record, the words for it, and where its page is.

``about_all`` loads the records of many entries in a number of queries that does not grow with
them, with everything a notice may mention, so that its templates ask the database nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Consent, Organisation, User
from marketplace.alerts.models import Digest, DigestItem
from marketplace.alerts.queries import watched_listing
from marketplace.catalogue import kinds  # noqa: F401  the kinds are tables of their own
from marketplace.catalogue.models import Listing
from marketplace.catalogue.wild.models import WildSpecies
from marketplace.choosing.models import Applicant, Selection
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.deals.models import (
    Agreement,
    Deal,
    DealParty,
    Figure,
    Instalment,
    Outcome,
    Ruling,
)
from marketplace.deliveries.models import (
    CallOff,
    Dispatch,
    Payment,
    ScheduledDelivery,
    SecondChance,
)
from marketplace.enquiries.models import Enquiry
from marketplace.interests.models import Interest
from marketplace.introducing.models import Introduction
from marketplace.matching.models import Match
from marketplace.moderation.models import Report
from marketplace.notifications.rules import is_for_watcher
from marketplace.papers.models import Paper
from marketplace.programme.models import Pair
from marketplace.promises.models import Promise
from marketplace.questions.models import Question
from marketplace.revisions.models import Revision
from marketplace.roads.models import RoadNotice
from marketplace.talking.models import Message, Thread
from marketplace.talking.queries import told
from marketplace.talking.rules import About as TalkedAbout
from marketplace.tasks.models import Task
from marketplace.tracing.models import Lot
from marketplace.trips.models import Trip, TripPerson, TripReport, TripStop

RECORDS: dict[str, type[Any]] = {
    "user_account": User,
    "organisation": Organisation,
    "listing": Listing,
    "listing_revision": Revision,
    "listing_report": Report,
    "interest": Interest,
    "selection": Selection,
    "applicant": Applicant,
    "enquiry": Enquiry,
    "introduction": Introduction,
    "message": Message,
    "match": Match,
    "deal": Deal,
    "agreement": Agreement,
    "ruling": Ruling,
    "instalment": Instalment,
    "task": Task,
    "scheduled_delivery": ScheduledDelivery,
    "call_off": CallOff,
    "dispatch": Dispatch,
    "payment": Payment,
    "second_chance": SecondChance,
    "outcome": Outcome,
    "figure": Figure,
    "question": Question,
    "road_notice": RoadNotice,
    "paper": Paper,
    "wild_species": WildSpecies,
    "consent": Consent,
    "lot": Lot,
    "search_digest": Digest,
    "promise": Promise,
    "trip": Trip,
    "trip_person": TripPerson,
    "trip_stop": TripStop,
    "trip_report": TripReport,
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
    Listing: ((Listing.organisation, Organisation.locality), (Listing.pair,)),
    Consent: ((Consent.organisation, Organisation.locality),),
    Lot: ((Lot.listing, Listing.organisation), (Lot.listing, Listing.pair)),
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
        (Interest.listing, Listing.organisation, Organisation.locality),
        (Interest.offered,),
    ),
    Enquiry: (
        (Enquiry.pair,),
        (Enquiry.listing, Listing.organisation),
        (Enquiry.interest, Interest.organisation),
    ),
    Introduction: (
        (Introduction.pair,),
        (Introduction.one, Organisation.locality),
        (Introduction.other, Organisation.locality),
        (Introduction.proposed_by,),
    ),
    Message: (
        (Message.organisation,),
        (Message.thread, Thread.pair),
        (Message.thread, Thread.interest, Interest.listing, Listing.organisation),
        (Message.thread, Thread.interest, Interest.organisation),
        (Message.thread, Thread.match, Match.listing),
        (Message.thread, Thread.match, Match.seller),
        (Message.thread, Thread.match, Match.buyer),
        (Message.thread, Thread.introduction, Introduction.one),
        (Message.thread, Thread.introduction, Introduction.other),
    ),
    Question: (
        (Question.organisation,),
        (Question.answered_for,),
        (Question.listing, Listing.organisation),
        (Question.listing, Listing.pair),
    ),
    RoadNotice: ((RoadNotice.locality,), (RoadNotice.villages,)),
    Selection: ((Selection.pair,), (Selection.listing, Listing.organisation)),
    Applicant: (
        (Applicant.selection, Selection.pair),
        (Applicant.selection, Selection.listing, Listing.organisation),
        (Applicant.interest, Interest.organisation),
    ),
    Match: ((Match.pair,), (Match.listing,), (Match.seller,), (Match.buyer,)),
    Deal: _OF_DEAL,
    Instalment: ((Instalment.stated_for,), *((Instalment.deal, *way) for way in _OF_DEAL)),
    Agreement: tuple((Agreement.deal, *way) for way in _OF_DEAL),
    Ruling: tuple((Ruling.deal, *way) for way in _OF_DEAL),
    Task: (
        (Task.organisation,),
        (Task.locality,),
        *((Task.deal, *way) for way in _OF_DEAL),
    ),
    ScheduledDelivery: tuple((ScheduledDelivery.deal, *way) for way in _OF_DEAL),
    CallOff: ((CallOff.organisation,), *((CallOff.deal, *way) for way in _OF_DEAL)),
    Dispatch: ((Dispatch.organisation,), *((Dispatch.deal, *way) for way in _OF_DEAL)),
    Payment: tuple((Payment.instalment, Instalment.deal, *way) for way in _OF_DEAL),
    SecondChance: (
        (SecondChance.interest, Interest.organisation, Organisation.locality),
        (SecondChance.interest, Interest.listing, Listing.organisation),
        (SecondChance.interest, Interest.pair),
    ),
    Outcome: tuple((Outcome.deal, *way) for way in _OF_DEAL),
    Paper: ((Paper.organisation, Organisation.locality),),
    Digest: ((Digest.pair,), (Digest.user,), (Digest.items, DigestItem.search)),
    Figure: tuple((Figure.outcome, Outcome.deal, *way) for way in _OF_DEAL),
    Promise: ((Promise.pair,), (Promise.promisor,), (Promise.promisee,)),
    Trip: ((Trip.pair,), (Trip.host,), (Trip.people, TripPerson.organisation)),
    TripPerson: ((TripPerson.organisation,), (TripPerson.trip, Trip.pair)),
    TripStop: ((TripStop.trip, Trip.pair),),
    TripReport: ((TripReport.trip, Trip.pair), (TripReport.keys,)),
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


def _about(entry: Entry, record: Any) -> About:
    for kind, place in PLACES.items():
        if isinstance(record, kind):
            return place(entry, record)
    case = _match_of(record)
    return About(record, case.listing.title, f"/ket-noi/{case.public_id}", case.pair)


def whom(notice: RoadNotice) -> str:
    """Whose road a notice speaks of: its villages, or the whole locality."""
    if notice.is_everywhere:
        return notice.locality.name
    return ", ".join(village.name for village in notice.villages)


def path_for(about: About, entry: Entry, organisation: Organisation | None) -> str:
    """The page a reader is sent to: the work page, or the public one to whoever watches."""
    if is_for_watcher(entry.name, for_organisation=organisation is not None):
        return watched_listing(about.record).path
    return about.path


def _match_of(record: Any) -> Match:
    """The match whose case page shows this record."""
    if isinstance(record, Match):
        return record
    if isinstance(record, Payment):
        record = record.instalment
    deal: Deal = record if isinstance(record, Deal) else record.deal
    return deal.match


def _listing_path(entry: Entry, listing: Listing) -> str:
    if entry.name in FOR_REVIEW:
        return f"/lam-viec/duyet/{listing.public_id}"
    return listing.path if entry.name in IN_PUBLIC else f"/ban-hang/{listing.public_id}"


TALKED_AT = {
    TalkedAbout.INTEREST: "quan-tam",
    TalkedAbout.CASE: "ket-noi",
    TalkedAbout.INTRODUCTION: "gioi-thieu",
}


def _conversation(_entry: Entry, message: Message) -> About:
    """Where a message is read; the address of an interest's leads on to the case it became."""
    what, public_id, title, _names = told(message.thread, {})
    return About(message, title, f"/trao-doi/{TALKED_AT[what]}/{public_id}", message.thread.pair)


PLACES: dict[type[Any], Callable[[Entry, Any], About]] = {
    User: lambda entry, r: About(
        r, r.name, "/lam-viec/nguoi-thay" if entry.name == "user.deputy_named" else "/toi"
    ),
    Organisation: lambda _entry, r: About(r, r.name, f"/to-chuc/{r.public_id}"),
    Listing: lambda entry, r: About(r, r.title, _listing_path(entry, r), r.pair),
    Interest: lambda _entry, r: About(r, r.listing.title, f"/quan-tam/{r.public_id}", r.pair),
    Selection: lambda _entry, r: About(r, r.listing.title, f"/lua-chon/{r.public_id}", r.pair),
    Applicant: lambda _entry, r: About(
        r, r.selection.listing.title, f"/lua-chon/{r.selection.public_id}", r.selection.pair
    ),
    Task: lambda _entry, r: About(
        r, r.title, f"/ket-noi/{r.deal.match.public_id}#viec", r.deal.pair
    ),
    Enquiry: lambda _entry, r: About(r, r.listing.title, f"/quan-tam/{r.public_id}", r.pair),
    Introduction: lambda _entry, r: About(
        r,
        r.public_id,
        f"/gioi-thieu-hai-ben/{r.public_id}",
        r.pair,  # no name before both yes
    ),
    Message: _conversation,
    Figure: lambda _entry, r: About(
        r, r.outcome.deal.listing.title, "/lam-viec/so-lieu", r.outcome.deal.pair
    ),
    CallOff: lambda _entry, r: About(
        r, r.deal.listing.title, f"/goi-hang/{r.public_id}", r.deal.pair
    ),
    Dispatch: lambda _entry, r: About(r, r.deal.listing.title, r.path, r.deal.pair),
    SecondChance: lambda _entry, r: About(
        r, r.interest.listing.title, f"/con-hang/{r.public_id}", r.interest.pair
    ),
    Question: lambda _entry, r: About(
        r, r.listing.title, f"/hoi-dap/cau/{r.public_id}", r.listing.pair
    ),
    RoadNotice: lambda _entry, r: About(r, whom(r), f"/duong-di/{r.public_id}"),
    WildSpecies: lambda _entry, r: About(r, r.name, f"/lam-viec/thu-hai/{r.public_id}"),
    Paper: lambda _entry, r: About(r, r.number, f"/giay-to/{r.public_id}"),
    Lot: lambda _entry, r: About(r, r.name, r.path, r.listing.pair),
    Consent: lambda _entry, r: About(
        r, r.organisation.name, f"/to-chuc/{r.organisation.public_id}/dong-y"
    ),
    Digest: lambda _entry, r: About(r, r.title, f"/toi/tim-da-luu/tin/{r.public_id}", r.pair),
    Promise: lambda _entry, r: About(r, r.what, r.path, r.pair),
    Trip: lambda _entry, r: About(r, r.title, r.path, r.pair),
    TripPerson: lambda _entry, r: About(r, r.trip.title, r.trip.path, r.trip.pair),
    TripStop: lambda _entry, r: About(r, r.trip.title, r.trip.path, r.trip.pair),
    TripReport: lambda _entry, r: About(r, r.trip.title, f"{r.trip.path}/bao-cao", r.trip.pair),
    Revision: lambda _entry, r: About(r, r.listing.title, f"/sua-doi/{r.public_id}", r.pair),
    Report: lambda entry, r: About(
        r,
        r.listing.title,
        "/lam-viec/bao-cao-vi-pham" if entry.name == "report.made" else r.listing.path,
        r.pair,
    ),
}
"""The title and the page of each kind of record; those left out belong to a case."""

_NOTHING = About(None, "", "/")
