"""A trip, its stops, who is on it, the interests it serves, and its report."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.accounts.models import Organisation, StoredFile, User, Village
from marketplace.catalogue.models import Listing
from marketplace.core.db import Base, Digest, PublicId, enum_type, partial_unique
from marketplace.core.ids import public_id
from marketplace.interests.models import Interest
from marketplace.programme.models import Approval, Pair
from marketplace.programme.rules import Decision, keys_needed
from marketplace.promises.models import Promise
from marketplace.promises.rules import MadeIn
from marketplace.trips.rules import (
    PERMISSIONS,
    SEATED,
    TRIP,
    TRIP_PERSON,
    TRIP_REPORT,
    TRIP_STOP,
    NextStep,
    PersonState,
    ReportState,
    StopState,
    TripState,
)


class Trip(Base):
    """A survey trip of a pair. ``meets_at`` in minutes after midnight.

    ``created_by`` and ``written_by`` (who changed the plan last) turn no key on it. ``kit`` is the
    paper frozen when both localities confirmed.
    """

    __tablename__ = "trip"
    __table_args__ = (
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        sa.CheckConstraint("seats > 0", name="some_seats"),
        sa.CheckConstraint(
            "meets_at IS NULL OR meets_at BETWEEN 0 AND 1439", name="meets_on_a_clock"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    title: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date | None] = mapped_column(index=True)
    ends_on: Mapped[date | None]
    host_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    meeting_point: Mapped[str] = mapped_column(default="")
    meets_at: Mapped[int | None]
    seats: Mapped[int]
    is_open: Mapped[bool] = mapped_column(default=False)
    """Whether anyone with an organisation may ask for a seat; then it stands in public."""
    state: Mapped[TripState] = mapped_column(enum_type(TripState), default=TRIP.initial, index=True)
    kit_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship()
    host: Mapped[Organisation | None] = relationship()
    kit: Mapped[StoredFile | None] = relationship()
    stops: Mapped[list[TripStop]] = relationship(
        order_by="(TripStop.on, TripStop.at.nulls_last(), TripStop.id)", back_populates="trip"
    )
    people: Mapped[list[TripPerson]] = relationship(order_by="TripPerson.id", back_populates="trip")
    interests: Mapped[list[TripInterest]] = relationship(order_by="TripInterest.id")
    report: Mapped[TripReport | None] = relationship(back_populates="trip")
    promises: Mapped[list[Promise]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(Promise.made_code) == Trip.public_id, Promise.made_in == MadeIn.TRIP
        ),
        order_by=Promise.id,
        viewonly=True,
    )
    keys: Mapped[list[Approval]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(Approval.subject_type) == "trip",
            foreign(Approval.subject_id) == Trip.id,
            Approval.voided_at.is_(None),
        ),
        order_by=Approval.id,
        viewonly=True,
    )

    workflow = TRIP
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def keys_needed(self) -> int:
        """How many localities confirm it: data of the pair."""
        return keys_needed(self.pair.policies, Decision.CONFIRM_TRIP)

    @property
    def seats_left(self) -> int:
        """Seats nobody has said yes to."""
        return self.seats - sum(person.state in SEATED for person in self.people)

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/su-kien/{self.public_id}"


class TripStop(Base):
    """A place to see: a village, a listing, or both. ``at`` in minutes after midnight.

    Both times of a check-in are kept: ``phone_at`` as the leader's phone said it, which may have
    been without signal, and ``server_at`` when it got here.
    """

    __tablename__ = "trip_stop"
    __table_args__ = (
        sa.CheckConstraint("at IS NULL OR at BETWEEN 0 AND 1439", name="on_a_clock"),
        sa.CheckConstraint("(state = 'to_see') = (server_at IS NULL)", name="checked_when_checked"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), index=True)
    on: Mapped[date]
    at: Mapped[int | None]
    place: Mapped[str]
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    listing_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"), index=True)
    ask: Mapped[str] = mapped_column(default="")
    state: Mapped[StopState] = mapped_column(enum_type(StopState), default=TRIP_STOP.initial)
    phone_at: Mapped[datetime | None]
    server_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    skip_reason: Mapped[str | None]
    findings: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column()

    trip: Mapped[Trip] = relationship(back_populates="stops")
    village: Mapped[Village | None] = relationship()
    listing: Mapped[Listing | None] = relationship()
    checked_by: Mapped[User | None] = relationship()
    photos: Mapped[list[TripPhoto]] = relationship(order_by="TripPhoto.id")

    workflow = TRIP_STOP
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def reached_village_id(self) -> int | None:
        """The village whose road leads there."""
        return self.village_id or (self.listing.village_id if self.listing else None)


class TripPhoto(Base):
    """A photo taken at a stop, in two sizes."""

    __tablename__ = "trip_photo"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    stop_id: Mapped[int] = mapped_column(ForeignKey("trip_stop.id"), index=True)
    card: Mapped[str] = mapped_column(Digest, index=True)
    page: Mapped[str] = mapped_column(Digest, index=True)
    at: Mapped[datetime]

    stop: Mapped[TripStop] = relationship(back_populates="photos")


class TripPerson(Base):
    """Someone who goes, or was asked to: an organisation's person by function, with a phone."""

    __tablename__ = "trip_person"
    __table_args__ = (
        partial_unique(
            "uq_trip_person_asked", "trip_id", "organisation_id", where="state = 'asked'"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    function: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    is_leader: Mapped[bool] = mapped_column(default=False)
    state: Mapped[PersonState] = mapped_column(enum_type(PersonState), default=TRIP_PERSON.initial)
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    trip: Mapped[Trip] = relationship(back_populates="people")
    organisation: Mapped[Organisation] = relationship()

    workflow = TRIP_PERSON
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class TripInterest(Base):
    """An interest a trip serves, and what follows for it."""

    __tablename__ = "trip_interest"
    __table_args__ = (
        sa.UniqueConstraint("trip_id", "interest_id"),
        sa.CheckConstraint(
            "(next_step = 'no') = (next_reason IS NOT NULL)", name="no_has_a_reason"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), index=True)
    interest_id: Mapped[int] = mapped_column(ForeignKey("interest.id"), index=True)
    next_step: Mapped[NextStep | None] = mapped_column(enum_type(NextStep))
    next_reason: Mapped[str | None]
    next_note: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]

    trip: Mapped[Trip] = relationship(viewonly=True)
    interest: Mapped[Interest] = relationship()


class TripReport(Base):
    """What both localities agree to at the end. ``written_by`` turns no key on it."""

    __tablename__ = "trip_report"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id"), unique=True)
    summary: Mapped[str] = mapped_column(default="")
    no_promises: Mapped[bool] = mapped_column(default=False)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[ReportState] = mapped_column(enum_type(ReportState), default=TRIP_REPORT.initial)
    version: Mapped[int] = mapped_column()

    trip: Mapped[Trip] = relationship(back_populates="report")
    keys: Mapped[list[Approval]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(Approval.subject_type) == "trip_report",
            foreign(Approval.subject_id) == TripReport.id,
            Approval.voided_at.is_(None),
        ),
        order_by=Approval.id,
        viewonly=True,
    )

    workflow = TRIP_REPORT
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
