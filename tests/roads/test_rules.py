"""Who keeps a road notice, and where it stands on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.roads import services
from marketplace.roads.rules import (
    RESTRICTED,
    ROAD_NOTICE,
    Cause,
    Condition,
    NoticeState,
    Phase,
    may_describe,
    phase,
    severity,
    worst,
)
from marketplace.roads.services import NoticeValues
from tests.tables import COMMUNE, WARD, allowed, everyone, written


def test_the_table_of_a_notice(world):
    """Only officials of the locality whose road it is; the twin's are as far as anyone else."""
    values = NoticeValues(Condition.CLOSED, Cause.LANDSLIDE, clock.today(), "Km 5", True)
    for who, keepers in (("official_1", COMMUNE), ("ward_leader", WARD)):
        notice = services.post_notice(world.actor(who), values)
        table = {name: ({"posted"}, keepers) for name in ("confirm", "replace", "end")}
        assert allowed(ROAD_NOTICE, notice, everyone(world)) == written(table)


def test_who_describes_the_way_to_a_village(world):
    locality = world.pair.source_id
    assert {who for who, a in everyone(world).items() if may_describe(a, locality)} == COMMUNE


@dataclass
class Said:
    state: NoticeState
    since: date
    until: date | None


TODAY = date(2026, 11, 20)
PHASES = [
    ("posted", "2026-11-20", None, "live"),
    ("posted", "2026-11-20", "2026-11-20", "live"),
    ("posted", "2026-11-01", "2026-11-20", "live"),
    ("posted", "2026-11-01", "2026-11-19", "lapsed"),
    ("posted", "2026-11-21", None, "upcoming"),
    ("posted", "2026-11-21", "2026-11-25", "upcoming"),
    ("ended", "2026-11-01", None, "ended"),
    ("ended", "2026-11-21", "2026-11-25", "ended"),
]


@pytest.mark.parametrize(("state", "since", "until", "expected"), PHASES)
def test_the_phase_follows_from_the_day(state, since, until, expected):
    said = Said(NoticeState(state), date.fromisoformat(since), until and date.fromisoformat(until))
    assert phase(said, TODAY) is Phase(expected)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([], None),
        (["open"], "open"),
        (["open", "care"], "care"),
        (["closed", "open"], "closed"),
        (["narrow", "care", "open"], "narrow"),
    ],
)
def test_the_worst_counts(said, expected):
    assert worst(map(Condition, said)) == expected


def test_what_restricts_is_worse_than_what_does_not():
    bad = {severity(c) for c in RESTRICTED}
    assert min(bad) > max(severity(c) for c in set(Condition) - RESTRICTED)


@pytest.mark.parametrize(
    ("since", "until", "days", "open_"), [(0, None, 0, True), (0, 2, 3, False), (5, None, 0, False)]
)
def test_only_what_is_in_force_can_be_confirmed(world, since, until, days, open_):
    from datetime import timedelta

    today = clock.today()
    notice = services.post_notice(
        world.actor("official_1"),
        NoticeValues(
            Condition.CLOSED,
            Cause.WORKS,
            today + timedelta(days=since),
            "Km 5",
            True,
            until=today + timedelta(days=until) if until else None,
        ),
    )
    with clock.at(clock.now() + timedelta(days=days)):
        moves = {
            m.transition.name: m.blockers
            for m in ROAD_NOTICE.available(notice, world.actor("leader"))
        }
    assert bool(moves["confirm"]) is not open_
    assert not moves["end"]
    db.session.rollback()
