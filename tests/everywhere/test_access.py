"""Every door says who may pass it, and the list of doors is known."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

import marketplace
from config import Settings
from marketplace import create_app
from marketplace.web.access import (
    MEMBERS,
    OFFICIALS,
    PUBLIC,
    SIGNED_IN,
    UndeclaredAccessError,
    declared,
)

LIST = Path(__file__).with_name("access.csv")
"""``WRITE_GOLDEN=/some/folder pytest …/test_access.py`` writes a new one, to be read by people."""
NAMES = {PUBLIC: "public", SIGNED_IN: "signed in", MEMBERS: "members", OFFICIALS: "officials"}


def doors(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, methods, access) of every route."""
    return sorted(
        (
            rule.endpoint,
            " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})),
            NAMES[declared(app, rule.endpoint)],
        )
        for rule in app.url_map.iter_rules()
    )


def test_the_list_of_doors_is_the_one_that_was_read(app: Flask) -> None:
    found = doors(app)
    if os.environ.get("WRITE_GOLDEN"):
        fresh = Path(os.environ["WRITE_GOLDEN"]) / LIST.name
        with fresh.open("w", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows(
                [("endpoint", "methods", "access"), *found]
            )
    with LIST.open(newline="") as read:
        known = [tuple(row) for row in csv.reader(read)][1:]
    assert sorted(known) == found


def test_nothing_of_the_desk_is_open_to_others(app: Flask) -> None:
    """The addresses under /lam-viec are the officials', but for entering and helping households."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/lam-viec") and "/dang-giup" not in rule.rule:
            assert declared(app, rule.endpoint) == OFFICIALS, rule


def test_a_view_without_access_stops_the_start(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgotten(app: Flask) -> None:
        app.add_url_rule("/quen", "forgotten", lambda: "open to all")

    feature = SimpleNamespace(init_app=forgotten, ENTRIES=())
    monkeypatch.setattr(marketplace, "FEATURES", (*marketplace.FEATURES, feature))
    with pytest.raises(UndeclaredAccessError, match="forgotten"):
        create_app(Settings.from_env({"INSTANCE_PATH": str(tmp_path)}))
