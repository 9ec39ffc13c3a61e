"""Reading what people keep; only listings the reader may open are ever given out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from marketplace.catalogue.models import Listing
from marketplace.catalogue.queries import visible_to
from marketplace.catalogue.rules import IN_PUBLIC, ListingState, Visibility
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.shortlist.models import Kept

_L = cast("sa.Table", Listing.__table__)


class Found(NamedTuple):
    """A listing that can be kept or compared, as much as is needed to make its card."""

    id: int
    public_id: str
    kind: str
    slug: str
    title: str
    state: ListingState

    @property
    def is_closed(self) -> bool:
        """Whether it takes no new interest any more."""
        return self.state is ListingState.CLOSED


def _open_to(viewer: Actor) -> list[sa.ColumnElement[bool]]:
    """In public, not hidden, and for this viewer; drafts are no one's to keep."""
    return [
        Listing.state.in_(list(IN_PUBLIC)),
        Listing.visibility == Visibility.SHOWN,
        visible_to(viewer),
    ]


def among(public_ids: Sequence[str], viewer: Actor) -> list[Found]:
    """Which of these the viewer may open, in the order asked for."""
    if not public_ids:
        return []
    rows = db.session.execute(
        sa.select(_L.c.id, _L.c.public_id, _L.c.kind, _L.c.slug, _L.c.title, _L.c.state).where(
            _L.c.public_id.in_(list(public_ids)), *_open_to(viewer)
        )
    )
    found = {row.public_id: Found(*row) for row in rows}
    return [found[one] for one in public_ids if one in found]


def one(public_id: str, viewer: Actor) -> Found | None:
    """A listing the viewer may open, by its public id."""
    return next(iter(among([public_id], viewer)), None)


def whole(found: Sequence[Found], options: Sequence[Any]) -> list[Listing]:
    """The listings themselves, in this order, loaded with what ``options`` name."""
    rows = db.session.scalars(
        sa.select(Listing).where(Listing.id.in_([f.id for f in found])).options(*options)
    )
    by_id = {row.id: row for row in rows}
    return [by_id[f.id] for f in found if f.id in by_id]


def kept_ids(viewer: Actor) -> list[str]:
    """The public ids of what a person keeps, the latest first, whatever became of them."""
    return list(
        db.session.scalars(
            sa.select(Listing.public_id)
            .join(Kept, Kept.listing_id == Listing.id)
            .where(Kept.user_id == viewer.user_id)
            .order_by(Kept.kept_at.desc(), Kept.listing_id.desc())
        )
    )


def marked(viewer: Actor, public_ids: Sequence[str]) -> frozenset[str]:
    """Which of these a person keeps."""
    if not public_ids:
        return frozenset()
    return frozenset(
        db.session.scalars(
            sa.select(_L.c.public_id)
            .join(Kept, Kept.listing_id == _L.c.id)
            .where(Kept.user_id == viewer.user_id, _L.c.public_id.in_(list(public_ids)))
        )
    )
