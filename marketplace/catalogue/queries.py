"""Reading listings: one WHERE clause says who sees what; lists, details and exports share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from marketplace.accounts.models import ActingRecord, Organisation
from marketplace.accounts.rules import PRODUCERS
from marketplace.catalogue.gates import Check
from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.models import Listing, Photo
from marketplace.catalogue.rules import IN_PUBLIC, Audience, ListingState, Visibility
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.papers.models import Paper
from marketplace.programme import queries as programme
from marketplace.programme.models import Approval, Pair


@dataclass(frozen=True, slots=True)
class Reader:
    """What decides which audiences someone belongs to. Equal readers see the same lists.

    ``organisation`` is their own, ``sells_in`` the locality of the verified producer they act for,
    ``decides_in`` the locality they are an official of; 0 stands for none.
    """

    organisation: Any = 0
    sells_in: Any = 0
    decides_in: Any = 0

    @classmethod
    def of(cls, viewer: Actor) -> Reader:
        """The reader an actor is."""
        sells = viewer.organisation_verified and viewer.organisation_kind in PRODUCERS
        return cls(
            viewer.organisation_id or 0,
            viewer.locality_id or 0 if sells else 0,
            viewer.locality_id or 0 if viewer.is_officer else 0,
        )


EVERYONE = Reader()


def addressed_to(reader: Reader, listing: Any = Listing) -> sa.ColumnElement[bool]:
    """Whether a public listing is meant for this reader: the one declaration of audiences.

    Lists, counts, details and photos share it. Its values may be parameters, and ``listing`` the
    table instead of the entity. Producers of the owner's own locality cannot answer, so a listing
    for producers is for those of the twin locality.
    """
    meant = [listing.audience == Audience.PUBLIC]
    if reader != EVERYONE:
        twin = sa.and_(
            listing.locality_id != reader.sells_in, _in_a_pair_of(listing, reader.sells_in)
        )
        meant += [
            listing.organisation_id == reader.organisation,
            sa.and_(listing.audience == Audience.PRODUCERS, twin),
            _in_a_pair_of(listing, reader.decides_in),
        ]
    return sa.or_(*meant)


def _in_a_pair_of(listing: Any, locality: Any) -> sa.ColumnElement[bool]:
    pairs = sa.select(Pair.id).where(sa.or_(Pair.source_id == locality, Pair.market_id == locality))
    inside: sa.ColumnElement[bool] = listing.pair_id.in_(pairs)
    return inside


def offered_in(pair: Pair, listing: Any = Listing) -> sa.ColumnElement[bool]:
    """What a pair shows: its own listings, and the stock of its localities."""
    return sa.or_(
        listing.pair_id == pair.id,
        sa.and_(listing.is_offered_to_all, listing.locality_id.in_(pair.locality_ids)),
    )


def on_offer(listing: Any = Listing) -> sa.ColumnElement[bool]:
    """Published now, and not hidden by officials; for whom it is, ``addressed_to`` says."""
    return sa.and_(listing.state == ListingState.PUBLISHED, listing.visibility == Visibility.SHOWN)


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """What this viewer may open.

    Public ones for those they are addressed to, unless officials hid them; those the viewer is
    concerned with.
    """
    public = sa.and_(
        Listing.state.in_(list(IN_PUBLIC)),
        Listing.visibility == Visibility.SHOWN,
        addressed_to(Reader.of(viewer)),
    )
    return sa.or_(public, concerns(viewer))


TakesPart = Callable[[Actor], sa.ColumnElement[bool]]
_TAKES_PART: list[TakesPart] = []


def also_concerns(clause: TakesPart) -> None:
    """Let features above say who has taken part in a listing and goes on seeing it when hidden.

    Declared in their ``init_app``, as panels are.
    """
    if clause not in _TAKES_PART:
        _TAKES_PART.append(clause)


CountsUnanswered = Callable[[Collection[int]], Mapping[int, int]]
_UNANSWERED: list[CountsUnanswered] = []


def also_waits(counts: CountsUnanswered) -> None:
    """Let features above say how many wait for an answer, by the id of their listing.

    Declared in their ``init_app``, as panels are.
    """
    if counts not in _UNANSWERED:
        _UNANSWERED.append(counts)


def unanswered(listings: Collection[Listing]) -> Mapping[int, int]:
    """How many wait for the owner's answer, by listing; asked once for a whole page."""
    ids = {listing.id for listing in listings if listing.interest_count}
    found: Counter[int] = Counter()
    for counts in _UNANSWERED if ids else ():
        found.update(counts(ids))
    return found


