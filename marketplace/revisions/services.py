"""Use cases of revisions, and of copying an earlier listing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import date
from typing import Any

from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import ActingRecord
from marketplace.catalogue import drafting, snapshots, versions
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.gates import Check
from marketplace.catalogue.models import Listing, Photo
from marketplace.catalogue.rules import ListingState, may_copy, require_room
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.photos import Picture
from marketplace.core.use_case import use_case
from marketplace.programme import keys
from marketplace.revisions import queries
from marketplace.revisions.models import Revision
from marketplace.revisions.rules import REVISION, WRITABLE, may_revise, missing_keys


def _apply(
    listing: Listing,
    text: dict[str, Any],
    fill: Callable[[Listing, Any], None] = drafting.fill,
) -> None:
    """Let the listing say the new text; what changes at once stays as it is, with its stamps."""
    stamps = listing.live - set(snapshots.names(listing.written_as))
    before = {name: getattr(listing, name) for name in stamps}
    whole = versions.text_of(listing) | text
    fill(listing, snapshots.decode(listing.written_as, whole))
    for name, value in before.items():
        setattr(listing, name, value)


@contextmanager
def _trial(listing: Listing, text: dict[str, Any]) -> Iterator[None]:
    """Inside the block the listing says the new text; afterwards the old one again."""
    with db.session.no_autoflush:
        trial = db.session.begin_nested()
        try:
            _apply(listing, text, drafting.try_on)
            yield
        finally:
            trial.rollback()


def _check(listing: Listing, text: dict[str, Any]) -> None:
    """Refuse a text that could not be published: tried on the listing, and taken back."""
    with _trial(listing, text):
        gaps = [gap.text for gap in listing.gaps() if gap.field != "organisation"]
    if gaps:
        raise Blocked(gaps)


def checklist(revision: Revision) -> Sequence[Check]:
    """What a reviewer ticks before approving the new text; writes nothing."""
    with _trial(revision.listing, revision.values):
        return list(revision.listing.checklist())


def _open(
    actor: Actor, public_id: str, acting: Acting | None
) -> tuple[Listing, Revision, ActingRecord | None]:
    """The listing, its live revision (begun now where there is none), and whose word it is."""
    listing = catalogue.get(public_id, actor, lock=True)
    if listing.state is not ListingState.PUBLISHED:
        raise WrongState(N_("Only a published listing is changed this way."))
    if not may_revise(actor, listing):
        raise NotAllowed(N_("Only this organisation, its cooperative or its locality may do this."))
    revision = queries.live_of(listing)
    if revision is not None:
        if revision.state not in WRITABLE:
            raise WrongState(N_("The change is with the officials. Drop it first to write anew."))
        return listing, revision, speak_for(actor, listing.organisation, revision, acting)
    versions.keep_first(listing)
    revision = Revision(
        base=queries.number_in_public(listing),
        values=revisable(listing, versions.text_of(listing)),
        photos=[photo.public_id for photo in listing.photos],
        created_by_id=actor.user_id,
        created_at=clock.now(),
        updated_at=clock.now(),
        listing=listing,
    )
    db.session.add(revision)
    acted = speak_for(actor, listing.organisation, revision, acting)
    record("revision.drafted", revision, actor, **_about(listing, acted))
    return listing, revision, acted


def _about(listing: Listing, acted: ActingRecord | None = None, **data: Any) -> dict[str, Any]:
    """What every entry about a revision carries."""
    return {"data": {"listing": listing.id, **data}, "acting_id": acted.id if acted else None}


def revisable(listing: Listing, text: dict[str, Any]) -> dict[str, Any]:
    """Of a whole text what a revision may change."""
    return {name: value for name, value in text.items() if name not in listing.live}


@use_case
def write(
    actor: Actor,
    public_id: str,
    version: int | None,
    values: Any,
    acting: Acting | None = None,
) -> Revision:
    """Write the new text of a published listing; the old one stays public.

    ``version`` is the live revision's, or the listing's where none was begun: Conflict when
    someone else has saved meanwhile.
    """
    stands = queries.live_of(listing := catalogue.get(public_id, actor, lock=True)) or listing
    if version is not None and version != stands.version:
        raise Conflict
    listing, revision, acted = _open(actor, public_id, acting)
    text = revisable(listing, snapshots.encode(values))
    _check(listing, text)
    revision.values = text
    revision.updated_at = clock.now()
    changed = snapshots.changed(revisable(listing, versions.text_of(listing)), text)
    record("revision.edited", revision, actor, **_about(listing, acted, changed=changed))
    return revision


@use_case
def add_photos(
    actor: Actor,
    public_id: str,
    pictures: Sequence[Picture],
    alt: str,
    acting: Acting | None = None,
) -> Revision:
    """Propose further photos; nobody but the owner and the officials sees them before approval."""
    listing, revision, acted = _open(actor, public_id, acting)
    require_room(len(revision.photos), len(pictures))
    added = [
        Photo(
            listing_id=listing.id,
            card=picture.card,
            page=picture.page,
            width=picture.width,
            height=picture.height,
            alt=alt or listing.title,
            position=0,
            is_shown=False,
            created_at=clock.now(),
        )
        for picture in pictures
    ]
    db.session.add_all(added)
    db.session.flush()
    revision.photos = [*revision.photos, *(photo.public_id for photo in added)]
    revision.updated_at = clock.now()
    about = _about(listing, acted, photos=len(added))
    record("revision.photo_added", revision, actor, **about)
    return revision


@use_case
def drop_photo(
    actor: Actor, public_id: str, photo_id: str, acting: Acting | None = None
) -> Revision:
    """Propose to show a photo no longer. It stays in the versions that had it."""
    listing, revision, acted = _open(actor, public_id, acting)
    if photo_id not in revision.photos:
        raise NotFound
    revision.photos = [code for code in revision.photos if code != photo_id]
    revision.updated_at = clock.now()
    record("revision.photo_removed", revision, actor, **_about(listing, acted))
    return revision


@use_case
def submit(actor: Actor, public_id: str, acting: Acting | None = None) -> Revision:
    """Send the new text for approval; the same text again is no change."""
    revision = queries.get(public_id, actor, lock=True)
    REVISION.require(revision, "submit", actor)
    listing = revision.listing
    shown = [photo.public_id for photo in listing.photos]
    present = revisable(listing, versions.text_of(listing))
    if not snapshots.changed(present, revision.values) and shown == revision.photos:
        raise Blocked([Text(N_("Nothing differs from the text in public. Change it first."))])
    _check(listing, revision.values)
    acted = speak_for(actor, listing.organisation, revision, acting)
    revision.submitted_by_id = actor.user_id
    revision.updated_at = clock.now()
    REVISION.fire(revision, "submit", actor, **_about(listing, acted))
    return revision


@use_case
def withdraw(actor: Actor, public_id: str, acting: Acting | None = None) -> Revision:
    """Drop the new text; what is public stays."""
    revision = queries.get(public_id, actor, lock=True)
    REVISION.require(revision, "withdraw", actor)
    acted = speak_for(actor, revision.organisation, revision, acting)
    keys.void(revision)
    revision.updated_at = clock.now()
    REVISION.fire(revision, "withdraw", actor, **_about(revision.listing, acted))
    return revision


@use_case
def return_(actor: Actor, public_id: str, *, reason: str | None, note: str) -> Revision:
    """Send a revision back with a reason; keys turned so far are void, the other's as well."""
    revision = queries.get(public_id, actor, lock=True)
    voided = keys.void(revision)
    about = _about(revision.listing, voided_keys=voided)
    REVISION.fire(revision, "return", actor, reason=reason, note=note, **about)
    revision.updated_at = clock.now()
    return revision


