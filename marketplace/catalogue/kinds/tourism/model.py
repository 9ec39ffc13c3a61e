"""What visitors find: homestays, tours, crafts to try, performances, specialities to taste.

Of either locality (articles 8 and 9 of the agreement). Nothing is booked or paid here: a visitor's
business states people and a day, as with any other interest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.accounts.rules import PRODUCERS
from marketplace.catalogue.models import Gap, Listing
from marketplace.catalogue.rules import Asks, ListingState
from marketplace.catalogue.taxonomy import Sector
from marketplace.core.db import enum_type
from marketplace.core.i18n import N_, Text
from marketplace.core.quantity import SCALE, Amount, Unit
from marketplace.programme.rules import Decision

CULTURE_ARTICLE = 9


class Offering(StrEnum):
    """What is offered."""

    HOMESTAY = "homestay"
    TOUR = "tour"
    CRAFT = "craft"
    PERFORMANCE = "performance"
    SPECIALITY = "speciality"


OFFERING_LABELS = {
    Offering.HOMESTAY: N_("Homestay"),
    Offering.TOUR: N_("Tour"),
    Offering.CRAFT: N_("Craft to see and try"),
    Offering.PERFORMANCE: N_("Performance"),
    Offering.SPECIALITY: N_("Speciality"),
}
OFFERING_WORDS = {
    Offering.HOMESTAY: "lưu trú nhà dân du lịch cộng đồng",
    Offering.TOUR: "tham quan trải nghiệm trekking",
    Offering.CRAFT: "nghề truyền thống làng nghề",
    Offering.PERFORMANCE: "biểu diễn văn nghệ múa tân tung da dá",
    Offering.SPECIALITY: "đặc sản ẩm thực món ăn",
}
"""What people type when they mean it; folded into the search text."""

CULTURE = frozenset({Offering.CRAFT, Offering.PERFORMANCE, Offering.SPECIALITY})
"""These serve the article on culture and typical products, the others the one on tourism."""


class Language(StrEnum):
    """Languages of guides. The order is that of the bits: new ones at the end."""

    VI = "vi"
    CO_TU = "co_tu"
    EN = "en"
    FR = "fr"
    ZH = "zh"
    KO = "ko"
    JA = "ja"


LANGUAGE_LABELS = {
    Language.VI: N_("Vietnamese"),
    Language.CO_TU: N_("Cơ Tu"),
    Language.EN: N_("English"),
    Language.FR: N_("French"),
    Language.ZH: N_("Chinese"),
    Language.KO: N_("Korean"),
    Language.JA: N_("Japanese"),
}
ALL_LANGUAGES = (1 << len(Language)) - 1

BY_PEOPLE = frozenset({Unit.NGUOI, Unit.NGUOI_DEM, Unit.CHUYEN})
"""Units in which visitors are counted or taken along; anything else is sold by the piece."""


@dataclass(frozen=True, slots=True)
class TourismValues:
    """What the form holds. Price in đồng for one unit; people are whole, not in thousandths."""

    title: str
    offering: Offering | None = None
    description: str = ""
    village_id: int | None = None
    place: str = ""
    price: int | None = None
    unit: Unit | None = None
    capacity: int | None = None
    group_low: int | None = None
    group_high: int | None = None
    months: int = 0
    duration: str = ""
    languages: int = 0
    included: str = ""
    cancellation: str = ""


class Tourism(Listing):
    """Something for visitors. ``capacity`` and group sizes in people."""

    __tablename__ = "tourism"
    __table_args__: Any = (
        sa.CheckConstraint("months BETWEEN 0 AND 4095", name="twelve_months"),
        sa.CheckConstraint(f"languages BETWEEN 0 AND {ALL_LANGUAGES}", name="known_languages"),
        sa.CheckConstraint("price IS NULL OR price > 0", name="price_positive"),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity_positive"),
        sa.CheckConstraint(
            "group_low IS NULL OR group_high IS NULL OR group_low <= group_high", name="group_order"
        ),
    )

    id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    offering: Mapped[Offering | None] = mapped_column(enum_type(Offering), index=True)
    sector: Mapped[Sector | None] = mapped_column(enum_type(Sector))
    place: Mapped[str] = mapped_column(default="")
    price: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(default="VND")
    unit: Mapped[Unit | None] = mapped_column(enum_type(Unit))
    capacity: Mapped[int | None]
    group_low: Mapped[int | None]
    group_high: Mapped[int | None]
    months: Mapped[int] = mapped_column(default=0)
    duration: Mapped[str] = mapped_column(default="")
    languages: Mapped[int] = mapped_column(default=0)
    included: Mapped[str] = mapped_column(default="")
    cancellation: Mapped[str] = mapped_column(default="")

    __mapper_args__ = {"polymorphic_identity": "tourism", "polymorphic_load": "inline"}  # noqa: RUF012
    written_as = TourismValues
    section = "du-lich"
    decision = Decision.PUBLISH_TOURISM
    article_number = 8
    posters = PRODUCERS
    posters_said = N_("This is posted by those who receive the visitors or make the product.")
    is_stock = True
    state_labels = {ListingState.PUBLISHED: N_("Receives visitors")}  # noqa: RUF012

    @property
    def asks_for(self) -> Asks:
        """People and a day; pieces where it is sold by the piece."""
        return Asks.PEOPLE if self.unit in BY_PEOPLE else Asks.QUANTITY

    @property
    def unit_sold(self) -> Unit | None:
        """The unit of its price."""
        return self.unit

    @property
    def price_asked(self) -> int | None:
        """The price of one unit."""
        return self.price

    @property
    def serves(self) -> int:
        """Staying and travelling serve tourism; crafts, performances, specialities culture."""
        return CULTURE_ARTICLE if self.offering in CULTURE else self.article_number

    @property
    def economic_sector(self) -> Sector | None:
        """Services, or traditional crafts."""
        return self.sector

    def cannot_give(self, quantity: int) -> Text | None:
        """More people than there is room for."""
        if self.capacity is None or self.asks_for is not Asks.PEOPLE:
            return None
        if quantity <= self.capacity * SCALE:
            return None
        return Text(
            N_("There is room for %(most)s at once. Enter at most this many, or two dates."),
            most=Amount(self.capacity * SCALE, Unit.NGUOI),
        )

    def fill(self, values: TourismValues) -> None:
        """Take over the form's values; the sector follows from what is offered."""
        self.offering = values.offering
        self.sector = Sector.FIRE if values.offering in CULTURE else Sector.WATER
        for field in (
            "place",
            "price",
            "unit",
            "capacity",
            "group_low",
            "months",
            "duration",
            "languages",
            "included",
            "cancellation",
        ):
            setattr(self, field, getattr(values, field))
        self.group_high = values.group_high or values.group_low

    def gaps(self) -> Sequence[Gap]:
        """What a hotel or travel business must know before it asks."""
        asked = (
            ("offering", self.offering, N_("Choose what you offer.")),
            ("village_id", self.village_id or self.place, N_("Say where it is.")),
            ("price", self.price, N_("Enter the price.")),
            ("unit", self.unit, N_("Say what the price is for.")),
            ("months", self.months, N_("Mark the months in which it can be had.")),
        )
        missing = [Gap(field, Text(text)) for field, value, text in asked if not value]
        if self.unit in BY_PEOPLE and not self.capacity:
            missing.append(Gap("capacity", Text(N_("Enter for how many people there is room."))))
        return [*super().gaps(), *missing]

    def own_labels(self) -> Sequence[str]:
        """What it is."""
        return [OFFERING_LABELS[self.offering]] if self.offering else []

    def own_words(self) -> Sequence[str]:
        """Found by what it is and where as well."""
        words = OFFERING_WORDS[self.offering] if self.offering else ""
        return [words, self.place, self.included]
