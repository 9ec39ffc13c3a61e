"""Use cases of listings: drafting, sending in, deciding, changing the offer, photos."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from marketplace.accounts import queries as accounts
from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import ActingRecord
from marketplace.catalogue import drafting, queries, versions
from marketplace.catalogue.drafting import Values
from marketplace.catalogue.kinds.produce.model import OfferValues, Produce
from marketplace.catalogue.models import Listing, Photo
from marketplace.catalogue.rules import (
    AVAILABILITY,
    LISTING,
    NEVER_PUBLISHED,
    ListingState,
    may_review,
    missing_keys,
    recorded_before,
)
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotFound, WrongState
from marketplace.core.files import Picture
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.quantity import Amount
from marketplace.core.use_case import use_case
from marketplace.programme import keys
from marketplace.programme.models import Pair

MOST_PHOTOS = 8
ARCHIVE_AFTER = timedelta(days=365)


@use_case
def create(
    actor: Actor,
    kind: str,
    pair_id: int,
    organisation_id: int,
    values: Values,
    acting: Acting | None = None,
) -> Listing:
    """Start a draft for an organisation: by its own people, or recorded for it."""
    pair = db.session.get(Pair, pair_id)
    if pair is None:
        raise NotFound
    organisation = accounts.organisation_by_id(organisation_id)
    return drafting.begin(actor, kind, pair, organisation, values, acting)


def _speak(actor: Actor, listing: Listing, acting: Acting | None) -> ActingRecord | None:
    """Let the actor speak for the listing's owner.

    Whoever recorded the owner's wish to post something need not say how they know again until the
    draft is sent in: it is one conversation.
    """
    if acting is None and recorded_before(actor, listing):
        return next(a for a in reversed(listing.acting) if a.user_id == actor.user_id)
    return speak_for(actor, listing.organisation, listing, acting)


@use_case
def edit(
    actor: Actor, public_id: str, version: int | None, values: Values, acting: Acting | None = None
) -> Listing:
    """Change a draft or a returned listing."""
    listing = queries.get(public_id, actor, lock=True)
    acted = _speak(actor, listing, acting)
    if listing.state not in NEVER_PUBLISHED - {ListingState.SUBMITTED}:
        raise WrongState(
            N_("Only a draft can be rewritten. A published listing can change its offer.")
        )
    if version is not None and version != listing.version:
        raise Conflict
    drafting.fill(listing, values)
    record("listing.edited", listing, actor, acting_id=acted.id if acted else None)
    return listing


@use_case
def submit(actor: Actor, public_id: str, acting: Acting | None = None) -> Listing:
    """Send a complete draft for approval; every gap is named at once."""
    listing = queries.get(public_id, actor, lock=True)
    LISTING.require(listing, "submit", actor)
    acted = _speak(actor, listing, acting)
    listing.submitted_by_id = actor.user_id
    listing.updated_at = clock.now()
    LISTING.fire(listing, "submit", actor, acting_id=acted.id if acted else None)
    return listing


@use_case
def withdraw(actor: Actor, public_id: str, acting: Acting | None = None) -> Listing:
    """Take back what was never published."""
    listing = queries.get(public_id, actor, lock=True)
    LISTING.require(listing, "withdraw", actor)
    acted = speak_for(actor, listing.organisation, listing, acting)
    keys.void(listing)
    listing.updated_at = clock.now()
    LISTING.fire(listing, "withdraw", actor, acting_id=acted.id if acted else None)
    return listing


@use_case
def turn_key(actor: Actor, public_id: str) -> Listing:
    """Approve for one's locality; the last key publishes."""
    listing = queries.get(public_id, actor, lock=True)
    LISTING.fire(listing, "turn_key", actor, data={"needed": listing.keys_needed})
    keys.turn(listing, actor)
    db.session.expire(listing, ["keys"])
    if missing_keys(listing) == 0:
        listing.updated_at = clock.now()
        LISTING.fire(
            listing,
            "publish",
            SYSTEM,
            facts={"published_at": listing.published_at or clock.now()},
        )
        versions.keep(listing, [(key.locality_id, key.user_id) for key in listing.keys])
    return listing


@use_case
def return_(actor: Actor, public_id: str, *, reason: str | None, note: str) -> Listing:
    """Send a listing back with a reason its owner reads; keys turned so far are void."""
    listing = queries.get(public_id, actor, lock=True)
    voided = keys.void(listing)
    LISTING.fire(listing, "return", actor, reason=reason, note=note, data={"voided_keys": voided})
    listing.updated_at = clock.now()
    return listing


