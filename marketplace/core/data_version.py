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
_PLAIN = {
    "sqlite": "SELECT max(id) FROM entry",
    "postgresql": "SELECT max(id), pg_current_snapshot()::text FROM entry",
}


def seen_by(connection: Connection) -> Hashable:
    """The version this connection sees inside its transaction."""
    is_postgresql = connection.dialect.name == "postgresql"
    row = connection.execute(_LAST_ENTRY_SEEN if is_postgresql else _LAST_ENTRY).one()
    return (*row, clock.today())


class Watch:
    """Reads the version outside of any request: one open connection a thread, one statement.

    The driver is asked directly, because the answer stands in front of every kept page: building
    a transaction around it costs more than the question.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._mine = threading.local()
        self._question = _PLAIN[engine.dialect.name]

    def now(self) -> Hashable | None:
        """The version after everything that has been committed; None when nobody answers."""
        try:
            cursor = self._connection().execute(self._question)
            row = cursor.fetchone()
        except Exception:  # noqa: BLE001  drivers raise what they like; the page is then made anew
            self.close()
            return None
        return (*row, clock.today())

    def close(self) -> None:
        """Close this thread's connection; the next question opens another."""
        with contextlib.suppress(Exception):
            self._mine.connection.close()
        self._mine.connection = None

    def _connection(self) -> Any:
        known = getattr(self._mine, "connection", None)
        if known is None:
            proxy = self._engine.raw_connection()
            found: Any = proxy.driver_connection
            proxy.detach()  # it lives as long as the thread and is no part of the pool
            if self._engine.dialect.name == "postgresql":
                found.autocommit = True
            self._mine.connection = known = found
        return known
