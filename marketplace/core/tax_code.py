"""Tax codes (mã số thuế), kept as digits.

Ten digits for an organisation: nine and a check digit, ``10 − (Σ digit × weight) mod 11``, where a
result of 10 means that no such code exists. Thirteen for a branch: ten and 001 to 999. Twelve for
a household business or a person since 1 July 2025: the personal number, without a check digit,
which is personal data and shown masked.
"""

from __future__ import annotations

import re

from marketplace.core.i18n import N_
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean

_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_ORGANISATION, _PERSON, _BRANCH = 10, 12, 13


def parse(raw: object, *, personal: bool = True) -> str:
    """The digits of a tax code typed with or without spaces, dots and hyphens.

    ``personal`` says whether the twelve digits of a household or person are taken.
    Raises Unreadable for other lengths, a wrong check digit, sequence 0000000 and branch 000.
    """
    code = re.sub(r"[\s.\-]", "", clean(raw))
    lengths = {_ORGANISATION, _BRANCH, _PERSON} if personal else {_ORGANISATION, _BRANCH}
    if not re.fullmatch("[0-9]*", code) or len(code) not in lengths:
        if personal:
            raise Unreadable(
                N_(
                    "A tax code has 10 or 13 digits, 12 for a household or person, "
                    "for example 0409999013."
                )
            )
        raise Unreadable(
            N_("An organisation's tax code has 10 or 13 digits, for example 0409999013.")
        )
    if len(code) == _PERSON:
        if code.startswith("000"):
            raise Unreadable(
                N_(
                    "A personal number does not begin with 000; copy the 12 digits from the card, "
                    "for example 048 and nine more."
                )
            )
        return code
    if code[2:9] == "0000000" or not _is_checked(code):
        raise Unreadable(
            N_(
                "One digit of this tax code is wrong; compare it with the certificate, "
                "for example 0409999013."
            )
        )
    if code[10:] == "000":
        raise Unreadable(
            N_("The last three digits name a branch from 001 on, for example 0409999013-001.")
        )
    return code


def _is_checked(code: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(code, _WEIGHTS, strict=False))
    return 10 - total % 11 == int(code[9])


def is_personal(code: str) -> bool:
    """Whether a parsed code is a personal number, to be shown masked."""
    return len(code) == _PERSON


def display(code: str) -> str:
    """A parsed code in full: ``0314409058-002``."""
    return f"{code[:10]}-{code[10:]}" if len(code) == _BRANCH else code


def mask(code: str) -> str:
    """What others see: an organisation's code in full, of a personal one the last three digits."""
    return "x" * (_PERSON - 3) + code[-3:] if is_personal(code) else display(code)
