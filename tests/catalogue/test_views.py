"""The catalogue in a browser: reading, posting, recording for others, deciding."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from marketplace.accounts.models import ActingRecord
from marketplace.catalogue import services, showing
from marketplace.catalogue.browse import Lists
from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.catalogue.kinds.produce.browse import SPEC as PRODUCE
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import Audience, Availability, ListingState
from marketplace.catalogue.taxonomy import Group
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.web import errors
from tests.page import Browser
from tests.world import World

Browse = Callable[..., Browser]

FIELDS = {
    "title": "Đẳng sâm khô",
    "price_kind": "range",
    "price_low": "120.000",
    "price_high": "1.500.000",
    "unit": "kg",
    "quantity": "12,5",
    "months": ["10", "11"],
    "group": "herbs",
    "origin": "grown",
    "description": "Dòng một\nDòng hai\n\nĐoạn hai <b>đậm</b>",
}


def last(model: type[Listing] = Listing) -> Listing:
    return db.session.scalars(sa.select(model).order_by(Listing.id.desc())).first()


def hrefs(browser: Browser) -> set[str]:
    return {a.get("href") or "" for _, a in browser.page.tags}


# ------------------------------------------------------------ reading


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_visitor_reads_lists_and_details(world: World, browse: Browse, language: str) -> None:
    produce, opportunity = (
        world.published(),
        world.opportunity(is_border_zone=True, has_disaster_risk=True, capital_low=2_800_000_000),
    )
    browser = browse(None, language)
    browser.get("/nong-san")
    assert "Đẳng sâm tươi" in browser.text
    assert produce.path in hrefs(browser)
    browser.get(produce.path)
    for words in (
        "HTX Dược liệu minh họa",
        "Cr'toonh",
        "100 kg",
        "20/11/2026" if language == "vi" else "20 Nov 2026",
    ):
        assert words in browser.text
    assert ("Ask to buy" in browser.text) == (language == "en")
    browser.get("/co-hoi?linh-vuc=wood")
    assert opportunity.path in hrefs(browser)
    browser.get(opportunity.path)
    assert ("Register interest" in browser.text) == (language == "en")
    for words in ("Phòng Kinh tế xã", "kinhte@avuong.example"):
        assert words in browser.text
    assert f"/co-hoi/{opportunity.slug}-{opportunity.public_id}/quan-tam" in hrefs(browser)


def test_an_older_address_leads_to_the_present_one(world: World, browse: Browse) -> None:
    listing = world.published()
    browser = browse()
    for path in (f"/nong-san/ten-cu-{listing.public_id}", f"/nong-san/{listing.public_id}"):
        browser.get(path, 301)
        assert browser.response.headers["Location"] == listing.path
    browser.get(listing.path.replace("/nong-san/", "/co-hoi/"), 404)


def test_what_is_not_yours_to_see_looks_like_what_does_not_exist(
    world: World, browse: Browse
) -> None:
    draft = world.draft()
    absent = "bbbbbbbbbb"
    for who in (None, "hotel", "other_coop", "ward_official_1"):
        client = browse(who).client

        def page(path: str, code: str, client: FlaskClient = client) -> tuple[int, str]:
            answer = client.get(path.format(code))
            text = answer.get_data(as_text=True).replace(code, "*")
            return answer.status_code, re.sub('name="csrf_token" value="[^"]+"', "", text)

        for path in (f"/nong-san/{draft.slug}-{{}}", "/ban-hang/{}", "/lam-viec/duyet/{}"):
            assert page(path, draft.public_id) == page(path, absent), (who, path)
        assert page("/nong-san/x-{}", draft.public_id)[0] == 404


def test_a_closed_listing_stays_and_says_so(world: World, browse: Browse) -> None:
    listing = world.published()
    listing.state = ListingState.CLOSED
    db.session.commit()
    browser = browse(None, "en")
    browser.get(listing.path)
    assert "This listing is closed" in browser.text
    assert not any("quan-tam" in href and href.startswith("/nong-san") for href in hrefs(browser))
    browser.get("/nong-san")
    assert listing.title not in browser.text


def test_no_result_says_what_to_drop(world: World, browse: Browse) -> None:
    world.published()
    browser = browse(None, "en")
    browser.get("/nong-san?q=dang+sam&nhom=honey&thang=6")
    assert "Nothing was found for “dang sam”" in browser.text
    assert "/nong-san?q=dang+sam&nhom=honey" in hrefs(
        browser
    ) or "/nong-san?q=dang+sam&thang=6" in hrefs(browser)
    browser.get("/nong-san?nhom=honey")
    assert "Without “Honey” there is 1" in browser.text
    assert any(
        a.get("value") == "honey" and "checked" in a and "disabled" not in a
        for _, a in browser.page.tags
    )
    assert any(a.get("value") == "tea" and "disabled" in a for _, a in browser.page.tags)


@pytest.mark.parametrize(
    ("path", "way", "count"),
    [
        # all values of a filter go together
        ("q=gung&thon=arung&thon=xaoi", "q=gung", 1),
        ("q=gung&thon=arung&thon=xaoi", "thon=xaoi&thon=arung", None),
        # two that help only together, and all where no two do
        ("q=gung&nhom=honey&nhom=tea&thang=6", "q=gung", 1),
        ("q=gung&nhom=honey&thang=6&thon=arung", "q=gung", 1),
        ("nhom=honey&thang=6", "", 1),
    ],
)
def test_what_to_drop_is_always_told(
    world: World, browse: Browse, path: str, way: str, count: int | None
) -> None:
    world.published(title="Gừng sẻ", group=Group.SPICES, months=0b1)
    lists = Lists(world.pair)
    asked = lists.wished(PRODUCE, parse_qs(path))
    view = showing.list_view(lists, asked, lists.page(asked))
    counts = {link.url: link.count for link in view.ways_out}
    assert counts.get(f"/nong-san?{way}" if way else "/nong-san") == count, counts
    assert counts
    browser = browse(None, "en")
    browser.get(f"/nong-san?{path}")
    assert "Without “" in browser.text


def test_the_nearest_spelling_keeps_the_filters_that_leave_something(world: World) -> None:
    world.published(title="Gừng sẻ", group=Group.SPICES)
    lists = Lists(world.pair)

    def meant(query: str) -> str:
        asked = lists.wished(PRODUCE, parse_qs(query))
        closest = showing.list_view(lists, asked, lists.page(asked)).closest
        assert closest is not None
        return closest.url

    assert meant("q=gunng&nhom=spices&sap=moi") == "/nong-san?q=g%E1%BB%ABng&nhom=spices&sap=moi"
    assert meant("q=gunng&nhom=honey&sap=moi") == "/nong-san?q=g%E1%BB%ABng&sap=moi"


def test_villages_that_are_none_are_left_aside(world: World, browse: Browse) -> None:
    listing = world.published()
    browser = browse(None, "en")
    browser.get("/nong-san?thon=nowhere")
    assert listing.title in browser.text
    assert "nowhere" not in browser.text
    assert [
        href for href in hrefs(browser) if href.startswith("/nong-san") and "nowhere" in href
    ] == []
    browser.get("/nong-san?thon=nowhere&thon=crtoonh")
    canonical = [a["href"] for tag, a in browser.page.tags if a.get("rel") == "canonical"]
    assert canonical == ["http://localhost/nong-san?thon=crtoonh"]


HOSTILE = [
    "",
    "\x00",
    "%00",
    "a" * 5_000,
    "'",
    '"><script>alert(1)</script>',
    "../../etc/passwd",
    "-1",
    "0",
    "99999999999999999999",
    "1e400",
    "NaN",
    "null",
    "[]",
    "{}",
    "ẻ" * 300,
    "e\u0301\u0302\u0303\u0304\u0305\u0306",
    "\u202e",
    "\U0001f600",
    "٣",
    "%",
    "_",
    "__class__",
    "title desc; --",
    "True",
]


@pytest.mark.parametrize(
    "path", ["/nong-san", "/co-hoi", "/ban-hang", "/lam-viec/dang-giup", "/lam-viec/co-hoi"]
)
def test_hostile_values_in_addresses_are_ignored(world: World, browse: Browse, path: str) -> None:
    world.published()
    browser = browse("official_1")
    names = ("q", "nhom", "thang", "thon", "linh-vuc", "sap", "trang")
    for value in HOSTILE:
        answer = browser.client.get(
            path, query_string=dict.fromkeys(names, value), follow_redirects=not value
        )
        assert answer.status_code == 200, value
    assert browser.client.get(f"{path}?q=%FF%FE&trang=%ED%A0%80").status_code in {200, 400}
    assert errors.last_net == []


def test_hostile_addresses_of_records(world: World, browse: Browse) -> None:
    browser = browse("official_1")
    for value in (
        "x",
        "a%00b",
        "0000000000",
        "bbbbbbbbbb",
        "..",
        "%2e%2e%2f",
        "a" * 500,
        "ṣṣṣṣṣṣṣṣṣṣ",
    ):
        for path in (
            "/nong-san/{}",
            "/co-hoi/x-{}",
            "/ban-hang/{}",
            "/ban-hang/{}/sua",
            "/ban-hang/{}/gia",
            "/ban-hang/{}/submit",
            "/lam-viec/duyet/{}",
            "/anh/{}/card.webp",
        ):
            assert browser.client.get(path.format(value)).status_code in {301, 308, 404}, (
                path,
                value,
            )


# ------------------------------------------------------------ posting


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_cooperative_posts_corrects_and_is_published(
    world: World, browse: Browse, language: str
) -> None:
    coop, official = browse("coop", language), browse("official_1", language)
    coop.get("/ban-hang")
    coop.get("/ban-hang/dang")
    coop.submit({"title": "Đẳng sâm khô"}, action="/ban-hang/dang")
    listing = last(Produce)
    assert coop.path == f"/ban-hang/{listing.public_id}"
    assert listing.state is ListingState.DRAFT
    gaps = {gap.field for gap in listing.gaps()}
    assert {f"/ban-hang/{listing.public_id}/sua#{field}" for field in gaps} <= hrefs(coop)
    coop.post(f"/ban-hang/{listing.public_id}/submit", {"move": "submit"}, status=422)
    coop.get(f"/ban-hang/{listing.public_id}/sua")
    coop.submit(FIELDS | {"village_id": str(world.village_id())})
    assert (listing.price_low, listing.price_high, listing.quantity, listing.months) == (
        120_000,
        1_500_000,
        12_500,
        0b11000000000,
    )
    coop.submit(action="/submit")
    assert listing.state is ListingState.SUBMITTED

    official.get("/lam-viec/duyet")
    assert f"/lam-viec/duyet/{listing.public_id}" in hrefs(official)
    official.get(f"/lam-viec/duyet/{listing.public_id}")
    official.submit({"reason": "unclear", "note": "Ghi rõ cách phơi."}, action="/return")
    assert official.path == "/lam-viec/duyet"
    assert listing.state is ListingState.RETURNED
    coop.get(f"/ban-hang/{listing.public_id}")
    assert "Ghi rõ cách phơi." in coop.text
    coop.submit(action="/submit")
    official.get(f"/lam-viec/duyet/{listing.public_id}")
    official.submit(action="/turn_key")
    assert listing.state is ListingState.PUBLISHED
    visitor = browse(None, language)
    visitor.get(listing.path)
    html = visitor.response.get_data(as_text=True)
    assert "<p>Dòng một<br>Dòng hai</p><p>Đoạn hai &lt;b&gt;đậm&lt;/b&gt;</p>" in html


def test_what_was_typed_wrongly_is_kept_and_nothing_is_saved(world: World, browse: Browse) -> None:
    coop = browse("coop", "en")
    cases = [
        ("title", "", "Enter the name"),
        ("title", "x" * 201, "200"),
        ("title", "a\x00b", "cannot be kept"),
        ("price_low", "1,5", "whole number"),
        ("price_low", "-5", "minus"),
        ("price_low", "2 triệu", "digits"),
        ("price_low", "0", "at least"),
        ("price_high", "110.000", "must not be below"),
        ("quantity", "1.5", "three digits"),
        ("quantity", "0", "at least"),
        ("quantity", "NaN", "digits"),
        ("unit", "ha", "from the list"),
        ("group", "wood", "from the list"),
        ("origin", "<script>", "from the list"),
        ("village_id", "999", "from the list"),
        ("village_id", "1 OR 1", "from the list"),
        ("price_kind", "free", "from the list"),
        ("months", "13", "from 1 to 12"),
        ("months", "x", "from 1 to 12"),
        ("description", "y" * 5_001, "5000"),
    ]
    for name, value, words in cases:
        coop.get("/ban-hang/dang")
        data = FIELDS | {"village_id": str(world.village_id()), name: value}
        coop.submit(data, action="/ban-hang/dang", status=422)
        assert words in coop.text, (name, value)
        kept = coop.response.get_data(as_text=True)
        assert "12,5" in kept or name == "quantity"
        assert "Error" in coop.page.title
    assert last() is None
    assert errors.last_net == []


def test_large_amounts_are_taken(world: World, browse: Browse) -> None:
    official = browse("official_1", "en")
    official.get("/lam-viec/co-hoi/moi")
    official.submit(
        {
            "title": "Kho lạnh",
            "capital_low": "2.800.000.000",
            "capital_high": "4.000.000.000.000",
            "area_low": "1,25",
            "is_open_ended": "y",
            "contact_phone": "0236 3 847 010",
            "contact_email": "KinhTe@avuong.example",
        },
        action="/co-hoi/moi",
    )
    listing = last(Opportunity)
    assert (listing.capital_low, listing.capital_high, listing.area_low, listing.area_high) == (
        2_800_000_000,
        4_000_000_000_000,
        1_250,
        1_250,
    )
    assert listing.is_open_ended
    assert listing.closes_on is None
    official.get(f"/ban-hang/{listing.public_id}/sua")
    official.submit({"title": "Kho lạnh 2", "sector": "metal"})
    assert (listing.title, listing.sector, listing.capital_low) == (
        "Kho lạnh 2",
        "metal",
        2_800_000_000,
    )


def test_an_opportunity_is_checked(world: World, browse: Browse) -> None:
    official = browse("official_1", "en")
    yesterday = clock.today() - timedelta(days=1)
    cases = [
        ({"capital_low": "5", "capital_high": "4"}, "below the lower one"),
        ({"capital_high": "4"}, "lower figure as well"),
        ({"area_low": "2", "area_high": "1,5"}, "below the lower one"),
        ({"closes_on": f"{yesterday:%d/%m/%Y}", "is_open_ended": ""}, "has passed"),
        ({"closes_on": "31/02/2027"}, "no such day"),
        ({"closes_on": "12/31/2027"}, "day"),
        ({"contact_phone": "12"}, "phone"),
        ({"contact_email": "a@b@c"}, "mail"),
        ({"title": ""}, "Enter the title"),
        ({"sector": "gold"}, "from the list"),
    ]
    for data, words in cases:
        official.get("/lam-viec/co-hoi/moi")
        official.submit({"title": "Kho lạnh"} | data, action="/co-hoi/moi", status=422)
        assert words in official.text, data
    assert last() is None


def test_both_localities_decide_about_an_opportunity(world: World, browse: Browse) -> None:
    draft = services.create(
        world.actor("official_1"),
        "opportunity",
        world.pair_id,
        world.organisations["commune"],
        world.opportunity_values(),
    )
    author, commune, ward = (
        browse("official_1", "en"),
        browse("official_2", "en"),
        browse("ward_official_1", "en"),
    )
    author.get(f"/ban-hang/{draft.public_id}")
    author.submit(action="/submit")
    author.get(f"/lam-viec/duyet/{draft.public_id}")
    assert "You wrote or sent in this listing" in author.text
    author.post(f"/ban-hang/{draft.public_id}/turn_key", {"move": "turn_key"}, status=403)
    ward.get("/lam-viec/duyet")
    assert draft.title in ward.text
    ward.get(f"/lam-viec/duyet/{draft.public_id}")
    ward.submit(action="/turn_key")
    assert draft.state is ListingState.SUBMITTED
    ward.get("/lam-viec/duyet")
    assert draft.title not in ward.text
    ward.get(f"/lam-viec/duyet/{draft.public_id}")
    assert "Your locality has approved" in ward.text
    commune.get(f"/lam-viec/duyet/{draft.public_id}")
    commune.submit(action="/turn_key")
    assert draft.state is ListingState.PUBLISHED


def test_the_ward_decides_nothing_about_the_communes_produce(world: World, browse: Browse) -> None:
    listing = world.draft()
    services.submit(world.actor("coop"), listing.public_id)
    ward = browse("ward_official_1")
    ward.get("/lam-viec/duyet")
    assert listing.title not in ward.text
    ward.get(f"/lam-viec/duyet/{listing.public_id}", 403)
    ward.post(f"/ban-hang/{listing.public_id}/turn_key", {"move": "turn_key"}, status=403)
    assert listing.state is ListingState.SUBMITTED


def test_an_official_posts_for_a_household(village: World, browse: Browse) -> None:
    official = browse("official_1", "en")
    household = village.organisation("household")
    official.get("/ban-hang/dang", 302)
    official.get("/lam-viec/dang-giup?q=ho+aur")
    assert "Hộ minh họa thôn Aur" in official.text
    assert "HTX Bhalêê minh họa" not in official.text
    path = f"/ban-hang/dang?cho={household.public_id}"
    assert path in hrefs(official)
    official.get(path)
    official.client.get(path)
    fields = FIELDS | {"village_id": str(village.village_id("Aur"))}
    official.post(path, fields, status=422)
    assert "how the organisation told you" in official.text
    official.post(path, fields | {"acting_how": "slip"}, status=422)
    assert "photo of the signed slip" in official.text
    official.post(path, fields | {"acting_how": "call", "acting_note": "Bà con đồng ý, đã đọc lại"})
    listing = last(Produce)
    assert listing.organisation_id == household.id
    official.get(f"/ban-hang/{listing.public_id}")
    assert "Recorded by Ủy ban nhân dân source for Hộ minh họa thôn Aur" in official.text
    official.submit(action="/submit")
    assert listing.state is ListingState.SUBMITTED
    assert db.session.scalar(sa.select(sa.func.count(ActingRecord.id))) == 1
    official.get(f"/lam-viec/duyet/{listing.public_id}")
    assert "someone else has to approve" in official.text
    official.get("/ban-hang")
    assert listing.title in official.text
    services.turn_key(village.actor("leader"), listing.public_id)
    visitor = browse(None, "en")
    visitor.get(listing.path)
    assert "Recorded by" in visitor.text
    # changing the offer later is another word, asked for again
    official.get(f"/ban-hang/{listing.public_id}/gia")
    official.submit({"quantity": "20"}, status=422)
    official.submit({"quantity": "20", "acting_how": "call"})
    assert listing.quantity == 20_000


def test_nobody_posts_for_strangers(village: World, browse: Browse) -> None:
    household = village.organisation("household")
    path = f"/ban-hang/dang?cho={household.public_id}"
    for who, status in (
        ("other_coop", 404),
        ("hotel", 404),
        ("ward_official_1", 404),
        ("coop", 200),
    ):
        browse(who).get(path, status)
    browse("investor").get("/ban-hang/dang", 403)
    for path in ("/lam-viec/co-hoi", "/lam-viec/co-hoi/moi", "/lam-viec/duyet"):
        browse("coop").get(path, 403)
        browse().get(path, 302)


def test_the_stall_says_what_comes_next(village: World, recorded: Listing, browse: Browse) -> None:
    village.published()
    village.draft(title="Nháp", quantity=None)
    coop = browse("coop", "en")
    coop.get("/ban-hang")
    for words in ("On sale", "Draft", "Still missing: 1", "Hộ minh họa thôn Aur", "3 listings"):
        assert words in coop.text
    household = browse("household", "en")
    household.get("/ban-hang")
    assert "1 listing" in household.text
    empty = browse("other_coop", "en")
    empty.get("/ban-hang")
    assert "Post the first product" in empty.text


def test_the_offer_is_changed_at_once_and_a_stale_page_is_told(
    world: World, browse: Browse
) -> None:
    listing = world.published()
    first, second = browse("coop", "en"), browse("coop", "en")
    path = f"/ban-hang/{listing.public_id}/gia"
    first.get(path)
    second.get(path)
    for data, words in (
        ({"price_low": ""}, "Enter the price"),
        ({"quantity": ""}, "how much there is"),
        ({"price_kind": "range"}, "upper price"),
    ):
        first.submit(data, status=422)
        assert words in first.text
    first.submit({"price_kind": "fixed", "price_low": "99.000", "quantity": "70"})
    assert (listing.price_low, listing.quantity) == (99_000, 70_000)
    second.submit({"price_low": "10.000", "quantity": "70"}, status=409)
    assert "10.000" in second.response.get_data(as_text=True)
    assert listing.price_low == 99_000
    browse("hotel").get(path, 403)


def test_pausing_and_opening_again(world: World, browse: Browse) -> None:
    listing = world.published()
    coop = browse("coop", "en")
    coop.get(f"/ban-hang/{listing.public_id}")
    coop.submit({"reason": "", "note": ""}, action="/pause", status=422)
    coop.get(f"/ban-hang/{listing.public_id}")
    coop.submit({"reason": "road", "note": "Đường sạt lở ở km 12."}, action="/pause")
    assert listing.availability is Availability.PAUSED
    visitor = browse(None, "en")
    visitor.get(listing.path)
    assert "no new interest" in visitor.text
    coop.submit(action="/resume")
    assert listing.availability is Availability.OPEN
    assert f"/ban-hang/{listing.public_id}/dong-lai" in hrefs(coop)


def test_sending_the_form_twice_makes_one_draft(world: World, browse: Browse) -> None:
    coop = browse("coop")
    data = {"title": "Măng tươi", "price_kind": "fixed", "form_key": "k" * 24}
    coop.post("/ban-hang/dang", data)
    where = coop.response.headers["Location"]
    coop.post("/ban-hang/dang", data)
    assert coop.response.headers["Location"] == where
    assert db.session.scalar(sa.select(sa.func.count(Listing.id))) == 1
    coop.post("/ban-hang/dang", data | {"title": "Khác"}, status=409)


def test_a_move_made_twice_is_made_once(world: World, browse: Browse) -> None:
    listing = world.draft()
    coop = browse("coop")
    path = f"/ban-hang/{listing.public_id}/submit"
    key = {"form_key": "s" * 24}
    coop.post(path, key)
    coop.post(path, key)
    assert (
        db.session.scalar(sa.select(sa.func.count(Entry.id)).where(Entry.name == "listing.submit"))
        == 1
    )
    coop.post(path, status=409)


def test_moves_of_strangers_change_nothing(world: World, browse: Browse) -> None:
    listing, draft = world.published(), world.draft(title="Nháp")
    for who in ("hotel", "other_coop", "ward_official_1"):
        browser = browse(who)
        for move in ("withdraw", "submit", "turn_key", "return", "pause", "resume"):
            browser.post(
                f"/ban-hang/{draft.public_id}/{move}", {"reason": "other", "note": "x"}, status=404
            )
            answer = browser.client.post(
                f"/ban-hang/{listing.public_id}/{move}",
                data={
                    "csrf_token": browser.csrf_token(),
                    "form_key": browser.form_key(),
                    "reason": "other",
                    "note": "x",
                },
            )
            assert answer.status_code in {403, 409, 422}, (who, move)
        for page in ("sua", "gia"):
            assert browser.client.get(f"/ban-hang/{listing.public_id}/{page}").status_code == 403
    assert (listing.state, listing.availability, draft.state) == (
        ListingState.PUBLISHED,
        Availability.OPEN,
        ListingState.DRAFT,
    )


def test_the_history_is_for_those_concerned(world: World, browse: Browse) -> None:
    listing = world.published()
    for who, seen in (
        (None, False),
        ("hotel", False),
        ("other_coop", False),
        ("coop", True),
        ("official_2", True),
        ("ward_official_1", True),
    ):
        browser = browse(who, "en")
        browser.get(listing.path)
        assert ("Began a draft" in browser.text) is seen, who


def test_demonstration_data_is_marked(world: World, browse: Browse) -> None:
    listing = world.published()
    listing.is_demonstration = True
    db.session.commit()
    browser = browse(None, "vi")
    browser.get(listing.path)
    assert browser.text.count("Dữ liệu minh họa") >= 2


def test_a_listing_of_another_kind_or_state_has_no_offer(world: World, browse: Browse) -> None:
    draft, opportunity = world.draft(), world.opportunity()
    coop, official = browse("coop"), browse("official_1")
    coop.get(f"/ban-hang/{draft.public_id}/gia", 409)
    official.get(f"/ban-hang/{opportunity.public_id}/gia", 404)
    services.submit(world.actor("coop"), draft.public_id)
    coop.get(f"/ban-hang/{draft.public_id}/sua", 409)


def test_another_villages_id_is_refused_at_the_form(world: World, browse: Browse) -> None:
    from marketplace.accounts.models import Village

    elsewhere = Village(
        locality_id=world.pair.market_id, name="Tổ 1", name_key="to 1", sort_key="TO-1"
    )
    db.session.add(elsewhere)
    db.session.commit()
    coop = browse("coop", "en")
    coop.get("/ban-hang/dang")
    coop.submit(FIELDS | {"village_id": str(elsewhere.id)}, action="/ban-hang/dang", status=422)
    assert last() is None


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_buyer_has_a_page_only_when_it_agreed_and_looks_for_something(
    world: World, browse: Browse, language: str
) -> None:
    need, hotel = world.need(title="Gừng cho bếp"), world.organisation("hotel")
    page = f"/doanh-nghiep/ben-mua/{hotel.public_id}"
    browser = browse(None, language)
    browser.get(page, 404)
    browser.get(need.path)
    assert "ben-mua" not in browser.response.text
    world.organisation("hotel").is_named_in_public = True
    db.session.commit()
    browser.get(need.path)
    assert f'href="{page}"' in browser.response.text
    browser.get(page)
    assert need.path in browser.response.text
    other = world.need(title="Chỉ cho cán bộ", audience=Audience.OFFICIALS)
    browser.get(page)
    assert other.path not in browser.response.text
    need.audience = Audience.OFFICIALS
    db.session.commit()
    browser.get(page, 404)
    browser.get(f"/doanh-nghiep/ben-mua/{world.organisation('coop').public_id}", 404)


# ---------------------------------------------------------------- one address of a list


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ("/nong-san?nhom=herbs&q=", "/nong-san?nhom=herbs"),
        ("/nong-san?sap=&xem=lich&nhom=herbs&q=sam", "/nong-san?q=sam&nhom=herbs&xem=lich"),
        ("/nong-san?q=&trang=2", "/nong-san?trang=2"),
        ("/nong-san?q=", "/nong-san"),
        ("/tim?q=", "/tim"),
    ],
)
def test_an_address_with_empty_fields_leads_to_the_one_address(
    client: FlaskClient, world: World, asked: str, address: str
) -> None:
    world.published()
    answer = client.get(asked)
    assert (answer.status_code, answer.location) == (302, address)
    assert client.get(address).status_code == 200
    assert client.get(asked, headers={"HX-Request": "true"}).status_code == 200


def test_months_say_how_many_they_leave(client: FlaskClient, world: World) -> None:
    world.published(months=0b101)
    page = client.get("/nong-san").get_data(as_text=True)
    months = re.findall(r'name="thang" value="(\d+)".*?<small>\((\d+)\)</small>', page)
    assert dict(months) == {str(n): "1" if n in {1, 3} else "0" for n in range(1, 13)}