@use_case
def pause(
    actor: Actor,
    public_id: str,
    action: str,
    *,
    reason: str | None = None,
    note: str = "",
    acting: Acting | None = None,
) -> Listing:
    """Pause or resume a published listing: ``action`` is "pause" or "resume".

    An official who decides about the listing does it in their own right.
    """
    listing = queries.get(public_id, actor, lock=True)
    AVAILABILITY.require(listing, action, actor)
    acted = (
        None
        if may_review(actor, listing)
        else speak_for(actor, listing.organisation, listing, acting)
    )
    AVAILABILITY.fire(
        listing, action, actor, reason=reason, note=note, acting_id=acted.id if acted else None
    )
    listing.updated_at = clock.now()
    return listing


@use_case
def change_offer(
    actor: Actor,
    public_id: str,
    version: int | None,
    values: OfferValues,
    acting: Acting | None = None,
) -> Listing:
    """Change price, quantity and months of published produce at once."""
    listing = queries.get(public_id, actor, lock=True)
    if not isinstance(listing, Produce):
        raise NotFound
    acted = speak_for(actor, listing.organisation, listing, acting)
    if listing.state is not ListingState.PUBLISHED:
        raise WrongState(N_("Only a published listing can change its offer."))
    if version is not None and version != listing.version:
        raise Conflict
    if values.quantity < listing.promised:
        raise Invalid(
            "quantity",
            Text(
                N_("%(promised)s are promised already. Enter at least this much."),
                promised=Amount(listing.promised, listing.unit),
            ),
        )
    before = _offer(listing)
    listing.take_offer(
        values.price_kind, values.price_low, values.price_high, values.quantity, values.months
    )
    listing.updated_at = clock.now()
    record(
        "listing.offer_changed",
        listing,
        actor,
        data={"before": before, "after": _offer(listing)},
        acting_id=acted.id if acted else None,
    )
    return listing


def _offer(produce: Produce) -> dict[str, int | str | None]:
    return {
        "price_kind": produce.price_kind.value if produce.price_kind else None,
        "price_low": produce.price_low,
        "price_high": produce.price_high,
        "quantity": produce.quantity,
        "months": produce.months,
    }


@use_case
def add_photos(
    actor: Actor,
    public_id: str,
    pictures: Sequence[Picture],
    alt: str,
    acting: Acting | None = None,
) -> Listing:
    """Attach cleaned photos to a draft or a returned listing; all of them or none."""
    listing = queries.get(public_id, actor, lock=True)
    acted = _speak(actor, listing, acting)
    _photos_open(listing)
    if len(listing.photos) + len(pictures) > MOST_PHOTOS:
        raise Invalid(
            "photo",
            Text(
                N_("A listing shows at most %(most)s photos; it has %(present)s now."),
                most=MOST_PHOTOS,
                present=len(listing.photos),
            ),
        )
    last = max((p.position for p in listing.photos), default=0)
    for position, picture in enumerate(pictures, start=last + 1):
        db.session.add(
            Photo(
                listing_id=listing.id,
                card=picture.card,
                page=picture.page,
                width=picture.width,
                height=picture.height,
                alt=alt or listing.title,
                position=position,
                created_at=clock.now(),
            )
        )
    listing.updated_at = clock.now()
    record(
        "listing.photo_added",
        listing,
        actor,
        data={"photos": len(pictures)},
        acting_id=acted.id if acted else None,
    )
    return listing


@use_case
def remove_photo(
    actor: Actor, public_id: str, photo_id: str, acting: Acting | None = None
) -> Listing:
    """Take a photo off a listing."""
    listing = queries.get(public_id, actor, lock=True)
    acted = _speak(actor, listing, acting)
    _photos_open(listing)
    photo = next((p for p in listing.photos if p.public_id == photo_id), None)
    if photo is None:
        raise NotFound
    db.session.delete(photo)
    listing.updated_at = clock.now()
    record("listing.photo_removed", listing, actor, acting_id=acted.id if acted else None)
    return listing


def _photos_open(listing: Listing) -> None:
    """While officials read a listing, nothing in it moves; a closed one is history."""
    if listing.state not in {ListingState.DRAFT, ListingState.RETURNED}:
        raise WrongState(N_("Photos can be changed while a listing is a draft."))


@use_case
def archive_old() -> int:
    """Put listings away that were closed or withdrawn twelve months ago; may run twice."""
    before = clock.now() - ARCHIVE_AFTER
    old = db.session.scalars(
        sa.select(Listing).where(
            Listing.state.in_([ListingState.CLOSED, ListingState.WITHDRAWN]),
            Listing.updated_at < before,
        )
    ).all()
    for listing in old:
        LISTING.fire(listing, "archive", SYSTEM)
    return len(old)
