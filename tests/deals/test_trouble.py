"""Papers on their way to signing, clocks that stand still, disputes, early ends, late entries."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.acting import Acting
from marketplace.accounts.models import StoredFile
from marketplace.accounts.rules import ActingHow
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Conflict, Invalid, NotAllowed, WrongState
from marketplace.deals import queries, rules
from marketplace.deals import services as deals
from marketplace.deals.models import Figure
from marketplace.deals.rules import (
    AgreementState,
    DealState,
    Indicator,
    OutcomeState,
    PaperKind,
    RulingKind,
)
from marketplace.deals.services import InstalmentValues, Signed, Terms
from marketplace.matching import services as matching
from marketplace.matching.rules import Answer
from tests.deals.test_views import PDF, case_of

TODAY = date(2026, 11, 20)
CALLED = Acting(ActingHow.CALL)


def paper(label: str = "x.pdf") -> StoredFile:
    return StoredFile(
        digest="0" * 64, media_type="application/pdf", size=1, label=label, created_at=clock.now()
    )


def proposed(world, deal, kind=RulingKind.TERMINATE, by="official_1", reason="nothing"):
    return deals.propose_ruling(
        world.actor(by), deal.public_id, kind, reason=reason, note="Hai bên đã gọi nhau."
    )


# ---------------------------------------------------------------- papers


def test_a_paper_is_signed_by_each_side_held_released_and_countersigned(world, story):
    deal = story.agreed(unit_price=2_000_000)
    code, official = deal.public_id, world.actor("ward_official_1")
    agreement = deals.draw_up(world.actor("coop"), code, PaperKind.MEMORANDUM)
    deals.draw_up(world.actor("hotel"), code, PaperKind.FRAME)
    with pytest.raises(Invalid):
        deals.hand_in(world.actor("hotel"), code, Signed(TODAY + timedelta(days=1), paper()))
    with pytest.raises(Invalid, match="drawn up"):  # nobody signs what is not written yet
        deals.hand_in(world.actor("hotel"), code, Signed(TODAY - timedelta(days=1), paper()))
    deals.hand_in(world.actor("hotel"), code, Signed(TODAY, paper("a.pdf")))
    with pytest.raises(WrongState):
        deals.draw_up(world.actor("hotel"), code, PaperKind.MEMORANDUM)
    with pytest.raises(Blocked):
        deals.sign(official, code, signed_on=TODAY, paper=paper())
    deals.hold_paper(official, code, "hold", reason="words", note="Sửa điều 3.")
    with pytest.raises(NotAllowed):
        deals.hand_in(world.actor("coop"), code, Signed(TODAY, paper()))
    deals.hold_paper(official, code, "release")
    recorder = world.actor("official_2")
    deals.hand_in(recorder, code, Signed(TODAY, paper("b.pdf")), acting=CALLED)
    with pytest.raises(NotAllowed):  # who handed in a side's copy does not countersign
        deals.sign(recorder, code, signed_on=TODAY, paper=None)
    deals.sign(official, code, signed_on=TODAY, paper=None, paper_number="05/HĐNT")
    assert (deal.state, agreement.state) == (DealState.SIGNED, AgreementState.COUNTERSIGNED)
    assert (deal.paper.label, deal.paper_number) == ("b.pdf", "05/HĐNT")


def test_the_pages_of_a_paper(world, story, browse):
    deal = story.agreed(unit_price=2_000_000)
    case = case_of(deal)
    coop = browse("coop")
    coop.get(f"{case}/van-ban.docx", status=404)
    coop.get(f"{case}/van-ban")
    coop.submit({"kind": "linkage"}, status=422)
    coop.submit({"kind": "linkage", "linkage_form": "4"})
    answer = coop.client.get(f"{case}/van-ban.docx")
    assert answer.data[:2] == b"PK"
    assert "attachment" in answer.headers["Content-Disposition"]
    for who, day in (("coop", "20/11/2026"), ("hotel", "20/11/2026")):
        signer = browse(who)
        signer.get(f"{case}/van-ban/ban-ky")
        signer.submit({"signed_on": day}, status=422)
        signer.submit(
            {"signed_on": day, "paper": (io.BytesIO(PDF), "ky.pdf")},
            content_type="multipart/form-data",
        )
    official = browse("official_2")
    official.get(case)
    official.submit({"reason": "words", "note": "Sửa."}, action="van-ban/hold")
    official.get(case)
    official.submit(action="van-ban/release")
    official.get(f"{case}/ky")
    official.submit({"signed_on": "20/11/2026"})
    assert deal.state is DealState.SIGNED
    browse("restaurant").get(f"{case}/van-ban.docx", status=404)


def test_a_wrong_copy_is_replaced_until_all_have_signed(world, story, browse):
    deal = story.agreed(unit_price=2_000_000)
    code, hotel, official = deal.public_id, world.actor("hotel"), world.actor("official_2")
    agreement = deals.draw_up(world.actor("coop"), code, PaperKind.FRAME)
    deals.hand_in(hotel, code, Signed(TODAY, paper("a.pdf")))
    deals.hand_in(hotel, code, Signed(TODAY, paper("b.pdf")))
    assert [s.paper.label for s in agreement.signatures] == ["b.pdf"]
    deals.hold_paper(official, code, "hold", reason="signer", note="Phó không được ký.")
    page = browse("hotel", "en").get(case_of(deal))
    assert "Replace the signed copy" in page.text
    deals.hand_in(hotel, code, Signed(TODAY, paper("c.pdf")))  # answers the hold
    assert agreement.state is AgreementState.SIGNED_ONE
    deals.hand_in(world.actor("coop"), code, Signed(TODAY, paper("d.pdf")))
    deals.sign(official, code, signed_on=TODAY, paper=None)
    with pytest.raises((NotAllowed, WrongState)):
        deals.hand_in(hotel, code, Signed(TODAY, paper("e.pdf")))


def test_a_paper_on_hold_is_drawn_up_anew(world, story, browse):
    deal = story.agreed(unit_price=2_000_000)
    code, hotel = deal.public_id, world.actor("hotel")
    agreement = deals.draw_up(world.actor("coop"), code, PaperKind.FRAME)
    deals.hand_in(hotel, code, Signed(TODAY, paper()))
    deals.hold_paper(world.actor("official_2"), code, "hold", reason="words", note="Sửa điều 3.")
    with pytest.raises(NotAllowed):
        deals.draw_up(hotel, code, PaperKind.OFFTAKE)
    official = browse("official_2", "en")
    page = official.get(f"{case_of(deal)}/van-ban")
    assert "become void" in page.text
    with clock.at(clock.now() + timedelta(days=2)):
        deals.draw_up(world.actor("official_2"), code, PaperKind.OFFTAKE)
        assert (agreement.state, agreement.kind) == (AgreementState.DRAFT, PaperKind.OFFTAKE)
        assert len(agreement.unsigned) == 2
        with pytest.raises(Invalid, match="drawn up"):  # the day on the old copy
            deals.hand_in(hotel, code, Signed(TODAY, paper()))
        deals.hand_in(hotel, code, Signed(TODAY + timedelta(days=2), paper()))


def test_a_small_sale_waits_for_a_paper_half_signed(world, story, browse):
    deal = story.agreed()
    code = deal.public_id
    deals.draw_up(world.actor("coop"), code, PaperKind.FRAME)
    deals.hand_in(world.actor("hotel"), code, Signed(TODAY, paper()))
    assert deals.start_due() == 0
    with pytest.raises(Blocked):
        deals.start(world.actor("official_1"), code)
    assert rules.awaited(deal).organisations == [world.organisation("coop")]
    deals.hand_in(world.actor("coop"), code, Signed(TODAY, paper()))
    deals.sign(world.actor("official_1"), code, signed_on=TODAY, paper=None)
    assert deals.start_due() == 1
    assert len(rules.full_way(deal)) == 5


def test_no_signing_is_said_of_a_deal_nobody_signed(world, story, browse):
    deal = story.active()
    assert "Signed" not in [step.label for step in rules.full_way(deal)]
    page = browse("official_1", "en").get(case_of(deal))
    assert "Sign a paper all the same" not in page.text


# ---------------------------------------------------------------- clocks


def test_days_of_a_landslide_do_not_count(world, story):
    deal = story.opened()
    code = deal.public_id
    ends = TODAY + timedelta(days=5)
    deals.set_terms(world.actor("hotel"), code, Terms(40_000, 120_000, None, TODAY, ends))
    for who in ("coop", "hotel"):
        deals.accept_terms(world.actor(who), code)
    deals.start(world.actor("official_1"), code)
    deals.suspend(
        world.actor("official_2"), code, reason="landslide", note="Sạt lở.", acting=CALLED
    )
    with clock.at(clock.now() + timedelta(days=10)):
        assert (rules.due_on(deal), rules.is_late(deal)) == (None, False)
        with pytest.raises(WrongState):
            deals.enter_instalment(
                world.actor("coop"), code, InstalmentValues(clock.today(), 1_000, None)
            )
        deals.resume(world.actor("hotel"), code)
        assert (deal.state, rules.due_on(deal)) == (DealState.ACTIVE, ends + timedelta(days=10))
    with clock.at(clock.now() + timedelta(days=15)):
        assert not rules.is_late(deal)
    with clock.at(clock.now() + timedelta(days=16)):
        assert rules.is_late(deal)


def test_a_suspended_deal_does_not_start_by_itself(world, story):
    deal = story.agreed()
    deals.suspend(world.actor("hotel"), deal.public_id, reason="flood", note="Lũ.", since=TODAY)
    assert deals.start_due() == 0
    with pytest.raises(WrongState):
        deals.resume(world.actor("hotel"), story.active().public_id)
    deals.resume(world.actor("coop"), deal.public_id)
    assert deals.start_due() == 1


@pytest.mark.parametrize("how", ["suspend", "dispute"])
def test_while_a_deal_is_stopped_only_what_came_before_is_confirmed(world, story, how):
    deal = story.active()
    code, hotel = deal.public_id, world.actor("hotel")
    with clock.at(clock.now() + timedelta(days=2)):
        early, late = (
            deals.enter_instalment(world.actor("coop"), code, InstalmentValues(day, 5_000, None))
            for day in (TODAY, clock.today())
        )
        if how == "suspend":
            deals.suspend(hotel, code, reason="flood", note="Lũ.")
        else:
            deals.dispute(hotel, code, reason="quality", note="Mốc.")
        for act in (
            lambda: deals.confirm_instalment(hotel, late.public_id),
            lambda: deals.correct_instalment(
                hotel, late.public_id, InstalmentValues(TODAY, 4_000, None)
            ),
        ):
            with pytest.raises(Blocked) as refused:
                act()
            assert "stopped since" in str(refused.value)
        with pytest.raises(Invalid) as moved:  # nor is the earlier one carried into the stop
            deals.correct_instalment(
                hotel, early.public_id, InstalmentValues(clock.today(), 4_000, None)
            )
        assert moved.value.field == "happened_on"
        deals.confirm_instalment(hotel, early.public_id)
        assert [i.number for i in deal.confirmed] == [early.number]
    if how == "suspend":
        with clock.at(clock.now() + timedelta(days=3)):
            deals.resume(hotel, code)
            deals.confirm_instalment(hotel, late.public_id)
        assert deal.delivered_quantity == 10_000


# ---------------------------------------------------------------- disputes and early ends


def test_a_dispute_is_settled_by_both_localities(world, story):
    deal = story.delivered(10_000)
    code = deal.public_id
    with pytest.raises(Invalid):  # an official has no dispute of his own: a party's word
        deals.dispute(world.actor("official_2"), code, reason="quality", note="Mốc.")
    deals.dispute(world.actor("hotel"), code, reason="quality", note="Mốc.")
    ruling = proposed(world, deal, RulingKind.SETTLE, reason="price")
    with pytest.raises(Blocked):
        proposed(world, deal, by="ward_official_1")
    with pytest.raises(NotAllowed):
        deals.turn_ruling_key(world.actor("official_1"), ruling.public_id)
    deals.turn_ruling_key(world.actor("leader"), ruling.public_id)
    assert deal.state is DealState.DISPUTED
    deals.turn_ruling_key(world.actor("ward_official_1"), ruling.public_id)
    assert (deal.state, deal.stop) == (DealState.ACTIVE, None)


def test_a_started_deal_with_nothing_delivered_can_be_ended(world, story):
    deal = story.active()
    entered = deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(TODAY, 1_000, None)
    )
    ruling = proposed(world, deal)
    for who in ("official_2", "ward_leader"):
        deals.turn_ruling_key(world.actor(who), ruling.public_id)
    assert (deal.state, deal.outcome.state) == (DealState.TERMINATED, OutcomeState.NOT_ACHIEVED)
    assert (deal.listing.promised, entered.state.value) == (0, "withdrawn")
    figures = db.session.scalars(sa.select(Figure)).all()
    assert [f.indicator for f in figures] == [Indicator.COMMITTED_VALUE]  # what was promised counts


def test_a_deal_ended_before_it_began_has_its_outcome_cancelled(world, story):
    deal = story.agreed()
    deals.suspend(world.actor("coop"), deal.public_id, reason="flood", note="Lũ.")
    ruling = proposed(world, deal, reason="disaster")
    for who in ("official_2", "ward_leader"):
        deals.turn_ruling_key(world.actor(who), ruling.public_id)
    assert (deal.state, deal.outcome.state) == (DealState.TERMINATED, OutcomeState.CANCELLED)
    assert db.session.scalars(sa.select(Figure)).all() == []


def test_what_was_delivered_before_an_early_end_counts(world, story):
    deal = story.delivered(10_000)
    deals.suspend(world.actor("coop"), deal.public_id, reason="flood", note="Lũ.")
    ruling = proposed(world, deal, reason="disaster")
    for who in ("official_2", "ward_leader"):
        deals.turn_ruling_key(world.actor(who), ruling.public_id)
    assert (deal.state, deal.outcome.state) == (DealState.TERMINATED, OutcomeState.PARTLY_ACHIEVED)
    assert (deal.listing.promised, deal.stop) == (10_000, None)
    amounts = {f.indicator: f.amount for f in db.session.scalars(sa.select(Figure))}
    assert amounts == {  # not counted among the deals carried out
        Indicator.COMMITTED_VALUE: 4_800_000,
        Indicator.DELIVERED_VALUE: 1_200_000,
        Indicator.DELIVERED_WEIGHT: 10_000,
    }
    assert deals.verify_figures(world.actor("ward_official_1"), deal.public_id) == 3


def test_a_deal_that_moves_on_leaves_no_proposal_behind(world, story):
    deal = story.delivered(40_000)
    ruling = proposed(world, deal)
    deals.complete(world.actor("official_1"), deal.public_id, "complete")
    assert ruling.state.value == "dropped"
    with pytest.raises((NotAllowed, WrongState)):
        deals.turn_ruling_key(world.actor("official_2"), ruling.public_id)


def test_the_pages_of_trouble(world, story, browse):
    deal = story.active()
    case = case_of(deal)
    hotel = browse("hotel")
    hotel.get(f"{case}/tam-dung/dispute")
    hotel.submit({"note": "Hàng mốc."}, status=422)
    typed = {"reason": "quality", "note": "Hàng mốc.", "stopped_on": "01/01/2001"}
    page = hotel.submit(typed, status=422)  # what was typed stays
    assert any(attrs.get("value") == "01/01/2001" for tag, attrs in page.tags if tag == "input")
    hotel.submit({"reason": "quality", "note": "Hàng mốc.", "stopped_on": "20/11/2026"})
    assert deal.stop.from_on == date(2026, 11, 20)
    official = browse("official_1", "en")
    official.get(case)
    official.submit({"reason": "price", "note": "Giảm giá."}, action="propose_settlement")
    for who in ("official_2", "ward_leader"):
        keeper = browse(who)
        keeper.get(case)
        keeper.submit(action="turn_key")
    assert deal.state is DealState.ACTIVE
    hotel.get(f"{case}/tam-dung/suspend")
    hotel.submit({"reason": "road", "note": "Đường tắc."})
    hotel.get(case)
    hotel.submit(action="resume_active")
    assert deal.state is DealState.ACTIVE
    browse("restaurant").get(f"{case}/tam-dung/suspend", status=404)


# ---------------------------------------------------------------- entered afterwards


def test_a_dealing_of_last_spring_is_entered_with_its_days(world):
    """From the match to the figures, the days in the world stand apart from their entry."""
    spring, summer = date(2026, 3, 2), date(2026, 5, 4)
    listing = world.published()
    values = matching.MatchValues(
        quantity=40_000, unit_price=2_000_000, happened_on=spring, paper=paper()
    )
    match = matching.propose_by_hand(
        world.actor("official_1"), listing.public_id, world.organisation("hotel").public_id, values
    )
    deals.answer_match(world.actor("hotel"), match.public_id, Answer.YES)
    then = Acting(ActingHow.VISIT, said_on=spring)
    deals.answer_match(world.actor("official_2"), match.public_id, Answer.YES, acting=then)
    for who in ("leader", "ward_leader"):
        deals.turn_match_key(world.actor(who), match.public_id)
    deal = queries.of_match(match.id)
    code = deal.public_id
    assert (deal.offer.starts_on, deal.offer.said_on) == (spring, spring)
    deals.accept_terms(world.actor("hotel"), code)
    deals.accept_terms(world.actor("official_2"), code, acting=then)
    deals.sign(world.actor("official_1"), code, signed_on=spring, paper=paper())
    assert deals.start_due() == 1
    entered = deals.enter_instalment(
        world.actor("official_2"),
        code,
        InstalmentValues(summer, 40_000, None, paper=paper()),
        acting=Acting(ActingHow.VISIT, said_on=summer),
    )
    deals.confirm_instalment(world.actor("hotel"), entered.public_id)
    deals.complete(world.actor("official_1"), code, "complete")
    periods = {f.indicator: f.period_start for f in db.session.scalars(sa.select(Figure))}
    assert periods[Indicator.COMMITTED_VALUE] == date(2026, 1, 1)
    assert periods[Indicator.DELIVERED_VALUE] == date(2026, 4, 1)
    with pytest.raises(NotAllowed):  # the recorder keeps away from the figures
        deals.verify_figures(world.actor("official_2"), code)
    assert deals.verify_figures(world.actor("ward_official_1"), code) == 4


def test_a_cooperative_records_its_members_word_in_every_move(world, story):
    """The household cannot go online: its cooperative says how it knows, each time."""
    deal = story.active()
    code, coop = deal.public_id, world.actor("coop")
    seller = deal.principals[0]
    seller.organisation_id = world.organisations["other_coop"]
    world.organisation("other_coop").cooperative_id = world.organisations["coop"]
    db.session.commit()
    for move in (deals.suspend, deals.dispute):
        with pytest.raises(Invalid) as refusal:
            move(coop, code, reason="other", note="Mưa.")
        assert refusal.value.field == "acting_how"
        move(coop, code, reason="other", note="Mưa.", acting=CALLED)
        if move is deals.suspend:
            deals.resume(coop, code, acting=CALLED)
    assert deal.state is DealState.DISPUTED
    assert len(deal.own_acting) == 3


def test_a_cooperative_records_its_members_counter_offer(world, story):
    deal = story.opened()
    code, coop = deal.public_id, world.actor("coop")
    deal.principals[0].organisation_id = world.organisations["other_coop"]
    world.organisation("other_coop").cooperative_id = world.organisations["coop"]
    db.session.commit()
    counter = Terms(40_000, 130_000, None, TODAY, None)
    with pytest.raises(Invalid) as refusal:
        deals.set_terms(coop, code, counter)
    assert refusal.value.field == "acting_how"
    deals.set_terms(coop, code, counter, acting=CALLED)
    assert deal.offer.organisation_id == world.organisations["other_coop"]
    assert [acted.user_id for acted in deal.own_acting] == [coop.user_id]


def test_reading_an_old_offer_is_a_conflict(world, story):
    deal = story.opened()
    number = deal.offer.number
    terms = Terms(40_000, 110_000, None, TODAY, None, version=number)
    deals.set_terms(world.actor("hotel"), deal.public_id, terms)
    with pytest.raises(Conflict):
        deals.set_terms(world.actor("coop"), deal.public_id, terms)
