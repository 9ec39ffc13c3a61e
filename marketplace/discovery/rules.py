"""Names that mean the same, and who keeps them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from marketplace.core.text import fold

if TYPE_CHECKING:
    from marketplace.core.actor import Actor
    from marketplace.discovery.models import SynonymGroup

MOST_NAMES = 12
"""Names of one group: each makes every search for the others longer."""
LONGEST_NAME = 60
SHORTEST_NAME = 2
"""A single letter begins half of all words: it would add everything to every search."""
MOST_GROUPS = 300
"""Groups of one locality."""


def may_keep(actor: Actor, group: SynonymGroup) -> bool:
    """The officials of the locality whose names they are."""
    return actor.is_officer_of(group.locality_id)


def keys_of(names: Iterable[str]) -> str:
    """The folded names between bars, as they are kept; names alike when folded are one."""
    kept = dict.fromkeys(key for name in names if (key := fold(name)))
    return f"|{'|'.join(kept)}|" if kept else ""
