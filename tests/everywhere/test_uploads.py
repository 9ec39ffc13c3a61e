"""Files nobody should send, to every form that takes files.

What must hold: never a fault of ours; a refusal is a sentence in the reader's language and leaves
no row; whatever was in a file or in its name, only the store holds anything new, and in it only
contents under their SHA-256. All of ``tests.files.corpus`` goes to one form of each kind of
upload, a few chosen by a seed to every other; with FULL_COUNTS=1 everything goes everywhere.
"""

from __future__ import annotations

import hashlib
import io
import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.engine import Connection
from werkzeug.test import TestResponse

from marketplace.core.db import Base, Digest
from marketplace.web.security import UPLOAD_BYTES
from tests.everywhere.forms import Forms
from tests.everywhere.person import Person
from tests.everywhere.stage import Stage
from tests.everywhere.state import COUNTERS, changed, holds, undone
from tests.everywhere.test_hostile import (
    FULL,
    REFUSED,
    VIETNAMESE,
    Target,
    _nothing_reaches_the_last_net,  # noqa: F401  applies here as well
    forms,
    summary_faults,
    unclean,
    welcome,
    written,
)
from tests.files.corpus import Case, cases, picture
from tests.page import Browser, check

pytestmark = pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")
"""Pillow's warnings about broken metadata are not news here."""

DOORS = {
    "photo": "photo",
    "paper": "paper",
    "acting_paper": "paper",
    "consent_paper": "paper",
    "scan": "paper",
    "sheet": "paper",
}
"""What a file field takes, by its name; of others only the general rules are asked."""
TAKEN = {"photo", "paper", "document"}
"""Doors whose corpus says what is taken."""
OTHERWISE = {
    ("opportunity.add_document", "paper"): "document",
    ("tasks.finish", "paper"): "document",
    ("deals.enter", "photo"): "paper",
    ("deals.correct", "photo"): "paper",
    ("deliveries.receive", "photo"): "paper",
}
"""Forms whose field takes more than its name says: Word and Excel files, or a scan for a photo."""
PER_FORM = 3
GROUPS = 2
"""The forms are dealt out to this many tests, so that several processes share them."""


@pytest.fixture
def kept_apart(app: Flask) -> Iterator[None]:
    """Fails when anything appears in the installation that is no content under its own name."""
    instance = Path(app.instance_path)
    store = app.config["SETTINGS"].files
    before = outside(instance, store)
    yield
    assert outside(instance, store) == before, "something was written outside the store"
    assert app.extensions["files"].folder == store
    for path in store.rglob("*"):
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            assert path == store / digest[:2] / digest, f"{path} is not named by its content"


def outside(instance: Path, store: Path) -> set[Path]:
    """Every path in and beside the installation, without its store, drawings and database."""
    own = {store, instance / "previews"}  # the program draws previews itself when pages ask
    return {
        path
        for path in instance.parent.rglob("*")
        if not own & {path, *path.parents} and ".sqlite" not in path.name
    }


def door_of(target: Target, field: str) -> str:
    """What kind of upload a field is; its own name where only the general rules are asked."""
    return OTHERWISE.get((target.endpoint, field)) or DOORS.get(field, field)


def file_fields(target: Target) -> list[str]:
    """The names of a form's fields for files."""
    return [name for name, one in target.form.inputs.items() if one.kind == "file"]


def taking_files(app: Flask, stage: Stage, people: Callable[..., Person]) -> list[Target]:
    """Every form with a field for files."""
    return [target for target in forms(app, stage, people) if file_fields(target)]


Part = tuple[str, bytes, bytes, bytes]
"""A file on its way: field, its name, media type and content."""


