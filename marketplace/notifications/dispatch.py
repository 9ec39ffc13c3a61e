"""From entries to deliveries: one use case, so it may crash and repeat.

Takes the entries whose outbox row is not stamped (not «after the last id»: ids commit out of
order) and writes a delivery for each person and channel.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import sqlalchemy as sa

from marketplace.accounts import deputies
from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation, User
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.journal import Entry, Outbox, seal
from marketplace.core.use_case import use_case
from marketplace.enquiries.models import Enquiry
from marketplace.notifications import queries, subjects
from marketplace.notifications.models import Channel, Delivery, DeliveryState
from marketplace.notifications.rules import topic_of
from marketplace.notifications.subscriptions import SUBSCRIPTIONS, Subscription

log = logging.getLogger(__name__)
BATCH = 100


@use_case
def dispatch() -> int:
    """Write the deliveries of waiting entries and seal the journal; returns how many entries."""
    waiting = db.session.scalars(
        sa.select(Outbox)
        .where(Outbox.dispatched_at.is_(None))
        .order_by(Outbox.entry_id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    done = sum(_dispatch(row) for row in waiting)
    if done:
        db.session.flush()
        seal()
    return done


def _dispatch(row: Outbox) -> bool:
    """One entry, by itself: a mistake in it is told in the log and holds up no other."""
    try:
        with db.session.begin_nested():
            _write(db.session.get_one(Entry, row.entry_id))
            row.dispatched_at = clock.now()
    except sa.exc.OperationalError:
        raise  # the database is away: try the whole again
    except Exception:
        log.exception("entry %s cannot be told; it stays in the outbox", row.entry_id)
        return False
    return True


def _write(entry: Entry) -> None:
    subscription = SUBSCRIPTIONS.get(entry.name)
    if subscription is None or subscription.tells_nobody:
        return  # history only, whatever it is about
    record = subjects.of(entry)
    if record is None:
        log.warning("entry %s is about nothing", entry.id)
        return
    audience = subscription.audience(record, entry)
    told: set[int] = {entry.actor_id} if entry.actor_id and not subscription.by_mail_only else set()
    for person in [*audience.people, *_deputies(entry, audience.people, subscription)]:
        _tell(entry, person, told, None, by_mail_only=subscription.by_mail_only)
    for organisation in audience.organisations:
        _tell_organisation(entry, organisation, told)
    for person in audience.watchers:  # last: who is concerned is told as such
        _tell(entry, person, told, None)
    visitor = subscription.visitor(record)
    if visitor is not None and visitor.contact_email:
        _add(entry, None, None, Channel.EMAIL, None, visitor)


PERSONAL = frozenset({"user", "search_digest"})
"""Records whose notices are for one person: no deputy reads them."""


def _deputies(entry: Entry, people: Sequence[User], subscription: Subscription) -> Sequence[User]:
    """Those who do the work of these people today, and are told with them."""
    if subscription.by_mail_only or entry.name.partition(".")[0] in PERSONAL:
        return []
    return deputies.deputies_of({person.id for person in people})


def _tell_organisation(entry: Entry, organisation: Organisation, told: set[int]) -> None:
    people = accounts.people_of(organisation.id)
    for person in people:
        _tell(entry, person, told, organisation)
    if not people:
        _add(entry, None, organisation, Channel.CALL, organisation.locality_id)


def _tell(
    entry: Entry,
    person: User,
    told: set[int],
    organisation: Organisation | None,
    *,
    by_mail_only: bool = False,
) -> None:
    if person.id in told:
        return
    told.add(person.id)
    if not by_mail_only:
        _add(entry, person, organisation, Channel.INBOX, None)
    if person.email:
        topic = topic_of(entry.name, for_organisation=organisation is not None)
        if topic is None or topic not in queries.refused_by(person.id):
            _add(entry, person, organisation, Channel.EMAIL, None)
    elif organisation is not None:
        _add(entry, person, organisation, Channel.CALL, organisation.locality_id)


def _add(
    entry: Entry,
    person: User | None,
    organisation: Organisation | None,
    channel: Channel,
    locality_id: int | None,
    visitor: Enquiry | None = None,
) -> None:
    now = clock.now()
    is_there = channel is Channel.INBOX
    db.session.add(
        Delivery(
            entry_id=entry.id,
            user_id=person.id if person else None,
            organisation_id=organisation.id if organisation else None,
            locality_id=locality_id,
            enquiry_id=visitor.id if visitor else None,
            channel=channel,
            state=DeliveryState.SENT if is_there else DeliveryState.PENDING,
            due_at=now,
            sent_at=now if is_there else None,
        )
    )
