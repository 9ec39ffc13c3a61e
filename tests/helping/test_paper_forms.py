"""Forms on paper: numbered, photographed, typed with the photo beside, kept as evidence."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
import segno
import sqlalchemy as sa
from PIL import Image

from marketplace.accounts.models import ActingRecord, Consent, Organisation
from marketplace.accounts.rules import ActingHow, ConsentHow, OrganisationKind
from marketplace.catalogue.models import Listing
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, NotFound
from marketplace.helping import services
from marketplace.helping.models import PaperForm
from tests import world as worlds
from tests.page import Browser
from tests.world import World

Browse = Callable[..., Browser]


@pytest.fixture
def household(world: World) -> Organisation:
    """A household of the cooperative's that was asked nothing yet."""
    key = worlds._organisation(
        "Hộ số 8 thôn Aur", OrganisationKind.PRODUCER_HOUSEHOLD, world.pair.source_id, None
    )
    found = db.session.get_one(Organisation, key)
    found.cooperative_id = world.organisations["coop"]
    db.session.commit()
    return found


def sheet() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 420), (240, 240, 230)).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_from_paper_to_draft(
    world: World, household: Organisation, browse: Browse, language: str
) -> None:
    browser = browse("coop", language)
    browser.get("/lam-viec/dang-giup/phieu")
    browser.submit({"copies": "0"}, status=422)
    browser.submit({"copies": "2", "organisation_id": str(household.id)})
    forms = db.session.scalars(sa.select(PaperForm).order_by(PaperForm.id)).all()
    assert [form.organisation_id for form in forms] == [household.id] * 2
    code = forms[0].public_id
    assert code in browser.text  # the sheets to print
    assert "Hộ số 8 thôn Aur" in browser.text
    browser.get(f"/lam-viec/dang-giup/phieu/{code}", 303)  # the photo comes first
    browser.get(f"/lam-viec/dang-giup/phieu/{code}/anh")
    browser.submit({}, status=422, content_type="multipart/form-data")
    browser.submit(
        {"organisation_id": str(household.id), "sheet": (io.BytesIO(b"MZ\x90"), "p.jpg")},
        status=422,
        content_type="multipart/form-data",
    )
    browser.submit(
        {"organisation_id": str(household.id), "sheet": (io.BytesIO(sheet()), "phieu.jpg")},
        content_type="multipart/form-data",
    )
    photo = f"/lam-viec/dang-giup/phieu/{code}/to"
    assert any(a.get("src") == photo for t, a in browser.page.tags if t == "img")
    browser.submit({"title": "Chuối mốc", "acting_said_on": "19/11/2026"}, status=422)
    browser.submit(
        {
            "title": "Chuối mốc",
            "acting_said_on": "19/11/2026",
            "consent_person": "Chủ hộ",
            "consent_for_posting": "y",
            "consent_for_contacts": "",  # the browser of the tests ticks every box
            "consent_for_photos": "",
        }
    )
    listing = db.session.scalars(sa.select(Listing)).one()
    assert listing.organisation_id == household.id
    acted = db.session.scalars(sa.select(ActingRecord)).one()
    assert (acted.how, acted.evidence_id) == (ActingHow.SLIP, forms[0].sheet_id)
    consent = db.session.scalars(sa.select(Consent)).one()
    assert (consent.how, consent.evidence_id) == (ConsentHow.PAPER, forms[0].sheet_id)
    assert (consent.for_contacts, consent.for_photos) == (False, False)
    browser.get(f"/lam-viec/dang-giup/phieu/{code}", 303)
    browser.get(f"/lam-viec/dang-giup/phieu/{code}/anh", 409)
    for who, status in (
        ("official_1", 200),
        ("other_coop", 404),
        ("ward_official_1", 404),
        ("hotel", 404),
    ):
        assert browse(who).client.get(photo).status_code == status, who
    assert browse().client.get(photo).status_code == 302


def test_a_second_sheet_asks_for_consent_no_more(
    world: World, household: Organisation, browse: Browse
) -> None:
    world.organisations["household_8"] = household.id
    world.consent("household_8")
    del world.organisations["household_8"]
    (form,) = services.print_forms(world.actor("coop"), "produce", 1, household.id)
    browser = browse("coop")
    browser.get(f"{form.path}/anh")
    browser.submit(
        {"sheet": (io.BytesIO(sheet()), "phieu.jpg"), "organisation_id": str(household.id)},
        content_type="multipart/form-data",
    )
    assert (
        "consent_person"
        not in next(f for f in browser.page.forms if "title" in f["fields"])["fields"]
    )
    browser.submit({"title": "Chuối mốc", "acting_said_on": "19/11/2026"})


def test_the_code_of_a_form_opens_its_page(world: World, browse: Browse) -> None:
    (form,) = services.print_forms(world.actor("official_1"), "produce", 1)
    drawn = browse("official_1").client.get(f"{form.path}/qr.svg").data
    out = io.BytesIO()
    code = segno.make(f"http://localhost{form.path}", error="m", micro=False)
    code.save(out, kind="svg", border=4, xmldecl=False, light="#fff", omitsize=True)
    assert drawn == out.getvalue()


def test_only_helpers_print_and_only_for_their_own(world: World, household: Organisation) -> None:
    for who in ("hotel", "investor"):
        with pytest.raises(NotAllowed):
            services.print_forms(world.actor(who), "produce", 1)
    with pytest.raises(Invalid):
        services.print_forms(world.actor("other_coop"), "produce", 1, household.id)
    with pytest.raises(Invalid):
        services.print_forms(world.actor("coop"), "produce", 21)
    (form,) = services.print_forms(world.actor("coop"), "produce", 1)
    with pytest.raises(NotFound):
        services.keep_sheet(world.actor("other_coop"), form.public_id, household.id, None)


def test_the_list_of_those_i_help_says_where_each_stands(
    world: World, household: Organisation, browse: Browse
) -> None:
    browser = browse("coop")
    browser.get("/lam-viec/dang-giup")
    assert f"/to-chuc/{household.public_id}/dong-y" in browser.response.get_data(as_text=True)
    assert any("tag--warn" in (a.get("class") or "") for _, a in browser.page.tags)
