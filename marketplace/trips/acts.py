"""What features above may decide about survey trips, each a use case of its own."""

from __future__ import annotations

from marketplace.core.actor import Actor
from marketplace.trips import kit, services


def decide(actor: Actor, public_id: str, move: str, reason: str | None, note: str) -> None:
    """Turn the key on a planned trip, or cancel it: "turn_key", "cancel"."""
    if move == "turn_key":
        services.turn_key(actor, public_id, kit.freeze)
    else:
        services.move(actor, public_id, move, reason=reason, note=note)


def decide_report(
    actor: Actor, public_id: str, _move: str, _reason: str | None, _note: str
) -> None:
    """Turn the key on the report of a trip; who disagrees has it changed, there is no other no."""
    services.sign_report(actor, public_id)
