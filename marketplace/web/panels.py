"""Sections that upper features add to the page of a lower one's record.

The lower feature does not know them: an upper one declares its panels when the program starts, as
it declares its menu entries, and the page shows what they give for this record and this reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Load = Callable[[str], Mapping[str, Any] | None]
"""From the record's public id to what the template shows as ``panel.data``; None leaves it out."""

_PANELS: dict[str, dict[str, Load]] = {}


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel filled for one record and one reader."""

    template: str
    data: Mapping[str, Any]


def add(endpoint: str, template: str, load: Load) -> None:
    """Declare a panel of the page behind ``endpoint``; called by a feature's ``init_app``."""
    _PANELS.setdefault(endpoint, {})[template] = load


def of(endpoint: str, public_id: str) -> list[Shown]:
    """The panels of a page that have something to show, in the order they were declared."""
    filled = [(name, load(public_id)) for name, load in _PANELS.get(endpoint, {}).items()]
    return [Shown(name, data) for name, data in filled if data is not None]
