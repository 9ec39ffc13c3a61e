"""An office signs in at once from one address: nobody waits for another for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.accounts import services, throttle
from marketplace.accounts.models import SignIn, Throttle
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.use_case import use_case
from tests.deals.test_races import at_once, good
from tests.world import PASSWORD, World

OFFICE = "192.0.2.1"
PEOPLE = ("official-1", "official-2", "leader", "coop", "hotel", "restaurant", "investor")


@pytest.mark.slow
def test_an_office_signs_in_at_once_from_one_address(fresh: tuple[Flask, World]) -> None:
    app, _world = fresh
    jobs = [
        lambda who=who: services.sign_in(f"{who}@demo.example", PASSWORD, OFFICE)
        for who in PEOPLE * 4
    ]
    assert len(good(at_once(app, jobs, width=14))) == len(jobs)
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count(SignIn.id))) == len(jobs)
    assert set(db.session.scalars(sa.select(Throttle.tries))) == {0}  # none was a wrong try


def test_spent_tries_are_forgotten_and_others_are_not(world: World) -> None:
    throttle.count((throttle.RESET, "a"), (throttle.SIGN_IN_ADDRESS, OFFICE))
    use_case(throttle.forget)(clock.now() + timedelta(hours=1))
    kept = db.session.scalars(sa.select(Throttle.key)).all()
    assert [key.partition(":")[0] for key in kept] == ["reset"]
