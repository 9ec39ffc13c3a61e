"""Use cases of listings: drafting, sending in, deciding, changing the offer, photos."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

import sqlalchemy as sa

from marketplace.accounts import consents
from marketplace.accounts import queries as accounts
from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.rules import Purpose
from marketplace.catalogue import drafting, queries, versions
from marketplace.catalogue.drafting import Values
from marketplace.catalogue.kinds.produce.model import (
    Grade,
    GradeValues,
    OfferValues,
    Produce,
    StockValues,
)
from marketplace.catalogue.models import Listing, Photo, PhotoMove
from marketplace.catalogue.rules import (
    AVAILABILITY,
    LISTING,
    ListingState,
    may_review,
    missing_keys,
    require_room,
)
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotFound, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.photos import Picture
from marketplace.core.use_case import use_case
from marketplace.programme import keys
from marketplace.programme.models import Pair

MOST_GRADES = 6
ARCHIVE_AFTER = timedelta(days=365)


@use_case
def create(
    actor: Actor,
    kind: str,
    pair_id: int,
    organisation_id: int,
    values: Values,
    acting: Acting | None = None,
    pictures: Sequence[Picture] = (),
    alt: str = "",
) -> Listing:
    """Start a draft for an organisation, with photos or without: by its people, or for it."""
    pair = db.session.get(Pair, pair_id)
    if pair is None:
        raise NotFound
    organisation = accounts.organisation_by_id(organisation_id)
    listing = drafting.begin(actor, kind, pair, organisation, values, acting)
    if pictures:
        db.session.flush()
        _attach(listing, pictures, alt)
        acted = listing.acting[-1] if listing.acting else None
        if acted is not None:
            consents.require(organisation, Purpose.PHOTOS)
        record(
            "listing.photo_added",
            listing,
            actor,
            data={"photos": len(pictures)},
            acting_id=acted.id if acted else None,
        )
    return listing


@use_case
def edit(
    actor: Actor, public_id: str, version: int | None, values: Values, acting: Acting | None = None
) -> Listing:
    """Change a draft or a returned listing."""
    listing = queries.get(public_id, actor, lock=True)
    if version is not None and version != listing.version:
        raise Conflict
    return drafting.rewrite(actor, listing, values, acting)


@use_case
def submit(actor: Actor, public_id: str, acting: Acting | None = None) -> Listing:
    """Send a complete draft for approval; every gap is named at once."""
    listing = queries.get(public_id, actor, lock=True)
    LISTING.require(listing, "submit", actor)
    acted = drafting.speak(actor, listing, acting)
    listing.submitted_by_id = actor.user_id
    listing.updated_at = clock.now()
    LISTING.fire(listing, "submit", actor, acting_id=acted.id if acted else None)
    return listing


@use_case
def withdraw(actor: Actor, public_id: str, acting: Acting | None = None) -> Listing:
    """Take back what was never published."""
    listing = queries.get(public_id, actor, lock=True)
    LISTING.require(listing, "withdraw", actor)
    acted = speak_for(actor, listing.organisation, listing, acting, purpose=None)
    keys.void(listing)
    listing.updated_at = clock.now()
    LISTING.fire(listing, "withdraw", actor, acting_id=acted.id if acted else None)
    return listing


@use_case
def turn_key(actor: Actor, public_id: str, ticked: Collection[str] = ()) -> Listing:
    """Approve for one's locality; the last key publishes.

    ``ticked`` holds the codes of the checklist's points the reviewer has looked at; they stand in
    the journal with the key. Raises Invalid while one is missing.
    """
    listing = queries.get(public_id, actor, lock=True)
    LISTING.require(listing, "turn_key", actor)
    asked = [check.code for check in listing.checklist()]
    if not set(asked) <= set(ticked):
        raise Invalid("ticked", N_("Look at every point of the checklist, and tick each."))
    data = {"needed": listing.keys_needed, "ticked": asked}
    LISTING.fire(listing, "turn_key", actor, data=data)
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
    if version is not None and version != listing.version:
        raise Conflict
    return drafting.change_offer(actor, listing, values, acting)


@use_case
def confirm_stock(
    actor: Actor,
    public_id: str,
    version: int | None,
    now: StockValues,
    acting: Acting | None = None,
) -> Listing:
    """Say that the quantity of published produce still stands, or how much there is instead.

    What ``now`` leaves empty stays; with nothing given, only the day is new (decisions page 34).
    """
    listing = queries.get(public_id, actor, lock=True)
    if not isinstance(listing, Produce):
        raise NotFound
    acted = speak_for(actor, listing.organisation, listing, acting)
    if listing.state is not ListingState.PUBLISHED:
        raise WrongState(N_("Only a published listing can be confirmed."))
    if version is not None and version != listing.version:
        raise Conflict
    if now.changes(listing):
        drafting.put_offer(listing, actor, now.offer(listing), acted)
        return listing
    before = listing.quantity_confirmed_on
    listing.quantity_confirmed_on = clock.today()
    listing.updated_at = clock.now()
    record(
        "listing.confirmed",
        listing,
        actor,
        data={"quantity": listing.quantity, "before": before.isoformat() if before else None},
        acting_id=acted.id if acted else None,
    )
    return listing


@use_case
def add_grade(
    actor: Actor,
    public_id: str,
    grade: GradeValues,
    picture: Picture | None,
    acting: Acting | None = None,
) -> Listing:
    """Describe a grade of the goods, with its reference photo, while the listing is a draft."""
    listing = queries.get(public_id, actor, lock=True)
    if not isinstance(listing, Produce):
        raise NotFound
    acted = drafting.speak(actor, listing, acting)
    _photos_open(listing)
    if len(listing.grades) >= MOST_GRADES:
        raise Invalid("name", Text(N_("A listing has at most %(most)s grades."), most=MOST_GRADES))
    listing.grades.append(
        Grade(
            name=grade.name,
            words=grade.words,
            card=picture.card if picture else None,
            page=picture.page if picture else None,
            width=picture.width if picture else None,
            height=picture.height if picture else None,
            position=max((g.position for g in listing.grades), default=0) + 1,
            created_at=clock.now(),
        )
    )
    listing.updated_at = clock.now()
    record("listing.grade_added", listing, actor, acting_id=acted.id if acted else None)
    return listing


@use_case
def remove_grade(
    actor: Actor, public_id: str, grade_id: str, acting: Acting | None = None
) -> Listing:
    """Take a grade off a draft."""
    listing = queries.get(public_id, actor, lock=True)
    if not isinstance(listing, Produce):
        raise NotFound
    acted = drafting.speak(actor, listing, acting)
    _photos_open(listing)
    grade = next((g for g in listing.grades if g.public_id == grade_id), None)
    if grade is None:
        raise NotFound
    listing.grades.remove(grade)
    listing.updated_at = clock.now()
    record("listing.grade_removed", listing, actor, acting_id=acted.id if acted else None)
    return listing


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
    acted = drafting.speak(actor, listing, acting, Purpose.PHOTOS)
    _photos_open(listing)
    _attach(listing, pictures, alt)
    record(
        "listing.photo_added",
        listing,
        actor,
        data={"photos": len(pictures)},
        acting_id=acted.id if acted else None,
    )
    return listing


def _attach(listing: Listing, pictures: Sequence[Picture], alt: str) -> None:
    """Photos behind those there are. Raises Invalid when they would be too many."""
    require_room(len(listing.photos), len(pictures))
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


@use_case
def remove_photo(
    actor: Actor, public_id: str, photo_id: str, acting: Acting | None = None
) -> Listing:
    """Take a photo off a listing."""
    listing = queries.get(public_id, actor, lock=True)
    acted = drafting.speak(actor, listing, acting)
    _photos_open(listing)
    photo = next((p for p in listing.photos if p.public_id == photo_id), None)
    if photo is None:
        raise NotFound
    db.session.delete(photo)
    listing.updated_at = clock.now()
    record("listing.photo_removed", listing, actor, acting_id=acted.id if acted else None)
    return listing


@use_case
def arrange_photos(
    actor: Actor,
    public_id: str,
    version: int | None,
    alts: Sequence[str],
    move: PhotoMove | None = None,
    acting: Acting | None = None,
) -> Listing:
    """Say what each photo shows, in their present order, and move one of them."""
    listing = queries.get(public_id, actor, lock=True)
    acted = drafting.speak(actor, listing, acting)
    _photos_open(listing)
    photos = list(listing.photos)
    if len(alts) != len(photos) or version not in {None, listing.version}:
        raise Conflict
    for photo, alt in zip(photos, alts, strict=True):
        photo.alt = alt
    for position, photo in enumerate(move.apply(photos) if move else photos, start=1):
        photo.position = position
    listing.updated_at = clock.now()
    db.session.flush()
    db.session.expire(listing, ["photos"])
    record("listing.photos_arranged", listing, actor, acting_id=acted.id if acted else None)
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
