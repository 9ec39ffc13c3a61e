"""Forms of questions and answers."""

from __future__ import annotations

from marketplace.accounts.moves import ActingForm
from marketplace.core.i18n import N_
from marketplace.web.fields import DateField, LongTextField, Optional, Required
from marketplace.web.forms import Form

_SAY_SOMETHING = N_("Write the answer in one or two sentences, for example “Yes, in 5 kg bags.”")


class QuestionForm(Form):
    """A question to the owner of a listing."""

    words = LongTextField(
        N_("Your question"),
        [Required(N_("Write your question, for example “Can you deliver 20 kg every Tuesday?”"))],
        longest=600,
    )


class AnswerForm(ActingForm):
    """The owner's answer, or the record of it."""

    answer = LongTextField(N_("Your answer"), [Required(_SAY_SOMETHING)], longest=2000)

    def apart(self, name: str) -> AnswerForm:
        """Give its fields ids of their own, so that several stand on one page."""
        for field in self:
            field.id = f"{field.id}-{name}"
        return self


class OfficialAnswerForm(Form):
    """An authority's answer."""

    answer = LongTextField(N_("Official answer"), [Required(_SAY_SOMETHING)], longest=2000)


class DateForm(ActingForm):
    """The last day on which questions are taken."""

    until = DateField(N_("Questions are taken until"), [Optional()])
