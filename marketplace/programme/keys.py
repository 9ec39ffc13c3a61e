"""Turning keys: a row per locality, written inside the caller's transaction.

The caller has locked the subject's row first, so that two localities turning their keys at the
same moment see each other (decisions page 2).
"""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from marketplace.accounts.models import StoredFile
from marketplace.core import clock
from marketplace.core.actor import Actor, OnPaper
from marketplace.core.db import db
from marketplace.core.errors import NotAllowed
from marketplace.core.i18n import N_
from marketplace.core.journal import Recorded, kind_of
from marketplace.programme.models import Approval
from marketplace.programme.rules import may_bring_in


def on_paper(leader: Actor, recorder: Actor, scan: StoredFile) -> Actor:
    """The leader as they decided on a signed sheet that a colleague brings in. Raises NotAllowed.

    Every use case takes this actor like any other; the rules ask about both people.
    """
    if not may_bring_in(recorder, leader):
        raise NotAllowed(N_("A colleague of the same locality enters what a leader decided."))
    return replace(leader, on_paper=OnPaper(scan, recorder))


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
    """Turn the key of the actor's locality on a record whose row is locked.

    The journal line of the move stands already, and with it the scan of what was done on paper.
    """
    paper = actor.on_paper
    if actor.user_id is None or actor.locality_id is None:
        raise NotAllowed(N_("Only an official can turn a key."))
    key = Approval(
        subject_type=kind_of(subject),
        subject_id=subject.id,
        locality_id=actor.locality_id,
        user_id=actor.user_id,
        at=clock.now(),
        on_paper_id=paper.scan.id if paper else None,
        entered_by_id=paper.recorder.user_id if paper else None,
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
