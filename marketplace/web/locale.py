"""Which language, and texts in it.

Signing in puts the account's language into the cookie; a later choice on the page replaces it
there; without a cookie the account counts, and at last Vietnamese. The catalogue is bound once a
request; looking it up at every message costs eighty times as much (quality page, section 1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from gettext import NullTranslations
from typing import ParamSpec, TypeVar

from flask import Flask, g, has_request_context, request
from flask_babel import Babel
from markupsafe import Markup

from marketplace.core.i18n import Text
from marketplace.web import catalogues

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
DEFAULT = "vi"
COOKIE = "lang"

P = ParamSpec("P")
T = TypeVar("T")

_forced: ContextVar[str | None] = ContextVar("forced_language", default=None)


def language() -> str:
    """The language of the present request or mail."""
    forced = _forced.get()
    if forced:
        return forced
    if not has_request_context():
        return DEFAULT
    if "language" not in g:
        from marketplace.web.access import actor

        wished = request.cookies.get(COOKIE) or actor().language
        g.language = wished if wished in LANGUAGES else DEFAULT
    chosen: str = g.language
    return chosen


@contextmanager
def in_language(code: str | None) -> Iterator[None]:
    """Speak this language inside the block: a mail is written in its reader's."""
    token = _forced.set(code if code in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _forced.reset(token)


def spoken(view: Callable[P, T]) -> Callable[P, T]:
    """Answer in the language the address names, whoever asks: others keep what they were sent."""

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        with in_language(request.args.get("lang", DEFAULT)):
            return view(*args, **kwargs)

    return run


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> NullTranslations:
    return catalogues.load(code)


def _bound() -> NullTranslations:
    if _forced.get() or not has_request_context():
        return _catalogue(language())
    bound: NullTranslations | None = g.get("catalogue")
    if bound is None:
        bound = g.catalogue = _catalogue(language())
    return bound


def gettext(msgid: str, **params: object) -> str:
    """``msgid`` in the present language, with parameters filled in."""
    text = _bound().gettext(msgid) if msgid else ""
    return text % params if params else text


def ngettext(singular: str, plural: str, num: int, **params: object) -> str:
    """The form for ``num``."""
    return _bound().ngettext(singular, plural, num) % {"num": num, **params}


def pgettext(context: str, msgid: str, **params: object) -> str:
    """``msgid`` as meant in a context."""
    text = _bound().pgettext(context, msgid)
    return text % params if params else text


def say(text: object) -> str:
    """Translate what came from Python: a message id, or a ``Text`` with parameters.

    Parameters that are texts, dates or numbers are said in the same language.
    """
    if isinstance(text, Markup):
        return text  # said and escaped already
    if isinstance(text, Text):
        from marketplace.web import formats

        params = {key: formats.shown(value) for key, value in text.params.items()}
        return gettext(text.msgid, **params)
    return gettext(str(text)) if text else ""


def init_app(app: Flask) -> None:
    """Give Flask-Babel and Jinja our choice of language."""
    Babel(
        app,
        default_locale=DEFAULT,
        default_timezone="Asia/Ho_Chi_Minh",
        default_translation_directories=str(catalogues.FOLDER),
        locale_selector=language,
    )
    for code in LANGUAGES:
        _catalogue(code)  # compiled now: a broken catalogue stops the start, not a page
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda msgid: _bound().gettext(msgid) if msgid else "",
        lambda singular, plural, num: _bound().ngettext(singular, plural, num),
        newstyle=True,
        pgettext=lambda context, msgid: _bound().pgettext(context, msgid),
    )
