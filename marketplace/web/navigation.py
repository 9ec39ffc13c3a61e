"""Menu entries as data: where they lead, what they say, who sees them.

Features declare entries; the frame of every page shows them: in the main navigation, in the
phone's bar, in the account menu, in the footer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from flask import request, url_for

from marketplace.core.actor import Actor
from marketplace.core.i18n import N_

Who = Callable[[Actor], bool]

BUYERS = frozenset({"enterprise", "household_business", "investor"})
PRODUCERS = frozenset(
    {"cooperative", "cooperative_group", "producer_household", "mass_organisation"}
)


def everyone(_actor: Actor) -> bool:
    """Whoever looks."""
    return True


def visitor(actor: Actor) -> bool:
    """Someone without an account, or without an organisation."""
    return actor.organisation_id is None


def signed_in(actor: Actor) -> bool:
    """Someone with an account."""
    return actor.is_signed_in


def buyer(actor: Actor) -> bool:
    """Someone who acts for a business or an investor."""
    return actor.organisation_kind in BUYERS


def producer(actor: Actor) -> bool:
    """Someone who acts for a cooperative, a group or a household."""
    return actor.organisation_kind in PRODUCERS


def member(actor: Actor) -> bool:
    """Someone who acts for an organisation that is no authority."""
    return buyer(actor) or producer(actor)


def officer(actor: Actor) -> bool:
    """An official or leader."""
    return actor.is_officer


def any_of(*kinds: Who) -> Who:
    """Whoever is one of these."""
    return lambda actor: any(kind(actor) for kind in kinds)


def but(*kinds: Who) -> Who:
    """Whoever is none of these."""
    return lambda actor: not any(kind(actor) for kind in kinds)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the menus.

    ``order`` sorts it. ``in_top`` puts it into the main navigation: of everyone who sees it, or
    of those it names. ``icon`` puts it into the phone's bar, for ``tab_for`` (by default everyone
    who sees it), as ``short``. ``group`` is the title it stands under in the footer.
    ``office`` is the title it stands under among the tools of officials, ``in_account`` puts it
    into the account menu instead; ``method`` "post" makes a button of it.
    ``values`` are what the endpoint's address asks for.
    """

    endpoint: str
    label: str
    order: int
    who: Who = everyone
    icon: str = ""
    in_top: bool | Who = True
    tab_for: Who | None = None
    short: str = ""
    group: str = ""
    office: str = ""
    in_account: bool = False
    method: str = "get"
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as a template shows it."""

    label: str
    url: str
    icon: str = ""
    current: bool = False
    count: int = 0
    method: str = "get"


@dataclass(frozen=True, slots=True)
class Group:
    """Links under a title, for the footer."""

    title: str
    links: tuple[Link, ...]


ENTRIES: list[Entry] = []
TABS_AT_MOST = 5
CASES, OFFERS, PEOPLE = N_("Cases"), N_("Listings and papers"), N_("People and places")
"""The groups of the officials' tools, in this order."""


def add(*entries: Entry) -> None:
    """Declare entries; called by ``create_app`` for each feature that has some."""
    for entry in entries:
        if entry not in ENTRIES:
            ENTRIES.append(entry)
    ENTRIES.sort(key=lambda entry: entry.order)


def _links(entries: Iterable[Entry], *, short: bool = False) -> tuple[Link, ...]:
    here, asked = request.endpoint or "", request.view_args or {}
    return tuple(
        Link(
            (e.short if short else "") or e.label,
            _address(request.script_root, e.endpoint, e.values),
            e.icon,
            current=e.endpoint == here and asked.items() >= dict(e.values).items(),
            method=e.method,
        )
        for e in entries
    )


@lru_cache(maxsize=512)
def _address(_mounted_at: str, endpoint: str, values: tuple[tuple[str, str], ...]) -> str:
    """The address of a page; every page of the site asks for the same few dozen."""
    asked: dict[str, Any] = dict(values)
    return url_for(endpoint, **asked)


def top(actor: Actor) -> tuple[Link, ...]:
    """The main navigation for someone."""
    return _links(e for e in ENTRIES if e.who(actor) and _is_in_top(e, actor))


def _is_in_top(entry: Entry, actor: Actor) -> bool:
    if entry.in_account or entry.office:
        return False
    return entry.in_top(actor) if callable(entry.in_top) else entry.in_top


def tabs(actor: Actor) -> tuple[Link, ...]:
    """The phone's bar for someone: five at most."""
    shown = [e for e in ENTRIES if e.icon and not e.in_account and (e.tab_for or e.who)(actor)]
    return _links(shown[:TABS_AT_MOST], short=True)


def account(actor: Actor) -> tuple[Link, ...]:
    """The account menu of someone signed in."""
    return _links(e for e in ENTRIES if e.in_account and e.who(actor))


def office(actor: Actor) -> tuple[Group, ...]:
    """The tools of officials that have no place in the main navigation."""
    shown = [e for e in ENTRIES if e.office and e.who(actor)]
    groups = {title: [e for e in shown if e.office == title] for title in (CASES, OFFERS, PEOPLE)}
    return tuple(Group(title, _links(found)) for title, found in groups.items() if found)


def footer(actor: Actor) -> tuple[Group, ...]:
    """The groups of the footer, in the order of their first entries."""
    shown = [e for e in ENTRIES if e.group and e.who(actor)]
    titles = list(dict.fromkeys(e.group for e in shown))
    shown.sort(key=lambda e: titles.index(e.group))
    grouped = groupby(shown, key=lambda e: e.group)
    return tuple(Group(title, _links(found)) for title, found in grouped)


def beyond(links: Iterable[Link], groups: Iterable[Group]) -> tuple[Link, ...]:
    """Those of the links that stand in none of the groups."""
    listed = {link.url for group in groups for link in group.links}
    return tuple(link for link in links if link.url not in listed)
