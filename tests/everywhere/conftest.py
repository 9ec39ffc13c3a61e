"""The stage for the tests that walk everything: built once a process, every test rolled back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, request_started
from sqlalchemy.engine import Connection

from marketplace.core.db import db
from tests.conftest import NOW, _forget, make_app, rolled_back
from tests.databases import database_url, make_database
from tests.everywhere import stage as stages
from tests.everywhere.person import Person
from tests.everywhere.stage import Stage
from tests.page import Browser
from tests.world import PASSWORD


@pytest.fixture(scope="session")
def _staged(
    database: str, worker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, Stage]]:
    folder = tmp_path_factory.mktemp("stage")
    if database == "sqlite":
        url = database_url("sqlite", f"{worker}_stage", folder)
    else:
        url = make_database(f"{worker}_stage")
    app = make_app(url, folder)
    with app.app_context(), request_started.connected_to(_forget, app):
        stage = stages.build(app, NOW)
        db.session.remove()
    yield app, stage
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def connection(_staged: tuple[Flask, Stage]) -> Iterator[Connection]:
    """The one connection of a test on the stage; what it does is rolled back."""
    with rolled_back(_staged[0]) as connection:
        yield connection


@pytest.fixture
def app(connection: Connection, _staged: tuple[Flask, Stage]) -> Flask:
    """The application with the stage."""
    return _staged[0]


@pytest.fixture
def stage(app: Flask, _staged: tuple[Flask, Stage]) -> Stage:
    """What stands on the stage."""
    return _staged[1]


@pytest.fixture
def someone(stage: Stage, app: Flask) -> Callable[..., Browser]:
    """A browser in which an actor of the stage is signed in."""

    def enter(who: str, language: str = "vi") -> Browser:
        browser = Browser(app.test_client(), language)
        if who != "anonymous":
            browser.sign_in(f"{who.replace('_', '-')}@demo.example", PASSWORD)
        return browser

    return enter


@pytest.fixture
def people(someone: Callable[..., Browser], connection: Connection) -> Callable[..., Person]:
    """People by name and language, each signed in once."""
    known: dict[tuple[str, str], Person] = {}

    def find(who: str, language: str = "vi") -> Person:
        if (who, language) not in known:
            known[who, language] = Person(someone(who, language), connection)
        return known[who, language]

    return find
