"""A lot of goods and the steps of its way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.accounts.models import ActingRecord, User
from marketplace.catalogue.models import Listing
from marketplace.core.db import Base, Digest, PublicId, enum_type
from marketplace.core.ids import public_id
from marketplace.core.quantity import Unit
from marketplace.tracing.rules import IN_PUBLIC, LOT, PERMISSIONS, LotState, StepKind


class Lot(Base):
    """Goods of one listing that were made together. Its ``public_id`` is the trace code.

    Quantities in thousandths of ``unit``. ``photo`` is the content of its own photo in the store;
    without one the listing's first photo stands in.
    """

    __tablename__ = "lot"
    __table_args__ = (
        sa.CheckConstraint(
            "(state = 'recalled') = (recalled_at IS NOT NULL)", name="recalled_when_recalled"
        ),
        sa.CheckConstraint(
            "state = 'draft' OR published_at IS NOT NULL", name="published_when_public"
        ),
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name="some_quantity"),
        sa.CheckConstraint(
            "produced_until IS NULL OR produced_from IS NULL OR produced_until >= produced_from",
            name="production_order",
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    name: Mapped[str]
    own_code: Mapped[str | None]
    gtin: Mapped[str | None]
    brand: Mapped[str | None]
    serial: Mapped[str | None]
    quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    unit: Mapped[Unit | None] = mapped_column(enum_type(Unit))
    produced_from: Mapped[date | None]
    produced_until: Mapped[date | None]
    packed_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    shelf_life: Mapped[str | None]
    standards: Mapped[str | None]
    photo: Mapped[str | None] = mapped_column(Digest, index=True)
    state: Mapped[LotState] = mapped_column(enum_type(LotState), default=LOT.initial, index=True)
    recalled_at: Mapped[datetime | None]
    recall_reason: Mapped[str | None]
    recall_note: Mapped[str | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    listing: Mapped[Listing] = relationship()
    steps: Mapped[list[LotStep]] = relationship(order_by="(LotStep.happened_on, LotStep.id)")
    acting: Mapped[list[ActingRecord]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(ActingRecord.subject_type) == "lot",
            foreign(ActingRecord.subject_id) == Lot.id,
        ),
        order_by=ActingRecord.id,
        viewonly=True,
    )

    workflow = LOT
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own name

    @property
    def path(self) -> str:
        """The short address of its page, which its QR code holds."""
        return f"/lo/{self.public_id}"

    @property
    def is_public(self) -> bool:
        """Whether everyone may read its page."""
        return self.state in IN_PUBLIC

    @property
    def has_photo(self) -> bool:
        """Whether there is a photo of the goods."""
        return self.photo is not None or bool(self.listing.photos)

    @property
    def address(self) -> str:
        """Where the producer is: the address given, else village and locality."""
        return address_of(self.listing)

    @property
    def way(self) -> Sequence[LotStep]:
        """All steps by day; a correction stands right behind what it strikes through."""
        known = {step.id: step for step in self.steps}

        def first(step: LotStep) -> int:
            while step.replaces_id is not None:
                step = known[step.replaces_id]
            return step.id

        return sorted(self.steps, key=lambda step: (step.happened_on, first(step), step.id))

    @property
    def valid_steps(self) -> Sequence[LotStep]:
        """The steps that were not struck through."""
        return [step for step in self.steps if step.struck_at is None]


def address_of(listing: Listing) -> str:
    """Where the producer of a listing is: the address given, else village and locality."""
    organisation = listing.organisation
    parts = [organisation.address] if organisation.address else []
    if not parts and organisation.village:
        parts.append(organisation.village.name)
    for place in (organisation.locality.name, organisation.locality.province):
        if place.casefold() not in ", ".join(parts).casefold():
            parts.append(place)
    return ", ".join(parts)


class LotStep(Base):
    """One step: what was done, where, on which day, by whom, with whom.

    ``location_code`` may hold a code of the place (a GLN or the producer's own). A correction
    strikes a step through and points to it: nothing told once is taken out.
    """

    __tablename__ = "lot_step"
    __table_args__ = (
        sa.CheckConstraint(
            "(struck_at IS NULL) = (struck_by_id IS NULL)", name="struck_by_someone"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    kind: Mapped[StepKind] = mapped_column(enum_type(StepKind))
    place: Mapped[str]
    location_code: Mapped[str | None]
    happened_on: Mapped[date]
    who: Mapped[str | None]
    partner: Mapped[str | None]
    note: Mapped[str | None]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    struck_at: Mapped[datetime | None]
    struck_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    struck_why: Mapped[str | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("lot_step.id"), unique=True)

    added_by: Mapped[User | None] = relationship(foreign_keys=[added_by_id])
