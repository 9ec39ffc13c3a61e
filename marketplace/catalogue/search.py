"""Search words: how a query is read, and what a listing is found by. Pure.

Both sides go through one fold (``core.text.fold``), so that ``dang sam`` finds ``Đẳng sâm`` on
both databases. Words are ANDed; each matches the beginning of a word.
"""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.core.text import fold

MAX_WORDS = 8
"""More words than anyone types; the rest is ignored."""
MAX_QUERY = 200
"""Characters of a query that are read."""


def tokens(query: str) -> list[str]:
    """The folded words of a query, each once, in order."""
    return list(dict.fromkeys(fold(query[:MAX_QUERY]).split()))[:MAX_WORDS]


def searchable(texts: Iterable[str]) -> str:
    """The folded words of a record, with a space before each, so that a word's start can be met.

    The words stand in the order of ``texts``, each once.
    """
    words = dict.fromkeys(word for text in texts for word in fold(text).split())
    return " " + " ".join(words) if words else ""


def patterns(query: str) -> list[str]:
    """LIKE patterns over ``searchable`` text; folded words hold no wildcard."""
    return [f"% {word}%" for word in tokens(query)]
