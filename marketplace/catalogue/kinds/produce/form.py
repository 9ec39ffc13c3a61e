"""What is asked about farm produce. A draft needs a name only; what is given must be right.

Five things are asked first (``FirstForm``); the rest can wait for the edit page (``ProduceForm``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import FormField

from marketplace.accounts.moves import ActingForm
from marketplace.catalogue.forms import ListingForm, PhotoFields, still_to_come
from marketplace.catalogue.kinds.produce.model import OfferValues, ProduceValues
from marketplace.catalogue.kinds.produce.specs import LONGEST, SPECS
from marketplace.catalogue.kinds.produce.terms import (
    FREIGHT_LABELS,
    SALES_PAPER_LABELS,
    SAMPLE_LABELS,
    Delivery,
    Freight,
    MonthQuantity,
    Pack,
    PriceStep,
    SalesPaper,
    Samples,
    SpecValue,
    months_without,
    step_fault,
    total_fault,
)
from marketplace.catalogue.taxonomy import (
    GROUP_LABELS,
    ORIGIN_LABELS,
    PRICE_LABELS,
    Group,
    Origin,
    PriceKind,
)
from marketplace.core import numerals, seasons
from marketplace.core.i18n import N_
from marketplace.core.quantity import SOLD_BY, UNITS, Unit
from marketplace.web.fields import (
    ChoiceField,
    DateField,
    LongTextField,
    MonthsField,
    Optional,
    PositiveMoneyField,
    QuantityField,
    ReadField,
    Required,
    TextField,
    VersionField,
)
from marketplace.web.formats import MONTHS
from marketplace.web.rows import RowForm, RowsField

MOST_ROWS = 6
"""Rows of a kind: price steps, packs, places of delivery."""
MOST_DAYS = 3650


class DaysField(ReadField):
    """A number of days."""

    parse = staticmethod(lambda raw: numerals.read(raw, example="7", lowest=1, highest=MOST_DAYS))
    show = staticmethod(numerals.write)


class StepRow(RowForm):
    """A price step."""

    from_quantity = QuantityField(
        N_("From this quantity on"), [Required(N_("Enter from which quantity on."))]
    )
    price = PositiveMoneyField(N_("Price of one unit"), [Required(N_("Enter the price."))])


class PackRow(RowForm):
    """A pack size."""

    size = QuantityField(N_("Size"), [Required(N_("Enter the size, for example 0,5."))])
    word = TextField(
        N_("Unit and packing"),
        [Required(N_("Say the unit and the packing, for example “kg, vacuum bag”."))],
        longest=60,
    )


class DeliveryRow(RowForm):
    """A place of delivery."""

    place = TextField(N_("Place"), [Required(N_("Enter the place."))], longest=120)
    freight = ChoiceField(
        N_("Who pays the way there?"),
        [Required(N_("Choose who pays the way there."))],
        options=list(FREIGHT_LABELS.items()),
        coerce=Freight,
        blank=N_("Choose"),
    )
    note = TextField(N_("Note"), [Optional()], longest=160)


def _month_field(month: int) -> QuantityField:
    return QuantityField(MONTHS[month - 1], [Optional()])


MonthsForm: Any = type(
    "MonthsForm", (RowForm,), {f"m{month}": _month_field(month) for month in seasons.MONTHS}
)
SpecsForm: Any = type(
    "SpecsForm",
    (RowForm,),
    {
        code: TextField(spec.label, [Optional()], longest=LONGEST, description=spec.example)
        for code, spec in SPECS.items()
    },
)


class _Grouped(FormField):
    """Fields of one thing under one name; drawn and listed in error summaries as a FormField."""

    def __init__(self, form: Any, label: str, **kwargs: Any) -> None:
        super().__init__(form, label, **kwargs)
        self.type = "FormField"


class ByMonthField(_Grouped):
    """What can be delivered in each month: twelve quantities, any of them empty."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(MonthsForm, label, **kwargs)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """From the form, else from rows with ``month`` and ``quantity``."""
        rows = data if isinstance(data, Iterable) else ()
        super().process(formdata, {f"m{r.month}": r.quantity for r in rows}, extra_filters)

    @property
    def data(self) -> tuple[MonthQuantity, ...]:
        """The months that have a figure."""
        figures = ((month, self.form[f"m{month}"].data) for month in seasons.MONTHS)
        return tuple(MonthQuantity(month, given) for month, given in figures if given)

    @property
    def months(self) -> list[Any]:
        """The twelve fields, for the page."""
        return [self.form[f"m{month}"] for month in seasons.MONTHS]


class SpecsField(_Grouped):
    """The answers of the specification. Which lines the page shows depends on the group."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(SpecsForm, label, **kwargs)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """From the form, else from rows with ``code`` and ``value``."""
        rows = data if isinstance(data, Iterable) else ()
        given = {row.code: row.value for row in rows if row.code in SPECS}
        super().process(formdata, given, extra_filters)

    @property
    def data(self) -> tuple[SpecValue, ...]:
        """The lines that have an answer."""
        answers = ((code, self.form[code].data) for code in SPECS)
        return tuple(SpecValue(code, text) for code, text in answers if text)


class PriceFields(ActingForm):
    """A price, a range, or the market's price; how much; when."""

    price_kind = ChoiceField(
        N_("How is it priced?"),
        [Optional()],
        options=list(PRICE_LABELS.items()),
        coerce=PriceKind,
        default=PriceKind.FIXED,
    )
    price_low = PositiveMoneyField(N_("Price, or the lowest price"), [Optional()])
    price_high = PositiveMoneyField(N_("Highest price, if there is a range"), [Optional()])
    quantity = QuantityField(N_("How much can be sold"), [Optional()])
    months = MonthsField(N_("Months in which it can be delivered"), [Optional()])
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.price_high.raw_data and self.price_kind.data is not PriceKind.RANGE:
            self.price_high.data = None  # one price is kept as a range from itself to itself

    def validate(self, extra_validators: Any = None) -> bool:
        """A range goes from low to high."""
        is_valid: bool = super().validate(extra_validators)
        low, high = self.price_low.data, self.price_high.data
        is_range = self.price_kind.data is PriceKind.RANGE
        if is_valid and is_range and low is not None and high is not None and low > high:
            self.price_high.errors = [
                N_("The highest price must not be below the lowest. Check both.")
            ]
            return False
        return is_valid


