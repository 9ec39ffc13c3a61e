"""The home page, help and rules, the choice of language, menus, and what machines ask for."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from marketplace.core import clock
from marketplace.core.db import db
from tests.page import Browser
from tests.world import PASSWORD, World

Browse = Callable[..., Browser]

READING = [
    "/",
    "/gioi-thieu",
    "/huong-dan",
    "/lien-he",
    "/tro-nang",
    "/du-lieu-ca-nhan",
    "/dieu-khoan",
    "/dang-nhap",
    "/dang-nhap/ma",
    "/dang-ky",
    "/dang-ky/xong",
    "/quen-mat-khau",
    "/quen-mat-khau/da-gui",
]


@pytest.mark.parametrize("who", [None, "coop", "hotel", "official_1"])
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", READING)
def test_everyone_reads_these(browse: Browse, path: str, language: str, who: str | None) -> None:
    browser = browse(who, language)
    signed_in_already = who is not None and path == "/dang-nhap"
    browser.get(path, 303 if signed_in_already else 200)


def test_the_home_page_counts_what_is_there(world: World, browse: Browse) -> None:
    browser = browse()
    browser.get("/")
    assert "0 mặt hàng đang bán" in _figures(browser)
    world.published()
    world.opportunity()
    browser.get("/")
    assert "1 mặt hàng đang bán" in _figures(browser)
    assert "1 cơ hội đang mời gọi" in _figures(browser)
    assert "Đẳng sâm tươi" in browser.text
    assert "Xưởng sơ chế dược liệu" in browser.text
    assert f"/nong-san?thang={clock.today().month}" in browser.response.get_data(as_text=True)


def _figures(browser: Browser) -> str:
    """The figure bar as «number label» pairs, in the order people hear them."""
    words = browser.response.get_data(as_text=True)
    pairs = re.findall(r"<dt>([^<]+)</dt><dd class=\"num\">([^<]+)", words)
    return " | ".join(f"{number.strip()} {label}" for label, number in pairs)


def test_only_what_is_in_season_stands_on_the_home_page(world: World, browse: Browse) -> None:
    world.published(title="Mít nài chín", months=0b0000_0001_0000)
    browser = browse()
    browser.get("/")
    assert "Mít nài chín" not in browser.text
    assert "chưa có mặt hàng nào đang vụ" in browser.text


def test_every_link_of_the_home_page_leads_somewhere(world: World, browse: Browse) -> None:
    world.published()
    world.opportunity()
    for who in (None, "coop", "official_1"):
        browser = browse(who)
        page = browser.get("/")
        links = {str(a["href"]) for t, a in page.tags if t == "a" and a.get("href")}
        for link in sorted(link for link in links if link.startswith("/")):
            answer = browser.client.get(link)
            assert answer.status_code in {200, 302, 303}, link


def test_the_home_page_stays_light(app: Flask, world: World) -> None:
    for number in range(5):
        world.published(title=f"Mặt hàng số {number}")
    world.opportunity()
    answer = app.test_client().get("/", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) <= 8 * 1024


def test_the_home_page_asks_the_database_the_same_few_times(app: Flask, world: World) -> None:
    def queries() -> int:
        count = 0

        def counted(*_: object) -> None:
            nonlocal count
            count += 1

        engine = db.engine.engine
        sa.event.listen(engine, "before_cursor_execute", counted)
        try:
            app.test_client().get("/")
        finally:
            sa.event.remove(engine, "before_cursor_execute", counted)
        return count

    world.published()
    queries()  # what a process reads once when it starts
    world.published()
    few = queries()
    for number in range(6):
        world.published(title=f"Mặt hàng số {number}")
    assert queries() == few


# ---------------------------------------------------------------- language


def test_the_language_is_vietnamese_unless_chosen(client: FlaskClient) -> None:
    page = client.get("/", headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert '<html lang="vi"' in page
    answer = client.get("/ngon-ngu/en?next=/lien-he")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/lien-he"
    assert '<html lang="en"' in client.get("/").get_data(as_text=True)
    client.get("/ngon-ngu/vi")
    assert '<html lang="vi"' in client.get("/").get_data(as_text=True)


@pytest.mark.parametrize("wished", ["//evil.test", "https://evil.test", "/\\evil", "x"])
def test_choosing_a_language_stays_on_the_site(client: FlaskClient, wished: str) -> None:
    answer = client.get("/ngon-ngu/en", query_string={"next": wished})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("code", ["fr", "VI", "x" * 300, "%00"])
def test_an_unknown_language_is_no_page(browse: Browse, code: str) -> None:
    browse().get(f"/ngon-ngu/{code}", 404)


def test_the_account_chooses_first_and_the_switch_counts_afterwards(
    world: World, browse: Browse
) -> None:
    from marketplace.accounts.models import User

    db.session.get_one(User, world.users["coop"]).language = "en"
    db.session.commit()
    browser = browse()
    browser.get("/dang-nhap")
    browser.language = "en"
    browser.submit({"identifier": "coop@demo.example", "password": PASSWORD})
    browser.client.get("/ngon-ngu/vi")
    browser.language = "vi"
    browser.get("/toi")


# ---------------------------------------------------------------- menus


TABS = {
    None: ["/", "/co-hoi", "/nong-san", "/da-luu", "/dang-nhap"],
    "hotel": ["/", "/co-hoi", "/nong-san", "/ket-noi", "/toi"],
    "coop": ["/ban-hang", "/ban-hang/hoi-mua", "/ban-hang/dang", "/thong-bao", "/toi"],
    "official_1": [
        "/lam-viec",
        "/lam-viec/ket-noi",
        "/lam-viec/duyet",
        "/lam-viec/so-lieu",
        "/toi",
    ],
}


@pytest.mark.parametrize("who", list(TABS))
def test_the_phone_bar_of_each_role(browse: Browse, who: str | None) -> None:
    browser = browse(who)
    browser.get("/")
    html = browser.response.get_data(as_text=True)
    bar = html[html.index('<nav class="tabbar"') :]
    assert re.findall(r'<a href="([^"]+)"', bar) == TABS[who]


@pytest.mark.parametrize("who", [None, "hotel", "coop", "official_1", "leader"])
def test_menus_lead_only_where_one_may_go(browse: Browse, who: str | None) -> None:
    browser = browse(who)
    page = browser.get("/") or browser.page
    assert page is not None
    html = browser.response.get_data(as_text=True)
    menus = re.findall(r"<(?:nav|footer)\b.*?</(?:nav|footer)>", html, re.DOTALL)
    links = {link for menu in menus for link in re.findall(r'href="(/[^"#]*)"', menu)}
    assert links
    for link in sorted(links):
        status = browser.client.get(link).status_code
        assert status in {200, 303}, f"{who} {link}: {status}"


# ---------------------------------------------------------------- machines


def test_hello_asks_nobody(app: Flask, client: FlaskClient, monkeypatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("asked the database")

    monkeypatch.setattr(db.session, "execute", refuse)
    monkeypatch.setattr("marketplace.programme.queries.detached", refuse)
    answer = client.get("/song")
    assert (answer.status_code, answer.data) == (200, b"ok\n")
    assert "Set-Cookie" not in answer.headers


def test_robots_leave_closed_pages_alone(client: FlaskClient) -> None:
    text = client.get("/robots.txt").get_data(as_text=True)
    assert "Disallow: /lam-viec" in text
    assert "Disallow: /nong-san" not in text


def test_the_old_address_of_the_icon(client: FlaskClient) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    icon = client.get(answer.headers["Location"])
    assert icon.mimetype == "image/svg+xml"
    icon.close()


def test_without_a_pair_the_program_says_so(app: Flask, browse: Browse, monkeypatch) -> None:
    monkeypatch.setattr("marketplace.programme.queries.detached", lambda: ())
    browser = browse()
    browser.get("/")
    assert "flask demo" in browser.text
    browser.get("/gioi-thieu", 404)
