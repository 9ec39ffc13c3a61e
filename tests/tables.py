"""Actor × state × action: what a workflow lets whom do, compared with a table written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marketplace.core.actor import ANONYMOUS, SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Blocked, NotAllowed, WrongState
from marketplace.core.roles import Role
from marketplace.core.workflow import Workflow
from tests.world import PEOPLE, World

OFFICERS = frozenset(PEOPLE)
COMMUNE = frozenset({"official_1", "official_2", "leader"})
WARD = frozenset({"ward_official_1", "ward_official_2", "ward_leader"})

Table = Mapping[str, tuple[Iterable[str], Iterable[str]]]
"""Action → the states it starts from, the actors who may make it."""


def everyone(world: World) -> dict[str, Actor]:
    """Every kind of actor there is, by short name."""
    actors = {name: world.actor(name) for name in world.users}
    elsewhere = Actor(Role.LEADER, 9001, "Cán bộ xã khác", 9001, "UBND", "authority", True, 9001)
    return actors | {
        "anonymous": ANONYMOUS,
        "system": SYSTEM,
        "without organisation": Actor(Role.VISITOR, 9002, "Người mới"),
        "official elsewhere": elsewhere,
    }


def allowed(
    workflow: Workflow, subject: Any, actors: Mapping[str, Actor]
) -> set[tuple[str, str, str]]:
    """Every (action, state, actor) the workflow lets through; ``require`` and ``available`` agree."""
    let_through = set()
    with db.session.no_autoflush:
        before = workflow.state_of(subject)
        for state in workflow.states:
            setattr(subject, workflow.attribute, state)
            for who, actor in actors.items():
                shown = {move.transition.name for move in workflow.available(subject, actor)}
                for action in workflow.transitions:
                    try:
                        workflow.require(subject, action, actor)
                    except Blocked:
                        passed = True
                    except (NotAllowed, WrongState):
                        passed = False
                    else:
                        passed = True
                    assert passed == (action in shown), (action, state, who)
                    if passed:
                        let_through.add((action, state.value, who))
        setattr(subject, workflow.attribute, before)
    db.session.expire_all()
    return let_through


def written(table: Table) -> set[tuple[str, str, str]]:
    """The same from a table written by hand."""
    return {
        (action, state, who)
        for action, (states, actors) in table.items()
        for state in states
        for who in actors
    }
