"""Slips of the finger and of the ear: which known words may have been meant. Pure.

A word of the vocabulary is kept under everything that is left of it when one or two letters are
missing. Whoever typed a word wrongly is found under what is left of the typed one: no word is
compared that does not share such a rest (symmetric deletion). ``vocabulary`` keeps them.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise

SHORT = 4
"""Letters up to which one slip is forgiven; in longer words two are."""
LONGEST = 24
"""Letters of words that are looked up; what is longer is no slip of one word."""
MOST_SPLIT = 4
"""Words that may have been typed as one."""
SOUND = "~"
"""Stands before the rest that tells how a word sounds; no word begins so."""


def slips_forgiven(word: str) -> int:
    """How many slips a word of this length may hold."""
    return 1 if len(word) <= SHORT else 2


@lru_cache(maxsize=4096)
def rests(word: str) -> frozenset[str]:
    """The word itself and what is left of it when up to ``slips_forgiven`` letters go."""
    found = {word}
    for missing in range(1, slips_forgiven(word) + 1):
        for gone in combinations(range(len(word)), missing):
            found.add("".join(c for at, c in enumerate(word) if at not in gone))
    return frozenset(rest for rest in found if rest)


_SOUNDS = (
    ("^ngh", "ng"), ("^gh", "g"), ("^(?:gi|r|d)(?=[aeiouy])", "z"), ("^ph", "f"),
    ("^tr", "ch"), ("^x", "s"), ("^[kq]", "c"), ("^l", "n"), ("y", "i"),
    ("ng$|nh$", "n"), ("(?<=.)[ck]$|ch$", "t"),
)  # fmt: skip
"""Sounds that regions of the country do not tell apart, or that are written in two ways."""
_HEARD = tuple((re.compile(pattern), sound) for pattern, sound in _SOUNDS)


def sound(word: str) -> str:
    """How a folded word sounds to most ears: “xu” and “su”, “trè” and “chè” are one."""
    for pattern, heard in _HEARD:
        word = pattern.sub(heard, word)
    return SOUND + word


_TELEX_DOUBLES = re.compile("(aa|ee|oo|dd)")


def keys(word: str) -> str:
    """A word typed while the keyboard did not put the marks (Telex, VNI), without its marks.

    “ddawngr” and “d9a8ng3” both give “dang”.
    """
    letters = word.rstrip("0123456789") if word[:1].isdigit() else re.sub("[0-9]", "", word)
    letters = _TELEX_DOUBLES.sub(lambda m: m[0][0], letters).replace("w", "")
    return letters[:1] + re.sub("[sfrxj](?=[^aeiouy]*$)", "", letters[1:], count=1)


def distance(a: str, b: str) -> int:
    """Letters missing, added, wrong or changed places with their neighbour between two words."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


@dataclass(frozen=True, slots=True, order=True)
class Guess:
    """Words that may have been meant in the place of some typed ones, and how far off they are."""

    cost: int
    words: tuple[str, ...]


NO_TITLE = 3
"""What it costs when the words stand together in no title: more than a slip, less than two."""
UNKNOWN = 9
"""What it costs to leave a word that nobody here has written."""
MOST_GUESSES = 12
"""Guesses for one typed word that are followed up."""
MOST_READINGS = 24
"""Readings of a query that are tried: one statement of so many parts."""

Known = Mapping[str, Sequence[str]]
"""Words of the vocabulary by their rests."""


def looked_up(typed: Sequence[str]) -> set[str]:
    """Everything the vocabulary has to be asked for, at once, to correct these words."""
    asked: set[str] = set()
    for word in typed:
        if 1 < len(word) <= LONGEST:
            asked |= rests(word) | {sound(word), keys(word), sound(keys(word))}
            size = len(word)
            asked |= {word[i:j] for i in range(size) for j in range(i + 1, size + 1)}
    asked |= {a + b for a, b in pairwise(typed) if len(a + b) <= LONGEST}
    return asked - {"", SOUND}


def guesses(word: str, known: Known) -> list[Guess]:
    """What may have been meant by one typed word, the likeliest first; itself among them."""
    is_known = word in known.get(word, ())
    found: dict[tuple[str, ...], int] = {}
    found[word,] = 0 if is_known or len(word) == 1 else UNKNOWN
    if 1 < len(word) <= LONGEST and not word.isdigit():
        for near in {near for rest in rests(word) for near in known.get(rest, ())}:
            slips = distance(word, near)
            if 0 < slips <= slips_forgiven(word):
                found[near,] = 2 * slips + (near[0] != word[0])
        typed = keys(word)
        for near in (*known.get(sound(word), ()), *known.get(sound(typed), ())):
            if near != word:
                found[near,] = 1
        if typed != word and typed in known.get(typed, ()):
            found[typed,] = 1
        for words in _splits(word, known):
            found[words] = len(words)
    ranked = sorted(Guess(cost, words) for words, cost in found.items())
    kept = ranked[:MOST_GUESSES]
    own = Guess(found[word,], (word,))
    return kept if own in kept else [*kept[:-1], own]


def _splits(word: str, known: Known) -> Iterator[tuple[str, ...]]:
    """The word cut into two to ``MOST_SPLIT`` known words of two letters or more."""

    def cut(rest: str, parts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for at in range(2, len(rest) - 1):
            if rest[:at] in known.get(rest[:at], ()):
                if rest[at:] in known.get(rest[at:], ()):
                    yield (*parts, rest[:at], rest[at:])
                if len(parts) + 2 < MOST_SPLIT:
                    yield from cut(rest[at:], (*parts, rest[:at]))

    yield from cut(word, ())


def readings(
    typed: Sequence[str], known: Known, most: int = MOST_READINGS
) -> list[tuple[int, tuple[str, ...]]]:
    """What the typed words may have been meant as, the likeliest first, at most ``most``.

    Each with its cost: each word by itself, or two neighbours that are one; never what was typed.
    """
    found: dict[tuple[str, ...], int] = {}
    for words, cost in _best_first([guesses(word, known) for word in typed], most + 1):
        found.setdefault(words, cost)
    for at, (a, b) in enumerate(pairwise(typed)):
        if a + b in known.get(a + b, ()):
            rest = [*typed[:at], a + b, *typed[at + 2 :]]
            for words, cost in _best_first([guesses(w, known) for w in rest], 2):
                found.setdefault(words, cost + 2)
    found.pop(tuple(typed), None)
    return sorted((cost, words) for words, cost in found.items())[:most]


def _best_first(
    choices: Sequence[Sequence[Guess]], most: int
) -> Iterator[tuple[tuple[str, ...], int]]:
    """Combinations of one guess for each word, the cheapest first."""
    if not choices:
        return

    def cost(at: tuple[int, ...]) -> int:
        return sum(choice[n].cost for choice, n in zip(choices, at, strict=True))

    start = (0,) * len(choices)
    waiting, seen = [(cost(start), start)], {start}
    while waiting and most:
        paid, at = heapq.heappop(waiting)
        most -= 1
        yield tuple(w for c, n in zip(choices, at, strict=True) for w in c[n].words), paid
        for place, n in enumerate(at):
            following = (*at[:place], n + 1, *at[place + 1 :])
            if n + 1 < len(choices[place]) and following not in seen:
                seen.add(following)
                heapq.heappush(waiting, (cost(following), following))
