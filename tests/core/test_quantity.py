from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import quantity
from marketplace.core.parsing import Unreadable
from marketplace.core.quantity import UNITS, Dimension, Unit


@pytest.mark.parametrize(
    ("raw", "thousandths"),
    [("12,5", 12_500), ("1.200", 1_200_000), ("0,001", 1), ("1000000000", quantity.MAXIMUM)],
)
def test_parse(raw, thousandths):
    assert quantity.parse(raw) == thousandths


@pytest.mark.parametrize("raw", ["0", "0,0001", "1.5", "1000000000,001"])
def test_refuses(raw):
    with pytest.raises(Unreadable, match="for example 12,5"):
        quantity.parse(raw)


def test_whole_things_only():
    assert quantity.parse("40", decimals=0) == 40_000
    assert quantity.parse("0", decimals=0, lowest=0) == 0
    for raw in ("1,5", "0"):
        with pytest.raises(Unreadable, match=r"for example 1\.200"):
            quantity.parse(raw, decimals=0)


def test_bounds_are_thousandths():
    assert quantity.parse("2,5", lowest=2_500, highest=2_500) == 2_500
    with pytest.raises(Unreadable, match="at most 2,5"):
        quantity.parse("2,501", highest=2_500)
    with pytest.raises(Unreadable, match="at least 3"):
        quantity.parse("2", decimals=0, lowest=2_500)


def test_hostile_values(hostile):
    with pytest.raises(Unreadable):
        quantity.parse(hostile, decimals=0)


@given(st.integers(1, quantity.MAXIMUM))
def test_reads_what_it_writes(thousandths):
    assert quantity.parse(quantity.to_input(thousandths)) == thousandths
    assert quantity.parse(quantity.format_quantity(thousandths)) == thousandths
    english = quantity.format_quantity(thousandths, "en")
    swapped = english.translate(str.maketrans(",.", ".,"))
    assert swapped == quantity.format_quantity(thousandths)


def test_every_unit_has_its_facts():
    assert set(UNITS) == set(Unit)
    assert len({facts.label for facts in UNITS.values()}) == len(UNITS)
    assert all(facts.factor == 1 for facts in UNITS.values() if facts.dimension is Dimension.COUNT)


@pytest.mark.parametrize(
    ("thousandths", "unit", "grams"),
    [(1_000, Unit.KG, 1_000), (1, Unit.KG, 1), (1_500, Unit.TA, 150_000), (1, Unit.TAN, 1_000)],
)
def test_mass(thousandths, unit, grams):
    assert quantity.to_grams(thousandths, unit) == grams
    assert quantity.in_kilograms(thousandths, unit) == grams


@pytest.mark.parametrize("unit", [u for u in Unit if UNITS[u].dimension is not Dimension.MASS])
def test_other_units_have_no_mass(unit):
    with pytest.raises(ValueError, match=unit.value):
        quantity.to_grams(1_000, unit)


def test_every_mass_is_whole_grams():
    factors = [facts.factor for facts in UNITS.values() if facts.dimension is Dimension.MASS]
    assert all(factor % quantity.SCALE == 0 for factor in factors)


@pytest.mark.parametrize(
    ("thousandths", "price", "value"),
    [(12_500, 120_000, 1_500_000), (1, 499, 0), (1, 500, 1), (0, 120_000, 0)],
)
def test_value(thousandths, price, value):
    assert quantity.value_of(thousandths, price) == value
