"""«Phiếu trình»: the decisions that wait for one person, settled in one sitting.

A line is settled by its own use case, which asks its own rule; here is only what can be chosen on
a line and what became of it. On paper a leader decides the same lines, and a colleague enters what
the signed sheet says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from marketplace.accounts import acts as organisations
from marketplace.accounts.rules import ORGANISATION
from marketplace.catalogue import acts as listings
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.gates import Check
from marketplace.catalogue.rules import LISTING
from marketplace.choosing import acts as selections
from marketplace.choosing.rules import SELECTION
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean
from marketplace.core.workflow import Transition, Workflow
from marketplace.deals import acts as deals
from marketplace.deals.rules import AGREEMENT, FIGURE, RULING
from marketplace.desk import queries
from marketplace.desk.bulks import settled, was_settled
from marketplace.desk.queries import Fact, Task
from marketplace.desk.rules import DECISIONS, ELSEWHERE, QUEUE_LABELS, Queue
from marketplace.matching.rules import MATCH
from marketplace.moderation import acts as reports
from marketplace.moderation.rules import REPORT
from marketplace.papers import acts as papers
from marketplace.papers.rules import PAPER
from marketplace.revisions import acts as revisions
from marketplace.revisions.rules import REVISION
from marketplace.trips import acts as trips
from marketplace.trips.rules import TRIP, TRIP_REPORT

MOST = 40
"""Lines of a sheet; the next ones follow when these are settled."""
LONGEST_NOTE = 1000
LONGEST_TITLE = 300
_CODE = re.compile(r"[a-z_]{1,20}-[a-z0-9]{10}", re.ASCII)

YES, NO = "yes", "no"

SAID: Mapping[tuple[Workflow, str], str] = {
    (MATCH, "turn_key"): N_("The key of your locality has been turned."),
    (MATCH, "reject"): N_("The match has been rejected. Both sides have been told why."),
    (MATCH, "object"): N_("You have objected. Both localities must turn their keys now."),
    (FIGURE, "verify"): N_("Verified. The figure counts in public now."),
    (FIGURE, "return"): N_("Returned. Whoever entered it has been told why."),
    (LISTING, "turn_key"): N_("Approved for your locality."),
    (LISTING, "return"): N_("Returned; the owner reads your reason."),
    (REVISION, "turn_key"): N_("Approved for your locality."),
    (REVISION, "return"): N_("Returned; the owner reads your reason."),
    (REPORT, "dismiss"): N_("The listing stays as it is. Your reason is kept in the log."),
    (REPORT, "uphold"): N_("The listing is hidden. Its owner reads your reason."),
    (SELECTION, "turn_key"): N_("The key of your locality has been turned."),
    (SELECTION, "send_back"): N_("The result is sent back with your reason."),
    (RULING, "turn_key"): N_("The key of your locality has been turned."),
    (RULING, "drop"): N_("Put aside. The deal stays as it is."),
    (AGREEMENT, "hold"): N_("The paper is on hold. The parties have been told why."),
    (TRIP, "turn_key"): N_("The key of your locality has been turned."),
    (TRIP, "cancel"): N_("Cancelled. Everyone invited is told; no interest lapses by this."),
    (TRIP_REPORT, "turn_key"): N_("The key of your locality has been turned."),
}
"""What became of a line, by its move."""
DONE = N_("Done. Those concerned are told.")


@dataclass(frozen=True, slots=True)
class Choice:
    """A yes or a no that is open on a line: its move, and the reasons it may be given for."""

    code: str
    move: Transition

    @property
    def label(self) -> str:
        """What the move is called."""
        return self.move.label

    @property
    def reasons(self) -> Mapping[str, str]:
        """The reasons to choose from; none where no reason is asked for."""
        return self.move.reasons


@dataclass(frozen=True, slots=True)
class Line:
    """One decision: what it is about, in one line of facts, and what can be chosen.

    ``checks`` are the points to have looked at before a yes.
    """

    code: str
    queue: Queue
    public_id: str
    title: str
    note: Text | str
    fact: Fact
    endpoint: str
    values: Mapping[str, str]
    due_on: date | None
    is_late: bool
    moves: Sequence[str] = ()
    step: str = ""
    checks: Sequence[Check] = ()

    @property
    def label(self) -> str:
        """What kind of decision it is."""
        return QUEUE_LABELS[self.queue]

    @property
    def workflow(self) -> Workflow:
        """The workflow its moves are of."""
        return KINDS[self.queue].workflow

    @property
    def elsewhere(self) -> str:
        """Why the step it waits for is taken on its own page; empty where it is taken here."""
        return ELSEWHERE.get(self.step, "")

    @property
    def choices(self) -> Sequence[Choice]:
        """Yes and no, as far as they are this person's."""
        known = zip((YES, NO), DECISIONS[self.queue], strict=True)
        return [
            Choice(code, self.workflow.transitions[move])
            for code, move in known
            if move in self.moves
        ]

    @property
    def reasoned(self) -> Sequence[Choice]:
        """The choices that need a reason."""
        return [choice for choice in self.choices if choice.reasons]

    def reason_value(self, choice: Choice, reason: str) -> str:
        """How the form names a reason: with its choice where two have reasons of their own."""
        return f"{choice.code}.{reason}" if len(self.reasoned) > 1 else reason


