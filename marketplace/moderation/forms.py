"""The form of a report about a listing."""

from __future__ import annotations

from marketplace.core.i18n import N_
from marketplace.moderation.rules import ABOUT_LABELS, About
from marketplace.moderation.services import ReportValues
from marketplace.web.fields import ChoiceField, LongTextField, Optional, Required, TextField
from marketplace.web.forms import Form


class ReportForm(Form):
    """What is wrong; who says so, if they wish."""

    Values = ReportValues

    about = ChoiceField(
        N_("What is wrong?"),
        [Required(N_("Choose what is wrong, for example “What it says is wrong”."))],
        options=list(ABOUT_LABELS.items()),
        coerce=About,
        blank=N_("Choose what is wrong"),
    )
    message = LongTextField(
        N_("In your own words"),
        [Required(N_("Write one sentence, for example “The phone number is not theirs”."))],
        longest=1000,
    )
    reporter_name = TextField(N_("Your name"), [Optional()], longest=100)
    reporter_contact = TextField(N_("Phone number or e-mail address"), [Optional()], longest=200)
