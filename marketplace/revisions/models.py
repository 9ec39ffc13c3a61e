"""A proposed new text of a published listing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.accounts.models import ActingRecord, Organisation, User
from marketplace.catalogue.models import Listing
from marketplace.core.db import Base, PublicId, enum_type, partial_unique
from marketplace.core.ids import public_id
from marketplace.core.journal import Entry
from marketplace.programme.models import Approval, Pair
from marketplace.revisions.rules import PERMISSIONS, REVISION, WRITING, RevisionState


class Revision(Base):
    """A text that waits to replace a listing's. One live revision per listing.

    ``values`` are the kind's form values without what changes at once (``Listing.live``), written
    by ``catalogue.snapshots``; ``photos`` the public ids of the photos wished for, in order;
    ``base`` the number of the version it was written against.
    """

    __tablename__ = "listing_revision"
    __table_args__: Any = (
        partial_unique(
            "uq_listing_revision_live",
            "listing_id",
            where="state IN ('draft', 'submitted', 'returned')",
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    state: Mapped[RevisionState] = mapped_column(enum_type(RevisionState), default=REVISION.initial)
    base: Mapped[int]
    values: Mapped[dict[str, Any]]
    photos: Mapped[list[str]] = mapped_column(sa.JSON)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    listing: Mapped[Listing] = relationship()
    keys: Mapped[list[Approval]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(Approval.subject_type) == "listing_revision",
            foreign(Approval.subject_id) == Revision.id,
            Approval.voided_at.is_(None),
        ),
        order_by=Approval.id,
        viewonly=True,
    )
    acting: Mapped[list[ActingRecord]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(ActingRecord.subject_type) == "listing_revision",
            foreign(ActingRecord.subject_id) == Revision.id,
        ),
        order_by=ActingRecord.id,
        viewonly=True,
    )
    writers: Mapped[list[User]] = relationship(
        secondary=lambda: Entry.__table__,
        primaryjoin=lambda: sa.and_(
            foreign(Entry.subject_type) == "listing_revision",
            foreign(Entry.subject_id) == Revision.id,
            Entry.name.in_(WRITING),
        ),
        secondaryjoin=lambda: foreign(Entry.actor_id) == User.id,
        viewonly=True,
    )

    workflow = REVISION
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own name

    @property
    def pair(self) -> Pair:
        """The pair of its listing."""
        return self.listing.pair

    @property
    def organisation(self) -> Organisation:
        """The owner of its listing."""
        return self.listing.organisation

    @property
    def deciding_localities(self) -> tuple[int, ...]:
        """Whoever decides about publishing the listing decides about its new text."""
        return self.listing.deciding_localities

    @property
    def keys_needed(self) -> int:
        """As many keys as publishing the listing took."""
        return self.listing.keys_needed

    @property
    def author_ids(self) -> set[int]:
        """The people who wrote, sent in or recorded it; none of them approves it."""
        people = {
            self.created_by_id,
            self.submitted_by_id,
            *(user.id for user in self.writers),
            *(acted.user_id for acted in self.acting),
        }
        return {person for person in people if person is not None}
