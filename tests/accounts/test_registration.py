"""Registering a person with an organisation through the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from marketplace.accounts.models import Organisation, User
from marketplace.accounts.rules import REGISTRABLE, OrganisationKind, OrganisationState
from marketplace.core.db import db
from marketplace.core.journal import Entry
from tests.page import Browser
from tests.world import World

Browse = Callable[..., Browser]
GOOD = "núi xanh ăn cơm lam"


def values(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "cooperative",
        "organisation_name": "HTX Suối Chơr minh họa",
        "locality_id": str(world.pair.source_id),
        "tax_code": "",
        "name": "Người đăng ký",
        "contact": "moi@demo.example",
        "password": GOOD,
        "consent": "y",
    } | changes


def registered(browser: Browser, data: dict[str, Any], status: int = 303) -> None:
    browser.get("/dang-ky")
    if not data.get("consent"):
        browser.page.forms[-1]["fields"].pop("consent", None)  # an unticked box is not sent
    browser.submit(data, status=status)


def counts() -> tuple[int, int]:
    return (
        db.session.scalar(sa.select(sa.func.count(User.id))),
        db.session.scalar(sa.select(sa.func.count(Organisation.id))),
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_someone_registers_and_signs_in(world: World, browse: Browse, language: str) -> None:
    browser = browse(None, language)
    registered(browser, values(world))
    assert browser.path == "/dang-ky/xong"
    organisation = db.session.scalars(
        sa.select(Organisation).where(Organisation.name == "HTX Suối Chơr minh họa")
    ).one()
    assert organisation.state is OrganisationState.PENDING
    person = db.session.scalars(sa.select(User).where(User.email_key == "moi@demo.example")).one()
    assert person.language == language
    entry = db.session.scalars(
        sa.select(Entry).where(Entry.name == "organisation.registered")
    ).one()
    assert entry.data == {"consent": 1}
    browser.sign_in("moi@demo.example", GOOD)
    browser.get("/toi/to-chuc", 303)
    browser.get(browser.response.headers["Location"])
    assert "HTX Suối Chơr minh họa" in browser.text


def test_a_mobile_number_is_enough(world: World, browse: Browse) -> None:
    browser = browse()
    registered(browser, values(world, contact="0912.345.678"))
    browser.sign_in("+84912345678", GOOD)
    assert "Người đăng ký" in browser.text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nobody_learns_who_is_known(world: World, browse: Browse, language: str) -> None:
    answers = []
    for number, contact in enumerate(("moi@demo.example", "coop@demo.example")):
        browser = browse(None, language)
        browser.get("/dang-ky")
        data = values(world, contact=contact, organisation_name=f"HTX số {number}")
        browser.submit(data, follow=False)
        headers = {
            k: v for k, v in browser.response.headers if k not in {"Set-Cookie", "Content-Length"}
        }
        answers.append((browser.response.status_code, headers, browser.response.data))
        browser.get("/dang-ky/xong")
        answers[-1] += (browser.text,)
    assert answers[0] == answers[1]
    names = db.session.scalars(sa.select(Organisation.name)).all()
    assert "HTX số 0" in names
    assert "HTX số 1" not in names
    assert "user.registered_again" in db.session.scalars(sa.select(Entry.name)).all()


@pytest.mark.parametrize("contact", ["moi@demo.example", "coop@demo.example"])
@pytest.mark.parametrize(
    "changes",
    [
        {"organisation_name": "HTX DƯỢC LIỆU minh họa"},
        {"tax_code": "0409999013"},
        {"kind": "enterprise"},
        {"password": "short"},
    ],
)
def test_refusals_are_the_same_for_known_and_unknown(
    world: World, browse: Browse, contact: str, changes: dict[str, str]
) -> None:
    before = counts()
    browser = browse()
    registered(browser, values(world, contact=contact, **changes), 422)
    assert browser.response.get_data(as_text=True).count('aria-invalid="true"') == 1
    assert counts() == before


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "field", ["kind", "organisation_name", "locality_id", "name", "contact", "password", "consent"]
)
def test_each_missing_field_is_named(
    world: World, browse: Browse, field: str, language: str
) -> None:
    before = counts()
    browser = browse(None, language)
    registered(browser, values(world, **{field: ""}), 422)
    html = browser.response.get_data(as_text=True)
    assert html.count('class="err__m"') == 1
    assert f'href="#{field}"' in html
    assert counts() == before


def test_the_box_is_not_ticked_beforehand(browse: Browse) -> None:
    page = browse().get("/dang-ky")
    boxes = [a for t, a in page.tags if t == "input" and a.get("type") == "checkbox"]
    assert [("checked" in box) for box in boxes] == [False]


@pytest.mark.parametrize("kind", [k.value for k in OrganisationKind])
def test_who_needs_a_tax_code(world: World, browse: Browse, kind: str) -> None:
    needs = kind in {"enterprise", "household_business", "investor"}
    possible = kind in {k.value for k in REGISTRABLE}
    browser = browse()
    registered(browser, values(world, kind=kind), 303 if possible and not needs else 422)
    if needs:
        registered(browser, values(world, kind=kind, tax_code="0100233480"), 422)
        registered(browser, values(world, kind=kind, tax_code="0100 233 488"))


def test_sending_twice_registers_once(world: World, browse: Browse) -> None:
    browser = browse()
    browser.get("/dang-ky")
    before = counts()
    page = browser.page
    for _ in range(2):
        browser.page = page
        browser.submit(values(world), follow=False)
        assert browser.response.headers["Location"] == "/dang-ky/xong"
    assert counts() == (before[0] + 1, before[1] + 1)
    assert db.session.scalars(
        sa.select(Entry.name).where(Entry.name.like("%registered%"))
    ).all() == ["organisation.registered"]


def test_fields_that_are_not_on_the_form_change_nothing(world: World, browse: Browse) -> None:
    browser = browse()
    extra = {"role": "official", "state": "verified", "verified_at": "2026-01-01", "id": "1"}
    registered(browser, values(world) | extra)
    person = db.session.scalars(sa.select(User).where(User.email_key == "moi@demo.example")).one()
    assert [m.role.value for m in person.memberships] == ["manager"]
    assert person.memberships[0].organisation.state is OrganisationState.PENDING


@pytest.mark.parametrize("language", ["vi", "en"])
def test_too_many_registrations_from_one_address_wait(
    world: World, browse: Browse, language: str
) -> None:
    browser = browse(None, language)
    for number in range(20):
        registered(browser, values(world, organisation_name="HTX", consent=""), 422)
        data = values(world, organisation_name=f"HTX số {number}", contact="coop@demo.example")
        registered(browser, data)
    registered(browser, values(world), 429)
