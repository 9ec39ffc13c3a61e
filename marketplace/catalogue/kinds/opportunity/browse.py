"""The list of investment opportunities: by sector and village; the nearest closing date first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.catalogue.lists import Choice, ListSpec, Sort, Village
from marketplace.catalogue.models import Listing, photo_address
from marketplace.catalogue.rules import Availability
from marketplace.catalogue.taxonomy import SECTOR_LABELS, Sector
from marketplace.core.i18n import N_

_L = cast("sa.Table", Listing.__table__)
_O = cast("sa.Table", Opportunity.__table__)


class OpportunityCard(NamedTuple):
    """A card of an investment opportunity. Capital in đồng."""

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
    closes_on: date | None
    days_left: int | None
    interest_count: int
    is_paused: bool
    photo: str | None
    photo_alt: str

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"/{Opportunity.section}/{self.slug}-{self.public_id}"

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
        closes_on=row.closes_on,
        days_left=(row.closes_on - now["today"]).days if row.closes_on else None,
        interest_count=row.interest_count,
        is_paused=row.availability is Availability.PAUSED,
        photo=photo[0],
        photo_alt=photo[1],
    )


def _by_closing() -> Sequence[sa.ColumnElement[Any]]:
    """The nearest date first, then those open at all times, then those whose date has passed."""
    passed = _L.c.closes_on < sa.bindparam("today", type_=sa.Date)
    return [
        sa.case((_L.c.closes_on.is_(None), 1), (passed, 2), else_=0),
        _L.c.closes_on,
        _L.c.published_at.desc(),
    ]


SPEC = ListSpec(
    kind="opportunity",
    section=Opportunity.section,
    table=_O,
    facets=(
        Choice("linh-vuc", N_("Sector"), _O.c.sector, SECTOR_LABELS),
        Village(_L.c.village_id),
    ),
    sorts={
        "han": Sort(N_("Closing soonest"), _by_closing),
        "moi": Sort(N_("Newest"), lambda: [_L.c.published_at.desc()]),
        "von": Sort(
            N_("Most capital"),
            lambda: [
                sa.case((_O.c.capital_high.is_(None), 1), else_=0),
                _O.c.capital_high.desc(),
            ],
        ),
        "ten": Sort(N_("Name, A to Z"), lambda: [_L.c.sort_key]),
    },
    columns=(_O.c.sector, _O.c.goal, _O.c.place, _O.c.capital_low, _O.c.capital_high),
    card=_card,
)
