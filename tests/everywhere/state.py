"""What the database holds, as one value to compare; and what a request did, undone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from marketplace.core.db import db

COUNTERS = frozenset({"throttle", "thread_read"})
"""Tables that count tries also when what follows is refused (quality page, T10); and how far
someone has read a conversation, which looking at it is."""


def holds(connection: Connection, leave_out: frozenset[str] = frozenset()) -> dict[str, str]:
    """A digest of every table's rows."""
    found = {}
    for table in db.metadata.sorted_tables:
        if table.name in leave_out:
            continue
        rows = connection.execute(sa.select(table).order_by(*table.primary_key.columns)).all()
        found[table.name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables that differ."""
    return [name for name in before if before[name] != after[name]]


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """What happens inside is taken back at the end, the next ids of PostgreSQL as well."""
    db.session.remove()
    ids = sequences(connection)
    point = connection.begin_nested()
    try:
        yield
    finally:
        db.session.remove()
        point.rollback()
        for name, last, is_used in ids:
            connection.execute(sa.select(sa.func.setval(name, last, is_used)))


def sequences(connection: Connection) -> list[tuple[str, int, bool]]:
    """Where PostgreSQL's sequences stand; a rollback does not move them back. None on SQLite."""
    if connection.dialect.name != "postgresql":
        return []
    query = sa.text("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname='public'")
    return [(name, last or 1, last is not None) for name, last in connection.execute(query)]
