"""The form of a row of the list of wild species."""

from __future__ import annotations

from marketplace.catalogue.wild.rules import RULE_LABELS, WildRule
from marketplace.catalogue.wild.services import WildValues
from marketplace.core.i18n import N_
from marketplace.web.fields import (
    CheckField,
    ChoiceField,
    LongTextField,
    Optional,
    Required,
    TextField,
    VersionField,
)
from marketplace.web.forms import Form


class WildForm(Form):
    """Name, other names, rule, and the law behind it."""

    Values = WildValues

    name = TextField(
        N_("Name as people say it"),
        [Required(N_("Enter the name, for example “Bảy lá một hoa”."))],
        longest=120,
    )
    synonyms = LongTextField(N_("Other names, one on each line"), [Optional()], longest=1000)
    rule = ChoiceField(
        N_("When gathered in the wild"),
        [Required(N_("Choose whether it may be offered."))],
        options=list(RULE_LABELS.items()),
        coerce=WildRule,
        blank=N_("Choose a rule"),
    )
    is_always = CheckField(N_("The rule also holds for raised and processed goods of this name."))
    note = LongTextField(
        N_("What people read"),
        [Required(N_("Write in one sentence what holds and what to do."))],
        longest=300,
    )
    source = TextField(N_("Law and source"), [Optional()], longest=200)
    version = VersionField()
