"""Cases at every stage, for the tests of the desk."""

from __future__ import annotations

from datetime import date

from marketplace.deals import services as deals
from marketplace.deals.services import Terms
from tests.reports import story
from tests.world import World


def cases_of_every_kind(world: World) -> None:
    """Proposed, consented, keyed, negotiating, agreed, under way, all there, ended."""
    world.proposed(world.published(title="Mới ghép"))
    world.consented(world.proposed(world.published(title="Chờ chìa khóa")))
    keyed = world.consented(world.proposed(world.published(title="Chờ phản đối")))
    deals.turn_match_key(world.actor("official_2"), keyed.public_id)
    big = world.consented(world.proposed(world.published(title="Đang bàn"), unit_price=2_000_000))
    deals.turn_match_key(world.actor("official_2"), big.public_id)
    deals.turn_match_key(world.actor("ward_official_1"), big.public_id)
    from marketplace.deals import queries

    deal = queries.of_match(big.id)
    assert deal is not None
    day = date(2026, 12, 1)
    deals.set_terms(
        world.actor("hotel"),
        deal.public_id,
        Terms(deal.committed_quantity, 2_000_000, None, day, date(2026, 12, 20)),
    )
    deals.accept_terms(world.actor("coop"), deal.public_id)
    deals.accept_terms(world.actor("hotel"), deal.public_id)
    story.active_deal(world, title="Đang giao")
    ready = story.active_deal(world, title="Đã giao đủ")
    stated = deals.enter_instalment(
        world.actor("coop"),
        ready.public_id,
        deals.InstalmentValues(date(2026, 11, 19), ready.committed_quantity, None),
    )
    deals.confirm_instalment(world.actor("hotel"), stated.public_id)
    story.ended(world, title="Đã xong")
