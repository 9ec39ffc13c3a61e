"""Reading introductions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import may_speak_for
from marketplace.catalogue.models import Listing
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.core.i18n import Text
from marketplace.introducing.models import Introduction, IntroductionAnswer
from marketplace.introducing.rules import IntroductionState, is_known_to
from marketplace.programme import queries as programme


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """Both sides, a side's cooperative, and the officials of both localities."""
    if viewer.is_officer:
        pairs = programme.pairs_of(viewer)
        return Introduction.pair_id.in_(pairs)
    if viewer.organisation_id is None:
        return sa.false()
    mine = accounts.in_care_of(viewer)
    return sa.or_(Introduction.one_id.in_(mine), Introduction.other_id.in_(mine))


def _loaded() -> sa.Select[Introduction]:
    return sa.select(Introduction).options(
        joinedload(Introduction.pair),
        joinedload(Introduction.one).joinedload(Organisation.locality),
        joinedload(Introduction.other).joinedload(Organisation.locality),
        joinedload(Introduction.one).selectinload(Organisation.consents),
        joinedload(Introduction.other).selectinload(Organisation.consents),
        selectinload(Introduction.listing).joinedload(Listing.organisation),
        joinedload(Introduction.proposed_by),
        selectinload(Introduction.answers).joinedload(IntroductionAnswer.organisation),
        selectinload(Introduction.answers).joinedload(IntroductionAnswer.user),
        selectinload(Introduction.answers).joinedload(IntroductionAnswer.acted),
        selectinload(Introduction.acting),
    )


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Introduction:
    """An introduction with its answers. Raises NotFound."""
    if lock:
        hold(Introduction, public_id=public_id)
    found = db.session.scalars(
        _loaded()
        .where(Introduction.public_id == public_id, visible_to(viewer))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def get_for_clock(introduction_id: int) -> Introduction:
    """An introduction for the clock, its row locked."""
    hold(Introduction, id=introduction_id)
    return db.session.scalars(
        _loaded()
        .where(Introduction.id == introduction_id)
        .execution_options(populate_existing=True)
    ).one()


def visible(
    viewer: Actor, offset: int = 0, limit: int = 1000, *, open_only: bool = False
) -> tuple[Sequence[Introduction], int]:
    """The introductions a viewer may see, latest first, and how many there are."""
    where = visible_to(viewer)
    if open_only:
        where = sa.and_(where, Introduction.state == IntroductionState.PROPOSED)
    rows = db.session.scalars(
        _loaded().where(where).order_by(Introduction.id.desc()).offset(offset).limit(limit)
    ).all()
    total = db.session.scalar(sa.select(sa.func.count(Introduction.id)).where(where))
    return rows, int(total or 0)


def is_waiting(one_id: int, other_id: int) -> bool:
    """Whether these two, in either order, have an introduction that waits for their yes."""
    return (
        db.session.scalar(
            sa.select(Introduction.id)
            .where(
                Introduction.state == IntroductionState.PROPOSED,
                sa.or_(
                    sa.and_(Introduction.one_id == one_id, Introduction.other_id == other_id),
                    sa.and_(Introduction.one_id == other_id, Introduction.other_id == one_id),
                ),
            )
            .limit(1)
        )
        is not None
    )


def past_their_day(day: date) -> Sequence[int]:
    """The ids of introductions that still wait and whose last day lies before ``day``."""
    return db.session.scalars(
        sa.select(Introduction.id)
        .where(Introduction.state == IntroductionState.PROPOSED, Introduction.lapses_on < day)
        .order_by(Introduction.id)
    ).all()


def name_for(viewer: Actor, introduction: Introduction, side: Organisation) -> Text | str:
    """A side as this reader may know it."""
    return (
        side.name if is_known_to(viewer, introduction, side) else introduction.introduced_as(side)
    )


def other_side(viewer: Actor, introduction: Introduction) -> Text | str:
    """Whom the viewer, or a household in their care, is to meet, as they may know it."""
    others = [side for side in introduction.sides if not may_speak_for(viewer, side)]
    return name_for(viewer, introduction, others[0] if others else introduction.other)
