"""The list of tourism and typical products: by what it is, month, language and village."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from marketplace.accounts.rules import KIND_LABELS, PRODUCERS, OrganisationKind
from marketplace.catalogue.kinds.tourism.model import (
    LANGUAGE_LABELS,
    OFFERING_LABELS,
    Offering,
    Tourism,
)
from marketplace.catalogue.lists import (
    Bands,
    Choice,
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
from marketplace.catalogue.rules import Availability
from marketplace.core import seasons
from marketplace.core.i18n import N_, Text
from marketplace.core.quantity import Unit
from marketplace.roads.rules import Condition

_L = cast("sa.Table", Listing.__table__)
_T = cast("sa.Table", Tourism.__table__)


class TourismCard(NamedTuple):
    """A card. Price in đồng, sizes in people."""

    id: int
    public_id: str
    slug: str
    title: str
    offering: Offering | None
    seller: str
    village: str | None
    place: str
    price: int | None
    unit: Unit | None
    capacity: int | None
    months: int
    in_season: bool
    is_paused: bool
    photo: str | None
    photo_alt: str
    road: Condition | None = None
    """How bad the road of its village is, where guests may not get through as usual."""

    @property
    def url(self) -> str:
        """The address of its page."""
        return listing_address(Tourism.section, self.slug, self.public_id)

    @property
    def photo_url(self) -> str | None:
        """The address of its first photo in card size."""
        return photo_address(self.photo, "card") if self.photo else None


def _card(row: Any, photo: tuple[str | None, str], now: Mapping[str, Any]) -> TourismCard:
    return TourismCard(
        id=row.id,
        public_id=row.public_id,
        slug=row.slug,
        title=row.title,
        offering=row.offering,
        seller=row.seller,
        village=row.village,
        place=row.place,
        price=row.price,
        unit=row.unit,
        capacity=row.capacity,
        months=row.months,
        in_season=seasons.in_season(row.months, now["today"].month),
        is_paused=row.availability is Availability.PAUSED,
        photo=photo[0],
        photo_alt=photo[1],
    )


PRICES = (100_000, 300_000, 500_000, 1_000_000)
"""Where the bands of prices meet, in đồng for what the price is for."""
ROOM = (5, 10, 20, 40)
"""Thresholds of how many people there is room for."""

SPEC = ListSpec(
    kind="tourism",
    section=Tourism.section,
    table=_T,
    facets=(
        Choice("hinh-thuc", N_("What it is"), _T.c.offering, OFFERING_LABELS),
        Months("thang", N_("Months in which it can be had"), _T.c.months),
        Several("tieng", N_("Languages of the guides"), _T.c.languages, LANGUAGE_LABELS),
        Village(_L.c.village_id),
        Bands(
            "cho",
            N_("Room for"),
            mask_of(sa.func.coalesce(_T.c.capacity, 0) >= people for people in ROOM),
            {str(people): Text(N_("%(count)s people or more"), count=people) for people in ROOM},
        ),
        Bands(
            "gia",
            N_("Price"),
            price_bands(_T.c.price, _T.c.price, PRICES),
            price_labels(PRICES),
        ),
        Choice(
            "ben-ban",
            N_("Who offers it"),
            kind_of_owner(_L),
            {kind: KIND_LABELS[kind] for kind in OrganisationKind if kind in PRODUCERS},
        ),
    ),
    sorts={
        "moi": Sort(N_("Newest"), lambda: [_L.c.published_at.desc()]),
        "gia": Sort(
            N_("Lowest price"),
            lambda: [sa.case((_T.c.price.is_(None), 1), else_=0), _T.c.price],
        ),
        "ten": Sort(N_("Name, A to Z"), lambda: [_L.c.sort_key], lets_sink=False),
    },
    columns=(
        _T.c.offering,
        _T.c.place,
        _T.c.price,
        _T.c.unit,
        _T.c.capacity,
        _T.c.months,
    ),
    card=_card,
    views=("danh-sach", "lich", "ban-do"),
    folded=frozenset({"cho", "gia", "ben-ban"}),
    akin=lambda listing: {
        "hinh-thuc": listing.offering,
        "thang": listing.months,
        "thon": listing.village_id,
    },
)
