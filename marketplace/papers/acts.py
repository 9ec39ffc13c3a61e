"""What features above may decide about papers, each a use case of its own."""

from __future__ import annotations

from marketplace.core.actor import Actor
from marketplace.papers import services


def decide(actor: Actor, public_id: str, move: str, reason: str | None, note: str) -> None:
    """Verify a paper against its scan, or ask for more: "verify", "return"."""
    services.judge(actor, public_id, move, reason=reason, note=note)