@use_case
def turn_key(actor: Actor, public_id: str, ticked: Collection[str] = ()) -> Revision:
    """Approve for one's locality; the last key puts the new text in public.

    What stops a listing stops its new text as well, on the day of the key; ``ticked`` are the
    points of the checklist the reviewer has looked at. Raises Blocked, Invalid.
    """
    revision = queries.get(public_id, actor, lock=True)
    REVISION.require(revision, "turn_key", actor)
    _check(revision.listing, revision.values)
    asked = [check.code for check in checklist(revision)]
    if not set(asked) <= set(ticked):
        raise Invalid("ticked", N_("Look at every point of the checklist, and tick each."))
    about = _about(revision.listing, needed=revision.keys_needed, ticked=asked)
    REVISION.fire(revision, "turn_key", actor, **about)
    keys.turn(revision, actor)
    db.session.expire(revision, ["keys"])
    if missing_keys(revision) == 0:
        _publish(revision)
    revision.updated_at = clock.now()
    return revision


def _publish(revision: Revision) -> None:
    """Apply the text; ``published_at`` stays, so that nobody is alerted a second time."""
    listing = revision.listing
    REVISION.fire(revision, "approve", SYSTEM, **_about(listing))
    before = versions.text_of(listing)
    shown = [photo.public_id for photo in listing.photos]
    _apply(listing, revision.values)
    _show_photos(listing, revision.photos)
    turned = [(key.locality_id, key.user_id) for key in revision.keys]
    kept = versions.keep(listing, turned)
    changed = snapshots.changed(before, kept.values)
    if shown != kept.photos:
        changed.append("photos")
    data = {"version": kept.number, "changed": changed, "revision": revision.id}
    record("listing.revised", listing, SYSTEM, data=data)


def _show_photos(listing: Listing, wanted: Sequence[str]) -> None:
    """Show these photos in this order and no others; the others stay for earlier versions."""
    for photo in listing.photos:
        photo.is_shown = photo.public_id in wanted
    for position, photo in enumerate(queries.photos_of(listing, wanted), start=1):
        photo.is_shown, photo.position = True, position
    db.session.flush()
    db.session.expire(listing, ["photos"])


@use_case
def copy(actor: Actor, public_id: str, acting: Acting | None = None) -> Listing:
    """Begin a new draft from an earlier listing: everything but its days, with its photos."""
    old = catalogue.get(public_id, actor, lock=True)
    if not may_copy(actor, old):
        raise NotAllowed(N_("Only the owner of a listing that was sent in can copy it."))
    values = snapshots.read(old, old.written_as)
    days = {f.name: None for f in fields(values) if isinstance(getattr(values, f.name), date)}
    new = drafting.begin(
        actor, old.kind, old.pair, old.organisation, replace(values, **days), acting
    )
    new.copied_from_id = old.id
    for photo in old.photos:
        db.session.add(
            Photo(
                listing_id=new.id,
                card=photo.card,
                page=photo.page,
                width=photo.width,
                height=photo.height,
                alt=photo.alt,
                position=photo.position,
                created_at=clock.now(),
            )
        )
    record("listing.copied", new, actor, data={"listing": old.id})
    return new
