"""The pages of needs."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.rules import OrganisationKind
from marketplace.catalogue.kinds.base import KindPage, Line
from marketplace.catalogue.kinds.need.browse import SPEC
from marketplace.catalogue.kinds.need.form import NeedForm
from marketplace.catalogue.kinds.need.model import PAPER_LABELS, SECTORS, Need, Paper, Seeking
from marketplace.catalogue.rules import AUDIENCE_LABELS
from marketplace.catalogue.taxonomy import (
    COOPERATION_LABELS,
    GROUP_LABELS,
    PERIOD_LABELS,
    SECTOR_LABELS,
)
from marketplace.core import clock, marks
from marketplace.core.i18n import N_, Text
from marketplace.web.formats import day, money, money_short, months_text, quantity, unit_name
from marketplace.web.locale import say


def _labels(listing: Need) -> dict[str, Any]:
    form, closes_on = listing.cooperation, listing.closes_on
    return {
        "group": GROUP_LABELS[listing.group] if listing.group else None,
        "period": PERIOD_LABELS[listing.period] if listing.period else None,
        "papers": [
            PAPER_LABELS[paper] for paper in marks.to_members(tuple(Paper), listing.papers_asked)
        ],
        "sectors": marks.to_members(SECTORS, listing.sectors),
        "sector_names": [
            SECTOR_LABELS[sector] for sector in marks.to_members(SECTORS, listing.sectors)
        ],
        "cooperation": COOPERATION_LABELS[form] if form else None,
        "audience": AUDIENCE_LABELS[listing.audience],
        "days_left": (closes_on - clock.today()).days if closes_on else None,
    }


def _compared(listing: Need) -> list[Line]:
    """What whoever could answer weighs."""
    labels, unit = _labels(listing), listing.unit
    amount, limit = quantity(listing.quantity, unit), money(listing.price_limit)
    asked = [*labels["papers"], *labels["sector_names"]]
    return [
        (N_("Who seeks"), listing.public_owner),
        (N_("Product group"), Text(labels["group"] or "")),
        (N_("Quantity"), f"{amount} {say(labels['period'] or '')}".strip() if amount else ""),
        (N_("Needed"), months_text(listing.months) if listing.months else ""),
        (N_("Highest price"), f"{limit}/{unit_name(unit)}" if limit else ""),
        (N_("Papers and sectors"), ", ".join(say(one) for one in asked)),
        (N_("Capital"), _capital(listing)),
        (N_("Form"), Text(labels["cooperation"] or "")),
        (N_("Place"), listing.place),
        (N_("Closing date"), day(listing.closes_on)),
    ]


def _capital(listing: Need) -> str:
    low, high = money_short(listing.capital_low), money_short(listing.capital_high)
    return low if high in {"", low} else f"{low} – {high}"


def _drawing(listing: Need) -> tuple[str, str]:
    if listing.is_brief:
        sector = listing.economic_sector
        return ("opportunity", sector.value if sector else "metal")
    return ("produce", listing.group.value if listing.group else "vegetables")


PAGE = KindPage(
    form=NeedForm,
    spec=SPEC,
    labels=_labels,
    drawing=_drawing,
    home="catalogue.mine",
    name=N_("Needs of businesses"),
    one=N_("Post a need"),
    ask=N_("Make an offer"),
    post_at="/toi/nhu-cau/moi",
    mine_at="/toi/nhu-cau",
    compared=_compared,
    begins_with=lambda organisation: {
        "seeking": Seeking.INVESTMENT
        if organisation.kind is OrganisationKind.INVESTOR
        else Seeking.GOODS,
        "place": organisation.address or "",
    },
)
