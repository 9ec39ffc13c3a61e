"""Deals in the states the tests of this folder begin with."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.core import clock
from marketplace.deals import queries
from marketplace.deals import services as deals
from marketplace.deals.models import Deal
from marketplace.deals.services import InstalmentValues, Terms
from tests.world import World

TODAY = date(2026, 11, 20)


class Story:
    """A sale of forty kg at 120.000 đồng, told as far as a test needs it."""

    def __init__(self, world: World) -> None:
        self.world = world

    def opened(self, **changes: int) -> Deal:
        """The match is approved."""
        match = self.world.consented(self.world.proposed(**changes))
        deals.turn_match_key(self.world.actor("official_2"), match.public_id)
        if match.keys_missing:
            deals.turn_match_key(self.world.actor("ward_official_1"), match.public_id)
        else:
            with clock.at(clock.now() + timedelta(days=4)):
                deals.let_matches_take_effect()
        found = queries.of_match(match.id)
        assert found is not None
        return found

    def agreed(self, **changes: int) -> Deal:
        """Both sides agreed to terms that start today."""
        deal = self.opened(**changes)
        price = deal.unit_price
        deals.set_terms(
            self.world.actor("hotel"), deal.public_id, Terms(40_000, price, None, TODAY, None)
        )
        deals.accept_terms(self.world.actor("coop"), deal.public_id)
        return deals.accept_terms(self.world.actor("hotel"), deal.public_id)

    def active(self) -> Deal:
        """Delivery has begun."""
        return deals.start(self.world.actor("official_1"), self.agreed().public_id)

    def delivered(self, *quantities: int) -> Deal:
        """The cooperative stated these thousandths of a kg and the hotel confirmed them."""
        deal = self.active()
        for quantity in quantities:
            entered = deals.enter_instalment(
                self.world.actor("coop"), deal.public_id, InstalmentValues(TODAY, quantity, None)
            )
            deals.confirm_instalment(self.world.actor("hotel"), entered.public_id)
        return deal

    def completed(self) -> Deal:
        """Everything arrived; official_1 completed the deal."""
        deal = self.delivered(40_000)
        return deals.complete(self.world.actor("official_1"), deal.public_id, "complete")


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)
