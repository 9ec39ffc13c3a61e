"""Who may do what in a selection, who is kept from deciding, and how points are counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.models import ActingRecord, Membership
from marketplace.accounts.rules import ActingHow
from marketplace.choosing import services
from marketplace.choosing.rules import (
    SELECTION,
    average,
    has_hand,
    is_decider,
    standings,
    total,
    what_is_missing,
)
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.roles import Role
from tests.tables import COMMUNE, OFFICERS, allowed, everyone, written

SCORING = {"scoring"}


def test_the_table_before_anyone_declared(world, story):
    selection = story.begun()
    assert allowed(SELECTION, selection, everyone(world)) == written(
        {
            "begin": ({"open"}, COMMUNE | {"system"}),
            "void": ({"open"}, COMMUNE),
            "declare": (SCORING, OFFICERS - {"official_1"}),
            "decide": (SCORING, {"system"}),
            "find_nobody": (SCORING, {"system"}),
        }
    )


def test_the_table_once_two_have_scored(world, story):
    selection = story.scored()
    table = allowed(SELECTION, selection, everyone(world))
    deciders = {"official_2", "leader", "ward_official_1"}
    assert {t for t in table if t[0] in {"declare", "score", "propose", "turn_key"}} == written(
        {
            "declare": (SCORING, OFFICERS - {"official_1"} - deciders),
            "score": (SCORING, deciders),
            "propose": (SCORING, {"official_2", "leader"}),  # the ward keeps one for its key
        }
    )


def test_nobody_proposes_where_no_key_would_be_left(world, story):
    selection = story.scored(deciders=("official_2", "ward_official_1"))
    for who in ("official_2", "ward_official_1"):
        assert not SELECTION.allows(selection, "propose", world.actor(who))
    assert any("turns no key" in str(text) for text in what_is_missing(selection))


def test_the_table_of_a_proposed_result(world, story):
    """Points stand now; neither key is the proposer's, so the other deciders turn them."""
    selection = story.proposed()
    table = allowed(SELECTION, selection, everyone(world))
    assert {t for t in table if t[0] in {"score", "propose", "turn_key", "send_back"}} == written(
        dict.fromkeys(("turn_key", "send_back"), (SCORING, {"leader", "ward_official_1"}))
    )


@pytest.mark.parametrize(
    ("why", "kept"),
    [
        ("nothing", False),
        ("wrote the call", True),
        ("opened it", True),
        ("is of an applicant", True),
        ("was of an applicant", True),
        ("recorded the interest", True),
        ("sent the interest", True),
        ("declared a conflict", True),
    ],
)
def test_who_stands_near_does_not_decide(world, story, why, kept):
    selection = story.begun()
    someone = world.actor("ward_official_2")
    applicant = selection.applicants[0]
    now = clock.now()
    if why == "wrote the call":
        selection.listing.submitted_by_id = someone.user_id
    elif why == "opened it":
        selection.opened_by_id = someone.user_id
    elif why in {"is of an applicant", "was of an applicant"}:
        db.session.add(
            Membership(
                user_id=someone.user_id,
                organisation_id=applicant.interest.organisation_id,
                role=Role.MEMBER,
                created_at=now,
                ended_at=now if why.startswith("was") else None,
            )
        )
    elif why == "recorded the interest":
        db.session.add(
            ActingRecord(
                subject_type="interest",
                subject_id=applicant.interest_id,
                user_id=someone.user_id,
                by_organisation_id=someone.organisation_id,
                for_organisation_id=applicant.interest.organisation_id,
                how=ActingHow.CALL,
                said_on=clock.today(),
                at=now,
            )
        )
    elif why == "sent the interest":
        applicant.interest.sent_by_id = someone.user_id
    db.session.flush()
    db.session.expire_all()
    if has_hand(someone, selection):
        assert not SELECTION.allows(selection, "declare", someone)
    else:
        conflict = why == "declared a conflict"
        services.declare(someone, selection.public_id, has_conflict=conflict, words="Anh em họ.")
    assert is_decider(someone, selection) is not kept


def test_an_interest_found_later_takes_the_right_to_decide_away(world, story):
    selection = story.proposed()
    someone = world.actor("ward_official_1")
    assert SELECTION.allows(selection, "turn_key", someone)
    selection.applicants[1].interest.sent_by_id = someone.user_id
    db.session.flush()
    assert not SELECTION.allows(selection, "turn_key", someone)


def test_points_are_weighed():
    assert total({1: 10, 2: 10}, {1: 60, 2: 40}) == 1000
    assert total({1: 5, 2: 0}, {1: 60, 2: 40}) == 300
    assert average([300, 301]) == 301, "halves go up"
    assert average([]) is None


@given(st.dictionaries(st.integers(), st.integers(0, 1000), max_size=9))
def test_more_points_are_never_a_worse_place(points):
    places = standings(points)
    for one in points:
        for other in points:
            assert (points[one] > points[other]) == (places[one] < places[other])
    assert not places or min(places.values()) == 1
