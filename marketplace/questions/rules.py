"""The states of a question, its moves, and until which day questions are taken."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.accounts.rules import may_manage, may_speak_for
from marketplace.catalogue.rules import may_edit, may_review
from marketplace.core.actor import Actor
from marketplace.core.calendar import working_days_before
from marketplace.core.i18n import N_
from marketplace.core.workflow import Transition, Workflow, states

if TYPE_CHECKING:
    from marketplace.catalogue.models import Listing
    from marketplace.questions.models import Question


class QuestionState(StrEnum):
    """Where a question stands. Being late is computed, never stored."""

    ASKED = "asked"
    ANSWERED = "answered"
    DECLINED = "declined"
    REMOVED = "removed"


class Voice(StrEnum):
    """Whose answer it is: the owner's own, or an authority's."""

    OWNER = "owner"
    AUTHORITY = "authority"


ANSWER_WITHIN = 3
"""Working days until a question without an answer is late."""
CLOSES_BEFORE = 5
"""Working days before a listing closes, in which questions are no longer taken: answers must
reach everyone in time (workflows page; UK question period)."""
MOST_OPEN = 3
"""Questions an organisation may have without an answer about one listing."""


def usual_date(published_on: date | None, closes_on: date | None) -> date | None:
    """The last day for questions unless the owner sets another; None while there is no end.

    A listing that is published shortly before it closes takes them on its first day at least.
    """
    if closes_on is None:
        return None
    last = working_days_before(closes_on, CLOSES_BEFORE)
    return min(closes_on, max(last, published_on)) if published_on else last


def may_ask(actor: Actor, listing: Listing) -> bool:
    """A member of a verified organisation who has no part in answering."""
    return (
        actor.is_signed_in
        and actor.organisation_verified
        and not may_speak_for(actor, listing.organisation)
        and not may_review(actor, listing)
    )


def _asked_it(actor: Actor, question: Question) -> bool:
    return actor.user_id == question.asked_by_id or actor.is_of(question.organisation_id)


def may_answer(actor: Actor, question: Question) -> bool:
    """The listing's owner, or whoever may record the owner's word; never who asked."""
    return may_speak_for(actor, question.listing.organisation) and not _asked_it(actor, question)


def may_answer_officially(actor: Actor, question: Question) -> bool:
    """Officials who decide about the listing, unless it is their own; never who asked."""
    listing = question.listing
    return (
        may_review(actor, listing)
        and not may_manage(actor, listing.organisation)
        and not _asked_it(actor, question)
    )


def may_reply(actor: Actor, question: Question) -> bool:
    """The listing's owner, or officials who decide about the listing."""
    return may_answer(actor, question) or may_answer_officially(actor, question)


def may_remove(actor: Actor, question: Question) -> bool:
    """Officials who decide about the listing."""
    return may_review(actor, question.listing) and not _asked_it(actor, question)


def may_see_asker(actor: Actor, question: Question) -> bool:
    """The one who asked, and the officials of both localities."""
    return actor.is_of(question.organisation_id) or actor.is_officer_of(
        question.listing.locality_id, *question.listing.pair.locality_ids
    )


def may_set_date(actor: Actor, listing: Listing) -> bool:
    """The owner's people, or someone recorded as acting for the owner."""
    return may_edit(actor, listing)


PERMISSIONS = {
    "answer": may_answer,
    "answer_officially": may_answer_officially,
    "see_asker": may_see_asker,
}

DECLINE_REASONS = {
    "personal": N_("It asks for personal data"),
    "unrelated": N_("It is not about this listing"),
    "said": N_("The listing says it already"),
    "secret": N_("It touches a business secret"),
    "other": N_("Another reason"),
}

REMOVE_REASONS = {
    "personal": N_("It holds personal data"),
    "offensive": N_("It is offensive or misleading"),
    "advert": N_("It advertises something else"),
    "unrelated": N_("It is not about this listing"),
    "other": N_("Another reason"),
}

_S = QuestionState

QUESTION = Workflow(
    "question",
    QuestionState,
    _S.ASKED,
    Transition(
        "answered",
        states(_S.ASKED),
        _S.ANSWERED,
        may_reply,
        N_("Answer in public"),
        tone="primary",
    ),
    Transition(
        "declined",
        states(_S.ASKED),
        _S.DECLINED,
        may_answer,
        N_("Do not answer in public"),
        reasons=DECLINE_REASONS,
    ),
    Transition(
        "removed",
        states(_S.ASKED, _S.ANSWERED, _S.DECLINED),
        _S.REMOVED,
        may_remove,
        N_("Take the question off"),
        reasons=REMOVE_REASONS,
        tone="danger",
    ),
    labels={
        _S.ASKED: N_("Waits for an answer"),
        _S.ANSWERED: N_("Answered in public"),
        _S.DECLINED: N_("Not answered in public"),
        _S.REMOVED: N_("Taken off"),
    },
)
