"""The pages of every kind: one line each."""

from __future__ import annotations

from marketplace.catalogue.kinds.base import KindPage
from marketplace.catalogue.kinds.opportunity.page import PAGE as OPPORTUNITY
from marketplace.catalogue.kinds.produce.page import PAGE as PRODUCE

PAGES: dict[str, KindPage] = {"produce": PRODUCE, "opportunity": OPPORTUNITY}
