"""Deals: parties, offers, papers, stops, rulings, instalments; outcomes with their figures."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from marketplace.accounts.models import ActingRecord, Organisation, StoredFile, User
from marketplace.catalogue.models import Listing
from marketplace.core.db import Base, PublicId, enum_type, partial_unique
from marketplace.core.ids import public_id
from marketplace.core.journal import Entry
from marketplace.core.quantity import Unit, price_of
from marketplace.deals.rules import (
    AGREEMENT,
    DEAL,
    FIGURE,
    GIVING,
    INSTALMENT,
    OUTCOME,
    PERMISSIONS,
    PRINCIPALS,
    RULING,
    AgreementState,
    DealState,
    FigureState,
    Indicator,
    InstalmentState,
    OutcomeState,
    PaperKind,
    PartyRole,
    RulingKind,
    RulingState,
)
from marketplace.matching.models import Match
from marketplace.programme.models import Approval, Article, Pair


class Deal(Base):
    """What two or more parties do together. Committed and delivered amounts stand apart.

    Quantities in thousandths of ``unit``, money in đồng. What is committed is what the offer on the
    table says, which holds the stock; it is settled when every principal has accepted that offer.
    ``is_small`` is settled at the start: a sale that needed one key only, which skips signing.
    """

    __tablename__ = "deal"
    __table_args__ = (
        sa.CheckConstraint("committed_quantity IS NULL OR committed_quantity > 0", name="some"),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR starts_on <= ends_on", name="days_in_order"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), unique=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    is_small: Mapped[bool]
    state: Mapped[DealState] = mapped_column(enum_type(DealState), default=DEAL.initial, index=True)
    committed_quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    unit: Mapped[Unit | None] = mapped_column(enum_type(Unit))
    unit_price: Mapped[int | None] = mapped_column(sa.BigInteger)
    committed_value: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(default="VND")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    paper_number: Mapped[str] = mapped_column(default="")
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    signed_on: Mapped[date | None]
    opened_at: Mapped[datetime]
    moved_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship()
    match: Mapped[Match] = relationship()
    listing: Mapped[Listing] = relationship()
    paper: Mapped[StoredFile | None] = relationship()
    parties: Mapped[list[DealParty]] = relationship(order_by="DealParty.id", back_populates="deal")
    instalments: Mapped[list[Instalment]] = relationship(
        order_by="Instalment.number", back_populates="deal"
    )
    outcome: Mapped[Outcome | None] = relationship(back_populates="deal", uselist=False)
    offers: Mapped[list[Offer]] = relationship(order_by="Offer.number", back_populates="deal")
    agreement: Mapped[Agreement | None] = relationship(back_populates="deal", uselist=False)
    stops: Mapped[list[Stop]] = relationship(order_by="Stop.id")
    rulings: Mapped[list[Ruling]] = relationship(order_by="Ruling.id", back_populates="deal")
    own_acting: Mapped[list[ActingRecord]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(ActingRecord.subject_type) == "deal",
            foreign(ActingRecord.subject_id) == Deal.id,
        ),
        order_by=ActingRecord.id,
        viewonly=True,
    )

    workflow = DEAL
    permissions = PERMISSIONS
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def principals(self) -> list[DealParty]:
        """The parties whose agreement the deal needs."""
        return [party for party in self.parties if party.role in PRINCIPALS]

    @property
    def joined(self) -> list[Organisation]:
        """The organisations that take part of their own will."""
        return [party.organisation for party in self.parties if party.has_joined]

    @property
    def offer(self) -> Offer:
        """The offer on the table: the latest; the earlier ones have lapsed with it."""
        return self.offers[-1]

    @property
    def stop(self) -> Stop | None:
        """What its clock stands still for just now."""
        return next((stop for stop in self.stops if stop.until_on is None), None)

    @property
    def ruling(self) -> Ruling | None:
        """The proposal that waits for the keys of both localities."""
        waiting = (r for r in self.rulings if r.state is RulingState.PROPOSED)
        return next(waiting, None)

    @property
    def confirmed(self) -> list[Instalment]:
        """What both sides confirmed."""
        return [i for i in self.instalments if i.state is InstalmentState.CONFIRMED]

    @property
    def delivered_quantity(self) -> int:
        """Confirmed quantity, in thousandths of the unit."""
        return sum(i.quantity or 0 for i in self.confirmed)

    @property
    def delivered_value(self) -> int:
        """Confirmed value in đồng."""
        return sum(i.value for i in self.confirmed)

    @property
    def is_short(self) -> bool:
        """Whether less was delivered than committed: by quantity, or by value where none is."""
        if self.committed_quantity is not None:
            return self.delivered_quantity < self.committed_quantity
        return self.delivered_value < (self.committed_value or 0)

    @property
    def recorder_ids(self) -> set[int]:
        """The people who recorded someone's word anywhere in this case."""
        return self.match.recorder_ids | {acted.user_id for acted in self.own_acting}

    @property
    def hand_ids(self) -> set[int | None]:
        """The people whose word the figures rest on: who entered, confirmed or recorded."""
        entered = {i.entered_by_id for i in self.instalments}
        return entered | {i.confirmed_by_id for i in self.instalments} | self.recorder_ids


