"""A match and the answers of its two organisations."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.accounts.models import ActingRecord, Organisation, StoredFile, User
from marketplace.catalogue.models import Listing
from marketplace.core.db import Base, PublicId, enum_type
from marketplace.core.ids import public_id
from marketplace.core.quantity import Unit
from marketplace.interests.models import Interest
from marketplace.matching.rules import MATCH, PERMISSIONS, Answer, MatchState
from marketplace.programme.models import Approval, Pair


class Match(Base):
    """A seller (or the host of an investment) and a buyer (or investor), proposed to each other.

    ``listing`` is what brought them together. Where its owner seeks, the owner is the buyer, and
    ``stock`` is the seller's own listing the goods come from, if there is one.

    ``keys_needed`` is settled when it is proposed, so that a later change of policy does not
    change a case; an objection raises it to two. Quantity in thousandths, money in đồng.
    ``from_stock``: the quantity is set aside of what is on sale. A dealing from before the owner
    last counted what there is has taken nothing of that.
    """

    __tablename__ = "match"
    __table_args__ = (
        sa.CheckConstraint("seller_id <> buyer_id", name="two_parties"),
        sa.CheckConstraint("keys_needed IN (1, 2)", name="one_or_two_keys"),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name="decided_when_decided"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    stock_id: Mapped[int | None] = mapped_column(ForeignKey("listing.id"), index=True)
    interest_id: Mapped[int | None] = mapped_column(ForeignKey("interest.id"), unique=True)
    seller_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    unit: Mapped[Unit | None] = mapped_column(enum_type(Unit))
    unit_price: Mapped[int | None] = mapped_column(sa.BigInteger)
    value: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(default="VND")
    note: Mapped[str] = mapped_column(default="")
    happened_on: Mapped[date | None]
    from_stock: Mapped[bool] = mapped_column(default=True, server_default=sa.true())
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    keys_needed: Mapped[int]
    takes_effect_on: Mapped[date | None]
    state: Mapped[MatchState] = mapped_column(
        enum_type(MatchState), default=MATCH.initial, index=True
    )
    proposed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship()
    listing: Mapped[Listing] = relationship(foreign_keys=[listing_id])
    stock: Mapped[Listing | None] = relationship(foreign_keys=[stock_id])
    interest: Mapped[Interest | None] = relationship()
    seller: Mapped[Organisation] = relationship(foreign_keys=[seller_id])
    buyer: Mapped[Organisation] = relationship(foreign_keys=[buyer_id])
    proposed_by: Mapped[User | None] = relationship()
    paper: Mapped[StoredFile | None] = relationship()
    consents: Mapped[list[MatchConsent]] = relationship(order_by="MatchConsent.id")
    keys: Mapped[list[Approval]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(Approval.subject_type) == "match",
            foreign(Approval.subject_id) == Match.id,
            Approval.voided_at.is_(None),
        ),
        order_by=Approval.id,
        viewonly=True,
    )
    acting: Mapped[list[ActingRecord]] = relationship(
        primaryjoin=lambda: sa.or_(
            sa.and_(
                foreign(ActingRecord.subject_type) == "match",
                foreign(ActingRecord.subject_id) == Match.id,
            ),
            sa.and_(
                foreign(ActingRecord.subject_type) == "interest",
                foreign(ActingRecord.subject_id) == Match.interest_id,
            ),
            sa.and_(
                foreign(ActingRecord.subject_type) == "listing",
                sa.or_(
                    foreign(ActingRecord.subject_id) == Match.listing_id,
                    foreign(ActingRecord.subject_id) == Match.stock_id,
                ),
            ),
        ),
        order_by=ActingRecord.id,
        viewonly=True,
    )

    workflow = MATCH
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def goods_id(self) -> int:
        """The listing whose stock is set aside for it."""
        return self.stock_id or self.listing_id

    @property
    def keys_missing(self) -> int:
        """How many keys are still to be turned."""
        return max(0, self.keys_needed - len(self.keys))

    @property
    def recorder_ids(self) -> set[int]:
        """The people who recorded someone's word in this case, from the listing on."""
        return {acted.user_id for acted in self.acting}

    @property
    def hand_ids(self) -> set[int | None]:
        """The people with a hand in the case: who proposed it, asked, answered or recorded."""
        asked = self.interest.sent_by_id if self.interest else None
        answered = {consent.user_id for consent in self.consents}
        return {self.proposed_by_id, asked, *answered, *self.recorder_ids}

    @property
    def parties(self) -> tuple[Organisation, Organisation]:
        """Seller and buyer."""
        return (self.seller, self.buyer)


class MatchConsent(Base):
    """One organisation's answer to one match, said once."""

    __tablename__ = "match_consent"
    __table_args__ = (sa.UniqueConstraint("match_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    answer: Mapped[Answer] = mapped_column(enum_type(Answer))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    acting_id: Mapped[int | None] = mapped_column(ForeignKey("acting_record.id"))
    said_on: Mapped[date]
    at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User | None] = relationship()
    acted: Mapped[ActingRecord | None] = relationship()
