"""Pages of enquiries: the visitor's form and tracking page, the officials' queue."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from marketplace.catalogue import services as catalogue
from marketplace.core.db import db
from marketplace.enquiries import services
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.rules import EnquiryState
from marketplace.interests import services as interests

GOOD = {
    "contact_name": "Người hỏi thử",
    "organisation_name": "Bếp ăn minh họa",
    "contact_phone": "0905 123 456",
    "quantity": "20",
    "message": "Cần hàng cho bếp ăn.",
    "consent": "y",
}


def path_of(listing):
    return f"/{listing.section}/{listing.slug}-{listing.public_id}/hoi-khong-tai-khoan"


def one():
    return db.session.scalars(sa.select(Enquiry)).one()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_visitor_finds_the_way_sends_and_follows(world, browse, language):
    listing = world.published()
    visitor = browse(None, language)
    page = visitor.get(listing.path)
    assert any(a.get("href") == path_of(listing) for t, a in page.tags if t == "a")
    visitor.get(path_of(listing))
    visitor.submit(GOOD)
    assert visitor.path == f"/quan-tam/{one().public_id}"
    assert visitor.response.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in visitor.response.headers["Cache-Control"]
    assert ("26/11/2026" in visitor.text) or ("26 Nov" in visitor.text)
    assert path_of(listing) not in str(browse("hotel").get(listing.path).tags)


def test_whoever_is_asked_to_sign_in_reads_that_no_account_is_needed(world, browse):
    listing = world.published()
    visitor = browse(None, "en")
    asked = f"/{listing.section}/{listing.slug}-{listing.public_id}/quan-tam"
    visitor.get(asked, status=302)
    assert "/dang-nhap" in visitor.response.headers["Location"]

    def is_told(onward):
        page = visitor.get("/dang-nhap?" + urlencode({"next": onward}))
        return any(a.get("href") == path_of(listing) for t, a in page.tags if t == "a")

    assert is_told(asked)
    assert is_told(f"{asked}?nhap=1")
    for elsewhere in ("/toi", "/quan-tam", asked[:-1], f"//x{asked}", f"/x{asked}"):
        assert not is_told(elsewhere)
    catalogue.pause(
        world.actor("coop"), listing.public_id, "pause", reason="stock", note="Hết hàng."
    )
    assert not is_told(asked)


def test_the_tracking_page_shows_nothing_that_names_anyone(world, browse, send):
    listing = world.published()
    enquiry = send(listing, message="Lời riêng của khách", questions="Câu hỏi riêng")
    hotel = world.organisation("hotel")
    secrets = [
        "Người hỏi thử",
        "Bếp ăn minh họa",
        "000 077",
        "900000077",
        "Lời riêng",
        "Câu hỏi riêng",
        hotel.name,
        "Lời của hợp tác xã",
        "Người official_1",
    ]
    visitor, path = browse(), f"/quan-tam/{enquiry.public_id}"

    def look():
        page = visitor.get(path)
        shown = page.text + str(page.tags)
        assert [word for word in secrets if word in shown] == []
        return page.text

    assert "N… h… t…" in look()
    services.tie(world.actor("official_1"), enquiry.public_id, hotel.public_id)
    look()
    for move in ("acknowledge", "decline"):
        said = {"reason": "season", "note": "Lời của hợp tác xã"} if move == "decline" else {}
        interests.answer(world.actor("coop"), enquiry.public_id, move, **said)
        look()
    visitor = browse(None, "en")
    visitor.get(path)
    assert "Not suitable" in visitor.text
    assert "Not available at that time" in visitor.text


def test_a_tied_enquiry_is_taken_back_on_its_tracking_page(world, browse, send):
    enquiry = send(world.published())
    path = f"/quan-tam/{enquiry.public_id}"
    services.tie(
        world.actor("official_1"), enquiry.public_id, world.organisation("hotel").public_id
    )
    visitor = browse(None, "en")
    page = visitor.get(path)
    assert any(a.get("href") == f"{path}/rut-lai" for t, a in page.tags if t == "a")
    visitor.get(f"{path}/rut-lai")
    page = visitor.submit({"contact_phone": "0905 123 456"}, status=422)
    assert "This is not the number given with the enquiry." in page.text
    page = visitor.submit({"contact_phone": "0900 000 077"})
    assert "You took it back. What named you is erased." in page.text
    assert f"{path}/rut-lai" not in str(visitor.get(path).tags)
    assert "What named the sender is erased." in browse("official_1", "en").get(path).text


def test_whoever_asks_too_often_keeps_the_form_and_reads_how_long_to_wait(world, browse):
    visitor, path = browse(None, "en"), path_of(world.published())
    for status in (200, 200, 200, 429):
        visitor.get(path)
        page = visitor.submit(GOOD, **({} if status == 200 else {"status": status}))
    assert "Wait 24 hours" in page.text
    assert "few minutes" not in page.text
    assert GOOD["message"] in page.text
    assert any(a.get("value") == GOOD["contact_name"] for t, a in page.tags if t == "input")


def test_an_official_is_led_from_an_accepted_interest_to_the_match(world, browse, send):
    interest = world.interest(world.published())
    path, onward = (
        f"/quan-tam/{interest.public_id}",
        f"/lam-viec/ghep/quan-tam/{interest.public_id}",
    )

    def leads(who):
        return onward in str(browse(who).get(path).tags)

    assert not leads("official_1")
    for move in ("acknowledge", "accept"):
        interests.answer(world.actor("coop"), interest.public_id, move)
    assert {who for who in ("official_1", "ward_leader", "coop", "hotel") if leads(who)} == {
        "official_1",
        "ward_leader",
    }


def test_one_code_for_everyone_each_on_their_own_page(world, browse, send):
    enquiry = send(world.published())
    path = f"/quan-tam/{enquiry.public_id}"
    browse("official_1").get(path, status=302)
    browse("hotel").get(path)  # has the code and nothing more
    services.tie(
        world.actor("official_1"), enquiry.public_id, world.organisation("hotel").public_id
    )
    for who in ("official_1", "ward_leader", "coop", "hotel"):
        page = browse(who).get(path)
        assert world.organisation("hotel").name in page.text  # the interest, not the enquiry
        assert ("0900 000 077" in page.text) == (who not in {"coop", "hotel"})  # not accepted yet
    browse().get(path)
    browse().get("/quan-tam/222222bbbb", status=404)
    browse("hotel").get("/quan-tam/222222bbbb", status=404)


BAD = [
    ({"contact_name": ""}, "contact_name"),
    ({"organisation_name": ""}, "organisation_name"),
    ({"contact_phone": "12"}, "contact_phone"),
    ({"quantity": "0"}, "quantity"),
    ({"quantity": "100,001"}, "quantity"),
    ({"message": ""}, "message"),
    ({"consent": ""}, "consent"),
]


@pytest.mark.parametrize(("bad", "field"), BAD)
def test_bad_values_get_a_sentence(world, browse, bad, field):
    visitor = browse()
    visitor.get(path_of(world.published()))
    page = visitor.submit(GOOD | bad, status=422)
    assert any(a.get("href") == f"#{field}" for t, a in page.tags if t == "a")
    assert db.session.scalar(sa.select(sa.func.count(Enquiry.id))) == 0


def test_no_box_is_ticked_beforehand_and_members_ask_as_their_organisation(world, browse):
    listing = world.published()
    page = browse().get(path_of(listing))
    assert not any("checked" in a for t, a in page.tags if t == "input")
    browse("hotel").get(path_of(listing), status=302)
    browse().get(path_of(world.draft()), status=404)
    browse().get(path_of(listing).replace("nong-san", "co-hoi"), status=404)


def test_taking_it_back_with_the_code(world, browse, send):
    enquiry = send(world.published())
    path = f"/quan-tam/{enquiry.public_id}"
    browse("official_1").get(f"{path}/rut-lai", status=403)
    visitor = browse()
    visitor.get(path)
    visitor.submit(action="/rut-lai")
    assert (enquiry.state, enquiry.contact_name) == (EnquiryState.WITHDRAWN, "")
    visitor.get(f"{path}/rut-lai", status=409)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_officials_find_it_in_the_queue_and_tie_it(world, browse, send, language):
    enquiry = send(world.published())
    for who in ("coop", "hotel"):
        browse(who).get("/lam-viec/hoi-khach", status=403)
        browse(who).get(f"/lam-viec/hoi-khach/{enquiry.public_id}", status=403)
    official = browse("ward_official_1", language)
    assert "Bếp ăn minh họa" in official.get("/lam-viec").text
    page = official.get("/lam-viec/hoi-khach")
    work = f"/lam-viec/hoi-khach/{enquiry.public_id}"
    assert any(a.get("href") == work for t, a in page.tags if t == "a")
    assert "0900 000 077" in official.get(work).text
    official.submit({"organisation": ""}, status=422)
    official.submit({"organisation": world.organisation("hotel").public_id})
    assert official.path == f"/quan-tam/{enquiry.public_id}"
    assert re.search(r"Bếp ăn minh họa", official.get("/lam-viec/hoi-khach").text)


def test_an_organisation_that_asked_already_is_said_on_the_page(world, browse, send):
    listing = world.published()
    enquiry = send(listing)
    world.interest(listing)
    official = browse("official_1")
    official.get(f"/lam-viec/hoi-khach/{enquiry.public_id}")
    official.submit({"organisation": world.organisation("hotel").public_id}, status=409)
    official.submit({"reason": "asked_already", "note": "Khách sạn đã hỏi rồi."}, action="/tu-choi")
    assert enquiry.state is EnquiryState.DECLINED
    assert "Khách sạn đã hỏi rồi." in browse().get(f"/quan-tam/{enquiry.public_id}").text
