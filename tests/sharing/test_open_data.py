"""Open data: everything public, nothing of a person; files that spreadsheets open and never run."""

from __future__ import annotations

import csv
import io
import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.rules import OrganisationKind
from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.core.cells import FORMULA
from marketplace.core.db import db
from marketplace.sharing.exports import DATASETS
from marketplace.sharing.fields import LISTING_FIELDS, RESULT_FIELDS
from tests.reports.story import verified
from tests.world import World

CANARY = "Chimhoangyen"
CODES = ("nong-san", "co-hoi", "doanh-nghiep", "du-lich", "ket-qua")


def listings(world: World) -> list:
    return [
        world.published(), world.opportunity(), world.need(), world.tourism(),
        world.need("investor", world.brief_values()),
    ]  # fmt: skip


def csv_rows(client: FlaskClient, code: str) -> list[dict[str, str]]:
    text = client.get(f"/du-lieu/{code}.csv").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_files_hold_every_public_listing(client: FlaskClient, world: World) -> None:
    made = {listing.public_id: listing for listing in listings(world)}
    found = {}
    for code in CODES:
        rows = csv_rows(client, code)
        items = client.get(f"/du-lieu/{code}.json").get_json()["items"]
        assert [row["id"] for row in rows] == [item["id"] for item in items]
        found |= {item["id"]: item for item in items}
    assert found.keys() == made.keys()
    for key, item in found.items():
        assert item["title"] == made[key].title
        assert item["url"] == f"http://localhost{made[key].path}"
    produce = next(item for item in found.values() if item["kind"] == "produce")
    assert (produce["price_low"], produce["quantity"], produce["unit"]) == (120_000, 100, "kg")
    assert produce["months"] == [1, 2, 10, 11, 12]


def test_a_file_says_what_it_is(client: FlaskClient, world: World) -> None:
    listings(world)
    for code in CODES:
        whole = client.get(f"/du-lieu/{code}.json").get_json()
        assert whole["licence"] == "CC BY 4.0"
        assert whole["licence_is_proposed"] is True
        assert whole["date"] == "2026-11-20"
        names = [field["name"] for field in whole["fields"]]
        assert all({"vi", "en"} == set(field["meaning"]) for field in whole["fields"])
        assert all(list(item) == names for item in whole["items"])
        raw = client.get(f"/du-lieu/{code}.csv").data
        assert raw.startswith(b"\xef\xbb\xbf")
        assert raw.split(b"\r\n", 1)[0].decode("utf-8-sig") == ",".join(
            f'"{name}"' for name in names
        )


@pytest.mark.parametrize("start", FORMULA)
def test_no_cell_is_run(client: FlaskClient, world: World, start: str) -> None:
    listing = world.published()
    listing.title = f"{start}HYPERLINK(1)"
    db.session.commit()
    (row,) = csv_rows(client, "nong-san")
    assert row["title"].lstrip("'")[:1] in {start, "H"}
    assert not row["title"].startswith(start)


def test_no_field_is_declared_twice_and_each_is_explained(browse, world: World) -> None:
    for fields in (LISTING_FIELDS, RESULT_FIELDS):
        assert len({field.name for field in fields}) == len(fields)
    for language in ("vi", "en"):
        page = browse(None, language)
        page.get("/du-lieu")
        html = page.response.get_data(as_text=True)
        for dataset in DATASETS.values():
            assert f"/du-lieu/{dataset.code}.csv" in html
            assert f"/du-lieu/{dataset.code}.json" in html
            assert all(f"<code>{field.name}</code>" in html for field in dataset.fields)


def planted(world: World) -> list:
    """Listings with names, phones and mails of people wherever the database can hold them."""
    verified(world)
    made = listings(world)
    for at, user in enumerate(db.session.scalars(sa.select(User))):
        user.name, user.phone = f"{CANARY} Người", f"+8490700{at:04}"
        user.email = user.email_key = f"{CANARY.lower()}{at}@nguoi.example"
    for organisation in db.session.scalars(sa.select(Organisation)):
        organisation.phone, organisation.email = "+84907111222", f"{CANARY.lower()}@donvi.example"
        organisation.address = organisation.about = f"Nhà {CANARY}"
    for name in ("hotel", "investor"):
        world.organisation(name).name = f"Công ty {CANARY}"
    world.organisation("coop").kind = OrganisationKind.PRODUCER_HOUSEHOLD
    world.organisation("coop").name = f"Hộ {CANARY}"
    for one in db.session.scalars(sa.select(Opportunity)):
        one.contact_name, one.contact_phone = f"{CANARY} Cán bộ", "+84907333444"
        one.contact_email, one.contact_office = f"{CANARY.lower()}@xa.example", f"Phòng {CANARY}"
    for one in db.session.scalars(sa.select(Produce)):
        one.grower = f"Bà {CANARY}"
    for listing in made:
        listing.description += " Gọi 0907 555 666, thư ong@donvi.example."
    db.session.commit()
    return made


def machine_addresses(client: FlaskClient, made: list) -> list[str]:
    found = [
        "/sitemap.xml",
        "/sitemap-trang.xml",
        "/robots.txt",
        "/api/v1/openapi.json",
        "/api/v1/results",
        "/api/v1/listings",
    ]
    found += [f"/du-lieu/{code}.{form}" for code in CODES for form in ("csv", "json")]
    for listing in made:
        found += [
            f"/api/v1/listings/{listing.public_id}",
            f"/{listing.section}.atom",
            f"/sitemap-{listing.section}-1.xml",
        ]
        if listing.kind != "opportunity":
            found += [f"/{listing.section}.ics", f"{listing.path}.ics"]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_of_a_person_is_told_to_machines(
    client: FlaskClient, world: World, language: str
) -> None:
    made = planted(world)
    told = {}
    for path in machine_addresses(client, made):
        answer = client.get(
            path,
            query_string={"lang": language}
            if "/robots" not in path and "sitemap" not in path
            else {},
        )
        assert answer.status_code == 200, path
        told[path] = answer.get_data(as_text=True).replace("\r\n ", "")
    client.set_cookie("lang", language)
    for listing in made:
        html = client.get(listing.path).get_data(as_text=True)
        told[listing.path + " data"] = "".join(
            re.findall(r'ld\+json">.*?</script>', html, re.DOTALL)
        )
        told[listing.path + " preview"] = "".join(re.findall(r'<meta property="og:[^>]*>', html))
        told[listing.path + " text"] = re.search(r'id="tin-zalo".*?</textarea>', html, re.DOTALL)[0]
    for path, text in told.items():
        assert CANARY.lower() not in text.lower(), path
        assert "donvi.example" not in text, path
        assert not re.search(r"907[ .]?(000|111|333|555)", text), path


def test_results_tell_no_money_of_a_deal(client: FlaskClient, world: World) -> None:
    verified(world)
    whole = client.get("/du-lieu/ket-qua.json").get_json()
    assert len(whole["items"]) == len(csv_rows(client, "ket-qua")) > 0
    assert all(item["amount"] is None for item in whole["items"] if item["unit"] == "VND")
    assert any(item["amount"] for item in whole["items"] if item["unit"] != "VND")


def test_unknown_sets_are_not_there(client: FlaskClient, world: World) -> None:
    for path in ("/du-lieu/nguoi.csv", "/du-lieu/nong-san.xls", "/du-lieu/../config.py"):
        assert client.get(path).status_code == 404
