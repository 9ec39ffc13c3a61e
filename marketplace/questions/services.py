"""Use cases of questions: asking, answering, declining, taking off, setting the last day."""

from __future__ import annotations

from datetime import date, timedelta

from marketplace.accounts import queries as accounts
from marketplace.accounts import throttle
from marketplace.accounts.acting import Acting, speak_for
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.use_case import use_case
from marketplace.questions import queries
from marketplace.questions.models import Question, QuestionDate
from marketplace.questions.rules import (
    QUESTION,
    Voice,
    may_answer,
    may_answer_officially,
    may_set_date,
)

BY_PERSON = throttle.Limit("question", 10, timedelta(hours=1))
"""Questions a person may ask about all listings together."""


def ask(actor: Actor, listing_id: str, words: str) -> Question:
    """Ask about a published listing; the owner is told, not who asked.

    Raises TooManyTries for someone who asks too much in an hour.
    """
    throttle.count((BY_PERSON, str(actor.user_id)))
    return _ask(actor, listing_id, words)


@use_case
def _ask(actor: Actor, listing_id: str, words: str) -> Question:
    listing = catalogue.get(listing_id, actor, lock=True, whole=False)
    refusal = queries.why_not(actor, listing)
    if refusal is not None:
        raise refusal
    if actor.user_id is None or actor.organisation_id is None:
        raise NotAllowed(N_("Only a member of an organisation can ask."))
    question = Question(
        listing_id=listing.id,
        organisation_id=actor.organisation_id,
        asked_by_id=actor.user_id,
        words=words,
        asked_at=clock.now(),
    )
    db.session.add(question)
    record("question.asked", question, actor, data={"listing": listing.id})
    return question


@use_case
def answer(actor: Actor, public_id: str, words: str, acting: Acting | None = None) -> Question:
    """Answer for the listing's owner: question and answer become public together."""
    question = queries.get(public_id, actor, lock=True)
    QUESTION.require(question, "answered", actor)
    if not may_answer(actor, question):
        raise NotAllowed(N_("Only the owner of the listing answers in its name."))
    owner = question.listing.organisation
    acted = speak_for(actor, owner, question, acting)
    _answer(actor, question, words, Voice.OWNER, owner.id, acting_id=acted.id if acted else None)
    return question


@use_case
def answer_officially(actor: Actor, public_id: str, words: str) -> Question:
    """Answer as an authority that decides about the listing; it is marked as such."""
    question = queries.get(public_id, actor, lock=True)
    QUESTION.require(question, "answered", actor)
    if not may_answer_officially(actor, question):
        raise NotAllowed(N_("Only officials who decide about the listing answer officially."))
    office = accounts.organisation_by_id(actor.organisation_id)
    _answer(actor, question, words, Voice.AUTHORITY, office.id)
    return question


def _answer(
    actor: Actor,
    question: Question,
    words: str,
    voice: Voice,
    organisation_id: int,
    acting_id: int | None = None,
) -> None:
    QUESTION.fire(
        question,
        "answered",
        actor,
        facts={
            "answer": words,
            "voice": voice,
            "answered_for_id": organisation_id,
            "answered_at": clock.now(),
        },
        data={"listing": question.listing_id, "voice": voice.value},
        acting_id=acting_id,
    )


@use_case
def decline(
    actor: Actor,
    public_id: str,
    *,
    reason: str | None,
    note: str,
    acting: Acting | None = None,
) -> Question:
    """Refuse to answer in public, with a reason the asker reads."""
    question = queries.get(public_id, actor, lock=True)
    QUESTION.require(question, "declined", actor)
    acted = speak_for(actor, question.listing.organisation, question, acting)
    QUESTION.fire(
        question,
        "declined",
        actor,
        reason=reason,
        note=note,
        acting_id=acted.id if acted else None,
        data={"listing": question.listing_id},
    )
    return question


@use_case
def remove(actor: Actor, public_id: str, *, reason: str | None, note: str) -> Question:
    """Take a question off, answered or not, with a reason the asker reads."""
    question = queries.get(public_id, actor, lock=True)
    QUESTION.fire(
        question,
        "removed",
        actor,
        reason=reason,
        note=note,
        data={"listing": question.listing_id},
    )
    return question


@use_case
def set_date(
    actor: Actor, listing_id: str, until: date | None, acting: Acting | None = None
) -> Listing:
    """Set the last day on which a published listing takes questions; None: the usual one."""
    listing = catalogue.get(listing_id, actor, lock=True, whole=False)
    if not may_set_date(actor, listing):
        raise NotAllowed(N_("Only this organisation, its cooperative or its locality may do this."))
    if listing.state is not ListingState.PUBLISHED:
        raise WrongState(N_("Only a published listing takes questions."))
    acted = speak_for(actor, listing.organisation, listing, acting)
    _check_date(listing, until)
    chosen = queries.date_set(listing.id, lock=True)
    if until is None:
        if chosen is not None:
            db.session.delete(chosen)
    elif chosen is None:
        db.session.add(QuestionDate(listing_id=listing.id, until=until))
    else:
        chosen.until = until
    record(
        "listing.questions_until",
        listing,
        actor,
        data={"until": until.isoformat() if until else None},
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    return listing


def _check_date(listing: Listing, until: date | None) -> None:
    if until is None:
        return
    if until < clock.today():
        raise Invalid("until", N_("This day has passed. Choose today or a later day."))
    if listing.closes_on is not None and until > listing.closes_on:
        raise Invalid(
            "until",
            Text(
                N_("The listing closes on %(day)s. Choose this day or an earlier one."),
                day=listing.closes_on,
            ),
        )
