"""The list of investment opportunities: by sector, form, capital and village.

The nearest closing date stands first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from marketplace.catalogue import applications
from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.catalogue.kinds.opportunity.terms import RATES, CapitalKind
from marketplace.catalogue.lists import Bands, Choice, ListSpec, Sort, Village, mask_of
from marketplace.catalogue.models import Listing, listing_address, photo_address
from marketplace.catalogue.rules import Availability
from marketplace.catalogue.taxonomy import COOPERATION_LABELS, SECTOR_LABELS, Sector
from marketplace.core.i18n import N_
from marketplace.roads.rules import Condition

_L = cast("sa.Table", Listing.__table__)
_O = cast("sa.Table", Opportunity.__table__)


BILLION = 10**9
BANDS = (
    ("duoi-1", N_("Below 1 billion đồng"), 0, BILLION),
    ("1-5", N_("1 to 5 billion đồng"), BILLION, 5 * BILLION),
    ("5-20", N_("5 to 20 billion đồng"), 5 * BILLION, 20 * BILLION),
    ("tren-20", N_("20 billion đồng or more"), 20 * BILLION, None),
)
"""Bands of capital in all: code, words, from (included) and to (not included), in đồng."""
OTHERWISE = ("cach-khac", N_("Stated per hectare or in US dollars"))
UNSTATED = ("chua-neu", N_("Not stated"))


def _bands() -> sa.ColumnElement[int]:
    """A mask of the bands an opportunity's capital reaches into; nothing is converted for it."""
    is_total = _O.c.capital_kind == CapitalKind.TOTAL
    stated = sa.or_(_O.c.capital_low.is_not(None), _O.c.usd_low.is_not(None))
    return mask_of(
        [
            *(
                sa.and_(
                    is_total,
                    _O.c.capital_high >= low,
                    sa.true() if high is None else _O.c.capital_low < high,
                )
                for _code, _label, low, high in BANDS
            ),
            sa.and_(stated, _O.c.capital_kind != CapitalKind.TOTAL),
            sa.not_(stated),
        ]
    )


_TOTAL = sa.case((_O.c.capital_kind == CapitalKind.TOTAL, _O.c.capital_high), else_=None)


class OpportunityCard(NamedTuple):
    """A card of an investment opportunity. Capital in đồng, or in US dollars.

    ``closes_on`` is the last day of applications, its own or that of a selection; ``is_taking``
    says whether any is taken still, as far as that was decided.
    """

    id: int
    public_id: str
    slug: str
    title: str
    sector: Sector | None
    goal: str
    village: str | None
    place: str
    capital_low: int | None
    capital_high: int | None
    usd_low: int | None
    usd_high: int | None
    is_rate: bool
    closes_on: date | None
    days_left: int | None
    is_taking: bool
    interest_count: int
    is_paused: bool
    photo: str | None
    photo_alt: str
    road: Condition | None = None
    """How bad the road of its village is, where goods may not get through as usual."""

    @property
    def url(self) -> str:
        """The address of its page."""
        return listing_address(Opportunity.section, self.slug, self.public_id)

    @property
    def photo_url(self) -> str | None:
        """The address of its first photo in card size."""
        return photo_address(self.photo, "card") if self.photo else None


def _card(row: Any, photo: tuple[str | None, str], now: Mapping[str, Any]) -> OpportunityCard:
    return OpportunityCard(
        id=row.id,
        public_id=row.public_id,
        slug=row.slug,
        title=row.title,
        sector=row.sector,
        goal=row.goal,
        village=row.village,
        place=row.place,
        capital_low=row.capital_low,
        capital_high=row.capital_high,
        usd_low=row.usd_low,
        usd_high=row.usd_high,
        is_rate=row.capital_kind in RATES,
        closes_on=row.last_day,
        days_left=(row.last_day - now["today"]).days if row.last_day else None,
        is_taking=not row.is_closed,
        interest_count=row.interest_count,
        is_paused=row.availability is Availability.PAUSED,
        photo=photo[0],
        photo_alt=photo[1],
    )


def _by_closing() -> Sequence[sa.ColumnElement[Any]]:
    """The nearest date first, then those open at all times, then those nobody can apply for."""
    last_day = applications.last_day(_L)
    passed = last_day < sa.bindparam("today", type_=sa.Date)
    return [
        sa.case((sa.or_(applications.is_closed(_L), passed), 2), (last_day.is_(None), 1), else_=0),
        last_day,
        _L.c.published_at.desc(),
    ]


def _applications() -> Sequence[sa.ColumnElement[Any]]:
    """Until when one may apply, as the features above have declared by the first question."""
    return [
        applications.last_day(_L).label("last_day"),
        applications.is_closed(_L).label("is_closed"),
    ]


SPEC = ListSpec(
    kind="opportunity",
    section=Opportunity.section,
    table=_O,
    facets=(
        Choice("linh-vuc", N_("Sector"), _O.c.sector, SECTOR_LABELS),
        Choice("hinh-thuc", N_("Form of cooperation"), _O.c.cooperation, COOPERATION_LABELS),
        Bands(
            "von",
            N_("Capital sought"),
            _bands(),
            {code: label for code, label, *_ in (*BANDS, OTHERWISE, UNSTATED)},
        ),
        Village(_L.c.village_id),
    ),
    sorts={
        "han": Sort(N_("Closing soonest"), _by_closing),
        "moi": Sort(N_("Newest"), lambda: [_L.c.published_at.desc()]),
        "von": Sort(
            N_("Most capital"),
            lambda: [
                sa.case((_TOTAL.is_(None), 1), else_=0),
                _TOTAL.desc(),
            ],
        ),
        "ten": Sort(N_("Name, A to Z"), lambda: [_L.c.sort_key], lets_sink=False),
    },
    columns=(
        _O.c.sector,
        _O.c.goal,
        _O.c.place,
        _O.c.capital_kind,
        _O.c.capital_low,
        _O.c.capital_high,
        _O.c.usd_low,
        _O.c.usd_high,
    ),
    declared=_applications,
    card=_card,
    views=("danh-sach", "ban-do"),
    akin=lambda listing: {
        "linh-vuc": listing.sector,
        "thon": listing.village_id,
        "hinh-thuc": listing.cooperation,
    },
)
