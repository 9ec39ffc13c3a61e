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
    """A key turned: this locality, by this person, about this record. Voided when returned."""

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
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    voided_at: Mapped[datetime | None]

    locality: Mapped[Locality] = relationship()
    user: Mapped[User] = relationship()
