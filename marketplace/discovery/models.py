"""Names that mean the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, ByteOrder, PublicId
from marketplace.core.ids import public_id
from marketplace.discovery.rules import may_keep


class SynonymGroup(Base):
    """Names of one thing in a locality: whoever looks for one finds the others as well.

    ``names`` has one name on each line, as typed; ``keys`` the same folded, between bars. It works
    in every pair of its locality.
    """

    __tablename__ = "synonym_group"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"), index=True)
    names: Mapped[str]
    keys: Mapped[str]
    sort_key: Mapped[str] = mapped_column(ByteOrder)
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    permissions = {"keep": may_keep}  # noqa: RUF012
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def names_list(self) -> list[str]:
        """The names, each by itself."""
        return self.names.split("\n")
