"""Deals with two sellers or two buyers: whose delivery it was, who confirms it, whose money."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.accounts.rules import OrganisationKind
from marketplace.core import journal
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, NotFound, WrongState
from marketplace.deals import services as deals
from marketplace.deals.entering import InstalmentValues
from marketplace.deals.models import Deal
from marketplace.deals.rules import PartyRole
from marketplace.deals.services import Terms
from marketplace.deliveries import queries, showing
from marketplace.deliveries import services as deliveries
from marketplace.deliveries.rules import PaidHow
from marketplace.deliveries.services import CallValues, PaymentValues, PlanValues
from tests.deals.conftest import TODAY
from tests.deliveries.conftest import BY_PHONE, SOON

TEN = InstalmentValues(TODAY, 10_000, None)
CASH = PaymentValues(TODAY, 1_000_000, PaidHow.CASH)


def with_a_third(way, world, who: str, role: PartyRole) -> Deal:
    """A sale under way with a third principal."""
    code = way.opened().public_id
    deals.add_party(world.actor("official_1"), code, world.organisation(who).public_id, role)
    terms = Terms(40_000, 110_000, None, TODAY, None)
    deals.set_terms(world.actor("hotel"), code, terms, accepts=True)
    for one in ("coop", who):
        deals.accept_terms(world.actor(one), code)
    return deals.start(world.actor("official_1"), code)


def book(world, who: str) -> queries.Book:
    return queries.book(world.organisation(who).public_id, world.actor(who))


def test_the_book_of_each_of_two_sellers_holds_what_it_delivered_itself(world, way):
    deal = with_a_third(way, world, "other_coop", PartyRole.SELLER)
    stated = deals.enter_instalment(world.actor("other_coop"), deal.public_id, TEN)
    deals.confirm_instalment(world.actor("hotel"), stated.public_id)
    assert (book(world, "coop").value, book(world, "other_coop").value) == (0, 1_100_000)
    with pytest.raises(NotAllowed):
        deliveries.note_payment(world.actor("coop"), stated.public_id, CASH)
    deliveries.note_payment(world.actor("other_coop"), stated.public_id, CASH)
    assert (book(world, "coop").received, book(world, "other_coop").received) == (0, 1_000_000)


def test_a_fellow_seller_does_not_confirm_for_the_one_who_delivered(world, way):
    deal = with_a_third(way, world, "other_coop", PartyRole.SELLER)
    stated = deals.enter_instalment(world.actor("other_coop"), deal.public_id, TEN)
    with pytest.raises(NotAllowed):
        deals.confirm_instalment(world.actor("coop"), stated.public_id)
    deals.correct_instalment(
        world.actor("hotel"), stated.public_id, InstalmentValues(TODAY, 9_000, None)
    )
    with pytest.raises(NotAllowed):
        deals.confirm_instalment(world.actor("coop"), stated.public_id)
    deals.confirm_instalment(world.actor("other_coop"), stated.public_id)


def test_a_parcel_is_of_who_sent_it_to_who_received_it(world, way):
    deal = with_a_third(way, world, "other_coop", PartyRole.SELLER)
    stated = deliveries.receive(world.actor("hotel"), way.sent(deal).public_id, TEN)
    with pytest.raises(NotAllowed):
        deals.confirm_instalment(world.actor("other_coop"), stated.public_id)
    deals.confirm_instalment(world.actor("coop"), stated.public_id)
    assert (len(book(world, "coop").rows), len(book(world, "other_coop").rows)) == (1, 0)


def test_the_book_names_the_buyer_who_received(world, way):
    deal = with_a_third(way, world, "restaurant", PartyRole.BUYER)
    stated = deliveries.receive(world.actor("restaurant"), way.sent(deal).public_id, TEN)
    deals.confirm_instalment(world.actor("coop"), stated.public_id)
    assert [row.buyer for row in book(world, "coop").rows] == [
        world.organisation("restaurant").name
    ]
    bought = {who: world.organisations[who] for who in ("hotel", "restaurant")}
    assert stated.buyer.organisation_id == bought["restaurant"]
    assert queries.days_to_pay(bought["hotel"]) is None


def test_each_buyer_repeats_its_own_last_order(world, way):
    deal = with_a_third(way, world, "restaurant", PartyRole.BUYER)
    way.ordered(deal, 5_000)
    restaurant = world.actor("restaurant")
    with pytest.raises(WrongState, match="Nothing has been ordered"):
        deliveries.repeat_call(restaurant, deal.public_id)
    deliveries.call_off(restaurant, deal.public_id, CallValues(SOON, 2_000))
    again = deliveries.repeat_call(world.actor("hotel"), deal.public_id)
    assert (again.quantity, again.organisation_id) == (5_000, world.organisations["hotel"])


def test_a_witness_plans_nothing(world, way):
    code = way.opened().public_id
    witness = world.organisation("restaurant").public_id
    deals.add_party(world.actor("official_1"), code, witness, PartyRole.WITNESS)
    deals.set_terms(world.actor("hotel"), code, Terms(40_000, 110_000, None, TODAY, None))
    for who in ("coop", "hotel"):
        deals.accept_terms(world.actor(who), code)
    restaurant = world.actor("restaurant")
    with pytest.raises((NotAllowed, NotFound)):
        deliveries.plan(restaurant, code, PlanValues(SOON, 1_000))
    planned = deliveries.plan(world.actor("coop"), code, PlanValues(SOON, 1_000))
    with pytest.raises((NotAllowed, NotFound)):
        deliveries.move_plan(restaurant, planned.public_id, "drop", reason="other", note="Thôi.")


def test_a_cooperative_plans_for_its_member_by_a_record_of_its_word(world, way):
    deal = way.agreed()
    # the hotel as if it were a member of the other cooperative, which speaks for it
    hotel = world.organisation("hotel")
    hotel.kind, hotel.cooperative_id = (
        OrganisationKind.PRODUCER_HOUSEHOLD,
        world.organisations["other_coop"],
    )
    db.session.commit()
    speaker, values = world.actor("other_coop"), PlanValues(SOON, 1_000)
    with pytest.raises(Invalid) as refused:
        deliveries.plan(speaker, deal.public_id, values)
    assert refused.value.field == "acting_how"
    planned = deliveries.plan(speaker, deal.public_id, values, BY_PHONE)
    deliveries.move_plan(
        speaker, planned.public_id, "drop", reason="other", note="Thôi.", acting=BY_PHONE
    )
    acted = [line.acting_id for line in journal.of([planned])]
    assert len(acted) == 2
    assert all(acted)


def test_every_seller_reads_the_prices_of_the_months_offered(world, way):
    deal = way.opened()
    official, code = world.actor("official_1"), deal.public_id
    third = world.organisation("other_coop").public_id
    deals.add_party(official, code, third, PartyRole.SELLER)
    summer = date(2027, 6, 1)
    deals.set_terms(world.actor("hotel"), code, Terms(40_000, 110_000, None, summer, None))
    for who in ("coop", "other_coop"):
        assert showing.before_yes(deal.match, deal, world.actor(who))["months"] == [5, 6, 7]
    assert showing.before_yes(deal.match, deal, world.actor("hotel")) is None
