"""A selection, what it compares by, its applicants, declarations and points."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, column_property, foreign, mapped_column, relationship

from marketplace.accounts.models import Locality, Membership, User
from marketplace.catalogue.models import Listing
from marketplace.choosing.rules import LIVE, PERMISSIONS, SELECTION, SelectionState
from marketplace.core.db import Base, PublicId, enum_type, partial_unique
from marketplace.core.ids import public_id
from marketplace.core.journal import Entry
from marketplace.interests.models import Interest
from marketplace.interests.rules import LIVE as LIVE_INTERESTS
from marketplace.interests.rules import InterestState
from marketplace.programme.models import Approval, Pair


class Selection(Base):
    """The comparison of those who want one opportunity, against the way published with it.

    ``how`` and the criteria are what stood in public when it was opened: a later revision of the
    opportunity does not change a comparison under way. ``closes_on`` is the last day of
    applications, ``decides_on`` the day by which the result is promised. A result is proposed
    (``proposed_at``) with the first key; ``summary`` holds its reasons.
    """

    __tablename__ = "selection"
    __table_args__ = (
        partial_unique("uq_selection_live", "listing_id", where="state IN ('open', 'scoring')"),
        sa.CheckConstraint("closes_on < decides_on", name="days_in_order"),
        sa.CheckConstraint(
            "(state IN ('decided', 'void')) = (ended_at IS NOT NULL)", name="ended_when_ended"
        ),
        sa.CheckConstraint(
            "(proposed_at IS NULL) = (proposed_by_id IS NULL)", name="proposed_by_someone"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    how: Mapped[str]
    closes_on: Mapped[date]
    decides_on: Mapped[date]
    state: Mapped[SelectionState] = mapped_column(
        enum_type(SelectionState), default=SELECTION.initial, index=True
    )
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime | None]
    summary: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship()
    listing: Mapped[Listing] = relationship()
    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id])
    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    criteria: Mapped[list[SelectionCriterion]] = relationship(
        order_by="SelectionCriterion.position"
    )
    applicants: Mapped[list[Applicant]] = relationship(
        order_by="Applicant.number", back_populates="selection"
    )
    declarations: Mapped[list[Declaration]] = relationship(order_by="Declaration.id")
    scores: Mapped[list[Score]] = relationship(order_by="Score.id")
    keys: Mapped[list[Approval]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(Approval.subject_type) == "selection",
            foreign(Approval.subject_id) == Selection.id,
            Approval.voided_at.is_(None),
        ),
        order_by=Approval.id,
        viewonly=True,
    )
    near: Mapped[list[User]] = relationship(
        secondary=lambda: sa.join(
            Interest.__table__,
            Membership.__table__,
            Membership.__table__.c.organisation_id == Interest.__table__.c.organisation_id,
        ),
        primaryjoin=lambda: sa.and_(
            foreign(Interest.__table__.c.listing_id) == Selection.listing_id,
            foreign(Interest.__table__.c.pair_id) == Selection.pair_id,
        ),
        secondaryjoin=lambda: foreign(Membership.__table__.c.user_id) == User.id,
        viewonly=True,
    )
    """The people of those who asked, whatever became of their membership."""

    workflow = SELECTION
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    not_acknowledged: Mapped[int] = column_property(
        sa.select(sa.func.count(Interest.id))
        .where(
            Interest.listing_id == listing_id,
            Interest.pair_id == pair_id,
            Interest.state == InterestState.SUBMITTED,
        )
        .correlate_except(Interest)
        .scalar_subquery()
    )
    """How many interests nobody has acknowledged."""

    reopened_at: Mapped[datetime | None] = column_property(
        sa.select(sa.func.max(Entry.at))
        .where(
            Entry.subject_type == "selection",
            Entry.subject_id == id,
            Entry.name == "selection.send_back",
            Entry.reason == "points",
        )
        .correlate_except(Entry)
        .scalar_subquery()
    )
    """When a result was sent back last because the points must be looked at again."""

    @property
    def is_live(self) -> bool:
        """Whether it has not ended."""
        return self.state in LIVE

    @property
    def is_proposed(self) -> bool:
        """Whether a result waits for the other key, or has both."""
        return self.proposed_at is not None

    @property
    def compared(self) -> list[Applicant]:
        """Those whose interest came in time."""
        return [one for one in self.applicants if not one.is_late]

    @property
    def running(self) -> list[Applicant]:
        """Those compared who can still be chosen: not withdrawn, not answered otherwise."""
        return [one for one in self.compared if one.interest.state in LIVE_INTERESTS]

    @property
    def chosen(self) -> Applicant | None:
        """The one the result names; None while there is none, or where it names nobody."""
        return next((one for one in self.applicants if one.is_chosen), None)

    @property
    def decider_localities(self) -> set[int]:
        """The localities of those who declared no conflict and have no hand in it."""
        return {
            one.locality_id
            for one in self.declarations
            if not one.has_conflict and one.user_id not in self.hand_ids
        }

    @property
    def hand_ids(self) -> set[int | None]:
        """Who may not decide: the call's authors, who opened it, the applicants' people.

        And whoever recorded someone's word in the call or in one of the interests.
        """
        people: set[int | None] = {self.opened_by_id, *self.listing.author_ids}
        people |= self.listing.recorder_ids | {user.id for user in self.near}
        for applicant in self.applicants:
            people.add(applicant.interest.sent_by_id)
            people |= {acted.user_id for acted in applicant.interest.acting}
        return people


Interest.__mapper__.add_property(
    "held_until",
    column_property(
        sa.select(sa.func.max(Selection.decides_on))
        .where(
            Selection.listing_id == Interest.listing_id,
            Selection.state.in_(LIVE),
        )
        .correlate_except(Selection)
        .scalar_subquery()
    ),
)
"""Until when an interest waits for a result: read with it, whoever lists interests."""


class SelectionCriterion(Base):
    """A criterion as it stood in public when the selection was opened; weight in percent."""

    __tablename__ = "selection_criterion"
    __table_args__ = (
        sa.UniqueConstraint("selection_id", "position"),
        sa.CheckConstraint("weight BETWEEN 1 AND 100", name="percent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    selection_id: Mapped[int] = mapped_column(ForeignKey("selection.id"))
    position: Mapped[int]
    name: Mapped[str]
    weight: Mapped[int]


class Applicant(Base):
    """An interest in a selection, and what it comes to.

    ``points`` are the average of the deciders in tenths of 100, ``place`` its standing; both are
    written when it ends. ``reasons`` are what this applicant is told. It may ask once.
    """

    __tablename__ = "applicant"
    __table_args__ = (
        sa.UniqueConstraint("selection_id", "interest_id"),
        partial_unique("uq_applicant_chosen", "selection_id", where="is_chosen"),
        sa.CheckConstraint("NOT (is_late AND is_chosen)", name="late_is_not_chosen"),
        sa.CheckConstraint("answer IS NULL OR asked IS NOT NULL", name="asked_first"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    selection_id: Mapped[int] = mapped_column(ForeignKey("selection.id"))
    interest_id: Mapped[int] = mapped_column(ForeignKey("interest.id"), index=True)
    number: Mapped[int]
    is_late: Mapped[bool]
    is_chosen: Mapped[bool] = mapped_column(default=False)
    reasons: Mapped[str] = mapped_column(default="")
    points: Mapped[int | None]
    place: Mapped[int | None]
    asked: Mapped[str | None]
    asked_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    selection: Mapped[Selection] = relationship(back_populates="applicants")
    interest: Mapped[Interest] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Declaration(Base):
    """What an official declared before deciding: no conflict of interest, or one, in words."""

    __tablename__ = "interest_declaration"
    __table_args__ = (sa.UniqueConstraint("selection_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    selection_id: Mapped[int] = mapped_column(ForeignKey("selection.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    has_conflict: Mapped[bool]
    words: Mapped[str]
    at: Mapped[datetime]

    user: Mapped[User] = relationship()
    locality: Mapped[Locality] = relationship()


class Score(Base):
    """What one decider gives one applicant on one criterion, 0 to 10, and the sentence why."""

    __tablename__ = "selection_score"
    __table_args__ = (
        sa.UniqueConstraint("applicant_id", "criterion_id", "user_id"),
        sa.CheckConstraint("points BETWEEN 0 AND 10", name="nought_to_ten"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    selection_id: Mapped[int] = mapped_column(ForeignKey("selection.id"), index=True)
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("selection_criterion.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    points: Mapped[int]
    words: Mapped[str]
    at: Mapped[datetime]
