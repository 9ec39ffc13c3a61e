"""The one clock. Stored times are UTC; the day is Vietnam's; tests and demonstrations set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _set.get() or datetime.now(UTC)  # noqa: TID251  the only place that may ask


def today() -> date:
    """The calendar day in Vietnam."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """``moment`` on a Vietnamese clock."""
    return moment.astimezone(VIETNAM)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stop the clock at ``moment`` (aware) inside the block."""
    token = _set.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)
