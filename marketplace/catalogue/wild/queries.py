"""Reading the list of wild species."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from marketplace.catalogue.wild.models import WildSpecies
from marketplace.catalogue.wild.rules import WildRule
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.text import name_key

STRICTEST_FIRST = sa.case(
    {rule: place for place, rule in enumerate(WildRule)}, value=WildSpecies.rule
)


def of_locality(locality_id: int | None) -> Sequence[WildSpecies]:
    """The list of a locality, the strictest rules first, then by name."""
    return db.session.scalars(
        sa.select(WildSpecies)
        .where(WildSpecies.locality_id == locality_id)
        .order_by(STRICTEST_FIRST, WildSpecies.sort_key, WildSpecies.id)
    ).all()


def get(public_id: str, viewer: Actor) -> WildSpecies:
    """A row of the viewer's locality. Raises NotFound."""
    found = db.session.scalars(
        sa.select(WildSpecies).where(
            WildSpecies.public_id == public_id, WildSpecies.locality_id == viewer.locality_id
        )
    ).first()
    if found is None or not viewer.is_officer:
        raise NotFound
    return found


def known(locality_id: int | None, name: str) -> WildSpecies | None:
    """The row with this name, however it was typed."""
    return db.session.scalars(
        sa.select(WildSpecies).where(
            WildSpecies.locality_id == locality_id, WildSpecies.name_key == name_key(name)
        )
    ).first()
