"""Use cases of discovery: keeping names that mean the same, and making the index anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa

from marketplace.accounts.models import Locality, Village
from marketplace.catalogue import vocabulary
from marketplace.catalogue.drafting import words_of
from marketplace.catalogue.models import Listing
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.text import clean, fold, sort_key
from marketplace.core.use_case import use_case
from marketplace.discovery import queries
from marketplace.discovery.models import SynonymGroup
from marketplace.discovery.rules import (
    LONGEST_NAME,
    MOST_GROUPS,
    MOST_NAMES,
    SHORTEST_NAME,
    keys_of,
)
from marketplace.programme.models import Pair

CHUNK = 500
"""Listings that are read at once when the index is made anew."""


@dataclass(frozen=True, slots=True)
class SynonymValues:
    """What the form holds: one name on each line."""

    names: str


@use_case
def add_synonyms(actor: Actor, values: SynonymValues) -> SynonymGroup:
    """Say that these names mean the same, for searches in the pairs of the actor's locality."""
    if not actor.is_officer or actor.locality_id is None:
        raise NotAllowed(N_("Only officials keep these names."))
    hold(Locality, id=actor.locality_id)  # one name, one group: whoever comes second waits
    groups = queries.of_locality(actor.locality_id)
    if len(groups) >= MOST_GROUPS:
        raise Invalid("names", N_("There are very many rows already. Remove one you do not need."))
    group = SynonymGroup(locality_id=actor.locality_id)
    _fill(group, values, groups)
    db.session.add(group)
    record("synonym_group.added", group, actor, data={"names": len(group.names_list)})
    return group


@use_case
def edit_synonyms(
    actor: Actor, public_id: str, version: int | None, values: SynonymValues
) -> SynonymGroup:
    """Change a row. Raises Conflict when someone else did meanwhile."""
    hold(Locality, id=actor.locality_id)
    group = queries.get(public_id, actor, lock=True)
    if version is not None and version != group.version:
        raise Conflict
    before = len(group.names_list)
    _fill(group, values, queries.of_locality(group.locality_id))
    data = {"before": before, "after": len(group.names_list)}
    record("synonym_group.changed", group, actor, data=data)
    return group


@use_case
def remove_synonyms(actor: Actor, public_id: str) -> int:
    """Take a row away: its names stand for themselves again. Returns its id."""
    group = queries.get(public_id, actor, lock=True)
    key = group.id
    record("synonym_group.removed", group, actor, data={"names": len(group.names_list)})
    db.session.delete(group)
    return key


def _fill(group: SynonymGroup, values: SynonymValues, groups: Any) -> None:
    lines = [clean(line) for line in values.names.replace("|", "\n").split("\n")]
    names = {key: name for name in reversed(lines) if (key := fold(name))}
    kept = [name for name in lines if names.get(fold(name)) == name]
    kept = list(dict.fromkeys(kept))
    if len(kept) < 2:  # noqa: PLR2004  one name means nothing but itself
        raise Invalid(
            "names", N_("Enter at least two names, one on each line, for example “sâm dây”.")
        )
    if short := next((name for name in kept if len(fold(name)) < SHORTEST_NAME), None):
        raise Invalid(
            "names",
            Text(
                N_(
                    "“%(name)s” is a single letter and would be found everywhere. "
                    "Write the name out, for example “sâm dây”."
                ),
                name=short,
            ),
        )
    if len(kept) > MOST_NAMES or max(map(len, kept)) > LONGEST_NAME:
        raise Invalid(
            "names",
            Text(
                N_("Enter at most %(names)s names of at most %(letters)s characters each."),
                names=MOST_NAMES,
                letters=LONGEST_NAME,
            ),
        )
    keys = keys_of(kept)
    for other in groups:
        taken = set(keys.strip("|").split("|")) & set(other.keys.strip("|").split("|"))
        if other is not group and taken:
            name = next(name for name in kept if fold(name) in taken)
            raise Invalid(
                "names",
                Text(N_("“%(name)s” stands in another row already. Change that row."), name=name),
            )
    group.names = "\n".join(kept)
    group.keys = keys
    group.sort_key = sort_key(kept[0])
    group.updated_at = clock.now()


@use_case
def rebuild() -> int:
    """Work out the words of every listing anew, and the vocabulary; how many listings changed.

    For data that came another way than through the use cases, and after a change of the fold.
    """
    vocabulary.forget()
    table = cast("sa.Table", Listing.__table__)
    villages = {village.id: village for village in db.session.scalars(sa.select(Village))}
    changed, last = 0, 0
    while True:
        listings = db.session.scalars(
            sa.select(Listing).where(Listing.id > last).order_by(Listing.id).limit(CHUNK)
        ).all()
        if not listings:
            break
        for listing in listings:
            words = words_of(listing, villages.get(listing.village_id or 0))
            if any(getattr(listing, name) != value for name, value in words.items()):
                # past the mapper: it is no new version, and nobody's form is out of date
                db.session.execute(table.update().where(table.c.id == listing.id).values(**words))
                changed += 1
            vocabulary.learn(words["search_text"].split())
        last = listings[-1].id
        db.session.expunge_all()
    if db.engine.dialect.name == "sqlite":
        db.session.execute(sa.text("INSERT INTO search_index (search_index) VALUES ('rebuild')"))
    pair = db.session.scalars(sa.select(Pair).order_by(Pair.id).limit(1)).first()
    if pair is not None:  # whatever is kept of older searches is out of date
        record("pair.search_rebuilt", pair, SYSTEM, data={"listings": changed})
    return changed
