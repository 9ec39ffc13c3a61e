"""Forms that propose a match."""

from __future__ import annotations

from flask_wtf.file import FileField

from marketplace.accounts.models import Organisation
from marketplace.accounts.papers import keep
from marketplace.catalogue.models import Listing
from marketplace.core.i18n import N_
from marketplace.matching.services import MatchValues
from marketplace.web.fields import (
    ChoiceField,
    DateField,
    LongTextField,
    Optional,
    PositiveMoneyField,
    QuantityField,
    Required,
)
from marketplace.web.formats import quantity as shown
from marketplace.web.forms import Form


class ProposeForm(Form):
    """How much at what price, or which value; what the parties should know."""

    quantity = QuantityField(N_("Quantity"), [Optional()])
    unit_price = PositiveMoneyField(N_("Price per unit"), [Optional()])
    value = PositiveMoneyField(N_("Value of the investment"), [Optional()])
    note = LongTextField(N_("Note to both sides"), [Optional()], longest=2000)

    def about(self, listing: Listing) -> ProposeForm:
        """Ask only for what belongs to this kind of listing."""
        if listing.is_sale:
            del self["value"]
        else:
            del self["quantity"]
            del self["unit_price"]
        return self

    def values(self) -> MatchValues:
        """What is proposed."""
        return MatchValues(
            quantity=self.typed("quantity"),
            unit_price=self.typed("unit_price"),
            value=self.typed("value"),
            note=self.note.data,
        )


class HandForm(ProposeForm):
    """A match by an official's hand: which listing, which organisation, perhaps from earlier."""

    listing = ChoiceField(
        N_("Listing"),
        [Required(N_("Choose a listing. Search above when the list is long."))],
        blank=N_("Choose a listing"),
    )
    buyer = ChoiceField(
        N_("Organisation to bring together with its owner"),
        [Required(N_("Choose an organisation. Search above when the list is long."))],
        blank=N_("Choose an organisation"),
    )
    happened_on = DateField(N_("Day of the earlier dealing"), [Optional()])
    paper = FileField(N_("Paper of the earlier dealing"), [Optional()])

    def offer(self, listings: list[Listing], buyers: list[Organisation]) -> HandForm:
        """Set what can be chosen."""
        self.listing.offer((one.public_id, _told(one)) for one in listings)
        self.buyer.offer((one.public_id, one.name) for one in buyers)
        return self

    def values(self) -> MatchValues:
        """What is proposed. Raises Invalid for a paper that is none."""
        return MatchValues(
            quantity=self.quantity.data,
            unit_price=self.unit_price.data,
            value=self.value.data,
            note=self.note.data,
            happened_on=self.happened_on.data,
            paper=keep(self.paper.data),
        )


def _told(listing: Listing) -> str:
    """A listing in a list: its title, whose it is, what is left."""
    parts = [listing.title, listing.organisation.name]
    if listing.left is not None:
        parts.append(shown(listing.left, listing.unit_sold))
    return " · ".join(parts)
