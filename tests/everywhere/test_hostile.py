"""Values nobody should send, in every field of every form and every parameter of every page.

What must hold: never a fault of ours; a refusal says in the reader's language what is wrong and
keeps what was typed; a refusal changes nothing; what is taken is clean; the same form sent twice
is carried out once. The forms are found by opening the pages, so a new form is tried from its
first day. By default each field gets a few values chosen by a seed, with FULL_COUNTS=1 all.
"""

from __future__ import annotations

import io
import os
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask, url_for
from PIL import Image
from sqlalchemy import event
from sqlalchemy.engine import Connection
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse
from wtforms.form import BaseForm

import marketplace
from marketplace.core.ids import ALPHABET, LENGTH
from marketplace.web import errors
from tests.everywhere.forms import Forms, PageForm
from tests.everywhere.person import Person
from tests.everywhere.stage import NOWHERE, Stage, _photo, routes
from tests.everywhere.state import COUNTERS, changed, holds, undone
from tests.everywhere.test_matrix import known
from tests.everywhere.values import PICKS, VALUES, WELCOME, WELCOME_AT, encoded
from tests.page import Browser, check

FULL = bool(os.environ.get("FULL_COUNTS"))
PER_FIELD = 1
GROUPS = 4
"""The forms are dealt out to this many tests, so that several processes share them."""

VIETNAMESE = re.compile(
    "[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]", re.IGNORECASE
)
TOKENS = ("csrf_token", "form_key")
REFUSED = {
    ("accounts.sign_in_with_code", "anonymous"): "the code was given to nobody",
    ("accounts.sign_in_with_code", "official_1"): "the code was given to nobody",
    ("deals.sign", "official_1"): "a side has not handed in its signed paper",
    ("accounts.act_for", "nobody"): "without an organisation there is nothing to choose",
}
"""Forms that a welcome content does not get past, and why."""
ANEW = {
    "accounts.sign_in": "signs in anew (docs/adr/0004)",
    "accounts.issue_code": "gives a new code",
    "accounts.password": "ended the session that would tell who asks",
}
"""Forms whose repetition is not given the first answer, and why."""
FILES = {
    "photo": (_photo, "anh.jpg"),
    "photos": (_photo, "anh.jpg"),
    "paper": (lambda: b"%PDF-1.4\n%%EOF\n", "giay.pdf"),
    "acting_paper": (_photo, "phieu.jpg"),
    "consent_paper": (_photo, "dong-y.jpg"),
    "scan": (_photo, "giay.jpg"),
    "sheet": (_photo, "phieu-giay.jpg"),
    "files": (lambda: b"%PDF-1.4\n%%EOF\n", "bao-gia.pdf"),
    "firms_file": ("Name of the firm\nKhách sạn mới\n".encode, "moi.csv"),
    "file": ("title;price_low\nGừng;1.000\n".encode, "bang.csv"),
}

Someone = Callable[..., Browser]


# ---------------------------------------------------------------- finding the forms


@dataclass(frozen=True)
class Target:
    """A form on a page, for one person."""

    who: str
    page: str
    endpoint: str
    form: PageForm

    @property
    def name(self) -> str:
        """For messages."""
        return f"{self.endpoint} ({self.page}, {self.who})"


def openers(endpoint: str, label: str) -> list[str]:
    """Who is shown a page: the first of the list, and the first official, who may act for others."""
    row = known().get((endpoint, "GET", label), {})
    shown = [who for who, answer in row.items() if answer == "200"]
    official = [who for who in shown if "official" in who or "leader" in who]
    return list(dict.fromkeys([*shown[:1], *[w for w in shown if w == "coop"], *official[:1]]))


def pages(app: Flask, stage: Stage, most: int = 3) -> list[tuple[str, str, str]]:
    """(endpoint, address, who) of every page someone can open, for at most so many people."""
    with app.test_request_context():
        return [
            (endpoint, url_for(endpoint, **stage.fill(wanted)), who)
            for endpoint, method, label, wanted in routes(app)
            if method == "GET"
            for who in openers(endpoint, label)[:most]
        ]


