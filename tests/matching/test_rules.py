"""Who may do what to a match; whose keys count."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.accounts.acting import Acting
from marketplace.accounts.rules import ActingHow
from marketplace.catalogue import services as catalogue
from marketplace.core import clock
from marketplace.core.errors import Blocked, NotAllowed, WrongState
from marketplace.deals import services as deals
from marketplace.interests import services as interests
from marketplace.matching import services as matching
from marketplace.matching.rules import MATCH, Answer, MatchState, what_is_missing
from marketplace.matching.services import MatchValues
from tests.tables import COMMUNE, OFFICERS, WARD, allowed, everyone, written

P = {"proposed"}
BIG = 2_000_000  # đồng a kg: forty kg weigh more than fifty million


def test_the_table_of_a_match_just_proposed(world):
    match = world.proposed()  # by official_1
    assert allowed(MATCH, match, everyone(world)) == written(
        {
            "consent": (P, {"coop", "hotel", *OFFICERS}),
            "refuse": (P, {"coop", "hotel", *OFFICERS}),
            "turn_key": (P, OFFICERS - {"official_1"}),
            "approve": (P, {"system"}),
            "reject": (P, OFFICERS | {"system"}),
            "cancel": (P, OFFICERS | {"coop", "hotel"}),
        }
    )


def test_the_table_once_both_have_said_yes(world):
    match = world.consented(world.proposed(unit_price=BIG))
    assert allowed(MATCH, match, everyone(world)) == written(
        {
            "turn_key": (P, OFFICERS - {"official_1"}),
            "approve": (P, {"system"}),
            "reject": (P, OFFICERS | {"system"}),
            "cancel": (P, OFFICERS | {"coop", "hotel"}),
        }
    )


def test_the_table_under_one_key_while_the_other_may_object(world):
    match = world.consented(world.proposed())
    deals.turn_match_key(world.actor("ward_official_1"), match.public_id)
    assert allowed(MATCH, match, everyone(world)) == written(
        {
            "object": (P, COMMUNE),
            "approve": (P, {"system"}),
            "reject": (P, OFFICERS | {"system"}),
            "cancel": (P, OFFICERS | {"coop", "hotel"}),
        }
    )


def test_a_key_that_comes_too_late_reads_who_approved_and_when(world):
    match = world.consented(world.proposed())
    deals.turn_match_key(world.actor("ward_official_1"), match.public_id)
    with pytest.raises(NotAllowed, match=r"has approved it already, on .* No other key"):
        deals.turn_match_key(world.actor("official_2"), match.public_id)


def test_the_same_locality_turns_no_second_key(world):
    match = world.proposed(unit_price=BIG)
    deals.turn_match_key(world.actor("official_2"), match.public_id)
    for who in ("leader", "official_2"):
        with pytest.raises(NotAllowed, match=r"Avương has turned its key already, on"):
            deals.turn_match_key(world.actor(who), match.public_id)
    assert {m.public_id for m in [match]} == {match.public_id}


def test_the_proposer_turns_no_key(world):
    match = world.proposed()
    with pytest.raises(NotAllowed):
        deals.turn_match_key(world.actor("official_1"), match.public_id)


@pytest.mark.parametrize("recorded", ["match", "interest", "listing"])
def test_who_recorded_a_word_anywhere_in_the_case_turns_no_key(world, recorded):
    said = Acting(ActingHow.CALL)
    recorder = world.actor("official_2")
    if recorded == "listing":
        listing = catalogue.create(
            recorder,
            "produce",
            world.pair_id,
            world.organisations["coop"],
            world.produce_values(),
            acting=said,
        )
        catalogue.submit(world.actor("coop"), listing.public_id)
        catalogue.turn_key(world.actor("official_1"), listing.public_id)
    else:
        listing = world.published()
    interest = world.interest(listing)
    interests.answer(world.actor("coop"), interest.public_id, "acknowledge")
    if recorded == "interest":
        interests.answer(recorder, interest.public_id, "accept", acting=said)
    else:
        interests.answer(world.actor("coop"), interest.public_id, "accept")
    match = matching.propose_from_interest(
        world.actor("official_1"), interest.public_id, MatchValues(40_000, 120_000)
    )
    if recorded == "match":
        deals.answer_match(recorder, match.public_id, Answer.YES, acting=said)
    with pytest.raises(NotAllowed):
        deals.turn_match_key(recorder, match.public_id)
    deals.turn_match_key(world.actor("leader"), match.public_id)


@pytest.mark.parametrize(
    ("price", "keys"),
    [(1_249_975, 1), (1_249_999, 1), (1_250_000, 2), (1_250_025, 2), (2_000_000, 2)],
)
def test_from_fifty_million_both_localities_decide(world, price, keys):
    """Forty kg: 49.999.000, 49.999.960, 50.000.000 …"""
    assert world.proposed(unit_price=price).keys_needed == keys


def test_an_investment_needs_two_keys_whatever_its_value(world):
    match = matching.propose_by_hand(
        world.actor("official_1"),
        world.opportunity().public_id,
        world.organisation("investor").public_id,
        MatchValues(value=1_000_000),
    )
    assert match.keys_needed == 2


def test_a_small_match_waits_one_working_day_for_objections(world):
    """Friday's key: Monday is the day to object, Tuesday 24/11 a holiday, but a day all the same."""
    match = world.consented(world.proposed())
    deals.turn_match_key(world.actor("official_2"), match.public_id)
    assert match.takes_effect_on.isoformat() == "2026-11-23"
    for days, approved in ((0, 0), (1, 0), (3, 0), (4, 1)):
        with clock.at(clock.now() + timedelta(days=days)):
            assert deals.let_matches_take_effect() == approved, days
    assert match.state is MatchState.APPROVED


