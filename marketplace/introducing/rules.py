"""The states of an introduction by hand, its moves, and who may make them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.accounts.rules import may_manage, may_speak_for, why_no_introduction
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import Transition, Workflow, nobody_but_the_program, states

if TYPE_CHECKING:
    from marketplace.accounts.models import Organisation
    from marketplace.introducing.models import Introduction

OPEN_FOR = 30
"""Days two organisations have to say yes before the introduction lapses."""


class IntroductionState(StrEnum):
    """A yes that is still missing is a blocker with a sentence, not a state."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


def is_officer_in(actor: Actor, introduction: Introduction) -> bool:
    """An official of one of the two localities."""
    return actor.is_officer_of(*introduction.pair.locality_ids)


def may_answer(actor: Actor, introduction: Introduction) -> bool:
    """Whoever may speak for a side that has not answered; nobody says yes for both."""
    return actor.user_id not in {said.user_id for said in introduction.answers} and any(
        may_speak_for(actor, side) for side in introduction.waiting
    )


def is_known_to(actor: Actor, introduction: Introduction, side: Organisation) -> bool:
    """Whether someone may read the contacts of ``side`` and the names of its people.

    Its own people and the officials always; the other side once both have said yes.
    """
    return (
        introduction.is_open
        or is_officer_in(actor, introduction)
        or may_speak_for(actor, side)
        or may_manage(actor, side)
    )


def may_match(actor: Actor, introduction: Introduction) -> bool:
    """Officials of the pair, once both sides have said yes."""
    return introduction.is_open and is_officer_in(actor, introduction)


def what_is_missing(introduction: Introduction) -> Sequence[Text]:
    """The yes of each side that has not answered."""
    return [
        Text(N_("%(organisation)s has not said yes yet."), organisation=side.name)
        for side in introduction.waiting
    ]


def not_verified(introduction: Introduction) -> Sequence[Text]:
    """While a locality does not vouch for one side, neither says yes."""
    return why_no_introduction(*introduction.sides)


PERMISSIONS = {"match": may_match}

REFUSE_REASONS = {
    "not_now": N_("Not at this time"),
    "unsuitable": N_("The two do not fit together"),
    "known": N_("We know each other already"),
    "other": N_("Another reason"),
}

WITHDRAW_REASONS = {
    "changed": N_("Plans have changed"),
    "mistake": N_("Proposed by mistake"),
    "other": N_("Another reason"),
}

_S = IntroductionState

INTRODUCTION = Workflow(
    "introduction",
    IntroductionState,
    _S.PROPOSED,
    Transition(
        "consent",
        states(_S.PROPOSED),
        None,
        may_answer,
        N_("Say yes"),
        tone="primary",
        blockers=not_verified,
    ),
    Transition(
        "agree",
        states(_S.PROPOSED),
        _S.AGREED,
        nobody_but_the_program,
        N_("Open the contacts"),
        blockers=what_is_missing,
    ),
    Transition(
        "refuse",
        states(_S.PROPOSED),
        _S.REFUSED,
        may_answer,
        N_("Say no"),
        reasons=REFUSE_REASONS,
    ),
    Transition(
        "withdraw",
        states(_S.PROPOSED),
        _S.WITHDRAWN,
        is_officer_in,
        N_("Take back"),
        reasons=WITHDRAW_REASONS,
        tone="danger",
    ),
    Transition("lapse", states(_S.PROPOSED), _S.LAPSED, nobody_but_the_program, N_("Lapse")),
    labels={
        _S.PROPOSED: N_("Waits for both to say yes"),
        _S.AGREED: N_("Introduced"),
        _S.REFUSED: N_("Refused"),
        _S.WITHDRAWN: N_("Taken back"),
        _S.LAPSED: N_("Lapsed"),
    },
)
