"""The states of a task, its moves, and who may make them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.accounts.rules import may_speak_for
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import Transition, Workflow, states
from marketplace.deals.rules import is_officer_in, is_party

if TYPE_CHECKING:
    from marketplace.deals.models import Deal
    from marketplace.tasks.models import Task


class TaskState(StrEnum):
    """Where a task stands. Being late is computed from its day, never stored."""

    TODO = "todo"
    DOING = "doing"
    DONE = "done"
    NOT_NEEDED = "not_needed"


OPEN = (TaskState.TODO, TaskState.DOING)

CLOCK_STOPS_IN = frozenset({"suspended", "disputed"})
"""States of a deal in which nothing is counted as late (workflows page, force majeure)."""


def is_running(deal: Deal) -> bool:
    """Whether something can still be done in a deal."""
    return deal.ended_at is None


def may_tick(actor: Actor, task: Task) -> bool:
    """Whoever is responsible: the organisation, or who records its word; or the locality's office.

    Parties tick their own, officials theirs.
    """
    if not is_running(task.deal):
        return False
    if task.organisation is not None:
        return may_speak_for(actor, task.organisation)
    return actor.is_officer_of(task.locality_id)


def may_drop(actor: Actor, task: Task) -> bool:
    """An official of the pair: a party does not let itself off."""
    return is_running(task.deal) and is_officer_in(actor, task.deal)


def may_reopen(actor: Actor, task: Task) -> bool:
    """An official of the pair, or whoever may tick it."""
    return may_drop(actor, task) or may_tick(actor, task)


def may_add(actor: Actor, deal: Deal) -> bool:
    """A party, or an official of the pair, while the deal goes on."""
    return is_running(deal) and (is_officer_in(actor, deal) or is_party(actor, deal))


def may_change(actor: Actor, task: Task) -> bool:
    """An official of the pair, or who added it, while it is not done."""
    if task.state not in OPEN or not is_running(task.deal):
        return False
    return is_officer_in(actor, task.deal) or (
        actor.user_id is not None and actor.user_id == task.created_by_id
    )


PERMISSIONS = {"tick": may_tick, "change": may_change}


def waits_for(task: Task) -> Sequence[Text]:
    """What has to be done before it."""
    before = task.blocked_by
    if before is None or before.state not in OPEN:
        return []
    return [Text(N_("“%(title)s” has to be done first."), title=before.title)]


DROP_REASONS = {
    "held": N_("The paper is there already"),
    "not_asked": N_("The law does not ask for it here"),
    "changed": N_("Plans have changed"),
    "other": N_("Another reason"),
}

REOPEN_REASONS = {
    "returned": N_("The office returned the papers"),
    "mistake": N_("Ticked by mistake"),
    "other": N_("Another reason"),
}

_S = TaskState

TASK = Workflow(
    "task",
    TaskState,
    _S.TODO,
    Transition(
        "begin",
        states(_S.TODO),
        _S.DOING,
        may_tick,
        N_("We have begun"),
        blockers=waits_for,
    ),
    Transition(
        "finish",
        states(_S.TODO, _S.DOING),
        _S.DONE,
        may_tick,
        N_("Done"),
        blockers=waits_for,
        tone="primary",
    ),
    Transition(
        "drop",
        states(_S.TODO, _S.DOING),
        _S.NOT_NEEDED,
        may_drop,
        N_("Not needed"),
        reasons=DROP_REASONS,
    ),
    Transition(
        "reopen",
        states(_S.DONE, _S.NOT_NEEDED),
        _S.TODO,
        may_reopen,
        N_("Open it again"),
        reasons=REOPEN_REASONS,
    ),
    labels={
        _S.TODO: N_("To do"),
        _S.DOING: N_("Under way"),
        _S.DONE: N_("Done"),
        _S.NOT_NEEDED: N_("Not needed"),
    },
)
