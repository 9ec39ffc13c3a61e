"""Reading what is public and meant for everyone, as plain values. Nobody is signed in here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple, cast

import sqlalchemy as sa

from marketplace.accounts.models import Locality, Organisation, Village
from marketplace.accounts.rules import NAMED_AS_PEOPLE, OrganisationKind
from marketplace.catalogue import applications
from marketplace.catalogue.browse import Lists
from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.kinds.need.model import SECTORS, Seeking
from marketplace.catalogue.kinds.opportunity.terms import RATES
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.kinds.tourism.model import Offering
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.models import Listing, Photo, listing_address, unnamed
from marketplace.catalogue.proof.covering import is_shut, safety
from marketplace.catalogue.proof.safety import Safety
from marketplace.catalogue.queries import EVERYONE, addressed_to, offered_in, on_offer
from marketplace.catalogue.rules import (
    IN_PUBLIC,
    STALE_AFTER,
    Availability,
    ListingState,
    Visibility,
)
from marketplace.catalogue.taxonomy import (
    Cooperation,
    Group,
    Period,
    PriceKind,
    Sector,
)
from marketplace.core import clock, marks
from marketplace.core.contacts import without_contacts
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_, Text
from marketplace.core.quantity import Unit
from marketplace.programme.models import Pair
from marketplace.roads import queries as roads
from marketplace.roads.rules import Condition
from marketplace.sharing.rules import EXPORT_STEP, may_name

_L = cast("sa.Table", Listing.__table__)
_P = cast("sa.Table", Produce.__table__)
_ORG = cast("sa.Table", Organisation.__table__)
_PLACE = cast("sa.Table", Locality.__table__)
_V = cast("sa.Table", Village.__table__)
_PHOTO = cast("sa.Table", Photo.__table__)
_TABLES = {kind: cast("sa.Table", model.__table__) for kind, model in MODELS.items()}
SEASONAL = frozenset(kind for kind, table in _TABLES.items() if "months" in table.c)
"""The kinds that have months."""


class Picture(NamedTuple):
    """The first photo of a listing; ``digest`` is its content in page size."""

    public_id: str
    digest: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class Face:
    """A public listing of any kind as everyone may copy it.

    Money in đồng (``usd_*`` in US dollars), quantities in thousandths of ``unit``, ``months`` a
    mask. ``quantity`` is what can still be had, or what is sought. ``price_low`` and
    ``price_high`` are prices of one unit, of a need the most its owner pays.
    """

    id: int
    public_id: str
    kind: str
    path: str
    title: str
    description: str
    goal: str
    state: str
    is_paused: bool
    is_shut: bool
    is_taking: bool
    is_demonstration: bool
    published_at: datetime
    updated_at: datetime
    closes_on: date | None
    owner: Text | str
    is_owner_named: bool
    owner_kind: OrganisationKind
    locality: str
    village: str | None
    place: str
    group: Group | None
    variety: str
    sectors: tuple[Sector, ...]
    offering: Offering | None
    seeking: Seeking | None
    cooperation: Cooperation | None
    unit: Unit | None
    price_kind: PriceKind | None
    price_low: int | None
    price_high: int | None
    quantity: int | None
    period: Period | None
    confirmed_on: date | None
    is_stale: bool
    months: int
    safety: Safety | None
    capital_low: int | None
    capital_high: int | None
    usd_low: int | None
    usd_high: int | None
    is_rate: bool
    capacity: int | None
    photo: Picture | None = None
    road: Condition | None = None

    @property
    def short_path(self) -> str:
        """The short address, for texts and codes."""
        return f"/m/{self.public_id}"

    @property
    def is_open(self) -> bool:
        """Whether it can be asked for now."""
        is_offered = self.state == ListingState.PUBLISHED and self.is_taking
        return is_offered and not self.is_paused and not self.is_shut

    @property
    def is_investment(self) -> bool:
        """Whether capital is meant, not goods."""
        return self.kind == "opportunity" or self.seeking is Seeking.INVESTMENT


# ------------------------------------------------------------ statements, built once


def _told(name: str) -> sa.ColumnElement[Any]:
    """What a listing says in this column, whichever kind it is; NULL where its kind has none."""
    columns = [table.c[name] for table in _TABLES.values() if name in table.c]
    one = columns[0] if len(columns) == 1 else sa.func.coalesce(*columns, type_=columns[0].type)
    return one.label(name)


_TOLD = (
    "product_group",
    "variety",
    "goal",
    "place",
    "sector",
    "sectors",
    "offering",
    "seeking",
    "cooperation",
    "unit",
    "price_kind",
    "price_low",
    "price_high",
    "price",
    "price_limit",
    "quantity",
    "promised",
    "period",
    "quantity_confirmed_on",
    "months",
    "capital_kind",
    "capital_low",
    "capital_high",
    "usd_low",
    "usd_high",
    "capacity",
)


@lru_cache(maxsize=1)
def _statement() -> sa.Select[Any]:
    """All faces; made when first asked for, with what features above declared until then."""
    joined: sa.FromClause = (
        _L.join(_ORG, _ORG.c.id == _L.c.organisation_id)
        .join(_PLACE, _PLACE.c.id == _ORG.c.locality_id)
        .outerjoin(_V, _V.c.id == _L.c.village_id)
    )
    for table in _TABLES.values():
        joined = joined.outerjoin(table, table.c.id == _L.c.id)
    return sa.select(
        _L.c.id,
        _L.c.public_id,
        _L.c.kind,
        _L.c.slug,
        _L.c.title,
        _L.c.description,
        _L.c.state,
        _L.c.availability,
        _L.c.is_demonstration,
        _L.c.published_at,
        _L.c.updated_at,
        applications.last_day(_L).label("last_day"),
        applications.is_closed(_L).label("is_closed"),
        _L.c.village_id,
        _ORG.c.name.label("owner_name"),
        _ORG.c.kind.label("owner_kind"),
        _ORG.c.is_named_in_public,
        _PLACE.c.name.label("locality"),
        _V.c.name.label("village"),
        safety(_L, _P.c.product_group).label("safety"),
        is_shut(_L, _P.c.product_group).label("is_shut"),
        *(_told(name) for name in _TOLD),
    ).select_from(joined)


_IDS = sa.bindparam("ids", expanding=True, type_=sa.Integer)
_READABLE = (
    _L.c.state.in_(list(IN_PUBLIC)),
    _L.c.visibility == Visibility.SHOWN,
    addressed_to(EVERYONE, _L.c),
)
"""What everyone may open by its address: what is on offer, and what was."""
_PHOTOS = (
    sa.select(
        _PHOTO.c.listing_id,
        _PHOTO.c.public_id,
        _PHOTO.c.page,
        _PHOTO.c.width,
        _PHOTO.c.height,
        _PHOTO.c.alt,
    )
    .where(_PHOTO.c.listing_id.in_(_IDS), _PHOTO.c.is_shown)
    .order_by(_PHOTO.c.position.desc(), _PHOTO.c.id.desc())
)
"""Backwards, so that the first photo is the one that stays."""


@lru_cache(maxsize=1)
def _by_id() -> sa.Select[Any]:
    return _statement().where(_L.c.id.in_(_IDS))


@lru_cache(maxsize=1)
def _one() -> sa.Select[Any]:
    return _statement().where(_L.c.public_id == sa.bindparam("public_id"), *_READABLE)


def _public_in(pair: Pair) -> list[sa.ColumnElement[bool]]:
    """On offer in a pair, for everyone."""
    return [on_offer(), addressed_to(EVERYONE), offered_in(pair)]


# ------------------------------------------------------------ faces


def face(public_id: str, kind: str | None = None) -> Face:
    """A listing that everyone may open, also a closed one. Raises NotFound."""
    row = db.session.execute(_one(), {"public_id": public_id, "today": clock.today()}).one_or_none()
    if row is None or kind not in {None, row.kind}:
        raise NotFound
    return _faces([row])[0]


def faces(ids: Sequence[int]) -> list[Face]:
    """Public listings, in the order of their ids; the caller found them by a public list."""
    if not ids:
        return []
    rows = db.session.execute(_by_id(), {"ids": list(ids), "today": clock.today()}).all()
    found = {one.id: one for one in _faces(rows)}
    return [found[key] for key in ids if key in found]


def _faces(rows: Sequence[Any]) -> list[Face]:
    today = clock.today()
    photos = {
        row.listing_id: Picture(
            row.public_id, row.page, row.width, row.height, without_contacts(row.alt)
        )
        for row in db.session.execute(_PHOTOS, {"ids": [row.id for row in rows]})
    }
    bad = roads.restrictions((row.village_id for row in rows), today)
    return [_face(row, photos.get(row.id), bad.get(row.village_id), today) for row in rows]


def _face(row: Any, photo: Picture | None, road: Condition | None, today: date) -> Face:
    model = MODELS[row.kind]
    named = may_name(row.owner_kind, names_owner=model.names_owner, agreed=row.is_named_in_public)
    confirmed = row.quantity_confirmed_on
    low, high = _prices(row)
    return Face(
        id=row.id,
        public_id=row.public_id,
        kind=row.kind,
        path=listing_address(model.section, row.slug, row.public_id),
        title=without_contacts(row.title),
        description=without_contacts(row.description),
        goal=without_contacts(row.goal or ""),
        state=row.state.value,
        is_paused=row.availability is Availability.PAUSED,
        is_shut=bool(row.is_shut),
        is_taking=not row.is_closed,
        is_demonstration=row.is_demonstration,
        published_at=row.published_at,
        updated_at=max(row.updated_at, row.published_at),
        closes_on=row.last_day,
        owner=row.owner_name if named else _unnamed(row.owner_kind, row.locality),
        is_owner_named=named,
        owner_kind=row.owner_kind,
        locality=row.locality,
        village=row.village,
        place=without_contacts(row.place or "") if named else "",  # may be an address
        group=row.product_group,
        variety=without_contacts(row.variety or ""),
        sectors=_sectors(row),
        offering=row.offering,
        seeking=row.seeking,
        cooperation=row.cooperation,
        unit=row.unit,
        price_kind=row.price_kind,
        price_low=low,
        price_high=high,
        quantity=_quantity(row),
        period=row.period,
        confirmed_on=confirmed,
        is_stale=confirmed is not None and confirmed < today - STALE_AFTER,
        months=row.months or 0,
        safety=_safety(row),
        capital_low=row.capital_low,
        capital_high=row.capital_high,
        usd_low=row.usd_low,
        usd_high=row.usd_high,
        is_rate=row.capital_kind in RATES,
        capacity=row.capacity,
        photo=photo,
        road=road,
    )


def _unnamed(kind: OrganisationKind, place: str) -> Text:
    """An owner told by what it is and where: a household is no business."""
    if kind is OrganisationKind.PRODUCER_HOUSEHOLD:
        return Text(N_("A household of %(place)s"), place=place[:1].lower() + place[1:])
    if kind in NAMED_AS_PEOPLE:
        return Text(N_("A household business of %(place)s"), place=place[:1].lower() + place[1:])
    return unnamed(kind, place)


def _prices(row: Any) -> tuple[int | None, int | None]:
    if row.kind == "tourism":
        return row.price, row.price
    if row.kind == "need":
        return None, row.price_limit
    return row.price_low, row.price_high


def _quantity(row: Any) -> int | None:
    quantity: int | None = row.quantity
    if row.kind == "produce":
        return max(0, (quantity or 0) - int(row.promised))
    return quantity


def _sectors(row: Any) -> tuple[Sector, ...]:
    if row.sectors:
        return tuple(marks.to_members(SECTORS, row.sectors))
    return (row.sector,) if row.sector else ()


def _safety(row: Any) -> Safety | None:
    return Safety(row.safety) if row.kind == "produce" and row.safety else None


# ------------------------------------------------------------ lists


def window(lists: Lists, wished: Wished, offset: int, size: int) -> list[int]:
    """The ids of ``size`` listings of a list from ``offset`` on, read through its own pages."""
    found: list[int] = []
    per_page = lists.page(wished).per_page
    number = offset // per_page + 1
    skip = offset - (number - 1) * per_page
    while len(found) < skip + size:
        page = lists.page(wished, number)
        if page.number != number:  # beyond the end a list gives its last page
            break
        found += [card.id for card in page.items]
        number += 1
    return found[skip : skip + size]


def newest(pair: Pair, offset: int, size: int) -> list[int]:
    """Listings of all kinds, the latest publication first."""
    return list(
        db.session.scalars(
            sa.select(_L.c.id)
            .where(*_public_in(pair))
            .order_by(_L.c.published_at.desc(), _L.c.id.desc())
            .offset(offset)
            .limit(size)
        )
    )


def counts(pair: Pair) -> Mapping[str, int]:
    """How many listings of each kind everyone finds in a pair now."""
    rows = db.session.execute(
        sa.select(_L.c.kind, sa.func.count()).where(*_public_in(pair)).group_by(_L.c.kind)
    )
    return dict.fromkeys(MODELS, 0) | {kind: int(n) for kind, n in rows}


def last_changes(pair: Pair) -> Mapping[str, datetime]:
    """When a public listing of each kind was changed last; kinds without one are left out."""
    rows = db.session.execute(
        sa.select(_L.c.kind, sa.func.max(_L.c.updated_at))
        .where(*_public_in(pair))
        .group_by(_L.c.kind)
    )
    return {row[0]: row[1] for row in rows}


def every(pair: Pair, kind: str) -> Iterator[Face]:
    """All public listings of a kind, oldest first, read a few hundred at a time."""
    last = 0
    while True:
        ids = db.session.scalars(
            sa.select(_L.c.id)
            .where(*_public_in(pair), _L.c.kind == kind, _L.c.id > last)
            .order_by(_L.c.id)
            .limit(EXPORT_STEP)
        ).all()
        if not ids:
            return
        yield from faces(ids)
        last = ids[-1]


class Address(NamedTuple):
    """A line of a sitemap."""

    path: str
    updated_at: datetime


def addresses(pair: Pair, kind: str, offset: int, size: int) -> list[Address]:
    """The pages of the public listings of a kind."""
    rows = db.session.execute(
        sa.select(_L.c.slug, _L.c.public_id, _L.c.updated_at)
        .where(*_public_in(pair), _L.c.kind == kind)
        .order_by(_L.c.id)
        .offset(offset)
        .limit(size)
    )
    section = MODELS[kind].section
    return [Address(listing_address(section, r.slug, r.public_id), r.updated_at) for r in rows]


__all__ = [
    "SEASONAL",
    "Address",
    "Face",
    "Picture",
    "addresses",
    "counts",
    "every",
    "face",
    "faces",
    "last_changes",
    "newest",
    "window",
]