def endpoint_of(app: Flask, path: str, method: str) -> str:
    """Where an address leads."""
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(path).path, method)[0])
    except HTTPException:
        return ""


_FOUND: dict[int, list[Target]] = {}


def forms(app: Flask, stage: Stage, people: Callable[[str], Person]) -> list[Target]:
    """Every form that posts, once for each kind of person and set of fields."""
    if id(stage) not in _FOUND:
        _FOUND[id(stage)] = sorted(find(app, stage, people), key=lambda target: target.name)
    return _FOUND[id(stage)]


def find(app: Flask, stage: Stage, people: Callable[[str], Person]) -> Iterable[Target]:
    """Open every page and read its forms."""
    found: dict[tuple[Any, ...], Target] = {}
    for _endpoint, path, who in pages(app, stage):
        answer = people(who).open("GET", path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        for form in Forms(answer.get_data(as_text=True)).read:
            form.action = form.action or path
            endpoint = endpoint_of(app, form.action, "POST")
            if form.method == "post" and endpoint != "accounts.sign_out":
                move = form.action.rsplit("/", 1)[-1] if endpoint.endswith("move") else ""
                fields = tuple(sorted(form.inputs))
                key = (endpoint, move, fields, "official" in who or "leader" in who)
                found.setdefault(key, Target(who, path, endpoint, form))
    return found.values()


def welcome(target: Target) -> tuple[list[tuple[str, str | bytes]], dict[str, Any]]:
    """A form filled in as its page asks for it: (fields, files)."""
    fields: list[tuple[str, str | bytes]] = []
    files = {}
    for name, one in target.form.inputs.items():
        if name in TOKENS:
            continue
        if one.kind == "file":
            assert name in FILES, f"say in test_hostile.py what file {name} takes"
            make, label = FILES[name]
            files[name] = (io.BytesIO(make()), label)
        elif one.kind in {"select", "radio"}:
            choices = [choice for choice in one.choices if choice]
            place = PICKS.get((target.endpoint, name))
            if place is not None:
                fields.append((name, choices[place]))
            else:
                fields += [(name, v) for v in [v for v in one.values if v] or choices[:1]]
        elif one.kind == "checkbox":
            fields += [(name, value) for value in one.values or one.choices[:1]]
        elif one.is_typed and not any(one.values):
            of_a_row = WELCOME.get(name.partition("-")[0])  # "loi-figure-abc": a row's own field
            value = WELCOME_AT.get((target.endpoint, name), WELCOME.get(name, of_a_row))
            assert value is not None, f"say in tests/everywhere/values.py what {name} may hold"
            fields.append((name, value))
        else:
            fields += [(name, value) for value in one.values]
    return fields, files


# ---------------------------------------------------------------- judging the answers


def judge(
    person: Person,
    target: Target,
    sent: list[tuple[str, str | bytes]],
    answer: TestResponse,
    *,
    long: bool,
) -> list[str]:
    """What is wrong with the answer to a form."""
    if answer.status_code >= 500:
        return [f"{answer.status_code}"]
    if answer.status_code < 400:
        return []
    if answer.mimetype != "text/html":
        return [f"{answer.status_code} is no page"]
    html = answer.get_data(as_text=True)
    faults = []
    if not long and not any(v == VALUES["percent"] for _, v in sent):  # which looks like a fault
        try:
            check(html, person.language)
        except AssertionError as error:
            faults.append(str(error))
    page = Forms(html)
    again = [f for f in page.read if f.method == "post" and f.content >= target.form.content]
    if answer.status_code in {422, 409} and again:
        faults += summary_faults(page, person.language)
        faults += lost(again[-1], target, sent)
    elif answer.status_code not in {403, 404, 409, 413}:
        faults.append(f"{answer.status_code} without the form")
    return faults


def summary_faults(page: Forms, language: str) -> list[str]:
    """Whether the error summary says something, in the reader's language."""
    if not page.summary:
        return ["no error summary"]
    own = [re.sub("“[^”]*”", "", sentence) for sentence in page.summary]
    if language == "en":
        return [f"not English: {s}" for s in own if VIETNAMESE.search(s)]
    return [f"not Vietnamese: {s}" for s in own if not VIETNAMESE.search(s)]


def lost(shown: PageForm, target: Target, sent: list[tuple[str, str | bytes]]) -> list[str]:
    """Fields that no longer hold what was typed; a password must not be there any more."""
    faults = []
    for name, one in target.form.inputs.items():
        typed = dict(sent).get(name)
        if not one.is_typed or name not in shown.inputs or typed is None:
            continue
        kept = shown.inputs[name].values[0]
        if one.kind == "password":
            faults += [f"{name}: the password is shown"] if kept else []
            continue
        if isinstance(typed, bytes):
            typed = typed.decode("utf-8", "werkzeug.url_quote")
        if one.kind != "textarea":
            typed = re.sub("[\r\n]+", "\n", typed)
            kept = re.sub("[\r\n]+", "\n", kept)
        if kept.replace("\r\n", "\n") != typed.replace("\r\n", "\n"):
            faults.append(f"{name}: typed {typed[:40]!r} and finds {kept[:40]!r}")
    return faults


@contextmanager
def written(connection: Connection) -> Iterator[list[Any]]:
    """The parameters of every INSERT, UPDATE and DELETE inside."""
    found: list[Any] = []

    def keep(_c: object, _k: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}:
            found.append(parameters)

    event.listen(connection.engine, "before_cursor_execute", keep)
    try:
        yield found
    finally:
        event.remove(connection.engine, "before_cursor_execute", keep)


def unclean(parameters: Any) -> list[str]:
    """Text on its way into the database that ``core.text.clean`` would not let through."""
    values = parameters.values() if isinstance(parameters, dict) else parameters
    faults = []
    for value in values:
        if isinstance(value, (list, tuple, dict)):
            faults += unclean(value)
        elif isinstance(value, str):
            bad = {c for c in value if unicodedata.category(c) in {"Cc", "Cf", "Cs"}} - {"\n"}
            if bad or "\ufffd" in value or unicodedata.normalize("NFC", value) != value:
                faults.append(f"keeps {value[:60]!r}")
    return faults


# ---------------------------------------------------------------- the tests


@pytest.fixture(autouse=True)
def _nothing_reaches_the_last_net() -> Iterator[None]:
    errors.last_net.clear()
    yield
    assert not errors.last_net, f"a parser let through: {errors.last_net[:5]}"


def chosen(group: int, key: str, most: int = PER_FIELD) -> list[tuple[str, str | bytes]]:
    """The values a field is tried with: all, or a few by a seed of its own."""
    everything = list(VALUES.items())
    if FULL:
        return everything
    return random.Random(f"{group} {key}").sample(everything, most)


@pytest.mark.parametrize("group", range(GROUPS))
def test_no_value_in_any_field_does_harm(
    group: int, app: Flask, stage: Stage, people: Callable[..., Person], connection: Connection
) -> None:
    targets = forms(app, stage, people)
    assert len(targets) > 30, "the forms were not found"
    faults = []
    for who in {target.who for target in targets}:
        people(who), people(who, "en")
    stands = holds(connection, COUNTERS)
    for target in targets[group::GROUPS]:
        fields, _ = welcome(target)
        for place, name in enumerate([name for name, _ in fields]):
            person = people(target.who, "en" if place % 2 else "vi")
            values = [
                *chosen(group, f"{target.endpoint} {target.who} {name}"),
                ("someone else's id", stage.ids["third"]),
            ]
            for label, value in values:
                changed_field = [(n, value if n == name else v) for n, v in fields]
                found = attempt(
                    person, target, changed_field, connection, stands, long=len(value) > 2000
                )
                faults += [f"{target.name}, {name} = {label}: {fault}" for fault in found]
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:60])


