"""Pairs of localities, what they agreed, their key policies, and the keys turned."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Locality, User
from marketplace.core.db import Base, enum_type, partial_unique
from marketplace.programme.rules import Decision


class Pair(Base):
    """Two localities that signed a twinning: the source of goods and land, and the market."""

    __tablename__ = "pair"
    __table_args__ = (
        sa.UniqueConstraint("source_id", "market_id"),
        sa.CheckConstraint("source_id <> market_id", name="two_localities"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    host: Mapped[str | None] = mapped_column(unique=True)
    theme: Mapped[str] = mapped_column(default="neutral")
    source_id: Mapped[int] = mapped_column(ForeignKey("locality.id"), index=True)
    market_id: Mapped[int] = mapped_column(ForeignKey("locality.id"), index=True)
    signed_on: Mapped[date]
    objection_days: Mapped[int] = mapped_column(default=1)
    decides_on_paper: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    source: Mapped[Locality] = relationship(foreign_keys=[source_id], lazy="joined")
    market: Mapped[Locality] = relationship(foreign_keys=[market_id], lazy="joined")
    policies: Mapped[list[KeyPolicy]] = relationship(lazy="selectin")
    articles: Mapped[list[Article]] = relationship(order_by="Article.number")
    principles: Mapped[list[Principle]] = relationship(order_by="Principle.number")

    @property
    def locality_ids(self) -> tuple[int, int]:
        """Both localities, the source first."""
        return (self.source_id, self.market_id)

    def other(self, locality_id: int) -> Locality:
        """The twin of this locality."""
        return self.market if locality_id == self.source_id else self.source


class Article(Base):
    """One of the fields of cooperation that were signed."""

    __tablename__ = "article"
    __table_args__ = (sa.UniqueConstraint("pair_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    number: Mapped[int]
    title_vi: Mapped[str]
    title_en: Mapped[str]
    text_vi: Mapped[str]
    text_en: Mapped[str]


class Principle(Base):
    """One of the principles of the agreement."""

    __tablename__ = "principle"
    __table_args__ = (sa.UniqueConstraint("pair_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    number: Mapped[int]
    text_vi: Mapped[str]
    text_en: Mapped[str]


class KeyPolicy(Base):
    """How many keys a decision needs in a pair, and from which value (đồng) it needs both."""

    __tablename__ = "key_policy"
    __table_args__ = (
        sa.UniqueConstraint("pair_id", "decision"),
        sa.CheckConstraint("keys IN (1, 2)", name="one_or_two"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    decision: Mapped[Decision] = mapped_column(enum_type(Decision))
    keys: Mapped[int]
    both_from_value: Mapped[int | None] = mapped_column(sa.BigInteger)


class Approval(Base):
    """A key turned: this locality, by this person, about this record. Voided when returned.

    ``on_paper`` is the scan of the signed sheet where the person decided on paper; then
    ``entered_by`` is whoever brought it in.
    """

    __tablename__ = "approval"
    __table_args__ = (
        partial_unique(
            "uq_approval_live_locality",
            "subject_type",
            "subject_id",
            "locality_id",
            where="voided_at IS NULL",
        ),
        partial_unique(
            "uq_approval_live_person",
            "subject_type",
            "subject_id",
            "user_id",
            where="voided_at IS NULL",
        ),
        sa.CheckConstraint(
            "(on_paper_id IS NULL) = (entered_by_id IS NULL)", name="paper_was_entered"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    on_paper_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    locality: Mapped[Locality] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class ClockStop(Base):
    """Days on which nothing is late: the clocks of a record stand still, say for a landslide.

    From ``since`` to the day before ``until``; without one they still stand. ``why`` is a reason
    code of whoever stopped them.
    """

    __tablename__ = "clock_stop"
    __table_args__ = (
        sa.CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_begins"),
        partial_unique("uq_clock_stop_open", "subject_type", "subject_id", where="until IS NULL"),
        sa.Index("ix_clock_stop_subject", "subject_type", "subject_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    since: Mapped[date]
    until: Mapped[date | None]
    why: Mapped[str]
