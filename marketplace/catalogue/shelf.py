"""Results kept per process under the version of the data, never older than the last write."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.journal import Entry

T = TypeVar("T")

MOST_KEPT = 400
"""Results a process keeps for one state of the data; then it starts anew."""

_NOTHING = object()
_Shelf = tuple[Hashable, dict[Hashable, Any]]
_shelves: WeakKeyDictionary[Any, _Shelf] = WeakKeyDictionary()

_LAST_ENTRY = sa.select(sa.func.max(Entry.id))
_LAST_ENTRY_SEEN = sa.select(sa.func.max(Entry.id), sa.cast(sa.func.pg_current_snapshot(), sa.Text))


def _version() -> Hashable:
    """What the data is known by: two equal versions hold the same listings.

    Every change of a listing writes a journal entry in its own transaction. SQLite writes one
    transaction after the other, so the last entry says it all; on PostgreSQL entries commit out of
    order, so the snapshot itself (which transactions it sees) is part of the version. The day is
    part of it because days decide what is in season, expired or stale.
    """
    is_postgresql = db.engine.dialect.name == "postgresql"
    statement = _LAST_ENTRY_SEEN if is_postgresql else _LAST_ENTRY
    row = db.session.connection().execute(statement).one()  # asked by every page of a list
    return (*row, clock.today())


class Shelf:
    """What is kept for the present version of the data; a new version starts with nothing."""

    def __init__(self) -> None:
        version = _version()
        engine = db.engine
        kept = _shelves.get(engine)
        if kept is None or kept[0] != version:
            kept = (version, {})
            _shelves[engine] = kept
        self._kept = kept[1]

    def keep(self, key: Hashable, load: Callable[[], T]) -> T:
        """The result kept under ``key``, else a new one."""
        found = self._kept.get(key, _NOTHING)
        if found is _NOTHING:
            found = load()
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = found
        return cast("T", found)
