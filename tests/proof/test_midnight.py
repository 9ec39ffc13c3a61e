"""A certificate that ends tonight is gone from every page and count at midnight (abuse T07).

The clock is set to one second before and after Vietnam's midnight; no job runs in between.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from marketplace.catalogue.browse import Lists, list_page
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.proof.safety import Safety
from marketplace.core import clock
from marketplace.papers import services as papers
from marketplace.papers.rules import Coverage
from marketplace.papers.types import PaperType
from tests.page import Browser

Browse = Callable[..., Browser]
LAST = date(2026, 12, 10)
"""Far enough after publication for the officials' call list to ask about the quantity."""
MIDNIGHT = datetime.combine(LAST + timedelta(days=1), time(), tzinfo=clock.VIETNAM).astimezone(UTC)
BEFORE, AFTER = MIDNIGHT - timedelta(seconds=1), MIDNIGHT + timedelta(seconds=1)
BADGE = "Papers valid now"


def counted(world) -> int:
    """How many listings the filter *papers valid now* promises."""
    wished = Wished.read(PAGES["produce"].spec, {})
    return Lists(world.pair).counts(wished).by_facet["giay-to"].get("con-han", 0)


@pytest.fixture
def listing(world, story):
    """A product of all seasons, covered by a VietGAP certificate that ends on LAST."""
    story.verified(PaperType.VIETGAP, valid_until=LAST)
    return world.published(months=0b1111_1111_1111)


@pytest.mark.parametrize(("moment", "holds"), [(BEFORE, True), (AFTER, False)])
def test_the_badge_on_every_page(world, browse: Browse, listing, moment, holds) -> None:
    with clock.at(moment):
        visitor, coop, official = (browse(who, "en") for who in (None, "coop", "official_1"))
        visitor.get("/nong-san")
        cards = visitor.text.split("List of farm produce")[1]
        assert (BADGE in cards) is holds
        assert ("No papers yet" in cards) is not holds
        visitor.get("/nong-san?giay-to=con-han")
        assert (listing.title in visitor.text.split("List of farm produce")[1]) is holds
        assert counted(world) == int(holds)
        visitor.get("/")
        assert listing.title in visitor.text
        assert visitor.text.count("With valid papers") == 1  # the way to all that have them
        assert visitor.text.count(BADGE) == int(holds)
        visitor.get(listing.path)
        assert (BADGE in visitor.text) is holds
        assert ("certificate ended on 10 Dec 2026" in visitor.text) is not holds
        struck = [t for t, _ in visitor.page.tags if t == "s"]
        assert bool(struck) is not holds
        coop.get(f"/ban-hang/{listing.public_id}")
        assert (BADGE in coop.text) is holds
        coop.get("/ban-hang")
        assert ("has ended. Renew it." in coop.text) is not holds
        official.get("/lam-viec/cuoc-goi")
        assert listing.title in official.text
        assert (BADGE in official.text) is holds


def test_lists_are_kept_for_a_day_only(world, listing) -> None:
    """The very same process answers before and after, without any write in between."""
    for moment, label in ((BEFORE, Safety.PAPERS), (AFTER, Safety.NONE), (BEFORE, Safety.PAPERS)):
        with clock.at(moment):
            (card,) = list_page(world.pair, "produce").items
            assert card.safety is label
            assert counted(world) == int(label is Safety.PAPERS)


def test_the_page_of_the_paper_is_struck_through_not_removed(browse: Browse, world, story, listing):
    paper = listing.papers[0]
    visitor = browse(None, "en")
    with clock.at(BEFORE):
        visitor.get(f"/giay-to/{paper.public_id}")
        assert not any(t == "s" for t, _ in visitor.page.tags)
        assert "giay-to.pdf" not in visitor.text
        visitor.get(f"/giay-to/{paper.public_id}/tep", 302)
    with clock.at(AFTER):
        visitor.get(f"/giay-to/{paper.public_id}")
        assert any(t == "s" for t, _ in visitor.page.tags)
        assert "This paper ended on 10 Dec 2026" in visitor.text


def test_papers_of_those_who_show_nothing_are_nobodys_business(browse: Browse, world, story):
    paper = story.verified()
    browse(None, "en").get(f"/giay-to/{paper.public_id}", 404)
    browse("hotel", "en").get(f"/giay-to/{paper.public_id}", 404)
    world.published()
    browse(None, "en").get(f"/giay-to/{paper.public_id}")
    hotel = browse("hotel", "en")
    hotel.get(f"/giay-to/{paper.public_id}")
    hotel.get(f"/giay-to/{paper.public_id}/tep", 403)


@pytest.mark.parametrize("move", ["suspend", "revoke"])
def test_suspended_or_revoked_is_gone_at_once(browse: Browse, world, listing, move) -> None:
    official = world.actor("official_1")
    visitor = browse(None, "en")
    visitor.get("/nong-san")
    assert counted(world) == 1
    papers.judge(
        official, listing.papers[0].public_id, move, reason="issuer", note="Theo thông báo."
    )
    assert counted(world) == 0
    visitor.get(listing.path)
    assert BADGE not in visitor.text
    assert any(t == "s" for t, _ in visitor.page.tags)


def test_a_paper_of_chosen_goods_is_on_no_other(browse: Browse, world, story) -> None:
    """Someone's certificate for one product does not rub off on another."""
    story.verified(PaperType.VIETGAP, coverage=Coverage.CHOSEN)
    listing = world.published()
    visitor = browse(None, "en")
    visitor.get(listing.path)
    assert BADGE not in visitor.text
    assert counted(world) == 0


def test_the_label_of_a_household_comes_from_its_cooperative_if_the_paper_says_so(world, story):
    from marketplace.catalogue import services as catalogue
    from marketplace.core.db import db

    household = story.household()
    told = story.told
    recorded = catalogue.create(
        world.actor("coop"), "produce", world.pair_id, household.id, world.produce_values(), told
    )
    catalogue.submit(world.actor("coop"), recorded.public_id, told)
    catalogue.turn_key(world.actor("official_1"), recorded.public_id)
    story.verified(PaperType.HACCP)
    (card,) = list_page(world.pair, "produce").items
    assert card.safety is Safety.NONE
    story.verified(PaperType.VIETGAP, covers_members=True)
    db.session.expire_all()
    (card,) = list_page(world.pair, "produce").items
    assert card.safety is Safety.PAPERS
