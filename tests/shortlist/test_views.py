"""Hearts before and after signing in, the page of kept listings, and listings side by side."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from marketplace.catalogue import services as catalogue
from marketplace.catalogue.rules import Audience, ListingState, Visibility
from marketplace.catalogue.taxonomy import PriceKind
from marketplace.core.db import db
from marketplace.shortlist import cookie, queries, services, views
from tests.page import Browser
from tests.world import PASSWORD, World

Browse = Callable[..., Browser]


def html(browser: Browser) -> str:
    assert browser.response is not None
    return browser.response.get_data(as_text=True)


def keep(browser: Browser, public_id: str, came_from: str = "") -> None:
    """Press a heart without scripts."""
    headers = {"Referer": f"http://localhost{came_from}"} if came_from else {}
    browser._take(browser.client.get(f"/da-luu/{public_id}", headers=headers), 200)
    browser.submit(action=f"/da-luu/{public_id}")


def titles(browser: Browser) -> list[str]:
    browser.get("/da-luu")
    return re.findall(r'<h3><a href="[^"]+">([^<]+)</a></h3>', html(browser))


@pytest.mark.parametrize("who", [None, "hotel"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_heart_keeps_and_pressed_again_lets_go(
    world: World, browse: Browse, who: str | None, language: str
) -> None:
    first, second = world.published(title="Gừng"), world.published(title="Nghệ")
    browser = browse(who, language=language)
    keep(browser, first.public_id, "/nong-san?nhom=herbs")
    assert browser.response.request.full_path == "/nong-san?nhom=herbs"  # back where one was
    keep(browser, second.public_id, "https://evil.example/x".removeprefix("https://"))
    assert titles(browser) == ["Nghệ", "Gừng"]
    keep(browser, first.public_id)
    assert titles(browser) == ["Nghệ"]
    browser.submit(action=f"/da-luu/{second.public_id}")
    assert titles(browser) == []


def test_the_cookie_is_signed_bounded_and_of_this_site_only(
    world: World, browse: Browse, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing, other = world.published(), world.published(title="Khác")
    browser = browse()
    browser.get(f"/da-luu/{listing.public_id}")
    browser.submit(action=listing.public_id, follow=False)
    said = next(
        v for v in browser.response.headers.getlist("Set-Cookie") if v.startswith("da-luu=")
    )
    assert {"SameSite=Lax", "HttpOnly", "Path=/"} <= set(said.split("; "))
    value = said.split(";")[0].removeprefix("da-luu=")
    browser.client.set_cookie("da-luu", value[:-2] + "xx")
    assert titles(browser) == []
    for broken in ("", "x", "W10.x", "é"):
        browser.client.set_cookie("da-luu", broken)
        assert titles(browser) == []
    browser.client.set_cookie("da-luu", value)
    assert titles(browser) == [listing.title]
    monkeypatch.setattr(views, "MOST_IN_BROWSER", 1)
    browser.get(f"/da-luu/{other.public_id}")
    browser.submit(action=other.public_id, status=409)
    assert titles(browser) == [listing.title]


def test_what_was_kept_before_signing_in_is_the_persons_afterwards(
    world: World, browse: Browse
) -> None:
    before, both, after = (world.published(title=title) for title in ("Trước", "Cả hai", "Sau"))
    services.keep(world.actor("hotel"), both.public_id)
    services.keep(world.actor("hotel"), after.public_id)
    browser = browse()
    keep(browser, both.public_id)
    keep(browser, before.public_id)
    browser.sign_in("hotel@demo.example", PASSWORD)
    assert sorted(titles(browser)) == ["Cả hai", "Sau", "Trước"]
    assert browser.client.get_cookie("da-luu") is None
    assert len(queries.kept_ids(world.actor("hotel"))) == 3
    browser.get("/")
    browser.client.post("/dang-xuat", data={"csrf_token": browser.csrf_token()})
    assert titles(browser) == []


def test_the_wrong_password_brings_nothing(world: World, browse: Browse) -> None:
    listing, browser = world.published(), browse()
    keep(browser, listing.public_id)
    browser.get("/dang-nhap")
    browser.submit(
        {"identifier": "hotel@demo.example", "password": "không đúng"},
        action="/dang-nhap",
        status=422,
    )
    assert queries.kept_ids(world.actor("hotel")) == []
    assert titles(browser) == [listing.title]


@pytest.mark.parametrize("who", [None, "restaurant"])
def test_paused_and_closed_ones_say_so_and_invisible_ones_vanish(
    world: World, browse: Browse, who: str | None
) -> None:
    kept = [world.published(title=title) for title in ("Tạm", "Đóng", "Ẩn", "Thường")]
    browser = browse(who, language="en")
    for listing in kept:
        keep(browser, listing.public_id)
    catalogue.pause(world.actor("coop"), kept[0].public_id, "pause", reason="stock", note="Hết.")
    kept[1].state, kept[2].visibility = ListingState.CLOSED, Visibility.HIDDEN
    db.session.commit()
    assert titles(browser) == ["Thường", "Đóng", "Tạm"]
    assert html(browser).count("Paused") == 1
    assert html(browser).count("Closed") == 1


def test_a_need_for_producers_is_kept_by_them_and_gone_for_others(
    world: World, browse: Browse
) -> None:
    need = world.need(title="Cần riêng", audience=Audience.PRODUCERS)
    coop = browse("coop")
    keep(coop, need.public_id)
    assert titles(coop) == ["Cần riêng"]
    for who in (None, "restaurant"):
        browse(who).get(f"/da-luu/{need.public_id}", 404)
        assert "Cần riêng" not in html_of(browse(who), f"/so-sanh?id={need.public_id}")


def html_of(browser: Browser, path: str) -> str:
    browser.get(path)
    return html(browser)


@pytest.mark.parametrize("who", [None, "hotel"])
def test_a_draft_and_an_unknown_id_are_not_found(
    world: World, browse: Browse, who: str | None
) -> None:
    draft = world.draft()
    for public_id in (draft.public_id, "222222bbbb"):
        browse(who).get(f"/da-luu/{public_id}", 404)
        browser = browse(who)
        browser.get("/da-luu")
        browser.post(f"/da-luu/{public_id}", status=404)
    browse(who).get("/da-luu/khong", 404)


def test_lists_mark_what_someone_signed_in_keeps(world: World, browse: Browse) -> None:
    listing, other = world.published(title="Gừng"), world.published(title="Nghệ")
    services.keep(world.actor("hotel"), listing.public_id)
    hotel = browse("hotel")
    for path in ("/nong-san", "/nong-san?xem=danh-sach"):
        page = html_of(hotel, path)
        assert re.search(
            rf'id="luu-{listing.public_id}"[^>]*name="bo"[^>]*aria-pressed="true"', page
        )
        assert re.search(
            rf'id="luu-{other.public_id}"[^>]*name="giu"[^>]*aria-pressed="false"', page
        )
    assert 'aria-pressed="true"' in html_of(hotel, listing.path)
    assert 'aria-pressed="true"' not in html_of(browse("restaurant"), "/nong-san")
    # the button of the card sends the page's one form to the listing's own address
    hotel.get("/nong-san")
    form = next(f for f in hotel.page.forms if f["attrs"].get("id") == "luu")
    hotel._take(
        hotel.client.post(f"/da-luu/{other.public_id}", data=form["fields"] | {"giu": "1"}), 303
    )
    assert hotel.response.headers["Location"].startswith("/nong-san")
    assert len(queries.kept_ids(world.actor("hotel"))) == 2
    again = hotel.client.post(f"/da-luu/{other.public_id}", data=form["fields"] | {"giu": "1"})
    assert again.status_code == 303  # sent twice
    assert len(queries.kept_ids(world.actor("hotel"))) == 2


@pytest.mark.parametrize("who", [None, "hotel"])
def test_htmx_gets_the_heart_alone(world: World, browse: Browse, who: str | None) -> None:
    listing, browser = world.published(), browse(who)
    headers = {"HX-Request": "true", "Referer": "http://localhost/nong-san"}
    client = browser.client

    def fields(page: str) -> dict[str, str]:
        return dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', page))

    heart = client.get(f"/da-luu/{listing.public_id}", headers=headers).get_data(as_text=True)
    assert heart.strip().startswith("<form")
    assert 'hx-trigger="load"' in heart
    answer = client.post(f"/da-luu/{listing.public_id}", data=fields(heart), headers=headers)
    kept = client.get(answer.headers["Location"], headers=headers).get_data(as_text=True)
    assert 'hx-trigger="submit"' in kept
    assert 'aria-pressed="true"' in kept
    answer = client.post(f"/da-luu/{listing.public_id}", data=fields(kept), headers=headers)
    gone = client.get(answer.headers["Location"], headers=headers).get_data(as_text=True)
    assert 'aria-pressed="false"' in gone
    assert titles(browser) == []


def test_whoever_presses_a_kept_heart_that_a_page_shows_as_empty_keeps_it(
    world: World, browse: Browse
) -> None:
    """Lists show visitors no heart as pressed: pressing one again after a reload means to keep."""
    listing, browser = world.published(), browse()
    keep(browser, listing.public_id)
    headers = {"HX-Request": "true"}
    address = f"/da-luu/{listing.public_id}"
    again = browser.client.get(address, headers=headers).get_data(as_text=True)
    assert 'hx-trigger="submit"' in again
    assert 'aria-pressed="true"' in again
    lets_go = browser.client.get(f"{address}?bo=1", headers=headers).get_data(as_text=True)
    assert 'hx-trigger="load"' in lets_go


def test_a_heart_needs_its_token(world: World, browse: Browse) -> None:
    listing, browser = world.published(), browse()
    browser.get("/da-luu")
    assert browser.client.post(f"/da-luu/{listing.public_id}").status_code == 400
    assert titles(browser) == []


def test_reading_the_cookie_needs_no_database(app: Flask) -> None:
    with app.test_request_context(headers={"Cookie": "da-luu=xyz"}):
        assert cookie.read() == []


# ------------------------------------------------------------ side by side


def address(*listings: object) -> str:
    return "/so-sanh?" + "&".join(f"id={one.public_id}" for one in listings)  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_up_to_four_stand_side_by_side_and_differences_are_marked(
    world: World, browse: Browse, language: str
) -> None:
    rows = [world.published(title=f"Hàng {n}", price_low=n * 10_000) for n in range(1, 5)]
    browser = browse(language=language)
    browser.get(address(*rows))
    lines = dict(
        re.findall(r'<tr( class="differs")?><th scope="row">([^<]+?) ?(?:<|</th>)', html(browser))[
            n
        ][::-1]
        for n in range(4)
    )
    price, village = ("Price", "Village") if language == "en" else ("Giá bán", "Thôn")
    assert lines[price]
    found = re.findall(rf'<tr( class="differs")?><th scope="row">{village}', html(browser))
    assert found == [""]
    assert html(browser).count('<th scope="col"><a href="/nong-san/hang-') == 4
    assert address(*rows[1:]).replace("&", "&amp;") in html(browser)  # without the first


def test_five_get_a_sentence_and_ways_to_take_some_out(world: World, browse: Browse) -> None:
    rows = [world.published(title=f"Hàng {n}") for n in range(5)]
    browser = browse(language="en")
    browser.get(address(*rows))
    assert "At most 4 listings can stand side by side, and you chose 5." in browser.text
    assert "<table" not in html(browser)
    browser.get(address(*rows[1:]))
    assert "<table" in html(browser)


def test_one_none_and_mixed_kinds_get_a_sentence(world: World, browse: Browse) -> None:
    goods, opportunity, draft = world.published(), world.opportunity(), world.draft(title="Nháp")
    browser = browse(language="en")
    for path in ("/so-sanh", address(goods), address(goods, goods), address(goods, draft)):
        browser.get(path)
        assert "Choose at least 2" in browser.text, path
        assert "Nháp" not in browser.text
    browser.get(address(goods, opportunity))
    assert "one kind" in browser.text
    browser.get("/so-sanh?id=%00&id=' OR 1&id=" + "x" * 5000)
    assert "Choose at least 2" in browser.text


def test_every_kind_can_be_compared_and_names_no_person(world: World, browse: Browse) -> None:
    pairs = [
        (
            world.published(title="A"),
            world.published(title="B", price_kind=PriceKind.MARKET, price_low=None),
        ),
        (
            world.opportunity(title="A", capital_low=10**9),
            world.opportunity(title="B", is_open_ended=True),
        ),
        (world.need(title="A"), world.need(title="B", price_limit=None)),
        (world.tourism(title="A"), world.tourism(title="B", capacity=4)),
    ]
    for pair in pairs:
        browser = browse(language="en")
        browser.get(address(*pair))
        assert "<table" in html(browser)
        assert 'class="differs"' in html(browser)
        for secret in ("Cán bộ kinh tế xã 1", "kinhte@avuong", "Khách sạn minh họa"):
            assert secret not in html(browser)


def test_boxes_of_lists_and_of_kept_ones_lead_to_the_comparison(
    world: World, browse: Browse
) -> None:
    rows = [world.published(title=f"Hàng {n}") for n in range(2)]
    browser = browse("hotel")
    for listing in rows:
        services.keep(world.actor("hotel"), listing.public_id)
    for path, form in (
        ("/nong-san", "so-sanh"),
        ("/nong-san?xem=danh-sach", "so-sanh"),
        ("/da-luu", "so-sanh-produce"),
    ):
        page = html_of(browser, path)
        assert re.search(rf'<form[^>]* id="{form}" action="/so-sanh"', page), path
        boxes = re.findall(rf'<input type="checkbox" form="{form}" name="id" value="(\w+)"', page)
        assert sorted(boxes) == sorted(listing.public_id for listing in rows), path
