"""Investment opportunities: information for investors, not an approval of an investment.

The required fields are those of domain page 2.2; capital and area only if known, never invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.accounts.rules import OrganisationKind
from marketplace.catalogue.models import Gap, Listing
from marketplace.catalogue.rules import ListingState
from marketplace.catalogue.taxonomy import SECTOR_WORDS, Cooperation, Sector
from marketplace.core.db import enum_type
from marketplace.core.i18n import N_, Text
from marketplace.programme.rules import Decision


@dataclass(frozen=True, slots=True)
class OpportunityValues:
    """What the form of an opportunity holds. Capital in đồng, area in thousandths of a hectare."""

    title: str
    sector: Sector | None = None
    goal: str = ""
    description: str = ""
    village_id: int | None = None
    place: str = ""
    cooperation: Cooperation | None = None
    contact_office: str = ""
    contact_name: str = ""
    contact_position: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    is_open_ended: bool = False
    closes_on: date | None = None
    capital_low: int | None = None
    capital_high: int | None = None
    area_low: int | None = None
    area_high: int | None = None
    is_border_zone: bool = False
    has_disaster_risk: bool = False


class Opportunity(Listing):
    """A call for partners, published under the keys of both localities."""

    __tablename__ = "opportunity"
    __table_args__: Any = (
        sa.CheckConstraint(
            "capital_low IS NULL OR capital_high IS NULL OR capital_low <= capital_high",
            name="capital_order",
        ),
        sa.CheckConstraint(
            "area_low IS NULL OR area_high IS NULL OR area_low <= area_high", name="area_order"
        ),
    )

    id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True)
    sector: Mapped[Sector | None] = mapped_column(enum_type(Sector), index=True)
    goal: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    cooperation: Mapped[Cooperation | None] = mapped_column(enum_type(Cooperation))
    contact_office: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_position: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    is_open_ended: Mapped[bool] = mapped_column(default=False)
    capital_low: Mapped[int | None] = mapped_column(sa.BigInteger)
    capital_high: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(default="VND")
    area_low: Mapped[int | None] = mapped_column(sa.BigInteger)
    area_high: Mapped[int | None] = mapped_column(sa.BigInteger)
    is_border_zone: Mapped[bool] = mapped_column(default=False)
    has_disaster_risk: Mapped[bool] = mapped_column(default=False)

    __mapper_args__ = {"polymorphic_identity": "opportunity", "polymorphic_load": "inline"}  # noqa: RUF012
    written_as = OpportunityValues
    section = "co-hoi"
    decision = Decision.PUBLISH_OPPORTUNITY
    article_number = 3
    posters = frozenset({OrganisationKind.AUTHORITY})
    posters_said = N_("Investment opportunities are posted by an authority.")
    state_labels = {  # noqa: RUF012
        ListingState.SUBMITTED: N_("Waiting for appraisal"),
        ListingState.PUBLISHED: N_("Calling for partners"),
    }

    def fill(self, values: OpportunityValues) -> None:
        """Take over the form's values."""
        for field in (
            "sector",
            "goal",
            "place",
            "cooperation",
            "contact_office",
            "contact_name",
            "contact_position",
            "contact_phone",
            "contact_email",
            "is_open_ended",
            "capital_low",
            "area_low",
            "is_border_zone",
            "has_disaster_risk",
        ):
            setattr(self, field, getattr(values, field))
        self.capital_high = values.capital_high or values.capital_low
        self.area_high = values.area_high or values.area_low
        self.closes_on = None if values.is_open_ended else values.closes_on

    def gaps(self) -> Sequence[Gap]:
        """The required fields of domain page 2.2."""
        gaps = list(super().gaps())
        asked = (
            ("sector", self.sector, N_("Choose a sector.")),
            ("goal", self.goal, N_("Say in one or two sentences what it is for.")),
            ("village_id", self.village_id or self.place, N_("Say where it is.")),
            ("cooperation", self.cooperation, N_("Choose a form of investment or cooperation.")),
            ("contact_office", self.contact_office, N_("Name the office that answers.")),
            ("contact_name", self.contact_name, N_("Name the person who answers.")),
            ("contact_position", self.contact_position, N_("Enter the person's position.")),
            (
                "contact_phone",
                self.contact_phone or self.contact_email,
                N_("Enter an office phone number or e-mail address."),
            ),
            (
                "closes_on",
                self.closes_on or self.is_open_ended,
                N_("Enter a closing date, or mark it as open at all times."),
            ),
        )
        return gaps + [Gap(field, Text(text)) for field, value, text in asked if not value]

    def own_words(self) -> Sequence[str]:
        """Found by its goal, place and sector as well."""
        sector = SECTOR_WORDS[self.sector] if self.sector else ""
        return [self.goal, self.place, sector]
