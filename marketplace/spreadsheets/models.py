"""An uploaded spreadsheet on its way, and how an organisation's own headings are read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Organisation, StoredFile
from marketplace.accounts.rules import ActingHow
from marketplace.core.db import Base, PublicId, enum_type
from marketplace.core.ids import public_id
from marketplace.programme.models import Pair
from marketplace.spreadsheets.rules import IMPORT, PERMISSIONS, ImportState


class Import(Base):
    """A file, how far it has been checked, and what was found.

    ``faults`` is the report made for whoever uploaded it, in their language: a list of sheet, row,
    column, heading and sentence. The acting columns say how the word of those the rows are entered
    for came, once for the whole file.
    """

    __tablename__ = "import"
    __table_args__ = (
        sa.CheckConstraint("rows_done <= rows_total", name="done_of_total"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    acting_how: Mapped[ActingHow | None] = mapped_column(enum_type(ActingHow))
    acting_said_on: Mapped[date | None]
    acting_note: Mapped[str] = mapped_column(default="")
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    state: Mapped[ImportState] = mapped_column(
        enum_type(ImportState), default=IMPORT.initial, index=True
    )
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    begun: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    faults: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship()
    organisation: Mapped[Organisation] = relationship()
    file: Mapped[StoredFile] = relationship(foreign_keys=[file_id])
    evidence: Mapped[StoredFile | None] = relationship(foreign_keys=[evidence_id])

    workflow = IMPORT
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def fault_rows(self) -> list[list[Any]]:
        """The faults kept, each as sheet, row, column letter, heading, sentence."""
        return list(self.faults.get("rows", []))

    @property
    def fault_count(self) -> int:
        """How many faults were found in all; not all are kept."""
        return int(self.faults.get("count", 0))


class ColumnMapping(Base):
    """What a heading of an organisation's own spreadsheets means; an empty field is left out."""

    __tablename__ = "column_mapping"
    __table_args__ = (sa.UniqueConstraint("organisation_id", "kind", "heading_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str]
    heading_key: Mapped[str]
    field: Mapped[str]
