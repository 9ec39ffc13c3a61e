"""What is said about a road, when it holds, and who may say it (domain page 1.1, consequence a)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import Transition, Workflow, states

if TYPE_CHECKING:
    from marketplace.roads.models import RoadNotice


class Way(StrEnum):
    """What the way to a village is, in usual weather."""

    PAVED = "paved"
    TRACK = "track"
    FOOT = "foot"


class Vehicle(StrEnum):
    """The largest vehicle that usually reaches a village."""

    TRUCK = "truck"
    SMALL_TRUCK = "small_truck"
    CAR = "car"
    MOTORBIKE = "motorbike"
    NONE = "none"


class Signal(StrEnum):
    """Whether a telephone works there."""

    YES = "yes"
    PART = "part"
    NO = "no"


class Condition(StrEnum):
    """How a road is just now, from the best to the worst."""

    OPEN = "open"
    CARE = "care"
    NARROW = "narrow"
    CLOSED = "closed"


class Cause(StrEnum):
    """What happened on the road."""

    LANDSLIDE = "landslide"
    FLOOD = "flood"
    WORKS = "works"
    OTHER = "other"


class NoticeState(StrEnum):
    """Whether officials still stand by a notice. Beginning and lapsing by date are computed."""

    POSTED = "posted"
    ENDED = "ended"


class Phase(StrEnum):
    """Where a notice stands on a day; computed, never stored."""

    UPCOMING = "upcoming"
    LIVE = "live"
    LAPSED = "lapsed"
    ENDED = "ended"


WAY_LABELS = {
    Way.PAVED: N_("Paved road"),
    Way.TRACK: N_("Motorbike track"),
    Way.FOOT: N_("On foot"),
}
VEHICLE_LABELS = {
    Vehicle.TRUCK: N_("Truck"),
    Vehicle.SMALL_TRUCK: N_("Small truck"),
    Vehicle.CAR: N_("Car"),
    Vehicle.MOTORBIKE: N_("Motorbike"),
    Vehicle.NONE: N_("No vehicle gets there"),
}
SIGNAL_LABELS = {
    Signal.YES: N_("Phones work"),
    Signal.PART: N_("Phones work in places"),
    Signal.NO: N_("No phone signal"),
}
CONDITION_LABELS = {
    Condition.OPEN: N_("Road open"),
    Condition.CARE: N_("Open, take care"),
    Condition.NARROW: N_("One lane or motorbikes only"),
    Condition.CLOSED: N_("Road closed"),
}
CONDITION_TONES = {
    Condition.OPEN: "ok",
    Condition.CARE: "warn",
    Condition.NARROW: "warn",
    Condition.CLOSED: "bad",
}
NO_NOTICE = N_("No notice in force")
CAUSE_LABELS = {
    Cause.LANDSLIDE: N_("Landslide"),
    Cause.FLOOD: N_("Flood"),
    Cause.WORKS: N_("Road works"),
    Cause.OTHER: N_("Something else"),
}
PHASE_LABELS = {
    Phase.UPCOMING: N_("Begins later"),
    Phase.LIVE: N_("In force"),
    Phase.LAPSED: N_("Its last day has passed"),
    Phase.ENDED: N_("Ended"),
}

RESTRICTED = frozenset({Condition.NARROW, Condition.CLOSED})
"""Conditions that a buyer must know of before asking for goods."""

_ORDER = list(Condition)

STALE_AFTER = timedelta(days=7)
"""A notice nobody confirmed for this long is asked about again on the officials' page."""
ACCESS_STALE_AFTER = timedelta(days=180)
"""The same for what is known about the usual way: half a year, one rainy season."""
FURTHEST_AHEAD = timedelta(days=90)
"""How far ahead a notice may begin; beyond it the year was mistyped."""


class Dated(Protocol):
    """What the phase of a notice follows from."""

    @property
    def state(self) -> NoticeState:
        """Whether officials stand by it."""

    @property
    def since(self) -> date:
        """The first day."""

    @property
    def until(self) -> date | None:
        """The last day expected, None when nobody knows."""


def phase(notice: Dated, today: date) -> Phase:
    """Where a notice stands on ``today``."""
    if notice.state is NoticeState.ENDED:
        return Phase.ENDED
    if notice.since > today:
        return Phase.UPCOMING
    if notice.until is not None and notice.until < today:
        return Phase.LAPSED
    return Phase.LIVE


def worst(conditions: Iterable[Condition]) -> Condition | None:
    """The condition one must reckon with where several are said; None where none is."""
    return max(conditions, key=_ORDER.index, default=None)


def severity(condition: Condition) -> int:
    """0 for open, more for worse; to order notices by."""
    return _ORDER.index(condition)


def may_describe(actor: Actor, locality_id: int) -> bool:
    """Officials of the locality the villages belong to."""
    return actor.is_officer_of(locality_id)


def may_keep(actor: Actor, notice: RoadNotice) -> bool:
    """Officials of the locality whose road it is."""
    return actor.is_officer_of(notice.locality_id)


def is_not_in_force(notice: RoadNotice) -> Sequence[Text]:
    """Why a notice cannot be confirmed: it has lapsed, or has not begun."""
    found = phase(notice, clock.today())
    if found is Phase.LAPSED:
        return [Text(N_("Its last day has passed. Post a newer notice if the road is still so."))]
    if found is Phase.UPCOMING:
        return [Text(N_("It has not begun yet."))]
    return []


END_REASONS = {
    "passable": N_("The road is passable again"),
    "mistake": N_("Posted by mistake"),
    "other": N_("Another reason"),
}

_S = NoticeState

ROAD_NOTICE = Workflow(
    "road_notice",
    NoticeState,
    _S.POSTED,
    Transition(
        "confirm",
        states(_S.POSTED),
        None,
        may_keep,
        N_("Still so today"),
        blockers=is_not_in_force,
    ),
    Transition("replace", states(_S.POSTED), _S.ENDED, may_keep, N_("Post a newer notice instead")),
    Transition(
        "end",
        states(_S.POSTED),
        _S.ENDED,
        may_keep,
        N_("End the notice"),
        reasons=END_REASONS,
        tone="danger",
    ),
    labels={_S.POSTED: N_("Posted"), _S.ENDED: N_("Ended")},
)
