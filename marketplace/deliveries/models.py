"""Planned deliveries, call-offs, parcels, money received, and goods offered a second time."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import ActingRecord, Organisation, User
from marketplace.core.db import Base, PublicId, enum_type, partial_unique
from marketplace.core.ids import public_id
from marketplace.deals.models import Deal, Instalment
from marketplace.deliveries.rules import (
    CALL_OFF,
    DISPATCH,
    PAYMENT,
    PLAN,
    SECOND_CHANCE,
    CallState,
    ChanceState,
    DispatchState,
    PaidHow,
    PaymentState,
    PlanState,
)
from marketplace.interests.models import Interest


class ScheduledDelivery(Base):
    """A delivery or milestone to come: until when, how much (thousandths) or what.

    ``made_on`` is when it was planned: what arrived before does not fill it.
    """

    __tablename__ = "scheduled_delivery"
    __table_args__ = (
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("quantity IS NOT NULL OR what <> ''", name="says_something"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), index=True)
    made_on: Mapped[date]
    due_on: Mapped[date] = mapped_column(index=True)
    quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    what: Mapped[str] = mapped_column(default="")
    state: Mapped[PlanState] = mapped_column(enum_type(PlanState), default=PLAN.initial)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    deal: Mapped[Deal] = relationship()

    workflow = PLAN
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class CallOff(Base):
    """A buyer's order on a running contract, and what the producer answered.

    ``quantity`` was asked for, ``promised`` (at most as much) is what comes; thousandths. A promise
    is planned as a ``ScheduledDelivery``.
    """

    __tablename__ = "call_off"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint(
            "promised IS NULL OR (promised > 0 AND promised <= quantity)", name="promised_of_it"
        ),
        sa.CheckConstraint(
            "(state = 'promised') = (promised IS NOT NULL)", name="promised_when_promised"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    wanted_on: Mapped[date]
    quantity: Mapped[int] = mapped_column(sa.BigInteger)
    promised: Mapped[int | None] = mapped_column(sa.BigInteger)
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[CallState] = mapped_column(enum_type(CallState), default=CALL_OFF.initial)
    planned_id: Mapped[int | None] = mapped_column(ForeignKey("scheduled_delivery.id"), unique=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    deal: Mapped[Deal] = relationship()
    organisation: Mapped[Organisation] = relationship()
    planned: Mapped[ScheduledDelivery | None] = relationship()

    workflow = CALL_OFF
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Dispatch(Base):
    """A note that goods are on their way: by which coach, how many boxes, how much (thousandths).

    ``leaves_at`` and ``arrives_at`` are hours as people say them («6 giờ sáng»).
    """

    __tablename__ = "dispatch"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("boxes > 0", name="some_boxes"),
        sa.CheckConstraint(
            "(state = 'received') = (instalment_id IS NOT NULL)", name="received_as_instalment"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    quantity: Mapped[int] = mapped_column(sa.BigInteger)
    boxes: Mapped[int]
    coach: Mapped[str]
    coach_phone: Mapped[str | None]
    leaves_on: Mapped[date]
    leaves_at: Mapped[str] = mapped_column(default="")
    arrives_on: Mapped[date]
    arrives_at: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[DispatchState] = mapped_column(enum_type(DispatchState), default=DISPATCH.initial)
    instalment_id: Mapped[int | None] = mapped_column(ForeignKey("instalment.id"), unique=True)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    deal: Mapped[Deal] = relationship()
    organisation: Mapped[Organisation] = relationship()
    instalment: Mapped[Instalment | None] = relationship()

    workflow = DISPATCH
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def path(self) -> str:
        """What the code on its boxes leads to."""
        return f"/kien/{self.public_id}"


class Payment(Base):
    """The seller's note that money for an instalment has come: when, how much (đồng), how.

    A record, not a payment: the program moves no money (workflows page, no cart, no payment).
    """

    __tablename__ = "payment"
    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    instalment_id: Mapped[int] = mapped_column(ForeignKey("instalment.id"), index=True)
    received_on: Mapped[date]
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    how: Mapped[PaidHow] = mapped_column(enum_type(PaidHow))
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[PaymentState] = mapped_column(enum_type(PaymentState), default=PAYMENT.initial)
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    acting_id: Mapped[int | None] = mapped_column(ForeignKey("acting_record.id"))
    noted_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    instalment: Mapped[Instalment] = relationship()
    noted_by: Mapped[User | None] = relationship()
    acted: Mapped[ActingRecord | None] = relationship()

    workflow = PAYMENT
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class SecondChance(Base):
    """Freed goods of an ended deal, offered to someone once declined for lack of them.

    ``place`` is the turn among those of the same deal; one is asked at a time. ``new_id`` is the
    interest a yes became.
    """

    __tablename__ = "second_chance"
    __table_args__ = (
        sa.UniqueConstraint("deal_id", "place"),
        partial_unique(
            "uq_second_chance_live", "interest_id", where="state IN ('waiting', 'offered')"
        ),
        partial_unique("uq_second_chance_one_at_a_time", "deal_id", where="state = 'offered'"),
        sa.CheckConstraint("(state = 'taken') = (new_id IS NOT NULL)", name="taken_as_interest"),
        sa.CheckConstraint("state <> 'offered' OR answer_by IS NOT NULL", name="offered_until"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), index=True)
    interest_id: Mapped[int] = mapped_column(ForeignKey("interest.id"), index=True)
    place: Mapped[int]
    state: Mapped[ChanceState] = mapped_column(
        enum_type(ChanceState), default=SECOND_CHANCE.initial, index=True
    )
    answer_by: Mapped[date | None]
    new_id: Mapped[int | None] = mapped_column(ForeignKey("interest.id"), unique=True)
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    deal: Mapped[Deal] = relationship()
    interest: Mapped[Interest] = relationship(foreign_keys=[interest_id])
    new: Mapped[Interest | None] = relationship(foreign_keys=[new_id])

    workflow = SECOND_CHANCE
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
