from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import numerals
from marketplace.core.parsing import Unreadable

MILLION = 10**6


def read(raw, decimals=0, lowest=0, highest=MILLION):
    return numerals.read(raw, example="5", highest=highest, lowest=lowest, decimals=decimals)


@pytest.mark.parametrize(
    ("raw", "decimals", "value"),
    [
        ("0", 0, 0),
        ("1234", 0, 1234),
        (" 1.234 ", 0, 1234),
        ("1.000.000", 0, MILLION),
        ("12,5", 1, 125),
        ("1.234,50", 2, 123450),
        ("0,005", 3, 5),
        ("7,000", 1, 70),
        ("7", 3, 7000),
    ],
)
def test_read(raw, decimals, value):
    assert read(raw, decimals) == value


@pytest.mark.parametrize(
    ("raw", "decimals", "words"),
    [
        ("", 0, "Enter a number"),
        ("-0", 0, "below zero"),
        ("− 5", 0, "below zero"),
        ("1e5", 0, "only the digits"),
        ("+5", 0, "only the digits"),
        ("1 000", 0, "only the digits"),
        ("1,5", 0, "whole number"),
        ("1,", 0, "whole number"),
        ("1,234,567", 0, "Dots stand"),
        ("1.5", 0, "Dots stand"),
        ("1234.567", 0, "Dots stand"),
        ("1.5", 1, "Decimals take a comma"),
        ("0.500", 3, "Decimals take a comma"),
        ("1,234,567", 3, "Decimals take a comma"),
        ("007", 0, "zeros in front"),
        ("00,5", 1, "zeros in front"),
        ("1,25", 1, "at most 1 digits"),
        ("1000001", 0, "at most 1.000.000"),
        ("9" * 5000, 0, "at most 1.000.000"),
        ("9" * 5000, 3, "at most 1.000"),
        ("2", 0, "at least 3"),
    ],
)
def test_refused_with_its_reason(raw, decimals, words):
    with pytest.raises(Unreadable, match=words) as refusal:
        read(raw, decimals, lowest=3)
    assert "for example 5" in str(refusal.value)


def test_hostile_values(hostile):
    with pytest.raises(Unreadable):
        read(hostile)


@given(st.integers(0, 10**15), st.integers(0, 3))
def test_reads_what_it_writes(value, decimals):
    shown = numerals.write(value, decimals=decimals)
    assert read(shown, decimals, highest=10**15) == value


@given(st.integers(-(10**15), 10**15), st.integers(0, 3), st.sampled_from(["vi", "en"]))
def test_writes_as_babel(value, decimals, language):
    exact = Decimal(value).scaleb(-decimals)
    assert numerals.write(value, decimals=decimals, language=language) == format_decimal(
        exact, locale=language
    )


def test_an_unknown_language_gets_the_vietnamese_way():
    assert numerals.write(12345, decimals=1, language="lo") == "1.234,5"
