"""Codes of growing areas (mã số vùng trồng), read but never refused.

``VN``, province, district, commune, facility from 01 on, last two digits of the year, joined by
hyphens (decision 3156/QĐ-BNN-TT of 2022). Districts ended on 1 July 2025: codes given before still
carry that part, newer ones leave it out. A code is free text to this program, because the agency
that gives it decides how it looks; what is unusual is said to whoever types and to whoever
verifies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from marketplace.core.i18n import N_, Text

EXAMPLE = "VN-48-20458-01-26"
_PARTS = re.compile(
    r"VN-(?P<province>[0-9]{2})-(?:(?P<district>[0-9]{3})-)?(?P<commune>[0-9]{5})"
    r"-(?P<facility>[0-9]{2,4})-(?P<year>[0-9]{2})"
)


@dataclass(frozen=True, slots=True)
class GrowingArea:
    """The parts of a code. ``district`` is None in codes given since districts ended."""

    province: str
    district: str | None
    commune: str
    facility: str
    year: str

    @property
    def code(self) -> str:
        """The code in one spelling."""
        parts = ("VN", self.province, self.district, self.commune, self.facility, self.year)
        return "-".join(part for part in parts if part is not None)


def read(raw: str) -> GrowingArea | None:
    """The parts of a code typed with hyphens, dots, slashes or spaces; None when it has others."""
    joined = re.sub(r"[\s./_\u2010-\u2015\-]+", "-", raw.strip()).upper()
    found = _PARTS.fullmatch(joined) if joined.isascii() else None
    if found is None or not int(found["facility"]):
        return None
    return GrowingArea(**found.groupdict())


def warnings(raw: str) -> tuple[Text, ...]:
    """What is unusual about a code as typed; it is kept all the same."""
    area = read(raw)
    if area is None:
        return (
            Text(
                N_(
                    "This does not look like a growing-area code, for example %(example)s. "
                    "Compare it with the paper."
                ),
                example=EXAMPLE,
            ),
        )
    if area.district is not None:
        return (
            Text(
                N_(
                    "The code still names a district (%(district)s). Districts ended on "
                    "01/07/2025; ask the agency whether a new code was given."
                ),
                district=area.district,
            ),
        )
    return ()
