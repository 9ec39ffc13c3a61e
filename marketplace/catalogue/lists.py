"""What a public list is made of, declared by each kind in its ``browse.py``: facets, orders, cards.

A facet is a filter of the address: it says which values can be chosen, what they ask of the
database, and for which values a listing counts. Several values of one facet are ORed, facets are
ANDed. ``catalogue.browse`` runs the declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple, Protocol, cast

import sqlalchemy as sa

from marketplace.accounts.models import Organisation
from marketplace.catalogue.search import MAX_QUERY
from marketplace.core import marks, seasons, text
from marketplace.core.i18n import N_, Inside, Text
from marketplace.core.money import Dong
from marketplace.core.parsing import Unreadable
from marketplace.web.formats import MONTHS as MONTH_NAMES
from marketplace.web.pagination import PER_PAGE

MOST_VALUES = 60
"""Values of one facet that are read; the rest of an address is ignored."""

PER_VIEW = {"danh-sach": 48, "lich": 120, "ban-do": 120}
"""Listings on a page of the dense views: what prints on four sheets and loads on a thin network."""

Args = Mapping[str, Sequence[str]]
"""The parameters of an address, each with all its values."""
Order = Callable[[], Sequence[sa.ColumnElement[Any]]]
Label = Text | str


class Place(NamedTuple):
    """A village as the lists know it; ``code`` stands in addresses."""

    id: int
    code: str
    name: str


Places = Sequence[Place]


class Facet(Protocol):
    """A filter of a list."""

    @property
    def name(self) -> str:
        """Its name in the address."""

    @property
    def label(self) -> str:
        """Its title."""

    @property
    def shape(self) -> str:
        """How components/filters.html draws it: "checkbox" or "months"."""

    @property
    def column(self) -> sa.ColumnElement[Any]:
        """What the database tells of a listing for it."""

    def read(self, raw: Sequence[str]) -> tuple[str, ...]:
        """The codes of an address that it knows, in a settled order."""

    def options(self, places: Places) -> Sequence[tuple[str, Label]]:
        """What can be chosen: code and words."""

    def chip(self, code: str, places: Places) -> Label | None:
        """The words for a chosen code; None when there is no such value."""

    def given(self, codes: Sequence[str], places: Places) -> Any:
        """The chosen codes as ``condition`` and ``holds`` take them."""

    def condition(self) -> sa.ColumnElement[bool]:
        """What a listing must fulfil; the choice is bound under the facet's name."""

    def holds(self, value: Any, given: Any) -> bool:
        """The same for one value of ``column``, in Python."""

    def counted(self, value: Any, places: Places) -> Iterable[str]:
        """The codes a listing with this value of ``column`` counts for."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Values of an enumeration. ``branches`` are words of an address that mean several."""

    name: str
    label: str
    column: sa.ColumnElement[Any]
    labels: Mapping[Any, str]
    branches: Mapping[str, tuple[StrEnum, ...]] = field(default_factory=dict)
    shape: str = "checkbox"

    def read(self, raw: Sequence[str]) -> tuple[str, ...]:
        """Known codes; a branch means its leaves."""
        wished = set(raw)
        for branch, leaves in self.branches.items():
            if branch in wished:
                wished |= {leaf.value for leaf in leaves}
        return tuple(member.value for member in self.labels if member.value in wished)

    def options(self, _places: Places) -> Sequence[tuple[str, Label]]:
        """All values."""
        return [(member.value, label) for member, label in self.labels.items()]

    def chip(self, code: str, _places: Places) -> Label | None:
        """The value's label."""
        return next((label for member, label in self.labels.items() if member.value == code), None)

    def given(self, codes: Sequence[str], _places: Places) -> Any:
        """The members."""
        return tuple(member for member in self.labels if member.value in codes)

    def condition(self) -> sa.ColumnElement[bool]:
        """One of them."""
        return self.column.in_(sa.bindparam(self.name, expanding=True, type_=self.column.type))

    def holds(self, value: Any, given: Any) -> bool:
        """One of them."""
        return value in given

    def counted(self, value: Any, _places: Places) -> Iterable[str]:
        """Its own code."""
        return () if value is None else (value.value,)


