"""Forms of saved searches and watched listings."""

from __future__ import annotations

from marketplace.alerts.rules import RHYTHM_LABELS, Rhythm
from marketplace.alerts.services import SearchValues
from marketplace.core.i18n import N_
from marketplace.web.fields import ChoiceField, PathField, Required, TextField
from marketplace.web.forms import Form


class SearchForm(Form):
    """The name of a search, and how often it tells."""

    Values = SearchValues

    name = TextField(
        N_("Name"), [Required(N_("Write a name, for example “Ginger in March”."))], longest=80
    )
    rhythm = ChoiceField(
        N_("How often"),
        [Required(N_("Choose how often, for example “Once a day”."))],
        options=list(RHYTHM_LABELS.items()),
        coerce=Rhythm,
    )


class WatchForm(Form):
    """A button; ``next`` leads back to where it was pressed."""

    next = PathField()
