"""The steps of deciding a match, inside the caller's transaction on a locked row.

``deals.services`` calls them, because the last of them opens a deal; like ``programme.keys`` they
are not use cases by themselves.
"""

from __future__ import annotations

from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import Purpose, whose_word
from marketplace.catalogue import queries as catalogue
from marketplace.core import clock, money
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.calendar import add_working_days
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.i18n import N_
from marketplace.core.quantity import value_of
from marketplace.matching.models import Match, MatchConsent
from marketplace.matching.rules import ANSWERED, MATCH, Answer, what_is_missing
from marketplace.programme import keys
from marketplace.programme.rules import BOTH


def promise(listing_id: int, quantity: int | None, *, from_stock: bool = True) -> None:
    """Set ``quantity`` (thousandths) of what is sold aside, never more than is left.

    A dealing from before the owner last counted takes nothing from what is there now: then
    ``from_stock`` is False. Locks the listing's row. Raises Invalid naming what is left.
    """
    listing = catalogue.get_by_id(listing_id, lock=True)
    if not listing.is_sale:
        return
    if not quantity:
        raise Invalid("quantity", N_("Enter the quantity, for example 60."))
    if not from_stock:
        return
    why_not = listing.cannot_give(quantity) if listing.left is not None else None
    if why_not is not None:
        raise Invalid("quantity", why_not)
    listing.set_aside(quantity)


def worth(quantity: int, unit_price: int) -> int:
    """Đồng for this quantity at this price. Raises Invalid where it is more than can be kept."""
    value = value_of(quantity, unit_price)
    if value > money.MAXIMUM:
        raise Invalid("unit_price", N_("Quantity times price is too large. Check both numbers."))
    return value


def give_back(match: Match, quantity: int | None) -> None:
    """Free a promised quantity again, where the match had taken it from the stock."""
    listing = catalogue.get_by_id(match.goods_id, lock=True)
    if quantity and match.from_stock:
        listing.free(quantity)


def take_more(match: Match, quantity: int) -> None:
    """Set aside what went beyond the promise, as far as any is left: it is gone from the stock."""
    listing = catalogue.get_by_id(match.goods_id, lock=True)
    if quantity and match.from_stock and listing.left is not None:
        listing.set_aside(min(quantity, listing.left))


def say(
    match: Match,
    actor: Actor,
    answer: Answer,
    *,
    party_id: int | None = None,
    reason: str | None = None,
    note: str = "",
    acting: Acting | None = None,
) -> None:
    """Record one organisation's yes or no; a no rejects the match with its reason."""
    action = "consent" if answer is Answer.YES else "refuse"
    MATCH.require(match, action, actor)
    party = _speaks_for(match, actor, party_id)
    purpose = Purpose.POST if answer is Answer.YES else None  # nobody is kept from saying no
    acted = speak_for(actor, party, match, acting, purpose=purpose)
    MATCH.fire(
        match,
        action,
        actor,
        reason=reason,
        note=note,
        data={"organisation": party.id},
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    db.session.add(
        MatchConsent(
            match_id=match.id,
            organisation_id=party.id,
            answer=answer,
            user_id=actor.user_id,
            acting_id=acted.id if acted else None,
            said_on=acted.said_on if acted else clock.today(),
            at=clock.now(),
        )
    )
    db.session.flush()  # one answer per organisation: the index speaks now
    db.session.expire(match, ["consents", "acting"])
    if answer is Answer.NO:
        end(match, SYSTEM, "reject", "party_no", note)


def _speaks_for(match: Match, actor: Actor, party_id: int | None) -> Organisation:
    answered = {consent.organisation_id for consent in match.consents}
    open_parties = [p for p in match.parties if p.id not in answered]
    party = whose_word(actor, [p for p in open_parties if party_id in (None, p.id)])
    if party is None:
        raise NotAllowed(ANSWERED)
    return party


def turn_key(match: Match, actor: Actor) -> None:
    """Turn the key of the actor's locality. Under one key the other locality may then object."""
    MATCH.fire(match, "turn_key", actor, data={"needed": match.keys_needed})
    keys.turn(match, actor)
    db.session.expire(match, ["keys"])
    if match.keys_needed < BOTH:
        match.takes_effect_on = add_working_days(clock.today(), match.pair.objection_days)


def object_(match: Match, actor: Actor, reason: str | None, note: str) -> None:
    """Ask for both keys; the matter no longer takes effect by itself."""
    MATCH.fire(match, "object", actor, reason=reason, note=note)
    match.keys_needed = BOTH
    match.takes_effect_on = None


def settle(match: Match) -> bool:
    """Approve the match if nothing is missing any more; says whether it did."""
    if match.state is not MATCH.initial or what_is_missing(match):
        return False
    MATCH.fire(match, "approve", SYSTEM, facts={"decided_at": clock.now()})
    return True


def end(match: Match, actor: Actor, action: str, reason: str | None, note: str) -> None:
    """Reject or take back a match: what it had promised is free again."""
    MATCH.fire(match, action, actor, reason=reason, note=note, facts={"decided_at": clock.now()})
    give_back(match, match.quantity)
