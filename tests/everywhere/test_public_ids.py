"""The public names of records: of one type in every table, so that what is no name finds nothing."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from marketplace.core.db import Base, PublicId, db

NAMED = [table for table in Base.metadata.sorted_tables if "public_id" in table.c]


def test_every_public_name_is_of_the_type_that_is_kept_apart_from_other_text():
    assert len(NAMED) > 40
    assert [t.name for t in NAMED if not isinstance(t.c.public_id.type, PublicId)] == []


@pytest.mark.parametrize("sent", ["\x00", "2345678\x00bc", "' OR 1=1 --", "\ufffd", "x" * 5000, ""])
def test_what_cannot_be_a_name_is_asked_for_on_both_databases_and_is_nobodys(app, sent):
    with app.app_context():
        for table in NAMED:
            found = db.session.execute(sa.select(table.c.id).where(table.c.public_id == sent))
            assert found.all() == [], table.name
