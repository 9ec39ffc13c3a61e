"""Who may reach an address. Closed by default: a view without ``@access`` stops the start.

What someone may do *to an object* is a rule of the feature; this only guards the door.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, Response, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as BaseResponse

from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.roles import OFFICERS, Role

V = TypeVar("V", bound=Callable[..., object])

PUBLIC: frozenset[Role] = frozenset(Role) - {Role.SYSTEM}
"""Everyone."""
SIGNED_IN = "signed in"
"""Everyone with an account."""
MEMBERS: frozenset[Role] = frozenset({Role.MEMBER, Role.MANAGER, Role.OFFICIAL, Role.LEADER})
"""Everyone who acts for an organisation."""
OFFICIALS: frozenset[Role] = OFFICERS
"""Officials and leaders of a locality."""

Access = frozenset[Role] | str


class UndeclaredAccessError(RuntimeError):
    """A view does not say who may reach it."""


def access(who: Access, *, uploads: bool = False, kept: bool = False) -> Callable[[V], V]:
    """Declare who may reach a view, and what the program may do around it.

    ``uploads``: it takes files (``web.security`` lets them in). ``kept``: its page is the same for
    all who are not signed in, until something is written (``web.whole_pages``).
    """

    def mark(view: V) -> V:
        view.__access__ = who  # type: ignore[attr-defined]
        view.__uploads__ = uploads  # type: ignore[attr-defined]
        view.__kept__ = kept  # type: ignore[attr-defined]
        return view

    return mark


def declared(app: Flask, endpoint: str) -> Access:
    """What an endpoint declares; Flask's own static files are public."""
    if endpoint == "static":
        return PUBLIC
    view = app.view_functions[endpoint]
    who = getattr(view, "__access__", None)
    if who is None:
        msg = f"{endpoint} has no @access"
        raise UndeclaredAccessError(msg)
    result: Access = who
    return result


def check_all(app: Flask) -> None:
    """Raise UndeclaredAccessError if any view is undeclared."""
    for rule in app.url_map.iter_rules():
        declared(app, rule.endpoint)


def actor() -> Actor:
    """Who makes this request."""
    found: Actor = getattr(current_user, "actor", ANONYMOUS)
    return found


def is_open_to(who: Access, someone: Actor) -> bool:
    """Whether an actor may pass this door."""
    if who == SIGNED_IN:
        return someone.is_signed_in
    return someone.role in who


def guard() -> BaseResponse | None:
    """Turn away who may not reach the endpoint: to sign-in on GET, 403 otherwise."""
    # 404 and 405 have their own pages; open doors need not know who comes
    who = declared(current_app, request.endpoint) if request.endpoint else PUBLIC
    someone = actor() if who is not PUBLIC else ANONYMOUS
    if is_open_to(who, someone):
        return None
    if not someone.is_signed_in and request.method in {"GET", "HEAD"}:
        target = url_for("accounts.sign_in", next=request.full_path.rstrip("?"))
        if request.headers.get("HX-Request"):
            return Response(status=204, headers={"HX-Redirect": target})
        return redirect(target)
    if not someone.is_signed_in and request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": url_for("accounts.sign_in")})
    raise Forbidden
