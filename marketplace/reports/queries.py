"""Reading results: sums of verified figures, and what stands behind each of them.

Money in đồng, weight in grams. Only verified figures count; instalments are their evidence and
are never added as well (decisions page 5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from marketplace.accounts.models import Locality, Organisation
from marketplace.accounts.rules import KIND_LABELS
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.rules import Audience
from marketplace.catalogue.taxonomy import GROUP_LABELS, SECTOR_LABELS, Sector, sector_of
from marketplace.core import clock
from marketplace.core.dates import Period
from marketplace.core.db import db
from marketplace.core.i18n import N_, Text
from marketplace.core.shelf import Shelf
from marketplace.deals.models import Deal, Figure, Instalment, Outcome
from marketplace.deals.rules import DealState, Indicator, InstalmentState
from marketplace.interests.models import Interest
from marketplace.interests.rules import InterestState
from marketplace.matching.models import Match
from marketplace.programme.models import Pair
from marketplace.reports import tally
from marketplace.reports.disclosure import Share, disclosed
from marketplace.reports.rules import MONEY, Span, widest_span


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

    ``deals`` counts the matches that became deals and were not called off, with those that
    officials brought about: the results page tells the same deals in two parts.
    """
    pair = db.session.get_one(Pair, pair_id)
    sums = totals(pair_id)
    deals = db.session.scalar(
        sa.select(sa.func.count(Deal.id)).where(Deal.pair_id == pair_id, _STANDS)
    )
    return Headline(
        produce=catalogue.count_public(pair, "produce"),
        opportunities=catalogue.count_public(pair, "opportunity"),
        deals=int(deals or 0),
        committed=sums[Indicator.COMMITTED_VALUE],
        delivered=sums[Indicator.DELIVERED_VALUE],
        weight=sums[Indicator.DELIVERED_WEIGHT],
    )


_STANDS = Deal.state != DealState.CANCELLED
"""What counts as a deal wherever deals are counted: one that was not called off."""


def widest(pair: Pair) -> Span:
    """From the signing, or the first verified figure if that is earlier, until now."""
    first = min((one.period_start for one in tally.of_pair(pair.id)), default=pair.signed_on)
    return widest_span(min(pair.signed_on, first), clock.today())


def totals(pair_id: int, span: Span | None = None) -> dict[Indicator, int]:
    """The sum of every indicator's verified figures, 0 where there are none."""
    found = tally.by_indicator(tally.of_pair(pair_id, span))
    return {indicator: amount for indicator, (amount, _number) in found.items()}


def counts(pair_id: int, span: Span) -> dict[Indicator, int]:
    """How many verified figures stand behind each sum."""
    found = tally.by_indicator(tally.of_pair(pair_id, span))
    return {indicator: number for indicator, (_amount, number) in found.items()}


def demonstrations(pair_id: int, span: Span) -> int:
    """How many of the verified figures come from demonstration data."""
    return sum(one.number for one in tally.of_pair(pair_id, span) if one.is_demonstration)


def by_quarter(pair_id: int, span: Span) -> Sequence[Quarter]:
    """Every quarter of the span, those without a figure as well."""
    sums = Counter[tuple[date, Indicator]]()
    for one in tally.of_pair(pair_id, span):
        sums[one.period_start, one.indicator] += one.amount
    found: list[Quarter] = []
    committed = delivered = 0
    for period in span.quarters:
        of = {indicator: sums[period.start, indicator] for indicator in Indicator}
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
    return disclosed(_shares(tally.of_pair(pair_id, span)))


def _shares(rows: Sequence[tally.Sum]) -> list[Share]:
    sums = Counter[tuple[str, Indicator]]()
    firms: dict[tuple[str, Indicator], set[int]] = {}
    for one in rows:
        if one.indicator in MONEY:
            key = (one.sector or "", one.indicator)
            sums[key] += one.amount
            if one.amount:
                firms.setdefault(key, set()).add(one.buyer_id)
    return [
        Share(
            code,
            sums[code, Indicator.COMMITTED_VALUE],
            sums[code, Indicator.DELIVERED_VALUE],
            frozenset(firms.get((code, Indicator.COMMITTED_VALUE), ())),
            frozenset(firms.get((code, Indicator.DELIVERED_VALUE), ())),
        )
        for code in sorted({code for code, _ in sums})
    ]


def funnel(pair_id: int, span: Span) -> Funnel:
    """What became of the interests sent in these quarters; kept while nothing changes."""
    return Shelf().keep(("funnel", pair_id, span), lambda: _funnel(pair_id, span))


