"""Counting tries in the database, so that every worker process counts the same.

Nobody is locked out by others for long: the window is short, and a right password from another
address still works (quality page T10).

Rows of several limits are always taken in the order of their keys: an office signs in at once from
one address, and two who took the same rows in different order would wait for each other for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from marketplace.accounts.models import Throttle
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import TooManyTries
from marketplace.core.i18n import N_, Text
from marketplace.core.use_case import apart, use_case


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``tries`` within ``window``."""

    name: str
    tries: int
    window: timedelta


SIGN_IN_ACCOUNT = Limit("sign-in-account", 5, timedelta(minutes=5))
SIGN_IN_ADDRESS = Limit("sign-in-address", 60, timedelta(minutes=5))
SIGN_IN_ALL = Limit("sign-in-all", 3000, timedelta(minutes=5))
RESET = Limit("reset", 3, timedelta(hours=6))
RESET_ADDRESS = Limit("reset-address", 30, timedelta(hours=1))
REGISTER_ADDRESS = Limit("register-address", 20, timedelta(hours=1))
CODE = Limit("code", 5, timedelta(minutes=30))


def count(*tries: tuple[Limit, str]) -> None:
    """Count one try under each limit and key; raises TooManyTries when one is used up.

    A use case of its own: the try counts even when what follows is refused.
    """
    with apart():
        over = _count_all(tries)
    if over is not None:
        raise TooManyTries(_wait(over - clock.now()))


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _wait(left: timedelta) -> Text:
    """How long to wait, rounded up, in the unit in which people would say it."""
    if left <= HOUR:
        return Text(
            N_("Too many tries. Wait %(minutes)s minutes, or call your locality's office."),
            minutes=max(1, -(-left // timedelta(minutes=1))),
        )
    if left <= 2 * DAY:
        return Text(
            N_("Too many tries. Wait %(hours)s hours, or call your locality's office."),
            hours=-(-left // HOUR),
        )
    return Text(
        N_("Too many tries. Wait %(days)s days, or call your locality's office."),
        days=-(-left // DAY),
    )


def is_first(limit: Limit, key: str) -> bool:
    """Whether this is the first try of the window; a use case of its own."""
    return _count_all([(limit, key)]) is None


def take_back(*tries: tuple[Limit, str]) -> None:
    """Uncount a try that turned out right; call inside a use case.

    Only wrong tries are rationed: an office behind one address, or someone who signs in often,
    is not kept out.
    """
    for key in sorted(_key(limit, key) for limit, key in tries):
        db.session.execute(
            sa.update(Throttle)
            .where(Throttle.key == key, Throttle.tries > 0)
            .values(tries=Throttle.tries - 1)
        )


def forget(before: datetime) -> None:
    """Delete the rows whose window ended ``before``; call inside a use case.

    A row that someone counts on just now is left for the next time.
    """
    spent = sa.select(Throttle.key).where(Throttle.until < before)
    db.session.execute(
        sa.delete(Throttle).where(Throttle.key.in_(spent.with_for_update(skip_locked=True)))
    )


def _key(limit: Limit, key: str) -> str:
    return f"{limit.name}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


@use_case
def _count_all(tries: Iterable[tuple[Limit, str]]) -> datetime | None:
    """Until when a limit is used up, the longest; None while all have tries left."""
    used_up = [
        until
        for limit, key in sorted(tries, key=lambda one: _key(*one))
        for count, until in [_count(limit, key)]
        if count > limit.tries
    ]
    return max(used_up, default=None)


def _count(limit: Limit, key: str) -> tuple[int, datetime]:
    """How often it was tried in the window that runs, and until when that runs."""
    now = clock.now()
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(Throttle).values(
        key=_key(limit, key), tries=1, until=now + limit.window
    )
    fresh = Throttle.until < now
    statement = insert.on_conflict_do_update(
        index_elements=[Throttle.key],
        set_={
            "tries": sa.case((fresh, 1), else_=Throttle.tries + 1),
            "until": sa.case((fresh, now + limit.window), else_=Throttle.until),
        },
    ).returning(Throttle.tries, Throttle.until)
    count, until = db.session.execute(statement).one()
    return int(count), until
