"""What stands on every answer: pages, refusals, files and redirects alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from config import Settings
from marketplace import create_app
from tests.page import Browser, check
from tests.world import World

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}


def policy(response: TestResponse) -> dict[str, str]:
    """The content security policy, taken apart."""
    parts = response.headers["Content-Security-Policy"].split(";")
    return dict(part.strip().partition(" ")[::2] for part in parts)


def protected(response: TestResponse) -> None:
    """Hold an answer to the headers every answer has."""
    for name, value in ALWAYS.items():
        assert response.headers.get(name) == value, (response.request.path, name)
    assert policy(response)["default-src"] == "'none'"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "Server" not in response.headers
    assert "X-Powered-By" not in response.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("OPTIONS", "/", 200),
        ("GET", "/nong-san", 200),
        ("GET", "/song", 200),
        ("GET", "/robots.txt", 200),
        ("GET", "/favicon.ico", 302),
        ("GET", "/ket-qua.csv", 200),
        ("GET", "/lam-viec", 302),
        ("GET", "/ngon-ngu/en", 303),
        ("GET", "/khong-co", 404),
        ("GET", "/static/khong-co", 404),
        ("GET", "/static/css/site.css", 200),
        ("DELETE", "/", 405),
        ("PUT", "/dang-nhap", 405),
        ("POST", "/dang-nhap", 400),
    ],
)
def test_every_answer_is_protected(
    client: FlaskClient, world: World, method: str, path: str, status: int
) -> None:
    response = client.open(path, method=method, buffered=True)
    assert response.status_code == status
    protected(response)


def test_pages_may_load_and_send_only_here(client: FlaskClient, world: World) -> None:
    found = policy(client.get("/"))
    assert {name: found[name] for name in POLICY} == POLICY


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/khong-co", 404), ("DELETE", "/nong-san", 405), ("POST", "/dang-ky", 400)],
)
def test_refusals_are_pages_in_words(
    client: FlaskClient, world: World, language: str, method: str, path: str, status: int
) -> None:
    client.set_cookie("lang", language)
    response = client.open(path, method=method)
    assert response.status_code == status
    page = check(response.get_data(as_text=True), language)
    assert ("Error" if language == "en" else "Lỗi") in page.text


def test_a_method_that_is_not_there_names_those_that_are(client: FlaskClient, world: World) -> None:
    allowed = client.delete("/nong-san").headers["Allow"]
    assert set(allowed.split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_body_that_is_too_large_is_refused_in_words(
    app: Flask, client: FlaskClient, world: World, language: str
) -> None:
    client.set_cookie("lang", language)
    response = client.post("/dang-nhap", data={"identifier": "x" * (1024 * 1024 + 1)})
    assert response.status_code == 413
    protected(response)
    check(response.get_data(as_text=True), language)
    assert client.post("/dang-nhap", data={"identifier": "x" * 500_000}).status_code == 400


def test_ten_megabytes_are_not_read_where_no_file_is_taken(
    client: FlaskClient, world: World
) -> None:
    body = b"a=" + b"x" * (10 * 1024 * 1024)
    form = "application/x-www-form-urlencoded"
    assert client.post("/dang-ky", data=body, content_type=form).status_code == 413
    parts = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n' + body
    multipart = "multipart/form-data; boundary=x"
    assert client.post("/dang-ky", data=parts, content_type=multipart).status_code == 413


def test_more_than_400_parts_are_refused(client: FlaskClient, world: World) -> None:
    data = {f"n{number}": "x" for number in range(500)}
    response = client.post("/dang-nhap", data=data, content_type="multipart/form-data")
    assert response.status_code == 413


def test_pages_of_members_stay_out_of_shared_caches(browse, world: World) -> None:
    browser: Browser = browse("coop")
    browser.get("/ban-hang")
    assert browser.response is not None
    assert browser.response.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in browser.response.headers["Vary"]


def test_htmx_is_sent_to_sign_in_and_not_given_its_page(client: FlaskClient, world: World) -> None:
    lost = client.get("/lam-viec?trang=2", headers={"HX-Request": "true"})
    assert (lost.status_code, lost.data) == (204, b"")
    assert lost.headers["HX-Redirect"] == "/dang-nhap?next=/lam-viec?trang%3D2"
    protected(lost)


def test_pictures_come_from_here_and_from_the_tiles_that_are_set(
    client: FlaskClient, world: World, tmp_path: Path
) -> None:
    assert policy(client.get("/nong-san?xem=ban-do"))["img-src"] == "'self' data: blob:"
    env = {"INSTANCE_PATH": str(tmp_path), "MAP_TILES_URL": "https://tiles.example/{z}/{x}/{y}.png"}
    other = create_app(Settings.from_env(env))
    assert "; img-src https://tiles.example 'self' data: blob:;" in other.config["CSP"]
