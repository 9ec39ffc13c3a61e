"""The desk in the demonstration: who is in charge, a deputy of next week, a joint meeting held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from marketplace.accounts import queries as accounts
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.demo.stage import Stage, Story
from marketplace.desk import queries as work
from marketplace.desk import services as desk
from marketplace.meetings import services as meetings
from marketplace.meetings.services import MeetingValues
from marketplace.programme.models import Pair

IN_CHARGE = 6
"""Cases each locality has put somebody in charge of."""


def stories(stage: Stage) -> Iterator[Story]:
    """The last day."""
    yield _in_charge(stage)


def _in_charge(stage: Stage) -> Story:
    """Each office shares out open cases, one official is away next week, the two offices meet."""
    yield (1, "17:20")
    pair = db.session.get_one(Pair, stage.pair_id)
    for who in ("commune_1", "ward_1"):
        actor = stage.actor(who)
        own = accounts.user(actor.user_id or 0).public_id
        for case in list(work.open_cases(actor))[:IN_CHARGE]:
            desk.assign(actor, "match", case.public_id, own)
    away, deputy = (stage.actor(name) for name in ("commune_1", "commune_2"))
    first = clock.today() + timedelta(days=7 - clock.today().weekday())
    desk.name_deputy(
        away,
        accounts.user(away.user_id or 0).public_id,
        accounts.user(deputy.user_id or 0).public_id,
        first,
        first + timedelta(days=4),
    )
    meetings.open_meeting(
        away,
        pair.code,
        MeetingValues(
            held_on=clock.today(),
            begins="14:00",
            place="Hội trường Ủy ban nhân dân xã Avương",
            chair="Phó Chủ tịch Ủy ban nhân dân xã Avương",
            secretary="Cán bộ kinh tế xã 1",
            attendees="Phó Chủ tịch Ủy ban nhân dân phường Ngũ Hành Sơn\nCán bộ kinh tế phường 1\n"
            "Giám đốc hợp tác xã dược liệu",
        ),
    )
