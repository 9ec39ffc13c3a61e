"""What a visitor without an account asks for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.catalogue.models import Listing
from marketplace.core.db import Base, PublicId, enum_type
from marketplace.core.ids import public_id
from marketplace.enquiries.rules import ENQUIRY, PERMISSIONS, EnquiryState, due_on, is_late
from marketplace.interests.models import Asked, Interest
from marketplace.programme.models import Pair


class Enquiry(Asked, Base):
    """Who asks, from where, for what, by their consent. ``public_id`` is the tracking code.

    Tied, it has an ``interest`` with the same code. ``consent_text`` is the version of the text
    agreed to, at ``sent_at``. ``contact_email`` is empty where none was given; mails to it are in
    the ``language`` of the form. After ``erased_at`` nothing in it names anyone.
    """

    __tablename__ = "enquiry"
    __table_args__: Any = (
        sa.Index("ix_enquiry_state_sent_at", "state", "sent_at"),
        sa.CheckConstraint("(state = 'sent') = (ended_at IS NULL)", name="ended"),
        sa.CheckConstraint("(state = 'tied') = (interest_id IS NOT NULL)", name="tied"),
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("capital IS NULL OR capital > 0", name="capital_positive"),
        sa.CheckConstraint("unit_price IS NULL OR unit_price > 0", name="price_positive"),
        sa.CheckConstraint("months BETWEEN 0 AND 4095", name="twelve_months"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    organisation_name: Mapped[str]
    contact_email: Mapped[str] = mapped_column(default="", server_default="")
    language: Mapped[str] = mapped_column(default="vi", server_default="vi")
    consent_text: Mapped[int]
    state: Mapped[EnquiryState] = mapped_column(enum_type(EnquiryState), default=ENQUIRY.initial)
    sent_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    interest_id: Mapped[int | None] = mapped_column(ForeignKey("interest.id"), unique=True)
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship()
    listing: Mapped[Listing] = relationship()
    interest: Mapped[Interest | None] = relationship()

    workflow = ENQUIRY
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own name

    @property
    def due_on(self) -> date | None:
        """The working day by which officials call back; None when nothing is owed."""
        return due_on(self)

    @property
    def is_late(self) -> bool:
        """Whether that day has passed."""
        return is_late(self)

    def erase(self, at: datetime) -> None:
        """Take out all that names someone; what was asked for stays as a number."""
        self.contact_name = self.contact_phone = self.contact_email = ""
        self.organisation_name = ""
        self.message = self.questions = ""
        self.erased_at = at
