"""The clock's jobs: a fault in one stops neither the others nor the mail."""

from __future__ import annotations

import pytest

from marketplace import cli
from marketplace.core.use_case import one_by_one, use_case


def test_a_fault_in_one_item_holds_up_no_other(app: object) -> None:
    @use_case
    def step(number: int) -> bool:
        return bool(6 // number)

    assert one_by_one(step, [1, 0, 2]) == 2


def test_a_fault_in_one_job_stops_no_other(app: object, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def broken() -> None:
        raise LookupError

    def sound() -> None:
        done.append("sound")

    monkeypatch.setattr(cli, "CLOCKS", (broken, sound))
    cli.tick()
    assert done == ["sound"]
