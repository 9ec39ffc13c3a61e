"""Reading interests."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.models import Organisation
from marketplace.catalogue.models import Listing
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.interests.models import Interest
from marketplace.interests.rules import LIVE, InterestState
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


def _loaded() -> sa.Select[Interest]:
    return sa.select(Interest).options(
        joinedload(Interest.pair),
        joinedload(Interest.organisation),
        joinedload(Interest.listing).joinedload(Listing.organisation),
        selectinload(Interest.acting),
    )


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Interest:
    """An interest by its tracking code. Raises NotFound."""
    if lock:
        hold(Interest, public_id=public_id)
    found = db.session.scalars(
        _loaded()
        .where(Interest.public_id == public_id, visible_to(viewer))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def sent_by(viewer: Actor) -> Sequence[Interest]:
    """What the viewer's organisation asked for, latest first."""
    return db.session.scalars(
        _loaded()
        .where(Interest.organisation_id == viewer.organisation_id)
        .order_by(Interest.id.desc())
    ).all()


def received_by(viewer: Actor) -> Sequence[Interest]:
    """What others asked the viewer's organisation and its households for, latest first."""
    return db.session.scalars(
        _loaded()
        .where(visible_to(viewer), Interest.organisation_id != viewer.organisation_id)
        .order_by(Interest.id.desc())
    ).all()


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
