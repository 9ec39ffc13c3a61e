"""What features above may decide about reports, each a use case of its own."""

from __future__ import annotations

from marketplace.core.actor import Actor
from marketplace.moderation import services


def decide(actor: Actor, public_id: str, move: str, reason: str | None, note: str) -> None:
    """Leave a reported listing as it is, or hide it: "dismiss", "uphold"."""
    services.decide(actor, public_id, move, reason=reason, note=note)
