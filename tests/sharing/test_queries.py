"""Faces: every kind as everyone may copy it; nothing hidden, no draft, no narrower audience."""

from __future__ import annotations

import pytest

from marketplace.accounts.rules import OrganisationKind
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.browse import Lists
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import Audience, Visibility
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.i18n import Text
from marketplace.interests import services as interests
from marketplace.sharing import queries
from tests.world import World


def every_kind(world: World) -> list[Listing]:
    made = [world.published(), world.opportunity(), world.need(), world.tourism()]
    return [*made, world.need("investor", world.brief_values())]


def secrets(world: World) -> list[Listing]:
    """Listings that exist and are not for everyone."""
    hidden = world.published(title="Tin bị ẩn")
    hidden.visibility = Visibility.HIDDEN
    db.session.commit()
    submitted = world.draft(title="Tin chờ duyệt")
    catalogue.submit(world.actor("coop"), submitted.public_id)
    return [
        hidden,
        submitted,
        world.draft(title="Tin nháp"),
        world.need(title="Nhu cầu cho nhà vườn", audience=Audience.PRODUCERS),
        world.need(title="Nhu cầu cho cán bộ", audience=Audience.OFFICIALS),
    ]


def test_a_face_says_what_its_page_says(world: World) -> None:
    produce, opportunity, need, tourism, brief = (
        queries.face(listing.public_id) for listing in every_kind(world)
    )
    assert (produce.price_low, produce.quantity, produce.village) == (120_000, 100_000, "Cr'toonh")
    assert (opportunity.goal, opportunity.is_investment) == (
        "Sơ chế và sấy dược liệu của các thôn.",
        True,
    )
    assert (need.price_high, need.quantity, need.period) == (60_000, 30_000, "week")
    assert (tourism.price_low, tourism.capacity, tourism.offering) == (100_000, 20, "homestay")
    assert (brief.capital_low, brief.is_investment, brief.sectors) == (
        1_000_000_000,
        True,
        ("wood",),
    )


def test_what_is_not_for_everyone_has_no_face(world: World) -> None:
    shown = {listing.public_id for listing in every_kind(world)}
    for listing in secrets(world):
        with pytest.raises(NotFound):
            queries.face(listing.public_id)
    ids = queries.newest(world.pair, 0, 50)
    assert {face.public_id for face in queries.faces(ids)} == shown
    assert sum(queries.counts(world.pair).values()) == len(shown)
    assert {face.public_id for kind in PAGES for face in queries.every(world.pair, kind)} == shown
    mapped = {a.path for kind in PAGES for a in queries.addresses(world.pair, kind, 0, 50)}
    assert {path[-10:] for path in mapped} == shown


def test_a_face_is_of_the_kind_asked_for(world: World) -> None:
    produce = world.published()
    assert queries.face(produce.public_id, "produce").title == produce.title
    with pytest.raises(NotFound):
        queries.face(produce.public_id, "tourism")
    with pytest.raises(NotFound):
        queries.face("222222bbbb")


def test_a_closed_listing_keeps_its_face_and_leaves_the_lists(world: World) -> None:
    listing = world.published()
    interests.close_listing(
        world.actor("coop"), listing.public_id, reason="fulfilled", note="Đã bán hết."
    )
    assert queries.face(listing.public_id).state == "closed"
    assert not queries.face(listing.public_id).is_open
    assert queries.newest(world.pair, 0, 10) == []


@pytest.mark.parametrize(
    "kind", [OrganisationKind.PRODUCER_HOUSEHOLD, OrganisationKind.HOUSEHOLD_BUSINESS]
)
def test_a_household_is_named_only_when_it_agreed(world: World, kind: OrganisationKind) -> None:
    listing = world.published()
    coop = world.organisation("coop")
    coop.kind, coop.name = kind, "Hộ Alăng Thị Bhiing"
    db.session.commit()
    face = queries.face(listing.public_id)
    assert isinstance(face.owner, Text)
    assert "Alăng" not in str(face.owner)
    coop.is_named_in_public = True
    db.session.commit()
    assert queries.face(listing.public_id).owner == "Hộ Alăng Thị Bhiing"


def test_contacts_typed_into_texts_are_left_out(world: World) -> None:
    listing = world.published(
        title="Mật ong gọi 0905123456", description="Thư mat.ong@rung.example hoặc +84 905 123 456."
    )
    face = queries.face(listing.public_id)
    assert "0905" not in face.title
    assert "rung.example" not in face.description
    assert "905 123" not in face.description


def test_a_window_is_the_list_whatever_its_size(world: World) -> None:
    for n in range(30):
        world.published(title=f"Rau {n:02}")
    lists = Lists(world.pair)
    wished = Wished.read(PAGES["produce"].spec, {"sap": ["ten"]})
    whole = [card.id for number in (1, 2) for card in lists.page(wished, number).items]
    assert len(whole) == 30
    for offset, size in ((0, 5), (0, 30), (20, 10), (23, 2), (24, 6), (29, 5), (30, 5), (99, 5)):
        assert queries.window(lists, wished, offset, size) == whole[offset : offset + size]
    nothing = Wished.read(PAGES["tourism"].spec, {})
    assert queries.window(lists, nothing, 0, 5) == []
