"""Reading papers: who sees which, which hold on a day, what waits for officials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from marketplace.accounts.models import ActingRecord, Organisation, StoredFile
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.core.text import name_key
from marketplace.papers.models import Paper, PaperClaim, PaperReminder
from marketplace.papers.rules import EXPIRING_DAYS, LIVE, REMIND_DAYS, SEEN, PaperState
from marketplace.papers.types import PaperType

ON_SHOW: list[Callable[[], sa.Select[tuple[int]]]] = []
"""Selects of the ids of organisations that show goods to everyone; upper features add theirs.

Their papers may be opened by everyone once they were verified.
"""


def _until(paper: Any = Paper) -> sa.ColumnElement[date]:
    return sa.func.coalesce(paper.prolonged_until, paper.valid_until)


def holding_on(day: date | sa.ColumnElement[date], paper: Any = Paper) -> sa.ColumnElement[bool]:
    """The papers (or those of an alias) that hold on a day: ``Paper.holds_on`` in SQL."""
    until = _until(paper)
    return sa.and_(paper.state == PaperState.VERIFIED, sa.or_(until.is_(None), until >= day))


def _newest_of_line() -> sa.ColumnElement[bool]:
    """Papers that no verified one has followed."""
    newer = aliased(Paper)
    return ~sa.exists().where(newer.renews_id == Paper.id, newer.verified_at.is_not(None))


# ---------------------------------------------------------------- who sees what


def in_care_of(viewer: Actor) -> sa.ColumnElement[bool]:
    """The viewer's own papers, its households', and those an authority's people recorded."""
    if viewer.organisation_id is None:
        return sa.false()
    own = Paper.organisation_id == viewer.organisation_id
    if viewer.is_officer:
        recorded = sa.select(ActingRecord.subject_id).where(
            ActingRecord.subject_type == Paper.__tablename__,
            ActingRecord.by_organisation_id == viewer.organisation_id,
        )
        return sa.or_(own, Paper.id.in_(recorded))
    households = sa.select(Organisation.id).where(
        Organisation.cooperative_id == viewer.organisation_id
    )
    return sa.or_(own, Paper.organisation_id.in_(households))


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """Papers a viewer may open.

    Everyone sees what was verified once and belongs to someone who shows goods; owners, their
    cooperatives and the officials of their locality see all of theirs.
    """
    seen: list[sa.ColumnElement[bool]] = [
        sa.and_(Paper.state.in_(SEEN), Paper.organisation_id.in_(on_show())) for on_show in ON_SHOW
    ]
    if viewer.is_officer:
        local = sa.select(Organisation.id).where(Organisation.locality_id == viewer.locality_id)
        seen.append(Paper.organisation_id.in_(local))
    seen.append(in_care_of(viewer))
    return sa.or_(*seen)


