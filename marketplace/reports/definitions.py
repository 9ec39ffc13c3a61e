"""Each public report once: its title, its columns, its rows, and who may read it.

Pages and files are both made from these, so they cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marketplace.catalogue.taxonomy import SECTOR_LABELS, Sector
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.deals.rules import INDICATOR_LABELS, Indicator
from marketplace.programme.models import Pair
from marketplace.reports import queries
from marketplace.reports.disclosure import Share
from marketplace.reports.queries import Quarter, VerifiedFigure
from marketplace.reports.rules import MONEY, Span, may_see_amounts
from marketplace.web.access import PUBLIC, Access


class Kind(StrEnum):
    """What stands in a column, and so how it is written."""

    TEXT = "text"
    MONEY = "money"
    WEIGHT = "weight"
    NUMBER = "number"
    AMOUNT = "amount"
    DAY = "day"
    DAYS = "days"
    QUARTER = "quarter"


NUMERIC = frozenset({Kind.MONEY, Kind.WEIGHT, Kind.NUMBER, Kind.AMOUNT})


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of an indicator; ``value`` None where it is not for this reader."""

    indicator: Indicator
    value: int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what stands in a row's cell, and how it is written."""

    label: str
    cell: Callable[[Any], Any]
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Report:
    """A table anybody may ask for. ``query`` gives its rows for a pair, a span and a reader."""

    code: str
    title: str
    columns: tuple[Column, ...]
    query: Callable[[Pair, Span, Actor], Sequence[Any]]
    who: Access = PUBLIC


@dataclass(frozen=True, slots=True)
class Row:
    """A verified figure for one reader."""

    figure: VerifiedFigure
    amount: Amount


def rows_of(figures: Sequence[VerifiedFigure], *, with_amounts: bool) -> Sequence[Row]:
    """Figures as a reader sees them: the money of single deals only for officials."""
    return [
        Row(
            figure,
            Amount(
                figure.indicator,
                figure.amount if with_amounts or figure.indicator not in MONEY else None,
            ),
        )
        for figure in figures
    ]


def sector_label(share: Share) -> Text | str:
    """The sector's name, or that several are told together."""
    if not share.codes:
        return SECTOR_LABELS[Sector(share.code)] if share.code else N_("Without a sector")
    return N_("Other sectors together")


def end_label(row: Row) -> str:
    """Whether everything agreed was carried out."""
    return N_("Carried out in full") if row.figure.is_whole else N_("Carried out in part")


def data_label(row: Row) -> str:
    """Whether the row is real or for demonstration."""
    return N_("Demonstration data") if row.figure.is_demonstration else N_("Real")


def deals_done(pair: Pair, span: Span, actor: Actor, limit: int | None = None) -> Sequence[Row]:
    """The deals carried out, latest quarter first."""
    return _rows(pair, span, actor, Indicator.DEALS_DONE, limit)


def _rows(
    pair: Pair,
    span: Span,
    actor: Actor,
    indicator: Indicator | None = None,
    limit: int | None = None,
) -> Sequence[Row]:
    return rows_of(
        queries.figures(pair.id, span, indicator, limit=limit),
        with_amounts=may_see_amounts(actor, pair.locality_ids),
    )


_PARTIES = (
    Column(N_("What it was about"), lambda r: r.figure.subject),
    Column(N_("Seller or host"), lambda r: r.figure.seller),
    Column(N_("Buyer or investor"), lambda r: r.figure.buyer),
)
_EVIDENCE = (
    Column(
        N_("Days of the deliveries, confirmed by both sides"),
        lambda r: r.figure.delivered_on,
        Kind.DAYS,
    ),
    Column(N_("Verified on"), lambda r: r.figure.verified_at, Kind.DAY),
    Column(N_("Kind of data"), data_label),
)

QUARTERS = Report(
    "theo-quy",
    N_("Committed and realised by quarter"),
    (
        Column(N_("Quarter"), lambda q: q.period, Kind.QUARTER),
        Column(N_("Committed value"), lambda q: q.committed, Kind.MONEY),
        Column(N_("Realised value"), lambda q: q.delivered, Kind.MONEY),
        Column(N_("Committed so far"), lambda q: q.committed_so_far, Kind.MONEY),
        Column(N_("Realised so far"), lambda q: q.delivered_so_far, Kind.MONEY),
        Column(N_("Goods delivered"), lambda q: q.weight, Kind.WEIGHT),
        Column(N_("Deals carried out"), lambda q: q.deals, Kind.NUMBER),
    ),
    lambda pair, span, _actor: queries.by_quarter(pair.id, span),
)

SECTORS = Report(
    "theo-nganh",
    N_("By the five sectors"),
    (
        Column(N_("Sector"), sector_label),
        Column(N_("Committed value"), lambda s: s.committed, Kind.MONEY),
        Column(N_("Realised value"), lambda s: s.delivered, Kind.MONEY),
    ),
    lambda pair, span, _actor: queries.by_sector(pair.id, span),
)

FIGURES = Report(
    "so-lieu",
    N_("Verified figures and their evidence"),
    (
        Column(N_("Quarter"), lambda r: r.figure.period_start, Kind.QUARTER),
        Column(N_("Figure"), lambda r: INDICATOR_LABELS[r.figure.indicator]),
        Column(N_("Amount"), lambda r: r.amount, Kind.AMOUNT),
        *_PARTIES,
        *_EVIDENCE,
    ),
    _rows,
)

DEALS = Report(
    "ket-noi",
    N_("Deals carried out"),
    (
        Column(N_("Quarter"), lambda r: r.figure.period_start, Kind.QUARTER),
        *_PARTIES,
        Column(N_("Result"), end_label),
        *_EVIDENCE,
    ),
    deals_done,
)

FUNNEL_LABELS = (
    N_("Interests registered"),
    N_("Received by the other side"),
    N_("Introductions accepted"),
    N_("Matches proposed"),
    N_("Deals begun"),
    N_("Deals ended with deliveries"),
)


def _funnel(pair: Pair, span: Span, _actor: Actor) -> Sequence[tuple[str, int]]:
    found = queries.funnel(pair.id, span)
    numbers = (
        found.sent,
        found.acknowledged,
        found.accepted,
        found.matched,
        found.deals,
        found.completed,
    )
    return list(zip(FUNNEL_LABELS, numbers, strict=True))


FUNNEL = Report(
    "pheu",
    N_("From interest to result"),
    (
        Column(N_("Step"), lambda r: r[0]),
        Column(N_("Number"), lambda r: r[1], Kind.NUMBER),
    ),
    _funnel,
)

REPORTS = {report.code: report for report in (QUARTERS, SECTORS, FUNNEL, FIGURES, DEALS)}

__all__ = ["DEALS", "FIGURES", "FUNNEL", "QUARTERS", "REPORTS", "SECTORS", "Quarter", "Report"]
