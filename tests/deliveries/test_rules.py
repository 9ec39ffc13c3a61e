"""Who may do what around a delivery, in which state; and the sums, as tables."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.db import db
from marketplace.deliveries import services as deliveries
from marketplace.deliveries.models import SecondChance
from marketplace.deliveries.rules import (
    CALL_OFF,
    DISPATCH,
    PAYMENT,
    PLAN,
    SECOND_CHANCE,
    PaidHow,
    Planned,
    Sold,
    corridor,
    covered,
    median_days,
    paid_on,
    product_of,
    quantile,
    season_of,
)
from marketplace.deliveries.services import PaymentValues, PlanValues
from tests.deals.conftest import TODAY
from tests.deliveries.conftest import SOON
from tests.tables import COMMUNE, OFFICERS, WARD, allowed, everyone, written

A, B, C = date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 16)


def test_the_tables_of_plans_orders_parcels_and_money(world, way):
    deal, people = way.delivered(5_000), everyone(world)
    planned = deliveries.plan(world.actor("coop"), deal.public_id, PlanValues(SOON, 1_000))
    parties = {"coop", "hotel"}
    assert allowed(PLAN, planned, people) == written(
        {
            "meet": ({"planned"}, OFFICERS | parties),
            "drop": ({"planned"}, OFFICERS | parties),
        }
    )
    order = way.ordered(deal, 2_000)
    assert allowed(CALL_OFF, order, people) == written(
        {
            "promise": ({"asked"}, COMMUNE | {"coop"}),
            "refuse": ({"asked"}, COMMUNE | {"coop"}),
            "withdraw": ({"asked"}, WARD | {"hotel"}),
        }
    )
    assert allowed(DISPATCH, way.sent(deal), people) == written(
        {
            "receive": ({"sent"}, WARD | {"hotel"}),
            "reopen": ({"received"}, {"system"}),
            "lose": ({"sent"}, OFFICERS | parties),
        }
    )
    noted = deliveries.note_payment(
        world.actor("coop"),
        deal.instalments[0].public_id,
        PaymentValues(TODAY, 1_000, PaidHow.CASH),
    )
    assert allowed(PAYMENT, noted, people) == written({"strike": ({"noted"}, COMMUNE | {"coop"})})


def test_the_table_of_a_second_chance(world, way):
    deal = way.opened()
    interest = deal.match.interest
    chance = SecondChance(
        deal_id=deal.id, interest_id=interest.id, place=1, answer_by=SOON, made_at=deal.opened_at
    )
    db.session.add(chance)
    db.session.flush()
    asked = WARD | {"hotel"}
    assert allowed(SECOND_CHANCE, chance, everyone(world)) == written(
        {
            "offer": ({"waiting"}, {"system"}),
            "take": ({"offered"}, asked),
            "decline": ({"offered"}, asked),
            "lapse": ({"offered"}, {"system"}),
            "drop": ({"waiting", "offered"}, {"system"}),
        }
    )


@pytest.mark.parametrize(
    ("planned", "arrived", "got"),
    [
        ([], [(A, 5)], []),
        ([Planned(A, B, 10)], [], [0]),
        ([Planned(A, B, 10)], [(B, 4)], [4]),
        ([Planned(A, B, 10)], [(B, 4), (C, 9)], [10]),
        ([Planned(A, B, 10), Planned(A, C, 10)], [(B, 15)], [10, 5]),
        ([Planned(A, C, 10), Planned(A, B, 10)], [(B, 15)], [5, 10]),  # the earliest due first
        ([Planned(B, C, 10)], [(A, 7)], [0]),  # it came before anything was planned
        (
            [Planned(A, A, 10), Planned(C, C, 10)],
            [(B, 25)],
            [10, 0],
        ),  # the rest was beside the plan
    ],
)
def test_arrivals_fill_what_was_planned_before_them(planned, arrived, got):
    assert covered(planned, arrived) == got


DAYS = st.dates(date(2026, 1, 1), date(2026, 2, 1))


@given(
    st.lists(st.builds(Planned, DAYS, DAYS, st.integers(1, 50))),
    st.lists(st.tuples(DAYS, st.integers(0, 50))),
)
def test_nothing_is_filled_twice_or_beyond_its_size(planned, arrived):
    got = covered(planned, arrived)
    assert all(0 <= part <= p.quantity for part, p in zip(got, planned, strict=True))
    assert sum(got) <= sum(quantity for _day, quantity in arrived)


@pytest.mark.parametrize(
    ("values", "quartiles"),
    [
        ([7], (7, 7, 7)),
        ([1, 2], (1, 2, 2)),  # 1,25 and 1,5 and 1,75: half up
        ([1, 2, 3, 4, 5], (2, 3, 4)),
        ([5, 1, 4, 2, 3], (2, 3, 4)),
        ([10, 20, 30, 40], (18, 25, 33)),  # 17,5 and 32,5
        ([100, 100, 100, 400], (100, 100, 175)),
    ],
)
def test_quartiles_by_linear_interpolation(values, quartiles):
    assert tuple(quantile(values, part, 4) for part in (1, 2, 3)) == quartiles


@given(st.lists(st.integers(0, 10**12), min_size=1))
def test_quartiles_lie_in_order_among_the_values(values):
    low, middle, high = (quantile(values, part, 4) for part in (1, 2, 3))
    assert min(values) <= low <= middle <= high <= max(values)


@pytest.mark.parametrize(
    ("rows", "speaks"),
    [
        ([], False),
        ([(100, 1, 1)] * 9, False),  # one deal, however often it delivered
        ([(100, 1, 1), (110, 2, 2)], False),  # two deals
        ([(100, 1, 1), (110, 2, 1), (120, 3, 1)], False),  # one buyer
        ([(100, 1, 1), (110, 2, 1), (120, 3, 2)], True),
        ([*[(100, 1, 1)] * 9, (110, 2, 1), (120, 3, 2)], True),  # a deal has one voice
    ],
)
def test_no_price_is_told_below_three_deals_of_two_buyers(rows, speaks):
    found = corridor([Sold(price, 1_000, deal, buyer) for price, deal, buyer in rows])
    assert (found is not None) is speaks
    if found:
        assert (found.low, found.middle, found.high) == (105, 110, 115)
        assert (found.deals, found.buyers) == (3, 2)


def test_the_price_of_a_deal_is_its_worth_over_its_quantity():
    dear, cheap = Sold(200, 1_000, 1, 1), Sold(300, 3_000, 1, 1)
    others = [Sold(125, 1_000, 2, 2), Sold(125, 1_000, 3, 2)]
    assert corridor([dear, cheap, *others]).high == 125  # 500 for four


@pytest.mark.parametrize(
    ("days", "median"),
    [
        ([], None),
        ([3, 5], None),
        ([3, 5, 40], 5),
        ([2, 4, 7, 9], 6),  # 5,5: half a day up
        ([-2, 0, 1], 0),  # paid before the goods
    ],
)
def test_the_median_of_days_to_pay_needs_three(days, median):
    assert median_days(days) == median


@pytest.mark.parametrize(
    ("unpaid", "median"),
    [
        ([300] * 17, 300),  # who never pays does not look prompt
        ([2, 5], 5),  # fresher than usual: says nothing
        ([40], 23),  # 5 and 40 in the middle: half a day up
    ],
)
def test_what_is_unpaid_for_long_counts_with_its_age(unpaid, median):
    assert median_days([3, 5, 40], unpaid) == median
    assert median_days([3, 5], unpaid) is None


@pytest.mark.parametrize(
    ("value", "money", "day"),
    [
        (100, [], None),
        (100, [(A, 99)], None),
        (100, [(B, 60), (A, 40)], B),
        (100, [(A, 100), (B, 1)], A),
    ],
)
def test_paid_is_when_all_has_come(value, money, day):
    assert paid_on(value, money) == day


def test_the_season_is_the_month_and_those_beside_it():
    assert season_of(1) == {12, 1, 2}
    assert season_of(6) == {5, 6, 7}
    assert season_of(12) == {11, 12, 1}


@pytest.mark.parametrize(
    ("title", "is_same"),
    [
        ("Đảng sâm tươi", True),
        ("dang sam TƯƠI Avương", True),
        ("Đẳng sâm tươi xã A Vương, thôn Ta Lang", True),
        ("Hồng đẳng sâm tươi", True),  # a name that an official gave the same thing
        ("Đẳng sâm khô", False),
        ("Đẳng sâm tươi loại 1", False),
        ("Gừng tươi", False),
        ("", False),
    ],
)
def test_a_product_is_what_a_title_calls_it(title, is_same):
    names, places = [("Đẳng sâm", "Hồng đẳng sâm")], ("Avương", "Ta Lang", "Lang")
    wanted = product_of("Đẳng sâm tươi", names, places)
    assert (product_of(title, names, places) == wanted) is is_same
