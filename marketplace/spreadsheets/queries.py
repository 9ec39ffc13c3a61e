"""Reading imports, remembered headings, and the listings a file may mean."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.core.text import fold
from marketplace.spreadsheets.models import ColumnMapping, Import

LIVE = (ListingState.DRAFT, ListingState.RETURNED, ListingState.SUBMITTED, ListingState.PUBLISHED)
"""A row without a code means the listing of this name in one of these states, if there is one."""


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """A file is seen by whoever uploaded it, acting for the same organisation."""
    return sa.and_(
        Import.user_id == viewer.user_id, Import.organisation_id == viewer.organisation_id
    )


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Import:
    """An import. Raises NotFound."""
    if lock:
        hold(Import, public_id=public_id)
    found = db.session.scalars(
        sa.select(Import)
        .where(Import.public_id == public_id, visible_to(viewer))
        .options(joinedload(Import.file), joinedload(Import.pair), joinedload(Import.evidence))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def recent(viewer: Actor, limit: int = 10) -> Sequence[Import]:
    """The viewer's last files, newest first."""
    return db.session.scalars(
        sa.select(Import)
        .where(visible_to(viewer))
        .options(joinedload(Import.file))
        .order_by(Import.id.desc())
        .limit(limit)
    ).all()


def mappings(organisation_id: int) -> dict[str, dict[str, str]]:
    """What an organisation's own headings mean, by kind and folded heading."""
    found: dict[str, dict[str, str]] = {}
    for row in db.session.scalars(
        sa.select(ColumnMapping).where(ColumnMapping.organisation_id == organisation_id)
    ):
        found.setdefault(row.kind, {})[row.heading_key] = row.field
    return found


def live_titles(organisation_ids: Collection[int]) -> dict[tuple[str, int, str], str]:
    """Codes of live listings by kind, owner and folded name; of two alike, the newer."""
    table = Listing.__table__
    rows = db.session.execute(
        sa.select(table.c.kind, table.c.organisation_id, table.c.title, table.c.public_id)
        .where(table.c.organisation_id.in_(organisation_ids), table.c.state.in_(LIVE))
        .order_by(table.c.id)
    )
    return {(row.kind, row.organisation_id, fold(row.title)): row.public_id for row in rows}


def for_template(organisation_ids: Collection[int], kind: str, most: int) -> Sequence[Listing]:
    """The listings a template begins with: live ones, by owner and name."""
    return db.session.scalars(
        sa.select(Listing)
        .where(
            Listing.organisation_id.in_(organisation_ids),
            Listing.kind == kind,
            Listing.state.in_(LIVE),
        )
        .options(joinedload(Listing.organisation))
        .order_by(Listing.organisation_id, Listing.sort_key, Listing.id)
        .limit(most)
    ).all()
