"""Workflows declared once as data.

A ``Workflow`` names the states of a record and the moves between them: who may make each, what it
needs, what may still be missing. Buttons, permissions, mails, documents and tests read the
declaration. ``fire`` is the only place in the program that changes a state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from marketplace.core.actor import Actor
from marketplace.core.errors import Blocked, Invalid, NotAllowed, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import Entry, record

Rule = Callable[[Actor, Any], bool]
Blockers = Callable[[Any], Sequence[Text]]
WhyNot = Callable[[Actor, Any], Text | None]


def nobody_but_the_program(actor: Actor, _subject: object) -> bool:
    """The program itself: the clock, the last key, the last yes."""
    return actor.is_system


@dataclass(frozen=True)
class Transition:
    """One move.

    ``target`` None means the record stays in its state (turning a key, saying yes): the move is
    still declared, so that its button, permission and journal line come from here.
    ``reasons`` are the codes to choose from; a move that has them needs one, and its sentence
    where a person makes it: the program's reason is said by its code, in the reader's language.
    ``blockers`` names everything still missing for this record, each as a sentence. ``why_not``
    says what has happened where the move is not this actor's any more; None says nothing special.
    """

    name: str
    sources: frozenset[StrEnum]
    target: StrEnum | None
    may: Rule
    label: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    blockers: Blockers | None = None
    tone: str = "quiet"
    confirm: str | None = None
    why_not: WhyNot | None = None

    @property
    def needs_reason(self) -> bool:
        """Whether a reason code and a sentence must come with it."""
        return bool(self.reasons)


@dataclass(frozen=True)
class Move:
    """A transition open to an actor now, with what still closes it."""

    transition: Transition
    blockers: Sequence[Text]


class Workflow:
    """The states of one record, where it begins, and its moves.

    Raises ValueError when the declaration contradicts itself: a name twice, a state nobody can
    reach.
    """

    def __init__(
        self,
        name: str,
        states: type[StrEnum],
        initial: StrEnum,
        *transitions: Transition,
        labels: Mapping[StrEnum, str],
        attribute: str = "state",
    ) -> None:
        self.name = name
        self.states = states
        self.initial = initial
        self.attribute = attribute
        self.labels = labels
        self.transitions = {t.name: t for t in transitions}
        if len(self.transitions) != len(transitions):
            msg = f"workflow {name}: a transition's name stands twice"
            raise ValueError(msg)
        reached = {initial} | {t.target for t in transitions if t.target}
        if set(states) - reached:
            msg = f"workflow {name}: unreachable {sorted(set(states) - reached)}"
            raise ValueError(msg)
        if set(states) - set(labels):
            msg = f"workflow {name}: no label for {sorted(set(states) - set(labels))}"
            raise ValueError(msg)

    def state_of(self, subject: Any) -> StrEnum:
        """The state ``subject`` is in."""
        state: StrEnum = getattr(subject, self.attribute)
        return state

    def label_of(self, subject: Any) -> str:
        """The message id of its state's label."""
        return self.labels[self.state_of(subject)]

    def event(self, transition: str) -> str:
        """The journal name of a move."""
        return f"{self.name}.{transition}"

    def available(self, subject: Any, actor: Actor) -> list[Move]:
        """The moves this actor may make now, each with what is still missing."""
        return [
            Move(t, t.blockers(subject) if t.blockers else ())
            for name, t in self.transitions.items()
            if self.allows(subject, name, actor)
        ]

    def allows(self, subject: Any, name: str, actor: Actor) -> bool:
        """Whether the move is this actor's to make now, whatever is still missing for it."""
        transition = self.transitions[name]
        return self.state_of(subject) in transition.sources and transition.may(actor, subject)

    def require(self, subject: Any, name: str, actor: Actor) -> Transition:
        """The transition ``name`` if this actor may make it now.

        What was decided on paper is brought in by someone whose move it could be as well: so
        whoever has a hand in the matter does not enter it either. Raises NotAllowed, WrongState or
        Blocked, in this order.
        """
        transition = self.transitions[name]
        state = self.state_of(subject)
        if not transition.may(actor, subject):
            if state not in transition.sources:
                raise self._wrong_state(state)
            why = transition.why_not(actor, subject) if transition.why_not else None
            raise NotAllowed(why or N_("This step is not yours to take."))
        if state not in transition.sources:
            raise self._wrong_state(state)
        if actor.on_paper is not None and not transition.may(actor.enters, subject):
            raise NotAllowed(
                N_("Only a colleague who has no hand in the matter and could decide it enters it.")
            )
        blockers = transition.blockers(subject) if transition.blockers else ()
        if blockers:
            raise Blocked(blockers)
        return transition

    def fire(  # noqa: PLR0913  one place for all that a move may carry
        self,
        subject: Any,
        name: str,
        actor: Actor,
        *,
        reason: str | None = None,
        note: str | None = None,
        facts: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        happened_on: date | None = None,
        acting_id: int | None = None,
        by: Actor | None = None,
    ) -> Entry:
        """Make the move and write its journal line; change nothing when it is refused.

        ``facts`` are attributes that change together with the state (who decided, when): the
        database ties them to it with a CHECK. ``by``: whose act it is where the program makes the
        move for them; history names them.
        """
        transition = self.require(subject, name, actor)
        if transition.needs_reason:
            if reason not in transition.reasons:
                raise Invalid("reason", N_("Choose a reason."))
            if not note and not actor.is_system:
                raise Invalid("note", N_("Write one sentence that the other side will read."))
        before = self.state_of(subject)
        after = transition.target or before
        for attribute, value in (facts or {}).items():
            setattr(subject, attribute, value)
        setattr(subject, self.attribute, after)
        return record(
            self.event(name),
            subject,
            by or actor,
            states=(before.value, after.value),
            reason=reason,
            note=note,
            data=data,
            happened_on=happened_on,
            acting_id=acting_id,
        )

    def _wrong_state(self, state: StrEnum) -> WrongState:
        return WrongState(
            Text(
                N_("This step no longer fits: the record is now “%(state)s”."),
                state=Text(self.labels[state]),
            )
        )


class Step(NamedTuple):
    """A step of a record's way, for a thread of beads: "done", "now" or "todo"."""

    label: str
    state: str


def way(labels: Sequence[str], here: int, *, is_over: bool = False) -> list[Step]:
    """The steps with these labels when the record stands at number ``here``, counted from 0.

    -1 is before the first. ``is_over``: the step it stands at is done as well.
    """
    return [Step(label, _bead(place, here, is_over=is_over)) for place, label in enumerate(labels)]


def _bead(place: int, here: int, *, is_over: bool) -> str:
    if place < here or (place == here and is_over):
        return "done"
    return "now" if place == here else "todo"


def states(*members: StrEnum) -> frozenset[StrEnum]:
    """The sources of a transition."""
    return frozenset(members)


def events(workflows: Iterable[Workflow]) -> set[str]:
    """Every journal name the workflows can write."""
    return {w.event(name) for w in workflows for name in w.transitions}
