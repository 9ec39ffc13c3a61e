"""Dealings entered afterwards: of which days, and what of the stock they take."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.core import clock
from marketplace.core.errors import Invalid
from marketplace.deals import queries
from marketplace.deals import services as deals
from marketplace.matching import services as matching
from marketplace.matching.rules import Answer
from marketplace.matching.services import MatchValues
from tests.deals.test_trouble import paper

DAY = timedelta(days=1)


def entered(world, listing, day: date, quantity: int = 40_000):
    values = MatchValues(
        quantity=quantity, unit_price=100_000, happened_on=day, paper=paper("bien-nhan.pdf")
    )
    return matching.propose_by_hand(
        world.actor("official_1"), listing.public_id, world.organisation("hotel").public_id, values
    )


def test_what_was_sold_before_the_owner_counted_takes_nothing_of_the_stock(world):
    listing = world.published()  # a hundred kg, confirmed today
    match = entered(world, listing, clock.today() - DAY, quantity=250_000)
    assert (match.from_stock, listing.promised) == (False, 0)
    deals.break_off(
        world.actor("coop"), match.public_id, "cancel", reason="mistake", note="Nhập nhầm."
    )
    assert listing.promised == 0  # nothing was taken, nothing comes back


def test_what_was_sold_since_counts_as_sold_today(world):
    listing = world.published()
    match = entered(world, listing, clock.today())
    assert (match.from_stock, listing.promised) == (True, 40_000)
    with pytest.raises(Invalid, match="left"):
        entered(world, listing, clock.today(), quantity=60_001)
    deals.break_off(
        world.actor("coop"), match.public_id, "cancel", reason="mistake", note="Nhập nhầm."
    )
    assert listing.promised == 0


def test_an_earlier_dealing_leaves_the_stock_alone_to_its_end(world):
    listing = world.published()
    standing = world.proposed(listing, quantity=30_000)
    match = entered(world, listing, date(2026, 3, 2), quantity=200_000)
    for who in ("coop", "hotel"):
        deals.answer_match(world.actor(who), match.public_id, Answer.YES)
    deals.turn_match_key(world.actor("official_2"), match.public_id)
    with clock.at(clock.now() + 5 * DAY):
        deals.let_matches_take_effect()
    deal = queries.of_match(match.id)
    if deal is None:  # both keys are asked for
        deals.turn_match_key(world.actor("ward_official_1"), match.public_id)
        deal = queries.of_match(match.id)
    assert (deal.starts_on, listing.promised) == (date(2026, 3, 2), standing.quantity)
    deals.cancel(world.actor("hotel"), deal.public_id, reason="changed", note="Đổi kế hoạch.")
    assert listing.promised == standing.quantity


@pytest.mark.parametrize("before", [1, 400])
def test_no_dealing_lies_before_the_signing_of_the_twinning(world, before):
    listing = world.published()
    day = world.pair.signed_on - before * DAY
    with pytest.raises(Invalid, match="twinning was signed") as refused:
        entered(world, listing, day)
    assert (refused.value.field, listing.promised) == ("happened_on", 0)
    assert entered(world, listing, world.pair.signed_on).from_stock is False
