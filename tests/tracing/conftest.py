"""A published product and a complete lot of it."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.catalogue.models import Listing
from marketplace.core.quantity import Unit
from marketplace.tracing import services
from marketplace.tracing.models import Lot
from marketplace.tracing.rules import StepKind
from marketplace.tracing.services import LotValues, StepValues
from tests.world import World

DAY = date(2026, 11, 18)


def values(**changes: object) -> LotValues:
    """A complete lot, but for the photo."""
    known = {
        "name": "Đẳng sâm sấy dẻo, lô 3",
        "quantity": 60_000,
        "unit": Unit.KG,
        "produced_from": date(2026, 11, 10),
        "produced_until": DAY,
        "packed_on": DAY,
        "expires_on": date(2027, 11, 18),
        "shelf_life": "12 tháng, nơi khô",
        "standards": "TCVN 11041",
        "brand": "Dược liệu minh họa",
        "serial": "0003",
        "own_code": "DS-3",
        "gtin": "8939999000017",
    }
    return LotValues(**(known | changes))  # type: ignore[arg-type]


def step(kind: StepKind = StepKind.HARVEST, **changes: object) -> StepValues:
    known = {"kind": kind, "happened_on": DAY, "place": "Thôn Azứt", "who": "Tổ đào"}
    return StepValues(**(known | changes))  # type: ignore[arg-type]


@pytest.fixture
def listing(world: World) -> Listing:
    return world.published()


@pytest.fixture
def draft(world: World, listing: Listing) -> Lot:
    return services.create(
        world.actor("coop"), listing.public_id, values(), [step()], photo="0" * 64
    )


@pytest.fixture
def lot(world: World, draft: Lot) -> Lot:
    return services.move(world.actor("coop"), draft.public_id, "publish")
