"""The pages of investment opportunities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for

from marketplace.accounts.models import Organisation
from marketplace.catalogue import applications
from marketplace.catalogue.kinds.base import KindPage, Line
from marketplace.catalogue.kinds.opportunity import dossier, harvest
from marketplace.catalogue.kinds.opportunity.browse import SPEC
from marketplace.catalogue.kinds.opportunity.form import OpportunityForm
from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.catalogue.kinds.opportunity.terms import (
    CAPITAL_LABELS,
    CHOOSING_LABELS,
    CITY_LIST_LABELS,
    FOREST_LABELS,
    PLANNING_LABELS,
    force,
)
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.catalogue.taxonomy import COOPERATION_LABELS, GROUP_LABELS, SECTOR_LABELS
from marketplace.core import clock, phone
from marketplace.core.i18n import N_, Text
from marketplace.web.formats import day, money_short, number, quantity


def _labels(listing: Opportunity) -> dict[str, Any]:
    form, today = listing.cooperation, clock.today()
    taking = applications.of(listing)
    closes_on = applications.last_day_of(listing)
    return {
        "cooperation": COOPERATION_LABELS[form] if form else None,
        "phone": phone.display(listing.contact_phone) if listing.contact_phone else "",
        "closes_on": closes_on,
        "is_taking": taking is None or taking.why_closed is None,
        "days_left": (closes_on - today).days if closes_on else None,
        "capital_kind": CAPITAL_LABELS[listing.capital_kind] if listing.capital_kind else None,
        "planning": PLANNING_LABELS[listing.planning] if listing.planning else None,
        "forest": FOREST_LABELS[listing.forest] if listing.forest else None,
        "city_list": CITY_LIST_LABELS[listing.city_list] if listing.city_list else None,
        "choosing": CHOOSING_LABELS[listing.choosing] if listing.choosing else None,
        "incentives": [
            (one, force(one.holds_from, one.holds_until, today)) for one in listing.incentives
        ],
        "criteria": list(listing.criteria),
        "permits": list(listing.permits),
        "meetings": list(listing.meetings),
        "supply": [
            (GROUP_LABELS[row.group], row)
            for row in harvest.behind(listing.materials, listing.pair)
        ],
    }


def _compared(listing: Opportunity) -> list[Line]:
    """What an investor weighs; who answers stands on the listing's own page."""
    labels = _labels(listing)
    return [
        (N_("Sector"), Text(SECTOR_LABELS[listing.sector]) if listing.sector else ""),
        (N_("Goal"), listing.goal),
        (N_("Capital sought"), _capital(listing)),
        (N_("How the capital is stated"), Text(labels["capital_kind"] or "")),
        (N_("Form"), Text(labels["cooperation"] or "")),
        (N_("Place"), listing.village.name if listing.village else listing.place),
        (N_("Area"), _area(listing)),
        (N_("Planning"), Text(labels["planning"] or "")),
        (N_("Closing date"), _until(labels)),
        (N_("How a partner is chosen"), Text(labels["choosing"] or "")),
        (N_("Jobs expected"), number(listing.jobs)),
        (N_("Households that benefit"), number(listing.households)),
        (
            N_("Incentives"),
            "; ".join(one.what for one, how in labels["incentives"] if how != "over"),
        ),
    ]


def _until(labels: dict[str, Any]) -> Text | str:
    if not labels["is_taking"]:
        return Text(N_("Applications closed"))
    return day(labels["closes_on"]) if labels["closes_on"] else Text(N_("Open at all times"))


def _capital(listing: Opportunity) -> Text | str:
    if listing.usd_low is not None:
        amount = _span(listing.usd_low, listing.usd_high, lambda usd: quantity((usd or 0) // 1000))
        said: Text | str = Text(N_("%(amount)s million USD"), amount=amount)
    else:
        said = _span(listing.capital_low, listing.capital_high, money_short)
    return Text(N_("%(amount)s for each ha"), amount=said) if said and listing.is_rate else said


def _area(listing: Opportunity) -> str:
    area = _span(listing.area_low, listing.area_high, quantity)
    return f"{area} ha" if area else ""


def _span(low: int | None, high: int | None, write: Callable[[int | None], str]) -> str:
    """One amount, or from one to another; empty where none is stated."""
    if low is None:
        return ""
    return write(low) if high in {None, low} else f"{write(low)} – {write(high)}"


def _office_of(organisation: Organisation) -> dict[str, Any]:
    """The contact an authority's opportunity starts with."""
    return {
        "contact_office": organisation.name,
        "contact_email": organisation.email or organisation.locality.email,
        "contact_phone": organisation.phone,
    }


def _writing(listing: Listing, field: str) -> str:
    """Where a field of an opportunity is written: in a part of its dossier."""
    part = dossier.part_of(field)
    if part is None or not part.fields:
        return url_for("opportunity.dossier", public_id=listing.public_id)
    address = url_for("opportunity.part", public_id=listing.public_id, code=part.code)
    return f"{address}#{'hop-thon' if field == 'meetings' else field}"


def _thread(listing: Listing) -> list[dict[str, Any]]:
    """How far an opportunity is, as everyone may see it: approved, published, open, closed."""
    places = {place.id: place.name for place in (listing.pair.source, listing.pair.market)}
    steps: list[dict[str, Any]] = [
        {
            "label": Text(N_("Appraised by %(place)s"), place=places[key.locality_id]),
            "note": Text("%(day)s", day=clock.local(key.at).date()),
            "state": "done",
        }
        for key in listing.keys
    ]
    if listing.published_at is None:
        return steps
    is_closed = listing.state is ListingState.CLOSED
    return [
        *steps,
        {
            "label": N_("Published"),
            "note": Text("%(day)s", day=clock.local(listing.published_at).date()),
            "state": "done",
        },
        {
            "label": N_("Calling for partners"),
            "note": Text(N_("Interested so far: %(count)s"), count=listing.interest_count),
            "state": "done" if is_closed else "now",
        },
        {"label": N_("Closed"), "note": None, "state": "now" if is_closed else "todo"},
    ]


PAGE = KindPage(
    form=OpportunityForm,
    spec=SPEC,
    labels=_labels,
    drawing=lambda listing: ("opportunity", listing.sector.value if listing.sector else "wood"),
    home="catalogue.own_opportunities",
    name=N_("Investment opportunities"),
    one=N_("Write an opportunity"),
    ask=N_("Register interest"),
    begins_with=_office_of,
    steps=_thread,
    compared=_compared,
    writing=_writing,
)
