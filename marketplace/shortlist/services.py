"""Keeping listings and letting them go.

These use cases write no journal entry: what someone keeps is theirs alone, and nothing that others
see changes by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from marketplace.accounts.models import User
from marketplace.catalogue.models import Listing
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.i18n import N_, Text
from marketplace.core.use_case import use_case
from marketplace.shortlist import queries
from marketplace.shortlist.models import Kept
from marketplace.shortlist.rules import MOST_KEPT, merged


def full(most: int) -> Text:
    """What someone reads who keeps as many as can be kept."""
    return Text(N_("You keep %(most)s already. Let some go first."), most=most)


@use_case
def keep(actor: Actor, public_id: str) -> None:
    """Keep a listing; once more changes nothing. Raises NotFound, and Conflict when full."""
    hold(User, id=actor.user_id)
    found = queries.one(public_id, actor)
    if found is None:
        raise NotFound
    if public_id in queries.marked(actor, [public_id]):
        return
    if len(queries.kept_ids(actor)) >= MOST_KEPT:
        raise Conflict(full(MOST_KEPT))
    db.session.add(Kept(user_id=actor.user_id, listing_id=found.id, kept_at=clock.now()))


@use_case
def let_go(actor: Actor, public_id: str) -> None:
    """Keep a listing no longer, also one that is no longer visible; once more changes nothing."""
    ids = sa.select(Listing.id).where(Listing.public_id == public_id).scalar_subquery()
    db.session.execute(sa.delete(Kept).where(Kept.user_id == actor.user_id, Kept.listing_id == ids))


@use_case
def bring(actor: Actor, public_ids: Sequence[str]) -> int:
    """Add what was kept before signing in, as far as there is room; returns how many are new."""
    hold(User, id=actor.user_id)
    new = merged(queries.kept_ids(actor), [f.public_id for f in queries.among(public_ids, actor)])
    now = clock.now()
    for place, found in enumerate(queries.among(new, actor)):  # keeps their order
        db.session.add(
            Kept(
                user_id=actor.user_id,
                listing_id=found.id,
                kept_at=now - timedelta(microseconds=place),
            )
        )
    return len(new)
