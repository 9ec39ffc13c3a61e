"""Who may move trips, people, stops and reports, from which state."""

from __future__ import annotations

from marketplace.trips.rules import TRIP, TRIP_PERSON, TRIP_REPORT, TRIP_STOP
from tests.tables import COMMUNE, OFFICERS, WARD, allowed, everyone, written

LEADERS = OFFICERS | {"hotel"}


def test_the_table_of_a_trip(world, outing):
    trip = outing.planned()
    outing.invited(trip, "hotel", leads=True)
    assert allowed(TRIP, trip, everyone(world)) == written(
        {
            "plan": ({"proposed"}, OFFICERS),
            "turn_key": ({"planned"}, OFFICERS - {"official_1"}),
            "confirm": ({"planned"}, {"system"}),
            "start": ({"confirmed"}, LEADERS),
            "report": ({"under_way"}, LEADERS | {"system"}),
            "close": ({"reporting"}, {"system"}),
            "postpone": ({"confirmed", "under_way"}, OFFICERS),
            "replan": ({"postponed"}, OFFICERS),
            "cancel": ({"proposed", "planned", "confirmed", "postponed"}, OFFICERS),
        }
    )


def test_the_table_of_someone_invited(world, outing):
    trip = outing.planned()
    outing.invited(trip, "hotel", leads=True)
    person = outing.invited(trip, "restaurant")
    speak = {"restaurant", *WARD}
    assert allowed(TRIP_PERSON, person, everyone(world)) == written(
        {
            "invite": ({"asked", "declined", "absent"}, OFFICERS),
            "give_seat": ({"asked"}, OFFICERS),
            "refuse": ({"asked"}, OFFICERS),
            "accept": ({"invited"}, speak),
            "decline": ({"invited", "accepted"}, speak),
            "attend": ({"invited", "accepted", "absent"}, LEADERS),
            "miss": ({"invited", "accepted", "attended"}, LEADERS),
        }
    )


def test_the_tables_of_a_stop_and_a_report(world, outing):
    trip = outing.reporting()
    assert allowed(TRIP_STOP, trip.stops[0], everyone(world)) == written(
        {"check_in": ({"to_see", "skipped"}, LEADERS), "skip": ({"to_see"}, LEADERS)}
    )
    assert allowed(TRIP_REPORT, trip.report, everyone(world)) == written(
        {"turn_key": ({"draft"}, OFFICERS - {"official_1"}), "sign": ({"draft"}, {"system"})}
    )
    assert COMMUNE < OFFICERS
