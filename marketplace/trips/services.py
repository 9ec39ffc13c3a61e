"""Use cases of survey trips: drawing up, inviting, confirming, going, writing up, closing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from marketplace.accounts import queries as accounts
from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import StoredFile
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.photos import Picture
from marketplace.core.text import name_key
from marketplace.core.use_case import one_by_one, use_case
from marketplace.programme import keys, stopping
from marketplace.programme.models import Pair
from marketplace.promises import queries as promises
from marketplace.trips import queries
from marketplace.trips.models import (
    Trip,
    TripInterest,
    TripPerson,
    TripPhoto,
    TripReport,
    TripStop,
)
from marketplace.trips.rules import (
    BEFORE,
    NO_REASONS,
    ON_THE_WAY,
    TRIP,
    TRIP_PERSON,
    TRIP_REPORT,
    TRIP_STOP,
    WRITING,
    NextStep,
    PersonState,
    StopState,
    TripState,
    is_officer_in,
    is_within,
    may_lead,
    not_closed,
    not_confirmed,
    not_going,
    was_broken_off,
)

NOT_YOURS = N_("Officials of both localities draw trips up.")
LONGEST = timedelta(days=14)
"""A survey trip of more days was mistyped."""
MOST_PHOTOS = 12
"""At one stop."""

Freeze = Callable[[Trip], StoredFile]
"""Makes the kit of a trip and keeps its bytes; the row is added here."""


@dataclass(frozen=True, slots=True)
class TripValues:
    """What the form of a trip holds; ``host`` by public id, ``meets_at`` in minutes."""

    title: str
    seats: int
    purpose: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    host: str | None = None
    meeting_point: str = ""
    meets_at: int | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class StopValues:
    """What the form of a stop holds; ``listing`` by public id, ``at`` in minutes."""

    on: date
    at: int | None = None
    place: str = ""
    village_id: int | None = None
    listing: str | None = None
    ask: str = ""


@dataclass(frozen=True, slots=True)
class PersonValues:
    """Who goes, by function; the organisation by public id."""

    organisation: str
    function: str
    phone: str = ""
    is_leader: bool = False


# ------------------------------------------------------------ drawing up


@use_case
def create(actor: Actor, pair_id: int, values: TripValues) -> Trip:
    """Propose a trip; only its name and seats must be known."""
    pair = db.session.get_one(Pair, pair_id)
    if not actor.is_officer_of(*pair.locality_ids):
        raise NotAllowed(NOT_YOURS)
    trip = Trip(
        pair_id=pair.id,
        title=values.title,
        seats=values.seats,
        created_by_id=actor.user_id,
        created_at=clock.now(),
    )
    _write(trip, pair, values)
    db.session.add(trip)
    record("trip.proposed", trip, actor)
    return trip


@use_case
def edit(actor: Actor, public_id: str, version: int | None, values: TripValues) -> Trip:
    """Change a trip before it is confirmed; keys turned on what it was before are void."""
    trip = _own(actor, public_id)
    if version is not None and version != trip.version:
        raise Conflict
    if values.seats < trip.seats - trip.seats_left:
        raise Invalid("seats", N_("More people than that have said yes already."))
    _write(trip, trip.pair, values)
    _rewritten(trip, actor)
    record("trip.edited", trip, actor)
    return trip


def _write(trip: Trip, pair: Pair, values: TripValues) -> None:
    first, last = values.starts_on, values.ends_on or values.starts_on
    if first is None and last is not None:
        raise Invalid("starts_on", N_("Enter the first day as well."))
    if first is not None and last is not None and last < first:
        raise Invalid("ends_on", N_("The last day lies before the first; correct one of them."))
    if first is not None and last is not None and last - first > LONGEST:
        raise Invalid("ends_on", N_("A trip lasts two weeks at most. Check both days."))
    hosts = {one.public_id: one.id for one in promises.who_can_promise(pair)}
    if values.host and values.host not in hosts:
        raise Invalid("host", N_("Choose one from the list."))
    trip.title, trip.purpose, trip.seats = values.title, values.purpose, values.seats
    if first is not None and trip.starts_on is not None:
        # What is still to see moves with the first day.
        for stop in trip.stops:
            if stop.state is StopState.TO_SEE:
                stop.on += first - trip.starts_on
    trip.starts_on, trip.ends_on = first, last
    trip.host_id = hosts[values.host] if values.host else None
    trip.meeting_point, trip.meets_at = values.meeting_point, values.meets_at
    trip.is_open = values.is_open


def _rewritten(trip: Trip, actor: Actor) -> None:
    """Whoever changes a plan has a hand in it, and keys turned on the old one count no more."""
    trip.written_by_id = actor.user_id
    keys.void(trip)
    db.session.expire(trip, ["keys"])


def _own(actor: Actor, public_id: str, *, at: tuple[TripState, ...] = BEFORE) -> Trip:
    """A trip that officials may still change, its row held."""
    trip = queries.get(public_id, actor, lock=True)
    if not is_officer_in(actor, trip):
        raise NotAllowed(NOT_YOURS)
    if trip.state not in at:
        raise WrongState(
            Text(
                N_("This step no longer fits: the record is now “%(state)s”."),
                state=Text(TRIP.labels[trip.state]),
            )
        )
    return trip


@use_case
def add_stop(actor: Actor, public_id: str, values: StopValues) -> TripStop:
    """Add a stop."""
    trip = _own(actor, public_id)
    stop = TripStop(trip_id=trip.id, on=values.on, place="")
    _write_stop(trip, stop, values)
    db.session.add(stop)
    _rewritten(trip, actor)
    db.session.flush()
    record("trip.stop_added", trip, actor, data={"stop": stop.id})
    return stop


@use_case
def edit_stop(actor: Actor, public_id: str, stop_id: str, values: StopValues) -> TripStop:
    """Change a stop."""
    trip = _own(actor, public_id)
    stop = queries.stop(trip, stop_id)
    _write_stop(trip, stop, values)
    _rewritten(trip, actor)
    record("trip.stop_edited", trip, actor, data={"stop": stop.id})
    return stop


@use_case
def remove_stop(actor: Actor, public_id: str, stop_id: str) -> Trip:
    """Take out a stop nobody has been to."""
    trip = _own(actor, public_id)
    stop = queries.stop(trip, stop_id)
    if stop.state is not StopState.TO_SEE:
        raise WrongState(N_("Someone has been there: this stop stays."))
    record("trip.stop_removed", trip, actor, data={"stop": stop.id})
    db.session.delete(stop)
    _rewritten(trip, actor)
    return trip


def _write_stop(trip: Trip, stop: TripStop, values: StopValues) -> None:
    listings = {one.public_id: one for one in queries.listings_to_see(trip, stop)}
    villages = {
        village.id: village for key in trip.pair.locality_ids for village in accounts.villages(key)
    }
    listing = listings.get(values.listing or "")
    village = villages.get(values.village_id or 0)
    if values.listing and listing is None:
        raise Invalid("listing", N_("Choose one from the list."))
    place = values.place or (listing.title if listing else village.name if village else "")
    if not place:
        raise Invalid("place", N_("Say where it is: a village, a listing, or a place in words."))
    if trip.starts_on is not None and not is_within(trip, values.on):
        raise Invalid(
            "on",
            Text(
                N_("The trip goes from %(first)s to %(last)s."),
                first=trip.starts_on,
                last=trip.ends_on or trip.starts_on,
            ),
        )
    stop.on, stop.at, stop.place, stop.ask = values.on, values.at, place, values.ask
    stop.village_id = village.id if village else listing.village_id if listing else None
    stop.listing_id = listing.id if listing else None


@use_case
def attach(actor: Actor, public_id: str, interest_ids: Iterable[str]) -> Trip:
    """Let a trip serve these interests; while it is postponed, their clocks stand as well."""
    trip = _own(actor, public_id, at=(*BEFORE, TripState.CONFIRMED))
    open_to_it = {one.public_id: one for one in queries.interests_to_serve(trip)}
    chosen = [open_to_it[code] for code in interest_ids if code in open_to_it]
    if not chosen:
        raise Invalid("interests", N_("Tick at least one interest."))
    for interest in chosen:
        db.session.add(TripInterest(trip_id=trip.id, interest_id=interest.id))
    if trip.state is TripState.POSTPONED:
        queries.hold_interests(chosen)
        stopping.stop(chosen, queries.last_postponed(trip).reason or "other")
    record("trip.interests_added", trip, actor, data={"interests": [one.id for one in chosen]})
    return trip


# ------------------------------------------------------------ who goes


SAME_PERSON = N_(
    "Someone of this organisation with this function is on the trip already. Give each of two "
    "people a phone number or a function of their own."
)


@use_case
def invite(actor: Actor, public_id: str, values: PersonValues) -> TripPerson:
    """Invite someone of an organisation; its people are told, or called."""
    trip = _own(actor, public_id, at=(*BEFORE, TripState.CONFIRMED))
    known = {one.public_id: one for one in promises.who_can_promise(trip.pair)}
    if values.organisation not in known:
        raise Invalid("organisation", N_("Choose one from the list."))
    if _is_invited(trip, known[values.organisation].id, values):
        raise Invalid("function", SAME_PERSON)
    person = TripPerson(
        trip=trip,
        organisation=known[values.organisation],
        function=values.function,
        phone=values.phone,
        is_leader=values.is_leader,
        state=PersonState.ASKED,
    )
    db.session.add(person)
    db.session.flush()
    TRIP_PERSON.fire(person, "invite", actor)
    return person


def _is_invited(trip: Trip, organisation_id: int, values: PersonValues) -> bool:
    """Whether this very person is on the list: same organisation and function, no other phone."""
    return any(
        one.organisation_id == organisation_id
        and one.state is not PersonState.DECLINED
        and name_key(one.function) == name_key(values.function)
        and not (one.phone and values.phone and one.phone != values.phone)
        for one in trip.people
    )


@use_case
def ask_for_seat(actor: Actor, public_id: str, function: str, phone: str) -> TripPerson:
    """Ask for a seat on a trip that stands in public; an official gives or refuses it."""
    trip = queries.to_ask_for(public_id, lock=True)
    organisation = accounts.organisation_by_id(actor.organisation_id)
    if not organisation.is_verified or actor.is_officer:
        raise NotAllowed(N_("Verified organisations ask for seats. Officials invite."))
    if any(
        person.organisation_id == organisation.id and person.state is not PersonState.DECLINED
        for person in trip.people
    ):
        raise Conflict(N_("Your organisation is on this trip, or has asked already."))
    if trip.seats_left < 1:
        raise WrongState(N_("All seats are taken. Ask the officials whether one becomes free."))
    person = TripPerson(
        trip_id=trip.id, organisation_id=organisation.id, function=function, phone=phone
    )
    db.session.add(person)
    record("trip_person.asked", person, actor)
    return person


@use_case
def move_person(
    actor: Actor,
    public_id: str,
    person_id: str,
    action: str,
    *,
    reason: str | None = None,
    note: str = "",
    acting: Acting | None = None,
) -> TripPerson:
    """Answer for someone invited, give or refuse a seat, note who came.

    The trip's row is held, so that its last seat is taken once.
    """
    trip = queries.get(public_id, actor, lock=True)
    person = queries.person(trip, person_id)
    TRIP_PERSON.require(person, action, actor)
    acted = None
    if action in {"accept", "decline"}:
        acted = speak_for(actor, person.organisation, person, acting, purpose=None)
    facts = {"answered_at": clock.now()} if action not in {"attend", "miss"} else None
    TRIP_PERSON.fire(
        person,
        action,
        actor,
        reason=reason,
        note=note,
        facts=facts,
        data={"organisation": person.organisation_id},
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    if action in {"attend", "miss"}:
        _report_changed(trip)
    return person


# ------------------------------------------------------------ moves of the trip


@use_case
def turn_key(actor: Actor, public_id: str, freeze: Freeze) -> Trip:
    """Turn the key of the actor's locality; the last one confirms the trip and freezes its kit."""
    trip = queries.get(public_id, actor, lock=True)
    TRIP.fire(trip, "turn_key", actor, data={"needed": trip.keys_needed})
    keys.turn(trip, actor)
    db.session.expire(trip, ["keys"])
    if not not_confirmed(trip):
        trip.kit = freeze(trip)
        db.session.add(trip.kit)
        TRIP.fire(trip, "confirm", SYSTEM)
    return trip


