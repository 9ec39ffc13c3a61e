from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import gtin
from marketplace.core.parsing import Unreadable

BODIES = st.text("0123456789", min_size=12, max_size=12)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        # 4006381333931 and 5901234123457 are the worked examples printed in textbooks
        ("4006381333931", "4006381333931"),
        ("5 901234 123457", "5901234123457"),
        ("893-0000-000019", "8930000000019"),
        (gtin.EXAMPLE, gtin.EXAMPLE),
    ],
)
def test_valid(raw, code):
    assert gtin.parse(raw) == code
    assert gtin.parse(gtin.display(code)) == code


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("", "13 digits"),
        ("893000000001", "13 digits"),
        ("89300000000199", "13 digits"),
        ("893000000001x", "13 digits"),
        ("8930000000018", "One digit"),
        ("4006381333932", "One digit"),
    ],
)
def test_refused_with_its_reason(raw, words):
    with pytest.raises(Unreadable, match=words):
        gtin.parse(raw)


def test_hostile_values(hostile):
    with pytest.raises(Unreadable):
        gtin.parse(hostile)


@given(BODIES)
def test_round_trip(body):
    code = body + str(gtin.check_digit(body))
    assert gtin.parse(gtin.display(code)) == code


@given(BODIES, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_found(body, place, step):
    code = body + str(gtin.check_digit(body))
    wrong = str((int(code[place]) + step) % 10)
    with pytest.raises(Unreadable, match="One digit"):
        gtin.parse(code[:place] + wrong + code[place + 1 :])


def test_a_foreign_prefix_is_a_warning_only():
    assert gtin.warnings("8930000000019") == ()
    (warning,) = gtin.warnings("4006381333931")
    assert "893" in str(warning)
