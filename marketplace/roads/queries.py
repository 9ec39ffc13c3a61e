"""Reading roads: everything here is public, so nothing asks who looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.models import Locality, Village
from marketplace.core import text
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_, Text
from marketplace.core.quantity import SCALE, Amount
from marketplace.roads.models import RoadNotice, VillageAccess, notice_village
from marketplace.roads.rules import (
    CONDITION_LABELS,
    CONDITION_TONES,
    NO_NOTICE,
    RESTRICTED,
    SIGNAL_LABELS,
    VEHICLE_LABELS,
    WAY_LABELS,
    Cause,
    Condition,
    NoticeState,
    Signal,
    Vehicle,
    Way,
    severity,
    worst,
)

_N = cast("sa.Table", RoadNotice.__table__)
_V = cast("sa.Table", Village.__table__)
_A = cast("sa.Table", VillageAccess.__table__)
_MINUTES = 60


class Access(NamedTuple):
    """The usual way to a village. Distance and hours in thousandths."""

    way: Way
    vehicle: Vehicle
    signal: Signal
    distance: int | None
    hours: int | None
    note: str
    confirmed_on: date

    @property
    def in_words(self) -> list[Text | str]:
        """A few words each: the way, how far, how long, what gets there, whether phones work."""
        found: list[Text | str] = [WAY_LABELS[self.way]]
        if self.distance:
            found.append(Text(N_("%(km)s km from the centre"), km=Amount(self.distance)))
        elif self.distance == 0:
            found.append(N_("At the centre"))
        if self.hours:
            found.append(_takes(self.hours))
        found.append(
            VEHICLE_LABELS[self.vehicle]
            if self.vehicle is Vehicle.NONE
            else Text(N_("%(vehicle)s gets there"), vehicle=Text(VEHICLE_LABELS[self.vehicle]))
        )
        found.append(SIGNAL_LABELS[self.signal])
        return found


def _takes(hours: int) -> Text:
    """How long a way takes: minutes below an hour."""
    if hours < SCALE:
        return Text(N_("About %(minutes)s minutes"), minutes=hours * _MINUTES // SCALE)
    return Text(N_("About %(hours)s hours"), hours=Amount(hours))


class Notice(NamedTuple):
    """A notice in force, as pages of other features show it."""

    public_id: str
    condition: Condition
    cause: Cause
    words: str
    detour: str
    since: date
    until: date | None
    confirmed_on: date

    @property
    def label(self) -> str:
        """The message id of how the road is."""
        return CONDITION_LABELS[self.condition]

    @property
    def tone(self) -> str:
        """The colour of it, as components/state.html and components/notice.html know it."""
        return CONDITION_TONES[self.condition]


@dataclass(frozen=True, slots=True)
class RoadState:
    """How one gets to a place today, and the day this was last said.

    ``notices`` are those in force, the worst first; ``access`` the usual way, None while officials
    have not written it down.
    """

    notices: tuple[Notice, ...] = ()
    access: Access | None = None

    @property
    def state(self) -> Condition | None:
        """The worst that is said; None where no notice is in force."""
        return self.notices[0].condition if self.notices else None

    @property
    def notice(self) -> Notice | None:
        """The notice that says the worst."""
        return self.notices[0] if self.notices else None

    @property
    def as_of(self) -> date | None:
        """The day officials last said so; None where nobody said anything."""
        if self.notices:
            return self.notices[0].confirmed_on
        return self.access.confirmed_on if self.access else None

    @property
    def label(self) -> str:
        """The message id of how the road is; where nobody said anything, just that."""
        return NO_NOTICE if self.notice is None else self.notice.label

    @property
    def tone(self) -> str:
        """The colour of it, as components/state.html knows it."""
        return "plain" if self.notice is None else self.notice.tone

    @property
    def is_known(self) -> bool:
        """Whether officials have said anything about the way to this place."""
        return self.as_of is not None

    @property
    def is_restricted(self) -> bool:
        """Whether goods may not get through as usual."""
        return self.state in RESTRICTED


_TODAY = sa.bindparam("today", type_=sa.Date)
_IDS = sa.bindparam("ids", expanding=True, type_=sa.Integer)
_IN_FORCE = sa.and_(
    _N.c.state == NoticeState.POSTED,
    _N.c.since <= _TODAY,
    sa.or_(_N.c.until.is_(None), _N.c.until >= _TODAY),
)
_NAMES_IT = sa.exists().where(
    notice_village.c.notice_id == _N.c.id, notice_village.c.village_id == _V.c.id
)
_OF_VILLAGES = _V.join(
    _N, sa.and_(_N.c.locality_id == _V.c.locality_id, sa.or_(_N.c.is_everywhere, _NAMES_IT))
)
_COLUMNS = [_N.c[name] for name in Notice._fields]

_STATES = (
    sa.select(_V.c.id.label("village_id"), *_COLUMNS)
    .select_from(_OF_VILLAGES)
    .where(_V.c.id.in_(_IDS), _IN_FORCE)
    .order_by(_N.c.since.desc(), _N.c.id.desc())
)
_ACCESSES = sa.select(_A.c.village_id, *[_A.c[name] for name in Access._fields]).where(
    _A.c.village_id.in_(_IDS)
)
_CONDITIONS = (
    sa.select(_V.c.id, _N.c.condition)
    .select_from(_OF_VILLAGES)
    .where(_V.c.id.in_(_IDS), _IN_FORCE, _N.c.condition.in_(sorted(RESTRICTED)))
)
_EVERYWHERE = (
    sa.select(*_COLUMNS)
    .where(_N.c.locality_id == sa.bindparam("locality"), _N.c.is_everywhere, _IN_FORCE)
    .order_by(_N.c.since.desc(), _N.c.id.desc())
)


def _worst_first(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Of equally bad ones, the latest first: they come in that order."""
    return tuple(sorted(notices, key=lambda notice: -severity(notice.condition)))


