"""The mechanism of workflows: what a declaration may say, and what ``fire`` refuses."""

from __future__ import annotations

from enum import StrEnum
from types import SimpleNamespace

import pytest

from marketplace.core.actor import ANONYMOUS, SYSTEM
from marketplace.core.errors import Blocked, Invalid, NotAllowed, WrongState
from marketplace.core.i18n import Text
from marketplace.core.workflow import Transition, Workflow, nobody_but_the_program, states


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


LABELS = {Light.RED: "Red", Light.GREEN: "Green"}


def anybody(_actor, _subject) -> bool:
    return True


def flow(*transitions: Transition, labels=LABELS) -> Workflow:
    return Workflow("light", Light, Light.RED, *transitions, labels=labels)


GO = Transition("go", states(Light.RED), Light.GREEN, anybody, "Go")


def test_a_name_may_stand_only_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        flow(GO, GO)


def test_every_state_must_be_reachable() -> None:
    with pytest.raises(ValueError, match="unreachable"):
        flow()


def test_every_state_needs_a_label() -> None:
    with pytest.raises(ValueError, match="no label"):
        flow(GO, labels={Light.RED: "Red"})


def lamp(state: Light = Light.RED) -> SimpleNamespace:
    return SimpleNamespace(state=state)


def test_available_names_what_is_missing() -> None:
    missing = [Text("Oil is missing.")]
    workflow = flow(
        Transition("go", states(Light.RED), Light.GREEN, anybody, "Go", blockers=lambda _s: missing)
    )
    moves = workflow.available(lamp(), ANONYMOUS)
    assert [(m.transition.name, m.blockers) for m in moves] == [("go", missing)]
    assert workflow.available(lamp(Light.GREEN), ANONYMOUS) == []
    with pytest.raises(Blocked) as blocked:
        workflow.require(lamp(), "go", ANONYMOUS)
    assert blocked.value.blockers == missing


def test_rule_before_state() -> None:
    workflow = flow(Transition("go", states(Light.RED), Light.GREEN, nobody_but_the_program, "Go"))
    with pytest.raises(NotAllowed):
        workflow.require(lamp(), "go", ANONYMOUS)
    with pytest.raises(WrongState):
        workflow.require(lamp(Light.GREEN), "go", SYSTEM)


@pytest.mark.parametrize(
    ("reason", "note", "field"),
    [(None, "", "reason"), ("unknown", "x", "reason"), ("late", "", "note")],
)
def test_a_move_with_reasons_needs_one_and_a_sentence(reason, note, field) -> None:
    workflow = flow(
        Transition("go", states(Light.RED), Light.GREEN, anybody, "Go", reasons={"late": "Late"})
    )
    subject = lamp()
    with pytest.raises(Invalid) as refused:
        workflow.fire(subject, "go", ANONYMOUS, reason=reason, note=note)
    assert refused.value.field == field
    assert subject.state is Light.RED
