"""What all listings share; each kind adds its own table in ``kinds/``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship, remote

from marketplace.accounts.models import ActingRecord, Organisation, User, Village
from marketplace.accounts.rules import OrganisationKind
from marketplace.catalogue import gates
from marketplace.catalogue.gates import Check
from marketplace.catalogue.rules import (
    AVAILABILITY,
    CLOSING_SOON,
    IN_PUBLIC,
    LISTING,
    PERMISSIONS,
    VISIBILITY,
    WRITING,
    Asks,
    Audience,
    Availability,
    ListingState,
    Visibility,
    owner_not_verified,
)
from marketplace.catalogue.taxonomy import Sector
from marketplace.catalogue.wild.models import WildSpecies
from marketplace.core import clock
from marketplace.core.contacts import slug_without_numbers
from marketplace.core.db import Base, ByteOrder, Digest, PublicId, enum_type
from marketplace.core.i18n import N_, Text
from marketplace.core.ids import public_id
from marketplace.core.journal import Entry
from marketplace.core.quantity import Amount, Unit
from marketplace.papers.models import Paper
from marketplace.programme.models import Approval, Article, Pair
from marketplace.programme.rules import BOTH, Decision, keys_needed

ANSWERING = frozenset(OrganisationKind) - {OrganisationKind.AUTHORITY}
"""Authorities bring others together; they do not buy or invest here."""

UNNAMED = {
    OrganisationKind.INVESTOR: N_("An investor of %(place)s"),
    OrganisationKind.MASS_ORGANISATION: N_("An association of %(place)s"),
}
"""How an owner is told who has not agreed to be named; any other is a business."""


def unnamed(kind: OrganisationKind, place: str) -> Text:
    """An owner told by what it is and where it is at home."""
    words = UNNAMED.get(kind, N_("A business of %(place)s"))
    return Text(words, place=place[:1].lower() + place[1:])


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a draft still lacks, and the form field where it is put right."""

    field: str
    text: Text


