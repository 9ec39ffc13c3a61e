"""What the clock closes, and how it says why."""

from __future__ import annotations

from datetime import date, timedelta

import sqlalchemy as sa

from marketplace.catalogue import services as catalogue
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.interests import services as interests
from marketplace.interests.services import InterestValues
from marketplace.programme import stopping
from tests.world import World

ASKED = InterestValues("Bộ phận đầu tư", "+84900000000", "Muốn khảo sát.", capital=10**9)


def test_the_clock_gives_a_reason_by_its_code_and_no_sentence_of_its_own(world: World) -> None:
    """A sentence kept as text would stand in one language on every page and mail."""
    listing = world.opportunity(is_open_ended=False, closes_on=date(2026, 11, 21))
    interests.register(world.actor("investor"), listing.public_id, ASKED)
    with clock.at(clock.now() + timedelta(days=3)):
        assert interests.close_expired() == 1
        assert interests.close_expired() == 0
    closed = sa.select(Entry).where(Entry.name.in_(["listing.close", "interest.lapse"]))
    told = [(entry.name, entry.reason, entry.note) for entry in db.session.scalars(closed)]
    assert sorted(told) == [
        ("interest.lapse", "expired", None),
        ("listing.close", "date_passed", None),
    ]


def test_nothing_lapses_while_a_clock_stands(world: World) -> None:
    listing = world.opportunity(is_open_ended=False, closes_on=date(2026, 11, 21))
    interest = interests.register(world.actor("investor"), listing.public_id, ASKED)
    stopping.stop([interest], "road")
    db.session.commit()
    with clock.at(clock.now() + timedelta(days=3)):
        assert interests.close_expired() == 0
        stopping.let_run([interest])
        db.session.commit()
        assert interests.close_expired() == 1


def test_what_is_withdrawn_today_is_put_away_in_a_year(world: World) -> None:
    draft = world.draft()
    later = clock.now() + timedelta(days=400)
    with clock.at(later):
        catalogue.withdraw(world.actor("coop"), draft.public_id)
        assert catalogue.archive_old() == 0
    with clock.at(later + timedelta(days=366)):
        assert catalogue.archive_old() == 1
