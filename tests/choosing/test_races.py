"""Several officials at the same moment, on real transactions."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from marketplace.choosing import services
from marketplace.choosing.models import Selection
from marketplace.choosing.rules import SelectionState
from marketplace.choosing.services import NOBODY, Result
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import DomainError
from marketplace.core.journal import Entry
from marketplace.matching.models import Match
from tests.choosing.conftest import DECIDERS, Story
from tests.conftest import NOW
from tests.deals.test_races import as_actors, at_once, good


def test_two_officials_opening_two_selections_open_one(fresh):
    app, world = fresh
    with clock.at(NOW):
        story = Story(world)
        code = (listing := story.call()).public_id
        for who in ("hotel", "investor"):
            story.wants(listing, who)
    openers = list(as_actors(world, "official_1", "official_2", "leader").values())

    def open_(someone):
        with clock.at(NOW):
            return services.open_selection(
                someone, code, closes_on=None, decides_on=date(2026, 12, 10)
            ).id

    done = at_once(app, [lambda a=openers[n % 3]: open_(a) for n in range(6)])
    assert len(good(done)) == 1, done
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count(Selection.id))) == 1
    names = db.session.scalars(sa.select(Entry.name)).all()
    assert names.count("selection.opened") == 1


def test_two_deciders_proposing_at_once_propose_one_result(fresh):
    app, world = fresh
    with clock.at(NOW):
        selection = Story(world).scored()
        code = selection.public_id
        applicants = [one.public_id for one in selection.applicants]
    deciders = list(as_actors(world, "official_2", "leader").values())
    reasons = dict.fromkeys(applicants, "Theo tiêu chí.")
    chosen = [applicants[0], NOBODY]
    results = [Result(one, "Theo tiêu chí.", reasons) for one in chosen]
    done = at_once(
        app,
        [
            lambda a=a, r=r: services.propose_result(a, code, r).id
            for a, r in zip(deciders, results, strict=True)
        ],
    )
    assert len(good(done)) == 1, done
    db.session.rollback()
    names = db.session.scalars(sa.select(Entry.name)).all()
    assert names.count("selection.propose") == 1


def test_deciders_of_a_locality_turning_the_last_key_at_once_decide_once(fresh):
    app, world = fresh
    with clock.at(NOW):
        story = Story(world)
        selection = story.scored(deciders=(*DECIDERS, "ward_official_2"))
        story.proposes(selection, "official_2")
        story.keyed(selection, "leader")
        code = selection.public_id
    deciders = list(as_actors(world, "ward_official_1", "ward_official_2").values())
    done = at_once(app, [lambda a=deciders[n % 2]: services.turn_key(a, code).id for n in range(6)])
    assert len(good(done)) == 1, [r for r in done if not isinstance(r, DomainError)]
    db.session.rollback()
    assert db.session.scalars(sa.select(Selection.state)).one() is SelectionState.DECIDED
    assert db.session.scalar(sa.select(sa.func.count(Match.id))) == 1
    names = db.session.scalars(sa.select(Entry.name)).all()
    assert names.count("selection.decide") == names.count("interest.choose") == 1
    assert names.count("interest.pass_over") == 1
