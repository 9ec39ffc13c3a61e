"""The tasks of a deal, and that its permits were listed."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.accounts.models import ActingRecord, Locality, Organisation, StoredFile, User
from marketplace.core import clock
from marketplace.core.db import Base, PublicId, enum_type
from marketplace.core.ids import public_id
from marketplace.deals.models import Deal
from marketplace.tasks.rules import CLOCK_STOPS_IN, OPEN, PERMISSIONS, TASK, TaskState


class Task(Base):
    """What one organisation or one locality's office does in a deal, by which day.

    ``days`` are the working days it usually takes; ``due_on`` counts them from the day it can
    begin: when it is listed, or when what it waits for (``blocked_by``) is done. None: no day.
    """

    __tablename__ = "task"
    __table_args__ = (
        sa.UniqueConstraint("deal_id", "number"),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (locality_id IS NULL)", name="one_is_responsible"
        ),
        sa.CheckConstraint("days IS NULL OR days > 0", name="some_days"),
        sa.CheckConstraint("blocked_by_id <> id", name="waits_for_another"),
        sa.CheckConstraint(
            "(state IN ('done', 'not_needed')) = (ended_at IS NOT NULL)", name="ended_when_ended"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"))
    number: Mapped[int]
    title: Mapped[str]
    basis: Mapped[str] = mapped_column(default="")
    office: Mapped[str] = mapped_column(default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    locality_id: Mapped[int | None] = mapped_column(ForeignKey("locality.id"), index=True)
    days: Mapped[int | None]
    due_on: Mapped[date | None]
    blocked_by_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"), index=True)
    is_permit: Mapped[bool] = mapped_column(default=False)
    state: Mapped[TaskState] = mapped_column(enum_type(TaskState), default=TASK.initial, index=True)
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    told_late_for: Mapped[date | None]
    """The day about whose passing the responsible was told; another day is told anew."""
    version: Mapped[int] = mapped_column()

    deal: Mapped[Deal] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    locality: Mapped[Locality | None] = relationship()
    blocked_by: Mapped[Task | None] = relationship(remote_side=[id])
    paper: Mapped[StoredFile | None] = relationship()
    created_by: Mapped[User | None] = relationship()
    acting: Mapped[list[ActingRecord]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(ActingRecord.subject_type) == "task",
            foreign(ActingRecord.subject_id) == Task.id,
        ),
        order_by=ActingRecord.id,
        viewonly=True,
    )

    workflow = TASK
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def responsible(self) -> str:
        """The name of whoever does it."""
        if self.organisation is not None:
            return self.organisation.name
        return self.locality.name if self.locality is not None else ""

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in OPEN

    @property
    def is_late(self) -> bool:
        """Whether its day has passed while the deal's clock runs."""
        return (
            self.is_open
            and self.due_on is not None
            and clock.today() > self.due_on
            and self.deal.ended_at is None
            and self.deal.state.value not in CLOCK_STOPS_IN
        )


class Checklist(Base):
    """That the permits of a deal's opportunity were listed, so that it is done once only."""

    __tablename__ = "task_checklist"

    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), primary_key=True)
    made_at: Mapped[datetime]
