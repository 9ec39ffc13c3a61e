"""The pages of produce."""

from __future__ import annotations

from typing import Any

from marketplace.catalogue.kinds.base import KindPage
from marketplace.catalogue.kinds.produce.browse import SPEC
from marketplace.catalogue.kinds.produce.form import ProduceForm
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.taxonomy import GROUP_LABELS, ORIGIN_LABELS
from marketplace.core import clock, seasons
from marketplace.core.i18n import N_


def _labels(listing: Produce) -> dict[str, Any]:
    return {
        "group": GROUP_LABELS[listing.group] if listing.group else None,
        "origin": ORIGIN_LABELS[listing.origin] if listing.origin else None,
        "in_season": seasons.in_season(listing.months, clock.today().month),
    }


PAGE = KindPage(
    form=ProduceForm,
    spec=SPEC,
    labels=_labels,
    drawing=lambda listing: ("produce", listing.group.value if listing.group else "vegetables"),
    home="catalogue.stall",
    name=N_("Farm produce"),
    one=N_("Post produce"),
    ask=N_("Ask to buy"),
    post_at="/ban-hang/dang",
    begins_with=lambda organisation: {"village_id": organisation.village_id},
)