def body(fields: list[tuple[str, Any]], files: list[Part]) -> bytes:
    """A form with files as a browser, or somebody else, sends it."""
    out = io.BytesIO()
    for name, value in fields:
        raw = value if isinstance(value, bytes) else str(value).encode()
        out.write(b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n' % name.encode())
        out.write(raw + b"\r\n")
    for name, filename, media_type, content in files:
        head = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n'
        out.write(head % (name.encode(), filename))
        out.write(b"Content-Type: %s\r\n\r\n" % media_type + content + b"\r\n")
    out.write(b"--x--\r\n")
    return out.getvalue()


@cache
def content_of(case: Case) -> bytes:
    return case.make()


class Sender:
    """Sends files to one form and judges the answers."""

    def __init__(self, target: Target, person: Person, connection: Connection) -> None:
        self.target = target
        self.person = person
        self.connection = connection
        self.stands = holds(connection, COUNTERS)

    def fields(self) -> list[tuple[str, Any]]:
        """The rest of the form, as it is welcome."""
        tokens = {"csrf_token": self.person.token, "form_key": Browser.form_key()}
        return [*welcome(self.target)[0], *tokens.items()]

    def send(self, files: list[Part], **request: Any) -> tuple[TestResponse, list[str]]:
        """The answer, and what is wrong with it whatever was sent; nothing of it stays."""
        request.setdefault("content_type", "multipart/form-data; boundary=x")
        request.setdefault("data", body(self.fields(), files))
        with undone(self.connection), written(self.connection) as parameters:
            answer = self.person.open("POST", self.target.form.action, **request)
            faults = self.judge(answer)
            if answer.status_code >= 400 and parameters:
                after = holds(self.connection, COUNTERS)
                faults += [f"refused, and changed {name}" for name in changed(self.stands, after)]
            if answer.status_code < 400:
                faults += [fault for one in parameters for fault in unclean(one)]
        return answer, faults

    def judge(self, answer: TestResponse) -> list[str]:
        """A refusal is a page with a sentence."""
        if answer.status_code >= 500:
            return [f"{answer.status_code}"]
        if answer.status_code < 400:
            return []
        html = answer.get_data(as_text=True)
        try:
            page = check(html, self.person.language)
        except AssertionError as error:
            return [str(error)]
        if answer.status_code in {409, 422}:
            return summary_faults(Forms(html), self.person.language)
        says_it = (VIETNAMESE.search(page.h1[0]) is not None) == (self.person.language == "vi")
        return [] if says_it else [f"{answer.status_code} in another language: {page.h1}"]

    def case(self, field: str, case: Case) -> list[str]:
        """Send one of the corpus and compare with what its door says of it."""
        content = content_of(case)
        answer, faults = self.send([(field, case.filename, case.media_type, content)])
        door = door_of(self.target, field)
        wanted = case.is_taken(door) if door in TAKEN else None
        if wanted is not None and not case.name.startswith("name "):
            if len(content) > UPLOAD_BYTES - 100_000:
                wanted = False
            if wanted != (answer.status_code == 303):
                faults.append(f"{answer.status_code}, though taken is {wanted}")
        return [f"{self.target.name}, {field}, {case.name}: {fault}" for fault in faults]


def one_of(door: str, targets: list[Target]) -> tuple[Target, str]:
    """A form and its field for this kind of file: the one where the fewest other fields stand."""
    found = [
        (len(target.form.inputs), target.name, target, field)
        for target in targets
        for field in file_fields(target)
        if door_of(target, field) == door and (target.endpoint, target.who) not in REFUSED
    ]
    _, _, target, field = min(found)
    return target, field


@pytest.mark.parametrize("group", range(GROUPS))
def test_the_whole_corpus_at_one_form_of_each_kind(
    group: int,
    app: Flask,
    stage: Stage,
    people: Callable[..., Person],
    connection: Connection,
    kept_apart: None,
) -> None:
    faults = []
    targets = taking_files(app, stage, people)
    doors = {door_of(target, name) for target in targets for name in file_fields(target)}
    assert doors >= {"photo", "paper"}, "the forms were not found"
    for door in sorted(doors)[group::GROUPS]:
        target, field = one_of(door, targets)
        both = [people(target.who, code) for code in ("vi", "en")]  # before a Sender looks
        senders = [Sender(target, one, connection) for one in both]
        for number, case in enumerate(cases()):
            faults += senders[number % 2].case(field, case)
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:40])


@pytest.mark.parametrize("group", range(GROUPS))
def test_some_of_the_corpus_at_every_form(
    group: int,
    app: Flask,
    stage: Stage,
    people: Callable[..., Person],
    connection: Connection,
    kept_apart: None,
) -> None:
    faults = []
    targets = taking_files(app, stage, people)
    assert len(targets) > 10, "the forms were not found"
    for target in targets[group::GROUPS]:
        sender = Sender(target, people(target.who), connection)
        for field in file_fields(target):
            some = random.Random(f"{target.name} {field}").sample(cases(), PER_FORM)
            for case in cases() if FULL else some:
                found = sender.case(field, case)
                faults += [fault for fault in found if "though taken is True" not in fault]
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:40])


class Stream(io.RawIOBase):
    """A request body that is made while it is read, and counts what was read of it."""

    def __init__(self, head: bytes, size: int) -> None:
        self.left = size
        self.head = head
        self.read_so_far = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self.head[: len(buffer)] or bytes(min(len(buffer), self.left))
        self.head = self.head[len(part) :]
        self.left -= len(part)
        self.read_so_far += len(part)
        buffer[: len(part)] = part
        return len(part)


