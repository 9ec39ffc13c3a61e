"""Keeping and letting go: once, by oneself, only what one may open."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.catalogue.rules import Audience, ListingState, Visibility
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.journal import Entry
from marketplace.shortlist import queries, services
from tests.world import World


def test_keeping_twice_is_keeping_once_and_nobody_else_sees_it(world: World) -> None:
    listing, hotel = world.published(), world.actor("hotel")
    before = db.session.scalar(sa.select(sa.func.max(Entry.id)))
    for _ in range(2):
        services.keep(hotel, listing.public_id)
    assert queries.kept_ids(hotel) == [listing.public_id]
    assert queries.kept_ids(world.actor("restaurant")) == []
    assert queries.marked(hotel, [listing.public_id]) == {listing.public_id}
    for _ in range(2):
        services.let_go(hotel, listing.public_id)
    assert queries.kept_ids(hotel) == []
    assert db.session.scalar(sa.select(sa.func.max(Entry.id))) == before


def test_letting_go_leaves_what_others_keep(world: World) -> None:
    listing = world.published()
    services.keep(world.actor("hotel"), listing.public_id)
    services.keep(world.actor("investor"), listing.public_id)
    services.let_go(world.actor("hotel"), listing.public_id)
    assert queries.kept_ids(world.actor("investor")) == [listing.public_id]


def test_drafts_hidden_ones_and_those_for_others_cannot_be_kept(world: World) -> None:
    draft, hidden = world.draft(), world.published(title="Bị ẩn")
    private = world.need(title="Cần riêng", audience=Audience.PRODUCERS)
    hidden.visibility = Visibility.HIDDEN
    db.session.commit()
    for who, listing in (
        ("hotel", draft),
        ("coop", draft),
        ("restaurant", hidden),
        ("coop", hidden),
        ("restaurant", private),
    ):
        with pytest.raises(NotFound):
            services.keep(world.actor(who), listing.public_id)
    services.keep(world.actor("coop"), private.public_id)
    with pytest.raises(NotFound):
        services.keep(world.actor("hotel"), "222222bbbb")


def test_there_is_an_end_to_keeping(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_KEPT", 1)
    first, second, hotel = world.published(), world.published(title="Khác"), world.actor("hotel")
    services.keep(hotel, first.public_id)
    services.keep(hotel, first.public_id)
    with pytest.raises(Conflict):
        services.keep(hotel, second.public_id)


def test_bringing_adds_what_is_new_in_its_order_and_only_what_may_be_opened(world: World) -> None:
    a, b, c = (world.published(title=title) for title in "ABC")
    draft, hotel = world.draft(), world.actor("hotel")
    with clock.at(clock.now() - timedelta(hours=1)):
        services.keep(hotel, b.public_id)
    assert services.bring(hotel, [c.public_id, b.public_id, draft.public_id, a.public_id]) == 2
    assert queries.kept_ids(hotel) == [c.public_id, a.public_id, b.public_id]
    assert services.bring(hotel, [c.public_id]) == 0


def test_among_keeps_the_order_and_leaves_out_what_is_not_for_the_viewer(world: World) -> None:
    a, b, closed = (world.published(title=title) for title in ("A", "B", "Đã đóng"))
    closed.state = ListingState.CLOSED
    db.session.commit()
    draft = world.draft()
    asked = [closed.public_id, b.public_id, draft.public_id, "x" * 10, a.public_id]
    found = queries.among(asked, world.actor("coop"))
    assert [(one.title, one.is_closed) for one in found] == [
        ("Đã đóng", True), ("B", False), ("A", False),
    ]  # fmt: skip
    assert queries.among([], world.actor("coop")) == []
