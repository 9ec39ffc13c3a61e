"""Results kept per process as of the entries of the journal seen, never older than the last write.

Most are dropped with the next entry. What would take long to make again (``Shelf.follow``) is kept
and brought up to date with the records that the journal says were changed since.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Connection

from marketplace.core import data_version
from marketplace.core.changes import Changes, Subject
from marketplace.core.data_version import Seen, Unknown
from marketplace.core.db import db

T = TypeVar("T")
Renew = Callable[[T, Collection[int]], T | None]

MOST_KEPT = 400
"""Results a process keeps for one state of the data; then it starts anew."""
MOST_FOLLOWED = 120
"""Results a process brings up to date: lists, orders and desks, as different readers see them."""
MOST_UNREAD = 1_000
"""Subjects of entries a result that nobody asks for may be behind; then it is let go."""

_NOTHING = object()


@dataclass
class _Kept:
    """What a process keeps for one database, as of what was ``seen`` (None: it can't be told).

    ``followed`` are results with the subjects of the entries since each was made or last brought
    up to date; ``touched`` what these subjects were found to change.
    """

    seen: Seen | None
    results: dict[Hashable, Any] = field(default_factory=dict)
    followed: dict[Hashable, tuple[Any, frozenset[Subject]]] = field(default_factory=dict)
    touched: dict[tuple[str, frozenset[Subject]], frozenset[int] | None] = field(
        default_factory=dict
    )


_shelves: WeakKeyDictionary[Any, _Kept] = WeakKeyDictionary()


def _up_to_date(connection: Connection, kept: _Kept | None) -> _Kept:
    """What can still be kept after what the journal says has happened since."""
    if kept is None or kept.seen is None:
        return _Kept(data_version.seen_first(connection))
    seen, subjects = data_version.seen_since(connection, kept.seen)
    if seen is kept.seen:
        return kept
    if subjects is None:
        return _Kept(seen)
    followed = {
        key: (found, unread.union(subjects))
        for key, (found, unread) in list(kept.followed.items())
        if len(unread) < MOST_UNREAD
    }
    return _Kept(seen, followed=followed)


class Shelf:
    """What is kept for the present state of the data."""

    def __init__(self) -> None:
        try:
            kept = _up_to_date(db.session.connection(), _shelves.get(db.engine))
        except Unknown:
            self._kept = _Kept(None)  # for this reading alone
        else:
            _shelves[db.engine] = self._kept = kept

    def keep(self, key: Hashable, load: Callable[[], T]) -> T:
        """The result kept under ``key``, else a new one."""
        found = self._kept.results.get(key, _NOTHING)
        if found is _NOTHING:
            found = load()
            if len(self._kept.results) >= MOST_KEPT:
                self._kept.results.clear()
            self._kept.results[key] = found
        return cast("T", found)

    def follow(self, key: Hashable, changes: Changes, load: Callable[[], T], renew: Renew[T]) -> T:
        """The result kept under ``key``, with the records changed since read again.

        ``renew`` gives a new result and leaves the old one as it is: others may be reading it. None
        says that it is made anew as quickly.
        """
        followed = self._kept.followed
        held, unread = followed.get(key, (_NOTHING, frozenset[Subject]()))
        found: Any = held
        if held is not _NOTHING and unread:
            touched = self._touched(changes, unread)
            found = None if touched is None else renew(held, touched) if touched else held
        if found is _NOTHING or found is None:
            found = load()
        if found is not held or unread:
            if len(followed) >= MOST_FOLLOWED and key not in followed:
                followed.clear()
            followed[key] = (found, frozenset())
        return cast("T", found)

    def _touched(self, changes: Changes, subjects: frozenset[Subject]) -> frozenset[int] | None:
        key, known = (changes.kind, subjects), self._kept.touched
        if key not in known:
            known[key] = changes.of(subjects)
        return known[key]
