"""What other programs get: pictures, linked data, feeds, calendars, maps, shared texts."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from html import unescape

import pytest
from defusedxml import ElementTree
from flask.testing import FlaskClient
from PIL import Image

from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import Audience, Visibility
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.programme.queries import villages
from marketplace.roads import services as roads
from marketplace.roads.rules import Cause, Condition
from marketplace.roads.services import NoticeValues
from marketplace.sharing.linked import as_script
from tests.sharing.test_ical import read
from tests.world import World

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
KINDS = ("produce", "opportunity", "need", "tourism", "brief")


def made(world: World, kind: str, **changes: object) -> Listing:
    if kind == "brief":
        return world.need("investor", world.brief_values(**changes))
    return {
        "produce": world.published,
        "opportunity": world.opportunity,
        "need": world.need,
        "tourism": world.tourism,
    }[kind](**changes)


def linked_data(html: str) -> list[dict]:
    (raw,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return json.loads(raw)["@graph"]


def head(html: str) -> dict[str, str]:
    found = re.findall(r'<meta property="(og:[a-z_:]+)" content="([^"]*)">', html)
    return {name: unescape(value) for name, value in found}


# ------------------------------------------------------------ addresses


@pytest.mark.parametrize("kind", KINDS)
def test_an_address_survives_a_change_of_title(
    client: FlaskClient, world: World, kind: str
) -> None:
    listing = made(world, kind)
    before = listing.path
    listing.title, listing.slug = "Tên mới", "ten-moi"
    db.session.commit()
    assert client.get(before).status_code == 301
    assert client.get(before).headers["Location"] == listing.path
    assert client.get(listing.path).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_short_address_leads_to_every_kind(client: FlaskClient, world: World, kind: str) -> None:
    listing = made(world, kind)
    answer = client.get(f"/m/{listing.public_id}")
    if kind == "produce":  # the page behind its label
        assert listing.path in answer.get_data(as_text=True)
    else:
        assert (answer.status_code, answer.headers["Location"]) == (302, listing.path)
    assert client.get(f"/m/{listing.public_id}/qr.svg").status_code == 200


# ------------------------------------------------------------ linked data and previews

TYPES = {
    "produce": "Product",
    "opportunity": "Demand",
    "need": "Demand",
    "tourism": "Service",
    "brief": "Demand",
}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_says_what_it_is(
    client: FlaskClient, world: World, kind: str, language: str
) -> None:
    listing = made(world, kind)
    client.set_cookie("lang", language)
    html = client.get(listing.path).get_data(as_text=True)
    thing, crumbs = linked_data(html)
    assert (thing["@type"], thing["name"]) == (TYPES[kind], listing.title)
    assert thing["url"] == f"http://localhost{listing.path}"
    assert [step["item"] for step in crumbs["itemListElement"]] == [
        "http://localhost/", f"http://localhost/{listing.section}", thing["url"],
    ]  # fmt: skip
    told = head(html)
    assert told["og:title"] == listing.title
    assert told["og:url"] == thing["url"]
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    picture = client.get(told["og:image"].removeprefix("http://localhost"))
    assert Image.open(io.BytesIO(picture.data)).size == (1200, 630)


def test_an_offer_has_price_unit_and_seller(client: FlaskClient, world: World) -> None:
    offer = linked_data(client.get(world.published().path).get_data(as_text=True))[0]["offers"]
    assert (offer["price"], offer["priceCurrency"]) == (120_000, "VND")
    assert offer["priceSpecification"]["unitCode"] == "KGM"
    assert offer["availability"] == "https://schema.org/InStock"
    assert offer["seller"]["name"] == "HTX Dược liệu minh họa"


def test_nothing_breaks_out_of_the_data() -> None:
    wicked = "</script><script>alert(1)</script><!-- & ' \u2028\u2029"
    text = str(as_script({"@graph": [], "name": wicked}))
    assert not set("<>&'\u2028\u2029") & set(text)
    assert json.loads(text)["name"] == wicked


def test_a_wicked_title_stays_text(client: FlaskClient, world: World) -> None:
    title = 'Mật </script><!-- "ong" & \' <b>'
    listing = world.published(title=title, description=title)
    html = client.get(listing.path).get_data(as_text=True)
    assert linked_data(html)[0]["name"] == title
    assert head(html)["og:title"] == title
    assert "<!-- " not in html
    feed = ElementTree.fromstring(client.get("/nong-san.atom").data)
    assert feed.find(f"{ATOM}entry/{ATOM}title").text == title


@pytest.mark.parametrize("audience", [Audience.PRODUCERS, Audience.OFFICIALS])
def test_what_is_not_for_everyone_is_told_to_no_machine(
    browse, world: World, audience: Audience
) -> None:
    need = world.need(audience=audience)
    official = browse("ward_official_1")
    official.get(need.path)
    html = official.response.get_data(as_text=True)
    assert "ld+json" not in html
    assert "og:" not in html
    assert "tin-zalo" not in html
    for path in (f"/anh-chia-se/{need.public_id}.png", f"{need.path}.ics"):
        official.get(path, status=404)
    for path in ("/doanh-nghiep.atom", "/doanh-nghiep.ics", "/sitemap.xml"):
        assert need.public_id not in official.client.get(path).get_data(as_text=True)
    assert official.client.get("/sitemap-doanh-nghiep-1.xml").status_code == 404


def test_hidden_and_unfinished_listings_have_no_picture(client: FlaskClient, world: World) -> None:
    hidden, draft = world.published(), world.draft()
    hidden.visibility = Visibility.HIDDEN
    db.session.commit()
    for listing in (hidden, draft):
        for path in (
            f"/anh-chia-se/{listing.public_id}.png",
            f"{listing.path}.ics",
            f"/m/{listing.public_id}",
        ):
            assert client.get(path).status_code == 404, path


def test_a_picture_is_asked_for_twice_and_sent_once(client: FlaskClient, world: World) -> None:
    listing = world.published()
    path = f"/anh-chia-se/{listing.public_id}.png"
    first = client.get(path)
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert first.cache_control.public
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    listing.title = "Tên khác"
    db.session.commit()
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    assert (
        client.get(path, query_string={"lang": "en"}).headers["ETag"]
        != client.get(path).headers["ETag"]
    )


@pytest.mark.parametrize(
    "path", ["/", "/nong-san", "/co-hoi", "/doanh-nghiep", "/du-lich", "/ket-qua", "/du-lieu"]
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages_without_a_listing_show_the_picture_of_the_portal(
    client: FlaskClient, world: World, path: str, language: str
) -> None:
    client.set_cookie("lang", language)
    told = head(client.get(path).get_data(as_text=True))
    assert told["og:title"]
    assert told["og:url"] == f"http://localhost{path}"
    answer = client.get(told["og:image"].removeprefix("http://localhost"))
    assert answer.mimetype == "image/png"
    other = client.get("/dang-nhap").get_data(as_text=True)
    assert "og:image" not in other


# ------------------------------------------------------------ sharing


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_ready_text_ends_with_the_short_address(
    browse, world: World, kind: str, language: str
) -> None:
    listing = made(world, kind)
    page = browse(None, language)
    page.get(listing.path)
    html = page.response.get_data(as_text=True)
    text = unescape(re.search(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", html, re.DOTALL)[1])
    lines = text.splitlines()
    assert (lines[0], lines[-1]) == (listing.title, f"http://localhost/m/{listing.public_id}")
    assert 3 <= len(lines) <= 9
    assert "None" not in text
    if kind == "produce":
        assert any("120" in line and "kg" in line for line in lines)
        assert any("Cr'toonh" in line for line in lines)


def test_a_closed_road_is_told(client: FlaskClient, world: World) -> None:
    listing = world.published()
    village = next(v for v in villages(world.pair.source_id) if v.name == "Cr'toonh")
    notice = NoticeValues(
        Condition.CLOSED, Cause.LANDSLIDE, clock.today(), "Sạt lở.", villages=(village.id,)
    )
    roads.post_notice(world.actor("official_1"), notice)
    html = client.get(listing.path).get_data(as_text=True)
    assert "Đường" in re.search(r"<textarea.*?</textarea>", html, re.DOTALL)[0]


def test_lots_and_results_have_a_ready_text(browse, world: World) -> None:
    page = browse()
    page.get("/ket-qua")
    html = page.response.get_data(as_text=True)
    assert "http://localhost/ket-qua?" in unescape(
        re.search(r"<textarea.*?</textarea>", html, re.DOTALL)[0]
    )


# ------------------------------------------------------------ feeds


def entries(feed) -> list:
    return feed.findall(f"{ATOM}entry")


def links(feed) -> dict[str, str]:
    return {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}


@pytest.mark.parametrize("section", ["nong-san", "co-hoi", "doanh-nghiep", "du-lich"])
def test_every_list_is_a_feed_that_it_names(
    client: FlaskClient, world: World, section: str
) -> None:
    for kind in KINDS:
        made(world, kind)
    html = client.get(f"/{section}").get_data(as_text=True)
    address = re.search(r'type="application/atom\+xml" title="[^"]+" href="([^"]+)"', html)[1]
    answer = client.get(unescape(address).removeprefix("http://localhost"))
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.data)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", "author"):
        assert feed.find(ATOM + name) is not None, name
    assert entries(feed)
    for entry in entries(feed):
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", entry.find(f"{ATOM}id").text)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", entry.find(f"{ATOM}updated").text)
        assert entry.find(f"{ATOM}link").get("href").startswith(f"http://localhost/{section}/")
        assert entry.find(f"{ATOM}summary").text
        assert entry.find(f"{ATOM}author/{ATOM}name").text


def test_a_feed_has_the_filters_of_its_page(client: FlaskClient, world: World) -> None:
    spring = world.published(title="Rau tháng ba", months=0b100)
    world.published(title="Rau tháng mười", months=0b10_0000_0000)
    html = client.get("/nong-san?thang=3&sap=ten").get_data(as_text=True)
    address = unescape(re.search(r'href="([^"]+\.atom[^"]*)"', html)[1])
    assert address == "http://localhost/nong-san.atom?thang=3"
    feed = ElementTree.fromstring(client.get("/nong-san.atom?thang=3").data)
    assert [entry.find(f"{ATOM}title").text for entry in entries(feed)] == [spring.title]
    assert links(feed)["alternate"] == "http://localhost/nong-san?thang=3"
    other = ElementTree.fromstring(client.get("/nong-san.atom").data)
    assert other.find(f"{ATOM}id").text != feed.find(f"{ATOM}id").text


def test_ids_of_entries_stay_when_everything_else_changes(
    client: FlaskClient, world: World
) -> None:
    listing = world.published()
    before = ElementTree.fromstring(client.get("/nong-san.atom").data)
    listing.title, listing.slug = "Tên mới", "ten-moi"
    db.session.commit()
    world.published(title="Tin khác")
    after = ElementTree.fromstring(client.get("/nong-san.atom?lang=en").data)
    old = {entry.find(f"{ATOM}id").text for entry in entries(before)}
    assert old < {entry.find(f"{ATOM}id").text for entry in entries(after)}
    assert before.find(f"{ATOM}id").text == after.find(f"{ATOM}id").text


def test_a_feed_goes_on_over_pages(client: FlaskClient, world: World) -> None:
    for n in range(51):
        world.published(title=f"Rau {n}")
    first = ElementTree.fromstring(client.get("/nong-san.atom").data)
    assert len(entries(first)) == 50
    second = ElementTree.fromstring(
        client.get(links(first)["next"].removeprefix("http://localhost")).data
    )
    assert len(entries(second)) == 1
    assert "next" not in links(second)
    assert links(second)["previous"] == "http://localhost/nong-san.atom"
    ids = {e.find(f"{ATOM}id").text for e in [*entries(first), *entries(second)]}
    assert len(ids) == 51
    beyond = ElementTree.fromstring(client.get("/nong-san.atom?trang=99").data)
    assert len(entries(beyond)) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/nong-san.atom",
        "/nong-san.ics",
        "/sitemap.xml",
        "/sitemap-trang.xml",
        "/sitemap-nong-san-1.xml",
        "/du-lieu/nong-san.json",
    ],
)
def test_nothing_is_sent_twice(client: FlaskClient, world: World, path: str) -> None:
    world.published()
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    world.published(title="Khác")
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code in (
        {200, 304} if path.startswith("/sitemap") else {200}
    )


@pytest.mark.parametrize(
    "path", ["/nong-san.atom", "/co-hoi.atom", "/nong-san.ics", "/doanh-nghiep.ics", "/sitemap.xml"]
)
def test_empty_lists_are_in_order_too(client: FlaskClient, world: World, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    if path.endswith(".ics"):
        assert read(answer.data) == []
    else:
        ElementTree.fromstring(answer.data)


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "thang=99&thang=x",
        "trang=99999999999999999999",
        "q=" + "x" * 3000,
        "q[]=1",
        "lang=xx",
        "nhom=%ff",
    ],
)
@pytest.mark.parametrize("form", ["atom", "ics"])
def test_wild_addresses_are_answered(
    client: FlaskClient, world: World, query: str, form: str
) -> None:
    world.published()
    assert client.get(f"/nong-san.{form}?{query}").status_code == 200


# ------------------------------------------------------------ calendars


def test_months_are_a_calendar(client: FlaskClient, world: World) -> None:
    listing = world.published()
    need, tourism = world.need(), world.tourism()
    (event,) = read(client.get(f"{listing.path}.ics").data)
    assert (event["DTSTART;VALUE=DATE"], event["DTEND;VALUE=DATE"]) == ("20261001", "20270301")
    assert event["SUMMARY"] == listing.title
    assert event["URL"] == f"http://localhost{listing.path}"
    assert len(read(client.get("/nong-san.ics?thang=11").data)) == 1
    assert read(client.get("/nong-san.ics?thang=6").data) == []
    assert read(client.get(f"{need.path}.ics").data)
    assert read(client.get(f"{tourism.path}.ics").data)
    assert client.get(f"{listing.path}.ics").content_type == "text/calendar; charset=utf-8"
    assert client.get("/co-hoi.ics").status_code == 404
    assert client.get(f"/du-lich/x-{listing.public_id}.ics").status_code == 404


def test_the_days_of_an_opportunity_are_a_calendar(client: FlaskClient, world: World) -> None:
    listing = world.opportunity(is_open_ended=False, closes_on=date(2027, 3, 15))
    asked, closes = read(client.get(f"{listing.path}.ics").data)
    assert closes["DTSTART;VALUE=DATE"] == "20270315"
    assert asked["DTSTART;VALUE=DATE"] < "20270315"
    assert asked["UID"] != closes["UID"]
    assert f'href="{listing.path}.ics"' in client.get(listing.path).text


# ------------------------------------------------------------ maps


def test_the_maps_name_every_public_page(client: FlaskClient, world: World) -> None:
    listings = [made(world, kind) for kind in KINDS]
    index = ElementTree.fromstring(client.get("/sitemap.xml").data)
    maps = [loc.text for loc in index.iter(f"{MAP}loc")]
    found = {}
    for address in maps:
        root = ElementTree.fromstring(client.get(address.removeprefix("http://localhost")).data)
        for url in root.findall(f"{MAP}url"):
            found[url.find(f"{MAP}loc").text] = url.find(f"{MAP}lastmod")
    for listing in listings:
        assert found[f"http://localhost{listing.path}"].text == "2026-11-20T02:00:00Z"
    for address in found:
        assert client.get(address.removeprefix("http://localhost")).status_code == 200, address
    assert client.get("/sitemap-nong-san-2.xml").status_code == 404
    assert client.get("/sitemap-nong-san-0.xml").status_code == 404
    assert client.get(f"/sitemap-nong-san-{10**30}.xml").status_code == 404
    assert "Sitemap: http://localhost/sitemap.xml" in client.get("/robots.txt").get_data(
        as_text=True
    )
