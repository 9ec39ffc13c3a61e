"""From several interests to one match, and an answer to everyone else."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import docx
import pytest
import sqlalchemy as sa

from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.catalogue.kinds.opportunity.terms import Choosing
from marketplace.choosing import queries, records, services
from marketplace.choosing.rules import SelectionState, may_ask
from marketplace.cli import tick, work_once
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Conflict, DomainError, Invalid, NotAllowed, WrongState
from marketplace.core.journal import Entry
from marketplace.interests import services as interests
from marketplace.interests.models import Interest
from marketplace.interests.rules import InterestState
from marketplace.matching import queries as matching
from marketplace.matching import services as matches
from marketplace.matching.models import Match
from marketplace.matching.services import MatchValues
from marketplace.notifications.models import Channel, Delivery
from tests.choosing.conftest import DECIDERS

RESULT = date(2026, 12, 10)


def states(selection):
    return [one.interest.state.value for one in selection.applicants]


def test_the_chosen_one_is_matched_and_the_others_are_answered(world, story):
    selection = story.decided("hotel", "investor", "restaurant")
    assert selection.state is SelectionState.DECIDED
    assert states(selection) == ["declined", "converted", "declined"]
    assert [(one.place, one.points) for one in selection.applicants] == [
        (3, 200),
        (2, 400),
        (1, 600),
    ]
    match = matching.of_interest(selection.applicants[1].interest_id)
    assert match.value == 2 * 10**9
    assert match.keys_needed == 2
    assert match.proposed_by_id == world.users["official_1"], "who opened it turns no key on it"
    told = db.session.scalars(
        sa.select(Entry).where(Entry.name == "interest.pass_over").order_by(Entry.id)
    ).all()
    assert [(e.reason, e.note.text) for e in told] == [
        ("chosen", "Lý do riêng 1."),
        ("chosen", "Lý do riêng 3."),
    ]


def test_nobody_needs_both_keys_and_makes_no_match(world, story):
    selection = story.proposed(chosen=None)
    assert selection.state is SelectionState.SCORING
    selection = services.turn_key(world.actor("leader"), selection.public_id)
    assert selection.state is SelectionState.SCORING
    selection = services.turn_key(world.actor("ward_official_1"), selection.public_id)
    assert selection.state is SelectionState.VOID
    assert states(selection) == ["declined", "declined"]
    assert db.session.scalar(sa.select(sa.func.count(Match.id))) == 0


def test_a_result_sent_back_is_as_if_it_had_not_been(world, story):
    selection = story.proposed()
    services.send_back(
        world.actor("ward_official_1"), selection.public_id, reason="points", note="Xem lại."
    )
    again = queries.get(selection.public_id, world.actor("official_1"))
    assert not again.keys
    assert again.chosen is None
    assert not again.is_proposed
    story.proposes(again, "leader", 1)
    done = story.keyed(selection, "official_2", "ward_official_1")
    assert states(done) == ["converted", "declined"]


@pytest.mark.parametrize(
    ("who", "changes", "words"),
    [
        (
            ("hotel", "investor"),
            {"choosing": Choosing.AGREEMENT, "criteria": ()},
            "does not publish",
        ),
        (("hotel",), {}, "at least two"),
    ],
)
def test_when_none_can_be_opened(world, story, who, changes, words):
    with pytest.raises(Blocked) as refused:
        story.opened(*who, listing=story.call(**changes))
    assert words in str(refused.value.blockers[0])


def test_one_is_enough_after_the_closing_day_and_the_clock_lets_it_wait(world, story):
    listing = story.call()
    interest = story.wants(listing, "hotel")
    with clock.at(datetime(2026, 11, 30, 3, tzinfo=UTC)):
        tick()
        assert db.session.get_one(Interest, interest.id).state is InterestState.ACKNOWLEDGED
        selection = services.open_selection(
            world.actor("official_1"), listing.public_id, closes_on=None, decides_on=RESULT
        )
        tick()  # the closing day is over and nothing is missing: it begins by itself
        assert queries.get(selection.public_id, world.actor("leader")).begun_at is not None


def test_no_second_selection_and_no_match_beside_it(world, story):
    selection = story.opened()
    code = selection.listing.public_id
    with pytest.raises(Blocked):
        services.open_selection(world.actor("leader"), code, closes_on=None, decides_on=RESULT)
    with pytest.raises(WrongState, match="being compared"):
        matches.propose_by_hand(
            world.actor("official_1"),
            code,
            world.organisation("hotel").public_id,
            MatchValues(value=10**9),
        )
    asked = db.session.scalars(sa.select(Interest)).first()
    with pytest.raises(WrongState, match="being compared"):
        interests.answer(
            world.actor("leader"), asked.public_id, "decline", reason="other", note="Không hợp."
        )
    with pytest.raises(WrongState, match="being compared"):
        interests.close_listing(world.actor("official_1"), code, reason="fulfilled", note="Thôi.")
    services.call_off(world.actor("leader"), selection.public_id, reason="mistake", note="Nhầm.")
    assert db.session.scalars(sa.select(Interest.state)).all() == [InterestState.ACKNOWLEDGED] * 2


def test_late_ones_are_not_compared(world, story):
    listing = story.call(is_open_ended=True, closes_on=None)
    for who in ("hotel", "investor"):
        story.wants(listing, who)
    selection = services.open_selection(
        world.actor("official_1"),
        listing.public_id,
        closes_on=date(2026, 11, 23),
        decides_on=RESULT,
    )
    with clock.at(datetime(2026, 11, 25, 3, tzinfo=UTC)):
        story.wants(listing, "restaurant")
        services.begin(world.actor("official_1"), selection.public_id)
        for name in DECIDERS:
            story.scores(selection, name)
        story.proposes(selection, "official_2", 1)
        done = story.keyed(selection)
    late = done.applicants[2]
    assert late.is_late
    assert late.place is None
    reasons = db.session.scalars(sa.select(Entry.reason).where(Entry.name == "interest.pass_over"))
    assert sorted(reasons) == ["chosen", "late"]


def test_it_does_not_begin_while_someone_waits_for_an_acknowledgement(world, story):
    selection = story.opened()
    interests.register(
        world.actor("restaurant"),
        selection.listing.public_id,
        interests.InterestValues("Bếp", "+84900000000", "Cũng muốn.", capital=10**9),
    )
    with clock.at(clock.now() + timedelta(days=10)):
        with pytest.raises(Blocked, match="acknowledged"):
            services.begin(world.actor("official_1"), selection.public_id)
        tick()
        assert queries.get(selection.public_id, world.actor("leader")).begun_at is None


def test_who_withdrew_meanwhile_is_not_chosen(world, story):
    selection = story.proposed()
    chosen = selection.chosen.interest
    interests.withdraw(world.actor("investor"), chosen.public_id, reason="changed", note="Đổi ý.")
    with pytest.raises(Conflict, match="withdrawn"):
        story.keyed(selection)
    services.send_back(
        world.actor("ward_official_1"), selection.public_id, reason="other", note="Đã rút."
    )
    story.proposes(selection, "official_2", 1)
    done = story.keyed(selection)
    assert states(done) == ["converted", "withdrawn"]


def test_a_revision_of_the_criteria_does_not_touch_what_is_under_way(world, story):
    selection = story.opened()
    opportunity = db.session.get_one(Opportunity, selection.listing_id)
    opportunity.criteria = opportunity.criteria[:1]
    db.session.flush()
    again = queries.get(selection.public_id, world.actor("leader"))
    assert [one.weight for one in again.criteria] == [60, 40]


def test_points_stand_once_those_of_others_are_shown(world, story):
    selection = story.begun()
    code, applicant = selection.public_id, selection.applicants[0].public_id

    def changes(name):
        rows = {one.id: (9, "Xem lại.") for one in selection.criteria}
        services.score(world.actor(name), code, applicant, rows)

    story.scores(selection, "official_2")
    changes("official_2")  # nobody else gave points yet: there is nothing to fit them to
    story.scores(selection, "leader")
    for name in ("official_2", "leader"):
        with pytest.raises(Blocked, match="stand"):
            changes(name)
    story.scores(selection, "ward_official_1")
    story.proposes(selection, "official_2")
    ward = world.actor("ward_official_1")
    services.send_back(ward, code, reason="points", note="Xem lại điểm.")
    changes("leader")  # sent back for the points: they are looked at again


def test_points_need_every_criterion_and_a_sentence(world, story):
    selection = story.begun()
    someone, code = world.actor("official_2"), selection.public_id
    services.declare(someone, code, has_conflict=False, words="")
    one = selection.applicants[0].public_id
    first, second = (criterion.id for criterion in selection.criteria)
    for rows, refusal in (
        ({first: (5, "Tốt.")}, Conflict),
        ({first: (5, "Tốt."), second: (11, "Quá.")}, Invalid),
        ({first: (5, "Tốt."), second: (5, "")}, Invalid),
    ):
        with pytest.raises(refusal):
            services.score(someone, code, one, rows)
    services.score(someone, code, one, {first: (5, "Tốt."), second: (6, "Khá.")})
    services.score(someone, code, one, {first: (7, "Tốt."), second: (8, "Khá.")})
    given = queries.get(code, someone).scores
    assert sorted(s.points for s in given) == [7, 8], "the later ones replace the earlier"


def test_asking_about_the_reasons_once_within_five_working_days(world, story):
    selection = story.decided()
    code, mine = selection.public_id, selection.applicants[0]
    hotel = world.actor("hotel")
    with clock.at(datetime(2026, 12, 1, 3, tzinfo=UTC)), pytest.raises(NotAllowed):
        services.ask(hotel, code, mine.public_id, "Muộn rồi?")
    with clock.at(datetime(2026, 11, 30, 3, tzinfo=UTC)):
        # the fifth working day: 24 November is a holiday
        assert may_ask(hotel, mine)
    with pytest.raises(DomainError):
        services.ask(hotel, code, selection.applicants[1].public_id, "Hỏi thay?")
    services.ask(hotel, code, mine.public_id, "Thiếu giấy nào?")
    with pytest.raises(NotAllowed):
        services.ask(hotel, code, mine.public_id, "Nữa?")
    with pytest.raises(NotAllowed):
        services.answer(world.actor("ward_leader"), code, mine.public_id, "Không phải việc tôi.")
    answered = services.answer(world.actor("leader"), code, mine.public_id, "Phương án bao tiêu.")
    assert answered.answer == "Phương án bao tiêu."


def test_everyone_hears_what_is_theirs(world, story):
    selection = story.decided()
    db.session.commit()
    work_once()
    told = {
        (entry, delivery.user_id)
        for delivery, entry in db.session.execute(
            sa.select(Delivery, Entry.name)
            .join(Entry, Entry.id == Delivery.entry_id)
            .where(Delivery.channel == Channel.INBOX)
        )
    }
    users = world.users
    assert ("interest.choose", users["investor"]) in told
    assert ("interest.pass_over", users["hotel"]) in told
    assert ("selection.begin", users["ward_leader"]) in told
    assert ("selection.begin", users["official_1"]) not in told, "the author declares nothing"
    outside = {user for name, user in told if name.startswith("selection.")}
    assert users["restaurant"] not in outside
    assert selection.state is SelectionState.DECIDED


def test_the_record_as_word_opens_and_holds_the_declarations(world, story):
    selection = story.decided("hotel", "investor", "restaurant")
    match = matching.of_interest(selection.chosen.interest_id)
    paper = docx.Document(io.BytesIO(records.word(records.of(selection, match))))
    words = "\n".join(
        [p.text for p in paper.paragraphs]
        + [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    )
    for expected in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Cam kết bao tiêu",
        "Người official_2",
        "Người ward_official_1",
        "Nhà đầu tư minh họa",
        "Lý do riêng 3.",
        "40,0",
    ):
        assert expected in words
    assert paper.sections[0].left_margin.mm == pytest.approx(30, abs=0.1)
