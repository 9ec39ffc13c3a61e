"""Papers, the reminders sent about them, and the organisations that claimed another's number."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from marketplace.accounts.models import ActingRecord, Organisation, StoredFile, User
from marketplace.core.db import Base, ByteOrder, PublicId, enum_type, partial_unique
from marketplace.core.ids import public_id
from marketplace.papers.rules import (
    PAPER,
    PERMISSIONS,
    Condition,
    Coverage,
    PaperState,
    condition_on,
)
from marketplace.papers.types import TYPES, PaperType, TypeFacts


class Paper(Base):
    """A certificate or declaration of an organisation, as it stands on the paper.

    Areas in thousandths of a hectare, output in thousandths of a tonne a year. ``valid_until`` is
    the last day it holds; None: it holds until it is withdrawn. ``renews`` is the paper this one
    follows, ``root_id`` the first of the line.
    """

    __tablename__ = "paper"
    __table_args__ = (
        partial_unique(
            "uq_paper_number",
            "type",
            "issuer_key",
            "number_key",
            where="renews_id IS NULL AND state IN ('submitted', 'verified', 'suspended')",
        ),
        sa.CheckConstraint(
            "(state IN ('verified', 'suspended', 'revoked')) = (verified_at IS NOT NULL)",
            name="verified_when_verified",
        ),
        sa.CheckConstraint(
            "(verified_at IS NULL) = (verified_by_id IS NULL)", name="verified_by_someone"
        ),
        sa.CheckConstraint("verified_at IS NULL OR scan_id IS NOT NULL", name="verified_by_scan"),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= issued_on", name="dates_in_order"
        ),
        sa.CheckConstraint(
            "prolonged_until IS NULL OR prolonged_until > valid_until", name="prolonged_beyond"
        ),
        sa.CheckConstraint("stars IS NULL OR stars BETWEEN 3 AND 5", name="three_to_five_stars"),
        sa.CheckConstraint(
            "(type = 'ocop') = (stars IS NOT NULL) AND (type <> 'ocop' OR (decision_number IS NOT "
            "NULL AND decision_on IS NOT NULL AND scan_id IS NOT NULL))",
            name="stars_with_decision",
        ),
        sa.CheckConstraint("(renews_id IS NULL) = (root_id IS NULL)", name="root_of_renewal"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    type: Mapped[PaperType] = mapped_column(enum_type(PaperType))
    number: Mapped[str]
    number_key: Mapped[str] = mapped_column(ByteOrder, index=True)
    issuer: Mapped[str]
    issuer_key: Mapped[str] = mapped_column(ByteOrder)
    scope: Mapped[str]
    coverage: Mapped[Coverage] = mapped_column(enum_type(Coverage))
    covers_members: Mapped[bool] = mapped_column(default=False)
    issued_on: Mapped[date]
    valid_until: Mapped[date | None]
    prolonged_until: Mapped[date | None]
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    stars: Mapped[int | None]
    decision_number: Mapped[str | None]
    decision_on: Mapped[date | None]
    area: Mapped[int | None] = mapped_column(sa.BigInteger)
    output: Mapped[int | None] = mapped_column(sa.BigInteger)
    standard: Mapped[str | None]
    certifier_code: Mapped[str | None]
    state: Mapped[PaperState] = mapped_column(
        enum_type(PaperState), default=PAPER.initial, index=True
    )
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"), unique=True)
    root_id: Mapped[int | None] = mapped_column(ForeignKey("paper.id"), index=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column()

    organisation: Mapped[Organisation] = relationship()
    scan: Mapped[StoredFile | None] = relationship()
    renews: Mapped[Paper | None] = relationship(remote_side=[id], foreign_keys=[renews_id])
    renewal: Mapped[Paper | None] = relationship(
        primaryjoin=lambda: remote(foreign(Paper.renews_id)) == Paper.id,
        uselist=False,
        viewonly=True,
    )
    verified_by: Mapped[User | None] = relationship(foreign_keys=[verified_by_id])
    acting: Mapped[list[ActingRecord]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(ActingRecord.subject_type) == "paper",
            foreign(ActingRecord.subject_id) == Paper.id,
        ),
        order_by=ActingRecord.id,
        viewonly=True,
    )

    workflow = PAPER
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def line(self) -> int:
        """What its renewals share with it: the id of the first paper."""
        return self.root_id or self.id

    @property
    def facts(self) -> TypeFacts:
        """What is known of its type."""
        return TYPES[self.type]

    @property
    def until(self) -> date | None:
        """The last day it holds, prolongation included."""
        return self.prolonged_until or self.valid_until

    @property
    def hands(self) -> set[int | None]:
        """The people who entered it or recorded someone's word about it."""
        return {self.created_by_id, *(acted.user_id for acted in self.acting)}

    @property
    def is_chosen(self) -> bool:
        """Whether its owner named the goods it covers one by one."""
        return self.coverage is Coverage.CHOSEN

    @property
    def is_replaced(self) -> bool:
        """Whether a newer one was verified."""
        return self.renewal is not None and self.renewal.verified_at is not None

    def condition_on(self, day: date) -> Condition:
        """What its dates say on a day, whatever people decided."""
        return condition_on(day, self.until)

    def has_ended_on(self, day: date) -> bool:
        """Whether it was verified, is still vouched for, and its last day has passed."""
        return self.state is PaperState.VERIFIED and self.condition_on(day) is Condition.EXPIRED

    def holds_on(self, day: date) -> bool:
        """Whether it holds: verified, neither suspended nor revoked, and not ended.

        ``queries.holding_on`` says the same in SQL.
        """
        return self.state is PaperState.VERIFIED and self.condition_on(day) is not Condition.EXPIRED


class PaperReminder(Base):
    """A reminder that was sent: for which last day, how many days before; -1 when it had ended."""

    __tablename__ = "paper_reminder"
    __table_args__ = (sa.UniqueConstraint("paper_id", "until", "days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), index=True)
    until: Mapped[date]
    days: Mapped[int]
    at: Mapped[datetime]


class PaperClaim(Base):
    """Another organisation gave the number of this paper as its own, and was refused."""

    __tablename__ = "paper_claim"
    __table_args__ = (
        partial_unique(
            "uq_paper_claim_open", "paper_id", "organisation_id", where="settled_at IS NULL"
        ),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (settled_by_id IS NULL)", name="settled_by_someone"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    paper: Mapped[Paper] = relationship()
    organisation: Mapped[Organisation] = relationship()
