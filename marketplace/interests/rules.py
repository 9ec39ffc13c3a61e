"""The states of an interest, its moves, and who may make them (workflows page 2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.accounts.rules import may_manage, may_speak_for, why_no_introduction
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.calendar import add_working_days
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import (
    Step,
    Transition,
    Workflow,
    nobody_but_the_program,
    states,
    way,
)
from marketplace.papers.types import PaperType
from marketplace.programme.rules import STOP_REASONS, moved

if TYPE_CHECKING:
    from marketplace.accounts.models import Organisation
    from marketplace.interests.models import Interest
    from marketplace.programme.models import ClockStop


class InterestState(StrEnum):
    """Where an interest stands. Being late is computed from dates, never stored."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACKNOWLEDGED = "acknowledged"
    INFO_REQUESTED = "info_requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    CONVERTED = "converted"


class AskAgain(StrEnum):
    """What the declined side says to «may we ask you again when there is more?»."""

    UNSAID = "unsaid"
    YES = "yes"
    NO = "no"


ASK_AGAIN_LABELS = {
    AskAgain.UNSAID: N_("Not answered yet"),
    AskAgain.YES: N_("Yes, ask again"),
    AskAgain.NO: N_("No, do not ask again"),
}

PAPERS = tuple(PaperType)
"""The papers a buyer may ask for, or someone who offers can show, in the order of their bits."""

LIVE = (
    InterestState.SUBMITTED,
    InterestState.ACKNOWLEDGED,
    InterestState.INFO_REQUESTED,
    InterestState.ACCEPTED,
)
"""An organisation has at most one of these per listing; a draft is none of them."""

BEGUN = (InterestState.DRAFT, InterestState.WITHDRAWN)
"""What can be sent, or sent again; of those too there is one, and sending takes it up."""

ANSWERS = ("acknowledge", "ask", "accept", "decline")
"""The moves that answer an interest."""

ACKNOWLEDGE_WITHIN = 3
ANSWER_WITHIN = 10
"""Working days until a submitted interest is late, and until an unanswered one is."""
INFORM_WITHIN = 10
"""Working days the asking side has for what it was asked; meanwhile no locality is late."""

OWED = {
    InterestState.SUBMITTED: ACKNOWLEDGE_WITHIN,
    InterestState.ACKNOWLEDGED: ANSWER_WITHIN,
}
"""In which states the owner and the localities owe an answer, and within how many working days."""
HELD_IN = (InterestState.ACKNOWLEDGED, InterestState.ACCEPTED)
"""In which states a selection that goes on keeps the next step back."""


def due_on(interest: Interest) -> date | None:
    """The working day by which the next answer is owed; None when nothing is.

    Counted from the sending, or from the day the asking side gave what it was asked for: the time
    others wait for it counts against nobody, nor do days on which its clocks stood. While a
    selection compares it, the result of that is the answer, and its day the one promised.
    """
    within = OWED.get(interest.state)
    if within is None:
        return None
    if is_held(interest):
        return interest.held_until
    began = clock.local(interest.counted_from).date()
    return moved(add_working_days(began, within), began, interest.stops, clock.today())


def open_stop(interest: Interest) -> ClockStop | None:
    """For what its clock stands still just now."""
    return next((stop for stop in interest.stops if stop.until is None), None)


def is_held(interest: Interest) -> bool:
    """Whether it is answered by the result of a selection only; acknowledging it goes before."""
    return interest.held_until is not None and interest.state in HELD_IN


def is_late(interest: Interest) -> bool:
    """Whether an answer is owed and its day has passed: red to both localities from then on."""
    due = due_on(interest)
    return due is not None and clock.today() > due


def inform_by(interest: Interest) -> date | None:
    """The working day until which the asking side is waited for; None when it is not.

    Days on which the clocks stood are not counted against it either.
    """
    if interest.state is not InterestState.INFO_REQUESTED or interest.asked_at is None:
        return None
    began = clock.local(interest.asked_at).date()
    return moved(add_working_days(began, INFORM_WITHIN), began, interest.stops, clock.today())


def gave_nothing(interest: Interest) -> bool:
    """Whether the asking side let its day pass without what it was asked for: the owner decides."""
    until = inform_by(interest)
    return until is not None and clock.today() > until


def side_in_turn(interest: Interest) -> Organisation | None:
    """The side whose word is waited for; None where it is neither's."""
    if interest.state in OWED or gave_nothing(interest):
        return interest.listing.organisation
    return interest.organisation if interest.state is InterestState.INFO_REQUESTED else None


