"""Refusals and faults as pages in the user's language. Nothing technical is ever shown."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from marketplace.core.db import db
from marketplace.core.errors import (
    Blocked,
    Conflict,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    TooManyTries,
    Unavailable,
    WrongState,
)
from marketplace.core.files import NO_ROOM, is_full
from marketplace.core.i18n import N_, Text
from marketplace.web.security import came_from

log = logging.getLogger(__name__)

PAGES = {400, 403, 404, 405, 409, 413, 422, 429, 500, 503}
STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Blocked: 409,
    WrongState: 409,
    Conflict: 409,
    Invalid: 422,
    TooManyTries: 429,
    Unavailable: 503,
}
Writer = Callable[[int, Text | str | None], Response]
MACHINES: dict[str, Writer] = {}
"""How refusals are told below an address that programs ask: from status and sentence."""
last_net: list[str] = []
"""Values no parser refused and the database did; must stay empty in tests."""


def page(
    status: int, text: Text | str | None = None, **context: object
) -> tuple[str | Response, int]:
    """The page of a status, with the sentence that belongs to it."""
    for path, write in MACHINES.items():
        if request.path.startswith(path):
            return write(status, text), status
    context.setdefault("retry_url", record_url() or _page_before())
    known = status if status in PAGES else 400 if status < 500 else 500  # noqa: PLR2004
    return render_template(f"errors/{known}.html", message=text, status=status, **context), status


def record_url() -> str | None:
    """The page of the record a request was about: the nearest address above with an id in it."""
    routes = current_app.url_map.bind("")
    parts = request.path.rstrip("/").split("/")
    for end in range(len(parts) - 1, 1, -1):
        above = "/".join(parts[:end])
        try:
            _endpoint, arguments = routes.match(above, "GET")
        except (HTTPException, RequestRedirect):
            continue
        if arguments:
            return above
    return None


def _page_before() -> str | None:
    """The page of this site from which a request came, where it is another one."""
    found = came_from()
    return found if found.partition("?")[0] not in {"", request.path} else None


def _domain(error: DomainError) -> ResponseReturnValue:
    db.session.rollback()
    status = next(
        (STATUS[kind] for kind in type(error).__mro__ if kind in STATUS),
        getattr(error, "status", 429),
    )
    text = None if isinstance(error, NotFound) else error.text
    blockers = error.blockers if isinstance(error, Blocked) else []
    return page(status, text, blockers=blockers)


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if error.response is not None:
        return error.response
    if 300 <= status < 400:  # noqa: PLR2004
        return error.get_response(request.environ)
    response = make_response(page(status))
    if status == 405 and getattr(error, "valid_methods", None):  # noqa: PLR2004
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    return page(400, N_("This form was open too long. Go back, reload the page and send it again."))


def _unavailable(error: Exception) -> ResponseReturnValue:
    """The database does not answer, is locked too long, or the disk is full."""
    db.session.rollback()
    log.error("database unavailable: %s", error)
    return page(503)


def _disk(error: OSError) -> ResponseReturnValue:
    """A large upload waits in a temporary file, which may find no room either."""
    if not is_full(error):
        return _fault(error)
    db.session.rollback()
    log.error("no room on the disk: %s", error.strerror)
    return page(503, NO_ROOM)


def _unstorable(error: Exception) -> ResponseReturnValue:
    """A value that passed every parser and cannot be kept: a gap in our own net."""
    db.session.rollback()
    last_net.append(repr(error))
    log.error("unstorable value at %s: %r", request.path, error)
    return page(400, N_("This value cannot be used. Check what you typed."))


def _fault(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    incident = secrets.token_hex(4)
    log.error("incident %s at %s", incident, request.path, exc_info=error)
    return page(500, incident=incident)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(sa.exc.OperationalError, _unavailable)
    app.register_error_handler(sa.exc.TimeoutError, _unavailable)
    for kind in (sa.exc.DataError, UnicodeError, OverflowError, RecursionError):
        app.register_error_handler(kind, _unstorable)
    app.register_error_handler(OSError, _disk)
    if not app.testing:
        app.register_error_handler(Exception, _fault)