_HEAD = (
    joinedload(Paper.organisation).joinedload(Organisation.village),
    joinedload(Paper.organisation).joinedload(Organisation.locality),
    joinedload(Paper.scan),
    joinedload(Paper.renewal),
)


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Paper:
    """A paper with what its page shows. Raises NotFound when it is not the viewer's to see."""
    if lock:
        hold(Paper, public_id=public_id)
    found = db.session.scalars(
        sa.select(Paper)
        .where(Paper.public_id == public_id, visible_to(viewer))
        .options(
            *_HEAD,
            joinedload(Paper.renews),
            joinedload(Paper.verified_by),
            joinedload(Paper.organisation).selectinload(Organisation.memberships),
            selectinload(Paper.acting),
        )
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def scan_of(paper: Paper) -> StoredFile:
    """The scan of a paper. Raises NotFound without one."""
    if paper.scan is None:
        raise NotFound
    return paper.scan


def own(viewer: Actor, *, number: int, size: int) -> tuple[Sequence[Paper], int]:
    """A page of the papers in the viewer's care, the first to end on top, and how many."""
    where = [in_care_of(viewer)]
    total = db.session.scalar(sa.select(sa.func.count(Paper.id)).where(*where)) or 0
    rows = db.session.scalars(
        sa.select(Paper)
        .where(*where)
        .options(*_HEAD)
        .order_by(_until().nulls_last(), Paper.id)
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    return rows, int(total)


def of_organisations(*organisation_ids: int) -> Sequence[Paper]:
    """Every paper of these organisations that was verified once, the last to end on top."""
    return db.session.scalars(
        sa.select(Paper)
        .where(Paper.organisation_id.in_(organisation_ids), Paper.state.in_(SEEN))
        .options(*_HEAD)
        .order_by(_until().desc().nulls_first(), Paper.id)
    ).all()


# ---------------------------------------------------------------- for officials


class Tray(StrEnum):
    """The lists of the officials' page; the value stands in addresses."""

    WAITING = "cho"
    EXPIRING = "sap-het-han"
    EXPIRED = "het-han"
    STOPPED = "tam-dung"
    ALL = "tat-ca"


def _in_tray(tray: Tray) -> sa.ColumnElement[bool]:
    today = clock.today()
    soon = today + timedelta(days=EXPIRING_DAYS)
    verified = sa.and_(Paper.state == PaperState.VERIFIED, _newest_of_line())
    return {
        Tray.WAITING: Paper.state == PaperState.SUBMITTED,
        Tray.EXPIRING: sa.and_(verified, _until().between(today, soon)),
        Tray.EXPIRED: sa.and_(verified, _until() < today),
        Tray.STOPPED: Paper.state.in_([PaperState.SUSPENDED, PaperState.REVOKED]),
        Tray.ALL: sa.true(),
    }[tray]


def _of_locality(viewer: Actor) -> sa.ColumnElement[bool]:
    return Paper.organisation_id.in_(
        sa.select(Organisation.id).where(Organisation.locality_id == viewer.locality_id)
    )


def tray(viewer: Actor, which: Tray, *, number: int, size: int) -> tuple[Sequence[Paper], int]:
    """A page of one of the lists of the viewer's locality, and how many stand in it.

    Those that wait longest come first; elsewhere those that end first.
    """
    where = [_of_locality(viewer), _in_tray(which)]
    total = db.session.scalar(sa.select(sa.func.count(Paper.id)).where(*where)) or 0
    order = (Paper.updated_at, Paper.id) if which is Tray.WAITING else (_until().nulls_last(),)
    rows = db.session.scalars(
        sa.select(Paper)
        .where(*where)
        .options(*_HEAD)
        .order_by(*order, Paper.id)
        .limit(size)
        .offset((number - 1) * size)
    ).all()
    return rows, int(total)


def counts(viewer: Actor) -> dict[Tray, int]:
    """How many papers stand in each list."""
    columns = [
        sa.func.coalesce(sa.func.sum(sa.case((_in_tray(which), 1), else_=0)), 0) for which in Tray
    ]
    row = db.session.execute(sa.select(*columns).where(_of_locality(viewer))).one()
    return dict(zip(Tray, map(int, row), strict=True))


def waiting_for(viewer: Actor) -> Sequence[Paper]:
    """Papers of the viewer's locality that wait for verification, the longest waiting first."""
    return _loaded_with_hands(_of_locality(viewer), _in_tray(Tray.WAITING))


def ended(viewer: Actor) -> Sequence[Paper]:
    """Papers of the viewer's locality that have ended and were not renewed."""
    return _loaded_with_hands(_of_locality(viewer), _in_tray(Tray.EXPIRED))


def _loaded_with_hands(*where: sa.ColumnElement[bool]) -> Sequence[Paper]:
    return db.session.scalars(
        sa.select(Paper)
        .where(*where)
        .options(
            joinedload(Paper.organisation).selectinload(Organisation.memberships),
            joinedload(Paper.scan),
            selectinload(Paper.acting),
        )
        .order_by(Paper.updated_at, Paper.id)
    ).all()


def claims(viewer: Actor) -> Sequence[PaperClaim]:
    """Numbers that another organisation gave as its own and that nobody has looked into."""
    return db.session.scalars(
        sa.select(PaperClaim)
        .join(Paper, Paper.id == PaperClaim.paper_id)
        .where(PaperClaim.settled_at.is_(None), _of_locality(viewer))
        .options(
            joinedload(PaperClaim.organisation),
            joinedload(PaperClaim.paper).joinedload(Paper.organisation),
        )
        .order_by(PaperClaim.at, PaperClaim.id)
    ).all()


def claim(public_id: str, viewer: Actor) -> PaperClaim:
    """One of these. Raises NotFound."""
    found = db.session.scalars(
        sa.select(PaperClaim)
        .join(Paper, Paper.id == PaperClaim.paper_id)
        .where(PaperClaim.public_id == public_id, _of_locality(viewer))
        .options(joinedload(PaperClaim.paper))
    ).first()
    if found is None or not viewer.is_officer:
        raise NotFound
    return found


# ---------------------------------------------------------------- numbers


def number_key(number: str) -> str:
    """What must be unique of a number: «VietGAP-TT 12» and «vietgap tt12» are one."""
    return name_key(number).replace(" ", "")


def holders(
    kind: PaperType, issuer: str, number: str, *, besides: int | None = None
) -> Sequence[Paper]:
    """The live papers with this number of this issuer, those of a line left out if asked."""
    query = sa.select(Paper).where(
        Paper.type == kind,
        Paper.issuer_key == name_key(issuer),
        Paper.number_key == number_key(number),
        Paper.state.in_(LIVE),
    )
    if besides is not None:
        query = query.where(sa.func.coalesce(Paper.root_id, Paper.id) != besides)
    return db.session.scalars(query.order_by(Paper.id)).all()


def lookalikes(paper: Paper) -> Sequence[Paper]:
    """Papers of others with the same number, however their issuer is spelt: worth a look."""
    return db.session.scalars(
        sa.select(Paper)
        .where(
            Paper.type == paper.type,
            Paper.number_key == paper.number_key,
            Paper.organisation_id != paper.organisation_id,
        )
        .options(joinedload(Paper.organisation))
        .order_by(Paper.id)
    ).all()


# ---------------------------------------------------------------- reminders


def to_remind(day: date) -> Sequence[int]:
    """The ids of papers near or past their end that have no reminder for this day yet.

    A paper that was renewed needs none.
    """
    sent = sa.exists().where(
        PaperReminder.paper_id == Paper.id,
        PaperReminder.until == _until(),
        PaperReminder.days <= _step(day),
    )
    return db.session.scalars(
        sa.select(Paper.id)
        .where(
            Paper.state == PaperState.VERIFIED,
            _until() <= day + timedelta(days=EXPIRING_DAYS),
            _newest_of_line(),
            ~sent,
        )
        .order_by(Paper.id)
    ).all()


def _step(day: date) -> sa.ColumnElement[int]:
    """``rules.due_reminder`` in SQL, for papers within the longest reminder."""
    return sa.case(
        (_until() < day, -1),
        *((_until() <= day + timedelta(days=days), days) for days in sorted(REMIND_DAYS)),
    )


def reminded(paper_id: int, until: date, days: int) -> bool:
    """Whether this reminder, or a later one, was sent."""
    return bool(
        db.session.scalar(
            sa.select(
                sa.exists().where(
                    PaperReminder.paper_id == paper_id,
                    PaperReminder.until == until,
                    PaperReminder.days <= days,
                )
            )
        )
    )


def by_id(paper_id: int, *, lock: bool = False) -> Paper:
    """A paper by its internal id, for use cases. Raises NotFound."""
    if lock:
        hold(Paper, id=paper_id)
    found = db.session.scalars(
        sa.select(Paper)
        .where(Paper.id == paper_id)
        .options(joinedload(Paper.organisation))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found
