"""Vietnamese telephone numbers, kept as E.164 (``+84…``).

Only the two-digit block of a mobile number is tested, because the finer lists keep changing. The
eleven-digit mobile numbers given up in 2018 are refused with what they have become.
"""

from __future__ import annotations

import re

from marketplace.core.i18n import N_, Text
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean

_SEPARATORS = re.compile(r"[\s.()-]")
_COUNTRY = re.compile(r"^(?:\+84|0084|84(?=[1-9][0-9]{8,9}$))0?")
_MOBILE = re.compile(r"0[35789][0-9]{8}")
_LANDLINE = re.compile(r"02[0-9]{9}")
_E164 = re.compile(r"\+84(?:[35789][0-9]{8}|2[0-9]{9})")

# The conversion of September and October 2018: old block → new block.
_OLD = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036",
    "0167": "037", "0168": "038", "0169": "039", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip
_OLD_LENGTH = 11


def parse(raw: object, *, landline: bool = False) -> str:
    """E.164 of a mobile number typed with 0, +84, 84 or 0084, spaces, dots, hyphens or brackets.

    With ``landline`` a fixed number (02…, eleven digits) is taken too, as offices have.
    Raises Unreadable; an old 01… number with the number it is today.
    """
    number = _COUNTRY.sub("0", _SEPARATORS.sub("", clean(raw)), count=1)
    if _MOBILE.fullmatch(number) or (landline and _LANDLINE.fullmatch(number)):
        return f"+84{number[1:]}"
    now = _OLD.get(number[:4])
    if now and len(number) == _OLD_LENGTH and number.isascii() and number.isdecimal():
        raise Unreadable(
            Text(
                N_("Numbers with %(old)s changed in 2018; enter this one as %(number)s."),
                old=number[:4],
                number=_grouped(now + number[4:]),
            )
        )
    if landline:
        raise Unreadable(
            N_(
                "Enter all 10 digits of a mobile number or all 11 of a fixed one, "
                "for example 0905 123 456."
            )
        )
    if _LANDLINE.fullmatch(number):
        raise Unreadable(
            N_("This is a fixed number; enter a mobile number, for example 0905 123 456.")
        )
    raise Unreadable(N_("Enter all 10 digits, for example 0905 123 456."))


def display(e164: str) -> str:
    """``0912 345 678``, ``0236 3 796 070``, ``024 3825 0000``; other numbers as they are."""
    return _grouped(f"0{e164[3:]}") if _E164.fullmatch(e164) else e164


def _grouped(national: str) -> str:
    if national.startswith(("024", "028")):  # Hà Nội, Hồ Chí Minh City: eight digits follow
        return f"{national[:3]} {national[3:7]} {national[7:]}"
    if national.startswith("02"):
        return f"{national[:4]} {national[4]} {national[5:8]} {national[8:]}"
    return f"{national[:4]} {national[4:7]} {national[7:]}"


def mask(e164: str) -> str:
    """``09xx xxx 678``: enough for the owner to know it, too little to dial."""
    shown = display(e164)
    if shown == e164:
        return "xxx"
    return f"{shown[:2]}{re.sub('[0-9]', 'x', shown[2:-3])}{shown[-3:]}"
