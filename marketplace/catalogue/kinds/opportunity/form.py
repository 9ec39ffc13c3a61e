"""What is asked about an investment opportunity; a draft needs a title only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from marketplace.catalogue.forms import ListingForm
from marketplace.catalogue.kinds.opportunity.model import OpportunityValues
from marketplace.catalogue.taxonomy import COOPERATION_LABELS, SECTOR_LABELS, Cooperation, Sector
from marketplace.core import clock
from marketplace.core.i18n import N_
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
    Required,
    TextField,
)


class OpportunityForm(ListingForm):
    """A call for partners. Capital in đồng, area in hectares; both only if known."""

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
    capital_low = PositiveMoneyField(N_("Capital sought, from"), [Optional()])
    capital_high = PositiveMoneyField(N_("Capital sought, to"), [Optional()])
    area_low = QuantityField(N_("Area, from"), [Optional()])
    area_high = QuantityField(N_("Area, to"), [Optional()])
    is_open_ended = CheckField(N_("Open at all times, without a closing date"))
    closes_on = DateField(N_("Closing date"), [Optional()])
    is_border_zone = CheckField(N_("The land lies in the border zone"))
    has_disaster_risk = CheckField(N_("The place is at risk of landslides or floods"))
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

    def validate(self, extra_validators: Any = None) -> bool:
        """Ranges go from low to high, and the closing date is still to come."""
        is_valid: bool = super().validate(extra_validators)
        ranges = (
            (self.capital_low, self.capital_high, N_("The upper amount is below the lower one.")),
            (self.area_low, self.area_high, N_("The upper area is below the lower one.")),
        )
        for low, high, sentence in ranges:
            if low.data is not None and high.data is not None and low.data > high.data:
                high.errors = [*high.errors, sentence]
                is_valid = False
            elif high.data is not None and low.data is None and not low.errors:
                low.errors = [N_("Enter the lower figure as well, or the same twice.")]
                is_valid = False
        day = self.closes_on.data
        if day is not None and not self.is_open_ended.data and day < clock.today():
            self.closes_on.errors = [N_("This day has passed. Choose a day still to come.")]
            is_valid = False
        return is_valid

    def values(self) -> OpportunityValues:
        """The values, with an empty text where no contact is given."""
        values: OpportunityValues = super().values()
        return replace(
            values,
            contact_phone=values.contact_phone or "",
            contact_email=values.contact_email or "",
        )
