"""Turning keys: a row per locality, written inside the caller's transaction.

The caller has locked the subject's row first, so that two localities turning their keys at the
same moment see each other (decisions page 2).
"""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import NotAllowed
from marketplace.core.i18n import N_
from marketplace.core.journal import Recorded, kind_of
from marketplace.programme.models import Approval


def turned_on(subject: Recorded) -> list[Approval]:
    """The live keys on this record, oldest first."""
    return list(
        db.session.scalars(
            sa.select(Approval)
            .where(
                Approval.subject_type == kind_of(subject),
                Approval.subject_id == subject.id,
                Approval.voided_at.is_(None),
            )
            .order_by(Approval.id)
        )
    )


def turn(subject: Recorded, actor: Actor) -> Approval:
    """Turn the key of the actor's locality on a record whose row is locked."""
    if actor.user_id is None or actor.locality_id is None:
        raise NotAllowed(N_("Only an official can turn a key."))
    key = Approval(
        subject_type=kind_of(subject),
        subject_id=subject.id,
        locality_id=actor.locality_id,
        user_id=actor.user_id,
        at=clock.now(),
    )
    db.session.add(key)
    db.session.flush()  # the unique indexes speak now
    return key


def void(subject: Recorded) -> int:
    """Take all keys off a record that was returned; the rows stay as history."""
    keys = turned_on(subject)
    for key in keys:
        key.voided_at = clock.now()
    return len(keys)
