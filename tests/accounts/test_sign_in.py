"""Signing in and out through the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.accounts import services
from marketplace.accounts.models import SignIn, User
from marketplace.core import clock
from marketplace.core.db import db
from tests.page import Browser
from tests.world import PASSWORD, World

Browse = Callable[..., Browser]


def cookie(browser: Browser, name: str = "session") -> str:
    found = browser.client.get_cookie(name)
    assert found is not None
    return found.value


@pytest.mark.parametrize("language", ["vi", "en"])
def test_someone_signs_in_and_out(browse: Browse, language: str) -> None:
    browser = browse("official_1", language)
    assert browser.path == "/"
    assert "Người official_1" in browser.text
    browser.get("/toi")
    browser.submit(action="/dang-xuat")
    assert "Người official_1" not in browser.text
    browser.get("/toi", 302)


def test_a_copied_cookie_opens_nothing_after_signing_out(browse: Browse) -> None:
    browser = browse("official_1")
    copied = cookie(browser)
    browser.get("/toi")
    browser.submit(action="/dang-xuat")
    browser.client.set_cookie("session", copied)
    browser.get("/toi", 302)


def test_every_sign_in_has_a_token_of_its_own_and_empties_the_cookie(
    app: Flask, browse: Browse
) -> None:
    browser = browse()
    browser.get("/dang-nhap")
    with browser.client.session_transaction() as before:
        before["planted"] = "by someone else"
        token = before["csrf_token"]
    browser.submit({"identifier": "coop@demo.example", "password": PASSWORD})
    with browser.client.session_transaction() as after:
        assert "planted" not in after
        assert after.get("csrf_token") != token
        first = after["_user_id"]
    again = browse("coop")
    with again.client.session_transaction() as other:
        assert other["_user_id"] != first
    hashes = db.session.scalars(sa.select(SignIn.token_hash)).all()
    assert len(set(hashes)) == len(hashes) == 2
    assert first not in hashes


def test_signing_in_as_someone_else_ends_the_first_session(browse: Browse) -> None:
    browser = browse("coop")
    copied = cookie(browser)
    browser.post("/dang-nhap", {"identifier": "hotel@demo.example", "password": PASSWORD})
    browser.get("/toi")
    assert "Người hotel" in browser.text
    browser.client.set_cookie("session", copied)
    browser.get("/toi", 302)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_wrong_password_and_an_unknown_person_are_told_alike(
    browse: Browse, language: str
) -> None:
    answers = []
    for who in ("coop@demo.example", "nobody@demo.example"):
        browser = browse(None, language)
        browser.get("/dang-nhap")
        page = browser.submit({"identifier": who, "password": "not the password"}, status=422)
        assert page is not None
        assert page.forms[-1]["fields"]["identifier"] == who
        assert "not the password" not in browser.response.get_data(as_text=True)
        answers.append(page.text)
    assert answers[0] == answers[1]


@pytest.mark.parametrize("field", ["identifier", "password"])
def test_an_empty_field_is_named(browse: Browse, field: str) -> None:
    browser = browse()
    browser.get("/dang-nhap")
    values = {"identifier": "coop@demo.example", "password": PASSWORD} | {field: " "}
    if field == "password":
        values["password"] = ""
    browser.submit(values, status=422)
    assert browser.response.get_data(as_text=True).count('aria-invalid="true"') == 1


@pytest.mark.parametrize("language", ["vi", "en"])
def test_too_many_tries_are_answered_in_words(browse: Browse, language: str) -> None:
    browser = browse(None, language)
    for status in [422] * 5 + [429]:
        browser.get("/dang-nhap")
        browser.submit({"identifier": "coop@demo.example", "password": "wrong"}, status=status)
    assert "5" in browser.text
    assert "Đăng nhập" in browser.text or "Sign in" in browser.text
    other = browse(None, language)
    other.get("/dang-nhap")
    other.submit({"identifier": "hotel@demo.example", "password": PASSWORD})
    assert "Người hotel" in other.text


def test_signing_in_often_is_not_a_wrong_try(browse: Browse) -> None:
    for _ in range(8):
        assert "Người coop" in browse("coop").text
    browser = browse()
    for status in [422] * 5 + [429]:
        browser.get("/dang-nhap")
        browser.submit({"identifier": "coop@demo.example", "password": "wrong"}, status=status)


@pytest.mark.parametrize(
    ("wished", "reached"),
    [
        ("/toi?x=1", "/toi?x=1"),
        ("//evil.test", "/"),
        ("https://evil.test/", "/"),
        ("/\\evil.test", "/"),
        ("javascript:alert(1)", "/"),
        ("/\tevil", "/"),
        ("\\\\evil.test", "/"),
        ("", "/"),
        ("toi", "/"),
    ],
)
def test_it_goes_on_only_within_the_site(browse: Browse, wished: str, reached: str) -> None:
    browser = browse()
    browser._take(browser.client.get("/dang-nhap", query_string={"next": wished}), 200)
    browser.submit({"identifier": "coop@demo.example", "password": PASSWORD}, follow=False)
    assert browser.response.headers["Location"] == reached
    browser._take(browser.client.get("/dang-nhap", query_string={"next": wished}), 303)
    assert browser.response.headers["Location"] == reached


def test_a_closed_page_leads_to_signing_in_and_back(browse: Browse) -> None:
    browser = browse()
    browser.get("/toi/mat-khau", 302)
    browser.get(browser.response.headers["Location"])
    browser.submit({"identifier": "coop@demo.example", "password": PASSWORD})
    assert browser.path == "/toi/mat-khau"


def test_a_mobile_number_is_as_good_as_an_address(app: Flask, world: World, browse: Browse) -> None:
    person = db.session.get_one(User, world.users["coop"])
    person.phone = "+84912345678"
    db.session.commit()
    for typed in ("0912 345 678", "+84 912.345.678", "COOP@demo.example"):
        browser = browse()
        browser.sign_in(typed, PASSWORD)
        assert "Người coop" in browser.text


def test_a_disabled_person_is_out_at_once(world: World, browse: Browse) -> None:
    browser = browse("coop")
    db.session.get_one(User, world.users["coop"]).is_disabled = True
    db.session.commit()
    browser.get("/toi", 302)
    browser.get("/dang-nhap")
    browser.submit({"identifier": "coop@demo.example", "password": PASSWORD}, status=422)


def test_a_session_rests_after_a_week_and_ends_after_a_month(world: World, browse: Browse) -> None:
    browser = browse("coop")
    begun = clock.now()
    for day in range(0, 30, 6):
        with clock.at(begun + timedelta(days=day)):
            browser.get("/toi")
    with clock.at(begun + timedelta(days=29, hours=23)):
        browser.get("/toi")
    with clock.at(begun + timedelta(days=30, minutes=1)):
        browser.get("/toi", 302)
    idle = browse("hotel")
    with clock.at(begun + timedelta(days=7, minutes=1)):
        idle.get("/toi", 302)


def test_reading_writes_nothing_within_the_hour(browse: Browse) -> None:
    browser = browse("coop")
    begun = clock.now()

    def seen() -> list[object]:
        db.session.expire_all()
        return list(db.session.scalars(sa.select(SignIn.seen_at)))

    before = seen()
    with clock.at(begun + timedelta(minutes=59)):
        browser.get("/toi")
    assert seen() == before
    with clock.at(begun + timedelta(minutes=61)):
        browser.get("/toi")
    assert seen() == [begun + timedelta(minutes=61)]


def test_cookies_are_kept_from_scripts(browse: Browse) -> None:
    browser = browse()
    browser.get("/dang-nhap")
    browser.submit({"identifier": "coop@demo.example", "password": PASSWORD}, follow=False)
    header = browser.response.headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Path=/" in header


def test_choosing_the_organisation_to_act_for(world: World, browse: Browse) -> None:
    from marketplace.accounts.models import Membership
    from marketplace.core.roles import Role

    second = Membership(
        user_id=world.users["coop"],
        organisation_id=world.organisations["other_coop"],
        role=Role.MEMBER,
        created_at=clock.now(),
    )
    db.session.add(second)
    db.session.commit()
    browser = browse("coop")
    browser.get("/toi")
    assert any(a.get("href") == "/toi/vai" for _, a in browser.page.tags)
    browser.get("/toi/vai")
    browser.submit({"membership_id": str(second.id)}, action="/toi/vai")
    assert world.organisation("other_coop").name in browser.text
    browser.get("/toi/vai")
    browser.submit({"membership_id": "999999"}, action="/toi/vai", status=422)
    alone = browse("hotel")
    alone.get("/toi")
    assert not any(a.get("href") == "/toi/vai" for _, a in alone.page.tags)
    alone.post("/toi/vai", {"membership_id": str(second.id)}, 422)


def test_settings_are_saved_and_kept_in_cookies(world: World, browse: Browse) -> None:
    browser = browse("coop")
    browser.get("/toi")
    browser.language = "en"
    browser.submit({"name": "Tên mới", "language": "en", "theme": "dark"}, action="/toi")
    html = browser.response.get_data(as_text=True)
    assert 'lang="en" data-theme="dark"' in html
    assert "Tên mới" in html
    later = browse("coop", "en")
    assert cookie(later, "theme") == "dark"
    person = db.session.get_one(User, world.users["coop"])
    assert (person.language, person.theme) == ("en", "dark")


def test_another_address_needs_the_present_password(world: World, browse: Browse) -> None:
    browser = browse("coop")
    browser.get("/toi")
    browser.submit({"email": "new@demo.example", "password": ""}, action="/toi", status=422)
    (own,) = [form["fields"] for form in browser.page.forms if "email" in form["fields"]]
    assert own["email"] == "new@demo.example"
    browser.submit({"email": "new@demo.example", "password": "wrong"}, action="/toi", status=422)
    browser.submit({"email": "hotel@demo.example", "password": PASSWORD}, action="/toi", status=422)
    browser.submit({"email": "new@demo.example", "password": PASSWORD}, action="/toi")
    assert services.queries.by_identifier("new@demo.example").id == world.users["coop"]


def test_the_database_away_is_a_page_in_words(
    app: Flask, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browse("coop")

    def gone(_token: str) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("marketplace.accounts.queries.session_of", gone)
    browser.get("/toi", 503)
    assert browser.response.headers["Retry-After"] == "5"
