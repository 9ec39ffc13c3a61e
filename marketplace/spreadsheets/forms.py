"""The forms of imports: a file with the word of those it is entered for; columns to be named."""

from __future__ import annotations

from flask_wtf.file import FileField

from marketplace.accounts.moves import ActingForm
from marketplace.core.i18n import N_
from marketplace.web.fields import Optional
from marketplace.web.forms import Form


class UploadForm(ActingForm):
    """A spreadsheet. Whoever enters for others says once how they know."""

    file = FileField(N_("Excel or CSV file"), [Optional()])


class MapForm(Form):
    """What each unknown heading means; the fields are named by the page (``heading-0-1``)."""


class StepForm(Form):
    """Nothing but the button."""
