"""Stopping the clocks of records, inside the caller's transaction (workflows page, its head).

While a clock stands, days do not count towards a deadline: the deadline moves by the working days
stopped. A record's clocks stop once, whoever stops them; whoever stopped them lets them run.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.journal import Recorded, kind_of
from marketplace.programme.models import ClockStop


def stop(subjects: Iterable[Recorded], why: str) -> int:
    """Stop the clocks of these records from today on; returns how many did not stand already."""
    stopped = 0
    for subject in subjects:
        if not _open(subject):
            db.session.add(
                ClockStop(
                    subject_type=kind_of(subject),
                    subject_id=subject.id,
                    since=clock.today(),
                    why=why,
                )
            )
            stopped += 1
    db.session.flush()
    return stopped


def let_run(subjects: Iterable[Recorded]) -> None:
    """Let the clocks of these records run again; today counts."""
    for subject in subjects:
        for row in _open(subject):
            row.until = clock.today()


def _open(subject: Recorded) -> list[ClockStop]:
    return list(
        db.session.scalars(
            sa.select(ClockStop).where(
                ClockStop.subject_type == kind_of(subject),
                ClockStop.subject_id == subject.id,
                ClockStop.until.is_(None),
            )
        )
    )
