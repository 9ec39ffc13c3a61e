"""Farm produce: what a cooperative or household sells, how much, when and at what price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import PRODUCERS
from marketplace.catalogue.kinds.produce.specs import fitting
from marketplace.catalogue.kinds.produce.terms import (
    Delivery,
    Freight,
    MonthQuantity,
    Pack,
    PriceStep,
    SalesPaper,
    Samples,
    SpecValue,
    in_order,
    season_of,
    step_fault,
    total_fault,
)
from marketplace.catalogue.models import Gap, Listing
from marketplace.catalogue.rules import STALE_AFTER, ListingState
from marketplace.catalogue.taxonomy import GROUP_LABELS, GROUP_WORDS, Group, Origin, PriceKind
from marketplace.core import clock, seasons
from marketplace.core.db import Base, Digest, PublicId, db, enum_type
from marketplace.core.errors import Invalid
from marketplace.core.i18n import N_, Text
from marketplace.core.ids import public_id
from marketplace.core.quantity import Unit
from marketplace.programme.rules import Decision


@dataclass(frozen=True, slots=True)
class ProduceValues:
    """What the form of a produce listing holds. Money in đồng, quantities in thousandths.

    ``area`` is in thousandths of a hectare; the rows are as ``terms.py`` describes them.
    """

    title: str
    group: Group | None = None
    origin: Origin | None = None
    description: str = ""
    village_id: int | None = None
    unit: Unit | None = None
    price_kind: PriceKind | None = None
    price_low: int | None = None
    price_high: int | None = None
    quantity: int | None = None
    months: int = 0
    variety: str = ""
    grower_id: int | None = None
    grower: str = ""
    area: int | None = None
    harvest: str = ""
    by_month: tuple[MonthQuantity, ...] = ()
    lunar: str = ""
    price_steps: tuple[PriceStep, ...] = ()
    minimum: int | None = None
    packs: tuple[Pack, ...] = ()
    storage_days: int | None = None
    storage: str = ""
    deliveries: tuple[Delivery, ...] = ()
    samples: Samples | None = None
    sample_price: int | None = None
    sales_paper: SalesPaper | None = None
    specs: tuple[SpecValue, ...] = ()
    closes_on: date | None = None


@dataclass(frozen=True, slots=True)
class OfferValues:
    """What may change at once on a published listing.

    ``by_month`` and ``price_steps`` stay as they are where None is given; figures for months that
    no longer are those of the season are dropped then, as they describe it no more.
    """

    price_kind: PriceKind
    price_low: int | None
    price_high: int | None
    quantity: int | None
    months: int
    by_month: tuple[MonthQuantity, ...] | None = None
    price_steps: tuple[PriceStep, ...] | None = None

    @property
    def total(self) -> int:
        """What can be sold in all: as given, else what the months give together."""
        if self.quantity is not None:
            return self.quantity
        return sum(figure.quantity for figure in self.by_month or ())


@dataclass(frozen=True, slots=True)
class StockValues:
    """How much there is now, of goods whose price stays. What is empty stays as it is."""

    quantity: int | None = None
    months: int = 0
    by_month: tuple[MonthQuantity, ...] = ()

    def changes(self, produce: Produce) -> bool:
        """Whether anything differs from what the listing says."""
        return (
            self.quantity not in {None, produce.quantity}
            or (not self.by_month and self.months not in {0, produce.months})
            or bool(self.by_month and self.by_month != produce.by_month_values)
        )

    def offer(self, produce: Produce) -> OfferValues:
        """The listing's offer with these figures in it; the whole is added up from new months."""
        is_summed = self.quantity is None and bool(self.by_month)
        return OfferValues(
            produce.price_kind or PriceKind.MARKET,
            produce.price_low,
            produce.price_high if produce.price_kind is PriceKind.RANGE else None,
            None if is_summed else self.quantity or produce.quantity,
            season_of(self.by_month, self.months or produce.months),
            self.by_month or None,
        )


