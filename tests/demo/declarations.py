"""What an act really changed of the cases and lists, against what its journal entries say it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, NamedTuple

import sqlalchemy as sa

from marketplace.catalogue.browse import Lists
from marketplace.catalogue.changes import LISTINGS
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Wished
from marketplace.core import shelf, use_case
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.desk import case_rows
from marketplace.desk.cases import Case
from marketplace.desk.changes import CASES
from marketplace.programme.models import Pair
from marketplace.reports import tally
from marketplace.reports.changes import SUMS

OFTEN = 6
"""Acts of one use case that are compared; the hundredth tells nothing new and costs as much."""
OF_TODAY = {"for_office", "hold"}
"""What of a case the day decides as well: compared by what is waited for and by whom."""
PLAIN = [one.name for one in fields(Case) if one.name not in OF_TODAY]


class Snapshot(NamedTuple):
    """All cases by match, every list with its counts, the sums of every pair, the last entry."""

    cases: dict[int, Any]
    lists: list[Any]
    sums: dict[int, Any]
    last: int


def taken() -> Snapshot:
    """What the database shows now, with nothing kept."""
    pairs = db.session.scalars(sa.select(Pair)).all()
    shelf._shelves.clear()
    lists = []
    for pair in pairs:
        for page in PAGES.values():
            wished, read = Wished.read(page.spec, {}), Lists(pair)
            shown = read.page(wished, 1)
            lists.append((shown.items, shown.total, read.counts(wished)))
    cases = {
        case.match_id: (
            *(getattr(case, name) for name in PLAIN),
            (case.hold.waiting, case.hold.holders),
        )
        for case in case_rows.of_pairs(pairs)
    }
    sums = {pair.id: sorted(tally.of_pair(pair.id)) for pair in pairs}
    last = db.session.scalars(sa.select(sa.func.max(Entry.id))).one() or 0
    db.session.rollback()
    return Snapshot(cases, lists, sums, last)


def faults(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Changes that no entry between the two tells of."""
    entries = db.session.execute(
        sa.select(Entry.name, Entry.subject_type, Entry.subject_id).where(Entry.id > before.last)
    ).all()
    subjects = [(kind, number) for _, kind, number in entries]
    if not before.last:
        return  # the pair itself is being set up; no list is kept of it yet
    names = sorted({name for name, *_ in entries})
    told = CASES.of(subjects)
    known = before.cases.keys() | after.cases.keys()
    changed = {key for key in known if before.cases.get(key) != after.cases.get(key)}
    if told is not None and not changed <= told:
        yield f"{names}: cases {sorted(changed - told)}"
    if LISTINGS.of(subjects) == frozenset() and before.lists != after.lists:
        yield f"{names}: lists"
    counted = SUMS.of(subjects)
    recounted = {key for key in after.sums if before.sums.get(key, []) != after.sums[key]}
    if counted is not None and not recounted <= counted:
        yield f"{names}: sums of {sorted(recounted - counted)}"


def _function_of(act: Any) -> Any:
    """The use case that a call carries out."""
    cells = dict(zip(act.__code__.co_freevars, act.__closure__, strict=True))
    return cells["function"].cell_contents


@contextmanager
def watched() -> Iterator[list[str]]:
    """Compare the first acts of each use case in the block; gives what no entry told of."""
    found: list[str] = []
    calls: Counter[str] = Counter()
    carry_out = use_case._carry_out

    def compared(act: Callable[[], Any]) -> Any:
        name = _function_of(act).__qualname__
        calls[name] += 1
        if calls[name] > OFTEN:
            return carry_out(act)
        before = taken()
        result = carry_out(act)
        found.extend(f"{name}, {fault}" for fault in faults(before, taken()))
        db.session.rollback()
        return result

    use_case._carry_out = compared
    try:
        yield found
    finally:
        use_case._carry_out = carry_out
