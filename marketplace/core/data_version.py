"""What the data is known by: what the journal says.

Every change that others see writes a journal entry in its own transaction, so whoever knows which
entries a reading had seen can tell later what has changed since. SQLite writes one transaction
after the other: the last entry says it all. On PostgreSQL numbers are drawn in one order and
committed in another; what was seen is the entries themselves, after one below which nothing was
under way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from marketplace.core import clock
from marketplace.core.journal import Entry

_LAST = sa.select(sa.func.coalesce(sa.func.max(Entry.id), 0))
_ENTRIES = sa.select(Entry.id, Entry.subject_type, Entry.subject_id).where(
    Entry.id >= sa.bindparam("floor", type_=sa.Integer)
)
_WRITERS = sa.text(
    "SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'"
    " AND relation = 'entry'::regclass AND pid <> pg_backend_pid() AND granted AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""Transactions that may have drawn numbers of entries. The lock is taken before a number is drawn
and held until the end (PostgreSQL manual, 13.3.1 and 54.12)."""
MOST_AFTER = 64
"""Entries looked through by every page on PostgreSQL before their number is brought down again."""


class Seen(NamedTuple):
    """The entries a reading had seen: all up to ``floor`` and those ``after`` it, on that day.

    The day is part of it because days decide what is in season, expired or stale.
    """

    floor: int
    after: frozenset[int]
    day: date


class Unknown(Exception):
    """Others have seen more than this transaction, or entries were under way at the first look."""


def seen_first(connection: Connection) -> Seen:
    """What is seen by whoever has seen nothing before.

    Raises:
        Unknown: transactions are under way whose entries may have lower numbers than the last.
    """
    last = connection.execute(_LAST).scalar_one()
    if _is_under_way(connection):
        raise Unknown
    if connection.dialect.name == "sqlite":
        return Seen(last, frozenset(), clock.today())
    rows = connection.execute(_ENTRIES, {"floor": last})
    return Seen(last, frozenset(row.id for row in rows if row.id > last), clock.today())


def seen_since(
    connection: Connection, before: Seen
) -> tuple[Seen, Sequence[tuple[str, int]] | None]:
    """What is seen now, and the subjects of the entries that were not seen ``before``.

    The subjects are None on another day. ``before`` itself is given back where nothing is new.

    Raises:
        Unknown: this transaction sees less than had been seen ``before``.
    """
    rows = connection.execute(_ENTRIES, {"floor": before.floor}).all()
    found = {row.id for row in rows}
    if not found >= before.after or (before.floor and before.floor not in found):
        raise Unknown
    today = clock.today()
    new = [(row[1], row[2]) for row in rows if row.id not in before.after | {before.floor}]
    if not new and today == before.day:
        return before, ()
    seen = _lowered(connection, Seen(before.floor, frozenset(found - {before.floor}), today))
    return seen, new if today == before.day else None


def _lowered(connection: Connection, seen: Seen) -> Seen:
    """The same with the floor at the last entry, where nothing is under way below it."""
    is_sqlite = connection.dialect.name == "sqlite"
    if not seen.after or not (is_sqlite or len(seen.after) > MOST_AFTER):
        return seen
    last = max(seen.after)
    if _is_under_way(connection):
        return seen
    rows = () if is_sqlite else connection.execute(_ENTRIES, {"floor": seen.floor}).all()
    late = {row.id for row in rows} - seen.after - {seen.floor}
    return seen if late else Seen(last, frozenset(), seen.day)


def _is_under_way(connection: Connection) -> bool:
    """Whether others have written entries that are not committed yet; asked after the last."""
    if connection.dialect.name == "sqlite":
        return False
    return bool(connection.execute(_WRITERS).scalar_one())
