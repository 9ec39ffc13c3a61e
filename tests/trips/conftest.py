"""A survey trip, told as far as a test needs it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.accounts.models import StoredFile
from marketplace.core import clock
from marketplace.interests import services as interests
from marketplace.promises import services as promises
from marketplace.promises.rules import MadeIn
from marketplace.promises.services import PromiseValues
from marketplace.trips import services
from marketplace.trips.models import Trip, TripPerson
from marketplace.trips.rules import NextStep
from marketplace.trips.services import PersonValues, StopValues, TripValues
from tests.world import World, paper

FIRST, LAST = date(2026, 12, 1), date(2026, 12, 2)
DAY_ONE = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
"""The first day, half past nine in the morning in Vietnam."""


def fake_freeze(_trip: Trip) -> StoredFile:
    """The row of a kit nobody draws."""
    return paper("kit.pdf")


class Outing:
    """Two stops, an accepted interest of the hotel's and one of the restaurant's still open."""

    def __init__(self, world: World) -> None:
        self.world = world

    def values(self, **changes: object) -> TripValues:
        values = {
            "title": "Khảo sát vùng dược liệu",
            "purpose": "Xem rẫy đẳng sâm và nhà sấy.",
            "starts_on": FIRST,
            "ends_on": LAST,
            "host": self.world.organisation("coop").public_id,
            "meeting_point": "Trụ sở phường Ngũ Hành Sơn",
            "meets_at": 6 * 60 + 30,
            "seats": 3,
            "is_open": True,
        }
        return TripValues(**(values | changes))  # type: ignore[arg-type]

    def proposed(self, **changes: object) -> Trip:
        """official_1 of the commune drew it up; the leader of the commune wrote the stops."""
        official = self.world.actor("official_1")
        trip = services.create(official, self.world.pair_id, self.values(**changes))
        listing = self.world.published()
        accepted = self.world.accepted(listing)
        waiting = self.world.interest(listing, "restaurant", 10_000)
        interests.answer(self.world.actor("coop"), waiting.public_id, "acknowledge")
        code = trip.public_id
        services.add_stop(
            official, code, StopValues(FIRST, 570, listing=listing.public_id, ask="Có bao nhiêu?")
        )
        services.add_stop(
            official,
            code,
            StopValues(LAST, None, "Nhà gươl", self.world.village_id("Aur"), ask="Đường đi?"),
        )
        return services.attach(official, code, [accepted.public_id, waiting.public_id])

    def planned(self, **changes: object) -> Trip:
        trip = self.proposed(**changes)
        return services.move(self.world.actor("official_1"), trip.public_id, "plan")

    def invited(self, trip: Trip, who: str, *, leads: bool = False, number: int = 1) -> TripPerson:
        """Someone of an organisation; ``number`` tells its people apart."""
        return services.invite(
            self.world.actor("official_1"),
            trip.public_id,
            PersonValues(
                self.world.organisation(who).public_id,
                f"Phụ trách {who}",
                f"+8490500000{number}",
                leads,
            ),
        )

    def confirmed(
        self, freeze: Callable[[Trip], StoredFile] = fake_freeze, **changes: object
    ) -> Trip:
        trip = self.planned(**changes)
        self.invited(trip, "hotel", leads=True)
        self.invited(trip, "restaurant")
        services.turn_key(self.world.actor("official_2"), trip.public_id, freeze)
        return services.turn_key(self.world.actor("ward_official_1"), trip.public_id, freeze)

    def under_way(self) -> Trip:
        trip = self.confirmed()
        with clock.at(DAY_ONE):
            services.check_in(
                self.world.actor("hotel"),
                trip.public_id,
                trip.stops[0].public_id,
                findings="Rẫy hai héc ta, cây ba năm.",
            )
        return trip

    def reporting(self) -> Trip:
        trip = self.under_way()
        official = self.world.actor("official_1")
        with clock.at(DAY_ONE + timedelta(days=1)):
            services.skip(
                official, trip.public_id, trip.stops[1].public_id, reason="rain", note="Mưa lớn."
            )
            return services.move(official, trip.public_id, "report")

    def written(self) -> Trip:
        """Nothing is missing any more but the keys."""
        return self.write(self.reporting())

    def write(self, trip: Trip) -> Trip:
        official, code = self.world.actor("official_1"), trip.public_id
        with clock.at(DAY_ONE + timedelta(days=2)):
            services.set_next_step(official, code, trip.interests[0].public_id, NextStep.GO_ON)
            services.set_next_step(
                official, code, trip.interests[1].public_id, NextStep.NO, "price", "Giá chưa hợp."
            )
            self.promise(trip)
            return services.write_report(official, code, None, "Tốt.", no_promises=False)

    def promise(self, trip: Trip, due: date = date(2026, 12, 10)):
        return promises.make(
            self.world.actor("official_1"),
            self.world.pair_id,
            PromiseValues(
                self.world.organisation("coop").public_id,
                self.world.organisation("hotel").public_id,
                "Gửi mẫu đẳng sâm sấy hai ký.",
                due,
                clock.today(),
            ),
            MadeIn.TRIP,
            trip.public_id,
        )


@pytest.fixture
def outing(world: World) -> Outing:
    return Outing(world)
