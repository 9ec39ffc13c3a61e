"""The stage for the tests that walk everything: built once a process, every test rolled back."""

from __future__ import annotations

import os
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

ON_POSTGRESQL: dict[str, dict[str, set[object]] | None] = {
    "test_everyone_at_every_door": {
        "who": {"anonymous", "nobody", "coop", "hotel", "official_1", "ward_official_1"}
    },
    "test_every_page_is_in_order": {
        "who": {"anonymous", "coop", "hotel", "official_1", "ward_official_1"},
        "language": {"vi"},
    },
    "test_no_value_in_any_field_does_harm": {"group": {0}},
    "test_no_parameter_of_any_page_does_harm": {"group": {0}},
    "test_a_welcome_form_is_taken_and_taken_once": {"group": {1}},
    "test_some_of_the_corpus_at_every_form": {"group": {1}},
    "test_the_whole_corpus_at_one_form_of_each_kind": None,
    "test_requests_with_files_that_no_browser_makes": None,
    "test_fifty_megabytes_are_refused_without_reading_them": None,
    "test_requests_that_are_no_form_of_ours": None,
    "test_columns_sent_along_change_nothing_more": None,
    "test_no_form_counts_without_the_token_of_its_session": {"who": {"coop"}},
    "test_what_is_stored_is_shown_as_text": None,
    "test_check_fails_where_texts_are_missing": None,
    "test_no_state_of_the_tree_changes_what_is_written": None,
    "test_update_starts_a_catalogue_and_keeps_what_was_translated": None,
}
"""The part of the long walks that is walked on PostgreSQL as well, unless counts are full; None is
nothing of it.

They look for faults of pages, forms and doors, which are the same on both databases; every feature
has its own tests on both. The whole walk there would be a third of the time of all tests. What a
form takes beside its fields is decided while it is read, a token before anything is asked, and
escaping where a page is written: none of the three knows of a database.
"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is walked on SQLite only."""
    if config.getoption("--database") != "postgresql" or os.environ.get("FULL_COUNTS"):
        return
    left_out = [item for item in items if isinstance(item, pytest.Function) and _is_left_out(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _is_left_out(item: pytest.Function) -> bool:
    walked = ON_POSTGRESQL.get(item.originalname, {})
    if walked is None:
        return True
    return any(item.callspec.params[name] not in some for name, some in walked.items())


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
            browser.enter(f"{who.replace('_', '-')}@demo.example")
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
