"""Money: whole đồng as ``int`` (2,8 tỷ does not fit 32 bits). No floats, no fractions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from marketplace.core import numerals
from marketplace.core.i18n import N_, Text
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean

MAXIMUM = 10**15
"""The largest amount taken from a form, in đồng."""

EXAMPLE = "120.000"
_SIGN = re.compile(r"^₫\s*(?=[0-9])|(?<=[0-9])\s*(?:₫|đồng|đ)$", re.IGNORECASE)
_COMMAS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")
"""Thousands as English pages show them. Đồng have no decimals, so a comma cannot mean those."""
_WORDS = re.compile(r"\b(?:tỷ|tỉ|triệu|tr|nghìn|ngàn|k)\b", re.IGNORECASE)
_MILLION, _BILLION = 10**6, 10**9
_SHORT = {
    "vi": {_MILLION: "triệu đồng", _BILLION: "tỷ đồng"},
    "en": {_MILLION: "million đồng", _BILLION: "billion đồng"},
}


@dataclass(frozen=True, slots=True)
class Dong:
    """An amount in đồng as the parameter of a sentence, said in the reader's language."""

    amount: int

    def __str__(self) -> str:
        return format_money(self.amount)


def parse(raw: object, *, lowest: int = 0, highest: int = MAXIMUM) -> int:
    """Đồng from ``1234567``, ``1.234.567`` or ``1,234,567``, as pages of either language show it.

    With or without ``₫`` in front, or ``₫``, ``đ`` or ``đồng`` behind. Raises Unreadable for
    decimals, minus signs, amounts in words (“2,8 tỷ”), and beyond the bounds.
    """
    amount = _SIGN.sub("", clean(raw))
    if _WORDS.search(re.sub(r"([0-9])", r"\1 ", amount)):
        raise Unreadable(
            Text(
                N_(
                    "Write the whole amount in digits, without words such as triệu or tỷ, "
                    "for example %(example)s."
                ),
                example="350.000.000",
            )
        )
    if _COMMAS.fullmatch(amount):
        amount = amount.replace(",", "")
    return numerals.read(amount, example=EXAMPLE, lowest=lowest, highest=highest)


def to_input(amount: int, language: str = "vi") -> str:
    """What a form field shows: ``1.234.567`` or ``1,234,567``. ``parse`` reads both back."""
    return numerals.write(amount, language=language)


def format_money(amount: int, language: str = "vi") -> str:
    """``1.234.567 ₫`` (before the sign a no-break space) or ``₫1,234,567``, as CLDR has it."""
    shown = numerals.write(abs(amount), language=language)
    sign = "-" if amount < 0 else ""
    return f"{sign}₫{shown}" if language == "en" else f"{sign}{shown}\xa0₫"


def format_short(amount: int, language: str = "vi") -> str:
    """``2,8 tỷ đồng``, ``350 triệu đồng``, ``2.8 billion đồng`` with no-break spaces.

    Two decimals, halves away from zero; below a million the full amount.
    """
    if abs(amount) < _MILLION:
        return format_money(amount, language)
    unit = _MILLION
    hundredths = _hundredths(amount, unit)
    if hundredths >= 100 * (_BILLION // _MILLION):
        unit = _BILLION
        hundredths = _hundredths(amount, unit)
    shown = numerals.write(hundredths, decimals=2, language=language)
    words = _SHORT.get(language, _SHORT["vi"])[unit].replace(" ", "\xa0")
    return f"{'-' if amount < 0 else ''}{shown}\xa0{words}"


def _hundredths(amount: int, unit: int) -> int:
    return (abs(amount) * 100 + unit // 2) // unit
