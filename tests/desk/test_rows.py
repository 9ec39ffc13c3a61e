"""What the desk reads from columns is what the rules say of the records."""

from __future__ import annotations

from datetime import date, timedelta

from marketplace.core import clock
from marketplace.deals import queries as deals
from marketplace.deals import services as deal_services
from marketplace.deals.entering import InstalmentValues
from marketplace.deals.rules import (
    DEAL,
    FIGURE,
    UNDER_WAY,
    DealState,
    FigureState,
    PartyRole,
    is_late,
    other_side,
)
from marketplace.desk import case_rows, queries
from marketplace.desk.rules import Queue
from tests.deliveries.conftest import Way
from tests.deliveries.test_several import TEN, with_a_third
from tests.desk.busy import cases_of_every_kind
from tests.reports import story

PEOPLE = ("official_1", "official_2", "leader", "ward_official_1", "ward_leader")


def office(deal, viewer) -> bool:
    """Whether an official is the one who can move the deal on: asked of the moves themselves."""
    open_moves = {m.transition.name for m in DEAL.available(deal, viewer) if not m.blockers}
    if deal.state is DealState.AGREED and not deal.is_small:
        return DEAL.allows(deal, "sign", viewer)
    if deal.state is DealState.DISPUTED:
        return True
    return bool(open_moves & {"start", "complete"}) or (
        is_late(deal) and "complete_partly" in open_moves
    )


def test_deals_and_figures_from_columns_are_those_the_rules_name(world):
    cases_of_every_kind(world)
    for days in (0, 3, 40):
        with clock.at(clock.now() + timedelta(days=days)):
            for who in PEOPLE:
                viewer = world.actor(who)
                tasks = queries.tasks(viewer)
                wanted = {
                    d.match.public_id
                    for d in deals.visible(viewer, *UNDER_WAY)
                    if office(d, viewer)
                }
                found = [t.values["public_id"] for t in tasks if t.queue is Queue.DEAL]
                assert set(found) == wanted
                assert len(found) == len(wanted)
                figures = deals.figures(viewer, FigureState.SUBMITTED)
                verifiable = {f.public_id for f in figures if FIGURE.allows(f, "verify", viewer)}
                assert {t.subject[1] for t in tasks if t.queue is Queue.FIGURE} == verifiable


def test_one_case_is_the_same_alone_and_among_all(world):
    cases_of_every_kind(world)
    viewer = world.actor("official_2")
    everything = queries.cases(viewer)
    assert {c.public_id for c in everything if c.is_open} == {
        c.public_id for c in queries.open_cases(viewer)
    }
    for case in everything:
        alone = case_rows.one(queries.pairs(viewer), case.public_id)
        assert alone == case, case.title


def test_a_delivery_that_waits_is_held_by_the_other_side(world):
    deal = story.active_deal(world)
    deal_services.enter_instalment(
        world.actor("coop"),
        deal.public_id,
        deal_services.InstalmentValues(date(2026, 11, 19), 1_000, None),
    )
    (case,) = queries.open_cases(world.actor("official_2"))
    assert [holder.name for holder in case.hold.holders] == ["Khách sạn minh họa"]
    waited = queries.waited_for(world.actor("official_2"), "match", case.public_id)
    assert waited.organisations == {world.organisations["hotel"]}


def test_of_several_sellers_the_one_who_delivered_is_asked(world):
    deal = with_a_third(Way(world), world, "other_coop", PartyRole.SELLER)
    stated = deal_services.enter_instalment(world.actor("other_coop"), deal.public_id, TEN)
    deal_services.correct_instalment(
        world.actor("hotel"), stated.public_id, InstalmentValues(TEN.happened_on, 9_000, None)
    )
    (instalment,) = deal.instalments
    wanted = {party.organisation_id for party in other_side(instalment)}
    assert wanted == {world.organisations["other_coop"]}
    case = case_rows.one([world.pair], deal.match.public_id)
    assert {holder.id for holder in case.hold.holders} == wanted
