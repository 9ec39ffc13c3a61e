"""What features above may decide about organisations, each a use case of its own."""

from __future__ import annotations

from marketplace.accounts import services
from marketplace.core.actor import Actor


def decide(actor: Actor, public_id: str, move: str, reason: str | None, note: str) -> None:
    """Verify an organisation, or ask it for more: "verify", "return"."""
    services.move_organisation(actor, public_id, move, reason=reason, note=note)
