from __future__ import annotations

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import money
from marketplace.core.parsing import Unreadable

AMOUNTS = st.integers(0, money.MAXIMUM)
LANGUAGES = st.sampled_from(["vi", "en"])


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        ("1234567", 1234567),
        ("1.234.567", 1234567),
        ("1.234.567 ₫", 1234567),
        ("1.234.567\u00a0₫", 1234567),
        ("120.000đ", 120000),
        ("120.000 Đ", 120000),
        ("120000 đồng", 120000),
        ("120000 đô\u0300ng", 120000),
        ("15,000", 15000),
        ("1,234,567", 1234567),
        ("₫1,234", 1234),
        ("15,000 đ", 15000),
        ("0", 0),
        ("1.000.000.000.000.000", money.MAXIMUM),
    ],
)
def test_parse(raw, amount):
    assert money.parse(raw) == amount


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("", "Enter a number"),
        ("₫", "only the digits"),
        ("1.5", "Dots"),
        ("120.000,50", "whole number"),
        ("2,8 tỷ", "without words"),
        ("2,8 tỷ đồng", "without words"),
        ("350 triệu", "without words"),
        ("350tr", "without words"),
        ("120K", "without words"),
        ("12,5", "whole number"),
        ("1234,567", "whole number"),
        ("0,123", "whole number"),
        ("1,23,456", "Dots"),
        ("1,234.567", "whole number"),
        ("1.234,567", "whole number"),
        ("₫₫1", "only the digits"),
        ("1.000.000.000.000.001", "at most"),
        ("-120.000", "below zero"),
    ],
)
def test_refused_with_its_reason(raw, words):
    with pytest.raises(Unreadable, match=words):
        money.parse(raw)


def test_bounds():
    assert money.parse("5", lowest=5, highest=5) == 5
    for raw in ("4", "6"):
        with pytest.raises(Unreadable):
            money.parse(raw, lowest=5, highest=5)


def test_hostile_values(hostile):
    if hostile == "1,234,567":  # of money this is how English pages show it
        return
    with pytest.raises(Unreadable):
        money.parse(hostile)


@given(AMOUNTS, LANGUAGES)
def test_reads_what_it_writes(amount, language):
    assert money.parse(money.to_input(amount, language)) == amount
    assert money.parse(money.format_money(amount, language)) == amount


@given(st.integers(-(10**18), 10**18), LANGUAGES)
def test_formats_as_babel(amount, language):
    shown = format_currency(amount, "VND", locale=language)
    assert money.format_money(amount, language) == shown


@pytest.mark.parametrize(
    ("amount", "vietnamese", "english"),
    [
        (2_800_000_000, "2,8 tỷ đồng", "2.8 billion đồng"),
        (1_250_000_000, "1,25 tỷ đồng", "1.25 billion đồng"),
        (350_000_000, "350 triệu đồng", "350 million đồng"),
        (1_000_000, "1 triệu đồng", "1 million đồng"),
        (1_005_000, "1,01 triệu đồng", "1.01 million đồng"),
        (999_994_999, "999,99 triệu đồng", "999.99 million đồng"),
        (999_995_000, "1 tỷ đồng", "1 billion đồng"),
        (1_234_500_000_000, "1.234,5 tỷ đồng", "1,234.5 billion đồng"),
        (-2_800_000_000, "-2,8 tỷ đồng", "-2.8 billion đồng"),
        (999_999, "999.999 ₫", "₫999,999"),
        (0, "0 ₫", "₫0"),
    ],
)
def test_short(amount, vietnamese, english):
    assert money.format_short(amount).replace("\u00a0", " ") == vietnamese
    assert money.format_short(amount, "en").replace("\u00a0", " ") == english
    assert " " not in money.format_short(amount)
    assert money.format_short(amount, "lo") == money.format_short(amount)
