"""A locality in two pairs: one stock, and each pair's officials see and decide only their own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from marketplace.accounts.rules import OrganisationKind
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, NotFound
from marketplace.core.roles import Role
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.deals.services import Terms
from marketplace.interests import queries as interest_queries
from marketplace.interests import services as interests
from marketplace.interests.models import Interest
from marketplace.matching import queries as match_queries
from marketplace.matching import services as matching
from marketplace.matching.rules import Answer
from marketplace.matching.services import MatchValues
from marketplace.programme.services import load_pair
from marketplace.web.locale import in_language, say
from tests import world as worlds
from tests.world import World


@dataclass
class TwoPairs(World):
    """The small world, and the commune's second twin: an official and a shop."""

    second_id: int = 0


@pytest.fixture
def both(world: World) -> TwoPairs:
    """A second pair entered as data only."""
    data = tomllib.loads(worlds.PAIR_FILE.read_text())
    data |= {"code": "second", "name": "Cặp thứ hai"}
    data.pop("host", None)
    data["market"] |= {"code": "99999", "name": "Phường minh họa", "villages": []}
    pair = load_pair(data)
    found = TwoPairs(world.pair_id, dict(world.organisations), dict(world.users), pair.id)
    for name, kind, role in (
        ("far_official", OrganisationKind.AUTHORITY, Role.OFFICIAL),
        ("far_shop", OrganisationKind.HOUSEHOLD_BUSINESS, Role.MANAGER),
    ):
        office = worlds._organisation(f"{name} minh họa", kind, pair.market_id, None)
        found.organisations[name] = office
        found.users[name] = worlds._person(name, office, role)
    db.session.commit()
    return found


def wanted(world: World, listing: object, quantity: int) -> Interest:
    """The far shop's interest, accepted by the cooperative."""
    interest = world.interest(listing, "far_shop", quantity)  # type: ignore[arg-type]
    interests.answer(world.actor("coop"), interest.public_id, "acknowledge")
    return interests.answer(world.actor("coop"), interest.public_id, "accept")


def test_both_pairs_draw_on_one_quantity(both: TwoPairs) -> None:
    listing = both.published()
    both.proposed(listing, quantity=70_000)
    code = wanted(both, listing, 30_000).public_id
    with pytest.raises(Invalid) as refusal:
        matching.propose_from_interest(
            both.actor("far_official"), code, MatchValues(quantity=30_500, unit_price=120_000)
        )
    with in_language("en"):
        assert say(refusal.value.text) == "30 kg are left. Enter at most this much."
    with in_language("vi"):
        assert "30 kg" in say(refusal.value.text)


def test_officials_see_and_decide_only_in_their_own_pairs(both: TwoPairs) -> None:
    listing = both.published()
    near = both.proposed(listing, quantity=70_000)
    with pytest.raises(NotFound):
        match_queries.get(near.public_id, both.actor("far_official"))
    interest = wanted(both, listing, 30_000)
    assert interest.pair_id == both.second_id
    with pytest.raises(NotFound):
        interest_queries.get(interest.public_id, both.actor("ward_official_1"))
    values = MatchValues(quantity=30_000, unit_price=120_000)
    far = matching.propose_from_interest(both.actor("far_official"), interest.public_id, values)
    with pytest.raises(NotFound):
        deals.turn_match_key(both.actor("ward_official_2"), far.public_id)
    with pytest.raises(NotAllowed):  # the proposer
        deals.turn_match_key(both.actor("far_official"), far.public_id)
    deals.turn_match_key(both.actor("official_2"), far.public_id)


def test_a_deal_serves_the_article_of_its_own_pair(both: TwoPairs) -> None:
    interest = wanted(both, both.published(), 30_000)
    match = matching.propose_from_interest(
        both.actor("official_1"),
        interest.public_id,
        MatchValues(quantity=30_000, unit_price=120_000),
    )
    for who in ("coop", "far_shop"):
        deals.answer_match(both.actor(who), match.public_id, Answer.YES)
    deals.turn_match_key(both.actor("official_2"), match.public_id)
    with clock.at(clock.now() + timedelta(days=7)):
        assert deals.let_matches_take_effect() == 1
    deal = deal_queries.of_match(match.id)
    assert deal is not None
    code = deal.public_id
    terms = Terms(30_000, 120_000, None, date(2026, 12, 1), None)
    deals.set_terms(both.actor("coop"), code, terms)
    deals.accept_terms(both.actor("coop"), code)
    outcome = deals.accept_terms(both.actor("far_shop"), code).outcome
    assert outcome is not None
    assert (outcome.article.pair_id, outcome.article.number) == (both.second_id, 4)
