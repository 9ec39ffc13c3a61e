"""Telephone numbers and e-mail addresses in what people type, and how to leave them out.

A number is told by its beginning and by how many digits it has, whatever stands between them:
Vietnamese numbers have ten or eleven digits after a 0, or one fewer after +84. Prices, weights,
dates and codes are left alone because they begin otherwise or are longer or shorter.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

_MAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>().,;:]+")

_GAP = r"[ ._·•()\-]{0,3}"
"""What people put between the digits of a number: at most “) - ” at once."""


def _digits(count: str) -> str:
    return rf"(?:{_GAP}\d){{{count}}}"


_PHONE = re.compile(
    rf"(?<!\d)(?<!\d[.,])(?<!\+)\(?(?:"
    rf"(?:\+{_GAP}84|00{_GAP}84){_GAP}0?{_GAP}(?:[35789]{_digits('8')}|[1-9]{_digits('8,9')})"
    rf"|84{_GAP}0?{_GAP}(?:[35789]{_digits('8')}|2{_digits('9')})"  # the same without its plus
    rf"|0{_GAP}[35789]{_digits('8')}"  # mobile
    rf"|0{_GAP}[1-9]{_digits('8,9')}"  # landline, and mobile before 2018
    rf"|1[89]00{_GAP}[1-9]\d(?:{_GAP}\d\d){{1,2}}"  # hotline
    r")(?!\d)"
)

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:19|20)\d\d(?![.\-]?\d)"
_TIME = r"(?:[01]\d|2[0-3])\.[0-5]\d"
_NO_PHONE = re.compile(
    rf"(?:{_DAY}[.\-])?{_MONTH}[.\-]{_YEAR}"  # 02.05.2026, 05-2026
    rf"|{_TIME} ?[.\-]+ ?{_TIME}(?![.\-]?\d)"  # 07.30-11.30
    rf"|{_DAY}\.{_MONTH} ?-+ ?{_DAY}\.{_MONTH}(?:\.\d\d)?(?![.\-]?\d)"  # 01.05-30.09.26
    r"|0 ?-+ ?[1-9]\d{0,2}(?:\.\d{3})+ ?(?:đ|₫|vnd|đồng|kg|g|m)\b"  # 0 - 350.000.000 đồng
    r"|0\.\d(?: 0\.\d)+(?![.\-]?\d)"  # 0.3 0.4 0.5
    r"|1[89]00 ?-+ ?(?:1[89]|20)\d\d(?!\d)"  # 1900-2020
    r"|84(?:\.\d{3}){3}(?!\d)"  # 84.500.000.000: what is told of so much money
)
_YEARS = re.compile(r"(?:1[89]|20)\d\d")
_MONEY_OR_WEIGHT = re.compile(
    r"\s*(?:đ|₫|vnd|đồng|dong|usd|kg|g|tấn|tạ|yến|lít|ml|m2|m²|ha|con|cây|chai|hộp)(?!\w)",
    re.IGNORECASE,
)
_SAFE_BEGINNINGS = ("84", "18", "19")
"""With these a figure may begin as well; no figure begins with a plus or a nought."""


def _narrow(character: str) -> str:
    """A character as numbers are usually typed; always one, so that places stay the same."""
    if character.isascii():
        return character
    kind = unicodedata.category(character)
    if kind == "Nd":
        return str(unicodedata.digit(character))
    if kind in {"Zs", "Pd"} or character == "\u2212":
        return " " if kind == "Zs" else "-"
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain in set("+().,;/") else character


_TAX = re.compile(r"(?:\bmst|\bmã số thuế|\btax code)\W*$", re.IGNORECASE)


def _counts_months(number: str) -> bool:
    """Whether it counts months, as “09 10 11 12 01” and “03 05 07 09 11” do."""
    groups = re.findall(r"\d+", number)
    if any(len(group) != 2 for group in groups):  # noqa: PLR2004
        return False
    months = [*map(int, groups)]
    in_a_row = all(now % 12 + 1 == after for now, after in pairwise(months))
    rising = all(now < after for now, after in pairwise(months)) and months[-1] <= 12  # noqa: PLR2004
    return in_a_row or rising


def _is_number(found: re.Match[str], text: str) -> bool:
    """Whether what has the shape of a telephone number is one."""
    number = found.group().strip(" (")
    if _NO_PHONE.match(text, found.start()) or _counts_months(number):
        return False
    if _TAX.search(text, 0, found.start()):
        return False
    if not number.startswith(_SAFE_BEGINNINGS):
        return True
    if number.startswith("1") and _YEARS.fullmatch(re.sub(r"\D", "", number)[4:]):
        return False  # 1900 2020
    return _MONEY_OR_WEIGHT.match(text, found.end()) is None


def _without_numbers(text: str) -> str:
    narrow = "".join(map(_narrow, text))
    pieces, at, place = [], 0, 0
    while found := _PHONE.search(narrow, place):
        if _is_number(found, narrow):
            pieces += [text[at : found.start()], "…"]
            at = place = found.end()
            # or a second number after a comma would look like the rest of a figure
            narrow = " " * at + narrow[at:]
        else:
            place = found.start() + 1
    return "".join([*pieces, text[at:]])


def without_contacts(text: str) -> str:
    """``text`` without the e-mail addresses and telephone numbers someone typed into it."""
    text = _MAIL.sub("…", text)
    return _without_numbers(text) if any(map(str.isdigit, text)) else text


_IN_SLUG = re.compile(r"(?<![a-z0-9])(?:0|84-?)(?:-?\d){9,10}(?![0-9])")


def slug_without_numbers(slug: str) -> str:
    """The readable part of an address made before numbers were left out of it."""
    if sum(map(str.isdigit, slug)) < 10:  # noqa: PLR2004
        return slug
    return re.sub("-{2,}", "-", _IN_SLUG.sub("", slug)).strip("-") or "muc"
