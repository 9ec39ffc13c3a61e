"""Listings that stood before keep their figures; nothing by month is invented for them."""

from __future__ import annotations

import flask_migrate
import sqlalchemy as sa

from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.core.db import db

COLUMNS = "quantity, promised, months, price_low, price_high, quantity_confirmed_on"


def figures() -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        rows = connection.execute(sa.text(f"SELECT {COLUMNS} FROM produce ORDER BY id"))
        return [tuple(row) for row in rows]


def test_figures_stay_and_none_is_invented(fresh) -> None:
    _, world = fresh
    world.published()
    world.draft(quantity=None, months=0, price_low=None)
    db.session.remove()
    before = figures()
    flask_migrate.downgrade(revision="0001")
    assert figures() == before
    flask_migrate.upgrade()
    assert figures() == before
    for listing in db.session.scalars(sa.select(Produce)):
        assert (listing.by_month, listing.price_steps, listing.variety) == ([], [], "")


def test_the_checks_of_the_table_outlive_the_migration(fresh) -> None:
    found = {check["name"] for check in sa.inspect(db.engine).get_check_constraints("produce")}
    assert {
        "ck_produce_never_oversold",
        "ck_produce_promised_not_negative",
        "ck_produce_samples",
        "ck_produce_sales_paper",
        "ck_produce_twelve_months",
    } <= found
