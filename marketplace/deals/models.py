"""Deals, their parties and instalments, and the outcomes with their figures."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.accounts.models import ActingRecord, Organisation, StoredFile, User
from marketplace.catalogue.models import Listing
from marketplace.core.db import Base, enum_type, partial_unique
from marketplace.core.ids import public_id
from marketplace.core.quantity import Unit
from marketplace.deals.rules import (
    DEAL,
    FIGURE,
    INSTALMENT,
    OUTCOME,
    PERMISSIONS,
    PRINCIPALS,
    DealState,
    FigureState,
    Indicator,
    InstalmentState,
    OutcomeState,
    PartyRole,
)
from marketplace.matching.models import Match
from marketplace.programme.models import Article, Pair


class Deal(Base):
    """What two or more parties do together. Committed and delivered amounts stand apart.

    Quantities in thousandths of ``unit``, money in đồng. ``terms_number`` counts the rewritings of
    the terms, so that nobody agrees to terms they have not read. ``is_small`` is settled at the
    start: a sale that needed one key only, which skips signing.
    """

    __tablename__ = "deal"
    __table_args__ = (
        sa.CheckConstraint("committed_quantity IS NULL OR committed_quantity > 0", name="some"),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR starts_on <= ends_on", name="days_in_order"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), unique=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    is_small: Mapped[bool]
    state: Mapped[DealState] = mapped_column(enum_type(DealState), default=DEAL.initial, index=True)
    committed_quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    unit: Mapped[Unit | None] = mapped_column(enum_type(Unit))
    unit_price: Mapped[int | None] = mapped_column(sa.BigInteger)
    committed_value: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(default="VND")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    delivery: Mapped[str] = mapped_column(default="")
    terms_number: Mapped[int] = mapped_column(default=1)
    paper_number: Mapped[str] = mapped_column(default="")
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    signed_on: Mapped[date | None]
    opened_at: Mapped[datetime]
    moved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship()
    match: Mapped[Match] = relationship()
    listing: Mapped[Listing] = relationship()
    paper: Mapped[StoredFile | None] = relationship()
    parties: Mapped[list[DealParty]] = relationship(order_by="DealParty.id", back_populates="deal")
    instalments: Mapped[list[Instalment]] = relationship(
        order_by="Instalment.number", back_populates="deal"
    )
    outcome: Mapped[Outcome | None] = relationship(back_populates="deal", uselist=False)
    own_acting: Mapped[list[ActingRecord]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(ActingRecord.subject_type) == "deal",
            foreign(ActingRecord.subject_id) == Deal.id,
        ),
        order_by=ActingRecord.id,
        viewonly=True,
    )

    workflow = DEAL
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def principals(self) -> list[DealParty]:
        """The parties whose agreement the deal needs."""
        return [party for party in self.parties if party.role in PRINCIPALS]

    @property
    def confirmed(self) -> list[Instalment]:
        """What both sides confirmed."""
        return [i for i in self.instalments if i.state is InstalmentState.CONFIRMED]

    @property
    def delivered_quantity(self) -> int:
        """Confirmed quantity, in thousandths of the unit."""
        return sum(i.quantity or 0 for i in self.confirmed)

    @property
    def delivered_value(self) -> int:
        """Confirmed value in đồng."""
        return sum(i.value for i in self.confirmed)

    @property
    def is_short(self) -> bool:
        """Whether less was delivered than committed: by quantity, or by value where none is."""
        if self.committed_quantity is not None:
            return self.delivered_quantity < self.committed_quantity
        return self.delivered_value < (self.committed_value or 0)

    @property
    def recorder_ids(self) -> set[int]:
        """The people who recorded someone's word anywhere in this case."""
        return self.match.recorder_ids | {acted.user_id for acted in self.own_acting}

    @property
    def hand_ids(self) -> set[int | None]:
        """The people whose word the figures rest on: who entered, confirmed or recorded."""
        entered = {i.entered_by_id for i in self.instalments}
        return entered | {i.confirmed_by_id for i in self.instalments} | self.recorder_ids


class DealParty(Base):
    """An organisation in a deal, with its role, and when it agreed to the present terms."""

    __tablename__ = "deal_party"
    __table_args__ = (sa.UniqueConstraint("deal_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[PartyRole] = mapped_column(enum_type(PartyRole))
    agreed_at: Mapped[datetime | None]

    deal: Mapped[Deal] = relationship(back_populates="parties")
    organisation: Mapped[Organisation] = relationship()


class Instalment(Base):
    """One delivery or payment of capital: when it happened, how much, and on which paper.

    ``stated_for`` is the side whose figures stand here; the other side confirms or corrects them.
    """

    __tablename__ = "instalment"
    __table_args__ = (
        sa.UniqueConstraint("deal_id", "number"),
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("value >= 0", name="value_not_negative"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), index=True)
    number: Mapped[int]
    happened_on: Mapped[date]
    quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    value: Mapped[int] = mapped_column(sa.BigInteger)
    note: Mapped[str] = mapped_column(default="")
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    state: Mapped[InstalmentState] = mapped_column(
        enum_type(InstalmentState), default=INSTALMENT.initial
    )
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    stated_for_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    figure_batch: Mapped[int | None] = mapped_column(index=True)
    entered_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    deal: Mapped[Deal] = relationship(back_populates="instalments")
    entered_by: Mapped[User | None] = relationship(foreign_keys=[entered_by_id])
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])
    paper: Mapped[StoredFile | None] = relationship()
    stated_for: Mapped[Organisation] = relationship(foreign_keys=[stated_for_id])

    workflow = INSTALMENT
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Outcome(Base):
    """What a deal contributes to an article of the agreement: target and figures."""

    __tablename__ = "outcome"
    __table_args__ = (
        sa.UniqueConstraint("deal_id", "article_id"),
        partial_unique(
            "uq_outcome_one_end", "deal_id", where="state IN ('achieved', 'partly_achieved')"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    target_value: Mapped[int] = mapped_column(sa.BigInteger)
    target_quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    state: Mapped[OutcomeState] = mapped_column(enum_type(OutcomeState), default=OUTCOME.initial)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    deal: Mapped[Deal] = relationship(back_populates="outcome")
    article: Mapped[Article] = relationship()
    figures: Mapped[list[Figure]] = relationship(order_by="Figure.id", back_populates="outcome")

    workflow = OUTCOME
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Figure(Base):
    """An amount of an indicator in a period; it counts in public once it is verified.

    Figures of one batch stand on the same instalments (``Instalment.figure_batch``), so that no
    delivery can be counted twice.
    """

    __tablename__ = "figure"
    __table_args__ = (
        sa.UniqueConstraint("outcome_id", "indicator", "period_start", "batch"),
        sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
        sa.CheckConstraint(
            "(state = 'verified') = (verified_by_id IS NOT NULL)", name="verified_by_someone"
        ),
        sa.Index("ix_figure_sums", "pair_id", "state", "indicator", "period_start"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"))
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), index=True)
    indicator: Mapped[Indicator] = mapped_column(enum_type(Indicator))
    period_start: Mapped[date]
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    batch: Mapped[int]
    state: Mapped[FigureState] = mapped_column(enum_type(FigureState), default=FIGURE.initial)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship()
    outcome: Mapped[Outcome] = relationship(back_populates="figures")
    entered_by: Mapped[User | None] = relationship(foreign_keys=[entered_by_id])
    verified_by: Mapped[User | None] = relationship(foreign_keys=[verified_by_id])

    workflow = FIGURE
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
