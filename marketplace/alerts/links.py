"""Signed links that stop telling without signing in: one purpose, one person, one thing.

They do not run out: a mail is kept for years, and its button has to work (RFC 8058).
"""

from __future__ import annotations

from enum import StrEnum

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import User

STOP_SALT = "stop-telling"


class What(StrEnum):
    """What a link stops."""

    ALL = "all"
    SEARCH = "search"
    WATCH = "watch"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=STOP_SALT)


def stop_address(person: User, what: What, public_id: str = "") -> str:
    """Where ``person`` stops all searches, one of them, or one watch."""
    token = _signer().dumps([what.value, person.public_id, public_id])
    return f"{current_app.config['PUBLIC_URL']}/dung/{token}"


def read(token: str) -> tuple[User, What, str] | None:
    """Who stops what; None when the link is not ours or its person has no account any more."""
    try:
        what, person_id, public_id = _signer().loads(token)
    except BadSignature:
        return None
    person = accounts.user_by_public_id(person_id)
    return (person, What(what), public_id) if person is not None else None