@use_case
def move(
    actor: Actor, public_id: str, action: str, *, reason: str | None = None, note: str = ""
) -> Trip:
    """Make one of the officials' or leaders' moves on a trip.

    Postponing stops the clocks of its interests and takes keys and kit off, to be turned and
    frozen anew for the new days; planning it again, or cancelling it, lets the clocks run where
    no other postponed trip serves the interest. No interest lapses by either.
    """
    if action not in {"plan", "postpone", "replan", "cancel", "start", "report"}:
        raise NotFound
    trip = queries.get(public_id, actor, lock=True)
    was = trip.state
    TRIP.fire(trip, action, actor, reason=reason, note=note, data=_days(trip))
    if action == "postpone":
        served = [link.interest for link in trip.interests]
        queries.hold_interests(served)
        stopping.stop(served, reason or "other")
        keys.void(trip)
        trip.kit_id = None
    elif was is TripState.POSTPONED:
        stopping.let_run(queries.interests_freed(trip))
    elif action == "report":
        _begin_report(trip, actor)
    return trip


def _days(trip: Trip) -> dict[str, str | None]:
    return {
        "starts_on": trip.starts_on.isoformat() if trip.starts_on else None,
        "ends_on": trip.ends_on.isoformat() if trip.ends_on else None,
    }


