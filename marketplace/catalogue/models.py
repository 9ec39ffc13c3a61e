"""What all listings share; each kind adds its own table in ``kinds/``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.accounts.models import ActingRecord, Organisation, User, Village
from marketplace.accounts.rules import OrganisationKind
from marketplace.catalogue.rules import (
    AVAILABILITY,
    CLOSING_SOON,
    IN_PUBLIC,
    LISTING,
    PERMISSIONS,
    VISIBILITY,
    WRITING,
    Availability,
    ListingState,
    Visibility,
    owner_not_verified,
)
from marketplace.core import clock
from marketplace.core.db import Base, ByteOrder, enum_type
from marketplace.core.i18n import N_, Text
from marketplace.core.ids import public_id
from marketplace.core.journal import Entry
from marketplace.programme.models import Approval, Article, Pair
from marketplace.programme.rules import BOTH, Decision, keys_needed


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a draft still lacks, and the form field where it is put right."""

    field: str
    text: Text


class Listing(Base):
    """An offer of a locality's organisation, in the programme of a pair.

    ``pair`` decides whose keys publish it. What a locality produces is its own and is offered to
    each of its pairs (``is_offered_to_all``); an opportunity only in its own pair.
    """

    __tablename__ = "listing"
    __table_args__: Any = (
        sa.Index("ix_listing_public", "kind", "state", "published_at"),
        sa.CheckConstraint(
            "state NOT IN ('published', 'closed') OR published_at IS NOT NULL",
            name="published_when_public",
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    kind: Mapped[str] = mapped_column(index=True)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"), index=True)
    is_offered_to_all: Mapped[bool]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"), index=True)
    title: Mapped[str]
    slug: Mapped[str]
    sort_key: Mapped[str] = mapped_column(ByteOrder)
    description: Mapped[str] = mapped_column(default="")
    search_text: Mapped[str] = mapped_column(default="")
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ListingState] = mapped_column(enum_type(ListingState), default=LISTING.initial)
    availability: Mapped[Availability] = mapped_column(
        enum_type(Availability), default=AVAILABILITY.initial
    )
    visibility: Mapped[Visibility] = mapped_column(
        enum_type(Visibility), default=VISIBILITY.initial, server_default="shown"
    )
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    closes_on: Mapped[date | None]
    interest_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship()
    article: Mapped[Article] = relationship()
    organisation: Mapped[Organisation] = relationship()
    village: Mapped[Village | None] = relationship()
    photos: Mapped[list[Photo]] = relationship(
        primaryjoin=lambda: sa.and_(Photo.listing_id == Listing.id, Photo.is_shown),
        order_by=lambda: (Photo.position, Photo.id),
    )
    keys: Mapped[list[Approval]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(Approval.subject_type) == "listing",
            foreign(Approval.subject_id) == Listing.id,
            Approval.voided_at.is_(None),
        ),
        order_by=Approval.id,
        viewonly=True,
    )
    acting: Mapped[list[ActingRecord]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(ActingRecord.subject_type) == "listing",
            foreign(ActingRecord.subject_id) == Listing.id,
        ),
        order_by=ActingRecord.id,
        viewonly=True,
    )

    writers: Mapped[list[User]] = relationship(
        secondary=lambda: Entry.__table__,
        primaryjoin=lambda: sa.and_(
            foreign(Entry.subject_type) == "listing",
            foreign(Entry.subject_id) == Listing.id,
            Entry.name.in_(WRITING),
        ),
        secondaryjoin=lambda: foreign(Entry.actor_id) == User.id,
        viewonly=True,
    )

    workflow = LISTING
    permissions = PERMISSIONS
    __mapper_args__ = {  # noqa: RUF012  SQLAlchemy's own name
        "version_id_col": version,
        "polymorphic_on": kind,
    }

    written_as: ClassVar[type[Any]]
    """The frozen dataclass its form hands over; every attribute of it is one of the listing."""
    live: ClassVar[frozenset[str]] = frozenset()
    """What changes at once on a published listing and is no part of a revision of its text."""
    decision: ClassVar[Decision]
    """Which decision of the pair publishes this kind."""
    section: ClassVar[str]
    """The first part of the address of its page."""
    article_number: ClassVar[int]
    """The article a listing of this kind serves unless said otherwise (decisions page 21)."""
    posters: ClassVar[frozenset[OrganisationKind]]
    """Which organisations post this kind; ``posters_said`` tells the others."""
    posters_said: ClassVar[str]
    is_stock: ClassVar[bool] = False
    """Whether it belongs to its locality and is offered in all of the locality's pairs."""
    seeks: ClassVar[bool] = False
    """Whether its owner looks for something, so that those who answer are the sellers."""
    state_labels: ClassVar[Mapping[ListingState, str]] = {}
    """Where a kind has a word of its own for a state (ux page 5, statuses)."""

    @property
    def path(self) -> str:
        """The address of its public page."""
        return f"/{self.section}/{self.slug}-{self.public_id}"

    @property
    def keys_needed(self) -> int:
        """How many localities must approve before it is published."""
        return keys_needed(self.pair.policies, self.decision)

    @property
    def deciding_localities(self) -> tuple[int, ...]:
        """The localities whose officials review it: its own, or both of the pair."""
        return self.pair.locality_ids if self.keys_needed == BOTH else (self.locality_id,)

    @property
    def author_ids(self) -> set[int | None]:
        """The people who drafted, rewrote or sent it in."""
        return {self.created_by_id, self.submitted_by_id, *(user.id for user in self.writers)}

    @property
    def recorder_ids(self) -> set[int]:
        """The people who recorded someone else's word in this listing."""
        return {acted.user_id for acted in self.acting}

    @property
    def is_open(self) -> bool:
        """Whether interest can be registered now, the closing date aside."""
        return (
            self.state is ListingState.PUBLISHED
            and self.availability is Availability.OPEN
            and not self.is_hidden
        )

    @property
    def is_hidden(self) -> bool:
        """Whether officials took it out of the public's sight."""
        return self.visibility is Visibility.HIDDEN

    @property
    def is_public(self) -> bool:
        """Whether everyone may open it by its address."""
        return self.state in IN_PUBLIC and not self.is_hidden

    @property
    def closes_soon(self) -> bool:
        """Whether a published listing reaches its last day within a week; computed, never kept."""
        return (
            self.state is ListingState.PUBLISHED
            and self.closes_on is not None
            and clock.today() <= self.closes_on <= clock.today() + CLOSING_SOON
        )

    def gaps(self) -> Sequence[Gap]:
        """Everything that keeps it from being submitted. Kinds add their own."""
        gaps = [Gap("organisation", text) for text in owner_not_verified(self)]
        if not self.description:
            gaps.append(Gap("description", Text(N_("Describe it in a few sentences."))))
        return gaps

    def fill(self, values: Any) -> None:
        """Take over what the kind's own form holds."""
        raise NotImplementedError

    def own_words(self) -> Sequence[str]:
        """What a kind adds to the texts a listing is found by."""
        return ()


