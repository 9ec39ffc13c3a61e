"""Use cases of being told: saving and stopping searches, watching, and what the clock tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from marketplace.alerts import queries
from marketplace.alerts.models import ClosingReminder, Digest, DigestItem, News, SavedSearch, Watch
from marketplace.alerts.rules import (
    MOST_SEARCHES,
    MOST_WATCHED,
    Rhythm,
    due_reminder,
    is_due,
)
from marketplace.catalogue import applications
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.use_case import one_by_one, use_case

LONGEST_PUBLISHING = timedelta(days=1)
"""No publication takes longer to commit; what is older than the latest news by more was noted."""


@dataclass(frozen=True, slots=True)
class SearchValues:
    """What one says of a saved search."""

    name: str
    rhythm: Rhythm


# ------------------------------------------------------------ saved searches


@use_case
def save(actor: Actor, pair_id: int, wished: Wished, values: SearchValues) -> SavedSearch:
    """Keep the filters of a list; only what is published from now on is told.

    Raises Invalid for more than ``MOST_SEARCHES``, Conflict where these filters are saved.
    """
    if actor.user_id is None:
        raise NotAllowed(N_("Sign in to save a search."))
    if queries.count_of(actor.user_id) >= MOST_SEARCHES:
        raise Invalid(
            "name",
            Text(
                N_("You have %(most)s saved searches. Delete one you no longer need."),
                most=MOST_SEARCHES,
            ),
        )
    if queries.same(actor, pair_id, wished) is not None:
        raise Conflict(N_("You have saved this search already."))
    _note()
    now = clock.now()
    search = SavedSearch(
        user_id=actor.user_id,
        organisation_id=actor.organisation_id,
        pair_id=pair_id,
        kind=wished.spec.kind,
        asked=queries.asked_of(wished),
        name=values.name,
        rhythm=values.rhythm,
        created_at=now,
        seen_to=queries.newest(),
        checked_at=now,
    )
    db.session.add(search)
    return search


@use_case
def change(actor: Actor, public_id: str, values: SearchValues) -> SavedSearch:
    """Rename a search, or let it tell in another rhythm; what waits is told in the new one."""
    search = queries.search(public_id, actor, lock=True)
    search.name, search.rhythm = values.name, values.rhythm
    return search


@use_case
def stop(actor: Actor, public_id: str) -> SavedSearch:
    """Let a search tell nothing any more; it stays to be opened."""
    search = queries.search(public_id, actor, lock=True)
    search.stopped_at = search.stopped_at or clock.now()
    return search


@use_case
def resume(actor: Actor, public_id: str) -> SavedSearch:
    """Let a stopped search tell again: what is published from now on."""
    search = queries.search(public_id, actor, lock=True)
    if search.stopped_at is not None:
        _note()
        search.stopped_at, search.organisation_id = None, actor.organisation_id
        search.seen_to, search.checked_at = queries.newest(), clock.now()
    return search


@use_case
def remove(actor: Actor, public_id: str) -> None:
    """Delete a search. What it told stays told, so that no other search tells it again."""
    search = queries.search(public_id, actor, lock=True)
    db.session.execute(
        sa.update(DigestItem).where(DigestItem.search_id == search.id).values(search_id=None)
    )
    db.session.delete(search)


@use_case
def stop_all(user_id: int) -> None:
    """Stop every search of someone who followed the link in a mail; may run twice."""
    for search in queries.live_of(user_id):
        search.stopped_at = clock.now()


@use_case
def stop_search(user_id: int, public_id: str) -> None:
    """Stop one search by the link in a mail; nothing happens where it is gone or stopped."""
    for search in queries.live_of(user_id):
        if search.public_id == public_id:
            search.stopped_at = clock.now()


# ------------------------------------------------------------ what the clock tells


def tell() -> int:
    """Tell everyone what is new in their searches that are due; may run twice, or by two clocks.

    Returns how many were told.
    """
    note_new()
    return one_by_one(_tell, queries.people_due(clock.now()))


@use_case
def note_new() -> None:
    """Note the listings that were published for the first time."""
    _note()


def _note() -> None:
    """Number the listings published and not noted, inside the caller's transaction.

    One transaction at a time does it, so that numbers become visible in their order. SQLite has
    one writer anyway.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("LOCK TABLE listing_news IN SHARE ROW EXCLUSIVE MODE"))
    listing = Listing.__table__
    latest = db.session.scalar(sa.select(sa.func.max(News.published_at)))
    unknown = (
        sa.select(listing.c.id, listing.c.published_at)
        .outerjoin(News, News.listing_id == listing.c.id)
        .where(listing.c.published_at.is_not(None), News.id.is_(None))
        .order_by(listing.c.published_at, listing.c.id)
    )
    if latest is not None:
        unknown = unknown.where(listing.c.published_at > latest - LONGEST_PUBLISHING)
    db.session.execute(
        sa.insert(News).from_select(["listing_id", "published_at"], unknown),
        execution_options={"synchronize_session": False},
    )


