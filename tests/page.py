"""A browser for tests: every page it gets is held to the standard of the house."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import request_started
from flask.testing import FlaskClient
from jinja2 import Template
from sqlalchemy import event
from werkzeug.test import TestResponse

from marketplace.accounts import queries, services, sessions
from marketplace.core.db import db

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
MAX_HTML = 90_000
"""Bytes of a page before compression; the budgets after compression are tested apart."""


class Document(HTMLParser):
    """What the checks need of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.forms: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self.title = ""
        self.h1: list[str] = []
        self._form: dict[str, Any] | None = None
        self._in: dict[str, bool] = {}
        self.feed(html)
        if self.open:
            self.faults.append(f"not closed: {self.open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append((tag, values))
        if tag not in VOID and tag not in {"path", "circle", "rect", "line", "use", "polyline"}:
            self.open.append(tag)
        if tag == "form":
            self._form = {"attrs": values, "fields": {}}
            self.forms.append(self._form)
        if self._form is not None and tag in {"input", "select", "textarea", "button"}:
            name = values.get("name")
            if name:
                self._form["fields"].setdefault(name, values.get("value") or "")
        if tag == "h1":
            self.h1.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or tag in {"path", "circle", "rect", "line", "use", "polyline"}:
            return
        if tag in {"p", "li", "option", "dt", "dd", "tr", "td", "th"}:
            while self.open and self.open[-1] != tag and self.open[-1] in {"p", "li", "option"}:
                self.open.pop()
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes <{self.open[-1] if self.open else ''}>")
            return
        self.open.pop()
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if "title" in self.open[-1:]:
            self.title += data
        if "h1" in self.open:
            self.h1[-1] += data
        if "script" not in self.open[-1:]:
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All words of the page."""
        return re.sub(r"\s+", " ", " ".join(self.texts)).strip()


def check(html: str, language: str) -> Document:
    """Hold a page to the standard; raises AssertionError naming every fault at once."""
    page = Document(html)
    faults = list(page.faults)
    if len(page.h1) != 1:
        faults.append(f"{len(page.h1)} h1")
    lang = next((a.get("lang") for t, a in page.tags if t == "html"), None)
    if lang != language:
        faults.append(f"lang={lang}, not {language}")
    ids = [a["id"] for _, a in page.tags if a.get("id")]
    faults += [f"id {i} twice" for i in sorted({i for i in ids if ids.count(i) > 1} - {None})]
    labelled = {a.get("for") for t, a in page.tags if t == "label"}
    for tag, a in page.tags:
        if "style" in a or any(name.startswith("on") for name in a):
            faults.append(f"inline style or handler in <{tag}>")
        if tag == "script" and not a.get("src") and a.get("type") != "application/ld+json":
            faults.append("inline script")
        if tag in {"input", "select", "textarea"} and a.get("type") not in {"hidden", "submit"}:
            named = a.get("aria-label") or a.get("aria-labelledby") or a.get("id") in labelled
            wrapped = a.get("type") in {"checkbox", "radio"}
            if not named and not wrapped:
                faults.append(f"<{tag} name={a.get('name')}> has no label")
        if tag == "img" and "alt" not in a:
            faults.append(f"img without alt: {a.get('src')}")
    for form in page.forms:
        if (form["attrs"].get("method") or "get").lower() == "post" and (
            "csrf_token" not in form["fields"]
        ):
            faults.append(f"POST form without csrf_token: {form['attrs'].get('action')}")
    if "%(" in page.text or "Traceback" in page.text or "Undefined" in page.text:
        faults.append("raw placeholder in the text")
    if len(html.encode()) > MAX_HTML:
        faults.append(f"{len(html.encode())} bytes")
    assert not faults, "; ".join(faults) + "\n" + page.title
    return page


@contextmanager
def no_sql_in_templates() -> Iterator[None]:
    """Fail when a template asks the database: what a page shows is loaded before it is drawn."""
    drawing: list[str] = []
    found: list[str] = []
    draw = Template.render

    def render(template: Template, *args: Any, **kwargs: Any) -> str:
        drawing.append(template.name or "?")
        try:
            return draw(template, *args, **kwargs)
        finally:
            drawing.pop()

    def asked(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if drawing:
            found.append(f"{drawing[-1]}: {statement}")

    engine = db.engine.engine
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "render", render)
        event.listen(engine, "before_cursor_execute", asked)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", asked)
    assert not found, "SQL while a template was drawn:\n" + "\n".join(found[:3])


class Browser:
    """A test client that reads pages, fills forms and follows redirects as a person would."""

    def __init__(self, client: FlaskClient, language: str = "vi") -> None:
        self.client = client
        self.language = language
        self._response: TestResponse | None = None
        self._page: Document | None = None
        self._awaits: str | None = None
        if language != "vi":
            client.set_cookie("lang", language)

    def get(self, path: str, status: int = 200) -> Document | None:
        """Open a page; it must answer with ``status`` and, as HTML, be in order."""
        return self._take(self.client.get(path), status)

    def post(
        self, path: str, data: dict[str, Any] | None = None, status: int = 303
    ) -> Document | None:
        """Send data with the tokens a form would carry."""
        payload = {"csrf_token": self.csrf_token(), "form_key": self.form_key()}
        return self._take(self.client.post(path, data=payload | (data or {})), status)

    def submit(
        self,
        data: dict[str, Any] | None = None,
        *,
        action: str | None = None,
        status: int = 303,
        follow: bool = True,
        **kwargs: Any,
    ) -> Document | None:
        """Fill in and send a form of the present page, then follow the redirect.

        ``action`` picks the form whose address ends so; else the one POST form of the main part.
        """
        assert self.page is not None, "no page is open"
        form = self._form(action)
        fields = {k: v for k, v in form["fields"].items() if v} | (data or {})
        target = form["attrs"].get("action") or self._path
        self._take(self.client.post(target, data=fields, **kwargs), status)
        if status == 303 and follow:
            assert self.response is not None
            return self.get(self.response.headers["Location"])
        return self.page

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the page."""
        self.get("/dang-nhap")
        self.submit({"identifier": email, "password": password}, action="/dang-nhap")

    def enter(self, email: str) -> None:
        """Be signed in without the page of it: what sending it does, nothing drawn or compared.

        The page one lands on is opened when the test looks at it. Signing in has its own tests.
        """
        person = queries.by_identifier(email)
        assert person is not None, f"nobody is {email}"
        app = self.client.application
        with app.test_request_context("/dang-nhap", method="POST"):
            request_started.send(app, _async_wrapper=app.ensure_sync)
            sessions.enter(lambda: services._start_session(person.id, ()))
            answer = app.process_response(app.response_class())
        cookies = answer.headers.getlist("Set-Cookie")
        self.client._update_cookies_from_response("localhost", "/", cookies)
        self._awaits = "/"

    @property
    def page(self) -> Document | None:
        """The present page."""
        self._arrive()
        return self._page

    @page.setter
    def page(self, page: Document | None) -> None:
        self._awaits = None
        self._page = page

    @property
    def response(self) -> TestResponse | None:
        """The last answer."""
        self._arrive()
        return self._response

    @property
    def text(self) -> str:
        """The words of the present page."""
        assert self.page is not None
        return self.page.text

    @property
    def path(self) -> str:
        """Where the browser is."""
        self._arrive()
        return self._path

    def csrf_token(self) -> str:
        """A token from any form of the present page, or of the sign-in page."""
        for form in self.page.forms if self.page else []:
            if form["fields"].get("csrf_token"):
                return str(form["fields"]["csrf_token"])
        self.get("/dang-nhap")
        assert self.page is not None
        return next(
            str(f["fields"]["csrf_token"]) for f in self.page.forms if f["fields"].get("csrf_token")
        )

    @staticmethod
    def form_key() -> str:
        """A fresh form key."""
        from marketplace.web.forms import new_key

        return new_key()

    def _form(self, action: str | None) -> dict[str, Any]:
        assert self.page is not None
        posts = [
            f for f in self.page.forms if (f["attrs"].get("method") or "get").lower() == "post"
        ]
        if action is not None:
            fitting = [
                f for f in posts if (f["attrs"].get("action") or self._path).endswith(action)
            ]
        else:
            fitting = [f for f in posts if "/dang-xuat" not in (f["attrs"].get("action") or "")]
        assert fitting, f"no form {action}; there are {[f['attrs'] for f in posts]}"
        return fitting[0]

    def _arrive(self) -> None:
        if self._awaits is not None:
            self.get(self._awaits)

    def _take(self, response: TestResponse, status: int) -> Document | None:
        self._awaits = None
        self._response = response
        self._path = response.request.path
        assert response.status_code == status, (
            f"{response.request.method} {response.request.path}: {response.status_code}, "
            f"not {status}\n{_words(response)[:1500]}"
        )
        if response.mimetype == "text/html" and response.status_code not in {301, 302, 303, 308}:
            self._page = check(response.get_data(as_text=True), self.language)
            return self._page
        return None


def _words(response: TestResponse) -> str:
    if response.mimetype != "text/html":
        return response.get_data(as_text=True)[:500]
    return Document(response.get_data(as_text=True)).text
