"""The papers a partner usually needs, from ``permits.toml``: where a checklist starts from.

The file is a help for the officer who writes, marked as to be checked; what is published is what
the officer saved.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from marketplace.catalogue.kinds.opportunity.model import Opportunity, PermitValues
from marketplace.catalogue.kinds.opportunity.terms import CityList, Forest

FILE = Path(__file__).with_name("permits.toml")


@dataclass(frozen=True, slots=True)
class Usual:
    """A usual paper, and what makes it fit; nothing in ``when`` or ``pairs`` fits everything."""

    permit: PermitValues
    when: frozenset[str]
    pairs: frozenset[str]

    def fits(self, marks: frozenset[str], pair: str) -> bool:
        """Whether an opportunity with these marks in this pair usually needs it."""
        return (not self.when or bool(self.when & marks)) and (not self.pairs or pair in self.pairs)


@lru_cache(maxsize=1)
def usual() -> Sequence[Usual]:
    """All rows of the file. Raises KeyError for a row without paper or agency."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["permit"]
    return [
        Usual(
            PermitValues(row["agency"], row["paper"], row.get("days"), row.get("note", "")),
            frozenset(row.get("when", ())),
            frozenset(row.get("pairs", ())),
        )
        for row in rows
    ]


def marks_of(listing: Opportunity) -> frozenset[str]:
    """The words of the file that hold for an opportunity."""
    has_forest = listing.touches_forest or listing.forest not in {None, Forest.NONE}
    words = {
        "border_zone": listing.is_border_zone,
        "forest": has_forest,
        "land": listing.area_low is not None or listing.touches_village or bool(listing.land_use),
        "culture": listing.touches_culture,
        "city_list": listing.city_list is CityList.LISTED,
    }
    found = {word for word, holds in words.items() if holds}
    return frozenset(found | ({listing.sector.value} if listing.sector else set()))


def suggested(listing: Opportunity) -> tuple[PermitValues, ...]:
    """What the checklist of an opportunity would usually hold."""
    marks, pair = marks_of(listing), listing.pair.code
    return tuple(row.permit for row in usual() if row.fits(marks, pair))
