"""Use cases of the list of wild species."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from marketplace.catalogue.wild import queries
from marketplace.catalogue.wild.models import WildSpecies
from marketplace.catalogue.wild.rules import WildRule, keys_of
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed, WrongState
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.text import fold, name_key, sort_key
from marketplace.core.use_case import use_case
from marketplace.programme.models import Pair

STARTING = Path(__file__).with_name("starting.toml")


@dataclass(frozen=True, slots=True)
class WildValues:
    """A row of the list. ``synonyms`` holds one name on each line."""

    name: str
    rule: WildRule
    note: str
    synonyms: str = ""
    source: str = ""
    is_always: bool = False


@use_case
def start(actor: Actor) -> int:
    """Fill the empty list of the actor's locality with the starting rows; returns how many."""
    if not actor.is_officer or actor.locality_id is None:
        raise NotAllowed(ONLY_OFFICIALS)
    if queries.of_locality(actor.locality_id):
        raise WrongState(N_("The list has rows already. Change them one by one."))
    return _start(actor, actor.locality_id)


@use_case
def start_for(pair_id: int) -> int:
    """Give both localities of a pair the starting rows where their list is empty; how many."""
    pair = db.session.get_one(Pair, pair_id)
    return sum(
        _start(SYSTEM, locality_id)
        for locality_id in pair.locality_ids
        if not queries.of_locality(locality_id)
    )


def _start(actor: Actor, locality_id: int) -> int:
    rows = _starting_rows()
    for values in rows:
        _listed(actor, locality_id, values)
    return len(rows)


@lru_cache(maxsize=1)
def _starting_rows() -> tuple[WildValues, ...]:
    data: dict[str, Any] = tomllib.loads(STARTING.read_text(encoding="utf-8"))
    return tuple(
        WildValues(
            name=row["name"],
            rule=WildRule(row["rule"]),
            note=row["note"],
            synonyms="\n".join(row["synonyms"]),
            source=row["source"],
            is_always=row.get("always", False),
        )
        for row in data["species"]
    )


@use_case
def add(actor: Actor, values: WildValues) -> WildSpecies:
    """Enter a species into the list of the actor's locality."""
    if not actor.is_officer or actor.locality_id is None:
        raise NotAllowed(ONLY_OFFICIALS)
    return _listed(actor, actor.locality_id, values)


def _listed(actor: Actor, locality_id: int, values: WildValues) -> WildSpecies:
    species = WildSpecies(locality_id=locality_id)
    _fill(species, values)
    db.session.add(species)
    record("wild_species.listed", species, actor, data={"rule": values.rule.value})
    return species


@use_case
def edit(actor: Actor, public_id: str, version: int | None, values: WildValues) -> WildSpecies:
    """Change a row; listings are compared with it from now on."""
    species = queries.get(public_id, actor)
    if version is not None and version != species.version:
        raise Conflict
    before = species.rule
    _fill(species, values)
    data = {"before": before.value, "after": values.rule.value}
    record("wild_species.changed", species, actor, data=data)
    return species


ONLY_OFFICIALS = N_("Only officials keep this list.")


def _fill(species: WildSpecies, values: WildValues) -> None:
    if not fold(values.name):
        raise Invalid("name", N_("Enter the name in letters, for example “Bảy lá một hoa”."))
    with db.session.no_autoflush:
        known = queries.known(species.locality_id, values.name)
    if known is not None and known is not species:
        raise Invalid("name", N_("This name stands in the list already. Change its row."))
    species.name = values.name
    species.name_key = name_key(values.name)
    species.sort_key = sort_key(values.name)
    species.synonyms = values.synonyms
    species.keys = keys_of([values.name, *values.synonyms.split("\n")])
    species.rule = values.rule
    species.is_always = values.is_always
    species.note = values.note
    species.source = values.source
    species.updated_at = clock.now()
