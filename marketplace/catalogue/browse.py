"""The public lists: what someone asked for, the cards that fit, and how many each filter leaves.

Statements are built once per shape and select columns, never entities (quality page, section 1).
A page costs the same few queries whatever is asked: what the database held last, the ids in
order, the cards, their photos, and one histogram from which every count is added up.

Results are kept per process under the version of the data (``_version``) and the day, so that a
list is never older than the last acknowledged write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, cast
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from marketplace.accounts.models import Organisation, Village
from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.catalogue.kinds.produce.model import STALE_AFTER, Produce
from marketplace.catalogue.models import Listing, Photo
from marketplace.catalogue.rules import Availability, ListingState
from marketplace.catalogue.search import MAX_QUERY, patterns, tokens
from marketplace.catalogue.taxonomy import GROUP_TREE, Group, PriceKind, Sector
from marketplace.core import clock, seasons, text
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.core.parsing import Unreadable
from marketplace.core.quantity import UNITS, Unit
from marketplace.programme.models import Pair
from marketplace.web.pagination import PER_PAGE, Page, page_number

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_L = cast("sa.Table", Listing.__table__)
_P = cast("sa.Table", Produce.__table__)
_O = cast("sa.Table", Opportunity.__table__)
_V = cast("sa.Table", Village.__table__)
_ORG = cast("sa.Table", Organisation.__table__)
_PHOTO = cast("sa.Table", Photo.__table__)


class Place(NamedTuple):
    """A village as the lists know it; ``code`` stands in addresses."""

    id: int
    code: str
    name: str


# ------------------------------------------------------------ what is asked for


class ProduceSort(StrEnum):
    """Orders of the list of produce, as they stand in the address."""

    SEASON = "mua-vu"
    NEWEST = "moi"
    PRICE = "gia"
    QUANTITY = "luong"
    TITLE = "ten"


class OpportunitySort(StrEnum):
    """Orders of the list of opportunities."""

    CLOSING = "han"
    NEWEST = "moi"
    CAPITAL = "von"
    TITLE = "ten"


@dataclass(frozen=True, slots=True)
class ProduceFilter:
    """Filters of produce. Several values of one are ORed, the filters ANDed."""

    q: str = ""
    groups: tuple[Group, ...] = ()
    months: int = 0
    villages: tuple[str, ...] = ()
    sort: ProduceSort = ProduceSort.SEASON

    @classmethod
    def read(cls, args: Mapping[str, Sequence[str]]) -> ProduceFilter:
        """From an address; what is unknown is ignored, a branch of the tree means its leaves."""
        wished = set(args.get("nhom", ()))
        for branch in GROUP_TREE:
            if branch.code in wished:
                wished |= {group.value for group in branch.groups}
        return cls(
            q=_query(args),
            groups=tuple(group for group in Group if group.value in wished),
            months=_months(args.get("thang", ())),
            villages=_villages(args),
            sort=_one(ProduceSort, args.get("sap", ()), ProduceSort.SEASON),
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The names and values of its address, always in the same order."""
        found = [("q", self.q)] if self.q else []
        found += [("nhom", group.value) for group in self.groups]
        found += [("thang", month) for month in seasons.to_input(self.months)]
        found += [("thon", code) for code in self.villages]
        if self.sort is not ProduceSort.SEASON:
            found.append(("sap", self.sort.value))
        return found

    def without(self, name: str, value: str) -> ProduceFilter:
        """The same list without one value of one filter."""
        match name:
            case "q":
                return replace(self, q="")
            case "nhom":
                return replace(self, groups=tuple(g for g in self.groups if g.value != value))
            case "thang":
                return replace(self, months=self.months & ~seasons.from_months([int(value)]))
            case _:
                return replace(self, villages=tuple(v for v in self.villages if v != value))

    @property
    def cleared(self) -> ProduceFilter:
        """The same order without any filter."""
        return ProduceFilter(sort=self.sort)


