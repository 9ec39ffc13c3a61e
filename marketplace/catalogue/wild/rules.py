"""What the list of wild species says of a name, and who keeps it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from marketplace.core.i18n import N_
from marketplace.core.text import fold

if TYPE_CHECKING:
    from marketplace.catalogue.wild.models import WildSpecies
    from marketplace.core.actor import Actor

S = TypeVar("S", bound="WildSpecies")


class WildRule(StrEnum):
    """Whether a species may be offered from the wild, the strictest first."""

    FORBIDDEN = "forbidden"
    PERMIT = "permit"
    ALLOWED = "allowed"


RULE_LABELS = {
    WildRule.FORBIDDEN: N_("May not be offered"),
    WildRule.PERMIT: N_("Needs a permit to gather"),
    WildRule.ALLOWED: N_("May be offered"),
}

RULE_TONES = {WildRule.FORBIDDEN: "bad", WildRule.PERMIT: "warn", WildRule.ALLOWED: "ok"}


def may_keep(actor: Actor, species: WildSpecies) -> bool:
    """The officials of the locality whose list it is."""
    return actor.is_officer_of(species.locality_id)


def keys_of(names: Iterable[str]) -> str:
    """The folded names of a species, each between bars, as they are kept."""
    folded = dict.fromkeys(fold(name) for name in names)
    kept = [key for key in folded if key]
    return f"|{'|'.join(kept)}|" if kept else ""


def named(species: Iterable[S], text: str) -> Sequence[S]:
    """The species whose name or synonym stands in a text as whole words.

    A longer name swallows a shorter one within it: “sâm Ngọc Linh” is not “sâm”.
    """
    words = f" {fold(text)} "
    met: list[tuple[str, S]] = [
        (f" {key} ", one)
        for one in species
        for key in one.keys.strip("|").split("|")
        if key and f" {key} " in words
    ]
    found = [one for key, one in met if not any(key != k and key in k for k, other in met)]
    return list(dict.fromkeys(found))
