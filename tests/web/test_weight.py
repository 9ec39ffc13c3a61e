"""What a visit weighs on a thin network, and how long a browser may keep the parts."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from marketplace.web.pagination import PER_PAGE
from marketplace.web.templating import STATIC, asset
from tests.world import World

KB = 1024
FIRST_VISIT = 20 * KB
STYLES = 12 * KB
SCRIPTS = 24 * KB
WITH_MAP = {"/static/leaflet/leaflet.js": 44 * KB, "/static/leaflet/leaflet.css": 3 * KB}
"""The one exception (docs/adr/0018): a map is asked for by itself, and is not sent to those who save."""
VIEWS = [
    (path, view)
    for path, views in {
        "/nong-san": ("", "danh-sach", "lich", "ban-do"),
        "/co-hoi": ("", "danh-sach", "ban-do"),
        "/du-lich": ("", "danh-sach", "lich", "ban-do"),
        "/doanh-nghiep": ("", "danh-sach"),
    }.items()
    for view in views
]
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
    assert weights[".css"] <= STYLES
    assert weights[".js"] <= SCRIPTS
    assert sum(path.stat().st_size for path in STATIC.glob("fonts/*.woff2")) <= 36 * KB


def test_every_view_of_a_full_list_keeps_its_weight(client: FlaskClient, world: World) -> None:
    """The text of a first visit, with as many rows as a page holds."""
    for number in range(PER_PAGE + 1):
        world.published(title=f"Nếp rẫy giữ giống đời thứ {number}")
    for path, view in VIEWS:
        address = f"{path}?xem={view}" if view else path
        named = parts(page(client, address))
        allowed = {part: WITH_MAP.get(part.partition("?")[0], 0) for part in named}
        sizes = {part: sent(client, part) for part in named}
        assert all(sizes[part] <= most for part, most in allowed.items() if most), address
        own = {part: 0 if allowed[part] else size for part, size in sizes.items()}
        styles = sum(size for part, size in own.items() if named[part] == ".css")
        scripts = sum(size for part, size in own.items() if named[part] == ".js")
        text = sent(client, address) + styles
        assert styles <= STYLES, f"{address}: {styles} bytes of styles"
        assert scripts <= SCRIPTS, f"{address}: {scripts} bytes of scripts"
        assert text <= FIRST_VISIT, f"{address}: {text} bytes"


def test_who_saves_data_gets_no_map(client: FlaskClient, world: World) -> None:
    world.published()
    saving = client.get("/nong-san?xem=ban-do", headers={"Save-Data": "on"})
    assert "leaflet" not in saving.get_data(as_text=True)


def test_a_font_has_one_address_and_is_kept_for_ever(client: FlaskClient, world: World) -> None:
    """What a page loads ahead is what its styles ask for, or it would be fetched twice."""
    html = page(client, "/")
    ahead = re.findall(r'rel="preload" href="([^"]+)"', html)
    styles = [part for part, kind in parts(html).items() if kind == ".css"]
    for headers in ({}, GZIP):
        asked = ""
        for part in styles:
            body = client.get(part, headers=headers, buffered=True).data
            asked += (gzip.decompress(body) if headers else body).decode()
        named = [name.strip("\"'") for name in re.findall(r"url\(([^)]+)\)", asked)]
        files = [name for name in named if not name.startswith("data:")]
        assert files
        assert set(ahead) <= set(files)
        for name in files:
            assert client.get(name, buffered=True).cache_control.immutable, name


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
