"""Pages of interests in the browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.rules import OrganisationState
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.interests import services as interests
from marketplace.interests.models import Interest
from marketplace.interests.rules import InterestState

GOOD = {
    "contact_name": "Bộ phận mua hàng",
    "contact_phone": "0905 123 456",
    "quantity": "40",
    "message": "Cần 40 kg cho bếp.",
    "consent": "y",
}


def path_of(listing):
    return f"/nong-san/{listing.slug}-{listing.public_id}/quan-tam"


def count():
    return db.session.scalar(sa.select(sa.func.count(Interest.id)))


def test_a_visitor_signs_in_first_and_comes_back(world, browse):
    path = path_of(world.published())
    someone = browse()
    someone.get(path, status=302)
    assert someone.response.headers["Location"].endswith(f"next={path}")
    someone.post(path, GOOD, status=403)


def test_any_address_of_a_listing_leads_to_the_right_one(world, app, browse):
    listing = world.published()
    hotel = browse("hotel")
    with app.test_request_context():
        from flask import url_for

        short = url_for("interests.create", public_id=listing.public_id)
    for stale in (
        short,
        path_of(listing).replace(listing.slug, "ten-cu"),
        path_of(listing).replace("nong-san", "co-hoi"),
    ):
        hotel.get(stale, status=308)
        assert hotel.response.headers["Location"] == path_of(listing)
    hotel.get("/nong-san/khong-co-bcdfghjkmn/quan-tam", status=404)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("coop", 403), ("other_coop", 403), ("official_1", 403), ("ward_leader", 403), ("hotel", 200)],
)
def test_who_may_ask_is_told_before_typing(world, browse, who, status, language):
    listing = world.published()
    browser = browse(who, language)
    page = browser.get(path_of(listing), status=status)
    has_form = any("contact_name" in form["fields"] for form in page.forms)
    assert has_form == (status == 200)
    if status != 200:
        browser.post(path_of(listing), GOOD, status=403)
        assert count() == 0


def test_an_unverified_organisation_is_told_so(world, browse):
    listing = world.published()
    hotel = browse("hotel")
    organisation = world.organisation("hotel")
    organisation.state, organisation.verified_at = OrganisationState.PENDING, None
    db.session.commit()
    assert "chưa được xác minh" in hotel.get(path_of(listing), status=403).text


def test_a_second_interest_is_led_to_the_first(world, browse):
    listing = world.published()
    interest = world.interest(listing)
    hotel = browse("hotel")
    page = hotel.get(path_of(listing), status=409)
    assert any(a.get("href") == f"/quan-tam/{interest.public_id}" for t, a in page.tags if t == "a")
    hotel.post(path_of(listing), GOOD, status=409)
    assert count() == 1


def test_a_closed_listing_takes_no_interest(world, browse):
    listing = world.published()
    interests.close_listing(
        world.actor("coop"), listing.public_id, reason="fulfilled", note="Hết hàng."
    )
    browse("hotel").get(path_of(listing), status=409)


BAD = [
    ({"contact_name": ""}, "contact_name"),
    ({"contact_name": "a" * 5000}, "contact_name"),
    ({"contact_name": "a\x00b"}, "contact_name"),
    ({"contact_phone": ""}, "contact_phone"),
    ({"contact_phone": "12"}, "contact_phone"),
    ({"contact_phone": "🥕"}, "contact_phone"),
    ({"quantity": ""}, "quantity"),
    ({"quantity": "0"}, "quantity"),
    ({"quantity": "-5"}, "quantity"),
    ({"quantity": "nhiều"}, "quantity"),
    ({"quantity": "1e9"}, "quantity"),
    ({"quantity": "1,2345"}, "quantity"),
    ({"quantity": "NaN"}, "quantity"),
    ({"quantity": "9" * 400}, "quantity"),
    ({"quantity": "100,001"}, "quantity"),
    ({"quantity": "١٢"}, None),
    ({"message": ""}, "message"),
    ({"message": "x" * 3000}, "message"),
    ({"consent": ""}, "consent"),
    ({"form_key": "x"}, None),
]


@pytest.mark.parametrize(("bad", "field"), BAD, ids=[str(n) for n in range(len(BAD))])
def test_bad_values_get_a_sentence_and_change_nothing(world, browse, bad, field):
    listing = world.published()
    hotel = browse("hotel")
    hotel.get(path_of(listing))
    page = hotel.submit(GOOD | bad, status=422)
    assert count() == 0
    assert GOOD["message"] in page.text or "message" in bad
    if field:
        assert any(a.get("href") == f"#{field}" for t, a in page.tags if t == "a")


def test_tracking_is_for_both_sides_and_officials_only(world, browse):
    interest = world.interest(world.published())
    path = f"/quan-tam/{interest.public_id}"
    for who in ("hotel", "coop", "official_2", "ward_leader"):
        browse(who).get(path)
    missing = browse("restaurant")
    missing.get(path, status=404)
    hidden = missing.response.get_data()
    missing.get("/quan-tam/bcdfghjkmn", status=404)
    strip = lambda body: body.replace(interest.public_id.encode(), b"").replace(b"bcdfghjkmn", b"")  # noqa: E731
    assert strip(hidden) == strip(missing.response.get_data())
    browse().get(path, status=302)


def test_contacts_stay_shut_until_the_yes(world, browse):
    interest = world.interest(world.published())
    path = f"/quan-tam/{interest.public_id}"
    coop = browse("coop")
    assert "+84900000000" not in coop.get(path).text
    assert "0900 000 000" not in coop.text
    assert "0900 000 000" in browse("official_2").get(path).text
    interests.answer(world.actor("coop"), interest.public_id, "acknowledge")
    interests.answer(world.actor("coop"), interest.public_id, "accept")
    assert "0900 000 000" in coop.get(path).text


def test_a_late_answer_stands_in_red(world, browse):
    interest = world.interest(world.published())
    path = f"/quan-tam/{interest.public_id}"
    with clock.at(clock.now() + timedelta(days=8)):
        hotel = browse("hotel", "en")
        page = hotel.get(path)
        assert "The answer is late" in page.text
        assert any("note--bad" in (a.get("class") or "") for _, a in page.tags)
        assert "Answer overdue" in hotel.get("/toi/quan-tam").text


def test_declining_needs_a_reason_and_keeps_the_words(world, browse):
    interest = world.interest(world.published())
    path = f"/quan-tam/{interest.public_id}"
    coop = browse("coop")
    coop.get(path)
    coop.submit({"reason": "", "note": "Vụ này hết."}, action="/decline", status=422)
    assert "Vụ này hết." in coop.text
    coop.submit({"reason": "season", "note": "Vụ này hết."})
    assert interest.state is InterestState.DECLINED
    assert "Vụ này hết." in browse("hotel").get(path).text


def test_an_official_who_accepts_says_how_they_know(world, browse):
    interest = world.interest(world.published())
    path = f"/quan-tam/{interest.public_id}"
    official = browse("official_2")
    official.get(path)
    official.submit(action="/acknowledge")
    official.get(f"{path}/accept")
    official.submit(status=422)
    official.submit({"acting_how": "call"})
    assert interest.state is InterestState.ACCEPTED
    assert "Người official_2" in official.text


def test_moves_that_are_none(world, browse):
    interest = world.interest(world.published())
    path = f"/quan-tam/{interest.public_id}"
    for who, move, status in (
        ("hotel", "accept", 409),
        ("hotel", "acknowledge", 403),
        ("restaurant", "withdraw", 404),
        ("coop", "withdraw", 403),
        ("coop", "convert", 404),
        ("coop", "lapse", 404),
        ("coop", "nothing", 404),
    ):
        browse(who).post(f"{path}/{move}", status=status)
    assert interest.state is InterestState.SUBMITTED


@pytest.mark.parametrize("language", ["vi", "en"])
def test_lists_of_both_sides(world, browse, language):
    hotel, coop = browse("hotel", language), browse("coop", language)
    for browser, path in ((hotel, "/toi/quan-tam"), (coop, "/ban-hang/hoi-mua")):
        browser.get(path)
    interest = world.interest(world.published())
    for browser, path in (
        (hotel, "/toi/quan-tam"),
        (coop, "/ban-hang/hoi-mua"),
        (browse("official_1", language), "/ban-hang/hoi-mua"),
    ):
        page = browser.get(path)
        assert any(
            a.get("href") == f"/quan-tam/{interest.public_id}" for t, a in page.tags if t == "a"
        )
        browser.get(f"{path}?trang=2", status=404)
        browser.get(f"{path}?trang=x")
    assert "Đẳng sâm" not in browse("restaurant", language).get("/toi/quan-tam").text


def test_closing_a_listing_tells_the_waiting(world, browse):
    interest = world.interest(world.published())
    code = interest.listing.public_id
    path = f"/ban-hang/{code}/dong-lai"
    browse("hotel").get(path, status=403)
    coop = browse("coop")
    coop.get(path)
    coop.submit({"reason": "season_over", "note": "Hết vụ."}, follow=False)
    assert interest.state is InterestState.LAPSED
    coop.get(path, status=409)