def may_answer(actor: Actor, interest: Interest) -> bool:
    """The listing's owner, or whoever may record the owner's word."""
    return may_speak_for(actor, interest.listing.organisation)


def is_turn_of(actor: Actor, interest: Interest) -> bool:
    """Whether the next word is the reader's own.

    Officials have reminders of their own at the desk: here only what their office itself owes.
    """
    side = side_in_turn(interest)
    if side is None:
        return False
    return may_manage(actor, side) or (not actor.is_officer and may_speak_for(actor, side))


def may_acknowledge(actor: Actor, interest: Interest) -> bool:
    """The owner, or an official of the owner's locality in its own right."""
    return may_answer(actor, interest) or actor.is_officer_of(interest.listing.locality_id)


def may_send(actor: Actor, interest: Interest) -> bool:
    """The organisation that asks, whoever records its offer, or the program for a visitor."""
    if actor.is_system:
        return True
    if interest.listing.seeks:
        return may_speak_for(actor, interest.organisation)
    return may_manage(actor, interest.organisation)


def may_withdraw(actor: Actor, interest: Interest) -> bool:
    """The organisation that asked; or whoever may record its word, where its word was recorded."""
    if interest.is_recorded:
        return may_speak_for(actor, interest.organisation)
    return may_manage(actor, interest.organisation)


def may_allow(actor: Actor, interest: Interest) -> bool:
    """The organisation that asked and did not say yes to this yet."""
    return interest.ask_again is not AskAgain.YES and may_withdraw(actor, interest)


def may_forbid(actor: Actor, interest: Interest) -> bool:
    """The organisation that asked and did not say no to this yet."""
    return interest.ask_again is not AskAgain.NO and may_withdraw(actor, interest)


def too_soon(interest: Interest) -> Sequence[Text]:
    """While the asking side still has time for what it was asked."""
    until = inform_by(interest)
    if until is None or gave_nothing(interest):
        return ()
    return (Text(N_("They have until %(day)s to send what you asked for."), day=until),)


def not_verified(interest: Interest) -> Sequence[Text]:
    """While a locality does not vouch for one of the sides."""
    return why_no_introduction(interest.organisation, interest.listing.organisation)


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
    "no_reply": N_("What we asked for never came"),
    "other": N_("Another reason"),
}

ASK_REASONS = {
    "amount": N_("How much, and when exactly"),
    "terms": N_("Price, delivery, payment"),
    "papers": N_("Which papers are needed"),
    "plan": N_("What is planned, and with whom"),
    "other": N_("Something else"),
}
"""What an owner or official may want to know before answering."""

LAPSE_REASONS = {"closed": N_("The listing was closed"), "expired": N_("Its date has passed")}

PASS_OVER_REASONS = {
    "chosen": N_("Another partner was chosen"),
    "nobody": N_("No suitable partner was found"),
    "late": N_("It came after the closing day and was not compared"),
}
"""How a comparison of several interests ends for those it does not choose."""

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
    _S.DRAFT,
    Transition(  # named as it has stood in the journal since the first interest
        "sent",
        states(*BEGUN),
        _S.SUBMITTED,
        may_send,
        N_("Send"),
        tone="primary",
    ),
    Transition(
        "acknowledge",
        states(_S.SUBMITTED),
        _S.ACKNOWLEDGED,
        may_acknowledge,
        N_("Acknowledge"),
        tone="primary",
    ),
    Transition(
        "ask",
        states(_S.SUBMITTED, _S.ACKNOWLEDGED),
        _S.INFO_REQUESTED,
        may_acknowledge,
        N_("Ask for more"),
        reasons=ASK_REASONS,
    ),
    Transition(
        "inform",
        states(_S.INFO_REQUESTED),
        _S.SUBMITTED,
        may_withdraw,
        N_("Give what was asked for"),
        tone="primary",
    ),
    Transition(
        "accept",
        states(_S.ACKNOWLEDGED),
        _S.ACCEPTED,
        may_answer,
        N_("Accept the introduction"),
        tone="primary",
        blockers=not_verified,
    ),
    Transition(
        "decline",
        states(_S.SUBMITTED, _S.ACKNOWLEDGED, _S.INFO_REQUESTED),
        _S.DECLINED,
        may_answer,
        N_("Decline"),
        reasons=DECLINE_REASONS,
        blockers=too_soon,
    ),
    Transition(
        "ask_again_yes",
        states(_S.DECLINED),
        None,
        may_allow,
        ASK_AGAIN_LABELS[AskAgain.YES],
        tone="primary",
    ),
    Transition(
        "ask_again_no",
        states(_S.DECLINED),
        None,
        may_forbid,
        ASK_AGAIN_LABELS[AskAgain.NO],
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
        "take_back",
        states(*LIVE),
        _S.WITHDRAWN,
        nobody_but_the_program,
        N_("Take back for the visitor who had asked"),
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
    Transition(
        "choose",
        states(_S.ACKNOWLEDGED, _S.ACCEPTED),
        _S.CONVERTED,
        nobody_but_the_program,
        N_("Choose"),
    ),
    Transition(
        "pass_over",
        states(*LIVE),
        _S.DECLINED,
        nobody_but_the_program,
        N_("Choose another"),
        reasons=PASS_OVER_REASONS,
    ),
    labels={
        _S.DRAFT: N_("Draft"),
        _S.SUBMITTED: N_("Sent"),
        _S.ACKNOWLEDGED: N_("Acknowledged"),
        _S.INFO_REQUESTED: N_("Waiting for more information"),
        _S.ACCEPTED: N_("Introduction accepted"),
        _S.DECLINED: N_("Not suitable"),
        _S.WITHDRAWN: N_("Withdrawn"),
        _S.LAPSED: N_("Lapsed"),
        _S.CONVERTED: N_("Matched"),
    },
)


