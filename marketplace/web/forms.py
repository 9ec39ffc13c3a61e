"""The form of every page, and ``handle``, the way every POST goes.

A form has one key and hands over one frozen dataclass. A POST is read, runs one use case and
redirects; or shows the same page with a sentence, and 422.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import secrets
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import MultiDict
from wtforms import StringField
from wtforms.widgets import HiddenInput

from marketplace.core.errors import (
    Blocked,
    Conflict,
    DomainError,
    Invalid,
    Repeated,
    TooManyTries,
    Unavailable,
)
from marketplace.core.i18n import N_, Text
from marketplace.core.use_case import Once, earlier_answer, once
from marketplace.web.access import actor
from marketplace.web.locale import say

R = TypeVar("R")

KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")
REFUSED: dict[type[DomainError], int] = {Conflict: 409, TooManyTries: 429, Unavailable: 503}
NOT_CONTENT = frozenset({"csrf_token", "form_key"})


class FormKeyField(StringField):
    """Hidden: a key that makes sending the form twice the same as sending it once."""

    widget = HiddenInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take over a well-formed key, else none."""
        raw = valuelist[0] if valuelist else ""
        self.data = raw if isinstance(raw, str) and KEY.fullmatch(raw) else None

    def _value(self) -> str:
        return self.data or ""


def new_key() -> str:
    """A fresh key for a form."""
    return secrets.token_urlsafe(18)


class Form(FlaskForm):
    """Base of all forms. ``Values`` names the frozen dataclass it hands to the use case."""

    class Meta(FlaskForm.Meta):
        """No translations of WTForms' own: all messages are ours."""

        locales = False

        def wrap_formdata(self, form: object, formdata: object) -> object:
            """Forms and files only: what comes as JSON is no form and counts as empty."""
            if formdata is _Auto and request.is_json:
                return MultiDict() if form.is_submitted() else None  # type: ignore[attr-defined]
            return super().wrap_formdata(form, formdata)

        def get_translations(self, form: object) -> None:
            """Ours are said by the template."""

    Values: ClassVar[type[Any] | None] = None
    form_key = FormKeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.form_key.data and not self.is_submitted():
            self.form_key.data = new_key()

    def values(self) -> Any:
        """The fields that ``Values`` asks for, as one frozen dataclass."""
        if self.Values is None:
            msg = f"{type(self).__name__} hands over no values"
            raise TypeError(msg)
        wanted = {f.name for f in dataclasses.fields(self.Values)}
        return self.Values(**{name: self[name].data for name in wanted if name in self})

    def typed(self, name: str) -> Any:
        """What a field holds; None where this form was made without it."""
        return self[name].data if name in self else None

    def refuse(self, error: DomainError) -> None:
        """Put a refusal where it belongs: at its field, or on top of the form."""
        if isinstance(error, Invalid) and error.field in self:
            field = self[error.field]
            field.errors = [*field.errors, error.text]
        else:
            texts = error.blockers if isinstance(error, Blocked) else [error.text]
            self.form_errors.extend(texts)

    def again(self) -> None:
        """A new key for the next try: what was refused was not carried out."""
        self.form_key.data = new_key()
        self.form_key.raw_data = None


def fingerprint() -> str:
    """What the request's form holds, so that a changed form is not taken for a repetition."""
    parts = [
        f"{key}={value}"
        for key in sorted(request.form)
        if key not in NOT_CONTENT
        for value in request.form.getlist(key)
    ]
    parts += sorted(f"{key}:{upload.filename}" for key, upload in request.files.items(multi=True))
    content = f"{request.path}\n" + "\n".join(parts)
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()


def handle(
    form: Form,
    page: Callable[[], str],
    act: Callable[[], R],
    done: Callable[[R], str],
    said: Text | str | None = None,
) -> ResponseReturnValue:
    """Show the form on GET; on POST run the use case once and go to ``done(result)``.

    A form that cannot be read, or a refusal that says how to put it right, shows the page again
    with status 422 (409 for a conflict, 429 for what was tried too often, 503 where files cannot
    be kept now) and everything that was typed. Other refusals have pages of their own
    (``web.errors``).
    """
    if request.method != "POST":
        return page()
    if not form.validate():
        form.again()
        return page(), 422
    if not form.form_key.data:
        form.form_errors.append(
            N_("This page was open too long. Check what you typed and send it again.")
        )
        form.again()
        return page(), 422
    ticket = Once(form.form_key.data, actor().user_id, fingerprint(), done)
    try:
        with once(ticket):
            result = act()
    except Repeated as repeated:
        return redirect(repeated.location, 303)
    except (Invalid, Blocked, Conflict, TooManyTries, Unavailable) as error:
        form.refuse(error)
        form.again()
        return page(), REFUSED.get(type(error), 422)
    if said:
        flash(say(said), "ok")
    return redirect(done(result), 303)


def answer_again() -> ResponseReturnValue | None:
    """Give a form that was carried out before the answer it got, whatever the page says now.

    Registered before every request: the step a form took often closes its own page.
    """
    key = request.form.get("form_key", "") if request.method == "POST" else ""
    if not KEY.fullmatch(key):
        return None
    location = earlier_answer(Once(key, actor().user_id, fingerprint(), str))
    return redirect(location, 303) if location else None


def is_htmx() -> bool:
    """Whether htmx asks for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def send(content: bytes, media_type: str, *, name: str, attachment: bool) -> Response:
    """Stored content, never active: no sniffing, its own sandbox, a name only as a label."""
    response = Response(content, mimetype=media_type)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers.set(
        "Content-Disposition", "attachment" if attachment else "inline", filename=name
    )
    return response


__all__ = ["Form", "answer_again", "handle", "is_htmx", "new_key", "send"]
