from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import phone
from marketplace.core.parsing import Unreadable

MOBILES = st.from_regex(r"\+84[35789][0-9]{8}", fullmatch=True)
LANDLINES = st.from_regex(r"\+842[0-9]{9}", fullmatch=True)


@pytest.mark.parametrize(
    "raw",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "0912-345-678",
        "+84912345678",
        "+84 912 345 678",
        "+84 (0)912 345 678",
        "84912345678",
        "0084912345678",
        "\u200e0912345678\u202c",
    ],
)
def test_mobile(raw):
    assert phone.parse(raw) == "+84912345678"


@pytest.mark.parametrize(
    "raw",
    [
        "091234567",
        "09123456789",
        "0412345678",
        "0612345678",
        "912345678",
        "+1912345678",
        "0912 345 67a",
        "84",
        "+84",
        "113",
    ],
)
@pytest.mark.parametrize("landline", [False, True])
def test_refused(raw, landline):
    with pytest.raises(Unreadable, match="0905 123 456"):
        phone.parse(raw, landline=landline)


@pytest.mark.parametrize(("old", "new"), phone._OLD.items())
@pytest.mark.parametrize("prefix", ["0", "+84", "84", "0084"])
def test_old_numbers_are_refused_with_the_new_one(old, new, prefix):
    with pytest.raises(Unreadable) as refusal:
        phone.parse(f"{prefix}{old[1:]}0000000")
    expected = f"Numbers with {old} changed in 2018; enter this one as {new}0 000 000."
    assert str(refusal.value) == expected


def test_an_old_block_with_other_digits_is_only_refused():
    for raw in ("0168 000 000x", "016800000"):
        with pytest.raises(Unreadable, match="10 digits"):
            phone.parse(raw)


def test_landline():
    assert phone.parse("(0236) 3 000 000", landline=True) == "+842363000000"
    assert phone.parse("0912 345 678", landline=True) == "+84912345678"
    with pytest.raises(Unreadable, match="fixed number"):
        phone.parse("0236 3000000")
    with pytest.raises(Unreadable, match="all 11"):
        phone.parse("0236 300000", landline=True)


@pytest.mark.parametrize("landline", [False, True])
def test_hostile_values(hostile, landline):
    with pytest.raises(Unreadable):
        phone.parse(hostile, landline=landline)


@given(MOBILES)
def test_reads_what_it_shows(number):
    assert phone.parse(phone.display(number)) == number
    assert phone.parse(number) == number


@given(LANDLINES)
def test_reads_landlines_it_shows(number):
    assert phone.parse(phone.display(number), landline=True) == number


@pytest.mark.parametrize(
    ("number", "shown", "masked"),
    [
        ("+84912345678", "0912 345 678", "09xx xxx 678"),
        ("+842363000000", "0236 3 000 000", "02xx x xxx 000"),
        ("+842430000000", "024 3000 0000", "02x xxxx x000"),
        ("+442000000000", "+442000000000", "xxx"),
        ("", "", "xxx"),
    ],
)
def test_shown(number, shown, masked):
    assert phone.display(number) == shown
    assert phone.mask(number) == masked