def check_months(form: Any) -> bool:
    """Figures by month fit the months ticked and the whole; else says so at the field."""
    figures = form.by_month.data
    if left := months_without(form.months.data or 0, figures):
        form.by_month.form[f"m{left[0]}"].errors = [
            N_("This month is ticked above. Enter how much, or take its tick away.")
        ]
        return False
    unit = form.unit.data if "unit" in form else None
    if fault := total_fault(form.quantity.data, figures, unit):
        form.quantity.errors = [fault]
        return False
    return True


class OfferFields(PriceFields):
    """The same with figures by month and price steps."""

    by_month = ByMonthField(N_("How much in each month"))
    price_steps = RowsField(
        StepRow, PriceStep, N_("Lower prices for larger quantities"), most=MOST_ROWS
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Figures by month, the whole, and the steps fit together."""
        return super().validate(extra_validators) and check_months(self) and self._check_steps()

    def _check_steps(self) -> bool:
        fault = step_fault(self.price_kind.data, self.price_low.data, self.price_steps.data)
        if fault is None:
            return True
        row = self.price_steps.filled()[fault.row]
        row.form[fault.field].errors = [fault.text]
        self.price_steps.errors = [row.errors]
        return False


def _title() -> TextField:
    return TextField(N_("Name of the product"), [Required(N_("Enter the name of the product."))])


class NeededFields(ListingForm):
    """What is needed beside price, quantity and months before a listing is sent in."""

    title = _title()
    unit = ChoiceField(
        N_("Sold by the"),
        [Optional()],
        options=[(unit, UNITS[unit].label) for unit in SOLD_BY],
        coerce=Unit,
        default=Unit.KG,
    )
    group = ChoiceField(
        N_("Product group"),
        [Optional()],
        options=list(GROUP_LABELS.items()),
        coerce=Group,
        blank=N_("Choose a group"),
    )
    origin = ChoiceField(
        N_("Where does it come from?"),
        [Optional()],
        options=list(ORIGIN_LABELS.items()),
        coerce=Origin,
        blank=N_("Choose an origin"),
    )
    village_id = ChoiceField(N_("Village"), [Optional()], coerce=int, blank=N_("Choose a village"))
    description = LongTextField(N_("Description"), [Optional()])
    closes_on = DateField(N_("Last day of the offer, if there is one"), [Optional()])

    def validate(self, extra_validators: Any = None) -> bool:
        """A last day is still to come."""
        is_valid: bool = super().validate(extra_validators)
        return still_to_come(self.closes_on) and is_valid


class FirstForm(PhotoFields, PriceFields, NeededFields):
    """What is asked when produce is posted: five things, and four more that can wait."""

    Values = ProduceValues


class ProduceForm(OfferFields, NeededFields):
    """The whole listing of a product."""

    Values = ProduceValues

    variety = TextField(N_("Variety"), [Optional()], longest=120)
    grower_id = ChoiceField(
        N_("Household that grows it"), [Optional()], coerce=int, blank=N_("No single household")
    )
    grower = TextField(N_("Who grows, gathers or makes it"), [Optional()], longest=160)
    area = QuantityField(N_("Area"), [Optional()])
    harvest = TextField(N_("Harvest of one hectare"), [Optional()], longest=120)
    lunar = TextField(N_("Season by the lunar calendar"), [Optional()], longest=120)
    minimum = QuantityField(N_("Smallest order"), [Optional()])
    packs = RowsField(PackRow, Pack, N_("Pack sizes"), most=MOST_ROWS)
    storage_days = DaysField(N_("How long it keeps"), [Optional()])
    storage = TextField(N_("How it is kept"), [Optional()], longest=200)
    deliveries = RowsField(DeliveryRow, Delivery, N_("Where it can be handed over"), most=MOST_ROWS)
    samples = ChoiceField(
        N_("Samples"),
        [Optional()],
        options=list(SAMPLE_LABELS.items()),
        coerce=Samples,
        blank=N_("Not said"),
    )
    sample_price = PositiveMoneyField(N_("Price of a sample"), [Optional()])
    sales_paper = ChoiceField(
        N_("Paper for the sale"),
        [Optional()],
        options=list(SALES_PAPER_LABELS.items()),
        coerce=SalesPaper,
        blank=N_("Not said"),
    )
    specs = SpecsField(N_("What buyers of this group ask"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Samples for a price need the price."""
        is_valid = super().validate(extra_validators)
        if is_valid and self.samples.data is Samples.PAID and not self.sample_price.data:
            self.sample_price.errors = [N_("Enter the price of a sample, for example 20,000.")]
            return False
        return is_valid


class OfferForm(OfferFields):
    """What may change at once on a published listing."""

    Values = OfferValues

    def validate(self, extra_validators: Any = None) -> bool:
        """A published listing keeps a complete offer."""
        is_valid = super().validate(extra_validators)
        kind = self.price_kind.data
        has_figures = bool(self.by_month.data)
        missing: list[tuple[Any, str]] = [
            (self.price_kind, N_("State a price, a range or the market price.")),
        ]
        if not has_figures:
            missing += [
                (self.quantity, N_("Enter how much there is.")),
                (self.months, N_("Mark the months in which it can be delivered.")),
            ]
        if kind is not PriceKind.MARKET:
            missing.append((self.price_low, N_("Enter the price.")))
        if kind is PriceKind.RANGE:
            missing.append((self.price_high, N_("Enter the upper price.")))
        for field, sentence in missing:
            if not field.data and not field.errors:
                field.errors = [sentence]
                is_valid = False
        return is_valid


class StockForm(ActingForm):
    """How much there is now; everything empty means that the last figure still holds."""

    quantity = QuantityField(N_("How much can be sold now"), [Optional()])
    months = MonthsField(N_("Months in which it can be delivered"), [Optional()])
    by_month = ByMonthField(N_("How much in each month"))
    version = VersionField()

    def validate(self, extra_validators: Any = None) -> bool:
        """What can be delivered in each month and the whole fit together."""
        return super().validate(extra_validators) and self._fits()

    def _fits(self) -> bool:
        if fault := total_fault(self.quantity.data, self.by_month.data, None):
            self.quantity.errors = [fault]
            return False
        return True


class GradeForm(PhotoFields):
    """A grade and its reference photo."""

    name = TextField(
        N_("Name of the grade"),
        [Required(N_("Enter the name of the grade, for example “Loại 1”."))],
        longest=60,
    )
    words = TextField(N_("What makes this grade"), [Optional()], longest=200)