def attempt(
    person: Person,
    target: Target,
    fields: list[tuple[str, str | bytes]],
    connection: Connection,
    stands: dict[str, str],
    *,
    long: bool = False,
) -> list[str]:
    """Send a form, judge the answer, look at what was written, and take it back."""
    with undone(connection):
        with written(connection) as parameters:
            answer = person.send(target.form.action, fields)
        faults = judge(person, target, fields, answer, long=long)
        if answer.status_code >= 400 and parameters:
            after = holds(connection, COUNTERS)
            faults += [f"refused, and changed {name}" for name in changed(stands, after)]
        if answer.status_code < 400:
            faults += [fault for one in parameters for fault in unclean(one)]
        return faults


@pytest.mark.parametrize("group", range(2))
def test_a_welcome_form_is_taken_and_taken_once(
    group: int, app: Flask, stage: Stage, people: Callable[..., Person], connection: Connection
) -> None:
    faults = []
    for target in forms(app, stage, people)[group::2]:
        person = people(target.who)
        with undone(connection):
            key = Browser.form_key()
            answers, states = [], []
            for _ in range(2):
                fields, files = welcome(target)
                data: dict[str, Any] = {"csrf_token": person.token, "form_key": key}
                for name, value in fields:
                    data.setdefault(name, []).append(value)
                answers.append(person.open("POST", target.form.action, data=data | files))
                states.append(holds(connection, COUNTERS))
            first, second = answers
            if (first.status_code in {200, 303}) == ((target.endpoint, target.who) in REFUSED):
                summary = Forms(first.get_data(as_text=True)).summary
                faults.append(f"{target.name}: {first.status_code} {summary}")
            elif target.endpoint not in ANEW:
                if second.headers.get("Location") != first.headers.get("Location"):
                    faults.append(f"{target.name}: the second answer differs: {second.status}")
                faults += [f"{target.name}: twice in {t}" for t in changed(states[0], states[1])]
    assert not faults, "\n".join(faults)


