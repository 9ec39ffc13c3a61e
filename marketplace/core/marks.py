"""Several members of an enumeration as a bit mask: bit 0 is the first of the order given.

The order is part of the data: new members go to the end, none is ever taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TypeVar

M = TypeVar("M", bound=StrEnum)


def from_members(order: Sequence[M], members: Iterable[M]) -> int:
    """The mask of these members. Raises ValueError for one that is not in the order."""
    mask = 0
    for member in members:
        mask |= 1 << order.index(member)
    return mask


def to_members(order: Sequence[M], mask: int) -> list[M]:
    """The members of a mask, in order. Raises ValueError for what is no mask of this order."""
    if not 0 <= mask < 1 << len(order):
        msg = f"no mask of {len(order)} marks: {mask}"
        raise ValueError(msg)
    return [member for at, member in enumerate(order) if mask >> at & 1]
