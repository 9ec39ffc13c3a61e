"""Sections that features above the deals add to a case, as ``catalogue.panels`` does for listings.

A feature declares its panels when the program starts; the page shows what they give for this case
and this reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.core.actor import Actor
from marketplace.core.journal import Recorded
from marketplace.core.workflow import Workflow
from marketplace.deals.models import Deal
from marketplace.matching.models import Match


@dataclass(frozen=True, slots=True)
class Panel:
    """A section of a case.

    ``place``: "hold" (what it waits for, at the top), "yes" (read before a party says yes or
    agrees), "deliveries" (below what arrived), "case" (below all of the deal).
    ``load`` gives what ``template`` shows as ``panel.data``; None leaves it out.
    """

    name: str
    place: str
    template: str
    load: Callable[[Match, Deal | None, Actor], Mapping[str, Any] | None]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel filled for one case and one reader."""

    name: str
    place: str
    template: str
    data: Mapping[str, Any]


Records = Callable[[Deal], Sequence[Recorded]]
_PANELS: dict[str, Panel] = {}
_HISTORY: dict[str, tuple[Records, tuple[Workflow, ...]]] = {}


def add(*panels: Panel) -> None:
    """Declare panels; called by a feature's ``init_app``."""
    _PANELS.update({panel.name: panel for panel in panels})


def add_history(name: str, records: Records, workflows: Sequence[Workflow]) -> None:
    """Declare whose history belongs to a case as well."""
    _HISTORY[name] = (records, tuple(workflows))


def of(match: Match, deal: Deal | None, reader: Actor, place: str | None = None) -> list[Shown]:
    """The panels that have something to show, of one place or of all, in their order."""
    wanted = [p for p in _PANELS.values() if place in (None, p.place)]
    filled = [
        (p, p.load(match, deal, reader)) for p in sorted(wanted, key=lambda panel: panel.order)
    ]
    return [Shown(p.name, p.place, p.template, data) for p, data in filled if data is not None]


def before_yes(deal: Deal, reader: Actor) -> list[Shown]:
    """What a party reads before it agrees to the terms of a deal."""
    return of(deal.match, deal, reader, "yes")


def records(deal: Deal | None) -> list[Recorded]:
    """The further records whose history is the history of the case."""
    if deal is None:
        return []
    return [record for find, _workflows in _HISTORY.values() for record in find(deal)]


def workflows() -> tuple[Workflow, ...]:
    """The workflows of those records."""
    return tuple(w for _find, found in _HISTORY.values() for w in found)