def _funnel(pair_id: int, span: Span) -> Funnel:
    answered = sa.and_(Interest.answered_at.is_not(None), Interest.state != InterestState.DECLINED)
    ended = Deal.state.in_([DealState.COMPLETED, DealState.PARTLY_COMPLETED])
    steps = (
        Interest.acknowledged_at.is_not(None),
        answered,
        Match.id.is_not(None),
        _STANDS,
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
        .where(
            Interest.pair_id == pair_id,
            Interest.state != InterestState.DRAFT,
            Interest.sent_at.between(*_moments(span)),
        )
    ).one()
    return Funnel(*(int(n) for n in row))


def deals_by_hand(pair_id: int, span: Span) -> int:
    """Deals of these quarters that officials brought about without an interest sent here."""

    def load() -> int:
        found = db.session.scalar(
            sa.select(sa.func.count(Deal.id))
            .join(Match, Match.id == Deal.match_id)
            .where(
                Deal.pair_id == pair_id,
                Match.interest_id.is_(None),
                _STANDS,
                Deal.opened_at.between(*_moments(span)),
            )
        )
        return int(found or 0)

    return Shelf().keep(("deals by hand", pair_id, span), load)


def _moments(span: Span) -> tuple[datetime, datetime]:
    """The first and the last moment of the span on a Vietnamese clock."""
    start = datetime.combine(span.first.start, time.min, clock.VIETNAM)
    after = datetime.combine(span.last.end + timedelta(days=1), time.min, clock.VIETNAM)
    return start.astimezone(UTC), (after - timedelta(microseconds=1)).astimezone(UTC)


_SELLER, _BUYER = aliased(Organisation), aliased(Organisation)
_SELLER_PLACE, _BUYER_PLACE = aliased(Locality), aliased(Locality)


def _face(who: Any, place: Any, name: str) -> tuple[Any, ...]:
    return (
        who.name.label(f"{name}_name"),
        who.kind.label(f"{name}_kind"),
        who.is_named_in_public.label(f"{name}_is_named"),
        place.name.label(f"{name}_place"),
    )


_FIGURES = tally.with_goods(
    sa.select(
        Figure.public_id,
        Figure.indicator,
        Figure.period_start,
        Figure.amount,
        Figure.batch,
        Figure.verified_at,
        Deal.id.label("deal_id"),
        Deal.state,
        tally.LISTING.c.title,
        tally.LISTING.c.is_demonstration,
        (tally.LISTING.c.organisation_id == Match.seller_id).label("is_sellers"),
        (tally.LISTING.c.audience == Audience.PUBLIC).label("is_public"),
        tally.GROUP,
        tally.SECTOR,
        *_face(_SELLER, _SELLER_PLACE, "seller"),
        *_face(_BUYER, _BUYER_PLACE, "buyer"),
    )
    .join(Outcome, Outcome.id == Figure.outcome_id)
    .join(Deal, Deal.id == Outcome.deal_id)
    .join(Match, Match.id == Deal.match_id)
    .join(_SELLER, _SELLER.id == Match.seller_id)
    .join(_BUYER, _BUYER.id == Match.buyer_id)
    .join(_SELLER_PLACE, _SELLER_PLACE.id == _SELLER.locality_id)
    .join(_BUYER_PLACE, _BUYER_PLACE.id == _BUYER.locality_id)
).order_by(Figure.period_start.desc(), Figure.id.desc())


def figures(
    pair_id: int,
    span: Span,
    indicator: Indicator | None = None,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[VerifiedFigure]:
    """The verified figures behind the sums, latest quarter first, each with its evidence.

    Kept while nothing changes, unless all of them are asked for.
    """

    def load() -> Sequence[VerifiedFigure]:
        query = _FIGURES.where(*tally.counted(pair_id, span)).offset(offset).limit(limit)
        if indicator is not None:
            query = query.where(Figure.indicator == indicator)
        rows = db.session.execute(query).all()
        days = _evidence({row.deal_id for row in rows})
        return [_figure(row, days.get((row.deal_id, row.batch), ())) for row in rows]

    key = ("figures", pair_id, span, indicator, offset, limit)
    return load() if limit is None else Shelf().keep(key, load)


def _evidence(deal_ids: set[int]) -> Mapping[tuple[int, int | None], Sequence[date]]:
    """The days of the confirmed instalments of which anything was taken, by deal and batch."""
    days: dict[tuple[int, int | None], list[date]] = {}
    if not deal_ids:
        return days
    rows = db.session.execute(
        sa.select(Instalment.deal_id, Instalment.figure_batch, Instalment.happened_on)
        .where(
            Instalment.deal_id.in_(deal_ids),
            Instalment.state == InstalmentState.CONFIRMED,
            Instalment.is_taken,
        )
        .order_by(Instalment.happened_on, Instalment.id)
    )
    for deal_id, batch, day in rows:
        days.setdefault((deal_id, batch), []).append(day)
    return days


def _figure(row: Any, days: Sequence[date]) -> VerifiedFigure:
    sector = sector_of(row.product_group, row.sector)
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
