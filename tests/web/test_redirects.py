"""Nobody is led away from the site: by ``next``, by a Host header, by a proxy nobody named."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from config import Settings
from marketplace import create_app
from marketplace.web.security import client_address, safe_next
from tests.page import Browser
from tests.world import PASSWORD, World

HERE = ["/", "/nong-san", "/nong-san?q=s%C3%A2m&trang=2", "/a#b", "/a//b", "/a?u=https://x.example"]
ELSEWHERE = [
    None,
    "",
    "nong-san",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/a\\..\\b",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https://evil.example",
    "HTTPS:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/a\r\nSet-Cookie: x=1",
    "/a\x00",
    "/\u2028/evil.example",
    "/\ufeff/evil.example",
]


@pytest.mark.parametrize("target", HERE)
def test_paths_of_the_site_are_followed(target: str) -> None:
    assert safe_next(target, "/default") == target


@pytest.mark.parametrize("target", ELSEWHERE)
def test_everything_else_is_not(target: str | None) -> None:
    assert safe_next(target, "/default") == "/default"


@pytest.mark.parametrize("target", [t for t in ELSEWHERE if t])
def test_nobody_leaves_after_signing_in_or_choosing_a_language(
    browse: Callable[..., Browser], client: FlaskClient, target: str
) -> None:
    answer = client.get("/ngon-ngu/en", query_string={"next": target})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    browser = browse()
    browser.get("/dang-nhap")
    browser.submit(
        {"identifier": "coop@demo.example", "password": PASSWORD, "next": target}, follow=False
    )
    assert browser.response is not None
    assert browser.response.headers["Location"] == "/"


def test_signing_in_leads_where_one_wanted_to_go(browse: Callable[..., Browser]) -> None:
    browser = browse()
    browser.get("/lam-viec/to-chuc?q=h%E1%BB%99", 302)
    assert browser.response is not None
    browser.get(browser.response.headers["Location"])
    browser.submit({"identifier": "official-1@demo.example", "password": PASSWORD})
    assert browser.path == "/lam-viec/to-chuc"


@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Server", "Forwarded"])
def test_a_strange_host_reaches_no_link(client: FlaskClient, world: World, header: str) -> None:
    value = "host=evil.example" if header == "Forwarded" else "evil.example"
    for path in ("/", "/dang-nhap", "/khong-co", "/lam-viec"):
        answer = client.get(path, headers={header: value})
        links = re.findall(r'(?:href|action|src|content)="([^"]*)"', answer.get_data(as_text=True))
        links.append(answer.headers.get("Location", ""))
        assert not [link for link in links if "evil.example" in link], path


def test_no_code_builds_absolute_addresses_from_the_request() -> None:
    root = Path(__file__).parents[2] / "marketplace"
    found = [path for path in root.rglob("*.py") if "_external=True" in path.read_text()]
    assert found == []


def trusting(tmp_path: Path, proxies: int) -> Flask:
    app = create_app(Settings.from_env({"INSTANCE_PATH": str(tmp_path), "PROXIES": str(proxies)}))
    app.view_functions["pages.hello"] = who_asks
    return app


def who_asks() -> str:
    return f"{client_address()} {request.scheme} {request.host}"


who_asks.__access__ = None  # type: ignore[attr-defined]

HEADERS = {
    "X-Forwarded-For": "6.6.6.6, 7.7.7.7, 8.8.8.8",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "front.example",
}


@pytest.mark.parametrize(
    ("proxies", "told"),
    [
        (0, "127.0.0.1 http localhost"),
        (1, "8.8.8.8 https front.example"),
        (2, "7.7.7.7 http localhost"),
    ],
)
def test_only_proxies_that_were_named_are_believed(tmp_path: Path, proxies: int, told: str) -> None:
    app = trusting(tmp_path, proxies)
    with app.test_request_context("/song"):
        from marketplace.web.access import PUBLIC

        who_asks.__access__ = PUBLIC  # type: ignore[attr-defined]
    assert app.test_client().get("/song", headers=HEADERS).get_data(as_text=True) == told