def _covering() -> sa.Subquery:
    """Which papers cover which listings; known once all kinds are."""
    from marketplace.catalogue.proof.covering import coverage

    return coverage()


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
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
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
    search_title: Mapped[str] = mapped_column(default="", server_default="")
    search_marked: Mapped[str] = mapped_column(default="", server_default="")
    is_demonstration: Mapped[bool] = mapped_column(default=False)
    state: Mapped[ListingState] = mapped_column(enum_type(ListingState), default=LISTING.initial)
    availability: Mapped[Availability] = mapped_column(
        enum_type(Availability), default=AVAILABILITY.initial
    )
    audience: Mapped[Audience] = mapped_column(
        enum_type(Audience), default=Audience.PUBLIC, server_default=Audience.PUBLIC.value
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

    papers: Mapped[list[Paper]] = relationship(  # whatever their state: ask holds_on
        secondary=_covering,
        primaryjoin=lambda: Listing.id == _covering().c.listing_id,
        secondaryjoin=lambda: _covering().c.paper_id == Paper.id,
        order_by=Paper.id,
        viewonly=True,
    )
    wild_species: Mapped[list[WildSpecies]] = relationship(
        primaryjoin=lambda: foreign(Listing.locality_id) == remote(WildSpecies.locality_id),
        order_by=WildSpecies.id,
        uselist=True,
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
    names_owner: ClassVar[bool] = True
    """Whether everyone reads whose it is; else only if the owner agreed (decisions page 32)."""
    answered_by: ClassVar[frozenset[OrganisationKind]] = ANSWERING
    """Which organisations may answer it; ``answered_by_said`` tells the others."""
    answered_by_said: ClassVar[str] = N_(
        "An authority brings others together; it does not register interest."
    )
    state_labels: ClassVar[Mapping[ListingState, str]] = {}
    """Where a kind has a word of its own for a state (ux page 5, statuses)."""

    @property
    def path(self) -> str:
        """The address of its public page."""
        return listing_address(self.section, self.slug, self.public_id)

    @property
    def slugged(self) -> str:
        """The last part of its addresses: words of its title, and its id."""
        return slugged(self.slug, self.public_id)

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
        is_open = self.state is ListingState.PUBLISHED and self.availability is Availability.OPEN
        return is_open and not self.is_hidden and not gates.is_shut(self)

    @property
    def is_for_everyone(self) -> bool:
        """Whether everyone may open it now."""
        return self.is_public and self.audience is Audience.PUBLIC

    @property
    def is_owner_public(self) -> bool:
        """Whether everyone who reads it may know whose it is."""
        return self.names_owner or self.organisation.is_named_in_public

    @property
    def public_owner(self) -> Text | str:
        """The owner as everyone may read it: by name, or as a business of its locality."""
        if self.is_owner_public:
            return self.organisation.name
        return unnamed(self.organisation.kind, self.organisation.locality.name)

    # What upper features ask of a listing, so that none of them need name a kind.

    @property
    def asks_for(self) -> Asks:
        """What whoever answers it is asked to state."""
        return Asks.QUANTITY

    @property
    def is_sale(self) -> bool:
        """Whether something is sold by the unit, by its owner or to its owner."""
        return self.asks_for is not Asks.CAPITAL

    @property
    def unit_sold(self) -> Unit | None:
        """The unit a match of it is counted in; None where only a value is agreed."""
        return None

    @property
    def unit_asked(self) -> Unit | None:
        """The unit of the amount someone states who answers it."""
        return Unit.NGUOI if self.asks_for is Asks.PEOPLE else self.unit_sold

    @property
    def price_asked(self) -> int | None:
        """The listed price of one unit in đồng, as a first proposal."""
        return None

    @property
    def left(self) -> int | None:
        """What can still be promised, in thousandths of the unit; None where nothing is counted."""
        return None

    @property
    def match_decision(self) -> Decision:
        """What localities decide when it is matched."""
        return Decision.MATCH_PRODUCE if self.is_sale else Decision.MATCH_INVESTMENT

    @property
    def serves(self) -> int:
        """The number of the article it serves."""
        return self.article_number

    @property
    def economic_sector(self) -> Sector | None:
        """The sector of an investment or a service; goods are told by their group."""
        return None

    def cannot_give(self, quantity: int) -> Text | None:
        """Why this amount (thousandths of ``unit_asked``) cannot be had; None when it can."""
        if self.left is None or quantity <= self.left:
            return None
        return Text(
            N_("%(left)s are left. Enter at most this much."),
            left=Amount(self.left, self.unit_sold),
        )

    def counts_after(self, day: date) -> bool:  # noqa: ARG002  only a stock is counted
        """Whether the owner has counted the stock after ``day``: what went then is not in it."""
        return False

    def set_aside(self, quantity: int) -> None:
        """Count ``quantity`` as promised; kinds without a stock count nothing."""

    def free(self, quantity: int) -> None:
        """Count ``quantity`` as promised no longer."""

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
        return [*gaps, *(Gap(field, text) for field, text in gates.obstacles(self))]

    def checklist(self) -> Sequence[Check]:
        """What a reviewer ticks before turning the key. Kinds add their own points."""
        return gates.checklist(self)

    def texts(self) -> Sequence[str]:
        """What its writer typed, to be looked through for words that should not stand there."""
        return [self.title, self.description]

    @classmethod
    def parts(cls) -> Sequence[Any]:
        """What lists of drafts load along with a listing, because ``gaps`` reads it."""
        return ()

    def fill(self, values: Any) -> None:
        """Take over what the kind's own form holds."""
        raise NotImplementedError

    def live_values(self, values: Any) -> Any:
        """The part of the form's values that changes at once while it is published."""
        return values

    def own_words(self) -> Sequence[str]:
        """What a kind adds to the texts a listing is found by."""
        return ()

    def own_labels(self) -> Sequence[str]:
        """Labels of what was chosen, as message ids: it is found by them in every language."""
        return ()


def listing_address(section: str, slug: str, public_id: str) -> str:
    """Where a listing is read by everyone."""
    return f"/{section}/{slugged(slug, public_id)}"


def slugged(slug: str, public_id: str) -> str:
    """How a listing is named in addresses; what goes round in them names no telephone."""
    return f"{slug_without_numbers(slug)}-{public_id}"


def photo_address(public_id: str, size: str) -> str:
    """Where a photo is served; ``size`` is "card" or "page"."""
    return f"/anh/{public_id}/{size}.webp"


def preview_address(public_id: str) -> str:
    """Where the picture is drawn that other programs show beside a link to a listing."""
    return f"/anh-chia-se/{public_id}.png"


class Photo(Base):
    """A cleaned photo of a listing in two sizes, with its alternative text."""

    __tablename__ = "photo"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    card: Mapped[str] = mapped_column(Digest, index=True)
    page: Mapped[str] = mapped_column(Digest, index=True)
    width: Mapped[int]
    height: Mapped[int]
    alt: Mapped[str]
    position: Mapped[int]
    is_shown: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    """Not shown: waits in a revision, or stands only in an earlier version of the listing."""
    created_at: Mapped[datetime]

    listing: Mapped[Listing] = relationship(viewonly=True)


@dataclass(frozen=True, slots=True)
class PhotoMove:
    """One photo of a listing goes to the front, or one place further to the front."""

    photo_id: str
    to_front: bool

    def apply(self, photos: Sequence[Photo]) -> list[Photo]:
        """The photos in their new order; as they were when the one meant is not among them."""
        order = list(photos)
        for place, photo in enumerate(photos):
            if photo.public_id == self.photo_id:
                order.insert(0 if self.to_front else max(place - 1, 0), order.pop(place))
        return order


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
