"""Conversations, their messages and files, how far each person has read, and officials' notes."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import ActingRecord, Organisation, StoredFile, User
from marketplace.core.db import Base, PublicId
from marketplace.core.ids import public_id
from marketplace.interests.models import Interest
from marketplace.introducing.models import Introduction
from marketplace.matching.models import Match
from marketplace.programme.models import Pair

ABOUT_ONE = (
    "(CASE WHEN interest_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN match_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN introduction_id IS NULL THEN 0 ELSE 1 END) = 1"
)
"""A conversation and a note are about one thing; a case keeps the conversation of its interest."""


class Thread(Base):
    """The conversation about an interest and its case, about a case by hand, or an introduction.

    The row is written with the first message.
    """

    __tablename__ = "thread"
    __table_args__ = (
        sa.CheckConstraint(ABOUT_ONE, name="about_one"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    interest_id: Mapped[int | None] = mapped_column(ForeignKey("interest.id"), unique=True)
    match_id: Mapped[int | None] = mapped_column(ForeignKey("match.id"), unique=True)
    introduction_id: Mapped[int | None] = mapped_column(ForeignKey("introduction.id"), unique=True)
    begun_at: Mapped[datetime]

    pair: Mapped[Pair] = relationship()
    interest: Mapped[Interest | None] = relationship()
    match: Mapped[Match | None] = relationship()
    introduction: Mapped[Introduction | None] = relationship()


class Message(Base):
    """What someone wrote in whose name; ``acting_id`` where the words were recorded for them.

    Taking a message back empties ``words`` and drops its files; the line stays.
    """

    __tablename__ = "message"
    __table_args__ = (
        sa.CheckConstraint("erased_at IS NULL OR words = ''", name="erased_is_empty"),
        sa.Index("ix_message_thread", "thread_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    acting_id: Mapped[int | None] = mapped_column(ForeignKey("acting_record.id"))
    words: Mapped[str]
    written_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    thread: Mapped[Thread] = relationship()
    author: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()
    acted: Mapped[ActingRecord | None] = relationship()
    files: Mapped[list[MessageFile]] = relationship(
        order_by="MessageFile.id", cascade="all, delete-orphan"
    )


class MessageFile(Base):
    """A file that came with a message."""

    __tablename__ = "message_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)

    file: Mapped[StoredFile] = relationship(cascade="all, delete-orphan", single_parent=True)


class ThreadRead(Base):
    """Up to which message a person has read a conversation."""

    __tablename__ = "thread_read"

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    last_id: Mapped[int]
    """The id of the last message that was shown."""
    read_at: Mapped[datetime]


class OfficerNote(Base):
    """What officials of the two localities write down for themselves; nobody else ever reads it."""

    __tablename__ = "officer_note"
    __table_args__ = (
        sa.CheckConstraint(ABOUT_ONE, name="about_one"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    interest_id: Mapped[int | None] = mapped_column(ForeignKey("interest.id"), index=True)
    match_id: Mapped[int | None] = mapped_column(ForeignKey("match.id"), index=True)
    introduction_id: Mapped[int | None] = mapped_column(ForeignKey("introduction.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    words: Mapped[str]
    written_at: Mapped[datetime]

    author: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()
