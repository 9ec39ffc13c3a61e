"""What a visitor reported about a listing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.catalogue.models import Listing
from marketplace.core.db import Base, PublicId, enum_type
from marketplace.core.ids import public_id
from marketplace.moderation.rules import REPORT, About, ReportState
from marketplace.programme.models import Pair


class Report(Base):
    """Someone says that a listing is wrong. Name and contact are optional and erased later."""

    __tablename__ = "listing_report"
    __table_args__: Any = (
        sa.Index("ix_listing_report_open", "state", "listing_id"),
        sa.CheckConstraint(
            "(state = 'reported') = (handled_at IS NULL)", name="handled_when_decided"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    state: Mapped[ReportState] = mapped_column(enum_type(ReportState), default=REPORT.initial)
    about: Mapped[About] = mapped_column(enum_type(About))
    message: Mapped[str]
    reporter_name: Mapped[str] = mapped_column(default="")
    reporter_contact: Mapped[str] = mapped_column(default="")
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reported_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    listing: Mapped[Listing] = relationship()
    reporter: Mapped[User | None] = relationship()

    workflow = REPORT
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own name

    @property
    def pair(self) -> Pair:
        """The pair of its listing."""
        return self.listing.pair

    @property
    def deciding_localities(self) -> tuple[int, ...]:
        """The localities whose officials deal with it."""
        return self.listing.deciding_localities
