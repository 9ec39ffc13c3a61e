"""Reading for the API: the lists of the pages, as everyone sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.catalogue.browse import Lists
from marketplace.catalogue.lists import Wished
from marketplace.core.actor import ANONYMOUS
from marketplace.programme.models import Pair
from marketplace.reports import queries as reports
from marketplace.reports.definitions import Row, rows_of
from marketplace.reports.rules import Span, may_see_amounts
from marketplace.sharing import queries as sharing


@dataclass(frozen=True, slots=True)
class Found:
    """One page of an answer, and how many records there are in all."""

    items: Sequence[Any]
    total: int


def listings(pair: Pair, wished: Wished, offset: int, size: int) -> Found:
    """Listings of one list, in its order."""
    lists = Lists(pair)
    total = lists.counts(wished).total
    ids = sharing.window(lists, wished, offset, size) if offset < total else []
    return Found(sharing.faces(ids), total)


def searched(pair: Pair, q: str, offset: int, size: int) -> Found:
    """Listings of all kinds that hold these words, the best first: the same few statements."""
    ids, total = Lists(pair).everywhere(q, offset, size)
    return Found(sharing.faces(ids), total)


def newest(pair: Pair, offset: int, size: int) -> Found:
    """Listings of all kinds, the latest publication first."""
    total = sum(sharing.counts(pair).values())
    return Found(sharing.faces(sharing.newest(pair, offset, size)), total)


def results(pair: Pair, span: Span, indicator: Any, offset: int, size: int) -> Found:
    """Verified figures as the public may read them, the latest quarter first."""
    figures = reports.figures(pair.id, span, indicator, offset=offset, limit=size)
    shows = may_see_amounts(ANONYMOUS, pair.locality_ids)
    counted = reports.counts(pair.id, span)
    total = sum(counted.values()) if indicator is None else counted[indicator]
    rows: Sequence[Row] = rows_of(figures, with_amounts=shows)
    return Found(rows, total)
