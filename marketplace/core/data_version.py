"""What the data is known by: two equal versions show the same to everyone who may see the same.

Every change that others see writes a journal entry in its own transaction. SQLite writes one
transaction after the other, so the last entry says it all; on PostgreSQL entries commit out of
order, so the snapshot itself (which transactions it sees) is part of the version. The day is part
of it because days decide what is in season, expired or stale.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Hashable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from marketplace.core import clock
from marketplace.core.journal import Entry

_LAST_ENTRY = sa.select(sa.func.max(Entry.id))
_LAST_ENTRY_SEEN = sa.select(sa.func.max(Entry.id), sa.cast(sa.func.pg_current_snapshot(), sa.Text))
_ANY_WRITE = {
    "sqlite": "PRAGMA data_version",  # counts what other connections commit, here all of them
    "postgresql": "SELECT pg_current_snapshot()::text",
}


def seen_by(connection: Connection) -> Hashable:
    """The version this connection sees inside its transaction."""
    is_postgresql = connection.dialect.name == "postgresql"
    row = connection.execute(_LAST_ENTRY_SEEN if is_postgresql else _LAST_ENTRY).one()
    return (*row, clock.today())


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
