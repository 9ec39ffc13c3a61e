"""Forgotten passwords, one-time codes, and changing a password, through the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts import links, services
from marketplace.accounts.models import SignInCode, User
from marketplace.accounts.rules import OrganisationKind
from marketplace.accounts.services import HouseholdValues
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.journal import Entry
from tests.page import Browser
from tests.world import PASSWORD, World, spoken

Browse = Callable[..., Browser]
GOOD = "núi xanh ăn cơm lam"
PHONE = "0912 345 678"


def token_for(world: World, who: str = "coop") -> str:
    return links.reset_token(db.session.get_one(User, world.users[who]))


@pytest.fixture
def household(world: World) -> str:
    """A household with a person who has a phone, no mail, no password; its public id."""
    entered = services.enter_household(
        world.actor("official_1"),
        HouseholdValues(
            OrganisationKind.PRODUCER_HOUSEHOLD,
            "Hộ số 4 minh họa",
            phone="+84912345678",
            person_name="Người nhà",
        ),
        spoken(),
    )
    return entered.public_id


def give_code(browser: Browser, household: str, status: int = 200) -> str:
    browser.get(f"/to-chuc/{household}")
    form = next(f for f in browser.page.forms if "/ma/" in (f["attrs"].get("action") or ""))
    browser.post(form["attrs"]["action"], status=status)
    found = re.search(r"\b(\d{4}) (\d{4})\b", browser.text)
    return "".join(found.groups()) if found else ""


# ---------------------------------------------------------------- the link


@pytest.mark.parametrize("language", ["vi", "en"])
def test_asking_tells_nobody_who_is_known(world: World, browse: Browse, language: str) -> None:
    answers = []
    for who in ("coop@demo.example", "nobody@demo.example", "not an address", "0912345678"):
        browser = browse(None, language)
        browser.get("/quen-mat-khau")
        browser.submit({"identifier": who})
        answers.append((browser.path, browser.text))
    assert len(set(answers)) == 1
    asked = db.session.scalars(
        sa.select(Entry.subject_id).where(Entry.name == "user.reset_requested")
    ).all()
    assert asked == [world.users["coop"]]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_link_sets_a_password_once_and_ends_all_sessions(
    world: World, browse: Browse, language: str
) -> None:
    signed_in = browse("coop", language)
    link = f"/dat-mat-khau/{token_for(world)}"
    browser = browse(None, language)
    browser.get(link)
    browser.submit({"password": GOOD})
    assert browser.path == "/dang-nhap"
    signed_in.get("/toi", 302)
    browser.get(link, 410)
    browser.post(link, {"password": "cơm lam ăn núi xanh"}, 410)
    browser.get("/dang-nhap")
    browser.submit({"identifier": "coop@demo.example", "password": PASSWORD}, status=422)
    browser.sign_in("coop@demo.example", GOOD)
    assert "Người coop" in browser.text


def test_the_link_lasts_a_day(world: World, browse: Browse) -> None:
    link = f"/dat-mat-khau/{token_for(world)}"
    with clock.at(clock.now() + timedelta(hours=23, minutes=59)):
        browse().get(link)
    with clock.at(clock.now() + timedelta(hours=24, minutes=1)):
        browse().get(link, 410)


@pytest.mark.parametrize("bad", ["x", "a.b", "W10.x", "%00", "ế", "x" * 3000])
def test_a_made_up_link_opens_nothing(browse: Browse, bad: str) -> None:
    browse().get(f"/dat-mat-khau/{bad}", 410)


def test_a_link_signed_for_something_else_opens_nothing(app, world: World, browse: Browse) -> None:
    from itsdangerous import URLSafeSerializer

    person = db.session.get_one(User, world.users["coop"])
    for payload, salt in (
        ([person.public_id, "x" * 16, 9_999_999_999], links.RESET_SALT),
        ([person.public_id, "", 9_999_999_999], "other"),
    ):
        forged = URLSafeSerializer(app.config["SECRET_KEY"], salt=salt).dumps(payload)
        browse().get(f"/dat-mat-khau/{forged}", 410)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("weak", ["", "short", "123456789012", "Người coop 2026"])
def test_a_weak_password_is_refused_with_an_example(
    world: World, browse: Browse, weak: str, language: str
) -> None:
    browser = browse(None, language)
    browser.get(f"/dat-mat-khau/{token_for(world)}")
    browser.submit({"password": weak}, status=422)
    assert browser.response.get_data(as_text=True).count('class="err__m"') == 1
    browser.submit({"password": GOOD})


def test_asking_again_and_again_rests(browse: Browse) -> None:
    browser = browse()
    for status in [303, 303, 303, 429]:
        browser.get("/quen-mat-khau")
        browser.submit({"identifier": "coop@demo.example"}, status=status, follow=False)


# ---------------------------------------------------------------- changing it


def test_changing_needs_the_present_password(browse: Browse) -> None:
    browser = browse("coop")
    browser.get("/toi/mat-khau")
    browser.submit({"present": "wrong", "password": GOOD}, action="/mat-khau", status=422)
    browser.submit({"present": PASSWORD, "password": "short"}, action="/mat-khau", status=422)
    browser.submit({"present": PASSWORD, "password": GOOD}, action="/mat-khau")
    assert browser.path == "/dang-nhap"
    browser.get("/toi", 302)
    browser.sign_in("coop@demo.example", GOOD)
    assert "Người coop" in browser.text


# ---------------------------------------------------------------- the code


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_code_opens_the_door_once_and_leads_to_a_password(
    browse: Browse, household: str, language: str
) -> None:
    official = browse("official_1", language)
    code = give_code(official, household)
    assert official.response.headers["Cache-Control"] == "no-store"
    official.get(f"/to-chuc/{household}")
    assert code not in official.text.replace(" ", "")
    browser = browse(None, language)
    browser.get("/dang-nhap/ma")
    browser.submit({"identifier": PHONE, "code": f"{code[:4]} {code[4:]}"})
    assert browser.path == "/toi/mat-khau"
    assert not any(a.get("name") == "present" for _, a in browser.page.tags)
    browser.submit({"password": GOOD}, action="/toi/mat-khau")
    browser.sign_in(PHONE, GOOD)
    assert "Người nhà" in browser.text
    browser.get("/toi/mat-khau")
    assert any(a.get("name") == "present" for _, a in browser.page.tags)
    late = browse(None, language)
    late.get("/dang-nhap/ma")
    late.submit({"identifier": PHONE, "code": code}, status=422)
    names = db.session.scalars(sa.select(Entry.name)).all()
    assert "user.code_issued" in names
    assert "user.code_used" in names


def test_the_code_is_kept_as_a_hash_only(browse: Browse, household: str) -> None:
    code = give_code(browse("official_1"), household)
    kept = db.session.scalars(sa.select(SignInCode)).one()
    assert code not in kept.code_hash
    assert not any(code in str(e.data) for e in db.session.scalars(sa.select(Entry)))


def test_a_code_lasts_a_day_and_a_new_one_ends_it(browse: Browse, household: str) -> None:
    official = browse("official_1")
    first = give_code(official, household)
    second = give_code(official, household)
    browser = browse()
    browser.get("/dang-nhap/ma")
    browser.submit({"identifier": PHONE, "code": first}, status=422)
    with clock.at(clock.now() + timedelta(hours=24, minutes=1)):
        browser.get("/dang-nhap/ma")
        browser.submit({"identifier": PHONE, "code": second}, status=422)
    browser.get("/dang-nhap/ma")
    browser.submit({"identifier": PHONE, "code": second})


def test_guessing_codes_rests(browse: Browse, household: str) -> None:
    code = give_code(browse("official_1"), household)
    browser = browse()
    for number in range(5):
        browser.get("/dang-nhap/ma")
        browser.submit({"identifier": PHONE, "code": f"2222333{number + 2}"}, status=422)
    browser.get("/dang-nhap/ma")
    browser.submit({"identifier": PHONE, "code": code}, status=429)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("official_2", 200),
        ("leader", 200),
        ("ward_official_1", 404),
        ("ward_leader", 404),
        ("coop", 403),
        ("hotel", 403),
        (None, 403),
    ],
)
def test_who_may_give_a_code(
    world: World, browse: Browse, household: str, who: str | None, status: int
) -> None:
    person = db.session.scalars(sa.select(User).where(User.name == "Người nhà")).one()
    address = f"/to-chuc/{household}/ma/{person.public_id}"
    browse(who).post(address, status=status)
    given = db.session.scalar(sa.select(sa.func.count(SignInCode.id)))
    assert given == (1 if status == 200 else 0)


def test_no_code_for_a_colleague(world: World, browse: Browse) -> None:
    colleague = db.session.get_one(User, world.users["official_2"])
    office = world.organisation("commune").public_id
    browse("official_1").post(f"/to-chuc/{office}/ma/{colleague.public_id}", status=403)


def test_one_code_for_many_hands_is_used_once(fresh) -> None:
    """Eight threads with the same code: one session."""
    from concurrent.futures import ThreadPoolExecutor

    from marketplace.core.errors import DomainError

    app, world = fresh
    entered = services.enter_household(
        world.actor("official_1"),
        HouseholdValues(
            OrganisationKind.PRODUCER_HOUSEHOLD, "Hộ", phone="+84912345678", person_name="Người"
        ),
        spoken(),
    )
    person = services.queries.people_of(entered.id)[0]
    services.issue_code(world.actor("official_1"), person.public_id)
    kept = services._live_code(person.id)
    assert kept is not None
    person_id, code_id = person.id, kept.id
    db.session.remove()

    def use(_number: int) -> bool:
        with app.app_context():
            try:
                services.sign_in_with_code(person_id, code_id)
            except DomainError:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 1
