"""Which cases stand still: longer at a stage than the median of those that moved on. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

LEAST = 5
"""Cases that must have moved on from a stage before its median says anything."""

STOPPED = frozenset({"rejected", "cancelled", "terminated", "suspended", "disputed"})
"""States in which a case went wrong or stands still: whoever got there did not move on."""
AGAINST = frozenset({"match.refuse", "deal.propose_end"})
"""Steps a person takes towards such an end."""

Stage = tuple[str, str]
"""A kind of record ("match", "small", "deal") and its state."""


class Step(NamedTuple):
    """A journal entry about a case, in its order: ``after`` is None where the state stayed."""

    record: tuple[str, int]
    kind: str
    name: str
    by_person: bool
    before: str | None
    after: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Norm:
    """How long those that moved on from a stage stood there, and what moved them most often."""

    median: timedelta
    moved_on: int
    step: str


def norms(
    steps: Iterable[Step],
) -> tuple[Mapping[Stage, Norm], Mapping[tuple[str, int], datetime]]:
    """What is usual at each stage, from the steps of all cases in the order they happened.

    With it, since when each record is in its present state.

    The step that moved a case is the last one a person took before it left the stage; where there
    was none, the leaving itself: «complete» says nothing, the delivery before it does. A case that
    was stopped did not move on: neither its stay nor its steps count.
    """
    entered: dict[tuple[str, int], datetime] = {}
    last: dict[tuple[str, int], str] = {}
    stays: dict[Stage, list[timedelta]] = defaultdict(list)
    movers: dict[Stage, Counter[str]] = defaultdict(Counter)
    for step in steps:
        leaves = step.before is not None and step.after not in {None, step.before}
        if leaves and step.record in entered and step.after not in STOPPED:
            stage = (step.kind, step.before or "")
            stays[stage].append(step.at - entered[step.record])
            mover = last.get(step.record, step.name if step.by_person else "")
            if mover:
                movers[stage][mover] += 1
        elif step.by_person and not leaves and step.name not in AGAINST:
            last[step.record] = step.name
        if leaves or step.record not in entered:
            entered[step.record] = step.at
        if leaves:
            last.pop(step.record, None)
    usual = {
        stage: Norm(_median(found), len(found), _first(movers[stage]))
        for stage, found in stays.items()
        if len(found) >= LEAST
    }
    return usual, entered


def _median(spans: Iterable[timedelta]) -> timedelta:
    return timedelta(seconds=median(span.total_seconds() for span in spans))


def _first(counted: Counter[str]) -> str:
    """The most frequent; of equals the first by name, so that the answer is always the same."""
    return min(counted, key=lambda name: (-counted[name], name)) if counted else ""


def is_stalled(norm: Norm | None, since: datetime, now: datetime) -> bool:
    """Whether a case that has stood since then is slower than half of those that moved on.

    Told in whole days, so it is in whole days that it must be longer.
    """
    return norm is not None and whole_days(now - since) > whole_days(norm.median)


def whole_days(span: timedelta) -> int:
    """A span in days, rounded up: «longer than 0 days» says nothing."""
    return max(1, -(-span // timedelta(days=1)))
