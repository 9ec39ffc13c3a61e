"""From deliveries to mails: claim, write in the reader's language, send, stamp.

Sending happens outside any transaction. A worker that dies after sending and before stamping
sends once more, with the same Message-ID (decisions page 8).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Protocol

import sqlalchemy as sa

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.use_case import use_case
from marketplace.notifications.channels import RefusedError, SendLaterError
from marketplace.notifications.models import Channel, Delivery, DeliveryState

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
RETRIES = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440, 1440))
"""How long to wait after each failed try: three days in all."""
AT_ONCE = 20


class Sender(Protocol):
    """A channel for mails."""

    def send(self, message: EmailMessage, name: str) -> None:
        """Send or raise."""


Writer = Callable[[int], EmailMessage | None]
"""Writes the mail of a delivery; None when there is nobody to write to any more."""


@use_case
def claim() -> list[int]:
    """Lease due mails to this worker; each goes to one worker at a time, on both databases."""
    now = clock.now()
    free = sa.or_(Delivery.leased_until.is_(None), Delivery.leased_until < now)
    due = (
        sa.select(Delivery.id)
        .where(
            Delivery.channel == Channel.EMAIL,
            Delivery.state == DeliveryState.PENDING,
            Delivery.due_at <= now,
            free,
        )
        .order_by(Delivery.due_at, Delivery.id)
        .limit(AT_ONCE)
    )
    claimed = db.session.execute(
        sa.update(Delivery)
        .where(Delivery.id.in_(due), free, Delivery.state == DeliveryState.PENDING)
        .values(leased_until=now + LEASE)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(claimed.scalars())


@use_case
def stamp(delivery_id: int, *, sent: bool, error: str = "", final: bool = False) -> None:
    """Keep what became of a try."""
    delivery = db.session.get_one(Delivery, delivery_id)
    delivery.attempts += 1
    delivery.leased_until = None
    delivery.error = error[:500] or None
    if sent:
        delivery.state, delivery.sent_at = DeliveryState.SENT, clock.now()
    elif final or delivery.attempts > len(RETRIES):
        delivery.state = DeliveryState.FAILED
    else:
        delivery.due_at = clock.now() + RETRIES[delivery.attempts - 1]


def deliver(sender: Sender, write: Writer) -> int:
    """Send what is due; returns how many mails went out."""
    sent = 0
    for delivery_id in claim():
        try:
            message = write(delivery_id)
            if message is None:
                stamp(delivery_id, sent=False, error="nobody to write to", final=True)
                continue
            sender.send(message, f"{delivery_id:08d}")
        except SendLaterError as error:
            log.warning("mail %s later: %s", delivery_id, error)
            stamp(delivery_id, sent=False, error=str(error))
        except RefusedError as error:
            log.warning("mail %s refused: %s", delivery_id, error)
            stamp(delivery_id, sent=False, error=str(error), final=True)
        else:
            stamp(delivery_id, sent=True)
            sent += 1
    return sent
