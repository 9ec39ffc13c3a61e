"""Sending and ending an interest: steps in the caller's transaction, here and for features above.

Whoever calls holds the listing's row, so that an organisation cannot ask twice at once.
"""

from __future__ import annotations

from marketplace.accounts.acting import Acting, speak_for
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import Asks
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.core.i18n import N_
from marketplace.core.quantity import require_whole
from marketplace.interests.models import Interest, InterestValues
from marketplace.interests.rules import INTEREST, AskAgain


def check(listing: Listing, values: InterestValues, goods: Listing | None = None) -> None:
    """Refuse what cannot be: a day that has passed, more than there is. Raises Invalid.

    ``goods`` are those an offer refers to, where they are not the listing's own.
    """
    for name, day in (("wished_on", values.wished_on), ("begins_on", values.begins_on)):
        if day is not None and day < clock.today():
            raise Invalid(name, N_("This day has passed. Choose a day still to come."))
    field = "people" if listing.asks_for is Asks.PEOPLE else "quantity"
    require_whole(field, values.quantity, (goods or listing).unit_asked)
    why_not = (goods or listing).cannot_give(values.quantity or 0)
    if why_not is not None:
        raise Invalid(field, why_not)


def send(
    interest: Interest,
    actor: Actor,
    acting: Acting | None = None,
    *,
    enquiry_id: int | None = None,
    by: Actor | None = None,
) -> None:
    """Send it, or send it again; all days are counted from now.

    ``enquiry_id``: the visitor's enquiry it came from; the program sends it then, and ``by`` is
    the official who had it do so.
    """
    db.session.add(interest)
    interest.sent_by_id = actor.user_id
    interest.sent_at = clock.now()
    interest.acknowledged_at = interest.answered_at = None
    interest.asked_at = interest.informed_at = None
    interest.ask_again = AskAgain.UNSAID
    acted = None if actor.is_system else speak_for(actor, interest.organisation, interest, acting)
    interest.listing.interest_count += 1
    came_from = {} if enquiry_id is None else {"enquiry": enquiry_id}
    INTEREST.fire(
        interest,
        "sent",
        actor,
        data={"listing": interest.listing.id, **came_from},
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
        by=by,
    )


def end(
    interest: Interest,
    move: str,
    actor: Actor,
    acting: Acting | None = None,
    *,
    reason: str | None = None,
    note: str = "",
) -> None:
    """Withdraw it, or take it back for the visitor from whose enquiry it came."""
    INTEREST.require(interest, move, actor)
    acted = None if actor.is_system else speak_for(actor, interest.organisation, interest, acting)
    INTEREST.fire(
        interest,
        move,
        actor,
        reason=reason,
        note=note,
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    interest.listing.interest_count = max(0, interest.listing.interest_count - 1)
