"""When searches and reminders are due: tables by the hour."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.alerts.rules import (
    OF_WATCHED,
    REMIND_DAYS,
    Rhythm,
    began_in_time,
    due_reminder,
    is_due,
    last_morning,
)
from marketplace.core import clock
from tests.alerts.days import moment

# 20 November 2026 is a Friday, the 23rd a Monday


@pytest.mark.parametrize(
    ("rhythm", "now", "last"),
    [
        (Rhythm.DAILY, ("20", "06:59"), ("19", "07:00")),
        (Rhythm.DAILY, ("20", "07:00"), ("20", "07:00")),
        (Rhythm.DAILY, ("20", "23:59"), ("20", "07:00")),
        (Rhythm.WEEKLY, ("20", "09:00"), ("16", "07:00")),
        (Rhythm.WEEKLY, ("23", "06:59"), ("16", "07:00")),
        (Rhythm.WEEKLY, ("23", "07:00"), ("23", "07:00")),
        (Rhythm.WEEKLY, ("29", "23:00"), ("23", "07:00")),
        (Rhythm.AT_ONCE, ("20", "03:11"), ("20", "03:11")),
    ],
)
def test_mornings_are_vietnamese_ones(rhythm, now, last):
    assert last_morning(rhythm, moment(*now)) == moment(*last)


@pytest.mark.parametrize(
    ("rhythm", "checked", "now", "due"),
    [
        (Rhythm.AT_ONCE, ("20", "09:00"), ("20", "09:00"), True),
        (Rhythm.DAILY, ("20", "06:00"), ("20", "06:59"), False),
        (Rhythm.DAILY, ("20", "06:00"), ("20", "07:00"), True),
        (Rhythm.DAILY, ("20", "07:00"), ("20", "07:01"), False),
        (Rhythm.DAILY, ("20", "07:00"), ("21", "06:59"), False),
        (Rhythm.DAILY, ("17", "07:00"), ("20", "15:00"), True),
        (Rhythm.DAILY, ("20", "15:00"), ("21", "07:00"), True),
        (Rhythm.WEEKLY, ("20", "09:00"), ("22", "23:59"), False),
        (Rhythm.WEEKLY, ("20", "09:00"), ("23", "07:00"), True),
        (Rhythm.WEEKLY, ("23", "07:00"), ("29", "12:00"), False),
    ],
)
def test_a_search_is_due_once_for_each_morning(rhythm, checked, now, due):
    assert is_due(rhythm, moment(*checked), moment(*now)) is due


@pytest.mark.parametrize(
    ("day", "last", "days"),
    [
        (12, 20, None),
        (13, 20, 7),
        (18, 20, 7),
        (19, 20, 1),
        (20, 20, 1),
        (21, 20, None),
    ],
)
def test_the_nearest_reminder_is_due(day, last, days):
    assert due_reminder(date(2026, 11, day), date(2026, 11, last)) == days
    assert due_reminder(date(2026, 11, day), None) is None


def test_who_began_within_the_last_days_has_read_the_date():
    last = date(2026, 11, 20)
    assert began_in_time(date(2026, 11, 13), last, 7)
    assert not began_in_time(date(2026, 11, 14), last, 7)
    assert began_in_time(date(2026, 11, 14), last, 1)
    assert REMIND_DAYS == (7, 1)


def test_hiding_is_told_to_nobody():
    assert not any(name.startswith("listing_visibility") for name in OF_WATCHED)
    assert clock.VIETNAM.key == "Asia/Ho_Chi_Minh"
