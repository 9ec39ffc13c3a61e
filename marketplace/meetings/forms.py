"""Forms of joint meetings."""

from __future__ import annotations

from marketplace.core.i18n import N_
from marketplace.meetings.services import MeetingValues
from marketplace.web.fields import (
    ChoiceField,
    DateField,
    LongTextField,
    Optional,
    Required,
    TextField,
)
from marketplace.web.forms import Form


class MeetingForm(Form):
    """When and where, who leads, who writes, who is there."""

    Values = MeetingValues

    pair = ChoiceField(N_("Twinning"), [Required(N_("Choose one from the list."))])
    held_on = DateField(N_("Day of the meeting"), [Required(N_("Enter the day of the meeting."))])
    begins = TextField(N_("Begins at"), [Optional()], longest=20)
    place = TextField(
        N_("Place of the meeting"),
        [Required(N_("Enter where the meeting is held."))],
        longest=200,
    )
    chair = TextField(
        N_("Led by (role)"), [Required(N_("Say who leads the meeting."))], longest=200
    )
    secretary = TextField(
        N_("Minutes by (role)"), [Required(N_("Say who writes the minutes."))], longest=200
    )
    attendees = LongTextField(
        N_("Who is there, by role, one a line"),
        [Required(N_("Say who is there."))],
        longest=3000,
    )


class NoteForm(Form):
    """What was said about a matter."""

    note = LongTextField(
        N_("What was said in the meeting"),
        [Required(N_("Write what was said about this matter."))],
        longest=3000,
    )


class CloseForm(Form):
    """The conclusion."""

    conclusion = LongTextField(N_("Conclusion"), [Optional()], longest=5000)
