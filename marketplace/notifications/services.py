"""Use cases of notices: reading them, and making the calls nobody else can make."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, NotAllowed
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.use_case import use_case
from marketplace.notifications import queries
from marketplace.notifications.models import Channel, Delivery, DeliveryState, MailRefusal
from marketplace.notifications.rules import Topic, refused, topics_for


@use_case
def read(actor: Actor, public_id: str) -> Delivery:
    """Mark one's notice as read."""
    delivery = queries.notice(public_id, actor)
    delivery.read_at = delivery.read_at or clock.now()
    return delivery


@use_case
def read_all(actor: Actor) -> None:
    """Mark all of one's notices as read."""
    db.session.execute(
        sa.update(Delivery)
        .where(
            Delivery.user_id == actor.user_id,
            Delivery.channel == Channel.INBOX,
            Delivery.read_at.is_(None),
        )
        .values(read_at=clock.now())
    )


@use_case
def made_call(actor: Actor, public_id: str, note: str) -> Delivery:
    """Log that an official called, and what was said."""
    delivery = queries.call(public_id, actor, lock=True)
    if delivery.state is not DeliveryState.PENDING:
        raise Conflict(N_("A colleague has made this call already."))
    delivery.state = DeliveryState.SENT
    delivery.sent_at = clock.now()
    delivery.called_by_id = actor.user_id
    record("delivery.called", delivery, actor, note=note, data={"entry": delivery.entry_id})
    return delivery


@use_case
def choose_mails(actor: Actor, wanted: Collection[Topic]) -> None:
    """Get e-mails about these topics only; duties come all the same.

    What the present organisation does not ask about stays as it was chosen for another.
    """
    if actor.user_id is None:
        raise NotAllowed(N_("Sign in to choose."))
    asked = topics_for(actor)
    mine = sa.and_(MailRefusal.user_id == actor.user_id, MailRefusal.topic.in_(asked))
    db.session.execute(sa.delete(MailRefusal).where(mine))
    off = sorted(refused(wanted, asked))
    db.session.add_all(MailRefusal(user_id=actor.user_id, topic=topic) for topic in off)
