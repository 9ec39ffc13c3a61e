"""The papers behind goods, as the short pages show them.

A paper that no longer holds is struck through on these pages, not taken out: whoever scanned the
code before sees what became of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.catalogue.models import Listing
from marketplace.catalogue.proof.rules import shown
from marketplace.core.i18n import Text
from marketplace.papers.rules import is_struck


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper in one line. ``has_ended``: expired, suspended or revoked."""

    label: Text | str
    number: str
    issuer: str
    until: date | None
    has_ended: bool
    stars: int | None = None


def papers_of(listing: Listing) -> Sequence[PaperLine]:
    """The papers that cover this listing and were verified once, those that hold first."""
    return [
        PaperLine(
            paper.facts.short,
            paper.number,
            paper.issuer,
            paper.until,
            has_ended=is_struck(paper),
            stars=paper.stars,
        )
        for paper in shown(listing)
    ]