WAY = (_S.SUBMITTED, _S.ACKNOWLEDGED, _S.ACCEPTED, _S.CONVERTED)
"""The way of an interest that nobody ends."""
DETOURS = {
    _S.DRAFT: (_S.DRAFT, *WAY),
    _S.INFO_REQUESTED: (_S.SUBMITTED, _S.INFO_REQUESTED, *WAY[1:]),
}
"""The way of one that is not sent yet, and of one that waits for its sender."""


def progress(interest: Interest) -> list[Step]:
    """How far an interest has come; one that was ended stops at its end."""
    steps = DETOURS.get(interest.state, WAY)
    if interest.state in steps:
        here = steps.index(interest.state)
        labels = [INTEREST.labels[state] for state in steps]
        return way(labels, here, is_over=interest.state is _S.CONVERTED)
    passed = [_S.SUBMITTED]
    if interest.acknowledged_at is not None and interest.state is not _S.DECLINED:
        passed.append(_S.ACKNOWLEDGED)
    labels = [INTEREST.labels[state] for state in (*passed, interest.state)]
    return way(labels, len(passed))


def next_step(
    interest: Interest, owner: Text | str | None = None, asker: Text | str | None = None
) -> Text:
    """Who must do what now, and until when; both sides as the reader may know them."""
    owner = owner or interest.listing.organisation.name
    if is_held(interest):
        return Text(
            N_("Being compared; the result comes by %(day)s."),
            day=interest.held_until,
        )
    stop = open_stop(interest)
    if stop is not None and interest.state in OWED and not interest.is_late:
        return Text(
            N_("The clock stands still since %(day)s: %(why)s. Meanwhile no answer is late."),
            day=stop.since,
            why=Text(STOP_REASONS.get(stop.why, STOP_REASONS["other"])),
        )
    if interest.state is _S.INFO_REQUESTED:
        return Text(
            NOTHING_CAME if gave_nothing(interest) else TO_COME,
            organisation=asker or interest.organisation.name,
            owner=owner,
            day=inform_by(interest),
        )
    if interest.state in OWED:
        return Text(TO_ANSWER[interest.state], organisation=owner, day=interest.due_on)
    if interest.is_draft and not interest.listing.is_open:
        return Text(
            N_(
                "It cannot be sent any more: the listing takes no interest now. "
                "You may throw the draft away."
            )
        )
    return Text(ENDS_IN[interest.state])


TO_ANSWER = {
    _S.SUBMITTED: N_("%(organisation)s or the officials acknowledge it by %(day)s."),
    _S.ACKNOWLEDGED: N_("%(organisation)s answers by %(day)s."),
}
TO_COME = N_("%(organisation)s adds what was asked by %(day)s; until then nobody else is late.")
NOTHING_CAME = N_(
    "What was asked for did not come by %(day)s. %(owner)s may decline now or go on waiting; "
    "%(organisation)s may still send it."
)

ENDS_IN = {
    _S.DRAFT: N_("Nobody else sees it yet. Finish it and send it while the listing is open."),
    _S.ACCEPTED: N_("The contacts are open. An official proposes the match next."),
    _S.CONVERTED: N_("A match was made of it. Follow it among the connections."),
    _S.DECLINED: N_("It does not fit this time. The reason stands below."),
    _S.WITHDRAWN: N_("It was withdrawn. It may be sent again while the listing is open."),
    _S.LAPSED: N_("It ended because the listing closed."),
}
