"""The permits of a dossier as tasks, who ticks what, what waits for what, and lateness."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from marketplace.accounts.acting import Acting
from marketplace.accounts.rules import ActingHow
from marketplace.catalogue.kinds.opportunity.model import Opportunity, PermitValues
from marketplace.cli import tick, work_once
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Invalid, NotAllowed, WrongState
from marketplace.core.journal import Entry
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.deals.models import Deal
from marketplace.interests import services as interests
from marketplace.matching import services as matching
from marketplace.matching.rules import Answer
from marketplace.matching.services import MatchValues
from marketplace.notifications.models import Channel, Delivery
from marketplace.tasks import queries, services
from marketplace.tasks.models import Task
from marketplace.tasks.rules import TASK
from marketplace.tasks.services import LOCALITY, TaskValues
from tests.conftest import NOW
from tests.deals.conftest import Story
from tests.deals.test_races import at_once, good
from tests.tables import OFFICERS, WARD, allowed, everyone, written

PERMITS = (
    PermitValues("Sở Tài chính", "Chấp thuận chủ trương", 35, "Luật Đầu tư"),
    PermitValues("Cơ quan đất đai", "Thuê đất"),
    PermitValues("Sở Xây dựng", "Giấy phép xây dựng", 3, "Luật Xây dựng"),
)


def investment(world) -> Deal:
    """A deal on an opportunity with three permits, just opened."""
    listing = world.opportunity(permits=PERMITS)
    asked = interests.register(
        world.actor("investor"),
        listing.public_id,
        interests.InterestValues("Người hỏi", "+84900000000", "Muốn đầu tư.", capital=10**9),
    )
    for step in ("acknowledge", "accept"):
        interests.answer(world.actor("official_1"), asked.public_id, step)
    match = matching.propose_from_interest(
        world.actor("official_1"), asked.public_id, MatchValues(value=10**9)
    )
    for who in ("leader", "investor"):
        deals.answer_match(world.actor(who), match.public_id, Answer.YES)
    for who in ("official_2", "ward_official_1"):
        deals.turn_match_key(world.actor(who), match.public_id)
    found = deal_queries.of_match(match.id)
    assert found is not None
    return found


@pytest.fixture
def deal(world):
    return investment(world)


@pytest.fixture
def listed(world, deal):
    services.list_due()
    return queries.of_deal(deal.id)


def values(world, who="hotel", **changes):
    code = who if who.startswith(LOCALITY) else world.organisation(who).public_id
    return TaskValues(**({"title": "Gửi mẫu đóng gói", "responsible": code} | changes))


def test_the_checklist_is_the_dossier_in_its_order(world, deal):
    tick()
    tasks = queries.of_deal(deal.id)
    dossier = db.session.get_one(Opportunity, deal.listing_id).permits
    assert [(t.title, t.office, t.basis, t.days) for t in tasks] == [
        (p.paper, p.agency, p.note, p.days) for p in dossier
    ]
    assert {t.organisation_id for t in tasks} == {world.organisations["investor"]}
    assert [t.due_on for t in tasks] == [date(2027, 1, 12), None, date(2026, 11, 26)]


def test_it_is_listed_once_by_clock_or_hand(world, deal):
    services.list_permits(world.actor("ward_leader"), deal.public_id)
    with pytest.raises(WrongState):
        services.list_permits(world.actor("leader"), deal.public_id)
    assert services.list_due() == 0
    assert len(queries.of_deal(deal.id)) == len(PERMITS)


def test_a_sale_has_no_dossier(world):
    found = Story(world).opened()
    with pytest.raises(WrongState, match="no dossier"):
        services.list_permits(world.actor("official_1"), found.public_id)
    assert services.list_due() == 0


def test_the_table_of_a_partys_task(world, listed):
    table = {
        "begin": ({"todo"}, {"investor", *WARD}),
        "finish": ({"todo", "doing"}, {"investor", *WARD}),
        "drop": ({"todo", "doing"}, OFFICERS),
        "reopen": ({"done", "not_needed"}, OFFICERS | {"investor"}),
    }
    assert allowed(TASK, listed[0], everyone(world)) == written(table)


def test_the_table_of_an_offices_task(world, deal):
    someone = world.actor("ward_official_1")
    task = services.add_task(
        someone, deal.public_id, values(world, f"{LOCALITY}{world.pair.market_id}")
    )
    table = {
        "begin": ({"todo"}, WARD),
        "finish": ({"todo", "doing"}, WARD),
        "drop": ({"todo", "doing"}, OFFICERS),
        "reopen": ({"done", "not_needed"}, OFFICERS),
    }
    assert allowed(TASK, task, everyone(world)) == written(table)


def test_nothing_is_ticked_in_a_deal_that_is_over(world, deal, listed):
    deals.cancel(world.actor("official_1"), deal.public_id, reason="changed", note="Thôi.")
    db.session.expire_all()
    assert not TASK.available(listed[0], world.actor("investor"))
    with pytest.raises(NotAllowed):
        services.add_task(world.actor("investor"), deal.public_id, values(world, "investor"))


def test_what_waits_is_held_up_and_its_days_begin_when_it_can(world, deal, listed):
    officer = world.actor("official_1")
    first, second, third = listed
    services.change_task(
        officer,
        third.public_id,
        TaskValues(
            title=third.title,
            responsible=world.organisation("investor").public_id,
            days=3,
            after=second.public_id,
        ),
    )
    assert queries.get(third.public_id, officer).due_on is None
    with pytest.raises(Blocked, match="Thuê đất"):
        services.finish(world.actor("investor"), third.public_id)
    with pytest.raises(Invalid):
        services.change_task(
            officer, second.public_id, values(world, "investor", after=third.public_id)
        )
    with clock.at(datetime(2026, 12, 30, 3, tzinfo=UTC)):
        services.finish(world.actor("investor"), second.public_id)
    # 31 December, then 1 January is free (and a Friday), then 4 and 5
    assert queries.get(third.public_id, officer).due_on == date(2027, 1, 5)
    assert first.blocked_by_id is None


def test_late_after_its_last_working_day_told_once_and_again_for_a_new_day(world, deal, listed):
    task = listed[2]  # three working days from Friday: 23, 25 and 26, because 24 is a holiday
    for day, late in ((26, False), (27, True)):
        with clock.at(datetime(2026, 11, day, 3, tzinfo=UTC)):
            assert task.is_late is late
            assert services.tell_late() == int(late)
            assert services.tell_late() == 0
    services.change_task(
        world.actor("official_1"),
        task.public_id,
        values(world, "investor", days=3, due_on=date(2026, 12, 1)),
    )
    with clock.at(datetime(2026, 12, 2, 3, tzinfo=UTC)):
        assert services.tell_late() == 1
    db.session.commit()
    work_once()
    told = db.session.scalars(
        sa.select(Delivery.user_id)
        .join(Entry, Entry.id == Delivery.entry_id)
        .where(Entry.name == "task.late", Delivery.channel == Channel.INBOX)
    ).all()
    assert told.count(world.users["investor"]) == 2
    assert world.users["hotel"] not in told


@pytest.mark.parametrize("state", ["suspended", "disputed"])
def test_nothing_is_late_while_the_deals_clock_stands(world, deal, listed, state):
    task = listed[2]
    with clock.at(datetime(2027, 3, 1, 3, tzinfo=UTC)), db.session.no_autoflush:
        before = deal.state
        deal.state = SimpleNamespace(value=state)
        assert not task.is_late
        deal.state = before
        assert task.is_late
    db.session.expire_all()


def test_an_official_ticks_for_a_party_only_by_its_recorded_word(world, listed):
    code, ward = listed[0].public_id, world.actor("ward_official_1")
    with pytest.raises(Invalid):
        services.finish(ward, code)
    services.finish(ward, code, acting=Acting(ActingHow.CALL))
    entry = db.session.scalars(sa.select(Entry).where(Entry.name == "task.finish")).one()
    assert entry.acting_id is not None


def test_who_has_no_part_is_not_given_tasks(world, deal):
    with pytest.raises(Invalid):
        services.add_task(world.actor("official_1"), deal.public_id, values(world, "restaurant"))
    with pytest.raises(Invalid):
        services.add_task(
            world.actor("official_1"), deal.public_id, values(world, f"{LOCALITY}{99}")
        )


def test_the_clock_and_four_officials_list_the_permits_once(fresh):
    app, world = fresh
    with clock.at(NOW):
        code = investment(world).public_id
    officers = [world.actor(name) for name in ("official_1", "official_2", "ward_leader", "leader")]
    jobs = [lambda a=a: services.list_permits(a, code).id for a in officers]
    done = at_once(app, [*jobs, services.list_due])
    assert len([r for r in good(done) if r]) == 1
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count(Task.id))) == len(PERMITS)


def test_in_the_browser(world, deal, listed, browse):
    case = f"/ket-noi/{deal.match.public_id}"
    investor = browse("investor")
    page = investor.get(case)
    assert "Chấp thuận chủ trương" in page.text
    investor.submit(action=f"/viec/{listed[0].public_id}/begin")
    investor.get(f"/viec/{listed[0].public_id}/xong")
    page = investor.submit(
        {"paper": (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "giay.pdf")},
        content_type="multipart/form-data",
    )
    assert investor.client.get(f"/viec/{listed[0].public_id}/giay").status_code == 200
    browse("restaurant").get(f"/viec/{listed[0].public_id}/giay", 404)
    officer = browse("official_2")
    officer.get(f"{case}/viec/moi")
    page = officer.submit(
        {
            "task_title": "Họp thôn lần hai",
            "responsible": f"{LOCALITY}{world.pair.source_id}",
            "task_days": "10",
        }
    )
    assert "Họp thôn lần hai" in page.text
    with clock.at(clock.now() + timedelta(days=10)):
        officer = browse("official_2")
        page = officer.get("/viec?xem=tre")
        assert "Giấy phép xây dựng" in page.text
        assert "Họp thôn lần hai" not in page.text
        assert "Họp thôn" not in browse("investor").get("/viec").text


def test_a_dossier_without_permits_makes_no_tasks(world, deal):
    listing = db.session.get_one(Opportunity, deal.listing_id)
    listing.permits = []
    db.session.commit()
    assert services.list_due() == 0
    with pytest.raises(WrongState, match="no permits"):
        services.list_permits(world.actor("official_1"), deal.public_id)


def test_a_task_is_due_on_a_day_to_come_and_an_old_day_stays(world, deal):
    official = world.actor("official_1")
    yesterday = clock.today() - timedelta(days=1)
    asked = values(world, "investor", due_on=yesterday)
    with pytest.raises(Invalid) as refused:
        services.add_task(official, deal.public_id, asked)
    assert refused.value.field == "due_on"
    task = services.add_task(official, deal.public_id, replace(asked, due_on=clock.today()))
    with clock.at(clock.now() + timedelta(days=3)):
        kept = replace(asked, due_on=task.due_on, title="Gửi mẫu lần hai")
        assert services.change_task(official, task.public_id, kept).title == "Gửi mẫu lần hai"
        with pytest.raises(Invalid):
            services.change_task(official, task.public_id, asked)
