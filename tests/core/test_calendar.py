from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import calendar

DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(
    "free",
    [
        "2025-01-01",
        "2025-01-27",
        "2025-01-31",
        "2025-04-07",
        "2025-04-30",
        "2025-05-01",
        "2025-09-01",
        "2025-09-02",
        "2025-05-02",  # worked on Saturday, 26 April
        "2026-01-02",
        "2026-08-31",
        "2026-02-16",
        "2026-02-20",
        "2026-04-27",  # for Hùng Kings' day on a Sunday
        "2026-11-24",
        "2027-02-11",  # the second day given for Tết on a Saturday and Sunday
        "2027-05-03",  # for 1 May on a Saturday
        "2030-02-01",
        "2026-11-21",
        "2026-11-22",
    ],
)
def test_free_days(free):
    assert not calendar.is_working_day(date.fromisoformat(free))


@pytest.mark.parametrize(
    "working",
    [
        "2025-04-26",
        "2026-01-10",
        "2026-08-22",
        "2025-01-02",
        "2025-11-24",
        "2026-02-23",
        "2026-04-28",
        "2026-11-23",
        "2027-02-12",
    ],
)
def test_working_days(working):
    assert calendar.is_working_day(date.fromisoformat(working))


@pytest.mark.parametrize("year", calendar.KNOWN_YEARS)
def test_each_holiday_gives_a_free_working_day(year):
    weekdays = [d for d in calendar.public_holidays([year]) if d.weekday() < 5]
    assert len(weekdays) == (11 if year < 2026 else 12)


def test_years_outside_the_table():
    with pytest.raises(KeyError):
        calendar.public_holidays([2031])
    assert calendar.is_working_day(date(2031, 1, 1))


@pytest.mark.parametrize(
    ("day", "count", "deadline"),
    [
        ("2026-11-23", 0, "2026-11-23"),
        ("2026-11-23", 1, "2026-11-25"),  # over the day of culture
        ("2026-11-23", 3, "2026-11-27"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-21", 0, "2026-11-23"),
        ("2026-11-21", 1, "2026-11-23"),
        ("2026-02-13", 1, "2026-02-23"),
    ],
)
def test_add_working_days(day, count, deadline):
    found = calendar.add_working_days(date.fromisoformat(day), count)
    assert found == date.fromisoformat(deadline)


def test_other_holidays_can_be_given():
    day = date(2026, 11, 23)
    assert calendar.add_working_days(day, 1, frozenset()) == date(2026, 11, 24)
    assert not calendar.is_working_day(day, {day})


def test_counting_back_is_a_mistake():
    with pytest.raises(ValueError, match="forward"):
        calendar.add_working_days(date(2026, 11, 23), -1)


@given(DAYS, st.integers(1, 30))
def test_as_many_working_days_lie_between(day, count):
    deadline = calendar.add_working_days(day, count)
    between = [day + timedelta(days=n) for n in range(1, (deadline - day).days + 1)]
    assert sum(map(calendar.is_working_day, between)) == count
    assert calendar.is_working_day(deadline)


@pytest.mark.parametrize(
    ("day", "count", "before"),
    [
        ("2026-11-27", 0, "2026-11-27"),
        ("2026-11-28", 0, "2026-11-28"),
        ("2026-11-27", 1, "2026-11-26"),
        ("2026-11-27", 3, "2026-11-23"),  # over the day of culture
        ("2026-11-30", 5, "2026-11-20"),
        ("2026-02-23", 1, "2026-02-13"),
    ],
)
def test_working_days_before(day, count, before):
    found = calendar.working_days_before(date.fromisoformat(day), count)
    assert found == date.fromisoformat(before)


def test_before_is_not_after():
    with pytest.raises(ValueError, match="counted from it"):
        calendar.working_days_before(date(2026, 11, 23), -1)


@given(DAYS, st.integers(1, 30))
def test_before_undoes_after(day, count):
    deadline = calendar.add_working_days(day, count)
    back = calendar.working_days_before(deadline, count)
    assert back <= day or not calendar.is_working_day(day)
    assert calendar.add_working_days(back, count) == deadline


def test_end_of_working_day():
    moment = calendar.end_of_working_day(date(2026, 11, 23))
    assert moment == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    assert moment.tzinfo is UTC
