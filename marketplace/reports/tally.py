"""The verified figures of a pair, added up once for everything that is told of them.

Every sum, count and share of the results is made from these rows, so that all of them are counted
alike. They are read again only after an entry of the journal says that they may have changed:
two hundred thousand figures take longer to add up than a page may take.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.models import Listing
from marketplace.catalogue.taxonomy import Sector, sector_of
from marketplace.core.db import db
from marketplace.core.shelf import Shelf
from marketplace.deals.models import Deal, Figure, Outcome
from marketplace.deals.rules import FigureState, Indicator
from marketplace.matching.models import Match
from marketplace.reports.changes import SUMS
from marketplace.reports.rules import Span

KINDS = [cast("sa.Table", model.__table__) for model in MODELS.values()]
LISTING = cast("sa.Table", Listing.__table__)


def _told_by_kinds(column: str) -> sa.ColumnElement[Any]:
    """What a listing says in this column, whichever kind it is; NULL where its kind has none."""
    return sa.func.coalesce(*(table.c[column] for table in KINDS if column in table.c), sa.null())


GROUP = _told_by_kinds("product_group").label("product_group")
SECTOR = _told_by_kinds("sector").label("sector")
_GOODS_ID = sa.func.coalesce(Match.stock_id, Match.listing_id)
"""What changes hands: the seller's own listing where an offer referred to it."""


def with_goods(query: sa.Select[Any]) -> sa.Select[Any]:
    """Join the goods' listing and what its kind says of it."""
    query = query.join(LISTING, LISTING.c.id == _GOODS_ID)
    for table in KINDS:
        query = query.outerjoin(table, table.c.id == LISTING.c.id)
    return query


class Sum(NamedTuple):
    """Verified figures of one quarter, indicator, sector, firm and kind of data, added up.

    ``amount`` is in the indicator's unit (đồng, grams, deals); ``number`` counts the figures.
    """

    period_start: date
    indicator: Indicator
    sector: Sector | None
    buyer_id: int
    is_demonstration: bool
    amount: int
    number: int


def counted(pair_id: int, span: Span | None = None) -> list[sa.ColumnElement[bool]]:
    """What counts: verified figures of the pair, of these quarters."""
    conditions = [Figure.pair_id == pair_id, Figure.state == FigureState.VERIFIED]
    if span is not None:
        conditions.append(Figure.period_start.between(span.first.start, span.last.start))
    return conditions


def of_pair(pair_id: int, span: Span | None = None) -> Sequence[Sum]:
    """The sums of a pair, of these quarters."""
    found = Shelf().follow(
        ("sums", pair_id),
        SUMS,
        lambda: _read(pair_id),
        lambda held, ids: None if pair_id in ids else held,
    )
    if span is None:
        return found
    first, last = span.first.start, span.last.start
    return [one for one in found if first <= one.period_start <= last]


def by_indicator(sums: Iterable[Sum]) -> dict[Indicator, tuple[int, int]]:
    """Amount and number of figures of every indicator, 0 where there are none."""
    found = dict.fromkeys(Indicator, (0, 0))
    for one in sums:
        amount, number = found[one.indicator]
        found[one.indicator] = (amount + one.amount, number + one.number)
    return found


def _read(pair_id: int) -> Sequence[Sum]:
    """Add up by outcome first: that is one walk along an index, and leaves few rows to join."""
    of_outcome = (
        sa.select(
            Figure.outcome_id,
            Figure.indicator,
            Figure.period_start,
            sa.func.sum(Figure.amount).label("amount"),
            sa.func.count().label("number"),
        )
        .where(*counted(pair_id))
        .group_by(Figure.outcome_id, Figure.indicator, Figure.period_start)
        .subquery()
    )
    by = (
        of_outcome.c.period_start,
        of_outcome.c.indicator,
        GROUP,
        SECTOR,
        Match.buyer_id,
        LISTING.c.is_demonstration,
    )
    query = (
        sa.select(*by, sa.func.sum(of_outcome.c.amount), sa.func.sum(of_outcome.c.number))
        .select_from(of_outcome)
        .join(Outcome, Outcome.id == of_outcome.c.outcome_id)
        .join(Deal, Deal.id == Outcome.deal_id)
        .join(Match, Match.id == Deal.match_id)
        .group_by(*by)
    )
    rows: Iterable[Any] = db.session.execute(with_goods(query))
    return [
        Sum(start, indicator, sector_of(group, sector), buyer, made_up, int(amount), int(number))
        for start, indicator, group, sector, buyer, made_up, amount, number in rows
    ]
