"""A household that cannot go online, beside the small world."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.accounts.acting import Acting
from marketplace.accounts.rules import ActingHow, OrganisationKind
from marketplace.catalogue import services
from marketplace.catalogue.models import Listing
from marketplace.core.db import db
from marketplace.core.roles import Role
from tests import world as worlds
from tests.world import World

CALLED = Acting(how=ActingHow.CALL, note="Đã đọc lại, đồng ý")


@pytest.fixture
def village(world: World) -> World:
    """The world with a household of the cooperative's, which has an account as well."""
    organisation_id = worlds._organisation(
        "Hộ minh họa thôn Aur",
        OrganisationKind.PRODUCER_HOUSEHOLD,
        world.pair.source_id,
        None,
    )
    grown = replace(
        world,
        organisations=world.organisations | {"household": organisation_id},
        users=dict(world.users),
    )
    grown.organisation("household").cooperative_id = world.organisations["coop"]
    grown.users["household"] = worlds._person("household", organisation_id, Role.MEMBER)
    db.session.commit()
    grown.consent("household")
    return grown


@pytest.fixture
def recorded(village: World) -> Listing:
    """A complete draft of the household's, which the first official recorded for it."""
    return services.create(
        village.actor("official_1"),
        "produce",
        village.pair_id,
        village.organisations["household"],
        village.produce_values(title="Mật ong rừng Aur"),
        CALLED,
    )
