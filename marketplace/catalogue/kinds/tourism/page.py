"""The pages of tourism and typical products."""

from __future__ import annotations

from typing import Any

from marketplace.catalogue.kinds.base import STALL, KindPage, Line
from marketplace.catalogue.kinds.tourism.browse import SPEC
from marketplace.catalogue.kinds.tourism.form import TourismForm
from marketplace.catalogue.kinds.tourism.model import (
    LANGUAGE_LABELS,
    OFFERING_LABELS,
    Language,
    Tourism,
)
from marketplace.core import clock, marks, seasons
from marketplace.core.i18n import N_, Text
from marketplace.web.formats import money, months_text, number, unit_name
from marketplace.web.locale import say


def _labels(listing: Tourism) -> dict[str, Any]:
    spoken = marks.to_members(tuple(Language), listing.languages)
    return {
        "offering": OFFERING_LABELS[listing.offering] if listing.offering else None,
        "languages": [LANGUAGE_LABELS[language] for language in spoken],
        "in_season": seasons.in_season(listing.months, clock.today().month),
    }


def _compared(listing: Tourism) -> list[Line]:
    """What a hotel or travel business weighs."""
    labels = _labels(listing)
    price = money(listing.price)
    return [
        (N_("What it is"), Text(labels["offering"] or "")),
        (N_("Price"), f"{price}/{unit_name(listing.unit)}" if price else ""),
        (N_("Room for"), number(listing.capacity)),
        (
            N_("Months in which it can be had"),
            months_text(listing.months) if listing.months else "",
        ),
        (N_("How long it takes"), listing.duration),
        (
            N_("Languages of the guides"),
            ", ".join(say(language) for language in labels["languages"]),
        ),
        (N_("Included"), listing.included),
        (N_("Cancelling"), listing.cancellation),
        (N_("Place"), listing.village.name if listing.village else listing.place),
        (N_("Who offers it"), listing.organisation.name),
    ]


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
    compared=_compared,
    begins_with=lambda organisation: {"village_id": organisation.village_id},
)
