"""The journal: append-only, chained, with notes that can be erased."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from marketplace.core import journal
from marketplace.core.actor import SYSTEM
from marketplace.core.db import db
from marketplace.core.journal import Entry, Note, Outbox, Seal
from marketplace.core.use_case import use_case
from tests.world import World


@use_case
def write(world: World, note: str | None = None) -> int:
    entry = journal.record("organisation.edited", world.organisation("coop"), SYSTEM, note=note)
    return entry.id


def test_an_entry_comes_with_its_outbox_row_and_note(world: World) -> None:
    entry_id = write(world, "Lời ghi")
    assert db.session.get_one(Outbox, entry_id).dispatched_at is None
    assert db.session.get_one(Note, entry_id).text == "Lời ghi"
    assert journal.of([world.organisation("coop")])[0].id == entry_id


@pytest.mark.parametrize(
    "statement",
    ["UPDATE entry SET name = 'x'", "DELETE FROM entry", "UPDATE entry_seal SET digest = 'x'"],
)
def test_the_database_refuses_to_change_history(world: World, statement: str) -> None:
    write(world)
    journal.seal()
    db.session.commit()
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        db.session.execute(sa.text(statement))
    db.session.rollback()


def test_a_note_can_be_erased(world: World) -> None:
    entry_id = write(world, "Tên người")
    db.session.execute(sa.delete(Note).where(Note.entry_id == entry_id))
    db.session.commit()
    assert db.session.get_one(Entry, entry_id).name == "organisation.edited"


def test_a_changed_past_breaks_the_chain(world: World, database: str) -> None:
    ids = [write(world) for _ in range(3)]
    assert journal.seal() >= 3
    assert journal.seal() == 0
    assert journal.first_broken_seal() is None
    drop = (
        "DROP TRIGGER entry_no_update"
        if database == "sqlite"
        else "DROP TRIGGER entry_frozen ON entry"
    )
    db.session.execute(sa.text(drop))
    db.session.execute(sa.text(f"UPDATE entry SET name = 'forged' WHERE id = {ids[1]}"))
    db.session.expire_all()
    assert journal.first_broken_seal() == ids[1]


def test_positions_have_no_gap(world: World) -> None:
    for _ in range(3):
        write(world)
        journal.seal()
    positions = db.session.scalars(sa.select(Seal.position).order_by(Seal.position)).all()
    assert list(positions) == list(range(1, len(positions) + 1))
