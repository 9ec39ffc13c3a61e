"""Text at the boundary (``clean``), and what is derived from it: search, names, order, addresses.

Everything typed by people passes through ``clean`` once. What is derived is compared bytewise and
therefore equal on both databases, whose own ideas of Vietnamese differ.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from marketplace.core.i18n import N_, Text
from marketplace.core.parsing import Unreadable

_BREAKS = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_APOSTROPHES = frozenset("'`´‘’‛ʹʻʼʽˊˋ′＇ꞌ")
_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # fillers and blanks that are not Cf
    + "".join(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10))))  # variation selectors
)
_MOST_MARKS = 4
"""Vietnamese needs two on a letter. A run of thousands takes NFC quadratic time."""


def clean(raw: object, *, multiline: bool = False, longest: int | None = None) -> str:
    """The one text type of the program: NFC, visible, trimmed.

    Line breaks of every kind become a line feed, or a space when ``multiline`` is false. Blanks
    become plain spaces, runs of them one space in a single line; in many lines, empty lines one.
    Zero-width and direction marks go; letters, apostrophes and hyphens of names stay as typed.
    ``longest`` counts characters of the result.

    Raises Unreadable for what is not text, for NUL, control characters, lone surrogates, U+FFFD
    and non-characters, for letters under a heap of accents, and for what is too long.
    """
    if not isinstance(raw, str):
        raise Unreadable(N_("This must be text, for example “Đẳng sâm tươi”."))
    text = _visible(_BREAKS.sub("\n", raw).replace("\t", " "))
    if not text.isascii():
        if any(marked and len([*run]) > _MOST_MARKS for marked, run in groupby(text, _is_mark)):
            raise Unreadable(
                N_(
                    "A letter carries too many accents; type the word again, "
                    "for example “Đẳng sâm tươi”."
                )
            )
        text = unicodedata.normalize("NFC", text)
    if multiline:
        text = re.sub(r"[^\S\n]", " ", text)
        text = re.sub(r" +\n", "\n", text)
        text = re.sub(r"\n{3,}", "\n\n", text).strip()
    else:
        text = " ".join(text.split())
    if longest is not None and len(text) > longest:
        raise Unreadable(
            Text(
                N_("Shorten this to at most %(longest)s characters; it has %(length)s now."),
                longest=longest,
                length=len(text),
            )
        )
    return text


def _visible(text: str) -> str:
    """``text`` without characters that nobody sees; raises Unreadable for those nobody may send."""
    unseen: dict[int, None] = {}
    for character in set(text) - {"\n"}:
        category = unicodedata.category(character)
        if category == "Cf" or character in _INVISIBLE:
            unseen[ord(character)] = None
        elif category in {"Cc", "Cs"} or character == "\ufffd" or _is_noncharacter(character):
            raise Unreadable(
                N_(
                    "The text holds a character that cannot be kept; delete it and type the word "
                    "again, for example “Đẳng sâm tươi”."
                )
            )
    return text.translate(unseen) if unseen else text


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) > 0


def _is_noncharacter(character: str) -> bool:
    """Whether Unicode promises never to assign it; XML, and so Word files, cannot hold it."""
    code = ord(character)
    return code % 0x10000 >= 0xFFFE or code in range(0xFDD0, 0xFDF0)  # noqa: PLR2004


# Letters without a decomposition, and letters that look like Latin ones: a name written with a
# Cyrillic А must not pass as another organisation.
_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
    | dict(zip("авеѕіјкмнорсԁтухһ", "abesijkmhopcdtyxh", strict=True))
    | dict(zip("αβεζηικμνορτυχ", "abezhikmnoptyx", strict=True))
)


def _parts(character: str) -> Iterator[str]:
    """``character`` taken apart: lower-case base letters, then their marks."""
    folded = unicodedata.normalize("NFKD", character.casefold()).casefold()
    for part in unicodedata.normalize("NFKD", folded):
        if not (part in _APOSTROPHES or part in _INVISIBLE or unicodedata.category(part) == "Cf"):
            yield part


class _Bare(dict[int, str]):
    """A translation table: code point → bare letters; common ones kept, others worked out."""

    def __missing__(self, code: int) -> str:
        if chr(code) in _APOSTROPHES:
            return ""
        bare = "".join(p for p in _parts(chr(code)) if unicodedata.category(p) not in {"Mn", "Me"})
        return bare.translate(_LETTERS)


_BARE = _Bare()
_BARE.update(
    {code: _BARE[code] for code in (*range(0x250), *range(0x300, 0x370), *range(0x1E00, 0x1F00))}
)

SPELLINGS: tuple[tuple[str, ...], ...] = (
    # The first of each line is the one kept. All were seen in print for the same place or thing
    # (domain page, section 5); a line must not end with a word another line begins with.
    ("Avương", "A Vương"),
    ("Bhalêê", "Bha Lêê", "Bhalê", "Bha Lê"),
    ("Ta Lang", "Tà Làng", "Talang"),
    ("Azứt", "A dzứt", "Adzứt", "A Zứt"),
    ("Axoo", "Axoò", "A Xoo"),
    ("Atêếp", "A Têếp", "Atép", "A Tép"),
    ("Aur", "A'ur", "A Ur"),
    ("Arung", "A Rung"),
    ("Apát", "A Pát"),
    ("Cr'toonh", "Cr Toonh"),
    ("R'cung", "R Cung"),
    ("Chơr Lang", "Ch'Lang", "Ch Lang", "Chơrlang"),
    ("Cơtu", "Cơ Tu", "Cơ-tu", "Katu", "Ka Tu", "K'tu"),
    ("Alăng", "A Lăng"),
    ("Ariêu", "A Riêu"),
    ("đẳng sâm", "đảng sâm"),
    ("tà vạt", "tà vạc", "t'vạc", "t'vạt", "t vạc", "t vạt"),
    ("zơ rá", "zơ dá", "za zá"),
    ("tr'đin", "tr đin"),
    ("hợp tác xã", "HTX"),
    ("tổ hợp tác", "THT"),
)


def plain(text: str) -> str:
    """``text`` in small letters without accents, apostrophes and zero-width characters."""
    return text.translate(_BARE)


_COUNTED = re.compile(
    "([0-9]{1,5})(?:kg|g|gr|gam|ta|tan|ml|l|lit|chai|lo|hu|hop|goi|bo|con|cai|tam|cap|suat|chuyen"
    "|cm|m|km|ha|sao|sp|tr|trieu|ty|ngay|tuan|thang|nam)"
)
"""A number run together with what it counts, and nothing else in the word: “3A” is a name."""


def _number_ends(word: str) -> int:
    """Where a number in a folded word ends and its unit begins; 0 where it is one word."""
    counted = _COUNTED.fullmatch(word)
    return counted.end(1) if counted else 0


def words(text: str) -> list[str]:
    """The folded words of ``text``, known spellings as they were typed.

    A number and its unit are two words, however they were typed: “500g” is “500 g”.
    """
    return [
        part
        for word in re.findall("[a-z0-9]+", plain(text))
        for at in [_number_ends(word)]
        for part in (word[:at], word[at:])
        if part
    ]


_SPELLINGS: dict[tuple[str, ...], list[str]] = {
    tuple(words(variant)): words(kept)
    for kept, *variants in SPELLINGS
    for variant in variants
    if words(variant) != words(kept)
}
_LONGEST_SPELLING = max(map(len, _SPELLINGS))


def _spans(words: list[str]) -> Iterator[tuple[int, int, list[str] | None]]:
    """The words in pieces (from, to, kept): a known spelling, longest first, or a single word."""
    at = 0
    while at < len(words):
        for length in range(_LONGEST_SPELLING, 0, -1):
            kept = _SPELLINGS.get(tuple(words[at : at + length]))
            if kept is not None:
                yield at, at + length, kept
                at += length
                break
        else:
            yield at, at + 1, None
            at += 1


def _join(words: list[str]) -> str:
    """The words in one line, each known spelling as the one that is kept."""
    joined: list[str] = []
    for start, end, kept in _spans(words):
        joined += words[start:end] if kept is None else kept
    return " ".join(joined)


def _marks(word: str) -> frozenset[str]:
    return frozenset(
        c for c in unicodedata.normalize("NFD", word) if unicodedata.combining(c) or c == "đ"
    )


def keeps_marks(typed: str, said: str) -> bool:
    """Whether every mark on a typed word stands on the word said for it, unless only marks differ.

    A mark somebody typed was meant: “bưởi” is no “tươi”, “sâmm” may be “sâm”; but “ô” is also what
    Telex makes of “oo”. Where the words are not as many, those that differ are looked at together.
    """
    one, other = marked(typed), marked(said)
    if len(one) != len(other):
        for at in (0, -1):
            while one and other and plain(one[at]) == plain(other[at]):
                del one[at], other[at]
        one, other = [" ".join(one)], [" ".join(other)]
    return all(
        plain(b) in {plain(a), plain(a.replace("ô", "oo"))} or _marks(a) <= _marks(b)
        for a, b in zip(one, other, strict=True)
    )


def begun(words: list[str]) -> list[tuple[int, list[str]]]:
    """Known spellings of which only the beginning stands at the end of ``words``.

    Each as the number of words it takes and the words it is kept as: ``["xa", "a", "vuo"]`` gives
    ``[(2, ["avuong"])]``, so that “A Vươ” finds what “A Vương” will. A beginning of fewer than
    three letters in one word, or two in several, says nothing yet.
    """
    found = []
    for variant, kept in _SPELLINGS.items():
        size = len(variant)
        tail = words[-size:]
        is_begun = (
            len(tail) == size
            and tuple(tail[:-1]) == variant[:-1]
            and variant[-1].startswith(tail[-1])
            and variant[-1] != tail[-1]
        )
        if is_begun and len("".join(tail)) >= (3 if size == 1 else 2):
            found.append((size, kept))
    return found


def fold(text: str) -> str:
    """``text`` for search and matching: words of ``[a-z0-9]`` with one space between.

    Accents, case and apostrophes make no difference and known spellings are one: “Đẳng sâm” gives
    ``dang sam``, “Cr’toonh” ``crtoonh``, “A Vương” ``avuong``. Folding twice is folding once.
    Takes any string, raises nothing.
    """
    return _join(words(text))


_OLD_TONE = re.compile("(?<!q)([ou])([aey])([\u0300\u0301\u0303\u0309\u0323])$")
_SLIPPED_TONE = re.compile("(qu|gi)([\u0300\u0301\u0303\u0309\u0323])([aeouy])$")


def _settled(word: str) -> str:
    """A word with its tone in one place: “hoà” as “hòa”, “thuý” as “thúy”, “qúy” as “quý”."""
    parts = _OLD_TONE.sub(r"\1\3\2", unicodedata.normalize("NFD", word))
    return unicodedata.normalize("NFC", _SLIPPED_TONE.sub(r"\1\3\2", parts))


def _typed(text: str) -> tuple[list[str], list[str]]:
    """The words of ``text`` in small letters with their marks, and the same words folded."""
    seen: list[str] = []
    bare: list[str] = []
    word = letters = ""
    for character in unicodedata.normalize("NFC", text.casefold()) + " ":
        folded = _BARE[ord(character)]
        if folded and folded.isalnum() and folded.isascii():
            word += character
            letters += folded
        elif folded and letters:  # what folds to nothing, as apostrophes do, ends no word
            if at := _number_ends(letters):  # a digit is one character in either
                seen.append(word[:at])
                bare.append(letters[:at])
            seen.append(_settled(word[at:]))
            bare.append(letters[at:])
            word = letters = ""
    return seen, bare


_MARKED_SPELLINGS: dict[tuple[str, ...], list[str]] = {
    tuple(_typed(variant)[0]): _typed(kept)[0]
    for kept, *variants in SPELLINGS
    for variant in (kept, *variants)
}


def marked(text: str) -> list[str]:
    """The words of ``text`` as they were typed: NFC, small letters, tones in one place.

    Where ``fold`` joins a known spelling, so does this: “A Vương” gives ``["avương"]``; typed
    without marks, it stays without: “a vuong” gives ``["avuong"]``.
    """
    seen, bare = _typed(text)
    found: list[str] = []
    for start, end, kept in _spans(bare):
        typed = seen[start:end]
        found += typed if kept is None else _MARKED_SPELLINGS.get(tuple(typed), kept)
    return found


_SPELT: dict[tuple[str, ...], str] = {
    tuple(words(variant)): line[0] if line[0][0].isupper() else variant
    for line in SPELLINGS
    for variant in line
    if line[0][0].isupper() or words(variant) != words(line[0])
}
_SPELT["cotu",] = _SPELT["co", "tu"] = "Cơ Tu"  # the people write their name in two words


def spelt(words: Sequence[str]) -> Iterator[tuple[list[str], str | None]]:
    """Folded words in pieces, each with how it is spelt where that is known.

    Names have the one form that is kept: ``["a", "vuong"]`` is “Avương”; things stay what was
    meant: ``["za", "za"]`` is “za zá”.
    """
    at = 0
    while at < len(words):
        for size in range(_LONGEST_SPELLING, 0, -1):
            piece = list(words[at : at + size])
            form = _SPELT.get(tuple(piece))
            if form or size == 1:
                yield piece, form
                at += size
                break


_KEPT = {tuple(fold(line[0]).split()) for line in SPELLINGS}
_LONGEST_KEPT = max(map(len, _KEPT))


def in_spellings(words: Sequence[str]) -> set[str]:
    """Those of these folded words that stand in a known spelling, as it is kept."""
    return {
        word
        for size in range(1, _LONGEST_KEPT + 1)
        for at in range(len(words) - size + 1)
        if tuple(words[at : at + size]) in _KEPT
        for word in words[at : at + size]
    }


SPELT_AS_ONE: dict[str, list[str]] = {
    "".join(piece): fold(form).split() for piece, form in _SPELT.items()
}
"""Known spellings with all their words run together, and the words they are kept as."""


def name_key(text: str) -> str:
    """What must be unique of a name: as ``fold``, but letters of other scripts are kept.

    “Hoà Bình”, “Hòa  Bình”, “HOA BINH” and their decomposed forms have one key (abuse T31).
    """
    return _join(re.findall(r"[^\W_]+", plain(text)))


def slug(text: str, longest: int = 60) -> str:
    """The readable part of an address: folded words with hyphens, whole words up to ``longest``."""
    words = fold(text).split()
    while len(words) > 1 and len("-".join(words)) > longest:
        words.pop()
    return "-".join(words)[:longest] or "muc"


_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANKS = dict(zip(_ALPHABET, string.ascii_uppercase + string.ascii_lowercase, strict=False)) | {
    digit: digit for digit in string.digits
}
_SHAPES = {
    ("a", "\u0306"): "ă",
    ("a", "\u0302"): "â",
    ("e", "\u0302"): "ê",
    ("o", "\u0302"): "ô",
    ("o", "\u031b"): "ơ",
    ("u", "\u031b"): "ư",
}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
"""huyền, hỏi, ngã, sắc, nặng; 0 is ngang. The order of Vietnamese dictionaries and of CLDR."""


def sort_key(text: str) -> str:
    """An ASCII key whose byte order is the Vietnamese alphabet (COLLATE "C", SQLite's BINARY).

    Letters first (a ă â b c d đ …), tones only between words of the same letters, case and
    punctuation not at all; digits before letters, other scripts last. The shape is
    ``letters!tones`` with ``-`` between words; it is for ordering only.
    """
    letters: list[str] = []
    tones: list[int] = []
    for part in (part for character in text for part in _parts(character)):
        if unicodedata.category(part) in {"Mn", "Me"}:
            if letters:
                letters[-1] = _SHAPES.get((letters[-1], part), letters[-1])
                tones[-1] = max(tones[-1], _TONES.get(part, 0))
        elif part.isalnum():
            letters.append(part)
            tones.append(0)
        elif letters and letters[-1] != "-":
            letters.append("-")
            tones.append(0)
    ranks = "".join("-" if x == "-" else _RANKS.get(x, "~") for x in letters).rstrip("-")
    heard = "".join(map(str, tones)).rstrip("0")
    return f"{ranks}!{heard}" if heard else ranks
