"""Running sales, and what surrounds their deliveries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.accounts.acting import Acting
from marketplace.accounts.rules import ActingHow
from marketplace.deliveries import services as deliveries
from marketplace.deliveries.models import CallOff, Dispatch
from marketplace.deliveries.services import CallValues, DispatchValues
from tests.deals.conftest import TODAY, Story

BY_PHONE = Acting(how=ActingHow.CALL, note="Đã đọc lại.")
SOON = TODAY + timedelta(days=5)


class Way(Story):
    """A sale of forty kg under way, and the steps around its deliveries."""

    def ordered(self, deal, quantity: int = 10_000, day: date = SOON) -> CallOff:
        return deliveries.call_off(
            self.world.actor("hotel"), deal.public_id, CallValues(day, quantity)
        )

    def sent(self, deal, quantity: int = 10_000) -> Dispatch:
        return deliveries.send(
            self.world.actor("coop"),
            deal.public_id,
            DispatchValues(quantity, 2, "Xe khách minh họa", TODAY, TODAY, note="Hàng tươi"),
        )


@pytest.fixture
def way(world) -> Way:
    return Way(world)
