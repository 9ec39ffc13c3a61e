"""The public lists: what someone asked for, the cards that fit, and how many each filter leaves.

Statements are built once per shape and select columns, never entities (quality page, section 1).
A page costs the same few queries whatever is asked: what the database held last, the ids in
order, the cards, their photos, and one histogram from which every count is added up.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from marketplace.accounts.models import Locality, Organisation, Village
from marketplace.catalogue import finding, spelling
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Args, Facet, ListSpec, Place, Wished
from marketplace.catalogue.models import Listing, Photo
from marketplace.catalogue.queries import EVERYONE, Reader, addressed_to, on_offer
from marketplace.catalogue.rules import STALE_AFTER, Availability
from marketplace.catalogue.search import Search, Synonyms, parse, tokens, written_as
from marketplace.catalogue.shelf import Shelf
from marketplace.catalogue.tally import Codes, Tally
from marketplace.catalogue.vocabulary import look_up
from marketplace.core import clock, text
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.db import db
from marketplace.programme.models import Pair
from marketplace.roads import queries as roads
from marketplace.roads.rules import Condition
from marketplace.web.pagination import Page, page_number

T = TypeVar("T")

SIMILAR = 4
"""Similar listings shown below one."""

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
            size = wished.per_page
            shown = min(number, max(1, -(-total // size)))
            return Page(tuple(_cards(wished.spec, self._ids(wished, shown))), shown, total, size)

        return self._kept((wished, number, self._reads(wished.spec)), load)

    def counts(self, wished: Wished) -> Counts:
        """Counts for the filters, whatever the order."""
        key = ("counts", wished.spec, wished.q, wished.chosen, self._reads(wished.spec))
        return self._kept(key, lambda: self._counts(wished))

    def _counts(self, wished: Wished) -> Counts:
        facets = wished.spec.facets
        total, found = self._tally(wished).counts([wished.of(facet.name) for facet in facets])
        return Counts(
            total, {facet.name: by_code for facet, by_code in zip(facets, found, strict=True)}
        )

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

    def search(self, q: str) -> Search:
        """How the words of a query are read here: the localities' own names count."""
        return self._kept(("search", q), lambda: parse(q, self._names() if tokens(q) else ()))

    def closest(self, q: str, kinds: Sequence[str]) -> str | None:
        """The nearest spelling that finds something of these kinds for this reader, with marks.

        For a query that finds nothing. Three statements at most: what the vocabulary knows, how
        much each reading finds, and how the first row found writes the words.
        """
        typed = tokens(q)
        if not typed:
            return None

        def load() -> str | None:
            readings = spelling.readings(typed, look_up(spelling.looked_up(typed)))
            if not readings:
                return None
            searches = [parse(" ".join(words), self._names()) for _, words in readings]
            statement = _tried(len(searches))
            asked = {
                f"{where}_{at}": search.words
                for at, search in enumerate(searches)
                for where in ("words", "title")
            }
            given = self._given(statement, None, asked | {"kinds": list(kinds)})
            found = {row.at: row for row in db.session.execute(statement, given) if row.found}
            if not found:
                return None

            def unlikely(at: int) -> tuple[int, int, int]:
                strange = 0 if found[at].titled else spelling.NO_TITLE
                return (readings[at][0] + strange, -found[at].found, at)

            best = min(found, key=unlikely)
            given = self._given(_AS_WRITTEN, searches[best], {"kinds": list(kinds)})
            written = db.session.execute(_AS_WRITTEN, given).scalars().first() or ""
            return written_as(readings[best][1], written, q)

        return self._kept(("closest", q, tuple(kinds), self._reader), load)

    def first(self, wished: Wished, size: int) -> tuple[Sequence[Any], int]:
        """The first rows of a list in few columns, and how many there are: one statement."""
        statement = _first(wished.spec, wished.sort or wished.spec.default_sort)

        def load() -> tuple[Sequence[Any], int]:
            given = self._given(statement, self.search(wished.q), {"size": size})
            rows = db.session.execute(statement, given).all()
            return rows, rows[0].total if rows else 0

        return self._kept(("first", wished, size, self._reads(wished.spec)), load)

    def _names(self) -> Sequence[Synonyms]:
        return self._kept("names", lambda: finding.names_of(self.pair.locality_ids))

    def _tally(self, wished: Wished) -> Tally:
        spec, places = wished.spec, self.places()
        search = self.search(wished.q)
        statement = _histogram(spec, bool(search.words))

        def counted(facet: Facet) -> Codes:
            return lambda value: facet.counted(value, places)

        def load() -> Tally:
            rows = db.session.execute(statement, self._given(statement, search)).all()
            return Tally(rows, [counted(facet) for facet in spec.facets])

        return self._kept(("tally", spec, wished.q, self._reads(spec)), load)

    def similar(self, listing: Listing, limit: int = SIMILAR) -> Sequence[Any]:
        """Cards of other open listings like this one: its group and months, then its village."""
        spec, places = PAGES[listing.kind].spec, self.places()
        values = spec.akin(listing)
        alike = [
            (facet, facet.given(codes, places))
            for name, value in values.items()
            if value
            for facet in [next(f for f in spec.facets if f.name == name)]
            for codes in [tuple(facet.counted(value, places))]
            if codes
        ]
        if all(facet.shape == "months" for facet, _ in alike):
            return ()

        def load() -> Sequence[Any]:
            statement = _similar(spec, tuple(facet.name for facet, _ in alike))
            more = {facet.name: given for facet, given in alike}
            asked = self._given(statement, None, more | {"itself": listing.id, "size": limit})
            return tuple(_cards(spec, list(db.session.execute(statement, asked).scalars())))

        return self._kept(("similar", listing.id, limit, self._reads(spec)), load)

    def _ids(self, wished: Wished, number: int) -> list[int]:
        shape = tuple(name for name, _ in wished.chosen)
        sort = wished.sort or wished.spec.default_sort
        search = self.search(wished.q)
        statement = _ids(wished.spec, bool(search.words), shape, sort)
        chosen = {
            facet.name: facet.given(wished.of(facet.name), self.places())
            for facet in wished.spec.facets
            if facet.name in shape
        }
        size = wished.per_page
        more = chosen | {"size": size, "skip": (number - 1) * size}
        return list(db.session.execute(statement, self._given(statement, search, more)).scalars())

    def among(self, wished: Wished, chosen: sa.Select[Any]) -> list[int]:
        """Those of the listings ``chosen`` selects by id that stand in this list, newest first.

        The very conditions of the list decide, so that whoever is told later of what is new and
        whoever looks read the same.
        """
        shape = tuple(name for name, _ in wished.chosen)
        search = self.search(wished.q)
        whole = _ids(wished.spec, bool(search.words), shape, wished.spec.default_sort)
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
        asked = self._given(whole, search, given | {"size": 0, "skip": 0})
        return list(db.session.execute(statement, asked).scalars())

    def _reads(self, spec: ListSpec) -> Reader:
        """As whom the list is read: what is for everyone is the same for all, and kept once."""
        return self._reader if spec.has_audiences else EVERYONE

    def _given(
        self,
        statement: sa.Select[Any] | sa.CompoundSelect[Any],
        search: Search | None,
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
            **(finding.given(search) if search else {}),
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


def cards(kind: str, ids: Sequence[int]) -> Sequence[Any]:
    """The cards of these listings of a kind, in this order. Whoever asks knows who may see them."""
    return tuple(_cards(PAGES[kind].spec, list(ids))) if ids else ()


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
    """What a list shows of its kind."""
    return [
        _L.c.kind == spec.kind,
        *_on_offer(_READER if spec.has_audiences else EVERYONE),
    ]


def _on_offer(reader: Reader) -> list[sa.ColumnElement[bool]]:
    """Published, not hidden, for this reader, offered in the pair: its own, or its stock."""
    return [
        on_offer(_L.c),
        addressed_to(reader, _L.c),
        sa.or_(
            _L.c.pair_id == sa.bindparam("pair"),
            sa.and_(
                _L.c.is_offered_to_all,
                _L.c.locality_id.in_([sa.bindparam("source"), sa.bindparam("market")]),
            ),
        ),
    ]


def _found(is_searched: bool) -> Sequence[sa.ColumnElement[bool]]:  # noqa: FBT001  a shape
    return finding.FOUND if is_searched else ()


def _rank(is_searched: bool) -> Sequence[sa.ColumnElement[Any]]:  # noqa: FBT001  the same
    """What fits the words best stands first, in every order."""
    return finding.RANK if is_searched else ()


@lru_cache(maxsize=1024)
def _ids(
    spec: ListSpec,
    is_searched: bool,  # noqa: FBT001  a shape
    facets: tuple[str, ...],
    sort: str,
) -> sa.Select[Any]:
    where = [*_shown(spec), *_found(is_searched)]
    where += [facet.condition() for facet in spec.facets if facet.name in facets]
    order = [*_rank(is_searched), *spec.sinks(), *spec.sorts[sort].order(), _L.c.id.desc()]
    return (
        sa.select(_L.c.id)
        .select_from(_L.join(spec.table, spec.table.c.id == _L.c.id))
        .where(*where)
        .order_by(*order)
        .limit(sa.bindparam("size", type_=sa.Integer))
        .offset(sa.bindparam("skip", type_=sa.Integer))
    )


@lru_cache(maxsize=64)
def _histogram(spec: ListSpec, is_searched: bool) -> sa.Select[Any]:  # noqa: FBT001  a shape
    """How many listings stand under each combination of the facets' values."""
    columns = [facet.column.label(f"f{at}") for at, facet in enumerate(spec.facets)]
    values = (
        sa.select(*columns)
        .select_from(_L.join(spec.table, spec.table.c.id == _L.c.id))
        .where(*_shown(spec), *_found(is_searched))
        .subquery()
    )
    return sa.select(*values.c, sa.func.count().label("n")).group_by(*values.c)


COMPARED = 400
"""Listings, the newest, among which similar ones are looked for: the index walks them, so that the
page of a listing costs the same in a table of any size."""


@lru_cache(maxsize=64)
def _similar(spec: ListSpec, names: tuple[str, ...]) -> sa.Select[Any]:
    """Ids of listings that share values of these facets, the first weighing more than the rest."""
    facets = [next(f for f in spec.facets if f.name == name) for name in names]
    shares = [facet.condition() for facet in facets]
    one, none = (sa.literal_column(text, sa.Integer) for text in ("1", "0"))
    near: sa.ColumnElement[int] = none
    for share in shares:
        near = near * sa.literal_column("2", sa.Integer) + sa.case((share, one), else_=none)
    alike = [share for facet, share in zip(facets, shares, strict=True) if facet.shape != "months"]
    newest = (
        sa.select(_L.c.id)
        .where(
            *_shown(spec),
            _L.c.id != sa.bindparam("itself", type_=sa.Integer),
            _L.c.availability == Availability.OPEN,
        )
        .order_by(_L.c.published_at.desc(), _L.c.id.desc())
        .limit(sa.literal_column(str(COMPARED), sa.Integer))
        .subquery()
    )
    return (
        sa.select(_L.c.id)
        .select_from(
            newest.join(_L, _L.c.id == newest.c.id).join(spec.table, spec.table.c.id == newest.c.id)
        )
        .where(sa.or_(*alike))
        .order_by(near.desc(), *spec.sinks(), _L.c.published_at.desc(), _L.c.id.desc())
        .limit(sa.bindparam("size", type_=sa.Integer))
    )


_WHOSE = (
    _ORG.c.name.label("seller"),
    _ORG.c.kind.label("seller_kind"),
    _ORG.c.is_named_in_public.label("seller_is_named"),
    _PLACE.c.name.label("seller_place"),
    _V.c.name.label("village"),
)
"""Who offers a listing, and where."""


def _with_owner(spec: ListSpec) -> sa.FromClause:
    return (
        _L.join(spec.table, spec.table.c.id == _L.c.id)
        .join(_ORG, _ORG.c.id == _L.c.organisation_id)
        .join(_PLACE, _PLACE.c.id == _ORG.c.locality_id)
        .outerjoin(_V, _V.c.id == _L.c.village_id)
    )


@lru_cache(maxsize=32)
def _first(spec: ListSpec, sort: str) -> sa.Select[Any]:
    """The first rows of what is searched, each with how many there are."""
    order = [*finding.RANK, *spec.sinks(), *spec.sorts[sort].order(), _L.c.id.desc()]
    return (
        sa.select(
            _L.c.public_id,
            _L.c.slug,
            _L.c.title,
            *_WHOSE,
            sa.func.count().over().label("total"),
        )
        .select_from(_with_owner(spec))
        .where(*_shown(spec), *finding.FOUND)
        .order_by(*order)
        .limit(sa.bindparam("size", type_=sa.Integer))
    )


_KINDS = _L.c.kind.in_(sa.bindparam("kinds", expanding=True, type_=sa.Text))
ENOUGH = 20
"""Rows of one reading that are counted: more say nothing more about what was meant."""


@lru_cache(maxsize=32)
def _tried(readings: int) -> sa.CompoundSelect[Any]:
    """How many rows each of so many readings finds for this reader, up to ``ENOUGH``.

    And whether any has all its words in the title.
    """
    return sa.union_all(
        *(
            sa.select(
                sa.literal_column(str(at), sa.Integer).label("at"),
                sa.select(sa.func.count())
                .select_from(
                    sa.select(_L.c.id)
                    .where(_KINDS, *_on_offer(_READER), finding.InText(f"words_{at}"))
                    .limit(sa.literal_column(str(ENOUGH), sa.Integer))
                    .subquery()
                )
                .scalar_subquery()
                .label("found"),
                sa.exists()
                .where(_KINDS, *_on_offer(_READER), finding.InTitle(f"title_{at}"))
                .label("titled"),
            )
            for at in range(readings)
        )
    )


_AS_WRITTEN = (
    sa.select(_L.c.search_marked)
    .where(_KINDS, *_on_offer(_READER), *finding.FOUND)
    .order_by(*finding.RANK, _L.c.published_at.desc(), _L.c.id.desc())
    .limit(sa.literal_column("1", sa.Integer))
)


@lru_cache(maxsize=1024)
def _names(statement: sa.Select[Any] | sa.CompoundSelect[Any]) -> frozenset[str]:
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
            *_WHOSE,
            *spec.columns,
        )
        .select_from(_with_owner(spec))
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
