"""Joint meetings of the two localities of a pair, who was there, and what they had before them."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Locality, User
from marketplace.core.db import Base, PublicId
from marketplace.core.ids import public_id
from marketplace.meetings.rules import PERMISSIONS
from marketplace.programme.models import Pair


class Meeting(Base):
    """A meeting: its day and place in the world, and when the program's page of it was open.

    What was decided between ``opened_at`` and ``closed_at`` about its matters stands in the
    minutes. ``attendees`` are people by their role, one a line, never by name.
    """

    __tablename__ = "meeting"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    held_on: Mapped[date]
    begins: Mapped[str] = mapped_column(default="")
    place: Mapped[str]
    chair: Mapped[str]
    secretary: Mapped[str]
    attendees: Mapped[str]
    conclusion: Mapped[str] = mapped_column(default="")
    called_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship()
    locality: Mapped[Locality] = relationship()
    called_by: Mapped[User] = relationship()
    items: Mapped[list[MeetingItem]] = relationship(order_by="MeetingItem.id")

    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class MeetingItem(Base):
    """A matter before a meeting: which record, under which heading, and what was said of it.

    Title and parties are kept as they were, for the minutes; ``path`` is the record's page.
    """

    __tablename__ = "meeting_item"
    __table_args__ = (
        sa.UniqueConstraint("meeting_id", "section", "subject_type", "subject_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    section: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    title: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    path: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
