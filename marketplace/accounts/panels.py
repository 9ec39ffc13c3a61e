"""Sections that upper features add to pages of lower ones: an organisation's, an interest's.

As with ``catalogue.panels`` the lower feature does not know them; a section is declared when the
program starts and gives what its template shows, or None to be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marketplace.core.actor import Actor

Load = Callable[[Any, Actor], Mapping[str, Any] | None]

_PANELS: dict[tuple[str, str], Load] = {}


def add(page: str, template: str, load: Load) -> None:
    """Declare a section of ``page`` ("organisation", "interest"); called by ``init_app``."""
    _PANELS[page, template] = load


def of(page: str, record: Any, reader: Actor) -> list[tuple[str, Mapping[str, Any]]]:
    """The templates of a page's sections with what they show as ``data``."""
    found = ((name, load(record, reader)) for (on, name), load in _PANELS.items() if on == page)
    return [(name, data) for name, data in found if data is not None]
