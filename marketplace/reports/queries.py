"""Reading results: sums of verified figures, and what stands behind each of them.

Money in đồng, weight in grams. Only verified figures count; instalments are their evidence and
are never added as well (decisions page 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from marketplace.accounts.models import Locality, Organisation
from marketplace.accounts.rules import KIND_LABELS
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import Audience
from marketplace.catalogue.taxonomy import GROUP_LABELS, SECTOR_LABELS, Group, Sector
from marketplace.core import clock
from marketplace.core.dates import Period
from marketplace.core.db import db
from marketplace.core.i18n import N_, Text
from marketplace.deals.models import Deal, Figure, Instalment, Outcome
from marketplace.deals.rules import DealState, FigureState, Indicator, InstalmentState
from marketplace.interests.models import Interest
from marketplace.interests.rules import InterestState
from marketplace.matching.models import Match
from marketplace.programme.models import Pair
from marketplace.reports.disclosure import Share, disclosed
from marketplace.reports.rules import SECTOR_OF, Span, widest_span

_KINDS = [cast("sa.Table", model.__table__) for model in MODELS.values()]


def _told_by_kinds(column: str) -> sa.ColumnElement[Any]:
    """What a listing says in this column, whichever kind it is; NULL where its kind has none."""
    return sa.func.coalesce(*(table.c[column] for table in _KINDS if column in table.c), sa.null())


_GROUP = _told_by_kinds("product_group").label("product_group")
_SECTOR = _told_by_kinds("sector").label("sector")
_GOODS_ID = sa.func.coalesce(Match.stock_id, Match.listing_id)
"""What changes hands: the seller's own listing where an offer referred to it."""


def _with_goods(query: sa.Select[Any]) -> sa.Select[Any]:
    """Join the goods' listing and what its kind says of it."""
    query = query.join(_listing, _listing.c.id == _GOODS_ID)
    for table in _KINDS:
        query = query.outerjoin(table, table.c.id == _listing.c.id)
    return query


_listing = cast("sa.Table", Listing.__table__)


@dataclass(frozen=True, slots=True)
class Headline:
    """What a pair has to show at a glance: listings open now, deals, verified sums."""

    produce: int
    opportunities: int
    deals: int
    committed: int
    delivered: int
    weight: int


@dataclass(frozen=True, slots=True)
class Quarter:
    """The verified sums of one quarter, and since the beginning of the span."""

    period: Period
    committed: int
    delivered: int
    weight: int
    deals: int
    committed_so_far: int
    delivered_so_far: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """What became of the interests sent in a span. Each number is part of the one before."""

    sent: int
    acknowledged: int
    accepted: int
    matched: int
    deals: int
    completed: int


@dataclass(frozen=True, slots=True)
class VerifiedFigure:
    """A verified figure as the public may read it, with its evidence.

    A firm's name stands there only by its agreement; a title only where the owner of the listing
    is named, because a listing's page says whose it is, and where the listing is for everyone.
    """

    public_id: str
    indicator: Indicator
    period_start: date
    amount: int
    subject: Text | str
    sector: Sector | None
    seller: Text | str
    buyer: Text | str
    delivered_on: Sequence[date]
    verified_at: datetime
    is_whole: bool
    is_demonstration: bool


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


def _counted(pair_id: int, span: Span | None = None) -> list[sa.ColumnElement[bool]]:
    """What counts: verified figures of the pair, of these quarters."""
    conditions = [Figure.pair_id == pair_id, Figure.state == FigureState.VERIFIED]
    if span is not None:
        conditions.append(Figure.period_start.between(span.first.start, span.last.start))
    return conditions


def widest(pair: Pair) -> Span:
    """From the signing, or the first verified figure if that is earlier, until now."""
    first = db.session.scalar(sa.select(sa.func.min(Figure.period_start)).where(*_counted(pair.id)))
    return widest_span(min(pair.signed_on, first or pair.signed_on), clock.today())


def totals(pair_id: int, span: Span | None = None) -> dict[Indicator, int]:
    """The sum of every indicator's verified figures, 0 where there are none."""
    rows = db.session.execute(
        sa.select(Figure.indicator, sa.func.sum(Figure.amount))
        .where(*_counted(pair_id, span))
        .group_by(Figure.indicator)
    )
    sums = dict.fromkeys(Indicator, 0)
    return sums | {indicator: int(amount) for indicator, amount in rows}


def counts(pair_id: int, span: Span) -> dict[Indicator, int]:
    """How many verified figures stand behind each sum."""
    rows = db.session.execute(
        sa.select(Figure.indicator, sa.func.count(Figure.id))
        .where(*_counted(pair_id, span))
        .group_by(Figure.indicator)
    )
    return dict.fromkeys(Indicator, 0) | {indicator: int(n) for indicator, n in rows}


