"""What the pages show can be typed back, in both languages, or is refused: never read as another.

Decision 19: one grammar to read in both languages. Vietnamese display is that grammar; an English
display is refused wherever it is not. Forms are filled in with the grammar in every language.
Money is whole, so its English commas can only stand between thousands and are read as well.
"""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from marketplace.core import dates, money, numerals, phone, quantity, seasons, tax_code
from marketplace.core.parsing import Unreadable

AMOUNTS = st.integers(0, money.MAXIMUM)
THOUSANDTHS = st.integers(1, quantity.MAXIMUM)
DAYS = st.dates(dates.EARLIEST, dates.LATEST)
SEPARATORS = st.sampled_from(["", " ", ".", "-", "\u00a0", "  "])
TYPED = st.text(st.sampled_from("0123456789.,- ₫đtrktỷ"), max_size=18)


def read(parse, raw):
    """The value, or None where it is refused."""
    try:
        return parse(raw)
    except Unreadable:
        return None


# ---------------------------------------------------------------- money


@given(AMOUNTS)
def test_money_shown_in_vietnamese_is_read_back(amount):
    for shown in (money.format_money(amount), money.to_input(amount), str(amount)):
        assert money.parse(shown) == amount
    assert money.parse(f" {money.to_input(amount)} đồng ") == amount


@given(AMOUNTS)
def test_money_shown_in_english_is_read_back(amount):
    shown = money.format_money(amount, "en")
    for typed in (shown, shown.removeprefix("₫"), money.to_input(amount, "en")):
        assert money.parse(typed) == amount


@given(st.integers(10**6, money.MAXIMUM), st.sampled_from(["vi", "en"]))
def test_short_amounts_are_for_reading_only(amount, language):
    assert read(money.parse, money.format_short(amount, language)) is None


@given(TYPED)
def test_money_is_whole_digits_in_threes_or_nothing(raw):
    amount = read(money.parse, raw)
    if amount is None:
        return
    digits = re.sub(r"[^0-9]", "", raw)
    assert amount == int(digits)
    assert "-" not in raw
    assert not ("," in raw and "." in raw)
    groups = re.split(r"[.,]", re.sub(r"[^0-9.,]", "", raw))
    assert len(groups) == 1 or all(len(group) == 3 for group in groups[1:])


# ---------------------------------------------------------------- quantity


@given(THOUSANDTHS)
def test_a_quantity_shown_in_vietnamese_is_read_back(thousandths):
    for shown in (quantity.format_quantity(thousandths), quantity.to_input(thousandths)):
        assert quantity.parse(shown) == thousandths


@given(THOUSANDTHS)
def test_a_quantity_shown_in_english_is_read_as_the_grammar_says(thousandths):
    """A dot never stands for decimals and two commas never for thousands.

    A single comma is always the decimal one, on English pages as well: their forms show it so.
    """
    shown = quantity.format_quantity(thousandths, "en")
    got = read(quantity.parse, shown)
    if re.fullmatch(r"[0-9]{1,3},[0-9]{3}", shown):
        assert got == thousandths // quantity.SCALE
    elif re.fullmatch("[0-9]+", shown):
        assert got == thousandths
    elif re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", shown):
        assert got == thousandths * quantity.SCALE
    else:
        assert got is None


@given(st.integers(1, 999), st.integers(1, 99))
def test_one_or_two_digits_behind_a_dot_are_refused(whole, part):
    for raw in (f"{whole}.{part}", f"{whole}.{part:02}", f"{whole}.{part}00.0"):
        if re.fullmatch(r"[0-9]+\.[0-9]{3}", raw):
            continue
        with pytest.raises(Unreadable, match="12,5"):
            quantity.parse(raw)


@given(TYPED)
def test_no_text_is_read_as_two_quantities(raw):
    """What is taken is what an independent reading of the same characters gives."""
    got = read(quantity.parse, raw)
    if got is None:
        return
    whole, _, part = raw.strip().partition(",")
    expected = int(whole.replace(".", "")) * 1000 + int((part.rstrip("0") or "0").ljust(3, "0"))
    assert got == expected
    assert quantity.parse(quantity.to_input(got)) == got


