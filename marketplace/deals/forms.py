"""Forms of a case: offers, papers, stops, instalments, further parties, figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask_wtf.file import FileField

from marketplace.accounts.models import Organisation
from marketplace.accounts.moves import ActingForm, MoveForm
from marketplace.accounts.papers import keep
from marketplace.core.errors import Conflict, DomainError
from marketplace.core.i18n import N_
from marketplace.deals.entering import InstalmentValues
from marketplace.deals.models import Deal, Figure
from marketplace.deals.rules import (
    GOODS_REASONS,
    INVESTMENT_ROLES,
    LINKAGE_FORMS,
    PAPER_LABELS,
    PARTY_LABELS,
    SALE_ROLES,
    Indicator,
    PaperKind,
    PartyRole,
    papers_of,
)
from marketplace.deals.services import Signed, Terms
from marketplace.web.fields import (
    ChoiceField,
    DateField,
    LongTextField,
    MoneyField,
    Optional,
    PositiveMoneyField,
    QuantityField,
    Required,
    TextField,
    VersionField,
)
from marketplace.web.forms import Form


class VersionedForm(Form):
    """A form about a record someone else may change meanwhile.

    After a conflict the next try is about what stands now, which the page then shows; what was
    typed is kept.
    """

    version = VersionField()
    latest: Callable[[], int] | None = None

    def refuse(self, error: DomainError) -> None:
        """Take over the present version when the refusal was that it had changed."""
        super().refuse(error)
        if isinstance(error, Conflict) and self.latest is not None:
            self.version.data = self.latest()


class TermsForm(ActingForm, VersionedForm):
    """An offer; ``version`` is the number of the one it answers."""

    Values = Terms

    quantity = QuantityField(N_("Quantity"), [Required(N_("Enter the quantity, for example 60."))])
    unit_price = PositiveMoneyField(
        N_("Price per unit"), [Required(N_("Enter the price per unit, for example 120,000."))]
    )
    value = PositiveMoneyField(
        N_("Agreed value"), [Required(N_("Enter the agreed value, for example 350,000,000."))]
    )
    starts_on = DateField(
        N_("First day"), [Required(N_("Enter the first day, for example 01/12/2026."))]
    )
    ends_on = DateField(N_("Last day"), [Optional()])
    delivery = LongTextField(N_("Terms of delivery"), [Optional()], longest=2000)
    payment = LongTextField(N_("Terms of payment"), [Optional()], longest=2000)
    quality = LongTextField(N_("Quality and papers"), [Optional()], longest=2000)
    other = LongTextField(N_("Other terms"), [Optional()], longest=4000)

    def about(self, deal: Deal) -> TermsForm:
        """Ask only for what belongs to this kind of deal."""
        for name in ("value",) if deal.unit is not None else ("quantity", "unit_price"):
            del self[name]
        return self

    def values(self) -> Terms:
        """The terms."""
        return Terms(
            quantity=self.typed("quantity"),
            unit_price=self.typed("unit_price"),
            value=self.typed("value"),
            starts_on=self.typed("starts_on"),
            ends_on=self.ends_on.data,
            delivery=self.delivery.data,
            payment=self.payment.data,
            quality=self.quality.data,
            other=self.other.data,
            version=self.version.data,
        )


class AcceptForm(ActingForm, VersionedForm):
    """A party accepts the offer that stands on the page; ``version`` is its number."""


class PaperForm(Form):
    """Which paper the parties sign."""

    kind = ChoiceField(
        N_("Kind of paper"),
        [Required(N_("Choose the kind of paper."))],
        coerce=PaperKind,
        blank=N_("Choose the kind of paper"),
    )
    linkage_form = ChoiceField(
        N_("Form of linkage"),
        [Optional()],
        options=list(LINKAGE_FORMS.items()),
        coerce=int,
        blank=N_("Not a linkage contract"),
    )

    def about(self, deal: Deal) -> PaperForm:
        """Offer the kinds that fit, and ask for a form of linkage only where there is one."""
        kinds = papers_of(deal)
        self.kind.offer((kind, PAPER_LABELS[kind]) for kind in kinds)
        if PaperKind.LINKAGE not in kinds:
            del self.linkage_form
        return self


class HandInForm(ActingForm):
    """One side's signed copy, and the day on it."""

    signed_on = DateField(
        N_("Signed on"), [Required(N_("Enter the day of signing, for example 20/11/2026."))]
    )
    paper = FileField(N_("Signed paper"), [Optional()])

    def values(self) -> Signed:
        """Day and file. Raises Invalid for a file that is no paper."""
        return Signed(self.typed("signed_on"), keep(self.paper.data))


