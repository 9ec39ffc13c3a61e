"""Pages of questions: asking, reading, answering; who asked is in no page of others."""

from __future__ import annotations

import gzip
import random
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.catalogue import services as catalogue
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.interests import services as interests
from marketplace.questions import queries, services
from marketplace.questions.models import Question
from marketplace.questions.rules import QuestionState

WORDS = "Giao 20 kg mỗi thứ ba được không?"
SAID = "Được, đóng túi 5 kg."
WHY = {"reason": "unrelated", "note": "Câu này không về mặt hàng."}


def pages(listing):
    base = f"/hoi-dap/{listing.slug}-{listing.public_id}"
    return base, f"{base}/hoi"


def asked(world, listing, who="hotel", words=WORDS):
    return services.ask(world.actor(who), listing.public_id, words)


def one():
    return db.session.scalars(sa.select(Question)).one()


def links(page):
    return {a.get("href") for tag, a in page.tags if tag == "a"}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_asking_from_the_listing(world, browse, language):
    listing = world.published()
    hotel = browse("hotel", language)
    _, ask = pages(listing)
    assert ask in links(hotel.get(listing.path))
    hotel.get(ask)
    hotel.submit({"words": ""}, status=422)
    hotel.submit({"words": "x" * 1001}, status=422)
    hotel.submit({"words": WORDS})
    assert hotel.path == listing.path
    assert f"/hoi-dap/cau/{one().public_id}" in links(hotel.page)
    assert WORDS not in browse(None, language).get(listing.path).text


def test_who_may_not_ask_is_told_before_typing(world, browse):
    listing = world.published()
    _, ask = pages(listing)
    browse().get(ask, status=302)
    for who in ("coop", "official_1"):
        browser = browse(who)
        assert ask not in links(browser.get(listing.path))
        page = browser.get(ask, status=403)
        assert not any("words" in form["fields"] for form in page.forms)
        browser.post(ask, {"words": WORDS}, status=403)
    assert db.session.scalar(sa.select(sa.func.count(Question.id))) == 0
    assert ask in links(browse().get(listing.path))  # a visitor signs in on the way


def test_after_the_day_the_form_is_closed_and_says_so(world, browse):
    listing = world.published()
    services.set_date(world.actor("coop"), listing.public_id, clock.today())
    _, ask = pages(listing)
    hotel = browse("hotel", "en")
    assert "Questions are taken until 20 Nov 2026." in hotel.get(listing.path).text
    with clock.at(clock.now() + timedelta(days=1)):
        page = hotel.get(listing.path)
        assert ask not in links(page)
        hotel.get(ask, status=409)
        assert "Questions were taken until 20 Nov 2026." in hotel.text
        hotel.post(ask, {"words": WORDS}, status=409)
    assert db.session.scalar(sa.select(sa.func.count(Question.id))) == 0


def test_the_fourth_question_keeps_what_was_typed(world, browse):
    listing = world.published()
    _, ask = pages(listing)
    hotel = browse("hotel")
    hotel.get(ask)
    for number in range(3):
        asked(world, listing, words=f"Câu {number}?")
    hotel.submit({"words": WORDS}, status=409)
    assert WORDS in hotel.text
    hotel.get(ask, status=409)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_owner_answers_on_the_page_of_the_listing(world, browse, language):
    listing = world.published()
    first, second = asked(world, listing), asked(world, listing, "restaurant", "Câu thứ hai?")
    coop = browse("coop", language)
    own = f"/ban-hang/{listing.public_id}"
    page = coop.get(own)
    assert WORDS in page.text
    coop.submit({"answer": ""}, action=f"{second.public_id}/tra-loi", status=422)
    coop.submit({"answer": "Câu trả lời thứ hai."})
    assert coop.path == own
    coop.submit({"answer": SAID}, action=f"{first.public_id}/tra-loi")
    text = browse(None, language).get(listing.path).text
    for words in (WORDS, SAID, "Câu thứ hai?", "Câu trả lời thứ hai."):
        assert words in text
    coop.get(f"/hoi-dap/cau/{first.public_id}/tra-loi", status=409)


def test_an_official_records_or_answers_officially(world, browse):
    listing = world.published()
    question = asked(world, listing)
    path = f"/hoi-dap/cau/{question.public_id}"
    official = browse("official_1", "en")
    page = official.get(path)
    assert {f"{path}/tra-loi", f"{path}/tra-loi-chinh-thuc"} <= links(page)
    assert "Record the owner's answer" in page.text
    official.get(f"{path}/tra-loi")
    official.submit({"answer": SAID}, status=422)
    assert SAID in official.text
    official.get(f"{path}/tra-loi-chinh-thuc")
    official.submit({"answer": SAID})
    assert official.path == "/lam-viec/hoi-dap"
    text = browse(None, "en").get(listing.path).text
    assert "Official answer" in text
    assert world.organisation("commune").name in text
    assert "Người official_1" not in text


