"""What the one box shows: groups of rows, each with the way to all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from marketplace.accounts.rules import KIND_LABELS
from marketplace.catalogue.browse import Lists
from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.models import listing_address, unnamed
from marketplace.catalogue.search import is_cut, is_unreadable, tokens
from marketplace.catalogue.showing import Link, by_papers
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.discovery import queries
from marketplace.programme.models import Pair

FIRST = 5
"""Rows of each group; the rest is in its list."""

GROUPS = {
    "produce": (N_("Farm produce"), "leaf"),
    "opportunity": (N_("Investment opportunities"), "deal"),
    "need": (N_("Needs of businesses"), "basket"),
    "tourism": (N_("Tourism and specialities"), "pin"),
}
"""The kinds in the order in which they stand, with title and icon."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing found, and what tells it from others of its name."""

    title: Text | str
    url: str
    notes: tuple[Text | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one sort, and where all of it stands."""

    code: str
    title: str
    icon: str
    rows: tuple[Row, ...]
    total: int
    all_url: str | None = None

    @property
    def has_more(self) -> bool:
        """Whether the list has more than is shown here."""
        return self.all_url is not None and self.total > len(self.rows)


@dataclass(frozen=True, slots=True)
class Results:
    """Everything a query finds for someone, and what to do when that is nothing."""

    q: str
    is_asked: bool
    groups: tuple[Group, ...] = ()
    also: tuple[str, ...] = ()
    closest: Link | None = None
    fewer: tuple[Link, ...] = ()
    is_unreadable: bool = False

    @property
    def is_cut(self) -> bool:
        """Whether there may have been more words than are looked for."""
        return is_cut(self.q)

    @property
    def total(self) -> int:
        """How many in all."""
        return sum(group.total for group in self.groups)


def results(pair: Pair, viewer: Actor, q: str) -> Results:
    """What one box finds: the same few statements whatever is asked and found.

    As many again for each shorter reading that is offered where nothing was found.
    """
    if not tokens(q):
        return Results(q, is_asked=is_unreadable(q), is_unreadable=is_unreadable(q))
    lists = Lists(pair, viewer)
    groups = tuple(group for group in _groups(lists, pair, q) if group.rows)
    if groups:
        return Results(q, is_asked=True, groups=groups, also=lists.search(q).also)
    closest = lists.closest(q, list(GROUPS), places=True)
    return Results(
        q,
        is_asked=True,
        closest=Link(closest, address(closest)) if closest else None,
        fewer=tuple(
            Link(
                part, address(part), count=sum(group.total for group in _groups(lists, pair, part))
            )
            for part in lists.fewer(q, list(GROUPS))
        ),
    )


def address(q: str) -> str:
    """The one address of a search."""
    return f"/tim?{urlencode({'q': q})}" if q else "/tim"


def _groups(lists: Lists, pair: Pair, q: str) -> Iterator[Group]:
    for kind, (title, icon) in GROUPS.items():
        spec = PAGES[kind].spec
        rows, total = lists.first(Wished(spec, q), FIRST)
        all_url = f"{spec.path}?{urlencode({'q': q})}"
        yield Group(kind, title, icon, tuple(_listing(kind, row) for row in rows), total, all_url)
    found, total = queries.organisations(pair, lists.search(q).words, FIRST)
    yield Group(
        "organisation",
        N_("Cooperatives and businesses"),
        "users",
        tuple(map(_organisation, found)),
        total,
    )
    yield _villages(lists, q)
    yield _papers(lists, q)


def _listing(kind: str, row: Any) -> Row:
    model = MODELS[kind]
    owner = (
        row.seller
        if model.names_owner or row.seller_is_named
        else unnamed(row.seller_kind, row.seller_place)
    )
    notes = (owner, row.village) if row.village else (owner,)
    return Row(row.title, listing_address(model.section, row.slug, row.public_id), notes)


def _organisation(found: queries.Found) -> Row:
    page = "/htx" if found.sells else f"{PAGES['need'].spec.path}/ben-mua"
    url = f"{page}/{found.public_id}"
    return Row(found.name, url, (KIND_LABELS[found.kind], found.place))


def _villages(lists: Lists, q: str) -> Group:
    """Villages of which every word is looked for, the last one as it begins, with their offers."""
    produce = PAGES["produce"].spec
    places = lists.named_by(q)
    counts = lists.counts(Wished(produce)).by_facet["thon"] if places else {}
    rows = [
        Row(
            place.name,
            f"{produce.path}?{urlencode({'thon': place.code})}",
            (Text(N_("Farm produce here: %(count)s"), count=counts.get(place.code, 0)),),
        )
        for place in places
    ]
    return Group("village", N_("Villages"), "pin", tuple(rows[:FIRST]), len(rows))


def _papers(lists: Lists, q: str) -> Group:
    """Certificates that are named, with the goods for which one is valid now."""
    rows = [
        Row(way.label, way.url, (Text(N_("Farm produce: %(count)s"), count=way.count),))
        for way in by_papers(lists, Wished(PAGES["produce"].spec, q))
    ]
    return Group("papers", N_("Papers"), "check", tuple(rows), len(rows))
