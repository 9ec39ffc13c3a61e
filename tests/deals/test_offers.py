"""Offers and counter-offers: what is committed is always the one offer that all accepted."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.accounts.acting import Acting
from marketplace.accounts.rules import ActingHow
from marketplace.core.db import db
from marketplace.core.errors import DomainError
from marketplace.deals import queries, showing
from marketplace.deals import services as deals
from marketplace.deals.rules import DealState
from marketplace.deals.services import Terms

TODAY = date(2026, 11, 20)
SIDES = ("coop", "hotel", "restaurant")


def offered(price: int = 120_000, quantity: int = 40_000, **more: str) -> Terms:
    return Terms(quantity, price, None, TODAY, None, **more)


def test_whoever_offers_stands_by_it_and_the_other_side_agrees(world, story):
    deal = story.opened()
    code = deal.public_id
    deals.set_terms(world.actor("hotel"), code, offered(110_000), accepts=True)
    deals.set_terms(world.actor("coop"), code, offered(125_000), accepts=True)
    assert deal.state is DealState.NEGOTIATING  # the hotel's yes went with its own offer
    deals.accept_terms(world.actor("hotel"), code, number=deal.offer.number)
    assert (deal.state, deal.unit_price) == (DealState.AGREED, 125_000)
    assert [o.unit_price for o in deal.offers] == [120_000, 110_000, 125_000]
    assert [len(o.answers) for o in deal.offers] == [0, 1, 2]


def test_a_recorded_offer_is_the_partys_and_an_officials_is_nobodys(world, story):
    deal = story.opened()
    official = world.actor("official_2")
    said = Acting(ActingHow.CALL, said_on=date(2026, 11, 18))
    deals.set_terms(official, deal.public_id, offered(125_000), acting=said, accepts=True)
    offer = deal.offer
    assert (offer.organisation_id, offer.said_on) == (world.organisations["coop"], said.said_on)
    assert official.user_id in deal.recorder_ids
    deals.set_terms(official, deal.public_id, offered(124_000), accepts=True)
    assert (deal.offer.organisation_id, deal.offer.answers) == (None, [])


def test_the_table_says_in_words_what_changed(app, world, story):
    deal = story.opened()
    deals.set_terms(world.actor("hotel"), deal.public_id, offered(110_000, delivery="Giao tại bếp"))
    with app.test_request_context():
        latest, first = showing.offers(deal)
        told = {change.msgid for change in latest.changes}
    assert told == {
        "Price: %(before)s → %(after)s",
        "Value: %(before)s → %(after)s",
        "First day: %(before)s → %(after)s",
        "Delivery is worded anew",
    }
    assert (first.changes, first.is_on_the_table, latest.is_on_the_table) == ([], False, True)


def test_whatever_is_offered_and_accepted_the_committed_terms_are_one_offers(world, story):
    """Three principals, offers and answers in any order."""
    quick = settings.get_current_profile_name() == "quick"
    step = st.one_of(
        st.tuples(
            st.just("offer"),
            st.sampled_from(SIDES),
            st.integers(1, 3).map(lambda n: n * 10_000),
            st.booleans(),
        ),
        st.tuples(st.just("accept"), st.sampled_from(SIDES), st.integers(1, 6), st.booleans()),
    )

    @settings(
        max_examples=10 if quick else 60,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(steps=st.lists(step, min_size=4, max_size=12))
    def holds(steps):
        deal = story.opened(quantity=10_000)
        code, party = deal.public_id, world.organisation("restaurant").public_id
        deals.add_party(world.actor("official_1"), code, party, deals.PartyRole.BUYER)
        for what, who, number, flag in steps:
            try:
                if what == "offer":
                    terms = offered(number, 10_000)
                    deals.set_terms(world.actor(who), code, terms, accepts=flag)
                else:
                    deals.accept_terms(world.actor(who), code, number=number if flag else None)
            except DomainError:
                db.session.rollback()
        db.session.expire_all()
        found = queries.get(code, world.actor("official_1"))
        committed = (found.committed_quantity, found.unit_price, found.committed_value)
        table = found.offer
        assert committed == (table.quantity, table.unit_price, table.value)
        accepted = [
            offer
            for offer in found.offers
            if {a.organisation_id for a in offer.answers}
            == {p.organisation_id for p in found.principals}
        ]
        assert accepted == ([table] if found.state is DealState.AGREED else [])

    holds()
