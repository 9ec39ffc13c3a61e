"""Reading saved searches, what is new in them, and who watches what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from urllib.parse import parse_qs, urlencode

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation, User
from marketplace.accounts.rules import OrganisationState
from marketplace.alerts.models import ClosingReminder, Digest, DigestItem, News, SavedSearch, Watch
from marketplace.alerts.rules import (
    REMIND_DAYS,
    Rhythm,
    began_in_time,
    due_reminder,
    last_morning,
)
from marketplace.catalogue import applications
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.browse import Lists, cards
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.models import Listing
from marketplace.catalogue.queries import Reader
from marketplace.catalogue.rules import AVAILABILITY, VISIBILITY, Availability
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.journal import Entry
from marketplace.questions.models import Question
from marketplace.questions.rules import QuestionState

_L = cast("sa.Table", Listing.__table__)
"""Without the tables of the kinds."""
MOST_SHOWN = 30
"""Listings of one search that a message spells out; the rest stands in the list it links to."""


# ------------------------------------------------------------ as whom someone is told


def reader_of(user: User, organisation_id: int | None) -> Actor | None:
    """Who ``user`` is now, acting for the organisation for which they asked to be told.

    None when nothing may reach them: the account is disabled or the organisation suspended. Who
    has left the organisation reads what everyone reads.
    """
    if user.is_disabled:
        return None
    acting = [
        one for one in accounts.memberships(user.id) if one.organisation_id == organisation_id
    ]
    if not acting:
        return accounts.actor_of(user, None)
    if acting[0].organisation.state is OrganisationState.SUSPENDED:
        return None
    return accounts.actor_of(user, acting[0])


# ------------------------------------------------------------ saved searches


def asked_of(wished: Wished) -> str:
    """What is kept of a list: words and filters in their settled order; the sort is no filter."""
    return urlencode(wished.sorted_by(wished.spec.default_sort).pairs())


def wished_of(search: SavedSearch) -> Wished:
    """The list a search stands for, read as its address would be."""
    return Wished.read(PAGES[search.kind].spec, parse_qs(search.asked))


def address_for(wished: Wished) -> str:
    """The address of a list, the newest first where the kind knows this order."""
    known = "moi" in wished.spec.sorts
    query = urlencode(wished.sorted_by("moi" if known else wished.sort).pairs())
    return f"{wished.spec.path}?{query}" if query else wished.spec.path


def address_of(search: SavedSearch) -> str:
    """The address of the list a search stands for."""
    return address_for(wished_of(search))


def searches_of(viewer: Actor) -> Sequence[SavedSearch]:
    """The viewer's own searches, the latest first."""
    return db.session.scalars(
        sa.select(SavedSearch)
        .where(SavedSearch.user_id == viewer.user_id)
        .options(joinedload(SavedSearch.pair))
        .order_by(SavedSearch.id.desc())
    ).all()


def search(public_id: str, viewer: Actor, *, lock: bool = False) -> SavedSearch:
    """One of the viewer's own searches. Raises NotFound."""
    query = sa.select(SavedSearch).where(
        SavedSearch.public_id == public_id, SavedSearch.user_id == viewer.user_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).first()
    if found is None or viewer.user_id is None:
        raise NotFound
    return found


def same(viewer: Actor, pair_id: int, wished: Wished) -> SavedSearch | None:
    """The viewer's search with these very filters."""
    return db.session.scalars(
        sa.select(SavedSearch).where(
            SavedSearch.user_id == viewer.user_id,
            SavedSearch.pair_id == pair_id,
            SavedSearch.kind == wished.spec.kind,
            SavedSearch.asked == asked_of(wished),
        )
    ).first()


def count_of(user_id: int | None) -> int:
    """How many searches someone has saved."""
    counted = sa.select(sa.func.count(SavedSearch.id)).where(SavedSearch.user_id == user_id)
    return db.session.scalar(counted) or 0


def newest() -> int:
    """The number of the latest news; 0 while there is none."""
    return db.session.scalar(sa.select(sa.func.max(News.id))) or 0


def _not_suspended(organisation_id: Any) -> sa.ColumnElement[bool]:
    suspended = sa.select(Organisation.id).where(Organisation.state == OrganisationState.SUSPENDED)
    return sa.or_(organisation_id.is_(None), organisation_id.not_in(suspended))


def people_due(now: datetime) -> Sequence[int]:
    """Whoever has a search that is due, by id; those who may not be told now wait."""
    at_once = [SavedSearch.seen_to < newest()]
    if returned := _last_return():
        at_once.append(SavedSearch.checked_at < returned + LONGEST_RETURN)
    due = [
        sa.and_(SavedSearch.rhythm == Rhythm.AT_ONCE, sa.or_(*at_once)),
        *(
            sa.and_(
                SavedSearch.rhythm == rhythm, SavedSearch.checked_at < last_morning(rhythm, now)
            )
            for rhythm in (Rhythm.DAILY, Rhythm.WEEKLY)
        ),
    ]
    return db.session.scalars(
        sa.select(SavedSearch.user_id)
        .join(User, User.id == SavedSearch.user_id)
        .where(
            SavedSearch.stopped_at.is_(None),
            User.is_disabled.is_(False),
            _not_suspended(SavedSearch.organisation_id),
            sa.or_(*due),
        )
        .distinct()
        .order_by(SavedSearch.user_id)
    ).all()


