"""The last seat, both keys, two trips to the same people at the same moment; real transactions."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.accounts.models import StoredFile
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.programme.models import ClockStop
from marketplace.trips import services
from marketplace.trips.models import Trip, TripPerson
from marketplace.trips.rules import SEATED, TripState
from tests.deals.test_races import as_actors, at_once, good
from tests.trips.conftest import FIRST, Outing, fake_freeze


def test_the_last_seat_is_taken_once(fresh):
    app, world = fresh
    outing = Outing(world)
    trip = outing.planned(seats=2)
    code = trip.public_id
    names = ("hotel", "restaurant", "investor")
    people = [
        (name, outing.invited(trip, name, number=number).public_id)
        for name in names
        for number in (1, 2)
    ]
    actors = as_actors(world, *names)
    done = at_once(
        app,
        [
            lambda n=name, p=person: services.move_person(actors[n], code, p, "accept").public_id
            for name, person in people
        ],
    )
    assert len(good(done)) == 2, done
    db.session.rollback()
    seated = sa.select(sa.func.count(TripPerson.id)).where(TripPerson.state.in_(SEATED))
    assert db.session.scalar(seated) == 2


def test_both_localities_at_once_confirm_once(fresh):
    app, world = fresh
    code = Outing(world).planned().public_id
    actors = as_actors(world, "official_2", "leader", "ward_official_1", "ward_leader")
    done = at_once(
        app,
        [lambda a=a: services.turn_key(a, code, fake_freeze).state for a in actors.values()],
    )
    assert len(good(done)) == 2, done
    db.session.rollback()
    assert db.session.scalar(sa.select(Trip.state)) is TripState.CONFIRMED
    names = db.session.scalars(sa.select(Entry.name)).all()
    assert names.count("trip.confirm") == 1
    assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == 1


def test_two_trips_that_go_on_at_once_let_the_clocks_of_what_both_serve_run(fresh):
    """Each of them waits to see the other: else both leave it to the other, for ever."""
    app, world = fresh
    outing = Outing(world)
    one = outing.confirmed()
    other = _to_the_same(outing, one)
    codes = (one.public_id, other.public_id)
    actors = list(as_actors(world, "official_1", "ward_official_1").values())

    def moved(someone, code, move):
        reason = None if move == "replan" else "road"
        return services.move(someone, code, move, reason=reason, note="Sạt lở.").state

    for move in ("postpone", "replan") * 4:
        if move == "postpone":
            _confirmed_again(outing, codes)
        jobs = [lambda a=a, c=c, m=move: moved(a, c, m) for a, c in zip(actors, codes, strict=True)]
        done = at_once(app, jobs)
        assert len(good(done)) == 2, done
        db.session.rollback()
        standing = sa.select(sa.func.count(ClockStop.id)).where(ClockStop.until.is_(None))
        assert db.session.scalar(standing) == (2 if move == "postpone" else 0)


def _to_the_same(outing: Outing, trip: Trip) -> Trip:
    """Another planned trip, for the same interests."""
    official = outing.world.actor("official_1")
    other = services.create(official, outing.world.pair_id, outing.values(title="Đi lần hai"))
    code = other.public_id
    stop = services.StopValues(FIRST, None, "Nhà gươl", outing.world.village_id("Aur"))
    services.add_stop(official, code, stop)
    services.attach(official, code, [link.interest.public_id for link in trip.interests])
    return services.move(official, code, "plan")


def _confirmed_again(outing: Outing, codes: tuple[str, str]) -> None:
    """Both keys on each of them that is planned only."""
    for trip in db.session.scalars(sa.select(Trip).where(Trip.public_id.in_(codes))).all():
        if trip.state is TripState.PLANNED:
            for who in ("official_2", "ward_official_1"):
                services.turn_key(outing.world.actor(who), trip.public_id, fake_freeze)
