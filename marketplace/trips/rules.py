"""The states of a trip, of who is on it and of its stops, and who may move them (workflows 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.accounts.rules import may_speak_for
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import Transition, Workflow, nobody_but_the_program, states
from marketplace.interests.rules import LIVE, InterestState
from marketplace.programme.rules import STOP_REASONS, may_turn_key, why_no_key

if TYPE_CHECKING:
    from marketplace.trips.models import Trip, TripPerson, TripReport, TripStop


class TripState(StrEnum):
    """Where a trip stands. Missing keys are blockers, not states."""

    PROPOSED = "proposed"
    PLANNED = "planned"
    CONFIRMED = "confirmed"
    UNDER_WAY = "under_way"
    REPORTING = "reporting"
    CLOSED = "closed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class PersonState(StrEnum):
    """What someone on a trip said, and whether they came. ``asked``: wants a seat, not invited."""

    ASKED = "asked"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ATTENDED = "attended"
    ABSENT = "absent"


class StopState(StrEnum):
    """Whether a stop was seen."""

    TO_SEE = "to_see"
    SEEN = "seen"
    SKIPPED = "skipped"


class NextStep(StrEnum):
    """What follows for an interest after the trip."""

    GO_ON = "go_on"
    NEED_MORE = "need_more"
    NO = "no"


NEXT_STEP_LABELS = {
    NextStep.GO_ON: N_("Go on towards a match"),
    NextStep.NEED_MORE: N_("More is needed first"),
    NextStep.NO: N_("It does not go on"),
}
NO_REASONS = {
    "quality": N_("Quality or quantity does not fit"),
    "price": N_("Price or terms do not fit"),
    "road": N_("The way there is too hard"),
    "papers": N_("Papers are missing"),
    "other": N_("Another reason"),
}
"""Why an interest does not go on after a trip."""

BEFORE = (TripState.PROPOSED, TripState.PLANNED, TripState.POSTPONED)
"""While these stand, dates, stops and seats can be changed."""
OVER = (TripState.CLOSED, TripState.CANCELLED)
OPEN_TO_ANSWERS = (TripState.PLANNED, TripState.CONFIRMED)
STANDING = (TripState.CONFIRMED, TripState.UNDER_WAY)
"""A closed road on a day of such a trip is told to the officials."""
ON_THE_WAY = (TripState.CONFIRMED, TripState.UNDER_WAY, TripState.REPORTING)
"""Stops may be checked in; a phone without signal sends it days later."""
ANEW = (TripState.POSTPONED, TripState.PLANNED, TripState.CONFIRMED)
"""Where a trip is that was broken off, until it sets out a second time."""
WRITING = (TripState.UNDER_WAY, TripState.REPORTING)
SEATED = (PersonState.ACCEPTED, PersonState.ATTENDED)
"""Those who take a seat."""
ON_BOARD = (PersonState.INVITED, PersonState.ACCEPTED, PersonState.ATTENDED)
"""Those who count on the trip: told what becomes of it, they read its papers and may lead it."""
GOING = (PersonState.ACCEPTED, PersonState.ATTENDED)
"""Those the papers of a trip name with their phones: they said yes, or came."""
ACCEPTED_INTEREST = (InterestState.ACCEPTED, InterestState.CONVERTED)
GOING_ON = (*LIVE, InterestState.CONVERTED)
"""Interests that need a next step after the trip: not withdrawn, declined or lapsed meanwhile."""
REPORT_AFTER = timedelta(days=1)
"""A trip that nobody ended is written up a day after its last day."""
MOST_SEATS = 60


def is_officer_in(actor: Actor, trip: Trip) -> bool:
    """An official of one of the two localities."""
    return actor.is_officer_of(*trip.pair.locality_ids)


def is_host(actor: Actor, trip: Trip) -> bool:
    """Who receives the guests, or speaks for them."""
    return trip.host is not None and may_speak_for(actor, trip.host)


def may_lead(actor: Actor, trip: Trip) -> bool:
    """Officials of both localities, and the organisations of leaders who did not say no."""
    return is_officer_in(actor, trip) or any(
        person.is_leader and person.state in ON_BOARD and actor.is_of(person.organisation_id)
        for person in trip.people
    )


def may_start(actor: Actor, trip: Trip) -> bool:
    """Whoever may check in."""
    return may_lead(actor, trip)


def may_report(actor: Actor, trip: Trip) -> bool:
    """A leader, or the clock a day after the end."""
    return actor.is_system or may_lead(actor, trip)


def may_key(actor: Actor, trip: Trip) -> bool:
    """An approver whose locality's key is missing and who did not draw the trip up."""
    return may_turn_key(
        actor,
        trip.pair.locality_ids,
        [(key.locality_id, key.user_id) for key in trip.keys],
        [trip.created_by_id, trip.written_by_id],
    )


