"""Article numbers on packaging (GTIN-13, the number under a bar code), kept as digits.

Twelve digits and a check digit: the digits weigh 1 and 3 in turn, and the sum of all thirteen is a
multiple of ten. The first three name the organisation that gave the number out, 893 being the
Vietnamese one; goods of a Vietnamese maker may still carry another (domain page 3.1).
"""

from __future__ import annotations

import re

from marketplace.core.i18n import N_, Text
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean

LENGTH = 13
VIETNAM = "893"
EXAMPLE = "8930000000019"
"""Right by its check digit; the company number 000000 is given to nobody."""


def check_digit(first: str) -> int:
    """The digit that completes these twelve."""
    total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(first))
    return -total % 10


def parse(raw: object) -> str:
    """The thirteen digits, typed with or without spaces, dots and hyphens.

    Raises Unreadable for another length and for a wrong check digit.
    """
    code = re.sub(r"[\s.\-]", "", clean(raw))
    if not re.fullmatch(f"[0-9]{{{LENGTH}}}", code):
        raise Unreadable(
            Text(
                N_(
                    "The number under a bar code has 13 digits; type all of them, "
                    "for example %(example)s."
                ),
                example=EXAMPLE,
            )
        )
    if check_digit(code[:-1]) != int(code[-1]):
        raise Unreadable(
            Text(
                N_(
                    "One digit of the bar code is wrong; compare it with the packaging, "
                    "for example %(example)s."
                ),
                example=EXAMPLE,
            )
        )
    return code


def display(code: str) -> str:
    """A parsed code as it stands under the bars: ``8 930000 000019``."""
    return f"{code[0]} {code[1:7]} {code[7:]}"


def warnings(code: str) -> tuple[Text, ...]:
    """What is unusual about a parsed code, though it may be right."""
    if code.startswith(VIETNAM):
        return ()
    return (
        Text(
            N_("The bar code does not begin with %(prefix)s, as Vietnamese ones do. Check it."),
            prefix=VIETNAM,
        ),
    )
