"""Reading interests."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import may_manage
from marketplace.catalogue.models import Listing
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import Conflict, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.interests.models import Interest
from marketplace.interests.rules import INTERESTED_KINDS, LIVE, InterestState
from marketplace.programme import queries as programme
from marketplace.programme.models import Pair


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """Both sides, the seller's cooperative, and the officials of both localities."""
    if viewer.is_officer:
        pairs = sa.select(Pair.id).where(
            sa.or_(Pair.source_id == viewer.locality_id, Pair.market_id == viewer.locality_id)
        )
        return Interest.pair_id.in_(pairs)
    if viewer.organisation_id is None:
        return sa.false()
    theirs = (
        sa.select(Listing.id)
        .join(Organisation, Organisation.id == Listing.organisation_id)
        .where(
            sa.or_(
                Organisation.id == viewer.organisation_id,
                Organisation.cooperative_id == viewer.organisation_id,
            )
        )
    )
    return sa.or_(
        Interest.organisation_id == viewer.organisation_id, Interest.listing_id.in_(theirs)
    )


def takes_part(viewer: Actor) -> sa.ColumnElement[bool]:
    """The listings in which the viewer's organisation registered interest."""
    return Listing.id.in_(
        sa.select(Interest.listing_id).where(Interest.organisation_id == viewer.organisation_id)
    )


def _loaded() -> sa.Select[Interest]:
    return sa.select(Interest).options(
        joinedload(Interest.pair),
        joinedload(Interest.organisation),
        joinedload(Interest.listing).joinedload(Listing.organisation),
        selectinload(Interest.acting),
    )


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Interest:
    """An interest by its tracking code. Raises NotFound.

    The listing's row is locked first, as closing a listing does: two use cases that take the two
    rows in different order would wait for each other for ever.
    """
    if lock:
        listing_id = db.session.scalar(
            sa.select(Interest.listing_id).where(Interest.public_id == public_id)
        )
        hold(Listing, id=listing_id)
        hold(Interest, public_id=public_id)
    found = db.session.scalars(
        _loaded()
        .where(Interest.public_id == public_id, visible_to(viewer))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def _slice(
    where: sa.ColumnElement[bool], offset: int, limit: int
) -> tuple[Sequence[Interest], int]:
    rows = db.session.scalars(
        _loaded().where(where).order_by(Interest.id.desc()).offset(offset).limit(limit)
    ).all()
    total = db.session.scalar(sa.select(sa.func.count(Interest.id)).where(where))
    return rows, int(total or 0)


def sent_by(viewer: Actor, offset: int = 0, limit: int = 1000) -> tuple[Sequence[Interest], int]:
    """What the viewer's organisation asked for, latest first; and how many there are in all."""
    return _slice(Interest.organisation_id == viewer.organisation_id, offset, limit)


def received_by(
    viewer: Actor, offset: int = 0, limit: int = 1000
) -> tuple[Sequence[Interest], int]:
    """What others asked the viewer's organisation and its households for, latest first.

    An official sees what the organisations of their own locality were asked for.
    """
    if viewer.is_officer:
        theirs: sa.ColumnElement[bool] = Interest.listing_id.in_(
            sa.select(Listing.id).where(Listing.locality_id == viewer.locality_id)
        )
    else:
        theirs = Interest.organisation_id != viewer.organisation_id
    return _slice(sa.and_(visible_to(viewer), theirs), offset, limit)


def live_of(organisation_id: int | None, listing_id: int) -> Interest | None:
    """The live interest of an organisation in a listing."""
    if organisation_id is None:
        return None
    return db.session.scalars(
        sa.select(Interest).where(
            Interest.organisation_id == organisation_id,
            Interest.listing_id == listing_id,
            Interest.state.in_(LIVE),
        )
    ).first()


def admit(viewer: Actor, listing: Listing) -> tuple[Organisation, Pair]:
    """The viewer's organisation and the pair in which it may register interest in ``listing``.

    Raises the refusal that says why it may not: asked before the form is shown, and again when it
    is sent.
    """
    organisation = accounts.organisation_by_id(viewer.organisation_id)
    if organisation.kind not in INTERESTED_KINDS:
        raise NotAllowed(N_("An authority brings others together; it does not register interest."))
    if may_manage(viewer, listing.organisation):
        raise NotAllowed(N_("This is your own listing."))
    if not organisation.is_verified:
        raise NotAllowed(
            N_("Your organisation is not verified yet. Its locality does this within 2 days.")
        )
    pair = programme.between(listing.locality_id, organisation.locality_id)
    if pair is None or (not listing.is_offered_to_all and pair.id != listing.pair_id):
        raise NotAllowed(N_("This listing is open to organisations of the twin locality."))
    if not listing.is_open or (listing.closes_on and listing.closes_on < clock.today()):
        raise WrongState(N_("This listing takes no new interest now."))
    if live_of(organisation.id, listing.id) is not None:
        raise Conflict(N_("Your organisation has registered its interest already."))
    return organisation, pair


def of_listing(listing_id: int, viewer: Actor) -> Sequence[Interest]:
    """The interests in a listing that the viewer may see, latest first."""
    return db.session.scalars(
        _loaded()
        .where(Interest.listing_id == listing_id, visible_to(viewer))
        .order_by(Interest.id.desc())
    ).all()


def live_in(listing_id: int) -> Sequence[Interest]:
    """All live interests in a listing, for use cases."""
    return db.session.scalars(
        _loaded().where(Interest.listing_id == listing_id, Interest.state.in_(LIVE))
    ).all()


def waiting(viewer: Actor) -> Sequence[Interest]:
    """Interests of the viewer's pairs that wait for an answer or a match, oldest first."""
    return db.session.scalars(
        _loaded()
        .where(
            visible_to(viewer),
            Interest.state.in_(
                [InterestState.SUBMITTED, InterestState.ACKNOWLEDGED, InterestState.ACCEPTED]
            ),
        )
        .order_by(Interest.sent_at, Interest.id)
    ).all()
