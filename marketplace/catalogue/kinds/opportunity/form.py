"""What is asked about an investment opportunity; a draft needs a title only.

``OpportunityForm`` asks everything. The dossier shows it in parts (``dossier.PARTS``): ``only``
leaves the fields of one part, and each part is saved by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from flask_wtf.file import FileField
from wtforms import SelectMultipleField

from marketplace.accounts.papers import keep
from marketplace.catalogue.forms import ListingForm, ordered, still_to_come
from marketplace.catalogue.kinds.opportunity.model import (
    CriterionValues,
    IncentiveValues,
    OpportunityValues,
    PermitValues,
)
from marketplace.catalogue.kinds.opportunity.services import DocumentValues, MeetingValues
from marketplace.catalogue.kinds.opportunity.terms import (
    AUDIENCE_LABELS,
    CAPITAL_LABELS,
    CHOOSING_LABELS,
    CITY_LIST_LABELS,
    FOREST_LABELS,
    IN_USD,
    IN_VND,
    PLANNING_LABELS,
    WHOLE,
    Audience,
    CapitalKind,
    Choosing,
    CityList,
    Forest,
    Planning,
)
from marketplace.catalogue.taxonomy import (
    COOPERATION_LABELS,
    GROUP_LABELS,
    SECTOR_LABELS,
    Cooperation,
    Group,
    Sector,
)
from marketplace.core import clock, numerals, quantity
from marketplace.core.i18n import N_, Text
from marketplace.core.quantity import SCALE
from marketplace.web.fields import (
    CheckField,
    ChoiceField,
    DateField,
    EmailField,
    LongTextField,
    OfficePhoneField,
    Optional,
    PositiveMoneyField,
    QuantityField,
    ReadField,
    Required,
    TextField,
    VersionField,
)
from marketplace.web.forms import Form
from marketplace.web.rows import RowForm, RowsField

MOST_PEOPLE = 100_000
MOST_DAYS = 1_000


def _whole(example: str, lowest: int, highest: int) -> Callable[[str], int]:
    return lambda raw: numerals.read(raw, example=example, lowest=lowest, highest=highest)


class CountField(ReadField):
    """Households or workers: a whole number, nought included."""

    parse = staticmethod(_whole("12", 0, MOST_PEOPLE))
    show = staticmethod(numerals.write)


class DaysField(ReadField):
    """Working days, at least one."""

    parse = staticmethod(_whole("15", 1, MOST_DAYS))
    show = staticmethod(numerals.write)


class PercentField(ReadField):
    """A weight in whole percent."""

    parse = staticmethod(_whole("40", 1, WHOLE))
    show = staticmethod(numerals.write)


class MillionDollarsField(ReadField):
    """US dollars, typed in millions with up to three decimals: ``12,5`` is 12,500,000."""

    parse = staticmethod(lambda raw: quantity.parse(raw) * SCALE)
    show = staticmethod(lambda dollars: quantity.to_input(dollars // SCALE))


class GroupsField(SelectMultipleField):
    """Product groups, as boxes to tick; ``data`` is a tuple in the order of the taxonomy."""

    def __init__(self, label: str, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), **kwargs)
        self.choices = [(group.value, words) for group, words in GROUP_LABELS.items()]

    def process_data(self, value: Any) -> None:
        """Set from the program."""
        self.data = tuple(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Set from the form; an unknown code is refused with a sentence."""
        known = {group.value for group in Group}
        self.data = tuple(group for group in Group if group.value in valuelist)
        if any(raw not in known for raw in valuelist):
            raise ValueError(N_("Choose one from the list."))

    def iter_choices(self) -> Any:
        """All groups."""
        for code, words in self.choices or []:
            yield code, words, code in self.data, {}

    def pre_validate(self, form: object) -> None:
        """Checked while reading."""


