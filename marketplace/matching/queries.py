"""Reading matches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.finding import found, names_of
from marketplace.catalogue.models import Listing
from marketplace.catalogue.search import parse
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.core.text import fold
from marketplace.matching.models import Match, MatchConsent
from marketplace.matching.rules import MatchState
from marketplace.programme import queries as programme
from marketplace.programme.models import Approval


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """The parties, a party's cooperative, and the officials of both localities."""
    if viewer.is_officer:
        pairs = programme.pairs_of(viewer)
        return Match.pair_id.in_(pairs)
    if viewer.organisation_id is None:
        return sa.false()
    mine = accounts.in_care_of(viewer)
    return sa.or_(Match.seller_id.in_(mine), Match.buyer_id.in_(mine))


def _loaded() -> sa.Select[Match]:
    return sa.select(Match).options(
        joinedload(Match.pair),
        selectinload(Match.listing).joinedload(Listing.organisation),
        joinedload(Match.stock),
        joinedload(Match.seller),
        joinedload(Match.buyer),
        joinedload(Match.interest),
        joinedload(Match.paper),
        joinedload(Match.proposed_by),
        selectinload(Match.consents).joinedload(MatchConsent.organisation),
        selectinload(Match.consents).joinedload(MatchConsent.user),
        selectinload(Match.consents).joinedload(MatchConsent.acted),
        selectinload(Match.keys).joinedload(Approval.locality),
        selectinload(Match.keys).joinedload(Approval.user),
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


def takes_part(viewer: Actor) -> sa.ColumnElement[bool]:
    """The listings about which the viewer's organisation was matched."""
    return Listing.id.in_(
        sa.select(Match.listing_id).where(Match.buyer_id == viewer.organisation_id)
    )


def by_id(match_id: int) -> Match:
    """A match by its internal id, for a deal the viewer may see."""
    return db.session.scalars(_loaded().where(Match.id == match_id)).one()


def of_interest(interest_id: int | None) -> Match | None:
    """The match an interest became."""
    return db.session.scalars(_loaded().where(Match.interest_id == interest_id)).first()


def by_ids(ids: Collection[int]) -> Sequence[Match]:
    """Matches by their internal ids, for those who may see them; in no order."""
    return db.session.scalars(_loaded().where(Match.id.in_(ids))).all() if ids else []


def get_for_clock(public_id: str) -> Match:
    """A match for the clock, its row locked."""
    lock_row(public_id)
    return db.session.scalars(
        _loaded().where(Match.public_id == public_id).execution_options(populate_existing=True)
    ).one()


def visible(viewer: Actor, *states: MatchState, limit: int | None = None) -> Sequence[Match]:
    """The matches a viewer may see, latest first; only in ``states`` if any are given."""
    query = _loaded().where(visible_to(viewer)).order_by(Match.id.desc()).limit(limit)
    if states:
        query = query.where(Match.state.in_(states))
    return db.session.scalars(query).all()


def listings_to_offer(viewer: Actor, q: str, limit: int) -> Sequence[Listing]:
    """Published listings of the official's pairs that fit ``q``, by title."""
    pairs = programme.of_locality(viewer.locality_id or 0)
    if not pairs:
        return []
    localities = sorted({key for pair in pairs for key in pair.locality_ids})
    query = (
        sa.select(Listing)
        .where(
            catalogue.on_offer(),
            sa.or_(*(catalogue.offered_in(pair) for pair in pairs)),
            found(parse(q, names_of(localities))),
        )
        .options(joinedload(Listing.organisation))
    )
    return db.session.scalars(query.order_by(Listing.sort_key, Listing.id).limit(limit)).all()


def partners_to_offer(viewer: Actor, q: str, limit: int) -> Sequence[Organisation]:
    """Verified organisations of the official's pairs whose name holds ``q``, by name."""
    localities = {
        locality_id
        for pair in programme.of_locality(viewer.locality_id or 0)
        for locality_id in pair.locality_ids
    }
    wanted = fold(q)
    return [
        organisation
        for organisation in accounts.verified_in(*localities)
        if wanted in fold(organisation.name)
    ][:limit]


def due_to_take_effect(day: date) -> Sequence[str]:
    """The public ids of proposed matches whose day for objections lies before ``day``."""
    return db.session.scalars(
        sa.select(Match.public_id)
        .where(Match.state == MatchState.PROPOSED, Match.takes_effect_on < day)
        .order_by(Match.id)
    ).all()


def listings_of(ids: Collection[int] | sa.Select[int]) -> sa.CompoundSelect[Any]:
    """The listings of these matches, and those whose stock is set aside for them."""
    chosen = Match.id.in_(ids)
    return sa.union(
        sa.select(Match.listing_id).where(chosen), sa.select(Match.stock_id).where(chosen)
    )
