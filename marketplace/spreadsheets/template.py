"""The template someone downloads: a sheet for each kind they post, filled with what they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_
from marketplace.programme import queries as programme
from marketplace.spreadsheets import columns, queries
from marketplace.spreadsheets.columns import CODE, OWNER, Shape
from marketplace.spreadsheets.reading import EXTRA, Table, blank
from marketplace.spreadsheets.workbook import MOST_ROWS, Column, write
from marketplace.web.locale import say

NOTES = (
    N_("How to fill in"),
    N_("One row is one listing. Do not change the code; an empty code begins a new listing."),
    N_("Prices in đồng, for example 120.000. Quantities with a comma, for example 1.234,5."),
    N_("Days as day/month/year, for example 31/12/2026. Months as 9-12 or 1, 2, 11."),
    N_("Where a list opens in a cell, choose from it. For yes write x."),
    N_("Repeated things stand one below the other in a cell, their parts with bars between."),
    N_("All rows are checked before anything is saved. The same file twice changes nothing."),
)
WIDE = frozenset({"title", "description", "goal"})


def _owners(actor: Actor) -> list[Organisation]:
    return [accounts.organisation_by_id(actor.organisation_id), *accounts.can_be_spoken_for(actor)]


def kinds_for(actor: Actor) -> list[str]:
    """The kinds someone can post, for themselves or for those they enter for."""
    kinds = {organisation.kind for organisation in _owners(actor)}
    return [kind for kind, model in MODELS.items() if model.posters & kinds]


def workbook(actor: Actor) -> bytes:
    """The Excel file."""
    owners = _owners(actor)
    sheets = [_sheet(kind, owners) for kind in kinds_for(actor)]
    return write(sheets, [say(note) for note in NOTES])


def _sheet(kind: str, owners: Sequence[Organisation]) -> tuple[str, list[Column], list[list[Any]]]:
    posters = [o for o in owners if o.kind in MODELS[kind].posters]
    villages = {
        locality: [(v.id, v.name) for v in programme.villages(locality)]
        for locality in {o.locality_id for o in posters}
    }
    form = blank(kind)
    form.offer_villages(village for found in villages.values() for village in found)
    shapes = [*EXTRA, *columns.shapes(form)]
    heads = [_column(form, shape, posters) for shape in shapes]
    rows = []
    for listing in queries.for_template({o.id for o in posters}, kind, MOST_ROWS - 1):
        own = PAGES[kind].form(formdata=None, obj=listing, meta={"csrf": False})
        own.offer_villages(villages[listing.locality_id])
        held = columns.cells(own) | {CODE: listing.public_id, OWNER: listing.organisation.name}
        rows.append([held.get(shape.field) for shape in shapes])
    return say(PAGES[kind].name), heads, rows


def _column(form: Any, shape: Shape, owners: Sequence[Organisation]) -> Column:
    heading = say(shape.label)
    if shape.field == CODE:
        return Column(heading, width=14)
    if shape.field == OWNER:
        return Column(heading, choices=tuple(o.name for o in owners), width=28)
    return Column(
        heading,
        choices=columns.choices(form, shape.field),
        format=columns.look(form, shape.field),
        width=36 if shape.field in WIDE else 18,
    )


# ------------------------------------------------------------ naming columns


@dataclass(frozen=True, slots=True)
class Question:
    """An unknown heading, a few of its values, and what may be chosen for it."""

    name: str
    heading: str
    examples: tuple[str, ...]
    options: tuple[tuple[str, str, bool], ...]


def questions(found: Sequence[Table], typed: Mapping[str, str]) -> list[tuple[str, list[Question]]]:
    """For each sheet its title, and the headings to be named."""
    asked = []
    for at, table in enumerate(found):
        shapes = [*EXTRA, *columns.shapes(blank(table.kind))]
        free = [s for s in shapes if s.field not in table.fields.values()]
        heads = []
        for place, heading in table.unknown:
            name = f"heading-{at}-{place}"
            options = tuple((s.field, say(s.label), typed.get(name) == s.field) for s in free)
            examples = tuple(
                columns.written(row[place])[:40]
                for _, row in table.rows[:3]
                if place < len(row) and row[place] is not None
            )
            heads.append(Question(name, heading, examples, options))
        asked.append((table.name or say(PAGES[table.kind].name), heads))
    return asked
