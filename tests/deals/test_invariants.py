"""Whatever people do in whatever order: stock adds up, nothing is oversold, nobody decides alone."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import DomainError
from marketplace.deals import queries
from marketplace.deals import services as deals
from marketplace.deals.models import Deal
from marketplace.deals.rules import UNDER_WAY, DealState
from marketplace.deals.services import InstalmentValues, Terms
from marketplace.matching import services as matching
from marketplace.matching.models import Match
from marketplace.matching.rules import Answer, MatchState
from marketplace.matching.services import MatchValues
from tests.conftest import NOW
from tests.world import PEOPLE

STOCK = 100_000
SIDES = ("coop", "hotel")
OFFICER = st.sampled_from(sorted(PEOPLE))
SIDE = st.sampled_from(SIDES)
AMOUNT = st.integers(1, 60).map(lambda kg: kg * 1_000)
NTH = st.integers(0, 3)


def machine(world):
    """A machine in this world; each run has a listing of its own."""
    actors = {name: world.actor(name) for name in (*SIDES, *PEOPLE)}

    class Trade(RuleBasedStateMachine):
        @initialize()
        def begin(self):
            self.now = NOW
            with clock.at(self.now):
                self.listing = world.published(quantity=STOCK).id

        def attempt(self, act):
            """Do it if the program lets it; a refusal must leave nothing behind."""
            with clock.at(self.now):
                try:
                    act()
                except DomainError:
                    db.session.rollback()

        def matches(self):
            return db.session.scalars(
                sa.select(Match).where(Match.listing_id == self.listing).order_by(Match.id)
            ).all()

        def match(self, nth):
            found = self.matches()
            return found[-1 - nth % len(found)].public_id if found else "none"

        def deal(self, nth):
            found = db.session.scalars(
                sa.select(Deal).where(Deal.listing_id == self.listing).order_by(Deal.id)
            ).all()
            return found[-1 - nth % len(found)].public_id if found else "none"

        @rule(who=OFFICER, quantity=AMOUNT, price=st.sampled_from([100_000, 3_000_000]))
        def propose(self, who, quantity, price):
            from marketplace.catalogue.queries import get_by_id

            values = MatchValues(quantity=quantity, unit_price=price)
            code, buyer = get_by_id(self.listing).public_id, world.organisation("hotel").public_id
            self.attempt(lambda: matching.propose_by_hand(actors[who], code, buyer, values))

        @rule(nth=NTH, sides=st.permutations(SIDES))
        def both_say_yes(self, nth, sides):
            for who in sides:
                self.attempt(
                    lambda who=who: deals.answer_match(actors[who], self.match(nth), Answer.YES)
                )

        @rule(nth=NTH, who=SIDE)
        def say_no(self, nth, who):
            self.attempt(
                lambda: deals.answer_match(
                    actors[who], self.match(nth), Answer.NO, reason="other", note="Thôi."
                )
            )

        @rule(nth=NTH, who=OFFICER)
        def turn_key(self, nth, who):
            self.attempt(lambda: deals.turn_match_key(actors[who], self.match(nth)))

        @rule(nth=NTH, who=OFFICER)
        def object_(self, nth, who):
            self.attempt(
                lambda: deals.object_to_match(
                    actors[who], self.match(nth), reason="value", note="Xem lại."
                )
            )

        @rule(
            nth=NTH,
            who=st.sampled_from([*SIDES, *sorted(PEOPLE)]),
            action=st.sampled_from(["reject", "cancel"]),
        )
        def break_off(self, nth, who, action):
            self.attempt(
                lambda: deals.break_off(
                    actors[who], self.match(nth), action, reason="other", note="Thôi."
                )
            )

        @rule(days=st.integers(1, 4))
        def days_pass(self, days):
            self.now += timedelta(days=days)
            self.attempt(deals.let_matches_take_effect)
            self.attempt(deals.start_due)

        @rule(nth=NTH, who=SIDE, quantity=AMOUNT, price=st.sampled_from([100_000, 1_500_000]))
        def negotiate(self, nth, who, quantity, price):
            terms = Terms(quantity, price, None, clock.local(self.now).date(), None)
            self.attempt(lambda: deals.set_terms(actors[who], self.deal(nth), terms))

        @rule(nth=NTH)
        def both_agree(self, nth):
            for who in SIDES:
                self.attempt(lambda who=who: deals.accept_terms(actors[who], self.deal(nth)))

        @rule(nth=NTH, quantity=AMOUNT, is_agreed=st.booleans())
        def bring_on(self, nth, quantity, is_agreed):
            """The usual way of a match to delivery, as far as it is open."""
            self.both_say_yes(nth, SIDES)
            for who in ("official_2", "ward_official_1", "leader"):
                self.turn_key(nth, who)
            self.days_pass(4)
            self.negotiate(0, "hotel", quantity, 100_000)
            if is_agreed:
                self.both_agree(0)
                self.days_pass(1)

        @rule(
            quantity=AMOUNT, arrived=AMOUNT, action=st.sampled_from(["complete", "complete_partly"])
        )
        def carry_out(self, quantity, arrived, action):
            """A whole sale to its end, with more or less arriving than was agreed."""
            self.propose("official_1", 1_000, 100_000)
            self.bring_on(0, quantity, is_agreed=True)
            self.deliver(0, arrived, is_confirmed=True)
            self.finish(0, "official_1", action)

        @rule(nth=NTH, who=SIDE)
        def call_off(self, nth, who):
            self.attempt(
                lambda: deals.cancel(actors[who], self.deal(nth), reason="other", note="Thôi.")
            )

        @rule(nth=NTH, quantity=AMOUNT, is_confirmed=st.booleans())
        def deliver(self, nth, quantity, is_confirmed):
            values = InstalmentValues(clock.local(self.now).date(), quantity, None)

            def act():
                entered = deals.enter_instalment(actors["coop"], self.deal(nth), values)
                if is_confirmed:
                    deals.confirm_instalment(actors["hotel"], entered.public_id)

            self.attempt(act)

        @rule(nth=NTH, who=OFFICER, action=st.sampled_from(["complete", "complete_partly"]))
        def finish(self, nth, who, action):
            self.attempt(
                lambda: deals.complete(
                    actors[who], self.deal(nth), action, reason="harvest", note="Xong."
                )
            )

        @invariant()
        def what_is_promised_is_the_sum_of_what_is_committed(self):
            if not hasattr(self, "listing"):
                return
            db.session.rollback()
            from marketplace.catalogue.queries import get_by_id

            produce = get_by_id(self.listing)
            committed = beyond = 0
            for match in self.matches():
                deal = queries.of_match(match.id)
                if deal is None:
                    committed += match.quantity if match.state is MatchState.PROPOSED else 0
                elif deal.state in UNDER_WAY:
                    committed += deal.committed_quantity
                elif deal.state is not DealState.CANCELLED:
                    committed += min(deal.delivered_quantity, deal.committed_quantity)
                    beyond += max(0, deal.delivered_quantity - deal.committed_quantity)
            # What came beyond a promise is gone as well, as far as the stock held it then.
            assert committed <= produce.promised <= committed + beyond
            assert 0 <= produce.promised <= produce.quantity

        @invariant()
        def nobody_decides_alone(self):
            if not hasattr(self, "listing"):
                return
            for match in self.matches():
                keys = [(key.locality_id, key.user_id) for key in match.keys]
                assert match.proposed_by_id not in {person for _, person in keys}
                assert (
                    len({place for place, _ in keys})
                    == len(keys)
                    == len({person for _, person in keys})
                )
                if match.state is MatchState.APPROVED:
                    assert len(keys) >= match.keys_needed
                    assert {c.answer for c in match.consents} == {Answer.YES}
                    assert {c.organisation_id for c in match.consents} == {
                        match.seller_id,
                        match.buyer_id,
                    }

    return Trade


def test_stock_and_keys_hold_in_any_order(world):
    quick = settings.get_current_profile_name() == "quick"
    run_state_machine_as_test(
        machine(world),
        settings=settings(
            max_examples=12 if quick else 150,
            stateful_step_count=25 if quick else 50,
            deadline=None,
            phases=[Phase.explicit, Phase.generate] if quick else list(Phase),
            suppress_health_check=list(HealthCheck),
        ),
    )
