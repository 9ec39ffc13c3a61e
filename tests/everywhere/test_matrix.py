"""Every route and method, tried by everyone on objects of every ownership.

``matrix.csv`` holds the answers. ``WRITE_GOLDEN=/some/folder pytest …/test_matrix.py`` writes a
new one there, to be read by a person line by line before it takes the old one's place: what it
allows is allowed. ``in`` stands for "sent to the sign-in page".
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, url_for
from itsdangerous import TimestampSigner
from sqlalchemy.engine import Connection
from werkzeug.test import TestResponse

from marketplace.web.access import PUBLIC, declared
from tests.everywhere.stage import ACTORS, NOWHERE, SECRETS, Arguments, Stage, is_id, routes
from tests.everywhere.state import COUNTERS, changed, holds, undone
from tests.page import Browser

LIST = Path(__file__).with_name("matrix.csv")
KEYS = ("endpoint", "method", "case")
Someone = Callable[..., Browser]


@pytest.fixture(autouse=True)
def _tokens_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """CSRF tokens tell the second they were made in, which is nobody's secret."""
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: 1_800_000_000)


class Visits:
    """Requests of one person, each with the cookies of the first; POSTs are taken back."""

    def __init__(self, browser: Browser, connection: Connection) -> None:
        self.client = browser.client
        self.connection = connection
        self.token = browser.csrf_token()
        self.new_key = browser.form_key
        self.cookies = dict(self.client._cookies)
        self.twins: dict[tuple[str, str], TestResponse] = {}

    def go(self, method: str, path: str) -> TestResponse:
        """Ask for a page, or send a form that holds its two keys and nothing else."""
        try:
            if method == "GET":
                return self.client.get(path, buffered=True)
            with undone(self.connection):
                tokens = {"csrf_token": self.token, "form_key": self.new_key()}
                return self.client.open(path, method=method, data=tokens, buffered=True)
        finally:
            self.client._cookies = dict(self.cookies)

    def nothing_at(self, method: str, path: str) -> TestResponse:
        """The answer to an address with ids no record has."""
        if (method, path) not in self.twins:
            self.twins[method, path] = self.go(method, path)
        return self.twins[method, path]


def status(response: TestResponse) -> str:
    """How an answer stands in the list."""
    location = response.headers.get("Location", "")
    if response.status_code == 302 and location.startswith("/dang-nhap?next="):
        return "in"
    return str(response.status_code)


def is_as_if_it_were_not_there(
    visits: Visits, method: str, endpoint: str, wanted: Arguments, answer: TestResponse
) -> bool:
    """Whether a 404 is byte for byte the answer to ids no record has."""
    ids = [value[-len(NOWHERE) :] for value in wanted.values() if is_id(value)]
    if not ids:
        return True
    path = url_for(endpoint, **wanted)
    body = answer.data
    for one in ids:
        path, body = path.replace(one, NOWHERE), body.replace(one.encode(), NOWHERE.encode())
    nothing = visits.nothing_at(method, path)
    left_out = {"Date", "Set-Cookie"}
    return (
        nothing.status_code == answer.status_code
        and nothing.data == body
        and [h for h in nothing.headers if h[0] not in left_out]
        == [h for h in answer.headers if h[0] not in left_out]
    )


def known(path: Path = LIST) -> dict[tuple[str, ...], dict[str, str]]:
    """The list as it was read."""
    if not path.exists():
        return {}
    with path.open(newline="") as read:
        return {tuple(row[key] for key in KEYS): row for row in csv.DictReader(read)}


@pytest.mark.parametrize("who", ACTORS)
def test_everyone_at_every_door(
    who: str, app: Flask, stage: Stage, someone: Someone, connection: Connection
) -> None:
    visits = Visits(someone(who), connection)
    before = holds(connection, COUNTERS)
    faults, seen = [], {}
    with app.test_request_context():
        tries = [
            (endpoint, method, label, stage.fill(wanted))
            for endpoint, method, label, wanted in routes(app)
        ]
    for endpoint, method, label, wanted in tries:
        with app.test_request_context():
            path = url_for(endpoint, **wanted)
        answer = visits.go(method, path)
        found = seen[endpoint, method, label] = status(answer)
        name = f"{method} {path} ({endpoint}, {label})"
        if answer.status_code >= 500:
            faults.append(f"{name}: {found}")
        if not endpoint.startswith("notifications.mail"):  # in development they are open to all
            faults += [
                f"{name}: shows “{secret}”"
                for secret, allowed in SECRETS.items()
                if who not in allowed and secret.encode() in answer.data
            ]
        if who == "anonymous" and declared(app, endpoint) is not PUBLIC:
            asked = "in" if method == "GET" else "403"
            if found != asked:
                faults.append(f"{name}: {found} to a stranger, not {asked}")
        with app.test_request_context():
            if found == "404" and not is_as_if_it_were_not_there(
                visits, method, endpoint, wanted, answer
            ):
                faults.append(f"{name}: this 404 tells that there is something")
    faults += [f"the GETs changed {name}" for name in changed(before, holds(connection, COUNTERS))]
    if os.environ.get("WRITE_GOLDEN"):
        write(Path(os.environ["WRITE_GOLDEN"]) / LIST.name, who, seen)
    golden = known()
    for key, found in seen.items():
        asked = golden.get(key, {}).get(who)
        if found != asked:
            faults.append(f"{' '.join(key)}: {found}, in the list {asked}")
    faults += [f"{' '.join(key)}: gone from the program" for key in set(golden) - set(seen)]
    assert not faults, "\n".join(faults)


def write(path: Path, who: str, seen: dict[tuple[str, str, str], str]) -> None:
    """Put one person's column into a list."""
    rows = known(path)
    with path.open("w", newline="") as out:
        writer = csv.DictWriter(out, [*KEYS, *ACTORS], lineterminator="\n")
        writer.writeheader()
        for key, answer in sorted(seen.items()):
            row = {name: rows.get(key, {}).get(name, "") for name in ACTORS}
            writer.writerow(dict(zip(KEYS, key, strict=True)) | row | {who: answer})
