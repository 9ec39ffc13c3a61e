"""Signed links with which someone invited answers without signing in: this person, this seat.

They work while the trip takes answers; what a link may do is asked with the rules of its reader.
"""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.accounts.models import User
from marketplace.core.actor import Actor
from marketplace.trips import queries
from marketplace.trips.models import Trip, TripPerson

SALT = "trip-answer"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=SALT)


def answer_address(person: TripPerson, reader: User) -> str:
    """Where ``reader`` says yes or no for ``person`` of the own organisation."""
    token = _signer().dumps([person.public_id, reader.public_id])
    return f"{current_app.config['PUBLIC_URL']}/su-kien/moi/{token}"


def read(token: str) -> tuple[Trip, TripPerson, Actor] | None:
    """Who answers for whom on which trip; None when the link is not ours or no longer holds."""
    try:
        person_id, user_id = _signer().loads(token)
    except BadSignature:
        return None
    return queries.invited(person_id, user_id)
