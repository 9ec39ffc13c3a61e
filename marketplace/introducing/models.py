"""An introduction of two organisations, and what each said to it."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.accounts.models import ActingRecord, Organisation, User
from marketplace.accounts.rules import CONSENTING, PRODUCERS
from marketplace.catalogue.models import Listing, unnamed
from marketplace.core.db import Base, PublicId, enum_type
from marketplace.core.i18n import Text
from marketplace.core.ids import public_id
from marketplace.introducing.rules import INTRODUCTION, PERMISSIONS, IntroductionState
from marketplace.programme.models import Pair


class Introduction(Base):
    """Who is introduced to whom, about which listing if any, with the official's sentence.

    ``lapses_on`` is the last day on which a yes counts.
    """

    __tablename__ = "introduction"
    __table_args__ = (
        sa.CheckConstraint("one_id <> other_id", name="two_sides"),
        sa.CheckConstraint("(state = 'proposed') = (ended_at IS NULL)", name="ended_when_ended"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"), index=True)
    words: Mapped[str]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    lapses_on: Mapped[date] = mapped_column(index=True)
    state: Mapped[IntroductionState] = mapped_column(
        enum_type(IntroductionState), default=INTRODUCTION.initial, index=True
    )
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship()
    one: Mapped[Organisation] = relationship(foreign_keys=[one_id])
    other: Mapped[Organisation] = relationship(foreign_keys=[other_id])
    listing: Mapped[Listing | None] = relationship()
    proposed_by: Mapped[User] = relationship()
    answers: Mapped[list[IntroductionAnswer]] = relationship(order_by="IntroductionAnswer.id")
    acting: Mapped[list[ActingRecord]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(ActingRecord.subject_type) == "introduction",
            foreign(ActingRecord.subject_id) == Introduction.id,
        ),
        order_by=ActingRecord.id,
        viewonly=True,
    )

    workflow = INTRODUCTION
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def sides(self) -> tuple[Organisation, Organisation]:
        """Both organisations."""
        return (self.one, self.other)

    @property
    def waiting(self) -> list[Organisation]:
        """The sides that have not said yes."""
        said = {answer.organisation_id for answer in self.answers}
        return [side for side in self.sides if side.id not in said]

    def introduced_as(self, side: Organisation) -> Text | str:
        """A side as the other may know it: a household keeps its name until both have said yes."""
        if side.kind in CONSENTING and not self.is_open:
            return unnamed(side.kind, side.locality.name)
        return side.name

    @property
    def is_open(self) -> bool:
        """Whether both have said yes: contacts and conversation are open."""
        return self.state is IntroductionState.AGREED

    @property
    def partner_of_listing(self) -> Organisation:
        """The side that does not own the listing; without one, the side that is no producer."""
        owner_id = self.listing.organisation_id if self.listing is not None else None
        if owner_id in {self.one_id, self.other_id}:
            return self.other if owner_id == self.one_id else self.one
        return self.other if self.one.kind in PRODUCERS else self.one


class IntroductionAnswer(Base):
    """The yes of one organisation, said once."""

    __tablename__ = "introduction_answer"
    __table_args__ = (sa.UniqueConstraint("introduction_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    introduction_id: Mapped[int] = mapped_column(ForeignKey("introduction.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    acting_id: Mapped[int | None] = mapped_column(ForeignKey("acting_record.id"))
    said_on: Mapped[date]
    at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User | None] = relationship()
    acted: Mapped[ActingRecord | None] = relationship()
