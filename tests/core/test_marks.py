"""Several members of an enumeration in one number."""

from __future__ import annotations

from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import marks


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


ORDER = tuple(Colour)


@given(st.sets(st.sampled_from(ORDER)))
def test_there_and_back(chosen):
    mask = marks.from_members(ORDER, chosen)
    assert set(marks.to_members(ORDER, mask)) == chosen
    assert 0 <= mask < 8


@pytest.mark.parametrize("mask", [-1, 8])
def test_no_mask_of_these(mask):
    with pytest.raises(ValueError, match="no mask"):
        marks.to_members(ORDER, mask)
