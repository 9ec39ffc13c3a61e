"""Months of a year as a bit mask: bit 0 is January, bit 11 December.

A season may run over New Year: October to February is one span, (10, 2).
"""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.core.i18n import N_
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean

MONTHS = range(1, 13)
FULL_YEAR = 0xFFF
_CODES = {str(month): month for month in MONTHS}


def from_months(months: Iterable[int]) -> int:
    """The mask of these months. Raises ValueError outside 1 to 12."""
    mask = 0
    for month in months:
        mask |= _bit(month)
    return mask


def to_months(mask: int) -> list[int]:
    """The months of a mask, January first. Raises ValueError for what is no mask."""
    if not 0 <= mask <= FULL_YEAR:
        msg = f"no mask of months: {mask}"
        raise ValueError(msg)
    return [month for month in MONTHS if mask >> (month - 1) & 1]


def parse(values: Iterable[object]) -> int:
    """The mask of the boxes ticked in a form (``"1"`` to ``"12"``); no box gives 0.

    Raises Unreadable for any other value.
    """
    try:
        return from_months(_CODES[clean(value)] for value in values)
    except KeyError:
        raise Unreadable(
            N_("Tick the months of the season, from 1 to 12, for example 9 and 10.")
        ) from None


def to_input(mask: int) -> list[str]:
    """The boxes to tick. ``parse`` reads them back."""
    return [str(month) for month in to_months(mask)]


def in_season(mask: int, month: int) -> bool:
    """Whether ``month`` (1 to 12) belongs to the mask."""
    return bool(mask & _bit(month))


def next_month(mask: int, month: int) -> int | None:
    """The first month in season from ``month`` on, over New Year if need be; None for no season."""
    return next((m for m in (*range(month, 13), *range(1, month)) if mask & _bit(m)), None)


def spans(mask: int) -> list[tuple[int, int]]:
    """Runs of months as (first, last), in the order of their first month; the whole year (1, 12).

    A run over New Year has ``first > last`` and stands last.
    """
    if mask == FULL_YEAR:
        return [(1, 12)]
    months = to_months(mask)
    firsts = [m for m in months if not in_season(mask, _before(m))]
    lasts = [m for m in months if not in_season(mask, m % 12 + 1)]
    if firsts and firsts[0] > lasts[0]:  # the first to end began last year
        lasts.append(lasts.pop(0))
    return list(zip(firsts, lasts, strict=True))


def _before(month: int) -> int:
    return (month - 2) % 12 + 1


def _bit(month: int) -> int:
    if month not in MONTHS:
        msg = f"no month {month}"
        raise ValueError(msg)
    return 1 << (month - 1)
