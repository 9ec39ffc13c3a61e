"""Dates and conditions, and who may do what to a paper in which state."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.db import db
from marketplace.papers import services
from marketplace.papers.rules import (
    PAPER,
    REMIND_DAYS,
    Condition,
    condition_on,
    due_reminder,
    latest_end,
    latest_prolongation,
    months_later,
)
from marketplace.papers.types import PaperType
from tests.tables import COMMUNE, allowed, everyone, written

DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 15), 36, date(2029, 1, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
    ],
)
def test_months_later(day, months, later):
    assert months_later(day, months) == later


@given(DAYS, st.integers(0, 120))
def test_months_later_keeps_order_and_month(day, months):
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1
    assert months_later(day + timedelta(days=1), months) >= later


@pytest.mark.parametrize(
    ("kind", "end"),
    [
        (PaperType.OCOP, date(2029, 1, 15)),
        (PaperType.VIETGAP, date(2028, 1, 15)),
        (PaperType.COMMITMENT, date(2029, 1, 15)),
        (PaperType.PGS, date(2027, 1, 15)),
        (PaperType.GROWING_AREA, None),
    ],
)
def test_the_longest_term_of_a_type(kind, end):
    assert latest_end(kind, date(2026, 1, 15)) == end


def test_only_vietgap_is_prolonged_by_three_months():
    for kind in PaperType:
        longest = latest_prolongation(kind, date(2028, 11, 30))
        assert longest == (date(2029, 2, 28) if kind is PaperType.VIETGAP else None)
    assert latest_prolongation(PaperType.VIETGAP, None) is None


@given(DAYS, st.integers(-400, 400))
def test_condition_and_reminder_follow_from_the_days_left(day, left):
    until = day + timedelta(days=left)
    expected = (
        Condition.EXPIRED if left < 0 else Condition.EXPIRING if left <= 180 else Condition.VALID
    )
    assert condition_on(day, until) is expected
    reminder = due_reminder(day, until)
    if left < 0:
        assert reminder == -1
    elif left > 180:
        assert reminder is None
    else:
        assert reminder == next(d for d in sorted(REMIND_DAYS) if left <= d)


def test_what_has_no_last_day_never_ends():
    assert condition_on(date(2100, 12, 31), None) is Condition.VALID
    assert due_reminder(date(2100, 12, 31), None) is None


JUDGES = COMMUNE
OWNERS = COMMUNE | {"coop"}


def test_the_table_of_a_paper(world, story):
    """Officials of the locality judge; the owner's people and whoever records them send again."""
    paper = story.paper()
    assert allowed(PAPER, paper, everyone(world)) == written(
        {
            "verify": ({"submitted"}, JUDGES),
            "return": ({"submitted"}, JUDGES),
            "resubmit": ({"returned"}, OWNERS),
            "suspend": ({"verified"}, JUDGES),
            "restore": ({"suspended"}, JUDGES),
            "revoke": ({"verified", "suspended"}, JUDGES),
        }
    )


def test_whoever_recorded_it_does_not_judge_it(world, story):
    household = story.household()
    paper = services.add(
        world.actor("official_1"),
        household.id,
        PaperType.COMMITMENT,
        story.values(PaperType.COMMITMENT),
        story.told,
    )
    judging = {
        who for action, _s, who in allowed(PAPER, paper, everyone(world)) if action == "verify"
    }
    assert judging == COMMUNE - {"official_1"}


def test_an_official_who_belongs_to_the_owner_does_not_judge(world, story):
    from marketplace.accounts.models import Membership
    from marketplace.core import clock
    from marketplace.core.roles import Role

    paper = story.paper()
    db.session.add(
        Membership(
            user_id=world.users["official_2"],
            organisation_id=world.organisations["coop"],
            role=Role.MEMBER,
            created_at=clock.now(),
        )
    )
    db.session.flush()
    db.session.expire_all()
    judging = {
        who for action, _s, who in allowed(PAPER, paper, everyone(world)) if action == "verify"
    }
    assert judging == COMMUNE - {"official_2"}
