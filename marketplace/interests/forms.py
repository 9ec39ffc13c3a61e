"""The form of an interest."""

from __future__ import annotations

from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.models import Listing
from marketplace.core.i18n import N_
from marketplace.interests.services import InterestValues
from marketplace.web.fields import (
    CheckField,
    LongTextField,
    OfficePhoneField,
    Optional,
    PositiveMoneyField,
    QuantityField,
    Required,
    TextField,
)
from marketplace.web.forms import Form


class InterestForm(Form):
    """Who asks, how much, what for. Produce asks for a quantity, an opportunity for capital."""

    Values = InterestValues

    contact_name = TextField(
        N_("Whom to call"), [Required(N_("Enter the name of the person to call."))], longest=120
    )
    contact_phone = OfficePhoneField(
        N_("Phone"), [Required(N_("Enter a phone number, for example 0905 123 456."))]
    )
    quantity = QuantityField(
        N_("How much do you need?"), [Required(N_("Enter the quantity, for example 60."))]
    )
    capital = PositiveMoneyField(N_("Capital you think of"), [Optional()])
    message = LongTextField(
        N_("What for, and when?"),
        [Required(N_("Write in one or two sentences what you need and when."))],
        longest=2000,
    )
    consent = CheckField(
        N_(
            "I agree that the officials of both localities and the owner of the listing use this "
            "information for matchmaking."
        ),
        [Required(N_("Without your agreement we cannot pass this on. Tick the box."))],
    )

    def about(self, listing: Listing) -> InterestForm:
        """Ask only for what belongs to this kind of listing."""
        del self["capital" if isinstance(listing, Produce) else "quantity"]
        return self
