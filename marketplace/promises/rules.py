"""The states of a promise and who may move it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.accounts.rules import may_speak_for
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_
from marketplace.core.workflow import Transition, Workflow, states

if TYPE_CHECKING:
    from marketplace.promises.models import Promise


class PromiseState(StrEnum):
    """Whether a promise was kept. Being late is computed from its day, never stored."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"


class MadeIn(StrEnum):
    """Where a promise was made."""

    TRIP = "trip"
    CASE = "case"
    MEETING = "meeting"


MADE_IN_LABELS = {
    MadeIn.TRIP: N_("On a survey trip"),
    MadeIn.CASE: N_("In a case"),
    MadeIn.MEETING: N_("At a meeting"),
}
PLACES = {MadeIn.TRIP: "/su-kien/", MadeIn.CASE: "/ket-noi/"}
"""Where the pages of trips and cases are."""


def is_officer_in(actor: Actor, promise: Promise) -> bool:
    """An official of one of the two localities."""
    return actor.is_officer_of(*promise.pair.locality_ids)


def may_say_done(actor: Actor, promise: Promise) -> bool:
    """Whoever promised, or whoever may record their word."""
    return promise.said_done_at is None and may_speak_for(actor, promise.promisor)


def may_judge(actor: Actor, promise: Promise) -> bool:
    """The side it was promised to, or an official; never whoever promised."""
    return not actor.is_of(promise.promisor_id) and (
        is_officer_in(actor, promise) or may_speak_for(actor, promise.promisee)
    )


def may_withdraw(actor: Actor, promise: Promise) -> bool:
    """Whoever promised, or an official."""
    return is_officer_in(actor, promise) or may_speak_for(actor, promise.promisor)


BREAK_REASONS = {
    "late": N_("The day has passed and nothing came"),
    "different": N_("Something else was done"),
    "other": N_("Another reason"),
}
WITHDRAW_REASONS = {
    "overtaken": N_("It is no longer needed"),
    "impossible": N_("It cannot be done any more"),
    "mistake": N_("Written down by mistake"),
    "other": N_("Another reason"),
}

_S = PromiseState

PROMISE = Workflow(
    "promise",
    PromiseState,
    _S.OPEN,
    Transition("say_done", states(_S.OPEN), None, may_say_done, N_("It is done"), tone="primary"),
    Transition("keep", states(_S.OPEN), _S.KEPT, may_judge, N_("Confirm that it was kept")),
    Transition(
        "break",
        states(_S.OPEN),
        _S.BROKEN,
        may_judge,
        N_("It was not kept"),
        reasons=BREAK_REASONS,
        tone="danger",
    ),
    Transition(
        "withdraw",
        states(_S.OPEN),
        _S.WITHDRAWN,
        may_withdraw,
        N_("Take the promise back"),
        reasons=WITHDRAW_REASONS,
    ),
    labels={
        _S.OPEN: N_("Still owed"),
        _S.KEPT: N_("Kept"),
        _S.BROKEN: N_("Not kept"),
        _S.WITHDRAWN: N_("Taken back"),
    },
)
TONES = {_S.KEPT: "ok", _S.BROKEN: "bad"}
