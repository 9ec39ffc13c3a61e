"""What results are counted by: the quarters of a period, the sectors, and the public addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.core.actor import Actor
from marketplace.core.dates import Period, parse_quarter, quarter_of
from marketplace.core.parsing import Unreadable
from marketplace.deals.rules import Indicator

ADDRESSES = {
    "cam-ket": Indicator.COMMITTED_VALUE,
    "thuc-hien": Indicator.DELIVERED_VALUE,
    "khoi-luong": Indicator.DELIVERED_WEIGHT,
    "hoan-thanh": Indicator.DEALS_DONE,
}
"""How an indicator is named in an address."""

MONEY = frozenset({Indicator.COMMITTED_VALUE, Indicator.DELIVERED_VALUE})
"""Indicators whose single amounts are not for everyone."""


@dataclass(frozen=True, slots=True)
class Span:
    """Whole quarters from ``first`` to ``last``, both included."""

    first: Period
    last: Period

    @property
    def quarters(self) -> Sequence[Period]:
        """Every quarter, in order."""
        found = [self.first]
        while found[-1].start < self.last.start:
            found.append(quarter_of(found[-1].end + timedelta(days=1)))
        return found


def span(widest: Span, first: str | None, last: str | None) -> Span:
    """The wished part of the widest span; what cannot be read or lies outside is left aside."""
    begin, end = _within(widest, first) or widest.first, _within(widest, last) or widest.last
    return Span(begin, end) if begin.start <= end.start else Span(end, begin)


def _within(widest: Span, code: str | None) -> Period | None:
    try:
        found = parse_quarter(code or "")
    except Unreadable:
        return None
    return found if widest.first.start <= found.start <= widest.last.start else None


def widest_span(begun: date, today: date) -> Span:
    """From the quarter in which it began to the present one."""
    return Span(quarter_of(min(begun, today)), quarter_of(today))


def may_see_amounts(actor: Actor, locality_ids: Sequence[int]) -> bool:
    """Officials of the two localities check every single amount; the public sees the sums."""
    return actor.is_officer_of(*locality_ids)
