"""Forms from elsewhere: no POST is carried out without the token of the session that sends it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, url_for
from sqlalchemy.engine import Connection

from tests.everywhere.stage import Stage, routes
from tests.everywhere.state import changed, holds
from tests.page import Browser, check

Someone = Callable[..., Browser]
SIGNED_LINKS = frozenset({"alerts.stop"})
"""A mail program posts to them without cookie or token (RFC 8058); the link itself is signed."""


def posts(app: Flask, stage: Stage) -> list[str]:
    """The address of every route that takes a POST, with each of its objects."""
    with app.test_request_context():
        return [
            url_for(endpoint, **stage.fill(wanted))
            for endpoint, method, _label, wanted in routes(app)
            if method not in {"GET", "HEAD", "OPTIONS"} and endpoint not in SIGNED_LINKS
        ]


def test_only_get_and_post_exist(app: Flask) -> None:
    methods = {method for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert methods == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("who", ["anonymous", "coop", "official_1"])
def test_no_form_counts_without_the_token_of_its_session(
    who: str, app: Flask, stage: Stage, someone: Someone, connection: Connection
) -> None:
    browser = someone(who)
    foreign = someone("hotel").csrf_token()
    before = holds(connection)
    for path in posts(app, stage):
        for token in (None, "", "x", foreign):
            data = {"form_key": browser.form_key()}
            if token is not None:
                data["csrf_token"] = token
            answer = browser.client.post(path, data=data)
            assert answer.status_code == 400, f"{path} with {token!r}"
        check(answer.get_data(as_text=True), "vi")
    assert changed(before, holds(connection)) == []


def test_a_token_outlives_the_hour_a_form_stays_open(
    stage: Stage, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow forms are the normal case (decisions page, 13)."""
    import time

    from itsdangerous import TimestampSigner

    browser = someone("coop")
    token = browser.csrf_token()
    later = int(time.time()) + 86_400
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: later)
    answer = browser.client.post(
        "/thong-bao/da-doc", data={"csrf_token": token, "form_key": browser.form_key()}
    )
    assert answer.status_code == 303
