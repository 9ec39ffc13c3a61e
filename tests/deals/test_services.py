"""What carrying out a deal does, and what it refuses."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.acting import Acting
from marketplace.accounts.rules import ActingHow
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound, WrongState
from marketplace.deals import queries
from marketplace.deals import services as deals
from marketplace.deals.models import Figure
from marketplace.deals.rules import DealState, FigureState, Indicator, OutcomeState, PartyRole
from marketplace.deals.services import InstalmentValues, Terms
from marketplace.talking import services as talking
from marketplace.talking.rules import About

TODAY = date(2026, 11, 20)


def terms(quantity=40_000, price=120_000, **changes) -> Terms:
    return Terms(
        **(
            {
                "quantity": quantity,
                "unit_price": price,
                "value": None,
                "starts_on": TODAY,
                "ends_on": None,
            }
            | changes
        )
    )


def test_terms_move_what_is_promised(world, story):
    deal = story.opened()
    hotel = world.actor("hotel")
    deals.set_terms(hotel, deal.public_id, terms(60_000))
    assert deal.listing.promised == 60_000
    deals.set_terms(hotel, deal.public_id, terms(100_000))
    assert (deal.listing.promised, deal.listing.left) == (100_000, 0)
    with pytest.raises(Invalid) as refusal:
        deals.set_terms(hotel, deal.public_id, terms(100_001))
    assert refusal.value.field == "quantity"
    db.session.expire_all()
    assert (deal.committed_quantity, deal.listing.promised) == (100_000, 100_000)


@pytest.mark.parametrize(
    ("price", "fits"), [(1_249_999, True), (1_250_000, False), (2_000_000, False)]
)
def test_a_small_sale_stays_below_what_one_key_decides(world, story, price, fits):
    deal = story.opened()
    if fits:
        assert (
            deals.set_terms(
                world.actor("hotel"), deal.public_id, terms(price=price)
            ).committed_value
            < 50_000_000
        )
    else:
        with pytest.raises(Invalid):
            deals.set_terms(world.actor("hotel"), deal.public_id, terms(price=price))


@pytest.mark.parametrize(
    "changes",
    [
        {"price": 0},
        {"price": None},
        {"quantity": 0},
        {"quantity": None},
        {"ends_on": date(2026, 11, 19)},
    ],
)
def test_terms_that_make_no_sense_change_nothing(world, story, changes):
    deal = story.opened()
    before = (deal.committed_quantity, deal.version, deal.listing.promised)
    with pytest.raises(Invalid):
        deals.set_terms(world.actor("hotel"), deal.public_id, terms(**changes))
    db.session.expire_all()
    assert (deal.committed_quantity, deal.version, deal.listing.promised) == before


def test_terms_too_dear_to_keep_are_refused(world, story):
    deal = story.opened(unit_price=2_000_000)
    with pytest.raises(Invalid):
        deals.set_terms(world.actor("hotel"), deal.public_id, terms(price=10**15))


def test_a_change_asks_everyone_to_agree_anew(world, story):
    deal = story.opened()
    deals.set_terms(world.actor("hotel"), deal.public_id, terms())
    number = deal.offer.number
    deals.accept_terms(world.actor("coop"), deal.public_id, number=number)
    deals.set_terms(world.actor("official_1"), deal.public_id, terms(price=110_000))
    assert not any(party.agreed_at for party in deal.parties)
    with pytest.raises(Conflict):
        deals.accept_terms(world.actor("hotel"), deal.public_id, number=number)
    assert deal.state is DealState.NEGOTIATING


def test_old_terms_on_the_screen_do_not_overwrite_new_ones(world, story):
    deal = story.opened()
    seen = deal.version
    deals.set_terms(world.actor("hotel"), deal.public_id, terms(price=110_000, version=seen))
    with pytest.raises(Conflict):
        deals.set_terms(world.actor("coop"), deal.public_id, terms(price=130_000, version=seen))


def test_an_official_records_a_partys_agreement_and_says_how(world, story):
    deal = story.opened()
    deals.set_terms(world.actor("hotel"), deal.public_id, terms())
    with pytest.raises(Invalid):
        deals.accept_terms(world.actor("official_2"), deal.public_id)
    deals.accept_terms(world.actor("official_2"), deal.public_id, acting=Acting(ActingHow.VISIT))
    agreed = {party.organisation_id for party in deal.parties if party.agreed_at}
    assert agreed == {world.organisations["coop"]}


def test_a_further_party_joins_and_all_agree_anew(world, story):
    deal = story.opened()
    deals.set_terms(world.actor("hotel"), deal.public_id, terms())
    deals.accept_terms(world.actor("coop"), deal.public_id)
    deals.add_party(
        world.actor("official_1"),
        deal.public_id,
        world.organisation("restaurant").public_id,
        PartyRole.BUYER,
    )
    db.session.expire_all()
    assert len(deal.parties) == 3
    deals.accept_terms(world.actor("coop"), deal.public_id)
    deals.accept_terms(world.actor("hotel"), deal.public_id)
    assert deal.state is DealState.NEGOTIATING
    deals.accept_terms(world.actor("restaurant"), deal.public_id)
    assert deal.state is DealState.AGREED
    assert queries.case(deal.match.public_id, world.actor("restaurant"))[1] is deal


def test_a_party_brought_in_by_mistake_is_taken_out(world, story, browse):
    deal = story.opened()
    code, path = deal.public_id, f"/ket-noi/{deal.match.public_id}"
    joining = world.organisation("restaurant").public_id
    deals.set_terms(world.actor("hotel"), code, terms(), accepts=True)
    deals.add_party(world.actor("official_1"), code, joining, PartyRole.BUYER)
    for who, whom in (("hotel", joining), ("official_1", world.organisation("coop").public_id)):
        with pytest.raises(NotAllowed):
            deals.remove_party(world.actor(who), code, whom)
    out = f"{path}/ben-tham-gia?bo={joining}"
    official = browse("official_1", "en")
    assert "Take it out again" in official.get(path).text
    official.get(out)
    official.submit()
    db.session.expire_all()
    assert len(deal.parties) == 2
    browse("restaurant").get(path, status=404)
    assert "was taken out of the deal" in official.get(path).text
    deals.accept_terms(world.actor("coop"), code)
    deals.accept_terms(world.actor("hotel"), code)
    assert deal.state is DealState.AGREED


def test_contacts_and_words_open_to_a_further_party_with_its_own_yes(world, story, browse):
    deal = story.opened()
    deals.set_terms(world.actor("hotel"), deal.public_id, terms())
    code, joining = deal.match.public_id, world.organisation("restaurant")
    talking.write(world.actor("hotel"), About.CASE, code, "Lời giữa hai bên.", [])
    deals.add_party(world.actor("official_1"), deal.public_id, joining.public_id, PartyRole.BUYER)
    phone = "0236 3 000 111"
    world.organisation("coop").phone, joining.phone = "+842363000111", "+842363000222"
    db.session.commit()

    def reads(who):
        case = browse(who, "en").get(f"/ket-noi/{code}").text
        said = browse(who, "en").get(f"/trao-doi/ket-noi/{code}").text
        return phone in case, "0236 3 000 222" in case, "Lời giữa hai bên." in case + said

    assert reads("restaurant") == (False, False, False)
    assert reads("hotel") == (True, False, True)
    deals.accept_terms(world.actor("restaurant"), deal.public_id)
    assert reads("restaurant") == (True, True, True)
    assert reads("hotel") == (True, True, True)
    deals.set_terms(world.actor("hotel"), deal.public_id, terms(quantity=50_000))
    assert reads("restaurant") == (True, True, True)  # a later offer closes nothing


@pytest.mark.parametrize(
    ("who", "organisation", "role", "error"),
    [
        ("official_1", "hotel", PartyRole.BUYER, Invalid),
        ("official_1", "restaurant", PartyRole.INVESTOR, Invalid),
        ("official_1", "ward", PartyRole.BUYER, Invalid),
        ("hotel", "restaurant", PartyRole.BUYER, NotFound),
        ("investor", "restaurant", PartyRole.BUYER, NotFound),
    ],
)
def test_parties_that_do_not_fit(world, story, who, organisation, role, error):
    deal = story.opened()
    with pytest.raises(error):
        deals.add_party(
            world.actor(who), deal.public_id, world.organisation(organisation).public_id, role
        )
    db.session.expire_all()
    assert len(deal.parties) == 2


def test_an_authority_witnesses_a_deal_and_gives_no_partys_word(world, story, browse):
    deal = story.opened()
    path = f"/ket-noi/{deal.match.public_id}"
    official, ward = browse("official_1"), world.organisation("ward")
    official.get(f"{path}/ben-tham-gia")
    official.submit({"organisation": ward.public_id, "role": "witness"})
    db.session.expire_all()
    assert [p.role for p in deal.parties if p.organisation_id == ward.id] == [PartyRole.WITNESS]
    assert browse("ward_official_1").get(path)
    deals.set_terms(world.actor("hotel"), deal.public_id, terms(price=110_000))
    deals.accept_terms(world.actor("coop"), deal.public_id)
    deals.accept_terms(world.actor("hotel"), deal.public_id)
    deals.start(world.actor("official_1"), deal.public_id)
    with pytest.raises(Invalid) as refusal:  # an official has no dispute of his own
        deals.dispute(world.actor("ward_official_1"), deal.public_id, reason="quality", note="Mốc.")
    assert refusal.value.field == "acting_how"


def test_a_deal_under_two_keys_must_be_signed(world, story):
    deal = story.agreed(unit_price=2_000_000)
    assert not deal.is_small
    assert deals.start_due() == 0
    with pytest.raises(Blocked):
        deals.start(world.actor("official_1"), deal.public_id)
    with pytest.raises(Invalid):
        deals.sign(world.actor("official_1"), deal.public_id, signed_on=TODAY, paper=None)
    with pytest.raises(Invalid):
        deals.sign(
            world.actor("official_1"),
            deal.public_id,
            signed_on=TODAY + timedelta(days=1),
            paper=None,
        )


def test_the_clock_starts_small_sales_once(world, story):
    deal = story.agreed()
    assert deals.start_due() == 1
    assert deals.start_due() == 0
    assert (deal.state, deal.outcome.state) == (DealState.ACTIVE, OutcomeState.ONGOING)


def test_calling_off_frees_the_quantity_and_ends_the_outcome(world, story):
    deal = story.agreed()
    deals.cancel(world.actor("hotel"), deal.public_id, reason="changed", note="Bếp đóng cửa.")
    assert (deal.listing.promised, deal.outcome.state) == (0, OutcomeState.CANCELLED)
    with pytest.raises(WrongState):
        deals.cancel(world.actor("hotel"), deal.public_id, reason="changed", note="x")


@pytest.mark.parametrize(
    "values",
    [
        InstalmentValues(TODAY + timedelta(days=1), 1_000, None),
        InstalmentValues(TODAY, None, 1_000),
        InstalmentValues(TODAY, 0, None),
    ],
)
def test_instalments_that_make_no_sense(world, story, values):
    deal = story.active()
    with pytest.raises(Invalid):
        deals.enter_instalment(world.actor("coop"), deal.public_id, values)


def test_instalments_wait_for_their_time_and_their_people(world, story):
    deal = story.agreed()
    values = InstalmentValues(TODAY, 1_000, None)
    with pytest.raises(WrongState):
        deals.enter_instalment(world.actor("coop"), deal.public_id, values)
    deals.start(world.actor("official_1"), deal.public_id)
    with pytest.raises(NotFound):
        deals.enter_instalment(world.actor("restaurant"), deal.public_id, values)
    with pytest.raises(Invalid):
        deals.enter_instalment(world.actor("official_1"), deal.public_id, values)
    entered = deals.enter_instalment(world.actor("coop"), deal.public_id, values)
    assert entered.value == 120_000
    with pytest.raises(NotAllowed):
        deals.confirm_instalment(world.actor("coop"), entered.public_id)


def test_figures_on_the_screen_are_the_ones_confirmed(world, story):
    deal = story.active()
    entered = deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(TODAY, 1_000, None)
    )
    seen = entered.version
    deals.correct_instalment(
        world.actor("hotel"), entered.public_id, InstalmentValues(TODAY, 900, None, version=seen)
    )
    with pytest.raises(Conflict):
        deals.confirm_instalment(world.actor("coop"), entered.public_id, seen)
    with pytest.raises(Conflict):
        deals.correct_instalment(
            world.actor("coop"), entered.public_id, InstalmentValues(TODAY, 950, None, version=seen)
        )


def test_a_deal_ends_once_everything_is_confirmed(world, story):
    deal = story.delivered(24_000)
    official = world.actor("official_1")
    waiting = deals.enter_instalment(
        world.actor("hotel"), deal.public_id, InstalmentValues(TODAY, 16_000, None)
    )
    for action in ("complete", "complete_partly"):
        with pytest.raises(Blocked):
            deals.complete(official, deal.public_id, action, reason="harvest", note="x")
    deals.confirm_instalment(world.actor("coop"), waiting.public_id)
    deals.complete(official, deal.public_id, "complete")
    with pytest.raises(WrongState):
        deals.complete(official, deal.public_id, "complete")
    assert deal.listing.promised == 40_000


def test_a_deal_cut_short_frees_the_rest_and_keeps_both_amounts(world, story):
    deal = story.delivered(24_000)
    with pytest.raises(Blocked):
        deals.complete(world.actor("official_1"), deal.public_id, "complete")
    deals.complete(
        world.actor("official_1"), deal.public_id, "complete_partly", reason="harvest", note="Mưa."
    )
    assert deal.listing.promised == 24_000
    amounts = {f.indicator: f.amount for f in db.session.scalars(sa.select(Figure))}
    assert amounts == {
        Indicator.COMMITTED_VALUE: 4_800_000,
        Indicator.DELIVERED_VALUE: 2_880_000,
        Indicator.DELIVERED_WEIGHT: 24_000,
        Indicator.DEALS_DONE: 1,
    }
    assert deal.outcome.state is OutcomeState.PARTLY_ACHIEVED


def test_figures_are_verified_together_or_not_at_all(world, story):
    deal = story.completed()
    with pytest.raises(NotAllowed):
        deals.verify_figures(world.actor("official_1"), deal.public_id)
    db.session.expire_all()
    assert {f.state for f in deal.outcome.figures} == {FigureState.SUBMITTED}
    assert deals.verify_figures(world.actor("ward_leader"), deal.public_id) == 4
    with pytest.raises(WrongState):
        deals.verify_figures(world.actor("ward_leader"), deal.public_id)


def test_a_returned_figure_leaves_the_sum_and_comes_back_corrected(world, story):
    deal = story.completed()
    figure = deal.outcome.figures[0]
    deals.move_figure(world.actor("ward_leader"), figure.public_id, "verify")
    deals.move_figure(
        world.actor("leader"), figure.public_id, "return", reason="amount", note="Sai số."
    )
    assert (figure.state, figure.verified_by_id) == (FigureState.RETURNED, None)
    with pytest.raises(NotAllowed):
        deals.correct_figure(world.actor("ward_leader"), figure.public_id, 1, "x")
    deals.correct_figure(world.actor("official_1"), figure.public_id, 4_700_000, "Theo phiếu.")
    assert (figure.state, figure.amount) == (FigureState.SUBMITTED, 4_700_000)


def test_an_earlier_dealing_keeps_its_day_apart_from_its_entry(world):
    from marketplace.accounts.models import StoredFile
    from marketplace.core import journal
    from marketplace.matching import services as matching

    long_ago = date(2026, 3, 2)
    listing = world.published()
    code, buyer = listing.public_id, world.organisation("hotel").public_id
    values = {"quantity": 1_000, "unit_price": 100_000, "happened_on": long_ago}
    with pytest.raises(Invalid) as refusal:
        matching.propose_by_hand(
            world.actor("official_1"), code, buyer, matching.MatchValues(**values)
        )
    assert refusal.value.field == "paper"
    paper = StoredFile(
        digest="0" * 64, media_type="application/pdf", size=1, label="x.pdf", created_at=clock.now()
    )
    match = matching.propose_by_hand(
        world.actor("official_1"), code, buyer, matching.MatchValues(**values, paper=paper)
    )
    entry = journal.of([match])[0]
    assert (entry.happened_on, clock.local(entry.at).date()) == (long_ago, TODAY)
