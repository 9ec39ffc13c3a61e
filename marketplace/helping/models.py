"""A numbered form on paper, filled in by hand and entered with its photo beside."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Organisation, StoredFile
from marketplace.catalogue.models import Listing
from marketplace.core.db import Base, PublicId
from marketplace.core.ids import public_id


class PaperForm(Base):
    """One printed sheet: for whom (if known), its photo once filled in, the draft made of it.

    Where it stands is told by what it has: nothing, a photo, a listing.
    """

    __tablename__ = "paper_form"
    __table_args__ = (
        sa.CheckConstraint(
            "listing_id IS NULL OR (sheet_id IS NOT NULL AND organisation_id IS NOT NULL)",
            name="entered_from_a_sheet",
        ),
        sa.CheckConstraint(
            "(listing_id IS NULL) = (entered_at IS NULL)", name="entered_when_entered"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    kind: Mapped[str]
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    by_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    printed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    printed_at: Mapped[datetime]
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"), unique=True)
    entered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    organisation: Mapped[Organisation | None] = relationship(foreign_keys=[organisation_id])
    by_organisation: Mapped[Organisation] = relationship(foreign_keys=[by_organisation_id])
    sheet: Mapped[StoredFile | None] = relationship()
    listing: Mapped[Listing | None] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own name

    @property
    def path(self) -> str:
        """Where its QR code leads: the page on which it is entered."""
        return f"/lam-viec/dang-giup/phieu/{self.public_id}"
