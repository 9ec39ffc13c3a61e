"""Farm produce: what a cooperative or household sells, how much, when and at what price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.accounts.rules import PRODUCERS
from marketplace.catalogue.models import Gap, Listing
from marketplace.catalogue.rules import STALE_AFTER, ListingState
from marketplace.catalogue.taxonomy import GROUP_WORDS, Group, Origin, PriceKind
from marketplace.core import clock
from marketplace.core.db import enum_type
from marketplace.core.i18n import N_, Text
from marketplace.core.quantity import Unit
from marketplace.programme.rules import Decision


@dataclass(frozen=True, slots=True)
class ProduceValues:
    """What the form of a produce listing holds. Money in đồng, quantities in thousandths."""

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
    closes_on: date | None = None


@dataclass(frozen=True, slots=True)
class OfferValues:
    """What may change at once on a published listing."""

    price_kind: PriceKind
    price_low: int | None
    price_high: int | None
    quantity: int
    months: int


class Produce(Listing):
    """A listing of farm produce. ``promised`` never exceeds ``quantity``; both in thousandths."""

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

    __mapper_args__ = {"polymorphic_identity": "produce", "polymorphic_load": "inline"}  # noqa: RUF012
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
    def is_stale(self) -> bool:
        """Whether nobody has confirmed the quantity for too long."""
        return (
            self.quantity_confirmed_on is not None
            and self.quantity_confirmed_on < clock.today() - STALE_AFTER
        )

    def fill(self, values: ProduceValues) -> None:
        """Take over the form's values."""
        self.group = values.group
        self.origin = values.origin
        self.unit = values.unit
        self.closes_on = values.closes_on
        self.take_offer(
            values.price_kind, values.price_low, values.price_high, values.quantity, values.months
        )

    def take_offer(
        self,
        price_kind: PriceKind | None,
        low: int | None,
        high: int | None,
        quantity: int | None,
        months: int,
    ) -> None:
        """Set price, quantity and months; a quantity given today is confirmed today."""
        self.price_kind = price_kind
        self.price_low = None if price_kind is PriceKind.MARKET else low
        self.price_high = high if price_kind is PriceKind.RANGE else self.price_low
        self.quantity = quantity
        self.months = months
        self.quantity_confirmed_on = clock.today() if quantity is not None else None

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

    def own_words(self) -> Sequence[str]:
        """Found by the words of its group as well."""
        return [GROUP_WORDS[self.group]] if self.group else ()