def _begin_report(trip: Trip, actor: Actor) -> None:
    if trip.report is None:
        db.session.add(TripReport(trip=trip, written_by_id=actor.user_id))


# ------------------------------------------------------------ on the way


@use_case
def check_in(
    actor: Actor,
    public_id: str,
    stop_id: str,
    *,
    phone_at: datetime | None = None,
    findings: str = "",
    pictures: Iterable[Picture] = (),
) -> TripStop:
    """Note that a stop was reached; the first one sets the trip off.

    ``phone_at`` is the time on the leader's phone, which may have had no signal; the server's own
    is kept beside it. Later calls add findings and photos to a stop that was seen. A stop that was
    skipped by mistake, or reached later after all, is checked in as any other. When the trip was
    broken off, what the phone noted before is still taken.
    """
    trip = queries.get(public_id, actor, lock=True)
    stop = queries.stop(trip, stop_id)
    now = clock.now()
    if phone_at is not None and phone_at > now + timedelta(hours=1):
        raise Invalid("phone_at", N_("This time is still to come. Check the clock of the phone."))
    if stop.state is not StopState.SEEN:
        TRIP_STOP.require(stop, "check_in", actor)
        if not _was_before_the_break(trip, phone_at):
            _require_begun(trip, phone_at or now)
            _set_off(trip, actor)
        was_skipped = stop.state is StopState.SKIPPED
        TRIP_STOP.fire(
            stop,
            "check_in",
            actor,
            facts={
                "phone_at": phone_at or now,
                "server_at": now,
                "checked_by_id": actor.user_id,
                "skip_reason": None,
                "findings": "" if was_skipped else stop.findings,  # not why it was skipped
            },
            happened_on=clock.local(phone_at or now).date(),
        )
        _report_changed(trip)
    elif not may_lead(actor, trip) or not (trip.state in ON_THE_WAY or was_broken_off(trip)):
        raise NotAllowed(N_("Leaders of the trip write while it goes on or is written up."))
    pictures = list(pictures)
    if len(stop.photos) + len(pictures) > MOST_PHOTOS:
        raise Invalid("photos", N_("Twelve photos of one stop are enough."))
    if (findings and findings != stop.findings) or pictures:
        stop.findings = findings or stop.findings
        for picture in pictures:
            db.session.add(TripPhoto(stop_id=stop.id, card=picture.card, page=picture.page, at=now))
        record("trip_stop.found", stop, actor, data={"photos": len(pictures)})
        _report_changed(trip)
    return stop


