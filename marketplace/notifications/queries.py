"""Reading notices: the inbox, the calls to make, and what became of a record's mails."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Membership, Organisation
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.core.journal import Entry
from marketplace.notifications.models import Channel, Delivery, DeliveryState, MailRefusal
from marketplace.notifications.rules import Topic
from marketplace.programme.models import Pair

FAILED_AT_MOST = 200


_UNREAD = sa.select(sa.func.count(Delivery.id)).where(
    Delivery.user_id == sa.bindparam("user", type_=sa.Integer),
    Delivery.channel == Channel.INBOX,
    Delivery.read_at.is_(None),
)
"""Built once: every page of someone signed in asks it."""


def unread(viewer: Actor) -> int:
    """How many notices someone has not opened."""
    if viewer.user_id is None:
        return 0
    return int(db.session.scalar(_UNREAD, {"user": viewer.user_id}) or 0)


def inbox(viewer: Actor, *, offset: int, limit: int) -> tuple[Sequence[Delivery], int]:
    """A page of someone's notices, unread ones first, then newest, and how many there are."""
    mine = sa.and_(Delivery.user_id == viewer.user_id, Delivery.channel == Channel.INBOX)
    total = db.session.scalar(sa.select(sa.func.count(Delivery.id)).where(mine)) or 0
    rows = db.session.scalars(
        sa.select(Delivery)
        .where(mine)
        .options(
            joinedload(Delivery.entry),
            joinedload(Delivery.user),
            joinedload(Delivery.organisation),
        )
        .order_by(Delivery.read_at.is_not(None), Delivery.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    return rows, int(total)


def notice(public_id: str, viewer: Actor) -> Delivery:
    """One of the viewer's own notices. Raises NotFound."""
    found = db.session.scalars(
        sa.select(Delivery).where(
            Delivery.public_id == public_id,
            Delivery.user_id == viewer.user_id,
            Delivery.channel == Channel.INBOX,
        )
    ).first()
    if found is None:
        raise NotFound
    return found


_TOLD = (joinedload(Delivery.entry), joinedload(Delivery.user), joinedload(Delivery.organisation))
_CALLS = (
    sa.select(Delivery)
    .where(
        Delivery.channel == Channel.CALL,
        Delivery.state == DeliveryState.PENDING,
        Delivery.locality_id == sa.bindparam("locality"),
    )
    .options(*_TOLD)
    .order_by(Delivery.id)
)


def calls(viewer: Actor) -> Sequence[Delivery]:
    """Calls the officials of the viewer's locality still have to make, oldest first."""
    if not viewer.is_officer:
        return []
    return db.session.scalars(_CALLS, {"locality": viewer.locality_id}).all()


def call(public_id: str, viewer: Actor, *, lock: bool = False) -> Delivery:
    """A call of the viewer's locality. Raises NotFound."""
    if lock:
        hold(Delivery, public_id=public_id)
    found = db.session.scalars(
        sa.select(Delivery)
        .where(
            Delivery.public_id == public_id,
            Delivery.channel == Channel.CALL,
            Delivery.locality_id == viewer.locality_id,
        )
        .options(
            joinedload(Delivery.entry),
            joinedload(Delivery.user),
            joinedload(Delivery.organisation).joinedload(Organisation.village),
            joinedload(Delivery.called_by),
        )
        .execution_options(populate_existing=lock)
    ).first()
    if found is None or not viewer.is_officer:
        raise NotFound
    return found


def about(*subjects: tuple[str, int]) -> Sequence[Delivery]:
    """Every delivery about these records, latest first: sent or not, when, to whom."""
    if not subjects:
        return []
    return db.session.scalars(
        sa.select(Delivery)
        .join(Entry, Entry.id == Delivery.entry_id)
        .where(
            sa.or_(
                *(
                    sa.and_(Entry.subject_type == kind, Entry.subject_id == key)
                    for kind, key in subjects
                )
            ),
            Delivery.channel != Channel.INBOX,
        )
        .options(
            joinedload(Delivery.entry),
            joinedload(Delivery.user),
            joinedload(Delivery.organisation),
            joinedload(Delivery.called_by),
        )
        .order_by(Delivery.id.desc())
    ).all()


_LOCALITY = sa.bindparam("locality", type_=sa.BigInteger())
_TWINS = sa.union(
    sa.select(Pair.source_id).where(Pair.market_id == _LOCALITY),
    sa.select(Pair.market_id).where(Pair.source_id == _LOCALITY),
)
_THEIRS = (
    sa.select(Membership.user_id)
    .join(Organisation, Organisation.id == Membership.organisation_id)
    .where(
        sa.or_(Organisation.locality_id == _LOCALITY, Organisation.locality_id.in_(_TWINS)),
    )
)
_FAILED = (
    sa.select(Delivery)
    .join(Entry, Entry.id == Delivery.entry_id)
    .where(
        Delivery.channel == Channel.EMAIL,
        Delivery.state == DeliveryState.FAILED,
        Delivery.user_id.in_(_THEIRS),
        Entry.name.not_like("user.%"),
    )
    .options(*_TOLD)
    .order_by(Delivery.id.desc())
    .limit(FAILED_AT_MOST)
)


def failed(viewer: Actor) -> Sequence[Delivery]:
    """Mails given up for good to people of the viewer's pairs, latest first.

    Both localities of a pair see them. Mails with a secret link are not among them.
    """
    if not viewer.is_officer:
        return []
    return db.session.scalars(_FAILED, {"locality": viewer.locality_id}).all()


def refused_by(user_id: int | None) -> frozenset[Topic]:
    """The topics of which someone wants no e-mail."""
    chosen = sa.select(MailRefusal.topic).where(MailRefusal.user_id == user_id)
    return frozenset(db.session.scalars(chosen))
