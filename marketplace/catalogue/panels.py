"""Sections that features above the catalogue add to a listing's pages.

The catalogue does not know them: a feature declares its panels when the program starts, as it
declares its menu entries, and the page shows what they give for this listing and this reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.catalogue.models import Listing
from marketplace.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Panel:
    """A section of a listing's page.

    ``place``: "page" (the public page), "head" and "side" (its head element, and beside it), "own"
    (the owner's work page), "review" (the officials' decision), "interest" (the page of an
    interest in it). ``load`` gives what ``template`` shows as ``panel.data``; None leaves it out.
    """

    name: str
    place: str
    template: str
    load: Callable[[Listing, Actor], Mapping[str, Any] | None]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel filled for one listing and one reader."""

    name: str
    template: str
    data: Mapping[str, Any]


_PANELS: dict[str, Panel] = {}


def add(*panels: Panel) -> None:
    """Declare panels; called by a feature's ``init_app``."""
    _PANELS.update({panel.name: panel for panel in panels})


def of(listing: Listing, reader: Actor, place: str) -> list[Shown]:
    """The panels of a place that have something to show, in their order."""
    wanted = sorted((p for p in _PANELS.values() if p.place == place), key=lambda p: p.order)
    filled = [(panel, panel.load(listing, reader)) for panel in wanted]
    return [Shown(p.name, p.template, data) for p, data in filled if data is not None]


@dataclass(frozen=True, slots=True)
class CardTools:
    """What a feature lets people do with each card of a list, beside opening it.

    ``template`` has two macros of the same arguments (public_id, title, is_marked, is_signed_in):
    ``tool`` on cards and rows, ``button`` on the listing's own page. ``below`` is a template
    included after a list, ``form`` one included on the listing's own page. ``marked`` are the
    public ids it is done with already. For someone signed out nothing is marked, so that the lists
    are the same for all of them.
    """

    template: str
    below: str
    form: str
    is_signed_in: bool = False
    marked: frozenset[str] = frozenset()


Marked = Callable[[Actor, Sequence[str]], frozenset[str]]
_TOOLS: dict[tuple[str, str, str], Marked] = {}


def add_tools(template: str, below: str, form: str, marked: Marked) -> None:
    """Declare the tools of cards; called by a feature's ``init_app``."""
    _TOOLS[template, below, form] = marked


def tools(reader: Actor, public_ids: Sequence[str]) -> tuple[CardTools, ...]:
    """The tools of these cards for someone."""
    return tuple(
        CardTools(*templates, is_signed_in=True, marked=marked(reader, public_ids))
        if reader.is_signed_in
        else CardTools(*templates)
        for templates, marked in _TOOLS.items()
    )