def odd_requests(sender: Sender, field: str) -> Iterator[tuple[str, set[int], dict[str, Any]]]:
    """Requests that no browser makes: a name, the answers that are right, and what to send."""
    fields, file = sender.fields(), (field, b"a.jpg", b"image/jpeg", picture())
    whole, kind = body(fields, [file]), "multipart/form-data; boundary=x"
    half = whole[: -len(picture()) // 2]
    yield "two files for one", {303, 422}, {"data": body(fields, [file, file])}
    yield "nine files", {422, 303}, {"data": body(fields, [file] * 9)}
    yield "five hundred files", {413}, {"data": body(fields, [file] * 500)}
    yield "no name", {422, 303}, {"data": body(fields, [(field, b"", b"a/b", picture())])}
    yield "a file for every field", {400, 422}, {
        "data": body([], [(name, b"a.jpg", b"a/b", picture()) for name, _ in fields])
    }  # fmt: skip
    yield "text for a file", {422, 303}, {"data": body([*fields, (field, "../../x")], [])}
    yield "an unknown field", {422, 303}, {"data": body(fields, [("x", *file[1:])])}
    yield "cut in the middle", {400, 422}, {"data": half}
    yield "no boundary", {400}, {"data": whole, "content_type": "multipart/form-data"}
    yield "other boundary", {400}, {"data": whole.replace(b"--x", b"--y"), "content_type": kind}
    yield "a head of 100 KB", {400, 413, 422, 303}, {
        "data": body(fields, [(field, b"a" * 100_000, b"a/b", picture())])
    }  # fmt: skip
    yield "a type that is none", {303, 400, 422}, {
        "data": body(fields, [(field, b"a.jpg", b"\xff;=;" * 40, picture())])
    }  # fmt: skip


def test_requests_with_files_that_no_browser_makes(
    app: Flask,
    stage: Stage,
    people: Callable[..., Person],
    connection: Connection,
    kept_apart: None,
) -> None:
    faults = []
    for target in taking_files(app, stage, people):
        if "photo" not in file_fields(target) or target.who == "anonymous":
            continue
        sender = Sender(target, people(target.who), connection)
        for label, right, request in odd_requests(sender, "photo"):
            answer, found = sender.send([], **request)
            faults += [f"{target.name}, {label}: {fault}" for fault in found]
            if answer.status_code not in right:
                faults.append(f"{target.name}, {label}: {answer.status_code}")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("is_chunked", [False, True], ids=["with its length", "without a length"])
def test_fifty_megabytes_are_refused_without_reading_them(
    is_chunked: bool,
    app: Flask,
    stage: Stage,
    people: Callable[..., Person],
    connection: Connection,
    kept_apart: None,
) -> None:
    size, faults = 50 * 1024 * 1024, []
    for target in taking_files(app, stage, people):
        sender = Sender(target, people(target.who), connection)
        field = file_fields(target)[0]
        head = body(sender.fields(), [(field, b"a.jpg", b"image/jpeg", b"")])[
            : -len("\r\n--x--\r\n")
        ]
        stream = Stream(head, size)
        environ = {
            "wsgi.input": io.BufferedReader(stream),
            "wsgi.input_terminated": is_chunked,
            "CONTENT_LENGTH": "" if is_chunked else str(size),
        }
        answer, found = sender.send([], data=b"", environ_overrides=environ)
        faults += [f"{target.name}: {fault}" for fault in found]
        if answer.status_code != 413:
            faults.append(f"{target.name}: {answer.status_code}")
        if stream.read_so_far > (UPLOAD_BYTES + 200_000 if is_chunked else 0):
            faults.append(f"{target.name}: read {stream.read_so_far} bytes")
        if is_chunked and not FULL:
            break
    assert not faults, "\n".join(faults)


def test_every_column_that_names_a_file_says_so(
    app: Flask, stage: Stage, connection: Connection
) -> None:
    """What no such column names is swept away after a day: one forgotten loses people's files."""
    store = app.config["SETTINGS"].files
    contents = {path.name for path in store.rglob("*") if path.is_file()}
    faults = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Digest) or column.type.python_type not in {str, dict, list}:
                continue
            values = " ".join(
                str(value)
                for (value,) in connection.execute(column.table.select().with_only_columns(column))
            )
            found = contents & set(re.findall(r"\b[0-9a-f]{64}\b", values))
            faults += [f"{column} names a file and is no Digest"] * bool(found)
    assert not faults, "\n".join(faults)
    assert contents
