"""What makes a password acceptable. Hashing is elsewhere; this part is pure.

Length without rules of composition, nothing from an offline list of common ones
(``common_passwords.txt``), nothing that is only patterns, common words or the person's own name.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from marketplace.core.i18n import N_
from marketplace.core.parsing import Unreadable
from marketplace.core.text import plain

SHORTEST, LONGEST = 12, 256
_FEWEST_FREE = 5
"""Different characters that must be left when everything guessable is taken out."""

_LIST = Path(__file__).with_name("common_passwords.txt")
_RUNS = (
    string.ascii_lowercase,
    "01234567890",
    "qwertyuiop[]",
    "asdfghjkl;",
    "zxcvbnm,./",
    "!@#$%^&*()",
    *("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/"),
)
_SHORTEST_RUN = 3
_WORDS = (  # noqa: SIM905  fifty words read better as text
    "administrator admin password passwort passwd passw0rd welcome login letmein iloveyou loveyou "
    "changeme secret master monkey dragon football baseball princess sunshine superman qwerty "
    "samsung iphone google facebook zalo gmail user guest test default "
    "matkhau khongnho dangnhap nguoidung quantri vietnam hanoi saigon danang quangnam hoian "
    "hochiminh hoangsa truongsa nguhanhson avuong taygiang bhalee cotu nongsan ketnghia ketnoi "
    "anhyeuem emyeuanh yeuem yeuanh giadinh nguyen"
).split()
_LOOKALIKES = str.maketrans("@4310!$57", "aaeioisst")


def normalise(raw: object) -> str:
    """The form of a password that is hashed and compared: NFC, blanks kept.

    Two telephones send the same “ế” in two forms. Raises Unreadable for what nobody can type on
    purpose (control characters, lone surrogates), for what is no text, and beyond ``LONGEST``.
    """
    if not isinstance(raw, str) or any(unicodedata.category(c) in {"Cc", "Cs"} for c in raw[:4096]):
        raise Unreadable(
            N_(
                "The password holds a character that cannot be typed; enter letters, digits, "
                "signs or spaces, for example four words."
            )
        )
    # Decomposed letters shrink to a third at most; cutting first keeps NFC cheap.
    password = raw if len(raw) > 4 * LONGEST else unicodedata.normalize("NFC", raw)
    if len(password) > LONGEST:
        raise Unreadable(
            N_("The password is longer than 256 characters; shorten it, for example to five words.")
        )
    return password


def check_password(raw: object, names: Iterable[str] = ()) -> str:
    """The normalised password, if it may be chosen.

    ``names`` are the person's own: name, organisation, e-mail address, telephone number.
    Raises Unreadable when it is too short or long, common, made of patterns, or the own name.
    """
    password = normalise(raw)
    if len(password) < SHORTEST:
        raise Unreadable(
            N_("Use at least 12 characters, for example four words that do not belong together.")
        )
    bare = re.sub(r"\s", "", plain(password))
    readings = {bare, bare.translate(_LOOKALIKES)}
    if readings & _common() or any(_free(r, _WORDS) < _FEWEST_FREE for r in readings):
        raise Unreadable(
            N_(
                "This password is easily guessed; choose another, for example four words that do "
                "not belong together."
            )
        )
    own = [*_WORDS, *_pieces(names)]
    if any(_free(reading, own) < _FEWEST_FREE for reading in readings):
        raise Unreadable(
            N_(
                "Leave out your name, e-mail address and telephone number; choose, for example, "
                "four words that do not belong together."
            )
        )
    return password


@cache
def _common() -> frozenset[str]:
    """The list, one password a line, in small letters without accents and blanks."""
    return frozenset(_LIST.read_text(encoding="utf-8").split())


def _pieces(names: Iterable[str]) -> set[str]:
    """What of ``names`` may be found in a password: the whole, and words of three letters on."""
    pieces: set[str] = set()
    for name in names:
        words = re.findall("[a-z0-9]+", plain(name))
        pieces |= {"".join(words), *words}
        digits = re.sub("[^0-9]", "", name)
        pieces.add(digits[-9:])  # a telephone number without its 0 or +84
    return {piece for piece in pieces if len(piece) >= _SHORTEST_RUN}


def _free(password: str, words: Iterable[str]) -> int:
    """How many different characters stay when repetition, words, years and runs are taken out."""
    period = (password + password).find(password, 1)
    rest = password[:period]
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, " ")
    rest = re.sub("(?:19|20)[0-9]{2}", " ", rest)
    free: set[str] = set()
    at = 0
    while at < len(rest):
        length = _run(rest, at)
        if length >= _SHORTEST_RUN:
            at += length
        else:
            free.add(rest[at])
            at += 1
    return len(free - {" "})


def _run(text: str, at: int) -> int:
    """The length of the run (same, in a row of the keyboard or alphabet) that begins at ``at``."""
    longest = len(text[at:]) - len(text[at:].lstrip(text[at]))
    for row in (*_RUNS, *(r[::-1] for r in _RUNS)):
        length = 1
        while at + length < len(text) and text[at + length - 1 : at + length + 1] in row:
            length += 1
        longest = max(longest, length)
    return longest
