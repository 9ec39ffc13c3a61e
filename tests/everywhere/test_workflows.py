"""What must hold for every workflow: its events are known everywhere, its states have one writer."""

from __future__ import annotations

import ast
from pathlib import Path

import marketplace
from marketplace.core.workflow import events
from marketplace.notifications.subscriptions import SUBSCRIPTIONS, WORKFLOWS
from marketplace.workflow_document import document

PACKAGE = Path(marketplace.__file__).parent
ROOT = PACKAGE.parent
NOT_WORKFLOWS = {"notifications"}
"""Deliveries have a technical state of their own, which the worker writes."""


def test_every_event_has_a_subscription() -> None:
    missing = events(WORKFLOWS) - set(SUBSCRIPTIONS)
    assert not missing, f"add to notifications/subscriptions.py, even as nobody: {sorted(missing)}"


def test_every_subscription_is_an_event_of_the_program() -> None:
    recorded = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", getattr(node.func, "attr", "")) == "record"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                recorded.add(node.args[0].value)
    stale = set(SUBSCRIPTIONS) - events(WORKFLOWS) - recorded
    assert not stale, f"nothing records {sorted(stale)}"


def test_nothing_but_fire_changes_a_state() -> None:
    attributes = {workflow.attribute for workflow in WORKFLOWS}
    offenders = []
    for path in PACKAGE.rglob("*.py"):
        if path.name == "workflow.py" or path.parent.name in NOT_WORKFLOWS:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, (ast.AugAssign, ast.AnnAssign))
                else []
            )
            offenders += [
                f"{path.name}:{node.lineno}"
                for target in targets
                if isinstance(target, ast.Attribute) and target.attr in attributes
            ]
    assert not offenders, f"use Workflow.fire instead: {offenders}"


def test_the_document_is_fresh() -> None:
    written = (ROOT / "docs" / "workflows.md").read_text()
    assert written == document(), "run flask workflows"
