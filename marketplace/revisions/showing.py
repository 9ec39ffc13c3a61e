"""What the pages of revisions and versions show, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from marketplace.accounts import history
from marketplace.catalogue import comparing, versions
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.models import Listing, Photo, photo_address
from marketplace.catalogue.rules import may_copy, may_edit, may_see_history
from marketplace.core import clock, journal
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_
from marketplace.programme.rules import key_lines
from marketplace.revisions import queries
from marketplace.revisions.models import Revision
from marketplace.revisions.rules import (
    REVISION,
    WRITABLE,
    RevisionState,
    may_approve,
    may_revise,
)

TONES = {
    RevisionState.DRAFT: "plain",
    RevisionState.SUBMITTED: "act",
    RevisionState.RETURNED: "warn",
    RevisionState.APPROVED: "ok",
}
OFFER = N_("Price, quantity or months")


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo of a revision: kept, new, or to be shown no longer."""

    public_id: str
    alt: str
    url: str
    mark: str
    tone: str


def text_of(revision: Revision) -> dict[str, Any]:
    """The whole text a revision would make of its listing."""
    return versions.text_of(revision.listing) | revision.values


def changes(revision: Revision) -> list[comparing.Change]:
    """What a revision changes, field by field."""
    listing = revision.listing
    return comparing.changes(listing, versions.text_of(listing), text_of(revision))


def shots(revision: Revision) -> list[Shot]:
    """The photos wished for, marked where they are new, then those to be shown no longer."""
    shown = {photo.public_id for photo in revision.listing.photos}
    wished = queries.photos_of(revision.listing, revision.photos)
    gone = [p for p in revision.listing.photos if p.public_id not in revision.photos]
    marked = [(p, "", "") if p.public_id in shown else (p, N_("New"), "ok") for p in wished]
    return [_shot(*one) for one in [*marked, *((p, N_("Shown no longer"), "warn") for p in gone)]]


def _shot(photo: Photo, mark: str, tone: str) -> Shot:
    url = photo_address(photo.public_id, "card")
    return Shot(photo.public_id, photo.alt, url, mark, tone)


def keys(revision: Revision, actor: Actor) -> list[dict[str, Any]]:
    """Whose key has been turned and whose is missing."""
    may_turn = revision.state is RevisionState.SUBMITTED and may_approve(actor, revision)
    turns = actor.locality_id if may_turn else None
    return key_lines(revision.pair, revision.keys, revision.deciding_localities, turns)


def waiting(revision: Revision) -> dict[str, Any]:
    """A revision in the officials' queue."""
    return {
        "title": revision.listing.title,
        "url": url_for("revisions.show", public_id=revision.public_id),
        "owner": revision.organisation.name,
        "since": revision.updated_at,
        "tags": [(REVISION.label_of(revision), TONES[revision.state])],
        "photo_url": None,
        "drawing": PAGES[revision.listing.kind].drawing(revision.listing),
    }


def last_return(revision: Revision) -> history.Line | None:
    """Why a revision was returned, while it is."""
    if revision.state is not RevisionState.RETURNED:
        return None
    lines = history.lines(journal.of([revision]), (REVISION,))
    return next((line for line in lines if line.name == "revision.return"), None)


# ------------------------------------------------------------ panels on a listing's pages


def own_panel(listing: Listing, actor: Actor) -> Mapping[str, Any] | None:
    """On the owner's work page: the change under way, the versions, the copy."""
    can_copy = may_copy(actor, listing)
    if not (may_revise(actor, listing) or can_copy):
        return None
    revision = queries.live_of(listing)
    return {
        "can_revise": may_revise(actor, listing),
        "revision": revision,
        "label": REVISION.label_of(revision) if revision else "",
        "tone": TONES[revision.state] if revision else "",
        "can_write": revision is None or revision.state in WRITABLE,
        "returned": last_return(revision) if revision else None,
        "can_copy": can_copy,
        "public_id": listing.public_id,
    }


@dataclass(frozen=True, slots=True)
class Addendum:
    """A change everyone may know of: the day, and the names of what changed."""

    day: date
    what: tuple[str, ...]


def public_panel(listing: Listing, actor: Actor) -> Mapping[str, Any] | None:
    """On the public page: what changed after publication, and on which days."""
    if listing.published_at is None:
        return None
    found = [
        Addendum(
            clock.local(entry.at).date(),
            tuple(comparing.label_of(listing.kind, name) for name in entry.data.get("changed", ()))
            or (OFFER,),
        )
        for entry in queries.addenda(listing)
    ]
    if not found:
        return None
    sees_all = actor.is_signed_in and (may_edit(actor, listing) or may_see_history(actor, listing))
    url = url_for("revisions.versions", public_id=listing.public_id) if sees_all else None
    return {"addenda": found, "versions_url": url}
