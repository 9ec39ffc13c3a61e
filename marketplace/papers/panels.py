"""Sections that upper features add to a paper's page, which does not know them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.core.actor import Actor
from marketplace.papers.models import Paper


@dataclass(frozen=True, slots=True)
class Panel:
    """A section: ``load`` gives what ``template`` shows as ``panel.data``; None leaves it out."""

    name: str
    template: str
    load: Callable[[Paper, Actor], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Shown:
    """A section filled for one paper and one reader."""

    template: str
    data: Mapping[str, Any]


_PANELS: dict[str, Panel] = {}


def add(panel: Panel) -> None:
    """Declare a section; called by a feature's ``init_app``."""
    _PANELS[panel.name] = panel


def of(paper: Paper, reader: Actor) -> list[Shown]:
    """The sections that have something to show."""
    filled = [(panel, panel.load(paper, reader)) for panel in _PANELS.values()]
    return [Shown(panel.template, data) for panel, data in filled if data is not None]
