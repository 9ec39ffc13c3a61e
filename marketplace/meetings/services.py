"""Use cases of joint meetings: opening one, noting what was said, closing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.core import clock, hours
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.parsing import Unreadable
from marketplace.core.use_case import use_case
from marketplace.meetings import queries
from marketplace.meetings.models import Meeting, MeetingItem
from marketplace.meetings.rules import CLOSED, may_write
from marketplace.programme import queries as programme

HELD_AGO_MOST = timedelta(days=30)
"""How far back a meeting may lie whose minutes are opened: what it decided waits meanwhile."""


@dataclass(frozen=True, slots=True)
class MeetingValues:
    """When and where a meeting is held, who leads it and writes, who is there, by role."""

    held_on: date
    place: str
    chair: str
    secretary: str
    attendees: str
    begins: str = ""


@use_case
def open_meeting(actor: Actor, pair_code: str, values: MeetingValues) -> Meeting:
    """Open a joint meeting: what waits for a decision now is put before it."""
    pair = programme.by_code(pair_code)
    if pair is None:
        raise NotFound
    if not actor.is_officer_of(*pair.locality_ids):
        raise NotAllowed(N_("Only officials of the two localities hold a joint meeting."))
    if values.held_on > clock.today():
        raise Invalid("held_on", N_("This day is still to come. Open the meeting on its day."))
    earliest = clock.today() - HELD_AGO_MOST
    if values.held_on < earliest:
        raise Invalid(
            "held_on",
            Text(N_("This meeting lies too far back. Choose %(day)s or later."), day=earliest),
        )
    meeting = Meeting(
        pair_id=pair.id,
        held_on=values.held_on,
        begins=_hour(values.begins),
        place=values.place,
        chair=values.chair,
        secretary=values.secretary,
        attendees=values.attendees,
        called_by_id=actor.user_id or 0,
        locality_id=actor.locality_id or 0,
        opened_at=clock.now(),
    )
    db.session.add(meeting)
    db.session.flush()  # its matters refer to it
    _gather(actor, meeting, set())
    record("meeting.opened", meeting, actor, data={"pair": pair.id}, happened_on=values.held_on)
    return meeting


def _hour(typed: str) -> str:
    """The hour as it is kept; nothing where nobody said it. Raises Invalid."""
    try:
        return hours.show(hours.parse(typed)) if typed else ""
    except Unreadable as error:
        raise Invalid("begins", error.text) from error


@use_case
def gather(actor: Actor, public_id: str) -> Meeting:
    """Put before an open meeting what has come to wait since."""
    meeting = _open(actor, public_id)
    known = {(one.section, one.subject_type, one.subject_id) for one in meeting.items}
    _gather(actor, meeting, known)
    record("meeting.gathered", meeting, actor)
    return meeting


@use_case
def note(actor: Actor, public_id: str, item_id: str, text: str) -> Meeting:
    """Write down what was said about one matter."""
    meeting = _open(actor, public_id)
    item = queries.item(meeting, item_id)
    item.note = text
    record("meeting.noted", meeting, actor, data={"item": item.id})
    return meeting


@use_case
def close(actor: Actor, public_id: str, conclusion: str) -> Meeting:
    """Close a meeting with its conclusion; from then on its minutes stand."""
    meeting = _open(actor, public_id)
    meeting.conclusion = conclusion
    meeting.closed_at = clock.now()
    record("meeting.closed", meeting, actor)
    return meeting


def _open(actor: Actor, public_id: str) -> Meeting:
    meeting = queries.get(public_id, actor, lock=True)
    if not may_write(actor, meeting):
        raise WrongState(CLOSED)
    return meeting


def _gather(actor: Actor, meeting: Meeting, known: set[tuple[str, str, int]]) -> None:
    for section, matters in queries.agenda(actor, meeting.pair_id):
        for matter in matters:
            if (section.code, matter.subject_type, matter.subject_id) not in known:
                db.session.add(
                    MeetingItem(
                        meeting_id=meeting.id,
                        section=section.code,
                        subject_type=matter.subject_type,
                        subject_id=matter.subject_id,
                        title=matter.title,
                        about=matter.about,
                        path=matter.path,
                    )
                )
