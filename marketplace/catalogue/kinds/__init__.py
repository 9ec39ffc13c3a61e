"""The kinds of listings.

A further kind is one folder here (model, form, browse, page), one folder of templates, and one
line below and in ``pages.py``. Nothing else in the catalogue names a kind.
"""

from __future__ import annotations

from marketplace.catalogue.kinds.need.model import Need
from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.kinds.tourism.model import Tourism
from marketplace.catalogue.models import Listing

MODELS: dict[str, type[Listing]] = {
    "produce": Produce,
    "opportunity": Opportunity,
    "need": Need,
    "tourism": Tourism,
}
SECTIONS = {model.section: kind for kind, model in MODELS.items()}
"""The first part of the address of every listing, and whose it is."""
