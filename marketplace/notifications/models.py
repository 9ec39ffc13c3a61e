"""What became of a notice: one row per event, person and channel."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Organisation, User
from marketplace.core.db import Base, PublicId, enum_type, partial_unique
from marketplace.core.ids import public_id
from marketplace.core.journal import Entry
from marketplace.enquiries.models import Enquiry
from marketplace.notifications.rules import Topic


class Channel(StrEnum):
    """How a notice reaches someone. The inbox is the record, e-mail a copy, a call the last way."""

    INBOX = "inbox"
    EMAIL = "email"
    CALL = "call"


class DeliveryState(StrEnum):
    """Pending until sent; a call until an official made it."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class Delivery(Base):
    """One notice on one channel.

    To a person, to an organisation without people, or to whoever sent an enquiry without an
    account; the address stands in the enquiry alone, and is erased there.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        partial_unique(
            "uq_delivery_person", "entry_id", "user_id", "channel", where="user_id IS NOT NULL"
        ),
        partial_unique(
            "uq_delivery_organisation",
            "entry_id",
            "organisation_id",
            "channel",
            where="user_id IS NULL",
        ),
        partial_unique(
            "uq_delivery_visitor",
            "entry_id",
            "enquiry_id",
            "channel",
            where="enquiry_id IS NOT NULL",
        ),
        sa.Index("ix_delivery_due", "channel", "state", "due_at"),
        sa.Index("ix_delivery_inbox", "user_id", "channel", "read_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    locality_id: Mapped[int | None] = mapped_column(ForeignKey("locality.id"), index=True)
    enquiry_id: Mapped[int | None] = mapped_column(ForeignKey("enquiry.id"))
    channel: Mapped[Channel] = mapped_column(enum_type(Channel))
    state: Mapped[DeliveryState] = mapped_column(
        enum_type(DeliveryState), default=DeliveryState.PENDING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    called_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    error: Mapped[str | None]

    entry: Mapped[Entry] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    organisation: Mapped[Organisation | None] = relationship()
    enquiry: Mapped[Enquiry | None] = relationship()
    called_by: Mapped[User | None] = relationship(foreign_keys=[called_by_id])


class MailRefusal(Base):
    """Someone wants no e-mail about a topic; the inbox of the site shows it all the same."""

    __tablename__ = "mail_refusal"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    topic: Mapped[Topic] = mapped_column(enum_type(Topic), primary_key=True)
