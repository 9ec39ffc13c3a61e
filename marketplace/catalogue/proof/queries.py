"""Reading which goods papers cover."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from marketplace.accounts.models import Organisation
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.models import Listing
from marketplace.catalogue.proof.covering import coverage
from marketplace.catalogue.proof.models import ListingPaper, PaperGroup
from marketplace.catalogue.rules import ListingState
from marketplace.catalogue.taxonomy import Group
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.db import db
from marketplace.papers.models import Paper

PUT_AWAY = (ListingState.WITHDRAWN, ListingState.ARCHIVED)


def with_goods() -> sa.Select[tuple[int]]:
    """The organisations whose goods everyone may see, and the cooperatives of such households.

    Kinds that keep their owner's name back do not count: a paper would tell it.
    """
    named = [kind for kind, model in MODELS.items() if model.names_owner]
    shown = sa.and_(Listing.kind.in_(named), catalogue.visible_to(ANONYMOUS))
    owner = sa.select(Listing.organisation_id).where(shown)
    cooperative = (
        sa.select(Organisation.cooperative_id)
        .join(Listing, Listing.organisation_id == Organisation.id)
        .where(shown, Organisation.cooperative_id.is_not(None))
    )
    both = sa.union(owner, cooperative).subquery()
    return sa.select(both.c[0])


def goods_of(paper: Paper) -> Sequence[Listing]:
    """The listings a paper could be chosen for: its owner's, and its members' if it covers them."""
    owners: sa.ColumnElement[bool] = Listing.organisation_id == paper.organisation_id
    if paper.covers_members:
        members = sa.select(Organisation.id).where(
            Organisation.cooperative_id == paper.organisation_id
        )
        owners = sa.or_(owners, Listing.organisation_id.in_(members))
    return db.session.scalars(
        sa.select(Listing)
        .where(owners, Listing.state.not_in(PUT_AWAY))
        .order_by(Listing.sort_key, Listing.id)
    ).all()


def covered_by(paper: Paper, viewer: Actor, limit: int) -> Sequence[Listing]:
    """Listings this paper covers, as far as the viewer may see them."""
    rows = coverage()
    covered = sa.select(rows.c.listing_id).where(rows.c.paper_id == paper.id)
    return db.session.scalars(
        sa.select(Listing)
        .where(
            Listing.id.in_(covered),
            Listing.state.not_in(PUT_AWAY),
            catalogue.visible_to(viewer),
        )
        .order_by(Listing.sort_key, Listing.id)
        .limit(limit)
    ).all()


def chosen_listings(line: int) -> set[int]:
    """The ids of the listings chosen for a line of papers."""
    query = sa.select(ListingPaper.listing_id).where(ListingPaper.paper_id == line)
    return set(db.session.scalars(query))


def chosen_groups(line: int) -> set[Group]:
    """The product groups chosen for a line of papers."""
    query = sa.select(PaperGroup.group).where(PaperGroup.paper_id == line)
    return set(db.session.scalars(query))
