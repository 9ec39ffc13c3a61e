"""Search words: how a query is read, and what a listing is found by. Pure.

Both sides go through one fold (``core.text.fold``), so that ``dang sam`` finds ``Đẳng sâm`` on
both databases. Words are ANDed and met whole; the last one, which may still be being typed, by its
beginning. How the databases are asked stands in ``catalogue.finding``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from marketplace.core import text

MAX_WORDS = 8
"""More words than anyone types; the rest is ignored."""
MAX_QUERY = 200
"""Characters of a query that are read."""
LONGEST_WORD = 64
"""Letters of a word that are kept and compared; no word of any language here is longer."""


class Term(NamedTuple):
    """A word to be met: whole, or by its beginning."""

    word: str
    begins: bool = False


Way = tuple[Term, ...]
"""All of these."""
Part = tuple[Way, ...]
"""Any of these."""
Query = tuple[Part, ...]
"""All of these; an empty one asks for nothing."""


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Names that mean the same, as an official typed them."""

    names: tuple[str, ...]

    @property
    def ways(self) -> dict[tuple[str, ...], str]:
        """Each name by its folded words."""
        found: dict[tuple[str, ...], str] = {}
        for name in self.names:
            if key := tuple(text.fold(name).split()):
                found.setdefault(key, name)
        return found


@dataclass(frozen=True, slots=True)
class Search:
    """A query as it is asked.

    ``words`` decides what is found. ``as_typed`` and ``with_marks`` decide what stands first: every
    typed word, or only those typed with marks, with exactly these marks. ``also`` are the other
    names looked for.
    """

    words: Query
    as_typed: Query = ()
    with_marks: Query = ()
    also: tuple[str, ...] = ()


def tokens(query: str) -> list[str]:
    """The folded words of a query, each once, in order."""
    return list(dict.fromkeys(fold_words(query)))[:MAX_WORDS]


def fold_words(query: str) -> list[str]:
    """The folded words of a query, in order."""
    return [word[:LONGEST_WORD] for word in text.fold(query[:MAX_QUERY]).split()]


def searchable(texts: Iterable[str]) -> str:
    """The folded words of a record, each once and between spaces, in the order of ``texts``."""
    return _kept(word for text_ in texts for word in text.fold(text_).split())


def searchable_marks(texts: Iterable[str]) -> str:
    """The words of a record as they were typed (``core.text.marked``), kept in the same way."""
    return _kept(word for text_ in texts for word in text.marked(text_))


def _kept(words: Iterable[str]) -> str:
    found = dict.fromkeys(word[:LONGEST_WORD] for word in words)
    return f" {' '.join(found)} " if found else ""


def parse(query: str, groups: Sequence[Synonyms] = ()) -> Search:
    """Read what someone typed. A name of a group also asks for the others of its group."""
    typed = text.words(query[:MAX_QUERY])
    folded = fold_words(query)
    begun = text.begun(typed) if len(folded) <= MAX_WORDS else []
    if not begun:
        parts, also = _parts(folded[:MAX_WORDS], groups)
        return Search(parts, *_marks(query), also)
    size = max(size for size, _ in begun)
    tail = text.fold(" ".join(typed[-size:])).split()
    parts, also = _parts(folded[: len(folded) - len(tail)], groups, ends=False)
    ways = [_way(tail, begins=True), *(_way(kept) for at, kept in begun if at == size)]
    return Search((*parts, tuple(dict.fromkeys(ways))), *_marks(query), also)


def _parts(
    words: Sequence[str], groups: Sequence[Synonyms], *, ends: bool = True
) -> tuple[Query, tuple[str, ...]]:
    """The words as parts, and the other names they stand for.

    The longest name of a group that stands at a place is one part of many ways. ``ends``: the last
    word is the last of the query.
    """
    named: dict[tuple[str, ...], dict[tuple[str, ...], str]] = {}
    for group in groups:
        for key in group.ways:
            named.setdefault(key, {}).update(group.ways)
    longest = max(map(len, named), default=0)
    parts: list[Part] = []
    also: dict[str, None] = {}
    at = 0
    while at < len(words):
        sizes = range(longest, 0, -1)
        size = next((n for n in sizes if tuple(words[at : at + n]) in named), 1)
        key = tuple(words[at : at + size])
        at += size
        others = {way: name for way, name in named.get(key, {}).items() if way != key}
        also.update(dict.fromkeys(others.values()))
        parts.append((_way(key, begins=ends and at >= len(words)), *map(_way, others)))
    return tuple(dict.fromkeys(parts)), tuple(also)


def _way(words: Sequence[str], *, begins: bool = False) -> Way:
    """All of these words; with ``begins``, the last by its beginning."""
    last = len(words) - 1
    return tuple(Term(word, begins and at == last) for at, word in enumerate(words))


def _marks(query: str) -> tuple[Query, Query]:
    """Every typed word with its marks, and only those that have any (else every one again)."""
    words = [word[:LONGEST_WORD] for word in text.marked(query[:MAX_QUERY])][:MAX_WORDS]
    every: list[Part] = [((Term(word),),) for word in words]
    if words:  # “hoà” is kept as “hòa”, and may go on to be “hoàng”
        last = dict.fromkeys((words[-1], *query[:MAX_QUERY].casefold().split()[-1:]))
        every[-1] = tuple((Term(word, begins=True),) for word in last if word.isalnum())
    marked = [part for word, part in zip(words, every, strict=True) if text.plain(word) != word]
    return tuple(every), tuple(marked or every)


def written_as(words: Sequence[str], marks: str, query: str) -> str:
    """Folded words as people write them: as typed where they were, else as a record has them.

    ``marks`` are the words of the record (``searchable_marks``).
    """
    typed = [word for word in text.marked(query[:MAX_QUERY]) if text.plain(word) != word]
    forms: dict[str, str] = {}
    for form in (*typed, *marks.split()):
        forms.setdefault(text.plain(form), form)
    return " ".join(forms.get(word, word) for word in words)
