"""What features above may do about interests, each a use case of its own."""

from __future__ import annotations

from marketplace.core.actor import Actor
from marketplace.interests import services


def acknowledge(actor: Actor, public_id: str) -> None:
    """Acknowledge an interest in the locality's own right."""
    services.answer(actor, public_id, "acknowledge")
