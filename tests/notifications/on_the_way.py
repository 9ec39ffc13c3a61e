"""Trips and promises on which everyone is told of everything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from marketplace.core import clock
from marketplace.notifications.dispatch import dispatch
from marketplace.promises import services as promises
from marketplace.trips import services
from tests.trips.conftest import DAY_ONE, Outing, fake_freeze
from tests.trips.test_services import closed
from tests.world import World


def trips(world: World) -> None:
    """One trip to its end, one through a landslide, one that never was; promises of every end."""
    outing = Outing(world)
    trip = outing.written()
    with clock.at(DAY_ONE + timedelta(days=2)):
        for person in trip.people:
            services.move_person(
                world.actor("official_1"), trip.public_id, person.public_id, "attend"
            )
        for key in ("official_2", "ward_official_2"):
            services.sign_report(world.actor(key), trip.public_id)
            while dispatch():  # who may still sign is asked between the two
                pass
    ends = [outing.promise(trip) for _ in range(4)]
    codes = [promise.public_id for promise in ends]
    promises.say_done(world.actor("coop"), codes[0], "Đã gửi.")
    promises.judge(world.actor("hotel"), codes[0], "keep")
    promises.judge(world.actor("hotel"), codes[1], "break", reason="late", note="Chưa thấy.")
    promises.judge(world.actor("coop"), codes[2], "withdraw", reason="mistake", note="Ghi nhầm.")
    for day in (9, 12):
        with clock.at(datetime(2026, 12, day, 3, tzinfo=UTC)):
            promises.remind()

    other = Outing(world).confirmed()
    code = other.public_id
    asked = [
        services.ask_for_seat(world.actor(who), code, "Giám đốc", "+84905000009").public_id
        for who in ("investor", "other_coop")
    ]
    official = world.actor("official_1")
    services.move_person(official, code, asked[0], "give_seat")
    services.move_person(official, code, asked[1], "refuse", reason="full", note="Hết chỗ.")
    services.move_person(world.actor("investor"), code, asked[0], "decline")
    closed(world, "Aur", since=date(2026, 12, 1))
    services.warn_of_closed_roads()
    services.move(official, code, "postpone", reason="road", note="Sạt lở.")
    services.move(official, code, "replan")
    services.turn_key(world.actor("official_2"), code, fake_freeze)
    services.move(official, code, "cancel", reason="changed", note="Thôi.")