@dataclass(frozen=True, slots=True)
class Answer:
    """What was chosen on a line; a line without an answer is left for another day.

    ``typed`` is the note as it came, to be shown again.
    """

    line: Line
    choice: str = ""
    reason: str = ""
    note: str = ""
    ticked: frozenset[str] = frozenset()
    typed: str = ""

    @property
    def chosen(self) -> Choice | None:
        """The choice that was made."""
        return next((one for one in self.line.choices if one.code == self.choice), None)

    @property
    def move(self) -> str:
        """The move the choice means."""
        return self.chosen.move.name if self.chosen else ""

    @property
    def why(self) -> tuple[str | None, str]:
        """Reason code and sentence as a use case takes them: what a yes does not ask for is left.

        A reason of another choice, as a form sends it whose choice was changed, is none.
        """
        if self.chosen is None or not self.chosen.reasons:
            return None, ""
        code = self.reason.removeprefix(f"{self.choice}.")
        return (code if code in self.chosen.reasons else None), self.note

    @property
    def lacks(self) -> Text | None:
        """What the answer still lacks: reason and sentence, or points nobody has looked at."""
        if self.chosen is not None and self.chosen.reasons and not all(self.why):
            said = N_(
                "“%(title)s”: choose a reason and write one sentence the other side will read."
            )
            return Text(said, title=self.line.title)
        if self.choice == YES and not {one.code for one in self.line.checks} <= self.ticked:
            return Text(
                N_("“%(title)s”: look at every point of the checklist, and tick each."),
                title=self.line.title,
            )
        return None


@dataclass(frozen=True, slots=True)
class Gone:
    """What was chosen on a line that waits no longer: somebody, or this very form, was faster."""

    code: str
    choice: str
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A sheet as it came: what stands on each line, and what lines wait no longer."""

    typed: Mapping[str, Answer]
    gone: Sequence[Gone] = ()

    @property
    def answers(self) -> Mapping[str, Answer]:
        """The lines on which yes or no was chosen."""
        return {code: answer for code, answer in self.typed.items() if answer.chosen}


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a line: the sentence, and whether it was refused.

    ``note`` is what was typed for a line that was refused, so that nobody writes it twice.
    """

    title: str
    said: Text | str
    is_refused: bool = False
    note: str = ""


# ---------------------------------------------------------------- who settles what

