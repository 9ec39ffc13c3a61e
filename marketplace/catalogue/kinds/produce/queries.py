"""Reading produce for those who keep its quantities true."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.catalogue.kinds.produce.model import Grade, Produce
from marketplace.catalogue.queries import in_care_of, visible_to
from marketplace.catalogue.rules import STALE_AFTER, ListingState
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import NotFound

MOST_IN_SEASON = 40
"""Listings on one page of quantities."""


def on_sale(viewer: Actor, *, number: int = 1) -> tuple[Sequence[Produce], int]:
    """A page of the published produce in the viewer's care, oldest confirmation first."""
    where = [in_care_of(viewer), visible_to(viewer), Produce.state == ListingState.PUBLISHED]
    total = db.session.scalar(sa.select(sa.func.count(Produce.id)).where(*where)) or 0
    last = max(1, -(-total // MOST_IN_SEASON))
    rows = db.session.scalars(
        sa.select(Produce)
        .where(*where)
        .options(joinedload(Produce.organisation), selectinload(Produce.by_month))
        .order_by(Produce.quantity_confirmed_on, Produce.sort_key, Produce.id)
        .limit(MOST_IN_SEASON)
        .offset((min(number, last) - 1) * MOST_IN_SEASON)
    ).all()
    return rows, total


def call_round(viewer: Actor, *, stale_only: bool = True) -> Sequence[Produce]:
    """Published produce of the viewer's locality by village and owner, to be asked about."""
    where = [Produce.state == ListingState.PUBLISHED, Produce.locality_id == viewer.locality_id]
    if stale_only:
        where.append(Produce.quantity_confirmed_on < clock.today() - STALE_AFTER)
    return db.session.scalars(
        sa.select(Produce)
        .where(*where)
        .options(
            joinedload(Produce.organisation),
            joinedload(Produce.village),
            selectinload(Produce.by_month),
        )
        .order_by(Produce.organisation_id, Produce.sort_key, Produce.id)
    ).all()


def grade(public_id: str, viewer: Actor) -> Grade:
    """A grade of a listing the viewer may see. Raises NotFound."""
    found = db.session.scalars(
        sa.select(Grade)
        .join(Produce, Produce.id == Grade.listing_id)
        .where(Grade.public_id == public_id, visible_to(viewer))
        .options(selectinload(Grade.listing))
    ).first()
    if found is None:
        raise NotFound
    return found
