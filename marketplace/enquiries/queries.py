"""Reading enquiries: the queue of officials, and one by its code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import OrganisationState
from marketplace.catalogue import applications
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.core.journal import Entry
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.rules import EnquiryState, may_handle
from marketplace.interests import queries as interests
from marketplace.interests.models import Interest
from marketplace.programme import queries as programme


def _loaded() -> sa.Select[Enquiry]:
    return sa.select(Enquiry).options(
        joinedload(Enquiry.pair),
        selectinload(Enquiry.listing)
        .joinedload(Listing.organisation)
        .joinedload(Organisation.locality),
        selectinload(Enquiry.listing).joinedload(Listing.pair),
        selectinload(Enquiry.interest).joinedload(Interest.organisation),
        selectinload(Enquiry.interest).joinedload(Interest.pair),
    )


def by_code(code: str, *, lock: bool = False) -> Enquiry:
    """An enquiry for whoever has its code. Raises NotFound.

    The listing's row is locked first, as with interests.
    """
    if lock:
        listing_id = db.session.scalar(
            sa.select(Enquiry.listing_id).where(Enquiry.public_id == code)
        )
        hold(Listing, id=listing_id)
        hold(Enquiry, public_id=code)
    found = db.session.scalars(
        _loaded().where(Enquiry.public_id == code).execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def of_interest(interest: Interest) -> Enquiry | None:
    """The enquiry an interest came from."""
    return db.session.scalars(
        sa.select(Enquiry).where(Enquiry.interest_id == interest.id)
    ).one_or_none()


def get(code: str, viewer: Actor, *, lock: bool = False) -> Enquiry:
    """An enquiry an official may deal with. Raises NotFound."""
    found = by_code(code, lock=lock)
    if not may_handle(viewer, found):
        raise NotFound
    return found


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """The enquiries of an official's pairs."""
    if not viewer.is_officer:
        return sa.false()
    pairs = programme.pairs_of(viewer)
    return Enquiry.pair_id.in_(pairs)


def waiting(viewer: Actor) -> Sequence[Enquiry]:
    """The enquiries that wait for an official of the viewer's pairs, oldest first."""
    return db.session.scalars(
        _loaded()
        .where(visible_to(viewer), Enquiry.state == EnquiryState.SENT)
        .order_by(Enquiry.sent_at, Enquiry.id)
    ).all()


def ended(viewer: Actor, limit: int = 20) -> Sequence[Enquiry]:
    """Those dealt with last, latest first."""
    return db.session.scalars(
        _loaded()
        .where(visible_to(viewer), Enquiry.state != EnquiryState.SENT)
        .order_by(Enquiry.ended_at.desc(), Enquiry.id.desc())
        .limit(limit)
    ).all()


def open_listing(public_id: str, *, lock: bool = False) -> Listing:
    """A listing everyone may ask about now.

    Raises NotFound where not everyone sees it, WrongState where it takes no interest.
    """
    listing = catalogue.get(public_id, ANONYMOUS, lock=lock)
    closed = applications.why_closed(listing)
    if closed is not None:
        raise WrongState(closed)
    if not listing.is_open or interests.has_passed(listing):
        raise WrongState(N_("This listing takes no new interest now."))
    return listing


def candidates(enquiry: Enquiry) -> list[Organisation]:
    """The verified organisations that could stand behind an enquiry, by name."""
    listing = enquiry.listing
    others = set(enquiry.pair.locality_ids) - {listing.locality_id}
    return list(
        db.session.scalars(
            sa.select(Organisation)
            .where(
                Organisation.state == OrganisationState.VERIFIED,
                Organisation.kind.in_(listing.answered_by),
                Organisation.locality_id.in_(others),
            )
            .order_by(Organisation.name, Organisation.id)
        )
    )


def candidate(enquiry: Enquiry, public_id: str) -> Organisation | None:
    """The one of these with this public id."""
    return next((one for one in candidates(enquiry) if one.public_id == public_id), None)


def left_behind() -> Sequence[str]:
    """Codes of enquiries that wait although their listing is over."""
    return db.session.scalars(
        sa.select(Enquiry.public_id)
        .join(Listing, Listing.id == Enquiry.listing_id)
        .where(
            Enquiry.state == EnquiryState.SENT,
            Listing.state.not_in([ListingState.PUBLISHED]),
        )
        .order_by(Enquiry.id)
    ).all()


def to_erase(before: datetime) -> Sequence[str]:
    """Codes of enquiries that ended before ``before`` and still name someone."""
    return db.session.scalars(
        sa.select(Enquiry.public_id)
        .where(Enquiry.ended_at < before, Enquiry.erased_at.is_(None))
        .order_by(Enquiry.id)
    ).all()


def reason_of(interest: Interest) -> str | None:
    """The code of the reason with which an interest ended, without what was written to others."""
    return db.session.scalars(
        sa.select(Entry.reason)
        .where(
            Entry.subject_type == "interest",
            Entry.subject_id == interest.id,
            Entry.name.in_(["interest.decline", "interest.lapse"]),
        )
        .order_by(Entry.id.desc())
        .limit(1)
    ).first()
