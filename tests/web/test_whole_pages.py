"""Whole pages kept for visitors: never another's, never older than what was acknowledged."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import ROOT
from marketplace.accounts import services as accounts
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.kinds.produce.model import OfferValues
from marketplace.catalogue.taxonomy import PriceKind
from marketplace.core.db import db
from marketplace.web.access import PUBLIC
from marketplace.web.whole_pages import GZIP_HEADER, WholePages
from tests.page import Browser
from tests.world import PASSWORD, World

Fresh = tuple[Flask, World]


@pytest.fixture
def shelf(running: Fresh) -> Iterator[WholePages]:
    """The shelf in front of a program with real transactions."""
    app = running[0]
    app.config["KEEP_PAGES"] = True
    found = app.wsgi_app
    assert isinstance(found, WholePages)
    yield found
    if found._watch is not None:
        found._watch.close()


@pytest.fixture
def counted(database: str, worker: str) -> bool:
    """Whether hits can be counted: the snapshot of PostgreSQL is that of all its databases.

    Another process of the run writes to its own on the same server, and pages go with that too.
    """
    return database == "sqlite" or worker == "main"


def offer(world: World, code: str, price: int) -> None:
    values = OfferValues(PriceKind.FIXED, price, None, 60_000, 1)
    catalogue.change_offer(world.actor("coop"), code, None, values)
    db.session.remove()


def test_a_page_is_answered_from_the_shelf_until_something_is_written(
    running: Fresh, shelf: WholePages, counted: bool
) -> None:
    app, world = running
    code = world.published().public_id
    client = app.test_client()
    first = client.get("/nong-san")
    assert shelf.hits == 0
    second = client.get("/nong-san")
    assert not counted or shelf.hits == 1
    assert second.data == first.data
    assert dict(second.headers) == dict(first.headers)
    offer(world, code, 91_000)
    assert "91.000" in client.get("/nong-san").text
    assert not counted or shelf.hits == 1


def test_each_visitor_gets_the_page_they_chose(
    running: Fresh, shelf: WholePages, counted: bool
) -> None:
    """What is kept depends on language, appearance, compression, parts and addresses."""
    app, world = running
    world.published()
    asked: list[tuple[dict[str, str], dict[str, str], str]] = [
        ({}, {}, "/nong-san"),
        ({"lang": "en"}, {}, "/nong-san"),
        ({"theme": "dark"}, {}, "/nong-san"),
        ({}, {"Accept-Encoding": "gzip"}, "/nong-san"),
        ({}, {"Save-Data": "on"}, "/nong-san"),
        ({}, {}, "/nong-san?thang=1"),
        ({}, {}, "/"),
    ]
    plain = []
    for kept in (False, True, True):
        app.config["KEEP_PAGES"] = kept
        answers = []
        for cookies, headers, path in asked:
            client = app.test_client()
            for name, value in cookies.items():
                client.set_cookie(name, value)
            answers.append(client.get(path, headers=headers).data[GZIP_HEADER:])
        plain.append(answers)
    assert plain[0] == plain[1] == plain[2]
    assert len({*plain[0]}) == len(asked)
    assert not counted or shelf.hits == len(asked)


def test_everyone_signed_in_gets_their_own_page(
    running: Fresh, shelf: WholePages, counted: bool
) -> None:
    app, world = running
    world.published()
    people = {}
    for name in ("coop", "hotel"):
        people[name] = Browser(app.test_client(), "vi")
        people[name].sign_in(f"{name}@demo.example", PASSWORD)
    shelf.hits = 0
    for path in ("/", "/nong-san"):
        for _ in range(2):
            for name, browser in people.items():
                text = browser.client.get(path).text
                assert f"Người {name}" in text
                assert all(f"Người {other}" not in text for other in people if other != name)
            assert "Người " not in app.test_client().get(path).text
    assert not counted or shelf.hits == 6


def test_a_session_that_has_ended_opens_no_kept_page(
    running: Fresh, shelf: WholePages, counted: bool
) -> None:
    app, world = running
    world.published()
    coop = Browser(app.test_client(), "vi")
    coop.sign_in("coop@demo.example", PASSWORD)
    for _ in range(2):
        assert "Người coop" in coop.client.get("/nong-san").text
    assert not counted or shelf.hits >= 1
    with coop.client.session_transaction() as session:
        token = session["_user_id"]
    accounts.sign_out(token)  # by another process, as far as this shelf knows
    db.session.remove()
    assert "Người coop" not in coop.client.get("/nong-san").text


def test_what_was_written_stands_on_the_next_page_of_a_session(
    running: Fresh, shelf: WholePages
) -> None:
    app, world = running
    code = world.published().public_id
    hotel = Browser(app.test_client(), "vi")
    hotel.sign_in("hotel@demo.example", PASSWORD)
    for price in (91_000, 92_000, 93_000):
        hotel.client.get("/nong-san")
        offer(world, code, price)
        assert f"{price:,}".replace(",", ".") in hotel.client.get("/nong-san").text


def test_a_page_that_sets_a_cookie_is_never_kept(running: Fresh, shelf: WholePages) -> None:
    app, _ = running
    for path in ("/dang-nhap", "/dang-ky", "/ngon-ngu/en?next=/"):
        for _ in range(2):
            app.test_client().get(path)
    assert shelf.hits == 0


def test_only_pages_for_everyone_say_they_may_be_kept(app: Flask) -> None:
    kept = {
        name: view for name, view in app.view_functions.items() if getattr(view, "__kept__", False)
    }
    assert {"catalogue.index", "catalogue.show", "pages.home"} <= set(kept)
    assert all(view.__access__ is PUBLIC for view in kept.values())  # type: ignore[attr-defined]


def test_a_browser_that_has_the_page_is_told_so(running: Fresh, shelf: WholePages) -> None:
    app, world = running
    code = world.published().public_id
    client = app.test_client()
    etag = client.get("/nong-san").headers["ETag"]
    for _ in range(2):  # also the very first answer of another process
        same = client.get("/nong-san", headers={"If-None-Match": etag})
        assert (same.status_code, same.data) == (304, b"")
        assert same.headers["Content-Security-Policy"]
        shelf.shelves[False].clear()
    offer(world, code, 92_000)
    assert client.get("/nong-san", headers={"If-None-Match": etag}).status_code == 200


def test_a_database_that_does_not_answer_leaves_it_to_the_program(
    running: Fresh, shelf: WholePages, monkeypatch: pytest.MonkeyPatch, counted: bool
) -> None:
    app, world = running
    world.published()
    client = app.test_client()
    client.get("/nong-san")
    watch = shelf._watch
    assert watch is not None
    monkeypatch.setattr(watch, "_question", "SELECT nothing FROM nowhere")
    assert client.get("/nong-san").status_code == 200
    assert shelf.hits == 0
    monkeypatch.undo()
    for _ in range(2):  # what was kept before a question failed is not trusted
        client.get("/nong-san")
    assert not counted or shelf.hits == 1


def test_what_is_kept_stays_within_its_bounds(
    running: Fresh, shelf: WholePages, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = running
    monkeypatch.setattr("marketplace.web.whole_pages.MOST_KEPT", 60_000)
    client = app.test_client()
    for number in range(40):
        client.get(f"/nong-san?q=a{number}")
    assert 0 < len(shelf.shelves[False]) < 12


OTHER = """
import sys
from config import Settings
from marketplace import create_app
from marketplace.accounts import queries
from marketplace.catalogue import services
from marketplace.catalogue.kinds.produce.model import OfferValues
from marketplace.catalogue.taxonomy import PriceKind
from marketplace.core.db import db
from marketplace.accounts.models import User