def live_of(user_id: int) -> Sequence[SavedSearch]:
    """Someone's searches that tell, held until the transaction ends: two clocks take turns."""
    return db.session.scalars(
        sa.select(SavedSearch)
        .where(SavedSearch.user_id == user_id, SavedSearch.stopped_at.is_(None))
        .order_by(SavedSearch.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


_E = cast("sa.Table", Entry.__table__)
BACK_ON_OFFER = (AVAILABILITY.event("resume"), VISIBILITY.event("show"))
LONGEST_RETURN = timedelta(minutes=2)
"""No move takes longer to commit: returns are looked for from so long before the last look."""


def _last_return() -> datetime | None:
    """When a listing last came back on offer."""
    came = sa.select(sa.func.max(_E.c.at)).where(_E.c.name.in_(BACK_ON_OFFER))
    found: datetime | None = db.session.scalar(came)
    return found


def fitting(search: SavedSearch, reader: Actor, upto: int) -> Sequence[int]:
    """The listings new since the search was gone through, as far as it finds them for this reader.

    Those published since, and those published since the search was saved that came back on offer:
    whoever was not told of them while they were paused or hidden is told now. What is paused now,
    the reader's own, and what they were told of before is left out. The list itself decides what
    fits: hidden, closed and not addressed to the reader fall away there.
    """
    told = sa.select(DigestItem.listing_id).where(DigestItem.user_id == search.user_id)
    came_back = sa.and_(
        News.published_at > search.created_at,
        sa.exists().where(
            _E.c.subject_type == "listing",
            _E.c.subject_id == News.listing_id,
            _E.c.name.in_(BACK_ON_OFFER),
            _E.c.at > search.checked_at - LONGEST_RETURN,
        ),
    )
    new = (
        sa.select(News.listing_id)
        .join(_L, _L.c.id == News.listing_id)
        .where(
            News.id <= upto,
            sa.or_(News.id > search.seen_to, came_back),
            _L.c.availability == Availability.OPEN,
            _L.c.organisation_id != (reader.organisation_id or 0),
            News.listing_id.not_in(told),
        )
    )
    return Lists(search.pair, reader).among(wished_of(search), new)


# ------------------------------------------------------------ what a message says


@dataclass(frozen=True, slots=True)
class Group:
    """What one search found, as cards of its list; ``more`` are not spelt out."""

    search: SavedSearch
    kind: str
    cards: Sequence[Any]
    more: int
    path: str


def digest(public_id: str, viewer: Actor) -> Digest:
    """One of the viewer's own messages. Raises NotFound."""
    found = db.session.scalars(
        sa.select(Digest)
        .where(Digest.public_id == public_id, Digest.user_id == viewer.user_id)
        .options(*loaded())
    ).first()
    if found is None or viewer.user_id is None:
        raise NotFound
    return found


def loaded() -> tuple[Any, ...]:
    """What a message is loaded with."""
    return (joinedload(Digest.pair), joinedload(Digest.items).joinedload(DigestItem.search))


def groups(message: Digest) -> list[Group]:
    """What a message can still show its reader at this moment, by search, the newest first.

    What was closed, paused, hidden or withdrawn meanwhile, what its reader may no longer see, and
    the finds of a search that was stopped or deleted are left out.
    """
    by_search: dict[int, list[DigestItem]] = {}
    for item in message.items:
        if item.search is not None and item.search.stopped_at is None:
            by_search.setdefault(item.search.id, []).append(item)
    return list(_groups(message.user, by_search.values()))


def _groups(user: User, found: Iterable[Sequence[DigestItem]]) -> Iterator[Group]:
    for items in found:
        search = items[0].search
        reader = reader_of(user, search.organisation_id) if search else None
        if search is None or reader is None:
            continue
        ids = _still_on_offer([item.listing_id for item in items], reader)
        if ids:
            spec = PAGES[search.kind].spec
            shown = cards(spec.kind, ids[:MOST_SHOWN])
            more = len(ids) - len(shown)
            yield Group(search, search.kind, shown, more, address_of(search))


def _still_on_offer(ids: Sequence[int], reader: Actor) -> list[int]:
    return list(
        db.session.scalars(
            sa.select(Listing.id)
            .where(
                Listing.id.in_(ids),
                catalogue.on_offer(),
                catalogue.addressed_to(Reader.of(reader)),
                Listing.availability == Availability.OPEN,
            )
            .order_by(Listing.published_at.desc(), Listing.id.desc())
        )
    )


# ------------------------------------------------------------ watched listings


def watch_of(viewer: Actor, listing_id: int) -> Watch | None:
    """The viewer's watch on a listing."""
    if viewer.user_id is None:
        return None
    return db.session.scalars(
        sa.select(Watch).where(Watch.user_id == viewer.user_id, Watch.listing_id == listing_id)
    ).first()


def watch_on(public_id: str, viewer: Actor) -> Watch | None:
    """The viewer's watch on the listing with this code, also where they see it no longer."""
    return db.session.scalars(
        sa.select(Watch)
        .join(_L, _L.c.id == Watch.listing_id)
        .where(Watch.user_id == viewer.user_id, _L.c.public_id == public_id)
    ).first()


def count_watchers(listing_id: int) -> int:
    """How many watch a listing."""
    counted = sa.select(sa.func.count(Watch.id)).where(Watch.listing_id == listing_id)
    return db.session.scalar(counted) or 0


def count_watched(user_id: int | None) -> int:
    """How many listings someone watches."""
    counted = sa.select(sa.func.count(Watch.id)).where(Watch.user_id == user_id)
    return db.session.scalar(counted) or 0


@dataclass(frozen=True, slots=True)
class Watched:
    """A listing someone watches; ``listing`` is None where they may see it no longer.

    ``closes_on`` is the last day of applications, ``is_taking`` whether any is taken still.
    """

    public_id: str
    listing: Listing | None
    began_at: datetime
    closes_on: date | None
    is_taking: bool


def watched_by(viewer: Actor, *, offset: int, limit: int) -> tuple[Sequence[Watched], int]:
    """A page of what the viewer watches, the latest first, and how many there are."""
    rows = db.session.execute(
        sa.select(
            Watch.listing_id,
            Watch.began_at,
            _L.c.public_id,
            applications.last_day(_L).label("last_day"),
            applications.is_closed(_L).label("is_closed"),
        )
        .join(_L, _L.c.id == Watch.listing_id)
        .where(Watch.user_id == viewer.user_id)
        .order_by(Watch.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    seen = db.session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_([row.listing_id for row in rows]), catalogue.visible_to(viewer))
        .options(joinedload(Listing.organisation).joinedload(Organisation.locality))
    )
    by_id = {listing.id: listing for listing in seen}
    found = [
        Watched(
            row.public_id,
            by_id.get(row.listing_id),
            row.began_at,
            row.last_day,
            not row.is_closed,
        )
        for row in rows
    ]
    return found, count_watched(viewer.user_id)


def watchers(listing: Listing, *, closes_on: date | None = None, days: int = 0) -> list[User]:
    """Who is to be told about a watched listing: those who may see it now.

    With ``closes_on``, only those who watched it before the reminder of ``days`` was due.
    """
    found = db.session.scalars(
        sa.select(Watch)
        .where(Watch.listing_id == listing.id)
        .options(joinedload(Watch.user))
        .order_by(Watch.id)
    ).all()
    if closes_on is not None:
        found = [
            one for one in found if began_in_time(clock.local(one.began_at).date(), closes_on, days)
        ]
    return [one.user for one in found if may_be_told(one, listing)]


def may_be_told(watch: Watch, listing: Listing) -> bool:
    """Whether what happens in a listing may reach who watches it, at this moment."""
    reader = reader_of(watch.user, watch.organisation_id)
    return reader is not None and not listing.is_hidden and catalogue.is_open_to(listing, reader)


def is_worth_telling(user: User, record: Any) -> bool:
    """Whether someone still watches the listing of ``record`` and may be told about it now.

    Of a question that was taken off meanwhile nothing is told.
    """
    if isinstance(record, Question) and record.state is not QuestionState.ANSWERED:
        return False
    listing = watched_listing(record)
    watch = db.session.scalars(
        sa.select(Watch).where(Watch.user_id == user.id, Watch.listing_id == listing.id)
    ).first()
    return watch is not None and may_be_told(watch, listing)


def watched_listing(record: Any) -> Listing:
    """The listing a watched event is about: the record itself, or the one it belongs to."""
    listing: Listing = record.listing if isinstance(record, Question) else record
    return listing


def closing_soon(day: date) -> Sequence[int]:
    """Watched listings on offer near their last day whose reminder was not given, by id."""
    closes_on = applications.last_day(_L)
    rows = db.session.execute(
        sa.select(Listing.id, closes_on.label("closes_on")).where(
            catalogue.on_offer(),
            closes_on >= day,
            closes_on <= day + timedelta(days=max(REMIND_DAYS)),
            sa.not_(applications.is_closed(_L)),
            Listing.id.in_(sa.select(Watch.listing_id)),
        )
    ).all()
    return [
        row.id for row in rows if not reminded(row.id, row.closes_on, due_reminder(day, row[1]))
    ]


def reminded(listing_id: int, closes_on: date, days: int | None) -> bool:
    """Whether this reminder was given."""
    return days is None or (
        db.session.get(ClosingReminder, (listing_id, closes_on, days)) is not None
    )
