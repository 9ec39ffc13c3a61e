"""The states of an interest, its moves, and who may make them (workflows page 2)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.accounts.rules import may_manage, may_speak_for
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import (
    Step,
    Transition,
    Workflow,
    nobody_but_the_program,
    states,
    way,
)

if TYPE_CHECKING:
    from marketplace.interests.models import Interest


class InterestState(StrEnum):
    """Where an interest stands. Being late is computed from dates, never stored."""

    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    CONVERTED = "converted"


LIVE = (InterestState.SUBMITTED, InterestState.ACKNOWLEDGED, InterestState.ACCEPTED)
"""An organisation has at most one of these per listing."""

ANSWERS = ("acknowledge", "accept", "decline")
"""The moves that answer an interest."""

ACKNOWLEDGE_WITHIN = 3
ANSWER_WITHIN = 10
"""Working days until a submitted interest is late, and until an unanswered one is."""


def may_answer(actor: Actor, interest: Interest) -> bool:
    """The listing's owner, or whoever may record the owner's word."""
    return may_speak_for(actor, interest.listing.organisation)


def may_acknowledge(actor: Actor, interest: Interest) -> bool:
    """The owner, or an official of the owner's locality in its own right."""
    return may_answer(actor, interest) or actor.is_officer_of(interest.listing.locality_id)


def may_withdraw(actor: Actor, interest: Interest) -> bool:
    """The organisation that asked; or whoever may record its word, where its word was recorded."""
    if interest.is_recorded:
        return may_speak_for(actor, interest.organisation)
    return may_manage(actor, interest.organisation)


def may_convert(actor: Actor, interest: Interest) -> bool:
    """Officials of the pair."""
    return actor.is_officer_of(*interest.pair.locality_ids)


def may_see_contacts(actor: Actor, interest: Interest) -> bool:
    """Both sides, once the interest was accepted; the officials of both localities always."""
    if actor.is_officer_of(*interest.pair.locality_ids):
        return True
    return interest.contacts_open and (
        may_manage(actor, interest.organisation) or may_manage(actor, interest.listing.organisation)
    )


PERMISSIONS = {"answer": may_answer, "contacts": may_see_contacts}

DECLINE_REASONS = {
    "promised": N_("The quantity is promised already"),
    "terms": N_("Price or terms do not fit"),
    "season": N_("Not available at that time"),
    "capacity": N_("We cannot supply this regularly"),
    "other": N_("Another reason"),
}

LAPSE_REASONS = {"closed": N_("The listing was closed"), "expired": N_("Its date has passed")}

WITHDRAW_REASONS = {
    "found": N_("Found another partner"),
    "changed": N_("Plans have changed"),
    "mistake": N_("Sent by mistake"),
    "other": N_("Another reason"),
}

_S = InterestState

INTEREST = Workflow(
    "interest",
    InterestState,
    _S.SUBMITTED,
    Transition(
        "acknowledge",
        states(_S.SUBMITTED),
        _S.ACKNOWLEDGED,
        may_acknowledge,
        N_("Acknowledge"),
        tone="primary",
    ),
    Transition(
        "accept",
        states(_S.ACKNOWLEDGED),
        _S.ACCEPTED,
        may_answer,
        N_("Accept the introduction"),
        tone="primary",
    ),
    Transition(
        "decline",
        states(_S.SUBMITTED, _S.ACKNOWLEDGED),
        _S.DECLINED,
        may_answer,
        N_("Decline"),
        reasons=DECLINE_REASONS,
    ),
    Transition(
        "withdraw",
        states(*LIVE),
        _S.WITHDRAWN,
        may_withdraw,
        N_("Withdraw"),
        reasons=WITHDRAW_REASONS,
        tone="danger",
    ),
    Transition(
        "lapse",
        states(*LIVE),
        _S.LAPSED,
        nobody_but_the_program,
        N_("Lapse"),
        reasons=LAPSE_REASONS,
    ),
    Transition(
        "convert",
        states(_S.ACCEPTED),
        _S.CONVERTED,
        may_convert,
        N_("Propose a match"),
        tone="primary",
    ),
    labels={
        _S.SUBMITTED: N_("Sent"),
        _S.ACKNOWLEDGED: N_("Acknowledged"),
        _S.ACCEPTED: N_("Introduction accepted"),
        _S.DECLINED: N_("Not suitable"),
        _S.WITHDRAWN: N_("Withdrawn"),
        _S.LAPSED: N_("Lapsed"),
        _S.CONVERTED: N_("Matched"),
    },
)


WAY = (_S.SUBMITTED, _S.ACKNOWLEDGED, _S.ACCEPTED, _S.CONVERTED)
"""The way of an interest that nobody ends."""


def progress(interest: Interest) -> list[Step]:
    """How far an interest has come; one that was ended stops at its end."""
    if interest.state in WAY:
        here = WAY.index(interest.state)
        labels = [INTEREST.labels[state] for state in WAY]
        return way(labels, here, is_over=interest.state is _S.CONVERTED)
    passed = [_S.SUBMITTED]
    if interest.acknowledged_at is not None and interest.state is not _S.DECLINED:
        passed.append(_S.ACKNOWLEDGED)
    labels = [INTEREST.labels[state] for state in (*passed, interest.state)]
    return way(labels, len(passed))


def next_step(interest: Interest, owner: Text | str | None = None) -> Text:
    """Who must do what now, and until when; ``owner`` as the reader may know it."""
    owner = owner or interest.listing.organisation.name
    if interest.state is _S.SUBMITTED:
        return Text(
            N_("%(organisation)s or the officials acknowledge it by %(day)s."),
            organisation=owner,
            day=interest.due_on,
        )
    if interest.state is _S.ACKNOWLEDGED:
        return Text(
            N_("%(organisation)s answers by %(day)s."),
            organisation=owner,
            day=interest.due_on,
        )
    return Text(ENDS_IN[interest.state])


ENDS_IN = {
    _S.ACCEPTED: N_("The contacts are open. An official proposes the match next."),
    _S.CONVERTED: N_("A match was made of it. Follow it among the connections."),
    _S.DECLINED: N_("It does not fit this time. The reason stands below."),
    _S.WITHDRAWN: N_("It was withdrawn. It may be sent again while the listing is open."),
    _S.LAPSED: N_("It ended because the listing closed."),
}