def _was_before_the_break(trip: Trip, phone_at: datetime | None) -> bool:
    """Whether a stop was reached before the trip was broken off. Raises Invalid when not known."""
    if not was_broken_off(trip):
        return False
    broken_off = queries.last_postponed(trip).at
    if phone_at is not None and phone_at <= broken_off:
        return True
    if not_going(trip):
        raise Invalid(
            "phone_at",
            Text(
                N_(
                    "The trip was postponed on %(day)s. Enter the time at which you were there "
                    "before that, or check in on its new days."
                ),
                day=clock.local(broken_off).date(),
            ),
        )
    return False


def _require_begun(trip: Trip, reached_at: datetime) -> None:
    if trip.starts_on is not None and clock.local(reached_at).date() < trip.starts_on:
        raise Invalid(
            "phone_at",
            Text(
                N_("The trip begins on %(day)s. Check in then, or change its days."),
                day=trip.starts_on,
            ),
        )


@use_case
def skip(actor: Actor, public_id: str, stop_id: str, *, reason: str | None, note: str) -> TripStop:
    """Say why a stop was not seen."""
    trip = queries.get(public_id, actor, lock=True)
    stop = queries.stop(trip, stop_id)
    TRIP_STOP.require(stop, "skip", actor)
    _set_off(trip, actor)
    now = clock.now()
    TRIP_STOP.fire(
        stop,
        "skip",
        actor,
        reason=reason,
        note=note,
        facts={
            "phone_at": now,
            "server_at": now,
            "checked_by_id": actor.user_id,
            "skip_reason": reason,
            "findings": note,
        },
    )
    _report_changed(trip)
    return stop


