"""A trip as an iCalendar file (RFC 5545). Pure but for the models it reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from marketplace.core import clock, ical
from marketplace.trips.models import Trip
from marketplace.trips.rules import TripState

PRODUCT = "-//ketnoi//khao sat 1.0//VI"
STATUS = {TripState.CANCELLED: "CANCELLED", TripState.POSTPONED: "CANCELLED"}
SURE = (TripState.CONFIRMED, TripState.UNDER_WAY, TripState.REPORTING, TripState.CLOSED)


def calendar(trip: Trip, url: str) -> bytes:
    """One event: from the meeting on where its time is known, else whole days.

    The same UID with a higher SEQUENCE puts an earlier file right in the reader's calendar.
    """
    first = trip.starts_on
    if first is None:
        return ical.file(PRODUCT, trip.title, [])
    last = trip.ends_on or first
    if trip.meets_at is None:
        when = [
            f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{last + timedelta(days=1):%Y%m%d}",
        ]
    else:
        begins = datetime(
            first.year, first.month, first.day, *divmod(trip.meets_at, 60), tzinfo=clock.VIETNAM
        )
        ends = datetime(last.year, last.month, last.day, 17, tzinfo=clock.VIETNAM)
        ends = max(ends, begins + timedelta(hours=1))
        when = [
            f"DTSTART:{ical.stamp(begins.astimezone(UTC))}",
            f"DTEND:{ical.stamp(ends.astimezone(UTC))}",
        ]
    status = STATUS.get(trip.state, "CONFIRMED" if trip.state in SURE else "TENTATIVE")
    given = [("DESCRIPTION", trip.purpose), ("LOCATION", trip.meeting_point)]
    return ical.file(
        PRODUCT,
        trip.title,
        [
            "BEGIN:VEVENT",
            f"UID:{trip.public_id}@khao-sat",
            f"SEQUENCE:{trip.version}",
            f"DTSTAMP:{ical.stamp(clock.now())}",
            *when,
            f"SUMMARY:{ical.escaped(trip.title)}",
            *(f"{name}:{ical.escaped(value)}" for name, value in given if value),
            f"URL:{url}",
            f"STATUS:{status}",
            "END:VEVENT",
        ],
    )
