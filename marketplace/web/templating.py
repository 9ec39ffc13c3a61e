"""What every page may use: filters, the words of the present language, hashed files, the frame."""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from collections.abc import Callable, Hashable
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, g, has_request_context, request, url_for
from jinja2 import Undefined, UndefinedError
from jinja2.runtime import Macro

from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.i18n import N_
from marketplace.web import formats, locale, navigation
from marketplace.web.access import actor
from marketplace.web.forms import new_key
from marketplace.web.workflow import can, moves

STATIC = Path(__file__).resolve().parents[1] / "static"
PACKS = Path(__file__).resolve().parents[1] / "templates" / "themes"
IMMUTABLE = 365 * 86400
SQUEEZED = frozenset({"text/css", "text/javascript", "image/svg+xml", "text/plain"})
THEME_COOKIE = "theme"
MOST_KEPT = 6_000_000
"""Characters of pieces of pages a process keeps; then it starts anew."""

FRAME_HOOKS: list[Callable[[Actor], dict[str, Any]]] = []
"""What features add to every page, such as the number of unread notices; set in ``init_app``."""


class Loud(Undefined):
    """May be asked whether it is there; printing something that is not there is a mistake."""

    def __str__(self) -> str:
        raise UndefinedError(self._undefined_message)

    __html__ = __str__


_COMMENT = re.compile(rb"/\*.*?\*/|(?<=[{};])\s+", re.DOTALL)
_NAMED = re.compile(rb"url\(([\"']?)(?!data:|/|#|[a-z]+:)([^)\"']+)\1\)")


@lru_cache(maxsize=512)
def _sent(path: str) -> bytes:
    """A static file as it is sent: a style without comments, naming its files by their hashes.

    So that a font or picture is kept for ever, and a page may load it ahead under the same name.
    """
    content = (STATIC / path).read_bytes()
    if not path.endswith(".css"):
        return content

    def named(found: re.Match[bytes]) -> bytes:
        return b"url(%s)" % _asset(_beside(path, found[2].decode())).encode()

    return _NAMED.sub(named, _COMMENT.sub(b"", content))


def _beside(path: str, name: str) -> str:
    """The static file that ``path`` calls ``name``."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), name))


@lru_cache(maxsize=512)
def _asset(path: str) -> str:
    return f"/static/{path}?v={hashlib.sha256(_sent(path)).hexdigest()[:10]}"


def asset(path: str) -> str:
    """The address of a static file, with its content's hash, so that it may be kept for ever."""
    return _asset(path)


def theme_pack() -> str:
    """The theme pack of the pair shown; ``neutral`` where it has none."""
    pair = g.get("pair") if has_request_context() else None
    name = pair.theme if pair is not None else "neutral"
    return name if _has_pack(name) else "neutral"


@lru_cache(maxsize=64)
def _has_pack(name: str) -> bool:
    return (PACKS / name).is_dir()


def kept(macro: Macro, *values: Hashable, **named: Hashable) -> str:
    """What a macro writes for these values, written once for each language, theme and day.

    For macros that read nothing else, and values that are all of what they show: then it can
    never be stale, and a list need not write every card anew for every reader.
    """
    key = (
        macro._func.__code__.co_filename,  # noqa: SLF001  the template; names alone are not unique
        macro.name,
        values,
        tuple(named.items()),
        locale.language(),
        theme_pack(),
        clock.today(),
    )
    written = _written.get(key)
    if written is None:
        written = macro(*values, **named)
        _written.keep(key, written)
    return written


class _Pieces(dict[Hashable, str]):
    """What has been written, up to ``MOST_KEPT`` characters in all."""

    size = 0

    def keep(self, key: Hashable, written: str) -> None:
        if self.size + len(written) > MOST_KEPT:
            self.clear()
            self.size = 0
        self[key] = written
        self.size += len(written)


_written = _Pieces()


