"""How many listings each value of each filter leaves, whatever is chosen of the others. Pure.

The database gives one row for each combination of values that occurs, with the number of listings
behind it. For every value of every facet the rows it stands in are kept as the bits of one whole
number, so that choosing is an ``or``, combining filters an ``and`` and counting a population count:
microseconds for a hundred thousand rows, so the rows are read once for each state of the data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

Codes = Callable[[Any], Iterable[str]]
"""The codes a value of a facet's column counts for."""


class Tally:
    """The rows of a histogram, by the values of its facets.

    A row holds one value for each of ``codes``, then how many listings have these values.
    """

    def __init__(self, rows: Sequence[Sequence[Any]], codes: Sequence[Codes]) -> None:
        self._all = (1 << len(rows)) - 1
        columns = list(zip(*rows, strict=True)) or [()] * (len(codes) + 1)
        self._rows_of = [
            _by_code(column, counted) for column, counted in zip(columns[:-1], codes, strict=True)
        ]
        self._weights = _by_code(columns[-1], _binary_digits)

    def counts(self, chosen: Sequence[Sequence[str]]) -> tuple[int, list[Mapping[str, int]]]:
        """How many listings fit in all; and for each facet, how many each of its values leaves.

        ``chosen`` holds the codes chosen of each facet. Several of one facet are ORed, facets are
        ANDed; a facet's own choice narrows the counts of the others only.
        """
        fitting = [self._fit(at, codes) for at, codes in enumerate(chosen)]
        found: list[Mapping[str, int]] = []
        for at, rows_of in enumerate(self._rows_of):
            others = self._all
            for other, rows in enumerate(fitting):
                if other != at:
                    others &= rows
            found.append({code: self._number(others & rows) for code, rows in rows_of.items()})
        total = self._all
        for rows in fitting:
            total &= rows
        return self._number(total), found

    def _fit(self, at: int, codes: Sequence[str]) -> int:
        if not codes:
            return self._all
        rows = 0
        for code in codes:
            rows |= self._rows_of[at].get(code, 0)
        return rows

    def _number(self, rows: int) -> int:
        """The listings behind some rows: their weights added up, digit by digit."""
        if not rows:
            return 0
        return sum((rows & of).bit_count() << int(digit) for digit, of in self._weights.items())


def _binary_digits(weight: int) -> Iterable[str]:
    return (str(digit) for digit in range(weight.bit_length()) if weight >> digit & 1)


def _by_code(column: Sequence[Hashable], counted: Codes) -> dict[str, int]:
    """For each code, the rows that count for it, as bits."""
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, value in enumerate(column):
        places[value].append(place)
    size = len(column) // 8 + 1
    found: defaultdict[str, int] = defaultdict(int)
    for value, at in places.items():
        bits = bytearray(size)
        for place in at:
            bits[place >> 3] |= 1 << (place & 7)
        rows = int.from_bytes(bits, "little")
        for code in counted(value):
            found[code] |= rows
    return dict(found)
