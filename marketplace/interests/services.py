"""Use cases of interests: sending, answering, withdrawing, and what closing a listing does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.rules import Purpose
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import LISTING, Asks, ListingState, may_review
from marketplace.catalogue.taxonomy import Period
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.use_case import one_by_one, use_case
from marketplace.interests import queries
from marketplace.interests.models import Interest
from marketplace.interests.rules import ANSWERS, INTEREST, may_acknowledge


@dataclass(frozen=True, slots=True)
class InterestValues:
    """What someone who is interested says, or offers. Quantity in thousandths, money in đồng.

    ``offered`` is the public id of an own published listing the offer refers to.
    """

    contact_name: str
    contact_phone: str
    message: str
    quantity: int | None = None
    capital: int | None = None
    unit_price: int | None = None
    period: Period | None = None
    months: int = 0
    wished_on: date | None = None
    offered: str | None = None


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
    actor's own answers.
    """
    listing = catalogue.get(listing_id, actor, lock=True, whole=False)
    chosen = queries.who_answers(actor, listing, answers_for)
    organisation, pair = queries.admit(actor, listing, chosen)
    offered = _offered(listing, organisation.id, values.offered)
    if values.wished_on is not None and values.wished_on < clock.today():
        raise Invalid("wished_on", N_("This day has passed. Choose a day still to come."))
    why_not = (offered or listing).cannot_give(values.quantity or 0)
    if why_not is not None:
        raise Invalid("people" if listing.asks_for is Asks.PEOPLE else "quantity", why_not)
    interest = Interest(
        pair_id=pair.id,
        listing_id=listing.id,
        organisation_id=organisation.id,
        sent_by_id=actor.user_id,
        contact_name=values.contact_name,
        contact_phone=values.contact_phone,
        quantity=values.quantity,
        capital=values.capital,
        unit_price=values.unit_price,
        period=values.period,
        months=values.months,
        wished_on=values.wished_on,
        offered_id=offered.id if offered else None,
        message=values.message,
        sent_at=clock.now(),
    )
    db.session.add(interest)
    listing.interest_count += 1
    acted = speak_for(actor, organisation, interest, acting)
    record(
        "interest.sent",
        interest,
        actor,
        data={"listing": listing.id},
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    return interest


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
    """Acknowledge, accept or decline for the listing's owner.

    An official may acknowledge in their own right; accepting and declining for a producer is
    recorded as the producer's word.
    """
    if action not in ANSWERS:
        raise NotFound
    interest = queries.get(public_id, actor, lock=True)
    transition = INTEREST.require(interest, action, actor)
    acted = None
    if not (transition.name == "acknowledge" and may_acknowledge(actor, interest)):
        purpose = None if action == "decline" else Purpose.POST  # nobody is kept from saying no
        acted = speak_for(actor, interest.listing.organisation, interest, acting, purpose=purpose)
    now = clock.now()
    interest.acknowledged_at = interest.acknowledged_at or now
    if action != "acknowledge":
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
    INTEREST.require(interest, "withdraw", actor)
    acted = speak_for(actor, interest.organisation, interest, acting)
    INTEREST.fire(
        interest,
        "withdraw",
        actor,
        reason=reason,
        note=note,
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    interest.listing.interest_count = max(0, interest.listing.interest_count - 1)
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
    """Close listings whose last day has passed; may run twice. Returns how many."""
    expired = db.session.scalars(
        sa.select(Listing.id).where(
            Listing.state == ListingState.PUBLISHED, Listing.closes_on < clock.today()
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
