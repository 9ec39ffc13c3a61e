"""Reading deals, instalments, outcomes and figures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.models import Organisation
from marketplace.catalogue.models import Listing
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.deals.models import (
    Agreement,
    Deal,
    DealParty,
    Figure,
    Instalment,
    Offer,
    OfferAnswer,
    Outcome,
    Ruling,
    Signature,
)
from marketplace.deals.rules import UNDER_WAY, DealState, FigureState, InstalmentState
from marketplace.matching import queries as matching
from marketplace.matching.models import Match
from marketplace.matching.rules import MatchState
from marketplace.programme import queries as programme


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """The parties, a party's cooperative, and the officials of both localities."""
    return _of_parties(viewer)


def joined_by(viewer: Actor) -> sa.ColumnElement[bool]:
    """The same without the parties that were brought in and have not said yes themselves.

    The parties of the match have, and are found by it.
    """
    answered = sa.exists().where(
        Offer.deal_id == DealParty.deal_id,
        OfferAnswer.offer_id == Offer.id,
        OfferAnswer.organisation_id == DealParty.organisation_id,
    )
    return _of_parties(viewer, answered.correlate(DealParty))


def _of_parties(viewer: Actor, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """The deals whose parties, under these conditions, are the viewer's, or an official's."""
    if viewer.is_officer:
        return Deal.pair_id.in_(programme.pairs_of(viewer))
    if viewer.organisation_id is None:
        return sa.false()
    mine = (
        sa.select(DealParty.deal_id)
        .join(Organisation, Organisation.id == DealParty.organisation_id)
        .where(
            sa.or_(
                Organisation.id == viewer.organisation_id,
                Organisation.cooperative_id == viewer.organisation_id,
            ),
            *conditions,
        )
    )
    return Deal.id.in_(mine)


def _loaded() -> sa.Select[Deal]:
    match = joinedload(Deal.match)
    return sa.select(Deal).options(
        joinedload(Deal.pair),
        selectinload(Deal.listing).joinedload(Listing.organisation),
        joinedload(Deal.paper),
        match.selectinload(Match.acting),
        match.joinedload(Match.seller),
        match.joinedload(Match.buyer),
        selectinload(Deal.parties).joinedload(DealParty.organisation),
        selectinload(Deal.instalments).joinedload(Instalment.paper),
        selectinload(Deal.instalments).joinedload(Instalment.photo),
        selectinload(Deal.instalments).joinedload(Instalment.stated_for),
        selectinload(Deal.instalments).joinedload(Instalment.entered_by),
        selectinload(Deal.instalments).joinedload(Instalment.confirmed_by),
        selectinload(Deal.own_acting),
        selectinload(Deal.offers).selectinload(Offer.answers),
        selectinload(Deal.stops),
        selectinload(Deal.rulings).selectinload(Ruling.keys),
        joinedload(Deal.agreement).selectinload(Agreement.signatures).joinedload(Signature.paper),
        joinedload(Deal.outcome).selectinload(Outcome.figures).joinedload(Figure.verified_by),
        joinedload(Deal.outcome).joinedload(Outcome.article),
    )


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Deal:
    """A deal with its parties, instalments and outcome. Raises NotFound."""
    if lock:
        hold(Deal, public_id=public_id)
    found = db.session.scalars(
        _loaded()
        .where(Deal.public_id == public_id, visible_to(viewer))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def get_for_clock(public_id: str) -> Deal:
    """A deal for the clock, its row locked."""
    hold(Deal, public_id=public_id)
    return db.session.scalars(
        _loaded().where(Deal.public_id == public_id).execution_options(populate_existing=True)
    ).one()


def by_ids(ids: Collection[int]) -> Sequence[Deal]:
    """Deals by their internal ids, for those who may see them; in no order."""
    if not ids:
        return []
    return db.session.scalars(_loaded().where(Deal.id.in_(ids))).unique().all()


def of_match(match_id: int) -> Deal | None:
    """The deal a match became."""
    return db.session.scalars(_loaded().where(Deal.match_id == match_id)).first()


def in_contact(match: Match, deal: Deal | None) -> list[Organisation]:
    """Whose contacts are open in a case: both sides', and of those brought in who said yes."""
    joined = deal.joined if deal is not None else []
    return list({one.id: one for one in (*match.parties, *joined)}.values())


def case(public_id: str, viewer: Actor) -> tuple[Match, Deal | None]:
    """A match by its public id, and the deal it became: one case. Raises NotFound.

    Whoever joined the deal later sees the match it came from as well.
    """
    deal = (
        db.session.scalars(
            _loaded()
            .join(Match, Match.id == Deal.match_id)
            .where(Match.public_id == public_id, visible_to(viewer))
        )
        .unique()
        .first()
    )
    if deal is None:
        return matching.get(public_id, viewer), None
    return matching.by_id(deal.match_id), deal


def deal_of(public_id: str, viewer: Actor) -> Deal:
    """The deal of a case. Raises NotFound while there is none."""
    deal = case(public_id, viewer)[1]
    if deal is None:
        raise NotFound
    return deal


def cases(
    viewer: Actor, offset: int = 0, limit: int = 1000, *, open_only: bool = False
) -> tuple[list[tuple[Match, Deal | None]], int]:
    """The viewer's matches with their deals, latest first; and how many there are in all."""
    seen = sa.or_(
        matching.visible_to(viewer),
        Match.id.in_(sa.select(Deal.match_id).where(visible_to(viewer))),
    )
    if open_only:
        seen = sa.and_(
            seen,
            sa.or_(
                Match.state == MatchState.PROPOSED,
                Match.id.in_(sa.select(Deal.match_id).where(Deal.state.in_(list(UNDER_WAY)))),
            ),
        )
    matches = db.session.scalars(
        sa.select(Match)
        .where(seen)
        .options(
            joinedload(Match.pair),
            selectinload(Match.listing),
            joinedload(Match.seller),
            joinedload(Match.buyer),
            joinedload(Match.interest),
            selectinload(Match.consents),
            selectinload(Match.keys),
            selectinload(Match.acting),
        )
        .order_by(Match.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    total = db.session.scalar(sa.select(sa.func.count(Match.id)).where(seen))
    deals = db.session.scalars(
        sa.select(Deal)
        .where(Deal.match_id.in_([match.id for match in matches]))
        .options(
            joinedload(Deal.pair),
            selectinload(Deal.stops),
            selectinload(Deal.parties).joinedload(DealParty.organisation),
            selectinload(Deal.offers).selectinload(Offer.answers),
            selectinload(Deal.instalments),
            selectinload(Deal.rulings).selectinload(Ruling.keys),
            joinedload(Deal.agreement).selectinload(Agreement.signatures),
        )
    )
    of = {deal.match_id: deal for deal in deals}
    return [(match, of.get(match.id)) for match in matches], int(total or 0)


def instalment(public_id: str, viewer: Actor, *, lock: bool = False) -> Instalment:
    """An instalment of a deal the viewer may see; locks the deal's row. Raises NotFound."""
    found = db.session.scalars(
        sa.select(Instalment)
        .join(Deal, Deal.id == Instalment.deal_id)
        .where(Instalment.public_id == public_id, visible_to(viewer))
    ).first()
    if found is None:
        raise NotFound
    if lock:
        deal = get(_public_id(found.deal_id), viewer, lock=True)
        found = next(i for i in deal.instalments if i.public_id == public_id)
    return found


def _public_id(deal_id: int) -> str:
    return db.session.scalars(sa.select(Deal.public_id).where(Deal.id == deal_id)).one()


def agreement(public_id: str, viewer: Actor) -> Agreement:
    """The paper drawn up for a deal, the deal's row locked. Raises NotFound."""
    found = get(public_id, viewer, lock=True).agreement
    if found is None:
        raise NotFound
    return found


def ruling(public_id: str, viewer: Actor) -> Ruling:
    """A ruling about a deal the viewer may see; locks the deal's row. Raises NotFound."""
    deal_id = db.session.scalars(
        sa.select(Deal.public_id).join(Ruling).where(Ruling.public_id == public_id)
    ).first()
    if deal_id is None:
        raise NotFound
    deal = get(deal_id, viewer, lock=True)
    return next(r for r in deal.rulings if r.public_id == public_id)


def visible(viewer: Actor, *states: DealState, limit: int | None = None) -> Sequence[Deal]:
    """The deals a viewer may see, latest move first; only in ``states`` if any are given."""
    query = _loaded().where(visible_to(viewer)).order_by(Deal.moved_at.desc(), Deal.id.desc())
    query = query.limit(limit)
    if states:
        query = query.where(Deal.state.in_(states))
    return db.session.scalars(query).unique().all()


def figure(public_id: str, viewer: Actor, *, lock: bool = False) -> Figure:
    """A figure an official of the pair may see. Raises NotFound."""
    if lock:
        hold(Figure, public_id=public_id)
    found = db.session.scalars(
        _figures()
        .where(Figure.public_id == public_id, _figures_visible(viewer))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def _figures() -> sa.Select[Figure]:
    deal = joinedload(Figure.outcome).joinedload(Outcome.deal)
    return sa.select(Figure).options(
        joinedload(Figure.pair),
        joinedload(Figure.entered_by),
        joinedload(Figure.verified_by),
        joinedload(Figure.outcome).joinedload(Outcome.article),
        deal.selectinload(Deal.listing),
        deal.joinedload(Deal.match).selectinload(Match.acting),
        deal.selectinload(Deal.own_acting),
        deal.selectinload(Deal.parties).joinedload(DealParty.organisation),
        deal.selectinload(Deal.instalments).joinedload(Instalment.paper),
    )


def _figures_visible(viewer: Actor) -> sa.ColumnElement[bool]:
    return Figure.pair_id.in_(programme.pairs_of(viewer)) if viewer.is_officer else sa.false()


def figures(viewer: Actor, *states: FigureState) -> Sequence[Figure]:
    """Figures of the viewer's pairs in these states, oldest first."""
    return (
        db.session.scalars(
            _figures()
            .where(_figures_visible(viewer), Figure.state.in_(states))
            .order_by(Figure.entered_at, Figure.id)
        )
        .unique()
        .all()
    )


def due_to_start(day: date) -> Sequence[str]:
    """The public ids of agreed small sales and signed deals whose first day has come."""
    ready = sa.or_(
        sa.and_(Deal.state == DealState.AGREED, Deal.is_small), Deal.state == DealState.SIGNED
    )
    return db.session.scalars(
        sa.select(Deal.public_id).where(ready, Deal.starts_on <= day).order_by(Deal.id)
    ).all()


def evidence(figure: Figure) -> list[Instalment]:
    """The confirmed instalments a figure stands on."""
    return [
        i
        for i in figure.outcome.deal.instalments
        if i.figure_batch == figure.batch and i.state is InstalmentState.CONFIRMED
    ]


def listings_of(ids: Collection[int]) -> sa.CompoundSelect[Any]:
    """The listings of these deals, and those whose stock is set aside for them."""
    return matching.listings_of(sa.select(Deal.match_id).where(Deal.id.in_(ids)))


def listings_of_instalments(ids: Collection[int]) -> sa.CompoundSelect[Any]:
    """The same for the deals of these instalments."""
    deals = sa.select(Deal.match_id).join(Instalment, Instalment.deal_id == Deal.id)
    return matching.listings_of(deals.where(Instalment.id.in_(ids)))
