"""What people type about plans, orders, parcels and money."""

from __future__ import annotations

from marketplace.accounts.moves import ActingForm
from marketplace.core.i18n import N_
from marketplace.deals.models import Deal
from marketplace.deliveries.rules import HOW_LABELS, MOST_BOXES, PaidHow
from marketplace.deliveries.services import (
    CallValues,
    DispatchValues,
    PaymentValues,
    PlanValues,
)
from marketplace.web.fields import (
    ChoiceField,
    DateField,
    Optional,
    PhoneField,
    PositiveMoneyField,
    QuantityField,
    Required,
    TextField,
    WholeField,
)

HOW_MUCH = N_("Enter the quantity, for example 60.")
WHICH_DAY = N_("Enter the day, for example 01/12/2026.")


class PlanForm(ActingForm):
    """A delivery or milestone to come."""

    Values = PlanValues

    due_on = DateField(N_("Until when"), [Required(WHICH_DAY)])
    quantity = QuantityField(N_("Quantity"), [Optional()])
    what = TextField(N_("What shall be done"), [Optional()], longest=200)

    def about(self, deal: Deal) -> PlanForm:
        """Investments have milestones only."""
        if deal.committed_quantity is None:
            del self["quantity"]
        return self


class CallForm(ActingForm):
    """An order on a contract."""

    Values = CallValues

    wanted_on = DateField(N_("For which day"), [Required(WHICH_DAY)])
    quantity = QuantityField(N_("How much"), [Required(HOW_MUCH)])
    note = TextField(N_("Note for the producer"), [Optional()], longest=300)


class LessForm(ActingForm):
    """How much less than asked the producer can deliver."""

    quantity = QuantityField(N_("How much can you deliver?"), [Required(HOW_MUCH)])


class DispatchForm(ActingForm):
    """What was put on which coach."""

    Values = DispatchValues

    quantity = QuantityField(N_("Quantity"), [Required(HOW_MUCH)])
    boxes = WholeField(
        N_("Number of boxes"),
        [Required(N_("Enter the number of boxes, from 1 to 200."))],
        example="3",
        lowest=1,
        highest=MOST_BOXES,
    )
    coach = TextField(
        N_("Coach or driver"),
        [Required(N_("Enter the name of the coach firm or who drives."))],
        longest=120,
    )
    coach_phone = PhoneField(N_("Phone of the coach"), [Optional()])
    leaves_on = DateField(N_("Leaves on"), [Required(WHICH_DAY)])
    leaves_at = TextField(N_("At what time it leaves"), [Optional()], longest=40)
    arrives_on = DateField(N_("Arrives on"), [Required(WHICH_DAY)])
    arrives_at = TextField(N_("At what time it arrives"), [Optional()], longest=40)
    note = TextField(N_("Note for the receiver"), [Optional()], longest=300)


class PaymentForm(ActingForm):
    """Money that came for a delivery."""

    Values = PaymentValues

    received_on = DateField(N_("Received on"), [Required(WHICH_DAY)])
    amount = PositiveMoneyField(
        N_("Amount"), [Required(N_("Enter the amount, for example 350,000."))]
    )
    how = ChoiceField(
        N_("How it came"),
        [Required(N_("Choose how the money came."))],
        options=list(HOW_LABELS.items()),
        coerce=PaidHow,
    )
    note = TextField(N_("Note"), [Optional()], longest=300)
