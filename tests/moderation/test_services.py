"""Reports, hiding, the log: who may do what, and that a hidden listing is hidden everywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.throttle import TooManyTries
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.browse import in_season, latest_opportunities, list_page
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import HIDE_REASONS, VISIBILITY, Visibility
from marketplace.core import clock
from marketplace.core.actor import ANONYMOUS
from marketplace.core.db import db
from marketplace.core.errors import DomainError, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.journal import Entry
from marketplace.interests import services as interests
from marketplace.matching import queries as matching
from marketplace.matching import services as matches
from marketplace.matching.services import MatchValues
from marketplace.moderation import queries, services
from marketplace.moderation.models import Report
from marketplace.moderation.queries import Wanted
from marketplace.moderation.rules import ACT_OF, REPORT, About, ReportState
from marketplace.moderation.services import ReportValues
from tests.world import World

WHY = {"reason": "wrong", "note": "Số điện thoại sai."}
SAYS = ReportValues(About.WRONG, "Số điện thoại không phải của họ.", "Người báo", "0900 000 001")


def hide(world: World, listing: Listing, who: str = "official_1") -> Listing:
    return services.hide(world.actor(who), listing.public_id, **WHY)


def report(world: World, listing: Listing, address: str = "192.0.2.1") -> Report:
    return services.report(ANONYMOUS, listing.public_id, SAYS, address)


# ------------------------------------------------------------ hiding


def test_a_hidden_listing_is_hidden_everywhere(world: World) -> None:
    produce, opportunity = world.published(), world.opportunity()
    interest = world.interest(produce)
    for listing in (produce, opportunity):
        hide(world, listing)
    assert list_page(world.pair, "produce").total == 0
    assert list_page(world.pair, "produce", {"q": ["sam"]}).total == 0
    assert list_page(world.pair, "opportunity").total == 0
    assert not in_season(world.pair, 4)
    assert not latest_opportunities(world.pair, 4)
    assert catalogue.count_public(world.pair, "produce") == 0
    assert not matching.listings_to_offer(world.actor("official_1"), "sam", 10)
    for viewer in (ANONYMOUS, world.actor("restaurant"), world.actor("other_coop")):
        with pytest.raises(NotFound):
            catalogue.get(produce.public_id, viewer)
    for who in ("coop", "official_2", "ward_official_1", "hotel"):
        assert catalogue.get(produce.public_id, world.actor(who)).is_hidden, who
    with pytest.raises(WrongState):
        matches.propose_by_hand(
            world.actor("official_1"),
            produce.public_id,
            world.organisation("restaurant").public_id,
            MatchValues(quantity=1000, unit_price=1000),
        )
    with pytest.raises(DomainError):
        world.interest(produce, "restaurant")
    assert interest.listing_id == produce.id


def test_what_is_shown_again_is_where_it_was(world: World) -> None:
    listing = hide(world, world.published())
    services.show(
        world.actor("official_2"), listing.public_id, reason="corrected", note="Đã sửa số."
    )
    assert list_page(world.pair, "produce").total == 1
    assert catalogue.get(listing.public_id, ANONYMOUS).visibility is Visibility.SHOWN
    assert listing.hidden_by_id is None


@pytest.mark.parametrize(
    ("who", "may"),
    [("official_1", False), ("official_2", True), ("leader", True), ("coop", False)],
)
def test_another_official_shows_it_again(world: World, who: str, may: bool) -> None:
    listing = hide(world, world.published())
    act = lambda: services.show(  # noqa: E731
        world.actor(who), listing.public_id, reason="other", note="Xem lại rồi."
    )
    if may:
        assert not act().is_hidden
    else:
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize(
    ("who", "kind", "may"),
    [
        ("official_1", "produce", True),
        ("ward_official_1", "produce", False),
        ("ward_official_1", "opportunity", True),
        ("coop", "produce", False),
        ("hotel", "produce", False),
    ],
)
def test_who_hides(world: World, who: str, kind: str, may: bool) -> None:
    listing = world.published() if kind == "produce" else world.opportunity()
    if may:
        assert hide(world, listing, who).is_hidden
    else:
        with pytest.raises(NotAllowed):
            hide(world, listing, who)


def test_a_draft_is_not_hidden_and_hiding_needs_a_reason(world: World) -> None:
    with pytest.raises(NotAllowed):
        hide(world, world.draft())
    with pytest.raises(Invalid):
        services.hide(world.actor("official_1"), world.published().public_id, reason="x", note="x")
    assert set(VISIBILITY.transitions["hide"].reasons) == set(HIDE_REASONS)


def test_a_hidden_listing_still_closes_and_the_owner_still_reads_it(world: World) -> None:
    listing = hide(world, world.published())
    interests.close_listing(
        world.actor("coop"), listing.public_id, reason="cancelled", note="Không bán nữa."
    )
    with pytest.raises(NotFound):
        catalogue.get(listing.public_id, ANONYMOUS)
    assert catalogue.get(listing.public_id, world.actor("coop"))


# ------------------------------------------------------------ reports


def test_who_may_decide_about_a_report_when(world: World) -> None:
    waiting, done = report(world, world.published()), report(world, world.published(title="Chè"))
    services.decide(
        world.actor("official_1"), done.public_id, "dismiss", reason="unfounded", note="Đúng cả."
    )
    allowed = set()
    for found in (waiting, done):
        for who in ("coop", "hotel", "official_1", "official_2", "ward_official_1"):
            for move in REPORT.transitions:
                try:
                    REPORT.require(found, move, world.actor(who))
                except DomainError:
                    continue
                allowed.add((found.state, who, move))
    assert allowed == {
        (ReportState.REPORTED, who, move)
        for who in ("official_1", "official_2")
        for move in ("dismiss", "uphold")
    }
    assert [r.id for r in queries.open_for(world.actor("official_1"))] == [waiting.id]
    assert not queries.open_for(world.actor("ward_official_1"))
    for who in ("coop", "hotel"):
        with pytest.raises(NotFound):
            queries.get(waiting.public_id, world.actor(who))


def test_upholding_hides_and_says_why(world: World) -> None:
    listing = world.published()
    for found in (report(world, listing), report(world, listing)):
        services.decide(world.actor("official_1"), found.public_id, "uphold", **WHY)
        assert found.state is ReportState.UPHELD
    assert listing.is_hidden
    hidden = db.session.scalars(sa.select(Entry).where(Entry.name == "listing_visibility.hide"))
    (entry,) = hidden
    assert entry.reason == "wrong"
    assert entry.note is not None
    with pytest.raises(NotFound):
        report(world, listing, "192.0.2.77")


def test_what_is_not_public_cannot_be_reported(world: World) -> None:
    draft = world.draft()
    for who in (ANONYMOUS, world.actor("coop")):
        with pytest.raises(NotFound):
            services.report(who, draft.public_id, SAYS, "192.0.2.1")


def test_reports_are_rationed_by_address_and_by_listing(world: World) -> None:
    listing = world.published()
    for _ in range(services.ABOUT_ONE.tries):
        report(world, listing)
    with pytest.raises(TooManyTries):
        report(world, listing)
    report(world, listing, "192.0.2.2")
    with clock.at(clock.now() + timedelta(days=2)):
        report(world, listing)
    others = [world.published(title=f"Hàng {n}") for n in range(services.BY_ADDRESS.tries)]
    for other in others:
        report(world, other, "192.0.2.3")
    with pytest.raises(TooManyTries):
        report(world, listing, "192.0.2.3")


def test_who_reported_is_forgotten_in_time(world: World) -> None:
    found, open_ = report(world, world.published()), report(world, world.published(title="Chè"))
    services.decide(
        world.actor("official_1"), found.public_id, "dismiss", reason="unfounded", note="Đúng cả."
    )
    with clock.at(clock.now() + timedelta(days=179)):
        assert services.forget_reporters() == 0
    with clock.at(clock.now() + timedelta(days=181)):
        assert [services.forget_reporters(), services.forget_reporters()] == [1, 0]
    db.session.expire_all()
    assert (found.reporter_name, found.reporter_contact) == ("", "")
    assert open_.reporter_name == "Người báo"
    assert found.message


# ------------------------------------------------------------ the log


def test_the_log_holds_every_act_of_both_localities_and_nothing_else(world: World) -> None:
    listing = world.published()
    world.opportunity()
    found = report(world, listing)
    services.decide(world.actor("official_1"), found.public_id, "uphold", **WHY)
    services.show(world.actor("official_2"), listing.public_id, reason="other", note="Đã sửa.")
    reader = world.actor("ward_leader")
    names = [entry.name for entry in queries.log(reader, Wanted())]
    assert names == [
        "listing_visibility.show",
        "listing_visibility.hide",
        "report.uphold",
        "listing.turn_key",
        "listing.turn_key",
        "listing.turn_key",
    ]
    assert queries.count(reader, Wanted("approved")) == 3
    assert queries.count(reader, Wanted("approved", clock.today().replace(day=1))) == 3
    assert queries.count(reader, Wanted("approved", queries.last_months()[1])) == 0
    ((month, counts),) = queries.by_month(world.pair)
    assert (month, counts["approved"], counts["hidden"], counts["dismissed"]) == (
        clock.today().replace(day=1),
        3,
        1,
        0,
    )
    titles = queries.titles(queries.log(reader, Wanted()))
    assert titles[listing.id][0] == "Đẳng sâm tươi"


def test_every_act_of_the_log_is_an_event_of_the_program() -> None:
    from marketplace.notifications.subscriptions import SUBSCRIPTIONS

    assert set(ACT_OF) <= set(SUBSCRIPTIONS)
