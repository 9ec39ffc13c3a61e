"""Conversations in the browser: who reads what, unread counts, taking back, files, notes."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.models import StoredFile
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.deals import services as deals
from marketplace.interests import services as interests
from marketplace.matching import services as matching
from marketplace.matching.services import MatchValues
from marketplace.notifications import subjects, writing
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery
from marketplace.talking import services as talking
from marketplace.talking.models import Message, MessageFile
from marketplace.talking.rules import About

WORDS = "Mai giao 20 kg được không?"
OPEN = ("/du-lieu/nong-san.json", "/ban-hang/hoi-mua", "/ket-qua.csv", "/trao-doi")
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def accepted(world):
    return world.accepted(world.published()).public_id


def at(code, word="quan-tam"):
    return f"/trao-doi/{word}/{code}"


def said(world, who, code, words=WORDS, about=About.INTEREST):
    return talking.write(world.actor(who), about, code, words)


def test_who_reads_a_conversation(world, browse, accepted):
    said(world, "hotel", accepted)
    reads = {"hotel", "coop", "official_2", "leader", "ward_official_1"}
    for who in [*sorted(reads), "other_coop", "restaurant", "investor"]:
        browser = browse(who)
        browser.get(at(accepted), 200 if who in reads else 404)
        if who in reads:
            assert WORDS in browser.text
            assert "Người đọc được" in browser.text or "Read by" in browser.text
    browse().get(at(accepted), 302)


def test_nothing_to_read_or_write_before_the_interest_is_accepted(app, world, browse):
    interest = world.interest(world.published())
    code = interest.public_id
    for who in ("hotel", "coop", "official_1"):
        browser = browse(who)
        browser.get(at(code))
        assert all("words" not in form["fields"] for form in browser.page.forms)
        browser.post(at(code), {"words": WORDS}, status=409)
    assert db.session.scalar(sa.select(sa.func.count(Message.id))) == 0
    for who in ("hotel", "coop"):
        for path in (f"/quan-tam/{code}", at(code)):
            page = browse(who)
            page.get(path)
            if who == "coop":
                assert "0900 000 000" not in page.text
                assert "Bộ phận mua hàng" not in page.text
    while dispatch():
        pass
    hidden = browse("coop")
    hidden.get("/thong-bao")
    assert "0900 000 000" not in hidden.text
    with app.test_request_context():
        mails = [
            writing.body(writing.context(d.entry, subjects.about(d.entry), d.user, d.organisation))
            for d in db.session.scalars(sa.select(Delivery).where(Delivery.channel == "email"))
        ]
    assert any("Khách sạn minh họa" in mail for mail in mails)
    for words in (*mails, *(browse("coop").client.get(p).get_data(as_text=True) for p in OPEN)):
        assert "900000000" not in words
        assert "0900 000 000" not in words
        assert "Bộ phận mua hàng" not in words


def test_while_more_is_asked_for_the_conversation_has_not_ended(world, browse):
    interest = world.interest(world.published())
    asker, code = world.actor("coop"), interest.public_id
    interests.answer(asker, code, "ask", reason="amount", note="Mỗi tuần bao nhiêu?")
    hotel = browse("hotel", "en")
    hotel.get(f"/quan-tam/{code}")
    assert "The conversation opens when the interest is accepted." in hotel.text
    assert "This has ended." not in hotel.text


def test_unread_is_counted_and_read_by_opening(world, browse, accepted):
    said(world, "hotel", accepted)
    said(world, "hotel", accepted, "Và 5 kg nữa.")
    coop, hotel = browse("coop", "en"), browse("hotel", "en")
    coop.get(f"/quan-tam/{accepted}")
    assert "2 new" in coop.text
    coop.get("/trao-doi")
    assert "2 new" in coop.text
    hotel.get("/trao-doi")
    assert " new" not in hotel.text
    coop.get(at(accepted))
    assert coop.text.count("New ") == 2
    coop.get(at(accepted))
    assert "New " not in coop.text
    coop.get("/trao-doi")
    assert " new" not in coop.text


def test_a_message_is_written_once_with_its_files(world, browse, accepted):
    hotel = browse("hotel")
    hotel.get(at(accepted))
    form = hotel._form(at(accepted))
    fields = {k: v for k, v in form["fields"].items() if v} | {"words": WORDS}

    def send():
        return hotel.client.post(
            at(accepted),
            data=fields | {"files": [(io.BytesIO(PDF), "bao-gia.pdf")]},
            content_type="multipart/form-data",
        )

    assert [send().status_code, send().status_code] == [303, 303]
    assert db.session.scalar(sa.select(sa.func.count(Message.id))) == 1
    file = db.session.scalars(sa.select(StoredFile)).one()
    path = f"/trao-doi/tep/{file.public_id}"
    for who, status in (("coop", 200), ("ward_official_2", 200), ("restaurant", 404)):
        browse(who).get(path, status)
    page = browse("coop")
    page.get(at(accepted))
    assert "bao-gia.pdf" in page.text
    assert "1 KB" in page.text
    hotel.get(at(accepted))
    hotel.submit({"words": ""}, action=at(accepted), status=422)


def test_ones_own_message_can_be_taken_back_for_a_quarter_of_an_hour(world, browse, accepted):
    first = said(world, "hotel", accepted)
    back = f"/trao-doi/tin/{first.public_id}/rut-lai"
    coop, hotel = browse("coop"), browse("hotel")
    coop.post(back, status=403)
    browse("restaurant").post(back, status=404)
    with clock.at(clock.now() + timedelta(minutes=16)):
        hotel.post(back, status=409)
    hotel.get(at(accepted))
    hotel.submit(action=back)
    assert WORDS not in hotel.text
    coop.get(at(accepted))
    assert WORDS not in coop.text
    kept = db.session.scalars(sa.select(Message)).one()
    assert (kept.words, kept.erased_at is None) == ("", False)


def test_files_of_a_message_go_with_it(world, accepted):
    file = StoredFile(
        digest="0" * 64,
        media_type="application/pdf",
        size=10,
        label="a.pdf",
        created_at=clock.now(),
    )
    sent = talking.write(world.actor("hotel"), About.INTEREST, accepted, "", [file])
    talking.take_back(world.actor("hotel"), sent.public_id)
    assert db.session.scalars(sa.select(MessageFile)).all() == []
    assert db.session.scalars(sa.select(StoredFile).where(StoredFile.label == "a.pdf")).all() == []


def test_the_conversation_goes_on_in_the_case(world, browse, accepted):
    said(world, "hotel", accepted)
    match = matching.propose_from_interest(
        world.actor("official_1"), accepted, MatchValues(quantity=40_000, unit_price=120_000)
    )
    coop = browse("coop")
    coop.get(at(accepted), 308)
    assert coop.response.headers["Location"] == at(match.public_id, "ket-noi")
    coop.get(at(match.public_id, "ket-noi"))
    assert WORDS in coop.text
    said(world, "coop", match.public_id, "Được ạ.", About.CASE)
    threads = db.session.scalars(sa.select(Message.thread_id)).all()
    assert len(set(threads)) == 1
    deals.break_off(
        world.actor("official_1"), match.public_id, "cancel", reason="changed", note="Đổi."
    )
    coop.get(at(match.public_id, "ket-noi"))
    assert WORDS in coop.text
    coop.post(at(match.public_id, "ket-noi"), {"words": "Thêm."}, status=409)


def test_words_of_someone_absent_are_recorded(world, browse, accepted):
    """The recorder then has a hand in the case, as after any other recorded act."""
    official = browse("official_1")
    coop = world.organisation("coop").public_id
    official.get(f"{at(accepted)}?cho={coop}")
    official.submit({"words": "Bà con hẹn thứ hai."}, action=f"cho={coop}", status=422)
    official.submit(
        {"words": "Bà con hẹn thứ hai.", "acting_how": "call", "acting_said_on": "19/11/2026"},
        action=f"cho={coop}",
    )
    written = db.session.scalars(sa.select(Message)).one()
    assert written.organisation_id == world.organisations["coop"]
    assert written.acted.subject_type == "interest"
    browse("ward_official_1").get(f"{at(accepted)}?cho={coop}", 403)


def deliveries(channel=Channel.INBOX):
    while dispatch():
        pass
    query = sa.select(Delivery).where(Delivery.channel == channel)
    return [
        (d.user.name, d.entry.subject_id)
        for d in db.session.scalars(query.order_by(Delivery.id))
        if d.entry.name == "message.written"
    ]


def test_the_other_side_is_told_once_until_it_has_looked(world, accepted):
    first = said(world, "hotel", accepted)
    said(world, "hotel", accepted, "Còn nữa.")
    told = deliveries()
    assert told == [("Người coop", first.id)]
    talking.mark_read(world.actor("coop"), About.INTEREST, accepted)
    third = said(world, "hotel", accepted, "Và nữa.")
    assert deliveries() == [*told, ("Người coop", third.id)]
    with clock.at(clock.now() + timedelta(hours=25)):
        fourth = said(world, "hotel", accepted, "Hôm sau.")
        assert deliveries()[2:] == [("Người coop", fourth.id)]
        answer = said(world, "coop", accepted, "Dạ.")
        assert deliveries()[3:] == [("Người hotel", answer.id)]


def test_officials_notes_never_leave_the_officials(world, browse, accepted):
    secret = "Nên gọi lãnh đạo trước"
    official = browse("official_1")
    path = f"/lam-viec/ghi-chu/quan-tam/{accepted}"
    official.get(path)
    official.submit({"words": secret})
    match = matching.propose_from_interest(
        world.actor("official_2"), accepted, MatchValues(quantity=40_000, unit_price=120_000)
    )
    for who in ("official_2", "ward_official_1"):
        for page in (f"/quan-tam/{accepted}", f"/ket-noi/{match.public_id}"):
            reader = browse(who)
            reader.get(page)
            assert secret in reader.text
    while dispatch():
        pass
    for who in ("hotel", "coop"):
        party = browse(who)
        party.get(path, 403)
        for page in (
            f"/quan-tam/{accepted}",
            f"/ket-noi/{match.public_id}",
            at(match.public_id, "ket-noi"),
            "/trao-doi",
            "/thong-bao",
            "/ket-noi",
            "/toi/quan-tam",
            "/ban-hang/hoi-mua",
        ):
            party.get(page)
            assert secret not in party.text
            assert "Ghi chú" not in party.text
    outside = browse()
    for page in ("/ket-qua.csv", "/ket-qua"):
        outside.client.get(page)
        assert secret not in outside.client.get(page).get_data(as_text=True)


def test_a_conversation_that_never_opened_names_nobody(world, browse):
    interest = world.interest(world.published())
    interests.answer(
        world.actor("coop"), interest.public_id, "decline", reason="season", note="Hết."
    )
    hotel = browse("hotel", "en")
    hotel.get(at(interest.public_id))
    assert "Read by" not in hotel.text
    assert world.organisation("coop").name not in hotel.text
