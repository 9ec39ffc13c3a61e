"""What people keep for later."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base


class Kept(Base):
    """A listing someone keeps. It is private and changes nothing others see: no journal entry."""

    __tablename__ = "kept_listing"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True, index=True)
    kept_at: Mapped[datetime]
