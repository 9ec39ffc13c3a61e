"""How much can be kept and compared. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from marketplace.core.ids import ALPHABET, LENGTH

MOST_IN_BROWSER = 50
"""Kept before signing in: the cookie stays far below the 4 KB a browser takes."""
MOST_KEPT = 200
"""Kept by a person."""
MOST_COMPARED = 4
"""Columns of a comparison that can still be read."""
LEAST_COMPARED = 2


def known(ids: Iterable[object], most: int) -> list[str]:
    """Well-formed public ids, each once, in order; at most ``most`` of them."""
    found = (
        one
        for one in ids
        if isinstance(one, str) and len(one) == LENGTH and set(one) <= set(ALPHABET)
    )
    return list(dict.fromkeys(found))[:most]


def merged(kept: Sequence[str], brought: Sequence[str], most: int = MOST_KEPT) -> list[str]:
    """What of ``brought`` is new beside ``kept`` and still finds room, in its order."""
    room = max(0, most - len(kept))
    return [one for one in dict.fromkeys(brought) if one not in set(kept)][:room]
