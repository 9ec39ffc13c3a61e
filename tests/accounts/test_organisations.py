"""Organisations through the pages: their own, verifying them, entering households."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import OrganisationState
from marketplace.core.db import db
from marketplace.core.journal import Entry
from tests.page import Browser
from tests.world import AGREED, World

Browse = Callable[..., Browser]
S = OrganisationState


def put(world: World, state: OrganisationState, who: str = "coop") -> str:
    organisation = world.organisation(who)
    organisation.state = state
    verified = state in {S.VERIFIED, S.SUSPENDED}
    organisation.verified_at = organisation.created_at if verified else None
    db.session.commit()
    return organisation.public_id


def state_of(world: World, who: str = "coop") -> OrganisationState:
    db.session.expire_all()
    return world.organisation(who).state


# ---------------------------------------------------------------- seeing


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("coop", 200),
        ("official_1", 200),
        ("leader", 200),
        ("other_coop", 404),
        ("hotel", 404),
        ("ward_official_1", 404),
        ("ward_leader", 404),
        (None, 302),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_who_sees_an_organisation(
    world: World, browse: Browse, who: str | None, status: int, language: str
) -> None:
    browser = browse(who, language)
    browser.get(f"/to-chuc/{world.organisation('coop').public_id}", status)
    if status == 404:
        hidden = _comparable(browser).replace(world.organisation("coop").public_id, "2222222222")
        browser.get("/to-chuc/2222222222", 404)
        assert _comparable(browser) == hidden


def _comparable(browser: Browser) -> str:
    """The page without the signature of its moment."""
    assert browser.response is not None
    html = browser.response.get_data(as_text=True)
    return re.sub(r'name="csrf_token" value="[^"]+"', "", html)


@pytest.mark.parametrize("move", ["verify", "return", "resubmit", "suspend", "restore", "sua"])
@pytest.mark.parametrize("who", ["ward_official_1", "ward_leader", "hotel", "other_coop"])
@pytest.mark.parametrize("state", [S.PENDING, S.VERIFIED, S.RETURNED, S.SUSPENDED])
def test_another_locality_finds_nothing(
    world: World, browse: Browse, move: str, who: str, state: OrganisationState
) -> None:
    address = f"/to-chuc/{put(world, state)}/{move}"
    browser = browse(who)
    browser.get(address, 404)
    browser.post(address, {"reason": "other", "note": "x", "name": "x"}, 404)
    assert state_of(world) is state


# ---------------------------------------------------------------- verifying


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_official_verifies_from_the_list(world: World, browse: Browse, language: str) -> None:
    put(world, S.PENDING)
    browser = browse("official_2", language)
    browser.get("/lam-viec/to-chuc?trang-thai=cho")
    name = world.organisation("coop").name
    assert name in browser.text
    assert world.organisation("other_coop").name not in browser.text
    browser.get(f"/to-chuc/{world.organisation('coop').public_id}")
    browser.submit(action="/verify")
    assert state_of(world) is S.VERIFIED
    browser.get("/lam-viec/to-chuc?trang-thai=cho")
    assert name not in browser.text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_returned_with_a_reason_corrected_and_sent_again(
    world: World, browse: Browse, language: str
) -> None:
    public_id = put(world, S.PENDING)
    official = browse("official_1", language)
    official.get(f"/to-chuc/{public_id}")
    official.submit({"reason": "", "note": ""}, action="/return", status=422)
    assert state_of(world) is S.PENDING
    official.submit({"reason": "incomplete", "note": "Thiếu địa chỉ trụ sở."}, action="/return")
    assert state_of(world) is S.RETURNED
    owner = browse("coop", language)
    owner.get(f"/to-chuc/{public_id}")
    assert "Thiếu địa chỉ trụ sở." in owner.text
    owner.get(f"/to-chuc/{public_id}/sua")
    owner.submit({"address": "Thôn Azứt, xã Avương"}, action="/sua")
    owner.submit(action="/resubmit")
    assert state_of(world) is S.PENDING
    official.get(f"/to-chuc/{public_id}")
    assert "Thôn Azứt, xã Avương" in official.text


def test_suspended_and_restored(world: World, browse: Browse) -> None:
    public_id = put(world, S.VERIFIED)
    browser = browse("leader")
    browser.get(f"/to-chuc/{public_id}/suspend")
    browser.submit({"reason": "other", "note": "Tạm ngừng theo yêu cầu."}, action="/suspend")
    assert state_of(world) is S.SUSPENDED
    browser.submit(action="/restore")
    assert state_of(world) is S.VERIFIED


def test_pressing_twice_verifies_once(world: World, browse: Browse) -> None:
    public_id = put(world, S.PENDING)
    browser = browse("official_1")
    page = browser.get(f"/to-chuc/{public_id}")
    for _ in range(2):
        browser.page = page
        browser.submit(action="/verify", follow=False)
        assert browser.response.headers["Location"] == f"/to-chuc/{public_id}"
    verified = db.session.scalars(sa.select(Entry.id).where(Entry.name == "organisation.verify"))
    assert len(verified.all()) == 1


def test_the_second_of_two_officials_is_told(world: World, browse: Browse) -> None:
    public_id = put(world, S.PENDING)
    slow = browse("official_2")
    page = slow.get(f"/to-chuc/{public_id}")
    quick = browse("official_1")
    quick.get(f"/to-chuc/{public_id}")
    quick.submit(action="/verify")
    slow.page = page
    slow.submit(action="/verify", status=409)


@pytest.mark.parametrize("who", ["coop", "hotel"])
def test_the_list_is_for_officials(browse: Browse, who: str) -> None:
    browse(who).get("/lam-viec/to-chuc", 403)


@pytest.mark.parametrize("who", ["official_1", "ward_official_1"])
def test_the_list_shows_the_own_locality(world: World, browse: Browse, who: str) -> None:
    browser = browse(who)
    browser.get("/lam-viec/to-chuc")
    for name in ("coop", "other_coop", "hotel", "restaurant", "investor"):
        organisation = world.organisation(name)
        mine = organisation.locality_id == world.actor(who).locality_id
        assert (organisation.name in browser.text) is mine


@pytest.mark.parametrize(
    ("q", "found"), [("duoc lieu", True), ("DƯỢC", True), ("bhalee", False), ("%", False)]
)
def test_searching_folds(world: World, browse: Browse, q: str, found: bool) -> None:
    browser = browse("official_1")
    browser._take(browser.client.get("/lam-viec/to-chuc", query_string={"q": q}), 200)
    if q != "%":
        assert (world.organisation("coop").name in browser.text) is found


@pytest.mark.parametrize(
    "query", ["trang=x", "trang=0", "trang=99999", "trang-thai=x", "q=%00", "q=" + "x" * 5000]
)
def test_bad_parameters_are_ignored(browse: Browse, query: str) -> None:
    browse("official_1").get(f"/lam-viec/to-chuc?{query}")


# ---------------------------------------------------------------- one's own details


def test_a_new_name_is_verified_again(world: World, browse: Browse) -> None:
    public_id = put(world, S.VERIFIED)
    browser = browse("coop")
    browser.get(f"/to-chuc/{public_id}/sua")
    browser.submit({"about": "Trồng đẳng sâm."}, action="/sua")
    assert state_of(world) is S.VERIFIED
    browser.get(f"/to-chuc/{public_id}/sua")
    browser.submit({"name": "HTX Tên mới minh họa"}, action="/sua")
    assert state_of(world) is S.PENDING


def test_two_people_change_the_same_details(world: World, browse: Browse) -> None:
    public_id = put(world, S.VERIFIED)
    first, second = browse("coop"), browse("coop")
    for browser in (first, second):
        browser.get(f"/to-chuc/{public_id}/sua")
    first.submit({"about": "Của người thứ nhất."}, action="/sua")
    second.submit({"about": "Của người thứ hai."}, action="/sua", status=409)
    assert "Của người thứ hai." in second.response.get_data(as_text=True)
    db.session.expire_all()
    assert world.organisation("coop").about == "Của người thứ nhất."


@pytest.mark.parametrize(
    ("who", "status"), [("official_1", 403), ("leader", 403), ("hotel", 404), (None, 403)]
)
def test_only_the_organisation_changes_its_details(
    world: World, browse: Browse, who: str | None, status: int
) -> None:
    address = f"/to-chuc/{world.organisation('coop').public_id}/sua"
    browse(who).post(address, {"name": "Khác"}, status)
    db.session.expire_all()
    assert world.organisation("coop").name == "HTX Dược liệu minh họa"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 161),
        ("name", "HTX Bhalêê minh họa"),
        ("name", "\x00"),
        ("tax_code", "4009999017"),
        ("tax_code", "0409999013"),
        ("phone", "123"),
        ("phone", "0" * 5000),
        ("email", "a@b"),
        ("email", "ế@demo.example"),
        ("address", "x" * 301),
        ("about", "\ufffd"),
        ("about", "x" * 2001),
        ("about", "\u202e" + "a" * 3000),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_bad_values_are_refused_with_a_sentence(
    world: World, browse: Browse, field: str, value: Any, language: str
) -> None:
    browser = browse("coop", language)
    address = f"/to-chuc/{world.organisation('coop').public_id}/sua"
    browser.get(address)
    before = world.organisation("coop").version
    browser.submit({field: value}, action="/sua", status=422)
    assert f'href="#{field}"' in browser.response.get_data(as_text=True)
    db.session.expire_all()
    assert world.organisation("coop").version == before


# ---------------------------------------------------------------- households


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_official_enters_a_household(world: World, browse: Browse, language: str) -> None:
    browser = browse("official_1", language)
    browser.get("/lam-viec/dang-giup/ho")
    browser.submit(
        AGREED
        | {
            "kind": "producer_household",
            "name": "Hộ số 4, thôn Aur",
            "village_id": str(world.village_id("Aur")),
            "cooperative_id": str(world.organisations["coop"]),
        }
    )
    entered = db.session.scalars(
        sa.select(Organisation).where(Organisation.name == "Hộ số 4, thôn Aur")
    ).one()
    assert entered.state is S.VERIFIED
    assert entered.cooperative_id == world.organisations["coop"]
    assert entered.village is not None
    assert entered.village.name == "Aur"
    browse("coop", language).get(f"/to-chuc/{entered.public_id}")
    browse("other_coop", language).get(f"/to-chuc/{entered.public_id}", 404)


def test_what_a_cooperative_enters_waits_for_an_official(world: World, browse: Browse) -> None:
    browser = browse("coop")
    browser.get("/lam-viec/dang-giup/ho")
    assert "cooperative_id" not in browser.page.forms[-1]["fields"]
    browser.submit(
        AGREED
        | {
            "kind": "producer_household",
            "name": "Hộ số 5",
            "person_name": "Người nhà",
            "phone": "0912 345 678",
            "cooperative_id": str(world.organisations["other_coop"]),
        }
    )
    entered = db.session.scalars(
        sa.select(Organisation).where(Organisation.name == "Hộ số 5")
    ).one()
    assert entered.state is S.PENDING
    assert entered.cooperative_id == world.organisations["coop"]
    assert "Người nhà" in browser.text
    assert not any("/ma/" in (f["attrs"].get("action") or "") for f in browser.page.forms)


@pytest.mark.parametrize("who", ["hotel", "investor"])
def test_a_business_enters_nobody(browse: Browse, who: str) -> None:
    browser = browse(who)
    browser.get("/lam-viec/dang-giup/ho", 403)
    browser.post("/lam-viec/dang-giup/ho", {"kind": "producer_household", "name": "x"}, 403)


@pytest.mark.parametrize(
    "field_value",
    [
        ("kind", "authority"),
        ("kind", "enterprise"),
        ("kind", ""),
        ("name", ""),
        ("name", "HTX Bhalêê minh họa"),
        ("name", "\x00\x01"),
        ("village_id", "999999"),
        ("village_id", "9" * 40),
        ("village_id", "-1"),
        ("cooperative_id", "1"),
        ("phone", "0236 123 4567"),
        ("phone", "01234567890"),
        ("person_name", "x" * 121),
        ("address", "x" * 301),
        ("consent_person", ""),
        ("consent_how", ""),
        ("consent_how", "self"),
        ("consent_how", "paper"),
        ("consent_witness", ""),
        ("consent_witness", "người  official_1"),
        ("consent_given_on", ""),
        ("consent_given_on", "21/11/2026"),
        ("consent_for_posting", ""),
    ],
)
def test_bad_households_are_refused(
    world: World, browse: Browse, field_value: tuple[str, str]
) -> None:
    field, value = field_value
    browser = browse("official_1")
    browser.get("/lam-viec/dang-giup/ho")
    before = db.session.scalar(sa.select(sa.func.count(Organisation.id)))
    browser.submit(
        AGREED | {"kind": "producer_household", "name": "Hộ mới"} | {field: value}, status=422
    )
    assert db.session.scalar(sa.select(sa.func.count(Organisation.id))) == before


def test_a_number_that_is_registered_is_refused(world: World, browse: Browse) -> None:
    browser = browse("official_1")
    for name, status in (("Hộ một", 303), ("Hộ hai", 422)):
        browser.get("/lam-viec/dang-giup/ho")
        browser.submit(
            AGREED
            | {
                "kind": "producer_household",
                "name": name,
                "person_name": "Người nhà",
                "phone": "0912345678",
            },
            status=status,
        )
