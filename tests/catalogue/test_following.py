"""Lists that are brought up to date show what lists read anew show, after every kind of act."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.accounts import services as accounts
from marketplace.catalogue import services
from marketplace.catalogue.browse import Counts, Lists
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.kinds.produce.model import OfferValues
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.ranking import Ranking
from marketplace.catalogue.rules import HIDE_REASONS
from marketplace.catalogue.tally import Tally
from marketplace.catalogue.taxonomy import Group, PriceKind
from marketplace.core import clock, data_version, shelf
from marketplace.core.db import db
from marketplace.core.journal import Entry, record
from marketplace.core.use_case import use_case
from marketplace.interests import services as interests
from marketplace.moderation import services as moderation
from tests.world import PASSWORD, World

Fresh = tuple[Flask, World]
SPEC = PAGES["produce"].spec
ADDRESSES: Sequence[dict[str, list[str]]] = (
    {},
    {"sap": ["moi"]},
    {"sap": ["gia"], "nhom": ["herbs", "cereals"]},
    {"sap": ["luong"], "thang": ["11"]},
    {"sap": ["ten"], "gia": ["100000-200000"]},
    {"q": ["sam"]},
    {"q": ["sam"], "sap": ["ten"], "it-nhat": ["50"]},
    {"trang": ["2"]},
)


def shown(world: World) -> list[tuple[Any, Counts]]:
    """Every page and count of the addresses, as a request would read them."""
    db.session.rollback()
    lists = Lists(world.pair)
    found = []
    for address in ADDRESSES:
        wished = Wished.read(SPEC, address)
        number = int(address.get("trang", ["1"])[0])
        page = lists.page(wished, number)
        found.append(((page.items, page.total, page.number), lists.counts(wished)))
    return found


def anew(world: World) -> list[tuple[Any, Counts]]:
    """The same with nothing kept; what was kept is kept on."""
    engine = db.engine
    held = shelf._shelves.pop(engine)
    try:
        return shown(world)
    finally:
        shelf._shelves[engine] = held


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was read whole, one after the other."""
    found: list[str] = []
    for kind in (Tally, Ranking):
        read = kind.read

        def counted(*args: Any, read: Any = read, name: str = kind.__name__) -> Any:
            found.append(name)
            return read(*args)

        monkeypatch.setattr(kind, "read", counted)
    return found


@dataclass
class Village:
    """What people do that changes one listing, or none; each act takes what it needs by chance."""

    world: World
    chance: random.Random
    open: list[str]

    def publish(self) -> None:
        group = self.chance.choice([Group.HERBS, Group.CEREALS])
        months = self.chance.choice([0b0100_0000_0000, 0b0000_0000_0011])
        title = self.chance.choice(["Đẳng sâm khô", "Nếp than", "Sâm dây"])
        self.open.append(self.world.published(title=title, group=group, months=months).public_id)

    def change(self) -> None:
        price = self.chance.choice([40_000, 110_000, 600_000])
        left = self.chance.choice([60_000, 80_000, 700_000])
        values = OfferValues(PriceKind.FIXED, price, None, left, self.chance.choice([1, 1024]))
        services.change_offer(self.world.actor("coop"), self.chance.choice(self.open), None, values)

    def pause(self) -> None:
        code = self.chance.choice(self.open)
        services.pause(
            self.world.actor("coop"), code, "pause", reason="stock", note="Hết hàng tuần này."
        )
        services.pause(self.world.actor("coop"), code, "resume")

    def hide(self) -> None:
        code = self.open.pop(self.chance.randrange(len(self.open)))
        reason = next(iter(HIDE_REASONS))
        moderation.hide(self.world.actor("official_1"), code, reason=reason, note="Chờ làm rõ.")

    def close(self) -> None:
        code = self.open.pop(self.chance.randrange(len(self.open)))
        interests.close_listing(
            self.world.actor("coop"), code, reason="fulfilled", note="Đã bán hết."
        )

    def promise(self) -> None:
        listing = self.world.published(title="Sâm hứa bán")
        self.open.append(listing.public_id)
        match = self.world.proposed(listing, quantity=60_000)
        self.world.consented(match)

    def sign_in(self) -> None:
        accounts.sign_in("coop@demo.example", PASSWORD, "127.0.0.1")