url, folder, code = sys.argv[1:]
app = create_app(Settings.from_env({"DATABASE_URL": url, "INSTANCE_PATH": folder}))
with app.app_context():
    person = db.session.scalars(db.select(User).where(User.email == "coop@demo.example")).one()
    actor = queries.actor_of(person, queries.memberships(person.id)[0])
    db.session.rollback()
    for line in sys.stdin:
        values = OfferValues(PriceKind.FIXED, int(line), None, 60_000, 1)
        services.change_offer(actor, code, None, values)
        print("written", flush=True)
"""


@pytest.mark.slow
def test_what_another_process_has_acknowledged_is_on_the_next_page(
    running: Fresh, shelf: WholePages, tmp_path: Path, counted: bool
) -> None:
    """Two processes, one database: no page is older than the write whose answer was seen."""
    app, world = running
    listing = world.published()
    code, path = listing.public_id, listing.path
    db.session.remove()
    url = str(app.config["SQLALCHEMY_DATABASE_URI"])
    client: FlaskClient = app.test_client()

    def ask(page: str) -> str:
        db.session.remove()  # the requests of a test share its session, and so its snapshot
        return client.get(page).text

    with subprocess.Popen(
        [sys.executable, "-c", OTHER, url, str(tmp_path), code],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        for price in range(50_000, 54_000, 100):
            for page in ("/nong-san", path):
                ask(page)
            before = shelf.hits
            for page in ("/nong-san", path):
                ask(page)
            assert not counted or shelf.hits == before + 2, "the page was not kept"
            other.stdin.write(f"{price}\n")
            other.stdin.flush()
            assert other.stdout.readline() == "written\n"
            for page in ("/nong-san", path):
                assert f"{price:,}".replace(",", ".") in ask(page), page
        other.stdin.close()
    assert other.returncode == 0
