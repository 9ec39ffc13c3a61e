"""What is usual at a stage, and what a month holds: tables."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.desk import calendar
from marketplace.desk.stalling import LEAST, Norm, Step, is_stalled, norms

BEGIN = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


def way(key: int, days: float, mover: str = "deal.set_terms", kind: str = "small") -> list[Step]:
    """One deal that left «negotiating» after so many days."""
    record = ("deal", key)
    return [
        Step(record, kind, "deal.opened", False, None, None, BEGIN),
        Step(
            record,
            kind,
            mover,
            True,
            "negotiating",
            "negotiating",
            BEGIN + timedelta(days=days / 2),
        ),
        Step(
            record, kind, "deal.agree", False, "negotiating", "agreed", BEGIN + timedelta(days=days)
        ),
    ]


@pytest.mark.parametrize(
    ("days", "median"),
    [
        ([1, 2, 3, 4], None),  # four say nothing
        ([1, 2, 3, 4, 5], 3),
        ([5, 1, 4, 2, 3], 3),
        ([1, 1, 1, 1, 90], 1),
        ([1, 2, 3, 4, 5, 6], 3.5),
    ],
)
def test_the_median_of_those_that_moved_on(days, median):
    found, entered = norms(s for key, d in enumerate(days) for s in way(key, d))
    stage = ("small", "negotiating")
    assert (found[stage].median if stage in found else None) == (
        timedelta(days=median) if median else None
    )
    assert len(entered) == len(days)
    assert entered[("deal", 0)] == BEGIN + timedelta(days=days[0])


def test_the_step_that_moved_them_is_the_last_a_person_took():
    steps = [s for n in range(3) for s in way(n, 2, "match.reminded")]
    steps += [s for n in range(3, 7) for s in way(n, 2, "deal.accept_terms")]
    assert norms(steps)[0][("small", "negotiating")].step == "deal.accept_terms"


def test_kinds_are_judged_apart_and_waiting_ones_do_not_count():
    steps = [s for n in range(LEAST) for s in way(n, 1, kind="small")]
    steps += [s for n in range(10, 10 + LEAST) for s in way(n, 9, kind="deal")]
    steps += way(99, 500)[:2]  # still there
    found, entered = norms(steps)
    assert found[("small", "negotiating")].median == timedelta(days=1)
    assert found[("deal", "negotiating")].median == timedelta(days=9)
    assert entered[("deal", 99)] == BEGIN
    assert is_stalled(found[("small", "negotiating")], BEGIN, BEGIN + timedelta(days=2))
    assert not is_stalled(found[("deal", "negotiating")], BEGIN, BEGIN + timedelta(days=2))
    assert not is_stalled(None, BEGIN, BEGIN + timedelta(days=900))


def test_who_was_stopped_did_not_move_on():
    def stopped(key: int, name: str, after: str) -> list[Step]:
        end = BEGIN + timedelta(days=90)
        by_hand = Step(
            ("deal", key), "small", "deal.propose_end", True, "negotiating", "negotiating", end
        )
        leaving = Step(("deal", key), "small", name, True, "negotiating", after, end)
        return [way(key, 1)[0], by_hand, leaving]

    steps = [s for n in range(LEAST) for s in way(n, 2)]
    steps += [s for n in range(50, 70) for s in stopped(n, "deal.cancel", "cancelled")]
    steps += [s for n in range(70, 90) for s in stopped(n, "deal.terminate", "terminated")]
    norm = norms(steps)[0][("small", "negotiating")]
    assert (norm.median, norm.moved_on, norm.step) == (timedelta(days=2), LEAST, "deal.set_terms")
    assert not norms(steps[LEAST * 3 :])[0]


def test_as_many_days_as_usual_are_not_longer_than_usual():
    norm = Norm(timedelta(days=12, hours=1), 9, "")
    for hours, is_longer in ((2, False), (23, False), (25, True)):
        since = BEGIN - timedelta(days=12, hours=hours)
        assert is_stalled(norm, since, BEGIN) is is_longer


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-11", date(2026, 11, 1)),
        ("2026-13", None),
        ("2026-00", None),
        ("9999-01", None),
        ("26-1", None),
        ("", None),
        ("２０２６-11", None),
    ],
)
def test_a_month_in_an_address(text, month):
    assert calendar.month_of(text) == month


def test_months_follow_each_other_and_hold_all_their_days():
    assert calendar.beside(date(2026, 12, 1)) == (date(2026, 11, 1), date(2027, 1, 1))
    days = calendar.month(date(2028, 2, 1), [])
    assert (len(days), days[0].column) == (29, 2)