def may_sign(actor: Actor, report: TripReport) -> bool:
    """An approver whose locality's key on the report is missing and who did not write it."""
    return may_turn_key(
        actor,
        report.trip.pair.locality_ids,
        [(key.locality_id, key.user_id) for key in report.keys],
        [report.written_by_id],
    )


def may_read_kit(actor: Actor, trip: Trip) -> bool:
    """Those invited who did not say no, the host, and the officials of both localities."""
    return (
        is_officer_in(actor, trip)
        or is_host(actor, trip)
        or any(
            person.state in ON_BOARD and may_speak_for(actor, person.organisation)
            for person in trip.people
        )
    )


def may_read_findings(actor: Actor, trip: Trip) -> bool:
    """The officials, the host, and those on the list of the trip.

    Who only asked for a seat, or said no, learns nothing of what the others found and settled.
    """
    return (
        is_officer_in(actor, trip)
        or is_host(actor, trip)
        or any(
            person.state not in (PersonState.ASKED, PersonState.DECLINED)
            and may_speak_for(actor, person.organisation)
            for person in trip.people
        )
    )


def may_read_report(actor: Actor, trip: Trip) -> bool:
    """The officials; once the trip is closed, all who may read its findings."""
    return trip.report is not None and (
        is_officer_in(actor, trip)
        or (trip.state is TripState.CLOSED and may_read_findings(actor, trip))
    )


def may_answer(actor: Actor, person: TripPerson) -> bool:
    """The organisation invited, or whoever may record its word."""
    return may_speak_for(actor, person.organisation)


def may_seat(actor: Actor, person: TripPerson) -> bool:
    """Officials of both localities."""
    return is_officer_in(actor, person.trip)


def may_call_roll(actor: Actor, person: TripPerson) -> bool:
    """Whoever leads."""
    return may_lead(actor, person.trip)


def may_visit(actor: Actor, stop: TripStop) -> bool:
    """Whoever leads."""
    return may_lead(actor, stop.trip)


# ---------------------------------------------------------------- what is missing


def is_within(trip: Trip, day: date) -> bool:
    """Whether a day is one of the trip's; any is while its days are not settled."""
    return trip.starts_on is None or (trip.starts_on <= day <= (trip.ends_on or trip.starts_on))


def not_planned(trip: Trip) -> Sequence[Text]:
    """What a plan still lacks."""
    missing = []
    if trip.starts_on is None or trip.ends_on is None:
        missing.append(Text(N_("Enter the first and the last day.")))
    elif trip.starts_on < clock.today():
        missing.append(Text(N_("The first day has passed. Enter new days.")))
    if trip.host_id is None:
        missing.append(Text(N_("Say who receives the guests.")))
    if not trip.meeting_point:
        missing.append(Text(N_("Say where everyone meets.")))
    if not trip.stops:
        missing.append(Text(N_("Add at least one stop.")))
    missing += [
        Text(
            N_("“%(stop)s” stands on %(day)s, outside the days of the trip. Change its day."),
            stop=stop.place,
            day=stop.on,
        )
        for stop in trip.stops
        if stop.state is StopState.TO_SEE and not is_within(trip, stop.on)
    ]
    if not any(link.interest.state in ACCEPTED_INTEREST for link in trip.interests) and not any(
        stop.listing_id for stop in trip.stops
    ):
        missing.append(Text(N_("Add an accepted interest, or a stop at a listing.")))
    return missing


