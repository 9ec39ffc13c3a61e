"""Everything around deliveries that somebody is told of."""

from __future__ import annotations

from collections.abc import Callable

from marketplace.core import clock
from marketplace.deals import services as deals
from marketplace.deliveries import services as deliveries
from marketplace.deliveries.services import CallValues, DispatchValues, PlanValues
from marketplace.interests import services as interests
from tests.deals.conftest import Story
from tests.reports import story as results
from tests.world import World


def around_deliveries(world: World, tell: Callable[[], None]) -> None:
    """Orders answered in every way, a plan left out, parcels sent and lost, goods freed."""
    coop, hotel = world.actor("coop"), world.actor("hotel")
    code = results.active_deal(world, title="Gừng", quantity=20_000).public_id
    day = clock.today()  # the last of that contract
    planned = deliveries.plan(coop, code, PlanValues(day, 1_000))
    deliveries.move_plan(coop, planned.public_id, "drop", reason="harvest", note="Mất mùa.")
    orders = [deliveries.call_off(hotel, code, CallValues(day, 2_000)) for _ in range(3)]
    tell()
    deliveries.promise(coop, orders[0].public_id, 1_500)
    deliveries.refuse(coop, orders[1].public_id, reason="road", note="Sạt lở.")
    deliveries.take_back_call(hotel, orders[2].public_id)
    sent = deliveries.send(
        coop,
        code,
        DispatchValues(
            1_500, 2, "Xe khách minh họa", clock.today(), day, "+84900000000", "6:00", "11:30"
        ),
    )
    tell()
    deliveries.lose(hotel, sent.public_id, reason="coach", note="Xe không đến.")
    deal = Story(world).opened()
    asked = world.interest(deal.listing, "restaurant", 5_000)
    interests.answer(coop, asked.public_id, "decline", reason="promised", note="Đã hứa hết.")
    deals.cancel(hotel, deal.public_id, reason="changed", note="Đổi kế hoạch.")
    deliveries.offer_freed()
    tell()
