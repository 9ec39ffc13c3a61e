"""The pages of produce."""

from __future__ import annotations

from typing import Any

from marketplace.accounts import queries as accounts
from marketplace.catalogue.kinds.base import KindPage
from marketplace.catalogue.kinds.produce.browse import SPEC
from marketplace.catalogue.kinds.produce.form import FirstForm, ProduceForm
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.kinds.produce.specs import SPECS, asked_of, fitting
from marketplace.catalogue.kinds.produce.terms import (
    FREIGHT_LABELS,
    SALES_PAPER_LABELS,
    SAMPLE_LABELS,
    SpecValue,
)
from marketplace.catalogue.rules import may_see_history
from marketplace.catalogue.taxonomy import GROUP_LABELS, ORIGIN_LABELS, drawing
from marketplace.core import clock, seasons
from marketplace.core.i18n import N_
from marketplace.web.access import actor


def _labels(listing: Produce) -> dict[str, Any]:
    """Words and rows as plain values, all read here: a template asks the database nothing."""
    answers = [SpecValue(row.code, row.value) for row in listing.specs]
    return {
        "group": GROUP_LABELS[listing.group] if listing.group else None,
        "origin": ORIGIN_LABELS[listing.origin] if listing.origin else None,
        "in_season": seasons.in_season(listing.months, clock.today().month),
        "by_month": list(listing.by_month),
        "price_steps": list(listing.price_steps),
        "packs": list(listing.packs),
        "deliveries": [(d.place, FREIGHT_LABELS[d.freight], d.note) for d in listing.deliveries],
        "specs": [(SPECS[a.code].label, a.value) for a in fitting(listing.group, answers)],
        "grades": list(listing.grades),
        "samples": SAMPLE_LABELS[listing.samples] if listing.samples else None,
        "sales_paper": SALES_PAPER_LABELS[listing.sales_paper] if listing.sales_paper else None,
        "household": _household(listing),
    }


def _household(listing: Produce) -> str | None:
    """Who grows it, by name for the owner and the officials; others read the seller's words."""
    if listing.household is None:
        return None
    return listing.household.name if may_see_history(actor(), listing) else None


def _prepare(form: ProduceForm, listing: Produce) -> None:
    households = accounts.households_of(listing.organisation_id)
    form.grower_id.offer([(household.id, household.name) for household in households])
    group = form.group.data or listing.group
    form.asked = [form.specs.form[spec.code] for spec in asked_of(group)]


PAGE = KindPage(
    form=ProduceForm,
    first=FirstForm,
    spec=SPEC,
    labels=_labels,
    drawing=lambda listing: ("produce", drawing(listing.group)),
    home="catalogue.stall",
    name=N_("Farm produce"),
    one=N_("Post produce"),
    ask=N_("Ask to buy"),
    prepare=_prepare,
    post_at="/ban-hang/dang",
    begins_with=lambda organisation: {"village_id": organisation.village_id},
)
