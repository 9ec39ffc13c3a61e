"""When something is due, and where a case hangs."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from marketplace.core import clock
from marketplace.deals import services as deals
from marketplace.deals.rules import DealState
from marketplace.desk import queries, showing
from marketplace.desk.board import COLUMN_LABELS, COLUMN_OF, ON_BOARD, Column
from marketplace.desk.rules import (
    ALLOWED,
    QUEUE_LABELS,
    WAITING_LABELS,
    Due,
    Queue,
    Waiting,
    due_after,
    due_when,
)
from marketplace.matching.rules import Answer, MatchState

WEDNESDAY = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


def test_every_state_of_a_match_and_a_deal_has_its_column():
    assert set(COLUMN_OF) == {*MatchState, *DealState}
    assert set(COLUMN_OF.values()) == set(Column) == set(COLUMN_LABELS)
    assert len(ON_BOARD) == 5
    assert Column.STOPPED not in ON_BOARD


def test_everything_that_waits_has_a_word():
    assert set(QUEUE_LABELS) == set(Queue)
    assert set(WAITING_LABELS) == set(Waiting)


@pytest.mark.parametrize(
    ("due", "when"),
    [
        (date(2026, 11, 17), Due.LATE),
        (date(2026, 11, 18), Due.TODAY),
        (date(2026, 11, 19), Due.WEEK),
        (date(2026, 11, 22), Due.WEEK),
        (date(2026, 11, 23), Due.LATER),
        (None, Due.LATER),
    ],
)
def test_when_something_is_due(due, when):
    with clock.at(WEDNESDAY):
        assert due_when(due) is when


def test_due_days_are_working_days_in_vietnam():
    late_evening = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)  # Saturday there already
    assert due_after(Queue.APPROVE, WEDNESDAY) == date(2026, 11, 20)
    assert due_after(Queue.CALL, late_evening) == date(2026, 11, 23)
    assert all(days > 0 for days in ALLOWED.values())


def test_what_happened_before_seven_in_the_morning_was_not_the_day_before(world):
    with clock.at(datetime(2026, 11, 20, 18, 30, tzinfo=UTC)):  # half past one there
        match = world.proposed()
        deals.answer_match(
            world.actor("coop"), match.public_id, Answer.NO, reason="other", note="Chưa hợp."
        )
        (case,) = queries.cases(world.actor("official_1"))
        assert showing.due(case).params["day"] == date(2026, 11, 21)