def _keys_missing(turned: Sequence[int], trip: Trip, needed: int) -> list[Text]:
    if len(turned) >= needed:
        return []
    if needed == 1:
        return [Text(N_("The key of one locality is missing."))]
    return [
        Text(N_("The key of %(locality)s is missing."), locality=locality.name)
        for locality in (trip.pair.source, trip.pair.market)
        if locality.id not in turned
    ]


def not_confirmed(trip: Trip) -> Sequence[Text]:
    """What a confirmation still lacks: the plan itself, and keys."""
    turned = [key.locality_id for key in trip.keys]
    return [*not_planned(trip), *_keys_missing(turned, trip, trip.keys_needed)]


def not_written(report: TripReport) -> Sequence[Text]:
    """What a report still lacks before anyone may sign it."""
    trip = report.trip
    missing = []
    for stop in trip.stops:
        if stop.state is StopState.TO_SEE:
            missing.append(
                Text(N_("Check in at “%(stop)s”, or say why it was skipped."), stop=stop.place)
            )
        elif stop.state is StopState.SEEN and not stop.findings:
            missing.append(Text(N_("Write what was found at “%(stop)s”."), stop=stop.place))
    missing += [
        Text(
            N_("Enter the next step of %(organisation)s for “%(listing)s”."),
            organisation=link.interest.organisation.name,
            listing=link.interest.listing.title,
        )
        for link in trip.interests
        if link.next_step is None and link.interest.state in GOING_ON
    ]
    if any(person.state is PersonState.ACCEPTED for person in trip.people):
        missing.append(Text(N_("Say who came and who did not.")))
    if not trip.promises and not report.no_promises:
        missing.append(Text(N_("Write the promises down, or say that none were made.")))
    return missing


def not_closed(report: TripReport) -> Sequence[Text]:
    """What closing still lacks: the report itself, and a key of each locality."""
    turned = [key.locality_id for key in report.keys]
    return [*not_written(report), *_keys_missing(turned, report.trip, 2)]


def is_over(trip: Trip) -> bool:
    """Whether nobody can set out on it any more: closed, cancelled, or its days have passed."""
    return trip.state in OVER or (
        trip.state in OPEN_TO_ANSWERS and trip.ends_on is not None and trip.ends_on < clock.today()
    )


def no_answer(person: TripPerson) -> Sequence[Text]:
    """Why nobody is invited or answers any more."""
    return [Text(N_("This trip is over, or it was cancelled."))] if is_over(person.trip) else []


def no_seat(person: TripPerson) -> Sequence[Text]:
    """Why someone cannot take a seat now."""
    if over := no_answer(person):
        return over
    if person.trip.state not in OPEN_TO_ANSWERS:
        return [Text(N_("Seats are given while the trip is planned or confirmed."))]
    if person.trip.seats_left < 1:
        return [Text(N_("All seats are taken. Ask the officials whether one becomes free."))]
    return []


def not_gone(person: TripPerson) -> Sequence[Text]:
    """Why nobody can say yet who came."""
    if person.trip.state in WRITING:
        return []
    return [Text(N_("Who came is noted from the first check-in on."))]


def was_broken_off(trip: Trip) -> bool:
    """Whether it was postponed on the way and has not set out again.

    What was noted before, on a phone without signal, may still come in.
    """
    return trip.state in ANEW and any(stop.state is not StopState.TO_SEE for stop in trip.stops)


