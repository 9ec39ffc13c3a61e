from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import growing_area
from marketplace.core.growing_area import GrowingArea


def digits(n: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=n, max_size=n)


AREAS = st.builds(
    GrowingArea,
    province=digits(2),
    district=st.none() | digits(3),
    commune=digits(5),
    facility=st.integers(1, 9999).map("{:02}".format),
    year=digits(2),
)


@given(AREAS, st.sampled_from(["-", " ", ".", "/", " - ", "–"]))
def test_round_trip_however_it_is_joined(area, mark):
    assert growing_area.read(area.code.replace("-", mark).lower()) == area
    assert bool(growing_area.warnings(area.code)) == (area.district is not None)


@given(st.text())
def test_nothing_is_refused(raw):
    area = growing_area.read(raw)
    assert (area is None) <= bool(growing_area.warnings(raw))
    if area is not None:
        assert growing_area.read(area.code) == area


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("VN-48-20458-01-26", None),
        ("VN-49-504-20458-01-24", "Districts ended"),
        ("VN-ĐNOR-0012", "does not look like"),
        ("VN-48-20458-00-26", "does not look like"),
        ("VN-48-20458-1-26", "does not look like"),
        ("", "does not look like"),
    ],
)
def test_what_is_odd_is_said(raw, words):
    said = [str(text) for text in growing_area.warnings(raw)]
    if words is None:
        assert said == []
    else:
        assert len(said) == 1
        assert words in said[0]
