"""What is asked about farm produce. A draft needs a name only; what is given must be right."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.moves import ActingForm
from marketplace.catalogue.forms import ListingForm
from marketplace.catalogue.kinds.produce.model import OfferValues, ProduceValues
from marketplace.catalogue.taxonomy import (
    GROUP_LABELS,
    ORIGIN_LABELS,
    PRICE_LABELS,
    Group,
    Origin,
    PriceKind,
)
from marketplace.core import clock
from marketplace.core.i18n import N_
from marketplace.core.quantity import UNITS, Unit
from marketplace.web.fields import (
    ChoiceField,
    DateField,
    LongTextField,
    MonthsField,
    Optional,
    PositiveMoneyField,
    QuantityField,
    Required,
    TextField,
    VersionField,
)

SOLD_BY = (
    Unit.KG,
    Unit.TA,
    Unit.TAN,
    Unit.LIT,
    Unit.CHAI,
    Unit.HOP,
    Unit.GOI,
    Unit.BO,
    Unit.LO,
    Unit.HU,
    Unit.CON,
    Unit.TAM,
    Unit.CAI,
    Unit.CAP,
    Unit.SUAT,
)
"""The units goods are sold by; the table also knows those of land and of visitors."""


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
        if not self.is_submitted() and self.price_kind.data is not PriceKind.RANGE:
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


class ProduceForm(PriceFields, ListingForm):
    """The listing of a product."""

    Values = ProduceValues

    title = TextField(N_("Name of the product"), [Required(N_("Enter the name of the product."))])
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
        is_valid = super().validate(extra_validators)
        day = self.closes_on.data
        if day is not None and day < clock.today():
            self.closes_on.errors = [N_("This day has passed. Choose a day still to come.")]
            return False
        return is_valid


class OfferForm(PriceFields):
    """What may change at once on a published listing."""

    Values = OfferValues

    def validate(self, extra_validators: Any = None) -> bool:
        """A published listing keeps a complete offer."""
        is_valid = super().validate(extra_validators)
        kind = self.price_kind.data
        missing: list[tuple[Any, str]] = [
            (self.price_kind, N_("State a price, a range or the market price.")),
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