def test_a_recorded_answer_is_the_owners(world, browse):
    question = asked(world, world.published())
    official = browse("official_1")
    official.get(f"/hoi-dap/cau/{question.public_id}/tra-loi")
    official.submit({"answer": SAID, "acting_how": "call"})
    assert (question.answer, question.voice) == (SAID, "owner")


def test_nobody_else_answers(world, browse):
    question = asked(world, world.published())
    path = f"/hoi-dap/cau/{question.public_id}"
    for who, status in (("hotel", 403), ("restaurant", 404), ("ward_official_1", 403)):
        browser = browse(who)
        browser.get(f"{path}/tra-loi", status=status)
        browser.post(f"{path}/tra-loi", {"answer": SAID}, status=status)
    browse("ward_official_1").post(f"{path}/tra-loi-chinh-thuc", {"answer": SAID}, status=403)
    browse("coop").post(f"{path}/tra-loi-chinh-thuc", {"answer": SAID}, status=403)
    browse().post(f"{path}/tra-loi", {"answer": SAID}, status=403)
    assert question.state is QuestionState.ASKED


def test_declined_with_a_reason_the_asker_reads(world, browse):
    listing = world.published()
    question = asked(world, listing)
    path = f"/hoi-dap/cau/{question.public_id}"
    coop = browse("coop")
    coop.get(f"{path}/declined")
    coop.submit({"reason": "", "note": WHY["note"]}, status=422)
    coop.submit(WHY)
    assert question.state is QuestionState.DECLINED
    assert WHY["note"] in browse("hotel").get(path).text
    assert WORDS not in browse("restaurant").get(listing.path).text
    browse("restaurant").get(path, status=404)
    browse("hotel").post(f"{path}/removed", WHY, status=403)


def test_taken_off_by_an_official(world, browse):
    listing = world.published()
    question = asked(world, listing)
    services.answer(world.actor("coop"), question.public_id, SAID)
    path = f"/hoi-dap/cau/{question.public_id}"
    browse("ward_official_1").get(f"{path}/removed", status=403)
    official = browse("official_2")
    official.get(f"{path}/removed")
    official.submit(WHY)
    assert SAID not in browse().get(listing.path).text
    for who in ("hotel", "coop"):
        assert WHY["note"] in browse(who).get(path).text
    base, _ = pages(listing)
    assert SAID not in browse().get(base).text


def test_who_asked_stands_in_no_page_of_others(world, browse):
    """Neither the name of the organisation nor of the person, nor an id of theirs, in the source."""
    listing = world.published()
    question = asked(world, listing)
    hotel, person = world.organisation("hotel"), "Người hotel"
    base, _ = pages(listing)
    path = f"/hoi-dap/cau/{question.public_id}"

    def traces(who, *paths):
        browser = browse(who)
        found = []
        for one_path in paths:
            browser.get(one_path)
            source = browser.response.get_data(as_text=True)
            found += [w for w in (hotel.name, person, hotel.public_id) if w in source]
        return found

    for state in ("asked", "answered"):
        if state == "answered":
            services.answer(world.actor("coop"), question.public_id, SAID)
        assert not traces("coop", listing.path, path, base, f"/ban-hang/{listing.public_id}")
        assert not traces(None, listing.path, base)
        assert not traces("restaurant", listing.path, base)
        assert hotel.name in traces("official_1", path)
        assert hotel.name in traces("ward_leader", path)
    assert not traces("restaurant", path)


def test_the_first_ten_on_the_listing_the_rest_on_its_own_page(world, browse):
    listing = world.published()
    for number in range(25):
        with clock.at(clock.now() + timedelta(hours=number)):
            question = asked(world, listing, words=f"Câu số {number:02}?")
            services.answer(world.actor("coop"), question.public_id, f"Đáp số {number:02}.")
    visitor = browse()
    page = visitor.get(listing.path)
    assert sum(f"Câu số {n:02}?" in page.text for n in range(25)) == 10
    assert "Câu số 24?" in page.text
    base, _ = pages(listing)
    assert base in links(page)
    assert sum(f"Câu số {n:02}?" in visitor.get(base).text for n in range(25)) == 10
    assert "Câu số 00?" in visitor.get(f"{base}?trang=3").text
    visitor.get(f"{base}?trang=4", status=404)
    stale = base.replace(listing.slug, "ten-cu")
    visitor.get(stale, status=301)
    assert visitor.response.headers["Location"].endswith(base)


