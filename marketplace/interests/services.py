"""Use cases of interests: sending, answering, withdrawing, and what closing a listing does."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.rules import Purpose
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import LISTING, ListingState, may_review
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.use_case import one_by_one, use_case
from marketplace.interests import queries
from marketplace.interests.models import Interest, InterestValues
from marketplace.interests.rules import ANSWERS, INTEREST, AskAgain, may_acknowledge
from marketplace.interests.sending import check, end, send

__all__ = [
    "InterestValues",
    "answer",
    "close_expired",
    "close_listing",
    "discard",
    "inform",
    "register",
    "save_draft",
    "say_again",
    "withdraw",
]


@use_case
def register(
    actor: Actor,
    listing_id: str,
    values: InterestValues,
    *,
    answers_for: str = "",
    acting: Acting | None = None,
) -> Interest:
    """Answer a published listing: register interest in it, or make an offer where it seeks.

    ``answers_for`` is the public id of the organisation whose offer is recorded; without it the
    actor's own answers. What it saved, or sent and withdrew, is taken up: one interest, one
    history, one tracking code.
    """
    interest = _begun(actor, listing_id, values, answers_for)
    check(interest.listing, values, interest.offered)
    send(interest, actor, acting)
    return interest


@use_case
def save_draft(
    actor: Actor, listing_id: str, values: InterestValues, *, answers_for: str = ""
) -> Interest:
    """Keep what is typed without sending it; one draft for each organisation and listing."""
    draft = _begun(actor, listing_id, values, answers_for)
    if not draft.is_draft:
        raise WrongState(N_("This was sent before. Send it again as it is, or leave it."))
    db.session.add(draft)
    draft.sent_by_id = actor.user_id
    draft.sent_at = clock.now()
    record("interest.drafted", draft, actor)
    return draft


@use_case
def discard(actor: Actor, public_id: str) -> Listing:
    """Throw a draft away; what was sent once can only be withdrawn. Gives back its listing."""
    draft = queries.get(public_id, actor, lock=True)
    if not draft.is_draft:
        raise WrongState(N_("This was sent already; you can withdraw it."))
    record("interest.discarded", draft, actor)
    db.session.delete(draft)
    return draft.listing


def _begun(actor: Actor, listing_id: str, values: InterestValues, answers_for: str) -> Interest:
    """The interest these values belong to, not sent: a new one, or one that was begun."""
    listing = catalogue.get(listing_id, actor, lock=True, whole=False)
    chosen = queries.who_answers(actor, listing, answers_for)
    organisation, pair = queries.admit(actor, listing, chosen)
    interest = queries.begun_by(organisation.id, listing.id)
    if interest is None:
        interest = Interest(
            state=INTEREST.initial, pair=pair, listing=listing, organisation=organisation
        )
    _hold(interest, values)
    return interest


def _hold(interest: Interest, values: InterestValues) -> None:
    """Write down what was typed, with the goods it refers to. Raises Invalid."""
    offered = _offered(interest.listing, interest.organisation.id, values.offered)
    interest.take(values)
    interest.offered = offered


def _offered(listing: Listing, organisation_id: int, public_id: str | None) -> Listing | None:
    """The published goods an offer refers to. Raises Invalid for those of someone else."""
    if not public_id:
        return None
    for goods in queries.offerable(organisation_id, listing):
        if goods.public_id == public_id:
            return goods
    raise Invalid("offered", N_("Choose one of your published listings sold by the same unit."))


@use_case
def answer(
    actor: Actor,
    public_id: str,
    action: str,
    *,
    reason: str | None = None,
    note: str = "",
    acting: Acting | None = None,
) -> Interest:
    """Acknowledge, ask for more, accept or decline for the listing's owner.

    An official may acknowledge and ask in their own right; accepting and declining for a producer
    is recorded as the producer's word.
    """
    if action not in ANSWERS:
        raise NotFound
    interest = queries.get(public_id, actor, lock=True)
    transition = INTEREST.require(interest, action, actor)
    if transition.name == "decline":
        _require_free(interest.listing_id)
    acted = None
    if transition.may is not may_acknowledge:
        purpose = None if action == "decline" else Purpose.POST  # nobody is kept from saying no
        acted = speak_for(actor, interest.listing.organisation, interest, acting, purpose=purpose)
    now = clock.now()
    interest.acknowledged_at = interest.acknowledged_at or now
    if action == "ask":
        interest.asked_at = now
    elif action != "acknowledge":
        interest.answered_at = now
    INTEREST.fire(
        interest,
        action,
        actor,
        reason=reason,
        note=note,
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    return interest


def _require_free(listing_id: int) -> None:
    """Raise WrongState while those who want a listing are being compared."""
    held = queries.held_back(listing_id)
    if held is not None:
        raise WrongState(held)


@use_case
def inform(
    actor: Actor,
    public_id: str,
    values: InterestValues,
    *,
    note: str,
    acting: Acting | None = None,
) -> Interest:
    """Give what was asked for, in words and perhaps with new values; the days count anew."""
    interest = queries.get(public_id, actor, lock=True)
    INTEREST.require(interest, "inform", actor)
    if not note:
        raise Invalid("note", N_("Write one sentence that the other side will read."))
    acted = speak_for(actor, interest.organisation, interest, acting)
    _hold(interest, values)
    check(interest.listing, values, interest.offered)
    interest.informed_at = clock.now()
    INTEREST.fire(
        interest,
        "inform",
        actor,
        note=note,
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    return interest


@use_case
def say_again(
    actor: Actor, public_id: str, answer: AskAgain, *, acting: Acting | None = None
) -> Interest:
    """Say whether the owner may ask again once there is more; may be changed at any time."""
    interest = queries.get(public_id, actor, lock=True)
    move = f"ask_again_{answer.value}"
    INTEREST.require(interest, move, actor)
    acted = speak_for(actor, interest.organisation, interest, acting)
    INTEREST.fire(
        interest,
        move,
        actor,
        facts={"ask_again": answer},
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    return interest


@use_case
def withdraw(
    actor: Actor,
    public_id: str,
    *,
    reason: str | None,
    note: str,
    acting: Acting | None = None,
) -> Interest:
    """Take an interest back; it may be sent again while the listing is open."""
    interest = queries.get(public_id, actor, lock=True)
    end(interest, "withdraw", actor, acting, reason=reason, note=note)
    return interest


@use_case
def close_listing(
    actor: Actor,
    public_id: str,
    *,
    reason: str | None,
    note: str,
    acting: Acting | None = None,
) -> Listing:
    """Close a listing; every open interest in it is told and lapses."""
    listing = catalogue.get(public_id, actor, lock=True)
    LISTING.require(listing, "close", actor)
    _require_free(listing.id)
    acted = None
    if not may_review(actor, listing):
        acted = speak_for(actor, listing.organisation, listing, acting)
    _close(listing, actor, reason, note, acted.id if acted else None)
    return listing


def _close(
    listing: Listing, actor: Actor, reason: str | None, note: str, acting_id: int | None = None
) -> None:
    LISTING.fire(listing, "close", actor, reason=reason, note=note, acting_id=acting_id)
    listing.updated_at = clock.now()
    lapsed = "expired" if reason == "date_passed" else "closed"
    for interest in queries.live_in(listing.id):
        INTEREST.fire(interest, "lapse", SYSTEM, reason=lapsed, note=note)


def close_expired() -> int:
    """Close listings whose last day has passed; may run twice. Returns how many.

    An opportunity that chooses by comparison stays while interests in it wait to be compared: its
    last day is the day until which they were taken. One with a live interest whose clock stands,
    say for a postponed trip, stays until it runs again.
    """
    expired = db.session.scalars(
        sa.select(Listing.id).where(
            Listing.state == ListingState.PUBLISHED,
            Listing.closes_on < clock.today(),
            ~queries.waits_to_be_compared(),
            ~queries.stands_still(),
        )
    ).all()
    return one_by_one(_close_expired, expired)


@use_case
def _close_expired(listing_id: int) -> bool:
    listing = catalogue.get_by_id(listing_id, lock=True)
    if listing.state is not ListingState.PUBLISHED:
        return False  # someone was faster
    _close(listing, SYSTEM, "date_passed", "")
    return True
