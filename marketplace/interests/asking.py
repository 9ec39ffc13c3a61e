"""What anyone is asked who answers a listing, signed in or not: the fields of each kind.

Used by the forms of this feature and of those above it.
"""

from __future__ import annotations

from dataclasses import fields

from marketplace.accounts.moves import ActingForm
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import Asks
from marketplace.catalogue.taxonomy import COOPERATION_LABELS, PERIOD_LABELS, Cooperation, Period
from marketplace.core.i18n import N_
from marketplace.interests.models import InterestValues
from marketplace.interests.rules import PAPERS
from marketplace.papers.types import TYPES
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
    SeveralField,
    TextField,
    WholeField,
)
from marketplace.web.formats import quantity as shown

INVESTING = ("capital", "cooperation", "begins_on", "years", "questions")
ASKED = {
    Asks.QUANTITY: ("quantity", "months", "unit_price", "papers"),
    Asks.CAPITAL: INVESTING,
    Asks.PEOPLE: ("people", "wished_on", "questions"),
}
"""The fields of an interest that belong to what a listing asks for."""
GOODS = ("quantity", "period", "unit_price", "months", "papers", "offered")
"""The fields of an offer of goods; other offers are of capital."""


class AnswerForm(ActingForm):
    """Who answers, and what they write; for an investment also in which form, when and how long."""

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
    capital = PositiveMoneyField(N_("Capital you think of"), [Optional()])
    cooperation = ChoiceField(
        N_("In which form?"),
        [Optional()],
        options=list(COOPERATION_LABELS.items()),
        coerce=Cooperation,
        blank=N_("Open to talk about"),
    )
    begins_on = DateField(N_("When could you begin?"), [Optional()])
    years = WholeField(N_("For how many years?"), [Optional()], example="5", lowest=1, highest=70)
    questions = LongTextField(N_("What would you like to know first?"), [Optional()], longest=1000)
    consent = CheckField(
        N_(
            "I agree that the officials of both localities and the owner of the listing use this "
            "information for matchmaking."
        ),
        [Required(N_("Without your agreement we cannot pass this on. Tick the box."))],
    )

    def keep_only(self, wanted: tuple[str, ...]) -> None:
        """Leave out the fields of other kinds of listings."""
        for name in {*GOODS, *INVESTING, "people", "wished_on"} - set(wanted):
            if name in self:
                del self[name]

    def begin_unfinished(self) -> None:
        """Let everything be empty: a draft is finished later."""
        for field in self:
            field.validators = [one for one in field.validators if not isinstance(one, Required)]

    def values(self) -> InterestValues:
        """What was typed; people are a quantity as well."""
        names = [one.name for one in fields(InterestValues) if one.name in self]
        typed = {name: self[name].data for name in names}
        typed["contact_phone"] = typed.get("contact_phone") or ""
        if "people" in self:
            typed["quantity"] = self.people.data
        return InterestValues(**typed)


class InterestForm(AnswerForm):
    """How much, how many people, or which capital: what belongs to the listing."""

    quantity = QuantityField(
        N_("How much do you need?"), [Required(N_("Enter the quantity, for example 60."))]
    )
    months = MonthsField(N_("In which months do you need it?"), [Optional()])
    unit_price = PositiveMoneyField(N_("The price you have in mind for one unit"), [Optional()])
    papers = SeveralField(
        N_("Which papers do you need?"),
        [Optional()],
        options=[(kind, TYPES[kind].short) for kind in PAPERS],
    )
    people = PeopleField(
        N_("How many people?"), [Required(N_("Enter how many people, for example 12."))]
    )
    wished_on = DateField(N_("Which day would suit you?"), [Optional()])

    def about(self, listing: Listing) -> InterestForm:
        """Ask only for what belongs to this listing."""
        self.keep_only(ASKED[listing.asks_for])
        return self


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
    papers = SeveralField(
        N_("Which papers can you show?"),
        [Optional()],
        options=[(kind, TYPES[kind].short) for kind in PAPERS],
    )
    offered = ChoiceField(
        N_("Which of your listings is it?"), [Optional()], blank=N_("None of those posted")
    )
    capital = PositiveMoneyField(N_("Capital it would need"), [Optional()])

    def about(self, listing: Listing, stock: list[Listing]) -> OfferForm:
        """Ask for goods or for capital; ``stock`` are the listings an offer may refer to."""
        self.keep_only(GOODS if listing.is_sale else INVESTING)
        if "offered" in self:
            self.offered.offer((one.public_id, _told(one)) for one in stock)
        return self


def _told(goods: Listing) -> str:
    return f"{goods.title} · {shown(goods.left, goods.unit_sold)}"
