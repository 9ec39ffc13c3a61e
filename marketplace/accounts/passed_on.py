"""What may be passed on of an organisation's public page: a text for chats, and linked data.

Only where the organisation may be named (``rules.may_be_named``); the page decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marketplace.accounts.models import Organisation
from marketplace.core.contacts import without_contacts
from marketplace.core.i18n import N_
from marketplace.web import qr
from marketplace.web.formats import inside
from marketplace.web.locale import gettext

MOST_TOLD = 12
"""Goods or needs that are told; the rest stands on the page."""
OFFERS = ("makesOffer", "Offer", N_("Sells: %(words)s"))
SEEKS = ("seeks", "Demand", N_("Looks for: %(words)s"))

Thing = tuple[str, str]
"""A title and the path of its page."""


def of_page(
    organisation: Organisation, path: str, what: tuple[str, str, str], things: Sequence[Thing]
) -> dict[str, Any]:
    """Address, description, text for chats, and linked data of an organisation's page.

    ``what`` says whether ``things`` are offered or sought.
    """
    address = qr.address(path)
    told = [(without_contacts(title), to) for title, to in things[:MOST_TOLD]]
    _, _, words = what
    said = gettext(words, words=", ".join(title for title, _ in told))
    return {
        "title": organisation.name,
        "url": address,
        "description": f"{_place(organisation)}. {said}",
        "message": "\n".join([organisation.name, _place(organisation), said, address]),
        "linked": _linked(organisation, address, what, told),
    }


def _place(organisation: Organisation) -> str:
    village, locality = organisation.village, organisation.locality.name
    return f"{village.name}, {inside(locality)}" if village else locality


def _linked(
    organisation: Organisation, address: str, what: tuple[str, str, str], things: Sequence[Thing]
) -> dict[str, Any]:
    """The organisation by schema.org."""
    relation, kind, _ = what
    return {
        "@context": "https://schema.org",
        "@type": "Organization",
        "@id": f"{address}#to-chuc",
        "name": organisation.name,
        "url": address,
        "identifier": organisation.public_id,
        "address": {
            "@type": "PostalAddress",
            "addressCountry": "VN",
            "addressLocality": organisation.locality.name,
        },
        relation: [
            {
                "@type": kind,
                "url": qr.address(path),
                "itemOffered": {"@type": "Product", "name": title},
            }
            for title, path in things
        ],
    }
