"""What pages show of tasks: each with its buttons, and how far a case has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from marketplace.accounts.rules import may_manage
from marketplace.core.actor import Actor
from marketplace.deals.models import Deal
from marketplace.matching.models import Match
from marketplace.tasks import queries
from marketplace.tasks.models import Task
from marketplace.tasks.rules import TaskState, may_add, may_change
from marketplace.web.access import actor
from marketplace.web.workflow import MoveButton, moves

TONES = {
    TaskState.TODO: "plain",
    TaskState.DOING: "now",
    TaskState.DONE: "ok",
    TaskState.NOT_NEEDED: "plain",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A task with what the reader can do about it."""

    task: Task
    label: str
    tone: str
    moves: list[MoveButton]
    may_change: bool


def line(task: Task) -> Line:
    """A task for a list."""
    return Line(
        task,
        task.workflow.label_of(task),
        TONES[task.state],
        buttons(task),
        may_change(actor(), task),
    )


def buttons(task: Task) -> list[MoveButton]:
    """The reader's moves; whatever asks for a paper or records a word has a page."""

    def address(move: str) -> str:
        if move == "finish":
            return url_for("tasks.finish", public_id=task.public_id)
        return url_for("tasks.move", public_id=task.public_id, move=move)

    records = task.organisation is not None and not may_manage(actor(), task.organisation)
    return moves(task, address, as_page=["finish", "begin"] if records else ["finish"])


def of_case(match: Match, deal: Deal | None, reader: Actor) -> Mapping[str, Any] | None:
    """The block on the page of a case; None before there is a deal."""
    if deal is None:
        return None
    tasks = queries.of_deal(deal.id)
    adds = may_add(reader, deal)
    lists = reader.is_officer_of(*deal.pair.locality_ids) and queries.can_list(deal)
    if not tasks and not adds:
        return None
    return {
        "lines": [line(task) for task in tasks],
        "done": sum(1 for task in tasks if not task.is_open),
        "add_url": url_for("tasks.add", public_id=match.public_id) if adds else None,
        "list_url": url_for("tasks.list_permits", public_id=match.public_id) if lists else None,
    }
