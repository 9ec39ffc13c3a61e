"""A use case is a function and a transaction: it begins, runs, commits or leaves no trace.

``once`` makes a repeated form harmless: the form's key is written in the same transaction as the
change and keeps the address of the answer, so that a repetition gets the first answer.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from marketplace.core import clock
from marketplace.core.db import Base, db, is_unique_violation, writers_turn
from marketplace.core.errors import Conflict, Repeated
from marketplace.core.i18n import N_
from marketplace.core.watch import outlast_leases

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


class FormUse(Base):
    """A form that was carried out, and where its answer stands."""

    __tablename__ = "form_use"

    key: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int | None]
    fingerprint: Mapped[str]
    location: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Once:
    """A form's key, who sent it, what it held, and how to find the answer's address."""

    key: str
    user_id: int | None
    fingerprint: str
    locate: Callable[[Any], str]


_once: ContextVar[Once | None] = ContextVar("once", default=None)
_running: ContextVar[bool] = ContextVar("use_case_running", default=False)


def current_key() -> str | None:
    """The key of the form being carried out, if any."""
    ticket = _once.get()
    return ticket.key if ticket else None


@contextmanager
def once(ticket: Once) -> Iterator[None]:
    """Let the next use case in the block run at most once for this ticket."""
    token = _once.set(ticket)
    try:
        yield
    finally:
        _once.reset(token)


@contextmanager
def apart() -> Iterator[None]:
    """Run use cases in the block for themselves, not as the carrying out of the form sent."""
    token = _once.set(None)
    try:
        yield
    finally:
        _once.reset(token)


def use_case(function: Callable[P, R]) -> Callable[P, R]:
    """Run ``function`` as one writing transaction; what it wrote is on every page from then on.

    Raises what the function raises, after rolling back; ``Conflict`` when another transaction was
    faster; ``Repeated`` when the form was carried out before. Use cases never nest.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _running.get():
            msg = f"{function.__qualname__} was called inside another use case"
            raise RuntimeError(msg)
        token = _running.set(True)
        try:
            db.session.rollback()  # what was read before; who waits for a turn holds no connection
            with writers_turn():
                return _carry_out(lambda: function(*args, **kwargs))
        finally:
            _running.reset(token)
            outlast_leases(current_app, db.engine.dialect.name)  # a repetition tells of one

    return run


def _carry_out(act: Callable[[], R]) -> R:
    """Begin, claim the form's key, act, keep the answer's address, commit; or undo everything."""
    ticket = _once.get()
    try:
        _begin()
        use = _claim(ticket) if ticket is not None else None
        result = act()
        if ticket is not None and use is not None:
            use.location = ticket.locate(result)
        db.session.commit()
    except StaleDataError as error:
        db.session.rollback()
        raise Conflict from error
    except sa.exc.IntegrityError as error:
        db.session.rollback()
        if not is_unique_violation(error):
            raise
        if ticket is not None:  # the same form, a moment earlier
            _begin()
            try:
                _refuse_repetition(ticket)
            finally:
                db.session.rollback()
        raise Conflict from error
    except BaseException:
        db.session.rollback()
        raise
    return result


def one_by_one(step: Callable[[Any], object], items: Iterable[Any]) -> int:
    """Run a use case for each item by itself; a fault in one is logged and holds up no other.

    ``step`` says whether it did anything; returns how many did.
    """
    done = 0
    for item in items:
        try:
            done += bool(step(item))
        except sa.exc.OperationalError:
            raise  # the database is away: the next run tries all of them again
        except Exception:
            log.exception("%s failed for %r", step.__qualname__, item)
    return done


def _begin() -> None:
    """Open a writing transaction (SQLite: BEGIN IMMEDIATE)."""
    db.session.connection(execution_options={"write": True})


def _refuse_repetition(ticket: Once) -> None:
    earlier = db.session.get(FormUse, ticket.key)
    if earlier is None:
        return
    if earlier.user_id == ticket.user_id and earlier.fingerprint == ticket.fingerprint:
        raise Repeated(earlier.location)
    raise Conflict(
        N_("This form was sent before with other content. Check what you typed and send it again.")
    )


def earlier_answer(ticket: Once) -> str | None:
    """Where the answer stands to the very same form, sent before by the same person."""
    earlier = db.session.get(FormUse, ticket.key)
    if earlier is None or earlier.user_id != ticket.user_id:
        return None
    return earlier.location if earlier.fingerprint == ticket.fingerprint else None


def _claim(ticket: Once) -> FormUse:
    """Write the form's key before anything else: a second sender waits here for the first."""
    _refuse_repetition(ticket)
    use = FormUse(
        key=ticket.key,
        user_id=ticket.user_id,
        fingerprint=ticket.fingerprint,
        location="",
        at=clock.now(),
    )
    db.session.add(use)
    db.session.flush()
    return use


def forget_old_forms(before: datetime) -> int:
    """Delete keys older than ``before``; call inside a use case. Returns how many went."""
    result = db.session.execute(sa.delete(FormUse).where(FormUse.at < before))
    return int(getattr(result, "rowcount", 0))
