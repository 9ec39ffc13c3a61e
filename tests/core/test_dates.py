from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import dates
from marketplace.core.parsing import Unreadable

DAYS = st.dates(dates.EARLIEST, dates.LATEST)


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("23/11/2026", date(2026, 11, 23)),
        ("12/08/2025", date(2025, 8, 12)),
        ("1/2/2026", date(2026, 2, 1)),
        (" 2026-11-23 ", date(2026, 11, 23)),
        ("29/02/2028", date(2028, 2, 29)),
        ("01/01/2000", dates.EARLIEST),
        ("31/12/2100", dates.LATEST),
    ],
)
def test_parse(raw, day):
    assert dates.parse(raw) == day


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("", "Enter a date"),
        ("23/11/26", "four digits"),
        ("23-11-2026", "four digits"),
        ("2026/11/23", "four digits"),
        ("20261123", "four digits"),
        ("2026-1-2", "four digits"),
        ("mai", "four digits"),
        ("11/23/2026", "no such day"),
        ("29/02/2026", "no such day"),
        ("00/00/0000", "no such day"),
        ("01/01/0001", "between 01/01/2000 and 31/12/2100"),
        ("31/12/1999", "between"),
        ("01/01/2101", "between"),
    ],
)
def test_refused_with_its_reason(raw, words):
    with pytest.raises(Unreadable, match=words):
        dates.parse(raw)


def test_bounds():
    with pytest.raises(Unreadable, match="01/01/2026"):
        dates.parse("31/12/2025", earliest=date(2026, 1, 1))


def test_hostile_values(hostile):
    with pytest.raises(Unreadable):
        dates.parse(hostile)
    with pytest.raises(Unreadable):
        dates.parse_quarter(hostile)


@given(DAYS)
def test_reads_what_it_writes(day):
    assert dates.parse(dates.to_input(day)) == day
    assert dates.parse(dates.format_date(day)) == day
    assert dates.parse(day.isoformat()) == day


def test_format():
    assert dates.format_date(date(2026, 2, 5)) == "05/02/2026"
    assert dates.format_date(date(2026, 2, 5), "en") == "5 Feb 2026"


@given(DAYS)
def test_quarters_cover_the_calendar(day):
    period = dates.quarter_of(day)
    assert day in period
    assert period.start - timedelta(days=1) not in period
    assert period.end + timedelta(days=1) not in period
    assert dates.quarter_of(period.end + timedelta(days=1)).start == period.end + timedelta(days=1)
    assert dates.parse_quarter(period.code) == period


def test_quarter():
    expected = dates.Period(date(2026, 10, 1), date(2026, 12, 31), "2026Q4")
    assert dates.quarter_of(date(2026, 11, 23)) == expected
    for number in (0, 5):
        with pytest.raises(ValueError, match="no quarter"):
            dates.quarter(2026, number)


@pytest.mark.parametrize("raw", ["2026Q5", "1999Q1", "2026q4", "Q4"])
def test_other_quarters_are_refused(raw):
    with pytest.raises(Unreadable, match="2026Q4"):
        dates.parse_quarter(raw)
