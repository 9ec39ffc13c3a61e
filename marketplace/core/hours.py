"""A time of day as people write it: ``7:30``, ``7h30``, ``7h``."""

from __future__ import annotations

import re

from marketplace.core.i18n import N_
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean

_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])(?::|h|giờ|g)([0-5][0-9])?")
NOT_A_TIME = N_("Write the time as hours and minutes, for example 7:30.")


def parse(raw: object) -> int:
    """Minutes after midnight from ``7:30``, ``07:30``, ``7h30``, ``7 giờ 30`` or ``7h``.

    Raises Unreadable.
    """
    found = _CLOCK.fullmatch(clean(raw).lower().replace(" ", ""))
    if found is None:
        raise Unreadable(NOT_A_TIME)
    return int(found[1]) * 60 + int(found[2] or 0)


def show(minutes: int | None) -> str:
    """Minutes after midnight as ``7:30``; nothing where no time is known."""
    return "" if minutes is None else f"{minutes // 60}:{minutes % 60:02}"
