"""Signed-in browsers: Flask-Login over the rows of ``SignIn``.

The signed session cookie holds an opaque token; what it opens, and until when, stands in the row.
Every sign-in makes a new token and empties the cookie, so that nothing set before it survives.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask, Response, after_this_request, g, request, session
from flask_login import (
    AnonymousUserMixin,
    LoginManager,
    UserMixin,
    current_user,
    login_user,
    logout_user,
)

from marketplace.accounts import queries, services
from marketplace.core import clock
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.errors import Conflict
from marketplace.core.use_case import apart
from marketplace.web.locale import COOKIE as LANGUAGE_COOKIE
from marketplace.web.security import keep_choice
from marketplace.web.templating import THEME_COOKIE

_AFTER: list[Callable[[Actor], None]] = []
"""What features do when someone has signed in; see ``after_entering``."""


def after_entering(do: Callable[[Actor], None]) -> None:
    """Have ``do`` called with whoever has just signed in; declared in a feature's ``init_app``.

    It is for bringing along what the browser held before. It must not fail: one is signed in.
    """
    if do not in _AFTER:
        _AFTER.append(do)


class SignedIn(UserMixin):  # type: ignore[misc]  # published without types
    """What a request knows of its session: plain facts that outlive every rollback."""

    def __init__(self, token: str, found: queries.Session) -> None:
        self.token = token
        self.actor: Actor = found.actor
        self.membership_id = found.membership_id
        self.seen_at = found.seen_at
        self.choices = {LANGUAGE_COOKIE: found.language, THEME_COOKIE: found.theme}

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie."""
        return self.token


class Visitor(AnonymousUserMixin):  # type: ignore[misc]
    """Nobody is signed in."""

    actor = ANONYMOUS


def load(token: str) -> SignedIn | None:
    """The session behind a token, while it lasts."""
    try:
        found = queries.session_of(token)
    except sa.exc.SQLAlchemyError:
        g._login_user = Visitor()  # noqa: SLF001  the error page must not ask the database again
        raise
    return SignedIn(token, found) if found is not None else None


def enter(open_session: Callable[[], str]) -> SignedIn:
    """Start the session whose token ``open_session`` gives; raises what that raises.

    It does not count as the carrying out of a form: sending it twice opens two sessions, and the
    browser keeps the one whose answer it saw.
    """
    with apart():
        token = open_session()
        leave()
    signed_in = load(token)
    if signed_in is None:  # disabled between two moments
        raise Conflict
    session.permanent = True
    login_user(signed_in)
    remember({name: value for name, value in signed_in.choices.items() if value})
    with apart():
        for do in _AFTER:
            do(signed_in.actor)
    return signed_in


def leave() -> None:
    """End the session: its row, and everything the cookie held."""
    if current_user.is_authenticated:
        services.sign_out(current_user.token)
    forget()


def forget() -> None:
    """Empty the cookie of a session whose row is gone already."""
    if current_user.is_authenticated:
        logout_user()
    session.clear()


def remember(choices: dict[str, str | None]) -> None:
    """Keep language and appearance in cookies, so that pages need no look into the account."""

    @after_this_request
    def _keep(response: Response) -> Response:
        for name, value in choices.items():
            keep_choice(response, name, value)
        return response


def _touch() -> None:
    """Move the session's end when its last visit is an hour ago; a page never fails over it."""
    if request.endpoint == "static" or not current_user.is_authenticated:
        return
    if clock.now() - current_user.seen_at >= services.SEEN_EVERY:
        with contextlib.suppress(Conflict, sa.exc.OperationalError):
            services.seen(current_user.token)


def init_app(app: Flask) -> None:
    """Let Flask-Login ask for sessions."""
    manager = LoginManager()
    manager.session_protection = None  # addresses change on the way up the mountain
    manager.anonymous_user = Visitor
    manager.user_loader(load)
    manager.init_app(app)
    app.config["PERMANENT_SESSION_LIFETIME"] = services.SESSION_LASTS
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    app.before_request(_touch)