@dataclass(frozen=True, slots=True)
class GradeValues:
    """A grade: its name, and what makes it."""

    name: str
    words: str = ""


class ProduceMonth(Base):
    """How much can be delivered in one month."""

    __tablename__ = "produce_month"
    __table_args__ = (
        sa.CheckConstraint("month BETWEEN 1 AND 12", name="month_of_a_year"),
        sa.CheckConstraint("quantity > 0", name="something"),
    )

    listing_id: Mapped[int] = mapped_column(ForeignKey("produce.id"), primary_key=True)
    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    quantity: Mapped[int] = mapped_column(sa.BigInteger)


class ProduceStep(Base):
    """A lower price from a larger quantity on."""

    __tablename__ = "produce_step"
    __table_args__ = (
        sa.CheckConstraint("from_quantity > 0", name="from_something"),
        sa.CheckConstraint("price > 0", name="costs_something"),
    )

    listing_id: Mapped[int] = mapped_column(ForeignKey("produce.id"), primary_key=True)
    from_quantity: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    price: Mapped[int] = mapped_column(sa.BigInteger)


class ProducePack(Base):
    """A size it is packed in."""

    __tablename__ = "produce_pack"
    __table_args__ = (sa.CheckConstraint("size > 0", name="holds_something"),)

    listing_id: Mapped[int] = mapped_column(ForeignKey("produce.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    word: Mapped[str]


class ProduceDelivery(Base):
    """A place of delivery, and who pays the way there."""

    __tablename__ = "produce_delivery"

    listing_id: Mapped[int] = mapped_column(ForeignKey("produce.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[str]
    freight: Mapped[Freight] = mapped_column(enum_type(Freight))
    note: Mapped[str] = mapped_column(default="")


class ProduceSpec(Base):
    """One answer of the specification; which are asked of a group is data in ``specs.py``."""

    __tablename__ = "produce_spec"

    listing_id: Mapped[int] = mapped_column(ForeignKey("produce.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Grade(Base):
    """A grade of the goods with its reference photo, cleaned, in two sizes."""

    __tablename__ = "produce_grade"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    listing_id: Mapped[int] = mapped_column(ForeignKey("produce.id"), index=True)
    name: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    card: Mapped[str | None] = mapped_column(Digest, index=True)
    page: Mapped[str | None] = mapped_column(Digest, index=True)
    width: Mapped[int | None]
    height: Mapped[int | None]
    position: Mapped[int]
    created_at: Mapped[datetime]

    listing: Mapped[Produce] = relationship(back_populates="grades")


_ROWS = "all, delete-orphan"


class Produce(Listing):
    """A listing of farm produce. ``promised`` never exceeds ``quantity``; both in thousandths.

    ``quantity`` is what is sold and promised in all; ``by_month`` says when how much of it can be
    delivered, and ``months`` then holds the same months.
    """

    __tablename__ = "produce"
    __table_args__: Any = (
        sa.CheckConstraint("promised >= 0", name="promised_not_negative"),
        sa.CheckConstraint("quantity IS NULL OR promised <= quantity", name="never_oversold"),
        sa.CheckConstraint("months BETWEEN 0 AND 4095", name="twelve_months"),
        sa.CheckConstraint(
            "price_low IS NULL OR price_high IS NULL OR price_low <= price_high", name="price_order"
        ),
    )

    id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    group: Mapped[Group | None] = mapped_column("product_group", enum_type(Group), index=True)
    origin: Mapped[Origin | None] = mapped_column(enum_type(Origin))
    unit: Mapped[Unit | None] = mapped_column(enum_type(Unit))
    price_kind: Mapped[PriceKind | None] = mapped_column(enum_type(PriceKind))
    price_low: Mapped[int | None] = mapped_column(sa.BigInteger)
    price_high: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(default="VND")
    quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    promised: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    months: Mapped[int] = mapped_column(default=0)
    quantity_confirmed_on: Mapped[date | None]
    variety: Mapped[str] = mapped_column(default="", server_default="")
    grower_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    grower: Mapped[str] = mapped_column(default="", server_default="")
    area: Mapped[int | None] = mapped_column(sa.BigInteger)
    harvest: Mapped[str] = mapped_column(default="", server_default="")
    lunar: Mapped[str] = mapped_column(default="", server_default="")
    minimum: Mapped[int | None] = mapped_column(sa.BigInteger)
    storage_days: Mapped[int | None]
    storage: Mapped[str] = mapped_column(default="", server_default="")
    samples: Mapped[Samples | None] = mapped_column(enum_type(Samples))
    sample_price: Mapped[int | None] = mapped_column(sa.BigInteger)
    sales_paper: Mapped[SalesPaper | None] = mapped_column(enum_type(SalesPaper))

    by_month: Mapped[list[ProduceMonth]] = relationship(cascade=_ROWS, order_by=ProduceMonth.month)
    price_steps: Mapped[list[ProduceStep]] = relationship(
        cascade=_ROWS, order_by=ProduceStep.from_quantity
    )
    packs: Mapped[list[ProducePack]] = relationship(cascade=_ROWS, order_by=ProducePack.position)
    deliveries: Mapped[list[ProduceDelivery]] = relationship(
        cascade=_ROWS, order_by=ProduceDelivery.position
    )
    specs: Mapped[list[ProduceSpec]] = relationship(cascade=_ROWS, order_by=ProduceSpec.code)
    grades: Mapped[list[Grade]] = relationship(
        cascade=_ROWS, order_by=Grade.position, back_populates="listing"
    )
    household: Mapped[Organisation | None] = relationship(foreign_keys=[grower_id])

    __mapper_args__ = {  # noqa: RUF012
        "polymorphic_identity": "produce",
        "polymorphic_load": "inline",
        "inherit_condition": id == Listing.id,
    }
    written_as = ProduceValues
    live = frozenset({"unit", "quantity_confirmed_on", *(f.name for f in fields(OfferValues))})
    section = "nong-san"
    decision = Decision.PUBLISH_PRODUCE
    article_number = 4
    posters = PRODUCERS
    posters_said = N_("Produce is posted by the one who sells it.")
    is_stock = True
    state_labels = {ListingState.PUBLISHED: N_("On sale")}  # noqa: RUF012

    @property
    def left(self) -> int:
        """What can still be promised, in thousandths of the unit."""
        return max(0, (self.quantity or 0) - self.promised)

    @property
    def unit_sold(self) -> Unit | None:
        """The unit it is sold by."""
        return self.unit

    @property
    def price_asked(self) -> int | None:
        """The price, or the lowest of a range."""
        return self.price_low

    def counts_after(self, day: date) -> bool:
        """Whether the quantity was confirmed after ``day``: what was sold then is gone from it."""
        return self.quantity_confirmed_on is not None and day < self.quantity_confirmed_on

    def set_aside(self, quantity: int) -> None:
        """Promise this much of the stock."""
        self.promised += quantity

    def free(self, quantity: int) -> None:
        """Take this much back into what can be promised."""
        self.promised = max(0, self.promised - quantity)

    @property
    def is_stale(self) -> bool:
        """Whether nobody has confirmed the quantity for too long."""
        return (
            self.quantity_confirmed_on is not None
            and self.quantity_confirmed_on < clock.today() - STALE_AFTER
        )

    @property
    def by_month_values(self) -> tuple[MonthQuantity, ...]:
        """The months' figures as plain values."""
        return tuple(MonthQuantity(row.month, row.quantity) for row in self.by_month)

    @property
    def step_values(self) -> tuple[PriceStep, ...]:
        """The price steps as plain values."""
        return tuple(PriceStep(row.from_quantity, row.price) for row in self.price_steps)

    def values(self) -> ProduceValues:
        """Everything as a form would hand it over: to copy, compare, or change a part of it."""
        plain = (
            "title",
            "group",
            "origin",
            "description",
            "village_id",
            "unit",
            "price_kind",
            "price_low",
            "quantity",
            "months",
            "variety",
            "grower_id",
            "grower",
            "area",
            "harvest",
            "lunar",
            "minimum",
            "storage_days",
            "storage",
            "samples",
            "sample_price",
            "sales_paper",
        )
        return ProduceValues(
            **{name: getattr(self, name) for name in plain},
            price_high=self.price_high if self.price_kind is PriceKind.RANGE else None,
            by_month=self.by_month_values,
            price_steps=self.step_values,
            packs=tuple(Pack(row.size, row.word) for row in self.packs),
            deliveries=tuple(Delivery(d.place, d.freight, d.note) for d in self.deliveries),
            specs=tuple(SpecValue(row.code, row.value) for row in self.specs),
        )

    def live_values(self, values: ProduceValues) -> OfferValues:
        """The part of the form's values that changes at once while it is published."""
        names = [field.name for field in fields(OfferValues)]
        return OfferValues(**{name: getattr(values, name) for name in names})

    def fill(self, values: ProduceValues) -> None:
        """Take over the form's values. Raises Invalid for figures that do not fit together."""
        self.group = values.group
        self.origin = values.origin
        self.unit = values.unit
        self.variety = values.variety
        self.grower_id = self._household_of(values.grower_id)
        self.grower = values.grower
        self.area = values.area
        self.harvest = values.harvest
        self.lunar = values.lunar
        self.minimum = values.minimum
        self.storage_days = values.storage_days
        self.storage = values.storage
        self.samples = values.samples
        self.sample_price = values.sample_price if values.samples is Samples.PAID else None
        self.sales_paper = values.sales_paper
        self.packs = [
            ProducePack(position=n, size=pack.size, word=pack.word)
            for n, pack in enumerate(values.packs)
        ]
        self.deliveries = [
            ProduceDelivery(position=n, place=d.place, freight=d.freight, note=d.note)
            for n, d in enumerate(values.deliveries)
        ]
        self.specs = [
            ProduceSpec(code=spec.code, value=spec.value)
            for spec in fitting(values.group, values.specs)
        ]
        self.closes_on = values.closes_on
        self.take_offer(
            values.price_kind,
            values.price_low,
            values.price_high,
            values.quantity,
            values.months,
            values.by_month,
            values.price_steps,
        )

    def _household_of(self, grower_id: int | None) -> int | None:
        """A household of the owner's. Raises Invalid for anyone else's."""
        if grower_id is None:
            return None
        household = db.session.get(Organisation, grower_id)
        if household is None or household.cooperative_id != self.organisation.id:
            raise Invalid("grower_id", N_("Choose a household from the list."))
        return grower_id

    def take_offer(
        self,
        price_kind: PriceKind | None,
        low: int | None,
        high: int | None,
        quantity: int | None,
        months: int,
        by_month: Sequence[MonthQuantity] | None = None,
        price_steps: Sequence[PriceStep] | None = None,
    ) -> None:
        """Set price, quantity and months; a quantity given today is confirmed today.

        Figures by month that are None stay while they are those of ``months``; without a total,
        they are added up. Raises Invalid for figures that do not fit together.
        """
        figures = self._figures(months, by_month)
        steps = self.step_values if price_steps is None else tuple(price_steps)
        if figures and quantity is None:
            quantity = sum(figure.quantity for figure in figures)
        _check(price_kind, low, quantity, figures, steps, self.unit)
        self.price_kind = price_kind
        self.price_low = None if price_kind is PriceKind.MARKET else low
        self.price_high = high if price_kind is PriceKind.RANGE else self.price_low
        self.quantity = quantity
        self.months = season_of(figures, months)
        self.quantity_confirmed_on = clock.today() if quantity is not None else None
        if figures != self.by_month_values:
            self.by_month = [ProduceMonth(month=f.month, quantity=f.quantity) for f in figures]
        if (ordered := tuple(in_order(steps))) != self.step_values:
            self.price_steps = [
                ProduceStep(from_quantity=s.from_quantity, price=s.price) for s in ordered
            ]

    def _figures(
        self, months: int, by_month: Sequence[MonthQuantity] | None
    ) -> tuple[MonthQuantity, ...]:
        if by_month is not None:
            return tuple(sorted(by_month, key=lambda figure: figure.month))
        kept = self.by_month_values
        return kept if season_of(kept, 0) == months else ()

    def texts(self) -> Sequence[str]:
        """The variety, harvest and storage are typed freely as well."""
        return [*super().texts(), self.variety, self.harvest, self.storage]

    def gaps(self) -> Sequence[Gap]:
        """A buyer decides on group, origin, unit, price, quantity and season."""
        gaps = list(super().gaps())
        asked = (
            ("group", self.group, N_("Choose a product group.")),
            ("origin", self.origin, N_("Say whether it is grown, gathered or processed.")),
            ("village_id", self.village_id, N_("Choose the village it comes from.")),
            ("unit", self.unit, N_("Choose the unit it is sold by.")),
            ("price_kind", self.price_kind, N_("State a price, a range or the market price.")),
            ("quantity", self.quantity, N_("Enter how much there is.")),
            ("months", self.months, N_("Mark the months in which it can be delivered.")),
        )
        gaps += [Gap(field, Text(text)) for field, value, text in asked if not value]
        if self.price_kind is not None and self.price_kind is not PriceKind.MARKET:
            if not self.price_low:
                gaps.append(Gap("price_low", Text(N_("Enter the price."))))
            if self.price_kind is PriceKind.RANGE and not self.price_high:
                gaps.append(Gap("price_high", Text(N_("Enter the upper price."))))
        return gaps

    def wishes(self) -> Sequence[Gap]:
        """What buyers like to know and nobody has to say."""
        asked = (
            ("variety", self.variety, N_("Variety")),
            ("by_month", self.by_month, N_("How much in each month")),
            ("packs", self.packs, N_("Pack sizes")),
            ("minimum", self.minimum, N_("Smallest order")),
            ("storage_days", self.storage_days, N_("How long it keeps")),
            ("deliveries", self.deliveries, N_("Where it is delivered, and who pays the way")),
            ("samples", self.samples, N_("Samples")),
            ("sales_paper", self.sales_paper, N_("Sales paper")),
            ("specs", self.specs, N_("What buyers of this group ask")),
        )
        return [Gap(field, Text(text)) for field, value, text in asked if not value]

    def own_labels(self) -> Sequence[str]:
        """Its group."""
        return [GROUP_LABELS[self.group]] if self.group else []

    def own_words(self) -> Sequence[str]:
        """Found by the words of its group, its variety and who grows it."""
        words = [self.variety, self.grower]
        return [*words, GROUP_WORDS[self.group]] if self.group else words


def _check(
    price_kind: PriceKind | None,
    low: int | None,
    quantity: int | None,
    figures: Sequence[MonthQuantity],
    steps: Sequence[PriceStep],
    unit: Unit | None,
) -> None:
    """What the forms check as well, for whoever comes without a form. Raises Invalid."""
    if any(figure.month not in seasons.MONTHS or figure.quantity <= 0 for figure in figures):
        raise Invalid("by_month", N_("Enter a quantity for months from 1 to 12."))
    if fault := total_fault(quantity, figures, unit):
        raise Invalid("quantity", fault)
    if wrong := step_fault(price_kind, low, steps):
        raise Invalid("price_steps", wrong.text)
