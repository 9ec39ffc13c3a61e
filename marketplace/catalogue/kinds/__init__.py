"""The kinds of listings. A further kind is one folder here and one line below."""

from __future__ import annotations

from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.models import Listing

MODELS: dict[str, type[Listing]] = {"produce": Produce, "opportunity": Opportunity}
SECTIONS = tuple(model.section for model in MODELS.values())
"""The first part of the address of every listing."""
