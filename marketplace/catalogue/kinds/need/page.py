"""The pages of needs."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.rules import OrganisationKind
from marketplace.catalogue.kinds.base import KindPage
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
from marketplace.core.i18n import N_


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
    begins_with=lambda organisation: {
        "seeking": Seeking.INVESTMENT
        if organisation.kind is OrganisationKind.INVESTOR
        else Seeking.GOODS,
        "place": organisation.address or "",
    },
)
