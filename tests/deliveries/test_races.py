"""Threads racing for the last hundred kilograms: nothing is promised twice, on either database."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import DomainError
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.deliveries import queries
from marketplace.deliveries import services as deliveries
from marketplace.deliveries.models import CallOff, ScheduledDelivery, SecondChance
from marketplace.deliveries.rules import contract_left
from marketplace.deliveries.services import CallValues, PlanValues
from marketplace.interests import services as interests
from marketplace.interests.models import Interest
from marketplace.matching import services as matching
from marketplace.matching.services import MatchValues
from tests.deals.test_races import at_once, good
from tests.deliveries.conftest import Way

SOON = date(2100, 1, 4)
"""Threads do not share the clock the test has set."""


def test_orders_and_plans_for_the_last_of_a_contract(fresh):
    app, world = fresh
    way = Way(world)
    deal = way.active()  # forty kg
    code, hotel, coop = deal.public_id, world.actor("hotel"), world.actor("coop")
    jobs = [lambda: deliveries.call_off(hotel, code, CallValues(SOON, 3_000)).id] * 12
    jobs += [lambda: deliveries.plan(coop, code, PlanValues(SOON, 3_000)).id] * 12
    done = at_once(app, jobs, width=8)
    assert len(good(done)) == 13  # thirteen times three of forty
    assert {type(r).__name__ for r in done if isinstance(r, DomainError)} == {"Invalid"}
    db.session.rollback()
    asked = db.session.scalar(sa.select(sa.func.coalesce(sa.func.sum(CallOff.quantity), 0)))
    planned = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(ScheduledDelivery.quantity), 0))
    )
    assert asked + planned == 39_000
    found = deal_queries.get(code, hotel)
    assert contract_left(found, queries.plans(found), queries.calls(found)) == 1_000


def test_one_order_is_answered_once(fresh):
    app, world = fresh
    way = Way(world)
    call = way.ordered(way.active(), day=SOON).public_id
    coop = world.actor("coop")
    jobs = [lambda: deliveries.promise(coop, call).id] * 4
    jobs += [lambda: deliveries.refuse(coop, call, reason="road", note="Sạt lở.").id] * 4
    done = at_once(app, jobs)
    assert len(good(done)) == 1
    db.session.rollback()
    planned = db.session.scalar(sa.select(sa.func.count(ScheduledDelivery.id)))
    state = db.session.scalars(sa.select(CallOff.state)).one().value
    assert (state, planned) in {("promised", 1), ("refused", 0)}


def test_matches_orders_and_second_chances_for_the_last_100_kg(fresh):
    """Sixty kg of a hundred stand in a running contract, forty have just become free.

    At once the contract is called off, officials match what is left, and who was turned away says
    yes: the stock is never promised beyond its hundred, nor the contract beyond its sixty.
    """
    app, world = fresh
    listing = world.published(quantity=100_000)
    code, officer = listing.public_id, world.actor("official_1")
    asked = interests.register(
        world.actor("restaurant"),
        code,
        interests.InterestValues("Bếp", "+84900000000", "Cần hàng.", 30_000),
    )
    interests.answer(
        world.actor("coop"), asked.public_id, "decline", reason="promised", note="Đã hứa hết."
    )
    running, freed = (_deal(world, code, quantity) for quantity in (60_000, 40_000))
    running = deals.start(officer, way_agreed(world, running, 60_000)).public_id
    deals.cancel(world.actor("hotel"), freed, reason="changed", note="Đổi.")
    deliveries.offer_freed()
    chance = db.session.scalars(sa.select(SecondChance.public_id)).one()
    hotel, restaurant = world.actor("hotel"), world.actor("restaurant")
    buyer, order = world.organisation("hotel").public_id, MatchValues(7_000, 120_000)
    jobs = []
    for _ in range(8):
        jobs += [
            lambda: deliveries.call_off(hotel, running, CallValues(SOON, 11_000)).id,
            lambda: matching.propose_by_hand(officer, code, buyer, order).id,
        ]
    jobs += [lambda: deliveries.take_chance(restaurant, chance).id] * 3
    done = at_once(app, jobs, width=8)
    db.session.rollback()
    produce = db.session.scalars(sa.select(Produce)).one()
    assert produce.promised == 60_000 + 5 * 7_000  # five sevens of forty, and no sixth
    called = db.session.scalar(sa.select(sa.func.sum(CallOff.quantity)))
    assert called == 55_000
    new = db.session.scalars(sa.select(Interest).where(Interest.id > asked.id)).all()
    assert len(new) <= 1  # a yes counts once, or came when nothing was left
    assert all(0 < interest.quantity <= 30_000 for interest in new)
    assert not [r for r in done if isinstance(r, Exception) and not isinstance(r, DomainError)]


def _deal(world, code: str, quantity: int) -> str:
    """A deal about to be agreed."""
    match = matching.propose_by_hand(
        world.actor("official_1"),
        code,
        world.organisation("hotel").public_id,
        MatchValues(quantity=quantity, unit_price=120_000),
    )
    world.consented(match)
    deals.turn_match_key(world.actor("official_2"), match.public_id)
    if match.keys_missing:
        deals.turn_match_key(world.actor("ward_official_1"), match.public_id)
    else:
        with clock.at(clock.now() + timedelta(days=4)):
            deals.let_matches_take_effect()
    found = deal_queries.of_match(match.id)
    assert found is not None
    return found.public_id


def way_agreed(world, code: str, quantity: int) -> str:
    """Both sides agree to this quantity from today."""
    terms = deals.Terms(quantity, 120_000, None, clock.today(), None)
    deals.set_terms(world.actor("hotel"), code, terms)
    for who in ("coop", "hotel"):
        deals.accept_terms(world.actor(who), code)
    return code