class IncentiveRow(RowForm):
    """One incentive. The end before the beginning is refused."""

    what = TextField(
        N_("Incentive"), [Required(N_("Say what the incentive is, or clear the row."))]
    )
    legal_basis = TextField(
        N_("Legal basis"),
        [Required(N_("Name the document it rests on, for example Nghị định 31/2021/NĐ-CP."))],
    )
    holds_from = DateField(N_("In force from"), [Optional()])
    holds_until = DateField(N_("In force until"), [Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        """The days are in order."""
        is_valid: bool = super().validate(extra_validators)
        first, last = self.holds_from.data, self.holds_until.data
        if first is not None and last is not None and last < first:
            self.holds_until.errors = [N_("The last day is before the first one.")]
            return False
        return is_valid


class CriterionRow(RowForm):
    """One criterion and its weight."""

    name = TextField(N_("Criterion"), [Required(N_("Name the criterion, or clear the row."))])
    weight = PercentField(
        N_("Weight in percent"), [Required(N_("Enter its weight in percent, for example 40."))]
    )


class PermitRow(RowForm):
    """One paper the partner will need."""

    paper = TextField(N_("Paper"), [Required(N_("Name the paper, or clear the row."))])
    agency = TextField(N_("Agency"), [Required(N_("Name the agency, for example Sở Tài chính."))])
    days = DaysField(N_("Usual time in working days"), [Optional()])
    note = TextField(N_("Remark"), [Optional()])


class OpportunityForm(ListingForm):
    """A call for partners. Capital and area only if known, never invented."""

    Values = OpportunityValues

    title = TextField(N_("Title"), [Required(N_("Enter the title of the opportunity."))])
    sector = ChoiceField(
        N_("Sector"),
        [Optional()],
        options=list(SECTOR_LABELS.items()),
        coerce=Sector,
        blank=N_("Choose a sector"),
    )
    goal = TextField(N_("What it is for, in one or two sentences"), [Optional()], longest=400)
    village_id = ChoiceField(N_("Village"), [Optional()], coerce=int, blank=N_("Choose a village"))
    place = TextField(N_("Place, in words"), [Optional()])
    description = LongTextField(N_("Description"), [Optional()])
    cooperation = ChoiceField(
        N_("Form of investment or cooperation"),
        [Optional()],
        options=list(COOPERATION_LABELS.items()),
        coerce=Cooperation,
        blank=N_("Choose a form"),
    )
    is_open_ended = CheckField(N_("Open at all times, without a closing date"))
    closes_on = DateField(N_("Closing date"), [Optional()])
    jobs = CountField(N_("Jobs expected"), [Optional()])
    households = CountField(N_("Households that benefit"), [Optional()])
    materials = GroupsField(N_("Local produce it would work with"), [Optional()])
    land_use = TextField(N_("Present use and state of the land"), [Optional()], longest=400)
    land_origin = TextField(N_("Origin of the land"), [Optional()], longest=400)
    area_low = QuantityField(N_("Area, from"), [Optional()])
    area_high = QuantityField(N_("Area, to"), [Optional()])
    planning = ChoiceField(
        N_("Planning"),
        [Optional()],
        options=list(PLANNING_LABELS.items()),
        coerce=Planning,
        blank=N_("Not known yet"),
    )
    planning_basis = TextField(N_("Planning document"), [Optional()], longest=400)
    planning_number = TextField(N_("Number of the document"), [Optional()], longest=80)
    planning_date = DateField(N_("Day of the document"), [Optional()])
    forest = ChoiceField(
        N_("Kind of forest"),
        [Optional()],
        options=list(FOREST_LABELS.items()),
        coerce=Forest,
        blank=N_("Not known yet"),
    )
    city_list = ChoiceField(
        N_("The city's list of projects calling for investment"),
        [Optional()],
        options=list(CITY_LIST_LABELS.items()),
        coerce=CityList,
        blank=N_("Choose an answer"),
    )
    city_list_item = TextField(N_("Item in that list"), [Optional()], longest=80)
    road = TextField(N_("Road"), [Optional()])
    electricity = TextField(N_("Electricity"), [Optional()])
    water = TextField(N_("Water"), [Optional()])
    telecom = TextField(N_("Telephone and internet"), [Optional()])
    is_border_zone = CheckField(N_("The land lies in the border zone"))
    has_disaster_risk = CheckField(N_("The place is at risk of landslides or floods"))
    environment = LongTextField(
        N_("Effect on the environment, and risks"), [Optional()], longest=2000
    )
    capital_kind = ChoiceField(
        N_("How the capital is stated"),
        [Optional()],
        options=list(CAPITAL_LABELS.items()),
        coerce=CapitalKind,
        blank=N_("Choose how"),
    )
    capital_low = PositiveMoneyField(N_("Capital sought, from"), [Optional()])
    capital_high = PositiveMoneyField(N_("Capital sought, to"), [Optional()])
    usd_low = MillionDollarsField(N_("In million US dollars, from"), [Optional()])
    usd_high = MillionDollarsField(N_("In million US dollars, to"), [Optional()])
    capital_source = TextField(N_("Where the figure comes from"), [Optional()])
    incentives = RowsField(IncentiveRow, IncentiveValues, N_("Incentives"))
    touches_village = CheckField(N_("It uses land of the village, or land people use in common"))
    touches_forest = CheckField(N_("It touches forest that the village lives from or looks after"))
    touches_culture = CheckField(
        N_("It touches the culture of those who live there: common house, festivals, weaving, song")
    )
    choosing = ChoiceField(
        N_("How a partner is chosen"),
        [Optional()],
        options=list(CHOOSING_LABELS.items()),
        coerce=Choosing,
        blank=N_("Choose a way"),
    )
    choosing_how = LongTextField(N_("How it goes, step by step"), [Optional()], longest=2000)
    criteria = RowsField(CriterionRow, CriterionValues, N_("Criteria"))
    permits = RowsField(PermitRow, PermitValues, N_("Papers a partner needs"))
    contact_office = TextField(N_("Office that answers"), [Optional()])
    contact_name = TextField(N_("Person who answers"), [Optional()])
    contact_position = TextField(N_("Position"), [Optional()])
    contact_phone = OfficePhoneField(N_("Office phone number"), [Optional()])
    contact_email = EmailField(N_("Office e-mail address"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in (self.contact_phone, self.contact_email):
            if not field.data:
                field.data = None  # kept as an empty text, asked for as nothing

    def only(self, names: Iterable[str]) -> OpportunityForm:
        """Leave these fields (and those every form has)."""
        left = {*names, "version", "form_key", "csrf_token"}
        for name in [field.short_name for field in self]:
            if name not in left and not name.startswith("acting_"):
                del self[name]
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """What one field alone cannot know; a part of the form is asked about its own fields."""
        is_valid: bool = super().validate(extra_validators)
        checks = {
            "area_low": self._check_area,
            "closes_on": self._check_closing,
            "capital_kind": self._check_capital,
            "city_list": self._check_list,
            "criteria": self._check_criteria,
        }
        return all([is_valid, *(check() for name, check in checks.items() if name in self)])

    def _check_area(self) -> bool:
        return ordered(self.area_low, self.area_high, N_("The upper area is below the lower one."))

    def _check_closing(self) -> bool:
        return bool(self.is_open_ended.data) or still_to_come(self.closes_on)

    def _check_capital(self) -> bool:
        """The amounts stand where the chosen way has them, and nowhere else."""
        too_low = N_("The upper amount is below the lower one.")
        kind = self.capital_kind.data
        in_vnd = ordered(self.capital_low, self.capital_high, too_low)
        in_usd = ordered(self.usd_low, self.usd_high, too_low)
        if not in_vnd or not in_usd:
            return False
        if kind is None and self.usd_low.data is not None:
            self.capital_kind.errors = [N_("Choose whether this is in all or for each hectare.")]
            return False
        wanted = "vnd" if kind in IN_VND or kind is None else "usd" if kind in IN_USD else ""
        for name, low in (("vnd", self.capital_low), ("usd", self.usd_low)):
            if low.data is not None and name != wanted:
                low.errors = [
                    N_("This does not fit the way chosen. Clear it, or choose another way above.")
                ]
                return False
            if low.data is None and name == wanted and kind is not None and not low.errors:
                low.errors = [N_("Enter the amount, or choose “As the investor proposes” above.")]
                return False
        return True

    def _check_list(self) -> bool:
        if self.city_list.data is not CityList.LISTED or self.city_list_item.data:
            return True
        self.city_list_item.errors = [N_("Enter the item’s number in the list, for example 214.")]
        return False

    def _check_criteria(self) -> bool:
        rows = self.criteria.data
        total = sum(row.weight or 0 for row in rows)
        if not rows or self.criteria.errors or total == WHOLE:
            return True
        self.criteria.errors = [
            Text(
                N_("The weights add up to %(total)s percent; together they must make 100."),
                total=total,
            )
        ]
        return False

    def values(self) -> OpportunityValues:
        """The values, with an empty text where no contact is given."""
        values: OpportunityValues = super().values()
        return replace(
            values,
            contact_phone=values.contact_phone or "",
            contact_email=values.contact_email or "",
        )

    def part(self) -> dict[str, Any]:
        """What the fields that were left hold, by name."""
        wanted = OpportunityValues.__dataclass_fields__
        held = {field.short_name: field.data for field in self if field.short_name in wanted}
        texts = {
            name: held[name] or "" for name in ("contact_phone", "contact_email") if name in held
        }
        return held | texts


class MeetingForm(Form):
    """The minutes of a village meeting. Counts are households."""

    Values = MeetingValues

    held_on = DateField(N_("Day of the meeting"), [Required(N_("Enter the day of the meeting."))])
    village_id = ChoiceField(
        N_("Village"),
        [Required(N_("Choose the village that met."))],
        coerce=int,
        blank=N_("Choose a village"),
    )
    attended = CountField(
        N_("Households present"), [Required(N_("Enter how many households were present."))]
    )
    in_favour = CountField(N_("Households in favour"), [Optional()])
    against = CountField(N_("Households against"), [Optional()])
    benefit = LongTextField(
        N_("The village's share of the benefit, in words"),
        [Required(N_("Say what the village gains, for example days of work or a share of rent."))],
        longest=1000,
    )
    summary = LongTextField(
        N_("Summary that everyone can read"),
        [Required(N_("Write in a few sentences what the village decided."))],
        longest=2000,
    )
    paper = FileField(N_("Scan of the minutes"), [Optional()])
    version = VersionField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Nobody has met tomorrow, and no more households voted than were there."""
        is_valid: bool = super().validate(extra_validators)
        for field in (self.in_favour, self.against):
            if field.data is None and not field.errors:
                field.errors = [N_("Enter the number of households, 0 where there was none.")]
                is_valid = False
        if self.held_on.data is not None and self.held_on.data > clock.today():
            self.held_on.errors = [
                N_("This day is still to come. Enter the day on which the village met.")
            ]
            is_valid = False
        present = self.attended.data
        votes = (self.in_favour.data or 0) + (self.against.data or 0)
        if present is not None and votes > present:
            self.against.errors = [
                Text(
                    N_(
                        "For and against are %(votes)s together, but only %(present)s were present."
                    ),
                    votes=votes,
                    present=present,
                )
            ]
            is_valid = False
        return is_valid

    def values(self) -> MeetingValues:
        """The values with the scan, kept. Raises Invalid for what is no paper."""
        values: MeetingValues = super().values()
        return replace(values, scan=keep(self.paper.data, "paper"))


class DocumentForm(Form):
    """A file of the dossier."""

    title = TextField(
        N_("Title of the document"), [Required(N_("Enter a title, for example Bản đồ khu đất."))]
    )
    paper = FileField(N_("File"), [Optional()])
    audience = ChoiceField(
        N_("Who may open it"),
        [Required(N_("Choose who may open it."))],
        options=list(AUDIENCE_LABELS.items()),
        coerce=Audience,
    )

    def values(self) -> DocumentValues:
        """The values with the file, kept. Raises Invalid for what is no paper."""
        file = keep(self.paper.data, "paper", documents=True)
        return DocumentValues(self.title.data, self.audience.data, file)


class MarkForm(Form):
    """What has to change in a part of the dossier."""

    note = LongTextField(
        N_("What has to change"),
        [Required(N_("Write one sentence that the other side will read."))],
        longest=1000,
    )
