"""What features above may decide about selections, each a use case of its own."""

from __future__ import annotations

from marketplace.choosing import services
from marketplace.core.actor import Actor


def decide(actor: Actor, public_id: str, move: str, reason: str | None, note: str) -> None:
    """Turn the key on a proposed result, or send it back: "turn_key", "send_back"."""
    if move == "turn_key":
        services.turn_key(actor, public_id)
    else:
        services.send_back(actor, public_id, reason=reason, note=note)
