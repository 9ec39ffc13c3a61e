"""Reading revisions."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.models import Listing, ListingVersion, Photo
from marketplace.catalogue.rules import ListingState
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.core.journal import Entry
from marketplace.programme.models import Approval
from marketplace.revisions.models import Revision
from marketplace.revisions.rules import LIVE, RevisionState

ADDENDA = ("listing.revised", "listing.offer_changed")
MOST_ADDENDA = 6
"""Changes the public page names; the owner and officials see all versions."""


def _loaded() -> sa.Select[Revision]:
    return (
        sa.select(Revision)
        .join(Listing, Listing.id == Revision.listing_id)
        .options(
            selectinload(Revision.listing).options(
                joinedload(Listing.organisation),
                joinedload(Listing.pair),
                selectinload(Listing.photos),
                selectinload(Listing.keys),
            ),
            selectinload(Revision.keys).joinedload(Approval.user),
            selectinload(Revision.acting),
            selectinload(Revision.writers),
        )
    )


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """The owner's side, and the officials of both localities.

    What was not sent yet is for the owner's side and the owner's locality only.
    """
    seen = catalogue.in_charge(viewer)
    if not viewer.is_officer:
        return seen
    return sa.and_(
        seen,
        sa.or_(
            Revision.state != RevisionState.DRAFT,
            Listing.locality_id == viewer.locality_id,
        ),
    )


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Revision:
    """A revision the viewer may see. Raises NotFound.

    The listing's row is locked first, as every use case does that touches both.
    """
    if lock:
        listing_id = db.session.scalar(
            sa.select(Revision.listing_id).where(Revision.public_id == public_id)
        )
        hold(Listing, id=listing_id)
        hold(Revision, public_id=public_id)
    found = db.session.scalars(
        _loaded()
        .where(Revision.public_id == public_id, visible_to(viewer))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def live_of(listing: Listing) -> Revision | None:
    """The revision of a listing that is not decided yet."""
    return db.session.scalars(
        _loaded().where(Revision.listing_id == listing.id, Revision.state.in_(LIVE))
    ).first()


def of(listing: Listing) -> Sequence[Revision]:
    """All revisions of a listing, latest first, for its history."""
    return db.session.scalars(
        sa.select(Revision).where(Revision.listing_id == listing.id).order_by(Revision.id.desc())
    ).all()


def waiting_for(viewer: Actor) -> Sequence[Revision]:
    """Submitted revisions whose decision lies with the viewer's locality, oldest first."""
    rows = db.session.scalars(
        _loaded()
        .where(
            Revision.state == RevisionState.SUBMITTED,
            Listing.state == ListingState.PUBLISHED,
            visible_to(viewer),
        )
        .order_by(Revision.updated_at, Revision.id)
    ).all()
    return [
        row
        for row in rows
        if viewer.is_officer_of(*row.deciding_localities)
        and viewer.locality_id not in {key.locality_id for key in row.keys}
    ]


def photos_of(listing: Listing, wanted: Sequence[str]) -> list[Photo]:
    """Photos of a listing by their public ids, in this order; shown or not."""
    rows = db.session.scalars(
        sa.select(Photo).where(Photo.listing_id == listing.id, Photo.public_id.in_(wanted))
    ).all()
    found = {photo.public_id: photo for photo in rows}
    return [found[code] for code in wanted if code in found]


def addenda(listing: Listing) -> Sequence[Entry]:
    """The latest changes of a published listing that everyone may know of, latest first."""
    return db.session.scalars(
        sa.select(Entry)
        .where(
            Entry.subject_type == "listing",
            Entry.subject_id == listing.id,
            Entry.name.in_(ADDENDA),
        )
        .order_by(Entry.id.desc())
        .limit(MOST_ADDENDA)
    ).all()


def number_in_public(listing: Listing) -> int:
    """The number of the version everyone reads; 1 where none was kept yet."""
    last = db.session.scalar(
        sa.select(sa.func.max(ListingVersion.number)).where(ListingVersion.listing_id == listing.id)
    )
    return last or 1
