"""Which goods a paper covers that does not cover all: groups of products, and single listings.

Rows belong to a line of papers (the first paper's id), so that a renewal covers what its
predecessor covered.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.catalogue.taxonomy import Group
from marketplace.core.db import Base, enum_type


class ListingPaper(Base):
    """A line of papers that covers this listing."""

    __tablename__ = "listing_paper"

    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), primary_key=True, index=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


class PaperGroup(Base):
    """A line of papers that covers this group of products of its organisation."""

    __tablename__ = "paper_group"

    paper_id: Mapped[int] = mapped_column(ForeignKey("paper.id"), primary_key=True)
    group: Mapped[Group] = mapped_column("product_group", enum_type(Group), primary_key=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
