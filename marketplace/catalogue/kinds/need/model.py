"""What a business of the twinning looks for: goods to buy, or something to invest in.

Those who answer are the sellers or hosts (``seeks``). A purchase says what, how much in which
period, in which months, with which papers and on which terms; a brief says sectors, capital, form
and horizon. Who reads it is its owner's choice, and the owner is named only by agreement
(decisions page 32).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.accounts.rules import PRODUCERS, OrganisationKind
from marketplace.catalogue.models import Gap, Listing
from marketplace.catalogue.rules import Asks, Audience, ListingState
from marketplace.catalogue.taxonomy import (
    COOPERATION_LABELS,
    GROUP_LABELS,
    GROUP_WORDS,
    SECTOR_LABELS,
    SECTOR_WORDS,
    Cooperation,
    Group,
    Period,
    Sector,
)
from marketplace.core import marks
from marketplace.core.db import enum_type
from marketplace.core.i18n import N_, Text
from marketplace.core.quantity import Unit
from marketplace.programme.rules import Decision

INVESTMENT_ARTICLE = 3


class Seeking(StrEnum):
    """Whether goods are sought or something to invest in."""

    GOODS = "goods"
    INVESTMENT = "investment"


class Paper(StrEnum):
    """What a seller must be able to show. The order is that of the bits: new ones at the end."""

    COMMITMENT = "commitment"
    FOOD_SAFETY = "food_safety"
    VIETGAP = "vietgap"
    ORGANIC = "organic"
    OCOP = "ocop"
    TEST = "test"
    INVOICE = "invoice"
    PURCHASE_LIST = "purchase_list"


PAPER_LABELS = {
    Paper.COMMITMENT: N_("Food-safety commitment at the commune"),
    Paper.FOOD_SAFETY: N_("Food-safety certificate"),
    Paper.VIETGAP: N_("VietGAP certificate"),
    Paper.ORGANIC: N_("Organic certificate"),
    Paper.OCOP: N_("OCOP decision"),
    Paper.TEST: N_("Laboratory test report"),
    Paper.INVOICE: N_("Invoice"),
    Paper.PURCHASE_LIST: N_("List of purchases from growers"),
}
SECTORS = tuple(Sector)
ALL_PAPERS = (1 << len(Paper)) - 1
ALL_SECTORS = (1 << len(SECTORS)) - 1


@dataclass(frozen=True, slots=True)
class NeedValues:
    """What the form of a need holds.

    Money in đồng, quantities in thousandths, papers and sectors as bit masks in the order of
    ``Paper`` and ``Sector``, payment in days after delivery.
    """

    title: str
    seeking: Seeking | None = Seeking.GOODS
    description: str = ""
    group: Group | None = None
    product: str = ""
    quantity: int | None = None
    unit: Unit | None = None
    period: Period | None = None
    months: int = 0
    papers_asked: int = 0
    price_limit: int | None = None
    place: str = ""
    delivery: str = ""
    payment_days: int | None = None
    sectors: int = 0
    capital_low: int | None = None
    capital_high: int | None = None
    cooperation: Cooperation | None = None
    years: int | None = None
    audience: Audience | None = Audience.PUBLIC
    closes_on: date | None = None
    village_id: int | None = None


class Need(Listing):
    """A purchase someone wants to make, or an investor's brief. Capital and price in đồng."""

    __tablename__ = "need"
    __table_args__: Any = (
        sa.CheckConstraint("quantity IS NULL OR quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("price_limit IS NULL OR price_limit > 0", name="limit_positive"),
        sa.CheckConstraint("months BETWEEN 0 AND 4095", name="twelve_months"),
        sa.CheckConstraint(f"papers_asked BETWEEN 0 AND {ALL_PAPERS}", name="known_papers"),
        sa.CheckConstraint(f"sectors BETWEEN 0 AND {ALL_SECTORS}", name="known_sectors"),
        sa.CheckConstraint(
            "capital_low IS NULL OR capital_high IS NULL OR capital_low <= capital_high",
            name="capital_order",
        ),
    )

    id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    seeking: Mapped[Seeking] = mapped_column(enum_type(Seeking), default=Seeking.GOODS)
    group: Mapped[Group | None] = mapped_column("product_group", enum_type(Group), index=True)
    product: Mapped[str] = mapped_column(default="")
    quantity: Mapped[int | None] = mapped_column(sa.BigInteger)
    unit: Mapped[Unit | None] = mapped_column(enum_type(Unit))
    period: Mapped[Period | None] = mapped_column(enum_type(Period))
    months: Mapped[int] = mapped_column(default=0)
    papers_asked: Mapped[int] = mapped_column(default=0)
    price_limit: Mapped[int | None] = mapped_column(sa.BigInteger)
    place: Mapped[str] = mapped_column(default="")
    delivery: Mapped[str] = mapped_column(default="")
    payment_days: Mapped[int | None]
    sectors: Mapped[int] = mapped_column(default=0)
    capital_low: Mapped[int | None] = mapped_column(sa.BigInteger)
    capital_high: Mapped[int | None] = mapped_column(sa.BigInteger)
    cooperation: Mapped[Cooperation | None] = mapped_column(enum_type(Cooperation))
    years: Mapped[int | None]
    currency: Mapped[str] = mapped_column(default="VND")

    __mapper_args__ = {"polymorphic_identity": "need", "polymorphic_load": "inline"}  # noqa: RUF012
    written_as = NeedValues
    section = "doanh-nghiep"
    decision = Decision.PUBLISH_NEED
    article_number = 4
    posters = frozenset(
        {
            OrganisationKind.ENTERPRISE,
            OrganisationKind.HOUSEHOLD_BUSINESS,
            OrganisationKind.INVESTOR,
            OrganisationKind.MASS_ORGANISATION,
        }
    )
    posters_said = N_("A need is posted by the business, investor or association that has it.")
    seeks = True
    names_owner = False
    answered_by = PRODUCERS
    answered_by_said = N_(
        "Offers come from those who produce: cooperatives, groups, households and businesses that "
        "sell."
    )
    state_labels = {ListingState.PUBLISHED: N_("Takes offers")}  # noqa: RUF012

    @property
    def is_brief(self) -> bool:
        """Whether it is an investor's brief."""
        return self.seeking is Seeking.INVESTMENT

    @property
    def asks_for(self) -> Asks:
        """What is offered: goods for a purchase; for a brief a place for capital."""
        return Asks.CAPITAL if self.is_brief else Asks.QUANTITY

    @property
    def unit_sold(self) -> Unit | None:
        """The unit it is bought by."""
        return None if self.is_brief else self.unit

    @property
    def serves(self) -> int:
        """Buying serves the article on produce, a brief the one on investment."""
        return INVESTMENT_ARTICLE if self.is_brief else self.article_number

    @property
    def economic_sector(self) -> Sector | None:
        """The sector of a brief that names just one."""
        named = marks.to_members(SECTORS, self.sectors)
        return named[0] if len(named) == 1 else None

    def fill(self, values: NeedValues) -> None:
        """Take over the form's values; what belongs to the other sort of need is left out."""
        self.seeking = values.seeking or Seeking.GOODS
        self.audience = values.audience or Audience.PUBLIC
        self.closes_on = values.closes_on
        goods, brief = not self.is_brief, self.is_brief
        for field in ("group", "quantity", "unit", "period", "price_limit", "payment_days"):
            setattr(self, field, getattr(values, field) if goods else None)
        for field in ("capital_low", "cooperation", "years"):
            setattr(self, field, getattr(values, field) if brief else None)
        self.capital_high = (values.capital_high or values.capital_low) if brief else None
        self.product, self.delivery = (values.product, values.delivery) if goods else ("", "")
        self.months, self.papers_asked = (values.months, values.papers_asked) if goods else (0, 0)
        self.sectors = values.sectors if brief else 0
        self.place = values.place

    def gaps(self) -> Sequence[Gap]:
        """What producers must know to answer (workflows page, rule 13)."""
        asked: tuple[tuple[str, object, str], ...] = (
            ("group", self.group, N_("Choose a product group.")),
            ("quantity", self.quantity, N_("Enter how much you need, for example 30.")),
            ("unit", self.unit, N_("Choose the unit you buy by.")),
            ("period", self.period, N_("Say whether that is a week, a month or in all.")),
            ("months", self.months, N_("Mark the months in which you need it.")),
            ("place", self.place, N_("Say where it is to be delivered.")),
        )
        if self.is_brief:
            asked = (
                ("sectors", self.sectors, N_("Tick at least one sector.")),
                (
                    "cooperation",
                    self.cooperation,
                    N_("Choose a form of investment or cooperation."),
                ),
            )
        missing = [Gap(field, Text(text)) for field, value, text in asked if not value]
        return [*super().gaps(), *missing]

    def own_labels(self) -> Sequence[str]:
        """Its group, sectors and the form of cooperation."""
        sectors = [SECTOR_LABELS[sector] for sector in marks.to_members(SECTORS, self.sectors)]
        groups = [GROUP_LABELS[self.group]] if self.group else []
        forms = [COOPERATION_LABELS[self.cooperation]] if self.cooperation else []
        return [*groups, *sectors, *forms]

    def own_words(self) -> Sequence[str]:
        """Found by the goods, their group, the sectors and the place as well."""
        sectors = [SECTOR_WORDS[sector] for sector in marks.to_members(SECTORS, self.sectors)]
        return [self.product, self.place, GROUP_WORDS[self.group] if self.group else "", *sectors]
