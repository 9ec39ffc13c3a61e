"""What the data is known by: what the journal says, and whether anything at all was committed.

Every change that others see writes a journal entry in its own transaction, so whoever knows which
entries a reading had seen can tell later what has changed since. SQLite writes one transaction
after the other: the last entry says it all. On PostgreSQL numbers are drawn in one order and
committed in another; what was seen is the entries themselves, after one below which nothing was
under way.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Hashable, Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

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

_ANY_WRITE = {
    "sqlite": "PRAGMA data_version",  # counts what other connections commit, here all of them
    "postgresql": "SELECT pg_current_snapshot()::text",
}


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


class Watch:
    """Tells outside of any request whether anything at all was committed, by whatever process.

    One open connection of a process, asked one question by one thread at a time: the answers of
    two connections to SQLite cannot be compared. The driver is asked directly, because the answer
    stands in front of every kept page: building a transaction around it costs more than the
    question.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._question = _ANY_WRITE[engine.dialect.name]
        self._asking = threading.Lock()
        self._connection: Any = None
        self._opened = 0

    def now(self) -> Hashable | None:
        """The state after everything that has been committed; None when nobody answers."""
        with self._asking:
            try:
                if self._connection is None:
                    self._connection = self._open()
                    self._opened += 1
                row = self._connection.execute(self._question).fetchone()
            except Exception:  # noqa: BLE001  drivers raise what they like; the page is made anew
                self._close()
                return None
        return (self._opened, *row, clock.today())

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        with self._asking:
            self._close()

    def _close(self) -> None:
        with contextlib.suppress(Exception):
            self._connection.close()
        self._connection = None

    def _open(self) -> Any:
        proxy = self._engine.raw_connection()
        found: Any = proxy.driver_connection
        proxy.detach()  # it stays open and is no part of the pool
        if self._engine.dialect.name == "postgresql":
            found.autocommit = True
        return found
