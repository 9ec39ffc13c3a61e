"""Reading results: sums of verified figures, and what stands behind each of them.

Money in đồng, weight in grams. Only verified figures count; instalments are their evidence and
are never added as well (decisions page 5).
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from marketplace.catalogue import queries as catalogue
from marketplace.core.db import db
from marketplace.deals.models import Deal, Figure
from marketplace.deals.rules import DealState, FigureState, Indicator
from marketplace.programme.models import Pair


@dataclass(frozen=True, slots=True)
class Headline:
    """What a pair has to show at a glance: listings open now, deals, verified sums."""

    produce: int
    opportunities: int
    deals: int
    committed: int
    delivered: int
    weight: int


def headline(pair_id: int) -> Headline:
    """The figures of the home page.

    ``deals`` counts the matches that became deals and were not called off.
    """
    pair = db.session.get_one(Pair, pair_id)
    sums = totals(pair_id)
    deals = db.session.scalar(
        sa.select(sa.func.count(Deal.id)).where(
            Deal.pair_id == pair_id, Deal.state != DealState.CANCELLED
        )
    )
    return Headline(
        produce=catalogue.count_public(pair, "produce"),
        opportunities=catalogue.count_public(pair, "opportunity"),
        deals=int(deals or 0),
        committed=sums[Indicator.COMMITTED_VALUE],
        delivered=sums[Indicator.DELIVERED_VALUE],
        weight=sums[Indicator.DELIVERED_WEIGHT],
    )


def totals(pair_id: int) -> dict[Indicator, int]:
    """The sum of every indicator's verified figures, 0 where there are none."""
    rows = db.session.execute(
        sa.select(Figure.indicator, sa.func.sum(Figure.amount))
        .where(Figure.pair_id == pair_id, Figure.state == FigureState.VERIFIED)
        .group_by(Figure.indicator)
    )
    sums = dict.fromkeys(Indicator, 0)
    return sums | {indicator: int(amount) for indicator, amount in rows}
