"""Reading trips."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation, User
from marketplace.accounts.rules import may_manage
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import Entry
from marketplace.interests.models import Interest
from marketplace.interests.rules import LIVE
from marketplace.papers import queries as papers
from marketplace.programme import queries as programme
from marketplace.programme.models import Approval
from marketplace.questions import queries as questions
from marketplace.roads.models import RoadNotice
from marketplace.roads.rules import Condition, NoticeState
from marketplace.trips.models import (
    Trip,
    TripInterest,
    TripPerson,
    TripPhoto,
    TripReport,
    TripStop,
)
from marketplace.trips.rules import (
    OPEN_TO_ANSWERS,
    REPORT_AFTER,
    STANDING,
    TRIP,
    TripState,
)

_Named = TypeVar("_Named", TripPerson, TripStop, TripInterest, TripPhoto)


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """The officials of both localities, the organisations of those on it, and its host."""
    if viewer.is_officer:
        pairs = programme.pairs_of(viewer)
        return Trip.pair_id.in_(pairs)
    if viewer.organisation_id is None:
        return sa.false()
    theirs = accounts.in_care_of(viewer)
    going = sa.select(TripPerson.trip_id).where(TripPerson.organisation_id.in_(theirs))
    receives = sa.and_(Trip.host_id.in_(theirs), Trip.state != TripState.PROPOSED)
    return sa.or_(Trip.id.in_(going), receives)


def _whole() -> sa.Select[Trip]:
    """A trip with all its pages show."""
    return sa.select(Trip).options(
        joinedload(Trip.pair),
        joinedload(Trip.host),
        joinedload(Trip.kit),
        selectinload(Trip.people)
        .joinedload(TripPerson.organisation)
        .joinedload(Organisation.locality),
        selectinload(Trip.stops).options(
            joinedload(TripStop.village),
            joinedload(TripStop.checked_by),
            selectinload(TripStop.listing).joinedload(Listing.organisation),
            selectinload(TripStop.photos),
        ),
        selectinload(Trip.interests)
        .joinedload(TripInterest.interest)
        .options(
            joinedload(Interest.organisation),
            selectinload(Interest.listing).joinedload(Listing.organisation),
        ),
        selectinload(Trip.report).options(
            selectinload(TripReport.keys).joinedload(Approval.user), joinedload(TripReport.trip)
        ),
        selectinload(Trip.promises),
        selectinload(Trip.keys).joinedload(Approval.user),
    )


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Trip:
    """A trip the viewer may see, whole. Raises NotFound."""
    return _one(public_id, visible_to(viewer), lock=lock)


def to_decide(viewer: Actor) -> Sequence[Trip]:
    """Trips the viewer may see whose plan, or whose report, waits for keys."""
    return db.session.scalars(
        _whole()
        .where(visible_to(viewer), Trip.state.in_((TripState.PLANNED, TripState.REPORTING)))
        .order_by(Trip.starts_on, Trip.id)
    ).all()


def to_ask_for(public_id: str, *, lock: bool = False) -> Trip:
    """A trip that stands in public and takes guests. Raises NotFound."""
    return _one(public_id, open_to_guests(), lock=lock)


def _one(public_id: str, may_be: sa.ColumnElement[bool], *, lock: bool) -> Trip:
    if lock:
        hold(Trip, public_id=public_id)
    found = db.session.scalars(
        _whole()
        .where(Trip.public_id == public_id, may_be)
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def by_id(trip_id: int) -> Trip:
    """A trip for the clock, its row held."""
    hold(Trip, id=trip_id)
    return db.session.scalars(
        _whole().where(Trip.id == trip_id).execution_options(populate_existing=True)
    ).one()


def open_to_guests() -> sa.ColumnElement[bool]:
    """What stands in public: planned or confirmed, still to come, open to whoever asks."""
    return sa.and_(Trip.is_open, Trip.state.in_(OPEN_TO_ANSWERS), Trip.starts_on > clock.today())


@dataclass(frozen=True, slots=True)
class Coming:
    """A trip in public: never who goes."""

    public_id: str
    title: str
    purpose: str
    starts_on: date
    ends_on: date
    places: tuple[str, ...]
    seats_left: int


def coming(pair_id: int) -> list[Coming]:
    """The trips of a pair that stand in public, the next first."""
    rows = db.session.scalars(
        sa.select(Trip)
        .where(Trip.pair_id == pair_id, open_to_guests())
        .options(selectinload(Trip.people), selectinload(Trip.stops).joinedload(TripStop.village))
        .order_by(Trip.starts_on, Trip.id)
    )
    return [
        Coming(
            trip.public_id,
            trip.title,
            trip.purpose,
            trip.starts_on,
            trip.ends_on or trip.starts_on,
            tuple(dict.fromkeys(s.village.name for s in trip.stops if s.village)),
            trip.seats_left,
        )
        for trip in rows
        if trip.starts_on is not None
    ]


def listed(
    viewer: Actor, *, past: bool, offset: int = 0, limit: int = 24
) -> tuple[Sequence[Trip], int]:
    """The trips the viewer may see: those going on, the next first; or those that are over."""
    over = Trip.state.in_([TripState.CLOSED, TripState.CANCELLED])
    where = sa.and_(visible_to(viewer), over if past else sa.not_(over))
    day = Trip.starts_on.desc().nulls_last() if past else Trip.starts_on.nulls_last()
    rows = db.session.scalars(
        sa.select(Trip)
        .where(where)
        .options(selectinload(Trip.people), selectinload(Trip.stops), selectinload(Trip.keys))
        .order_by(day, Trip.id)
        .offset(offset)
        .limit(limit)
    ).all()
    return rows, int(db.session.scalar(sa.select(sa.func.count(Trip.id)).where(where)) or 0)


def person(trip: Trip, public_id: str) -> TripPerson:
    """Someone on a trip that is loaded. Raises NotFound."""
    return _among(trip.people, public_id)


def stop(trip: Trip, public_id: str) -> TripStop:
    """A stop of a trip that is loaded. Raises NotFound."""
    return _among(trip.stops, public_id)


def link(trip: Trip, public_id: str) -> TripInterest:
    """An interest a trip serves. Raises NotFound."""
    return _among(trip.interests, public_id)


def _among(rows: Iterable[_Named], public_id: str) -> _Named:
    found = next((row for row in rows if row.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


def photo(trip: Trip, public_id: str) -> TripPhoto:
    """A photo of a trip that is loaded. Raises NotFound."""
    return _among([photo for stop in trip.stops for photo in stop.photos], public_id)


def invited(person_id: str, user_id: str) -> tuple[Trip, TripPerson, Actor] | None:
    """Whom a signed link lets answer, for which person on which trip; None when no longer so."""
    user: User | None = accounts.user_by_public_id(user_id)
    found = db.session.scalars(
        sa.select(TripPerson).where(TripPerson.public_id == person_id)
    ).first()
    if user is None or found is None or user.is_disabled:
        return None
    for membership in accounts.memberships(user.id):
        actor = accounts.actor_of(user, membership)
        if may_manage(actor, membership.organisation) and actor.is_of(found.organisation_id):
            trip = db.session.scalars(_whole().where(Trip.id == found.trip_id)).one()
            return trip, found, actor
    return None


# ------------------------------------------------------------ what a trip can serve


def interests_to_serve(trip: Trip) -> Sequence[Interest]:
    """Live interests of the pair that are not on the trip yet, latest first."""
    taken = [link.interest_id for link in trip.interests]
    return db.session.scalars(
        sa.select(Interest)
        .where(
            Interest.pair_id == trip.pair_id,
            Interest.state.in_(LIVE),
            Interest.id.not_in(taken),
        )
        .options(joinedload(Interest.organisation), selectinload(Interest.listing))
        .order_by(Interest.id.desc())
    ).all()


def hold_interests(interests: Iterable[Interest]) -> None:
    """Hold these rows until the transaction ends, always in the same order.

    Other trips serve them as well, and whether their clocks stand rests on all of these: of two
    that change at the same moment, the second must see what the first did.
    """
    for interest_id in sorted(interest.id for interest in interests):
        hold(Interest, id=interest_id)


def interests_freed(trip: Trip) -> list[Interest]:
    """The interests of a trip that no other postponed trip serves: their clocks may run.

    Holds the rows of all of them.
    """
    hold_interests(link.interest for link in trip.interests)
    held = db.session.scalars(
        sa.select(TripInterest.interest_id)
        .join(Trip, Trip.id == TripInterest.trip_id)
        .where(Trip.state == TripState.POSTPONED, Trip.id != trip.id)
    ).all()
    return [link.interest for link in trip.interests if link.interest_id not in held]


def last_postponed(trip: Trip) -> Entry:
    """When and why a trip was postponed last; only for one that was."""
    return db.session.scalars(
        sa.select(Entry)
        .where(
            Entry.subject_type == "trip",
            Entry.subject_id == trip.id,
            Entry.name == TRIP.event("postpone"),
        )
        .order_by(Entry.id.desc())
        .limit(1)
    ).one()


def listings_to_see(trip: Trip, stop: TripStop | None = None) -> Sequence[Listing]:
    """The published listings of the source locality, by title; and the one a stop has already."""
    offered = sa.and_(
        Listing.locality_id == trip.pair.source_id, Listing.state == ListingState.PUBLISHED
    )
    kept = stop.listing_id if stop else None
    return db.session.scalars(
        sa.select(Listing)
        .where(sa.or_(offered, Listing.id == kept) if kept else offered)
        .order_by(Listing.sort_key, Listing.id)
    ).all()


def to_ask_at(listing: Listing) -> list[Text | str]:
    """What a visit to a listing should settle: its gaps, open questions, papers it lacks."""
    found: list[Text | str] = [gap.text for gap in listing.gaps()]
    found += [question.words for question in questions.waiting_of(listing.id)]
    holding = [
        paper
        for paper in papers.of_organisations(listing.organisation_id)
        if paper.until is None or paper.until >= clock.today()
    ]
    if not holding:
        found.append(N_("No paper of the producer holds just now: see what can be shown."))
    if listing.left is not None:
        found.append(N_("How much is there really, and how is it kept and packed?"))
    return found


def of_interest(interest_id: int) -> Sequence[TripInterest]:
    """The trips an interest was taken on."""
    return db.session.scalars(
        sa.select(TripInterest)
        .where(TripInterest.interest_id == interest_id)
        .options(joinedload(TripInterest.trip))
        .order_by(TripInterest.id)
    ).all()


def codes_for(interest_id: int) -> Sequence[str]:
    """The public ids of the trips an interest was taken on."""
    return db.session.scalars(
        sa.select(Trip.public_id)
        .join(TripInterest, TripInterest.trip_id == Trip.id)
        .where(TripInterest.interest_id == interest_id)
    ).all()


# ------------------------------------------------------------ roads


def closed_roads(trip: Trip) -> list[RoadNotice]:
    """Notices of closed roads to a stop of a standing trip, on one of its days; newest first."""
    if trip.state not in STANDING or trip.starts_on is None or trip.ends_on is None:
        return []
    villages = {v for stop in trip.stops if (v := stop.reached_village_id) is not None}
    localities = {stop.listing.locality_id for stop in trip.stops if stop.listing}
    localities |= {stop.village.locality_id for stop in trip.stops if stop.village}
    notices = db.session.scalars(
        sa.select(RoadNotice)
        .where(
            RoadNotice.locality_id.in_(localities),
            RoadNotice.state == NoticeState.POSTED,
            RoadNotice.condition == Condition.CLOSED,
            RoadNotice.since <= trip.ends_on,
            sa.or_(RoadNotice.until.is_(None), RoadNotice.until >= trip.starts_on),
        )
        .options(selectinload(RoadNotice.villages), joinedload(RoadNotice.locality))
        .order_by(RoadNotice.id.desc())
    ).all()
    return [
        notice
        for notice in notices
        if notice.is_everywhere or villages & {village.id for village in notice.villages}
    ]


def standing() -> Sequence[int]:
    """Trips that a closed road would concern: confirmed and not over, or under way."""
    return db.session.scalars(
        sa.select(Trip.id).where(Trip.state.in_(STANDING), Trip.ends_on >= clock.today())
    ).all()


def is_told_of(trip: Trip, notice: RoadNotice) -> bool:
    """Whether the officials were told of this notice for this trip."""
    told = db.session.scalars(
        sa.select(Entry).where(
            Entry.subject_type == "trip",
            Entry.subject_id == trip.id,
            Entry.name == "trip.road_closed",
        )
    )
    return any(entry.data.get("notice") == notice.id for entry in told)


def to_write_up() -> Sequence[int]:
    """Trips under way whose last day was more than a day ago."""
    return db.session.scalars(
        sa.select(Trip.id).where(
            Trip.state == TripState.UNDER_WAY, Trip.ends_on <= clock.today() - REPORT_AFTER
        )
    ).all()
