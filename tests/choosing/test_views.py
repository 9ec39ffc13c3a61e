"""The pages of a selection, and that no applicant's page tells anything of another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from marketplace.alerts import queries as watching
from marketplace.alerts import services as following
from marketplace.alerts import showing as alerts
from marketplace.catalogue.browse import Lists
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Wished
from marketplace.choosing import queries, services
from marketplace.core import clock
from marketplace.core.dates import format_date
from marketplace.core.db import db
from marketplace.core.errors import WrongState
from marketplace.deals import services as deals
from marketplace.interests.models import Interest
from marketplace.matching import queries as matching
from marketplace.matching.rules import Answer
from marketplace.sharing import queries as faces
from marketplace.sharing import showing as sharing
from marketplace.sharing.fields import LISTING_FIELDS
from tests.choosing.conftest import CLOSES, RESULT
from tests.world import PASSWORD

AFTER = datetime(2026, 11, 30, 3, tzinfo=UTC)


@pytest.mark.parametrize("stage", ["opened", "begun", "scored", "proposed", "decided"])
def test_an_applicant_meets_nothing_of_another(world, story, browse, stage):
    """Neither names, offers, points nor reasons of others, on any page that leads there."""
    selection = getattr(story, stage)("hotel", "investor", "restaurant")
    path = f"/lua-chon/{selection.public_id}"
    browser = browse("hotel")
    mine = db.session.scalars(
        sa.select(Interest).where(Interest.organisation_id == world.organisations["hotel"])
    ).one()
    for page_path in (
        path,
        selection.listing.path,
        f"/quan-tam/{mine.public_id}",
        "/toi/quan-tam",
    ):
        page = browser.get(page_path)
        for secret in (
            "Nhà đầu tư minh họa",
            "Nhà hàng minh họa",
            "Lời kín investor",
            "Lời kín restaurant",
            "Lý do riêng 2",
            "Lý do riêng 3",
            "Theo tiêu chí đã công bố",
            "Người official_2",
            "2 tỷ đồng",
            "3 tỷ đồng",
        ):
            assert secret not in page.text, (page_path, secret)
    for closed in ("ket-qua", "cam-ket", "bien-ban", "bien-ban.docx"):
        browser.get(f"{path}/{closed}", 403)
    page = browser.get(path)
    assert "Cam kết bao tiêu" in page.text
    assert ("Lý do riêng 1." in page.text) == (stage == "decided")


def test_who_did_not_apply_and_who_is_elsewhere_see_nothing(world, story, browse):
    selection = story.decided()
    for who in ("restaurant", "coop"):
        browse(who).get(f"/lua-chon/{selection.public_id}", 404)


def test_the_whole_way_in_the_browser(world, story, browse):
    listing = story.call()
    for who in ("hotel", "investor"):
        story.wants(listing, who)
    commune, ward, leader = browse("official_2"), browse("ward_official_1"), browse("leader")
    opener = browse("official_1")
    opener.get("/lam-viec/lua-chon")
    opener.get(f"/lam-viec/co-hoi/{listing.public_id}/lua-chon")
    page = opener.submit({"decides_on": "10/12/2026"})
    assert "27/11/2026" in page.text
    with clock.at(AFTER):
        for who, browser in {
            "official-1": opener,
            "official-2": commune,
            "ward-official-1": ward,
            "leader": leader,
        }.items():
            browser.sign_in(f"{who}@demo.example", PASSWORD)  # ten days later
        code = queries.visible(world.actor("leader"))[0].public_id
        path = f"/lua-chon/{code}"
        opener.get(path)
        opener.submit(action="/begin")
        applicants = [one.public_id for one in queries.get(code, world.actor("leader")).applicants]
        for browser in (commune, ward, leader):
            browser.get(f"{path}/cam-ket")
            browser.submit({"conflict": "no"})
            for number, applicant in enumerate(applicants, start=4):
                browser.get(f"{path}/cham/{applicant}")
                browser.submit(
                    {
                        f"rows-{row}-{name}": value
                        for row in (0, 1)
                        for name, value in (("points", str(number)), ("words", "Rõ ràng."))
                    }
                )
        commune.get(f"{path}/ket-qua")
        page = commune.submit(
            {
                "chosen": applicants[1],
                "summary": "Theo tiêu chí.",
                "reasons-0-words": "Điểm thấp hơn.",
                "reasons-1-words": "",
            },
            status=422,
        )
        commune.submit(
            {
                "chosen": applicants[1],
                "summary": "Theo tiêu chí.",
                "reasons-0-words": "Điểm thấp hơn.",
                "reasons-1-words": "Điểm cao nhất.",
            }
        )
        leader.get(path)  # who proposed turns no key
        leader.submit(action="/turn_key")
        ward.get(path)
        page = ward.submit(action="/turn_key")
        assert "50,0" in page.text
        page = ward.get(f"{path}/bien-ban")
        assert "Điểm cao nhất." in page.text
        ward.client.get(f"{path}/bien-ban.docx")
        hotel = browse("hotel")
        hotel.get(f"{path}/hoi")
        page = hotel.submit({"question": "Thiếu giấy nào?"})
        assert "Thiếu giấy nào?" in page.text
        opener.get(f"{path}/hoi/{applicants[0]}")
        page = opener.submit({"answer": "Phương án bao tiêu."})
        assert "Phương án bao tiêu." in hotel.get(path).text


def test_a_conflict_declared_shuts_the_sheets(world, story, browse):
    selection = story.begun()
    path = f"/lua-chon/{selection.public_id}"
    browser = browse("ward_leader")
    browser.get(f"{path}/cam-ket")
    browser.submit({"conflict": "yes"}, status=422)
    page = browser.submit({"conflict": "yes", "conflict_words": "Em trai góp vốn."})
    assert "Em trai góp vốn." in page.text
    browser.get(f"{path}/cham/{selection.applicants[0].public_id}", 403)
    browser.get(f"{path}/ket-qua", 403)


def test_points_of_others_stay_hidden_until_ones_own_are_complete(world, story, browse):
    selection = story.begun()
    story.scores(selection, "official_2")
    browser = browse("ward_official_1")
    path = f"/lua-chon/{selection.public_id}"
    assert "Rõ ràng." not in browser.get(path).text
    story.scores(selection, "ward_official_1", 3)
    assert "Rõ ràng." in browser.get(path).text


def test_in_english(world, story, browse):
    selection = story.decided()
    page = browse("leader", "en").get(f"/lua-chon/{selection.public_id}")
    assert "Applicants side by side" in page.text
    page = browse("hotel", "en").get(f"/lua-chon/{selection.public_id}")
    assert "2 of 2 compared" in page.text
    assert services.NOBODY not in page.text


# ------------------------------------------------------------ applications that are closed


def test_once_compared_the_page_says_that_applications_are_closed(world, story, browse):
    listing = story.call(is_open_ended=True, closes_on=None)
    for who in ("hotel", "investor"):
        story.wants(listing, who)
    selection = services.open_selection(
        world.actor("official_1"), listing.public_id, closes_on=CLOSES, decides_on=RESULT
    )
    answer = f"/co-hoi/{listing.slug}-{listing.public_id}/quan-tam"
    for who in (None, "restaurant"):  # while they are taken, the selection's day is the day
        page = browse(who, "en").get(listing.path)
        assert format_date(CLOSES, "en") in page.text
        assert "Open at all times" not in page.text
        assert any(answer in (a.get("href") or "") for tag, a in page.tags if tag == "a")
    with clock.at(clock.now() + timedelta(days=10)):
        services.begin(world.actor("official_1"), selection.public_id)
        closed = f"Applications closed. Result by {format_date(RESULT, 'en')}."
        for who in (None, "restaurant", "hotel", "ward_official_1"):
            page = browse(who, "en").get(listing.path)
            assert closed in page.text, who
            assert "Open at all times" not in page.text
            assert not any(answer in (a.get("href") or "") for tag, a in page.tags if tag == "a")
            assert not any(a.get("class") == "stickycta" for _tag, a in page.tags)
        assert closed in browse("restaurant", "en").get(answer, status=409).text
        with pytest.raises(WrongState):
            story.wants(listing, "restaurant")


def test_who_was_chosen_is_asked_once_and_led_to_the_connection(world, story, browse):
    selection = story.decided(chosen=1)
    path = f"/lua-chon/{selection.public_id}"
    match = matching.of_interest(selection.chosen.interest_id)
    hotel = browse("hotel", "en")
    page = hotel.get(path)
    assert "say yes or no to it" in page.text
    assert f"/ket-noi/{match.public_id}" in [a.get("href") for tag, a in page.tags if tag == "a"]
    deals.answer_match(world.actor("hotel"), match.public_id, Answer.YES)
    page = hotel.get(path)
    assert "say yes or no to it" not in page.text
    assert "You were chosen. Follow the connection." in page.text
    assert f"/ket-noi/{match.public_id}" in [a.get("href") for tag, a in page.tags if tag == "a"]
    assert "20.0 of 100" in page.text


def _open_ended(world, story):
    """An opportunity open at all times that two want, and its selection."""
    listing = story.call(is_open_ended=True, closes_on=None)
    for who in ("hotel", "investor"):
        story.wants(listing, who)
    selection = services.open_selection(
        world.actor("official_1"), listing.public_id, closes_on=CLOSES, decides_on=RESULT
    )
    return listing, selection


def _words_of(world, listing, other, browse):
    """What lists, comparison, similar ones, watched ones and copied words say of an opportunity."""
    browser = browse("restaurant", "en")
    own = f"{listing.path}?lang=en"
    row = alerts.watched(watching.watched_by(world.actor("restaurant"), offset=0, limit=1)[0][0])
    return {
        "cards": browser.get("/co-hoi").text,
        "rows": browser.get("/co-hoi?xem=danh-sach").text,
        "compared": browser.get(f"/so-sanh?id={listing.public_id}&id={other.public_id}").text,
        "own": browser.get(own).text,
        "watched": browser.get("/toi/theo-doi").text,
        "until": (row["closes_on"], row["is_taking"]),
    }


def test_every_list_says_what_the_page_says_of_applications(world, story, browse):
    listing, selection = _open_ended(world, story)
    other = world.opportunity(title="Cơ hội luôn mở")
    following.watch(world.actor("restaurant"), listing.public_id)
    lists, spec = Lists, PAGES["opportunity"].spec

    def titles():
        return [card.title for card in lists(world.pair).page(Wished.read(spec, {})).items]

    assert titles() == [listing.title, "Cơ hội luôn mở"]  # the nearest day first
    taken = _words_of(world, listing, other, browse)
    assert taken.pop("until") == (CLOSES, True)
    assert all("Applications closed" not in words for words in taken.values())
    for where in ("rows", "compared", "own", "watched"):
        assert format_date(CLOSES, "en") in taken[where], where
    assert "days left" in taken["cards"]
    with clock.at(clock.now() + timedelta(days=10)):
        assert "The date has passed" in browse("restaurant", "en").get("/co-hoi").text
        assert titles() == ["Cơ hội luôn mở", listing.title]
        services.begin(world.actor("official_1"), selection.public_id)
        closed = _words_of(world, listing, other, browse)
        assert closed.pop("until") == (CLOSES, False)
        for where, words in closed.items():
            assert "Applications closed" in words, where
        assert titles() == ["Cơ hội luôn mở", listing.title]
        face = faces.face(listing.public_id)
        assert not face.is_open
        assert "Đã hết hạn nhận hồ sơ" in sharing.message(face)
        assert next(f for f in LISTING_FIELDS if f.name == "state").value(face) == "closed"


def test_a_selection_without_a_partner_leaves_the_lists_as_they_were(world, story, browse):
    listing, selection = _open_ended(world, story)
    services.call_off(
        world.actor("official_1"), selection.public_id, reason="withdrawn", note="Hoãn lại."
    )
    assert "Open at all times" in browse("restaurant", "en").get("/co-hoi?xem=danh-sach").text
    assert faces.face(listing.public_id).closes_on is None


def test_similar_opportunities_say_it_too(world, story, browse):
    listing, selection = _open_ended(world, story)
    other = world.opportunity(title="Cơ hội gần đó", sector=listing.sector)
    with clock.at(clock.now() + timedelta(days=10)):
        services.begin(world.actor("official_1"), selection.public_id)
        assert "Applications closed" in browse(None, "en").get(other.path).text
