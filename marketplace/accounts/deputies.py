"""Who does whose work today. Reading only; naming a deputy is a use case of the desk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Deputy, User
from marketplace.core import clock
from marketplace.core.db import db


def _in_force(day: date | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    return sa.and_(Deputy.from_on <= day, Deputy.until_on >= day, Deputy.ended_at.is_(None))


_ABSENT = (
    sa.select(Deputy)
    .where(
        Deputy.deputy_id == sa.bindparam("deputy", type_=sa.BigInteger()),
        _in_force(sa.bindparam("day", type_=sa.Date())),
    )
    .options(joinedload(Deputy.user))
    .order_by(Deputy.id)
)


def absent_of(user_id: int | None) -> Sequence[Deputy]:
    """For whom this person does the work today."""
    return db.session.scalars(_ABSENT, {"deputy": user_id, "day": clock.today()}).all()


def deputies_of(user_ids: Collection[int]) -> Sequence[User]:
    """Those who do the work of these people today."""
    if not user_ids:
        return []
    return db.session.scalars(
        sa.select(User)
        .join(Deputy, Deputy.deputy_id == User.id)
        .where(Deputy.user_id.in_(user_ids), _in_force(clock.today()), User.is_disabled.is_(False))
        .order_by(User.id)
        .distinct()
    ).all()


def of_locality(locality_id: int | None) -> Sequence[Deputy]:
    """The deputies of a locality's officials that are in force or still to come."""
    return db.session.scalars(
        sa.select(Deputy)
        .where(
            Deputy.locality_id == locality_id,
            Deputy.until_on >= clock.today(),
            Deputy.ended_at.is_(None),
        )
        .options(joinedload(Deputy.user), joinedload(Deputy.deputy))
        .order_by(Deputy.from_on, Deputy.id)
    ).all()
