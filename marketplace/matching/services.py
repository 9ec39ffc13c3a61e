"""Use cases that begin or break off a match. Deciding one lives in ``deals``, which it may open."""

from __future__ import annotations

from marketplace.accounts import queries as accounts
from marketplace.catalogue import queries as catalogue
from marketplace.core.actor import Actor
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.i18n import N_
from marketplace.core.use_case import use_case
from marketplace.interests import queries as interests
from marketplace.interests.rules import INTEREST
from marketplace.matching.models import Match
from marketplace.matching.proposing import MatchValues, propose
from marketplace.programme import queries as programme


@use_case
def propose_from_interest(actor: Actor, interest_id: str, values: MatchValues) -> Match:
    """Propose a match from an accepted interest, which is converted by it."""
    interest = interests.get(interest_id, actor, lock=True)
    INTEREST.fire(interest, "convert", actor)
    return propose(
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
    return propose(actor, pair, listing.id, partner, values, None)


__all__ = ["MatchValues", "propose_by_hand", "propose_from_interest"]
