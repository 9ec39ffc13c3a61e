"""The decisions about cases as features above may carry them out, each a use case of its own.

A desk lets someone settle many in one sitting: it calls one after the other, never two in one
transaction.
"""

from __future__ import annotations

from marketplace.core.actor import Actor
from marketplace.deals import services


def decide_match(actor: Actor, public_id: str, move: str, reason: str | None, note: str) -> None:
    """Turn the key on a match, object to it, or reject it: "turn_key", "object", "reject"."""
    if move == "turn_key":
        services.turn_match_key(actor, public_id)
    elif move == "object":
        services.object_to_match(actor, public_id, reason=reason, note=note)
    else:
        services.break_off(actor, public_id, "reject", reason=reason, note=note)


def decide_figure(actor: Actor, public_id: str, move: str, reason: str | None, note: str) -> None:
    """Verify or return a figure."""
    services.move_figure(actor, public_id, move, reason=reason, note=note)


def decide_ruling(actor: Actor, public_id: str, move: str, reason: str | None, note: str) -> None:
    """Turn the key on what is proposed for a deal in trouble, or put it aside: "drop"."""
    if move == "turn_key":
        services.turn_ruling_key(actor, public_id)
    else:
        services.drop_ruling(actor, public_id, reason=reason, note=note)


def decide_agreement(actor: Actor, deal_id: str, move: str, reason: str | None, note: str) -> None:
    """Hold back the paper of a deal that is being signed: "hold"."""
    services.hold_paper(actor, deal_id, move, reason=reason, note=note)