@dataclass(frozen=True, slots=True, eq=False)
class Months:
    """Months of a bit mask: a listing fits when it has any of those chosen."""

    name: str
    label: str
    column: sa.ColumnElement[Any]
    shape: str = "months"

    def read(self, raw: Sequence[str]) -> tuple[str, ...]:
        """Months 1 to 12."""
        return tuple(str(month) for month in seasons.MONTHS if str(month) in set(raw))

    def options(self, _places: Places) -> Sequence[tuple[str, Label]]:
        """The twelve months."""
        return [(str(month), str(month)) for month in seasons.MONTHS]

    def chip(self, code: str, _places: Places) -> Label | None:
        """The month with its preposition."""
        return Text(N_("In %(month)s"), month=Inside(MONTH_NAMES[int(code) - 1]))

    def given(self, codes: Sequence[str], _places: Places) -> Any:
        """A mask."""
        return seasons.from_months(int(code) for code in codes)

    def condition(self) -> sa.ColumnElement[bool]:
        """Any month in common."""
        return self.column.bitwise_and(sa.bindparam(self.name, type_=sa.Integer)) != 0

    def holds(self, value: Any, given: Any) -> bool:
        """Any month in common."""
        return bool(value & given)

    def counted(self, value: Any, _places: Places) -> Iterable[str]:
        """Each of its months."""
        return (str(month) for month in seasons.to_months(value))


@dataclass(frozen=True, slots=True, eq=False)
class Several:
    """Members of an enumeration in a bit mask: a listing fits when it has any of those chosen.

    ``labels`` stand in the order of the bits (``core.marks``).
    """

    name: str
    label: str
    column: sa.ColumnElement[Any]
    labels: Mapping[Any, str]
    shape: str = "checkbox"

    def read(self, raw: Sequence[str]) -> tuple[str, ...]:
        """Known codes."""
        wished = set(raw)
        return tuple(member.value for member in self.labels if member.value in wished)

    def options(self, _places: Places) -> Sequence[tuple[str, Label]]:
        """All values."""
        return [(member.value, label) for member, label in self.labels.items()]

    def chip(self, code: str, _places: Places) -> Label | None:
        """The value's label."""
        return next((label for member, label in self.labels.items() if member.value == code), None)

    def given(self, codes: Sequence[str], _places: Places) -> Any:
        """A mask."""
        order = list(self.labels)
        return marks.from_members(order, [member for member in order if member.value in codes])

    def condition(self) -> sa.ColumnElement[bool]:
        """Any in common."""
        return self.column.bitwise_and(sa.bindparam(self.name, type_=sa.Integer)) != 0

    def holds(self, value: Any, given: Any) -> bool:
        """Any in common."""
        return bool(value & given)

    def counted(self, value: Any, _places: Places) -> Iterable[str]:
        """Each of its members."""
        return (member.value for member in marks.to_members(list(self.labels), value))


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What a listing may have several of, in a bit mask: any of them, or one of those chosen.

    ``labels`` are words by code, in the order of the bits; ``any_code`` means whichever it is.
    """

    name: str
    label: str
    column: sa.ColumnElement[Any]
    any_code: str
    any_label: str
    labels: Mapping[str, Label]
    shape: str = "checkbox"

    def read(self, raw: Sequence[str]) -> tuple[str, ...]:
        """Known codes."""
        return tuple(code for code in (self.any_code, *self.labels) if code in set(raw))

    def options(self, _places: Places) -> Sequence[tuple[str, Label]]:
        """Any of them, then each."""
        return [(self.any_code, self.any_label), *self.labels.items()]

    def chip(self, code: str, places: Places) -> Label | None:
        """Its words."""
        return dict(self.options(places)).get(code)

    def given(self, codes: Sequence[str], _places: Places) -> Any:
        """A mask."""
        chosen = self.labels if self.any_code in codes else codes
        return sum(1 << at for at, code in enumerate(self.labels) if code in chosen)

    def condition(self) -> sa.ColumnElement[bool]:
        """Any in common."""
        return self.column.bitwise_and(sa.bindparam(self.name, type_=sa.Integer)) != 0

    def holds(self, value: Any, given: Any) -> bool:
        """Any in common."""
        return bool(value & given)

    def counted(self, value: Any, _places: Places) -> Iterable[str]:
        """That it has any, and each of what it has."""
        has = [code for at, code in enumerate(self.labels) if value >> at & 1]
        return (self.any_code, *has) if has else ()


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Bands of an amount in a bit mask: a listing fits when it reaches into any of those chosen.

    ``labels`` are words by code, in the order of the bits (``mask_of``). Thresholds ("at least")
    are bands without an upper end, so the counts of a lower one hold those of the higher.
    """

    name: str
    label: str
    column: sa.ColumnElement[Any]
    labels: Mapping[str, Label]
    shape: str = "checkbox"

    def read(self, raw: Sequence[str]) -> tuple[str, ...]:
        """Known bands."""
        return tuple(code for code in self.labels if code in set(raw))

    def options(self, _places: Places) -> Sequence[tuple[str, Label]]:
        """All bands."""
        return list(self.labels.items())

    def chip(self, code: str, _places: Places) -> Label | None:
        """The band's words."""
        return self.labels.get(code)

    def given(self, codes: Sequence[str], _places: Places) -> Any:
        """A mask."""
        return sum(1 << at for at, code in enumerate(self.labels) if code in codes)

    def condition(self) -> sa.ColumnElement[bool]:
        """Any band in common."""
        return self.column.bitwise_and(sa.bindparam(self.name, type_=sa.Integer)) != 0

    def holds(self, value: Any, given: Any) -> bool:
        """Any band in common."""
        return bool(value & given)

    def counted(self, value: Any, _places: Places) -> Iterable[str]:
        """Each of its bands."""
        return (code for at, code in enumerate(self.labels) if value >> at & 1)


