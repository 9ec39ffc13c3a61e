"""What is asked about a need; a draft needs a title only, what is given must be right."""

from __future__ import annotations

from typing import Any

from marketplace.catalogue.forms import ListingForm, ordered, still_to_come
from marketplace.catalogue.kinds.need.model import PAPER_LABELS, NeedValues, Seeking
from marketplace.catalogue.rules import AUDIENCE_LABELS, Audience
from marketplace.catalogue.taxonomy import (
    COOPERATION_LABELS,
    GROUP_LABELS,
    PERIOD_LABELS,
    SECTOR_LABELS,
    Cooperation,
    Group,
    Period,
)
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
    Required,
    SeveralField,
    TextField,
    WholeField,
)

SEEKING_LABELS = {
    Seeking.GOODS: N_("We want to buy goods"),
    Seeking.INVESTMENT: N_("We want to invest"),
}
LONGEST_CREDIT, LONGEST_HORIZON = 365, 70
"""Days of payment after delivery; years an investment may run (the longest lease of land)."""


class NeedForm(ListingForm):
    """Goods one wants to buy, or what one wants to invest in. Money in đồng."""

    Values = NeedValues
    village_id = None

    title = TextField(N_("What you need"), [Required(N_("Write in a few words what you need."))])
    seeking = ChoiceField(
        N_("What is it about?"),
        [Optional()],
        options=list(SEEKING_LABELS.items()),
        coerce=Seeking,
        default=Seeking.GOODS,
    )
    group = ChoiceField(
        N_("Product group"),
        [Optional()],
        options=list(GROUP_LABELS.items()),
        coerce=Group,
        blank=N_("Choose a group"),
    )
    quantity = QuantityField(N_("How much do you need?"), [Optional()])
    unit = ChoiceField(
        N_("Bought by the"),
        [Optional()],
        options=[(unit, UNITS[unit].label) for unit in SOLD_BY],
        coerce=Unit,
        default=Unit.KG,
    )
    period = ChoiceField(
        N_("For how long is that?"),
        [Optional()],
        options=list(PERIOD_LABELS.items()),
        coerce=Period,
        default=Period.WEEK,
    )
    months = MonthsField(N_("Months in which you need it"), [Optional()])
    product = TextField(N_("Which goods exactly"), [Optional()])
    papers_asked = SeveralField(
        N_("Papers the seller must have"), [Optional()], options=list(PAPER_LABELS.items())
    )
    price_limit = PositiveMoneyField(N_("Highest price for one unit"), [Optional()])
    place = TextField(N_("Where to deliver or invest"), [Optional()])
    delivery = LongTextField(N_("Terms of delivery"), [Optional()], longest=1000)
    payment_days = WholeField(
        N_("Payment, days after delivery"), [Optional()], example="7", highest=LONGEST_CREDIT
    )
    sectors = SeveralField(N_("Sectors"), [Optional()], options=list(SECTOR_LABELS.items()))
    capital_low = PositiveMoneyField(N_("Capital, from"), [Optional()])
    capital_high = PositiveMoneyField(N_("Capital, to"), [Optional()])
    cooperation = ChoiceField(
        N_("Form of investment or cooperation"),
        [Optional()],
        options=list(COOPERATION_LABELS.items()),
        coerce=Cooperation,
        blank=N_("Choose a form"),
    )
    years = WholeField(
        N_("For how many years"), [Optional()], example="5", lowest=1, highest=LONGEST_HORIZON
    )
    description = LongTextField(N_("Description"), [Optional()])
    closes_on = DateField(N_("Offers until"), [Optional()])
    audience = ChoiceField(
        N_("Who may read this?"),
        [Optional()],
        options=list(AUDIENCE_LABELS.items()),
        coerce=Audience,
        default=Audience.PUBLIC,
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Capital goes from low to high, and the last day is still to come."""
        is_valid: bool = super().validate(extra_validators)
        too_low = N_("The upper amount is below the lower one.")
        in_order = ordered(self.capital_low, self.capital_high, too_low)
        return still_to_come(self.closes_on) and in_order and is_valid
