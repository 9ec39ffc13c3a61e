"""Reading matches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.models import Organisation
from marketplace.catalogue.models import Listing
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.matching.models import Match, MatchConsent
from marketplace.matching.rules import MatchState
from marketplace.programme.models import Pair


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """The parties, a party's cooperative, and the officials of both localities."""
    if viewer.is_officer:
        pairs = sa.select(Pair.id).where(
            sa.or_(Pair.source_id == viewer.locality_id, Pair.market_id == viewer.locality_id)
        )
        return Match.pair_id.in_(pairs)
    if viewer.organisation_id is None:
        return sa.false()
    mine = sa.select(Organisation.id).where(
        sa.or_(
            Organisation.id == viewer.organisation_id,
            Organisation.cooperative_id == viewer.organisation_id,
        )
    )
    return sa.or_(Match.seller_id.in_(mine), Match.buyer_id.in_(mine))


def _loaded() -> sa.Select[Match]:
    return sa.select(Match).options(
        joinedload(Match.pair),
        joinedload(Match.listing).joinedload(Listing.organisation),
        joinedload(Match.seller),
        joinedload(Match.buyer),
        joinedload(Match.interest),
        joinedload(Match.paper),
        selectinload(Match.consents).joinedload(MatchConsent.organisation),
        selectinload(Match.consents).joinedload(MatchConsent.user),
        selectinload(Match.keys),
        selectinload(Match.acting),
    )


def lock_row(public_id: str) -> None:
    """Hold the match's row until the transaction ends (decisions page 2)."""
    hold(Match, public_id=public_id)


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Match:
    """A match with its answers and keys. Raises NotFound."""
    if lock:
        lock_row(public_id)
    found = db.session.scalars(
        _loaded()
        .where(Match.public_id == public_id, visible_to(viewer))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def get_for_clock(public_id: str) -> Match:
    """A match for the clock, its row locked."""
    lock_row(public_id)
    return db.session.scalars(
        _loaded().where(Match.public_id == public_id).execution_options(populate_existing=True)
    ).one()


def visible(viewer: Actor, *states: MatchState) -> Sequence[Match]:
    """The matches a viewer may see, latest first; only in ``states`` if any are given."""
    query = _loaded().where(visible_to(viewer)).order_by(Match.id.desc())
    if states:
        query = query.where(Match.state.in_(states))
    return db.session.scalars(query).all()



def due_to_take_effect(day: date) -> Sequence[str]:
    """The public ids of proposed matches whose day for objections lies before ``day``."""
    return db.session.scalars(
        sa.select(Match.public_id)
        .where(Match.state == MatchState.PROPOSED, Match.takes_effect_on < day)
        .order_by(Match.id)
    ).all()
