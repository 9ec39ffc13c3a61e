"""The spine without pages: a listing becomes verified figures, through use cases only."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from marketplace.accounts.models import StoredFile
from marketplace.core import clock, journal
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.deals.models import Figure
from marketplace.deals.rules import DealState, FigureState, Indicator
from marketplace.deals.services import InstalmentValues, Terms
from marketplace.matching.rules import MatchState
from tests.world import World


def test_a_small_sale_becomes_verified_figures(world: World) -> None:
    match = world.consented(world.proposed())
    match = deals.turn_match_key(world.actor("ward_official_1"), match.public_id)
    assert match.state is MatchState.PROPOSED  # the commune may object for a working day
    with clock.at(clock.now().replace(day=25)):
        assert deals.let_matches_take_effect() == 1
        assert deals.let_matches_take_effect() == 0
    deal = deal_queries.of_match(match.id)
    assert deal is not None
    assert deal.is_small
    code = deal.public_id
    coop, hotel, official = (world.actor(n) for n in ("coop", "hotel", "official_2"))
    deals.set_terms(hotel, code, Terms(40_000, 120_000, None, date(2026, 11, 19), None))
    deals.accept_terms(coop, code)
    assert deals.accept_terms(hotel, code).state is DealState.AGREED
    assert deals.start_due() == 1
    first = deals.enter_instalment(coop, code, InstalmentValues(date(2026, 11, 19), 25_000, None))
    deals.correct_instalment(
        hotel, first.public_id, InstalmentValues(date(2026, 11, 19), 24_000, None)
    )
    deals.confirm_instalment(coop, first.public_id)
    second = deals.enter_instalment(hotel, code, InstalmentValues(date(2026, 11, 20), 16_000, None))
    deals.confirm_instalment(coop, second.public_id)
    assert deals.complete(official, code, "complete").state is DealState.COMPLETED
    figures = db.session.scalars(sa.select(Figure)).all()
    amounts = {figure.indicator: figure.amount for figure in figures}
    assert amounts == {
        Indicator.COMMITTED_VALUE: 4_800_000,
        Indicator.DELIVERED_VALUE: 4_800_000,
        Indicator.DELIVERED_WEIGHT: 40_000,
        Indicator.DEALS_DONE: 1,
    }
    for public_id in [figure.public_id for figure in figures]:
        deals.move_figure(world.actor("ward_official_2"), public_id, "verify")
    assert {f.state for f in db.session.scalars(sa.select(Figure))} == {FigureState.VERIFIED}
    names = db.session.scalars(sa.select(Entry.name)).all()
    assert "match.approve" in names
    journal.seal()
    assert journal.first_broken_seal() is None


def test_an_investment_needs_both_keys_and_a_signed_paper(world: World) -> None:
    from marketplace.accounts.rules import ActingHow  # noqa: F401
    from marketplace.interests import services as interests
    from marketplace.interests.services import InterestValues
    from marketplace.matching import services as matching
    from marketplace.matching.rules import Answer
    from marketplace.matching.services import MatchValues

    listing = world.opportunity()
    interest = interests.register(
        world.actor("investor"),
        listing.public_id,
        InterestValues("Bộ phận đầu tư", "+84900000000", "Muốn khảo sát.", capital=10**9),
    )
    interests.answer(world.actor("official_1"), interest.public_id, "acknowledge")
    interests.answer(world.actor("official_1"), interest.public_id, "accept")
    match = matching.propose_from_interest(
        world.actor("ward_official_1"), interest.public_id, MatchValues(value=2 * 10**9)
    )
    deals.answer_match(world.actor("official_1"), match.public_id, Answer.YES)
    deals.answer_match(world.actor("investor"), match.public_id, Answer.YES)
    deals.turn_match_key(world.actor("official_2"), match.public_id)
    match = deals.turn_match_key(world.actor("ward_leader"), match.public_id)
    assert match.state is MatchState.APPROVED
    deal = deal_queries.of_match(match.id)
    assert deal is not None
    code = deal.public_id
    terms = Terms(None, None, 2 * 10**9, date(2026, 11, 20), None)
    deals.set_terms(world.actor("investor"), code, terms)
    deals.accept_terms(world.actor("investor"), code)
    deals.accept_terms(world.actor("official_1"), code)
    paper = StoredFile(
        digest="0" * 64,
        media_type="application/pdf",
        size=1,
        label="hop-dong.pdf",
        created_at=clock.now(),
    )
    deals.sign(world.actor("official_2"), code, signed_on=date(2026, 11, 18), paper=paper)
    assert deals.start(world.actor("official_2"), code).state is DealState.ACTIVE
