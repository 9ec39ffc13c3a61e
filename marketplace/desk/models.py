"""Who is in charge of a case or an interest, and whom the desk has reminded of it."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.core.db import Base


class Assignment(Base):
    """The official of a locality who is in charge of a case (its match) or an interest.

    Each locality has its own. Being in charge gives no right and takes none: keys stay personal.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        sa.UniqueConstraint("subject_type", "subject_id", "locality_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    at: Mapped[datetime]

    user: Mapped[User] = relationship()


class Reminder(Base):
    """That those a case or an interest waits for were reminded: once a working day at most."""

    __tablename__ = "reminder"
    __table_args__ = (sa.UniqueConstraint("subject_type", "subject_id", "on_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    on_day: Mapped[date]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
