"""One box over everything: who finds what, what it costs, how it reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.rules import OrganisationKind
from marketplace.catalogue.browse import Lists
from marketplace.catalogue.kinds.produce.browse import SPEC as PRODUCE
from marketplace.catalogue.lists import Wished
from marketplace.core import clock, shelf
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.db import db
from marketplace.discovery import services, showing
from marketplace.discovery.services import SynonymValues
from marketplace.papers.types import PaperType
from tests import world as worlds
from tests.page import Browser
from tests.papers.conftest import Story
from tests.statements import statements
from tests.world import World


def found(world: World, q: str, who: Actor = ANONYMOUS) -> dict[str, list[str]]:
    results = showing.results(world.pair, who, q)
    return {group.code: [row.title for row in group.rows] for group in results.groups}


@pytest.fixture
def everything(world: World) -> World:
    """One of each that speaks of herbs."""
    world.published(title="Dược liệu khô")
    world.opportunity(title="Xưởng dược liệu")
    world.need(title="Cần dược liệu", description="Cho nhà thuốc.")
    world.tourism(title="Thăm vườn dược liệu")
    return world


def test_each_sort_has_its_group(everything: World) -> None:
    assert found(everything, "duoc lieu") == {
        "produce": ["Dược liệu khô"],
        "opportunity": ["Xưởng dược liệu"],
        "need": ["Cần dược liệu"],
        "tourism": ["Thăm vườn dược liệu"],
        "organisation": ["HTX Dược liệu minh họa"],
    }
    assert found(everything, "ta la")["village"] == ["Ta Lang"]
    assert found(everything, "Tà Làng")["village"] == ["Ta Lang"]
    assert found(everything, "lang duoc").get("village") is None
    assert found(everything, "") == found(everything, "?!") == {}


def test_a_group_shows_five_and_leads_to_all(world: World, client: FlaskClient) -> None:
    for number in range(7):
        world.published(title=f"Gừng {number}")
    group = showing.results(world.pair, ANONYMOUS, "gung").groups[0]
    assert (len(group.rows), group.total, group.all_url) == (5, 7, "/nong-san?q=gung")
    html = client.get("/tim?q=gung").get_data(as_text=True)
    assert 'href="/nong-san?q=gung"' in html
    assert client.get("/nong-san?q=gung").get_data(as_text=True).count("<article") == 7


def test_nothing_shows_that_its_reader_may_not_see(world: World) -> None:
    world.draft(title="Quế nháp")
    world.published(title="Quế bị ẩn").visibility = "hidden"
    db.session.commit()
    world.need(title="Cần quế cho nhà sản xuất", audience="producers")
    world.need(title="Cần quế cho cán bộ", audience="officials")
    assert found(world, "que") == {}
    seen = {
        "coop": ["Cần quế cho nhà sản xuất"],
        "restaurant": [],
        "hotel": ["Cần quế cho cán bộ", "Cần quế cho nhà sản xuất"],
        "official_1": ["Cần quế cho cán bộ", "Cần quế cho nhà sản xuất"],
    }
    for who, titles in seen.items():
        assert found(world, "que", world.actor(who)).get("need", []) == titles, who
    assert found(world, "que") == {}


def test_organisations_are_those_everyone_may_know_of(world: World) -> None:
    assert found(world, "minh hoa") == {}, "nobody offers anything yet"
    world.published()
    world.need()
    assert found(world, "minh hoa")["organisation"] == ["HTX Dược liệu minh họa"]
    world.organisation("hotel").is_named_in_public = True
    household = worlds._organisation(
        "Hộ ông Minh Họa", OrganisationKind.PRODUCER_HOUSEHOLD, world.pair.source_id, None
    )
    db.session.commit()
    listing = world.published(title="Măng")
    listing.organisation_id = household
    db.session.commit()
    shelf._shelves.clear()
    names = ["HTX Dược liệu minh họa", "Khách sạn minh họa"]
    assert found(world, "minh hoa")["organisation"] == names
    assert "organisation" not in found(world, "hộ ông")
    urls = [row.url for row in showing.results(world.pair, ANONYMOUS, "minh hoa").groups[-1].rows]
    buyer = f"/doanh-nghiep/ben-mua/{world.organisation('hotel').public_id}"
    assert urls == [f"/htx/{world.organisation('coop').public_id}", buyer]


def test_an_owner_kept_back_is_told_by_place(world: World) -> None:
    world.need(title="Cần gừng")
    row = showing.results(world.pair, ANONYMOUS, "gung").groups[0].rows[0]
    assert "Khách sạn" not in str([str(note) for note in row.notes])
    assert "organisation" not in found(world, "khach san")


@pytest.mark.parametrize("q", ["duoc+lieu", "khong+co+gi", "ta+lang", "dnag+sam"])
def test_a_search_costs_the_same_with_4_and_with_40(
    everything: World, client: FlaskClient, q: str, database: str
) -> None:
    def cost() -> int:
        client.get("/gioi-thieu")
        shelf._shelves.clear()
        with statements() as seen:
            assert client.get(f"/tim?q={q}").status_code == 200
        return len(seen)

    first = cost()
    for number in range(12):
        everything.published(title=f"Dược liệu {number}")
        everything.need(title=f"Cần dược liệu {number}")
    assert cost() == first
    assert first <= 15 + 2 * (database == "postgresql")


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("who", [None, "coop", "official_1"])
def test_the_page_is_in_order(
    everything: World, browse: Callable[..., Browser], language: str, who: str | None
) -> None:
    page = browse(who, language)
    for q in ("", "duoc+lieu", "xyzxyz", "%3Cscript%3E", "a%00b", "%ED%A0%80", "d" * 5000):
        address = f"/tim?q={q}" if q else "/tim"
        page.get(address)
        answer = page.client.get(address, headers={"Accept-Encoding": "gzip"})
        assert len(answer.data) <= 8 * 1024
    page.get("/tim")
    boxes = [a for tag, a in page.page.tags if tag == "input" and a.get("name") == "q"]
    assert len(boxes) == 1
    page.get("/gioi-thieu")
    forms = [f["attrs"].get("action") for f in page.page.forms]
    assert "/tim" in forms, "the header of every page has the box"
    page.get("/")
    assert [f["attrs"].get("action") for f in page.page.forms].count("/tim") == 1


def test_where_nothing_is_found_one_can_ask_to_be_told(world: World, client: FlaskClient) -> None:
    page = client.get("/nong-san?q=khong-co").get_data(as_text=True)
    assert "/toi/tim-da-luu/moi?muc=nong-san&amp;q=khong-co" in page
    everything = client.get("/tim?q=khong-co").get_data(as_text=True)
    assert "/toi/tim-da-luu/moi?muc=nong-san&amp;q=khong-co" in everything


@pytest.mark.parametrize(
    ("q", "village"),
    [
        ("a run", "Arung"), ("cr to", "Cr'toonh"), ("tal", "Ta Lang"), ("ta l", "Ta Lang"), ("adz", "Azứt"),
        ("a dz", "Azứt"), ("thôn Aur", "Aur"), ("làng Aur", "Aur"), ("thon a'ur", "Aur"), ("xã Azứt", "Azứt"),
        ("thôn ta", "Ta Lang"), ("làng ta lang", "Ta Lang"), ("Axoò", "Axoo"), ("đang", "Đang"), ("xa'ơ", "Xa'ơi"),
    ],
)  # fmt: skip
def test_a_village_stays_while_one_types_its_name(world: World, q: str, village: str) -> None:
    assert village in found(world, q).get("village", [])


def test_no_other_village_is_meant(world: World) -> None:
    for q in ("khong co", "aur gung", "tal ong", "中文", "thôn", "!"):
        assert "village" not in found(world, q), q


def test_organisations_and_villages_are_met_by_other_names(world: World) -> None:
    world.published()
    listing = world.published(title="Măng")
    listing.organisation_id = world.organisations["other_coop"]
    db.session.commit()
    for q in ("bha l", "bha lê", "bhal", "htx bhal"):
        assert "HTX Bhalêê minh họa" in found(world, q).get("organisation", []), q
    services.add_synonyms(world.actor("official_1"), SynonymValues("Aur\nlàng trên mây"))
    assert found(world, "làng trên mây")["village"] == ["Aur"]


def test_what_cannot_be_read_finds_nothing_and_says_why(
    everything: World, browse: Callable[..., Browser]
) -> None:
    page = browse(language="en")
    for q in ("%E4%B8%AD%E6%96%87", "!!!", "%27", "%25"):
        for path in ("/tim", "/nong-san"):
            page.get(f"{path}?q={q}")
            assert "Search with letters or digits" in page.text
            assert "Dược liệu khô" not in page.text
        assert page.client.get(f"/api/v1/listings?q={q}").get_json()["total"] == 0
    page.get(f"/nong-san?q={'a' * 300}")
    assert "Only the first 200 characters" in page.text
    page.get("/nong-san?q=", status=302)
    page.get("/nong-san")
    assert "Dược liệu khô" in page.text


def test_a_listing_is_found_by_the_code_on_its_page(everything: World) -> None:
    listing = everything.need(title="Cần gùi")
    assert found(everything, listing.public_id) == {"need": ["Cần gùi"]}
    assert found(everything, f" {listing.public_id.upper()}") == {"need": ["Cần gùi"]}
    assert found(everything, listing.public_id[:9]) == {}
    assert found(everything, f"gùi {listing.public_id}") == {}


@pytest.mark.parametrize(
    ("q", "kind"),
    [
        ("homestay", "tourism"), ("medicinal roots", "produce"), ("liên kết sản xuất", "opportunity"),
        ("guaranteed purchase", "opportunity"), ("bamboo shoots", "need"), ("lâm sản", "opportunity"),
    ],
)  # fmt: skip
def test_what_was_chosen_is_found_by_its_words_in_both_languages(
    everything: World, q: str, kind: str
) -> None:
    everything.tourism(title="Nghỉ đêm", description="Nhà sàn.")
    assert kind in found(everything, q)


def test_a_kind_of_paper_leads_to_the_goods_that_hold_it(app: Flask, world: World) -> None:
    goods = world.published(title="Măng")
    last = clock.today() + timedelta(days=9)
    Story(app, world).verified(PaperType.VIETGAP, valid_until=last)
    row = showing.results(world.pair, ANONYMOUS, "vietgap").groups[0].rows[0]
    assert (row.url, str(row.title)) == ("/nong-san?giay-to=vietgap", "Papers valid now: VietGAP")
    for q in ("VietGAP", "viet gap", "vietg"):
        assert found(world, q).keys() == {"papers"}, q
    for q in ("ocop", "vietgap mật ong", "vie"):
        assert "papers" not in found(world, q), q
    for q in ("măng vietgap", "viet gap măng", "VietGAP mang"):
        (row,) = showing.results(world.pair, ANONYMOUS, q).groups[0].rows
        assert row.url.partition("=")[2].partition("&")[2] == "giay-to=vietgap", q
        assert "VietGAP" in str(row.title)
        page = app.test_client().get(f"/nong-san?q={q}").text
        assert f'href="{row.url.replace("&", "&amp;")}"' in page, q
    lists = Lists(world.pair)
    for codes in ("vietgap", "con-han"):
        page = lists.page(Wished.read(PRODUCE, {"giay-to": [codes]}))
        assert [card.title for card in page.items] == [goods.title]
    assert lists.counts(Wished.read(PRODUCE, {"giay-to": ["ocop"]})).total == 0
    with clock.at(clock.now() + timedelta(days=11)):
        assert found(world, "vietgap") == {}


def shorter(client: FlaskClient, address: str) -> dict[str, str]:
    """What a page proposes to leave of the words, and where it leads."""
    html = client.get(address).get_data(as_text=True)
    return {
        words: unescape(url) for url, words in re.findall('<a href="([^"]+)">(Chỉ tìm [^<]+)', html)
    }


@pytest.mark.parametrize("path", ["/tim", "/nong-san"])
def test_an_empty_page_says_what_fewer_words_find(
    world: World, client: FlaskClient, path: str
) -> None:
    world.published(title="Măng khô")
    world.published(title="Măng khô sợi")
    left = f"{path}?q=m%C4%83ng+kh%C3%B4"
    assert shorter(client, f"{path}?q=mua+măng+khô") == {"Chỉ tìm “măng khô” thì có 2": left}
    assert shorter(client, f"{path}?q=măng+khô") == {}


def test_fewer_words_keep_the_filters_that_leave_any(world: World, client: FlaskClient) -> None:
    group = world.published(title="Măng khô").group.value
    other = "honey" if group != "honey" else "herbs"
    kept, dropped = (
        shorter(client, f"/nong-san?q=mua+măng+khô&nhom={chosen}") for chosen in (group, other)
    )
    assert [f"nhom={group}" in url for url in kept.values()] == [True]
    assert ["nhom=" in url for url in dropped.values()] == [False]
