"""What listings show of the road to their village, and who is told of a notice."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.models import Organisation
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.rules import Availability
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery
from marketplace.roads import services
from marketplace.roads.rules import Cause, Condition, Signal, Vehicle, Way
from marketplace.roads.services import AccessValues, NoticeValues

CLOSED, NARROW = "Road closed", "Passage restricted"


def said(world, *villages, condition=Condition.CLOSED, who="official_1", **changes):
    values = {
        "condition": condition,
        "cause": Cause.LANDSLIDE,
        "since": clock.today(),
        "words": "Sạt taluy ở km 5.",
        "is_everywhere": not villages,
        "villages": tuple(map(world.village_id, villages)),
    }
    return services.post_notice(world.actor(who), NoticeValues(**values | changes))


def test_a_card_says_that_the_road_is_closed_until_it_lapses(world, browse):
    listing = world.published()  # of Cr'toonh
    world.opportunity()  # of Azứt
    lists = ("/nong-san", "/co-hoi", "/")
    visitor = browse(None, "en")

    def tags():
        return [(CLOSED in visitor.get(p).text, NARROW in visitor.text) for p in lists]

    no, closed, narrow = (False, False), (True, False), (False, True)
    assert tags() == [no, no, no]
    first = said(world, "Cr'toonh", until=clock.today())
    assert tags() == [closed, no, closed]  # at once: a notice is a journal entry
    said(world, "Azứt", condition=Condition.CARE)
    assert tags() == [closed, no, closed]  # nothing that a buyer must know before asking
    said(world, "Azứt", condition=Condition.NARROW)
    assert tags() == [closed, narrow, (True, True)]
    with clock.at(clock.now() + timedelta(days=1)):  # no job has run
        assert tags() == [no, narrow, narrow]
    services.end_notice(
        world.actor("official_2"), first.public_id, reason="passable", note="Đã dọn."
    )
    assert tags() == [no, narrow, narrow]
    assert db.session.get_one(type(listing), listing.id).availability is Availability.OPEN


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", ["produce", "opportunity"])
def test_a_listing_says_how_one_gets_there_with_the_day(world, browse, language, kind):
    listing = world.published() if kind == "produce" else world.opportunity()
    village, code = ("Cr'toonh", "crtoonh") if kind == "produce" else ("Azứt", "azut")
    visitor = browse(None, language)
    assert "duong-den" not in [a.get("id") for _, a in visitor.get(listing.path).tags]
    services.describe_access(
        world.actor("official_1"),
        code,
        AccessValues(Way.TRACK, Vehicle.MOTORBIKE, Signal.PART, 9_500, None, "Đèo dốc."),
    )
    notice = said(world, village, detour="Đi đường cũ.")
    said(world, condition=Condition.CARE, words="Trơn trượt.")
    with clock.at(clock.now() + timedelta(days=2)):
        page = visitor.get(listing.path)
        for words in (
            "Đèo dốc.",
            "9,5" if language == "vi" else "9.5",
            "Sạt taluy",
            "Đi đường cũ.",
        ):
            assert words in page.text
        assert page.text.index("Sạt taluy") < page.text.index("Trơn trượt.")
        assert ("20/11/2026" if language == "vi" else "20 Nov 2026") in page.text
        assert f"/duong-di/{notice.public_id}" in [a.get("href") for _, a in page.tags]
    official = browse("official_1", language)
    if kind == "produce":
        waiting = world.draft(title="Gừng")
        catalogue.submit(world.actor("coop"), waiting.public_id)
        assert "Đèo dốc." in official.get(f"/lam-viec/duyet/{waiting.public_id}").text


def test_a_listing_without_a_village_shows_what_holds_everywhere(world, browse):
    listing = world.opportunity(village_id=None, place="Cạnh đường Hồ Chí Minh")
    said(world, "Azứt", words="Chỉ ở Azứt.")
    said(world, words="Cả xã.")
    text = browse().get(listing.path).text
    assert "Cả xã." in text
    assert "Chỉ ở Azứt." not in text


def told(event):
    """The organisations told of an event, through whichever channel but the inbox."""
    while dispatch():
        pass
    return set(
        db.session.scalars(
            sa.select(Organisation.name)
            .join(Delivery, Delivery.organisation_id == Organisation.id)
            .join(Entry, Entry.id == Delivery.entry_id)
            .where(Entry.name == event, Delivery.channel != Channel.INBOX)
        )
    )


def test_owners_along_the_road_and_cooperatives_there_are_told(world):
    coop, other = world.organisation("coop"), world.organisation("other_coop")
    other.village_id = world.village_id("Aur")
    db.session.commit()
    world.published()  # of coop in Cr'toonh
    world.draft(title="Gừng", village_id=world.village_id("Aur"))  # not public
    said(world, "Cr'toonh")
    assert told("road_notice.posted") == {coop.name}
    said(world, "Aur", "Axoo")
    assert told("road_notice.posted") == {coop.name, other.name}


def test_everyone_of_the_locality_is_told_of_what_holds_everywhere(world):
    world.published()
    notice = said(world)
    both = {world.organisation("coop").name, world.organisation("other_coop").name}
    assert told("road_notice.posted") == both
    services.end_notice(
        world.actor("official_1"), notice.public_id, reason="passable", note="Đã dọn."
    )
    assert told("road_notice.end") == both
    newer = said(world)
    services.post_notice(
        world.actor("official_1"),
        NoticeValues(Condition.OPEN, Cause.OTHER, clock.today(), "Đã thông.", True),
        newer.public_id,
    )
    assert told("road_notice.replace") == set()  # the newer notice tells it


def test_tourism_says_it_as_well(world, browse):
    coop = world.actor("coop")
    stay = catalogue.create(
        coop,
        "tourism",
        world.pair_id,
        world.organisations["coop"],
        world.tourism_values(village_id=world.village_id("Ta Lang")),
    )
    catalogue.submit(coop, stay.public_id)
    catalogue.turn_key(world.actor("official_1"), stay.public_id)
    visitor = browse(None, "en")
    path = f"/{type(stay).section}"
    assert CLOSED not in visitor.get(path).text
    said(world, "Ta Lang")
    assert CLOSED in visitor.get(path).text
    said(world, "Cr'toonh", condition=Condition.NARROW)
    assert NARROW not in visitor.get(path).text
