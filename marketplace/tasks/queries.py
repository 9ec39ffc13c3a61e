"""Reading tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload, selectinload

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.catalogue.kinds.opportunity.model import Opportunity, Permit
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.deals import queries as deals
from marketplace.deals.models import Deal, DealParty
from marketplace.deals.rules import PartyRole
from marketplace.matching.models import Match
from marketplace.tasks.models import Checklist, Task
from marketplace.tasks.rules import CLOCK_STOPS_IN, OPEN


def _loaded() -> sa.Select[Task]:
    deal = joinedload(Task.deal)
    return sa.select(Task).options(
        deal.joinedload(Deal.pair),
        deal.joinedload(Deal.match).joinedload(Match.listing),
        deal.selectinload(Deal.parties).joinedload(DealParty.organisation),
        joinedload(Task.organisation),
        joinedload(Task.locality),
        joinedload(Task.blocked_by),
        joinedload(Task.paper),
        selectinload(Task.acting),
    )


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """Whoever sees the deal sees what is done in it."""
    return Task.deal_id.in_(sa.select(Deal.id).where(deals.visible_to(viewer)))


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Task:
    """A task of a deal the viewer may see; locks the deal's row. Raises NotFound."""
    where = Task.public_id == public_id
    if lock:
        hold(Deal, id=db.session.scalar(sa.select(Task.deal_id).where(where)))
    found = db.session.scalars(
        _loaded().where(where, visible_to(viewer)).execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def get_for_clock(task_id: int) -> Task:
    """A task for the clock, its deal's row locked."""
    hold(Deal, id=db.session.scalar(sa.select(Task.deal_id).where(Task.id == task_id)))
    return db.session.scalars(
        _loaded().where(Task.id == task_id).execution_options(populate_existing=True)
    ).one()


def of_deal(deal_id: int) -> Sequence[Task]:
    """The tasks of a deal, in their order."""
    return db.session.scalars(_loaded().where(Task.deal_id == deal_id).order_by(Task.number)).all()


def waiting_for(task: Task) -> Sequence[Task]:
    """The open tasks that can begin once this one is done."""
    return db.session.scalars(
        _loaded().where(Task.blocked_by_id == task.id, Task.state.in_(OPEN)).order_by(Task.number)
    ).all()


def open_for(viewer: Actor) -> Sequence[Task]:
    """What the viewer has to do, or watches over: the earliest day first, those without a day last.

    Members: their organisation's and its households'. Officials: everything in their pairs.
    """
    mine = visible_to(viewer)
    if not viewer.is_officer:
        theirs = accounts.in_care_of(viewer)
        mine = sa.and_(mine, Task.organisation_id.in_(theirs))
    return db.session.scalars(
        _loaded()
        .join(Deal, Deal.id == Task.deal_id)
        .where(mine, Task.state.in_(OPEN), Deal.ended_at.is_(None))
        .order_by(Task.due_on.asc().nulls_last(), Task.id)
    ).all()


def of_office(viewer: Actor) -> Sequence[Task]:
    """The open tasks of the office of an official's locality that have a day and can begin."""
    before = aliased(Task)
    return db.session.scalars(
        _loaded()
        .join(Deal, Deal.id == Task.deal_id)
        .outerjoin(before, before.id == Task.blocked_by_id)
        .where(
            visible_to(viewer),
            Task.locality_id == viewer.locality_id,
            Task.state.in_(OPEN),
            Task.due_on.is_not(None),
            sa.or_(before.id.is_(None), before.state.not_in(OPEN)),
            Deal.ended_at.is_(None),
            sa.cast(Deal.state, sa.Text).not_in(sorted(CLOCK_STOPS_IN)),
        )
        .order_by(Task.due_on, Task.id)
    ).all()


def has_checklist(deal_id: int) -> bool:
    """Whether the permits of this deal were listed."""
    return db.session.get(Checklist, deal_id) is not None


def opportunity_of(deal: Deal) -> Opportunity | None:
    """The opportunity a deal carries out, with its permits; None for other deals."""
    return db.session.scalars(
        sa.select(Opportunity)
        .where(Opportunity.id == deal.listing_id)
        .options(selectinload(Opportunity.permits))
    ).first()


def partner_of(deal: Deal) -> Organisation | None:
    """Who needs the permits: the investor."""
    return next((p.organisation for p in deal.parties if p.role is PartyRole.INVESTOR), None)


def _to_list() -> sa.ColumnElement[bool]:
    """The running deals on opportunities with permits that were not listed yet."""
    with_permits = sa.select(Permit.opportunity_id)
    return sa.and_(
        Deal.ended_at.is_(None),
        Deal.id.not_in(sa.select(Checklist.deal_id)),
        Deal.listing_id.in_(with_permits),
    )


def can_list(deal: Deal) -> bool:
    """Whether the permits of this deal wait to be listed."""
    return db.session.scalar(sa.select(Deal.id).where(Deal.id == deal.id, _to_list())) is not None


def due_to_list() -> Sequence[str]:
    """The public ids of deals whose permits the clock lists."""
    return db.session.scalars(sa.select(Deal.public_id).where(_to_list()).order_by(Deal.id)).all()


def due_to_tell(day: date) -> Sequence[int]:
    """The ids of open tasks whose day lies before ``day`` and was not told of."""
    return db.session.scalars(
        sa.select(Task.id)
        .join(Deal, Deal.id == Task.deal_id)
        .where(
            Task.state.in_(OPEN),
            Task.due_on < day,
            sa.or_(Task.told_late_for.is_(None), Task.told_late_for != Task.due_on),
            Deal.ended_at.is_(None),
            sa.cast(Deal.state, sa.Text).not_in(sorted(CLOCK_STOPS_IN)),
        )
        .order_by(Task.id)
    ).all()
