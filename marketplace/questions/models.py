"""Questions about listings, and the day the owner set for them."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.accounts.models import ActingRecord, Organisation, User
from marketplace.catalogue.models import Listing
from marketplace.core import clock
from marketplace.core.calendar import add_working_days
from marketplace.core.db import Base, PublicId, enum_type
from marketplace.core.ids import public_id
from marketplace.questions.rules import (
    ANSWER_WITHIN,
    PERMISSIONS,
    QUESTION,
    QuestionState,
    Voice,
)


class Question(Base):
    """What an organisation asked about a listing, and what everyone reads as the answer."""

    __tablename__ = "question"
    __table_args__ = (
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (voice IS NULL) "
            "AND (answer IS NULL) = (answered_for_id IS NULL)",
            name="answer_is_whole",
        ),
        sa.CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name="answered_has_answer"),
        sa.Index("ix_question_public", "listing_id", "state", "answered_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    words: Mapped[str]
    asked_at: Mapped[datetime]
    state: Mapped[QuestionState] = mapped_column(
        enum_type(QuestionState), default=QUESTION.initial, index=True
    )
    answer: Mapped[str | None]
    voice: Mapped[Voice | None] = mapped_column(enum_type(Voice))
    answered_for_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """The organisation whose answer it is: the owner, or the authority."""
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    listing: Mapped[Listing] = relationship()
    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    asked_by: Mapped[User] = relationship()
    answered_for: Mapped[Organisation | None] = relationship(foreign_keys=[answered_for_id])
    acting: Mapped[list[ActingRecord]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(ActingRecord.subject_type) == "question",
            foreign(ActingRecord.subject_id) == Question.id,
        ),
        order_by=ActingRecord.id,
        viewonly=True,
    )

    workflow = QUESTION
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def due_on(self) -> date | None:
        """The working day by which an answer is owed; None when none is."""
        if self.state is not QuestionState.ASKED:
            return None
        return add_working_days(clock.local(self.asked_at).date(), ANSWER_WITHIN)

    @property
    def is_late(self) -> bool:
        """Whether an answer is owed and its day has passed."""
        due = self.due_on
        return due is not None and clock.today() > due


class QuestionDate(Base):
    """The last day on which an owner takes questions, where it is not the usual one."""

    __tablename__ = "question_date"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    until: Mapped[date]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
