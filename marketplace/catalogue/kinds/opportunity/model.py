"""Investment opportunities: information for investors, not an approval of an investment.

The required fields are those of domain page 2.2 and the way a partner is chosen; capital and area
only if known, never invented. Rows that belong to an opportunity (incentives, criteria, permits)
are replaced as a whole when its form is saved; minutes and documents have a life of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload

from marketplace.accounts.models import StoredFile, Village
from marketplace.accounts.rules import OrganisationKind
from marketplace.catalogue.kinds.opportunity.terms import (
    IN_USD,
    IN_VND,
    RATES,
    Audience,
    CapitalKind,
    Choosing,
    CityList,
    Forest,
    Planning,
    currency_of,
    touches_people,
)
from marketplace.catalogue.models import Gap, Listing
from marketplace.catalogue.rules import Asks, ListingState
from marketplace.catalogue.taxonomy import (
    COOPERATION_LABELS,
    SECTOR_LABELS,
    SECTOR_WORDS,
    Cooperation,
    Group,
    Sector,
)
from marketplace.core.db import Base, PublicId, enum_type
from marketplace.core.i18n import N_, Text
from marketplace.core.ids import public_id
from marketplace.programme.rules import Decision


@dataclass(frozen=True, slots=True)
class IncentiveValues:
    """An incentive, the law it rests on, and the days on which it holds (open where None)."""

    what: str
    legal_basis: str
    holds_from: date | None = None
    holds_until: date | None = None


@dataclass(frozen=True, slots=True)
class CriterionValues:
    """A criterion by which proposals are compared, and its weight in percent."""

    name: str
    weight: int


@dataclass(frozen=True, slots=True)
class PermitValues:
    """A paper the partner will need, who gives it, and how many working days it usually takes."""

    agency: str
    paper: str
    days: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class OpportunityValues:
    """What the form of an opportunity holds.

    ``capital_*`` in đồng, ``usd_*`` in US dollars, area in thousandths of a hectare.
    """

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
    capital_kind: CapitalKind | None = None
    capital_low: int | None = None
    capital_high: int | None = None
    usd_low: int | None = None
    usd_high: int | None = None
    capital_source: str = ""
    area_low: int | None = None
    area_high: int | None = None
    is_border_zone: bool = False
    has_disaster_risk: bool = False
    land_use: str = ""
    land_origin: str = ""
    planning: Planning | None = None
    planning_basis: str = ""
    planning_number: str = ""
    planning_date: date | None = None
    forest: Forest | None = None
    road: str = ""
    electricity: str = ""
    water: str = ""
    telecom: str = ""
    environment: str = ""
    jobs: int | None = None
    households: int | None = None
    city_list: CityList | None = None
    city_list_item: str = ""
    touches_village: bool = False
    touches_forest: bool = False
    touches_culture: bool = False
    choosing: Choosing | None = None
    choosing_how: str = ""
    materials: tuple[Group, ...] = ()
    incentives: tuple[IncentiveValues, ...] = ()
    criteria: tuple[CriterionValues, ...] = ()
    permits: tuple[PermitValues, ...] = ()


PLAIN = (
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
    "capital_source",
    "area_low",
    "is_border_zone",
    "has_disaster_risk",
    "land_use",
    "land_origin",
    "planning",
    "planning_basis",
    "planning_number",
    "planning_date",
    "forest",
    "road",
    "electricity",
    "water",
    "telecom",
    "environment",
    "jobs",
    "households",
    "city_list",
    "touches_village",
    "touches_forest",
    "touches_culture",
    "choosing",
    "choosing_how",
)
"""What goes over from the form to the row as it is."""


def _in_order(low: str, high: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{low} IS NULL OR {high} IS NULL OR {low} <= {high}", name=name)


class Opportunity(Listing):
    """A call for partners, published under the keys of both localities."""

    __tablename__ = "opportunity"
    __table_args__: Any = (
        _in_order("capital_low", "capital_high", "capital_order"),
        _in_order("area_low", "area_high", "area_order"),
        _in_order("usd_low", "usd_high", "usd_order"),
        sa.CheckConstraint("capital_low IS NULL OR usd_low IS NULL", name="one_currency"),
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
    capital_kind: Mapped[CapitalKind | None] = mapped_column(enum_type(CapitalKind))
    capital_low: Mapped[int | None] = mapped_column(sa.BigInteger)
    capital_high: Mapped[int | None] = mapped_column(sa.BigInteger)
    usd_low: Mapped[int | None] = mapped_column(sa.BigInteger)
    usd_high: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(default="VND")
    capital_source: Mapped[str] = mapped_column(default="")
    area_low: Mapped[int | None] = mapped_column(sa.BigInteger)
    area_high: Mapped[int | None] = mapped_column(sa.BigInteger)
    is_border_zone: Mapped[bool] = mapped_column(default=False)
    has_disaster_risk: Mapped[bool] = mapped_column(default=False)
    land_use: Mapped[str] = mapped_column(default="")
    land_origin: Mapped[str] = mapped_column(default="")
    planning: Mapped[Planning | None] = mapped_column(enum_type(Planning))
    planning_basis: Mapped[str] = mapped_column(default="")
    planning_number: Mapped[str] = mapped_column(default="")
    planning_date: Mapped[date | None]
    forest: Mapped[Forest | None] = mapped_column(enum_type(Forest))
    road: Mapped[str] = mapped_column(default="")
    electricity: Mapped[str] = mapped_column(default="")
    water: Mapped[str] = mapped_column(default="")
    telecom: Mapped[str] = mapped_column(default="")
    environment: Mapped[str] = mapped_column(default="")
    jobs: Mapped[int | None]
    households: Mapped[int | None]
    city_list: Mapped[CityList | None] = mapped_column(enum_type(CityList))
    city_list_item: Mapped[str] = mapped_column(default="")
    touches_village: Mapped[bool] = mapped_column(default=False)
    touches_forest: Mapped[bool] = mapped_column(default=False)
    touches_culture: Mapped[bool] = mapped_column(default=False)
    choosing: Mapped[Choosing | None] = mapped_column(enum_type(Choosing))
    choosing_how: Mapped[str] = mapped_column(default="")

    material_rows: Mapped[list[Material]] = relationship(
        order_by="Material.group", cascade="all, delete-orphan"
    )
    incentives: Mapped[list[Incentive]] = relationship(
        order_by="Incentive.position", cascade="all, delete-orphan"
    )
    criteria: Mapped[list[Criterion]] = relationship(
        order_by="Criterion.position", cascade="all, delete-orphan"
    )
    permits: Mapped[list[Permit]] = relationship(
        order_by="Permit.position", cascade="all, delete-orphan"
    )
    meetings: Mapped[list[Meeting]] = relationship(order_by="(Meeting.held_on, Meeting.id)")
    documents: Mapped[list[Document]] = relationship(order_by="Document.id")
    marks: Mapped[list[Mark]] = relationship(order_by="Mark.id")

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

    @property
    def asks_for(self) -> Asks:
        """Capital."""
        return Asks.CAPITAL

    @property
    def economic_sector(self) -> Sector | None:
        """Its sector."""
        return self.sector

    @property
    def materials(self) -> tuple[Group, ...]:
        """The product groups it would work with, in the order of the taxonomy."""
        chosen = {row.group for row in self.material_rows}
        return tuple(group for group in Group if group in chosen)

    @property
    def has_amount(self) -> bool:
        """Whether an amount of capital is stated, in whatever way."""
        return self.capital_low is not None or self.usd_low is not None

    @property
    def is_rate(self) -> bool:
        """Whether the amount is for each hectare."""
        return self.capital_kind in RATES

    @property
    def touches_people(self) -> bool:
        """Whether the village must meet before it can be sent in."""
        return touches_people(
            village=self.touches_village,
            forest=self.touches_forest,
            culture=self.touches_culture,
            kind=self.forest,
        )

    @property
    def lacks_minutes(self) -> bool:
        """Whether minutes are needed and missing: of its own village where it names one."""
        if not self.touches_people:
            return False
        met = {meeting.village_id for meeting in self.meetings}
        return not met or (self.village_id is not None and self.village_id not in met)

    @classmethod
    def parts(cls) -> Sequence[Any]:
        """Minutes and criteria."""
        return selectinload(cls.meetings), selectinload(cls.criteria)

    def fill(self, values: OpportunityValues) -> None:
        """Take over the form's values."""
        for field in PLAIN:
            setattr(self, field, getattr(values, field))
        self.area_high = values.area_high or values.area_low
        self.closes_on = None if values.is_open_ended else values.closes_on
        is_listed = values.city_list is CityList.LISTED
        self.city_list_item = values.city_list_item if is_listed else ""
        self._take_capital(values)
        self._take_rows(values)

    def _take_capital(self, values: OpportunityValues) -> None:
        """Only the amounts of the way chosen; an amount in đồng without one is one in all."""
        kind = values.capital_kind
        if kind is None and values.capital_low is not None:
            kind = CapitalKind.TOTAL
        in_vnd, in_usd = kind in IN_VND, kind in IN_USD
        self.capital_kind = kind
        self.currency = currency_of(kind)
        self.capital_low = values.capital_low if in_vnd else None
        self.capital_high = (values.capital_high or values.capital_low) if in_vnd else None
        self.usd_low = values.usd_low if in_usd else None
        self.usd_high = (values.usd_high or values.usd_low) if in_usd else None

    def _take_rows(self, values: OpportunityValues) -> None:
        """Replace the rows that changed; those that say the same keep their ids."""
        if self.materials != values.materials:
            self.material_rows = [
                next((row for row in self.material_rows if row.group is group), None)
                or Material(group=group)
                for group in values.materials
            ]
        for name, row_type, shape in (
            ("incentives", Incentive, IncentiveValues),
            ("criteria", Criterion, CriterionValues),
            ("permits", Permit, PermitValues),
        ):
            wished = getattr(values, name)
            if _as_values(getattr(self, name), shape) != wished:
                rows = [
                    row_type(position=at, **{f.name: getattr(one, f.name) for f in fields(shape)})
                    for at, one in enumerate(wished)
                ]
                setattr(self, name, rows)

    def values(self) -> OpportunityValues:
        """What it holds now, as its form would hand it over."""
        plain = {
            field.name: getattr(self, field.name)
            for field in fields(OpportunityValues)
            if field.name not in {"incentives", "criteria", "permits"}
        }
        return OpportunityValues(
            **plain,
            incentives=_as_values(self.incentives, IncentiveValues),
            criteria=_as_values(self.criteria, CriterionValues),
            permits=_as_values(self.permits, PermitValues),
        )

    def gaps(self) -> Sequence[Gap]:
        """The required fields of domain page 2.2, the way of choosing, and the village's word."""
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
            (
                "capital_source",
                self.capital_source or not self.has_amount,
                N_("Say where the amount of capital comes from."),
            ),
            ("choosing", self.choosing, N_("Say how a partner will be chosen.")),
            (
                "choosing_how",
                self.choosing_how or not self.choosing,
                N_("Describe how a partner will be chosen, before the call opens."),
            ),
            (
                "criteria",
                self.criteria or self.choosing is not Choosing.COMPARISON,
                N_("Enter the criteria by which proposals are compared, with their weights."),
            ),
            (
                "meetings",
                not self.lacks_minutes,
                N_("Record the minutes of the village meeting: the village is touched."),
            ),
        )
        return gaps + [Gap(field, Text(text)) for field, value, text in asked if not value]

    def own_labels(self) -> Sequence[str]:
        """Its sector and the form of cooperation."""
        sector = [SECTOR_LABELS[self.sector]] if self.sector else []
        return [*sector, *([COOPERATION_LABELS[self.cooperation]] if self.cooperation else [])]

    def own_words(self) -> Sequence[str]:
        """Found by its goal, place and sector as well."""
        sector = SECTOR_WORDS[self.sector] if self.sector else ""
        return [self.goal, self.place, sector]


