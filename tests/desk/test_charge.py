"""Who is in charge, deputies over days, reminders, and many at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts import deputies
from marketplace.accounts.models import User
from marketplace.catalogue.taxonomy import SECTOR_OF
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.journal import Entry
from marketplace.desk import bulks, queries, services
from marketplace.desk.bulks import Act
from marketplace.matching import services as matching
from marketplace.matching.services import MatchValues
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery


def code(world, name: str) -> str:
    return db.session.get_one(User, world.users[name]).public_id


def count(name: str) -> int:
    return db.session.scalar(sa.select(sa.func.count(Entry.id)).where(Entry.name == name)) or 0


def test_each_locality_has_its_own_and_mine_is_mine(world):
    match = world.consented(world.proposed())
    services.assign(world.actor("official_1"), "match", match.public_id, code(world, "official_2"))
    services.assign(
        world.actor("ward_leader"), "match", match.public_id, code(world, "ward_official_1")
    )
    (case,) = queries.open_cases(world.actor("official_2"))
    assert {who for _, who in case.in_charge} == {
        world.users["official_2"],
        world.users["ward_official_1"],
    }
    for who, number in (("official_2", 1), ("ward_official_1", 1), ("ward_official_2", 0)):
        viewer = world.actor(who)
        assert len(queries.mine(viewer, queries.tasks(viewer))) == number, who
    with pytest.raises(WrongState):
        services.assign(
            world.actor("official_1"), "match", match.public_id, code(world, "official_2")
        )
    services.assign(world.actor("official_1"), "match", match.public_id, "")
    assert not queries.mine(world.actor("official_2"), queries.tasks(world.actor("official_2")))
    assert (count("match.assigned"), count("match.released")) == (2, 1)


def test_a_case_takes_over_who_was_in_charge_of_its_interest_and_releases_both(world):
    official = world.actor("official_1")
    interest = world.accepted(world.published())
    services.assign(official, "interest", interest.public_id, code(world, "official_2"))
    match = matching.propose_from_interest(
        official, interest.public_id, MatchValues(quantity=40_000, unit_price=120_000)
    )
    charge = queries.charge(official, "match", match.public_id)
    assert charge.own == code(world, "official_2")
    assert [name for _, name in charge.people] == ["Người official_2", ""]
    with pytest.raises(WrongState):
        services.assign(official, "match", match.public_id, code(world, "official_2"))
    services.assign(official, "match", match.public_id, "")
    assert not queries.charge(official, "match", match.public_id).own
    (case,) = queries.open_cases(official)
    assert not case.in_charge


@pytest.mark.parametrize("person", ["ward_official_1", "hotel"])
def test_nobody_of_another_office_is_put_in_charge(world, person):
    match = world.proposed()
    with pytest.raises(Invalid):
        services.assign(world.actor("official_1"), "match", match.public_id, code(world, person))
    with pytest.raises(NotFound):
        services.assign(world.actor("hotel"), "match", match.public_id, "")


def test_a_deputy_sees_the_work_on_those_days_and_on_no_others(world):
    match = world.consented(world.proposed())
    services.assign(world.actor("official_1"), "match", match.public_id, code(world, "official_2"))
    today = clock.today()
    services.name_deputy(
        world.actor("official_2"),
        code(world, "official_2"),
        code(world, "leader"),
        today + timedelta(days=2),
        today + timedelta(days=4),
    )
    seen = []
    for days in range(7):
        with clock.at(clock.now() + timedelta(days=days)):
            viewer = world.actor("leader")
            seen.append(len(queries.mine(viewer, queries.tasks(viewer))))
    assert seen == [0, 0, 1, 1, 1, 0, 0]


def test_the_deputy_is_told_with_the_one_who_is_away_but_reads_nothing_personal(world):
    today = clock.today()
    absent, deputy = code(world, "official_2"), code(world, "leader")
    found = services.name_deputy(world.actor("leader"), absent, deputy, today, today)
    match = world.proposed()
    services.assign(world.actor("official_1"), "match", match.public_id, absent)
    while dispatch():
        pass

    def told(name: str) -> set[int | None]:
        return set(
            db.session.scalars(
                sa.select(Delivery.user_id)
                .join(Entry, Entry.id == Delivery.entry_id)
                .where(Entry.name == name, Delivery.channel == Channel.INBOX)
            )
        )

    assert told("match.assigned") == {world.users["official_2"], world.users["leader"]}
    services.end_deputy(world.actor("leader"), found.public_id)
    assert not deputies.absent_of(world.users["leader"])


def test_the_same_deputy_is_named_once_for_the_same_days(world):
    today, me = clock.today(), world.actor("official_1")
    absent, one, other = (code(world, who) for who in ("official_1", "official_2", "leader"))
    later = today + timedelta(days=3)
    found = services.name_deputy(me, absent, one, today, later)
    with pytest.raises(Invalid) as refusal:
        services.name_deputy(me, absent, one, later, later + timedelta(days=2))
    assert refusal.value.field == "deputy"
    services.name_deputy(me, absent, other, today, later)  # work seen twice is better than unseen
    services.end_deputy(me, found.public_id)
    services.name_deputy(me, absent, one, later, later)


def test_only_a_leader_names_a_deputy_for_somebody_else(world):
    today = clock.today()
    two, one = code(world, "official_2"), code(world, "official_1")
    with pytest.raises(NotAllowed):
        services.name_deputy(world.actor("official_1"), two, one, today, today)
    with pytest.raises(Invalid):
        services.name_deputy(world.actor("official_1"), one, one, today, today)
    with pytest.raises(Invalid):
        services.name_deputy(world.actor("official_1"), one, two, today, today - timedelta(days=1))


def test_once_a_working_day_is_enough(world):
    match = world.proposed()
    official = world.actor("official_1")
    services.remind(official, "match", match.public_id)
    with pytest.raises(WrongState):
        services.remind(world.actor("ward_leader"), "match", match.public_id)
    friday_evening = clock.now() + timedelta(days=(4 - clock.today().weekday()) % 7)
    with clock.at(friday_evening + timedelta(days=1)):  # Saturday counts as Monday
        services.remind(official, "match", match.public_id)
    with clock.at(friday_evening + timedelta(days=3)), pytest.raises(WrongState):
        services.remind(official, "match", match.public_id)
    while dispatch():
        pass
    told = db.session.scalars(
        sa.select(Delivery.user_id)
        .join(Entry, Entry.id == Delivery.entry_id)
        .where(Entry.name == "match.reminded", Delivery.channel == Channel.INBOX)
    )
    assert set(told) == {world.users["coop"], world.users["hotel"]}


def test_nobody_reminds_their_own_office(world):
    from marketplace.deals import services as deals

    match = world.consented(world.proposed(unit_price=2_000_000))
    deals.turn_match_key(world.actor("ward_official_1"), match.public_id)
    with pytest.raises(WrongState):  # only the commune's own key is missing
        services.remind(world.actor("official_1"), "match", match.public_id)
    services.remind(world.actor("ward_official_1"), "match", match.public_id)


def test_many_at_once_say_first_what_cannot_be_done(world, browse):
    fresh = world.interest(world.published(title="Mới hỏi"))
    known = world.accepted(world.published(title="Đã nhận lời"))
    match = world.proposed(world.published(title="Đã ghép"))
    before = count("interest.acknowledge")
    official = browse("official_1")
    official.get("/lam-viec/nhieu-viec")
    chosen = [
        f"interest:{fresh.public_id}",
        f"interest:{known.public_id}",
        f"match:{match.public_id}",
    ]
    official.submit({"chon": chosen, "act": "acknowledge"}, status=200)
    assert "1 " in official.text
    keys = {"form_key": official.page.forms[-1]["fields"]["form_key"]}
    data = {"chon": chosen, "act": "acknowledge", "lam": "1", **keys}
    for _ in range(2):  # sent twice by an impatient finger
        official.submit(data, action="/lam-viec/nhieu-viec", status=200)
        official.get("/lam-viec/nhieu-viec")
    assert count("interest.acknowledge") == before + 1


def test_what_one_may_not_see_is_not_there(world):
    plan = bulks.plan(world.actor("official_1"), Act.REMIND, ["match:22222bbbbb", "interest:x"])
    assert plan == []
    assert bulks.chosen(["match:22222bbbbb", "x", "match:22222bbbbb", "../"]) == [
        "match:22222bbbbb"
    ]


def test_the_board_narrows_by_field_and_by_official(world, browse):
    listing = world.published(title="Gừng núi")
    match = world.proposed(listing)
    services.assign(world.actor("official_1"), "match", match.public_id, code(world, "official_1"))
    official = browse("official_1")
    field = SECTOR_OF[listing.group]  # goods are found under the field of their group
    for query, there in (
        ("can-bo=toi", True),
        (f"can-bo={code(world, 'official_1')}", True),
        (f"can-bo={code(world, 'official_2')}", False),
        ("linh-vuc=water", False),
        (f"linh-vuc={field.value}", True),
        ("can-bo=x", True),
    ):
        page = official.get(f"/lam-viec/ket-noi?kieu=danh-sach&{query}")
        assert any(a.get("id") == match.public_id for t, a in page.tags if t == "tr") is there, (
            query
        )
