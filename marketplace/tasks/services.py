"""Use cases of tasks: listing a dossier's permits, adding, ticking, and telling who is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import ActingRecord, StoredFile
from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.calendar import add_working_days
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed, WrongState
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.use_case import one_by_one, use_case
from marketplace.deals import queries as deals
from marketplace.deals.models import Deal
from marketplace.deals.rules import is_officer_in
from marketplace.tasks import queries
from marketplace.tasks.models import Checklist, Task
from marketplace.tasks.rules import TASK, is_running, may_add, may_change

LOCALITY = "locality-"
"""Before a locality's id where a task's responsible is chosen; else an organisation's public id."""


@dataclass(frozen=True, slots=True)
class TaskValues:
    """A task as people write it. ``responsible`` and ``after`` are codes of its form's lists.

    ``after`` is the public id of the task it waits for. ``due_on`` wins over ``days``.
    """

    title: str
    responsible: str
    office: str = ""
    basis: str = ""
    days: int | None = None
    due_on: date | None = None
    after: str | None = None
    version: int | None = None


# ------------------------------------------------------------ from the dossier


@use_case
def list_permits(actor: Actor, deal_id: str) -> Deal:
    """An official makes the tasks of the permits published with the opportunity, once."""
    deal = deals.get(deal_id, actor, lock=True)
    if not is_officer_in(actor, deal):
        raise NotAllowed(N_("Only an official of the two localities lists the permits."))
    require_dossier(deal, queries.opportunity_of(deal))
    _list(deal, actor)
    return deal


def require_dossier(deal: Deal, dossier: Opportunity | None) -> None:
    """Raise WrongState unless the permits of a deal can be listed now."""
    if dossier is None:
        raise WrongState(N_("This case has no dossier with permits. Add its tasks one by one."))
    if queries.has_checklist(deal.id):
        raise WrongState(N_("The permits of this case are listed already."))
    if not dossier.permits:
        raise WrongState(N_("The dossier names no permits. Add the tasks one by one."))


def list_due() -> int:
    """List the permits of deals that opened; may run twice. Returns how many deals."""
    return one_by_one(_list_due, queries.due_to_list())


@use_case
def _list_due(deal_id: str) -> bool:
    deal = deals.get_for_clock(deal_id)
    if queries.has_checklist(deal.id) or not is_running(deal):
        return False  # someone was faster
    _list(deal, SYSTEM)
    return True


def _list(deal: Deal, actor: Actor) -> None:
    """One task for each permit, in the order of the dossier; the investor is responsible."""
    db.session.add(Checklist(deal_id=deal.id, made_at=clock.now()))
    dossier, partner = queries.opportunity_of(deal), queries.partner_of(deal)
    permits = dossier.permits if dossier else []
    first = _next_number(deal)
    for number, permit in enumerate(permits, start=first):
        db.session.add(
            Task(
                deal_id=deal.id,
                number=number,
                title=permit.paper,
                basis=permit.note,
                office=permit.agency,
                organisation_id=partner.id if partner else None,
                locality_id=None if partner else deal.listing.locality_id,
                days=permit.days,
                due_on=_due(permit.days),
                is_permit=True,
                created_by_id=actor.user_id,
                created_at=clock.now(),
            )
        )
    record("deal.tasks_listed", deal, actor, data={"tasks": len(permits)})


def _next_number(deal: Deal) -> int:
    last = db.session.scalar(sa.select(sa.func.max(Task.number)).where(Task.deal_id == deal.id))
    return int(last or 0) + 1


def _due(days: int | None) -> date | None:
    """The last of so many working days counted from today; None where nobody said how many."""
    return add_working_days(clock.today(), days) if days else None


# ------------------------------------------------------------ by hand


@use_case
def add_task(actor: Actor, deal_id: str, values: TaskValues) -> Task:
    """Add a task to a deal, of whatever kind."""
    deal = deals.get(deal_id, actor, lock=True)
    if not may_add(actor, deal):
        raise NotAllowed(N_("Only a party or an official adds a task, while the deal goes on."))
    task = Task(
        deal_id=deal.id,
        number=_next_number(deal),
        created_by_id=actor.user_id,
        created_at=clock.now(),
    )
    _fill(task, deal, values)
    db.session.add(task)
    record("task.added", task, actor, data={"deal": deal.id})
    return task


@use_case
def change_task(actor: Actor, public_id: str, values: TaskValues) -> Task:
    """Change who does a task, by when, or after what."""
    task = queries.get(public_id, actor, lock=True)
    if not may_change(actor, task):
        raise NotAllowed(N_("Only an official, or who added it, changes an open task."))
    if values.version is not None and values.version != task.version:
        raise Conflict
    _fill(task, task.deal, values)
    record("task.changed", task, actor)
    return task


