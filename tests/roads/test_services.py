"""Writing about roads, and what others read: the state of villages on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from marketplace.core import clock, journal
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.journal import Entry
from marketplace.roads import queries, services
from marketplace.roads.models import RoadNotice, VillageAccess
from marketplace.roads.rules import Cause, Condition, NoticeState, Signal, Vehicle, Way
from marketplace.roads.services import AccessValues, NoticeValues

AUR = AccessValues(Way.FOOT, Vehicle.MOTORBIKE, Signal.NO, 25_000, 5_000, "15 km cuối đi bộ.")


def said(world, *villages, who="official_1", replaces=None, **changes):
    """A notice for these villages, or for the whole locality."""
    values = NoticeValues(
        Condition.CLOSED,
        Cause.LANDSLIDE,
        clock.today(),
        "Sạt taluy ở km 5.",
        is_everywhere=not villages,
        villages=tuple(world.village_id(name) for name in villages),
    )
    return services.post_notice(world.actor(who), replace(values, **changes), replaces)


def state(world, name, days=0):
    key = world.village_id(name)
    return queries.state_of([key], clock.today() + timedelta(days=days))[key]


def names():
    return list(db.session.scalars(sa.select(Entry.name).order_by(Entry.id)))


def test_a_way_is_written_down_changed_and_confirmed(world):
    official = world.actor("official_1")
    before = len(names())
    found = services.describe_access(official, "aur", AUR)
    with clock.at(clock.now() + timedelta(days=3)):
        services.describe_access(official, "aur", replace(AUR, hours=4_500), found.version)
    with clock.at(clock.now() + timedelta(days=9)):
        services.confirm_access(official, "aur")
        assert found.confirmed_on == clock.today()
    assert names()[before:] == [
        "village_access.described",
        "village_access.described",
        "village_access.confirmed",
    ]
    entry = journal.of([found])[1]
    assert (entry.data["before"]["hours"], entry.data["after"]["hours"]) == (5_000, 4_500)
    assert "note" not in entry.data["after"]  # free text stays out of the journal
    road = state(world, "Aur")
    assert (road.access.way, road.access.hours, road.state) == (Way.FOOT, 4_500, None)
    assert road.as_of == found.confirmed_on


def test_two_officials_at_one_page(world):
    found = services.describe_access(world.actor("official_1"), "aur", AUR)
    version = found.version
    services.describe_access(world.actor("official_2"), "aur", AUR, version)
    found.hours = 1_000
    db.session.commit()
    with pytest.raises(Conflict):
        services.describe_access(world.actor("official_1"), "aur", AUR, version)


@pytest.mark.parametrize(
    ("who", "error"), [("coop", NotAllowed), ("ward_official_1", NotFound), ("hotel", NotFound)]
)
def test_the_way_to_a_village_is_its_own_officials_matter(world, who, error):
    for act in (
        lambda actor: services.describe_access(actor, "aur", AUR),
        lambda actor: services.confirm_access(actor, "aur"),
    ):
        with pytest.raises(error):
            act(world.actor(who))
    assert db.session.scalar(sa.select(sa.func.count(VillageAccess.id))) == 0


def test_nothing_to_confirm(world):
    with pytest.raises(NotFound):
        services.confirm_access(world.actor("official_1"), "aur")


def test_a_notice_holds_for_its_villages_until_its_day(world):
    notice = said(world, "Aur", "Axoo", until=clock.today() + timedelta(days=2))
    for name, days, expected in (
        ("Aur", 0, Condition.CLOSED),
        ("Aur", 2, Condition.CLOSED),
        ("Aur", 3, None),
        ("Axoo", 0, Condition.CLOSED),
        ("Azứt", 0, None),
    ):
        assert state(world, name, days).state is expected, (name, days)
    assert state(world, "Aur").notice.public_id == notice.public_id
    assert state(world, "Aur").is_restricted
    with clock.at(clock.now() + timedelta(days=3)):  # no job has run
        assert db.session.get_one(RoadNotice, notice.id).state is NoticeState.POSTED
        assert [n.id for n in queries.past([notice.locality_id], clock.today())[0]] == [notice.id]


def test_a_notice_for_the_whole_locality_holds_everywhere_there(world):
    said(world, condition=Condition.CARE)
    for name in ("Aur", "Azứt"):
        assert state(world, name).state is Condition.CARE
    at = lambda locality: queries.state_at(None, locality, clock.today()).state  # noqa: E731
    assert at(world.pair.source_id) is Condition.CARE
    assert at(world.pair.market_id) is None
    said(world, who="ward_official_1", condition=Condition.NARROW)
    assert at(world.pair.market_id) is Condition.NARROW
    assert state(world, "Aur").state is Condition.CARE


def test_the_worst_stands_first_and_the_latest_of_equals(world):
    first = said(world, "Aur")
    said(world, condition=Condition.OPEN)
    second = said(world, "Aur")
    said(world, condition=Condition.CARE)
    road = state(world, "Aur")
    assert [n.condition for n in road.notices] == ["closed", "closed", "care", "open"]
    assert [n.public_id for n in road.notices[:2]] == [second.public_id, first.public_id]


def test_a_later_beginning_is_announced_and_not_yet_in_force(world):
    said(world, "Aur", since=clock.today() + timedelta(days=5), cause=Cause.WORKS)
    assert state(world, "Aur").state is None
    assert state(world, "Aur", 5).state is Condition.CLOSED
    assert len(queries.standing([world.pair.source_id], clock.today())) == 1


def test_a_newer_notice_takes_the_place_of_the_older(world):
    older = said(world, "Aur")
    newer = said(
        world, "Aur", who="official_2", replaces=older.public_id, condition=Condition.NARROW
    )
    assert (older.state, newer.replaces_id) == (NoticeState.ENDED, older.id)
    assert older.ended_at == clock.now()
    assert older.words == "Sạt taluy ở km 5."
    assert queries.successor(older).id == newer.id
    assert [n.public_id for n in state(world, "Aur").notices] == [newer.public_id]
    with pytest.raises(WrongState):
        said(world, "Aur", replaces=older.public_id)
    with pytest.raises(NotFound):
        said(world, "Aur", replaces="222222bbbb")
    assert names()[-2:] == ["road_notice.posted", "road_notice.replace"]


def test_a_notice_is_confirmed_and_ended_with_a_reason(world):
    notice = said(world, "Aur")
    with clock.at(clock.now() + timedelta(days=8)):
        services.confirm_notice(world.actor("official_2"), notice.public_id)
        assert state(world, "Aur").as_of == clock.today()
    for reason, note, field in ((None, "Đã dọn.", "reason"), ("passable", "", "note")):
        with pytest.raises(Invalid) as refusal:
            services.end_notice(
                world.actor("official_1"), notice.public_id, reason=reason, note=note
            )
        assert refusal.value.field == field
    services.end_notice(
        world.actor("official_1"), notice.public_id, reason="passable", note="Đã dọn xong."
    )
    assert state(world, "Aur").state is None
    for act in (
        lambda: services.confirm_notice(world.actor("official_1"), notice.public_id),
        lambda: services.end_notice(
            world.actor("official_1"), notice.public_id, reason="other", note="Nữa."
        ),
    ):
        with pytest.raises(WrongState):
            act()
    assert [e.name for e in journal.of([notice])] == [
        "road_notice.end",
        "road_notice.confirm",
        "road_notice.posted",
    ]


def test_what_has_lapsed_is_not_confirmed(world):
    notice = said(world, "Aur", until=clock.today())
    with clock.at(clock.now() + timedelta(days=1)), pytest.raises(Blocked):
        services.confirm_notice(world.actor("official_1"), notice.public_id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"villages": ()}, "villages"),
        ({"villages": (999_999,)}, "villages"),
        ({"since": 91}, "since"),
        ({"since": 3, "until": 2}, "until"),
        ({"since": -9, "until": -1}, "until"),
    ],
)
def test_what_a_notice_may_not_say(world, changes, field):
    today = clock.today()
    days = {
        key: today + timedelta(days=value)
        for key, value in changes.items()
        if isinstance(value, int)
    }
    with pytest.raises(Invalid) as refusal:
        said(world, "Aur", **(changes | days))
    assert refusal.value.field == field
    assert db.session.scalar(sa.select(sa.func.count(RoadNotice.id))) == 0


def test_nobody_writes_about_the_roads_of_others(world):
    with pytest.raises(NotAllowed):
        said(world, "Aur", who="coop")
    with pytest.raises(Invalid):  # the ward's officials speak of the ward only
        said(world, "Aur", who="ward_official_1")
    notice = said(world, "Aur")
    for act in (
        lambda who: services.confirm_notice(who, notice.public_id),
        lambda who: services.end_notice(who, notice.public_id, reason="other", note="Hết."),
        lambda _who: said(world, who="ward_official_1", replaces=notice.public_id),
    ):
        with pytest.raises(NotAllowed):
            act(world.actor("ward_official_1"))
    assert notice.state is NoticeState.POSTED


def test_the_state_of_many_villages_costs_two_queries(world):
    said(world)
    said(world, "Aur", "Axoo")
    services.describe_access(world.actor("official_1"), "aur", AUR)
    ids = [place.id for place in queries.places(*world.pair.locality_ids)]
    asked = []
    count = lambda *args: asked.append(args[2])  # noqa: E731
    bind = db.session.connection()
    event.listen(bind, "before_cursor_execute", count)
    try:
        found = queries.state_of(ids, clock.today())
        few = len(asked)
        bad = queries.restrictions([*ids, None], clock.today())
    finally:
        event.remove(bind, "before_cursor_execute", count)
    assert (few, len(asked)) == (2, 3)
    assert len(found) == len(ids) > 5
    assert bad == dict.fromkeys(ids, Condition.CLOSED)
    assert queries.state_of([], clock.today()) == {}
    assert queries.restrictions([None], clock.today()) == {}


def test_lists_learn_only_what_restricts(world):
    said(world, "Aur", condition=Condition.NARROW)
    said(world, "Axoo", condition=Condition.CARE)
    said(world, "Aur", condition=Condition.CLOSED, until=clock.today())
    ids = [world.village_id(name) for name in ("Aur", "Axoo", "Azứt")]
    today = clock.today()
    assert queries.restrictions(ids, today) == {ids[0]: Condition.CLOSED}
    assert queries.restrictions(ids, today + timedelta(days=1)) == {ids[0]: Condition.NARROW}
