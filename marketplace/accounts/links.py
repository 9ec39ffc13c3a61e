"""Signed links that let someone set a password: one purpose, one person, once, 24 hours."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.accounts import queries
from marketplace.accounts.models import User
from marketplace.accounts.passwords import fingerprint
from marketplace.core import clock

RESET_SALT = "set-password"
RESET_LASTS = timedelta(hours=24)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=RESET_SALT)


def reset_token(person: User) -> str:
    """A signed token for one purpose, one person and the password it replaces."""
    mark = fingerprint(person.public_id, person.password_hash)
    return str(_signer().dumps([person.public_id, mark, int(clock.now().timestamp())]))


def person_of(token: str) -> tuple[User, str] | None:
    """Whose password a link sets, and the fingerprint that makes it work once.

    None when the link is not ours, too old, or was used already.
    """
    try:
        public_id, mark, made_at = _signer().loads(token)
    except BadSignature:
        return None
    if clock.now().timestamp() - made_at > RESET_LASTS.total_seconds():
        return None
    person = queries.user_by_public_id(public_id)
    if person is None or mark != fingerprint(person.public_id, person.password_hash):
        return None
    return person, mark
