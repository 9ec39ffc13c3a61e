"""Days as people write them, and the quarters reports are made for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.core.i18n import N_, Text
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean

EARLIEST = date(2000, 1, 1)
LATEST = date(2100, 12, 31)
EXAMPLE = "23/11/2026"
_TYPED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_QUARTER = re.compile(r"(20[0-9]{2}|2100)Q([1-4])")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def parse(raw: object, *, earliest: date = EARLIEST, latest: date = LATEST) -> date:
    """A day from ``dd/mm/yyyy``, or ``yyyy-mm-dd`` as browsers send it. Never month first.

    Raises Unreadable for other forms, days that do not exist, and days outside the bounds.
    """
    text = clean(raw)
    if not text:
        raise _unreadable(N_("Enter a date as day/month/year, for example %(example)s."))
    if typed := _TYPED.fullmatch(text):
        day, month, year = map(int, typed.groups())
    elif iso := _ISO.fullmatch(text):
        year, month, day = map(int, iso.groups())
    else:
        raise _unreadable(
            N_("Write the date as day/month/year with four digits, for example %(example)s.")
        )
    try:
        value = date(year, month, day)
    except ValueError:
        raise _unreadable(
            N_("There is no such day; check the day and then the month, for example %(example)s.")
        ) from None
    if not earliest <= value <= latest:
        raise Unreadable(
            Text(
                N_("The date must lie between %(earliest)s and %(latest)s; check the year."),
                earliest=to_input(earliest),
                latest=to_input(latest),
            )
        )
    return value


def _unreadable(msgid: str) -> Unreadable:
    return Unreadable(Text(msgid, example=EXAMPLE))


def to_input(day: date) -> str:
    """``23/11/2026``, in every language. ``parse`` reads it back."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def format_date(day: date, language: str = "vi") -> str:
    """``23/11/2026`` or ``23 Nov 2026``."""
    if language == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return to_input(day)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``start`` to ``end``, both included, under a code such as ``2026Q4``."""

    start: date
    end: date
    code: str

    def __contains__(self, day: date) -> bool:
        """Whether ``day`` lies in the period."""
        return self.start <= day <= self.end


def quarter(year: int, number: int) -> Period:
    """The ``number``-th quarter of ``year``. Raises ValueError outside 1 to 4."""
    if not 1 <= number <= 4:  # noqa: PLR2004  quarters
        msg = f"no quarter {number}"
        raise ValueError(msg)
    first = date(year, 3 * number - 2, 1)
    after = date(year + number // 4, (3 * number) % 12 + 1, 1)
    return Period(first, after - timedelta(days=1), f"{year}Q{number}")


def quarter_of(day: date) -> Period:
    """The quarter ``day`` lies in."""
    return quarter(day.year, (day.month + 2) // 3)


def parse_quarter(raw: object) -> Period:
    """The quarter with this code. Raises Unreadable."""
    code = _QUARTER.fullmatch(clean(raw))
    if code is None:
        raise Unreadable(N_("Choose a quarter by its year and number, for example 2026Q4."))
    return quarter(int(code[1]), int(code[2]))
