"""Who may do what to a question, in which state; and until which day questions are taken."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.questions import services
from marketplace.questions.rules import (
    QUESTION,
    QuestionState,
    may_answer,
    may_answer_officially,
    may_ask,
    may_see_asker,
    may_set_date,
    usual_date,
)
from tests.tables import COMMUNE, OFFICERS, WARD, allowed, everyone, written

ASKED = {"asked"}
ANY = {"asked", "answered", "declined"}


def asked(world, listing, who="hotel"):
    return services.ask(world.actor(who), listing.public_id, "Giao mỗi thứ ba được không?")


def those_who(rule, world, subject):
    return {who for who, actor in everyone(world).items() if rule(actor, subject)}


def test_the_table_of_a_question_about_produce(world):
    """One key: the commune's officials decide, and may record the producer's answer."""
    table = {
        "answered": (ASKED, {"coop", *COMMUNE}),
        "declined": (ASKED, {"coop", *COMMUNE}),
        "removed": (ANY, COMMUNE),
    }
    question = asked(world, world.published())
    assert allowed(QUESTION, question, everyone(world)) == written(table)


def test_the_table_of_a_question_about_an_opportunity(world):
    """Two keys: the commune is the owner itself, the ward may answer officially."""
    table = {
        "answered": (ASKED, OFFICERS),
        "declined": (ASKED, COMMUNE),
        "removed": (ANY, OFFICERS),
    }
    question = asked(world, world.opportunity())
    assert allowed(QUESTION, question, everyone(world)) == written(table)
    assert those_who(may_answer_officially, world, question) == WARD
    assert those_who(may_answer, world, question) == COMMUNE


def test_who_asks(world):
    """Members of verified organisations who have no part in answering."""
    others = {"other_coop", "hotel", "restaurant", "investor"}
    elsewhere = {"official elsewhere"}
    assert those_who(may_ask, world, world.published()) == others | WARD | elsewhere
    assert those_who(may_ask, world, world.opportunity()) == others | {"coop"} | elsewhere
    hotel = dataclasses.replace(world.actor("hotel"), organisation_verified=False)
    assert not may_ask(hotel, world.published(title="Gừng"))


def test_nobody_answers_what_they_asked(world):
    """A ward official who asked and later works for the commune has no hand in the answer."""
    question = asked(world, world.published(), "ward_official_1")
    moved = dataclasses.replace(
        world.actor("official_1"), user_id=world.actor("ward_official_1").user_id
    )
    for rule in (may_answer, may_answer_officially):
        assert rule(world.actor("official_1"), question)
        assert not rule(moved, question)
    assert QUESTION.available(question, moved) == []


def test_who_sees_the_asker(world):
    question = asked(world, world.published())
    assert those_who(may_see_asker, world, question) == OFFICERS | {"hotel"}


def test_who_sets_the_last_day(world):
    assert those_who(may_set_date, world, world.published()) == {"coop", *COMMUNE}


@pytest.mark.parametrize(
    ("published", "closes", "expected"),
    [
        ("2026-11-20", None, None),
        ("2026-11-20", "2026-12-31", "2026-12-24"),
        ("2026-11-20", "2026-12-01", "2026-11-23"),  # the day of culture does not count
        ("2026-11-20", "2026-11-30", "2026-11-20"),
        ("2026-11-20", "2026-11-25", "2026-11-20"),  # shortly before: its first day at least
        ("2026-11-20", "2026-11-20", "2026-11-20"),
        ("2026-11-20", "2026-11-19", "2026-11-19"),  # never after it closes
        (None, "2026-12-31", "2026-12-24"),
    ],
)
def test_the_usual_last_day(published, closes, expected):
    day = lambda text: date.fromisoformat(text) if text else None  # noqa: E731
    assert usual_date(day(published), day(closes)) == day(expected)


@pytest.mark.parametrize(
    ("state", "days", "late"),
    [
        ("asked", 0, False),
        ("asked", 6, False),
        ("asked", 7, True),
        ("answered", 60, False),
        ("declined", 60, False),
        ("removed", 60, False),
    ],
)
def test_lateness_is_counted_in_working_days(world, state, days, late):
    """Asked on Friday 20/11: three working days end on Thursday 26/11, for Tuesday is a holiday."""
    question = asked(world, world.published())
    with db.session.no_autoflush, clock.at(clock.now() + timedelta(days=days)):
        question.state = QuestionState(state)
        assert question.is_late is late
        assert (question.due_on is not None) == (state == "asked")
    db.session.rollback()
