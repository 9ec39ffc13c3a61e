"""The list of needs: by goods or investment, group, sector, month and paper; the newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from marketplace.catalogue.kinds.need.model import PAPER_LABELS, Need, Seeking
from marketplace.catalogue.lists import Choice, ListSpec, Months, Several, Sort
from marketplace.catalogue.models import Listing, listing_address, photo_address, unnamed
from marketplace.catalogue.rules import Audience, Availability
from marketplace.catalogue.taxonomy import (
    COOPERATION_LABELS,
    GROUP_LABELS,
    GROUP_TREE,
    SECTOR_LABELS,
    Group,
    Period,
)
from marketplace.core.i18n import N_, Text
from marketplace.core.quantity import Unit

_L = cast("sa.Table", Listing.__table__)
_N = cast("sa.Table", Need.__table__)


class NeedCard(NamedTuple):
    """A card of a need. Money in đồng, ``quantity`` in thousandths of the unit."""

    id: int
    public_id: str
    slug: str
    title: str
    seeking: Seeking
    group: Group | None
    owner: Text | str
    quantity: int | None
    unit: Unit | None
    period: Period | None
    months: int
    papers_asked: int
    price_limit: int | None
    place: str
    sectors: int
    capital_low: int | None
    capital_high: int | None
    closes_on: date | None
    days_left: int | None
    offers: int
    audience: Audience
    is_paused: bool
    photo: str | None
    photo_alt: str

    @property
    def url(self) -> str:
        """The address of its page."""
        return listing_address(Need.section, self.slug, self.public_id)

    @property
    def photo_url(self) -> str | None:
        """The address of its first photo in card size."""
        return photo_address(self.photo, "card") if self.photo else None


def _card(row: Any, photo: tuple[str | None, str], now: Mapping[str, Any]) -> NeedCard:
    return NeedCard(
        id=row.id,
        public_id=row.public_id,
        slug=row.slug,
        title=row.title,
        seeking=row.seeking,
        group=row.product_group,
        owner=row.seller if row.seller_is_named else unnamed(row.seller_kind, row.seller_place),
        quantity=row.quantity,
        unit=row.unit,
        period=row.period,
        months=row.months,
        papers_asked=row.papers_asked,
        price_limit=row.price_limit,
        place=row.place,
        sectors=row.sectors,
        capital_low=row.capital_low,
        capital_high=row.capital_high,
        closes_on=row.closes_on,
        days_left=(row.closes_on - now["today"]).days if row.closes_on else None,
        offers=row.interest_count,
        audience=row.audience,
        is_paused=row.availability is Availability.PAUSED,
        photo=photo[0],
        photo_alt=photo[1],
    )


def _by_closing() -> Sequence[sa.ColumnElement[Any]]:
    """The nearest last day first, then those open at all times."""
    return [
        sa.case((_L.c.closes_on.is_(None), 1), else_=0),
        _L.c.closes_on,
        _L.c.published_at.desc(),
    ]


SOUGHT = {Seeking.GOODS: N_("Wants to buy"), Seeking.INVESTMENT: N_("Wants to invest")}

SPEC = ListSpec(
    kind="need",
    section=Need.section,
    table=_N,
    facets=(
        Choice("loai", N_("Buying or investing"), _N.c.seeking, SOUGHT),
        Choice(
            "nhom",
            N_("Product group"),
            _N.c.product_group,
            {group: GROUP_LABELS[group] for branch in GROUP_TREE for group in branch.groups},
            {branch.code: branch.groups for branch in GROUP_TREE},
        ),
        Months("thang", N_("Months in which it is needed"), _N.c.months),
        Several("giay", N_("Papers asked for"), _N.c.papers_asked, PAPER_LABELS),
        Several("linh-vuc", N_("Sector"), _N.c.sectors, SECTOR_LABELS),
        Choice("hinh-thuc", N_("Form of cooperation"), _N.c.cooperation, COOPERATION_LABELS),
    ),
    sorts={
        "moi": Sort(N_("Newest"), lambda: [_L.c.published_at.desc()]),
        "han": Sort(N_("Closing soonest"), _by_closing),
        "ten": Sort(N_("Name, A to Z"), lambda: [_L.c.sort_key], lets_sink=False),
    },
    columns=(
        _L.c.audience,
        _N.c.seeking,
        _N.c.product_group,
        _N.c.quantity,
        _N.c.unit,
        _N.c.period,
        _N.c.months,
        _N.c.papers_asked,
        _N.c.price_limit,
        _N.c.place,
        _N.c.sectors,
        _N.c.capital_low,
        _N.c.capital_high,
    ),
    card=_card,
    has_audiences=True,
    views=("danh-sach", "lich"),
    folded=frozenset({"linh-vuc", "hinh-thuc"}),
    akin=lambda listing: {
        "nhom": listing.group,
        "linh-vuc": listing.sectors,
        "thang": listing.months,
    },
)
