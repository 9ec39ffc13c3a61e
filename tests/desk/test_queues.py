"""Selections, rulings, papers and office tasks stand on the desk of whoever may act, of no other."""

from __future__ import annotations

from datetime import date, timedelta

from marketplace.choosing import services as choosing
from marketplace.core import clock, shelf
from marketplace.core.db import db
from marketplace.deals import services as deals
from marketplace.deals.rules import PaperKind, RulingKind
from marketplace.deals.services import Signed
from marketplace.desk import queries
from marketplace.desk.rules import Queue
from marketplace.interests import queries as interests
from marketplace.interests import services as answering
from marketplace.programme import stopping
from marketplace.tasks import services as tasks
from marketplace.tasks.services import LOCALITY, TaskValues
from tests.choosing.conftest import RESULT
from tests.choosing.conftest import Story as Selecting
from tests.deals.conftest import Story
from tests.deals.test_trouble import CALLED, TODAY, paper
from tests.reports.story import active_deal
from tests.statements import statements
from tests.tables import OFFICERS
from tests.tasks.test_tasks import investment

AN_OFFICIAL = "official_2"


def have(world, queue: Queue) -> dict[str, str]:
    """Who has something in this queue, and what it says."""
    found = {}
    for who in sorted(OFFICERS):
        mine = [task for task in queries.tasks(world.actor(who)) if task.queue is queue]
        if mine:
            found[who] = str(mine[0].note)
    return found


def test_a_selection_waits_for_declarations_points_the_result_and_a_key(world):
    story = Selecting(world)
    selection = story.begun()
    free = OFFICERS - {"official_1"}  # wrote the call and opened the selection
    assert have(world, Queue.SELECTION) == dict.fromkeys(free, "Declare my interests")
    choosing.declare(
        world.actor("ward_leader"), selection.public_id, has_conflict=True, words="Anh em."
    )
    choosing.declare(world.actor(AN_OFFICIAL), selection.public_id, has_conflict=False, words="")
    waiting = have(world, Queue.SELECTION)
    assert waiting[AN_OFFICIAL] == "Give points"
    assert not {"ward_leader", "official_1"} & waiting.keys()


def test_a_proposed_result_waits_for_the_key_of_who_gave_points(world):
    story = Selecting(world)
    selection = story.scored()
    assert have(world, Queue.SELECTION)[AN_OFFICIAL] == "Propose the result"
    story.proposes(selection, AN_OFFICIAL)
    waiting = have(world, Queue.SELECTION)
    assert waiting["ward_official_1"] == "Turn the key"
    assert AN_OFFICIAL not in waiting
    assert waiting["leader"] == "Turn the key"  # who proposed turns none
    choosing.turn_key(world.actor("ward_official_1"), selection.public_id)
    choosing.turn_key(world.actor("leader"), selection.public_id)
    assert not have(world, Queue.SELECTION)


def test_a_ruling_waits_for_a_key_of_each_locality(world):
    deal = Story(world).active()
    ruling = deals.propose_ruling(
        world.actor("official_1"),
        deal.public_id,
        RulingKind.TERMINATE,
        reason="nothing",
        note="Chưa giao lần nào.",
    )
    assert have(world, Queue.RULING).keys() == OFFICERS - {"official_1"}
    deals.turn_ruling_key(world.actor(AN_OFFICIAL), ruling.public_id)
    waiting = have(world, Queue.RULING)
    assert waiting
    assert {world.actor(who).locality_id for who in waiting} == {
        world.actor("ward_official_1").locality_id
    }


def test_a_paper_is_handed_in_and_then_countersigned_by_somebody_else(world):
    deal = Story(world).agreed(unit_price=2_000_000)
    code = deal.public_id
    assert not have(world, Queue.AGREEMENT)
    deals.draw_up(world.actor("coop"), code, PaperKind.FRAME)
    assert set(have(world, Queue.AGREEMENT).values()) == {"Hand in the signed paper"}
    deals.hand_in(world.actor("hotel"), code, Signed(TODAY, paper("a.pdf")))
    at_home = have(world, Queue.AGREEMENT)
    assert AN_OFFICIAL in at_home
    assert "ward_official_1" not in at_home  # the hotel's copy is there
    deals.hand_in(world.actor(AN_OFFICIAL), code, Signed(TODAY, paper("b.pdf")), acting=CALLED)
    assert have(world, Queue.AGREEMENT) == dict.fromkeys(OFFICERS - {AN_OFFICIAL}, "Countersign")
    deals.sign(world.actor("ward_official_1"), code, signed_on=TODAY, paper=None)
    assert not have(world, Queue.AGREEMENT)


