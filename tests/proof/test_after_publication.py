"""No way around the gates once a listing is published: live changes, revisions, short pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from marketplace.catalogue import queries as listings
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.kinds.produce.model import OfferValues
from marketplace.catalogue.kinds.produce.terms import PriceStep
from marketplace.catalogue.taxonomy import Group, Origin, PriceKind
from marketplace.catalogue.wild import queries as wild_queries
from marketplace.catalogue.wild import services as wild
from marketplace.catalogue.wild.rules import WildRule
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Invalid
from marketplace.core.journal import Entry
from marketplace.core.quantity import Unit
from marketplace.papers.types import PaperType
from marketplace.revisions import services as revisions
from marketplace.revisions.rules import RevisionState
from tests.page import Browser
from tests.papers.conftest import day

Browse = Callable[..., Browser]
STEPS = (PriceStep(50_000, 90_000),)
DRINK = {"group": Group.ALCOHOL, "origin": Origin.PROCESSED, "unit": Unit.LIT, "title": "Rượu cần"}


def approve(world, listing):
    codes = [check.code for check in listing.checklist()]
    return catalogue.turn_key(world.actor("official_1"), listing.public_id, codes)


def published(world, **changes):
    """Through the gates, every point ticked."""
    draft = world.draft(**changes)
    catalogue.submit(world.actor("coop"), draft.public_id)
    return approve(world, listings.get(draft.public_id, world.actor("official_1")))


def test_alcohol_has_no_price_steps_in_a_draft_and_gets_none_later(world, story):
    story.verified(PaperType.LIQUOR)
    assert {gap.field for gap in world.draft(**DRINK, price_steps=STEPS).gaps()} == {"price_steps"}
    listing = published(world, **DRINK)
    offer = OfferValues(PriceKind.FIXED, 120_000, None, 100_000, 0b1, price_steps=STEPS)
    with pytest.raises(Invalid) as refused:
        catalogue.change_offer(world.actor("coop"), listing.public_id, None, offer)
    assert refused.value.field == "price_steps"
    db.session.expire_all()
    assert not listing.price_steps
    catalogue.change_offer(
        world.actor("coop"), listing.public_id, None, replace(offer, price_steps=())
    )


def test_a_lapsed_licence_does_not_keep_one_from_correcting_the_stock(world, story):
    story.verified(PaperType.LIQUOR, valid_until=date(2026, 12, 1))
    listing = published(world, **DRINK)
    offer = OfferValues(PriceKind.FIXED, 120_000, None, 50_000, 0b1)
    with day(date(2026, 12, 2)):
        catalogue.change_offer(world.actor("coop"), listing.public_id, None, offer)
    assert listing.quantity == 50_000


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": "Bảy lá một hoa"}, "may not be offered"),
        ({"group": Group.ALCOHOL}, "licence"),
    ],
)
def test_a_revision_goes_through_the_same_gates(world, changes, words):
    wild.start_for(world.pair_id)
    listing = published(world, title="Hạt dổi", origin=Origin.GATHERED)
    values = world.produce_values(**{"title": "Hạt dổi", "origin": Origin.GATHERED} | changes)
    with pytest.raises(Blocked, match=words):
        revisions.write(world.actor("coop"), listing.public_id, None, values)


def revised(world, listing, **changes):
    values = world.produce_values(**({"title": listing.title, "origin": listing.origin} | changes))
    revision = revisions.write(world.actor("coop"), listing.public_id, None, values)
    return revisions.submit(world.actor("coop"), revision.public_id)


def test_what_was_forbidden_meanwhile_stops_the_revision(world):
    wild.start_for(world.pair_id)
    official = world.actor("official_1")
    listing = published(world, title="Hạt dổi", origin=Origin.GATHERED)
    revision = revised(world, listing, title="Tiêu rừng")
    row = wild_queries.known(official.locality_id, "Tiêu rừng")
    wild.edit(official, row.public_id, None, wild.WildValues(row.name, WildRule.FORBIDDEN, "Dừng."))
    with pytest.raises(Blocked, match="Dừng"):
        revisions.turn_key(official, revision.public_id, ["wild"])


def test_the_points_of_the_new_text_are_ticked_as_well(world, browse: Browse):
    listing = published(world)
    revision = revised(world, listing, description="Đặc trị mất ngủ.")
    with pytest.raises(Invalid) as refused:
        revisions.turn_key(world.actor("official_1"), revision.public_id)
    assert refused.value.field == "ticked"
    assert "Đặc trị" not in listing.description
    official = browse("official_1", "en")
    official.get(f"/sua-doi/{revision.public_id}")
    assert "đặc trị" in official.text
    official.submit({"ticked": ""}, action="/chap-thuan", status=422)
    official.submit({"ticked": "claims"}, action="/chap-thuan")
    assert revision.state is RevisionState.APPROVED
    entry = db.session.scalars(sa.select(Entry).where(Entry.name == "revision.turn_key")).one()
    assert entry.data["ticked"] == ["claims"]


def test_the_short_page_strikes_through_what_has_ended(world, story, browse: Browse):
    last = date(2026, 12, 1)
    story.verified(PaperType.VIETGAP, number="VG-77", valid_until=last)
    listing = published(world)
    for one_day, struck in ((last, False), (last + timedelta(days=1), True)):
        with day(one_day, 0):
            visitor = browse(None, "en")
            visitor.get(f"/m/{listing.public_id}")
            assert "VG-77" in visitor.text
            assert any(t == "s" for t, _ in visitor.page.tags) is struck
