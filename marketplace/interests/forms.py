"""The forms with which a listing is answered: an interest, or an offer where it seeks."""

from __future__ import annotations

from marketplace.accounts.models import Organisation
from marketplace.accounts.moves import ActingForm
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import Asks
from marketplace.catalogue.taxonomy import PERIOD_LABELS, Period
from marketplace.core.i18n import N_
from marketplace.interests.services import InterestValues
from marketplace.web.fields import (
    CheckField,
    ChoiceField,
    DateField,
    LongTextField,
    MonthsField,
    OfficePhoneField,
    Optional,
    PeopleField,
    PositiveMoneyField,
    QuantityField,
    Required,
    TextField,
)
from marketplace.web.formats import quantity as shown

ASKED = {
    Asks.QUANTITY: ("quantity",),
    Asks.CAPITAL: ("capital",),
    Asks.PEOPLE: ("people", "wished_on"),
}
"""The fields of an interest that belong to what a listing asks for."""


class AnswerForm(ActingForm):
    """Who answers, and what they write."""

    Values = InterestValues

    contact_name = TextField(
        N_("Whom to call"), [Required(N_("Enter the name of the person to call."))], longest=120
    )
    contact_phone = OfficePhoneField(
        N_("Phone"), [Required(N_("Enter a phone number, for example 0905 123 456."))]
    )
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


class InterestForm(AnswerForm):
    """How much, how many people, or which capital: what belongs to the listing."""

    quantity = QuantityField(
        N_("How much do you need?"), [Required(N_("Enter the quantity, for example 60."))]
    )
    people = PeopleField(
        N_("How many people?"), [Required(N_("Enter how many people, for example 12."))]
    )
    wished_on = DateField(N_("Which day would suit you?"), [Optional()])
    capital = PositiveMoneyField(N_("Capital you think of"), [Optional()])

    def about(self, listing: Listing) -> InterestForm:
        """Ask only for what belongs to this listing."""
        for asks, names in ASKED.items():
            for name in names if asks is not listing.asks_for else ():
                del self[name]
        self.speak_for(None)
        return self

    def values(self) -> InterestValues:
        """What is asked for; people are a quantity as well."""
        return InterestValues(
            contact_name=self.contact_name.data,
            contact_phone=self.contact_phone.data or "",
            message=self.message.data,
            quantity=self.typed("people") or self.typed("quantity"),
            capital=self.typed("capital"),
            wished_on=self.typed("wished_on"),
        )


class OfferForm(AnswerForm):
    """What a producer offers to someone who seeks: how much, when, at what price, whence."""

    message = LongTextField(
        N_("Your offer in a few words"),
        [Required(N_("Write in one or two sentences what you can offer."))],
        longest=2000,
    )
    quantity = QuantityField(
        N_("How much can you supply?"), [Required(N_("Enter the quantity, for example 60."))]
    )
    period = ChoiceField(
        N_("For how long is that?"),
        [Optional()],
        options=list(PERIOD_LABELS.items()),
        coerce=Period,
        default=Period.WEEK,
    )
    unit_price = PositiveMoneyField(N_("Your price for one unit"), [Optional()])
    months = MonthsField(N_("Months in which you can deliver"), [Optional()])
    offered = ChoiceField(
        N_("Which of your listings is it?"), [Optional()], blank=N_("None of those posted")
    )
    capital = PositiveMoneyField(N_("Capital it would need"), [Optional()])

    def about(self, listing: Listing, stock: list[Listing]) -> OfferForm:
        """Ask for goods or for capital; ``stock`` are the listings an offer may refer to."""
        goods = ("quantity", "period", "unit_price", "months", "offered")
        for name in ("capital",) if listing.is_sale else goods:
            del self[name]
        if "offered" in self:
            self.offered.offer((one.public_id, _told(one)) for one in stock)
        return self


def _told(goods: Listing) -> str:
    return f"{goods.title} · {shown(goods.left, goods.unit_sold)}"


def answer_form(
    listing: Listing, organisation: Organisation, name: str, stock: list[Listing]
) -> AnswerForm:
    """The form that belongs to a listing, begun with what is known of who answers."""
    known = {"contact_name": name, "contact_phone": organisation.phone}
    if not listing.seeks:
        return InterestForm(data=known).about(listing)
    known["period"] = getattr(listing, "period", None)
    form = OfferForm(data=known).about(listing, stock)
    form.speak_for(organisation)
    return form