def photo_address(public_id: str, size: str) -> str:
    """Where a photo is served; ``size`` is "card" or "page"."""
    return f"/anh/{public_id}/{size}.webp"


class Photo(Base):
    """A cleaned photo of a listing in two sizes, with its alternative text."""

    __tablename__ = "photo"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=public_id)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    card: Mapped[str] = mapped_column(index=True)
    page: Mapped[str] = mapped_column(index=True)
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[str]
    position: Mapped[int]
    is_shown: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    """Not shown: waits in a revision, or stands only in an earlier version of the listing."""
    created_at: Mapped[datetime]

    listing: Mapped[Listing] = relationship(viewonly=True)


class ListingVersion(Base):
    """What a listing said when it was published, and after each revision: frozen, for comparing.

    ``values`` holds the kind's form values as ``catalogue.snapshots`` writes them, ``photos`` the
    public ids of its photos in their order, ``keys`` the localities and people who approved it.
    Nothing searches or reports on them (docs/adr/0010).
    """

    __tablename__ = "listing_version"
    __table_args__ = (
        sa.UniqueConstraint("listing_id", "number"),
        sa.CheckConstraint("number > 0", name="numbered_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"))
    number: Mapped[int]
    values: Mapped[dict[str, Any]]
    photos: Mapped[list[str]] = mapped_column(sa.JSON)
    keys: Mapped[list[list[int]]] = mapped_column(sa.JSON)
    published_at: Mapped[datetime]
