"""Forms of survey trips."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_wtf.file import MultipleFileField

from marketplace.accounts.papers import keep_photo
from marketplace.core import clock, dates, hours
from marketplace.core.i18n import N_
from marketplace.core.parsing import Unreadable
from marketplace.core.photos import Picture
from marketplace.core.text import clean
from marketplace.trips.rules import MOST_SEATS, NEXT_STEP_LABELS, NO_REASONS, NextStep
from marketplace.trips.services import PersonValues, StopValues, TripValues
from marketplace.web.fields import (
    CheckField,
    ChoiceField,
    DateField,
    LongTextField,
    OfficePhoneField,
    Optional,
    ReadField,
    Required,
    TextField,
    TickedField,
    TimeField,
    VersionField,
    WholeField,
)
from marketplace.web.forms import Form


def read_moment(raw: object) -> datetime:
    """A moment from ``18/12/2026 9:40`` on a Vietnamese clock; of today where no day is named."""
    parts = clean(raw).split()
    if not parts or len(parts) > 2:  # noqa: PLR2004  a day and a time
        raise Unreadable(hours.NOT_A_TIME)
    day = dates.parse(parts[0]) if len(parts) > 1 else clock.today()
    minutes = hours.parse(parts[-1])
    there = datetime(
        day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=clock.VIETNAM
    )
    return there.astimezone(UTC)


class MomentField(ReadField):
    """A day and a time."""

    parse = staticmethod(read_moment)
    show = staticmethod(lambda at: f"{clock.local(at):%d/%m/%Y %H:%M}")


class TripForm(Form):
    """When, where, who receives, how many."""

    Values = TripValues

    title = TextField(N_("Name of the trip"), [Required(N_("Enter a name."))], longest=120)
    purpose = LongTextField(N_("What for?"), [Optional()], longest=800)
    starts_on = DateField(N_("First day"), [Optional()])
    ends_on = DateField(N_("Last day"), [Optional()])
    host = ChoiceField(N_("Who receives the guests?"), [Optional()], blank=N_("Not settled yet"))
    meeting_point = TextField(N_("Where does everyone meet?"), [Optional()], longest=200)
    meets_at = TimeField(N_("At what time?"), [Optional()])
    seats = WholeField(
        N_("Seats"),
        [Required(N_("Enter how many seats there are, for example 12."))],
        example="12",
        lowest=1,
        highest=MOST_SEATS,
    )
    is_open = CheckField(N_("Show the trip in public; verified organisations may ask for a seat"))
    version = VersionField()


class StopForm(Form):
    """Where to stop, when, and what to ask there."""

    Values = StopValues

    on = DateField(N_("On which day?"), [Required(N_("Enter the day of this stop."))])
    at = TimeField(N_("At what time?"), [Optional()])
    listing = ChoiceField(N_("Listing to see"), [Optional()], blank=N_("None"))
    village_id = ChoiceField(N_("Village"), [Optional()], coerce=int, blank=N_("None"))
    place = TextField(N_("Place in words"), [Optional()], longest=160)
    ask = LongTextField(N_("What to ask there, one line each"), [Optional()], longest=1500)


class PersonForm(Form):
    """Whom to invite."""

    Values = PersonValues

    organisation = ChoiceField(
        N_("Organisation"), [Required(N_("Choose an organisation."))], blank=N_("Choose one")
    )
    function = TextField(
        N_("Who, by function"),
        [Required(N_("Enter the function, for example head of purchasing."))],
        longest=120,
    )
    phone = OfficePhoneField(N_("Phone"), [Optional()])
    is_leader = CheckField(N_("Leads the trip: may check in and write findings"))


class SeatForm(Form):
    """Who would come."""

    function = TextField(
        N_("Who would come, by function?"),
        [Required(N_("Enter the function, for example head of purchasing."))],
        longest=120,
    )
    phone = OfficePhoneField(
        N_("Phone"), [Required(N_("Enter a phone number, for example 0905 123 456."))]
    )


class AnswerForm(Form):
    """Yes or no, each a button."""

    answer = ChoiceField(
        N_("Do you come?"),
        [Required(N_("Say yes or no."))],
        options=[("accept", N_("Yes, we come")), ("decline", N_("No, we cannot"))],
    )


class InterestsForm(Form):
    """Which interests a trip serves."""

    interests = TickedField(N_("Which interests?"), [], choices=[])

    def offer(self, options: list[tuple[str, str]]) -> InterestsForm:
        """The boxes to tick."""
        self.interests.choices = options
        return self


class CheckInForm(Form):
    """The time on the phone, what was found, photos."""

    phone_at = MomentField(N_("Time on your phone"), [Optional()])
    findings = LongTextField(N_("What was found"), [Optional()], longest=3000)
    photos = MultipleFileField(N_("Photos"), [Optional()])

    def pictures(self) -> list[Picture]:
        """The photos, cleaned and kept. Raises Invalid, Unavailable."""
        uploads = [one for one in self.photos.data or [] if getattr(one, "filename", "")]
        return [keep_photo(one, "photos") for one in uploads]


class NextStepForm(Form):
    """What follows for an interest."""

    next_step = ChoiceField(
        N_("Next step"),
        [Required(N_("Choose the next step."))],
        options=list(NEXT_STEP_LABELS.items()),
        coerce=NextStep,
    )
    next_reason = ChoiceField(
        N_("If it does not go on: why?"),
        [Optional()],
        options=list(NO_REASONS.items()),
        blank=N_("Choose a reason"),
    )
    next_note = LongTextField(N_("In one sentence"), [Optional()], longest=600)


class ReportForm(Form):
    """The summary, and whether any promise was made."""

    summary = LongTextField(N_("Summary"), [Optional()], longest=4000)
    no_promises = CheckField(N_("No promises were made on this trip"))
    version = VersionField()
