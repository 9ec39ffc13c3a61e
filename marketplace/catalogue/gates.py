"""What keeps a listing from going public, and what its reviewer must have looked at. Pure.

Alcohol needs a licence that holds and no price promotion; what is gathered in the wild is compared
with the officials' list; claims to cure are pointed out (domain page 3.2). The functions look at
what the listing has (``group``, ``origin``, its papers, its locality's list of wild species), so
they hold for every kind that sells goods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.catalogue.proof import claims, safety
from marketplace.catalogue.taxonomy import NOT_EATEN, Group, Origin
from marketplace.catalogue.wild.rules import WildRule, named
from marketplace.core import clock
from marketplace.core.i18n import N_, Text
from marketplace.papers.types import PaperType

if TYPE_CHECKING:
    from marketplace.catalogue.models import Listing
    from marketplace.catalogue.wild.models import WildSpecies
    from marketplace.papers.models import Paper

ADULT = 18
"""Years a buyer of alcohol must have (law 44/2019 on the harm of alcohol, art. 5) [OK]."""


@dataclass(frozen=True, slots=True)
class Check:
    """A point a reviewer ticks before approving. ``code`` is kept in the journal."""

    code: str
    text: Text


Obstacle = tuple[str, Text]
"""The form field where it is put right ("papers" for the page of papers), and the sentence."""


def group_of(listing: Listing) -> Group | None:
    """The product group, where the kind has one."""
    group: Group | None = getattr(listing, "group", None)
    return group


def is_alcohol(listing: Listing) -> bool:
    """Whether it offers an alcoholic drink. Who seeks one needs no licence to make it."""
    return not listing.seeks and group_of(listing) is Group.ALCOHOL


def is_eaten(listing: Listing) -> bool:
    """Whether the safety of food is a question for it."""
    group = group_of(listing)
    return not listing.seeks and group is not None and group not in NOT_EATEN


def is_gathered(listing: Listing) -> bool:
    """Whether it comes from the wild."""
    return getattr(listing, "origin", None) is Origin.GATHERED


def is_shut(listing: Listing) -> bool:
    """Whether a date keeps it from taking interest: alcohol whose licence holds no more."""
    return is_alcohol(listing) and not safety.has(listing.papers, PaperType.LIQUOR, clock.today())


def ended(listing: Listing) -> Sequence[Paper]:
    """Papers that covered it, were neither taken away nor renewed, and have ended."""
    today = clock.today()
    return [p for p in listing.papers if p.has_ended_on(today) and not p.is_replaced]


def wild_names(listing: Listing) -> Sequence[WildSpecies]:
    """The species of the officials' list that the title names and whose rule applies to it."""
    if group_of(listing) is None:
        return ()
    found = named(listing.wild_species, listing.title)
    return [one for one in found if one.is_always or is_gathered(listing)]


# ---------------------------------------------------------------- what stops it


def obstacles(listing: Listing) -> list[Obstacle]:
    """Everything that keeps it from being sent in and from being approved, all at once."""
    return [*_alcohol(listing), *_wild(listing)]


def _alcohol(listing: Listing) -> list[Obstacle]:
    if not is_alcohol(listing):
        return []
    found: list[Obstacle] = []
    if is_shut(listing):
        licence = N_(
            "Alcohol needs a licence to make craft liquor that holds now. Add the licence under "
            "Papers; an official verifies it."
        )
        found.append(("papers", Text(licence)))
    if words := claims.promotions(listing.texts()):
        said = N_("Alcohol may not be promoted by price. Take out: %(words)s.")
        found.append(("description", Text(said, words=", ".join(words))))
    if getattr(listing, "price_steps", None):
        said = N_("Alcohol may not be cheaper by quantity. Take out the price steps.")
        found.append(("price_steps", Text(said)))
    return found


def _wild(listing: Listing) -> list[Obstacle]:
    found: list[Obstacle] = []
    for species in wild_names(listing):
        if species.rule is WildRule.FORBIDDEN:
            said = N_("%(name)s may not be offered. %(note)s Call the commune if this is wrong.")
            found.append(("title", Text(said, name=species.name, note=species.note)))
        elif species.rule is WildRule.PERMIT and not listing.seeks and not _is_permitted(listing):
            said = N_(
                "%(name)s from the wild needs a permit to gather that holds now. Add it under "
                "Papers; an official verifies it."
            )
            found.append(("papers", Text(said, name=species.name)))
    return found


def _is_permitted(listing: Listing) -> bool:
    return safety.has(listing.papers, PaperType.HARVEST, clock.today())


# ---------------------------------------------------------------- what is pointed out


def warnings(listing: Listing) -> list[Text]:
    """What its writer and its reviewer are told; nothing is refused for it."""
    said = N_(
        "These words promise a cure, which food and plants may not: %(words)s. Say how it tastes, "
        "grows and is used instead."
    )
    words = claims.cures(listing.texts())
    return [Text(said, words=", ".join(words))] if words else []


def checklist(listing: Listing) -> list[Check]:
    """What a reviewer must have looked at before turning the key."""
    found: list[Check] = []
    if words := claims.cures(listing.texts()):
        said = N_("Words that promise a cure (%(words)s) are meant otherwise or do no harm.")
        found.append(Check("claims", Text(said, words=", ".join(words))))
    if is_alcohol(listing):
        said = N_(
            "The licence covers this drink and its maker; nothing is promoted by price, or to "
            "people under %(age)s."
        )
        found.append(Check("alcohol", Text(said, age=ADULT)))
    return [*found, *_wild_checks(listing), *_paper_checks(listing)]


def _wild_checks(listing: Listing) -> list[Check]:
    met = named(listing.wild_species, " ".join(listing.texts())) if group_of(listing) else ()
    names = ", ".join(one.name for one in met)
    if is_gathered(listing):
        if names:
            said = N_("Gathered in the wild: compared with the list (%(names)s), place and season.")
            return [Check("wild", Text(said, names=names))]
        said = N_("Gathered in the wild and not on the list: I know the plant, and it is free.")
        return [Check("wild", Text(said))]
    strict = [one for one in met if one.rule is not WildRule.ALLOWED and one in wild_names(listing)]
    suspect = strict or [one for one in met if one.rule is WildRule.FORBIDDEN]
    if suspect:
        names = ", ".join(one.name for one in suspect)
        said = N_("It names %(names)s and is said to be raised or made: I know that it is so.")
        return [Check("wild", Text(said, names=names))]
    return []


def _paper_checks(listing: Listing) -> list[Check]:
    """Papers that no longer hold, and processed food without any."""
    if not is_eaten(listing):
        return []
    today = clock.today()
    level = safety.level(listing.papers, today)
    lapsed = [p.number for p in listing.papers if p.verified_at and not p.holds_on(today)]
    if lapsed and level is not safety.Safety.PAPERS:
        said = N_("Papers that hold no more (%(numbers)s) are not spoken of as valid.")
        return [Check("papers", Text(said, numbers=", ".join(lapsed)))]
    chosen = [p.number for p in listing.papers if p.is_chosen and p.holds_on(today)]
    if chosen:
        said = N_("The papers %(numbers)s name this product; their owner chose it as covered.")
        return [Check("papers", Text(said, numbers=", ".join(chosen)))]
    is_processed = getattr(listing, "origin", None) is Origin.PROCESSED
    if is_processed and level is safety.Safety.NONE:
        said = N_("Processed food without papers: I asked the maker, and the text promises none.")
        return [Check("papers", Text(said))]
    return []
