"""What an end leaves behind: the stock, the outcome, the figures and how far they may be put right."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from marketplace.accounts.models import StoredFile
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.deals import services as deals
from marketplace.deals.models import Figure
from marketplace.deals.rules import DealState, Indicator, OutcomeState, RulingKind
from marketplace.deals.services import InstalmentValues

TODAY = date(2026, 11, 20)


def amounts() -> dict[Indicator, int]:
    return {f.indicator: f.amount for f in db.session.scalars(sa.select(Figure))}


def sent_back(world, deal) -> None:
    """The hotel sent everything back; the cooperative confirmed it."""
    photo = StoredFile(
        digest="1" * 64, media_type="image/jpeg", size=1, label="x.jpg", created_at=clock.now()
    )
    values = InstalmentValues(TODAY, None, None, rejected=40_000, reason="spoiled", photo=photo)
    entered = deals.enter_instalment(world.actor("hotel"), deal.public_id, values)
    deals.confirm_instalment(world.actor("coop"), entered.public_id)


def ended_early(world, deal) -> None:
    """Both localities turned their keys on an early end."""
    ruling = deals.propose_ruling(
        world.actor("official_1"),
        deal.public_id,
        RulingKind.TERMINATE,
        reason="nothing",
        note="Hai bên đã gọi nhau.",
    )
    for who in ("official_2", "ward_leader"):
        deals.turn_ruling_key(world.actor(who), ruling.public_id)


def test_what_came_beyond_the_agreed_quantity_is_gone_from_the_stock(world, story):
    deal = story.delivered(40_000, 8_000)
    deals.complete(world.actor("official_1"), deal.public_id, "complete")
    assert (deal.listing.promised, deal.listing.left) == (48_000, 52_000)


def test_no_more_is_taken_than_the_stock_holds(world, story):
    deal = story.delivered(40_000, 8_000)
    deal.listing.quantity = 45_000
    db.session.commit()
    deals.complete(world.actor("official_1"), deal.public_id, "complete")
    assert (deal.listing.promised, deal.listing.left) == (45_000, 0)


def test_a_deal_of_which_all_went_back_is_not_carried_out(world, story):
    deal = story.active()
    sent_back(world, deal)
    end = {"reason": "quality", "note": "Mốc cả."}
    deals.complete(world.actor("official_1"), deal.public_id, "complete_partly", **end)
    assert deal.state is DealState.PARTLY_COMPLETED
    assert deal.outcome.state is OutcomeState.NOT_ACHIEVED
    assert amounts()[Indicator.COMMITTED_VALUE] == 4_800_000
    assert Indicator.DEALS_DONE not in amounts()


def test_goods_that_all_went_back_achieve_nothing_by_an_early_end_either(world, story):
    deal = story.active()
    sent_back(world, deal)
    ended_early(world, deal)
    assert deal.outcome.state is OutcomeState.NOT_ACHIEVED


def test_what_was_promised_counts_when_nothing_came_of_it(world, story):
    ended_early(world, story.active())
    assert amounts() == {Indicator.COMMITTED_VALUE: 4_800_000}


@pytest.mark.parametrize(
    ("indicator", "most"),
    [
        (Indicator.COMMITTED_VALUE, 4_800_000),
        (Indicator.DELIVERED_VALUE, 4_800_000),
        (Indicator.DELIVERED_WEIGHT, 40_000),
        (Indicator.DEALS_DONE, 1),
    ],
)
def test_a_figure_is_put_right_only_as_far_as_the_deliveries_bear_it_out(
    world, story, indicator, most
):
    deal = story.completed()
    figure = next(f for f in deal.outcome.figures if f.indicator is indicator)
    checker, writer = world.actor("ward_leader"), world.actor("official_1")
    deals.move_figure(checker, figure.public_id, "return", reason="amount", note="Sai số.")
    with pytest.raises(Invalid) as refusal:
        deals.correct_figure(writer, figure.public_id, most + 1, "Theo phiếu.")
    is_weight = indicator is Indicator.DELIVERED_WEIGHT
    assert refusal.value.field == ("weight" if is_weight else "amount")
    deals.correct_figure(writer, figure.public_id, most, "Theo phiếu.")
    assert figure.amount == most