@dataclass(frozen=True, slots=True)
class OpportunityFilter:
    """Filters of investment opportunities."""

    q: str = ""
    sectors: tuple[Sector, ...] = ()
    villages: tuple[str, ...] = ()
    sort: OpportunitySort = OpportunitySort.CLOSING

    @classmethod
    def read(cls, args: Mapping[str, Sequence[str]]) -> OpportunityFilter:
        """From an address; what is unknown is ignored."""
        wished = set(args.get("linh-vuc", ()))
        return cls(
            q=_query(args),
            sectors=tuple(sector for sector in Sector if sector.value in wished),
            villages=_villages(args),
            sort=_one(OpportunitySort, args.get("sap", ()), OpportunitySort.CLOSING),
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The names and values of its address, always in the same order."""
        found = [("q", self.q)] if self.q else []
        found += [("linh-vuc", sector.value) for sector in self.sectors]
        found += [("thon", code) for code in self.villages]
        if self.sort is not OpportunitySort.CLOSING:
            found.append(("sap", self.sort.value))
        return found

    def without(self, name: str, value: str) -> OpportunityFilter:
        """The same list without one value of one filter."""
        match name:
            case "q":
                return replace(self, q="")
            case "linh-vuc":
                return replace(self, sectors=tuple(s for s in self.sectors if s.value != value))
            case _:
                return replace(self, villages=tuple(v for v in self.villages if v != value))

    @property
    def cleared(self) -> OpportunityFilter:
        """The same order without any filter."""
        return OpportunityFilter(sort=self.sort)


def asked_page(args: Mapping[str, Sequence[str]]) -> int:
    """The number of the page asked for."""
    return page_number(next(iter(args.get("trang", ())), None))


def _query(args: Mapping[str, Sequence[str]]) -> str:
    raw = next(iter(args.get("q", ())), "")
    try:
        return text.clean(raw[:MAX_QUERY])
    except Unreadable:
        return ""


def _villages(args: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Codes of villages; which exist is known only with the pair."""
    codes = {raw for raw in args.get("thon", ()) if raw and raw == text.slug(raw)}
    return tuple(sorted(codes)[:_MOST_VALUES])


def _months(raw: Iterable[str]) -> int:
    known = {str(month) for month in seasons.MONTHS}
    return seasons.from_months(int(month) for month in raw if month in known)


def _one(kind: type[E], raw: Sequence[str], default: E) -> E:
    wished = next(iter(raw), "")
    return next((member for member in kind if member.value == wished), default)


_MOST_VALUES = 60
"""More villages than a pair has; the rest of an address is ignored."""


# ------------------------------------------------------------ what is shown


class ProduceCard(NamedTuple):
    """A card of produce. Money in đồng, ``left`` in thousandths of the unit."""

    id: int
    public_id: str
    slug: str
    title: str
    group: Group | None
    seller: str
    village: str | None
    unit: Unit | None
    price_kind: PriceKind | None
    price_low: int | None
    price_high: int | None
    left: int
    months: int
    confirmed_on: date | None
    is_paused: bool
    is_stale: bool
    in_season: bool
    photo: str | None
    photo_alt: str

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"/{Produce.section}/{self.slug}-{self.public_id}"

    @property
    def photo_url(self) -> str | None:
        """The address of its first photo in card size."""
        return photo_address(self.photo, "card") if self.photo else None


class OpportunityCard(NamedTuple):
    """A card of an investment opportunity. Capital in đồng."""

    id: int
    public_id: str
    slug: str
    title: str
    sector: Sector | None
    goal: str
    village: str | None
    place: str
    capital_low: int | None
    capital_high: int | None
    closes_on: date | None
    days_left: int | None
    interest_count: int
    is_paused: bool
    photo: str | None
    photo_alt: str

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"/{Opportunity.section}/{self.slug}-{self.public_id}"

    @property
    def photo_url(self) -> str | None:
        """The address of its first photo in card size."""
        return photo_address(self.photo, "card") if self.photo else None


def photo_address(public_id: str, size: str) -> str:
    """Where a photo is served; ``size`` is "card" or "page"."""
    return f"/anh/{public_id}/{size}.webp"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many listings each value leaves, the other filters applied, and how many fit in all."""

    total: int
    first: Mapping[Any, int]
    """By product group, or by sector."""
    villages: Mapping[int | None, int]
    months: Mapping[int, int]


# ------------------------------------------------------------ the lists


class Lists:
    """The lists of a pair as they stand at this moment."""

    def __init__(self, pair: Pair) -> None:
        self.pair = pair
        self._shelf = _shelf()

    def produce(self, wished: ProduceFilter, page: int = 1) -> Page[ProduceCard]:
        """One page of produce; a number beyond the last gives the last page."""

        def load() -> Page[ProduceCard]:
            total = self.produce_counts(wished).total
            number = min(page, _last_page(total))
            shape = _ProduceShape(
                len(tokens(wished.q)),
                bool(wished.groups),
                bool(wished.months),
                bool(wished.villages),
                wished.sort,
            )
            today = clock.today()
            ids = _ids(
                _produce_ids(shape),
                self.pair,
                wished.q,
                number,
                groups=wished.groups,
                months=wished.months,
                villages=self._village_ids(wished.villages),
                past=today.month - 1,
                ahead=13 - today.month,
                fresh_since=today - STALE_AFTER,
            )
            return Page(tuple(_produce_cards(ids)), number, total)

        return self._kept(("produce", wished, page), load)

    def opportunities(self, wished: OpportunityFilter, page: int = 1) -> Page[OpportunityCard]:
        """One page of investment opportunities."""

        def load() -> Page[OpportunityCard]:
            total = self.opportunity_counts(wished).total
            number = min(page, _last_page(total))
            shape = _OpportunityShape(
                len(tokens(wished.q)), bool(wished.sectors), bool(wished.villages), wished.sort
            )
            ids = _ids(
                _opportunity_ids(shape),
                self.pair,
                wished.q,
                number,
                sectors=wished.sectors,
                villages=self._village_ids(wished.villages),
                today=clock.today(),
            )
            return Page(tuple(_opportunity_cards(ids)), number, total)

        return self._kept(("opportunity", wished, page), load)

    def produce_counts(self, wished: ProduceFilter) -> Counts:
        """Counts for the filters of produce, whatever the order."""
        key = ("produce counts", wished.q, wished.groups, wished.months, wished.villages)
        return self._kept(key, lambda: self._produce_counts(wished))

    def _produce_counts(self, wished: ProduceFilter) -> Counts:
        groups = set(wished.groups)
        villages = set(self._village_ids(wished.villages))
        first: Counter[Any] = Counter()
        by_village: Counter[int | None] = Counter()
        by_mask: Counter[int] = Counter()
        total = 0
        for group, village, mask, n in self._histogram(_P, wished.q):
            in_group = not groups or group in groups
            in_village = not wished.villages or village in villages
            in_months = not wished.months or bool(mask & wished.months)
            if in_village and in_months:
                first[group] += n
                if in_group:
                    total += n
            if in_group:
                if in_months:
                    by_village[village] += n
                if in_village:
                    by_mask[mask] += n
        by_month: Counter[int] = Counter()
        for mask, n in by_mask.items():
            for month in seasons.to_months(mask):
                by_month[month] += n
        return Counts(total, first, by_village, by_month)

    def opportunity_counts(self, wished: OpportunityFilter) -> Counts:
        """Counts for the filters of opportunities, whatever the order."""
        key = ("opportunity counts", wished.q, wished.sectors, wished.villages)
        return self._kept(key, lambda: self._opportunity_counts(wished))

    def _opportunity_counts(self, wished: OpportunityFilter) -> Counts:
        sectors = set(wished.sectors)
        villages = set(self._village_ids(wished.villages))
        first: Counter[Any] = Counter()
        by_village: Counter[int | None] = Counter()
        total = 0
        for sector, village, _mask, n in self._histogram(_O, wished.q):
            in_sector = not sectors or sector in sectors
            in_village = not wished.villages or village in villages
            if in_village:
                first[sector] += n
            if in_sector:
                by_village[village] += n
            if in_sector and in_village:
                total += n
        return Counts(total, first, by_village, {})

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

    def _village_ids(self, codes: tuple[str, ...]) -> list[int]:
        return [place.id for place in self.places() if place.code in codes] if codes else []

    def _histogram(self, own: sa.Table, q: str) -> list[_Bar]:
        return self._kept((own.name, q), lambda: _histogram(self.pair, q, own))

    def _kept(self, key: Hashable, load: Callable[[], T]) -> T:
        """The result kept for this state of the data, else a new one."""
        key = (self.pair.id, key)
        found = self._shelf.get(key, _NOTHING)
        if found is _NOTHING:
            found = load()
            if len(self._shelf) >= _MOST_KEPT:
                self._shelf.clear()
            self._shelf[key] = found
        return cast("T", found)


def produce_page(pair: Pair, wished: ProduceFilter, page: int = 1) -> Page[ProduceCard]:
    """One page of a pair's produce."""
    return Lists(pair).produce(wished, page)


def opportunity_page(pair: Pair, wished: OpportunityFilter, page: int = 1) -> Page[OpportunityCard]:
    """One page of a pair's investment opportunities."""
    return Lists(pair).opportunities(wished, page)


def in_season(pair: Pair, limit: int) -> Sequence[ProduceCard]:
    """What can be delivered this month, for the home page."""
    now = seasons.from_months([clock.today().month])
    return produce_page(pair, ProduceFilter(months=now)).items[:limit]


def latest_opportunities(pair: Pair, limit: int) -> Sequence[OpportunityCard]:
    """The opportunities published last, for the home page."""
    return opportunity_page(pair, OpportunityFilter(sort=OpportunitySort.NEWEST)).items[:limit]


def _last_page(total: int) -> int:
    return max(1, -(-total // PER_PAGE))


# ------------------------------------------------------------ statements, built once per shape


class _ProduceShape(NamedTuple):
    words: int
    groups: bool
    months: bool
    villages: bool
    sort: ProduceSort


class _OpportunityShape(NamedTuple):
    words: int
    sectors: bool
    villages: bool
    sort: OpportunitySort


def _shown(kind: str) -> list[sa.ColumnElement[bool]]:
    """Published, and offered in the pair: its own, or the stock of its localities."""
    return [
        _L.c.kind == kind,
        _L.c.state == ListingState.PUBLISHED,
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


def _few(name: str, column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return column.in_(sa.bindparam(name, expanding=True, type_=column.type))


def _one_page(statement: sa.Select[Any], order: Iterable[sa.ColumnElement[Any]]) -> sa.Select[Any]:
    return (
        statement.order_by(*order)
        .limit(sa.bindparam("size", type_=sa.Integer))
        .offset(sa.bindparam("skip", type_=sa.Integer))
    )


@lru_cache(maxsize=512)
def _produce_ids(shape: _ProduceShape) -> sa.Select[Any]:
    where = _shown("produce") + _found(shape.words)
    if shape.groups:
        where.append(_few("groups", _P.c.product_group))
    if shape.months:
        where.append(_P.c.months.bitwise_and(sa.bindparam("months", type_=sa.Integer)) != 0)
    if shape.villages:
        where.append(_few("villages", _L.c.village_id))
    stale = sa.case((_P.c.quantity_confirmed_on < sa.bindparam("fresh_since"), 1), else_=0)
    order = [*_rank(shape.words), stale, *_PRODUCE_ORDERS[shape.sort](), _L.c.id.desc()]
    joined = sa.select(_L.c.id).select_from(_L.join(_P, _P.c.id == _L.c.id))
    return _one_page(joined.where(*where), order)


def _by_season() -> list[sa.ColumnElement[Any]]:
    """The sooner it can be delivered from this month on, the earlier.

    The year is turned so that this month is bit 0; the lowest bit of the season is then how far
    away it is. No season at all stands last.
    """
    past = sa.bindparam("past", type_=sa.Integer)
    ahead = sa.bindparam("ahead", type_=sa.Integer)
    turned = (
        _P.c.months.bitwise_rshift(past)
        .bitwise_or(_P.c.months.bitwise_lshift(ahead))
        .bitwise_and(sa.literal(seasons.FULL_YEAR, sa.Integer))
    )
    nearest = turned.bitwise_and(-turned)
    return [
        sa.case((_P.c.months == 0, seasons.FULL_YEAR + 1), else_=nearest),
        _L.c.published_at.desc(),
    ]


def _by_quantity() -> list[sa.ColumnElement[Any]]:
    """The most first, weights in the same unit."""
    factor = sa.case({unit: facts.factor for unit, facts in UNITS.items()}, value=_P.c.unit)
    return [((sa.func.coalesce(_P.c.quantity, 0) - _P.c.promised) * factor).desc()]


_PRODUCE_ORDERS: dict[ProduceSort, Callable[[], list[sa.ColumnElement[Any]]]] = {
    ProduceSort.SEASON: _by_season,
    ProduceSort.NEWEST: lambda: [_L.c.published_at.desc()],
    ProduceSort.PRICE: lambda: [sa.case((_P.c.price_low.is_(None), 1), else_=0), _P.c.price_low],
    ProduceSort.QUANTITY: _by_quantity,
    ProduceSort.TITLE: lambda: [_L.c.sort_key],
}


@lru_cache(maxsize=512)
def _opportunity_ids(shape: _OpportunityShape) -> sa.Select[Any]:
    where = _shown("opportunity") + _found(shape.words)
    if shape.sectors:
        where.append(_few("sectors", _O.c.sector))
    if shape.villages:
        where.append(_few("villages", _L.c.village_id))
    order = [*_rank(shape.words), *_OPPORTUNITY_ORDERS[shape.sort](), _L.c.id.desc()]
    joined = sa.select(_L.c.id).select_from(_L.join(_O, _O.c.id == _L.c.id))
    return _one_page(joined.where(*where), order)


def _by_closing() -> list[sa.ColumnElement[Any]]:
    """The nearest date first, then those open at all times, then those whose date has passed."""
    passed = _L.c.closes_on < sa.bindparam("today")
    return [
        sa.case((_L.c.closes_on.is_(None), 1), (passed, 2), else_=0),
        _L.c.closes_on,
        _L.c.published_at.desc(),
    ]


_OPPORTUNITY_ORDERS: dict[OpportunitySort, Callable[[], list[sa.ColumnElement[Any]]]] = {
    OpportunitySort.CLOSING: _by_closing,
    OpportunitySort.NEWEST: lambda: [_L.c.published_at.desc()],
    OpportunitySort.CAPITAL: lambda: [
        sa.case((_O.c.capital_high.is_(None), 1), else_=0),
        _O.c.capital_high.desc(),
    ],
    OpportunitySort.TITLE: lambda: [_L.c.sort_key],
}


def _ids(statement: sa.Select[Any], pair: Pair, q: str, number: int, **given: Any) -> list[int]:
    """Run a statement of ids with what it asks for; parameters it does not name are left out."""
    given |= _parameters(pair, q)
    given |= {f"title_{n}": f"%-{word}%" for n, word in enumerate(tokens(q))}
    given |= {"whole": text.slug(q), "size": PER_PAGE, "skip": (number - 1) * PER_PAGE}
    wanted = _names(statement)
    return list(
        db.session.execute(
            statement, {name: value for name, value in given.items() if name in wanted}
        ).scalars()
    )


def _parameters(pair: Pair, q: str) -> dict[str, Any]:
    return {
        "pair": pair.id,
        "source": pair.source_id,
        "market": pair.market_id,
        **{f"word_{n}": pattern for n, pattern in enumerate(patterns(q))},
    }


@lru_cache(maxsize=1024)
def _names(statement: sa.Select[Any]) -> frozenset[str]:
    return frozenset(statement.compile().params)


@lru_cache(maxsize=32)
def _histogram_statement(own: sa.Table, words: int) -> sa.Select[Any]:
    if own is _P:
        columns = [_P.c.product_group, _L.c.village_id, _P.c.months]
        kind = "produce"
    else:
        columns = [_O.c.sector, _L.c.village_id]
        kind = "opportunity"
    return (
        sa.select(*columns, sa.func.count().label("n"))
        .select_from(_L.join(own, own.c.id == _L.c.id))
        .where(*_shown(kind), *_found(words))
        .group_by(*columns)
    )


_Bar = tuple[Any, int | None, int, int]
"""Group or sector, village, months, and how many listings have them."""


def _histogram(pair: Pair, q: str, own: sa.Table) -> list[_Bar]:
    """How many listings stand under each combination."""
    statement = _histogram_statement(own, len(tokens(q)))
    rows = db.session.execute(statement, _parameters(pair, q))
    if own is _P:
        return [(row[0], row[1], row[2], row[3]) for row in rows]
    return [(row[0], row[1], 0, row[2]) for row in rows]


_IDS = sa.bindparam("ids", expanding=True, type_=sa.Integer)

_PRODUCE_CARDS = (
    sa.select(
        _L.c.id,
        _L.c.public_id,
        _L.c.slug,
        _L.c.title,
        _P.c.product_group,
        _ORG.c.name.label("seller"),
        _V.c.name.label("village"),
        _P.c.unit,
        _P.c.price_kind,
        _P.c.price_low,
        _P.c.price_high,
        _P.c.quantity,
        _P.c.promised,
        _P.c.months,
        _P.c.quantity_confirmed_on,
        _L.c.availability,
    )
    .select_from(
        _L.join(_P, _P.c.id == _L.c.id)
        .join(_ORG, _ORG.c.id == _L.c.organisation_id)
        .outerjoin(_V, _V.c.id == _L.c.village_id)
    )
    .where(_L.c.id.in_(_IDS))
)

_OPPORTUNITY_CARDS = (
    sa.select(
        _L.c.id,
        _L.c.public_id,
        _L.c.slug,
        _L.c.title,
        _O.c.sector,
        _O.c.goal,
        _V.c.name.label("village"),
        _O.c.place,
        _O.c.capital_low,
        _O.c.capital_high,
        _L.c.closes_on,
        _L.c.interest_count,
        _L.c.availability,
    )
    .select_from(_L.join(_O, _O.c.id == _L.c.id).outerjoin(_V, _V.c.id == _L.c.village_id))
    .where(_L.c.id.in_(_IDS))
)

_PHOTOS = (
    sa.select(_PHOTO.c.listing_id, _PHOTO.c.public_id, _PHOTO.c.alt)
    .where(_PHOTO.c.listing_id.in_(_IDS))
    .order_by(_PHOTO.c.position.desc(), _PHOTO.c.id.desc())
)
"""Backwards, so that the first photo is the one that stays."""


def _first_photos(ids: list[int]) -> dict[int, tuple[str, str]]:
    rows = db.session.execute(_PHOTOS, {"ids": ids})
    return {row.listing_id: (row.public_id, row.alt) for row in rows}


def _produce_cards(ids: list[int]) -> list[ProduceCard]:
    photos = _first_photos(ids)
    today = clock.today()
    fresh_since = today - STALE_AFTER
    cards = {
        row.id: ProduceCard(
            id=row.id,
            public_id=row.public_id,
            slug=row.slug,
            title=row.title,
            group=row.product_group,
            seller=row.seller,
            village=row.village,
            unit=row.unit,
            price_kind=row.price_kind,
            price_low=row.price_low,
            price_high=row.price_high,
            left=max(0, (row.quantity or 0) - row.promised),
            months=row.months,
            confirmed_on=row.quantity_confirmed_on,
            is_paused=row.availability is Availability.PAUSED,
            is_stale=row.quantity_confirmed_on is not None
            and row.quantity_confirmed_on < fresh_since,
            in_season=seasons.in_season(row.months, today.month),
            photo=photos.get(row.id, (None, ""))[0],
            photo_alt=photos.get(row.id, (None, ""))[1],
        )
        for row in db.session.execute(_PRODUCE_CARDS, {"ids": ids})
    }
    return [cards[key] for key in ids]


def _opportunity_cards(ids: list[int]) -> list[OpportunityCard]:
    photos = _first_photos(ids)
    today = clock.today()
    cards = {
        row.id: OpportunityCard(
            id=row.id,
            public_id=row.public_id,
            slug=row.slug,
            title=row.title,
            sector=row.sector,
            goal=row.goal,
            village=row.village,
            place=row.place,
            capital_low=row.capital_low,
            capital_high=row.capital_high,
            closes_on=row.closes_on,
            days_left=(row.closes_on - today).days if row.closes_on else None,
            interest_count=row.interest_count,
            is_paused=row.availability is Availability.PAUSED,
            photo=photos.get(row.id, (None, ""))[0],
            photo_alt=photos.get(row.id, (None, ""))[1],
        )
        for row in db.session.execute(_OPPORTUNITY_CARDS, {"ids": ids})
    }
    return [cards[key] for key in ids]


# ------------------------------------------------------------ what is kept, and for how long

_NOTHING = object()
_MOST_KEPT = 400
"""Results a process keeps for one state of the data; then it starts anew."""

_Shelf = tuple[Hashable, dict[Hashable, Any]]
_shelves: WeakKeyDictionary[Any, _Shelf] = WeakKeyDictionary()

_LAST_ENTRY = sa.select(sa.func.max(Entry.id))
_LAST_ENTRY_SEEN = sa.select(sa.func.max(Entry.id), sa.cast(sa.func.pg_current_snapshot(), sa.Text))


def _version() -> Hashable:
    """What the data is known by: two equal versions hold the same listings.

    Every change of a listing writes a journal entry in its own transaction. SQLite writes one
    transaction after the other, so the last entry says it all; on PostgreSQL entries commit out of
    order, so the snapshot itself (which transactions it sees) is part of the version.
    """
    is_postgresql = db.engine.dialect.name == "postgresql"
    statement = _LAST_ENTRY_SEEN if is_postgresql else _LAST_ENTRY
    row = db.session.connection().execute(statement).one()  # asked by every page of a list
    return (*row, clock.today())


def _shelf() -> dict[Hashable, Any]:
    """What is kept for the present version of the data; a new version starts with nothing."""
    version = _version()
    engine = db.engine
    shelf = _shelves.get(engine)
    if shelf is None or shelf[0] != version:
        shelf = (version, {})
        _shelves[engine] = shelf
    return shelf[1]
