"""Coverage and the safety label in SQL: for relationships, lists, filters and counts."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from marketplace.accounts.models import Organisation
from marketplace.catalogue.proof.held import CERTIFICATES
from marketplace.catalogue.proof.models import ListingPaper, PaperGroup
from marketplace.catalogue.proof.safety import STEPS, Safety
from marketplace.catalogue.taxonomy import NOT_EATEN, Group
from marketplace.papers.models import Paper
from marketplace.papers.queries import holding_on
from marketplace.papers.rules import Coverage
from marketplace.papers.types import ALCOHOL_ONLY, PaperType, of_count

Column = sa.ColumnElement[Any]


def covers(paper: Any, owner: Any, listing_id: Column, group: Column) -> sa.ColumnElement[bool]:
    """Whether ``paper`` covers a listing of ``owner``: ``safety.covers`` in SQL.

    ``paper`` and ``owner`` are aliases of Paper and Organisation; the columns are the listing's.
    """
    line = sa.func.coalesce(paper.root_id, paper.id)
    of_listing = (ListingPaper.listing_id == listing_id, ListingPaper.paper_id == line)
    of_group = (PaperGroup.group == group, PaperGroup.paper_id == line)
    chosen_listing = sa.exists().where(*of_listing).correlate_except(ListingPaper)
    chosen_group = sa.exists().where(*of_group).correlate_except(PaperGroup)
    return sa.and_(
        paper.organisation_id.in_([owner.id, owner.cooperative_id]),  # finds the index
        sa.or_(paper.organisation_id == owner.id, paper.covers_members),
        sa.or_(paper.coverage == Coverage.ALL, chosen_listing, chosen_group),
        sa.or_(paper.type.not_in(ALCOHOL_ONLY), group == Group.ALCOHOL),
    )


@lru_cache(maxsize=1)
def coverage() -> sa.Subquery:
    """Every (listing, paper) where the paper covers the listing, for ``Listing.papers``."""
    from marketplace.catalogue.kinds import MODELS
    from marketplace.catalogue.models import Listing

    listing = cast("sa.Table", Listing.__table__)
    paper, owner = aliased(Paper), aliased(Organisation)
    rows: Any = listing.join(owner, owner.id == listing.c.organisation_id)
    groups = []
    for model in MODELS.values():
        table = cast("sa.Table", model.__table__)
        if "product_group" in table.c:
            rows = rows.outerjoin(table, table.c.id == listing.c.id)
            groups.append(table.c.product_group)
    group = sa.func.coalesce(*groups) if len(groups) > 1 else groups[0]
    rows = rows.join(paper, covers(paper, owner, listing.c.id, group))
    chosen = sa.select(listing.c.id.label("listing_id"), paper.id.label("paper_id"))
    return chosen.select_from(rows).subquery("covering")


def _covered_by(
    kinds: tuple[PaperType, ...], listing: sa.FromClause, group: Column, day: date | Column
) -> sa.ColumnElement[bool]:
    paper, owner = aliased(Paper), aliased(Organisation)
    found = sa.exists().where(
        owner.id == listing.c.organisation_id,
        covers(paper, owner, listing.c.id, group),
        paper.type.in_(kinds),
        holding_on(day, paper),
    )
    return found.correlate_except(paper, owner)


TODAY = sa.bindparam("today", type_=sa.Date)
"""The day a list is asked for; ``catalogue.browse`` gives it."""


def _is_unlicensed(listing: sa.FromClause, group: Column, day: date | Column) -> Column:
    licensed = _covered_by((PaperType.LIQUOR,), listing, group, day)
    return sa.and_(group.is_not_distinct_from(Group.ALCOHOL), ~licensed)


def _is_no_question(group: Column) -> Column:
    """Whether nobody asks about the safety of food: the one rule for cards, filters and copies."""
    return sa.or_(group.is_(None), group.in_(sorted(NOT_EATEN)))


def safety(
    listing: sa.FromClause, group: Column, day: date | Column = TODAY
) -> sa.ColumnElement[str]:
    """The safety label of each listing on a day: ``safety.of`` in SQL; NULL where it has none.

    ``group`` is the product group of the listing's kind.
    """
    none = sa.literal(Safety.NONE.value, sa.Text)
    steps = [
        (_covered_by(of_count(counts), listing, group, day), sa.literal(label.value, sa.Text))
        for counts, label in STEPS
    ]
    no_label = (_is_no_question(group), sa.cast(sa.null(), sa.Text))
    return sa.case(no_label, (_is_unlicensed(listing, group, day), none), *steps, else_=none)


def certificates(
    listing: sa.FromClause, group: Column, day: date | Column = TODAY
) -> sa.ColumnElement[int]:
    """A mask of the certificates that hold (``held.CERTIFICATES``): the facet *papers valid now*.

    Nothing is in it where the listing does not say *papers valid now*.
    """
    paper, owner = aliased(Paper), aliased(Organisation)
    bits = {kind: 1 << at for at, kind in enumerate(CERTIFICATES)}
    holding: Any = (
        sa.select(sa.func.sum(sa.distinct(sa.case(bits, value=paper.type, else_=0))))
        .where(
            owner.id == listing.c.organisation_id,
            covers(paper, owner, listing.c.id, group),
            paper.type.in_(CERTIFICATES),
            holding_on(day, paper),
        )
        .correlate_except(paper, owner)
        .scalar_subquery()
    )
    has_none = sa.or_(_is_no_question(group), _is_unlicensed(listing, group, day))
    return sa.case((has_none, 0), else_=sa.func.coalesce(holding, 0))


def is_shut(
    listing: sa.FromClause, group: Column, day: date | Column = TODAY
) -> sa.ColumnElement[int]:
    """1 for alcohol without a licence that holds: it takes no new interest."""
    return sa.case((_is_unlicensed(listing, group, day), 1), else_=0)
