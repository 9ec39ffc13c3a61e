"""When saved searches and reminders are due, and of which events watchers are told."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from marketplace.core import clock
from marketplace.core.i18n import N_

MOST_SEARCHES = 30
"""Saved searches of one person."""
MOST_WATCHED = 200
"""Listings one person watches."""
MORNING = time(7)
"""When daily and weekly mails go out, on a Vietnamese clock; the weekly ones on Mondays."""
REMIND_DAYS = (7, 1)
"""Days before its last day on which the watchers of a listing are reminded, once each."""


class Rhythm(StrEnum):
    """How often a saved search tells what is new."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


RHYTHM_LABELS = {
    Rhythm.AT_ONCE: N_("At once"),
    Rhythm.DAILY: N_("Once a day, at 7 in the morning"),
    Rhythm.WEEKLY: N_("Once a week, on Monday morning"),
}

OF_WATCHED = frozenset(
    {
        "listing.offer_changed",
        "listing.revised",
        "listing.close",
        "listing.closing_soon",
        "listing_availability.pause",
        "listing_availability.hold",
        "listing_availability.resume",
        "question.answered",
    }
)
"""Events those who watch a listing are told of: addenda to what it says, and its end.

Hiding is not among them: what officials took out of sight is spoken of to nobody. A quantity that
is merely confirmed changes nothing.
"""


def last_morning(rhythm: Rhythm, now: datetime) -> datetime:
    """The latest moment, up to ``now``, at which a search of this rhythm is to be told."""
    if rhythm is Rhythm.AT_ONCE:
        return now
    here = clock.local(now)
    morning = datetime.combine(here.date(), MORNING, clock.VIETNAM)
    if morning > here:
        morning -= timedelta(days=1)
    if rhythm is Rhythm.WEEKLY:
        morning -= timedelta(days=morning.weekday())
    return morning


def is_due(rhythm: Rhythm, checked_at: datetime, now: datetime) -> bool:
    """Whether a search gone through at ``checked_at`` is to be gone through now.

    A clock that slept for days finds it due once, so that one mail catches up.
    """
    return rhythm is Rhythm.AT_ONCE or checked_at < last_morning(rhythm, now)


def due_reminder(day: date, closes_on: date | None) -> int | None:
    """The reminder that belongs to ``day``: the nearest of ``REMIND_DAYS``; None outside them."""
    if closes_on is None or closes_on < day:
        return None
    left = (closes_on - day).days
    return min((days for days in REMIND_DAYS if left <= days), default=None)


def began_in_time(began_on: date, closes_on: date, days: int) -> bool:
    """Whether who watches since ``began_on`` gets the reminder of ``days`` before the last day.

    Someone who began within these days has read the date already.
    """
    return began_on <= closes_on - timedelta(days=days)
