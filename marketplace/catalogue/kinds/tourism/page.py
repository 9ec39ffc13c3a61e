"""The pages of tourism and typical products."""

from __future__ import annotations

from typing import Any

from marketplace.catalogue.kinds.base import STALL, KindPage
from marketplace.catalogue.kinds.tourism.browse import SPEC
from marketplace.catalogue.kinds.tourism.form import TourismForm
from marketplace.catalogue.kinds.tourism.model import (
    LANGUAGE_LABELS,
    OFFERING_LABELS,
    Language,
    Tourism,
)
from marketplace.core import clock, marks, seasons
from marketplace.core.i18n import N_


def _labels(listing: Tourism) -> dict[str, Any]:
    spoken = marks.to_members(tuple(Language), listing.languages)
    return {
        "offering": OFFERING_LABELS[listing.offering] if listing.offering else None,
        "languages": [LANGUAGE_LABELS[language] for language in spoken],
        "in_season": seasons.in_season(listing.months, clock.today().month),
    }


PAGE = KindPage(
    form=TourismForm,
    spec=SPEC,
    labels=_labels,
    drawing=lambda listing: ("opportunity", listing.sector.value if listing.sector else "water"),
    home=STALL,
    name=N_("Tourism and specialities"),
    one=N_("Post something for visitors"),
    ask=N_("Ask for a date"),
    post_at="/ban-hang/dang-du-lich",
    begins_with=lambda organisation: {"village_id": organisation.village_id},
)