def _as_values(rows: Sequence[Any], shape: type[Any]) -> tuple[Any, ...]:
    names = [field.name for field in fields(shape)]
    return tuple(shape(**{name: getattr(row, name) for name in names}) for row in rows)


class Material(Base):
    """A product group whose harvest stands behind the opportunity."""

    __tablename__ = "opportunity_material"

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"), primary_key=True)
    group: Mapped[Group] = mapped_column("product_group", enum_type(Group), primary_key=True)


class Incentive(Base):
    """An incentive with its legal basis. Whether it holds today is computed, never stored."""

    __tablename__ = "opportunity_incentive"
    __table_args__: Any = (_in_order("holds_from", "holds_until", "days_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"), index=True)
    position: Mapped[int]
    what: Mapped[str]
    legal_basis: Mapped[str]
    holds_from: Mapped[date | None]
    holds_until: Mapped[date | None]


class Criterion(Base):
    """A criterion of the comparison, with its weight in percent."""

    __tablename__ = "opportunity_criterion"
    __table_args__: Any = (sa.CheckConstraint("weight BETWEEN 1 AND 100", name="percent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    weight: Mapped[int]


class Permit(Base):
    """A paper the partner will need. ``days`` are working days, None where nobody has said."""

    __tablename__ = "opportunity_permit"
    __table_args__: Any = (sa.CheckConstraint("days IS NULL OR days > 0", name="some_days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"), index=True)
    position: Mapped[int]
    agency: Mapped[str]
    paper: Mapped[str]
    days: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")


class Meeting(Base):
    """The minutes of a village's meeting about an opportunity, one for each village.

    Counts are households. Everyone reads the counts and the summary, officials alone the scan.
    """

    __tablename__ = "village_meeting"
    __table_args__: Any = (
        sa.UniqueConstraint("opportunity_id", "village_id"),
        sa.CheckConstraint("attended > 0", name="somebody_present"),
        sa.CheckConstraint("in_favour >= 0 AND against >= 0", name="votes_not_negative"),
        sa.CheckConstraint("in_favour + against <= attended", name="votes_of_those_present"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"), index=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    held_on: Mapped[date]
    attended: Mapped[int]
    in_favour: Mapped[int]
    against: Mapped[int]
    benefit: Mapped[str]
    summary: Mapped[str]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    version: Mapped[int] = mapped_column()

    village: Mapped[Village] = relationship(lazy="joined")
    file: Mapped[StoredFile] = relationship(lazy="joined")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Document(Base):
    """A file of the dossier, and who may open it."""

    __tablename__ = "opportunity_document"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"), index=True)
    title: Mapped[str]
    audience: Mapped[Audience] = mapped_column(enum_type(Audience))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    added_at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship(lazy="joined")


class Mark(Base):
    """An official's "needs change" on a part of the dossier.

    It holds while the part still says what it said then (``content``), so that any change of the
    part lifts it, wherever the change is made.
    """

    __tablename__ = "opportunity_mark"
    __table_args__: Any = (sa.UniqueConstraint("opportunity_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"), index=True)
    part: Mapped[str]
    content: Mapped[str]
    note: Mapped[str]
    marked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    marked_at: Mapped[datetime]
