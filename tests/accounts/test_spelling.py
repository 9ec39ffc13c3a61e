"""Other spellings of a number or address are not other people, and not other tries."""

from __future__ import annotations

import pytest

from marketplace.accounts import services, throttle
from marketplace.accounts.models import User
from marketplace.accounts.rules import OrganisationKind
from marketplace.accounts.services import HouseholdValues
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed
from tests.world import World

SPELLINGS = (
    "0912345678",
    "0912 345 678",
    "0912.345.678",
    "+84912345678",
    "84 912 345 678",
    "091 234 5678",
    "0912-345-678",
)


@pytest.mark.parametrize("sign_in", [services.sign_in, services.sign_in_by_code])
def test_guesses_are_counted_however_the_number_is_typed(world: World, sign_in) -> None:
    for spelling in SPELLINGS[:5]:
        with pytest.raises(Invalid):
            sign_in(spelling, "22223333", "203.0.113.9")
    for spelling in SPELLINGS[5:]:
        with pytest.raises(throttle.TooManyTries):
            sign_in(spelling, "22223333", "203.0.113.9")


def test_a_place_or_cooperative_of_elsewhere_is_refused(world: World) -> None:
    official = world.actor("official_1")
    for wrong in ({"cooperative_id": world.organisations["hotel"]}, {"village_id": 10**9}):
        household = HouseholdValues(OrganisationKind.PRODUCER_HOUSEHOLD, "Hộ số 9", **wrong)
        with pytest.raises(Invalid) as refusal:
            services.enter_household(official, household)
        assert refusal.value.field in wrong


def test_no_official_signs_in_in_place_of_someone_with_mail(world: World) -> None:
    person = db.session.get_one(User, world.users["coop"])
    with pytest.raises(NotAllowed):
        services.issue_code(world.actor("official_1"), person.public_id)
