"""Reading buyers as everyone may know them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import OrganisationState
from marketplace.catalogue.models import Listing
from marketplace.catalogue.queries import EVERYONE, addressed_to, on_offer
from marketplace.core.db import db
from marketplace.core.errors import NotFound

MOST_NEEDS = 24
"""Needs on the page of a buyer."""


def buyer(public_id: str) -> tuple[Organisation, Sequence[int]]:
    """A buyer that agreed to be named, and the ids of what it looks for in public, newest first.

    Raises NotFound for those who agreed to nothing, or look for nothing now: a page without a
    need would say who is there without being asked (decisions page 32).
    """
    organisation = db.session.scalars(
        sa.select(Organisation)
        .where(
            Organisation.public_id == public_id,
            Organisation.state == OrganisationState.VERIFIED,
            Organisation.is_named_in_public,
        )
        .options(joinedload(Organisation.locality))
    ).first()
    if organisation is None:
        raise NotFound
    ids = db.session.scalars(
        sa.select(Listing.id)
        .where(
            Listing.organisation_id == organisation.id,
            Listing.kind == "need",
            on_offer(),
            addressed_to(EVERYONE),
        )
        .order_by(Listing.published_at.desc(), Listing.id.desc())
        .limit(MOST_NEEDS)
    ).all()
    if not ids:
        raise NotFound
    return organisation, ids