def test_the_tasks_of_an_office_stand_on_its_own_desk_once_they_can_begin(world):
    deal = investment(world)
    official = world.actor("official_1")

    def added(title: str, due_on: date | None, after: str | None = None):
        place = f"{LOCALITY}{world.pair.source_id}"
        return tasks.add_task(
            official, deal.public_id, TaskValues(title, place, due_on=due_on, after=after)
        )

    first = added("Đo đất", date(2026, 12, 1))
    added("Cắm mốc", date(2026, 12, 5), first.public_id)
    added("Khi nào rảnh", None)
    own = {who for who in OFFICERS if not who.startswith("ward")}
    assert have(world, Queue.TASK).keys() == own
    found = [t for t in queries.tasks(official) if t.queue is Queue.TASK]
    assert [t.title for t in found] == ["Đo đất"]
    tasks.finish(official, first.public_id)
    found = [t for t in queries.tasks(official) if t.queue is Queue.TASK]
    assert [t.title for t in found] == ["Cắm mốc"]


def test_what_a_selection_compares_is_not_late_before_its_result(world, browse):
    selection = Selecting(world).opened()
    late = clock.now() + timedelta(days=18)  # past the ten working days of an answer
    with clock.at(late):
        viewer = world.actor("official_1")
        waiting = interests.waiting(viewer)
        assert {one.due_on for one in waiting} == {RESULT}
        assert not any(one.is_late for one in waiting)
        page = browse("official_1", "en").get(f"/quan-tam/{waiting[0].public_id}")
        assert "Being compared; the result comes by" in page.text
        assert "The answer is late" not in page.text
    choosing.call_off(
        world.actor("official_1"), selection.public_id, reason="withdrawn", note="Rút lại."
    )
    db.session.expire_all()
    with clock.at(late):
        assert all(one.is_late for one in interests.waiting(world.actor("official_1")))


def test_the_questions_to_the_database_do_not_grow_with_these_queues(world):
    def ruled(title: str) -> None:
        deal = active_deal(world, title=title)
        deals.propose_ruling(
            world.actor("official_1"),
            deal.public_id,
            RulingKind.TERMINATE,
            reason="nothing",
            note="Chưa giao lần nào.",
        )

    def asked() -> int:
        db.session.expire_all()
        shelf._shelves.clear()
        with statements() as told:
            queries.tasks(world.actor(AN_OFFICIAL))
        return len(told)

    ruled("một")
    before = asked()
    for title in ("hai", "ba"):
        ruled(title)
    assert asked() <= before


def test_a_match_is_not_late_to_be_proposed_while_the_clock_of_its_interest_stands(world):
    interest = world.accepted(world.published())
    stopping.stop([interest], "road")
    db.session.commit()
    with clock.at(clock.now() + timedelta(days=30)):
        (task,) = [t for t in queries.tasks(world.actor(AN_OFFICIAL)) if t.queue is Queue.MATCH]
        assert not task.is_late
        stopping.let_run([interest])
        db.session.commit()
    with clock.at(clock.now() + timedelta(days=50)):
        (task,) = [t for t in queries.tasks(world.actor(AN_OFFICIAL)) if t.queue is Queue.MATCH]
        assert task.is_late


def test_an_interest_whose_sender_gave_nothing_comes_back_to_the_desk(world):
    interest = world.interest(world.published())
    asked = {"reason": "terms", "note": "Giao ở đâu?"}
    answering.answer(world.actor("coop"), interest.public_id, "ask", **asked)
    official, ward = world.actor(AN_OFFICIAL), world.actor("ward_official_1")

    def waited() -> frozenset[int]:
        return queries.waited_for(official, "interest", interest.public_id).organisations

    assert not have(world, Queue.INTEREST)
    assert waited() == {world.organisations["hotel"]}
    with clock.at(clock.now() + timedelta(days=60)):
        (task,) = [t for t in queries.tasks(official) if t.queue is Queue.INTEREST]
        assert (task.due_on, task.is_late) == (interest.inform_by, True)
        assert [t.subject for t in queries.late_elsewhere(ward)] == [task.subject]
        assert waited() == {world.organisations["coop"]}
