"""A joint meeting from its opening to its minutes."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from docx import Document

from marketplace.catalogue import services as catalogue
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.deals import services as deals
from marketplace.meetings import queries, services
from marketplace.meetings.models import Meeting
from marketplace.meetings.services import MeetingValues
from marketplace.promises import services as promises
from marketplace.promises.models import Promise
from marketplace.promises.services import PromiseValues
from marketplace.trips import services as trips
from tests.desk.waiting import everything
from tests.reports import story
from tests.trips.conftest import fake_freeze

VALUES = MeetingValues(
    held_on=clock.today(),
    place="Hội trường xã",
    chair="Phó Chủ tịch Ủy ban nhân dân xã",
    secretary="Cán bộ kinh tế phường",
    attendees="Lãnh đạo xã\nLãnh đạo phường",
)
DATA = {
    "pair": "avuong-nguhanhson",
    "held_on": "19/11/2026",
    "begins": "14:00",
    "place": "Hội trường xã",
    "chair": "Phó Chủ tịch xã",
    "secretary": "Cán bộ kinh tế phường",
    "attendees": "Lãnh đạo xã\nLãnh đạo phường",
}


def opened(world) -> Meeting:
    return services.open_meeting(
        world.actor("official_1"), world.pair.code, replace(VALUES, held_on=clock.today())
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_meeting_decides_and_writes_its_minutes(world, browse, language):
    match = world.consented(world.proposed(world.published(title="Gừng núi")))
    story.ended(world, title="Chè dây")
    leader = browse("leader", language)
    leader.get("/lam-viec/hop")
    leader.submit({**DATA, "held_on": clock.today().strftime("%d/%m/%Y")})
    here = leader.path
    assert "Gừng núi" in leader.text
    assert "Chè dây" in leader.text
    key = next(
        a["href"]
        for t, a in leader.page.tags
        if t == "a" and f"/ket-noi/{match.public_id}/turn_key" in (a.get("href") or "")
    )
    with clock.at(clock.now() + timedelta(minutes=20)):
        leader.get(key)
        leader.submit()
        assert leader.path == here  # back in the meeting, where the decision stands
        assert "Người leader" in leader.text
        ward = browse("ward_leader", language)
        page = ward.get(here)
        note = next(
            a["href"] for t, a in page.tags if t == "a" and "/ghi/" in (a.get("href") or "")
        )
        ward.get(note)
        ward.submit({"note": " "}, status=422)  # nothing said is no note
        ward.submit({"note": "Phường nhận hàng thứ Năm."})
        ward.get(f"{here}/ket-thuc")
        ward.submit({"conclusion": "Hai bên thống nhất."})
    ward.get(f"{here}/bien-ban.docx")
    document = Document(io.BytesIO(ward.response.data))
    text = "\n".join(p.text for p in document.paragraphs)
    cells = "\n".join(c.text for table in document.tables for row in table.rows for c in row.cells)
    for words in (
        "Gừng núi",
        "Phường nhận hàng thứ Năm.",
        "Hai bên thống nhất../.",
        "Lãnh đạo xã",
        "leader",
    ):
        assert words in text, words
    assert "……" in cells  # number and date are the clerk's
    section = document.sections[0]
    assert (section.page_width.mm, section.left_margin.mm) == (
        pytest.approx(210, abs=1),
        pytest.approx(30, abs=1),
    )
    browse("hotel").get(here, status=403)


def test_everything_that_waits_for_a_key_of_both_stands_on_the_agenda(world, browse):
    found = everything(world)
    draft = catalogue.create(
        world.actor("official_1"),
        "opportunity",
        world.pair_id,
        world.organisations["commune"],
        world.opportunity_values(title="Nhà sấy chung"),
    )
    catalogue.submit(world.actor("official_1"), draft.public_id)
    meeting = opened(world)  # by who turns none of these keys
    told = {one.section: one.subject_type for one in meeting.items}
    assert told.items() >= {
        ("keys", "match"),
        ("listings", "listing"),
        ("selections", "selection"),
        ("rulings", "ruling"),
        ("trips", "trip"),
        ("reports", "trip_report"),
    }
    (listing,) = [one for one in meeting.items if one.section == "listings"]
    assert listing.title == "Nhà sấy chung"  # what one locality approves alone is not for both
    leader = browse("leader")
    for one in meeting.items:
        leader.get(one.path)
    with clock.at(clock.now() + timedelta(minutes=20)):
        trips.turn_key(world.actor("official_2"), found["trip"], fake_freeze)
        leader.get(f"/lam-viec/hop/{meeting.public_id}")
        assert "Người official_2" in leader.text
        leader.get(f"/lam-viec/hop/{meeting.public_id}/bien-ban.docx")
        document = Document(io.BytesIO(leader.response.data))
        assert "(Người official_2" in "\n".join(p.text for p in document.paragraphs)


def test_what_comes_later_is_added_once_and_nothing_after_the_end(world):
    meeting = opened(world)
    assert meeting.items == []
    world.consented(world.proposed())
    for _ in range(2):
        services.gather(world.actor("ward_official_1"), meeting.public_id)
    db.session.expire_all()
    (item,) = queries.get(meeting.public_id, world.actor("official_1")).items
    services.close(world.actor("official_1"), meeting.public_id, "Xong.")
    for late in (
        lambda: services.note(world.actor("official_1"), meeting.public_id, item.public_id, "x"),
        lambda: services.gather(world.actor("official_1"), meeting.public_id),
        lambda: services.close(world.actor("official_1"), meeting.public_id, ""),
    ):
        with pytest.raises(WrongState):
            late()
    assert db.session.scalar(sa.select(sa.func.count(Meeting.id))) == 1


def test_no_meeting_is_opened_before_its_day(world):
    values = replace(VALUES, held_on=clock.today() + timedelta(days=1))
    with pytest.raises(Invalid):
        services.open_meeting(world.actor("official_1"), world.pair.code, values)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"held_on": date(2026, 10, 19)}, "held_on"),
        ({"begins": "99:99"}, "begins"),
    ],
)
def test_a_meeting_was_lately_and_at_an_hour(world, change, field):
    values = replace(VALUES, held_on=clock.today(), begins="14h")
    with pytest.raises(Invalid) as refused:
        services.open_meeting(world.actor("official_1"), world.pair.code, replace(values, **change))
    assert refused.value.field == field
    opened = services.open_meeting(world.actor("official_1"), world.pair.code, values)
    assert opened.begins == "14:00"


def test_each_matter_is_told_its_own_decisions_and_nobody_elses(world):
    match = world.consented(world.proposed())
    coop, hotel = (world.organisation(name).public_id for name in ("coop", "hotel"))
    soon = clock.today() + timedelta(days=3)
    promise = promises.make(
        world.actor("official_1"),
        world.pair_id,
        PromiseValues(coop, hotel, "Gửi mẫu", soon, clock.today()),
    )
    db.session.execute(sa.update(Promise).values(id=match.id))  # small numbers in both tables
    db.session.commit()
    promise = db.session.get_one(Promise, match.id)
    with clock.at(clock.now() + timedelta(minutes=10)):
        meeting = opened(world)
    with clock.at(clock.now() + timedelta(minutes=20)):
        deals.turn_match_key(world.actor("official_2"), match.public_id)
        promises.judge(world.actor("ward_official_1"), promise.public_id, "keep")
        entries = queries.decided(queries.get(meeting.public_id, world.actor("official_1")))
    told = {
        one.subject_type: [entry.name for entry in entries[one.id]]
        for one in meeting.items
        if one.section in {"keys", "promises"}
    }
    assert told == {"match": ["match.turn_key"], "promise": ["promise.keep"]}
