"""The last seat, and both keys at the same moment, on real transactions."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.accounts.models import StoredFile
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.trips import services
from marketplace.trips.models import Trip, TripPerson
from marketplace.trips.rules import SEATED, TripState
from tests.deals.test_races import as_actors, at_once, good
from tests.trips.conftest import Outing, fake_freeze


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
