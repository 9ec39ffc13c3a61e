"""Use cases of the desk: who is in charge, who stands in for whom, who was reminded."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Deputy, User
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.calendar import add_working_days, is_working_day
from marketplace.core.db import db, hold
from marketplace.core.errors import Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.roles import Role
from marketplace.core.use_case import use_case
from marketplace.desk import queries
from marketplace.desk.models import Assignment, Reminder
from marketplace.desk.rules import may_end_deputy, why_no_reminder
from marketplace.interests import queries as interests
from marketplace.matching import queries as matching

KINDS = ("match", "interest")


def _subject(actor: Actor, kind: str, public_id: str) -> Any:
    """A case (its match) or an interest the actor may see, its row locked."""
    if not actor.is_officer or kind not in KINDS:
        raise NotFound
    if kind == "match":
        return matching.get(public_id, actor, lock=True)
    return interests.get(public_id, actor, lock=True)


def _colleague(actor: Actor, person_id: str, field: str) -> User:
    """An official of the actor's own locality by public id. Raises Invalid at ``field``."""
    for person, _ in accounts.officers_of(actor.locality_id or 0):
        if person.public_id == person_id:
            return person
    raise Invalid(field, N_("Choose an official of your own locality."))


@use_case
def assign(actor: Actor, kind: str, public_id: str, person_id: str) -> None:
    """Put an official of the actor's locality in charge of a case or an interest.

    The other locality has its own. An empty ``person_id`` leaves nobody in charge: of a case
    neither who was in charge of the interest it came from.
    """
    subject = _subject(actor, kind, public_id)
    person = _colleague(actor, person_id, "person") if person_id else None
    known = queries.assignments(queries.about_of(kind, subject))
    own = [row for row in known if row.locality_id == actor.locality_id]
    if (own[0].user_id if own else None) == (person.id if person else None):
        raise WrongState(N_("This is so already."))
    if person is None:
        for row in own:
            db.session.delete(row)
        record(f"{kind}.released", subject, actor)
        return
    found = next((row for row in own if row.subject_type == kind), None)
    if found is None:
        found = Assignment(
            subject_type=kind, subject_id=subject.id, locality_id=actor.locality_id or 0
        )
        db.session.add(found)
    found.user_id, found.at = person.id, clock.now()
    data = {"user": person.id}
    if kind == "match":
        record("match.assigned", subject, actor, data=data)
    else:
        record("interest.assigned", subject, actor, data=data)


@use_case
def remind(actor: Actor, kind: str, public_id: str) -> None:
    """Remind those a case or an interest waits for: once a working day at most.

    Raises WrongState where nobody else is waited for, or they were reminded today.
    """
    subject = _subject(actor, kind, public_id)
    on_day = working_day()
    found = queries.waited_for(actor, kind, public_id)
    was_reminded = db.session.scalar(
        sa.select(Reminder.id).where(
            Reminder.subject_type == kind,
            Reminder.subject_id == subject.id,
            Reminder.on_day == on_day,
        )
    )
    why_not = why_no_reminder(found, actor.locality_id, was_reminded=was_reminded is not None)
    if why_not is not None:
        raise WrongState(why_not)
    db.session.add(
        Reminder(
            subject_type=kind,
            subject_id=subject.id,
            on_day=on_day,
            by_id=actor.user_id or 0,
            at=clock.now(),
        )
    )
    data = {"organisations": list(found.organisations), "localities": list(found.localities)}
    if kind == "match":
        record("match.reminded", subject, actor, data=data)
    else:
        record("interest.reminded", subject, actor, data=data)


def working_day() -> date:
    """Today; on a free day the next working day, to which a reminder then counts."""
    today = clock.today()
    return today if is_working_day(today) else add_working_days(today, 1)


@use_case
def name_deputy(
    actor: Actor, person_id: str, deputy_id: str, from_on: date, until_on: date
) -> Deputy:
    """Let a colleague do one's work from one day to another; a leader names one for others too.

    The deputy sees the work and gets the notices. Keys stay personal.
    """
    if not actor.is_officer:
        raise NotAllowed(N_("Only officials have deputies."))
    person = _colleague(actor, person_id, "person")
    deputy = _colleague(actor, deputy_id, "deputy")
    if person.id != actor.user_id and actor.role is not Role.LEADER:
        raise NotAllowed(N_("A leader names a deputy for somebody else."))
    if person.id == deputy.id:
        raise Invalid("deputy", N_("Choose somebody else than the one who is away."))
    if until_on < from_on:
        raise Invalid("until_on", N_("The last day lies before the first."))
    if until_on < clock.today():
        raise Invalid("until_on", N_("This day has passed."))
    hold(User, id=person.id)
    if queries.has_deputy(person.id, deputy.id, from_on, until_on):
        raise Invalid("deputy", N_("This colleague is the deputy on some of these days already."))
    found = Deputy(
        user_id=person.id,
        deputy_id=deputy.id,
        locality_id=actor.locality_id or 0,
        from_on=from_on,
        until_on=until_on,
        entered_by_id=actor.user_id or 0,
        at=clock.now(),
    )
    db.session.add(found)
    days = {"from": from_on.isoformat(), "until": until_on.isoformat()}
    record("user.deputy_named", person, actor, data={"user": deputy.id, **days})
    return found


@use_case
def end_deputy(actor: Actor, public_id: str) -> Deputy:
    """Take one's work back before the last day."""
    hold(Deputy, public_id=public_id)
    found = db.session.scalars(
        sa.select(Deputy).where(
            Deputy.public_id == public_id,
            Deputy.locality_id == actor.locality_id,
            Deputy.ended_at.is_(None),
        )
    ).first()
    if found is None or not actor.is_officer:
        raise NotFound
    if not may_end_deputy(actor, found.user_id):
        raise NotAllowed(N_("Only the one who is away, or a leader, ends this."))
    found.ended_at = clock.now()
    record(
        "user.deputy_ended",
        db.session.get_one(User, found.user_id),
        actor,
        data={"user": found.deputy_id},
    )
    return found
