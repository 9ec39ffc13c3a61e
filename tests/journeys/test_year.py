"""A simulated year, day by day: working days, holidays, and two landslides that stop the clocks.

Whether something is late is compared every day with a calendar written here by hand from the law
(Labour Code 2019, articles 111 and 112), not with the program's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.catalogue.rules import ListingState
from marketplace.cli import tick
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.deals.models import Deal
from marketplace.deals.rules import DealState, due_on
from marketplace.deals.services import Terms
from marketplace.desk import queries as desk
from marketplace.interests import services as asking
from marketplace.interests.models import Interest
from marketplace.interests.rules import InterestState
from marketplace.trips import services as trips
from marketplace.trips.models import Trip
from tests.trips.conftest import Outing, fake_freeze
from tests.world import World

FIRST, LAST = date(2026, 11, 23), date(2027, 11, 22)
FREE = {
    *(date(2026, 11, 24), date(2027, 1, 1)),
    # Tết: five days from 5 February, of which the 6th and 7th are a weekend given back
    *(date(2027, 2, day) for day in (5, 8, 9, 10, 11)),
    *(date(2027, 4, 16), date(2027, 4, 30), date(2027, 5, 3), date(2027, 9, 2), date(2027, 9, 3)),
}
"""Weekdays off in these twelve months; 1 May 2027 is a Saturday, given back on the 3rd."""
LANDSLIDES = (
    (date(2027, 2, 3), date(2027, 2, 17)),  # before Tết, the road open again after it
    (date(2027, 10, 11), date(2027, 10, 22)),  # the season of storms
)
"""From the day the road broke to the day it could be used again."""
EVERY = 11
"""Days from one question of the hotel to the next."""


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in FREE


def after(day: date, working: int, standing: Callable[[date], bool]) -> date:
    """The day on which this many working days have passed since ``day``, not those standing."""
    while working:
        day += timedelta(days=1)
        working -= works(day) and not standing(day)
    return day


def stands(day: date) -> bool:
    """Whether the road is broken."""
    return any(since <= day < until for since, until in LANDSLIDES)


@dataclass
class Asked:
    """A question of the hotel's: what was sent when, and whether a trip waits for the road."""

    interest: Interest
    on: date
    closes_on: date
    within: int = 3
    on_a_trip: bool = False
    late_days: set[date] = field(default_factory=set)

    @property
    def due(self) -> date:
        """By hand: three working days to be acknowledged, ten to be answered, both from sending."""
        return after(self.on, self.within, stands if self.on_a_trip else lambda _day: False)


def mornings() -> Iterator[date]:
    """Every day of the year at nine in the morning in Vietnam, the clock having done its work."""
    for n in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=n)
        with clock.at(datetime(day.year, day.month, day.day, 2, tzinfo=UTC)):
            tick()
            db.session.expire_all()
            yield day


@pytest.mark.slow
def test_a_year_of_clocks(world: World, database: str) -> None:
    if database != "sqlite":
        pytest.skip("the calendar is the same on both databases")
    year = Year(world)
    for day in mornings():
        year.live(day)
    assert len(year.asked) > 30
    assert sum(one.on_a_trip for one in year.asked) == 2
    assert all(one.late_days for one in year.asked if one.on < LAST - timedelta(days=20))
    assert year.checked > 500


