"""Who may do what to an interest, in which state."""

from __future__ import annotations

import dataclasses

import pytest

from marketplace.accounts.models import Organisation
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.interests.rules import (
    INTEREST,
    InterestState,
    may_see_contacts,
    next_step,
    progress,
)
from tests.tables import COMMUNE, OFFICERS, allowed, everyone, written

LIVE = {"submitted", "acknowledged", "accepted"}

TABLE = {
    "acknowledge": ({"submitted"}, {"coop", *COMMUNE}),
    "accept": ({"acknowledged"}, {"coop", *COMMUNE}),
    "decline": ({"submitted", "acknowledged"}, {"coop", *COMMUNE}),
    "withdraw": (LIVE, {"hotel"}),
    "lapse": (LIVE, {"system"}),
    "convert": ({"accepted"}, OFFICERS),
}


def test_the_table_of_an_interest_in_produce(world):
    interest = world.interest(world.published())
    assert allowed(INTEREST, interest, everyone(world)) == written(TABLE)


def test_the_table_of_an_interest_in_an_opportunity(world):
    """The commune itself is the owner: its officials answer in their own right."""
    interest = world.interest(world.opportunity(), "investor", None)
    table = TABLE | {
        "acknowledge": ({"submitted"}, COMMUNE),
        "accept": ({"acknowledged"}, COMMUNE),
        "decline": ({"submitted", "acknowledged"}, COMMUNE),
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
    from datetime import timedelta

    with clock.at(clock.now() + timedelta(days=days)):
        assert interest.is_late is late


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