def mask_of(holds: Iterable[sa.ColumnElement[bool]]) -> sa.ColumnElement[int]:
    """A bit mask in SQL: bit n is set where the n-th condition holds."""
    mask: sa.ColumnElement[int] = sa.literal_column("0", sa.Integer)
    for at, condition in enumerate(holds):
        bit = sa.literal_column(str(1 << at), sa.Integer)
        mask = mask + sa.case((condition, bit), else_=sa.literal_column("0", sa.Integer))
    return mask


def price_bands(
    low: sa.ColumnElement[Any],
    high: sa.ColumnElement[Any],
    edges: Sequence[int],
    units: sa.ColumnElement[int] | int = 1,
) -> sa.ColumnElement[int]:
    """A mask of the bands between ``edges`` that prices from ``low`` to ``high`` reach into.

    The lower edge belongs to a band, the upper one does not; the first and last bands are open.
    ``units``: how many of the units the edges are meant for one price pays (a tonne: 1000 kg).
    Where no price is stated, no band is reached.
    """
    lower, upper = [0, *edges], [*edges, None]
    return mask_of(
        sa.and_(high >= above * units, sa.true() if below is None else low < below * units)
        for above, below in zip(lower, upper, strict=True)
    )


def price_labels(edges: Sequence[int]) -> dict[str, Label]:
    """The words of ``price_bands`` by their codes in the address."""
    first: dict[str, Label] = {
        f"duoi-{edges[0]}": Text(N_("Below %(price)s"), price=Dong(edges[0]))
    }
    between: dict[str, Label] = {
        f"{low}-{high}": Text(N_("%(low)s to %(high)s"), low=Dong(low), high=Dong(high))
        for low, high in pairwise(edges)
    }
    last: dict[str, Label] = {
        f"tu-{edges[-1]}": Text(N_("%(price)s or more"), price=Dong(edges[-1]))
    }
    return first | between | last


def kind_of_owner(listing: sa.Table) -> sa.ColumnElement[Any]:
    """Which kind of organisation a listing's owner is."""
    owner = cast("sa.Table", Organisation.__table__)
    found = sa.select(owner.c.kind).where(owner.c.id == listing.c.organisation_id)
    return found.correlate(listing).scalar_subquery()


@dataclass(frozen=True, slots=True, eq=False)
class Village:
    """The villages of both localities, by their names in the address."""

    column: sa.ColumnElement[Any]
    name: str = "thon"
    label: str = N_("Village")
    shape: str = "checkbox"

    def read(self, raw: Sequence[str]) -> tuple[str, ...]:
        """Well-formed codes; which exist is known only with the pair."""
        return tuple(sorted({code for code in raw if code and code == text.slug(code)}))

    def options(self, places: Places) -> Sequence[tuple[str, Label]]:
        """All villages of the pair."""
        return [(place.code, place.name) for place in places]

    def chip(self, code: str, places: Places) -> Label | None:
        """The village's name."""
        return next((place.name for place in places if place.code == code), None)

    def given(self, codes: Sequence[str], places: Places) -> Any:
        """Their ids."""
        return [place.id for place in places if place.code in codes]

    def condition(self) -> sa.ColumnElement[bool]:
        """One of them."""
        return self.column.in_(sa.bindparam(self.name, expanding=True, type_=sa.Integer))

    def holds(self, value: Any, given: Any) -> bool:
        """One of them."""
        return value in given

    def counted(self, value: Any, places: Places) -> Iterable[str]:
        """Its own code."""
        return (place.code for place in places if place.id == value)


