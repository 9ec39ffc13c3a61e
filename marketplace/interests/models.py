"""The interest of one organisation in one listing."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.accounts.models import ActingRecord, Organisation, User
from marketplace.catalogue.models import Listing
from marketplace.catalogue.taxonomy import Period
from marketplace.core import clock
from marketplace.core.calendar import add_working_days
from marketplace.core.db import Base, enum_type, partial_unique
from marketplace.core.i18n import Text
from marketplace.core.ids import public_id
from marketplace.core.quantity import Unit
from marketplace.interests.rules import (
    ACKNOWLEDGE_WITHIN,
    ANSWER_WITHIN,
    INTEREST,
    PERMISSIONS,
    InterestState,
)
from marketplace.programme.models import Pair


class Interest(Base):
    """Who asks, for what; where the listing seeks, who offers what. ``public_id`` is its code.

    Quantity in thousandths of ``unit``, capital and ``unit_price`` in đồng. An offer says for which
    ``period`` its quantity is meant, in which ``months`` it can be had, and may refer to a listing
    of the offering organisation (``offered``). ``wished_on`` is a visitor's day.
    """

    __tablename__ = "interest"
    __table_args__ = (
        partial_unique(
            "uq_interest_live",
            "listing_id",
            "organisation_id",
            where="state IN ('submitted', 'acknowledged', 'accepted')",
        ),
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("capital IS NULL OR capital > 0", name="capital_positive"),
        sa.CheckConstraint("unit_price IS NULL OR unit_price > 0", name="price_positive"),
        sa.CheckConstraint("months BETWEEN 0 AND 4095", name="twelve_months"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    contact_name: Mapped[str]
    contact_phone: Mapped[str]
    quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    capital: Mapped[int | None] = mapped_column(sa.BigInteger)
    unit_price: Mapped[int | None] = mapped_column(sa.BigInteger)
    period: Mapped[Period | None] = mapped_column(enum_type(Period))
    months: Mapped[int] = mapped_column(default=0, server_default="0")
    wished_on: Mapped[date | None]
    offered_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"), index=True)
    message: Mapped[str]
    state: Mapped[InterestState] = mapped_column(
        enum_type(InterestState), default=INTEREST.initial, index=True
    )
    sent_at: Mapped[datetime] = mapped_column(index=True)
    acknowledged_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship()
    listing: Mapped[Listing] = relationship(foreign_keys=[listing_id])
    offered: Mapped[Listing | None] = relationship(foreign_keys=[offered_id])
    organisation: Mapped[Organisation] = relationship()
    sent_by: Mapped[User | None] = relationship()
    acting: Mapped[list[ActingRecord]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(ActingRecord.subject_type) == "interest",
            foreign(ActingRecord.subject_id) == Interest.id,
        ),
        order_by=ActingRecord.id,
        viewonly=True,
    )

    workflow = INTEREST
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def contacts_open(self) -> bool:
        """Whether both sides may see each other's contacts."""
        return self.state in {InterestState.ACCEPTED, InterestState.CONVERTED}

    @property
    def unit(self) -> Unit | None:
        """What ``quantity`` counts."""
        return self.listing.unit_asked

    @property
    def goods(self) -> Listing:
        """The listing of what would change hands: the one offered, else the one asked about."""
        return self.offered or self.listing

    @property
    def owner_name(self) -> Text | str:
        """The listing's owner as the other side may know it: a name opens with the contacts."""
        listing = self.listing
        return listing.organisation.name if self.contacts_open else listing.public_owner

    @property
    def is_recorded(self) -> bool:
        """Whether someone recorded it for an organisation that is not online."""
        return any(acted.for_organisation_id == self.organisation_id for acted in self.acting)

    @property
    def due_on(self) -> date | None:
        """The working day by which the next answer is owed; None when nothing is."""
        if self.state is InterestState.SUBMITTED:
            return add_working_days(clock.local(self.sent_at).date(), ACKNOWLEDGE_WITHIN)
        if self.state is InterestState.ACKNOWLEDGED:
            return add_working_days(clock.local(self.sent_at).date(), ANSWER_WITHIN)
        return None

    @property
    def is_late(self) -> bool:
        """Whether an answer is owed and its day has passed."""
        due = self.due_on
        return due is not None and clock.today() > due