def concerns(viewer: Actor) -> sa.ColumnElement[bool]:
    """What the viewer sees though it is not public.

    A draft is for its owner, the owner's cooperative and locality; what was sent for approval for
    the officials of both localities of its pair; what was hidden also for those who took part.
    """
    if viewer.organisation_id is None:
        return sa.false()
    seen: list[sa.ColumnElement[bool]] = [Listing.organisation_id == viewer.organisation_id]
    if not viewer.is_officer:
        seen.append(
            Listing.organisation_id.in_(
                sa.select(Organisation.id).where(
                    Organisation.cooperative_id == viewer.organisation_id
                )
            )
        )
        seen += [
            sa.and_(Listing.state.in_(list(IN_PUBLIC)), clause(viewer)) for clause in _TAKES_PART
        ]
    if viewer.is_officer:
        seen.append(Listing.locality_id == viewer.locality_id)
        seen.append(
            sa.and_(
                Listing.state != ListingState.DRAFT,
                Listing.pair_id.in_(
                    sa.select(Pair.id).where(
                        sa.or_(
                            Pair.source_id == viewer.locality_id,
                            Pair.market_id == viewer.locality_id,
                        )
                    )
                ),
            )
        )
    return sa.or_(*seen)


_HEAD = (
    joinedload(Listing.organisation).joinedload(Organisation.locality),
    joinedload(Listing.village),
    joinedload(Listing.article),
    joinedload(Listing.pair),
)
_PARTS = (
    selectinload(Listing.photos),
    selectinload(Listing.keys).joinedload(Approval.user),
    selectinload(Listing.acting),
    selectinload(Listing.writers),
    selectinload(Listing.papers).joinedload(Paper.renewal),
)


