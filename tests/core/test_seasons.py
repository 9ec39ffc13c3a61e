from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import seasons
from marketplace.core.parsing import Unreadable

MASKS = st.integers(0, seasons.FULL_YEAR)
MONTH = st.sampled_from(seasons.MONTHS)


@given(MASKS)
def test_reads_what_it_writes(mask):
    assert seasons.from_months(seasons.to_months(mask)) == mask
    assert seasons.parse(seasons.to_input(mask)) == mask


@given(MASKS, MONTH)
def test_in_season_and_next(mask, month):
    months = seasons.to_months(mask)
    assert seasons.in_season(mask, month) == (month in months)
    expected = min(months, key=lambda m: (m - month) % 12, default=None)
    assert seasons.next_month(mask, month) == expected


@given(MASKS)
def test_spans_cover_the_season_once(mask):
    covered = []
    for first, last in seasons.spans(mask):
        length = (last - first) % 12 + 1
        covered += [(first - 1 + n) % 12 + 1 for n in range(length)]
    assert sorted(covered) == seasons.to_months(mask)


@pytest.mark.parametrize(
    ("months", "spans"),
    [
        ([], []),
        ([5], [(5, 5)]),
        ([9, 10], [(9, 10)]),
        ([10, 11, 12, 1, 2], [(10, 2)]),
        ([1, 5, 6, 12], [(5, 6), (12, 1)]),
        ([1, 3], [(1, 1), (3, 3)]),
        (range(1, 13), [(1, 12)]),
        ([m for m in range(1, 13) if m != 7], [(8, 6)]),
    ],
)
def test_spans(months, spans):
    assert seasons.spans(seasons.from_months(months)) == spans


@pytest.mark.parametrize("values", [["0"], ["13"], ["1", "x"], ["01"], ["１"], ["1.0"], ["-1"]])
def test_other_boxes_are_refused(values):
    with pytest.raises(Unreadable, match="from 1 to 12"):
        seasons.parse(values)


def test_hostile_values(hostile):
    with pytest.raises(Unreadable):
        seasons.parse([hostile])


def test_mistakes_of_the_program():
    for wrong in (0, 13, -1):
        with pytest.raises(ValueError, match="no month"):
            seasons.in_season(1, wrong)
    for wrong in (-1, 0x1000):
        with pytest.raises(ValueError, match="no mask"):
            seasons.to_months(wrong)
