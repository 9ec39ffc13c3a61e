"""Revisions in a browser: writing, comparing, deciding, two people at once, copying."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from marketplace.catalogue import services as catalogue
from marketplace.catalogue.models import Listing
from marketplace.core.db import db
from marketplace.revisions.models import Revision
from tests.page import Browser
from tests.world import World

Browse = Callable[..., Browser]

TEXT = {
    "title": "Đẳng sâm tươi",
    "group": "herbs",
    "origin": "grown",
    "description": "Đào tại rẫy, rửa sạch kỹ, giao trong một ngày.",
}
OFFER = {"price_kind": "market", "quantity": "5", "months": ["1"]}


def html(browser: Browser) -> str:
    assert browser.response is not None
    return browser.response.get_data(as_text=True)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_change_goes_from_the_owner_to_the_public(
    world: World, browse: Browse, language: str
) -> None:
    listing = world.published()
    code, path = listing.public_id, listing.path
    coop = browse("coop", language)
    coop.get(f"/ban-hang/{code}")
    assert f'href="/ban-hang/{code}/sua-doi"' in html(coop)
    coop.get(f"/ban-hang/{code}/sua-doi")
    for offered in ("quantity", "price_low", "months", "unit"):
        assert f'name="{offered}"' not in html(coop)
    coop.submit(TEXT | {"village_id": str(world.village_id())})
    revision = db.session.scalars(sa.select(Revision)).one()
    page = f"/sua-doi/{revision.public_id}"
    assert coop.path == page
    assert "<del>" in html(coop)
    assert "<ins>" in html(coop)
    coop.submit({}, action="/submit")
    official = browse("official_1", language)
    official.get("/lam-viec/sua-doi")
    assert page in html(official)
    official.get(page)
    official.submit({}, action="/turn_key")
    visitor = browse(None, language)
    visitor.get(path)
    assert "giao trong một ngày" in visitor.text
    assert 'id="thay-doi"' in html(visitor)
    assert "ban-luu" not in html(visitor)
    for asked in ("tu=1&den=2", "tu=9&den=x", ""):
        coop.get(f"/ban-hang/{code}/ban-luu?{asked}")
        assert "<ins>" in html(coop)
    hotel = browse("hotel")
    hotel.get(f"/ban-hang/{code}/ban-luu", status=403)


def test_two_people_edit_one_draft_and_nothing_is_lost(world: World, browse: Browse) -> None:
    listing = world.draft()
    one = browse("coop")
    one.get(f"/ban-hang/{listing.public_id}/sua")
    catalogue.edit(
        world.actor("coop"),
        listing.public_id,
        None,
        world.produce_values(description="Câu của người kia."),
    )
    one.submit(TEXT | OFFER, status=409)
    page = html(one)
    assert 'id="trong-luc-do"' in page
    assert "Câu của người kia." in page
    assert "giao trong một ngày." in page
    one.submit(TEXT | OFFER)
    db.session.expire_all()
    assert db.session.get_one(Listing, listing.id).description == TEXT["description"]


def test_two_people_change_one_offer_and_see_both(world: World, browse: Browse) -> None:
    listing = world.published()
    one, other = browse("coop"), browse("coop")
    for browser in (one, other):
        browser.get(f"/ban-hang/{listing.public_id}/gia")
    other.submit(OFFER | {"quantity": "77"})
    one.submit(OFFER | {"quantity": "55"}, status=409)
    assert "77" in one.text
    assert "55" in one.text


def test_two_people_write_one_change_and_nothing_is_lost(world: World, browse: Browse) -> None:
    listing = world.published()
    one, other = browse("coop"), browse("coop")
    for browser in (one, other):
        browser.get(f"/ban-hang/{listing.public_id}/sua-doi")
    text = TEXT | {"village_id": str(world.village_id())}
    other.submit(text | {"title": "Tên của người kia"})
    one.submit(text | {"title": "Tên của tôi"}, status=409)
    assert "người kia" in one.text
    assert 'value="Tên của tôi"' in html(one)
    one.submit(text | {"title": "Tên của tôi"})
    assert db.session.scalars(sa.select(Revision)).one().values["title"] == "Tên của tôi"


def test_a_published_listing_is_copied_from_its_page(world: World, browse: Browse) -> None:
    listing = world.published()
    coop = browse("coop")
    coop.get(f"/ban-hang/{listing.public_id}")
    coop.get(f"/ban-hang/{listing.public_id}/sao-chep")
    coop.submit({})
    new = db.session.scalars(sa.select(Listing).order_by(Listing.id.desc())).first()
    assert new is not None
    assert new.copied_from_id == listing.id
    assert coop.path == f"/ban-hang/{new.public_id}"


def test_a_draft_has_a_preview(world: World, browse: Browse) -> None:
    listing = world.draft()
    coop = browse("coop")
    for page in (f"/ban-hang/{listing.public_id}", f"/ban-hang/{listing.public_id}/sua"):
        coop.get(page)
        assert f'href="{listing.path}"' in html(coop)
    coop.get(listing.path)
    assert "noindex" in html(coop)
