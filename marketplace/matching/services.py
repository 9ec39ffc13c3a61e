"""Use cases that begin or break off a match. Deciding one lives in ``deals``, which it may open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation, StoredFile
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.use_case import use_case
from marketplace.interests import queries as interests
from marketplace.interests.models import Interest
from marketplace.interests.rules import INTEREST
from marketplace.matching import settling
from marketplace.matching.models import Match
from marketplace.programme import queries as programme
from marketplace.programme.models import Pair
from marketplace.programme.rules import keys_needed


@dataclass(frozen=True, slots=True)
class MatchValues:
    """What is proposed. Quantity in thousandths, prices and value in đồng.

    ``happened_on`` and ``paper`` are for a dealing from before it was entered here.
    """

    quantity: int | None = None
    unit_price: int | None = None
    value: int | None = None
    note: str = ""
    happened_on: date | None = None
    paper: StoredFile | None = None


@use_case
def propose_from_interest(actor: Actor, interest_id: str, values: MatchValues) -> Match:
    """Propose a match from an accepted interest, which is converted by it."""
    interest = interests.get(interest_id, actor, lock=True)
    INTEREST.fire(interest, "convert", actor)
    return _propose(
        actor, interest.pair, interest.listing_id, interest.organisation, values, interest
    )


@use_case
def propose_by_hand(actor: Actor, listing_id: str, partner_id: str, values: MatchValues) -> Match:
    """Bring together a listing and an organisation that did not answer it.

    Also the way to enter a dealing from before the site existed: with its day and its paper, and
    the same yes and keys as any other.
    """
    listing = catalogue.get(listing_id, actor)
    partner = accounts.organisation_in_pair(partner_id, actor)
    pair = programme.between(listing.locality_id, partner.locality_id)
    if pair is None or (not listing.is_offered_to_all and pair.id != listing.pair_id):
        raise Invalid("buyer", N_("This listing is open to organisations of the twin locality."))
    if not actor.is_officer_of(*pair.locality_ids):
        raise NotAllowed(N_("Only an official of the two localities can propose this match."))
    if values.happened_on is not None and values.paper is None:
        raise Invalid("paper", N_("Attach the paper of this earlier dealing."))
    return _propose(actor, pair, listing.id, partner, values, None)


def _propose(
    actor: Actor,
    pair: Pair,
    listing_id: int,
    partner: Organisation,
    values: MatchValues,
    interest: Interest | None,
) -> Match:
    listing = catalogue.get_by_id(listing_id, lock=True)
    if listing.state is not ListingState.PUBLISHED or listing.is_hidden:
        raise WrongState(N_("Only a published listing can be matched."))
    if partner.id == listing.organisation_id or partner.kind not in listing.answered_by:
        raise Invalid("buyer", N_("Choose another organisation."))
    if not partner.is_verified or not listing.organisation.is_verified:
        raise WrongState(N_("Both organisations must be verified first."))
    if values.happened_on is not None and values.happened_on > clock.today():
        raise Invalid("happened_on", N_("This day is still to come."))
    stock = interest.offered if interest else None
    if stock is not None and stock.state is not ListingState.PUBLISHED:
        raise WrongState(N_("The goods of this offer are no longer on sale. Ask for a new offer."))
    goods = stock or listing
    settling.promise(goods.id, values.quantity)
    value = _value(listing, values)
    seller, buyer = listing.organisation, partner
    if listing.seeks:
        seller, buyer = buyer, seller
    match = Match(
        pair_id=pair.id,
        listing_id=listing.id,
        interest_id=interest.id if interest else None,
        stock_id=stock.id if stock else None,
        seller_id=seller.id,
        buyer_id=buyer.id,
        proposed_by_id=actor.user_id,
        quantity=values.quantity if listing.is_sale else None,
        unit=goods.unit_sold if listing.is_sale else None,
        unit_price=values.unit_price if listing.is_sale else None,
        value=value,
        note=values.note,
        happened_on=values.happened_on,
        paper=values.paper,
        keys_needed=keys_needed(pair.policies, listing.match_decision, value),
        proposed_at=clock.now(),
    )
    db.session.add(match)
    record(
        "match.proposed",
        match,
        actor,
        data={"listing": listing.id, "keys": match.keys_needed},
        happened_on=values.happened_on,
    )
    return match


def _value(listing: Listing, values: MatchValues) -> int | None:
    """The weight of the matter in đồng; for a sale quantity times price."""
    if listing.is_sale:
        if not values.unit_price:
            raise Invalid("unit_price", N_("Enter the price per unit, for example 120.000."))
        return settling.worth(values.quantity or 0, values.unit_price)
    return values.value
