"""Short pages and their weight, codes and what they hold, sheets to print, the pages of owners."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
import segno
from flask.testing import FlaskClient
from PIL import Image

from marketplace.catalogue.models import Listing
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.photos import clean_photo
from marketplace.papers.types import PaperType
from marketplace.tracing import services
from marketplace.tracing.models import Lot, address_of
from marketplace.tracing.rules import StepKind
from marketplace.web import formats
from marketplace.web.locale import in_language
from tests.page import Browser
from tests.papers.conftest import Story
from tests.tracing.conftest import step
from tests.world import World

KB = 1024
GZIP = {"Accept-Encoding": "gzip"}
Browse = Callable[..., Browser]


@pytest.mark.parametrize(
    "address",
    ["Thôn Ta Lang, xã Avương", "Thôn Ta Lang, XÃ AVƯƠNG, Thành phố Đà Nẵng", None],
)
def test_an_address_names_no_place_twice(world: World, address: str | None) -> None:
    listing = world.published()
    listing.organisation.address = address
    said = address_of(listing).casefold()
    locality = listing.organisation.locality
    assert said.count(locality.name.casefold()) == 1
    assert said.count(locality.province.casefold()) == 1


def photo() -> bytes:
    """A busy picture, as heavy as a photo."""
    out = io.BytesIO()
    Image.effect_noise((900, 700), 90).convert("RGB").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def pictured(app, world: World, lot: Lot) -> Lot:
    """The lot with a photo that is really there, and a long way."""
    picture = clean_photo(app.extensions["files"], photo())
    lot.photo = picture.card
    db.session.commit()
    for kind in (StepKind.SORT, StepKind.DRY, StepKind.PACK, StepKind.STORE):
        services.add_step(world.actor("coop"), lot.public_id, step(kind, note="Làm tại xưởng."))
    return lot


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_of_a_lot_tells_the_ten_items(browse: Browse, lot: Lot, language: str) -> None:
    browser = browse(language=language)
    browser.get(lot.path)
    with in_language(language):
        days = [formats.day(d) for d in (lot.produced_from, lot.packed_on, lot.expires_on)]
    items = (
        lot.name,
        "HTX Dược liệu minh họa",
        "Avương",
        "Thôn Azứt",
        *days,
        lot.public_id,
        "Dược liệu minh họa",
        "0003",
        "DS-3",
        "8 939999 000017",
        "12 tháng, nơi khô",
        "TCVN 11041",
    )
    assert [item for item in items if item not in browser.text] == []
    assert any(a.get("src") == f"{lot.path}/anh.webp" for t, a in browser.page.tags if t == "img")


def first_visit(client: FlaskClient, path: str) -> int:
    """Bytes of a page with everything it names, photo and all, as they go over the line."""
    answer = client.get(path, headers=GZIP, buffered=True)
    assert answer.status_code == 200
    html = client.get(path).get_data(as_text=True)
    scripts = re.findall(r"<script(?! type=\"application/ld\+json\">)[^>]*>", html)
    assert all("/static/js/share.js" in script for script in scripts)
    named = set(
        re.findall(r'(?:href|src)="((?:/static/|/lo/|/m/)[^"]+\.(?:css|js|svg|webp)[^"]*)"', html)
    )
    assert len(named) >= 2
    parts = [client.get(part, headers=GZIP, buffered=True) for part in named]
    assert {part.status_code for part in parts} == {200}
    return len(answer.data) + sum(len(part.data) for part in parts)


def test_a_short_page_weighs_less_than_ten_kilobytes(
    client: FlaskClient, world: World, pictured: Lot
) -> None:
    assert first_visit(client, pictured.path) < 10 * KB
    assert first_visit(client, f"/m/{pictured.listing.public_id}") < 10 * KB
    assert first_visit(client, f"/htx/{world.organisation('coop').public_id}") < 10 * KB
    assert len(client.get(f"{pictured.path}/anh.webp").data) <= 4 * KB


def test_a_recall_is_said_in_red_and_in_words(browse: Browse, world: World, lot: Lot) -> None:
    services.move(
        world.actor("official_1"), lot.public_id, "recall", reason="unsafe", note="Có mốc trắng."
    )
    browser = browse()
    browser.get(lot.path)
    assert "Có mốc trắng." in browser.text
    assert any(a.get("class") == "recall" for _, a in browser.page.tags)
    assert lot.listing.path not in browser.response.get_data(as_text=True)


def test_what_was_struck_through_stays_to_be_read(browse: Browse, world: World, lot: Lot) -> None:
    wrong = lot.steps[0].public_id
    services.correct_step(
        world.actor("coop"), lot.public_id, wrong, step(place="Thôn Aur"), why="Nhầm thôn."
    )
    html = browse().client.get(lot.path).get_data(as_text=True)
    assert re.search(r"<s>[^<]*Thôn Azứt[^<]*</s>", html)
    assert "Nhầm thôn." in html


def test_an_expired_paper_is_struck_through_not_taken_out(
    app, client: FlaskClient, world: World, lot: Lot
) -> None:
    story = Story(app, world)
    ending = story.verified(number="VG-12", issued_on=date(2024, 12, 1))
    lasting = story.verified(PaperType.OCOP, number="QD-5")
    story.paper(number="CHO-XET")  # nobody vouched for it: it is not shown
    for days, struck in ((0, False), (60, True)):
        with clock.at(clock.now() + timedelta(days=days)):
            for path in (lot.path, f"/m/{lot.listing.public_id}"):
                html = client.get(path).get_data(as_text=True)
                assert bool(re.search(rf"<s>[^<]*{ending.number}", html)) is struck, (path, days)
                assert not re.search(rf"<s>[^<]*{lasting.number}", html)
                assert {"VG-12", "QD-5"} <= set(re.findall(r"VG-12|QD-5|CHO-XET", html))
                assert "CHO-XET" not in html
                assert "4★" in html


# ---------------------------------------------------------------- codes


@pytest.mark.parametrize("form", ["svg", "png"])
def test_a_code_holds_the_short_address_and_nothing_else(
    client: FlaskClient, world: World, lot: Lot, form: str
) -> None:
    coop = world.organisation("coop").public_id
    for path in (f"/lo/{lot.public_id}", f"/m/{lot.listing.public_id}", f"/htx/{coop}"):
        answer = client.get(f"{path}/qr.{form}")
        assert answer.status_code == 200
        assert answer.cache_control.max_age
        expected = segno.make(f"http://localhost{path}", error="m", micro=False)
        assert modules(answer.data, form, len(expected.matrix)) == [
            list(r) for r in expected.matrix
        ]


def modules(content: bytes, form: str, size: int) -> list[list[int]]:
    """The dark and light squares of a picture of a code, without its quiet zone."""
    border = 4
    if form == "png":
        image = Image.open(io.BytesIO(content)).convert("L")
        scale = image.width // (size + 2 * border)
        return [
            [
                int(image.getpixel(((x + border) * scale + 1, (y + border) * scale + 1)) < 128)
                for x in range(size)
            ]
            for y in range(size)
        ]
    rows = [[0] * size for _ in range(size)]
    path = re.search(
        r'stroke="#000"[^>]*d="([^"]+)"|d="([^"]+)"[^>]*stroke="#000"', content.decode()
    )
    assert path is not None
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path[1] or path[2]):
        values = [float(n) for n in re.findall(r"-?[\d.]+", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        else:
            for column in range(int(x), int(x + values[0])):
                rows[int(y - 0.5) - border][column - border] = 1
            x += values[0]
    return rows


def test_codes_of_drafts_are_not_there_for_others(browse: Browse, draft: Lot) -> None:
    for who, status in ((None, 404), ("other_coop", 404), ("coop", 200)):
        client = browse(who).client
        for end in ("", "/qr.svg", "/qr.png"):
            assert client.get(f"/lo/{draft.public_id}{end}").status_code == status, (who, end)


# ---------------------------------------------------------------- on paper


@pytest.mark.parametrize(
    ("size", "number", "sheets"),
    [("24", "24", 1), ("24", "25", 2), ("10", "10", 1), ("40", "3", 1)],
)
def test_a_sheet_of_labels(browse: Browse, lot: Lot, size: str, number: str, sheets: int) -> None:
    browser = browse("coop")
    browser.get("/ban-hang/nhan")
    assert lot.public_id in browser.text
    page = browser.get(f"/ban-hang/nhan/in?lo={lot.public_id}&so={number}&co={size}")
    classes = [a.get("class") or "" for _, a in page.tags]
    assert classes.count("label") == int(number)
    assert classes.count(f"a4 labels labels--{size}") == sheets
    assert browser.text.count(lot.public_id) == int(number)
    for words in ("HTX Dược liệu minh họa", "18/11/2026", "18/11/2027"):
        assert words in browser.text
    assert any(a.get("src") == f"/lo/{lot.public_id}/qr.svg" for _, a in page.tags)


def test_labels_of_others_are_not_there(browse: Browse, lot: Lot, listing: Listing) -> None:
    browser = browse("other_coop")
    browser.get(f"/ban-hang/nhan/in?lo={lot.public_id}", 404)
    browser.get(f"/ban-hang/nhan/in?m={listing.public_id}", 404)
    browser.get("/ban-hang/nhan/in", 303)


def test_the_poster_of_a_cooperative(browse: Browse, world: World, lot: Lot) -> None:
    coop = world.organisation("coop").public_id
    browser = browse()
    page = browser.get(f"/htx/{coop}/to-roi")
    assert f"http://localhost/htx/{coop}" in browser.text
    assert "Đẳng sâm tươi" in browser.text
    assert any(a.get("src") == f"/htx/{coop}/qr.svg" for _, a in page.tags)
    browser.get(f"/htx/{world.organisation('hotel').public_id}/to-roi", 404)
    browser.get(f"/htx/{world.organisation('other_coop').public_id}", 404)


# ---------------------------------------------------------------- through the pages


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_lot_from_draft_to_label(
    browse: Browse, world: World, listing: Listing, language: str
) -> None:
    browser = browse("coop", language)
    browser.get(f"/ban-hang/{listing.public_id}")
    browser.get(f"/ban-hang/{listing.public_id}/lo")
    browser.submit({"gtin": "8939999000018"}, status=422, content_type="multipart/form-data")
    browser.submit(
        {
            "name": "Lô đầu tiên",
            "quantity": "60",
            "produced_from": "10/11/2026",
            "standards": "TCVN 11041",
            "gtin": "893 9999 00001 7",
            "steps-0-kind": "harvest",
            "steps-0-happened_on": "10/11/2026",
            "steps-0-place": "Thôn Aur",
            "photo": (io.BytesIO(photo()), "lo.jpg"),
        },
        content_type="multipart/form-data",
    )
    lot = db.session.query(Lot).one()
    assert lot.gtin == "8939999000017"
    assert [s.place for s in lot.steps] == ["Thôn Aur"]
    browser.submit(action="/publish")
    browser.get(f"/ban-hang/lo/{lot.public_id}/buoc")
    browser.submit({"kind": "ship", "happened_on": "19/11/2026", "place": "Azứt"}, status=422)
    browser.submit(
        {"kind": "ship", "happened_on": "19/11/2026", "place": "Azứt", "partner": "Khách sạn"}
    )
    step_id = lot.steps[0].public_id
    browser.get(f"/ban-hang/lo/{lot.public_id}/buoc/{step_id}")
    browser.submit({"kind": "harvest", "place": "Thôn Azứt", "why": "Nhầm thôn."})
    browse().get(lot.path)
    visitor = browse(language=language)
    visitor.get(listing.path)
    assert "Lô đầu tiên" in visitor.text
