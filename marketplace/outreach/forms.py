"""The form of an invited firm, which also judges every row of a spreadsheet."""

from __future__ import annotations

from flask_wtf.file import FileField

from marketplace.core.i18n import N_
from marketplace.outreach.rules import ANSWER_LABELS, Answer
from marketplace.outreach.services import InviteeValues
from marketplace.web.fields import (
    ChoiceField,
    DateField,
    EmailField,
    LongTextField,
    OfficePhoneField,
    Optional,
    Required,
    TextField,
    VersionField,
)
from marketplace.web.forms import Form


class InviteeForm(Form):
    """What officials know of a firm they invite."""

    Values = InviteeValues

    name = TextField(
        N_("Name of the firm"), [Required(N_("Enter the name of the firm."))], longest=160
    )
    field = TextField(N_("Field of business"), [Optional()], longest=160)
    contact = TextField(N_("Whom to speak to"), [Optional()], longest=160)
    phone = OfficePhoneField(N_("Phone"), [Optional()])
    email = EmailField(N_("E-mail"), [Optional()])
    source = TextField(N_("Where we know it from"), [Optional()], longest=200)
    last_contact_on = DateField(N_("Last contact"), [Optional()])
    answer = ChoiceField(
        N_("Their answer"),
        [Optional()],
        options=list(ANSWER_LABELS.items()),
        coerce=Answer,
        default=Answer.NONE,
    )
    notes = LongTextField(N_("Notes"), [Optional()], longest=2000)
    version = VersionField()

    def values(self) -> InviteeValues:
        """What the use case takes; empty is unknown."""
        return InviteeValues(
            name=self.name.data,
            field=self.field.data,
            contact=self.contact.data,
            phone=self.phone.data or None,
            email=self.email.data or None,
            source=self.source.data,
            last_contact_on=self.last_contact_on.data,
            answer=self.answer.data or Answer.NONE,
            notes=self.notes.data,
        )


class ImportForm(Form):
    """A filled spreadsheet."""

    firms_file = FileField(
        N_("Excel or CSV file"), [Required(N_("Choose the filled file (.xlsx or .csv)."))]
    )
