"""Who handles paper forms."""

from __future__ import annotations

from marketplace.accounts.rules import may_enter_household
from marketplace.core.actor import Actor

MOST_COPIES = 20
"""Forms printed at once: what an official carries to a village."""


def may_print_forms(actor: Actor) -> bool:
    """Whoever may enter a household: an official, a verified cooperative or association."""
    return may_enter_household(actor)