def not_going(trip: Trip) -> Sequence[Text]:
    """Why nobody is on the way now."""
    if trip.state not in ON_THE_WAY and was_broken_off(trip):
        return [
            Text(
                N_(
                    "The trip was postponed on the way. It goes on once both localities have "
                    "confirmed its new days."
                )
            )
        ]
    if trip.state not in ON_THE_WAY:
        return [Text(N_("Check-in begins once both localities have confirmed the trip."))]
    if trip.starts_on is not None and trip.starts_on > clock.today():
        return [Text(N_("The trip begins on %(day)s."), day=trip.starts_on)]
    return []


def not_on_the_way(stop: TripStop) -> Sequence[Text]:
    """Why a stop cannot be checked in."""
    return [] if was_broken_off(stop.trip) else not_going(stop.trip)


def not_passing(stop: TripStop) -> Sequence[Text]:
    """Why a stop cannot be skipped."""
    return not_going(stop.trip)


POSTPONE_REASONS = STOP_REASONS
"""The clocks of its interests stand for the same reason."""
CANCEL_REASONS = {
    "guests": N_("Too few guests can come"),
    "done": N_("What was to be seen is clear already"),
    "changed": N_("Plans have changed"),
    "other": N_("Another reason"),
}
REFUSE_REASONS = {
    "full": N_("All seats are taken"),
    "purpose": N_("The trip has another purpose"),
    "other": N_("Another reason"),
}
SKIP_REASONS = {
    "rain": N_("Rain"),
    "road": N_("The road was closed"),
    "absent": N_("Nobody was there to show it"),
    "time": N_("There was no time left"),
    "other": N_("Another reason"),
}

_S = TripState

TRIP = Workflow(
    "trip",
    TripState,
    _S.PROPOSED,
    Transition(
        "plan",
        states(_S.PROPOSED),
        _S.PLANNED,
        is_officer_in,
        N_("The plan is ready"),
        blockers=not_planned,
        tone="primary",
    ),
    Transition(
        "turn_key",
        states(_S.PLANNED),
        None,
        may_key,
        N_("Turn the key"),
        why_not=lambda actor, trip: why_no_key(actor, trip.pair, trip.keys),
        blockers=not_planned,
        tone="primary",
    ),
    Transition(
        "confirm",
        states(_S.PLANNED),
        _S.CONFIRMED,
        nobody_but_the_program,
        N_("Confirm"),
        blockers=not_confirmed,
    ),
    Transition("start", states(_S.CONFIRMED), _S.UNDER_WAY, may_start, N_("Set out")),
    Transition(
        "report",
        states(_S.UNDER_WAY),
        _S.REPORTING,
        may_report,
        N_("End the trip and write the report"),
    ),
    Transition(
        "close", states(_S.REPORTING), _S.CLOSED, nobody_but_the_program, N_("Close the trip")
    ),
    Transition(
        "postpone",
        states(_S.CONFIRMED, _S.UNDER_WAY),
        _S.POSTPONED,
        is_officer_in,
        N_("Postpone"),
        reasons=POSTPONE_REASONS,
    ),
    Transition(
        "replan",
        states(_S.POSTPONED),
        _S.PLANNED,
        is_officer_in,
        N_("Plan it again with the new days"),
        blockers=not_planned,
        tone="primary",
    ),
    Transition(
        "cancel",
        states(_S.PROPOSED, _S.PLANNED, _S.CONFIRMED, _S.POSTPONED),
        _S.CANCELLED,
        is_officer_in,
        N_("Cancel the trip"),
        reasons=CANCEL_REASONS,
        tone="danger",
    ),
    labels={
        _S.PROPOSED: N_("Being prepared"),
        _S.PLANNED: N_("Trip planned"),
        _S.CONFIRMED: N_("Confirmed by both localities"),
        _S.UNDER_WAY: N_("Under way"),
        _S.REPORTING: N_("Report being written"),
        _S.CLOSED: N_("Finished"),
        _S.POSTPONED: N_("Postponed"),
        _S.CANCELLED: N_("Cancelled"),
    },
)

