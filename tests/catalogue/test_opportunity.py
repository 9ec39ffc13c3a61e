"""Opportunities in depth: rules as tables, what keeps one from being sent in, its parts, its list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from marketplace.catalogue import browse, queries
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.kinds.opportunity import dossier, harvest, permits
from marketplace.catalogue.kinds.opportunity import services as work
from marketplace.catalogue.kinds.opportunity.dossier import PartState
from marketplace.catalogue.kinds.opportunity.harvest import Offer, Supply
from marketplace.catalogue.kinds.opportunity.model import (
    CriterionValues,
    IncentiveValues,
    Opportunity,
    PermitValues,
)
from marketplace.catalogue.kinds.opportunity.services import DocumentValues, MeetingValues
from marketplace.catalogue.kinds.opportunity.terms import (
    Audience,
    CapitalKind,
    Choosing,
    CityList,
    Force,
    Forest,
    Planning,
    force,
    may_open,
    touches_people,
)
from marketplace.catalogue.taxonomy import Cooperation, Group, Sector
from marketplace.core import clock, journal
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.db import db
from marketplace.core.errors import (
    Blocked,
    Conflict,
    Invalid,
    NotAllowed,
    NotFound,
    WrongState,
)
from marketplace.core.quantity import Unit
from marketplace.core.roles import Role
from tests.page import Browser
from tests.world import World, paper

Browse = Callable[..., Browser]
BILLION = 10**9
DAY = date(2026, 11, 20)


def draft(world: World, **changes: object) -> Opportunity:
    found = catalogue.create(
        world.actor("official_1"),
        "opportunity",
        world.pair_id,
        world.organisations["commune"],
        world.opportunity_values(**changes),
    )
    assert isinstance(found, Opportunity)
    return found


def minutes(world: World, village: str = "Azứt", **changes: object) -> MeetingValues:
    values = MeetingValues(
        held_on=DAY - timedelta(days=10),
        village_id=world.village_id(village),
        attended=20,
        in_favour=17,
        against=2,
        benefit="30% tiền bán",
        summary="Thôn đồng ý.",
        scan=paper("bien-ban.pdf"),
    )
    return replace(values, **changes)  # type: ignore[arg-type]


# ------------------------------------------------------------ rules


@pytest.mark.parametrize(
    ("village", "forest", "culture", "kind", "expected"),
    [
        (False, False, False, None, False),
        (False, False, False, Forest.NONE, False),
        (True, False, False, None, True),
        (False, True, False, Forest.NONE, True),
        (False, False, True, None, True),
        (False, False, False, Forest.PRODUCTION, True),
        (False, False, False, Forest.PROTECTION, True),
        (False, False, False, Forest.SPECIAL_USE, True),
    ],
)
def test_when_the_village_must_meet(village, forest, culture, kind, expected) -> None:
    assert touches_people(village=village, forest=forest, culture=culture, kind=kind) is expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (None, None, Force.HOLDS),
        (DAY, DAY, Force.HOLDS),
        (DAY + timedelta(days=1), None, Force.TO_COME),
        (None, DAY - timedelta(days=1), Force.OVER),
        (date(2018, 1, 1), date(2030, 1, 1), Force.HOLDS),
    ],
)
def test_an_incentive_holds_between_its_days(first, last, expected) -> None:
    assert force(first, last, DAY) is expected


def _someone(role: Role, organisation: int, locality: int, *, verified: bool = True) -> Actor:
    return Actor(role, 1, "", organisation, "", "", verified, locality)


@pytest.mark.parametrize(
    ("reader", "opens"),
    [
        (ANONYMOUS, {Audience.PUBLIC}),
        (_someone(Role.MANAGER, 5, 2, verified=False), {Audience.PUBLIC}),
        (_someone(Role.MANAGER, 5, 2), {Audience.PUBLIC, Audience.VERIFIED}),
        (_someone(Role.OFFICIAL, 6, 2), set(Audience)),
        (_someone(Role.LEADER, 7, 1), set(Audience)),
        (_someone(Role.OFFICIAL, 8, 3, verified=False), {Audience.PUBLIC}),
        (_someone(Role.MEMBER, 9, 4), set(Audience)),
    ],
)
def test_who_opens_a_document(reader: Actor, opens: set[Audience]) -> None:
    assert {a for a in Audience if may_open(a, reader, (1, 2), owner_id=9)} == opens


# ------------------------------------------------------------ what is missing


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, set()),
        ({"capital_low": BILLION, "capital_source": ""}, {"capital_source"}),
        ({"capital_kind": CapitalKind.PROPOSED, "capital_source": ""}, set()),
        (
            {"capital_kind": CapitalKind.USD, "usd_low": 5, "capital_source": ""},
            {"capital_source"},
        ),
        ({"choosing": None, "choosing_how": ""}, {"choosing"}),
        ({"choosing_how": ""}, {"choosing_how"}),
        ({"choosing": Choosing.COMPARISON}, {"criteria"}),
        (
            {"choosing": Choosing.COMPARISON, "criteria": (CriterionValues("Giá", 100),)},
            set(),
        ),
        ({"touches_culture": True}, {"meetings"}),
        ({"forest": Forest.PROTECTION}, {"meetings"}),
        ({"forest": Forest.NONE}, set()),
        ({"sector": None, "goal": "", "cooperation": None}, {"sector", "goal", "cooperation"}),
    ],
)
def test_gaps(world: World, changes: dict[str, object], fields: set[str]) -> None:
    assert {gap.field for gap in draft(world, **changes).gaps()} == fields


def test_every_gap_has_a_part_of_the_dossier(world: World) -> None:
    empty = draft(
        world,
        **dict.fromkeys(("goal", "description", "contact_office", "contact_name"), ""),
        contact_position="",
        contact_email="",
        capital_low=1,
        capital_source="",
        sector=None,
        village_id=None,
        cooperation=None,
        is_open_ended=False,
        choosing=None,
        touches_village=True,
    )
    gaps = [gap.field for gap in empty.gaps()]
    assert len(gaps) == 13
    assert [field for field in gaps if dossier.part_of(field) is None] == []


# ------------------------------------------------------------ capital


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"capital_low": 5}, (CapitalKind.TOTAL, "VND", 5, 5, None, None)),
        (
            {"capital_kind": CapitalKind.PER_HECTARE, "capital_low": 5, "capital_high": 9},
            (CapitalKind.PER_HECTARE, "VND", 5, 9, None, None),
        ),
        (
            {"capital_kind": CapitalKind.USD_PER_HECTARE, "usd_low": 10, "usd_high": 15},
            (CapitalKind.USD_PER_HECTARE, "USD", None, None, 10, 15),
        ),
        ({"capital_kind": CapitalKind.PROPOSED}, (CapitalKind.PROPOSED, "VND", *[None] * 4)),
        ({}, (None, "VND", *[None] * 4)),
    ],
)
def test_capital_is_kept_as_it_was_stated(world: World, given, kept) -> None:
    o = draft(world, **given)
    assert (
        o.capital_kind,
        o.currency,
        o.capital_low,
        o.capital_high,
        o.usd_low,
        o.usd_high,
    ) == kept


def test_everything_goes_in_and_comes_out_the_same(world: World) -> None:
    values = world.opportunity_values(
        capital_kind=CapitalKind.USD,
        usd_low=1_000_000,
        usd_high=2_500_000,
        area_low=5_000,
        area_high=8_000,
        land_use="Rẫy cũ",
        planning=Planning.IN_PLAN,
        planning_number="1/QĐ",
        planning_date=DAY,
        forest=Forest.NONE,
        road="Bê tông",
        jobs=12,
        households=0,
        city_list=CityList.LISTED,
        city_list_item="mục 214",
        materials=(Group.HERBS, Group.HONEY),
        incentives=(IncentiveValues("Miễn tiền thuê đất", "NĐ 31/2021", DAY, None),),
        criteria=(CriterionValues("Giá", 60), CriterionValues("Việc làm", 40)),
        permits=(PermitValues("Sở Tài chính", "Chủ trương", 15, "Kiểm tra lại"),),
    )
    made = catalogue.create(
        world.actor("official_1"),
        "opportunity",
        world.pair_id,
        world.organisations["commune"],
        values,
    )
    db.session.expire_all()
    found = queries.get(made.public_id, world.actor("official_1"))
    assert isinstance(found, Opportunity)
    assert found.values() == values
    first = found.criteria[0].id
    work.save_part(
        world.actor("official_1"), made.public_id, found.version, {"criteria": values.criteria}
    )
    assert found.criteria[0].id == first, "rows that say the same stay"
    work.save_part(world.actor("official_1"), made.public_id, None, {"criteria": (), "jobs": 3})
    db.session.expire_all()
    assert found.values() == replace(values, criteria=(), jobs=3)


def test_the_list_is_narrowed_by_form_and_capital(world: World) -> None:
    usd = {"capital_kind": CapitalKind.USD, "usd_low": 5_000_000}
    rate = {"capital_kind": CapitalKind.PER_HECTARE, "capital_low": 3 * BILLION}
    for title, changes in {
        "Nhỏ": {"capital_low": 300_000_000},
        "Vừa": {"capital_low": BILLION, "capital_high": 5 * BILLION},
        "Lớn": {"capital_low": 20 * BILLION, "cooperation": Cooperation.EQUITY},
        "Đô": usd,
        "Suất": rate,
        "Chưa": {},
    }.items():
        world.opportunity(title=title, **changes)
    cases = [
        (["duoi-1"], {"Nhỏ"}),
        (["1-5"], {"Vừa"}),
        (["5-20"], {"Vừa"}),
        (["tren-20"], {"Lớn"}),
        (["cach-khac"], {"Đô", "Suất"}),
        (["chua-neu"], {"Chưa"}),
        (["duoi-1", "tren-20", "tầm bậy"], {"Nhỏ", "Lớn"}),
    ]
    for bands, titles in cases:
        page = browse.list_page(world.pair, "opportunity", {"von": bands})
        assert {card.title for card in page.items} == titles, bands
        assert page.total == len(titles)
    page = browse.list_page(world.pair, "opportunity", {"hinh-thuc": ["equity"]})
    assert [card.title for card in page.items] == ["Lớn"]
    most = browse.list_page(world.pair, "opportunity", {"sap": ["von"]}).items
    assert [card.title for card in most][:3] == ["Lớn", "Vừa", "Nhỏ"], "others are not converted"


# ------------------------------------------------------------ harvest

KG, TON, JAR = Unit.KG, Unit.TAN, Unit.HU


@pytest.mark.parametrize(
    ("offers", "expected"),
    [
        ([], Supply(Group.HERBS)),
        (
            [Offer(Group.HERBS, 1, True, KG, 100_000, 25_000, 0b11)],
            Supply(Group.HERBS, 1, 0, 100_000, 0b11, 25),
        ),
        (
            [
                Offer(Group.HERBS, 1, True, KG, 100_000, 0, 0b1),
                Offer(Group.HERBS, 1, True, KG, 100_000, 50_000, 0b100),
                Offer(Group.HERBS, 2, False, TON, 1_000, 0, 0b110),
            ],
            Supply(Group.HERBS, 1, 1, 1_200_000, 0b111, 4),
        ),
        (
            [Offer(Group.HERBS, 1, False, JAR, 9_000, 3_000, 0b1)],
            Supply(Group.HERBS, 0, 1, 0, 0b1, None, 1),
        ),
        (
            [Offer(Group.HERBS, 1, False, KG, None, 0, 0)],
            Supply(Group.HERBS, 0, 1, 0, 0, None, 1),
        ),
        ([Offer(Group.TEA, 1, False, KG, 9_000, 0, 1)], Supply(Group.HERBS)),
    ],
)
def test_supply_is_added_up(offers, expected) -> None:
    assert harvest.add_up([Group.HERBS], offers) == [expected]


def test_supply_comes_from_published_produce_in_one_query(world: World) -> None:
    world.published(quantity=200_000, months=0b111)
    world.published(title="Trà", group=Group.TEA)
    world.draft(title="Nháp", quantity=900_000)
    asked: list[str] = []
    count = lambda *args: asked.append(args[2])  # noqa: E731
    pair = world.pair
    assert pair.code
    engine = db.session.connection()
    event.listen(engine, "before_cursor_execute", count)
    found = harvest.behind([Group.HERBS, Group.HONEY], pair)
    event.remove(engine, "before_cursor_execute", count)
    assert len(asked) == 1
    assert found == [Supply(Group.HERBS, 0, 1, 200_000, 0b111, 0), Supply(Group.HONEY)]
    assert harvest.behind([], pair) == []


# ------------------------------------------------------------ usual papers


def test_usual_papers_fit_the_place(world: World) -> None:
    def papers(**changes: object) -> str:
        return " ".join(p.paper for p in permits.suggested(draft(world, **changes)))

    plain = papers(sector=Sector.EARTH)
    assert "biên phòng" not in plain
    assert "biên phòng" in papers(is_border_zone=True)
    assert "rừng" in papers(forest=Forest.PRODUCTION)
    assert "Gươl" in papers(touches_culture=True)
    assert "an toàn thực phẩm" in papers(sector=Sector.FIRE)
    known = {*Sector, "border_zone", "forest", "land", "culture", "city_list"}
    assert {word for row in permits.usual() for word in row.when} <= known


# ------------------------------------------------------------ minutes


def test_minutes_open_the_way(world: World) -> None:
    one = draft(world, touches_village=True)
    me = world.actor("official_1")
    with pytest.raises(Blocked, match="minutes"):
        catalogue.submit(me, one.public_id)
    work.record_meeting(me, one.public_id, minutes(world, "Aur"))
    assert one.lacks_minutes, "another village's word is not this one's"
    work.record_meeting(me, one.public_id, minutes(world))
    catalogue.submit(me, one.public_id)
    names = [entry.name for entry in journal.of([one])]
    assert names.count("listing.meeting_recorded") == 2
    with pytest.raises(WrongState):
        work.record_meeting(me, one.public_id, minutes(world, "Axoo"))


def test_minutes_are_checked(world: World) -> None:
    one = draft(world, touches_village=True)
    me, ward = world.actor("official_1"), world.actor("ward_official_1")
    cases = [
        (minutes(world, held_on=DAY + timedelta(days=1)), "held_on"),
        (minutes(world, in_favour=19, against=2), "against"),
        (minutes(world, scan=None), "paper"),
        (minutes(world, village_id=999), "village_id"),
    ]
    for values, field in cases:
        with pytest.raises(Invalid) as refused:
            work.record_meeting(me, one.public_id, values)
        assert refused.value.field == field
    with pytest.raises(NotFound):
        work.record_meeting(ward, one.public_id, minutes(world))
    work.record_meeting(me, one.public_id, minutes(world))
    with pytest.raises(Invalid) as refused:
        work.record_meeting(me, one.public_id, minutes(world))
    assert refused.value.field == "village_id"
    (kept,) = one.meetings
    scan, code, version = kept.file_id, kept.public_id, kept.version
    work.record_meeting(me, one.public_id, minutes(world, against=3, scan=None), code, version)
    assert (one.meetings[0].against, one.meetings[0].file_id) == (3, scan)
    with pytest.raises(Conflict):
        work.record_meeting(me, one.public_id, minutes(world, scan=None), code, version)
    work.remove_meeting(me, one.public_id, code)
    assert one.lacks_minutes


# ------------------------------------------------------------ documents, parts, marks


def test_documents_of_a_published_opportunity(world: World) -> None:
    me = world.actor("official_1")
    public = world.opportunity()

    def add(audience: Audience, who: Actor = me) -> Opportunity:
        return work.add_document(
            who, public.public_id, DocumentValues("Bản đồ", audience, paper("ban-do.pdf"))
        )

    with pytest.raises(Invalid):
        add(Audience.OFFICIALS)
    with pytest.raises(NotAllowed):
        add(Audience.PUBLIC, world.actor("ward_official_1"))
    (kept,) = add(Audience.PUBLIC).documents
    assert "listing.document_added" in [entry.name for entry in journal.of([public])]
    with pytest.raises(WrongState):
        work.remove_document(me, public.public_id, kept.public_id)
    with pytest.raises(Invalid) as refused:
        work.add_document(me, public.public_id, DocumentValues("x", Audience.PUBLIC, None))
    assert refused.value.field == "paper"


def test_parts_are_saved_by_themselves(world: World) -> None:
    one = draft(world)
    me = world.actor("official_1")
    version = one.version
    with clock.at(clock.now() + timedelta(minutes=1)):
        work.save_part(me, one.public_id, version, {"land_use": "Rẫy cũ"})
    assert (one.land_use, one.goal) == ("Rẫy cũ", world.opportunity_values().goal)
    with pytest.raises(Conflict):
        work.save_part(me, one.public_id, version, {"land_use": "Khác"})
    for stranger, refusal in (("coop", NotFound), ("ward_official_1", NotFound)):
        with pytest.raises(refusal):
            work.save_part(world.actor(stranger), one.public_id, None, {"land_use": "Khác"})
    catalogue.submit(me, one.public_id)
    with pytest.raises(WrongState):
        work.save_part(me, one.public_id, None, {"land_use": "Khác"})
    with pytest.raises(NotAllowed):
        work.save_part(world.actor("ward_official_1"), one.public_id, None, {"land_use": "Khác"})


def _states(one: Opportunity) -> dict[str, PartState]:
    return {task.part.code: task.state for task in dossier.tasks(one)}


def test_the_list_of_tasks(world: World) -> None:
    one = draft(world, capital_low=BILLION, capital_source="", choosing=None, choosing_how="")
    assert _states(one) == {
        "co-ban": PartState.DONE,
        "dat-dai": PartState.NOT_STARTED,
        "von": PartState.IN_PROGRESS,
        "uu-dai": PartState.NOT_STARTED,
        "hop-thon": PartState.NOT_NEEDED,
        "cach-chon": PartState.NOT_STARTED,
        "giay-phep": PartState.NOT_STARTED,
        "lien-he": PartState.DONE,
        "anh": PartState.NOT_STARTED,
        "tai-lieu": PartState.NOT_STARTED,
    }
    me = world.actor("official_1")
    work.save_part(me, one.public_id, None, {"forest": Forest.PRODUCTION, "capital_source": "Xã"})
    found = _states(one)
    assert found["hop-thon"] is PartState.IN_PROGRESS
    assert found["dat-dai"] is found["von"] is PartState.DONE
    work.record_meeting(me, one.public_id, minutes(world))
    assert _states(one)["hop-thon"] is PartState.DONE


def test_a_mark_holds_until_its_part_changes(world: World) -> None:
    one = draft(world)
    me, ward = world.actor("official_1"), world.actor("ward_official_1")
    with pytest.raises(WrongState):
        work.mark_part(world.actor("official_2"), one.public_id, "co-ban", "Sửa")
    catalogue.submit(me, one.public_id)
    for stranger in ("coop", "hotel"):
        with pytest.raises(NotFound):
            work.mark_part(world.actor(stranger), one.public_id, "co-ban", "Sửa")
    work.mark_part(ward, one.public_id, "co-ban", "Nói rõ số hộ.")
    work.mark_part(ward, one.public_id, "tai-lieu", "Thêm bản đồ.")
    catalogue.return_(ward, one.public_id, reason="unclear", note="Xem các phần đánh dấu.")
    assert _states(one)["co-ban"] is PartState.NEEDS_CHANGE
    work.save_part(me, one.public_id, None, {"land_use": "Rẫy"})
    assert _states(one)["co-ban"] is PartState.NEEDS_CHANGE, "another part changed"
    work.save_part(me, one.public_id, None, {"households": 22})
    assert _states(one)["co-ban"] is PartState.DONE
    values = DocumentValues("Bản đồ", Audience.PUBLIC, paper("ban-do.pdf"))
    work.add_document(me, one.public_id, values)
    assert _states(one)["tai-lieu"] is PartState.DONE