def test_a_yes_that_comes_after_the_day_approves_at_once(world):
    match = world.proposed()
    deals.turn_match_key(world.actor("official_2"), match.public_id)
    with clock.at(clock.now() + timedelta(days=5)):
        assert deals.let_matches_take_effect() == 0
        assert world.consented(match).state is MatchState.APPROVED


def test_objecting_asks_for_both_keys(world):
    match = world.consented(world.proposed())
    deals.turn_match_key(world.actor("official_2"), match.public_id)
    with pytest.raises(NotAllowed):
        deals.object_to_match(world.actor("leader"), match.public_id, reason="value", note="x")
    deals.object_to_match(
        world.actor("ward_leader"), match.public_id, reason="value", note="Cần xem thêm."
    )
    with clock.at(clock.now() + timedelta(days=9)):
        assert deals.let_matches_take_effect() == 0
        assert match.state is MatchState.PROPOSED
        deals.turn_match_key(world.actor("ward_official_1"), match.public_id)
    assert match.state is MatchState.APPROVED


def test_after_the_day_nobody_can_object(world):
    match = world.proposed()
    deals.turn_match_key(world.actor("official_2"), match.public_id)
    with clock.at(clock.now() + timedelta(days=4)), pytest.raises(NotAllowed):
        deals.object_to_match(world.actor("ward_leader"), match.public_id, reason="value", note="x")


def test_a_no_rejects_with_its_words_and_frees_the_quantity(world):
    listing = world.published()
    match = world.proposed(listing)
    assert listing.promised == 40_000
    deals.answer_match(
        world.actor("hotel"), match.public_id, Answer.NO, reason="quantity", note="Nhiều quá."
    )
    assert match.state is MatchState.REJECTED
    assert listing.promised == 0
    with pytest.raises(WrongState):
        deals.answer_match(world.actor("coop"), match.public_id, Answer.YES)


def test_nobody_answers_twice_or_for_others(world):
    match = world.proposed()
    deals.answer_match(world.actor("hotel"), match.public_id, Answer.YES)
    with pytest.raises(NotAllowed):
        deals.answer_match(world.actor("hotel"), match.public_id, Answer.YES)
    seller = world.organisations["coop"]
    with pytest.raises(NotAllowed):
        deals.answer_match(
            world.actor("ward_leader"),
            match.public_id,
            Answer.YES,
            party_id=seller,
            acting=Acting(ActingHow.CALL),
        )


def test_what_is_missing_is_named_at_once(world):
    match = world.proposed(unit_price=BIG)
    assert len(what_is_missing(match)) == 4
    with pytest.raises(Blocked) as refusal:
        MATCH.require(match, "approve", everyone(world)["system"])
    assert len(refusal.value.blockers) == 4
    assert WARD.isdisjoint(COMMUNE)
