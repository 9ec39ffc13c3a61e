"""The rows of the list of wild species."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.wild.rules import WildRule, may_keep
from marketplace.core.db import Base, ByteOrder, PublicId, enum_type
from marketplace.core.ids import public_id


class WildSpecies(Base):
    """A plant or animal as people call it, and whether it may be offered from the wild.

    ``keys`` are its folded names between bars. ``is_always``: the rule holds for what is raised or
    processed as well, because the name says that it is wild.
    """

    __tablename__ = "wild_species"
    __table_args__ = (
        sa.UniqueConstraint("locality_id", "name_key"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"), index=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(ByteOrder)
    sort_key: Mapped[str] = mapped_column(ByteOrder)
    synonyms: Mapped[str] = mapped_column(default="")
    keys: Mapped[str]
    rule: Mapped[WildRule] = mapped_column(enum_type(WildRule))
    is_always: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    permissions = {"keep": may_keep}  # noqa: RUF012
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
