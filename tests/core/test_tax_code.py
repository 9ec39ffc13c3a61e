from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import tax_code
from marketplace.core.parsing import Unreadable

VALID = {
    "0100233488": "0100233488",
    "0314409058-002": "0314409058002",
    "0314409058 002": "0314409058002",
    "01.00047516": "0100047516",
    "048200000123": "048200000123",
}
# The demonstration's codes: right by their check digit, not given to anyone known.
DEMONSTRATION = (  # noqa: SIM905  read better as text
    "0409999013 0409999020 0409999038 0409999045 0409999052 0409999077 0409999084 0409999091 "
    "4009999016 4009999023 4009999030 4009999048"
).split()


@pytest.mark.parametrize(("raw", "code"), [*VALID.items(), *((c, c) for c in DEMONSTRATION)])
def test_valid(raw, code):
    assert tax_code.parse(raw) == code
    assert tax_code.parse(tax_code.display(code)) == code


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("", "10 or 13 digits, 12"),
        ("12345", "10 or 13 digits, 12"),
        ("01002334880", "10 or 13 digits, 12"),
        ("01002334a8", "10 or 13 digits, 12"),
        ("0100233480", "One digit"),
        ("0409999014", "One digit"),
        ("0100000000", "One digit"),
        ("0100000005", "One digit"),
        ("0314409058-000", "branch from 001"),
        ("000200000123", "begin with 000"),
    ],
)
def test_refused_with_its_reason(raw, words):
    with pytest.raises(Unreadable, match=words):
        tax_code.parse(raw)


def test_sequence_nought_is_refused_even_with_its_check_digit():
    total = 31 * 0 + 29 * 1
    with pytest.raises(Unreadable, match="One digit"):
        tax_code.parse(f"010000000{10 - total % 11}")


@pytest.mark.parametrize("last", range(10))
def test_a_code_without_a_check_digit_does_not_exist(last):
    with pytest.raises(Unreadable, match="One digit"):
        tax_code.parse(f"040999906{last}")


def test_organisations_have_no_personal_code():
    with pytest.raises(Unreadable, match="organisation's"):
        tax_code.parse("048200000123", personal=False)
    assert tax_code.parse("0409999013", personal=False) == "0409999013"


@pytest.mark.parametrize("personal", [False, True])
def test_hostile_values(hostile, personal):
    with pytest.raises(Unreadable):
        tax_code.parse(hostile, personal=personal)


@given(st.sampled_from(DEMONSTRATION), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_found(code, place, step):
    wrong = str((int(code[place]) + step) % 10)
    with pytest.raises(Unreadable):
        tax_code.parse(code[:place] + wrong + code[place + 1 :])


def test_personal_codes_are_masked():
    assert tax_code.is_personal("048200000123")
    assert tax_code.mask("048200000123") == "xxxxxxxxx123"
    assert not tax_code.is_personal("0314409058002")
    assert tax_code.mask("0314409058002") == "0314409058-002"
