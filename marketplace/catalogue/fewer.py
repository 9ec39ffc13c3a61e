"""Fewer words: what a query that finds nothing may be shortened to. Pure.

Words are ANDed, so that one word no listing has (“mua măng khô”) hides what the others would find.
Which parts find something is asked by ``catalogue.browse``.
"""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.catalogue.search import MAX_QUERY, fold_words
from marketplace.catalogue.spelling import is_syllable
from marketplace.core import text

MOST_WORDS = 8
"""Words up to which it is tried what a query would find with fewer: 8 make 41 parts."""


def parts(query: str) -> list[str]:
    """What is left of a query when words are left out, as typed, the longest parts first.

    One word from anywhere, or several from the ends: “tôi muốn mua măng khô” may be “măng khô”. A
    part with nothing to look for in it is none.
    """
    typed = query[:MAX_QUERY].split()
    size = len(typed)
    if size > MOST_WORDS:
        return []
    inner = [typed[:at] + typed[at + 1 :] for at in range(1, size - 1)]
    runs = [
        typed[at : at + length]
        for length in range(size - 1, 0, -1)
        for at in range(size - length + 1)
    ]
    left = dict.fromkeys(
        " ".join(words) for words in sorted([*runs, *inner], key=len, reverse=True)
    )
    own = fold_words(query)
    return [part for part in left if fold_words(part) not in ([], own)]


def longest(query: str, held: Mapping[str, bool]) -> list[str]:
    """The longest of these parts that stand in a title; without any, those with one word less.

    ``held`` says of each part that finds something whether it stands in a title. Of a word alone
    much is left out: only the first says what the thing is (“gừng tươi loại 1”), or one that is no
    syllable among others (“homestay”). Ties stay in the order of ``parts``.
    """
    first, *others = query.split()
    size = 1 + len(others)
    sizes = {part: len(part.split()) for part in held}

    def says_enough(part: str) -> bool:
        is_alone = sizes[part] == 1 and len(others) > 1
        return not is_alone or part == first or not is_syllable(text.fold(part))

    titled = [part for part, is_titled in held.items() if is_titled and says_enough(part)]
    left = titled or [part for part in held if 1 < sizes[part] == size - 1]
    most = max((sizes[part] for part in left), default=0)
    return [part for part in left if sizes[part] == most]
