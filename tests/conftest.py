"""The application on the database of this run; every test in a transaction that is rolled back.

``app`` holds a migrated database with the small world of ``tests.world``; whatever a test commits
is a savepoint and is gone afterwards. Tests that need real transactions (threads, processes) ask
for ``fresh``: a database of their own.

On PostgreSQL the tests that use no database are left out, unless counts are full: what asks for
none of the fixtures that stand on ``database`` cannot know on which of the two the run is, so it
did there the very same as on SQLite a moment ago.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask, g, request_started
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import Connection

from config import Settings
from marketplace import create_app
from marketplace.core import clock
from marketplace.core.db import db, engine_options
from tests import world as worlds
from tests.databases import database_url, make_database
from tests.page import Browser, no_sql_in_templates

pytest_plugins = ["tests.databases"]

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""A Friday, nine in the morning in Vietnam."""

settings.register_profile("quick", max_examples=40, deadline=None)
settings.register_profile(
    "full", max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("full" if os.environ.get("FULL_COUNTS") else "quick")


STATEMENTS = 4000
"""Statements kept ready, by SQLAlchemy and SQLite: some two hundred tests make two thousand already."""

LONG = ("everywhere", "demo", "journeys", "processes")
"""Folders of long tests. They begin first, so that no process waits for another at the end."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what uses no database; let what takes long begin."""
    if config.getoption("--database") == "postgresql" and not os.environ.get("FULL_COUNTS"):
        left_out = [item for item in items if "database" not in getattr(item, "fixturenames", ())]
        left_out = [item for item in left_out if item.get_closest_marker("browser") is None]
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]
    items.sort(key=lambda item: not _takes_long(item))


def _takes_long(item: pytest.Item) -> bool:
    return item.path.parent.name in LONG or item.get_closest_marker("slow") is not None


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what stays for the whole run, and come less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def make_app(url: str, instance: Path, **environment: str) -> Flask:
    """An application for tests on a migrated database."""
    environ = {
        "DATABASE_URL": url,
        "INSTANCE_PATH": str(instance),
        "PUBLIC_URL": "http://localhost",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("marketplace.engine_options", _ready_options)
        app = create_app(Settings.from_env(environ | environment))
    app.testing = True
    with app.app_context():
        flask_migrate.upgrade()
    return app


def _ready_options(url: str) -> dict[str, Any]:
    """The options of the program, with room for the statements of all features at once."""
    options = {**engine_options(url), "query_cache_size": STATEMENTS}
    if url.startswith("sqlite"):
        options["connect_args"] = {**options["connect_args"], "cached_statements": STATEMENTS}
    return options


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> str:
    """The name of this process in the run."""
    return getattr(request.config, "workerinput", {}).get("workerid", "main")


@pytest.fixture(scope="session")
def database(pytestconfig: pytest.Config) -> str:
    """Which database the run is on: sqlite or postgresql."""
    chosen: str = pytestconfig.getoption("--database")
    return chosen


@pytest.fixture(scope="session")
def _app(
    database: str, worker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, worlds.World]]:
    folder = tmp_path_factory.mktemp("instance")
    app = make_app(database_url(database, worker, folder), folder)
    with app.app_context(), clock.at(NOW):
        world = worlds.build()
        db.session.remove()
    yield app, world
    with app.app_context():
        db.engine.dispose()


def _forget(_app: Flask, **_: object) -> None:
    """Requests of a test share its application context; what one keeps on ``g`` ends with it."""
    for name in list(g):
        g.pop(name)


@contextmanager
def rolled_back(app: Flask) -> Iterator[Connection]:
    """Whatever happens inside is undone at the end; every session is in this one transaction."""
    with (
        pytest.MonkeyPatch.context() as patch,
        app.app_context(),
        db.engine.connect() as connection,
    ):
        transaction = connection.begin()
        patch.setitem(db.engines, None, connection)
        session = db._make_scoped_session(
            {"scopefunc": lambda: 0, "join_transaction_mode": "create_savepoint"}
        )
        patch.setattr(db, "session", session)
        with clock.at(NOW), request_started.connected_to(_forget, app), no_sql_in_templates():
            yield connection
        session.remove()
        transaction.rollback()


@pytest.fixture
def app(_app: tuple[Flask, worlds.World]) -> Iterator[Flask]:
    """The application; its one session joins a transaction that is rolled back at the end."""
    with rolled_back(_app[0]):
        yield _app[0]


@pytest.fixture
def world(app: Flask, _app: tuple[Flask, worlds.World]) -> worlds.World:
    """The people and organisations of the test database."""
    return _app[1]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A plain test client, signed out."""
    return app.test_client()


@pytest.fixture
def browse(app: Flask, world: worlds.World) -> Callable[..., Browser]:
    """A client that checks every page it gets: ``browse("official_1")``, ``browse()``."""

    def make(who: str | None = None, language: str = "vi") -> Browser:
        browser = Browser(app.test_client(), language)
        if who:
            browser.enter(f"{who.replace('_', '-')}@demo.example")
        return browser

    return make


@pytest.fixture
def running(database: str, worker: str, tmp_path: Path) -> Iterator[tuple[Flask, worlds.World]]:
    """An application with real transactions on a database of its own, at the present time.

    For tests that start other processes, which know no other time.
    """
    if database == "sqlite":
        url = f"sqlite:///{tmp_path / 'fresh.sqlite'}"
    else:
        url = make_database(f"{worker}_fresh")
    app = make_app(url, tmp_path)
    with app.app_context(), request_started.connected_to(_forget, app):
        world = worlds.build()
        yield app, world
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still, for every thread: the dates that tests name stay ahead of it."""
    monkeypatch.setattr(clock, "_set", ContextVar("clock", default=NOW))


@pytest.fixture
def fresh(standing: None, running: tuple[Flask, worlds.World]) -> tuple[Flask, worlds.World]:
    """An application with real transactions on a database of its own, at the time of all tests."""
    return running