def get(
    public_id: str,
    viewer: Actor,
    *,
    kind: str | None = None,
    lock: bool = False,
    whole: bool = True,
) -> Listing:
    """A listing with what its page shows. Raises NotFound when it is not the viewer's to see.

    Without ``whole`` photos, keys and the people behind it are left to be loaded when asked for:
    a use case that needs none of them costs half.
    """
    query = sa.select(Listing).where(Listing.public_id == public_id).where(visible_to(viewer))
    if kind is not None:
        query = query.where(Listing.kind == kind)
    if lock:
        lock_row(public_id)
    found = db.session.scalars(
        query.options(*_HEAD, *(_PARTS if whole else ())).execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def lock_row(public_id: str) -> None:
    """Hold the listing's row until the transaction ends (SQLite holds everything anyway)."""
    hold(Listing, public_id=public_id)


def get_by_id(listing_id: int, *, lock: bool = False) -> Listing:
    """A listing by its internal id, for use cases of upper features."""
    if lock:
        hold(Listing, id=listing_id)
    found = db.session.scalars(
        sa.select(Listing).where(Listing.id == listing_id).execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def in_charge(viewer: Actor) -> sa.ColumnElement[bool]:
    """The listings of the viewer's side: its own, its households', or of the official's pairs.

    What is public does not make one in charge of it.
    """
    if viewer.organisation_id is None:
        return sa.false()
    if viewer.is_officer:
        pairs = programme.pairs_of(viewer)
        return sa.or_(Listing.locality_id == viewer.locality_id, Listing.pair_id.in_(pairs))
    households = sa.select(Organisation.id).where(
        Organisation.cooperative_id == viewer.organisation_id
    )
    return sa.or_(
        Listing.organisation_id == viewer.organisation_id, Listing.organisation_id.in_(households)
    )


def in_care_of(viewer: Actor) -> sa.ColumnElement[bool]:
    """The viewer's own listings, and those the viewer's organisation looks after for others.

    A cooperative looks after its households' listings; an authority after those its people
    entered for someone.
    """
    own = Listing.organisation_id == viewer.organisation_id
    if viewer.is_officer:
        entered = sa.select(ActingRecord.subject_id).where(
            ActingRecord.subject_type == Listing.__tablename__,
            ActingRecord.by_organisation_id == viewer.organisation_id,
        )
        return sa.or_(own, Listing.id.in_(entered))
    households = sa.select(Organisation.id).where(
        Organisation.cooperative_id == viewer.organisation_id
    )
    return sa.or_(own, Listing.organisation_id.in_(households))


def stall(
    viewer: Actor, *, only: Collection[str] | None = None, number: int = 1, size: int = 24
) -> tuple[Sequence[Listing], int]:
    """One page of the listings in the viewer's care, latest change first, and how many there are.

    ``only`` leaves those kinds.
    """
    where = [in_care_of(viewer), visible_to(viewer)]
    if only is not None:
        where.append(Listing.kind.in_(list(only)))
    total = db.session.scalar(sa.select(sa.func.count(Listing.id)).where(*where)) or 0
    last = max(1, -(-total // size))
    rows = db.session.scalars(
        sa.select(Listing)
        .where(*where)
        .options(
            selectinload(Listing.photos),
            joinedload(Listing.organisation),
            joinedload(Listing.pair),
            selectinload(Listing.keys),
            selectinload(Listing.papers).joinedload(Paper.renewal),
            selectinload(Listing.wild_species),
            *(part for model in MODELS.values() for part in model.parts()),
        )
        .order_by(Listing.updated_at.desc(), Listing.id.desc())
        .limit(size)
        .offset((min(number, last) - 1) * size)
    ).all()
    return rows, total


def drafts_entered(organisation_ids: Sequence[int]) -> dict[int, int]:
    """How many drafts and returned listings these organisations have, by organisation."""
    rows = db.session.execute(
        sa.select(Listing.organisation_id, sa.func.count(Listing.id))
        .where(
            Listing.organisation_id.in_(organisation_ids),
            Listing.state.in_([ListingState.DRAFT, ListingState.RETURNED]),
        )
        .group_by(Listing.organisation_id)
    )
    return {row[0]: row[1] for row in rows}


def checklists(viewer: Actor) -> Mapping[str, Sequence[Check]]:
    """What must be looked at in each listing that waits for the viewer's locality, by public id."""
    loads = (
        selectinload(Listing.papers).joinedload(Paper.renewal),
        selectinload(Listing.wild_species),
    )
    return {one.public_id: one.checklist() for one in waiting_for(viewer, *loads)}


def waiting_for(viewer: Actor, *loads: ORMOption) -> Sequence[Listing]:
    """Submitted listings whose decision lies with the viewer's locality, oldest first.

    ``loads`` are what the reader looks at beyond the decision.
    """
    rows = db.session.scalars(
        sa.select(Listing)
        .where(Listing.state == ListingState.SUBMITTED)
        .where(visible_to(viewer))
        .options(
            joinedload(Listing.organisation),
            joinedload(Listing.pair),
            selectinload(Listing.photos),
            selectinload(Listing.keys),
            selectinload(Listing.acting),
            selectinload(Listing.writers),
            *loads,
        )
        .order_by(Listing.updated_at, Listing.id)
    ).all()
    return [
        row
        for row in rows
        if viewer.is_officer_of(*row.deciding_localities)
        and viewer.locality_id not in {key.locality_id for key in row.keys}
    ]


def is_open_to(listing: Listing, viewer: Actor) -> bool:
    """Whether the viewer may open the listing's page; asks the database only where it must."""
    if listing.is_for_everyone:
        return True
    found = sa.select(Listing.id).where(Listing.id == listing.id, visible_to(viewer))
    return db.session.scalar(found) is not None


def photo(public_id: str, viewer: Actor) -> Photo:
    """A photo of a listing the viewer may see. Raises NotFound."""
    found = db.session.scalars(
        sa.select(Photo)
        .join(Listing, Listing.id == Photo.listing_id)
        .where(
            Photo.public_id == public_id,
            visible_to(viewer),
            sa.or_(Photo.is_shown, concerns(viewer)),
        )
        .options(selectinload(Photo.listing))
    ).first()
    if found is None:
        raise NotFound
    return found


def count_public(pair: Pair, kind: str) -> int:
    """How many listings of a kind a pair shows now."""
    rows = sa.select(sa.func.count()).select_from(Listing.__table__)  # without the kinds' tables
    return int(
        db.session.scalar(
            rows.where(
                Listing.kind == kind,
                on_offer(),
                Listing.audience == Audience.PUBLIC,
                offered_in(pair),
            )
        )
        or 0
    )


def owners_at(locality_id: int, village_ids: Sequence[int] | None) -> Sequence[Organisation]:
    """Who has a published listing in these villages of a locality; None: anywhere in it."""
    published = sa.select(Listing.organisation_id).where(
        Listing.state == ListingState.PUBLISHED, Listing.locality_id == locality_id
    )
    if village_ids is not None:
        published = published.where(Listing.village_id.in_(village_ids))
    return db.session.scalars(
        sa.select(Organisation).where(Organisation.id.in_(published)).order_by(Organisation.id)
    ).all()
