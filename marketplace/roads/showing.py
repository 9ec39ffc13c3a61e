"""What the pages of roads show, prepared as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from marketplace.accounts.history import Line
from marketplace.accounts.models import Locality
from marketplace.core import clock
from marketplace.roads import queries
from marketplace.roads.models import RoadNotice
from marketplace.roads.queries import Place, RoadState
from marketplace.roads.rules import (
    ACCESS_STALE_AFTER,
    CAUSE_LABELS,
    CONDITION_TONES,
    PHASE_LABELS,
    STALE_AFTER,
    Phase,
    phase,
    severity,
)


@dataclass(frozen=True, slots=True)
class VillageRoad:
    """A village with its state, for the public page and the officials'."""

    place: Place
    road: RoadState
    is_stale: bool


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice with its words, for lists and its own page."""

    notice: RoadNotice
    phase: Phase
    label: str
    cause: str
    tone: str
    stands: str
    needs_confirming: bool


@dataclass(frozen=True, slots=True)
class LocalityRoads:
    """A locality on the public page: its notices, and its villages."""

    locality: Locality
    notices: Sequence[NoticeView]
    villages: Sequence[VillageRoad]


def view(notice: RoadNotice) -> NoticeView:
    """A notice with its words for today."""
    today = clock.today()
    found = phase(notice, today)
    is_live = found is Phase.LIVE
    return NoticeView(
        notice,
        found,
        notice.label,
        CAUSE_LABELS[notice.cause],
        CONDITION_TONES[notice.condition] if is_live else "plain",
        PHASE_LABELS[found],
        needs_confirming=is_live and notice.confirmed_on <= today - STALE_AFTER,
    )


def village_roads(places: Sequence[Place]) -> list[VillageRoad]:
    """These villages with their state today."""
    today = clock.today()
    states = queries.state_of([place.id for place in places], today)
    return [_village_road(place, states[place.id], today) for place in places]


def _village_road(place: Place, road: RoadState, today: date) -> VillageRoad:
    access = road.access
    return VillageRoad(
        place,
        road,
        is_stale=access is not None and access.confirmed_on <= today - ACCESS_STALE_AFTER,
    )


def localities(both: Iterable[Locality]) -> list[LocalityRoads]:
    """Everything the public page shows of these localities."""
    both = list(both)
    ids = [locality.id for locality in both]
    notices = sorted(map(view, queries.standing(ids, clock.today())), key=rank)
    villages = village_roads(queries.places(*ids))
    return [
        LocalityRoads(
            locality,
            [n for n in notices if n.notice.locality_id == locality.id],
            [v for v in villages if v.place.locality_id == locality.id],
        )
        for locality in both
    ]


def rank(said: NoticeView) -> tuple[bool, int]:
    """Those in force before those announced, and the worst first."""
    return said.phase is not Phase.LIVE, -severity(said.notice.condition)


def without_names(lines: Iterable[Line]) -> list[Line]:
    """A history as everyone reads it: what was said and when, by which locality, not by whom."""
    return [replace(line, who="", organisation="") for line in lines]


def filled(notice: RoadNotice) -> dict[str, Any]:
    """What the form of a newer notice begins with."""
    return {
        "condition": notice.condition,
        "cause": notice.cause,
        "is_everywhere": notice.is_everywhere,
        "villages": [village.id for village in notice.villages],
        "words": notice.words,
        "detour": notice.detour,
        "until": notice.until,
    }
