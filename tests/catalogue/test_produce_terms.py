"""Price steps, months and specifications: the pure rules, by tables and by properties."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.kinds.produce.specs import BY_GROUP, LONGEST, SPECS, asked_of, fitting
from marketplace.catalogue.kinds.produce.terms import (
    MonthQuantity,
    PriceStep,
    SpecValue,
    in_order,
    months_without,
    season_of,
    step_fault,
    total_fault,
)
from marketplace.catalogue.taxonomy import Group, PriceKind
from marketplace.core import seasons
from marketplace.core.quantity import Unit

STEPS = st.lists(
    st.builds(PriceStep, st.integers(1, 50), st.integers(1, 50)), min_size=1, max_size=6
)
FIGURES = st.dictionaries(st.sampled_from(seasons.MONTHS), st.integers(1, 10**9)).map(
    lambda given: tuple(MonthQuantity(month, n) for month, n in sorted(given.items()))
)


@pytest.mark.parametrize(
    ("kind", "base", "steps", "row", "field", "words"),
    [
        (PriceKind.FIXED, 100, [], None, "", ""),
        (PriceKind.FIXED, 100, [(5, 90)], None, "", ""),
        (PriceKind.RANGE, 100, [(5, 90), (9, 90), (20, 80)], None, "", ""),
        (PriceKind.FIXED, 100, [(9, 80), (5, 90)], None, "", ""),
        (PriceKind.MARKET, None, [(5, 90)], 0, "price", "price to start from"),
        (PriceKind.MARKET, 100, [(5, 90)], 0, "price", "price to start from"),
        (PriceKind.FIXED, None, [(5, 90)], 0, "price", "price to start from"),
        (PriceKind.FIXED, 100, [(5, 100)], 0, "price", "below the price above"),
        (PriceKind.FIXED, 100, [(5, 90), (5, 80)], 1, "from_quantity", "twice"),
        (PriceKind.FIXED, 100, [(5, 80), (9, 90)], 1, "price", "cannot cost more"),
        (PriceKind.FIXED, 100, [(9, 90), (5, 80)], 0, "price", "cannot cost more"),
    ],
)
def test_steps(kind, base, steps, row, field, words):
    fault = step_fault(kind, base, [PriceStep(*step) for step in steps])
    assert (fault.row, fault.field) == (row, field) if fault else row is None
    assert words in (str(fault.text) if fault else "")


@given(STEPS, st.integers(1, 60))
def test_steps_without_a_fault_rise_in_quantity_and_fall_in_price(steps, base):
    fault = step_fault(PriceKind.FIXED, base, steps)
    ordered = in_order(steps)
    quantities = [step.from_quantity for step in ordered]
    prices = [step.price for step in ordered]
    is_right = (
        len(set(quantities)) == len(quantities)
        and all(a >= b for a, b in itertools.pairwise(prices))
        and all(price < base for price in prices)
    )
    assert (fault is None) == is_right
    assert fault is None or 0 <= fault.row < len(steps)


@given(FIGURES, st.integers(0, seasons.FULL_YEAR))
def test_the_season_is_the_months_with_a_figure(figures, ticked):
    season = season_of(figures, ticked)
    assert season == (seasons.from_months(f.month for f in figures) if figures else ticked)
    left = months_without(ticked, figures)
    assert set(left).isdisjoint(seasons.to_months(season) if figures else [])
    assert bool(left) == bool(figures and ticked & ~season)


@given(FIGURES, st.one_of(st.none(), st.integers(1, 10**10)))
def test_the_whole_is_at_most_what_the_months_give(figures, quantity):
    fault = total_fault(quantity, figures, Unit.KG)
    given_ = sum(f.quantity for f in figures)
    assert (fault is not None) == bool(figures and quantity and quantity > given_)


def test_every_group_asks_something_and_only_what_is_known():
    assert set(BY_GROUP) == set(Group)
    used = {code for codes in BY_GROUP.values() for code in codes}
    assert used == set(SPECS)
    assert len({spec.label for spec in SPECS.values()}) == len(SPECS)
    assert all(len(spec.example) <= LONGEST for spec in SPECS.values())
    assert asked_of(None) == ()


def test_answers_of_another_group_are_left_out():
    values = [SpecValue("moisture", "12"), SpecValue("breed", "heo"), SpecValue("flower", "")]
    assert fitting(Group.HONEY, values) == [SpecValue("moisture", "12")]
    assert fitting(None, values) == []
