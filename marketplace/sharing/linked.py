"""A public listing as linked data (JSON-LD, schema.org), for search engines.

What is sold is a ``Product`` with an ``Offer``. A need and an investment opportunity are each a
``Demand``: schema.org's "public, not necessarily binding announcement to seek a certain type of
goods or services" is what both are, while ``Offer`` would say that the commune sells something,
and ``InvestmentOrDeposit`` that a bank does. What visitors find is named by what it is: a
``TouristTrip``, a ``TouristAttraction``, a ``Product`` to taste, else a ``Service``; a performance
is no ``Event``, which must have a date.
"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from marketplace.accounts.rules import OrganisationKind
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.kinds.tourism.model import OFFERING_LABELS, Offering
from marketplace.catalogue.models import photo_address
from marketplace.catalogue.taxonomy import COOPERATION_LABELS, GROUP_LABELS, SECTOR_LABELS
from marketplace.core.quantity import SCALE, Unit
from marketplace.sharing.queries import Face
from marketplace.sharing.rules import shortened
from marketplace.web import formats, qr
from marketplace.web.locale import gettext, say

CODES = {
    Unit.KG: "KGM",
    Unit.TA: "DTN",
    Unit.TAN: "TNE",
    Unit.LIT: "LTR",
    Unit.HA: "HAR",
    Unit.M2: "MTK",
    Unit.CAI: "C62",
    Unit.CON: "C62",
    Unit.NGUOI: "IE",
}
"""Codes of UN/CEFACT recommendation 20; other units are told in words."""
DESCRIPTION = 500
"""Characters of a description that are told; the rest stands on the page itself."""
TYPES = {
    Offering.TOUR: "TouristTrip",
    Offering.CRAFT: "TouristAttraction",
    Offering.SPECIALITY: "Product",
}
SCHEMA = "https://schema.org/"

Node = dict[str, Any]


def page(face: Face) -> Node:
    """All that is said about a page: the listing, and the way to it."""
    return {"@context": "https://schema.org", "@graph": [thing(face), breadcrumbs(face)]}


def thing(face: Face) -> Node:
    """The listing itself."""
    address = qr.address(face.path)
    made = {
        "produce": _product,
        "opportunity": _demand,
        "need": _demand,
        "tourism": _visit,
    }[face.kind](face)
    node: Node = {
        "@id": f"{address}#tin",
        "name": face.title,
        "description": shortened(face.description or face.goal or face.title, DESCRIPTION),
        "url": address,
        "identifier": face.public_id,
        **made,
    }
    if face.photo is not None and node["@type"] != "Demand":
        node["image"] = qr.address(photo_address(face.photo.public_id, "page"))
    return node


def breadcrumbs(face: Face) -> Node:
    """Home, the list, the listing."""
    kind = PAGES[face.kind]
    steps = [
        (gettext("Home"), "/"),
        (say(kind.name), kind.spec.path),
        (face.title, face.path),
    ]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": at, "name": name, "item": qr.address(path)}
            for at, (name, path) in enumerate(steps, 1)
        ],
    }


def _product(face: Face) -> Node:
    node: Node = {"@type": "Product", "sku": face.public_id, "offers": _offer(face)}
    if face.group is not None:
        node["category"] = say(GROUP_LABELS[face.group])
    if face.months:
        node["additionalProperty"] = {
            "@type": "PropertyValue",
            "name": gettext("Months with goods"),
            "value": formats.months_text(face.months),
        }
    node["countryOfOrigin"] = {"@type": "Country", "name": "VN"}
    return node


def _offer(face: Face) -> Node:
    node: Node = {
        "@type": "Offer",
        "url": qr.address(face.path),
        "availability": SCHEMA + _availability(face),
        "seller": _organisation(face),
        "areaServed": {"@type": "Country", "name": "VN"},
    }
    if face.price_low is not None:
        node |= {"price": face.price_low, "priceCurrency": "VND"}
        node["priceSpecification"] = _price(face) | {"@type": "UnitPriceSpecification"}
    if face.quantity is not None:
        node["inventoryLevel"] = _amount(face.quantity, face.unit)
    if face.closes_on is not None:
        node["validThrough"] = face.closes_on.isoformat()
    return node


def _availability(face: Face) -> str:
    if face.state == "closed":
        return "Discontinued"
    if not face.is_open:
        return "OutOfStock"
    return "SoldOut" if face.kind == "produce" and not face.quantity else "InStock"


def _price(face: Face) -> Node:
    node: Node = {"@type": "PriceSpecification", "priceCurrency": "VND"}
    if face.price_low is not None:
        node["minPrice"] = face.price_low
    if face.price_high is not None:
        node["maxPrice"] = face.price_high
    if face.price_low is not None and face.price_low == face.price_high:
        node["price"] = face.price_low
    if face.unit is not None:
        node |= {"@type": "UnitPriceSpecification"} | _unit(face.unit)
    return node


def _unit(unit: Unit) -> Node:
    code = {"unitCode": CODES[unit]} if unit in CODES else {}
    return {**code, "unitText": formats.unit_name(unit)}


def _amount(thousandths: int, unit: Unit | None) -> Node:
    whole, rest = divmod(thousandths, SCALE)
    value = thousandths / SCALE if rest else whole
    return {"@type": "QuantitativeValue", "value": value, **(_unit(unit) if unit else {})}


def _organisation(face: Face) -> Node:
    """Who offers it; one who has not agreed to be named is told by what it is and where."""
    is_authority = face.owner_kind is OrganisationKind.AUTHORITY
    kind = "GovernmentOrganization" if is_authority else "Organization"
    return {"@type": kind, "name": say(face.owner), "address": _address(face)}


def _address(face: Face) -> Node:
    node: Node = {"@type": "PostalAddress", "addressCountry": "VN"}
    return node | {"addressLocality": face.locality}


def _place(face: Face) -> Node:
    name = face.village or face.place or face.locality
    return {"@type": "Place", "name": name, "address": _address(face)}


def _demand(face: Face) -> Node:
    node: Node = {"@type": "Demand", "areaServed": _place(face), "itemOffered": _sought(face)}
    if face.quantity:
        node["eligibleQuantity"] = _amount(face.quantity, face.unit)
    if face.is_investment and face.capital_low is not None:
        node["priceSpecification"] = {
            "@type": "PriceSpecification",
            "priceCurrency": "VND",
            "minPrice": face.capital_low,
            "maxPrice": face.capital_high or face.capital_low,
        }
    elif face.is_investment and face.usd_low is not None:
        node["priceSpecification"] = {
            "@type": "PriceSpecification",
            "priceCurrency": "USD",
            "minPrice": face.usd_low,
            "maxPrice": face.usd_high or face.usd_low,
        }
    elif face.price_high is not None:
        node["priceSpecification"] = _price(face)
    node["availabilityStarts"] = face.published_at.date().isoformat()
    if face.closes_on is not None:
        node["availabilityEnds"] = face.closes_on.isoformat()
        node["validThrough"] = face.closes_on.isoformat()
    node["@reverse"] = {"seeks": _organisation(face)}
    return node


def _sought(face: Face) -> Node:
    """Goods, or a partner in a sector."""
    if not face.is_investment:
        node: Node = {"@type": "Product", "name": face.title}
        return node | ({"category": say(GROUP_LABELS[face.group])} if face.group else {})
    sectors = ", ".join(say(SECTOR_LABELS[sector]) for sector in face.sectors)
    form = say(COOPERATION_LABELS[face.cooperation]) if face.cooperation else ""
    found = {"serviceType": form or gettext("Investment or cooperation"), "category": sectors}
    return {"@type": "Service", "name": face.title, **{k: v for k, v in found.items() if v}}


def _visit(face: Face) -> Node:
    kind = TYPES.get(face.offering, "Service") if face.offering else "Service"
    node: Node = {"@type": kind}
    if kind == "TouristAttraction":
        return node | {
            "address": _address(face),
            "containedInPlace": _place(face),
            "isAccessibleForFree": not face.price_low,
            "publicAccess": face.is_open,
        }
    node["offers"] = _offer(face)
    if kind == "Service":
        node |= {"provider": _organisation(face), "areaServed": _place(face)}
        node["serviceType"] = say(OFFERING_LABELS[face.offering]) if face.offering else ""
    if kind == "TouristTrip":
        node |= {"provider": _organisation(face), "itinerary": _place(face)}
    return node


_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&'\u2028\u2029"}
"""JSON says the same with these escaped, and nothing in it can end the element it stands in."""


def as_script(node: Node) -> Markup:
    """The data as it may stand inside ``<script type="application/ld+json">``.

    Such an element is data to a browser: it runs nothing, and a content security policy without
    inline scripts lets it stand.
    """
    text = json.dumps(node, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate(_ESCAPED))  # noqa: S704  what could end the element is escaped
