"""The database, portable: what SQLite and PostgreSQL both keep, and how SQLite is set up.

Money and quantities are whole numbers in a smallest unit, times are aware UTC, enumerations are
text with a CHECK, and every constraint has a name, so that migrations can find it on both.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import TypeDecorator

from marketplace.core.ids import is_public_id

try:
    import pysqlite3 as sqlite_module
except ImportError:  # pragma: no cover  other platforms use the system's library
    sqlite_module = sqlite3

SQLITE: ModuleType = sqlite_module
OLDEST_SAFE_SQLITE = (3, 51, 3)
"""Older libraries can lose a checkpointed WAL after a reset (quality page, section 2)."""

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as UTC. Naive values are a mistake in the program."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """PostgreSQL keeps the zone; SQLite has none."""
        return dialect.type_descriptor(sa.DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values; hand over UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"naive datetime {value!r}"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give back aware UTC on both."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Digest(TypeDecorator[str]):
    """The SHA-256 of a content in the store of files; what no such column names is swept away."""

    impl = sa.Text
    cache_ok = True


class PublicId(TypeDecorator[str]):
    """The public name of a record. What has not the form of one is asked for as ``""``: nobody's.

    Names come from addresses and parameters, and PostgreSQL refuses some of what can be sent there
    (NUL) with an error, where the answer is that there is no such record.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """What may be a name, as it is."""
        return value if value is None or is_public_id(value) else ""


class Base(DeclarativeBase):
    """Ancestor of all tables."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMES),
        type_annotation_map={
            str: sa.Text(),
            datetime: UtcDateTime(),
            date: sa.Date(),
            dict[str, Any]: sa.JSON(),
        },
    )


db = SQLAlchemy(model_class=Base)

ByteOrder = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text compared byte by byte on both databases: keys that carry their own order."""


def enum_type(kind: type[StrEnum]) -> sa.Enum:
    """A column of this enumeration's values, kept as text with a CHECK."""
    name = "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__).lstrip("_")
    return sa.Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


def partial_unique(name: str, *columns: str, where: str) -> sa.Index:
    """A unique index over the rows that fulfil ``where``, on both databases."""
    clause = sa.text(where)
    return sa.Index(name, *columns, unique=True, sqlite_where=clause, postgresql_where=clause)


def sqlite_is_safe() -> bool:
    """Whether the SQLite library in use is free of the fault named above."""
    version: tuple[int, int, int] = SQLITE.sqlite_version_info
    return version >= OLDEST_SAFE_SQLITE


def engine_options(url: str) -> Mapping[str, Any]:
    """How to open ``url``: which SQLite library, how long to wait, when to give up."""
    if url.startswith("sqlite"):
        return {"module": SQLITE, "connect_args": {"timeout": 5, "check_same_thread": False}}
    return {
        "pool_pre_ping": True,
        "pool_timeout": 5,
        "pool_size": 8,
        "max_overflow": 8,
        "connect_args": {"connect_timeout": 3, "options": "-c statement_timeout=15000"},
    }


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: DBAPIConnection, _record: object) -> None:
    if not isinstance(connection, (sqlite3.Connection, SQLITE.Connection)):
        return
    connection.isolation_level = None  # we begin ourselves, see below
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=5000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Writers take SQLite's lock at once: a read that turns into a write is refused otherwise."""
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


_turn = threading.Lock()
TURN_SECONDS = 10.0
"""How long a writer waits for the threads before it; then the page says to try again."""


@contextmanager
def writers_turn() -> Iterator[None]:
    """Let the threads of a process write to SQLite one after the other.

    SQLite has one writer at a time and lets the others poll, which is not fair: with sixteen of
    them some starve past the busy time-out. Here they queue, and only processes compete. On
    PostgreSQL nobody waits. Raises sqlalchemy's TimeoutError, a 503, when the turn never comes.

    Whoever queues must hold no connection: the pool has fewer than there may be threads, and the
    one whose turn it is needs one.
    """
    if db.engine.dialect.name != "sqlite":
        yield
        return
    if not _turn.acquire(timeout=TURN_SECONDS):
        msg = "other writers took too long"
        raise sa.exc.TimeoutError(msg)
    try:
        yield
    finally:
        _turn.release()


def hold(model: type[Base], **where: object) -> None:
    """Hold the one row with these column values until the transaction ends.

    SELECT … FOR NO KEY UPDATE on PostgreSQL: whoever holds rows one after the other excludes each
    other, but a new row that only refers to this one need not wait, which could end in a deadlock.
    On SQLite a writing transaction holds everything already.
    """
    table = sa.inspect(model).local_table
    conditions = [table.c[column] == value for column, value in where.items()]
    db.session.execute(sa.select(table.c.id).where(*conditions).with_for_update(key_share=True))


def is_unique_violation(error: sa.exc.IntegrityError) -> bool:
    """Whether ``error`` says that such a row exists already."""
    state = getattr(error.orig, "sqlstate", None)
    return state == "23505" or "UNIQUE constraint failed" in str(error.orig)
