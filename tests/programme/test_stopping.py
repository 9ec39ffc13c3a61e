"""Days on which clocks stand: what they do to a deadline."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.programme.models import ClockStop
from marketplace.programme.rules import moved

BEGAN, DUE = date(2026, 12, 1), date(2026, 12, 8)
"""A Tuesday, and the Tuesday after."""


def stop(since: date, until: date | None) -> ClockStop:
    return ClockStop(subject_type="interest", subject_id=1, since=since, until=until, why="road")


@pytest.mark.parametrize(
    ("stops", "today", "due"),
    [
        ([], date(2026, 12, 4), DUE),
        ([stop(date(2026, 12, 3), date(2026, 12, 3))], date(2026, 12, 4), DUE),
        ([stop(date(2026, 12, 3), date(2026, 12, 4))], date(2026, 12, 9), date(2026, 12, 9)),
        # Saturday and Sunday were no working days anyway
        ([stop(date(2026, 12, 5), date(2026, 12, 7))], date(2026, 12, 9), DUE),
        # still standing: the deadline goes before today
        ([stop(date(2026, 12, 3), None)], date(2026, 12, 14), date(2026, 12, 18)),
        # what was late stays late
        ([stop(date(2026, 12, 9), None)], date(2026, 12, 20), DUE),
        # stops before it began count from its beginning on
        ([stop(date(2026, 11, 25), date(2026, 12, 3))], date(2026, 12, 4), date(2026, 12, 9)),
        # the second lies within the deadline the first has moved
        (
            [
                stop(date(2026, 12, 9), date(2026, 12, 10)),
                stop(date(2026, 12, 3), date(2026, 12, 4)),
            ],
            date(2026, 12, 20),
            date(2026, 12, 10),
        ),
    ],
)
def test_a_deadline_moves_by_the_working_days_stopped(stops, today, due):
    assert moved(DUE, BEGAN, stops, today) == due