def demonstrations(pair_id: int, span: Span) -> int:
    """How many of the verified figures come from demonstration data."""
    return int(
        db.session.scalar(
            sa.select(sa.func.count(Figure.id))
            .join(Outcome, Outcome.id == Figure.outcome_id)
            .join(Deal, Deal.id == Outcome.deal_id)
            .join(Listing.__table__, Listing.__table__.c.id == Deal.listing_id)
            .where(*_counted(pair_id, span), Listing.__table__.c.is_demonstration)
        )
        or 0
    )


def by_quarter(pair_id: int, span: Span) -> Sequence[Quarter]:
    """Every quarter of the span, those without a figure as well."""
    rows = db.session.execute(
        sa.select(Figure.period_start, Figure.indicator, sa.func.sum(Figure.amount))
        .where(*_counted(pair_id, span))
        .group_by(Figure.period_start, Figure.indicator)
    )
    sums = {(start, indicator): int(amount) for start, indicator, amount in rows}
    found: list[Quarter] = []
    committed = delivered = 0
    for period in span.quarters:
        of = {indicator: sums.get((period.start, indicator), 0) for indicator in Indicator}
        committed += of[Indicator.COMMITTED_VALUE]
        delivered += of[Indicator.DELIVERED_VALUE]
        found.append(
            Quarter(
                period,
                of[Indicator.COMMITTED_VALUE],
                of[Indicator.DELIVERED_VALUE],
                of[Indicator.DELIVERED_WEIGHT],
                of[Indicator.DEALS_DONE],
                committed,
                delivered,
            )
        )
    return found


def by_sector(pair_id: int, span: Span) -> Sequence[Share]:
    """Money by sector, as far as it may be told apart in public."""
    query = (
        sa.select(
            Figure.indicator,
            _GROUP,
            _SECTOR,
            Match.buyer_id,
            sa.func.sum(Figure.amount),
        )
        .join(Outcome, Outcome.id == Figure.outcome_id)
        .join(Deal, Deal.id == Outcome.deal_id)
        .join(Match, Match.id == Deal.match_id)
        .where(
            *_counted(pair_id, span),
            Figure.indicator.in_([Indicator.COMMITTED_VALUE, Indicator.DELIVERED_VALUE]),
        )
        .group_by(Figure.indicator, _GROUP, _SECTOR, Match.buyer_id)
    )
    rows = db.session.execute(_with_goods(query))
    return disclosed(_shares(rows))


def _shares(rows: Any) -> list[Share]:
    """One share per sector from (indicator, group, sector, firm, amount)."""
    sums: dict[tuple[str, Indicator], int] = {}
    firms: dict[tuple[str, Indicator], set[int]] = {}
    for indicator, group, sector, buyer_id, amount in rows:
        key = (_sector(group, sector) or "", indicator)
        sums[key] = sums.get(key, 0) + int(amount)
        if amount:
            firms.setdefault(key, set()).add(buyer_id)
    return [
        Share(
            code,
            sums.get((code, Indicator.COMMITTED_VALUE), 0),
            sums.get((code, Indicator.DELIVERED_VALUE), 0),
            frozenset(firms.get((code, Indicator.COMMITTED_VALUE), ())),
            frozenset(firms.get((code, Indicator.DELIVERED_VALUE), ())),
        )
        for code in sorted({code for code, _ in sums})
    ]


def _sector(group: Group | None, sector: Sector | None) -> Sector | None:
    return SECTOR_OF[group] if group else sector


def funnel(pair_id: int, span: Span) -> Funnel:
    """What became of the interests sent in these quarters."""
    answered = sa.and_(Interest.answered_at.is_not(None), Interest.state != InterestState.DECLINED)
    ended = Deal.state.in_([DealState.COMPLETED, DealState.PARTLY_COMPLETED])
    steps = (
        Interest.acknowledged_at.is_not(None),
        answered,
        Match.id.is_not(None),
        Deal.id.is_not(None),
        ended,
    )
    row = db.session.execute(
        sa.select(
            sa.func.count(Interest.id),
            *(sa.func.coalesce(sa.func.sum(sa.case((step, 1), else_=0)), 0) for step in steps),
        )
        .select_from(Interest)
        .outerjoin(Match, Match.interest_id == Interest.id)
        .outerjoin(Deal, Deal.match_id == Match.id)
        .where(Interest.pair_id == pair_id, Interest.sent_at.between(*_moments(span)))
    ).one()
    return Funnel(*(int(n) for n in row))