class Year:
    """What happens in it, and what must be true each day."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked: list[Asked] = []
        self.trips: dict[date, Trip] = {}
        self.deal = self._big_deal()
        self.ends = self.deal.ends_on
        self.checked = 0

    def _big_deal(self) -> Deal:
        """A small sale that runs to the end of the year."""
        match = self.world.consented(self.world.proposed(quantity=20_000))
        deals.turn_match_key(self.world.actor("official_2"), match.public_id)
        with clock.at(clock.now() + timedelta(days=5)):
            deals.let_matches_take_effect()
            deal = deal_queries.of_match(match.id)
            assert deal is not None
            today = clock.today()
            terms = Terms(20_000, 120_000, None, today, date(2027, 11, 1))
            deals.set_terms(self.world.actor("hotel"), deal.public_id, terms)
            for who in ("coop", "hotel"):
                deals.accept_terms(self.world.actor(who), deal.public_id)
            deals.start_due()
        return deal_queries.get(deal.public_id, self.world.actor("official_1"))

    def live(self, day: date) -> None:
        """A day: the road, a question now and then, answers; then everything is looked at."""
        for since, until in LANDSLIDES:
            if day == since - timedelta(days=2):
                self.plan(day, until)
            if day == since:
                self.road_breaks(self.trips[until])
            if day == until:
                self.road_opens(self.trips[until])
        if (day - FIRST).days % EVERY == 0:
            self.ask(day)
        for one in self.asked:
            if day == one.on + timedelta(days=8) and one.within == 3 and not one.on_a_trip:
                asking.answer(self.world.actor("coop"), one.interest.public_id, "acknowledge")
                one.within = 10
        self.look(day)

    def ask(self, day: date) -> Asked:
        closes = day + timedelta(days=27)
        listing = self.world.published(title=f"Măng {day}", closes_on=closes)
        one = Asked(self.world.interest(listing, quantity=5_000), day, closes)
        self.asked.append(one)
        return one

    def plan(self, day: date, until: date) -> None:
        """A trip for after the road will have broken, for one question of these days."""
        one, official = self.ask(day), self.world.actor("official_1")
        one.on_a_trip, outing = True, Outing(self.world)
        starts = day + timedelta(days=4)
        trip = trips.create(
            official, self.world.pair_id, outing.values(starts_on=starts, ends_on=starts)
        )
        stop = trips.StopValues(starts, 570, listing=one.interest.listing.public_id, ask="Còn bao?")
        trips.add_stop(official, trip.public_id, stop)
        trips.attach(official, trip.public_id, [one.interest.public_id])
        trips.move(official, trip.public_id, "plan")
        outing.invited(trip, "hotel", leads=True)
        for who in ("official_2", "ward_official_1"):
            trip = trips.turn_key(self.world.actor(who), trip.public_id, fake_freeze)
        self.trips[until] = trip

    def road_breaks(self, trip: Trip) -> None:
        official = self.world.actor("ward_official_1")
        why = {"reason": "road", "note": "Sạt lở."}
        trips.move(official, trip.public_id, "postpone", **why)
        deals.suspend(official, self.deal.public_id, reason="landslide", note="Sạt lở.")

    def road_opens(self, trip: Trip) -> None:
        starts = clock.today() + timedelta(days=10)
        values = Outing(self.world).values(starts_on=starts, ends_on=starts)
        trips.edit(self.world.actor("official_1"), trip.public_id, None, values)
        trips.move(self.world.actor("official_1"), trip.public_id, "replan")
        deals.resume(self.world.actor("coop"), self.deal.public_id)

    # ------------------------------------------------------------ what must be true

    def look(self, day: date) -> None:
        db.session.expire_all()
        for one in self.asked:
            if day <= one.on + timedelta(days=45):
                self.look_at(one, day)
        deal = self.deal
        if stands(day):
            assert deal.state is DealState.SUSPENDED, day
            assert due_on(deal) is None, day
        else:
            stood = sum((until - since).days for since, until in LANDSLIDES if until <= day)
            assert self.ends is not None
            assert due_on(deal) == self.ends + timedelta(days=stood), day
            assert deal.state is DealState.ACTIVE, day

    def look_at(self, one: Asked, day: date) -> None:
        found = one.interest
        listing = found.listing
        if day > one.closes_on:
            assert listing.state is ListingState.CLOSED, (day, one)
            assert found.state is InterestState.LAPSED, (day, one)
            return
        assert listing.state is ListingState.PUBLISHED, (day, one)
        assert found.state in {InterestState.SUBMITTED, InterestState.ACKNOWLEDGED}, (day, one)
        is_late = day > one.due and not (one.on_a_trip and stands(day))
        assert found.is_late is is_late, (day, one.on, one.due, found.due_on)
        self.checked += 1
        if is_late and not one.late_days:
            self.look_at_desks(found, day)
        if is_late:
            one.late_days.add(day)

    def look_at_desks(self, found: Interest, day: date) -> None:
        """On the first late day it is red on the desks of both localities."""
        for who in ("official_1", "ward_official_1"):
            viewer = self.world.actor(who)
            late = {task.subject[1] for task in desk.tasks(viewer) if task.is_late}
            late |= {one.values["public_id"] for one in desk.late_elsewhere(viewer)}
            assert found.public_id in late, (who, day)
