"""Keeping what a published listing says, inside the caller's transaction (docs/adr/0010)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from marketplace.catalogue import snapshots
from marketplace.catalogue.models import Listing, ListingVersion
from marketplace.core import clock
from marketplace.core.db import db


def text_of(listing: Listing) -> dict[str, Any]:
    """What a listing says now, as a version keeps it."""
    return snapshots.encode(snapshots.read(listing, listing.written_as))


def of(listing: Listing) -> Sequence[ListingVersion]:
    """The versions of a listing, latest first."""
    return db.session.scalars(
        sa.select(ListingVersion)
        .where(ListingVersion.listing_id == listing.id)
        .order_by(ListingVersion.number.desc())
    ).all()


def keep(listing: Listing, keys: Sequence[tuple[int, int]]) -> ListingVersion:
    """Keep the listing's present text as its next version, with the keys that approved it.

    Call with the listing's row locked: versions are numbered without gaps.
    """
    last = db.session.scalar(
        sa.select(sa.func.max(ListingVersion.number)).where(ListingVersion.listing_id == listing.id)
    )
    version = ListingVersion(
        listing_id=listing.id,
        number=(last or 0) + 1,
        values=text_of(listing),
        photos=[photo.public_id for photo in listing.photos],
        keys=[list(key) for key in keys],
        published_at=clock.now(),
    )
    db.session.add(version)
    db.session.flush()
    return version


def keep_first(listing: Listing) -> None:
    """Keep the present text of a listing that was published before versions were kept.

    Until its first revision nobody needs it: the text in public is the only one there is.
    """
    if of(listing):
        return
    keys = [(key.locality_id, key.user_id) for key in listing.keys]
    keep(listing, keys).published_at = listing.published_at or clock.now()