def deals_by_hand(pair_id: int, span: Span) -> int:
    """Deals of these quarters that officials brought about without an interest sent here."""
    return int(
        db.session.scalar(
            sa.select(sa.func.count(Deal.id))
            .join(Match, Match.id == Deal.match_id)
            .where(
                Deal.pair_id == pair_id,
                Match.interest_id.is_(None),
                Deal.state != DealState.CANCELLED,
                Deal.opened_at.between(*_moments(span)),
            )
        )
        or 0
    )


def _moments(span: Span) -> tuple[datetime, datetime]:
    """The first and the last moment of the span on a Vietnamese clock."""
    start = datetime.combine(span.first.start, time.min, clock.VIETNAM)
    after = datetime.combine(span.last.end + timedelta(days=1), time.min, clock.VIETNAM)
    return start.astimezone(UTC), (after - timedelta(microseconds=1)).astimezone(UTC)


def figures(
    pair_id: int,
    span: Span,
    indicator: Indicator | None = None,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[VerifiedFigure]:
    """The verified figures behind the sums, latest quarter first, each with its evidence."""
    seller, buyer = aliased(Organisation), aliased(Organisation)
    seller_place, buyer_place = aliased(Locality), aliased(Locality)
    query = (
        sa.select(
            Figure.public_id,
            Figure.indicator,
            Figure.period_start,
            Figure.amount,
            Figure.batch,
            Figure.verified_at,
            Deal.id.label("deal_id"),
            Deal.state,
            _listing.c.title,
            _listing.c.is_demonstration,
            (_listing.c.organisation_id == Match.seller_id).label("is_sellers"),
            (_listing.c.audience == Audience.PUBLIC).label("is_public"),
            _GROUP,
            _SECTOR,
            *_face(seller, seller_place, "seller"),
            *_face(buyer, buyer_place, "buyer"),
        )
        .join(Outcome, Outcome.id == Figure.outcome_id)
        .join(Deal, Deal.id == Outcome.deal_id)
        .join(Match, Match.id == Deal.match_id)
        .join(seller, seller.id == Match.seller_id)
        .join(buyer, buyer.id == Match.buyer_id)
        .join(seller_place, seller_place.id == seller.locality_id)
        .join(buyer_place, buyer_place.id == buyer.locality_id)
        .where(*_counted(pair_id, span))
        .order_by(Figure.period_start.desc(), Figure.id.desc())
        .offset(offset)
        .limit(limit)
    )
    if indicator is not None:
        query = query.where(Figure.indicator == indicator)
    rows = db.session.execute(_with_goods(query)).all()
    days = _evidence({row.deal_id for row in rows})
    return [_figure(row, days.get((row.deal_id, row.batch), ())) for row in rows]


def _face(who: Any, place: Any, name: str) -> tuple[Any, ...]:
    return (
        who.name.label(f"{name}_name"),
        who.kind.label(f"{name}_kind"),
        who.is_named_in_public.label(f"{name}_is_named"),
        place.name.label(f"{name}_place"),
    )


def _evidence(deal_ids: set[int]) -> Mapping[tuple[int, int | None], Sequence[date]]:
    """The days of the confirmed instalments, by deal and batch of figures."""
    days: dict[tuple[int, int | None], list[date]] = {}
    if not deal_ids:
        return days
    rows = db.session.execute(
        sa.select(Instalment.deal_id, Instalment.figure_batch, Instalment.happened_on)
        .where(Instalment.deal_id.in_(deal_ids), Instalment.state == InstalmentState.CONFIRMED)
        .order_by(Instalment.happened_on, Instalment.id)
    )
    for deal_id, batch, day in rows:
        days.setdefault((deal_id, batch), []).append(day)
    return days


def _figure(row: Any, days: Sequence[date]) -> VerifiedFigure:
    sector = _sector(row.product_group, row.sector)
    subject: Text | str = N_("Cooperation")
    owner_is_named = row.seller_is_named if row.is_sellers else row.buyer_is_named
    if owner_is_named and row.is_public:
        subject = row.title
    elif row.product_group:
        subject = GROUP_LABELS[row.product_group]
    elif sector:
        subject = SECTOR_LABELS[sector]
    return VerifiedFigure(
        row.public_id,
        row.indicator,
        row.period_start,
        row.amount,
        subject,
        sector,
        _named(row, "seller"),
        _named(row, "buyer"),
        days,
        row.verified_at,
        row.state is DealState.COMPLETED,
        row.is_demonstration,
    )


def _named(row: Any, who: str) -> Text | str:
    """A firm by its agreement, else what it is and where."""
    if getattr(row, f"{who}_is_named"):
        return str(getattr(row, f"{who}_name"))
    return Text(
        N_("%(kind)s in %(place)s"),
        kind=Text(KIND_LABELS[getattr(row, f"{who}_kind")]),
        place=getattr(row, f"{who}_place"),
    )
