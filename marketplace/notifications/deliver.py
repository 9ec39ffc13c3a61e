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
from marketplace.notifications.channels import (
    NothingToTellError,
    RefusedError,
    SendLaterError,
)
from marketplace.notifications.models import Channel, Delivery, DeliveryState

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=4)
"""Longer than one mail can take: ten answers of the server at ``channels.TIMEOUT`` each. A worker
that dies holds up only the one mail it was sending."""
RETRIES = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440, 1440))
"""How long to wait after each failed try: three days in all."""
AT_ONCE = 20
"""Mails sent before the worker looks for new entries again."""


class Sender(Protocol):
    """A channel for mails."""

    def send(self, message: EmailMessage, name: str) -> None:
        """Send or raise."""


Writer = Callable[[int], EmailMessage | None]
"""Writes the mail of a delivery; None when there is nobody to write to any more.

Raises NothingToTellError when nothing is left to say.
"""


@use_case
def claim() -> int | None:
    """Lease the mail that is due longest to this worker; None when nothing is due.

    Each goes to one worker at a time, on both databases.
    """
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
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    claimed = db.session.execute(
        sa.update(Delivery)
        .where(Delivery.id == due.scalar_subquery(), free, Delivery.state == DeliveryState.PENDING)
        .values(leased_until=now + LEASE)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return claimed.scalars().first()


@use_case
def stamp(delivery_id: int, *, sent: bool, error: str = "", final: bool = False) -> None:
    """Keep what became of a try. A mail given up becomes a call to make."""
    delivery = db.session.get_one(Delivery, delivery_id)
    if delivery.state is not DeliveryState.PENDING:
        return  # another worker was faster with a mail whose lease had run out
    delivery.attempts += 1
    delivery.leased_until = None
    delivery.error = error[:500] or None
    if sent:
        delivery.state, delivery.sent_at = DeliveryState.SENT, clock.now()
    elif final or delivery.attempts > len(RETRIES):
        delivery.state = DeliveryState.FAILED
        _call_instead(delivery)
    else:
        delivery.due_at = clock.now() + RETRIES[delivery.attempts - 1]


@use_case
def drop(delivery_id: int) -> None:
    """Let a mail fall that has nothing left to say; the entry and the inbox keep what was."""
    delivery = db.session.get_one(Delivery, delivery_id)
    if delivery.state is DeliveryState.PENDING:
        db.session.delete(delivery)


def _call_instead(delivery: Delivery) -> None:
    """Someone whose mail does not arrive has no reachable channel: their locality calls."""
    if delivery.organisation is None:
        return
    known = sa.select(Delivery.id).where(
        Delivery.entry_id == delivery.entry_id,
        Delivery.user_id == delivery.user_id,
        Delivery.channel == Channel.CALL,
    )
    if db.session.scalar(known) is None:
        db.session.add(
            Delivery(
                entry_id=delivery.entry_id,
                user_id=delivery.user_id,
                organisation_id=delivery.organisation_id,
                locality_id=delivery.organisation.locality_id,
                channel=Channel.CALL,
                due_at=clock.now(),
            )
        )


def deliver(sender: Sender, write: Writer, go_on: Callable[[], bool] = lambda: True) -> int:
    """Send what is due, a few at a time, while ``go_on`` says so; returns how many went out."""
    sent = 0
    for _ in range(AT_ONCE):
        delivery_id = claim() if go_on() else None
        if delivery_id is None:
            break
        sent += _deliver(delivery_id, sender, write)
    return sent


def _deliver(delivery_id: int, sender: Sender, write: Writer) -> bool:
    try:
        message = write(delivery_id)
        db.session.rollback()  # what was read is written down; no transaction waits for a server
        if message is None:
            stamp(delivery_id, sent=False, error="nobody to write to", final=True)
            return False
        sender.send(message, f"{delivery_id:08d}")
    except NothingToTellError:
        db.session.rollback()
        drop(delivery_id)
    except SendLaterError as error:
        log.warning("mail %s later: %s", delivery_id, error)
        stamp(delivery_id, sent=False, error=str(error))
    except RefusedError as error:
        log.warning("mail %s refused: %s", delivery_id, error)
        stamp(delivery_id, sent=False, error=str(error), final=True)
    except Exception as error:
        log.exception("mail %s cannot be written", delivery_id)
        stamp(delivery_id, sent=False, error=f"cannot be written: {type(error).__name__}")
    else:
        stamp(delivery_id, sent=True)
        return True
    return False
