"""The list of produce: its filters and orders; the nearest harvest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from marketplace.accounts.rules import KIND_LABELS, PRODUCERS, OrganisationKind
from marketplace.catalogue.kinds.produce.model import Produce, ProduceDelivery
from marketplace.catalogue.kinds.produce.terms import FREIGHT_LABELS
from marketplace.catalogue.lists import (
    Bands,
    Choice,
    Held,
    ListSpec,
    Months,
    Several,
    Sort,
    Village,
    kind_of_owner,
    mask_of,
    price_bands,
    price_labels,
)
from marketplace.catalogue.models import Listing, listing_address, photo_address
from marketplace.catalogue.proof.covering import certificates, is_shut, safety
from marketplace.catalogue.proof.held import CERTIFICATES, PAPERS, code_of
from marketplace.catalogue.proof.safety import SAFETY_LABELS, Safety
from marketplace.catalogue.rules import STALE_AFTER, Availability
from marketplace.catalogue.taxonomy import GROUP_LABELS, GROUP_TREE, Group, PriceKind
from marketplace.core import seasons
from marketplace.core.i18n import N_, Text
from marketplace.core.quantity import SCALE, UNITS, Amount, Dimension, Unit
from marketplace.papers.types import TYPES
from marketplace.roads.rules import Condition

_L = cast("sa.Table", Listing.__table__)
_P = cast("sa.Table", Produce.__table__)
_D = cast("sa.Table", ProduceDelivery.__table__)
HOLDING = SAFETY_LABELS[Safety.PAPERS]


class ProduceCard(NamedTuple):
    """A card of produce. Money in đồng, ``left`` in thousandths of the unit."""

    id: int
    public_id: str
    slug: str
    title: str
    group: Group | None
    seller: str
    village: str | None
    unit: Unit | None
    price_kind: PriceKind | None
    price_low: int | None
    price_high: int | None
    left: int
    months: int
    confirmed_on: date | None
    is_paused: bool
    is_stale: bool
    in_season: bool
    safety: Safety | None
    is_shut: bool
    photo: str | None
    photo_alt: str
    road: Condition | None = None
    """How bad the road of its village is, where goods may not get through as usual."""

    @property
    def url(self) -> str:
        """The address of its page."""
        return listing_address(Produce.section, self.slug, self.public_id)

    @property
    def photo_url(self) -> str | None:
        """The address of its first photo in card size."""
        return photo_address(self.photo, "card") if self.photo else None


def _card(row: Any, photo: tuple[str | None, str], now: Mapping[str, Any]) -> ProduceCard:
    confirmed = row.quantity_confirmed_on
    return ProduceCard(
        id=row.id,
        public_id=row.public_id,
        slug=row.slug,
        title=row.title,
        group=row.product_group,
        seller=row.seller,
        village=row.village,
        unit=row.unit,
        price_kind=row.price_kind,
        price_low=row.price_low,
        price_high=row.price_high,
        left=max(0, (row.quantity or 0) - row.promised),
        months=row.months,
        confirmed_on=confirmed,
        is_paused=row.availability is Availability.PAUSED,
        is_stale=confirmed is not None and confirmed < now["today"] - STALE_AFTER,
        in_season=seasons.in_season(row.months, now["today"].month),
        safety=Safety(row.safety) if row.safety else None,
        is_shut=bool(row.is_shut),
        photo=photo[0],
        photo_alt=photo[1],
    )


def _by_season() -> Sequence[sa.ColumnElement[Any]]:
    """The sooner it can be delivered from this month on, the earlier.

    The year is turned so that this month is bit 0; the lowest bit of the season is then how far
    away it is. No season at all stands last.
    """
    past = sa.bindparam("past", type_=sa.Integer)
    ahead = sa.bindparam("ahead", type_=sa.Integer)
    turned = (
        _P.c.months.bitwise_rshift(past)
        .bitwise_or(_P.c.months.bitwise_lshift(ahead))
        .bitwise_and(sa.literal(seasons.FULL_YEAR, sa.Integer))
    )
    nearest = turned.bitwise_and(-turned)
    return [
        sa.case((_P.c.months == 0, seasons.FULL_YEAR + 1), else_=nearest),
        _L.c.published_at.desc(),
    ]


def _by_quantity() -> Sequence[sa.ColumnElement[Any]]:
    """The most first, weights in the same unit."""
    factor = sa.case({unit: facts.factor for unit, facts in UNITS.items()}, value=_P.c.unit)
    return [((sa.func.coalesce(_P.c.quantity, 0) - _P.c.promised) * factor).desc()]


def _stale_last() -> Sequence[sa.ColumnElement[Any]]:
    """A quantity nobody confirmed for long sinks (decisions page 34)."""
    stale = _P.c.quantity_confirmed_on < sa.bindparam("fresh_since", type_=sa.Date)
    return [sa.case((stale, 1), else_=0)]


AT_LEAST = (10, 50, 100, 500, 1000)
"""Thresholds of what is left, in kilograms; goods sold by the litre or the piece have none."""
PRICES = (50_000, 100_000, 200_000, 500_000)
"""Where the bands of prices meet, in đồng for a kilogram, litre or piece."""
MARKET = "thi-truong"


def _left() -> sa.ColumnElement[int]:
    """A mask of the thresholds reached by what can still be promised."""
    factor = sa.case({unit: UNITS[unit].factor for unit in _WEIGHED}, value=_P.c.unit, else_=0)
    left = (sa.func.coalesce(_P.c.quantity, 0) - _P.c.promised) * factor
    gram = SCALE  # a quantity is in thousandths, so grams are as well
    return mask_of(left >= kilograms * 1000 * gram for kilograms in AT_LEAST)


_WEIGHED = [unit for unit, facts in UNITS.items() if facts.dimension is Dimension.MASS]


def _prices() -> sa.ColumnElement[int]:
    """A mask of the bands a price reaches into; weights count by the kilogram."""
    in_kilograms = {unit: UNITS[unit].factor // 1000 for unit in _WEIGHED}
    units = sa.case(in_kilograms, value=_P.c.unit, else_=1)
    return price_bands(
        _P.c.price_low, sa.func.coalesce(_P.c.price_high, _P.c.price_low), PRICES, units
    ) + sa.case((_P.c.price_kind == PriceKind.MARKET, 1 << (len(PRICES) + 1)), else_=0)


def _freights() -> sa.ColumnElement[int]:
    """A mask of who pays the way to the places a listing is delivered to."""
    order = {freight: 1 << at for at, freight in enumerate(FREIGHT_LABELS)}
    bit = sa.case(order, value=_D.c.freight, else_=0)
    found = sa.select(sa.func.sum(sa.distinct(bit))).where(_D.c.listing_id == _P.c.id)
    return sa.func.coalesce(found.correlate(_P).scalar_subquery(), 0)


SPEC = ListSpec(
    kind="produce",
    section=Produce.section,
    table=_P,
    facets=(
        Choice(
            "nhom",
            N_("Product group"),
            _P.c.product_group,
            {group: GROUP_LABELS[group] for branch in GROUP_TREE for group in branch.groups},
            {branch.code: branch.groups for branch in GROUP_TREE},
        ),
        Months("thang", N_("Months with goods"), _P.c.months),
        Held(
            PAPERS,
            N_("Papers"),
            certificates(_L, _P.c.product_group),
            "con-han",
            HOLDING,
            {code_of(kind): TYPES[kind].short for kind in CERTIFICATES},
        ),
        Village(_L.c.village_id),
        Choice(
            "ben-ban",
            N_("Who sells"),
            kind_of_owner(_L),
            {kind: KIND_LABELS[kind] for kind in OrganisationKind if kind in PRODUCERS},
        ),
        Bands(
            "it-nhat",
            N_("Quantity at least (goods sold by weight)"),
            _left(),
            {
                str(n): Text(N_("%(amount)s or more"), amount=Amount(n * SCALE, Unit.KG))
                for n in AT_LEAST
            },
        ),
        Bands(
            "gia",
            N_("Price for a kg, litre or piece"),
            _prices(),
            price_labels(PRICES) | {MARKET: N_("Market price on the day")},
        ),
        Several("giao", N_("Delivery: who pays the way"), _freights(), FREIGHT_LABELS),
    ),
    sorts={
        "mua-vu": Sort(N_("Nearest harvest"), _by_season),
        "moi": Sort(N_("Newest"), lambda: [_L.c.published_at.desc()]),
        "gia": Sort(
            N_("Lowest price"),
            lambda: [sa.case((_P.c.price_low.is_(None), 1), else_=0), _P.c.price_low],
        ),
        "luong": Sort(N_("Largest quantity"), _by_quantity),
        "ten": Sort(N_("Name, A to Z"), lambda: [_L.c.sort_key], lets_sink=False),
    },
    columns=(
        _P.c.product_group,
        _P.c.unit,
        _P.c.price_kind,
        _P.c.price_low,
        _P.c.price_high,
        _P.c.quantity,
        _P.c.promised,
        _P.c.months,
        _P.c.quantity_confirmed_on,
        safety(_L, _P.c.product_group).label("safety"),
        is_shut(_L, _P.c.product_group).label("is_shut"),
    ),
    card=_card,
    sinks=_stale_last,
    views=("danh-sach", "lich", "ban-do"),
    folded=frozenset({"ben-ban", "it-nhat", "gia", "giao"}),
    akin=lambda listing: {
        "nhom": listing.group,
        "thang": listing.months,
        "thon": listing.village_id,
    },
)
