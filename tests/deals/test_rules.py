"""Who may do what to deals, instalments, outcomes and figures, in which state."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.accounts.acting import Acting
from marketplace.accounts.models import StoredFile
from marketplace.accounts.rules import ActingHow
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.deals import services as deals
from marketplace.deals.models import DealParty
from marketplace.deals.rules import (
    AGREEMENT,
    DEAL,
    FIGURE,
    INSTALMENT,
    OUTCOME,
    RULING,
    DealState,
    PaperKind,
    PartyRole,
    RulingKind,
    full_way,
    label_of,
    progress,
    what_is_missing,
)
from marketplace.deals.services import InstalmentValues, Signed
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
            "suspend": ({"agreed", "signed", "active"}, OFFICERS | parties),
            "dispute": ({"active"}, OFFICERS | parties),  # an official by the word of a party
            "propose_settlement": ({"disputed"}, OFFICERS),
            "propose_end": ({"active", "disputed", "suspended"}, OFFICERS),
            "settle": ({"disputed"}, {"system"}),
            "terminate": ({"active", "disputed", "suspended"}, {"system"}),
        }
    )


@pytest.mark.parametrize("stage", ["agreed", "active"])
def test_a_suspended_deal_goes_on_only_to_where_it_was(world, story, stage):
    deal = getattr(story, stage)()
    deals.suspend(world.actor("coop"), deal.public_id, reason="road", note="Đường tắc.")
    going_on = {key for key in allowed(DEAL, deal, everyone(world)) if key[0].startswith("resume_")}
    assert going_on == written({f"resume_{stage}": ({"suspended"}, OFFICERS | {"coop", "hotel"})})


def test_the_table_of_an_agreement(world, story):
    deal = story.agreed(unit_price=2_000_000)
    agreement = deals.draw_up(world.actor("coop"), deal.public_id, PaperKind.FRAME)
    parties = {"coop", "hotel"}
    assert allowed(AGREEMENT, agreement, everyone(world)) == written(
        {
            "redraw": ({"draft"}, OFFICERS | parties),
            "hand_in": ({"draft", "signed_one"}, OFFICERS | parties),
            "hold": ({"signed_one"}, OFFICERS),
            "release": ({"on_hold"}, OFFICERS),
            "countersign": ({"signed_one"}, OFFICERS),
        }
    ) | written({"redraw": ({"on_hold"}, OFFICERS)})


def test_a_side_replaces_its_own_copy_only(world, story):
    deal = story.agreed(unit_price=2_000_000)
    agreement = deals.draw_up(world.actor("coop"), deal.public_id, PaperKind.FRAME)
    paper = StoredFile(
        digest="0" * 64, media_type="application/pdf", size=1, label="x.pdf", created_at=clock.now()
    )
    deals.hand_in(world.actor("hotel"), deal.public_id, Signed(TODAY, paper))
    handing = {
        (state, who)
        for move, state, who in allowed(AGREEMENT, agreement, everyone(world))
        if move == "hand_in"
    }
    on_hold = {who for state, who in handing if state == "on_hold"}
    assert on_hold == {"hotel"}
    assert {who for state, who in handing if state == "signed_one"} == {"coop", "hotel", *COMMUNE}


def test_the_table_of_a_ruling(world, story):
    """Neither key is the author's."""
    deal = story.active()
    ruling = deals.propose_ruling(
        world.actor("official_1"),
        deal.public_id,
        RulingKind.TERMINATE,
        reason="nothing",
        note="Chưa giao lần nào.",
    )
    assert allowed(RULING, ruling, everyone(world)) == written(
        {
            "turn_key": ({"proposed"}, OFFICERS - {"official_1"}),
            "decide": ({"proposed"}, {"system"}),
            "drop": ({"proposed"}, OFFICERS | {"system"}),
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
    with db.session.no_autoflush:
        deal.state = DealState.NEGOTIATING
        assert not DEAL.available(deal, world.actor("restaurant"))
    db.session.expire_all()


def test_the_table_of_an_instalment(world, story):
    deal = story.active()
    entered = deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(TODAY, 1_000, None)
    )
    assert allowed(INSTALMENT, entered, everyone(world)) == written(
        {
            "confirm": ({"entered"}, {"hotel", *WARD}),
            "correct": ({"entered"}, {"hotel", *WARD}),
            "withdraw": ({"entered"}, {"coop", "system", *COMMUNE}),
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
            "withdraw": ({"entered"}, {"hotel", "system", *WARD}),
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
            "not_achieve": ({"ongoing"}, {"system"}),
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
        over = state in {DealState.CANCELLED, DealState.TERMINATED}
        assert len(shown) == (1 if over else 3)
        done = over or state in {DealState.COMPLETED, DealState.PARTLY_COMPLETED}
        assert (set(shown) == {"done"}) is done  # nothing goes on any more
        assert shown.count("now") == (0 if done or state is DealState.NEGOTIATING else 1)
        if not over:
            began_unsigned = state not in {
                DealState.NEGOTIATING,
                DealState.AGREED,
                DealState.SIGNED,
            }
            assert len(full_way(deal)) == (4 if began_unsigned else 5)
    db.session.expire_all()
