"""Search words: how a query is read, and what a listing is found by. Pure.

Both sides go through one fold (``core.text.fold``), so that ``dang sam`` finds ``Đẳng sâm`` on
both databases. Words are ANDed and met whole; the last one, which may still be being typed, by its
beginning. How the databases are asked stands in ``catalogue.finding``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from marketplace.core import text
from marketplace.core.ids import is_public_id

MAX_QUERY = 200
"""Characters of a query that are read; every word in them counts, however many there are."""
BEGUN = 3
"""Letters of a name's only word from which on its beginning stands for the name."""
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
    def ways(self) -> Mapping[tuple[str, ...], str]:
        """Each name by its folded words."""
        return _ways(self.names)


@lru_cache(maxsize=1024)
def _ways(names: tuple[str, ...]) -> Mapping[tuple[str, ...], str]:
    """Kept, because every query, and each of its readings, is compared with all groups."""
    found: dict[tuple[str, ...], str] = {}
    for name in names:
        if key := tuple(text.fold(name).split()):
            found.setdefault(key, name)
    return MappingProxyType(found)


@dataclass(frozen=True, slots=True)
class Search:
    """A query as it is asked.

    ``words`` decides what is found. ``as_typed`` and ``with_marks`` decide what stands first: every
    typed word, or only those typed with marks, with exactly these marks; another name with the
    marks an official gave it counts as typed. ``also`` are the other names looked for.
    ``is_unreadable``: something was typed, but nothing any listing could hold; it finds nothing.
    """

    words: Query
    as_typed: Query = ()
    with_marks: Query = ()
    also: tuple[str, ...] = ()
    is_unreadable: bool = False


def tokens(query: str) -> list[str]:
    """The folded words of a query, each once, in order."""
    return list(dict.fromkeys(fold_words(query)))


def is_unreadable(query: str) -> bool:
    """Whether something was typed in which there is no word: signs, or another script."""
    return bool(query.strip()) and not fold_words(query)


def is_cut(query: str) -> bool:
    """Whether there may have been more words than are looked for."""
    return len(query) >= MAX_QUERY - 1


def fold_words(query: str) -> list[str]:
    """The folded words of a query, in order."""
    return [word[:LONGEST_WORD] for word in text.fold(query[:MAX_QUERY]).split()]


CODE = "ø"
"""Stands before the code of a record among its words. No folded word begins so: a code is met when
all of it is typed, never by a word or the beginning of one."""


def searchable(texts: Iterable[str], code: str = "") -> str:
    """The folded words of a record, each once and between spaces, in the order of ``texts``.

    With ``code``, it is found by this as well.
    """
    words = [word for text_ in texts for word in text.fold(text_).split()]
    return _kept([*words, CODE + code] if code else words)


def searchable_marks(texts: Iterable[str]) -> str:
    """The words of a record as they were typed (``core.text.marked``), kept in the same way."""
    return _kept(word for text_ in texts for word in text.marked(text_))


def _kept(words: Iterable[str]) -> str:
    found = dict.fromkeys(word[:LONGEST_WORD] for word in words)
    return f" {' '.join(found)} " if found else ""


class _Span(NamedTuple):
    """A piece of a query: from a word to a word, and the other names it also stands for."""

    start: int
    end: int
    others: dict[tuple[str, ...], str]


def parse(query: str, groups: Sequence[Synonyms] = ()) -> Search:
    """Read what someone typed. A name of a group also asks for the others of its group."""
    query = query[:MAX_QUERY]
    typed, folded = text.words(query), fold_words(query)
    if not folded:
        return Search((), is_unreadable=is_unreadable(query))
    begun = text.begun(typed)
    size = max((size for size, _ in begun), default=0)
    tail = text.fold(" ".join(typed[-size:])).split() if begun else []
    head = len(folded) - len(tail)
    spans = _spans(folded[:head], groups, ends=not tail)
    parts = [
        (_way(folded[s.start : s.end], begins=s.end == len(folded)), *map(_way, s.others))
        for s in spans
    ]
    if tail:
        ways = [_way(tail, begins=True), *(_way(kept) for at, kept in begun if at == size)]
        parts.append(tuple(dict.fromkeys(ways)))
        spans += [_Span(at, at + 1, {}) for at in range(head, len(folded))]
    if len(folded) == 1 and is_public_id(folded[0]):
        parts[0] = (*parts[0], (Term(CODE + folded[0]),))
    also = dict.fromkeys(name for span in spans for name in span.others.values())
    return Search(tuple(dict.fromkeys(parts)), *_marks(query, folded, spans), tuple(also))


def _spans(words: Sequence[str], groups: Sequence[Synonyms], *, ends: bool) -> list[_Span]:
    """The words in pieces: the longest name of a group that stands at a place, or one word.

    ``ends``: the last word is the last of the query, so that a name may be still being typed.
    """
    named: dict[tuple[str, ...], dict[tuple[str, ...], str]] = {}
    for group in groups:
        for key in group.ways:
            named.setdefault(key, {}).update(group.ways)
    longest = max(map(len, named), default=0)
    spans: list[_Span] = []
    at = 0
    while at < len(words):
        for size in range(min(longest, len(words) - at), 0, -1):
            asked = tuple(words[at : at + size])
            meant = named.get(asked) or (
                _begun(asked, named) if ends and at + size == len(words) else {}
            )
            if meant:
                break
        else:
            size, asked, meant = 1, (words[at],), {}
        others = {way: name for way, name in meant.items() if way != asked}
        spans.append(_Span(at, at + size, others))
        at += size
    return spans


