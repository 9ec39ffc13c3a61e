"""The form of names that mean the same."""

from __future__ import annotations

from marketplace.core.i18n import N_
from marketplace.discovery.services import SynonymValues
from marketplace.web.fields import LongTextField, Required, VersionField
from marketplace.web.forms import Form


class SynonymForm(Form):
    """Names, one on each line."""

    Values = SynonymValues

    names = LongTextField(
        N_("Names that mean the same, one on each line"),
        [Required(N_("Enter at least two names, one on each line, for example “sâm dây”."))],
        longest=1000,
    )
    version = VersionField()
