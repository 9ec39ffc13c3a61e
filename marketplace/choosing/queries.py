"""Reading selections, and what could be selected."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.catalogue.applications import Applications, Source
from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.catalogue.kinds.opportunity.terms import Choosing
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.choosing.models import Applicant, Declaration, Selection
from marketplace.choosing.rules import (
    AT_LEAST,
    CLOSED,
    LIVE,
    SelectionState,
    applications_closed,
)
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_, Text
from marketplace.interests.models import Interest
from marketplace.interests.rules import LIVE as LIVE_INTERESTS
from marketplace.programme import queries as programme
from marketplace.programme.models import Approval


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """The officials of both localities; and those who applied, who see their own part only."""
    if viewer.is_officer:
        return Selection.pair_id.in_(programme.pairs_of(viewer))
    if viewer.organisation_id is None:
        return sa.false()
    theirs = Interest.organisation_id.in_(accounts.in_care_of(viewer))
    applied = sa.select(Applicant.selection_id).join(Interest).where(theirs)
    applying = sa.select(Interest.listing_id).where(theirs, Interest.state.in_(LIVE_INTERESTS))
    return sa.or_(
        Selection.id.in_(applied),
        # taking applications, or called off before anything was compared
        sa.and_(Selection.begun_at.is_(None), Selection.listing_id.in_(applying)),
    )


def _loaded() -> sa.Select[Selection]:
    interest = selectinload(Selection.applicants).joinedload(Applicant.interest)
    return sa.select(Selection).options(
        joinedload(Selection.pair),
        joinedload(Selection.opened_by),
        joinedload(Selection.proposed_by),
        selectinload(Selection.listing).joinedload(Listing.organisation),
        selectinload(Selection.listing).selectinload(Listing.writers),
        selectinload(Selection.listing).selectinload(Listing.acting),
        selectinload(Selection.criteria),
        interest.joinedload(Interest.organisation).joinedload(Organisation.locality),
        interest.selectinload(Interest.acting),
        interest.joinedload(Interest.pair),
        selectinload(Selection.declarations).joinedload(Declaration.user),
        selectinload(Selection.declarations).joinedload(Declaration.locality),
        selectinload(Selection.scores),
        selectinload(Selection.near),
        selectinload(Selection.keys).joinedload(Approval.user),
        selectinload(Selection.keys).joinedload(Approval.locality),
    )


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Selection:
    """A selection with all that is compared. Raises NotFound.

    The listing's row is locked first, as everything that touches its interests does.
    """
    where = Selection.public_id == public_id
    if lock:
        hold(Listing, id=db.session.scalar(sa.select(Selection.listing_id).where(where)))
        hold(Selection, public_id=public_id)
    found = db.session.scalars(
        _loaded().where(where, visible_to(viewer)).execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def get_for_clock(public_id: str) -> Selection:
    """A selection for the clock, its rows locked."""
    where = Selection.public_id == public_id
    hold(Listing, id=db.session.scalar(sa.select(Selection.listing_id).where(where)))
    hold(Selection, public_id=public_id)
    return db.session.scalars(
        _loaded().where(where).execution_options(populate_existing=True)
    ).one()


def applicant(selection: Selection, public_id: str) -> Applicant:
    """One of its applicants. Raises NotFound."""
    found = next((one for one in selection.applicants if one.public_id == public_id), None)
    if found is None:
        raise NotFound
    return found


def own(selection: Selection, viewer: Actor) -> Applicant | None:
    """The viewer's own application; None for officials, and before applications are frozen."""
    if viewer.is_officer:
        return None
    return next(
        (
            one
            for one in selection.applicants
            if viewer.organisation_id
            in {one.interest.organisation_id, one.interest.organisation.cooperative_id}
        ),
        None,
    )


def visible(viewer: Actor) -> Sequence[Selection]:
    """The selections of an official's pairs, those that go on first, then the latest."""
    return db.session.scalars(
        _loaded()
        .where(visible_to(viewer))
        .order_by(Selection.ended_at.is_not(None), Selection.id.desc())
    ).all()


def scoring(viewer: Actor) -> Sequence[Selection]:
    """The selections of an official's pairs that are being compared, the earliest result first."""
    return db.session.scalars(
        _loaded()
        .where(visible_to(viewer), Selection.state == SelectionState.SCORING)
        .order_by(Selection.decides_on, Selection.id)
    ).all()


def of_listing(listing_id: int, viewer: Actor) -> Selection | None:
    """The latest selection about a listing that the viewer may see."""
    return db.session.scalars(
        _loaded()
        .where(Selection.listing_id == listing_id, visible_to(viewer))
        .order_by(Selection.id.desc())
        .limit(1)
    ).first()


def live_of(listing_id: int) -> Selection | None:
    """The selection that goes on about a listing."""
    return db.session.scalars(
        sa.select(Selection).where(Selection.listing_id == listing_id, Selection.state.in_(LIVE))
    ).first()


def applications_for(listing: Listing) -> Applications | None:
    """The last day the latest selection sets for a listing, and whether that day is over for good.

    One that ended without a partner leaves the opportunity as it was.
    """
    if listing.kind != "opportunity":
        return None
    found = db.session.execute(
        sa.select(Selection.state, Selection.closes_on, Selection.decides_on, Selection.ended_at)
        .where(Selection.listing_id == listing.id)
        .order_by(Selection.id.desc())
        .limit(1)
    ).first()
    if found is None or found.state is SelectionState.VOID:
        return None
    return Applications(found.closes_on, applications_closed(*found))