def test_drafts_have_no_questions(world, browse):
    draft = world.draft()
    base, ask = pages(draft)
    browse().get(base, status=404)
    browse("hotel").get(ask, status=404)
    shown = links(browse("coop").get(draft.path))
    assert not {path for path in shown if path and path.startswith("/hoi-dap")}


def test_lists(world, browse):
    listing = world.published()
    hotel = browse("hotel", "en")
    hotel.get("/toi/hoi-dap")
    official = browse("official_1", "en")
    assert "Every question has its answer." in official.get("/lam-viec/hoi-dap").text
    question = asked(world, listing)
    path = f"/hoi-dap/cau/{question.public_id}"
    assert path in links(hotel.get("/toi/hoi-dap"))
    hotel.get("/toi/hoi-dap?trang=2", status=404)
    assert path in links(official.get("/lam-viec/hoi-dap"))
    assert "Answer overdue" not in official.text
    with clock.at(clock.now() + timedelta(days=7)):
        assert "Answer overdue" in browse("ward_official_1", "en").get("/lam-viec/hoi-dap").text
        assert "The answer is late" in browse("hotel", "en").get(path).text
    assert path not in links(browse("restaurant").get("/toi/hoi-dap"))
    browse("hotel").get("/lam-viec/hoi-dap", status=403)
    browse().get("/toi/hoi-dap", status=302)


def test_the_owner_sets_the_last_day(world, browse):
    listing = world.published()
    path = f"/ban-hang/{listing.public_id}/hoi-dap"
    coop = browse("coop")
    assert path in links(coop.get(f"/ban-hang/{listing.public_id}"))
    coop.get(path)
    for bad in ("19/11/2026", "31/02/2026", "mai"):
        page = coop.submit({"until": bad}, status=422)
        assert "#until" in links(page)
    coop.submit({"until": "27/11/2026"})
    assert queries.period(listing).is_set
    coop.get(path)
    coop.submit({"until": ""})
    assert not queries.period(listing).is_set
    browse("hotel").get(path, status=403)
    browse("restaurant").post(path, {"until": ""}, status=403)
    official = browse("official_1")
    official.get(path)
    official.submit({"until": "27/11/2026"}, status=422)
    official.submit({"until": "27/11/2026", "acting_how": "call"})
    assert queries.period(listing).is_set


def test_a_closed_listing_keeps_its_answers(world, browse):
    listing = world.published()
    question = asked(world, listing)
    services.answer(world.actor("coop"), question.public_id, SAID)
    interests.close_listing(
        world.actor("coop"), listing.public_id, reason="fulfilled", note="Hết hàng."
    )
    page = browse("hotel", "en").get(listing.path)
    assert SAID in page.text
    assert "The listing is closed and takes no questions." in page.text
    empty = world.published(title="Gừng")
    catalogue.pause(world.actor("coop"), empty.public_id, "pause", reason="stock", note="Hết.")
    assert "Ask a question" in browse("hotel", "en").get(empty.path).text


def test_each_answer_has_a_key_of_its_own_even_on_a_page_that_refused_something(world, browse):
    listing = world.published()
    for number in range(2):
        asked(world, listing, words=f"Câu {number}?")
    coop = browse("coop")
    page = coop.post(f"/ban-hang/{listing.public_id}/anh", {"alt": "Ảnh"}, status=422)
    forms = [form["fields"] for form in page.forms if "answer" in form["fields"]]
    keys = {fields["form_key"] for fields in forms}
    assert len(keys) == 2
    assert "" not in keys
    for _ in range(2):
        coop.submit({"answer": SAID}, action="/tra-loi")
    assert queries.answered_of(listing.id)[1] == 2


def test_long_answers_leave_the_listing_light(world, browse):
    """Ten answers of full length would weigh more than a listing's page may."""
    listing = world.published()
    rng = random.Random(7)
    letters = "aăâbcdđeêghiklmnoôơpqrstuưvxy áàảãạ"
    for number in range(10):
        with clock.at(clock.now() + timedelta(hours=number)):
            long = "".join(rng.choices(letters, k=1990))
            question = asked(world, listing, words=f"Câu số {number}?")
            services.answer(world.actor("coop"), question.public_id, f"{number} {long}")
    visitor = browse()
    page = visitor.get(listing.path)
    assert "Câu số 9?" in page.text
    assert "Câu số 0?" not in page.text
    assert pages(listing)[0] in links(page)
    assert len(gzip.compress(visitor.response.data)) < 8 * 1024
