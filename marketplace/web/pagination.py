"""Numbered pages of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

PER_PAGE = 24
LAST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list: its items, its number, and how many there are in all."""

    items: Sequence[T]
    number: int
    total: int
    per_page: int = PER_PAGE

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.per_page))


def page_number(raw: str | None) -> int:
    """A page number from an address; anything else is page 1."""
    if raw and raw.isascii() and raw.isdigit() and len(raw) <= 5:  # noqa: PLR2004
        return min(max(1, int(raw)), LAST_PAGE)
    return 1
