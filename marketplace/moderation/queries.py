"""Reading reports and the log of moderation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.models import Listing
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.core.journal import Entry
from marketplace.core.shelf import Shelf
from marketplace.moderation.models import Report
from marketplace.moderation.rules import ACT_OF, ACTS, ReportState, may_handle
from marketplace.programme.models import Pair

MONTHS_SHOWN = 12
MOST_IN_FILE = 10_000
"""Lines of the log that one file holds; narrower filters give the rest."""


def _loaded() -> sa.Select[Report]:
    return (
        sa.select(Report)
        .join(Listing, Listing.id == Report.listing_id)
        .options(
            selectinload(Report.listing).options(
                joinedload(Listing.organisation), joinedload(Listing.pair)
            ),
            joinedload(Report.reporter),
        )
    )


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Report:
    """A report an official of the listing's localities may see. Raises NotFound."""
    if lock:
        listing_id = db.session.scalar(
            sa.select(Report.listing_id).where(Report.public_id == public_id)
        )
        hold(Listing, id=listing_id)
        hold(Report, public_id=public_id)
    found = db.session.scalars(
        _loaded()
        .where(Report.public_id == public_id, catalogue.in_charge(viewer))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None or not viewer.is_officer:
        raise NotFound
    return found


def open_for(viewer: Actor) -> Sequence[Report]:
    """The reports that wait for the viewer's locality, oldest first."""
    rows = db.session.scalars(
        _loaded()
        .where(Report.state == ReportState.REPORTED, catalogue.in_charge(viewer))
        .order_by(Report.id)
    ).all()
    return [row for row in rows if may_handle(viewer, row)]


def open_about(listing: Listing) -> int:
    """How many reports about a listing wait."""
    return int(
        db.session.scalar(
            sa.select(sa.func.count(Report.id)).where(
                Report.listing_id == listing.id, Report.state == ReportState.REPORTED
            )
        )
        or 0
    )


def to_forget(before: datetime) -> Sequence[int]:
    """Reports decided before ``before`` that still name someone."""
    return db.session.scalars(
        sa.select(Report.id).where(
            Report.handled_at < before,
            sa.or_(
                Report.reporter_name != "",
                Report.reporter_contact != "",
                Report.reporter_id.is_not(None),
            ),
        )
    ).all()


# ---------------------------------------------------------------- the log


@dataclass(frozen=True, slots=True)
class Wanted:
    """What part of the log is asked for: an act, a month."""

    act: str = ""
    month: date | None = None


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), clock.VIETNAM)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def last_months(how_many: int = MONTHS_SHOWN) -> list[date]:
    """The first days of this month and those before it, latest first."""
    months = [clock.today().replace(day=1)]
    while len(months) < how_many:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    return months


def _acts_about(listings: sa.ColumnElement[bool], wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """What was done to these listings; an entry about a revision or a report names its own."""
    names = ACTS.get(wanted.act) or tuple(ACT_OF)
    ids = sa.select(Listing.id).where(listings)
    where: list[sa.ColumnElement[bool]] = [
        Entry.name.in_(names),
        sa.case(
            (Entry.subject_type == Listing.__tablename__, Entry.subject_id),
            else_=Entry.data["listing"].as_integer(),
        ).in_(ids),
    ]
    if wanted.month is not None:
        where.append(Entry.at >= _start_of(wanted.month))
        where.append(Entry.at < _start_of(next_month(wanted.month)))
    return where


def log(
    viewer: Actor, wanted: Wanted, *, offset: int = 0, limit: int = MOST_IN_FILE
) -> Sequence[Entry]:
    """What was done to the listings the viewer decides about, latest first."""
    return db.session.scalars(
        sa.select(Entry)
        .where(*_acts_about(catalogue.in_charge(viewer), wanted))
        .order_by(Entry.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()


def count(viewer: Actor, wanted: Wanted) -> int:
    """How many acts there are."""
    return int(
        db.session.scalar(
            sa.select(sa.func.count(Entry.id)).where(
                *_acts_about(catalogue.in_charge(viewer), wanted)
            )
        )
        or 0
    )


def listing_id_of(entry: Entry) -> int:
    """The listing an act is about; entries about revisions and reports name it."""
    if entry.subject_type == "listing":
        return entry.subject_id
    return int(entry.data.get("listing", 0))


def titles(entries: Sequence[Entry]) -> Mapping[int, tuple[str, str]]:
    """Title and public id of the listings these acts are about, by id."""
    ids = {listing_id_of(entry) for entry in entries}
    rows = db.session.execute(
        sa.select(Listing.id, Listing.title, Listing.public_id).where(Listing.id.in_(ids))
    )
    return {row.id: (row.title, row.public_id) for row in rows}


def by_month(pair: Pair) -> Sequence[tuple[date, Mapping[str, int]]]:
    """How often officials did what to the pair's listings, latest first: for everyone to read."""

    def load() -> list[tuple[date, Mapping[str, int]]]:
        months = last_months()
        since = _start_of(months[-1])
        where = [*_acts_about(catalogue.offered_in(pair), Wanted()), Entry.at >= since]
        found: dict[date, Counter[str]] = {month: Counter() for month in months}
        for name, at in db.session.execute(sa.select(Entry.name, Entry.at).where(*where)):
            month = clock.local(at).date().replace(day=1)
            if month in found:
                found[month][ACT_OF[name]] += 1
        return [(month, found[month]) for month in months if found[month]]

    return Shelf().keep((pair.id, "moderation"), load)
