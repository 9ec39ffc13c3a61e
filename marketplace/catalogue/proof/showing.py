"""What pages show of the papers behind a listing, and of the goods behind a paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from marketplace.catalogue import gates
from marketplace.catalogue.models import Listing
from marketplace.catalogue.proof import queries
from marketplace.catalogue.proof.rules import may_cover, shown
from marketplace.catalogue.rules import IN_PUBLIC
from marketplace.catalogue.taxonomy import GROUP_LABELS
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.papers.models import Paper
from marketplace.papers.rules import SEEN, PaperState, is_struck, may_see_all

MOST_GOODS = 24


@dataclass(frozen=True, slots=True)
class Line:
    """A paper on a listing's page; ``struck``: it holds no more and a line goes through it."""

    url: str | None
    name: str
    stars: int | None
    number: str
    issuer: str
    said: Text | str
    struck: bool
    note: str


ENDED = N_("certificate ended on %(day)s")
SAID = {
    PaperState.SUBMITTED: N_("not verified yet"),
    PaperState.RETURNED: N_("not verified yet"),
    PaperState.SUSPENDED: N_("suspended"),
    PaperState.REVOKED: N_("revoked"),
}


def _line(paper: Paper, reader: Actor) -> Line:
    struck = is_struck(paper)
    if paper.state in SAID:
        said: Text | str = SAID[paper.state]
    elif paper.until is None:
        said = N_("No last day")
    else:
        said = Text(ENDED if struck else N_("holds until %(day)s"), day=paper.until)
    is_open = paper.state in SEEN or may_see_all(reader, paper)
    return Line(
        url_for("papers.show", public_id=paper.public_id) if is_open else None,
        paper.facts.short,
        paper.stars,
        paper.number,
        paper.issuer,
        said,
        struck,
        paper.facts.note,
    )


def on_page(listing: Listing, reader: Actor) -> Mapping[str, Any] | None:
    """The public page: papers with their last days, and what alcohol asks for."""
    lines = [_line(paper, reader) for paper in shown(listing)]
    is_alcohol = gates.is_alcohol(listing)
    if not lines and not is_alcohol:
        return None
    return {
        "lines": lines,
        "age": gates.ADULT if is_alcohol else None,
        "is_shut": gates.is_shut(listing) and listing.state in IN_PUBLIC,
    }


def inside(listing: Listing, reader: Actor) -> Mapping[str, Any] | None:
    """The owner's and the reviewer's page: every paper, those not verified as well."""
    lines = [_line(paper, reader) for paper in shown(listing, to_everyone=False)]
    if not lines and not gates.is_eaten(listing):
        return None
    return {
        "lines": lines,
        "age": gates.ADULT if gates.is_alcohol(listing) else None,
        "is_shut": gates.is_shut(listing),
        "papers_url": url_for("papers.own"),
    }


def of_paper(paper: Paper, reader: Actor) -> Mapping[str, Any] | None:
    """A paper's page: the goods it covers."""
    listings = queries.covered_by(paper, reader, MOST_GOODS)
    chosen = sorted(queries.chosen_groups(paper.line)) if paper.is_chosen else []
    may_choose = may_cover(reader, paper)
    if not listings and not chosen and not may_choose:
        return None
    return {
        "groups": [GROUP_LABELS[group] for group in chosen],
        "listings": [(listing.title, listing.path) for listing in listings],
        "choose_url": url_for("proof.goods", public_id=paper.public_id) if may_choose else None,
    }