class StopForm(MoveForm):
    """Why a deal stands still, and since when."""

    stopped_on = DateField(N_("Since when?"), [Optional()])

    def why(self) -> dict[str, Any]:
        """Reason, sentence and day."""
        return super().why() | {"since": self.stopped_on.data}


class SignForm(Form):
    """On which day the parties signed, and the paper."""

    signed_on = DateField(
        N_("Signed on"), [Required(N_("Enter the day of signing, for example 20/11/2026."))]
    )
    paper_number = TextField(N_("Number of the paper"), [Optional()], longest=60)
    paper = FileField(N_("Signed paper"), [Optional()])

    def values(self) -> dict[str, Any]:
        """Day, paper and its number. Raises Invalid for a paper that is none."""
        return {
            "signed_on": self.signed_on.data,
            "paper": keep(self.paper.data),
            "paper_number": self.paper_number.data,
        }


SPLIT = ("quantity", "downgraded", "downgraded_price", "rejected", "goods_reason", "photo")
"""What is asked about goods; of an investment only its value."""


class InstalmentForm(ActingForm, VersionedForm):
    """One delivery or payment, entered or corrected."""

    happened_on = DateField(
        N_("Day of delivery or payment"),
        [Required(N_("Enter the day it happened, for example 20/11/2026."))],
    )
    quantity = QuantityField(N_("Quantity accepted"), [Optional()])
    downgraded = QuantityField(N_("Taken at a lower price"), [Optional()])
    downgraded_price = PositiveMoneyField(N_("The lower price per unit"), [Optional()])
    rejected = QuantityField(N_("Sent back"), [Optional()])
    goods_reason = ChoiceField(
        N_("Why?"),
        [Optional()],
        options=list(GOODS_REASONS.items()),
        blank=N_("Choose a reason"),
    )
    photo = FileField(N_("Photo of what was wrong"), [Optional()])
    value = MoneyField(N_("Value"), [Optional()])
    instalment_note = TextField(N_("Note"), [Optional()], longest=300)
    paper = FileField(N_("Delivery note or receipt"), [Optional()])

    def about(self, deal: Deal) -> InstalmentForm:
        """Investments have a value only."""
        if deal.unit is None:
            for name in SPLIT:
                del self[name]
        return self

    @property
    def is_split(self) -> bool:
        """Whether something was typed about goods taken at less or sent back, or is wrong there."""
        return any(self[name].data or self[name].errors for name in SPLIT[1:] if name in self)

    def values(self) -> InstalmentValues:
        """The instalment. Raises Invalid for a paper that is none."""
        return InstalmentValues(
            happened_on=self.typed("happened_on"),
            quantity=self.typed("quantity"),
            value=self.value.data,
            note=self.instalment_note.data,
            paper=keep(self.paper.data),
            version=self.version.data,
            downgraded=self.typed("downgraded"),
            downgraded_price=self.typed("downgraded_price"),
            rejected=self.typed("rejected"),
            reason=self.typed("goods_reason"),
            photo=keep(self.typed("photo"), "photo"),
        )


class PartyForm(Form):
    """A further party of a deal."""

    organisation = ChoiceField(
        N_("Organisation"),
        [Required(N_("Choose an organisation."))],
        blank=N_("Choose an organisation"),
    )
    role = ChoiceField(
        N_("Role"),
        [Required(N_("Choose a role."))],
        blank=N_("Choose a role"),
        coerce=PartyRole,
    )

    def about(self, deal: Deal, organisations: Iterable[Organisation]) -> PartyForm:
        """Offer who is not a party yet, and the roles of this kind of deal."""
        known = {party.organisation_id for party in deal.parties}
        self.organisation.offer((o.public_id, o.name) for o in organisations if o.id not in known)
        roles = SALE_ROLES if deal.unit is not None else INVESTMENT_ROLES
        self.role.offer((role, PARTY_LABELS[role]) for role in roles)
        return self


class FigureForm(Form):
    """A returned figure written anew. A weight is typed in kilograms, which are kept in grams."""

    weight = QuantityField(N_("Amount"), [Required(N_("Enter the amount, for example 60."))])
    amount = MoneyField(N_("Amount"), [Required(N_("Enter the amount, for example 350,000."))])
    note = LongTextField(
        N_("What was put right"),
        [Required(N_("Write one sentence about what was put right."))],
        longest=1000,
    )

    def about(self, figure: Figure) -> FigureForm:
        """One of the two fields, holding what stands there."""
        name, other = ("weight", "amount")
        if figure.indicator is not Indicator.DELIVERED_WEIGHT:
            name, other = other, name
        del self[other]
        if not self.is_submitted():
            self[name].data = figure.amount
        return self

    def corrected(self) -> int:
        """The amount in the indicator's unit."""
        return int(self.typed("weight" if "weight" in self else "amount"))
