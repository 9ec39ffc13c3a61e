"""Reading lots: what everyone sees, and what those see who look after them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import PRODUCERS, OrganisationState
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import Availability, ListingState, Visibility
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.papers.models import Paper
from marketplace.tracing.models import Lot
from marketplace.tracing.rules import IN_PUBLIC

T = TypeVar("T")


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """Published, recalled and sold-out lots for everyone; the rest for those in charge of them.

    A lot of a listing that officials have hidden is hidden with it.
    """
    shown = sa.select(Listing.id).where(Listing.visibility == Visibility.SHOWN)
    seen = [sa.and_(Lot.state.in_(list(IN_PUBLIC)), Lot.listing_id.in_(shown))]
    if viewer.organisation_id is not None:
        mine = Listing.organisation_id.in_(
            sa.select(Organisation.id).where(
                Organisation.locality_id == viewer.locality_id
                if viewer.is_officer
                else sa.or_(
                    Organisation.id == viewer.organisation_id,
                    Organisation.cooperative_id == viewer.organisation_id,
                )
            )
        )
        seen.append(Lot.listing_id.in_(sa.select(Listing.id).where(mine)))
    return sa.or_(*seen)


_OWNER = selectinload(Lot.listing).joinedload(Listing.organisation)
_WHOLE = (
    _OWNER.options(
        joinedload(Organisation.locality),
        joinedload(Organisation.village),
        selectinload(Organisation.consents),
    ),
    selectinload(Lot.listing).options(
        selectinload(Listing.photos),
        selectinload(Listing.papers).joinedload(Paper.renewal),
    ),
    selectinload(Lot.listing).joinedload(Listing.pair),
    selectinload(Lot.steps),
)


def lot(public_id: str, viewer: Actor, *, lock: bool = False) -> Lot:
    """A lot with all that its page shows. Raises NotFound."""
    if lock:
        hold(Lot, public_id=public_id)
    found = db.session.scalars(
        sa.select(Lot)
        .where(Lot.public_id == public_id, visible_to(viewer))
        .options(*_WHOLE)
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def lots_of(listing: Listing, *, public_only: bool, limit: int = 5) -> Sequence[Lot]:
    """The lots of a listing, the latest first."""
    query = sa.select(Lot).where(Lot.listing_id == listing.id)
    if public_only:
        query = query.where(Lot.state.in_(list(IN_PUBLIC)))
    return db.session.scalars(query.order_by(Lot.id.desc()).limit(limit)).all()


def lots_in_care(viewer: Actor) -> Sequence[Lot]:
    """Published lots whose labels the viewer may print, the latest first."""
    return db.session.scalars(
        sa.select(Lot)
        .join(Listing, Listing.id == Lot.listing_id)
        .where(catalogue.in_care_of(viewer), Lot.state.in_(list(IN_PUBLIC)))
        .options(*_WHOLE)
        .order_by(Lot.id.desc())
        .limit(100)
    ).all()


def listings_in_care(viewer: Actor) -> Sequence[Produce]:
    """Published produce whose labels the viewer may print, by name."""
    return db.session.scalars(
        sa.select(Produce)
        .where(catalogue.in_care_of(viewer), Listing.state == ListingState.PUBLISHED)
        .options(joinedload(Listing.organisation))
        .order_by(Listing.sort_key)
        .limit(100)
    ).all()


def listing(public_id: str, viewer: Actor) -> Produce:
    """A produce listing for its short page. Raises NotFound."""
    found = db.session.scalars(
        sa.select(Produce)
        .where(Listing.public_id == public_id, catalogue.visible_to(viewer))
        .options(
            joinedload(Listing.organisation).options(
                joinedload(Organisation.locality), joinedload(Organisation.village)
            ),
            joinedload(Listing.village),
            selectinload(Listing.photos),
            selectinload(Listing.papers).joinedload(Paper.renewal),
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def seller(public_id: str) -> tuple[Organisation, Sequence[Produce]]:
    """A verified producer with what it sells now, for its short page and its poster.

    Raises NotFound for those who sell nothing in public.
    """
    organisation = db.session.scalars(
        sa.select(Organisation)
        .where(
            Organisation.public_id == public_id,
            Organisation.state == OrganisationState.VERIFIED,
            Organisation.kind.in_(list(PRODUCERS)),
        )
        .options(joinedload(Organisation.locality), joinedload(Organisation.village))
    ).first()
    if organisation is None:
        raise NotFound
    goods = db.session.scalars(
        sa.select(Produce)
        .where(
            Listing.organisation_id == organisation.id,
            catalogue.on_offer(),
            catalogue.addressed_to(catalogue.EVERYONE),
            Listing.availability == Availability.OPEN,
        )
        .order_by(Listing.sort_key)
        .limit(40)
    ).all()
    if not goods:
        raise NotFound
    return organisation, goods


def chosen_lots(public_ids: Collection[str], viewer: Actor) -> Sequence[Lot]:
    """These lots of the viewer's care. Raises NotFound when one is not."""
    mine = {lot.public_id: lot for lot in lots_in_care(viewer)} if public_ids else {}
    return _those(public_ids, mine)


def chosen_listings(public_ids: Collection[str], viewer: Actor) -> Sequence[Produce]:
    """These listings of the viewer's care. Raises NotFound when one is not."""
    mine = {row.public_id: row for row in listings_in_care(viewer)} if public_ids else {}
    return _those(public_ids, mine)


def _those(public_ids: Collection[str], mine: dict[str, T]) -> Sequence[T]:
    if set(public_ids) - set(mine):
        raise NotFound
    return [mine[key] for key in dict.fromkeys(public_ids)]
