"""Asking, answering, declining, taking off; and the day until which questions are taken."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.acting import Acting
from marketplace.accounts.models import Throttle
from marketplace.accounts.rules import ActingHow, OrganisationState
from marketplace.accounts.throttle import TooManyTries
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.models import Listing
from marketplace.core import clock, journal
from marketplace.core.db import db
from marketplace.core.errors import (
    Conflict,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    WrongState,
)
from marketplace.interests import services as interests
from marketplace.questions import queries, services
from marketplace.questions.models import Question
from marketplace.questions.rules import MOST_OPEN, QuestionState, Voice

WORDS = "Giao 20 kg mỗi thứ ba được không?"
WHY = {"reason": "other", "note": "Xin hỏi riêng."}


def asked(world, listing, who="hotel", words=WORDS):
    return services.ask(world.actor(who), listing.public_id, words)


def count():
    return db.session.scalar(sa.select(sa.func.count(Question.id)))


def test_question_and_answer_become_public_together(world):
    listing = world.published()
    question = asked(world, listing)
    assert queries.answered_of(listing.id) == ([], 0)
    services.answer(world.actor("coop"), question.public_id, "Được, đóng túi 5 kg.")
    (found,), total = queries.answered_of(listing.id)
    assert (found.words, found.answer, total) == (WORDS, "Được, đóng túi 5 kg.", 1)
    assert (found.voice, found.by) == (Voice.OWNER, world.organisation("coop").name)
    assert [e.name for e in journal.of([question])] == ["question.answered", "question.asked"]
    entry = journal.of([question])[0]
    assert entry.data == {"listing": listing.id, "voice": "owner"}
    assert "hotel" not in str(found)


def test_an_official_answers_as_the_authority(world):
    listing = world.opportunity()
    question = asked(world, listing)
    with pytest.raises(NotAllowed):  # its own listing: the commune is the owner
        services.answer_officially(world.actor("official_1"), question.public_id, "Được.")
    with pytest.raises(NotAllowed):
        services.answer(world.actor("ward_official_1"), question.public_id, "Được.")
    services.answer_officially(world.actor("ward_official_1"), question.public_id, "Theo QĐ 860.")
    (found,), _ = queries.answered_of(listing.id)
    assert (found.voice, found.by) == (Voice.AUTHORITY, world.organisation("ward").name)


def test_the_answer_of_someone_offline_is_recorded(world):
    question = asked(world, world.published())
    official = world.actor("official_1")
    with pytest.raises(Invalid):
        services.answer(official, question.public_id, "Được.")
    told = Acting(ActingHow.CALL, clock.today(), "Đã đọc lại.")
    services.answer(official, question.public_id, "Được.", told)
    assert question.voice is Voice.OWNER
    assert question.answered_for_id == world.organisations["coop"]
    assert [a.user_id for a in question.acting] == [official.user_id]


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("coop", NotAllowed),  # its own
        ("official_1", NotAllowed),  # decides about it
    ],
)
def test_who_answers_does_not_ask(world, who, error):
    with pytest.raises(error):
        asked(world, world.published(), who)
    assert count() == 0


def test_only_a_verified_organisation_asks(world):
    listing = world.published()
    hotel = world.organisation("hotel")
    hotel.state, hotel.verified_at = OrganisationState.PENDING, None
    db.session.commit()
    with pytest.raises(NotAllowed, match="not verified"):
        asked(world, listing)


def test_what_is_not_public_is_not_asked_about(world):
    with pytest.raises(NotFound):
        asked(world, world.draft())
    listing = world.published()
    interests.close_listing(world.actor("coop"), listing.public_id, **WHY | {"reason": "fulfilled"})
    with pytest.raises(WrongState):
        asked(world, listing)


def test_a_paused_listing_still_takes_questions(world):
    listing = world.published()
    catalogue.pause(world.actor("coop"), listing.public_id, "pause", reason="road", note="Tắc.")
    assert asked(world, listing).id


def test_an_organisation_waits_for_answers_before_it_asks_more(world):
    listing = world.published()
    questions = [asked(world, listing) for _ in range(MOST_OPEN)]
    with pytest.raises(Conflict):
        asked(world, listing)
    assert asked(world, listing, "restaurant").id
    assert asked(world, world.published(title="Gừng")).id  # about another listing
    services.decline(world.actor("coop"), questions[0].public_id, **WHY)
    assert asked(world, listing).id


def test_a_person_asks_so_much_in_an_hour(world):
    listings = [world.published(title=f"Hàng {n}") for n in range(5)]
    for number in range(services.BY_PERSON.tries):
        asked(world, listings[number // 2])
    with pytest.raises(TooManyTries):
        asked(world, world.published(title="Hàng khác"))
    with clock.at(clock.now() + timedelta(hours=2)):
        assert asked(world, world.published(title="Hàng nữa")).id


def test_until_the_usual_day(world):
    """Closing on Friday 4/12 ends the questions on Friday 27/11, five working days before."""
    listing = world.opportunity(is_open_ended=False, closes_on=clock.today() + timedelta(days=14))
    found = queries.period(listing)
    assert (found.is_open, found.until, found.is_set) == (
        True,
        clock.today() + timedelta(days=7),
        False,
    )
    with clock.at(clock.now() + timedelta(days=7)):
        assert asked(world, listing).id
    with clock.at(clock.now() + timedelta(days=8)):
        assert not queries.period(listing).is_open
        with pytest.raises(WrongState) as refusal:
            asked(world, listing)
    assert refusal.value.text.params["day"] == clock.today() + timedelta(days=7)


def test_the_owner_sets_another_day(world):
    coop, listing = world.actor("coop"), world.published()
    today = clock.today()
    for day in (today + timedelta(days=3), today + timedelta(days=2)):
        services.set_date(coop, listing.public_id, day)
        found = queries.period(listing)
        assert (found.until, found.is_set, found.is_open) == (day, True, True)
    with clock.at(clock.now() + timedelta(days=3)), pytest.raises(WrongState):
        asked(world, listing)
    services.set_date(coop, listing.public_id, None)
    services.set_date(coop, listing.public_id, None)  # nothing to take back
    assert queries.period(listing).until is None
    entries = [e for e in journal.of([listing]) if e.name == "listing.questions_until"]
    assert [e.data["until"] for e in entries][:2] == [None, None]


def test_a_later_day_than_usual_but_not_after_closing(world):
    closes = clock.today() + timedelta(days=14)
    listing = world.opportunity(is_open_ended=False, closes_on=closes)
    owner = world.actor("official_1")
    services.set_date(owner, listing.public_id, closes)
    assert queries.period(listing).until == closes
    for day in (closes + timedelta(days=1), clock.today() - timedelta(days=1)):
        with pytest.raises(Invalid) as refusal:
            services.set_date(owner, listing.public_id, day)
        assert refusal.value.field == "until"
    assert queries.period(listing).until == closes


def test_who_sets_the_day_says_how_they_know(world):
    listing = world.published()
    with pytest.raises(Invalid):
        services.set_date(world.actor("official_1"), listing.public_id, clock.today())
    told = Acting(ActingHow.VISIT, clock.today())
    services.set_date(world.actor("official_1"), listing.public_id, clock.today(), told)
    for who, error in (("hotel", NotAllowed), ("ward_official_1", NotAllowed)):
        with pytest.raises(error):
            services.set_date(world.actor(who), listing.public_id, clock.today())
    with pytest.raises(WrongState):
        services.set_date(world.actor("coop"), world.draft().public_id, clock.today())


def test_declining_and_taking_off_need_reasons(world):
    listing = world.published()
    for act, who in ((services.decline, "coop"), (services.remove, "official_1")):
        question = asked(world, listing)
        for reason, note in ((None, "Vì sao."), ("other", ""), ("nothing", "Vì sao.")):
            with pytest.raises(Invalid):
                act(world.actor(who), question.public_id, reason=reason, note=note)
        act(world.actor(who), question.public_id, **WHY)
        assert question.answer is None
    assert queries.answered_of(listing.id) == ([], 0)


def test_an_answered_question_can_be_taken_off(world):
    listing = world.published()
    question = asked(world, listing)
    services.answer(world.actor("coop"), question.public_id, "Được.")
    with pytest.raises(NotAllowed):
        services.remove(world.actor("coop"), question.public_id, **WHY)
    services.remove(world.actor("official_2"), question.public_id, **WHY)
    assert queries.answered_of(listing.id) == ([], 0)
    assert question.answer == "Được."  # the officials still read what it was
    with pytest.raises(WrongState):
        services.answer(world.actor("coop"), question.public_id, "Được nữa.")


def test_who_sees_what(world):
    listing = world.published()
    seen = lambda question: {  # noqa: E731
        who for who in world.users if _opens(question.public_id, world.actor(who))
    }
    concerned = {
        "coop",
        "hotel",
        *[who for who in world.users if "official" in who or "leader" in who],
    }
    question = asked(world, listing)
    assert seen(question) == concerned
    services.answer(world.actor("coop"), question.public_id, "Được.")
    assert seen(question) == set(world.users)
    services.remove(world.actor("official_1"), question.public_id, **WHY)
    assert seen(question) == concerned


def _opens(public_id, actor):
    try:
        return bool(queries.get(public_id, actor))
    except NotFound:
        return False


def test_the_officials_list(world):
    listing, other = world.published(), world.opportunity()
    first, second = asked(world, listing), asked(world, other, "investor")
    for who in ("official_1", "ward_leader"):
        rows, total = queries.waiting(world.actor(who))
        assert ([q.id for q in rows], total) == ([first.id, second.id], 2)
    services.decline(world.actor("coop"), first.public_id, **WHY)
    interests.close_listing(
        world.actor("official_1"), other.public_id, reason="cancelled", note="Dừng."
    )
    assert queries.waiting(world.actor("official_1")) == ([], 0)


def test_the_database_refuses_half_an_answer(world):
    question = asked(world, world.published())
    for values in ({"answer": "Được."}, {"state": QuestionState.ANSWERED}):
        with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
            db.session.execute(
                sa.update(Question).where(Question.id == question.id).values(**values)
            )


def test_two_answers_at_once_are_one(fresh):
    """The owner and an official answer at the same moment: one answer stands, once."""
    app, world = fresh
    listing = world.published()
    question = asked(world, listing).public_id
    actors = [world.actor("coop"), world.actor("official_1")]
    db.session.remove()
    start, results = threading.Barrier(2), []

    def act(actor, call):
        with app.app_context():
            start.wait()
            try:
                call(actor, question, f"Của {actor.name}.")
                results.append("ok")
            except DomainError as error:
                results.append(type(error).__name__)
            finally:
                db.session.remove()

    calls = (services.answer, services.answer_officially)
    threads = [threading.Thread(target=act, args=pair) for pair in zip(actors, calls, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["WrongState", "ok"]
    found = db.session.scalars(sa.select(Question)).one()
    assert [e.name for e in journal.of([found])].count("question.answered") == 1


def test_more_askers_at_once_than_may_wait(fresh):
    """The limit holds when an organisation's people send their questions at the same moment."""
    app, world = fresh
    listing = world.published().public_id
    actor = world.actor("hotel")
    db.session.remove()
    start, results = threading.Barrier(MOST_OPEN + 2), []

    def act(number):
        with app.app_context():
            start.wait()
            try:
                services.ask(actor, listing, f"Câu {number}?")
                results.append("ok")
            except DomainError as error:
                results.append(type(error).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=act, args=(n,)) for n in range(MOST_OPEN + 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (results.count("ok"), count()) == (MOST_OPEN, MOST_OPEN)
    assert db.session.scalar(sa.select(sa.func.count(Listing.id))) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Throttle)) >= 1