def _begun(
    asked: tuple[str, ...], named: dict[tuple[str, ...], dict[tuple[str, ...], str]]
) -> dict[tuple[str, ...], str]:
    """The groups of all names that begin so, without the names that the beginning itself finds."""
    *whole, last = asked
    if not whole and len(last) < BEGUN:
        return {}
    found: dict[tuple[str, ...], str] = {}
    begun = [
        key
        for key in named
        if len(key) == len(asked) and [*key[:-1]] == whole and key[-1].startswith(last)
    ]
    for key in begun:
        found.update(named[key])
    return {way: name for way, name in found.items() if way not in begun}


def _way(words: Sequence[str], *, begins: bool = False) -> Way:
    """All of these words; with ``begins``, the last by its beginning."""
    last = len(words) - 1
    return tuple(Term(word, begins and at == last) for at, word in enumerate(words))


def _marks(query: str, folded: Sequence[str], spans: Sequence[_Span]) -> tuple[Query, Query]:
    """Every typed word with its marks, and only those that have any (else every one again)."""
    typed = [word[:LONGEST_WORD] for word in text.marked(query)]
    if len(typed) != len(folded):  # a sign that folds to several words
        typed, spans = list(folded), [_Span(at, at + 1, {}) for at in range(len(folded))]
    words = [own if own.isalnum() else bare for own, bare in zip(typed, folded, strict=True)]
    raw = query.casefold().split()[-1]
    every: list[Part] = []
    marked: list[Part] = []
    for span in spans:
        own, is_last = words[span.start : span.end], span.end == len(words)
        others = [_way(text.marked(name)) for name in span.others.values()]
        every.append((*_as_typed(own, raw if is_last else ""), *others))
        having = [word for word in own if text.plain(word) != word]
        if having:
            ends = is_last and having[-1] == own[-1]
            marked.append((*_as_typed(having, raw if ends else ""), *others))
    return tuple(every), tuple(marked or every)


def _as_typed(words: Sequence[str], raw: str) -> list[Way]:
    """The words with their marks; ``raw`` is the last of the query, which may go on.

    “hoà” is kept as “hòa”, and may go on to be “hoàng”.
    """
    if not raw:
        return [_way(words)]
    last = dict.fromkeys((words[-1], raw))
    return [_way([*words[:-1], word], begins=True) for word in last if word.isalnum()]


def holds(query: Query, words: Collection[str]) -> bool:
    """Whether a few folded words hold what is asked, as the databases would say of a listing."""

    def met(term: Term) -> bool:
        return any(w.startswith(term.word) if term.begins else w == term.word for w in words)

    return all(any(all(map(met, way)) for way in part) for part in query)


def whole(query: Query) -> Query:
    """The same query with every word met as a whole, as one that proposes words has to."""
    return tuple(tuple(tuple(Term(t.word) for t in way) for way in part) for part in query)


def written_as(
    words: Sequence[str], marks: str, query: str, groups: Sequence[Synonyms] = ()
) -> str:
    """Folded words as people write them.

    As typed where the record found has them so, names as they are spelt, the rest as the record
    has it. Where it says nothing, typed marks count, then those an official gave a name; a name of
    several words is always written as the official did. ``marks`` are the words of the record
    (``searchable_marks``).
    """
    typed = {text.plain(form): form for form in text.marked(query[:MAX_QUERY])}
    named = {
        way: text.marked(name)
        for group in groups
        for way, name in group.ways.items()
        if set(way) <= set(words)
    }
    forms = {word: typed.get(word, word) for word in words}
    for way, form in named.items():
        if len(way) == 1 and forms.get(way[0]) == way[0]:
            forms[way[0]] = form[0]
    forms |= _forms(words, marks.split(), typed)
    for way, form in named.items():
        for at in range(len(words) - len(way) + 1 if len(way) > 1 else 0):
            if tuple(words[at : at + len(way)]) == way:
                forms |= zip(way, form, strict=True)
    return " ".join(
        spelt or " ".join(forms[word] for word in piece) for piece, spelt in text.spelt(words)
    )


def _forms(
    words: Sequence[str], written: Sequence[str], typed: Mapping[str, str]
) -> dict[str, str]:
    """How a record writes those of the words it holds: as typed, or as they stand side by side.

    “khach san” is “khách sạn” where these two are neighbours, though “sản” may stand before.
    """
    beside = set(pairwise(written))
    every: dict[str, list[str]] = {}
    for form in written:
        every.setdefault(text.plain(form), []).append(form)
    found: dict[str, str] = {}
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        own = every.get(word, [])
        if typed.get(word) in own:
            found[word] = typed[word]
        elif own:
            left = [form for form in own if (found.get(before), form) in beside]
            right = [form for form in own if any((form, o) in beside for o in every.get(after, ()))]
            found[word] = (left or right or own)[0]
    return found


def neighbours(words: Sequence[str], marks: str) -> int:
    """How many of the words a record has beside the one they follow."""
    beside = set(pairwise(map(text.plain, marks.split())))
    return sum(pair in beside for pair in pairwise(words))
