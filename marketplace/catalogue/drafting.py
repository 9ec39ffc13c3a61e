"""Writing a listing inside the caller's transaction, for use cases here and in upper features.

Like ``core.journal.record`` these are no use cases by themselves: a spreadsheet of five hundred
listings is one transaction.
"""

from __future__ import annotations

from typing import Any, Protocol

from marketplace.accounts import consents
from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import ActingRecord, Organisation, Village
from marketplace.accounts.rules import Purpose
from marketplace.catalogue.gates import obstacles
from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.kinds.produce.model import OfferValues, Produce
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState, recorded_before
from marketplace.catalogue.search import searchable, searchable_marks
from marketplace.catalogue.vocabulary import learn
from marketplace.core import clock, text
from marketplace.core.actor import Actor
from marketplace.core.contacts import without_contacts
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.core.ids import public_id
from marketplace.core.journal import record
from marketplace.core.quantity import Amount
from marketplace.programme import queries as programme
from marketplace.programme.models import Article, Pair
from marketplace.web.locale import LANGUAGES, in_language, say


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
    try_on(listing, values)
    learn(listing.search_text.split())


def try_on(listing: Listing, values: Values) -> None:
    """The same on the listing alone: nothing else is written. Raises Invalid."""
    organisation = listing.organisation
    listing.public_id = listing.public_id or public_id()  # it is found by its code
    village = db.session.get(Village, values.village_id) if values.village_id else None
    if values.village_id and (village is None or village.locality_id != organisation.locality_id):
        raise Invalid("village_id", N_("Choose a village from the list."))
    listing.title = values.title
    listing.slug = text.slug(without_contacts(values.title))
    listing.sort_key = text.sort_key(values.title)
    listing.description = values.description
    listing.village_id = values.village_id
    listing.updated_at = clock.now()
    listing.fill(values)
    _serve(listing)
    for name, words in words_of(listing, village).items():
        setattr(listing, name, words)


def words_of(listing: Listing, village: Village | None) -> dict[str, str]:
    """What a listing is found by, by the names of its columns."""
    organisation = listing.organisation
    owner = organisation.name if listing.names_owner else ""  # a name kept back is not found either
    texts = [listing.title, owner, village.name if village else "", listing.description]
    texts += listing.own_words()
    labels = listing.own_labels()
    for language in LANGUAGES:
        with in_language(language):
            texts += map(say, labels)
    return {
        "search_title": searchable([listing.title]),
        "search_text": searchable(texts, listing.public_id),
        "search_marked": searchable_marks(texts),
    }


def speak(
    actor: Actor, listing: Listing, acting: Acting | None, purpose: Purpose = Purpose.POST
) -> ActingRecord | None:
    """Let the actor speak for the listing's owner.

    Whoever recorded the owner's wish to post something need not say how they know again until the
    draft is sent in: it is one conversation.
    """
    if acting is None and recorded_before(actor, listing):
        consents.require(listing.organisation, purpose)
        return next(a for a in reversed(listing.acting) if a.user_id == actor.user_id)
    return speak_for(actor, listing.organisation, listing, acting, purpose=purpose)


def rewrite(actor: Actor, listing: Listing, values: Values, acting: Acting | None) -> Listing:
    """Change a draft or a returned listing whose row is locked. Raises WrongState, Invalid."""
    acted = speak(actor, listing, acting)
    if listing.state not in {ListingState.DRAFT, ListingState.RETURNED}:
        raise WrongState(
            N_("Only a draft can be rewritten. A published listing can change its offer.")
        )
    fill(listing, values)
    record("listing.edited", listing, actor, acting_id=acted.id if acted else None)
    return listing


def change_offer(
    actor: Actor, listing: Listing, values: OfferValues, acting: Acting | None
) -> Produce:
    """Change price, quantity and months of published produce at once; its row is locked.

    Raises NotFound for other kinds, WrongState unless it is published, Invalid for less than is
    promised already.
    """
    if not isinstance(listing, Produce):
        raise NotFound
    acted = speak_for(actor, listing.organisation, listing, acting)
    if listing.state is not ListingState.PUBLISHED:
        raise WrongState(N_("Only a published listing can change its offer."))
    put_offer(listing, actor, values, acted)
    return listing


def put_offer(
    listing: Produce, actor: Actor, values: OfferValues, acted: ActingRecord | None
) -> None:
    """Put a new offer in the place of the old one; the journal keeps both for watchers.

    Raises Invalid for less than is promised already.
    """
    if values.total < listing.promised:
        raise Invalid(
            "quantity",
            Text(
                N_("%(promised)s are promised already. Enter at least this much."),
                promised=Amount(listing.promised, listing.unit),
            ),
        )
    before = _offer(listing)
    listing.take_offer(
        values.price_kind,
        values.price_low,
        values.price_high,
        values.total,
        values.months,
        values.by_month,
        values.price_steps,
    )
    for field, why in obstacles(listing):
        if field in listing.live:  # what an official would not let pass does not pass without one
            raise Invalid(field, why)
    listing.updated_at = clock.now()
    record(
        "listing.offer_changed",
        listing,
        actor,
        data={"before": before, "after": _offer(listing)},
        acting_id=acted.id if acted else None,
    )


def _offer(produce: Produce) -> dict[str, Any]:
    return {
        "price_kind": produce.price_kind.value if produce.price_kind else None,
        "price_low": produce.price_low,
        "price_high": produce.price_high,
        "quantity": produce.quantity,
        "months": produce.months,
        "by_month": [[figure.month, figure.quantity] for figure in produce.by_month_values],
        "price_steps": [[step.from_quantity, step.price] for step in produce.step_values],
    }


def _serve(listing: Listing) -> None:
    """Put it under the article it serves, which some kinds choose by what is written."""
    present: Article | None = listing.article  # a new listing has none yet
    if present is not None and present.number == listing.serves:
        return
    article = programme.article(listing.pair_id, listing.serves)
    if article is None:
        raise NotFound
    listing.article_id = article.id
    listing.article = article
