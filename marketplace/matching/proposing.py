"""The steps of proposing a match, inside the caller's transaction.

``matching.services`` proposes what officials bring together, ``choosing.services`` what a
comparison ended in; like ``matching.settling`` these are not use cases by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.accounts.models import Organisation, StoredFile
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import Invalid, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.quantity import require_whole
from marketplace.interests import queries as interests
from marketplace.interests.models import Interest
from marketplace.matching import settling
from marketplace.matching.models import Match
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


def propose(
    actor: Actor,
    pair: Pair,
    listing_id: int,
    partner: Organisation,
    values: MatchValues,
    interest: Interest | None,
    *,
    proposer_id: int | None = None,
) -> Match:
    """Propose a match of ``listing_id`` and ``partner``; locks the listing's row.

    ``proposer_id`` is the person behind it where the program proposes what people decided: they
    turn no key on it. Raises Invalid and WrongState with the sentence that says why not.
    """
    listing = catalogue.get_by_id(listing_id, lock=True)
    if listing.state is not ListingState.PUBLISHED or listing.is_hidden:
        raise WrongState(N_("Only a published listing can be matched."))
    held = interests.held_back(listing.id)
    if held is not None:
        raise WrongState(held)
    if partner.id == listing.organisation_id or partner.kind not in listing.answered_by:
        raise Invalid("buyer", N_("Choose another organisation."))
    if not partner.is_verified or not listing.organisation.is_verified:
        raise WrongState(N_("Both organisations must be verified first."))
    _require_day(pair, values.happened_on)
    stock = interest.offered if interest else None
    if stock is not None and stock.state is not ListingState.PUBLISHED:
        raise WrongState(N_("The goods of this offer are no longer on sale. Ask for a new offer."))
    goods = stock or listing
    require_whole("quantity", values.quantity, goods.unit_sold if listing.is_sale else None)
    from_stock = values.happened_on is None or not goods.counts_after(values.happened_on)
    settling.promise(goods.id, values.quantity, from_stock=from_stock)
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
        proposed_by_id=proposer_id or actor.user_id,
        quantity=values.quantity if listing.is_sale else None,
        from_stock=from_stock,
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


def _require_day(pair: Pair, day: date | None) -> None:
    """An earlier dealing lies between the signing of the twinning, whose fruit it is, and today."""
    if day is None:
        return
    if day > clock.today():
        raise Invalid("happened_on", N_("This day is still to come."))
    if day < pair.signed_on:
        raise Invalid(
            "happened_on",
            Text(
                N_("The twinning was signed on %(day)s. Dealings before it are not its result."),
                day=pair.signed_on,
            ),
        )


def _value(listing: Listing, values: MatchValues) -> int | None:
    """The weight of the matter in đồng; for a sale quantity times price."""
    if listing.is_sale:
        if not values.unit_price:
            raise Invalid("unit_price", N_("Enter the price per unit, for example 120,000."))
        return settling.worth(values.quantity or 0, values.unit_price)
    return values.value
