"""Menu entries as data: where they lead, what they say, who sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import request, url_for

from marketplace.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a menu. ``order`` sorts; ``icon`` puts it into the phone's bar as well."""

    endpoint: str
    label: str
    order: int
    who: Callable[[Actor], bool] = lambda _actor: True
    icon: str = ""
    in_top: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as a template shows it."""

    label: str
    url: str
    icon: str = ""
    current: bool = False
    count: int = 0
    method: str = "get"


ENTRIES: list[Entry] = []
TABS_AT_MOST = 5


def add(*entries: Entry) -> None:
    """Declare entries; called by ``create_app`` for each feature that has some."""
    for entry in entries:
        if entry not in ENTRIES:
            ENTRIES.append(entry)


def _links(entries: list[Entry]) -> list[Link]:
    here = request.endpoint or ""
    return [
        Link(
            e.label,
            url_for(e.endpoint),
            e.icon,
            current=here == e.endpoint or here.rsplit(".", 1)[0] == e.endpoint,
        )
        for e in sorted(entries, key=lambda e: e.order)
    ]


def top(actor: Actor) -> list[Link]:
    """The main navigation for someone."""
    return _links([e for e in ENTRIES if e.in_top and e.who(actor)])


def tabs(actor: Actor) -> list[Link]:
    """The phone's bar for someone: five at most."""
    return _links([e for e in ENTRIES if e.icon and e.who(actor)][:])[:TABS_AT_MOST]
