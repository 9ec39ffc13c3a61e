"""Pages on which officials propose matches."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from marketplace.core.db import db
from marketplace.matching.models import Match

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def count():
    return db.session.scalar(sa.select(sa.func.count(Match.id)))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pages_say_how_many_keys_and_what_is_left(world, browse, language):
    interest = world.accepted(world.published())
    official = browse("official_1", language)
    page = official.get("/lam-viec/ghep")
    path = f"/lam-viec/ghep/quan-tam/{interest.public_id}"
    assert any(a.get("href") == path for t, a in page.tags if t == "a")
    text = official.get(path).text
    assert "50.000.000" in text or "50,000,000" in text
    assert "100 kg" in text
    official.get("/lam-viec/ghep/moi")


@pytest.mark.parametrize(
    ("who", "status"),
    [("hotel", 403), ("coop", 403), ("ward_official_1", 200), ("official_1", 200)],
)
@pytest.mark.parametrize(
    "path", ["/lam-viec/ghep", "/lam-viec/ghep/moi", "/lam-viec/ghep/quan-tam/{}"]
)
def test_proposing_is_for_officials(world, browse, who, status, path):
    interest = world.accepted(world.published())
    browse(who).get(path.format(interest.public_id), status=status)


def test_an_interest_that_was_not_accepted_makes_no_match(world, browse):
    interest = world.interest(world.published())
    official = browse("official_1", "en")
    page = official.get(f"/lam-viec/ghep/quan-tam/{interest.public_id}", status=409)
    assert page.h1 == ["This step cannot be taken now"]  # nobody was faster: nothing was sent
    official.post(
        f"/lam-viec/ghep/quan-tam/{interest.public_id}",
        {"quantity": "1", "unit_price": "1.000"},
        status=409,
    )
    assert official.page.h1 == ["Someone else was faster"]
    official.get("/lam-viec/ghep/quan-tam/bcdfghjkmn", status=404)
    assert count() == 0


@pytest.mark.parametrize(
    "bad",
    [
        {"quantity": ""},
        {"quantity": "100,001"},
        {"unit_price": ""},
        {"unit_price": "rẻ"},
        {"unit_price": "0"},
        {"quantity": "9" * 30},
        {"note": "\x00"},
    ],
)
def test_bad_values_are_kept_on_the_page(world, browse, bad):
    interest = world.accepted(world.published())
    official = browse("official_1")
    official.get(f"/lam-viec/ghep/quan-tam/{interest.public_id}")
    official.submit(
        {"quantity": "40", "unit_price": "120.000", "note": "Giữ dòng này"} | bad, status=422
    )
    assert "Giữ dòng này" in official.text or "note" in bad
    assert count() == 0


def test_by_hand_with_a_paper_from_earlier(world, browse):
    listing = world.published()
    world.published(title="Gừng núi")
    buyer = world.organisation("restaurant").public_id
    official = browse("official_1")
    page = official.get("/lam-viec/ghep/moi?hang=dang+sam&to-chuc=nha+hang")
    options = [a.get("value") for t, a in page.tags if t == "option"]
    assert listing.public_id in options
    assert buyer in options
    assert world.organisation("hotel").public_id not in options
    assert "Gừng núi" not in page.text
    data = {
        "listing": listing.public_id,
        "buyer": buyer,
        "quantity": "5",
        "unit_price": "100.000",
        "happened_on": "02/03/2026",
    }
    where = "/lam-viec/ghep/moi?hang=dang+sam&to-chuc=nha+hang"
    official.get(where)
    official.submit(data, status=422)
    assert count() == 0
    official.submit(
        data | {"paper": (io.BytesIO(PDF), "bien-nhan.pdf")}, content_type="multipart/form-data"
    )
    match = db.session.scalars(sa.select(Match)).one()
    assert official.path == f"/ket-noi/{match.public_id}"
    assert match.happened_on.isoformat() == "2026-03-02"
    official.get(f"/ket-noi/{match.public_id}/giay/{match.paper.public_id}")
    assert official.response.headers["Content-Disposition"].startswith("attachment")
    browse("hotel").get(f"/ket-noi/{match.public_id}/giay/{match.paper.public_id}", status=404)


@pytest.mark.parametrize(
    "bad",
    [
        {"listing": ""},
        {"listing": "bcdfghjkmn"},
        {"buyer": ""},
        {"buyer": "'; DROP"},
        {"paper": (io.BytesIO(b"<svg onload=x>"), "a.svg")},
    ],
)
def test_by_hand_refuses_what_is_not_on_the_list(world, browse, bad):
    listing = world.published()
    official = browse("official_1")
    official.get("/lam-viec/ghep/moi")
    data = {
        "listing": listing.public_id,
        "buyer": world.organisation("hotel").public_id,
        "quantity": "5",
        "unit_price": "100.000",
    }
    official.submit(data | bad, status=422, content_type="multipart/form-data")
    assert count() == 0
