"""Slips of the finger and of the ear: which known words may have been meant. Pure.

A word of the vocabulary is kept under everything that is left of it when one or two letters are
missing. Whoever typed a word wrongly is found under what is left of the typed one: no word is
compared that does not share such a rest (symmetric deletion). ``vocabulary`` keeps them.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from types import MappingProxyType

from marketplace.core import text

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
    ("^tr", "ch"), ("^x", "s"), ("^(?:k(?!h)|q)", "c"), ("^l", "n"), ("y", "i"),
    ("ng$|nh$", "n"), ("(?<=.)[ck]$|ch$", "t"),
)  # fmt: skip
"""Sounds that regions of the country do not tell apart, or that are written in two ways."""
_HEARD = tuple((re.compile(pattern), sound) for pattern, sound in _SOUNDS)


@lru_cache(maxsize=4096)
def sound(word: str) -> str:
    """How a folded word sounds to most ears: “xu” and “su”, “trè” and “chè” are one."""
    for pattern, heard in _HEARD:
        word = pattern.sub(heard, word)
    return SOUND + word


_TELEX_DOUBLES = re.compile("(aa|ee|oo|dd)")


@lru_cache(maxsize=4096)
def keys(word: str) -> str:
    """A word typed while the keyboard did not put the marks (Telex, VNI), without its marks.

    “ddawngr” and “d9a8ng3” both give “dang”.
    """
    letters = word.rstrip("0123456789") if word[:1].isdigit() else re.sub("[0-9]", "", word)
    letters = _TELEX_DOUBLES.sub(lambda m: m[0][0], letters).replace("w", "")
    return letters[:1] + re.sub("[sfrxj](?=[^aeiouy]*$)", "", letters[1:], count=1)


def is_syllable(word: str) -> bool:
    """Whether a folded word may be one word of Vietnamese, which has its vowels side by side."""
    return len(re.findall("[aeiouy]+", word)) < 2  # noqa: PLR2004


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


KEYS = 1
"""What it costs to read a word off the keys of Telex or VNI: hardly anything."""
SOUND_ALIKE = 2
"""What it costs to take a word that sounds like the typed one."""
SLIP = 4
FIRST = 2
"""What one slip costs, and how much more when it is in the first letter."""
JOIN = 2
"""What it costs to make one word of two, or for each word that was cut out of one."""
NAMED = 2
"""What it is worth when a known name or spelling comes out."""
ONE_SLIP = SLIP + FIRST
"""The most a single slip costs."""
NO_TITLE = 6
"""What it costs when the words stand together in no title: more than a slip, less than two."""
UNKNOWN = 18
"""What it costs to leave a word that nobody here has written."""
MOST_GUESSES = 24
"""Guesses for one typed word that are followed up."""
MOST_READINGS = 36
"""Readings of a query that are tried: one statement of so many parts."""

Known = Mapping[str, Sequence[str]]
"""Words of the vocabulary by their rests."""
Names = Mapping[str, Sequence[str]]
"""Names run together, and the words they are kept as: “avuong”, “zaza”."""

_EVERY_DAY = (
    "anh bán bảo bằng bên bếp bệnh biển bột bữa cá các cách cái cần cây chai chân chị cho chưa "
    "chúng chữa chứa có con cơ công của cùng cũng củ dài đặc đang đây đầu để đèn đen đến đi đỏ đó "
    "đông đồ được đủ đường gì giá giao giúp giữa gọi hàng hạt hay hoa hoặc hôm hơn hộp hữu khách "
    "khi khỏe không kg khô kilôgam kêu lá làm lại lên lớn lúc luôn mà mới mọi món mùa muốn mua "
    "một nào này năm nếu ngày ngoài ngon người nhà nhiều nhỏ nhưng như những nước núi nữa ở ông "
    "quá quả quanh quà quý quí ra rẻ rất rồi rừng sạch sẵn sản sẽ số sống sỉ suối sữa tại tận "
    "tặng tất tết tháng theo thì thị thịt thôi thôn thơm thuốc thường tím tìm tỉnh to tôi tốt "
    "trái trắng tránh trên trong trồng trước từ tươi ty và vàng vào về vì việc với vườn xã xanh "
    "xin"
)
COMMON = frozenset(_EVERY_DAY.split())
"""Words of every day as they are written: whoever types one of them means it."""
_COMMON_BARE = frozenset(text.plain(word) for word in COMMON)


def is_common(word: str) -> bool:
    """Whether a word, as it was typed, is one of every day; typed without marks, it may be any."""
    return word in COMMON or word in _COMMON_BARE


def looked_up(typed: Sequence[str]) -> set[str]:
    """Everything the vocabulary has to be asked for, at once, to correct these words."""
    asked: set[str] = set()
    for word in typed:
        if 1 < len(word) <= LONGEST:
            asked |= _near(word)
            size = len(word)
            asked |= {word[i:j] for i in range(size) for j in range(i + 1, size + 1)}
    for a, b in pairwise(typed):
        if len(a + b) <= LONGEST:
            asked |= _near(a + b).union(*_shifted(a, b))
    return asked - {"", SOUND}


def _near(word: str) -> set[str]:
    """What the words that may have been meant by this one are kept under."""
    typed = keys(word)
    return {*rests(word), sound(word), typed, sound(typed)}


@lru_cache(maxsize=64)
def with_names(names: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    """Names run together by their rests and sounds, as the vocabulary keeps its words."""
    found: dict[str, list[str]] = {}
    for name in names:
        for rest in {*rests(name), sound(name)}:
            found.setdefault(rest, []).append(name)
    return found


def _meant(word: str, known: Known, names: Names) -> dict[tuple[str, ...], int]:
    """Known words near this one, and what it costs to take them for it."""
    found: dict[tuple[str, ...], int] = {}

    def take(near: str, cost: int) -> None:
        words = tuple(names.get(near) or (near,))
        found[words] = min(cost, found.get(words, cost))

    most, size = slips_forgiven(word), len(word)
    for near in {near for rest in rests(word) for near in known.get(rest, ())}:
        if abs(len(near) - size) > most:
            continue
        slips = distance(word, near)
        if 0 < slips <= most:
            take(near, SLIP * slips + FIRST * (near[0] != word[0]))
    typed = keys(word)
    for heard, cost in ((word, SOUND_ALIKE), (typed, SOUND_ALIKE + KEYS)):
        for near in known.get(sound(heard), ()):
            if near != word and sound(near) == sound(heard):  # kept before a rule was changed
                take(near, cost)
    if typed != word and typed in known.get(typed, ()):
        take(typed, KEYS)
    return found


def guesses(
    word: str, known: Known, names: Names = MappingProxyType({}), *, stays: bool = False
) -> list[Guess]:
    """What may have been meant by one typed word, the likeliest first; itself among them.

    ``stays``: nothing else was meant.
    """
    if stays:
        return [Guess(0, (word,))]
    is_known = word in known.get(word, ())
    own = Guess(0 if is_known or len(word) == 1 else UNKNOWN, (word,))
    found: dict[tuple[str, ...], int] = {}
    if 1 < len(word) <= LONGEST and not word.isdigit():
        found = _meant(word, known, names)
        for words in _splits(word, known):
            found.setdefault(words, JOIN * len(words))
    found[own.words] = own.cost
    ranked = sorted(Guess(cost, words) for words, cost in found.items())
    kept = ranked[:MOST_GUESSES]
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
    typed: Sequence[str],
    known: Known,
    names: Names = MappingProxyType({}),
    stay: Collection[str] = (),
    most: int = MOST_READINGS,
) -> list[tuple[int, tuple[str, ...]]]:
    """What the typed words may have been meant as, the likeliest first, at most ``most``.

    Each with its cost: each word by itself, or two neighbours that are one; never what was typed.
    The words that ``stay`` are right by themselves.
    """
    found: dict[tuple[str, ...], int] = {}

    def take(words: tuple[str, ...], cost: int) -> None:
        if len(set(words)) == len(words):  # nobody means the same word twice
            found[words] = min(cost, found.get(words, cost))

    each = [guesses(word, known, names, stays=word in stay) for word in typed]
    for words, cost in _best_first(each, most + 1):
        take(words, cost)
    for at, (a, b) in enumerate(pairwise(typed)):
        both = _joined(a, b, known, names, only_exact=a in stay and b in stay)
        if not all(word in stay and _is_known(word, known) for word in (a, b)):
            both += [
                Guess(SOUND_ALIKE, pair)
                for pair in _shifted(a, b)
                if len(a + b) <= LONGEST and all(_is_known(word, known) for word in pair)
            ]
        for one in both:
            rest = [*each[:at], [one], *each[at + 2 :]]
            for words, cost in _best_first(rest, 2):
                take(words, cost)
    undone = tuple(map(keys, typed))
    if any(spelt for _, spelt in text.spelt(undone)):  # “za zá” may be doubled
        found[undone] = min(KEYS, found.get(undone, KEYS))
    found.pop(tuple(typed), None)
    return sorted((cost, words) for words, cost in found.items())[:most]


def _is_known(word: str, known: Known) -> bool:
    return word in known.get(word, ())


def _shifted(a: str, b: str) -> list[tuple[str, str]]:
    """Two neighbours with the space between them one letter off: “ma tong”."""
    whole = a + b
    return [(whole[:at], whole[at:]) for at in (len(a) - 1, len(a) + 1) if 0 < at < len(whole)]


def _joined(a: str, b: str, known: Known, names: Names, *, only_exact: bool) -> list[Guess]:
    """What two neighbours may have been meant as in one word: a name with a space, a slip."""
    word = a + b
    if len(word) > LONGEST or a.isdigit() or b.isdigit():  # “tháng 12” asks for the number
        return []
    found = {} if only_exact else _meant(word, known, names)
    if word in known.get(word, ()):
        found[tuple(names.get(word) or (word,))] = 0
    if not found:
        return []
    run_together = {tuple(words) for words in names.values()}
    ranked = sorted(
        Guess(cost if words in run_together else cost + JOIN, words)
        for words, cost in found.items()
        if words != (a, b)
    )
    return ranked[:2]


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
