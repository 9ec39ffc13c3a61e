"""A month of cases: days by which something is due, on which a deal begins or ends. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from marketplace.core import clock
from marketplace.core.i18n import N_
from marketplace.desk.cases import Case

YEARS = range(2000, 2100)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


class Mark(StrEnum):
    """What happens on a day."""

    DUE = "due"
    BEGINS = "begins"
    ENDS = "ends"
    DELIVERED = "delivered"


WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
"""The heads of the columns."""

MARK_LABELS = {
    Mark.DUE: N_("Falls due"),
    Mark.BEGINS: N_("Begins"),
    Mark.ENDS: N_("Ends"),
    Mark.DELIVERED: N_("Delivered"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing on one day, and the case it belongs to."""

    on: date
    mark: Mark
    title: str
    case_id: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month shown, with its events; ``column`` 1 is a Monday."""

    on: date
    events: Sequence[Event]

    @property
    def column(self) -> int:
        """The day of the week, Monday first."""
        return self.on.isoweekday()

    @property
    def is_today(self) -> bool:
        """Whether it is today."""
        return self.on == clock.today()


def month_of(text: str) -> date | None:
    """The first day of a month written as 2026-11; None for anything else."""
    found = _MONTH.fullmatch(text)
    if not found or int(found[1]) not in YEARS or not 1 <= int(found[2]) <= 12:  # noqa: PLR2004
        return None
    return date(int(found[1]), int(found[2]), 1)


def last_day(first: date) -> date:
    """The last day of a month."""
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def beside(first: date) -> tuple[date, date]:
    """The month before and the month after."""
    after = last_day(first) + timedelta(days=1)
    return (first - timedelta(days=1)).replace(day=1), after


def events_of(cases: Iterable[Case], first: date) -> list[Event]:
    """What the cases have in this month; a day that has passed and still waits is late."""
    last = last_day(first)
    found = []
    for case in cases:
        days = (
            (Mark.DUE, case.hold.due_on),
            (Mark.BEGINS, case.starts_on if case.deal_id else None),
            (Mark.ENDS, case.ends_on if case.deal_id else None),
        )
        found += [
            Event(day, mark, case.title, case.public_id, mark is Mark.DUE and case.is_late)
            for mark, day in days
            if day is not None and first <= day <= last
        ]
    return found


def month(first: date, events: Iterable[Event]) -> list[Day]:
    """Every day of a month with its events, in their order."""
    by_day: dict[date, list[Event]] = {}
    for event in events:
        by_day.setdefault(event.on, []).append(event)
    return [
        Day(day, by_day.get(day, ()))
        for day in (first + timedelta(days=n) for n in range(last_day(first).day))
    ]
