"""Days, sums and quantities no deal can have: each is refused with a sentence at its field."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.core.quantity import Unit, require_whole
from marketplace.deals import rules
from marketplace.deals import services as deals
from marketplace.deals.rules import PaperKind
from marketplace.deals.services import InstalmentValues, Signed, Terms
from tests.deals.conftest import TODAY
from tests.deals.test_trouble import paper
from tests.world import World


def days(number: int) -> timedelta:
    return timedelta(days=number)


def stopped(world: World, deal, since: date, *, until: int) -> None:
    """A landslide from ``since`` on; the deal goes on ``until`` days from now."""
    deals.suspend(
        world.actor("hotel"), deal.public_id, reason="landslide", note="Sạt lở.", since=since
    )
    with clock.at(clock.now() + days(until)):
        deals.resume(world.actor("hotel"), deal.public_id)


# ---------------------------------------------------------------- stops


@pytest.mark.parametrize("move", [deals.suspend, deals.dispute])
@pytest.mark.parametrize(
    ("later", "since", "why"),
    [
        (0, TODAY - days(1), "began on"),
        (40, TODAY + days(9), "within 30 days"),
        (5, TODAY + days(1), "confirmed a delivery"),
        (5, TODAY + days(6), "still to come"),
    ],
)
def test_a_stop_begins_on_a_day_it_can_have_begun(world, story, move, later, since, why):
    deal = story.active()
    with clock.at(clock.now() + days(later)):
        if "delivery" in why:
            values = InstalmentValues(TODAY + days(2), 1_000, None)
            entered = deals.enter_instalment(world.actor("coop"), deal.public_id, values)
            deals.confirm_instalment(world.actor("hotel"), entered.public_id)
        with pytest.raises(Invalid, match=why) as refused:
            move(world.actor("hotel"), deal.public_id, reason="other", note="Mưa.", since=since)
    assert refused.value.field == "stopped_on"
    assert not deal.stops


def test_a_day_of_two_stops_counts_once(world, story):
    deal = story.opened()
    terms = Terms(40_000, 120_000, None, TODAY, TODAY + days(60))
    deals.set_terms(world.actor("hotel"), deal.public_id, terms)
    for who in ("coop", "hotel"):
        deals.accept_terms(world.actor(who), deal.public_id)
    deals.start(world.actor("official_1"), deal.public_id)
    stopped(world, deal, TODAY, until=10)
    with clock.at(clock.now() + days(12)):  # told a week later, and from before the first ended
        stopped(world, deal, TODAY + days(5), until=3)
        assert rules.due_on(deal) == TODAY + days(60 + 15)


@pytest.mark.parametrize(
    ("periods", "since", "counted"),
    [
        ([], date.min, 0),
        ([(TODAY, TODAY)], date.min, 0),
        ([(TODAY - days(9), TODAY - days(4)), (TODAY - days(6), TODAY - days(2))], date.min, 7),
        ([(TODAY - days(9), TODAY - days(2)), (TODAY - days(6), TODAY - days(4))], date.min, 7),
        ([(TODAY - days(9), TODAY - days(4)), (TODAY - days(3), None)], TODAY - days(5), 4),
    ],
)
def test_the_days_of_stops(world, periods, since, counted):
    assert rules.days_stopped(periods, since) == counted


# ---------------------------------------------------------------- amounts


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (InstalmentValues(TODAY, 9_999_000, None), "quantity"),
        (InstalmentValues(TODAY, 38_001, None), "quantity"),
        (InstalmentValues(TODAY, 10_000, 999_999_999_999), "value"),
        (InstalmentValues(TODAY, 10_000, 2_400_001), "value"),
        (InstalmentValues(TODAY - days(1), 10_000, None), "happened_on"),
        (InstalmentValues(TODAY + days(1), 10_000, None), "happened_on"),
    ],
)
def test_what_nobody_agreed_to_is_not_stated(world, story, values, field):
    deal = story.delivered(10_000)  # of forty kg: thirty are open, and a fifth of forty more
    with pytest.raises(Invalid) as refused:
        deals.enter_instalment(world.actor("coop"), deal.public_id, values)
    assert refused.value.field == field
    assert len(deal.instalments) == 1


def test_a_little_more_and_any_less_can_be_stated(world, story):
    deal = story.delivered(10_000)
    given = InstalmentValues(TODAY, 38_000, 0)  # a fifth more than agreed, and as a gift
    entered = deals.enter_instalment(world.actor("coop"), deal.public_id, given)
    again = InstalmentValues(TODAY, 37_000, 2 * 37 * 120_000)
    deals.correct_instalment(world.actor("hotel"), entered.public_id, again)
    with pytest.raises(Invalid) as refused:  # nor is it corrected to more than there is room for
        deals.correct_instalment(
            world.actor("coop"), entered.public_id, InstalmentValues(TODAY, 38_001, None)
        )
    told = refused.value.text.params
    assert (told["agreed"].quantity, told["left"].quantity) == (40_000, 30_000)


def test_capital_is_held_to_what_was_agreed(world, story):
    deal = story.active()
    deal.unit = deal.committed_quantity = deal.unit_price = None
    deal.committed_value = 900_000_000
    assert rules.too_much(deal, 1_080_000_000) is None
    told = rules.too_much(deal, 900_000_000_000_000)
    assert told is not None
    assert told.params["most"].amount == 1_080_000_000


# ---------------------------------------------------------------- offers


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (Terms(40_000, 110_000, None, TODAY - days(31), None), "starts_on"),
        (Terms(40_000, 110_000, None, TODAY - days(20), TODAY - days(10)), "ends_on"),
        (Terms(40_000, 120_000, None, TODAY, None), "quantity"),
    ],
)
def test_an_offer_is_new_and_begins_lately(world, story, terms, field):
    deal = story.opened()
    first = Terms(40_000, 120_000, None, TODAY, None)
    deals.set_terms(world.actor("hotel"), deal.public_id, first)
    with pytest.raises(Invalid) as refused:
        deals.set_terms(world.actor("coop"), deal.public_id, terms)
    assert refused.value.field == field
    assert len(deal.offers) == 2


@pytest.mark.parametrize(
    ("quantity", "unit", "is_taken"),
    [
        (1_500, Unit.KG, True),
        (1_500, None, True),
        (None, Unit.CON, True),
        (2_000, Unit.CON, True),
        (1_500, Unit.CON, False),
        (500, Unit.HOP, False),
    ],
)
def test_what_is_counted_comes_whole(quantity, unit, is_taken):
    if is_taken:
        require_whole("quantity", quantity, unit)
        return
    with pytest.raises(Invalid, match="counted whole"):
        require_whole("quantity", quantity, unit)


def test_half_a_box_is_neither_offered_nor_received(world, story):
    deal = story.opened()
    deal.unit = Unit.HOP
    db.session.commit()
    half = Terms(10_500, 120_000, None, TODAY, None)
    with pytest.raises(Invalid, match="counted whole"):
        deals.set_terms(world.actor("hotel"), deal.public_id, half)
    running = story.active()
    running.unit = Unit.HOP
    db.session.commit()
    with pytest.raises(Invalid, match="counted whole") as refused:
        deals.enter_instalment(
            world.actor("coop"), running.public_id, InstalmentValues(TODAY, 10_500, None)
        )
    assert refused.value.field == "quantity"


def test_what_began_before_its_day_counts_from_its_beginning(world, story):
    deal = story.opened()
    terms = Terms(40_000, 120_000, None, TODAY + days(9), None)
    deals.set_terms(world.actor("hotel"), deal.public_id, terms)
    for who in ("coop", "hotel"):
        deals.accept_terms(world.actor(who), deal.public_id)
    deals.start(world.actor("official_1"), deal.public_id)
    deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(TODAY, 1_000, None)
    )
    assert deal.starts_on == TODAY


# ---------------------------------------------------------------- days of signing


@pytest.mark.parametrize("day", [date(2001, 11, 20), TODAY - days(31)])
def test_nothing_is_signed_long_before_the_deal_began(world, story, day):
    deal = story.agreed(unit_price=2_000_000)
    with pytest.raises(Invalid) as refused:
        deals.sign(world.actor("official_1"), deal.public_id, signed_on=day, paper=paper("ky.pdf"))
    assert refused.value.field == "signed_on"
    deals.sign(
        world.actor("official_1"), deal.public_id, signed_on=TODAY - days(30), paper=paper("ky.pdf")
    )


def test_an_earlier_dealing_begins_on_its_day_and_after_the_twinning(world, story):
    deal = story.opened()
    deal.match.happened_on = date(2026, 9, 1)
    assert rules.why_not_begun_on(deal, date(2026, 9, 1)) is None
    assert rules.why_not_ended_on(deal, date(2026, 9, 2)) is None
    assert rules.why_not_begun_on(deal, date(2026, 8, 31)) is not None
    deal.match.happened_on = None
    deal.pair.signed_on = TODAY - days(3)
    assert rules.why_not_begun_on(deal, TODAY - days(3)) is None
    told = rules.why_not_begun_on(deal, TODAY - days(4))
    assert told is not None
    assert "twinning" in str(told)


def test_all_have_signed_when_the_last_side_has(world, story):
    deal = story.agreed(unit_price=2_000_000)
    code = deal.public_id
    deals.draw_up(world.actor("coop"), code, PaperKind.FRAME)
    with clock.at(clock.now() + days(5)):
        for who, later in (("hotel", 3), ("coop", 5)):
            deals.hand_in(world.actor(who), code, Signed(TODAY + days(later), paper(f"{who}.pdf")))
        with pytest.raises(Invalid) as refused:
            deals.sign(world.actor("official_1"), code, signed_on=TODAY + days(4), paper=None)
        assert refused.value.field == "signed_on"
        deals.sign(world.actor("official_1"), code, signed_on=TODAY + days(5), paper=None)


def test_where_no_goods_are_sold_only_a_memorandum_fits(world, story, browse):
    deal = story.agreed()
    deal.unit = deal.committed_quantity = deal.unit_price = None
    db.session.commit()
    coop = browse("coop")
    page = coop.get(f"/ket-noi/{deal.match.public_id}/van-ban")
    offered = {attrs.get("value") for tag, attrs in page.tags if tag == "option"}
    assert offered == {"", "memorandum"}
    with pytest.raises(Invalid) as refused:
        deals.draw_up(world.actor("coop"), deal.public_id, PaperKind.OFFTAKE)
    assert refused.value.field == "kind"
    coop.submit({"kind": "memorandum"})
    assert deal.agreement.kind is PaperKind.MEMORANDUM
