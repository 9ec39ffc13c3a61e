"""Which sums of money may be told apart in public. Pure.

Money is masked where fewer than three firms stand behind a sum (decisions page 32). Totals are
what the two localities answer for and always stay; a row of a breakdown stays only with at least
``FIRMS`` buyers or investors behind it. The others are told in one row together, and that row
takes in the smallest of the rest until it is large enough itself, so that nothing can be worked
out by subtraction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FIRMS = 3
"""With two, each of them could work out the other's share."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one part contributes: its code, money in đồng, and who stands behind each sum.

    ``code`` is empty for the row of those told together; ``codes`` names its parts.
    """

    code: str
    committed: int
    delivered: int
    committed_by: frozenset[int]
    delivered_by: frozenset[int]
    codes: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether enough firms stand behind each of its sums."""
        return (not self.committed or len(self.committed_by) >= FIRMS) and (
            not self.delivered or len(self.delivered_by) >= FIRMS
        )


def together(shares: Iterable[Share]) -> Share:
    """Several parts as one row."""
    parts = list(shares)
    return Share(
        "",
        sum(part.committed for part in parts),
        sum(part.delivered for part in parts),
        frozenset().union(*(part.committed_by for part in parts)),
        frozenset().union(*(part.delivered_by for part in parts)),
        tuple(part.code for part in parts),
    )


def disclosed(shares: Iterable[Share]) -> Sequence[Share]:
    """The rows that may be shown, largest first, those told together last.

    Empty when everything would have to be told together: then only the total may be shown.
    """
    rows = sorted(shares, key=lambda s: (-s.delivered, -s.committed, s.code))
    shown = [row for row in rows if row.is_open]
    hidden = [row for row in rows if not row.is_open]
    while hidden and shown and not together(hidden).is_open:
        hidden.insert(0, shown.pop())
    if not hidden:
        return shown
    return [*shown, together(hidden)] if shown else []