@given(st.integers(0, 10**15), st.integers(0, 6), st.sampled_from(["vi", "en", "lo"]))
def test_both_languages_show_the_same_digits(value, decimals, language):
    shown = numerals.write(value, decimals=decimals, language=language)
    plain = numerals.write(value, decimals=decimals)
    assert re.sub("[.,]", "", shown) == re.sub("[.,]", "", plain)


# ---------------------------------------------------------------- seasons


@given(st.lists(st.sampled_from(seasons.MONTHS), max_size=24))
def test_boxes_in_any_order_and_twice_are_one_season(months):
    mask = seasons.parse([str(month) for month in months])
    assert seasons.to_months(mask) == sorted(set(months))
    assert seasons.parse(seasons.to_input(mask)) == mask


@given(st.text(max_size=4))
def test_no_other_text_is_a_month(raw):
    assume(raw.strip() not in seasons.to_input(seasons.FULL_YEAR))
    assert read(seasons.parse, [raw]) is None


# ---------------------------------------------------------------- days


@given(DAYS)
def test_days_are_read_back_day_first(day):
    assert dates.parse(dates.format_date(day)) == day
    assert dates.parse(f"{day.day}/{day.month}/{day.year}") == day
    assert dates.parse(day.isoformat()) == day


@given(DAYS)
def test_english_days_and_month_first_are_refused_or_read_day_first(day):
    assert read(dates.parse, dates.format_date(day, "en")) is None
    american = f"{day.month}/{day.day}/{day.year}"
    expected = date(day.year, day.day, day.month) if day.day <= 12 else None
    assert read(dates.parse, american) == expected
    for short in (f"{day:%d/%m/%y}", f"{day:%d.%m.%Y}", f"{day:%d-%m-%Y}", f"{day:%Y/%m/%d}"):
        assert read(dates.parse, short) is None


# ---------------------------------------------------------------- telephone numbers


@given(
    st.from_regex(r"[35789][0-9]{8}", fullmatch=True),
    st.sampled_from(["0", "+84", "84", "0084", "+84 0", "+84 (0)"]),
    st.lists(SEPARATORS, min_size=9, max_size=9),
)
def test_a_number_is_one_however_it_is_typed(national, prefix, between):
    typed = prefix + "".join(a + b for a, b in zip(between, national, strict=True))
    number = phone.parse(typed)
    assert number == f"+84{national}"
    assert phone.parse(phone.display(number)) == number
    assert read(phone.parse, phone.mask(number)) is None


@given(st.text(st.sampled_from("0123456789 +"), max_size=14))
def test_what_is_taken_has_ten_digits_and_a_mobile_block(raw):
    number = read(phone.parse, raw)
    assert number is None or re.fullmatch(r"\+84[35789][0-9]{8}", number)


# ---------------------------------------------------------------- tax codes

WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


@st.composite
def codes(draw):
    """A code of ten digits that is right by its check digit, computed here a second time."""
    body = draw(st.from_regex("[0-9]{9}", fullmatch=True))
    assume(body[2:9] != "0000000")
    check = 10 - sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11
    assume(check < 10)
    return f"{body}{check}"


@given(codes(), st.integers(1, 999), st.lists(SEPARATORS, min_size=10, max_size=10))
def test_a_code_is_one_however_it_is_typed(code, branch, between):
    typed = "".join(a + b for a, b in zip(code, between, strict=True))
    assert tax_code.parse(typed) == code
    assert tax_code.parse(tax_code.display(code)) == code
    whole = tax_code.parse(f"{typed}-{branch:03}")
    assert tax_code.parse(tax_code.display(whole)) == whole == f"{code}{branch:03}"


@given(codes(), st.integers(0, 9), st.integers(1, 9))
def test_a_wrong_digit_is_always_found(code, place, step):
    wrong = code[:place] + str((int(code[place]) + step) % 10) + code[place + 1 :]
    assert read(tax_code.parse, wrong) is None


@given(codes(), st.integers(0, 7))
def test_two_neighbours_in_the_wrong_order_are_found(code, place):
    assume(code[place] != code[place + 1])
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert read(tax_code.parse, wrong) is None


@given(st.from_regex("(?!000)[0-9]{12}", fullmatch=True))
def test_a_personal_code_is_read_back_and_its_mask_is_not(code):
    assert tax_code.parse(tax_code.display(code)) == code
    assert read(tax_code.parse, tax_code.mask(code)) is None
    assert read(lambda raw: tax_code.parse(raw, personal=False), code) is None
