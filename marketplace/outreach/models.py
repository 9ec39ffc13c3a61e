"""The firms that were invited."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.db import Base, ByteOrder, PublicId, enum_type
from marketplace.core.ids import public_id
from marketplace.outreach.rules import Answer
from marketplace.programme.models import Pair


class Invitee(Base):
    """A firm on the list of a pair. ``public_id`` is the code of its invitation.

    An organisation that registers with the code carries it (``Organisation.invitation``), which
    is all that ties the two.
    """

    __tablename__ = "invitee"
    __table_args__ = (
        sa.UniqueConstraint("pair_id", "name_key"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"))
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(ByteOrder)
    field: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    phone: Mapped[str | None]
    email: Mapped[str | None]
    source: Mapped[str] = mapped_column(default="")
    last_contact_on: Mapped[date | None]
    answer: Mapped[Answer] = mapped_column(enum_type(Answer), default=Answer.NONE)
    notes: Mapped[str] = mapped_column(default="")
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def path(self) -> str:
        """Where the invitation leads."""
        return f"/moi/{self.public_id}"