def _frame() -> dict[str, Any]:
    """The variables of every layout; pages may override the last ones with ``set``."""
    context: dict[str, Any] = {
        "lang": locale.language(),
        "form": None,
        "htmx": False,
        "wide": False,
        "no_shortcuts": False,
        "has_box": False,
    }
    if not has_request_context():
        return context
    someone = actor()
    pair = g.get("pair")
    other = "en" if context["lang"] == "vi" else "vi"
    nav, footer = navigation.top(someone), navigation.footer(someone)
    context |= {
        "actor": someone,
        "pair": pair,
        "site_name": pair.name if pair else N_("Matchmaking portal"),
        "nav": nav,
        "office_tools": navigation.office(someone),
        "tabs": navigation.tabs(someone),
        "account_links": navigation.account(someone) if someone.is_signed_in else (),
        "footer_links": footer,
        "only_in_nav": navigation.beyond(nav, footer),
        "offices": tuple(map(_office, (pair.source, pair.market))) if pair else (),
        "unread": 0,
        "is_demonstration": not current_app.config["SETTINGS"].production,
        "language_switch": {
            "code": other,
            "label": locale.LANGUAGES[other],
            "url": url_for("pages.language", code=other, next=request.full_path.rstrip("?")),
        },
        "theme_choice": _theme_choice(),
        "data_saver": request.headers.get("Save-Data") == "on",
        "page_url": f"{current_app.config['PUBLIC_URL']}{request.path}",
    }
    return context | _from_features(someone)


def _office(place: Any) -> tuple[str, str | None, str | None, str | None]:
    """A locality as the footer names it: its values, which ``kept`` can compare."""
    return place.name, place.office, place.phone, place.email


def _from_features(someone: Actor) -> dict[str, Any]:
    """What the hooks add; a database that does not answer must not spoil the error page."""
    added: dict[str, Any] = {}
    try:
        for hook in FRAME_HOOKS:
            added |= hook(someone)
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
    return added


def _theme_choice() -> str | None:
    wished = request.cookies.get(THEME_COOKIE)
    return wished if wished in {"light", "dark"} else None


def _keep_for_ever(response: Response) -> Response:
    """A static file asked for by its hash never changes."""
    if request.endpoint == "static" and response.status_code in {200, 304}:
        if request.args.get("v"):
            response.cache_control.max_age = IMMUTABLE
            response.cache_control.public = True
            response.cache_control.immutable = True
        response.headers.pop("Set-Cookie", None)
    if request.endpoint == "static" and response.status_code == 200:  # noqa: PLR2004
        _send_text(response)
    return response


def _send_text(response: Response) -> None:
    """Send a static file of text as ``_sent`` has it, compressed; Flask-Compress leaves files."""
    squeezed = bool(request.accept_encodings["gzip"])
    if response.mimetype not in SQUEEZED or not (squeezed or response.mimetype == "text/css"):
        return
    path = posixpath.normpath((request.view_args or {})["filename"])
    content = _gzipped(path) if squeezed else _sent(path)
    close = getattr(response.response, "close", None)
    if close is not None:
        close()
    response.direct_passthrough = False
    response.data = content
    if squeezed:
        response.content_encoding = "gzip"
        response.set_etag(response.get_etag()[0] or "", weak=True)  # both forms are one resource


@lru_cache(maxsize=512)
def _gzipped(path: str) -> bytes:
    """A static file compressed as tightly as it goes, once in a process."""
    return gzip.compress(_sent(path), 9, mtime=0)


def init_app(app: Flask) -> None:
    """Set up Jinja."""
    env = app.jinja_env
    env.undefined = Loud
    env.trim_blocks = True
    env.lstrip_blocks = True
    env.filters.update(formats.FILTERS)
    env.globals.update(
        asset=asset,
        kept=kept,
        theme_pack=theme_pack,
        today=clock.today,
        now=clock.now,
        can=can,
        moves=moves,
        new_key=new_key,
    )
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 86400
    app.context_processor(_frame)
    app.after_request(_keep_for_ever)
