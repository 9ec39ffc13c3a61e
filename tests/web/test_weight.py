"""What a visit weighs on a thin network, and how long a browser may keep the parts."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from marketplace.web.templating import STATIC, asset
from tests.world import World

KB = 1024
FIRST_VISIT = 20 * KB
GZIP = {"Accept-Encoding": "gzip"}


def sent(client: FlaskClient, path: str) -> int:
    """Bytes of an answer as a browser that takes gzip gets it."""
    response = client.get(path, headers=GZIP, buffered=True)
    assert response.status_code == 200, path
    return len(response.data)


def parts(html: str) -> dict[str, str]:
    """Every file a page names, and its kind."""
    return {
        path: Path(path.partition("?")[0]).suffix for path in re.findall(r'"(/static/[^"#]+)', html)
    }


def page(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)


@pytest.mark.parametrize("path", ["/", "/nong-san", "/co-hoi", "/ket-qua"])
def test_a_first_visit_without_pictures_keeps_its_weight(
    client: FlaskClient, world: World, path: str
) -> None:
    world.published()
    world.opportunity()
    styles = [part for part, kind in parts(page(client, path)).items() if kind == ".css"]
    assert styles
    weight = sent(client, path) + sum(sent(client, part) for part in styles)
    assert weight <= FIRST_VISIT, f"{weight} bytes"


def test_styles_scripts_and_fonts_keep_their_weight(client: FlaskClient, world: World) -> None:
    named = parts(page(client, "/nong-san"))
    weights = dict.fromkeys(named.values(), 0)
    for part, kind in named.items():
        weights[kind] += sent(client, part)
    assert weights[".css"] <= 12 * KB
    assert weights[".js"] <= 24 * KB
    assert sum(path.stat().st_size for path in STATIC.glob("fonts/*.woff2")) <= 36 * KB


def test_pages_and_styles_are_sent_compressed(client: FlaskClient, world: World) -> None:
    for path in ("/", asset("css/site.css"), asset("js/app.js"), asset("icons.svg")):
        response = client.get(path, headers=GZIP, buffered=True)
        assert response.headers.get("Content-Encoding") == "gzip", path
        assert "Accept-Encoding" in response.headers["Vary"]
        plain = client.get(path, buffered=True)
        assert "Content-Encoding" not in plain.headers
        assert len(gzip.decompress(response.data)) == len(plain.data)


def test_a_file_asked_for_by_its_hash_is_kept_for_ever(client: FlaskClient, world: World) -> None:
    for part in parts(page(client, "/nong-san")):
        response = client.get(part, buffered=True)
        cache = response.cache_control
        assert (cache.public, cache.immutable, cache.max_age) == (True, True, 365 * 86400), part
        assert "Set-Cookie" not in response.headers
    loose = client.get("/static/css/site.css", buffered=True).cache_control
    assert not loose.immutable


def test_every_file_a_page_names_is_there_and_named_by_its_hash(
    client: FlaskClient, world: World
) -> None:
    world.published()
    for path in ("/", "/nong-san", "/dang-nhap", "/khong-co"):
        for part in parts(page(client, path)):
            assert re.search(r"\?v=[0-9a-f]{10}$", part), part
            assert client.get(part, buffered=True).status_code == 200, part


def test_styles_name_only_files_that_are_there() -> None:
    for style in STATIC.rglob("*.css"):
        for found in re.findall(r"url\(([^)]+)\)", style.read_text()):
            target = found.strip("'\"").partition("?")[0].partition("#")[0]
            if target and not target.startswith("data:"):
                base = STATIC if target.startswith("/static/") else style.parent
                file = base / target.removeprefix("/static/")
                assert file.is_file(), f"{style.name}: {target}"
