"""Reading the list of invited firms, and how far each has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Organisation
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.core.text import fold, name_key
from marketplace.deals.models import Deal, DealParty
from marketplace.interests.models import Interest
from marketplace.interests.rules import InterestState
from marketplace.outreach.models import Invitee
from marketplace.outreach.rules import Answer, Step
from marketplace.programme import queries as programme
from marketplace.programme.models import Pair


@dataclass(frozen=True, slots=True)
class Row:
    """A firm with the organisation it became, and when it first asked and first agreed."""

    invitee: Invitee
    organisation: Organisation | None
    first_interest: datetime | None
    first_deal: datetime | None

    @property
    def steps(self) -> frozenset[Step]:
        """The steps it has taken; whoever has come further has been invited, and was interested."""
        taken = {Step.LISTED}
        if self.invitee.last_contact_on is not None or self.organisation is not None:
            taken.add(Step.INVITED)
        if self.organisation is not None:
            taken.add(Step.REGISTERED)
        if self.first_interest is not None or self.first_deal is not None:
            taken.add(Step.INTEREST)
        if self.first_deal is not None:
            taken.add(Step.DEAL)
        return frozenset(taken)


def pair_of(viewer: Actor) -> Pair:
    """The pair whose list an official keeps: the first of their locality. Raises NotFound."""
    pairs = programme.of_locality(viewer.locality_id or 0) if viewer.is_officer else []
    if not pairs:
        raise NotFound
    return pairs[0]


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Invitee:
    """A firm on a list of the official's pairs. Raises NotFound."""
    if lock:
        hold(Invitee, public_id=public_id)
    pairs = programme.of_locality(viewer.locality_id or 0) if viewer.is_officer else []
    found = db.session.scalars(
        sa.select(Invitee)
        .where(Invitee.public_id == public_id, Invitee.pair_id.in_([pair.id for pair in pairs]))
        .options(joinedload(Invitee.pair))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def by_code(public_id: str) -> Invitee:
    """The firm an invitation is for; whoever has the code may read its name. Raises NotFound."""
    found = db.session.scalars(
        sa.select(Invitee).where(Invitee.public_id == public_id).options(joinedload(Invitee.pair))
    ).first()
    if found is None:
        raise NotFound
    return found


def known(pair_id: int) -> dict[str, Invitee]:
    """The firms of a list by the key of their name, and by their code."""
    found = db.session.scalars(sa.select(Invitee).where(Invitee.pair_id == pair_id)).all()
    return {one.name_key: one for one in found} | {one.public_id: one for one in found}


def named(pair_id: int, name: str) -> Invitee | None:
    """The firm of a list with this name, however it was typed."""
    return db.session.scalars(
        sa.select(Invitee).where(Invitee.pair_id == pair_id, Invitee.name_key == name_key(name))
    ).first()


def rows(pair_id: int) -> list[Row]:
    """The whole list by name, in four queries."""
    invitees = db.session.scalars(
        sa.select(Invitee).where(Invitee.pair_id == pair_id).order_by(Invitee.name_key)
    ).all()
    codes = [one.public_id for one in invitees]
    came: dict[str | None, Organisation] = {}
    for organisation in db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.invitation.in_(codes))
        .order_by(Organisation.id.desc())
    ):
        came[organisation.invitation] = organisation  # the first that came with it stays last
    ids = [organisation.id for organisation in came.values()]
    asked = _first(
        sa.select(Interest.organisation_id, sa.func.min(Interest.sent_at))
        .where(
            Interest.organisation_id.in_(ids),
            Interest.pair_id == pair_id,
            Interest.state != InterestState.DRAFT,  # nobody but its writer knows of it yet
        )
        .group_by(Interest.organisation_id)
    )
    agreed = _first(
        sa.select(DealParty.organisation_id, sa.func.min(Deal.opened_at))
        .join(Deal, Deal.id == DealParty.deal_id)
        .where(DealParty.organisation_id.in_(ids), Deal.pair_id == pair_id)
        .group_by(DealParty.organisation_id)
    )
    return [
        Row(
            one,
            became := came.get(one.public_id),
            asked.get(became.id) if became else None,
            agreed.get(became.id) if became else None,
        )
        for one in invitees
    ]


def _first(query: sa.Select[int, datetime]) -> dict[int, datetime]:
    return dict(db.session.execute(query).all())


def counts(found: Sequence[Row]) -> dict[Step, int]:
    """How many firms have taken each step."""
    return {step: sum(step in row.steps for row in found) for step in Step}


def chosen(found: Sequence[Row], q: str, answer: str) -> list[Row]:
    """The rows whose name or field holds ``q``, with this answer or «registered»."""
    wanted = fold(q)
    fitting = [row for row in found if wanted in fold(f"{row.invitee.name} {row.invitee.field}")]
    if answer == Step.REGISTERED:
        return [row for row in fitting if row.organisation is not None]
    if answer in set(Answer):
        return [r for r in fitting if r.organisation is None and r.invitee.answer == answer]
    return fitting
