"""A use case is a transaction; a form is carried out once."""

from __future__ import annotations

import threading
import time

import pytest
import sqlalchemy as sa

from marketplace.accounts.models import Organisation
from marketplace.core.db import db, writers_turn
from marketplace.core.errors import Conflict, NotAllowed, Repeated
from marketplace.core.use_case import FormUse, Once, apart, once, use_case
from tests.world import World


def name_of(organisation_id: int) -> str:
    return db.session.scalars(
        sa.select(Organisation.name).where(Organisation.id == organisation_id)
    ).one()


@use_case
def rename(organisation_id: int, name: str, *, fail: bool = False) -> str:
    organisation = db.session.get_one(Organisation, organisation_id)
    organisation.name = name
    db.session.flush()
    if fail:
        raise NotAllowed("no")
    return name


def test_a_refused_use_case_leaves_no_trace(world: World) -> None:
    before = name_of(world.organisations["coop"])
    with pytest.raises(NotAllowed):
        rename(world.organisations["coop"], "Tên khác", fail=True)
    assert name_of(world.organisations["coop"]) == before


def test_use_cases_do_not_nest(world: World) -> None:
    @use_case
    def outer() -> None:
        rename(world.organisations["coop"], "Tên khác")

    with pytest.raises(RuntimeError, match="inside another"):
        outer()


def ticket(key: str = "k" * 20, fingerprint: str = "f", user_id: int = 1) -> Once:
    return Once(key, user_id, fingerprint, lambda result: f"/{result}")


def test_a_repeated_form_gets_the_first_answer(world: World) -> None:
    with once(ticket()):
        rename(world.organisations["coop"], "lan-mot")
    with once(ticket()), pytest.raises(Repeated) as repeated:
        rename(world.organisations["coop"], "lan-mot")
    assert repeated.value.location == "/lan-mot"


@pytest.mark.parametrize("other", [{"fingerprint": "g"}, {"user_id": 2}])
def test_the_same_key_with_something_else_is_a_conflict(
    world: World, other: dict[str, str]
) -> None:
    with once(ticket()):
        rename(world.organisations["coop"], "lan-mot")
    with once(ticket(**other)), pytest.raises(Conflict):
        rename(world.organisations["coop"], "lan-hai")
    assert name_of(world.organisations["coop"]) == "lan-mot"


def test_a_refused_form_may_be_sent_again(world: World) -> None:
    with once(ticket()), pytest.raises(NotAllowed):
        rename(world.organisations["coop"], "lan-mot", fail=True)
    with once(ticket()):
        rename(world.organisations["coop"], "lan-mot")
    assert name_of(world.organisations["coop"]) == "lan-mot"


def test_apart_does_not_use_up_the_form(world: World) -> None:
    with once(ticket()):
        with apart():
            rename(world.organisations["coop"], "truoc")
        rename(world.organisations["coop"], "sau")
    assert [use.location for use in db.session.scalars(sa.select(FormUse))] == ["/sau"]


def test_someone_elses_change_is_a_conflict(fresh) -> None:
    _app, world = fresh
    coop = world.organisations["coop"]

    @use_case
    def slow() -> None:
        organisation = db.session.get_one(Organisation, coop)
        db.session.execute(
            sa.update(Organisation)
            .where(Organisation.id == coop)
            .values(version=Organisation.version + 1)
            .execution_options(synchronize_session=False)
        )
        organisation.about = "x"

    with pytest.raises(Conflict):
        slow()


def test_twenty_at_once_give_one_row_and_one_answer(fresh) -> None:
    app, world = fresh
    coop = world.organisations["coop"]
    done: list[str] = []
    barrier = threading.Barrier(20)

    def send() -> None:
        with app.app_context():
            barrier.wait()
            try:
                with once(ticket()):
                    rename(coop, "mot-lan")
                done.append("first")
            except Repeated as repeated:
                done.append(repeated.location)

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["/mot-lan"] * 19 + ["first"]


def test_who_waits_for_a_turn_holds_no_connection(fresh) -> None:
    """Else, with more threads than connections, nobody would be left one to write with."""
    app, world = fresh
    coop = world.organisations["coop"]
    db.session.rollback()  # this thread's connection goes back
    have_read = threading.Barrier(9, timeout=20)

    done: list[str] = []

    def read_then_write() -> None:
        with app.app_context():
            name_of(coop)
            have_read.wait()
            done.append(use_case(name_of)(coop))
            db.session.remove()

    threads = [threading.Thread(target=read_then_write) for _ in range(8)]
    with writers_turn():
        for thread in threads:
            thread.start()
        have_read.wait()
        until = time.monotonic() + 5
        while db.engine.pool.checkedout() and time.monotonic() < until:  # type: ignore[attr-defined]  # of a pool that counts
            time.sleep(0.01)
        assert db.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    for thread in threads:
        thread.join()
    assert len(done) == 8
