"""Results kept per process under the version of the data, never older than the last write."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from marketplace.core import data_version
from marketplace.core.db import db

T = TypeVar("T")

MOST_KEPT = 400
"""Results a process keeps for one state of the data; then it starts anew."""

_NOTHING = object()
_Shelf = tuple[Hashable, dict[Hashable, Any]]
_shelves: WeakKeyDictionary[Any, _Shelf] = WeakKeyDictionary()


class Shelf:
    """What is kept for the present version of the data; a new version starts with nothing."""

    def __init__(self) -> None:
        version = data_version.seen_by(db.session.connection())  # asked by every page of a list
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
