"""The form of a promise, and of saying that it is done."""

from __future__ import annotations

from marketplace.accounts.moves import ActingForm
from marketplace.core.i18n import N_
from marketplace.promises.services import PromiseValues
from marketplace.web.fields import (
    ChoiceField,
    DateField,
    LongTextField,
    Required,
)
from marketplace.web.forms import Form


class PromiseForm(Form):
    """Who promised what to whom, and by when."""

    Values = PromiseValues

    promisor = ChoiceField(
        N_("Who promised it?"), [Required(N_("Choose who promised it."))], blank=N_("Choose one")
    )
    promisee = ChoiceField(
        N_("To whom?"), [Required(N_("Choose to whom it was promised."))], blank=N_("Choose one")
    )
    what = LongTextField(
        N_("What was promised?"),
        [Required(N_("Write in one sentence what was promised."))],
        longest=600,
    )
    due_on = DateField(N_("By which day?"), [Required(N_("Enter the day it is due."))])
    made_on = DateField(
        N_("On which day was it promised?"), [Required(N_("Enter the day it was promised."))]
    )


class DoneForm(ActingForm):
    """What was done."""

    said_done = LongTextField(
        N_("What was done, and when?"),
        [Required(N_("Write in one sentence what was done."))],
        longest=600,
    )
