"""The interest of one organisation in one listing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.accounts.models import ActingRecord, Organisation, User
from marketplace.catalogue.models import Listing
from marketplace.catalogue.taxonomy import Cooperation, Period
from marketplace.core import marks
from marketplace.core.db import Base, PublicId, enum_type, partial_unique
from marketplace.core.i18n import Text
from marketplace.core.ids import public_id
from marketplace.core.quantity import Unit
from marketplace.interests.rules import (
    INTEREST,
    PAPERS,
    PERMISSIONS,
    AskAgain,
    InterestState,
    due_on,
    gave_nothing,
    inform_by,
    is_held,
    is_late,
)
from marketplace.papers.types import PaperType
from marketplace.programme.models import ClockStop, Pair


@dataclass(frozen=True, slots=True)
class InterestValues:
    """What someone who is interested says, or offers. Quantity in thousandths, money in đồng.

    ``papers`` is a bit mask in the order of ``PAPERS``. ``offered`` is the public id of an own
    published listing the offer refers to.
    """

    contact_name: str
    contact_phone: str
    message: str
    quantity: int | None = None
    capital: int | None = None
    unit_price: int | None = None
    period: Period | None = None
    months: int = 0
    wished_on: date | None = None
    offered: str | None = None
    papers: int = 0
    cooperation: Cooperation | None = None
    begins_on: date | None = None
    years: int | None = None
    questions: str = ""


class Asked:
    """What is asked for, or offered, by kind: a purchase, an investment, a visit.

    Quantity in thousandths of the listing's ``unit_asked`` (a visit's people are one), ``capital``
    and ``unit_price`` in đồng: the price in mind, or the one offered. An offer says for which
    ``period`` its quantity is meant. ``months``: when it is wanted or can be had. ``papers``: those
    needed, or those an offer comes with. ``cooperation``, ``begins_on`` and ``years`` are the form
    and time frame of an investment. ``wished_on`` is a visitor's day.
    """

    contact_name: Mapped[str]
    contact_phone: Mapped[str]
    quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    capital: Mapped[int | None] = mapped_column(sa.BigInteger)
    unit_price: Mapped[int | None] = mapped_column(sa.BigInteger)
    period: Mapped[Period | None] = mapped_column(enum_type(Period))
    months: Mapped[int] = mapped_column(default=0, server_default="0")
    wished_on: Mapped[date | None]
    papers: Mapped[int] = mapped_column(default=0, server_default="0")
    cooperation: Mapped[Cooperation | None] = mapped_column(enum_type(Cooperation))
    begins_on: Mapped[date | None]
    years: Mapped[int | None]
    questions: Mapped[str] = mapped_column(default="", server_default="")
    message: Mapped[str]

    def take(self, values: InterestValues) -> None:
        """Hold what was typed; which listing is ``offered`` is looked up by the use case."""
        for one in fields(values):
            if one.name != "offered":
                setattr(self, one.name, getattr(values, one.name))

    def asked(self) -> InterestValues:
        """What it holds, to be typed anew or copied."""
        names = [one.name for one in fields(InterestValues) if one.name != "offered"]
        return InterestValues(**{name: getattr(self, name) for name in names})

    @property
    def papers_named(self) -> Sequence[PaperType]:
        """The papers it speaks of."""
        return marks.to_members(PAPERS, self.papers)


class Interest(Asked, Base):
    """Who asks, for what; where the listing seeks, who offers what. ``public_id`` is its code.

    An offer may refer to a listing of the offering organisation (``offered``). ``sent_at``: when it
    was sent last; of a draft, when it was saved. ``asked_at``: when its sender was last asked for
    more; ``informed_at``: when the answer came, from which the days are counted anew.
    """

    __tablename__ = "interest"
    __table_args__ = (
        partial_unique(
            "uq_interest_live",
            "listing_id",
            "organisation_id",
            where="state IN ('submitted', 'acknowledged', 'info_requested', 'accepted')",
        ),
        partial_unique(
            "uq_interest_draft", "listing_id", "organisation_id", where="state = 'draft'"
        ),
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
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    offered_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"), index=True)
    state: Mapped[InterestState] = mapped_column(
        enum_type(InterestState), default=INTEREST.initial, index=True
    )
    sent_at: Mapped[datetime] = mapped_column(index=True)
    acknowledged_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    informed_at: Mapped[datetime | None]
    ask_again: Mapped[AskAgain] = mapped_column(
        enum_type(AskAgain), default=AskAgain.UNSAID, server_default="unsaid"
    )
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

    stops: Mapped[list[ClockStop]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(ClockStop.subject_type) == "interest",
            foreign(ClockStop.subject_id) == Interest.id,
        ),
        order_by=ClockStop.id,
        viewonly=True,
        lazy="selectin",
    )
    """Days on which its clocks stood."""

    held_until: ClassVar[date | None] = None
    """The day promised for the result of the selection that compares it; the feature that selects
    adds the column, so that no list asks for it row by row."""

    workflow = INTEREST
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def contacts_open(self) -> bool:
        """Whether both sides may see each other's contacts."""
        return self.state in {InterestState.ACCEPTED, InterestState.CONVERTED}

    def erase(self) -> None:
        """Take out who asked and their words, where a visitor takes their consent back."""
        self.contact_name = self.contact_phone = self.message = self.questions = ""

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
    def is_draft(self) -> bool:
        """Whether it was never sent."""
        return self.state is InterestState.DRAFT

    @property
    def counted_from(self) -> datetime:
        """From when the days of an answer are counted."""
        return self.informed_at or self.sent_at

    @property
    def due_on(self) -> date | None:
        """The working day by which the next answer is owed; None when nothing is."""
        return due_on(self)

    @property
    def is_held(self) -> bool:
        """Whether it is answered by the result of a selection only."""
        return is_held(self)

    @property
    def inform_by(self) -> date | None:
        """The working day until which its sender is waited for; None when it is not."""
        return inform_by(self)

    @property
    def gave_nothing(self) -> bool:
        """Whether its sender let the day pass by which it was to give what it was asked for."""
        return gave_nothing(self)

    @property
    def is_late(self) -> bool:
        """Whether an answer is owed and its day has passed."""
        return is_late(self)
