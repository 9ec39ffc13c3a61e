"""Naming the goods a paper covers: who may, and what nobody would look at."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from marketplace.catalogue import services as catalogue
from marketplace.catalogue.proof import queries, services
from marketplace.catalogue.proof.services import GoodsValues
from marketplace.catalogue.taxonomy import Group
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, NotFound, WrongState
from marketplace.papers import services as papers
from marketplace.papers.rules import Coverage
from marketplace.papers.types import PaperType
from tests.page import Browser
from tests.papers.test_views import TYPED, scan, the_paper

Browse = Callable[..., Browser]
T = PaperType


@pytest.fixture
def paper(story):
    """A certificate of chosen goods, waiting for verification."""
    return story.paper(coverage=Coverage.CHOSEN)


def choose(world, paper, who: str = "coop", *, groups=(), listings=()):
    values = GoodsValues(groups, [listing.public_id for listing in listings])
    return services.choose_goods(world.actor(who), paper.public_id, values)


def covered(listing) -> list[int]:
    db.session.expire_all()
    return [paper.id for paper in listing.papers]


def test_a_listing_or_a_group(world, paper):
    herbs, tea = world.published(), world.published(title="Chè dây", group=Group.TEA)
    choose(world, paper, listings=[tea])
    assert (covered(herbs), covered(tea)) == ([], [paper.id])
    choose(world, paper, groups=[Group.HERBS])
    assert (covered(herbs), covered(tea)) == ([paper.id], [])
    assert covered(world.draft(title="Ba kích")) == [paper.id]  # the group covers what comes later


def test_a_paper_of_all_goods_has_nothing_to_choose(world, story):
    with pytest.raises(WrongState):
        choose(world, story.paper())


def test_after_verification_its_owner_adds_only_what_will_be_read(world, paper):
    public, draft = world.published(), world.draft(title="Gừng gió")
    papers.judge(world.actor("official_1"), paper.public_id, "verify")
    with pytest.raises(Invalid) as refused:
        choose(world, paper, listings=[public])
    assert refused.value.field == "listings"
    with pytest.raises(Invalid) as refused:
        choose(world, paper, groups=[Group.HERBS])
    assert refused.value.field == "groups"
    choose(world, paper, listings=[draft])
    assert covered(draft) == [paper.id]
    catalogue.submit(world.actor("coop"), draft.public_id)
    assert [check.code for check in draft.checklist()] == ["papers"]  # whoever reads it confirms
    choose(world, paper, "official_1", listings=[draft, public])
    choose(world, paper, listings=[public])  # taking away is always its owner's
    assert (covered(public), covered(draft)) == ([paper.id], [])


def test_goods_of_others_are_not_offered(world, paper, story):
    other = catalogue.create(
        world.actor("other_coop"),
        "produce",
        world.pair_id,
        world.organisations["other_coop"],
        world.produce_values(),
    )
    choose(world, paper, listings=[other])
    assert covered(other) == []
    assert queries.chosen_listings(paper.line) == set()


@pytest.mark.parametrize(
    ("who", "error"),
    [("other_coop", NotFound), ("hotel", NotFound), ("ward_official_1", NotFound)],
)
def test_strangers_choose_nothing(world, paper, who, error):
    with pytest.raises(error):
        choose(world, paper, who, groups=[Group.HERBS])


def test_a_stranger_who_sees_the_paper_may_not_choose(world, paper):
    world.published()
    papers.judge(world.actor("official_1"), paper.public_id, "verify")
    with pytest.raises(NotAllowed):
        choose(world, paper, "hotel", groups=[Group.HERBS])


def test_what_is_revoked_covers_nothing_more(world, paper):
    official = world.actor("official_1")
    papers.judge(official, paper.public_id, "verify")
    papers.judge(official, paper.public_id, "revoke", reason="issuer", note="Đã thu hồi.")
    with pytest.raises(NotAllowed):
        choose(world, paper, groups=[Group.HERBS])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_entering_a_paper_of_some_goods_leads_to_choosing_them(world, browse: Browse, language):
    listing = world.published()
    coop = browse("coop", language)
    coop.get("/ban-hang/chung-nhan/them?loai=vietgap")
    coop.submit(
        TYPED | {"coverage": "chosen", "scan": scan()},
        action="loai=vietgap",
        content_type="multipart/form-data",
    )
    assert coop.path == f"/giay-to/{the_paper().public_id}/hang"
    coop.submit({"listings": listing.public_id, "groups": ["tea"]}, action="/hang")
    assert coop.path == f"/giay-to/{the_paper().public_id}"
    assert listing.title in coop.text
    assert covered(listing) == [the_paper().id]
    assert queries.chosen_groups(the_paper().line) == {Group.TEA}


def test_an_unknown_listing_or_group_is_refused(browse: Browse, world, paper):
    world.published()
    coop = browse("coop", "en")
    for sent in ({"listings": "2222222222"}, {"groups": ["gold"]}):
        coop.get(f"/giay-to/{paper.public_id}/hang")
        page = coop.submit(sent, action="/hang", status=422)
        assert "Choose from the list." in page.text
