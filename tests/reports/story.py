"""Deals that ended and were verified, told through the use cases."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.deals.models import Deal, Figure
from marketplace.deals.rules import FigureState
from marketplace.deals.services import InstalmentValues, Terms
from marketplace.matching.rules import Answer
from tests.world import World


def agreed(
    world: World, *, buyer: str = "hotel", quantity: int = 20_000, price: int = 120_000, **listing
) -> Deal:
    """A small sale that both sides and their localities said yes to; its terms are still open."""
    from marketplace.matching import services as matching
    from marketplace.matching.services import MatchValues

    interest = world.accepted(world.published(**listing), buyer, quantity)
    match = matching.propose_from_interest(
        world.actor("official_1"),
        interest.public_id,
        MatchValues(quantity=quantity, unit_price=price),
    )
    deals.answer_match(world.actor("coop"), match.public_id, Answer.YES)
    deals.answer_match(world.actor(buyer), match.public_id, Answer.YES)
    deals.turn_match_key(world.actor("official_2"), match.public_id)
    with clock.at(clock.now() + timedelta(days=5)):
        deals.let_matches_take_effect()
    deal = deal_queries.of_match(match.id)
    assert deal is not None
    return deal


def active_deal(
    world: World, *, buyer: str = "hotel", quantity: int = 20_000, price: int = 120_000, **listing
) -> Deal:
    """A small sale under way since yesterday."""
    deal = agreed(world, buyer=buyer, quantity=quantity, price=price, **listing)
    today = clock.today()
    terms = Terms(quantity, price, None, today - timedelta(days=1), today)
    deals.set_terms(world.actor(buyer), deal.public_id, terms)
    deals.accept_terms(world.actor("coop"), deal.public_id)
    deals.accept_terms(world.actor(buyer), deal.public_id)
    deals.start_due()
    return deal_queries.get(deal.public_id, world.actor("official_1"))


def ended(
    world: World, *, buyer: str = "hotel", days: tuple[date, ...] = (date(2026, 11, 19),), **story
) -> Deal:
    """A small sale that ended with everything delivered, its figures waiting."""
    deal = active_deal(world, buyer=buyer, **story)
    if deal.starts_on is not None and min(days) < deal.starts_on:
        deal.starts_on = min(days)  # as if it had been entered then
        db.session.commit()
    part = deal.committed_quantity // len(days)
    for day in days:
        stated = deals.enter_instalment(
            world.actor("coop"), deal.public_id, InstalmentValues(day, part, None)
        )
        deals.confirm_instalment(world.actor(buyer), stated.public_id)
    deals.complete(world.actor("official_1"), deal.public_id, "complete")
    return deal_queries.get(deal.public_id, world.actor("official_1"))


def figures_of(deal: Deal) -> list[Figure]:
    figures = db.session.scalars(sa.select(Figure).order_by(Figure.id))
    return [figure for figure in figures if figure.outcome.deal_id == deal.id]


def verified(world: World, **story) -> Deal:
    """A small sale whose figures count."""
    deal = ended(world, **story)
    for figure in figures_of(deal):
        if figure.state is FigureState.SUBMITTED:
            deals.move_figure(world.actor("ward_official_2"), figure.public_id, "verify")
    return deal_queries.get(deal.public_id, world.actor("official_1"))