Act = Callable[[Actor, Answer], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """How the lines of a queue are settled: by whose moves, and by which use case."""

    workflow: Workflow
    act: Act


def _by(decide: Callable[[Actor, str, str, str | None, str], None]) -> Act:
    return lambda actor, given: decide(actor, given.line.public_id, given.move, *given.why)


def _with_points(turn_key: Callable[..., object], return_: Callable[..., object]) -> Act:
    """A key turned with the points looked at, or the text returned with a reason."""

    def act(actor: Actor, given: Answer) -> None:
        if given.move == "turn_key":
            turn_key(actor, given.line.public_id, given.ticked)
            return
        reason, note = given.why
        return_(actor, given.line.public_id, reason=reason, note=note)

    return act


KINDS: Mapping[Queue, Kind] = {
    Queue.KEY: Kind(MATCH, _by(deals.decide_match)),
    Queue.OBJECTION: Kind(MATCH, _by(deals.decide_match)),
    Queue.SELECTION: Kind(SELECTION, _by(selections.decide)),
    Queue.RULING: Kind(RULING, _by(deals.decide_ruling)),
    Queue.TRIP: Kind(TRIP, _by(trips.decide)),
    Queue.TRIP_REPORT: Kind(TRIP_REPORT, _by(trips.decide_report)),
    Queue.APPROVE: Kind(LISTING, _with_points(listings.turn_key, listings.return_)),
    Queue.REVISION: Kind(REVISION, _with_points(revisions.turn_key, revisions.return_)),
    Queue.REPORT: Kind(REPORT, _by(reports.decide)),
    Queue.VERIFY: Kind(ORGANISATION, _by(organisations.decide)),
    Queue.PAPER: Kind(PAPER, _by(papers.decide)),
    Queue.AGREEMENT: Kind(AGREEMENT, _by(deals.decide_agreement)),
    Queue.FIGURE: Kind(FIGURE, _by(deals.decide_figure)),
}


# ---------------------------------------------------------------- the lines


def lines(viewer: Actor, form: Any = ()) -> list[Line]:
    """What waits for the viewer's decision, the most urgent first.

    At most ``MOST`` of it, and whatever ``form``, the request's fields, answers: a line that slid
    out of the first ones while somebody decided waits as before.
    """
    return _lines(viewer, queries.decisions(viewer), form)


def on_paper(viewer: Actor, form: Any = ()) -> list[Line]:
    """What waits for a leader of the viewer's locality and can be decided on a sheet of paper.

    What has waited longest comes first: a line that is new when the signed sheet comes back pushes
    out none that stands on it. As many as ``lines`` gives.
    """
    found = sorted(queries.decided_on_paper(viewer), key=lambda task: task.since)
    return _lines(viewer, found, form)


def _code(task: Task) -> str:
    return f"{task.subject[0]}-{task.subject[1]}"


def _lines(viewer: Actor, tasks: Sequence[Task], form: Any) -> list[Line]:
    answered = set(_codes(form))
    shown = [task for n, task in enumerate(tasks) if n < MOST or _code(task) in answered]
    facts, checks = queries.facts_of(shown), _checks(viewer, shown)
    return [
        Line(
            code=_code(task),
            queue=task.queue,
            public_id=task.subject[1],
            title=task.title,
            note=task.note,
            fact=facts.get(task.subject, Fact()),
            endpoint=task.endpoint,
            values=task.values,
            due_on=task.due_on,
            is_late=task.is_late,
            moves=task.moves,
            step=task.step,
            checks=checks.get(task.subject, ()),
        )
        for task in shown
    ]


def _checks(viewer: Actor, tasks: Sequence[Task]) -> Mapping[tuple[str, str], Sequence[Check]]:
    """What must be looked at before a yes, by kind and public id; asked where such lines are."""
    kinds = {task.subject[0] for task in tasks}
    asked = {
        "listing": catalogue.checklists(viewer) if "listing" in kinds else {},
        "revision": revisions.checklists(viewer) if "revision" in kinds else {},
    }
    return {
        (kind, public_id): checks
        for kind, found in asked.items()
        for public_id, checks in found.items()
    }


# ---------------------------------------------------------------- what was sent


def read(found: Sequence[Line], form: Any) -> Sent:
    """What was chosen on these lines, and on lines that are not there any more.

    ``form``: the request's fields, several of one name among them.
    """
    typed = {line.code: _answer(line, form) for line in found}
    gone = [_gone(code, form) for code in _codes(form) if code not in typed]
    return Sent(typed, gone)


def _answer(line: Line, form: Any) -> Answer:
    return Answer(
        line,
        _one_of({YES, NO}, form.get(f"chon-{line.code}")),
        _one_of(_reasons(line), form.get(f"ly-do-{line.code}")),
        _words(form.get(f"loi-{line.code}"), LONGEST_NOTE),
        frozenset(form.getlist(f"xem-{line.code}")),
        str(form.get(f"loi-{line.code}") or ""),
    )


def _reasons(line: Line) -> Collection[str]:
    return {line.reason_value(choice, code) for choice in line.reasoned for code in choice.reasons}


def _codes(form: Any) -> Iterable[str]:
    """The lines on which yes or no was chosen, whether they are known or not."""
    for name in form:
        code = str(name).removeprefix("chon-")
        if code != name and _CODE.fullmatch(code) and form.get(name) in {YES, NO}:
            yield code


def _gone(code: str, form: Any) -> Gone:
    title = _words(form.get(f"ten-{code}"), LONGEST_TITLE)
    note = _words(form.get(f"loi-{code}"), LONGEST_NOTE)
    return Gone(code, str(form.get(f"chon-{code}")), title.replace("\n", " ") or code, note)


def _one_of(known: Collection[str], value: Any) -> str:
    return value if isinstance(value, str) and value in known else ""


def _words(value: Any, longest: int) -> str:
    """What was typed, without what nobody can read; unreadable as a whole it is asked for again."""
    try:
        return clean(str(value or "")[:longest], multiline=True)
    except Unreadable:
        return ""


# ---------------------------------------------------------------- carrying out


def settle(actor: Actor, sent: Sent, key: str) -> list[Settled]:
    """Carry out what was chosen, line by line; each says what became of it.

    ``actor`` may be a leader who decided on paper: see ``programme.keys.on_paper``.
    """
    done = []
    for code, answer in sent.answers.items():
        kind = KINDS[answer.line.queue]
        act = partial(kind.act, actor, answer)
        refusal = settled(actor.enters, f"{key}.{code}", answer.choice, act)
        said = refusal or SAID.get((kind.workflow, answer.move), DONE)
        is_refused = refusal is not None
        note = answer.note if is_refused else ""
        done.append(Settled(answer.line.title, said, is_refused=is_refused, note=note))
    return [*done, *(_overtaken(actor.enters, one, key) for one in sent.gone)]


def _overtaken(actor: Actor, one: Gone, key: str) -> Settled:
    """What is said of a line that waits no longer: settled by this very form, or by others."""
    if was_settled(actor, f"{key}.{one.code}", one.choice):
        return Settled(one.title, N_("This form settled it a moment ago."))
    said = N_("It waits for you no longer: somebody settled it, or it was taken back meanwhile.")
    return Settled(one.title, said, is_refused=True, note=one.note)
