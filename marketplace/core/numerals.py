"""Numbers as people write them: one grammar to read, two ways to show.

Read in both languages: ``1234567`` or ``1.234.567``, and ``12,5`` where decimals are allowed
(decision 19). Everything is whole: a number with ``decimals`` places is kept multiplied by
``10 ** decimals``; there are no floats.
"""

from __future__ import annotations

import re

from marketplace.core.i18n import N_, Text
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean

_NUMBER = re.compile(r"([1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+)(?:,([0-9]+))?")
_SEPARATORS = {"vi": (".", ","), "en": (",", ".")}
_MOST_DIGITS = 19
"""More do not fit a 64-bit column, and thousands would make ``int`` refuse or crawl."""


def read(raw: object, *, example: str, highest: int, lowest: int = 0, decimals: int = 0) -> int:
    """The number in ``raw``, times ``10 ** decimals``; ``lowest`` and ``highest`` likewise.

    ``example`` is shown to the person. Raises Unreadable for anything outside the grammar, among
    them ``1.5``, ``-0``, ``1e5``, ``1,234,567``, ``007`` and digits of other scripts.
    """
    text = clean(raw)
    number = _NUMBER.fullmatch(text)
    if number is None:
        raise Unreadable(Text(_fault(text, decimals), example=example))
    whole, part = number[1].replace(".", ""), (number[2] or "").rstrip("0")
    if whole != "0" and whole.startswith("0"):
        raise Unreadable(
            Text(N_("Leave out the zeros in front, for example %(example)s."), example=example)
        )
    if number[2] and not decimals:
        raise Unreadable(Text(_WHOLE, example=example))
    if len(part) > decimals:
        raise Unreadable(
            Text(
                N_("Write at most %(places)s digits after the comma, for example %(example)s."),
                places=decimals,
                example=example,
            )
        )
    value = int(whole + part.ljust(decimals, "0")) if len(whole) <= _MOST_DIGITS else highest + 1
    if value > highest:
        raise Unreadable(
            Text(
                N_("The number is at most %(highest)s; check the zeros, for example %(example)s."),
                highest=write(highest, decimals=decimals),
                example=example,
            )
        )
    if value < lowest:
        raise Unreadable(
            Text(
                N_("The number is at least %(lowest)s, for example %(example)s."),
                lowest=write(lowest, decimals=decimals),
                example=example,
            )
        )
    return value


_WHOLE = N_(
    "This must be a whole number; leave out the comma and what follows, for example %(example)s."
)


def _fault(text: str, decimals: int) -> str:
    """The sentence for a text that is not a number."""
    if not text:
        return N_("Enter a number, for example %(example)s.")
    if re.match(r"[-−–]\s*[0-9]", text):
        return N_(
            "The number cannot be below zero; leave out the minus sign, for example %(example)s."
        )
    if not re.fullmatch(r"[0-9.,]+", text):
        return N_("Use only the digits 0 to 9 and dots between thousands, for example %(example)s.")
    if "," in text and not decimals:
        return _WHOLE if text.count(",") == 1 else _DOTS
    return _COMMA if decimals else _DOTS


_DOTS = N_("Dots stand between thousands, three digits after each, for example %(example)s.")
_COMMA = N_(
    "Decimals take a comma; dots stand between thousands, three digits after each, "
    "for example %(example)s."
)


def decimal_sign(language: str) -> str:
    """What stands before the decimals: a comma in Vietnamese, a point in English."""
    return _SEPARATORS.get(language, _SEPARATORS["vi"])[1]


def write(value: int, *, decimals: int = 0, language: str = "vi") -> str:
    """``value / 10 ** decimals`` with separators, without idle zeros: ``1.234,5`` or ``1,234.5``.

    In Vietnamese this is also what ``read`` reads, so forms are filled with it in every language.
    A language without an entry gets the Vietnamese way.
    """
    thousands, comma = _SEPARATORS.get(language, _SEPARATORS["vi"])
    whole, part = divmod(abs(value), 10**decimals)
    shown = f"{whole:,}".replace(",", thousands)
    if part:
        shown += comma + str(part).rjust(decimals, "0").rstrip("0")
    return f"-{shown}" if value < 0 else shown
