"""The public lists: what someone asked for, the cards that fit, and how many each filter leaves.

Statements are built once per shape and select columns, never entities (quality page, section 1).
A page costs the same few queries whatever is asked: what the database held last, the ids in
order, the cards, their photos, and one histogram from which every count is added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from marketplace.accounts.models import Locality, Organisation, Village
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Args, Facet, ListSpec, Place, Wished
from marketplace.catalogue.models import Listing, Photo
from marketplace.catalogue.queries import EVERYONE, Reader, addressed_to
from marketplace.catalogue.rules import STALE_AFTER, ListingState, Visibility
from marketplace.catalogue.search import patterns, tokens
from marketplace.catalogue.shelf import Shelf
from marketplace.core import clock, text
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.db import db
from marketplace.programme.models import Pair
from marketplace.roads import queries as roads
from marketplace.roads.rules import Condition
from marketplace.web.pagination import PER_PAGE, Page, page_number

T = TypeVar("T")

_L = cast("sa.Table", Listing.__table__)
_V = cast("sa.Table", Village.__table__)
_ORG = cast("sa.Table", Organisation.__table__)
_PLACE = cast("sa.Table", Locality.__table__)
_PHOTO = cast("sa.Table", Photo.__table__)


def asked_page(args: Args) -> int:
    """The number of the page asked for."""
    return page_number(next(iter(args.get("trang", ())), None))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many listings fit in all, and how many each value of each facet leaves."""

    total: int
    by_facet: Mapping[str, Mapping[str, int]]


