"""The workflows as a document: made from the declarations, so that it cannot drift from them."""

from __future__ import annotations

from collections.abc import Iterator

from marketplace.core.workflow import Transition, Workflow
from marketplace.notifications.subscriptions import SUBSCRIPTIONS, WORKFLOWS, nobody


def document() -> str:
    """All workflows as Markdown: a table of moves and a diagram for each."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "# Workflows"
    yield ""
    yield "Made by `flask workflows` from the declarations in each feature's `rules.py`."
    for workflow in WORKFLOWS:
        yield ""
        yield f"## {workflow.name}"
        yield ""
        yield "| move | from | to | who | asks for | told |"
        yield "|---|---|---|---|---|---|"
        for transition in workflow.transitions.values():
            yield _row(workflow, transition)
        yield ""
        yield "```mermaid"
        yield "stateDiagram-v2"
        yield f"    [*] --> {workflow.initial.value}"
        for transition in workflow.transitions.values():
            for source in sorted(transition.sources):
                target = transition.target or source
                yield f"    {source.value} --> {target.value}: {transition.name}"
        yield "```"
    yield ""


def _row(workflow: Workflow, transition: Transition) -> str:
    who = " ".join((transition.may.__doc__ or "").split()).rstrip(".")
    asks = []
    if transition.needs_reason:
        asks.append("reason: " + ", ".join(transition.reasons))
    if transition.blockers is not None:
        asks.append((transition.blockers.__doc__ or "").split("\n")[0].rstrip("."))
    told = SUBSCRIPTIONS[workflow.event(transition.name)].audience is not nobody
    cells = [
        f"`{transition.name}`",
        ", ".join(sorted(source.value for source in transition.sources)),
        transition.target.value if transition.target else "(stays)",
        who,
        "; ".join(asks),
        "yes" if told else "",
    ]
    return "| " + " | ".join(cells) + " |"
