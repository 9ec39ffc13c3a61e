"""Which records of one kind journal entries are about, so that what is kept reads only those again.

A feature declares when the program starts what an entry about its records changes of what is kept;
what is kept does not know the features above it. An entry about anything that is not declared may
have changed everything, and all is read anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any

import sqlalchemy as sa

from marketplace.core.db import db

MOST = 200
"""Records read again one by one; more are as quickly read with all others."""

Subject = tuple[str, int]
"""What a journal entry is about: the kind of record and its number."""
Touched = Callable[[Collection[int]], sa.Select[Any] | sa.CompoundSelect[Any]]
"""Numbers of records in, the numbers of the records kept that an entry about them changes out."""


class Changes:
    """What journal entries change of everything kept by records of ``kind``."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._touched: dict[str, Touched | None] = {}

    def declare(self, kind: str, touched: Touched) -> None:
        """Say which records an entry about a record of this other kind changes."""
        self._touched[kind] = touched

    def declare_harmless(self, *kinds: str) -> None:
        """Say that entries about these kinds of records change nothing that is kept."""
        self._touched.update(dict.fromkeys(kinds))

    def of(self, subjects: Iterable[Subject]) -> frozenset[int] | None:
        """The records these subjects of entries changed; None when it may be any of them."""
        by_kind: defaultdict[str, set[int]] = defaultdict(set)
        for kind, number in subjects:
            if kind != self.kind and kind not in self._touched:
                return None
            by_kind[kind].add(number)
        found = by_kind.pop(self.kind, set())
        for kind, numbers in by_kind.items():
            touched = self._touched[kind]
            if touched is not None:
                found.update(one for one in db.session.scalars(touched(numbers)) if one is not None)
        return frozenset(found) if len(found) <= MOST else None
