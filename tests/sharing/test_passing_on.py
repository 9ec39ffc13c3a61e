"""What gets out with what is passed on: no numbers of people, one host, pages of organisations."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import OrganisationKind
from marketplace.core.db import db
from marketplace.sharing import queries, showing
from tests.world import World

NUMBERS = ("0905", "905-123-456", "905 123 456", "3796")
FILES = (
    "/du-lieu/nong-san.csv",
    "/du-lieu/nong-san.json",
    "/api/v1/listings",
    "/nong-san.atom",
    "/sitemap-nong-san-1.xml",
)


def linked(html: str) -> dict:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found, "no linked data"
    return json.loads(found[1])


@pytest.mark.parametrize("path", FILES)
def test_a_number_in_a_title_is_not_in_files_for_machines(
    client: FlaskClient, world: World, path: str
) -> None:
    listing = world.published(
        title="Mật ong gọi 0905 123 456", description="Hỏi (0235) 3796 070 hay ０９０５ 123 456."
    )
    answer = client.get(path)
    assert answer.status_code == 200, path
    body = answer.get_data(as_text=True)
    assert f"mat-ong-goi-{listing.public_id}" in body
    assert not [number for number in NUMBERS if number in body]


def test_an_address_that_named_a_number_leads_to_the_one_without(
    client: FlaskClient, world: World
) -> None:
    listing = world.published(title="Mật ong")
    listing.slug = "mat-ong-goi-0905-123-456"  # as it was kept before numbers were left out
    db.session.commit()
    new = f"/nong-san/mat-ong-goi-{listing.public_id}"
    assert listing.path == new
    assert client.get(new).status_code == 200
    old = client.get(f"/nong-san/mat-ong-goi-0905-123-456-{listing.public_id}")
    assert (old.status_code, old.location) == (301, new)
    assert "0905" not in client.get("/sitemap-nong-san-1.xml").get_data(as_text=True)


def test_pages_name_one_address_whatever_host_asked(client: FlaskClient, world: World) -> None:
    paths = [world.published().path, world.need().path, world.opportunity().path]
    coop = world.organisation("coop").public_id
    asked = [*paths, "/nong-san?xem=lich", "/tim?q=sam", "/du-lieu", f"/htx/{coop}"]
    for path in asked:
        page = client.get(path, headers={"Host": "khac.example"}).get_data(as_text=True)
        canonical = re.findall(r'rel="canonical" href="([^"]+)"', page)
        assert canonical == [f"http://localhost{path}"], path
        assert "khac.example" not in page, path


def test_the_page_of_a_seller_can_be_passed_on(client: FlaskClient, world: World) -> None:
    listing = world.published()
    coop = world.organisation("coop")
    path = f"/htx/{coop.public_id}"
    assert f'<a href="{path}">{coop.name}</a>' in client.get(listing.path).get_data(as_text=True)
    html = client.get(path).get_data(as_text=True)
    data = linked(html)
    assert (data["@type"], data["name"]) == ("Organization", coop.name)
    assert data["url"] == f"http://localhost{path}"
    assert data["makesOffer"][0]["itemOffered"]["name"] == listing.title
    assert f'property="og:url" content="http://localhost{path}"' in html
    assert 'id="tin-zalo"' in html
    assert f"http://localhost{path}</textarea>" in html
    assert f'data-copy="http://localhost{path}"' in html
    assert 'data-copy-from="tin-zalo"' in html
    assert "/static/js/share.js" in html


def test_a_household_that_did_not_agree_is_not_passed_on(client: FlaskClient, world: World) -> None:
    listing = world.published()
    household = listing.organisation
    household.kind = OrganisationKind.PRODUCER_HOUSEHOLD
    household.is_named_in_public = False
    db.session.commit()
    path = f"/htx/{household.public_id}"
    assert path not in client.get(listing.path).get_data(as_text=True)
    html = client.get(path).get_data(as_text=True)
    assert "ld+json" not in html
    assert "og:url" not in html
    assert "noindex" in html
    household.is_named_in_public = True
    db.session.commit()
    assert path in client.get(listing.path).get_data(as_text=True)
    assert linked(client.get(path).get_data(as_text=True))["name"] == household.name


def test_the_page_of_a_buyer_can_be_passed_on(client: FlaskClient, world: World) -> None:
    need = world.need()
    hotel = world.organisation("hotel")
    hotel.is_named_in_public = True
    db.session.commit()
    path = f"/doanh-nghiep/ben-mua/{hotel.public_id}"
    html = client.get(path).get_data(as_text=True)
    data = linked(html)
    assert (data["@type"], data["seeks"][0]["itemOffered"]["name"]) == ("Organization", need.title)
    assert f'property="og:url" content="http://localhost{path}"' in html
    assert 'data-copy-from="tin-zalo"' in html


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("phường Ngũ Hành Sơn", "phường Ngũ Hành Sơn"),
        ("Ngũ Hành Sơn", "phường Ngũ Hành Sơn"),
        ("Bếp số 3, Phường Ngũ Hành Sơn", "Bếp số 3, Phường Ngũ Hành Sơn"),
        ("Chợ Hàn", "Chợ Hàn, phường Ngũ Hành Sơn"),
    ],
)
def test_a_place_is_said_once(world: World, place: str, said: str) -> None:
    need = world.need()
    need.place = place
    world.organisation("hotel").is_named_in_public = True
    db.session.commit()
    face = queries.face(need.public_id)
    assert showing.where(face).casefold() == said.casefold()
    assert showing.message(face).casefold().count("ngũ hành sơn") == (1 if place else 0)


def test_a_listing_can_be_given_to_facebook_by_a_plain_link(
    client: FlaskClient, world: World
) -> None:
    listing = world.published()
    page = client.get(listing.path).get_data(as_text=True)
    address = quote(f"http://localhost{listing.path}", safe="")
    assert f'href="https://www.facebook.com/sharer/sharer.php?u={address}"' in page
