"""The forms in which an official logs a call, and people choose their mails."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from marketplace.core import marks
from marketplace.core.i18n import N_
from marketplace.notifications.rules import TOPIC_LABELS, Topic
from marketplace.web.fields import LongTextField, Required, SeveralField
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


class MailsForm(Form):
    """About which topics one gets e-mails."""

    mail = SeveralField(N_("By e-mail"), options=list(TOPIC_LABELS.items()))

    def wanted(self) -> Collection[Topic]:
        """The topics ticked."""
        return marks.to_members(list(Topic), self.mail.data)