NEWEST = "moi"
"""The order every list has."""


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of a list: its words and the columns it orders by.

    ``lets_sink``: whether what should stand last does so in this order. In that of the alphabet a
    name stands where its reader looks for it.
    """

    label: str
    order: Order
    lets_sink: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class ListSpec:
    """The list of a kind.

    ``table`` is the kind's own, ``columns`` are what its cards need beside those all cards have,
    ``declared`` the same of what features above declare when the program starts; ``card`` makes a
    card of a row, the first photo and the moment. The first of ``sorts`` is the order nobody has
    to ask for; ``sinks`` goes before the orders that let it, for what should stand last.
    ``has_audiences``: some of its listings are not for everyone; readers see different lists.
    ``views`` are the ways to look at it beside cards, ``folded`` the facets that stay shut until
    one opens them. ``akin`` gives what makes other listings similar to one: its values by facet,
    the most important first; common months alone make nothing similar.
    """

    kind: str
    section: str
    table: sa.Table
    facets: tuple[Facet, ...]
    sorts: Mapping[str, Sort]
    columns: tuple[sa.ColumnElement[Any], ...]
    card: Callable[[Any, tuple[str | None, str], Mapping[str, Any]], Any]
    declared: Order = tuple
    sinks: Order = tuple
    has_audiences: bool = False
    views: tuple[str, ...] = ("danh-sach",)
    folded: frozenset[str] = frozenset()
    akin: Callable[[Any], Mapping[str, Any]] = lambda _listing: {}

    @property
    def path(self) -> str:
        """The address of the list."""
        return f"/{self.section}"

    def order(self, sort: str) -> Sequence[sa.ColumnElement[Any]]:
        """What listings are ordered by, before their ids."""
        chosen = self.sorts[sort]
        return [*(self.sinks() if chosen.lets_sink else ()), *chosen.order()]

    def ranks(self, sort: str) -> bool:
        """Whether what fits the words searched best stands first in this order.

        In one that somebody compares by, as the lowest price, the words only choose.
        """
        return sort in {self.default_sort, NEWEST}

    @property
    def default_sort(self) -> str:
        """The order that stands in no address."""
        return next(iter(self.sorts))


@dataclass(frozen=True, slots=True)
class Wished:
    """What someone asks of a list: words, chosen values, order, and how to look at it."""

    spec: ListSpec
    q: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    sort: str = ""
    view: str = ""

    @classmethod
    def read(cls, spec: ListSpec, args: Args) -> Wished:
        """From an address; what is unknown is ignored."""
        chosen = []
        for facet in spec.facets:
            codes = facet.read(args.get(facet.name, ()))[:MOST_VALUES]
            if codes:
                chosen.append((facet.name, codes))
        sort = next(iter(args.get("sap", ())), "")
        known = sort in spec.sorts and sort != spec.default_sort
        view = next(iter(args.get("xem", ())), "")
        return cls(
            spec,
            query(args),
            tuple(chosen),
            sort if known else "",
            view if view in spec.views else "",
        )

    def of(self, name: str) -> tuple[str, ...]:
        """The values chosen of one facet."""
        return dict(self.chosen).get(name, ())

    def pairs(self) -> list[tuple[str, str]]:
        """The names and values of its address, always in the same order."""
        found = [("q", self.q)] if self.q else []
        found += [(name, code) for name, codes in self.chosen for code in codes]
        if self.sort:
            found.append(("sap", self.sort))
        if self.view:
            found.append(("xem", self.view))
        return found

    def without(self, name: str, value: str) -> Wished:
        """The same list without one value of one filter."""
        if name == "q":
            return replace(self, q="")
        left = [
            (facet, tuple(c for c in codes if facet != name or c != value))
            for facet, codes in self.chosen
        ]
        return replace(self, chosen=tuple((facet, codes) for facet, codes in left if codes))

    def only(self, name: str, code: str) -> Wished:
        """The same list with this value of a filter alone."""
        values = dict(self.chosen) | {name: (code,)}
        return replace(
            self,
            chosen=tuple((f.name, values[f.name]) for f in self.spec.facets if f.name in values),
        )

    def sorted_by(self, sort: str) -> Wished:
        """The same list in another order."""
        return replace(self, sort="" if sort == self.spec.default_sort else sort)

    def seen_as(self, view: str) -> Wished:
        """The same list looked at in another way."""
        return replace(self, view=view)

    @property
    def per_page(self) -> int:
        """How many listings stand on a page of this view."""
        return PER_VIEW.get(self.view, PER_PAGE)

    def among(self, places: Places) -> Wished:
        """The same list without values that only the pair can tell to be none, as its villages."""
        left = [
            (facet.name, tuple(c for c in codes if facet.chip(c, places) is not None))
            for facet in self.spec.facets
            for codes in [self.of(facet.name)]
        ]
        return replace(self, chosen=tuple((name, codes) for name, codes in left if codes))

    def without_facets(self, names: Collection[str]) -> Wished:
        """The same list without some filters, or its words ("q"), whatever is chosen of them."""
        left = tuple((name, codes) for name, codes in self.chosen if name not in names)
        return replace(self, q="" if "q" in names else self.q, chosen=left)

    @property
    def cleared(self) -> Wished:
        """The same order and view without any filter."""
        return replace(self, q="", chosen=())


def query(args: Args) -> str:
    """The words of an address, clean; none where they cannot be kept as text."""
    raw = next(iter(args.get("q", ())), "")
    try:
        return text.clean(raw[:MAX_QUERY])
    except Unreadable:
        return ""
