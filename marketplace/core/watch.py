"""Whether anything at all was committed, by whatever process: what kept pages are known by."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Hashable
from typing import Any

from flask import Flask
from sqlalchemy.engine import Engine

from marketplace.core import clock

_ANY_WRITE = {
    "sqlite": "PRAGMA data_version",  # counts what other connections commit, here all of them
    "postgresql": "SELECT pg_current_snapshot()::text",
}
LEASE = {"sqlite": 0.002, "postgresql": 0.005}
"""Seconds an answer of the watch is relied upon without asking again, and what a use case waits
after its commit: nobody relies on an older answer any more when it is acknowledged (Gray and
Cheriton, Leases, 1989). The question costs PostgreSQL a round trip (docs/adr/0013)."""


def keeps_pages(app: Flask) -> bool:
    """Whether whole pages are kept: always but in tests, which look behind them unless they ask."""
    return not app.testing or app.config["KEEP_PAGES"]


def outlast_leases(app: Flask, dialect: str) -> None:
    """Return when whatever was committed before is seen by every process that keeps pages."""
    if keeps_pages(app):
        time.sleep(LEASE[dialect])


class Watch:
    """Tells outside of any request whether anything at all was committed, by whatever process.

    One open connection of a process, asked one question by one thread at a time: the answers of
    two connections to SQLite cannot be compared. The driver is asked directly, because the answer
    stands in front of every kept page: building a transaction around it costs more than the
    question. An answer counts from before it was asked for and no longer than ``LEASE``.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._question = _ANY_WRITE[engine.dialect.name]
        self._lease = LEASE[engine.dialect.name]
        self._asking = threading.Lock()
        self._connection: Any = None
        self._opened = 0
        self._answer: tuple[Any, ...] = ()
        self._until = 0.0

    def now(self) -> Hashable | None:
        """The state after everything that was acknowledged; None when nobody answers."""
        with self._asking:
            asked_at = time.monotonic()
            if asked_at >= self._until:
                try:
                    if self._connection is None:
                        self._connection = self._open()
                        self._opened += 1
                    row = self._connection.execute(self._question).fetchone()
                except Exception:  # noqa: BLE001  drivers raise what they like; the page is made anew
                    self._close()
                    return None
                self._answer, self._until = (self._opened, *row), asked_at + self._lease
            return (*self._answer, clock.today())

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        with self._asking:
            self._close()

    def _close(self) -> None:
        with contextlib.suppress(Exception):
            self._connection.close()
        self._connection, self._until = None, 0.0

    def _open(self) -> Any:
        proxy = self._engine.raw_connection()
        found: Any = proxy.driver_connection
        proxy.detach()  # it stays open and is no part of the pool
        if self._engine.dialect.name == "postgresql":
            found.autocommit = True
        return found
