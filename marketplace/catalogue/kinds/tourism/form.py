"""What is asked about tourism and typical products; a draft needs a name only."""

from __future__ import annotations

from typing import Any

from marketplace.catalogue.forms import ListingForm
from marketplace.catalogue.kinds.tourism.model import (
    LANGUAGE_LABELS,
    OFFERING_LABELS,
    Offering,
    TourismValues,
)
from marketplace.core.i18n import N_
from marketplace.core.quantity import UNITS, Unit
from marketplace.web.fields import (
    ChoiceField,
    LongTextField,
    MonthsField,
    Optional,
    PositiveMoneyField,
    Required,
    SeveralField,
    TextField,
    WholeField,
)

PRICED_BY = (
    Unit.NGUOI,
    Unit.NGUOI_DEM,
    Unit.CHUYEN,
    Unit.SUAT,
    Unit.CAI,
    Unit.CAP,
    Unit.TAM,
    Unit.HOP,
)
"""What a price can be for: a visitor, a night, a trip of a group, or a piece."""
MOST_PEOPLE = 5000


class TourismForm(ListingForm):
    """A homestay, tour, craft, performance or speciality. Price in đồng, sizes in people."""

    Values = TourismValues

    title = TextField(N_("Name"), [Required(N_("Enter its name, for example “Homestay Ta Lang”."))])
    offering = ChoiceField(
        N_("What do you offer?"),
        [Optional()],
        options=list(OFFERING_LABELS.items()),
        coerce=Offering,
        blank=N_("Choose what you offer"),
    )
    price = PositiveMoneyField(N_("Price"), [Optional()])
    unit = ChoiceField(
        N_("The price is for one"),
        [Optional()],
        options=[(unit, UNITS[unit].label) for unit in PRICED_BY],
        coerce=Unit,
        default=Unit.NGUOI,
    )
    capacity = WholeField(
        N_("Room for how many people at once"),
        [Optional()],
        example="20",
        lowest=1,
        highest=MOST_PEOPLE,
    )
    months = MonthsField(N_("Months in which it can be had"), [Optional()])
    village_id = ChoiceField(N_("Village"), [Optional()], coerce=int, blank=N_("Choose a village"))
    place = TextField(N_("Meeting point, or place in words"), [Optional()])
    description = LongTextField(N_("Description"), [Optional()])
    group_low = WholeField(
        N_("Smallest group"), [Optional()], example="4", lowest=1, highest=MOST_PEOPLE
    )
    group_high = WholeField(
        N_("Largest group"), [Optional()], example="15", lowest=1, highest=MOST_PEOPLE
    )
    duration = TextField(N_("How long it takes"), [Optional()], longest=100)
    languages = SeveralField(
        N_("Languages of the guides"), [Optional()], options=list(LANGUAGE_LABELS.items())
    )
    included = LongTextField(N_("What the price includes"), [Optional()], longest=1000)
    cancellation = LongTextField(N_("If someone cancels"), [Optional()], longest=1000)

    def validate(self, extra_validators: Any = None) -> bool:
        """A group goes from small to large and finds room."""
        is_valid: bool = super().validate(extra_validators)
        low, high = self.group_low.data, self.group_high.data
        if low is not None and high is not None and low > high:
            self.group_high.errors = [
                N_("The largest group is below the smallest. Check both, for example 4 and 15.")
            ]
            is_valid = False
        return is_valid
