"""The safety label of goods, computed from the papers that cover them. Pure.

*Papers valid* before *food-safety commitment at the commune* before *no papers yet* (domain page
3.2). Nobody types it: there is no column and no field for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.catalogue.taxonomy import NOT_EATEN, Group
from marketplace.core.i18n import N_
from marketplace.papers.types import ALCOHOL_ONLY, TYPES, Counts, PaperType

if TYPE_CHECKING:
    from marketplace.catalogue.models import Listing
    from marketplace.papers.models import Paper


class Safety(StrEnum):
    """The label, the strongest first."""

    PAPERS = "papers"
    COMMITMENT = "commitment"
    NONE = "none"


SAFETY_LABELS = {
    Safety.PAPERS: N_("Papers valid now"),
    Safety.COMMITMENT: N_("Food-safety commitment at the commune"),
    Safety.NONE: N_("No papers yet"),
}

SAFETY_TONES = {Safety.PAPERS: "ok", Safety.COMMITMENT: "act", Safety.NONE: "plain"}

STEPS = ((Counts.CERTIFICATE, Safety.PAPERS), (Counts.COMMITMENT, Safety.COMMITMENT))
"""What a paper counts for, and the label it earns; the first that is met counts."""


@dataclass(frozen=True, slots=True)
class Goods:
    """What decides which papers cover a listing."""

    listing_id: int
    organisation_id: int
    cooperative_id: int | None
    group: str | None
    is_alcohol: bool = False


def covers(
    paper: Paper, goods: Goods, *, listings: Collection[int], groups: Collection[str]
) -> bool:
    """Whether a paper speaks of these goods, whatever its state and dates.

    It belongs to their owner, or to the owner's cooperative and covers its members; and it covers
    all goods, their group, or this very listing. ``listings`` and ``groups`` are those chosen for
    the paper's line. ``queries.covers`` says the same in SQL.
    """
    if paper.type in ALCOHOL_ONLY and not goods.is_alcohol:
        return False
    is_own = paper.organisation_id == goods.organisation_id
    is_of_cooperative = paper.covers_members and paper.organisation_id == goods.cooperative_id
    if not is_own and not is_of_cooperative:
        return False
    return (
        paper.coverage.value == "all"
        or goods.listing_id in listings
        or (goods.group is not None and goods.group in groups)
    )


def level(papers: Iterable[Paper], day: date) -> Safety:
    """The label of goods that these papers cover, on a day."""
    counted = {TYPES[paper.type].counts for paper in papers if paper.holds_on(day)}
    return next((label for counts, label in STEPS if counts in counted), Safety.NONE)


def of(listing: Listing, day: date) -> Safety | None:
    """The label of a listing on a day; None where the safety of food is no question.

    Who seeks goods has none: it is their seller who shows papers.

    Alcohol without a licence that holds has none, whatever else its maker can show.
    """
    group = getattr(listing, "group", None)
    if listing.seeks or group is None or group in NOT_EATEN:
        return None
    if group is Group.ALCOHOL and not has(listing.papers, PaperType.LIQUOR, day):
        return Safety.NONE
    return level(listing.papers, day)


def has(papers: Iterable[Paper], kind: PaperType, day: date) -> bool:
    """Whether one of these papers is of this type and holds on a day."""
    return any(paper.type is kind and paper.holds_on(day) for paper in papers)
