"""Which listings of a list fit, and how many each value of each filter leaves. Pure.

Every listing has a place. For every value of every facet the places where it stands are kept as the
bits of one whole number, so that choosing is an ``or``, combining filters an ``and`` and counting a
population count: microseconds for a hundred thousand listings, so the listings are read once for
each state of the data, whatever is then asked of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

Codes = Callable[[Any], Iterable[str]]
"""The codes a value of a facet's column counts for."""
Order = Iterable[int]
"""Ids of listings, as someone wants to see them."""


class Tally:
    """Listings, by the values of their facets: ``standing`` holds the places of each code as bits.

    ``everything`` are the places that are taken.
    """

    def __init__(
        self,
        codes: Sequence[Codes],
        places: dict[int, int],
        everything: int,
        standing: Sequence[dict[str, int]],
    ) -> None:
        self.everything = everything
        self._codes = codes
        self._places = places
        self._standing = standing

    @classmethod
    def read(cls, rows: Sequence[Sequence[Any]], codes: Sequence[Codes]) -> Tally:
        """A row holds the id of a listing, then one value for each of ``codes``."""
        ids, *columns = list(zip(*rows, strict=True)) or [()] * (len(codes) + 1)
        places = {one: place for place, one in enumerate(ids)}
        standing = [_by_code(column, of) for column, of in zip(columns, codes, strict=True)]
        return cls(codes, places, (1 << len(ids)) - 1, standing)

    def renewed(self, changed: Collection[int], rows: Sequence[Sequence[Any]]) -> Tally:
        """The same listings, but these changed: some have new values, those without a row are gone.

        A new listing gets a new place; the place of one that is gone stays empty.
        """
        places = dict(self._places)
        left = ~bits_of((p for p in map(places.get, changed) if p is not None), self._size)
        everything = self.everything & left
        standing = [
            {code: still for code, at in one.items() if (still := at & left)}
            for one in self._standing
        ]
        for listing, *values in rows:
            bit = 1 << places.setdefault(listing, len(places))
            everything |= bit
            for by_code, value, counted in zip(standing, values, self._codes, strict=True):
                for code in counted(value):
                    by_code[code] = by_code.get(code, 0) | bit
        return Tally(self._codes, places, everything, standing)

    @property
    def _size(self) -> int:
        return len(self._places)

    def bits(self, ids: Iterable[int]) -> int:
        """These listings as bits; those that are not here are left out."""
        places = map(self._places.get, ids)
        return bits_of((p for p in places if p is not None), self._size) & self.everything

    def fitting(self, chosen: Sequence[Sequence[str]], among: int) -> int:
        """The listings ``among`` these that fit, as bits.

        ``chosen`` holds the codes chosen of each facet. Several of one facet are ORed, facets are
        ANDed.
        """
        for standing, codes in zip(self._standing, chosen, strict=True):
            among &= self._any(standing, codes)
        return among

    def counts(self, chosen: Sequence[Sequence[str]], among: int) -> list[Mapping[str, int]]:
        """For each facet, how many listings ``among`` these each of its values leaves.

        A facet's own choice narrows the counts of the others only.
        """
        found: list[Mapping[str, int]] = []
        for at, standing in enumerate(self._standing):
            others = [() if at == other else codes for other, codes in enumerate(chosen)]
            left = self.fitting(others, among)
            found.append({code: (left & of).bit_count() for code, of in standing.items()})
        return found

    def _any(self, standing: Mapping[str, int], codes: Sequence[str]) -> int:
        if not codes:
            return self.everything
        found = 0
        for code in codes:
            found |= standing.get(code, 0)
        return found

    def page(self, order: Order, fitting: int, skip: int, size: int) -> list[int]:
        """The ids of so many fitting listings in this order, after the first ``skip`` of them."""
        bits, places = fitting.to_bytes(self._size // 8 + 1, "little"), self._places
        fits = (
            one
            for one in order
            if (place := places.get(one)) is not None and bits[place >> 3] >> (place & 7) & 1
        )
        return list(islice(fits, skip, skip + size))


def bits_of(places: Iterable[int], size: int) -> int:
    """Places out of ``size`` as the bits of one number."""
    bits = bytearray(size // 8 + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")


def _by_code(column: Sequence[Hashable], counted: Codes) -> dict[str, int]:
    """For each code, the places that count for it, as bits."""
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, value in enumerate(column):
        places[value].append(place)
    found: defaultdict[str, int] = defaultdict(int)
    for value, at in places.items():
        standing = bits_of(at, len(column))
        for code in counted(value):
            found[code] |= standing
    return dict(found)
