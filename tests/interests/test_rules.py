"""Who may do what to an interest, in which state."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta

import pytest

from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import OrganisationState
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Blocked
from marketplace.interests import services
from marketplace.interests.rules import (
    INTEREST,
    PAPERS,
    InterestState,
    may_see_contacts,
    next_step,
    progress,
)
from marketplace.programme import stopping
from tests.tables import COMMUNE, OFFICERS, allowed, everyone, written

LIVE = {"submitted", "acknowledged", "info_requested", "accepted"}
BEGUN = {"draft", "withdrawn"}

TABLE = {
    "sent": (BEGUN, {"hotel", "system"}),
    "acknowledge": ({"submitted"}, {"coop", *COMMUNE}),
    "ask": ({"submitted", "acknowledged"}, {"coop", *COMMUNE}),
    "inform": ({"info_requested"}, {"hotel"}),
    "ask_again_yes": ({"declined"}, {"hotel"}),
    "ask_again_no": ({"declined"}, {"hotel"}),
    "accept": ({"acknowledged"}, {"coop", *COMMUNE}),
    "decline": ({"submitted", "acknowledged", "info_requested"}, {"coop", *COMMUNE}),
    "withdraw": (LIVE, {"hotel"}),
    "take_back": (LIVE, {"system"}),
    "lapse": (LIVE, {"system"}),
    "convert": ({"accepted"}, OFFICERS),
    "choose": ({"acknowledged", "accepted"}, {"system"}),
    "pass_over": (LIVE, {"system"}),
}


def test_the_table_of_an_interest_in_produce(world):
    interest = world.interest(world.published())
    assert allowed(INTEREST, interest, everyone(world)) == written(TABLE)


def test_the_table_of_an_interest_in_an_opportunity(world):
    """The commune itself is the owner: its officials answer in their own right."""
    interest = world.interest(world.opportunity(), "investor", None)
    table = TABLE | {
        "sent": (BEGUN, {"investor", "system"}),
        "acknowledge": ({"submitted"}, COMMUNE),
        "ask": ({"submitted", "acknowledged"}, COMMUNE),
        "inform": ({"info_requested"}, {"investor"}),
        "ask_again_yes": ({"declined"}, {"investor"}),
        "ask_again_no": ({"declined"}, {"investor"}),
        "accept": ({"acknowledged"}, COMMUNE),
        "decline": ({"submitted", "acknowledged", "info_requested"}, COMMUNE),
        "withdraw": (LIVE, {"investor"}),
    }
    assert allowed(INTEREST, interest, everyone(world)) == written(table)


def test_a_household_is_spoken_for_by_its_cooperative_only(world):
    interest = world.interest(world.published())
    household = interest.listing.organisation
    household.cooperative_id = world.organisations["other_coop"]
    db.session.flush()
    actors = everyone(world)
    assert INTEREST.available(interest, actors["other_coop"])
    assert not INTEREST.available(interest, actors["restaurant"])
    unverified = dataclasses.replace(actors["other_coop"], organisation_verified=False)
    assert not INTEREST.available(interest, unverified)


def test_while_a_clock_stands_the_next_step_says_why_and_counts_nothing_down(world):
    interest = world.interest(world.published())
    assert "by" in str(next_step(interest))
    stopping.stop([interest], "road")
    db.session.expire(interest, ["stops"])
    said = str(next_step(interest))
    assert "Road closed, landslide or flood" in said
    assert "acknowledge it by" not in said
    stopping.let_run([interest])
    db.session.expire(interest, ["stops"])
    assert "acknowledge it by" in str(next_step(interest))


def test_the_days_to_answer_a_question_do_not_run_while_a_clock_stands(world):
    interest = world.interest(world.published())
    services.answer(
        world.actor("coop"), interest.public_id, "ask", reason="terms", note="Giao ở đâu?"
    )
    assert interest.inform_by == date(2026, 12, 7)
    stopping.stop([interest], "road")
    db.session.expire(interest, ["stops"])
    with clock.at(clock.now() + timedelta(days=30)):
        assert interest.inform_by > clock.today()


@pytest.mark.parametrize("who", ["coop", "hotel"])
def test_nothing_is_accepted_while_one_side_is_not_verified(world, who):
    interest, coop = world.interest(world.published()), world.actor("coop")
    services.answer(coop, interest.public_id, "acknowledge")
    world.organisation(who).state = OrganisationState.SUSPENDED
    db.session.commit()
    with pytest.raises(Blocked) as refused:
        services.answer(coop, interest.public_id, "accept")
    assert "not verified" in str(refused.value.text)
    world.organisation(who).state = OrganisationState.VERIFIED
    db.session.commit()
    assert services.answer(coop, interest.public_id, "accept").contacts_open


@pytest.mark.parametrize("state", list(InterestState))
def test_contacts_open_with_the_yes_and_for_officials_always(world, state):
    interest = world.interest(world.published())
    interest.state = state
    seeing = {who for who, a in everyone(world).items() if may_see_contacts(a, interest)}
    is_open = state in {InterestState.ACCEPTED, InterestState.CONVERTED}
    assert seeing == OFFICERS | ({"coop", "hotel"} if is_open else set())


@pytest.mark.parametrize(
    ("state", "days", "late"),
    [
        ("submitted", 0, False),
        ("submitted", 6, False),
        ("submitted", 7, True),
        ("acknowledged", 14, False),
        ("acknowledged", 21, True),
        ("accepted", 60, False),
        ("declined", 60, False),
    ],
)
def test_lateness_is_counted_in_working_days(world, state, days, late):
    """Sent on Friday 20/11: three working days end on Thursday 26/11, for Tuesday is a holiday."""
    interest = world.interest(world.published())
    interest.state = InterestState(state)
    with clock.at(clock.now() + timedelta(days=days)):
        assert interest.is_late is late


CLOCKS = [  # sent, to be acknowledged by, to be answered by: counted by hand on a wall calendar
    ("2025-12-29", "2026-01-05", "2026-01-13"),  # New Year, 2/1 exchanged for Saturday 10/1
    ("2026-01-08", "2026-01-12", "2026-01-21"),  # over the Saturday that was worked
    ("2026-02-12", "2026-02-24", "2026-03-05"),  # Tết, 16 to 20 February
    ("2026-04-22", "2026-04-28", "2026-05-11"),  # Hùng Kings' day made up on 27/4; 30/4, 1/5
    ("2026-07-01", "2026-07-06", "2026-07-15"),  # nothing but weekends
    ("2026-08-20", "2026-08-24", "2026-09-07"),  # Saturday 22/8 worked for 31/8; 1 and 2/9
    ("2026-08-28", "2026-09-07", "2026-09-16"),
    ("2026-11-20", "2026-11-26", "2026-12-07"),  # the day of culture, 24/11
    ("2027-02-03", "2027-02-15", "2027-02-24"),  # Tết on a Saturday: made up on 10 and 11/2
]


@pytest.mark.parametrize(("sent", "acknowledge_by", "answer_by"), CLOCKS)
def test_the_clocks_of_a_year_know_its_holidays(world, sent, acknowledge_by, answer_by):
    interest = world.interest(world.published())
    interest.sent_at = noon(sent)
    for state, until in (("submitted", acknowledge_by), ("acknowledged", answer_by)):
        interest.state = InterestState(state)
        day = date.fromisoformat(until)
        assert interest.due_on == day
        with clock.at(noon(until)):
            assert not interest.is_late
        with clock.at(noon(until) + timedelta(days=1)):
            assert interest.is_late


def noon(day):
    return datetime.fromisoformat(f"{day}T05:00:00+00:00")


def test_waiting_for_the_sender_counts_against_nobody(world):
    """Asked before Tết, answered two weeks after it: nobody was late, and the days begin anew."""
    interest = world.interest(world.published())
    interest.sent_at, interest.asked_at = noon("2026-02-09"), noon("2026-02-11")
    interest.state = InterestState.INFO_REQUESTED
    assert interest.inform_by == date(2026, 3, 4)  # ten working days, Tết left out
    with clock.at(noon("2026-03-20")):
        assert (interest.is_late, interest.due_on) == (False, None)
    interest.informed_at, interest.state = noon("2026-03-09"), InterestState.SUBMITTED
    assert interest.due_on == date(2026, 3, 12)
    interest.state = InterestState.ACKNOWLEDGED
    assert interest.due_on == date(2026, 3, 23)


def test_papers_keep_their_bits():
    """New papers go to the end; the order of these is in the database."""
    assert [paper.value for paper in PAPERS][:14] == [
        "commitment",
        "food_safety",
        "ocop",
        "vietgap",
        "organic",
        "pgs",
        "globalgap",
        "haccp",
        "iso_22000",
        "safe_chain",
        "growing_area",
        "self_declaration",
        "liquor",
        "harvest",
    ]


@pytest.mark.parametrize("state", list(InterestState))
def test_every_state_has_steps_and_a_next_step(world, state):
    interest = world.interest(world.published())
    interest.state = state
    steps = progress(interest)
    assert sum(step.state == "now" for step in steps) == (
        0 if state is InterestState.CONVERTED else 1
    )
    assert str(next_step(interest))


def test_nobody_manages_an_organisation_they_left(world):
    assert db.session.get(Organisation, world.organisations["hotel"]) is not None
    stranger = dataclasses.replace(world.actor("hotel"), organisation_id=None)
    interest = world.interest(world.published())
    assert INTEREST.available(interest, stranger) == []
