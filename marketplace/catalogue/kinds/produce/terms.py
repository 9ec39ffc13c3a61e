"""What a seller says beside one price and one quantity: months, steps, packs, freight. Pure.

Money is in đồng, quantities in thousandths of the listing's unit.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from marketplace.catalogue.taxonomy import PriceKind
from marketplace.core import seasons
from marketplace.core.i18n import N_, Text
from marketplace.core.quantity import Amount, Unit


class Freight(StrEnum):
    """Who pays the way to a delivery point."""

    SELLER = "seller"
    BUYER = "buyer"
    SHARED = "shared"


FREIGHT_LABELS = {
    Freight.SELLER: N_("The seller pays"),
    Freight.BUYER: N_("The buyer pays"),
    Freight.SHARED: N_("Shared, as agreed"),
}


class Samples(StrEnum):
    """Whether a buyer can try before buying."""

    NO = "no"
    FREE = "free"
    PAID = "paid"


SAMPLE_LABELS = {
    Samples.NO: N_("No samples"),
    Samples.FREE: N_("Free samples"),
    Samples.PAID: N_("Samples for a price"),
}


class SalesPaper(StrEnum):
    """The paper a buyer can book the purchase by."""

    INVOICE = "invoice"
    PURCHASE_LIST = "purchase_list"
    NONE = "none"


SALES_PAPER_LABELS = {
    SalesPaper.INVOICE: N_("Invoice"),
    SalesPaper.PURCHASE_LIST: N_("Purchase list (the buyer writes it)"),
    SalesPaper.NONE: N_("No sales paper"),
}


@dataclass(frozen=True, slots=True)
class MonthQuantity:
    """What can be delivered in a month, 1 to 12."""

    month: int
    quantity: int


@dataclass(frozen=True, slots=True)
class PriceStep:
    """From this quantity on, this price a unit."""

    from_quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class Pack:
    """A size it is packed in, and the word for it: 0,5 and "kg, túi hút chân không"."""

    size: int
    word: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A place where goods are handed over, and who pays the way there."""

    place: str
    freight: Freight
    note: str = ""


@dataclass(frozen=True, slots=True)
class SpecValue:
    """What a buyer of this product group asks (``specs.py``), and the answer."""

    code: str
    value: str


@dataclass(frozen=True, slots=True)
class StepFault:
    """What is wrong with a step: which row as it was typed, which of its two figures, and why."""

    row: int
    field: str
    text: Text


def step_fault(
    price_kind: PriceKind | None, base: int | None, steps: Sequence[PriceStep]
) -> StepFault | None:
    """The first fault of price steps: quantities rise, prices fall or stay, all below the base.

    ``base`` is the price, or the lowest of a range. The rows may be typed in any order.
    """
    if not steps:
        return None
    if price_kind is PriceKind.MARKET or base is None:
        return StepFault(0, "price", Text(N_("Steps need a price to start from. Enter it first.")))
    ordered = sorted(enumerate(steps), key=lambda pair: pair[1].from_quantity)
    for (_, before), (row, step) in itertools.pairwise(ordered):
        if step.from_quantity == before.from_quantity:
            return StepFault(
                row, "from_quantity", Text(N_("This quantity stands there twice. Change one."))
            )
        if step.price > before.price:
            return StepFault(
                row,
                "price",
                Text(N_("More goods cannot cost more for each unit. Check this price.")),
            )
    for row, step in ordered:
        if step.price >= base:
            return StepFault(
                row, "price", Text(N_("A step lies below the price above. Check both."))
            )
    return None


def in_order(steps: Sequence[PriceStep]) -> list[PriceStep]:
    """The steps from the smallest quantity on."""
    return sorted(steps, key=lambda step: step.from_quantity)


def season_of(by_month: Sequence[MonthQuantity], ticked: int) -> int:
    """The months with goods: those with a figure, or those ticked where there are no figures."""
    if not by_month:
        return ticked
    return seasons.from_months(month.month for month in by_month)


def months_without(ticked: int, by_month: Sequence[MonthQuantity]) -> list[int]:
    """Months that were ticked and have no figure although others have one."""
    if not by_month:
        return []
    return seasons.to_months(ticked & ~season_of(by_month, 0))


def total_fault(
    quantity: int | None, by_month: Sequence[MonthQuantity], unit: Unit | None
) -> Text | None:
    """Why the whole cannot be sold: more than the months give together."""
    given = sum(month.quantity for month in by_month)
    if not by_month or quantity is None or quantity <= given:
        return None
    return Text(
        N_("The months give %(sum)s together. Enter at most this much, or correct the months."),
        sum=Amount(given, unit),
    )