class Lists:
    """The lists of a pair as they stand at this moment."""

    def __init__(self, pair: Pair, viewer: Actor = ANONYMOUS) -> None:
        self.pair = pair
        self._reader = Reader.of(viewer)
        self._shelf = Shelf()

    def page(self, wished: Wished, number: int = 1) -> Page[Any]:
        """One page of cards; a number beyond the last gives the last page."""

        def load() -> Page[Any]:
            total = self.counts(wished).total
            shown = min(number, max(1, -(-total // PER_PAGE)))
            return Page(tuple(_cards(wished.spec, self._ids(wished, shown))), shown, total)

        return self._kept((wished, number, self._reads(wished.spec)), load)

    def counts(self, wished: Wished) -> Counts:
        """Counts for the filters, whatever the order."""
        key = ("counts", wished.spec, wished.q, wished.chosen, self._reads(wished.spec))
        return self._kept(key, lambda: self._counts(wished))

    def _counts(self, wished: Wished) -> Counts:
        facets, places = wished.spec.facets, self.places()
        given = [f.given(wished.of(f.name), places) for f in facets]
        asked = [bool(wished.of(f.name)) for f in facets]
        found: list[Counter[str]] = [Counter() for _ in facets]
        total = 0
        for *values, n in self._histogram(wished):
            misses = [
                at for at, facet in enumerate(facets)
                if asked[at] and not facet.holds(values[at], given[at])
            ]  # fmt: skip
            if len(misses) > 1:
                continue
            total += 0 if misses else n
            for at in misses or range(len(facets)):  # a facet's own choice narrows only the others
                for code in facets[at].counted(values[at], places):
                    found[at][code] += n
        return Counts(total, {f.name: found[at] for at, f in enumerate(facets)})

    def places(self) -> Sequence[Place]:
        """The villages of both localities in Vietnamese order."""

        def load() -> list[Place]:
            rows = db.session.execute(
                sa.select(_V.c.id, _V.c.name)
                .where(_V.c.locality_id.in_(self.pair.locality_ids))
                .order_by(_V.c.sort_key, _V.c.id)
            )
            return [Place(row.id, text.slug(row.name), row.name) for row in rows]

        return self._kept("villages", load)

    def _histogram(self, wished: Wished) -> list[Any]:
        statement = _histogram(wished.spec, len(tokens(wished.q)))
        return self._kept(
            (wished.spec, wished.q, self._reads(wished.spec)),
            lambda: list(db.session.execute(statement, self._given(statement, wished))),
        )

    def _ids(self, wished: Wished, number: int) -> list[int]:
        shape = tuple(name for name, _ in wished.chosen)
        sort = wished.sort or wished.spec.default_sort
        statement = _ids(wished.spec, len(tokens(wished.q)), shape, sort)
        chosen = {
            facet.name: facet.given(wished.of(facet.name), self.places())
            for facet in wished.spec.facets
            if facet.name in shape
        }
        more = chosen | {"size": PER_PAGE, "skip": (number - 1) * PER_PAGE}
        return list(db.session.execute(statement, self._given(statement, wished, more)).scalars())

    def among(self, wished: Wished, chosen: sa.Select[Any]) -> list[int]:
        """Those of the listings ``chosen`` selects by id that stand in this list, newest first.

        The very conditions of the list decide, so that whoever is told later of what is new and
        whoever looks read the same.
        """
        shape = tuple(name for name, _ in wished.chosen)
        whole = _ids(wished.spec, len(tokens(wished.q)), shape, wished.spec.default_sort)
        given = {
            facet.name: facet.given(wished.of(facet.name), self.places())
            for facet in wished.spec.facets
            if facet.name in shape
        }
        statement = (
            whole.where(_L.c.id.in_(chosen))
            .order_by(None)
            .order_by(_L.c.published_at.desc(), _L.c.id.desc())
            .limit(None)
            .offset(None)
        )
        asked = self._given(whole, wished, given | {"size": 0, "skip": 0})
        return list(db.session.execute(statement, asked).scalars())

    def _reads(self, spec: ListSpec) -> Reader:
        """As whom the list is read: what is for everyone is the same for all, and kept once."""
        return self._reader if spec.has_audiences else EVERYONE

    def _given(
        self,
        statement: sa.Select[Any],
        wished: Wished,
        more: Mapping[str, Any] = {},
    ) -> dict[str, Any]:
        """What a statement asks for of everything that is known."""
        known = {
            "pair": self.pair.id,
            "source": self.pair.source_id,
            "market": self.pair.market_id,
            "reader": self._reader.organisation,
            "sells_in": self._reader.sells_in,
            "decides_in": self._reader.decides_in,
            "whole": text.slug(wished.q),
            **{f"word_{n}": pattern for n, pattern in enumerate(patterns(wished.q))},
            **{f"title_{n}": f"%-{word}%" for n, word in enumerate(tokens(wished.q))},
            **moment(),
            **more,
        }
        return {name: known[name] for name in _names(statement)}

    def _kept(self, key: Hashable, load: Callable[[], T]) -> T:
        return self._shelf.keep((self.pair.id, key), load)


def moment() -> dict[str, Any]:
    """What orders and cards may ask of the calendar: today, freshness, the turned year.

    Shifted right by ``past`` and left by ``ahead``, a mask of months begins with this month.
    """
    today = clock.today()
    return {
        "today": today,
        "fresh_since": today - STALE_AFTER,
        "past": today.month - 1,
        "ahead": 13 - today.month,
    }


def list_page(
    pair: Pair,
    kind: str,
    args: Args | None = None,
    number: int = 1,
    viewer: Actor = ANONYMOUS,
) -> Page[Any]:
    """One page of a pair's list, asked for as an address would."""
    return Lists(pair, viewer).page(Wished.read(PAGES[kind].spec, args or {}), number)


def in_season(pair: Pair, limit: int) -> Sequence[Any]:
    """Produce that can be delivered this month, for the home page."""
    return list_page(pair, "produce", {"thang": [str(clock.today().month)]}).items[:limit]


def latest_opportunities(pair: Pair, limit: int) -> Sequence[Any]:
    """The opportunities published last, for the home page."""
    return list_page(pair, "opportunity", {"sap": ["moi"]}).items[:limit]


def latest(pair: Pair, kind: str, limit: int) -> Sequence[Any]:
    """The listings of a kind that were published last, for the home page."""
    return list_page(pair, kind, {"sap": ["moi"]}).items[:limit]


# ------------------------------------------------------------ statements, built once per shape


_READER = Reader(*(sa.bindparam(n, type_=sa.Integer) for n in ("reader", "sells_in", "decides_in")))


def _shown(spec: ListSpec) -> list[sa.ColumnElement[bool]]:
    """Published, not hidden, for this reader, offered in the pair: its own, or its stock."""
    return [
        _L.c.kind == spec.kind,
        _L.c.state == ListingState.PUBLISHED,
        addressed_to(_READER if spec.has_audiences else EVERYONE, _L.c),
        _L.c.visibility == Visibility.SHOWN,
        sa.or_(
            _L.c.pair_id == sa.bindparam("pair"),
            sa.and_(
                _L.c.is_offered_to_all,
                _L.c.locality_id.in_([sa.bindparam("source"), sa.bindparam("market")]),
            ),
        ),
    ]


def _found(words: int) -> list[sa.ColumnElement[bool]]:
    return [_L.c.search_text.like(sa.bindparam(f"word_{n}")) for n in range(words)]


def _rank(words: int) -> list[sa.ColumnElement[Any]]:
    """The exact title first, then words in the title, then words elsewhere.

    The slug is the folded title with hyphens; very long titles keep their beginning there.
    """
    if not words:
        return []
    title = sa.literal("-", sa.Text) + _L.c.slug
    every = sa.and_(*(title.like(sa.bindparam(f"title_{n}")) for n in range(words)))
    return [sa.case((_L.c.slug == sa.bindparam("whole"), 0), (every, 1), else_=2)]


@lru_cache(maxsize=1024)
def _ids(spec: ListSpec, words: int, facets: tuple[str, ...], sort: str) -> sa.Select[Any]:
    where = _shown(spec) + _found(words)
    where += [facet.condition() for facet in spec.facets if facet.name in facets]
    order = [*_rank(words), *spec.sinks(), *spec.sorts[sort].order(), _L.c.id.desc()]
    return (
        sa.select(_L.c.id)
        .select_from(_L.join(spec.table, spec.table.c.id == _L.c.id))
        .where(*where)
        .order_by(*order)
        .limit(sa.bindparam("size", type_=sa.Integer))
        .offset(sa.bindparam("skip", type_=sa.Integer))
    )


@lru_cache(maxsize=64)
def _histogram(spec: ListSpec, words: int) -> sa.Select[Any]:
    """How many listings stand under each combination of the facets' values."""
    columns = [facet.column.label(f"f{at}") for at, facet in enumerate(spec.facets)]
    return (
        sa.select(*columns, sa.func.count().label("n"))
        .select_from(_L.join(spec.table, spec.table.c.id == _L.c.id))
        .where(*_shown(spec), *_found(words))
        .group_by(*columns)
    )


@lru_cache(maxsize=1024)
def _names(statement: sa.Select[Any]) -> frozenset[str]:
    """The parameters that only the moment knows; those with a value of their own are left out."""
    binds = statement.compile().binds
    return frozenset(name for name, bind in binds.items() if bind.required)


_IDS = sa.bindparam("ids", expanding=True, type_=sa.Integer)


@lru_cache(maxsize=16)
def _card_statement(spec: ListSpec) -> sa.Select[Any]:
    return (
        sa.select(
            _L.c.id,
            _L.c.public_id,
            _L.c.slug,
            _L.c.title,
            _L.c.availability,
            _L.c.closes_on,
            _L.c.interest_count,
            _L.c.village_id,
            _ORG.c.name.label("seller"),
            _ORG.c.kind.label("seller_kind"),
            _ORG.c.is_named_in_public.label("seller_is_named"),
            _PLACE.c.name.label("seller_place"),
            _V.c.name.label("village"),
            *spec.columns,
        )
        .select_from(
            _L.join(spec.table, spec.table.c.id == _L.c.id)
            .join(_ORG, _ORG.c.id == _L.c.organisation_id)
            .join(_PLACE, _PLACE.c.id == _ORG.c.locality_id)
            .outerjoin(_V, _V.c.id == _L.c.village_id)
        )
        .where(_L.c.id.in_(_IDS))
    )


_PHOTOS = (
    sa.select(_PHOTO.c.listing_id, _PHOTO.c.public_id, _PHOTO.c.alt)
    .where(_PHOTO.c.listing_id.in_(_IDS), _PHOTO.c.is_shown)
    .order_by(_PHOTO.c.position.desc(), _PHOTO.c.id.desc())
)
"""Backwards, so that the first photo is the one that stays."""


def _first_photos(ids: list[int]) -> dict[int, tuple[str | None, str]]:
    rows = db.session.execute(_PHOTOS, {"ids": ids})
    return {row.listing_id: (row.public_id, row.alt) for row in rows}


def cards(spec: ListSpec, ids: Sequence[int]) -> Sequence[Any]:
    """The cards of these listings of a kind, in this order; whoever asks knows who may see them."""
    return tuple(_cards(spec, list(ids)))


def _cards(spec: ListSpec, ids: list[int]) -> Iterable[Any]:
    statement = _card_statement(spec)
    now = moment()
    photos = _first_photos(ids)
    given = {name: now[name] for name in _names(statement) if name != "ids"}
    rows = db.session.execute(statement, {"ids": ids, **given}).all()
    bad = roads.restrictions((row.village_id for row in rows), now["today"])
    cards = {
        row.id: _with_road(
            spec.card(row, photos.get(row.id, (None, "")), now), bad.get(row.village_id)
        )
        for row in rows
    }
    return [cards[key] for key in ids]


def _with_road(card: Any, condition: Condition | None) -> Any:
    """The card, saying that the road of its village is closed or narrow, if its kind says so."""
    return (
        card if condition is None or "road" not in card._fields else card._replace(road=condition)
    )


__all__ = [
    "Counts",
    "Facet",
    "Lists",
    "asked_page",
    "cards",
    "in_season",
    "latest",
    "latest_opportunities",
    "list_page",
]