def shapes(fields: list[tuple[str, str | bytes]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Requests that are no form of ours."""
    import json

    yield "nothing", {"data": b""}
    yield "every field twice", {"data": encoded([*fields, *fields])}
    yield "every field 300 times", {"data": encoded(fields[:2] * 300)}
    yield (
        "JSON",
        {
            "data": json.dumps({name: str(value) for name, value in fields}),
            "content_type": "application/json",
        },
    )
    yield "broken JSON", {"data": b'{"a": ' + b"[" * 100_000, "content_type": "application/json"}
    yield (
        "broken multipart",
        {
            "data": b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nab',
            "content_type": "multipart/form-data; boundary=x",
        },
    )
    yield "text", {"data": b"title=1", "content_type": "text/plain"}
    yield (
        "multipart without UTF-8",
        {
            "data": b"".join(
                b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n\xff\xfea\xc3\r\n'
                % name.encode()
                for name, _ in fields
            )
            + b"--x--\r\n",
            "content_type": "multipart/form-data; boundary=x",
        },
    )
    yield "files for text", {"data": {name: (io.BytesIO(b"x"), "\x00.txt") for name, _ in fields}}
    yield (
        "unknown charset",
        {
            "data": encoded(fields),
            "content_type": "application/x-www-form-urlencoded; charset=klingon",
        },
    )


NEVER_TAKEN = {"nothing", "JSON", "broken JSON", "broken multipart", "text"}
NO_FIELDS = {"accounts.issue_code", "alerts.stop"}
"""Forms of nothing but their CSRF token, which may come in a header; the link that stops mails
needs none, it is signed."""


def test_whoever_asks_for_files_lets_them_in(
    app: Flask, stage: Stage, people: Callable[..., Person]
) -> None:
    for target in forms(app, stage, people):
        if any(one.kind == "file" for one in target.form.inputs.values()):
            view = app.view_functions[target.endpoint]
            assert getattr(view, "__uploads__", False), f"{target.name}: @access(…, uploads=True)"


def test_a_photo_as_phones_make_them_is_taken(
    stage: Stage, people: Callable[..., Person], connection: Connection
) -> None:
    out = io.BytesIO()
    Image.effect_noise((1800, 1400), 90).save(out, "PNG")
    assert len(out.getvalue()) > 2 * 1024 * 1024
    coop = people("coop")
    parts = {"csrf_token": coop.token, "form_key": Browser.form_key()}
    head = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts.items()
    )
    head += '--x\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\n'
    answer = coop.open(
        "POST",
        f"/ban-hang/{stage.ids['draft']}/anh",
        data=head.encode() + out.getvalue() + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 303


def test_requests_that_are_no_form_of_ours(
    app: Flask, stage: Stage, people: Callable[..., Person], connection: Connection
) -> None:
    faults = []
    for target in forms(app, stage, people):
        person = people(target.who)
        everything = list(shapes(welcome(target)[0]))
        some = everything if FULL else random.Random(target.name).sample(everything, 3)
        for label, request in some:
            with undone(connection), written(connection) as parameters:
                header = {"X-CSRFToken": person.token}
                answer = person.open("POST", target.form.action, headers=header, **request)
                name = f"{target.name}, {label}"
                if answer.status_code >= 500:
                    faults.append(f"{name}: {answer.status_code}")
                if parameters and label in NEVER_TAKEN and target.endpoint not in NO_FIELDS:
                    faults.append(f"{name}: {answer.status_code}")
                if answer.status_code >= 400 and parameters:
                    faults.append(f"{name}: wrote {parameters[0]}")
    assert not faults, "\n".join(faults)


@contextmanager
def fields_made() -> Iterator[set[str]]:
    """The names of the fields of every form that the program makes inside."""
    names: set[str] = set()
    made = BaseForm.__init__

    def remember(form: BaseForm, *args: Any, **kwargs: Any) -> None:
        made(form, *args, **kwargs)
        names.update(form._fields)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseForm, "__init__", remember)
        yield names


def test_columns_sent_along_change_nothing_more(
    app: Flask, stage: Stage, people: Callable[..., Person], connection: Connection
) -> None:
    """Mass assignment (abuse T03): no form takes more than its fields."""
    from marketplace.core.db import db

    columns = {column.name for table in db.metadata.tables.values() for column in table.columns}
    faults = []
    for target in forms(app, stage, people):
        person = people(target.who)
        fields, _ = welcome(target)
        extra: list[tuple[str, str]] = []
        seen = []
        with fields_made() as known:
            for _ in range(2):
                with undone(connection), written(connection) as parameters:
                    answer = person.send(target.form.action, [*fields, *extra], form_key="k" * 24)
                    seen.append((answer.status_code, sorted(masked(one) for one in parameters)))
                unknown = columns - set(target.form.inputs) - known - {*TOKENS}
                extra = [(name, "1") for name in sorted(unknown)]
        if seen[0] != seen[1]:
            faults.append(f"{target.name}: {seen[0]}\n  {seen[1]}")
    assert not faults, "\n".join(faults)


def masked(parameters: Any) -> str:
    """Parameters without what chance makes: ids, digests, signatures."""
    values = parameters.values() if isinstance(parameters, dict) else parameters
    plain = [v for v in values if not isinstance(v, (list, tuple, dict))]
    chance = rf"\bø?[{ALPHABET}]{{{LENGTH}}}\b|\b[0-9a-f]{{64}}\b|\$argon2[^']*"
    return re.sub(chance, "?", repr(plain))


# ---------------------------------------------------------------- addresses and their parameters


def parameters_of(endpoint: str) -> set[str]:
    """The names that the code of an endpoint's feature reads from the query string."""
    folder = Path(marketplace.__file__).parent / endpoint.partition(".")[0]
    found: set[str] = set()
    for path in folder.glob("**/*.py"):
        text = path.read_text()
        found |= set(re.findall(r"""args\.get(?:list)?\(\s*["']([^"']+)["']""", text))
        if "asked = {" in text:
            found |= {"hang", "to-chuc"}
    return found | {"trang", "q"}


TRICKS = "endpoint=x&values=1&_external=1&_scheme=javascript&_anchor=x&_method=DELETE&self=1"
"""Names that mean something to the functions which build addresses."""


@pytest.mark.parametrize("group", range(2))
def test_no_parameter_of_any_page_does_harm(
    group: int, app: Flask, stage: Stage, people: Callable[..., Person], connection: Connection
) -> None:
    faults = []
    mine = pages(app, stage, most=3 if FULL else 1)[group::2]
    for who in {who for _, _, who in mine}:
        people(who)
    before = holds(connection, COUNTERS)
    for endpoint, path, who in mine:
        person = people(who)
        queries = [("tricks", TRICKS.encode()), ("", b"&".join([b"trang=2"] * 300))]
        for name in sorted(parameters_of(endpoint)):
            some = [*chosen(group, endpoint + name), *[("last", "99999")] * (name == "trang")]
            queries += [(f"{name} = {label}", encoded([(name, value)])) for label, value in some]
        for label, query in queries:
            joined = f"{path}{'&' if '?' in path else '?'}{query.decode()}"
            answer = person.open("GET", joined)
            if answer.status_code >= 500:
                faults.append(f"{path} {label}: {answer.status_code}")
            location = answer.headers.get("Location", "")
            if location and (not location.startswith("/") or location.startswith(("//", "/\\"))):
                faults.append(f"{path} {label}: leads to {location}")
            if answer.mimetype == "text/html" and answer.status_code == 200:
                html = answer.get_data(as_text=True)
                if len(query) < 2000 and b"%25%28" not in query:
                    try:
                        check(html, "vi")
                    except AssertionError as error:
                        faults.append(f"{path} {label}: {error}")
                if re.search(r"(href|action|src)=\"?(javascript:|https?://evil|//evil)", html):
                    faults.append(f"{path} {label}: a link to elsewhere")
    faults += [f"the GETs changed {name}" for name in changed(before, holds(connection, COUNTERS))]
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults[:40])


def test_no_part_of_any_address_does_harm(
    app: Flask, stage: Stage, people: Callable[..., Person], connection: Connection
) -> None:
    person = people("official_1")
    faults = []
    with app.test_request_context():
        found = [
            (endpoint, method, url_for(endpoint, **stage.fill(wanted)), stage.fill(wanted))
            for endpoint, method, _label, wanted in routes(app)
            if wanted
        ]
    seen = set()
    for endpoint, method, path, wanted in found:
        for name, value in wanted.items():
            if (endpoint, method, name) in seen:
                continue
            seen.add((endpoint, method, name))
            some = chosen(0, f"{endpoint} {name}", 8)
            for label, bad in [*some, ("nothing", NOWHERE)]:
                hostile = path.replace(quote(value), quote(bad, safe=""), 1)
                if hostile == path:  # the part is no part of the address
                    continue
                if ("?" in path and f"{name}=" in path) or len(bad) > 6000:
                    continue
                with undone(connection):
                    tokens = {"csrf_token": person.token, "form_key": Browser.form_key()}
                    data = tokens if method == "POST" else None
                    answer = person.open(method, hostile, data=data)
                harmful = answer.status_code < 300 and bad and endpoint != "static"
                if answer.status_code >= 500 or harmful:
                    faults.append(f"{method} {hostile[:80]} ({label}): {answer.status_code}")
    assert not faults, "\n".join(faults[:40])
