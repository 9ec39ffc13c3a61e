"""Use case: naming the goods a paper covers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import ActingRecord
from marketplace.catalogue.models import Listing
from marketplace.catalogue.proof import queries
from marketplace.catalogue.proof.models import ListingPaper, PaperGroup
from marketplace.catalogue.proof.rules import may_cover, may_widen
from marketplace.catalogue.rules import ListingState
from marketplace.catalogue.taxonomy import Group
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.use_case import use_case
from marketplace.papers import queries as papers
from marketplace.papers.models import Paper
from marketplace.papers.rules import OPEN, may_judge

TO_BE_READ = (ListingState.DRAFT, ListingState.RETURNED)
"""Listings an official will look at before they are public."""

TO_OFFICIALS = N_(
    "The paper is verified already. Ask an official to add goods, or add it to a draft, which "
    "an official reads."
)


@dataclass(frozen=True, slots=True)
class GoodsValues:
    """What a paper covers: whole groups of products, and single listings by their public ids."""

    groups: Collection[Group] = ()
    listings: Collection[str] = ()


@use_case
def choose_goods(
    actor: Actor, public_id: str, values: GoodsValues, acting: Acting | None = None
) -> Paper:
    """Name the goods a paper covers, for its whole line.

    Raises WrongState for a paper that covers all goods, Invalid for additions nobody would look
    at: after verification an owner adds only listings that are still to be approved.
    """
    paper = papers.get(public_id, actor, lock=True)
    if not paper.is_chosen:
        raise WrongState(N_("This paper covers all goods; there is nothing to choose."))
    if not may_cover(actor, paper):
        raise NotAllowed(N_("This step is not yours to take."))
    acted = None if may_judge(actor, paper) else _speak(actor, paper, acting)
    offered = {listing.public_id: listing for listing in queries.goods_of(paper)}
    chosen = [offered[code] for code in values.listings if code in offered]
    _refuse_unseen(actor, paper, values.groups, chosen)
    _replace(actor, paper, set(values.groups), {listing.id for listing in chosen})
    paper.updated_at = clock.now()
    record(
        "paper.goods_chosen",
        paper,
        actor,
        acting_id=acted.id if acted else None,
        data={
            "groups": sorted(group.value for group in values.groups),
            "listings": sorted(listing.id for listing in chosen),
        },
    )
    return paper


def _speak(actor: Actor, paper: Paper, acting: Acting | None) -> ActingRecord | None:
    """Whoever recorded the paper says in the same conversation what it covers."""
    mine = [acted for acted in paper.acting if acted.user_id == actor.user_id]
    if acting is None and mine and paper.state in OPEN:
        return mine[-1]
    return speak_for(actor, paper.organisation, paper, acting)


def _refuse_unseen(
    actor: Actor, paper: Paper, groups: Collection[Group], listings: Collection[Listing]
) -> None:
    if may_widen(actor, paper):
        return
    if set(groups) - queries.chosen_groups(paper.line):
        raise Invalid("groups", TO_OFFICIALS)
    known = queries.chosen_listings(paper.line)
    new = [listing for listing in listings if listing.id not in known]
    if any(listing.state not in TO_BE_READ for listing in new):
        raise Invalid("listings", TO_OFFICIALS)


def _replace(actor: Actor, paper: Paper, groups: set[Group], listings: set[int]) -> None:
    """Bring the rows of the line to what was chosen; rows that stay keep their day."""
    line, now = paper.line, clock.now()
    for model, column, wanted, present in (
        (ListingPaper, "listing_id", listings, queries.chosen_listings(line)),
        (PaperGroup, "group", groups, queries.chosen_groups(line)),
    ):
        gone = getattr(model, column).in_(present - wanted)
        db.session.execute(sa.delete(model).where(model.paper_id == line, gone))
        for value in sorted(wanted - present):
            db.session.add(
                model(paper_id=line, added_by_id=actor.user_id, at=now, **{column: value})
            )
