"""Saved searches and what they told, what is new, watched listings and their reminders."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.alerts.rules import Rhythm
from marketplace.catalogue.models import Listing
from marketplace.core.db import Base, PublicId, enum_type
from marketplace.core.ids import public_id
from marketplace.programme.models import Pair


class News(Base):
    """A listing that was published for the first time, noted once.

    Its number is the order in which it was noted, under a lock: a search that has gone through
    number n has missed nothing below, however transactions commit.
    """

    __tablename__ = "listing_news"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), unique=True)
    published_at: Mapped[datetime] = mapped_column(index=True)


class SavedSearch(Base):
    """The filters of a list under a name, and how far their owner has been told.

    ``asked`` is the query of the list's address, in its settled order and without its sort;
    ``organisation_id`` the one its owner acted for: it decides which audiences are theirs.
    ``seen_to`` is the number of the last news gone through, ``checked_at`` when that was.
    """

    __tablename__ = "saved_search"
    __table_args__: Any = (
        sa.UniqueConstraint("user_id", "pair_id", "kind", "asked"),
        sa.Index("ix_saved_search_due", "rhythm", "stopped_at", "checked_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"))
    kind: Mapped[str]
    asked: Mapped[str]
    name: Mapped[str]
    rhythm: Mapped[Rhythm] = mapped_column(enum_type(Rhythm))
    created_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    seen_to: Mapped[int]
    checked_at: Mapped[datetime]
    last_told_at: Mapped[datetime | None]
    last_told: Mapped[int] = mapped_column(default=0)
    told_in_all: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column()

    user: Mapped[User] = relationship()
    pair: Mapped[Pair] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own name


class Digest(Base):
    """One message to one person about everything new in the searches that were due together."""

    __tablename__ = "search_digest"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"))
    size: Mapped[int]
    made_at: Mapped[datetime]

    user: Mapped[User] = relationship()
    pair: Mapped[Pair] = relationship()
    items: Mapped[list[DigestItem]] = relationship(order_by="DigestItem.id")

    @property
    def title(self) -> str:
        """The names of its searches; empty when all of them were deleted."""
        names = dict.fromkeys(item.search.name for item in self.items if item.search)
        return ", ".join(names)


class DigestItem(Base):
    """A listing someone was told of: once, whichever of their searches it fits."""

    __tablename__ = "search_digest_item"
    __table_args__: Any = (sa.UniqueConstraint("user_id", "listing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest_id: Mapped[int] = mapped_column(ForeignKey("search_digest.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    search_id: Mapped[int | None] = mapped_column(ForeignKey("saved_search.id"), index=True)

    search: Mapped[SavedSearch | None] = relationship()


class Watch(Base):
    """Someone wants to be told what changes in a listing. Its owner learns how many, not who."""

    __tablename__ = "listing_watch"
    __table_args__: Any = (
        sa.UniqueConstraint("user_id", "listing_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    began_at: Mapped[datetime]

    user: Mapped[User] = relationship()
    listing: Mapped[Listing] = relationship()


class ClosingReminder(Base):
    """Watchers were reminded of this last day, so many days before; a new last day begins anew."""

    __tablename__ = "closing_reminder"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    closes_on: Mapped[date] = mapped_column(primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
