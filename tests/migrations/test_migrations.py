"""Migrations: up, down, up again; the models are the schema; a failure leaves nothing half done."""

from __future__ import annotations

import re
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.schema import CreateTable

from marketplace import MIGRATIONS
from marketplace.core.db import Base, db


def schema() -> dict[str, list[str]]:
    inspector = sa.inspect(db.engine)
    return {
        table: sorted(column["name"] for column in inspector.get_columns(table))
        for table in inspector.get_table_names()
    }


def is_ours(_object: object, name: str, kind: str, *_: object) -> bool:
    """Not what search has in one of the databases only; tests/discovery looks at that."""
    if kind == "column":
        return not re.fullmatch("search_(title_|marked_)?words", name)
    return not name.startswith("search_index")


def test_the_models_are_the_schema(fresh) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": is_ours}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_the_constraints_are_the_models(fresh) -> None:
    """Alembic compares columns only: a value added to an enumeration changes a CHECK as well."""
    for table in Base.metadata.sorted_tables:
        ddl = str(CreateTable(table).compile(db.engine))
        wanted = dict(re.findall(r"CONSTRAINT (\w+) CHECK \((.*)\),? *\n", ddl))
        values = {name: set(re.findall(r"'(\w+)'", text)) for name, text in wanted.items()}
        found = {
            str(check["name"]): set(re.findall(r"'(\w+)'", check["sqltext"]))
            for check in sa.inspect(db.engine).get_check_constraints(table.name)
        }
        assert found == values, table.name


def test_ids_the_journal_names_are_never_given_twice(fresh, database: str) -> None:
    """SQLite forgets AUTOINCREMENT when a table is rebuilt without it; PostgreSQL has sequences."""
    asked = {
        table.name
        for table in Base.metadata.sorted_tables
        if table.dialect_options["sqlite"]["autoincrement"]
    }
    assert len(asked) > 15
    if database == "sqlite":
        made = db.session.execute(
            sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        )
        assert asked <= {row.name for row in made if "AUTOINCREMENT" in row.sql}


def test_down_and_up_again(fresh) -> None:
    before = schema()
    db.session.remove()
    flask_migrate.downgrade(revision="base")
    assert set(schema()) == {"alembic_version"}
    flask_migrate.upgrade()
    assert schema() == before
    flask_migrate.upgrade()  # nothing to do, no harm


def test_files_are_numbered_without_branches() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert len(scripts.get_heads()) == 1
    assert sorted(revisions) == [f"{n:04}" for n in range(1, len(revisions) + 1)]
    for path in Path(MIGRATIONS, "versions").glob("*.py"):
        assert "marketplace" not in path.read_text(), f"{path.name} imports the program"


@pytest.mark.parametrize("after", [1, 5, 20, 40])
def test_a_migration_that_fails_leaves_nothing(fresh, monkeypatch, after: int) -> None:
    db.session.remove()
    flask_migrate.downgrade(revision="base")
    real, calls = op.create_table, []

    def failing(*args, **kwargs):
        calls.append(args[0])
        if len(calls) > after:
            raise OSError("power cut")
        return real(*args, **kwargs)

    monkeypatch.setattr(op, "create_table", failing)
    if after < len(Base.metadata.tables):
        with pytest.raises(OSError, match="power cut"):
            flask_migrate.upgrade()
        assert set(schema()) <= {"alembic_version"}
        monkeypatch.undo()
    flask_migrate.upgrade()
    assert "entry" in schema()
