"""The pages of every kind: one line each."""

from __future__ import annotations

from marketplace.catalogue.kinds.base import KindPage
from marketplace.catalogue.kinds.need.page import PAGE as NEED
from marketplace.catalogue.kinds.opportunity.page import PAGE as OPPORTUNITY
from marketplace.catalogue.kinds.produce.page import PAGE as PRODUCE
from marketplace.catalogue.kinds.tourism.page import PAGE as TOURISM

PAGES: dict[str, KindPage] = {
    "produce": PRODUCE,
    "opportunity": OPPORTUNITY,
    "need": NEED,
    "tourism": TOURISM,
}
