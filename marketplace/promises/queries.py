"""Reading the ledger."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date

import sqlalchemy as sa

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import OrganisationKind, OrganisationState
from marketplace.core.actor import Actor
from marketplace.core.calendar import add_working_days
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.programme import queries as programme
from marketplace.programme.models import Pair
from marketplace.promises.models import Promise
from marketplace.promises.rules import MadeIn, PromiseState


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """Both sides, a side's cooperative, and the officials of both localities."""
    if viewer.is_officer:
        pairs = programme.pairs_of(viewer)
        return Promise.pair_id.in_(pairs)
    if viewer.organisation_id is None:
        return sa.false()
    mine = accounts.in_care_of(viewer)
    return sa.or_(Promise.promisor_id.in_(mine), Promise.promisee_id.in_(mine))


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Promise:
    """A promise the viewer may see. Raises NotFound."""
    if lock:
        hold(Promise, public_id=public_id)
    found = db.session.scalars(
        sa.select(Promise)
        .where(Promise.public_id == public_id, visible_to(viewer))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def by_id(promise_id: int) -> Promise:
    """A promise for the clock, its row held."""
    hold(Promise, id=promise_id)
    return db.session.scalars(
        sa.select(Promise).where(Promise.id == promise_id).execution_options(populate_existing=True)
    ).one()


def listed(
    viewer: Actor, state: PromiseState | None, offset: int = 0, limit: int = 24
) -> tuple[Sequence[Promise], int]:
    """Promises the viewer may see, the next due first; with how many there are."""
    where = [visible_to(viewer)]
    if state is not None:
        where.append(Promise.state == state)
    order = Promise.due_on if state is PromiseState.OPEN else Promise.due_on.desc()
    rows = db.session.scalars(
        sa.select(Promise).where(*where).order_by(order, Promise.id).offset(offset).limit(limit)
    ).all()
    total = db.session.scalar(sa.select(sa.func.count(Promise.id)).where(*where))
    return rows, int(total or 0)


def open_of(organisation_id: int, viewer: Actor) -> Sequence[Promise]:
    """Open promises by or to an organisation that the viewer may see, the next due first."""
    return db.session.scalars(
        sa.select(Promise)
        .where(
            visible_to(viewer),
            Promise.state == PromiseState.OPEN,
            sa.or_(Promise.promisor_id == organisation_id, Promise.promisee_id == organisation_id),
        )
        .order_by(Promise.due_on, Promise.id)
    ).all()


def open_in(pair_id: int, viewer: Actor) -> Sequence[Promise]:
    """Open promises of a twinning that the viewer may see, the first due first."""
    return db.session.scalars(
        sa.select(Promise)
        .where(Promise.pair_id == pair_id, Promise.state == PromiseState.OPEN, visible_to(viewer))
        .order_by(Promise.due_on, Promise.id)
    ).all()


def made_in(place: MadeIn, code: str) -> Sequence[Promise]:
    """The promises made on a trip or in a case, for those who may see it."""
    return db.session.scalars(
        sa.select(Promise)
        .where(Promise.made_in == place, Promise.made_code == code)
        .order_by(Promise.due_on, Promise.id)
    ).all()


CodesFor = Callable[[int], Sequence[str]]
_SERVING: list[CodesFor] = []


def also_serves(find: CodesFor) -> None:
    """Let a feature above say on which trips (by public id) an interest (by id) was served."""
    _SERVING.append(find)


def about_case(
    code: str, interest_id: int | None, party_ids: Collection[int], viewer: Actor
) -> Sequence[Promise]:
    """The promises made in a case, or by or to its parties on a trip that served its interest.

    The first due first.
    """
    served = {one for find in _SERVING for one in find(interest_id)} if interest_id else set()
    made_here = sa.and_(Promise.made_in == MadeIn.CASE, Promise.made_code == code)
    made_there = sa.and_(
        Promise.made_in == MadeIn.TRIP,
        Promise.made_code.in_(served),
        sa.or_(Promise.promisor_id.in_(party_ids), Promise.promisee_id.in_(party_ids)),
    )
    return db.session.scalars(
        sa.select(Promise)
        .where(visible_to(viewer), sa.or_(made_here, made_there))
        .order_by(Promise.due_on, Promise.id)
    ).all()


def due(day: date) -> Sequence[int]:
    """Open promises to remind of on ``day``: due by the next working day, or late."""
    soon = add_working_days(day, 1)
    return db.session.scalars(
        sa.select(Promise.id)
        .where(
            Promise.state == PromiseState.OPEN,
            Promise.said_done_at.is_(None),
            sa.or_(
                sa.and_(
                    Promise.due_on <= soon,
                    Promise.due_on >= day,
                    sa.or_(Promise.soon_for.is_(None), Promise.soon_for != Promise.due_on),
                ),
                sa.and_(
                    Promise.due_on < day,
                    sa.or_(Promise.late_for.is_(None), Promise.late_for != Promise.due_on),
                ),
            ),
        )
        .order_by(Promise.id)
    ).all()


def who_can_promise(pair: Pair) -> Sequence[Organisation]:
    """The verified organisations and the offices of both localities, by name."""
    return db.session.scalars(
        sa.select(Organisation)
        .where(
            Organisation.locality_id.in_(pair.locality_ids),
            Organisation.state == OrganisationState.VERIFIED,
        )
        .order_by(Organisation.kind != OrganisationKind.AUTHORITY, Organisation.name_key)
    ).all()