class DealParty(Base):
    """An organisation in a deal, with its role."""

    __tablename__ = "deal_party"
    __table_args__ = (sa.UniqueConstraint("deal_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[PartyRole] = mapped_column(enum_type(PartyRole))

    deal: Mapped[Deal] = relationship(back_populates="parties")
    organisation: Mapped[Organisation] = relationship()

    @property
    def agreed_at(self) -> datetime | None:
        """When it accepted the offer on the table; None while it has not."""
        answers = self.deal.offer.answers
        return next((a.at for a in answers if a.organisation_id == self.organisation_id), None)

    @property
    def has_joined(self) -> bool:
        """Whether it takes part of its own will: by the yes to the match, or to an offer here.

        One official may bring a party in; until it has said yes itself nobody's contacts are open
        to it, nor its own to them. A later offer asks anew whether all agree, and closes nothing.
        """
        match = self.deal.match
        return self.organisation_id in {match.seller_id, match.buyer_id} or any(
            answer.organisation_id == self.organisation_id
            for offer in self.deal.offers
            for answer in offer.answers
        )


class Offer(Base):
    """What someone offers, or counter-offers. Never changed: the next offer takes its place.

    ``organisation`` is whose offer it is; None for what the program carried over from the match
    and for what an official wrote down as both sides said it. Quantity in thousandths of the
    deal's unit, money in đồng. ``said_on`` is the day it was made, ``made_at`` its entry.
    """

    __tablename__ = "offer"
    __table_args__ = (
        sa.UniqueConstraint("deal_id", "number"),
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name="some"),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR starts_on <= ends_on", name="days_in_order"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), index=True)
    number: Mapped[int]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    acting_id: Mapped[int | None] = mapped_column(ForeignKey("acting_record.id"))
    quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    unit_price: Mapped[int | None] = mapped_column(sa.BigInteger)
    value: Mapped[int | None] = mapped_column(sa.BigInteger)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    delivery: Mapped[str] = mapped_column(default="")
    payment: Mapped[str] = mapped_column(default="")
    quality: Mapped[str] = mapped_column(default="")
    other: Mapped[str] = mapped_column(default="")
    said_on: Mapped[date]
    made_at: Mapped[datetime]

    deal: Mapped[Deal] = relationship(back_populates="offers")
    organisation: Mapped[Organisation | None] = relationship()
    user: Mapped[User | None] = relationship()
    answers: Mapped[list[OfferAnswer]] = relationship(order_by="OfferAnswer.id")


class OfferAnswer(Base):
    """One principal accepted one offer, once. Not accepting is a counter-offer, or silence."""

    __tablename__ = "offer_answer"
    __table_args__ = (sa.UniqueConstraint("offer_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    acting_id: Mapped[int | None] = mapped_column(ForeignKey("acting_record.id"))
    said_on: Mapped[date]
    at: Mapped[datetime]


class Agreement(Base):
    """The paper of a deal: which kind, how far it is signed; the Word file is made when asked for.

    ``linkage_form`` is one of the seven of Decree 98/2018/NĐ-CP, and only a linkage contract has
    one.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        sa.CheckConstraint("(kind = 'linkage') = (linkage_form IS NOT NULL)", name="linkage_form"),
        sa.CheckConstraint("linkage_form BETWEEN 1 AND 7", name="one_of_seven"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), unique=True)
    kind: Mapped[PaperKind] = mapped_column(enum_type(PaperKind))
    linkage_form: Mapped[int | None]
    state: Mapped[AgreementState] = mapped_column(
        enum_type(AgreementState), default=AGREEMENT.initial
    )
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    deal: Mapped[Deal] = relationship(back_populates="agreement")
    signatures: Mapped[list[Signature]] = relationship(order_by="Signature.id")

    workflow = AGREEMENT
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def unsigned(self) -> list[Organisation]:
        """The principals whose signed paper is missing."""
        signed = {signature.organisation_id for signature in self.signatures}
        return [p.organisation for p in self.deal.principals if p.organisation_id not in signed]


class Signature(Base):
    """One side's signed copy: the file, the day on it, and who handed it in when."""

    __tablename__ = "signature"
    __table_args__ = (sa.UniqueConstraint("agreement_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    paper_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    signed_on: Mapped[date]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    acting_id: Mapped[int | None] = mapped_column(ForeignKey("acting_record.id"))
    at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()
    paper: Mapped[StoredFile] = relationship()
    user: Mapped[User | None] = relationship()


class Stop(Base):
    """The clock of a deal stands still: since when, until when, where the deal was before.

    ``from_on`` is the day it happened (a landslide is often told days later).
    """

    __tablename__ = "deal_stop"
    __table_args__ = (
        partial_unique("uq_deal_stop_open", "deal_id", where="until_on IS NULL"),
        sa.CheckConstraint("until_on IS NULL OR from_on <= until_on", name="days_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), index=True)
    state_before: Mapped[DealState] = mapped_column(enum_type(DealState))
    reason: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class Ruling(Base):
    """What an official proposes for a deal in trouble, decided by the keys of both localities.

    ``reason`` is a code of ``SETTLE_REASONS`` or ``TERMINATE_REASONS``; ``text`` is the settlement,
    or why the deal ends. The parties read both.
    """

    __tablename__ = "ruling"
    __table_args__ = (
        partial_unique("uq_ruling_one_waits", "deal_id", where="state = 'proposed'"),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name="decided_when_decided"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), index=True)
    kind: Mapped[RulingKind] = mapped_column(enum_type(RulingKind))
    reason: Mapped[str]
    text: Mapped[str]
    state: Mapped[RulingState] = mapped_column(enum_type(RulingState), default=RULING.initial)
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    deal: Mapped[Deal] = relationship(back_populates="rulings")
    proposed_by: Mapped[User | None] = relationship()
    keys: Mapped[list[Approval]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(Approval.subject_type) == "ruling",
            foreign(Approval.subject_id) == Ruling.id,
            Approval.voided_at.is_(None),
        ),
        order_by=Approval.id,
        viewonly=True,
    )

    workflow = RULING
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def hand_ids(self) -> set[int | None]:
        """Who wrote it, and who recorded someone's word in the case."""
        return {self.proposed_by_id, *self.deal.recorder_ids}


GIVEN_WORDS = ("instalment.entered", "instalment.correct", "instalment.confirm")
"""What the sides say of an instalment."""


class Instalment(Base):
    """One delivery or payment of capital: when it happened, how much, and on which paper.

    ``stated_for`` is the side whose figures stand here; the other side confirms or corrects them.

    ``quantity`` (thousandths) is what counts as delivered: what was accepted, and ``downgraded`` in
    it, taken at ``downgraded_price`` (đồng a unit). ``rejected`` was sent back and counts nowhere;
    an instalment of which all was rejected has no quantity and is worth nothing.
    """

    __tablename__ = "instalment"
    __table_args__ = (
        sa.UniqueConstraint("deal_id", "number"),
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("value >= 0", name="value_not_negative"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), index=True)
    number: Mapped[int]
    happened_on: Mapped[date]
    quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    value: Mapped[int] = mapped_column(sa.BigInteger)
    downgraded: Mapped[int | None] = mapped_column(sa.BigInteger)
    downgraded_price: Mapped[int | None] = mapped_column(sa.BigInteger)
    rejected: Mapped[int | None] = mapped_column(sa.BigInteger)
    goods_reason: Mapped[str | None]
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    note: Mapped[str] = mapped_column(default="")
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    state: Mapped[InstalmentState] = mapped_column(
        enum_type(InstalmentState), default=INSTALMENT.initial
    )
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    stated_for_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    figure_batch: Mapped[int | None] = mapped_column(index=True)
    entered_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    deal: Mapped[Deal] = relationship(back_populates="instalments")
    entered_by: Mapped[User | None] = relationship(foreign_keys=[entered_by_id])
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])
    paper: Mapped[StoredFile | None] = relationship(foreign_keys=[paper_id])
    photo: Mapped[StoredFile | None] = relationship(foreign_keys=[photo_id])
    stated_for: Mapped[Organisation] = relationship(foreign_keys=[stated_for_id])
    words: Mapped[list[Entry]] = relationship(
        primaryjoin=lambda: sa.and_(
            foreign(Entry.subject_id) == Instalment.id,
            Entry.subject_type == "instalment",
            Entry.name.in_(GIVEN_WORDS),
        ),
        order_by=Entry.id,
        viewonly=True,
    )

    workflow = INSTALMENT
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def seller(self) -> DealParty | None:
        """The party that gave what came; None where it cannot be told."""
        return self._party([party for party in self.deal.principals if party.role in GIVING])

    @property
    def buyer(self) -> DealParty | None:
        """The party that took it; None where it cannot be told."""
        return self._party([party for party in self.deal.principals if party.role not in GIVING])

    def _party(self, side: list[DealParty]) -> DealParty | None:
        """The only one of a side, else who sent the parcel, else who spoke of it first."""
        if len(side) == 1:
            return side[0]
        given = {acted.id: acted.for_organisation_id for acted in self.deal.own_acting}
        senders = [entry.data.get("sender") for entry in self.words]
        speakers = [given.get(entry.acting_id or 0, entry.organisation_id) for entry in self.words]
        by_id = {party.organisation_id: party for party in side}
        return next((by_id[one] for one in [*senders, *speakers] if one in by_id), None)

    @hybrid_property
    def is_taken(self) -> bool:
        """Whether anything of it was taken: goods that all went back are no delivery."""
        return bool(self.quantity or self.value)

    @is_taken.inplace.expression
    @classmethod
    def _is_taken(cls) -> sa.ColumnElement[bool]:
        return sa.or_(cls.quantity.is_not(None), cls.value > 0)

    @property
    def accepted(self) -> int | None:
        """What was taken at the agreed price, in thousandths; None where nothing is counted."""
        if self.quantity is None:
            return None
        return self.quantity - (self.downgraded or 0)

    @property
    def unit_price(self) -> int | None:
        """Đồng a unit over all that counts, half a đồng up; None where nothing was counted."""
        if not self.quantity:
            return None
        return price_of(self.value, self.quantity)


class Outcome(Base):
    """What a deal contributes to an article of the agreement: target and figures."""

    __tablename__ = "outcome"
    __table_args__ = (
        sa.UniqueConstraint("deal_id", "article_id"),
        partial_unique(
            "uq_outcome_one_end",
            "deal_id",
            where="state IN ('achieved', 'partly_achieved', 'not_achieved')",
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deal.id"), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    target_value: Mapped[int] = mapped_column(sa.BigInteger)
    target_quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    state: Mapped[OutcomeState] = mapped_column(enum_type(OutcomeState), default=OUTCOME.initial)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    deal: Mapped[Deal] = relationship(back_populates="outcome")
    article: Mapped[Article] = relationship()
    figures: Mapped[list[Figure]] = relationship(order_by="Figure.id", back_populates="outcome")

    workflow = OUTCOME
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Figure(Base):
    """An amount of an indicator in a period; it counts in public once it is verified.

    Figures of one batch stand on the same instalments (``Instalment.figure_batch``), so that no
    delivery can be counted twice.
    """

    __tablename__ = "figure"
    __table_args__ = (
        sa.UniqueConstraint("outcome_id", "indicator", "period_start", "batch"),
        sa.CheckConstraint("amount >= 0", name="amount_not_negative"),
        sa.CheckConstraint(
            "(state = 'verified') = (verified_by_id IS NOT NULL)", name="verified_by_someone"
        ),
        sa.Index(  # holds all the results add up, so that no row is read for them
            "ix_figure_tally",
            *("pair_id", "state", "outcome_id", "indicator", "period_start", "amount"),
        ),
        sa.Index("ix_figure_sums", "pair_id", "state", "indicator", "period_start"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"))
    outcome_id: Mapped[int] = mapped_column(ForeignKey("outcome.id"), index=True)
    indicator: Mapped[Indicator] = mapped_column(enum_type(Indicator))
    period_start: Mapped[date]
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    batch: Mapped[int]
    state: Mapped[FigureState] = mapped_column(enum_type(FigureState), default=FIGURE.initial)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship()
    outcome: Mapped[Outcome] = relationship(back_populates="figures")
    entered_by: Mapped[User | None] = relationship(foreign_keys=[entered_by_id])
    verified_by: Mapped[User | None] = relationship(foreign_keys=[verified_by_id])

    workflow = FIGURE
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