@use_case
def _tell(user_id: int) -> bool:
    """One message for all of someone's searches that are due; none when they found nothing.

    How far each was gone through is written in the same transaction as what it told.
    """
    now, upto = clock.now(), queries.newest()
    due = [one for one in queries.live_of(user_id) if is_due(one.rhythm, one.checked_at, now)]
    found: dict[int, SavedSearch] = {}
    for search in due:
        reader = queries.reader_of(search.user, search.organisation_id)
        if reader is None:
            continue  # suspended: it waits, and catches up
        for listing_id in queries.fitting(search, reader, upto):
            found.setdefault(listing_id, search)
        search.seen_to, search.checked_at = max(search.seen_to, upto), now
    if found:
        _write(user_id, found)
    return bool(found)


def _write(user_id: int, found: dict[int, SavedSearch]) -> None:
    """The message, and its entry, from which the notices are made."""
    now = clock.now()
    searches = list(dict.fromkeys(found.values()))
    message = Digest(user_id=user_id, pair_id=searches[0].pair_id, size=len(found), made_at=now)
    message.items = [
        DigestItem(user_id=user_id, listing_id=listing_id, search_id=search.id)
        for listing_id, search in found.items()
    ]
    db.session.add(message)
    told = list(found.values())
    for search in searches:
        search.last_told_at, search.last_told = now, told.count(search)
        search.told_in_all += search.last_told
    record("search_digest.made", message, SYSTEM, data={"listings": len(found)})


# ------------------------------------------------------------ watched listings


@use_case
def watch(actor: Actor, listing_id: str) -> Listing:
    """Be told what changes in a listing; watching twice is watching once."""
    listing = catalogue.get(listing_id, actor, whole=False)
    if actor.user_id is None:
        raise NotAllowed(N_("Sign in to watch a listing."))
    if queries.watch_of(actor, listing.id) is not None:
        return listing
    if listing.state is not ListingState.PUBLISHED:
        raise WrongState(N_("Only a published listing can be watched."))
    if queries.count_watched(actor.user_id) >= MOST_WATCHED:
        raise Invalid(
            "watch", Text(N_("You watch %(most)s listings. Drop some first."), most=MOST_WATCHED)
        )
    db.session.add(
        Watch(
            user_id=actor.user_id,
            organisation_id=actor.organisation_id,
            listing_id=listing.id,
            began_at=clock.now(),
        )
    )
    return listing


@use_case
def unwatch(actor: Actor, listing_id: str) -> None:
    """Be told no longer; nothing happens where nobody watches. Raises NotFound without account."""
    if actor.user_id is None:
        raise NotFound
    found = queries.watch_on(listing_id, actor)
    if found is not None:
        db.session.delete(found)


@use_case
def unwatch_by_link(user_id: int, listing_id: str) -> None:
    """The same by the link in a mail."""
    listing = Listing.__table__
    meant = sa.select(listing.c.id).where(listing.c.public_id == listing_id)
    db.session.execute(
        sa.delete(Watch).where(Watch.user_id == user_id, Watch.listing_id.in_(meant))
    )


def remind() -> int:
    """Remind watchers of listings that close soon, once for each step; may run twice."""
    due: Sequence[int] = queries.closing_soon(clock.today())
    return one_by_one(_remind, due)


@use_case
def _remind(listing_id: int) -> bool:
    listing = catalogue.get_by_id(listing_id, lock=True)
    closes_on = applications.last_day_of(listing)
    days = due_reminder(clock.today(), closes_on)
    if closes_on is None or days is None or queries.reminded(listing_id, closes_on, days):
        return False  # someone was faster
    db.session.add(
        ClosingReminder(listing_id=listing_id, closes_on=closes_on, days=days, at=clock.now())
    )
    record(
        "listing.closing_soon",
        listing,
        SYSTEM,
        data={"days": days, "until": closes_on.isoformat()},
    )
    return True
