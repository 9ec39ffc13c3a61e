"""Deals that stood before offers existed keep their terms, and who had agreed to them."""

from __future__ import annotations

from datetime import date

import flask_migrate
import sqlalchemy as sa

from marketplace.core.db import db
from marketplace.deals import queries
from marketplace.deals import services as deals
from marketplace.deals.rules import DealState
from marketplace.deals.services import Terms
from tests.deals.conftest import Story

DAY = date(2026, 12, 1)


def test_terms_half_agreed_become_the_first_offer(fresh) -> None:
    _, world = fresh
    code = Story(world).opened().public_id
    for price in (110_000, 120_000):
        deals.set_terms(
            world.actor("hotel"), code, Terms(40_000, price, None, DAY, None, "Giao tại bếp")
        )
    deals.accept_terms(world.actor("coop"), code)
    db.session.remove()
    flask_migrate.downgrade(revision="0016")
    with db.engine.connect() as connection:
        row = connection.execute(
            sa.text("SELECT terms_number, delivery, committed_quantity, unit_price FROM deal")
        ).one()
        agreed = connection.execute(
            sa.text("SELECT COUNT(*) FROM deal_party WHERE agreed_at IS NOT NULL")
        ).scalar_one()
    assert (*row, agreed) == (3, "Giao tại bếp", 40_000, 120_000, 1)
    flask_migrate.upgrade()
    deal = queries.get(code, world.actor("hotel"))
    (offer,) = deal.offers
    assert (offer.number, offer.organisation_id, offer.unit_price) == (1, None, 120_000)
    assert (offer.starts_on, offer.delivery) == (DAY, "Giao tại bếp")
    assert {p.organisation_id for p in deal.parties if p.agreed_at} == {world.organisations["coop"]}
    deals.accept_terms(world.actor("hotel"), code)
    assert deal.state is DealState.AGREED


def test_what_did_not_exist_before_goes_back_to_what_did(fresh) -> None:
    _, world = fresh
    code = Story(world).active().public_id
    deals.suspend(world.actor("coop"), code, reason="landslide", note="Sạt lở.")
    db.session.remove()
    flask_migrate.downgrade(revision="0016")
    flask_migrate.upgrade()
    assert queries.get(code, world.actor("coop")).state is DealState.ACTIVE