TONES = {
    _S.CONFIRMED: "ok",
    _S.UNDER_WAY: "act",
    _S.POSTPONED: "warn",
    _S.CANCELLED: "bad",
}

_P = PersonState

TRIP_PERSON = Workflow(
    "trip_person",
    PersonState,
    _P.ASKED,
    Transition(
        "invite",
        states(_P.ASKED, _P.DECLINED, _P.ABSENT),
        _P.INVITED,
        may_seat,
        N_("Invite"),
        blockers=no_answer,
    ),
    Transition(
        "give_seat",
        states(_P.ASKED),
        _P.ACCEPTED,
        may_seat,
        N_("Give the seat"),
        blockers=no_seat,
        tone="primary",
    ),
    Transition(
        "refuse",
        states(_P.ASKED),
        _P.DECLINED,
        may_seat,
        N_("Say that there is no seat"),
        reasons=REFUSE_REASONS,
        blockers=no_answer,
    ),
    Transition(
        "accept",
        states(_P.INVITED),
        _P.ACCEPTED,
        may_answer,
        N_("Yes, we come"),
        blockers=no_seat,
        tone="primary",
    ),
    Transition(
        "decline",
        states(_P.INVITED, _P.ACCEPTED),
        _P.DECLINED,
        may_answer,
        N_("No, we cannot"),
        blockers=no_answer,
    ),
    Transition(
        "attend",
        states(_P.INVITED, _P.ACCEPTED, _P.ABSENT),
        _P.ATTENDED,
        may_call_roll,
        N_("Came"),
        blockers=not_gone,
    ),
    Transition(
        "miss",
        states(_P.INVITED, _P.ACCEPTED, _P.ATTENDED),
        _P.ABSENT,
        may_call_roll,
        N_("Did not come"),
        blockers=not_gone,
    ),
    labels={
        _P.ASKED: N_("Asks for a seat"),
        _P.INVITED: N_("Invited, no answer yet"),
        _P.ACCEPTED: N_("Comes"),
        _P.DECLINED: N_("Does not come"),
        _P.ATTENDED: N_("Was there"),
        _P.ABSENT: N_("Was not there"),
    },
)

_T = StopState

TRIP_STOP = Workflow(
    "trip_stop",
    StopState,
    _T.TO_SEE,
    Transition(
        "check_in",
        states(_T.TO_SEE, _T.SKIPPED),
        _T.SEEN,
        may_visit,
        N_("We are here"),
        blockers=not_on_the_way,
        tone="primary",
    ),
    Transition(
        "skip",
        states(_T.TO_SEE),
        _T.SKIPPED,
        may_visit,
        N_("Skip this stop"),
        reasons=SKIP_REASONS,
        blockers=not_passing,
    ),
    labels={_T.TO_SEE: N_("Still to see"), _T.SEEN: N_("Seen"), _T.SKIPPED: N_("Skipped")},
)


class ReportState(StrEnum):
    """Whether a trip's report is still being written."""

    DRAFT = "draft"
    SIGNED = "signed"


TRIP_REPORT = Workflow(
    "trip_report",
    ReportState,
    ReportState.DRAFT,
    Transition(
        "turn_key",
        states(ReportState.DRAFT),
        None,
        may_sign,
        N_("Turn the key on the report"),
        blockers=not_written,
        tone="primary",
        why_not=lambda actor, report: why_no_key(actor, report.trip.pair, report.keys),
    ),
    Transition(
        "sign",
        states(ReportState.DRAFT),
        ReportState.SIGNED,
        nobody_but_the_program,
        N_("Both localities agree to the report"),
        blockers=not_closed,
    ),
    labels={
        ReportState.DRAFT: N_("Draft of the report"),
        ReportState.SIGNED: N_("Report agreed by both localities"),
    },
)

PERMISSIONS = {"prepare": is_officer_in, "lead": may_lead, "kit": may_read_kit}
