"""Introductions by hand: who may do what, and that nothing is shared before both have said yes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.acting import Acting
from marketplace.accounts.rules import ActingHow, OrganisationState
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Conflict, Invalid, NotAllowed, WrongState
from marketplace.core.journal import Entry
from marketplace.introducing import services as introducing
from marketplace.introducing.models import Introduction, IntroductionAnswer
from marketplace.introducing.rules import INTRODUCTION, IntroductionState
from marketplace.notifications import subjects
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery
from marketplace.notifications.writing import body, context, subject_line
from marketplace.talking import services as talking
from marketplace.talking.models import Message
from marketplace.talking.rules import About
from tests.deals.test_races import as_actors, at_once, good
from tests.tables import COMMUNE, OFFICERS, WARD, allowed, everyone, written

PHONES = {"coop": "+84905000001", "hotel": "+84905000002"}


def introduce(world, *, listing=None):
    for name, phone in PHONES.items():
        world.organisation(name).phone = phone
    db.session.commit()
    return introducing.propose(
        world.actor("official_1"),
        world.organisation("coop").public_id,
        world.organisation("hotel").public_id,
        "Hai bên cùng tìm rau rừng đều mỗi tuần.",
        listing.public_id if listing else None,
    )


def test_the_table_of_an_introduction(world):
    made = introduce(world)
    sides = {"coop", "hotel"}
    assert allowed(INTRODUCTION, made, everyone(world)) == written(
        {
            "consent": ({"proposed"}, OFFICERS | sides),
            "agree": ({"proposed"}, {"system"}),
            "refuse": ({"proposed"}, OFFICERS | sides),
            "withdraw": ({"proposed"}, OFFICERS),
            "lapse": ({"proposed"}, {"system"}),
        }
    )
    introducing.consent(world.actor("coop"), made.public_id)
    who = {
        w for action, _, w in allowed(INTRODUCTION, made, everyone(world)) if action == "consent"
    }
    assert who == {"hotel", *WARD}


def test_nobody_says_yes_for_both(world):
    made = introduce(world)
    told = Acting(ActingHow.CALL, clock.today(), "Đã đọc lại.")
    with pytest.raises(Invalid):
        introducing.consent(world.actor("official_1"), made.public_id)
    introducing.consent(world.actor("official_1"), made.public_id, told)
    answer = db.session.scalars(sa.select(IntroductionAnswer)).one()
    assert answer.organisation_id == world.organisations["coop"]
    assert answer.acting_id is not None
    assert not {
        w
        for action, _, w in allowed(INTRODUCTION, made, everyone(world))
        if action == "consent" and w in COMMUNE
    }


@pytest.mark.parametrize("who", ["coop", "hotel"])
def test_nobody_says_yes_while_one_side_is_not_verified(world, browse, who):
    made = introduce(world)
    introducing.consent(world.actor("coop"), made.public_id)
    world.organisation(who).state = OrganisationState.SUSPENDED
    db.session.commit()
    with pytest.raises(Blocked):
        introducing.consent(world.actor("hotel"), made.public_id)
    hotel = browse("hotel", "en")
    hotel.get(f"/gioi-thieu-hai-ben/{made.public_id}")
    assert "not verified just now" in hotel.text
    assert made.state is IntroductionState.PROPOSED


def test_whom_one_introduces(world):
    coop, hotel = (world.organisation(name).public_id for name in ("coop", "hotel"))
    with pytest.raises(NotAllowed):
        introducing.propose(world.actor("hotel"), coop, hotel, "Vì sao.")
    with pytest.raises(Invalid):
        introducing.propose(world.actor("official_1"), coop, coop, "Vì sao.")
    other = world.draft()
    with pytest.raises(Invalid):
        introducing.propose(world.actor("official_1"), coop, hotel, "Vì sao.", other.public_id)
    introduce(world)
    with pytest.raises(Conflict):
        introducing.propose(world.actor("ward_official_1"), hotel, coop, "Vì sao.")


def everything(browser, code):
    """All that someone can read of an introduction: its page, the conversation, the inbox."""
    words = ""
    for path in (f"/gioi-thieu-hai-ben/{code}", f"/trao-doi/gioi-thieu/{code}", "/trao-doi"):
        browser.get(path)
        words += browser.response.get_data(as_text=True)
    return words


def mails():
    """The words of all notices so far."""
    while dispatch():
        pass
    found = []
    for delivery in db.session.scalars(
        sa.select(Delivery).where(Delivery.channel == Channel.EMAIL)
    ):
        about = subjects.about(delivery.entry)
        words = context(delivery.entry, about, delivery.user, delivery.organisation)
        found.append(subject_line(words) + body(words))
    return "\n".join(found)


def test_nothing_is_shared_until_both_say_yes(app, world, browse):
    made = introduce(world, listing=world.published())
    code = made.public_id
    with app.test_request_context():
        assert not any(number in mails() for number in PHONES.values())
    for said in (None, "coop"):
        if said:
            introducing.consent(world.actor(said), code)
        for who, other in (("coop", "hotel"), ("hotel", "coop")):
            words = everything(browse(who), code)
            assert PHONES[other] not in words
            assert f"Người {other}" not in words
            assert world.organisation(other).name in words
            with pytest.raises(WrongState):
                talking.write(world.actor(who), About.INTRODUCTION, code, "Chào.")
        browse("restaurant").get(f"/gioi-thieu-hai-ben/{code}", 404)
    introducing.consent(world.actor("hotel"), code)
    talking.write(world.actor("coop"), About.INTRODUCTION, code, "Chào anh chị.")
    words = everything(browse("hotel"), code)
    assert PHONES["coop"] in words
    assert "Chào anh chị." in words
    with app.test_request_context():
        assert "Chào anh chị." not in mails()


def test_lists_say_whom_one_is_to_meet(world, browse):
    made = introduce(world)
    page = browse("hotel", "en").get("/trao-doi")
    assert "Introduction to HTX Dược liệu minh họa" in page.text
    assert made.public_id not in page.text
    page = browse("hotel").get(f"/gioi-thieu-hai-ben/{made.public_id}")
    assert "HTX Dược liệu minh họa" in page.title
    assert made.public_id not in page.title


def test_a_household_keeps_its_name_until_then(app, world, browse):
    from marketplace.accounts import services as accounts
    from marketplace.accounts.rules import OrganisationKind
    from marketplace.accounts.services import HouseholdValues
    from tests.world import spoken

    home = accounts.enter_household(
        world.actor("coop"),
        HouseholdValues(OrganisationKind.PRODUCER_HOUSEHOLD, "Hộ kín tên", phone="+84905000009"),
        spoken(),
    )
    accounts.move_organisation(world.actor("official_2"), home.public_id, "verify")
    hotel = world.organisation("hotel").public_id
    made = introducing.propose(world.actor("official_1"), hotel, home.public_id, "Vì sao.")
    told = Acting(ActingHow.CALL, clock.today(), "Đã đọc lại.")
    introducing.consent(world.actor("coop"), made.public_id, told)
    assert "Hộ kín tên" not in everything(browse("hotel"), made.public_id)
    with app.test_request_context():
        found = mails().split("Người hotel")[-1]
        assert "Hộ kín tên" not in found
    introducing.consent(world.actor("hotel"), made.public_id)
    assert "Hộ kín tên" in everything(browse("hotel"), made.public_id)


def test_after_a_no_nothing_was_passed_on(world, browse):
    made = introduce(world)
    hotel = browse("hotel")
    hotel.get(f"/gioi-thieu-hai-ben/{made.public_id}")
    hotel.submit({"reason": "not_now", "note": "Đang sửa bếp."}, action=f"{made.public_id}/refuse")
    assert PHONES["hotel"] not in everything(browse("coop"), made.public_id)
    with pytest.raises(WrongState):
        introducing.consent(world.actor("coop"), made.public_id)


def test_it_lapses_after_thirty_days(world):
    made = introduce(world)
    with clock.at(clock.now() + timedelta(days=30)):
        assert introducing.lapse_introductions() == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert introducing.lapse_introductions() == 1
        assert introducing.lapse_introductions() == 0
    assert db.session.get_one(Introduction, made.id).state is IntroductionState.LAPSED


def test_an_official_introduces_and_makes_a_match_of_it(world, browse):
    listing = world.published()
    official = browse("official_1")
    official.get("/lam-viec/gioi-thieu/moi")
    official.submit(
        {
            "one": world.organisation("coop").public_id,
            "other": world.organisation("hotel").public_id,
            "listing": listing.public_id,
            "words": "Cùng tìm nguồn đều.",
        },
        action="/moi",
    )
    made = db.session.scalars(sa.select(Introduction)).one()
    for who in ("coop", "hotel"):
        party = browse(who)
        party.get(f"/gioi-thieu-hai-ben/{made.public_id}")
        party.submit(action="/consent")
    official.get(f"/gioi-thieu-hai-ben/{made.public_id}")
    link = next(
        a["href"]
        for tag, a in official.page.tags
        if tag == "a" and "/lam-viec/ghep/moi" in (a.get("href") or "")
    )
    official.get(link)
    chosen = {a["value"] for tag, a in official.page.tags if tag == "option" and "selected" in a}
    assert chosen >= {listing.public_id, world.organisation("hotel").public_id}


def test_two_yes_at_once_open_it_once_and_a_yes_and_a_no_end_it_once(fresh):
    app, world = fresh
    for rounds in range(3):
        made = introduce(world).public_id
        coop, hotel = as_actors(world, "coop", "hotel").values()
        done = at_once(
            app,
            [
                lambda: introducing.consent(coop, made).id,
                lambda: introducing.consent(hotel, made).id,
            ],
        )
        assert len(good(done)) == 2
        db.session.rollback()
        assert (
            db.session.scalars(
                sa.select(Introduction.state).where(Introduction.public_id == made)
            ).one()
            is IntroductionState.AGREED
        )
        names = db.session.scalars(sa.select(Entry.name)).all()
        assert names.count("introduction.agree") == rounds + 1
    made = introduce(world).public_id
    at_once(
        app,
        [
            lambda: introducing.consent(coop, made).id,
            lambda: introducing.refuse(hotel, made, reason="other", note="Chưa cần.").id,
        ],
    )
    db.session.rollback()
    state = db.session.scalars(
        sa.select(Introduction.state).where(Introduction.public_id == made)
    ).one()
    assert state is IntroductionState.REFUSED


def test_first_words_from_both_sides_at_once_are_one_conversation(fresh):
    app, world = fresh
    made = introduce(world).public_id
    for who in ("coop", "hotel"):
        introducing.consent(world.actor(who), made)
    actors = as_actors(world, "coop", "hotel").values()
    done = at_once(
        app,
        [lambda a=a: talking.write(a, About.INTRODUCTION, made, "Chào.").id for a in actors],
    )
    assert len(good(done)) == 2
    db.session.rollback()
    threads = db.session.scalars(sa.select(Message.thread_id)).all()
    assert (len(threads), len(set(threads))) == (2, 1)
