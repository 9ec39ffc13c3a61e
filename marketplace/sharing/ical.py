"""Harvest months and key days as an iCalendar file (RFC 5545). Pure.

Each run of months is one all-day event that comes back every year. A season that ends with
February is a day short in leap years: RFC 5545 repeats a length in days, and nobody harvests to
the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from marketplace.core import seasons
from marketplace.core.ical import escaped, file, stamp

PRODUCT = "-//ketnoi//mua vu 1.0//VI"


@dataclass(frozen=True, slots=True)
class Season:
    """The months of one listing. ``since`` is the year its first event lies in."""

    key: str
    title: str
    text: str
    place: str
    url: str
    group: str
    months: int
    since: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """A day of one listing that one must not miss. ``code`` tells the days of a listing apart."""

    key: str
    code: str
    title: str
    text: str
    place: str
    url: str
    on: date
    changed_at: datetime


def calendar(name: str, found: Iterable[Season], days: Iterable[Day] = ()) -> bytes:
    """The file; an empty calendar where nothing has months or days."""
    events = [
        line
        for season in found
        for run in seasons.spans(season.months)
        for line in _event(season, run)
    ]
    events += [line for day in days for line in _day(day)]
    return file(PRODUCT, name, events, "REFRESH-INTERVAL;VALUE=DURATION:P1D")


def _event(season: Season, run: tuple[int, int]) -> Sequence[str]:
    first, last = run
    start = date(season.since, first, 1)
    end_year = season.since + (first > last) + (last == 12)  # noqa: PLR2004  December
    end = date(end_year, last % 12 + 1, 1)
    return [
        *_head(f"{season.key}-{first:02}@mua-vu", season.changed_at, start, end),
        "RRULE:FREQ=YEARLY",
        *_words(season, CATEGORIES=season.group),
    ]


def _day(day: Day) -> Sequence[str]:
    head = _head(f"{day.key}-{day.code}@han", day.changed_at, day.on, day.on + timedelta(days=1))
    return [*head, *_words(day)]


def _head(uid: str, changed_at: datetime, start: date, end: date) -> Sequence[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{stamp(changed_at)}",
        f"LAST-MODIFIED:{stamp(changed_at)}",
        f"DTSTART;VALUE=DATE:{start:%Y%m%d}",
        f"DTEND;VALUE=DATE:{end:%Y%m%d}",
    ]


def _words(event: Season | Day, **more: str) -> Sequence[str]:
    given = {"DESCRIPTION": event.text, "LOCATION": event.place, **more}
    return [
        f"SUMMARY:{escaped(event.title)}",
        *(f"{name}:{escaped(value)}" for name, value in given.items() if value),
        f"URL:{event.url}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]
