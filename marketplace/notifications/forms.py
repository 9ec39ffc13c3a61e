"""The form in which an official logs a call."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.core.i18n import N_
from marketplace.web.fields import LongTextField, Required
from marketplace.web.forms import Form


@dataclass(frozen=True, slots=True)
class CallValues:
    """What was said on the telephone."""

    note: str


class CallForm(Form):
    """One sentence for the record."""

    Values = CallValues
    note = LongTextField(
        N_("What was said"),
        [Required(N_("Write one sentence about the call, for example: told, answers on Friday."))],
        longest=1000,
    )