def test_lists_brought_up_to_date_are_lists_read_anew(fresh: Fresh, reads: list[str]) -> None:
    world, seed = fresh[1], random.randrange(10**6)
    village = Village(world, random.Random(seed), [])
    for _ in range(26):
        village.publish()
    acts = [village.publish, village.change, village.pause, village.hide, village.close]
    acts += [village.promise, village.sign_in, village.change]
    assert shown(world) == anew(world)
    for step in range(24):
        act = acts[step % len(acts)]
        act()
        reads.clear()
        now = shown(world)
        assert reads == [], f"{act.__name__} had everything read anew"
        for address, (followed, whole) in zip(
            ADDRESSES, zip(now, anew(world), strict=True), strict=True
        ):
            assert followed == whole, f"seed {seed}, after {act.__name__}: {address}"


def test_what_nobody_declared_has_everything_read_anew(fresh: Fresh, reads: list[str]) -> None:
    world = fresh[1]
    world.published()
    shown(world)
    reads.clear()

    @use_case
    def something() -> None:
        record("organisation.looked", world.organisation("coop"), world.actor("coop"))

    something()
    shown(world)
    assert {"Tally", "Ranking"} <= set(reads)


def test_another_day_has_everything_read_anew(fresh: Fresh, reads: list[str]) -> None:
    world = fresh[1]
    world.published()
    shown(world)
    reads.clear()
    with clock.at(clock.now() + timedelta(days=1)):
        shown(world)
    assert "Tally" in reads


def test_an_order_python_cannot_tell_is_left_to_the_database() -> None:
    falling = (False, True)
    ranking = Ranking.read([(1, 5), (1, 3), (2, 9)], falling)
    renewed = ranking.renewed([5, 7], [(2, 7)])
    assert renewed is not None
    assert list(renewed) == [3, 9, 7]
    assert list(ranking) == [5, 3, 9]
    assert ranking.renewed([7], [(None, 7)]) is None
    assert Ranking.read([(2, 1), (1, 2)], falling).renewed([], []) is None
    assert Ranking.read([(None, 1)], falling).renewed([], []) is None


def test_an_entry_that_commits_late_is_still_seen(fresh: Fresh, database: str) -> None:
    """On PostgreSQL numbers are drawn in one order and committed in another."""
    if database != "postgresql":
        return
    engine = db.engine
    early, late = engine.connect(), engine.connect()
    for connection in (early, late):
        connection.execute(looked(1))
    late.commit()
    with engine.connect() as reader, pytest.raises(data_version.Unknown):
        data_version.seen_first(reader)
    early.commit()
    with engine.connect() as reader:
        data_version.seen_first(reader)
    for connection in (early, late):
        connection.close()


def test_entries_are_told_once_in_whatever_order_they_commit(
    fresh: Fresh, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writers by chance, some of them slow; a reader must hear of each entry exactly once."""
    monkeypatch.setattr(data_version, "MOST_AFTER", 3)
    engine, seed = db.engine, random.randrange(10**6)
    chance, under_way, told, written = random.Random(seed), [], [], 0
    with engine.connect() as reader:
        seen = data_version.seen_first(reader)
    for step in range(120):
        if under_way and (len(under_way) > 3 or database == "sqlite" or chance.random() < 0.5):
            connection = under_way.pop(chance.randrange(len(under_way)))
            connection.rollback() if (lost := chance.random() < 0.2) else connection.commit()
            connection.close()
            written += not lost
        else:
            under_way.append(engine.connect())
            under_way[-1].execute(looked(step))
        with engine.connect() as reader:
            seen, subjects = data_version.seen_since(reader, seen)
        told += subjects or ()
        assert len(told) == len(set(told)) == written, f"seed {seed}, step {step}"
    for connection in under_way:
        connection.close()
    assert database == "sqlite" or seen.floor > 0


def looked(number: int) -> sa.Insert:
    """An entry about a listing of this number."""
    return sa.insert(Entry).values(
        at=clock.now(), name="listing.looked", subject_type="listing", subject_id=number, data={}
    )
