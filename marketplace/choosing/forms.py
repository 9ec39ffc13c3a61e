"""Forms of a selection: opening, declaring, giving points, the result, asking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import FieldList, FormField

from marketplace.accounts.moves import ActingForm
from marketplace.catalogue.models import Listing
from marketplace.choosing.models import Applicant, Score, SelectionCriterion
from marketplace.choosing.rules import MOST_POINTS
from marketplace.choosing.services import NOBODY, Result
from marketplace.core.i18n import N_
from marketplace.web.fields import (
    ChoiceField,
    DateField,
    LongTextField,
    Optional,
    Required,
    TextField,
)
from marketplace.web.forms import Form
from marketplace.web.rows import RowForm

MOST_ROWS = 200
"""More criteria or applicants than anyone compares."""


class OpenForm(Form):
    """Until when applications are taken, and by when the result is promised."""

    closes_on = DateField(
        N_("Last day of applications"),
        [Required(N_("Enter the last day of applications, as 31/12/2026."))],
    )
    decides_on = DateField(
        N_("Result by"), [Required(N_("Enter the day of the result, as 15/01/2027."))]
    )

    def about(self, listing: Listing) -> OpenForm:
        """The published closing day stands where there is one."""
        if listing.closes_on is not None:
            del self["closes_on"]
        return self

    def values(self) -> dict[str, Any]:
        """Both days."""
        return {"closes_on": self.typed("closes_on"), "decides_on": self.decides_on.data}


class DeclareForm(Form):
    """No conflict of interest, or which one."""

    conflict = ChoiceField(
        N_("My declaration"),
        [Required(N_("Choose one of the two."))],
        options=[
            ("no", N_("I have no interest in any applicant, and nobody of my family has one")),
            ("yes", N_("I have an interest and will not decide here")),
        ],
        blank=N_("Choose one of the two"),
    )
    conflict_words = LongTextField(N_("Which interest, in whom"), [Optional()], longest=600)

    def values(self) -> dict[str, Any]:
        """The declaration."""
        return {"has_conflict": self.conflict.data == "yes", "words": self.conflict_words.data}


class ScoreRow(RowForm):
    """One criterion of one applicant."""

    points = ChoiceField(
        N_("Points"),
        [Required(N_("Choose the points, from 0 to 10."))],
        options=[(str(n), str(n)) for n in range(MOST_POINTS, -1, -1)],
        blank=N_("Choose"),
    )
    words = TextField(
        N_("Why, in one sentence"), [Required(N_("Write one sentence why."))], longest=400
    )


class ScoreForm(Form):
    """All criteria of one applicant."""

    rows = FieldList(FormField(ScoreRow), N_("Points"), max_entries=MOST_ROWS)

    def about(self, criteria: Sequence[SelectionCriterion], given: Sequence[Score]) -> ScoreForm:
        """A row for each criterion, with what was given before."""
        self.criteria = [(one.id, one.name, one.weight) for one in criteria]
        earlier = {one.criterion_id: one for one in given}
        rows_for(self.rows, len(self.criteria))
        if not self.is_submitted():
            for (key, _name, _weight), entry in zip(self.criteria, self.rows.entries, strict=True):
                if key in earlier:
                    entry.form.points.data = str(earlier[key].points)
                    entry.form.words.data = earlier[key].words
        return self

    criteria: list[tuple[int, str, int]]

    def given(self) -> dict[int, tuple[int, str]]:
        """Points and sentence by criterion."""
        return {
            key: (int(entry.form.points.data), entry.form.words.data)
            for (key, _name, _weight), entry in zip(self.criteria, self.rows.entries, strict=True)
        }


class ReasonRow(RowForm):
    """What one applicant is told."""

    words = LongTextField(
        N_("What this applicant is told"),
        [Required(N_("Write for this applicant why, in one or two sentences."))],
        longest=1000,
    )


class ResultForm(Form):
    """Whom to choose, and why."""

    chosen = ChoiceField(
        N_("Choose"), [Required(N_("Choose one of those compared, or nobody."))], blank=N_("Choose")
    )
    summary = LongTextField(
        N_("Reasons of the decision"),
        [Required(N_("Write why, measured by the published criteria."))],
        longest=2000,
    )
    reasons = FieldList(FormField(ReasonRow), N_("To each applicant"), max_entries=MOST_ROWS)

    def about(self, applicants: Sequence[Applicant]) -> ResultForm:
        """A row for each of those compared."""
        self.applicants = [(one.public_id, one.interest.organisation.name) for one in applicants]
        self.chosen.offer([*self.applicants, (NOBODY, N_("Nobody is suitable"))])
        rows_for(self.reasons, len(self.applicants))
        return self

    applicants: list[tuple[str, str]]

    def values(self) -> Result:
        """The result."""
        told = {
            key: entry.form.words.data
            for (key, _name), entry in zip(self.applicants, self.reasons.entries, strict=True)
        }
        return Result(str(self.chosen.data), self.summary.data, told)


class AskForm(ActingForm):
    """A question about the reasons."""

    question = LongTextField(
        N_("Your question"),
        [Required(N_("Write your question, for example “Which paper was missing?”"))],
        longest=1000,
    )


class AnswerForm(Form):
    """The answer to it."""

    answer = LongTextField(
        N_("Answer"), [Required(N_("Write the answer in one or two sentences."))], longest=2000
    )


def rows_for(field: FieldList, count: int) -> None:
    """Exactly ``count`` rows, whatever was sent: rows nobody offered are left out."""
    while len(field.entries) > count:
        field.pop_entry()
    while len(field.entries) < count:
        field.append_entry()
