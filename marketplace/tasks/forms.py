"""Forms of tasks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf.file import FileField

from marketplace.accounts.moves import ActingForm
from marketplace.accounts.papers import keep
from marketplace.core.i18n import N_
from marketplace.deals.models import Deal
from marketplace.tasks.models import Task
from marketplace.tasks.services import LOCALITY, TaskValues
from marketplace.web.fields import (
    ChoiceField,
    DateField,
    LongTextField,
    Optional,
    Required,
    TextField,
    VersionField,
    WholeField,
)
from marketplace.web.forms import Form

MOST_DAYS = 1000
"""Working days, four years; more is a mistake in typing."""


class TaskForm(Form):
    """What is to be done, by whom, until when."""

    Values = TaskValues

    task_title = TextField(
        N_("What is to be done"),
        [Required(N_("Write what is to be done, for example “Deliver sample packs”."))],
        longest=200,
    )
    responsible = ChoiceField(
        N_("Who does it"),
        [Required(N_("Choose a party or one of the two localities."))],
        blank=N_("Choose who does it"),
    )
    task_office = TextField(N_("At which office"), [Optional()], longest=200)
    basis = LongTextField(N_("Legal basis or note"), [Optional()], longest=600)
    task_days = WholeField(
        N_("Usual working days"), [Optional()], example="30", lowest=1, highest=MOST_DAYS
    )
    due_on = DateField(N_("Last day"), [Optional()])
    after = ChoiceField(N_("Only after"), [Optional()], blank=N_("Nothing, it can begin now"))
    version = VersionField()

    def about(self, deal: Deal, before: Iterable[Task]) -> TaskForm:
        """Offer the parties, both localities, and what stands before it."""
        people = [(one.organisation.public_id, one.organisation.name) for one in deal.parties]
        places = [
            (f"{LOCALITY}{place.id}", place.name) for place in (deal.pair.source, deal.pair.market)
        ]
        self.responsible.offer([*people, *places])
        self.after.offer((one.public_id, one.title) for one in before)
        return self

    def values(self) -> TaskValues:
        """The task."""
        return TaskValues(
            title=self.task_title.data,
            responsible=str(self.responsible.data),
            office=self.task_office.data,
            basis=self.basis.data,
            days=self.task_days.data,
            due_on=self.due_on.data,
            after=self.after.data,
            version=self.version.data,
        )


def start(task: Task) -> dict[str, Any]:
    """What the form of an existing task starts from."""
    organisation = task.organisation
    return {
        "task_title": task.title,
        "responsible": organisation.public_id if organisation else f"{LOCALITY}{task.locality_id}",
        "task_office": task.office,
        "basis": task.basis,
        "task_days": task.days,
        "due_on": task.due_on,
        "after": task.blocked_by.public_id if task.blocked_by else None,
        "version": task.version,
    }


class FinishForm(ActingForm):
    """That it is done, and the paper that shows it."""

    happened_on = DateField(N_("Done on"), [Optional()])
    paper = FileField(N_("The paper"), [Optional()])

    def values(self) -> dict[str, Any]:
        """Day and paper. Raises Invalid for a paper that is none."""
        return {
            "happened_on": self.happened_on.data,
            "paper": keep(self.paper.data, documents=True),
        }
