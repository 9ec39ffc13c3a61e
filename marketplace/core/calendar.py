"""Working days of Vietnamese offices.

Public holidays are data, not law: the days of Labour Code 2019, article 112, with the lunar dates
2025 to 2030 computed for Vietnam's meridian (new moon and sun's longitude at UTC+7; for 2030 they
differ from China's by a day). What the government settles year by year can differ and must be
checked when it is announced: which of the five days of Tết fall before its first, on which side of
2 September the second day lies, and which working days offices exchange. As announced are 2025
(notice 6150/TB-BLĐTBXH of 3 December 2024) and 2026 (as the press gave the Ministry of Home
Affairs' notice; to be compared with its text); from 2027 on they are assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta

from marketplace.core.clock import VIETNAM

CLOSING_TIME = time(17, 0)
"""When offices close, on a Vietnamese clock."""

KNOWN_YEARS = range(2025, 2031)
"""Years whose holidays are in the table; in others only weekends count as free."""

# Configuration. Year: first day of Tết, days off before it (of five; as announced for 2025 and
# 2026, assumed after), Hùng Kings' day (10th of the third lunar month), the day beside 2 September
# (as announced for 2025 and 2026, assumed after).
_MOVING: dict[int, tuple[date, int, date, date]] = {
    2025: (date(2025, 1, 29), 2, date(2025, 4, 7), date(2025, 9, 1)),
    2026: (date(2026, 2, 17), 1, date(2026, 4, 26), date(2026, 9, 1)),
    2027: (date(2027, 2, 6), 1, date(2027, 4, 16), date(2027, 9, 3)),
    2028: (date(2028, 1, 26), 1, date(2028, 4, 4), date(2028, 9, 1)),
    2029: (date(2029, 2, 13), 1, date(2029, 4, 23), date(2029, 9, 3)),
    2030: (date(2030, 2, 2), 1, date(2030, 4, 12), date(2030, 9, 3)),
}
_EXCHANGED = {
    date(2025, 5, 2): date(2025, 4, 26),
    date(2026, 1, 2): date(2026, 1, 10),
    date(2026, 8, 31): date(2026, 8, 22),
}
"""Working days on which offices are closed, and the Saturday each is made up on."""
_TET_DAYS = 5
# Day of Vietnamese culture, 24 November, a paid day off by Politburo resolution 80-NQ/TW of
# January 2026; the labour code's change was announced, its text not seen. Check.
_CULTURE_DAY_SINCE = 2026
_SATURDAY = 5


def _named_days(year: int) -> Iterator[date]:
    tet, before, hung_kings, beside_national = _MOVING[year]
    yield date(year, 1, 1)
    yield from (tet + timedelta(days=n - before) for n in range(_TET_DAYS))
    yield hung_kings
    yield date(year, 4, 30)
    yield date(year, 5, 1)
    yield date(year, 9, 2)
    yield beside_national
    if year >= _CULTURE_DAY_SINCE:
        yield date(year, 11, 24)


def public_holidays(years: Iterable[int] = KNOWN_YEARS) -> frozenset[date]:
    """The days off of ``years``, with a working day given for each on a weekend (article 111.3).

    Raises KeyError for years outside the table.
    """
    named = {day for year in years for day in _named_days(year)}
    free = set(named)
    for day in sorted(named):
        if day.weekday() >= _SATURDAY:
            instead = day
            while instead.weekday() >= _SATURDAY or instead in free:
                instead += timedelta(days=1)
            free.add(instead)
    return frozenset(free)


HOLIDAYS = public_holidays() | _EXCHANGED.keys()
WORKED_SATURDAYS = frozenset(_EXCHANGED.values())


def is_working_day(day: date, holidays: AbstractSet[date] = HOLIDAYS) -> bool:
    """Whether offices are open: neither weekend nor holiday, or a Saturday that is worked."""
    return (day.weekday() < _SATURDAY or day in WORKED_SATURDAYS) and day not in holidays


def add_working_days(day: date, count: int, holidays: AbstractSet[date] = HOLIDAYS) -> date:
    """The ``count``-th working day after ``day``, which itself is not counted.

    0 gives ``day``, or the next working day when ``day`` is free. Raises ValueError below 0.
    """
    if count < 0:
        msg = "working days are counted forward"
        raise ValueError(msg)
    while not is_working_day(day, holidays) and count == 0:
        day += timedelta(days=1)
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, holidays)
    return day


def working_days_before(day: date, count: int, holidays: AbstractSet[date] = HOLIDAYS) -> date:
    """The ``count``-th working day before ``day``, which itself is not counted.

    0 gives ``day``, free or not. Raises ValueError below 0.
    """
    if count < 0:
        msg = "working days before a day are counted from it"
        raise ValueError(msg)
    while count:
        day -= timedelta(days=1)
        count -= is_working_day(day, holidays)
    return day


def end_of_working_day(day: date) -> datetime:
    """The moment offices close on ``day``, aware, in UTC."""
    return datetime.combine(day, CLOSING_TIME, VIETNAM).astimezone(UTC)
