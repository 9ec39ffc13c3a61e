"""The pages of produce."""

from __future__ import annotations

from typing import Any

from marketplace.accounts import queries as accounts
from marketplace.catalogue.kinds.base import KindPage, Line
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
from marketplace.catalogue.proof import safety
from marketplace.catalogue.proof.safety import SAFETY_LABELS
from marketplace.catalogue.rules import may_see_history
from marketplace.catalogue.taxonomy import GROUP_LABELS, ORIGIN_LABELS, PriceKind, drawing
from marketplace.core import clock, seasons
from marketplace.core.i18n import N_, Text
from marketplace.web.access import actor
from marketplace.web.formats import money, months_text, quantity, unit_name
from marketplace.web.locale import ngettext, say


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


def _compared(listing: Produce) -> list[Line]:
    """What a buyer weighs."""
    labels, unit, today = _labels(listing), listing.unit, clock.today()
    label = safety.of(listing, today)
    return [
        (N_("Price"), _price(listing)),
        (N_("Left to sell"), quantity(listing.left, unit) if listing.left else ""),
        (N_("Smallest order"), quantity(listing.minimum, unit)),
        (N_("Can be delivered"), months_text(listing.months) if listing.months else ""),
        (N_("Papers"), Text(SAFETY_LABELS[label]) if label else ""),
        (N_("Product group"), Text(labels["group"] or "")),
        (N_("Variety"), listing.variety),
        (N_("Origin"), Text(labels["origin"] or "")),
        (N_("Village"), listing.village.name if listing.village else ""),
        (N_("Seller"), listing.organisation.name),
        (N_("Pack"), ", ".join(f"{quantity(pack.size)} {pack.word}" for pack in labels["packs"])),
        (
            N_("Where it is delivered, and who pays the way"),
            "; ".join(f"{place}: {say(freight)}" for place, freight, _ in labels["deliveries"]),
        ),
        (N_("How long it keeps"), _keeps(listing)),
        (N_("Samples"), Text(labels["samples"] or "")),
        (N_("Sales paper"), Text(labels["sales_paper"] or "")),
    ]


def _price(listing: Produce) -> Text | str:
    if listing.price_kind is PriceKind.MARKET:
        return Text(N_("Market price"))
    if listing.price_low is None:
        return ""
    is_range = listing.price_high is not None and listing.price_high != listing.price_low
    amount = money(listing.price_low) + (f" – {money(listing.price_high)}" if is_range else "")
    return f"{amount}/{unit_name(listing.unit)}" if listing.unit else amount


def _keeps(listing: Produce) -> str:
    if not listing.storage_days:
        return listing.storage
    days = listing.storage_days
    return ngettext("%(count)s day", "%(count)s days", days, count=days)


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
    compared=_compared,
    begins_with=lambda organisation: {"village_id": organisation.village_id},
)
