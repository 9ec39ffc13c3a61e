"""The page of a move: its reason, and whose word is recorded when someone acts for another.

Small moves post straight from a button; whatever asks for more has this page, which is also where
a refused button ends up, with everything that was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField

from marketplace.accounts.acting import Acting
from marketplace.accounts.models import Organisation
from marketplace.accounts.papers import keep
from marketplace.accounts.rules import (
    ACTING_LABELS,
    ActingHow,
    Purpose,
    may_act_for,
    may_manage,
    why_no_consent,
)
from marketplace.core.errors import Invalid
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import Workflow
from marketplace.web.access import actor
from marketplace.web.fields import (
    ChoiceField,
    DateField,
    LongTextField,
    Optional,
    PathField,
    TextField,
    VersionField,
)
from marketplace.web.forms import Form, handle
from marketplace.web.security import safe_next
from marketplace.web.workflow import hint_of

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Absent:
    """Whose word is recorded; plain values, because a refused use case lets go of all rows.

    ``consent_path`` leads to where consent is recorded, while there is none.
    """

    name: str
    consent_path: str | None = None


class ActingForm(Form):
    """A form that can carry someone else's word: how it came, when, on which slip.

    ``speak_for`` decides whether the fields are there at all: only for someone who records.
    """

    acting_how = ChoiceField(
        N_("How do you know?"),
        [Optional()],
        options=list(ACTING_LABELS.items()),
        coerce=ActingHow,
        blank=N_("Choose how they told you"),
    )
    acting_said_on = DateField(N_("On which day did they say it?"), [Optional()])
    acting_note = TextField(N_("Who said it, and what was read back"), [Optional()], longest=300)
    acting_paper = FileField(N_("Photo of the signed slip"), [Optional()])

    def speak_for(self, organisation: Organisation | None) -> ActingForm:
        """Keep the fields when the actor would record this organisation's word, else drop them."""
        someone = actor()
        self.recorded_for = (
            Absent(organisation.name, _consent_path(organisation))
            if organisation is not None
            and not may_manage(someone, organisation)
            and may_act_for(someone, organisation)
            else None
        )
        if self.recorded_for is None:
            for name in ("acting_how", "acting_said_on", "acting_note", "acting_paper"):
                if name in self:
                    del self[name]
        return self

    recorded_for: Absent | None = None

    def acting(self) -> Acting | None:
        """The record the form describes, None when people act for themselves."""
        if self.recorded_for is None:
            return None
        return Acting(
            how=self.acting_how.data,
            said_on=self.acting_said_on.data,
            note=self.acting_note.data,
            evidence=keep(self.acting_paper.data, "acting_paper"),
        )


def _consent_path(organisation: Organisation) -> str | None:
    if why_no_consent(organisation, Purpose.POST) is None:
        return None
    return f"/to-chuc/{organisation.public_id}/dong-y"


class MoveForm(ActingForm):
    """Reason and sentence of a move."""

    reason = ChoiceField(N_("Reason"), [Optional()], blank=N_("Choose a reason"))
    note = LongTextField(N_("Explanation"), [Optional()], longest=1000)
    version = VersionField()
    ve = PathField()

    def name_missing(self, but: str) -> None:
        """Say of each field that must be filled in and is not; ``but`` is spoken of already."""
        needed = {
            "reason": N_("Choose a reason."),
            "note": N_("Write one sentence that the other side will read."),
            "acting_how": N_("Say how the organisation told you this."),
        }
        for name, sentence in needed.items():
            if name in self and name != but and not self[name].data:
                self[name].errors = [*self[name].errors, sentence]

    def why(self) -> dict[str, Any]:
        """Reason and sentence as use cases take them, empty for moves that ask for none."""
        asked = "reason" in self
        return {
            "reason": self.reason.data if asked else None,
            "note": self.note.data if asked else "",
        }


WORK = "/lam-viec"


def came_from(default: str) -> str:
    """The page of the desk named in the address, else ``default``."""
    asked = safe_next(request.values.get("ve"), default)
    return asked if asked == WORK or asked.startswith((f"{WORK}/", f"{WORK}?")) else default


def move_page(  # noqa: PLR0913  one page for every move: each says what is its own
    subject: Any,
    name: str,
    act: Callable[[MoveForm], R],
    *,
    title: str,
    back: str,
    done: Callable[[R], str] | None = None,
    said: Text | str | None = None,
    speaks_for: Organisation | None = None,
    workflow: Workflow | None = None,
    panels: Callable[[], Sequence[Any]] | None = None,
    hint: str | None = None,
) -> ResponseReturnValue:
    """Show or carry out the move ``name`` on ``subject``, then go ``back``.

    Whoever came from a page of the desk (``ve`` in the address) goes back there instead; ``panels``
    are read before the move is made. ``hint`` says who reads the explanation, where that is not the
    other side.

    Raises NotAllowed or WrongState before showing anything to someone who may not make it now.
    """
    chosen: Workflow = workflow or subject.workflow
    transition = chosen.transitions[name]
    back = came_from(back)
    if request.method != "POST":
        chosen.require(subject, name, actor())
    form = MoveForm(data={"ve": request.args.get("ve")}).speak_for(speaks_for)
    if transition.needs_reason:
        form.reason.offer(transition.reasons.items())
    else:
        del form["reason"]
        del form["note"]

    def page() -> str:
        return render_template(
            "moves/show.html",
            form=form,
            transition=transition,
            title=title,
            back=back,
            panels=panels() if panels else (),
            hint=hint or hint_of(name),
        )

    return handle(form, page, lambda: _at_once(form, act), done or (lambda _result: back), said)


def _at_once(form: MoveForm, act: Callable[[MoveForm], R]) -> R:
    """Make the move; where it is refused for something missing, name all that is missing at once.

    Only then: whoever may not make it reads that, not what to fill in.
    """
    try:
        return act(form)
    except Invalid as error:
        form.name_missing(error.field)
        raise
