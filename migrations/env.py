"""Runs the migrations: whole or not at all, on both databases.

SQLite: foreign keys off while tables are rebuilt (a batch operation on a parent would delete its
children), checked afterwards. PostgreSQL: one migration run at a time.
"""

from alembic import context
from flask import current_app

from marketplace.core.db import Base

LOCK = 20250812
GENERATED = frozenset({"search_words", "search_title_words", "search_marked_words"})
target = Base.metadata


def include_object(
    _object: object, name: str | None, kind: str, _reflected: object, _compare_to: object
) -> bool:
    """Leave out what search has in one of the databases only: it is no part of the models."""
    if name is None:
        return True
    is_index = kind in {"table", "index"} and name.startswith("search_index")
    return not (is_index or (kind == "column" and name in GENERATED))


def run() -> None:
    """Migrate in one transaction per run."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        raw = connection.connection.dbapi_connection
        if is_sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if not is_sqlite:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
                context.configure(
                    connection=connection,
                    target_metadata=target,
                    render_as_batch=True,
                    compare_type=True,
                    include_object=include_object,
                    transactional_ddl=True,
                )
                with context.begin_transaction():
                    context.run_migrations()
                if is_sqlite:
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if broken:
                        msg = f"foreign keys broken by the migration: {broken[:5]}"
                        raise RuntimeError(msg)
        finally:
            if is_sqlite:
                raw.execute("PRAGMA foreign_keys=ON")


run()
