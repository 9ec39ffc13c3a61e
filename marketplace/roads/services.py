"""Use cases of roads: describing the way to a village, posting and ending notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.accounts.models import Village
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.use_case import use_case
from marketplace.roads import queries
from marketplace.roads.models import RoadNotice, VillageAccess
from marketplace.roads.rules import (
    FURTHEST_AHEAD,
    ROAD_NOTICE,
    Cause,
    Condition,
    Signal,
    Vehicle,
    Way,
    may_describe,
)


@dataclass(frozen=True, slots=True)
class AccessValues:
    """What the form about the way to a village holds. Distance and hours in thousandths."""

    way: Way
    vehicle: Vehicle
    signal: Signal
    distance: int | None = None
    hours: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class NoticeValues:
    """What the form of a notice holds; either the whole locality or some of its villages."""

    condition: Condition
    cause: Cause
    since: date
    words: str
    is_everywhere: bool = False
    villages: tuple[int, ...] = ()
    until: date | None = None
    detour: str = ""


@use_case
def describe_access(
    actor: Actor, code: str, values: AccessValues, version: int | None = None
) -> VillageAccess:
    """Write down how one gets to a village of the actor's locality, as confirmed today."""
    village = _own_village(actor, code)
    found = queries.access(village.id, lock=True)
    if found is not None and version is not None and version != found.version:
        raise Conflict
    before = _known(found) if found is not None else None
    if found is None:
        found = VillageAccess(village_id=village.id)
        db.session.add(found)
    found.way, found.vehicle, found.signal = values.way, values.vehicle, values.signal
    found.distance, found.hours, found.note = values.distance, values.hours, values.note
    found.confirmed_on = clock.today()
    record(
        "village_access.described",
        found,
        actor,
        data={"village": village.id, "before": before, "after": _known(found)},
    )
    return found


@use_case
def confirm_access(actor: Actor, code: str) -> VillageAccess:
    """Say that what is written about the way to a village is still right today."""
    village = _own_village(actor, code)
    found = queries.access(village.id, lock=True)
    if found is None:
        raise NotFound
    found.confirmed_on = clock.today()
    record("village_access.confirmed", found, actor, data={"village": village.id})
    return found


def _own_village(actor: Actor, code: str) -> queries.Place:
    """The village of the actor's locality with this code. Raises NotFound, NotAllowed."""
    village = queries.place(code, actor.locality_id)
    if not may_describe(actor, village.locality_id):
        raise NotAllowed(N_("Only officials of the locality write about its roads."))
    return village


def _known(access: VillageAccess) -> dict[str, int | str | None]:
    return {
        "way": access.way.value,
        "vehicle": access.vehicle.value,
        "signal": access.signal.value,
        "distance": access.distance,
        "hours": access.hours,
    }


@use_case
def post_notice(actor: Actor, values: NoticeValues, replaces: str | None = None) -> RoadNotice:
    """Say how a road of the actor's locality is; ``replaces`` ends the notice it follows."""
    locality_id, user_id = actor.locality_id, actor.user_id
    if locality_id is None or user_id is None or not may_describe(actor, locality_id):
        raise NotAllowed(N_("Only officials of the locality write about its roads."))
    older = queries.get(replaces, lock=True) if replaces else None
    if older is not None:
        ROAD_NOTICE.require(older, "replace", actor)
    villages = _villages(locality_id, values)
    _check_days(values)
    notice = RoadNotice(
        locality_id=locality_id,
        is_everywhere=values.is_everywhere,
        condition=values.condition,
        cause=values.cause,
        words=values.words,
        detour=values.detour,
        since=values.since,
        until=values.until,
        confirmed_on=clock.today(),
        posted_by_id=user_id,
        posted_at=clock.now(),
        replaces_id=older.id if older else None,
        villages=villages,
    )
    db.session.add(notice)
    record(
        "road_notice.posted",
        notice,
        actor,
        happened_on=values.since,
        data={
            "condition": values.condition.value,
            "cause": values.cause.value,
            "until": values.until.isoformat() if values.until else None,
            "villages": [village.id for village in villages],
            "replaces": older.id if older else None,
        },
    )
    if older is not None:
        ROAD_NOTICE.fire(
            older, "replace", actor, facts={"ended_at": clock.now()}, data={"by": notice.id}
        )
    return notice


def _villages(locality_id: int, values: NoticeValues) -> list[Village]:
    """The villages named, all of this locality; none where the whole locality is meant."""
    if values.is_everywhere:
        return []
    own = {place.id for place in queries.places(locality_id)}
    if not values.villages or not own.issuperset(values.villages):
        raise Invalid(
            "villages", N_("Tick the villages whose road it is, or the whole locality above them.")
        )
    return [db.session.get_one(Village, key) for key in sorted(set(values.villages))]


def _check_days(values: NoticeValues) -> None:
    today = clock.today()
    if values.since > today + FURTHEST_AHEAD:
        raise Invalid("since", N_("This day is more than 90 days ahead; check month and year."))
    if values.until is not None and values.until < values.since:
        raise Invalid("until", N_("The last day lies before the first; correct one of them."))
    if values.until is not None and values.until < today:
        raise Invalid("until", N_("This day has passed. Leave it empty if nobody knows the end."))


@use_case
def confirm_notice(actor: Actor, public_id: str) -> RoadNotice:
    """Say that the road is still so today."""
    notice = queries.get(public_id, lock=True)
    ROAD_NOTICE.fire(notice, "confirm", actor, facts={"confirmed_on": clock.today()})
    return notice


@use_case
def end_notice(actor: Actor, public_id: str, *, reason: str | None, note: str) -> RoadNotice:
    """End a notice with a reason everyone reads; it stays in the history."""
    notice = queries.get(public_id, lock=True)
    ROAD_NOTICE.fire(
        notice, "end", actor, reason=reason, note=note, facts={"ended_at": clock.now()}
    )
    return notice