def state_of(village_ids: Iterable[int], today: date) -> dict[int, RoadState]:
    """The state of each of these villages on ``today``, in two queries however many they are."""
    ids = sorted(set(village_ids))
    if not ids:
        return {}
    notices: dict[int, list[Notice]] = {key: [] for key in ids}
    for village_id, *columns in db.session.execute(_STATES, {"ids": ids, "today": today}):
        notices[village_id].append(Notice(*columns))
    accesses = {
        village_id: Access(*columns)
        for village_id, *columns in db.session.execute(_ACCESSES, {"ids": ids})
    }
    return {key: RoadState(_worst_first(notices[key]), accesses.get(key)) for key in ids}


def state_at(village_id: int | None, locality_id: int, today: date) -> RoadState:
    """The state of a place: its village, or the locality as a whole where no village is named."""
    if village_id is not None:
        return state_of([village_id], today)[village_id]
    rows = db.session.execute(_EVERYWHERE, {"locality": locality_id, "today": today})
    return RoadState(_worst_first(Notice(*row) for row in rows))


def restrictions(village_ids: Iterable[int | None], today: date) -> Mapping[int, Condition]:
    """Which of these villages cannot be reached as usual on ``today``, and how bad it is.

    One query of two columns, for lists; villages that can be reached are left out.
    """
    ids = sorted({key for key in village_ids if key is not None})
    if not ids:
        return {}
    found: dict[int, list[Condition]] = {}
    for village_id, condition in db.session.execute(_CONDITIONS, {"ids": ids, "today": today}):
        found.setdefault(village_id, []).append(condition)
    return {key: bad for key, said in found.items() if (bad := worst(said)) is not None}


# ------------------------------------------------------------ for the pages of roads


class Place(NamedTuple):
    """A village on the pages of roads; ``code`` stands in addresses."""

    id: int
    code: str
    name: str
    locality_id: int


def places(*locality_ids: int) -> Sequence[Place]:
    """The villages of these localities in Vietnamese order."""
    rows = db.session.execute(
        sa.select(_V.c.id, _V.c.name, _V.c.locality_id)
        .where(_V.c.locality_id.in_(locality_ids))
        .order_by(_V.c.sort_key, _V.c.id)
    )
    return [Place(row.id, text.slug(row.name), row.name, row.locality_id) for row in rows]


def place(code: str, locality_id: int | None) -> Place:
    """The village of a locality with this code. Raises NotFound."""
    found = [p for p in places(locality_id) if p.code == code] if locality_id else []
    if not found:
        raise NotFound
    return found[0]


def locality(locality_id: int | None) -> Locality:
    """A locality by id. Raises NotFound."""
    found = db.session.get(Locality, locality_id) if locality_id else None
    if found is None:
        raise NotFound
    return found


def access(village_id: int, *, lock: bool = False) -> VillageAccess | None:
    """What is written down about the way to a village."""
    if lock:
        hold(VillageAccess, village_id=village_id)
    return db.session.scalars(
        sa.select(VillageAccess)
        .where(VillageAccess.village_id == village_id)
        .execution_options(populate_existing=lock)
    ).first()


_WHOLE = (joinedload(RoadNotice.locality), selectinload(RoadNotice.villages))


def get(public_id: str, *, lock: bool = False) -> RoadNotice:
    """A notice with its villages, ended ones too: history stays. Raises NotFound."""
    if lock:
        hold(RoadNotice, public_id=public_id)
    found = db.session.scalars(
        sa.select(RoadNotice)
        .where(RoadNotice.public_id == public_id)
        .options(*_WHOLE)
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def successor(notice: RoadNotice) -> RoadNotice | None:
    """The newer notice that took this one's place."""
    return db.session.scalars(
        sa.select(RoadNotice).where(RoadNotice.replaces_id == notice.id)
    ).first()


def _standing(today: date) -> sa.ColumnElement[bool]:
    """Posted and not over by its date: in force, or to begin."""
    return sa.and_(
        RoadNotice.state == NoticeState.POSTED,
        sa.or_(RoadNotice.until.is_(None), RoadNotice.until >= today),
    )


def standing(locality_ids: Iterable[int], today: date) -> Sequence[RoadNotice]:
    """The notices of these localities in force or to begin, the latest first."""
    return db.session.scalars(
        sa.select(RoadNotice)
        .where(RoadNotice.locality_id.in_(locality_ids), _standing(today))
        .options(*_WHOLE)
        .order_by(RoadNotice.since.desc(), RoadNotice.id.desc())
    ).all()


def past(
    locality_ids: Iterable[int], today: date, offset: int = 0, limit: int = 24
) -> tuple[Sequence[RoadNotice], int]:
    """The notices that were ended or have lapsed, the latest first; and how many there are."""
    where = (RoadNotice.locality_id.in_(locality_ids), sa.not_(_standing(today)))
    rows = db.session.scalars(
        sa.select(RoadNotice)
        .where(*where)
        .options(*_WHOLE)
        .order_by(RoadNotice.since.desc(), RoadNotice.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    total = db.session.scalar(sa.select(sa.func.count(RoadNotice.id)).where(*where))
    return rows, int(total or 0)