def _set_off(trip: Trip, actor: Actor) -> None:
    if trip.state is TripState.CONFIRMED:
        TRIP.fire(trip, "start", actor)


# ------------------------------------------------------------ writing up


@use_case
def set_next_step(
    actor: Actor,
    public_id: str,
    link_id: str,
    step: NextStep,
    reason: str | None = None,
    note: str = "",
) -> TripInterest:
    """Say what follows for an interest; a no takes a reason. The interest itself stays."""
    trip = _own(actor, public_id, at=WRITING)
    link = queries.link(trip, link_id)
    if step is NextStep.NO and reason not in NO_REASONS:
        raise Invalid("next_reason", N_("Choose a reason."))
    if step is not NextStep.GO_ON and not note:
        raise Invalid("next_note", N_("Write one sentence that the other side will read."))
    link.next_step = step
    link.next_reason = reason if step is NextStep.NO else None
    link.next_note = note
    link.decided_at = clock.now()
    record(
        "trip.next_step",
        trip,
        actor,
        data={"interest": link.interest_id, "step": step.value},
    )
    _report_changed(trip)
    return link


@use_case
def write_report(
    actor: Actor, public_id: str, version: int | None, summary: str, *, no_promises: bool
) -> Trip:
    """Write the summary of the report; whoever does turns no key on it."""
    trip = _own(actor, public_id, at=(TripState.REPORTING,))
    report = _report_of(trip)
    if version is not None and version != report.version:
        raise Conflict
    if no_promises and trip.promises:
        raise Invalid("no_promises", N_("The ledger holds promises made on this trip."))
    report.summary, report.no_promises = summary, no_promises
    report.written_by_id = actor.user_id
    _report_changed(trip)
    record("trip.report_written", trip, actor)
    return trip


def _report_of(trip: Trip) -> TripReport:
    if trip.report is None:
        raise WrongState(N_("The report begins when the trip has ended."))
    return trip.report


def _report_changed(trip: Trip) -> None:
    """Keys turned on a report that was changed count no more."""
    if trip.report is not None:
        keys.void(trip.report)
        db.session.expire(trip.report, ["keys"])


@use_case
def sign_report(actor: Actor, public_id: str) -> Trip:
    """Turn the key of the actor's locality on the report; the second one closes the trip."""
    trip = queries.get(public_id, actor, lock=True)
    report = _report_of(trip)
    TRIP_REPORT.fire(report, "turn_key", actor)
    keys.turn(report, actor)
    db.session.expire(report, ["keys"])
    if not not_closed(report):
        TRIP_REPORT.fire(report, "sign", SYSTEM)
        TRIP.fire(trip, "close", SYSTEM)
    return trip


# ------------------------------------------------------------ the clock


def write_up_ended() -> int:
    """Begin the report of trips that nobody ended, a day after their last day; may run twice."""
    return one_by_one(_write_up, queries.to_write_up())


@use_case
def _write_up(trip_id: int) -> bool:
    trip = queries.by_id(trip_id)
    if trip.state is not TripState.UNDER_WAY:
        return False  # someone was faster
    TRIP.fire(trip, "report", SYSTEM)
    _begin_report(trip, SYSTEM)
    return True


def warn_of_closed_roads() -> int:
    """Tell the officials once of each closed road on a day of a standing trip; may run twice."""
    return one_by_one(_warn, queries.standing())


@use_case
def _warn(trip_id: int) -> bool:
    trip = queries.by_id(trip_id)
    news = [n for n in queries.closed_roads(trip) if not queries.is_told_of(trip, n)]
    for notice in news:
        record("trip.road_closed", trip, SYSTEM, data={"notice": notice.id})
    return bool(news)