def _fill(task: Task, deal: Deal, values: TaskValues) -> None:
    task.title, task.office, task.basis = values.title, values.office, values.basis
    task.organisation_id, task.locality_id = _responsible(deal, values.responsible)
    before = _before(task, deal, values.after)
    task.blocked_by_id = before.id if before else None
    waits = before is not None and before.is_open
    counts_anew = values.days != task.days or task.due_on is None
    task.days = values.days
    if values.due_on is not None:
        if values.due_on < clock.today() and values.due_on != task.due_on:
            raise Invalid("due_on", N_("This day has passed. Choose a day still to come."))
        task.due_on = values.due_on
    elif waits:
        task.due_on = None
    elif counts_anew:
        task.due_on = _due(values.days)


def _responsible(deal: Deal, code: str) -> tuple[int | None, int | None]:
    """Organisation or locality of a choice. Raises Invalid for who has no part in the deal."""
    for party in deal.parties:
        if party.organisation.public_id == code:
            return party.organisation_id, None
    for locality_id in deal.pair.locality_ids:
        if code == f"{LOCALITY}{locality_id}":
            return None, locality_id
    raise Invalid("responsible", N_("Choose a party or one of the two localities."))


def _before(task: Task, deal: Deal, code: str | None) -> Task | None:
    """The task this one waits for: one that stands before it, so that nothing waits in a circle."""
    if not code:
        return None
    for other in queries.of_deal(deal.id):
        if other.public_id == code and other.number < task.number:
            return other
    raise Invalid("after", N_("Choose a task that stands before this one."))


# ------------------------------------------------------------ ticking


@use_case
def begin(actor: Actor, public_id: str, *, acting: Acting | None = None) -> Task:
    """Whoever is responsible has begun."""
    task = queries.get(public_id, actor, lock=True)
    TASK.require(task, "begin", actor)
    acted = _word(actor, task, acting)
    TASK.fire(task, "begin", actor, acting_id=acted.id if acted else None)
    return task


@use_case
def finish(
    actor: Actor,
    public_id: str,
    *,
    paper: StoredFile | None = None,
    happened_on: date | None = None,
    acting: Acting | None = None,
) -> Task:
    """It is done, with the paper that shows it; what waited for it gets its day now."""
    task = queries.get(public_id, actor, lock=True)
    TASK.require(task, "finish", actor)
    if happened_on is not None and happened_on > clock.today():
        raise Invalid("happened_on", N_("This day is still to come."))
    acted = _word(actor, task, acting)
    task.paper = paper or task.paper
    TASK.fire(
        task,
        "finish",
        actor,
        facts={"ended_at": clock.now()},
        happened_on=happened_on or (acted.said_on if acted else None),
        acting_id=acted.id if acted else None,
    )
    _let_begin(task)
    return task


@use_case
def drop(actor: Actor, public_id: str, *, reason: str | None, note: str) -> Task:
    """It is not needed; what waited for it can begin."""
    task = queries.get(public_id, actor, lock=True)
    TASK.fire(task, "drop", actor, reason=reason, note=note, facts={"ended_at": clock.now()})
    _let_begin(task)
    return task


@use_case
def reopen(
    actor: Actor, public_id: str, *, reason: str | None, note: str, acting: Acting | None = None
) -> Task:
    """It has to be done after all; its days are counted anew."""
    task = queries.get(public_id, actor, lock=True)
    TASK.require(task, "reopen", actor)
    acted = None if is_officer_in(actor, task.deal) else _word(actor, task, acting)
    task.due_on = _due(task.days) or task.due_on
    TASK.fire(
        task,
        "reopen",
        actor,
        reason=reason,
        note=note,
        facts={"ended_at": None},
        acting_id=acted.id if acted else None,
    )
    return task


def _word(actor: Actor, task: Task, acting: Acting | None) -> ActingRecord | None:
    """Whose word it is, where an organisation is responsible; the office speaks for itself."""
    if task.organisation is None:
        return None
    return speak_for(actor, task.organisation, task, acting, purpose=None)


def _let_begin(task: Task) -> None:
    """Count the days of what waited for this task from today."""
    for other in queries.waiting_for(task):
        if other.due_on is None:
            other.due_on = _due(other.days)


# ------------------------------------------------------------ lateness


def tell_late() -> int:
    """Tell the responsible once that a day has passed; may run twice. Returns how many."""
    return one_by_one(_tell_late, queries.due_to_tell(clock.today()))


@use_case
def _tell_late(task_id: int) -> bool:
    task = queries.get_for_clock(task_id)
    if not task.is_late or task.told_late_for == task.due_on:
        return False  # someone was faster
    task.told_late_for = task.due_on
    record("task.late", task, SYSTEM)
    return True
