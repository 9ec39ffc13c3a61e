"""Writing a listing inside the caller's transaction, for use cases here and in upper features.

Like ``core.journal.record`` these are no use cases by themselves: a spreadsheet of five hundred
listings is one transaction.
"""

from __future__ import annotations

from typing import Protocol

import sqlalchemy as sa

from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import Organisation, Village
from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.models import Listing
from marketplace.catalogue.search import searchable
from marketplace.core import clock, text
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, NotFound
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.programme import queries as programme
from marketplace.programme.models import Pair


class Values(Protocol):
    """What every kind's form hands over."""

    @property
    def title(self) -> str:
        """The listing's name."""

    @property
    def description(self) -> str:
        """A few sentences."""

    @property
    def village_id(self) -> int | None:
        """Where it comes from or lies."""


def begin(
    actor: Actor,
    kind: str,
    pair: Pair,
    organisation: Organisation,
    values: Values,
    acting: Acting | None = None,
) -> Listing:
    """Start a draft for an organisation: by its own people, or recorded for it.

    Raises NotAllowed for an organisation that does not post this kind, or not in this pair;
    Invalid for a village of another locality.
    """
    model = MODELS[kind]
    if organisation.locality_id not in pair.locality_ids:
        raise NotAllowed(N_("Only organisations of the two localities can post here."))
    if organisation.kind not in model.posters:
        raise NotAllowed(model.posters_said)
    listing = model(
        pair_id=pair.id,
        locality_id=organisation.locality_id,
        is_offered_to_all=model.is_stock,
        organisation_id=organisation.id,
        title=values.title,
        slug="",
        sort_key="",
        created_by_id=actor.user_id,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    listing.organisation = organisation
    fill(listing, values)
    db.session.add(listing)
    acted = speak_for(actor, organisation, listing, acting)
    record(
        "listing.drafted",
        listing,
        actor,
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
        data={"kind": kind},
    )
    return listing


def fill(listing: Listing, values: Values) -> None:
    """Take over a form's values, and what is derived from them. Raises Invalid."""
    organisation = listing.organisation
    village = db.session.get(Village, values.village_id) if values.village_id else None
    if values.village_id and (village is None or village.locality_id != organisation.locality_id):
        raise Invalid("village_id", N_("Choose a village from the list."))
    listing.title = values.title
    listing.slug = text.slug(values.title)
    listing.sort_key = text.sort_key(values.title)
    listing.description = values.description
    listing.village_id = values.village_id
    listing.updated_at = clock.now()
    listing.fill(values)
    _serve(listing)
    owner = organisation.name if listing.names_owner else ""  # a name kept back is not found either
    words = [values.title, owner, village.name if village else "", values.description]
    listing.search_text = searchable([*words, *listing.own_words()])


def _serve(listing: Listing) -> None:
    """Put it under the article it serves, which some kinds choose by what is written."""
    if sa.inspect(listing).persistent and listing.article.number == listing.serves:
        return
    article = programme.article(listing.pair_id, listing.serves)
    if article is None:
        raise NotFound
    listing.article_id = article.id
    listing.article = article
