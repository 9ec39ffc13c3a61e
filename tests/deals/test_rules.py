"""Who may do what to deals, instalments, outcomes and figures, in which state."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.accounts.acting import Acting
from marketplace.accounts.rules import ActingHow
from marketplace.core.db import db
from marketplace.deals import services as deals
from marketplace.deals.models import DealParty
from marketplace.deals.rules import (
    DEAL,
    FIGURE,
    INSTALMENT,
    OUTCOME,
    DealState,
    PartyRole,
    full_way,
    label_of,
    progress,
    what_is_missing,
)
from marketplace.deals.services import InstalmentValues
from tests.tables import COMMUNE, OFFICERS, WARD, allowed, everyone, written

TODAY = date(2026, 11, 20)
BEFORE = {"negotiating", "agreed", "signed"}


def test_the_table_of_a_deal(world, story):
    deal = story.opened()
    parties = {"coop", "hotel"}
    assert allowed(DEAL, deal, everyone(world)) == written(
        {
            "set_terms": ({"negotiating"}, OFFICERS | parties),
            "accept_terms": ({"negotiating"}, OFFICERS | parties),
            "agree": ({"negotiating"}, {"system"}),
            "sign": ({"agreed"}, OFFICERS),
            "start": ({"agreed", "signed"}, OFFICERS | {"system"}),
            "complete": ({"active"}, OFFICERS),
            "complete_partly": ({"active"}, OFFICERS),
            "cancel": (BEFORE, OFFICERS | parties),
        }
    )


def test_who_agreed_does_not_agree_again(world, story):
    deal = story.opened()
    deals.set_terms(
        world.actor("hotel"), deal.public_id, deals.Terms(40_000, 120_000, None, TODAY, None)
    )
    deals.accept_terms(world.actor("coop"), deal.public_id)
    agreeing = {
        who
        for action, state, who in allowed(DEAL, deal, everyone(world))
        if action == "accept_terms"
    }
    assert agreeing == {"hotel", *WARD}


def test_witnesses_stand_by(world, story):
    """They see the deal and may not agree, confirm or enter anything in it."""
    deal = story.active()
    db.session.add(
        DealParty(
            deal_id=deal.id,
            organisation_id=world.organisations["restaurant"],
            role=PartyRole.WITNESS,
        )
    )
    db.session.flush()
    db.session.expire_all()
    entered = deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(TODAY, 1_000, None)
    )
    for workflow, record in ((INSTALMENT, entered), (DEAL, deal)):
        assert not workflow.available(record, world.actor("restaurant"))


def test_the_table_of_an_instalment(world, story):
    deal = story.active()
    entered = deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(TODAY, 1_000, None)
    )
    assert allowed(INSTALMENT, entered, everyone(world)) == written(
        {
            "confirm": ({"entered"}, {"hotel", *WARD}),
            "correct": ({"entered"}, {"hotel", *WARD}),
            "withdraw": ({"entered"}, {"coop", *COMMUNE}),
        }
    )


def test_after_a_correction_the_first_side_confirms(world, story):
    deal = story.active()
    entered = deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(TODAY, 1_000, None)
    )
    deals.correct_instalment(
        world.actor("hotel"), entered.public_id, InstalmentValues(TODAY, 900, None)
    )
    assert allowed(INSTALMENT, entered, everyone(world)) == written(
        {
            "confirm": ({"entered"}, {"coop", *COMMUNE}),
            "correct": ({"entered"}, {"coop", *COMMUNE}),
            "withdraw": ({"entered"}, {"hotel", *WARD}),
        }
    )


def test_who_recorded_one_sides_figures_does_not_record_the_others(world, story):
    """Even an official whom both organisations could ask: the other word needs another person."""
    deal = story.active()
    recorder = world.actor("official_2")
    entered = deals.enter_instalment(
        recorder, deal.public_id, InstalmentValues(TODAY, 1_000, None), Acting(ActingHow.CALL)
    )
    world.organisation("hotel").locality_id = world.pair.source_id
    db.session.flush()
    allowed_now = {
        who
        for action, _, who in allowed(INSTALMENT, entered, everyone(world))
        if action == "confirm"
    }
    assert allowed_now == {"hotel", "official_1", "leader"}


def test_a_second_seller_does_not_confirm_for_the_buyer(world, story):
    deal = story.active()
    db.session.add(
        DealParty(
            deal_id=deal.id,
            organisation_id=world.organisations["other_coop"],
            role=PartyRole.SELLER,
        )
    )
    db.session.flush()
    db.session.expire_all()
    entered = deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(TODAY, 1_000, None)
    )
    assert not INSTALMENT.available(entered, world.actor("other_coop"))
    assert INSTALMENT.available(entered, world.actor("hotel"))


def test_an_outcome_is_moved_by_the_program_alone(world, story):
    deal = story.active()
    assert allowed(OUTCOME, deal.outcome, everyone(world)) == written(
        {
            "begin": ({"planned"}, {"system"}),
            "achieve": ({"ongoing"}, {"system"}),
            "achieve_partly": ({"ongoing"}, {"system"}),
            "cancel": ({"planned"}, {"system"}),
        }
    )


def test_the_table_of_a_figure(world, story):
    deal = story.completed()  # by official_1, who thereby entered the figures
    figure = deal.outcome.figures[0]
    assert allowed(FIGURE, figure, everyone(world)) == written(
        {
            "submit": ({"draft", "returned"}, {"official_1"}),
            "verify": ({"submitted"}, OFFICERS - {"official_1"}),
            "return": ({"submitted", "verified"}, OFFICERS - {"official_1"}),
        }
    )


@pytest.mark.parametrize("what", ["consent", "terms", "instalment"])
def test_who_recorded_a_word_verifies_no_figure(world, story, what):
    said = Acting(ActingHow.CALL)
    recorder = world.actor("leader")
    if what == "consent":
        match = world.proposed()
        deals.answer_match(recorder, match.public_id, deals.Answer.YES, acting=said)
        assert recorder.user_id in match.recorder_ids
        return
    deal = story.opened() if what == "terms" else story.active()
    if what == "terms":
        deals.set_terms(
            world.actor("hotel"), deal.public_id, deals.Terms(40_000, 120_000, None, TODAY, None)
        )
        deals.accept_terms(recorder, deal.public_id, acting=said)
        deals.accept_terms(world.actor("hotel"), deal.public_id)
        deals.start(world.actor("official_1"), deal.public_id)
    entered = deals.enter_instalment(
        recorder if what == "instalment" else world.actor("coop"),
        deal.public_id,
        InstalmentValues(TODAY, 40_000, None),
        said if what == "instalment" else None,
    )
    deals.confirm_instalment(world.actor("hotel"), entered.public_id)
    deals.complete(world.actor("official_1"), deal.public_id, "complete")
    figure = deal.outcome.figures[0]
    verifying = {
        who for action, state, who in allowed(FIGURE, figure, everyone(world)) if action == "verify"
    }
    assert verifying == OFFICERS - {"official_1", "leader"}


@pytest.mark.parametrize("state", list(DealState))
def test_every_state_has_a_word_a_way_and_what_is_missing(world, story, state):
    deal = story.agreed()
    with db.session.no_autoflush:
        deal.state = state
        assert label_of(deal)
        what_is_missing(deal)
        shown = [step.state for step in progress(deal)]
        assert len(shown) == (1 if state is DealState.CANCELLED else 3)
        assert shown.count("now") == (
            1
            if state in {DealState.AGREED, DealState.SIGNED, DealState.ACTIVE, DealState.CANCELLED}
            else 0
        )
        if state is not DealState.CANCELLED:
            assert len(full_way(deal)) == 5
    db.session.expire_all()
