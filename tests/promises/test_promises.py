"""The ledger: who moves a promise, and what the clock tells over simulated days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from marketplace import cli
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, NotFound
from marketplace.core.journal import Entry
from marketplace.promises import services
from marketplace.promises.rules import PROMISE, PromiseState
from marketplace.promises.services import PromiseValues
from tests.tables import COMMUNE, OFFICERS, WARD, allowed, everyone, written


@pytest.fixture
def promise(world):
    return make(world)


def make(world, due: date = date(2026, 12, 7), promisor: str = "coop", promisee: str = "hotel"):
    return services.make(
        world.actor("official_1"),
        world.pair_id,
        PromiseValues(
            world.organisation(promisor).public_id,
            world.organisation(promisee).public_id,
            "Gửi mẫu đẳng sâm sấy.",
            due,
            clock.today(),
        ),
    )


def test_the_table_of_a_promise(world, promise):
    assert allowed(PROMISE, promise, everyone(world)) == written(
        {
            "say_done": ({"open"}, {"coop", *COMMUNE}),
            "keep": ({"open"}, {"hotel", *OFFICERS}),
            "break": ({"open"}, {"hotel", *OFFICERS}),
            "withdraw": ({"open"}, {"coop", *OFFICERS}),
        }
    )


def test_an_office_does_not_judge_its_own_promise(world):
    own = make(world, promisor="commune", promisee="hotel")
    with pytest.raises(NotAllowed):
        services.judge(world.actor("official_2"), own.public_id, "keep")
    services.judge(world.actor("ward_official_1"), own.public_id, "keep")
    assert own.state is PromiseState.KEPT
    assert WARD < OFFICERS


def test_what_cannot_be_promised(world):
    for changes in ({"promisee": "coop"}, {"due": date(2026, 11, 1)}, {"due": date(2029, 1, 1)}):
        with pytest.raises(Invalid):
            make(world, **changes)


def names() -> list[str]:
    return [
        name
        for name in db.session.scalars(sa.select(Entry.name).order_by(Entry.id))
        if name.startswith("promise.")
    ]


def test_the_ledger_over_simulated_days(world, promise):
    """Due on a Monday: told on the Friday before, again when late, each once."""
    assert services.remind in cli.CLOCKS
    made_on = datetime(2026, 11, 20, 2, tzinfo=UTC)
    told = {}
    for day in range(40):
        with clock.at(made_on + timedelta(days=day)):
            for _ in range(2):  # may run twice
                for _ in range(services.remind()):
                    told[clock.today()] = names()[-1]
    assert told == {date(2026, 12, 4): "promise.due_soon", date(2026, 12, 8): "promise.late"}


def test_what_is_said_to_be_done_is_not_late(world, promise):
    services.say_done(world.actor("coop"), promise.public_id, "Đã gửi hai ký hôm qua.")
    with clock.at(datetime(2026, 12, 20, 2, tzinfo=UTC)):
        assert services.remind() == 0
        assert not promise.is_late
    services.judge(world.actor("hotel"), promise.public_id, "keep")
    assert names() == ["promise.made", "promise.say_done", "promise.keep"]
    with pytest.raises(NotFound):
        services.judge(world.actor("investor"), promise.public_id, "keep")


def test_the_pages(world, browse):
    official = browse("official_1")
    official.get("/lam-viec/cam-ket/moi")
    official.submit(
        {
            "promisor": world.organisation("coop").public_id,
            "promisee": world.organisation("hotel").public_id,
            "what": "Gửi mẫu chè dây.",
            "due_on": "10/12/2026",
        }
    )
    path = official.path
    official.get("/lam-viec/cam-ket")
    assert "Gửi mẫu chè dây." in official.text
    coop = browse("coop")
    coop.get(f"/to-chuc/{world.organisation('coop').public_id}")
    assert "Gửi mẫu chè dây." in coop.text
    coop.get("/toi/cam-ket?xem=da-giu")
    coop.get(f"{path}/da-lam")
    coop.submit({"said_done": "Đã gửi ngày 5/12."})
    hotel = browse("hotel", "en")
    hotel.get(path)
    hotel.get(f"{path}/keep")
    hotel.submit()
    assert "Kept" in hotel.text
    browse("restaurant").get(path, status=404)
