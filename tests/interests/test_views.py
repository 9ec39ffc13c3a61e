"""Pages of interests in the browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.rules import OrganisationState
from marketplace.catalogue.rules import Audience
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.interests import services as interests
from marketplace.interests.models import Interest
from marketplace.interests.rules import ACKNOWLEDGE_WITHIN, ANSWER_WITHIN, InterestState

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

    def strip(body: bytes) -> bytes:
        """Without the codes asked for and the tokens, which carry the second they were made in."""
        body = re.sub(rb'name="csrf_token"[^>]*', b"", body)
        return body.replace(interest.public_id.encode(), b"").replace(b"bcdfghjkmn", b"")

    assert strip(hidden) == strip(missing.response.get_data())
    nobody = browse()
    nobody.get(path, status=404)
    hidden = nobody.response.get_data()
    nobody.get("/quan-tam/bcdfghjkmn", status=404)
    assert strip(hidden) == strip(nobody.response.get_data())


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


def test_lists_say_whose_turn_it_is(world, browse):
    interest = world.interest(world.published())

    def seen(who, path):
        return browse(who, "en").get(path).text

    mine, theirs = "/ban-hang/hoi-mua", "/toi/quan-tam"
    assert "New, waiting for you" in seen("coop", mine)
    assert "Your turn" not in seen("hotel", theirs)
    assert "waiting for you" not in seen("official_1", mine)
    interests.answer(world.actor("coop"), interest.public_id, "acknowledge")
    assert "Your turn" in seen("coop", mine)
    interests.answer(
        world.actor("coop"), interest.public_id, "ask", reason="amount", note="Mấy ký?"
    )
    assert "Your turn" not in seen("coop", mine)
    assert "Your turn" in seen("hotel", theirs)


def test_who_is_late_is_named(world, browse):
    world.interest(world.published())
    with clock.at(clock.now() + timedelta(days=8)):
        assert "Answer overdue: you" in browse("coop", "en").get("/ban-hang/hoi-mua").text
        name = world.organisation("coop").name
        official = browse("official_1", "en").get("/ban-hang/hoi-mua").text
        assert f"Answer overdue: {name}" in official
        assert f"Answer overdue: {name}" in browse("hotel", "en").get("/toi/quan-tam").text


def test_the_stall_counts_who_still_waits(world, browse):
    first = world.interest(world.published())
    world.interest(first.listing, "restaurant", 10_000)
    coop = browse("coop", "en")
    assert "2 waiting for your answer" in coop.get("/ban-hang").text
    interests.answer(world.actor("coop"), first.public_id, "acknowledge")
    interests.answer(world.actor("coop"), first.public_id, "accept")
    assert "1 waiting for your answer" in coop.get("/ban-hang").text
    second = next(i for i in db.session.scalars(sa.select(Interest)) if i.id != first.id)
    interests.answer(world.actor("coop"), second.public_id, "decline", reason="season", note="Hết.")
    assert "All answered." in coop.get("/ban-hang").text


def test_a_need_for_chosen_readers_does_not_say_everyone_sees_it(world, browse):
    need = world.need(audience=Audience.PRODUCERS)
    page = browse("hotel", "en").get(f"/ban-hang/{need.public_id}")
    assert "Shown to those you chose." in page.text
    assert "Everyone can see it" not in page.text


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


# ---------------------------------------------------------------- what a page says to whom


def test_what_the_seller_would_like_to_know_is_asked_of_the_asking_side(world, browse):
    interest = world.interest(world.published())
    interests.answer(world.actor("coop"), interest.public_id, "acknowledge")
    interests.answer(
        world.actor("coop"), interest.public_id, "decline", reason="season", note="Hết vụ."
    )
    assert "May we ask you again?" in browse("hotel", "en").get("/toi/quan-tam").text
    assert "May we ask you again?" not in browse("coop", "en").get("/ban-hang/hoi-mua").text


def test_a_code_nobody_was_given_is_said_to_be_wrong(world, browse):
    interest = world.interest(world.published())
    for code in ("222222bbbb", interest.public_id):  # there or not: a visitor reads the same
        page = browse(None, "en").get(f"/quan-tam/{code}", status=404)
        assert "This code is not right, or it has expired." in page.text
        assert any("/dang-nhap" in (a.get("href") or "") for t, a in page.tags if t == "a")


def test_a_price_above_the_most_that_is_paid_is_sent_with_a_warning(world, browse):
    need = world.need()  # pays 60.000 at most
    for who, price, warned in (("coop", "60,000", False), ("other_coop", "60,001", True)):
        firm = browse(who, "en")
        firm.get(f"/{need.section}/{need.slug}-{need.public_id}/quan-tam")
        page = firm.submit(
            {
                "quantity": "10",
                "unit_price": price,
                "message": "Giao thứ Hai.",
                "contact_name": "Người bán",
                "contact_phone": "0905 123 456",
                "consent": "y",
            }
        )
        assert "Your offer has been sent." in page.text
        assert ("above the" in page.text) is warned


def test_each_move_says_what_its_explanation_is_for(world, browse):
    interest = world.interest(world.published())
    hotel, coop = (
        browse(who, "en").get(f"/quan-tam/{interest.public_id}").text for who in ("hotel", "coop")
    )
    assert "why it ends here" in hotel
    assert "Say what is missing" not in hotel
    assert "Say what is missing" in coop  # asking for more
    assert "Say why not" in coop  # declining


def test_all_that_a_recorded_word_lacks_is_named_at_once(world, browse):
    interest = world.interest(world.published())
    official = browse("official_1", "en")
    official.get(f"/quan-tam/{interest.public_id}/decline")
    page = official.submit({}, status=422)
    for sentence in (
        "Choose a reason.",
        "Write one sentence that the other side will read.",
        "Say how the organisation told you this.",
    ):
        assert sentence in page.text, sentence


def test_a_step_that_comes_too_late_leads_back_to_its_record(world, browse):
    interest = world.interest(world.published())
    path = f"/quan-tam/{interest.public_id}"
    interests.withdraw(world.actor("hotel"), interest.public_id, reason="found", note="Đã có.")
    page = browse("coop", "en").get(f"{path}/decline", status=409)
    assert any(a.get("href") == path for t, a in page.tags if t == "a")
    page = browse("coop", "en").get("/lam-viec", status=403)
    assert "This page is not for your account" in page.text
    assert "You can see this matter" not in page.text


def test_what_is_promised_are_the_days_that_are_kept(world, browse):
    listing = world.published()
    hotel = browse("hotel", "en")
    promised = f"acknowledged within {ACKNOWLEDGE_WITHIN} working days"
    answered = f"answered within {ANSWER_WITHIN}"
    for path in (path_of(listing), "/", "/huong-dan"):
        text = hotel.get(path).text
        assert promised in text.replace("Acknowledged", "acknowledged"), path
        assert answered in text, path
    hotel.get(path_of(listing))
    assert answered in hotel.submit(GOOD).text