def _of_latest(value: sa.ColumnElement[Any], listings: sa.FromClause) -> sa.ColumnElement[Any]:
    """A value of the latest selection of each listing, as ``applications_for`` reads it."""
    found = (
        sa.select(sa.case((Selection.state == SelectionState.VOID, None), else_=value))
        .where(Selection.listing_id == listings.c.id)
        .order_by(Selection.id.desc())
        .limit(sa.literal_column("1", sa.Integer))
    )
    return found.correlate(listings).scalar_subquery()


APPLICATIONS = Source(
    of=applications_for,
    last_day=lambda listings: _of_latest(Selection.closes_on.expression, listings),
    is_closed=lambda listings: _of_latest(Selection.state.in_(CLOSED), listings),
)


def listings_of(numbers: Collection[int]) -> sa.Select[Any]:
    """The listings these selections are about: lists show until when applications are taken."""
    return sa.select(Selection.listing_id).where(Selection.id.in_(numbers))


def why_held(listing_id: int) -> Text | None:
    """Why nobody is answered or matched outside its selection; None when none goes on."""
    if live_of(listing_id) is None:
        return None
    return Text(
        N_(
            "Several are being compared for this opportunity. Its result answers everyone; "
            "nobody is answered or matched before."
        )
    )


def interests_in(selection: Selection) -> Sequence[Interest]:
    """The live interests in the opportunity of a selection, the earliest first."""
    return db.session.scalars(
        sa.select(Interest)
        .where(
            Interest.listing_id == selection.listing_id,
            Interest.pair_id == selection.pair_id,
            Interest.state.in_(LIVE_INTERESTS),
        )
        .options(joinedload(Interest.organisation))
        .order_by(Interest.sent_at, Interest.id)
    ).all()


def hold_interests(selection: Selection) -> None:
    """Hold the applicants' interests until the transaction ends, always in the same order."""
    for interest_id in sorted(one.interest_id for one in selection.applicants):
        hold(Interest, id=interest_id)
        db.session.refresh(
            next(one.interest for one in selection.applicants if one.interest_id == interest_id)
        )


def concerned(selection: Selection) -> list[Organisation]:
    """Those a selection concerns: its applicants, or whoever has a live interest before."""
    if selection.applicants:
        return [one.interest.organisation for one in selection.applicants]
    return [interest.organisation for interest in interests_in(selection)]


def opportunity(public_id: str, viewer: Actor, *, lock: bool = False) -> Opportunity:
    """A published opportunity that an official of its locality could open a selection for."""
    if lock:
        hold(Listing, public_id=public_id)
    found = db.session.scalars(
        sa.select(Opportunity)
        .where(
            Opportunity.public_id == public_id,
            Opportunity.locality_id == viewer.locality_id,
            Opportunity.state == ListingState.PUBLISHED,
        )
        .options(
            joinedload(Opportunity.pair),
            joinedload(Opportunity.organisation),
            selectinload(Opportunity.criteria),
        )
        .execution_options(populate_existing=lock)
    ).first()
    if found is None or not viewer.is_officer:
        raise NotFound
    return found


def count_live(listing: Listing) -> int:
    """How many live interests the pair's organisations have in a listing."""
    return int(
        db.session.scalar(
            sa.select(sa.func.count(Interest.id)).where(
                Interest.listing_id == listing.id,
                Interest.pair_id == listing.pair_id,
                Interest.state.in_(LIVE_INTERESTS),
            )
        )
        or 0
    )


def is_over(listing: Listing) -> bool:
    """Whether the last day of a listing has passed."""
    return listing.closes_on is not None and listing.closes_on < clock.today()


def why_not_open(listing: Opportunity) -> Sequence[Text]:
    """What keeps a selection from being opened now, each as a sentence."""
    missing = []
    if listing.choosing is not Choosing.COMPARISON or not listing.criteria:
        missing.append(
            Text(
                N_(
                    "The opportunity does not publish a comparison with criteria and weights. "
                    "Change the way of choosing first; both localities approve the change."
                )
            )
        )
    if live_of(listing.id) is not None:
        missing.append(Text(N_("A selection for this opportunity goes on already.")))
    count = count_live(listing)
    if count < AT_LEAST and not (count and is_over(listing)):
        missing.append(
            Text(
                N_(
                    "A selection needs at least two who want it, or one after the closing day. "
                    "Interests now: %(n)s."
                ),
                n=count,
            )
        )
    return missing


def could_open(viewer: Actor) -> Sequence[Opportunity]:
    """The opportunities of an official's locality for which a selection can be opened now."""
    asked = (
        sa.select(Interest.listing_id)
        .where(Interest.state.in_(LIVE_INTERESTS))
        .group_by(Interest.listing_id)
    )
    live = sa.select(Selection.listing_id).where(Selection.state.in_(LIVE))
    found = db.session.scalars(
        sa.select(Opportunity)
        .where(
            Opportunity.locality_id == viewer.locality_id,
            Opportunity.state == ListingState.PUBLISHED,
            Opportunity.choosing == Choosing.COMPARISON,
            Opportunity.id.in_(asked),
            Opportunity.id.not_in(live),
        )
        .options(selectinload(Opportunity.criteria))
        .order_by(Opportunity.sort_key, Opportunity.id)
    ).all()
    return [listing for listing in found if not why_not_open(listing)]


def due_to_begin(day: date) -> Sequence[str]:
    """The public ids of selections whose closing day lies before ``day``."""
    return db.session.scalars(
        sa.select(Selection.public_id)
        .where(Selection.state == SelectionState.OPEN, Selection.closes_on < day)
        .order_by(Selection.id)
    ).all()
