"""The listings of a list in one of its orders, by the keys they are ordered by. Pure.

The database orders them first. As long as its order is that of the keys as Python compares them,
single listings that were changed find their new place here.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators

Key = tuple[Any, ...]


class Ranking:
    """Ids in an order. ``keys`` are what they are ordered by, in this order, the id at last.

    ``falling`` says for each part of a key whether the greater comes first. Without ``keys`` only
    the database knows the order, and ``key_of`` is the place in it.
    """

    def __init__(
        self,
        ids: Sequence[int],
        keys: Sequence[Key] | None,
        key_of: Mapping[int, Key],
        falling: Sequence[bool],
    ) -> None:
        self._ids = ids
        self._keys = keys
        self._key_of = key_of
        self._falling = falling

    @classmethod
    def read(cls, rows: Sequence[Sequence[Any]], falling: Sequence[bool]) -> Ranking:
        """From rows in the database's order; each holds what it is ordered by, at last the id."""
        ids = [row[-1] for row in rows]
        try:
            keys = [_key(row, falling) for row in rows]
        except TypeError:
            keys = []
        if not keys or not all(one < after for one, after in pairwise(keys)):
            return cls(ids, None, {one: (at,) for at, one in enumerate(ids)}, falling)
        return cls(ids, keys, dict(zip(ids, keys, strict=True)), falling)

    def __iter__(self) -> Iterator[int]:
        return iter(self._ids)

    def of(self, ids: Iterable[int]) -> list[int]:
        """Those of these ids that are in it, in its order."""
        key_of = self._key_of
        return sorted(filter(key_of.__contains__, ids), key=key_of.__getitem__)

    def renewed(self, changed: Collection[int], rows: Sequence[Sequence[Any]]) -> Ranking | None:
        """The same order with these listings where their keys now put them.

        None where keys cannot be compared here as the database does it.
        """
        if self._keys is None:
            return None
        ids, keys, key_of = list(self._ids), list(self._keys), dict(self._key_of)
        for one in changed:
            gone = key_of.pop(one, None)
            if gone is not None:
                at = bisect_left(keys, gone)
                del keys[at], ids[at]
        try:
            for row in rows:
                key = key_of[row[-1]] = _key(row, self._falling)
                at = bisect_left(keys, key)
                keys.insert(at, key)
                ids.insert(at, row[-1])
        except TypeError:
            return None
        return Ranking(ids, keys, key_of, self._falling)


def _key(row: Sequence[Any], falling: Sequence[bool]) -> Key:
    """Comparable from the first part to the last. Raises TypeError for what is not."""
    return tuple(
        -_number(value) if falls else _plain(value)
        for value, falls in zip(row, falling, strict=True)
    )


def _plain(value: Any) -> Any:
    if value is None:  # each database puts these where it likes
        raise TypeError
    return value


def _number(value: Any) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, (int, float)):
        return value
    raise TypeError


def keys_of(order: Sequence[sa.ColumnElement[Any]]) -> list[tuple[sa.ColumnElement[Any], bool]]:
    """What an ORDER BY orders by, and for each whether the greater comes first."""
    return [
        (element.element, True)
        if isinstance(element, sa.UnaryExpression) and element.modifier is operators.desc_op
        else (element, False)
        for element in order
    ]
