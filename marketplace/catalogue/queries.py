"""Reading listings: one WHERE clause says who sees what; lists, details and exports share it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.models import ActingRecord, Organisation
from marketplace.catalogue import kinds  # noqa: F401  the kinds are tables of their own
from marketplace.catalogue.models import Listing, Photo
from marketplace.catalogue.rules import IN_PUBLIC, ListingState, Visibility
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.programme.models import Approval, Pair


def offered_in(pair: Pair) -> sa.ColumnElement[bool]:
    """What a pair shows: its own listings, and the stock of its localities."""
    return sa.or_(
        Listing.pair_id == pair.id,
        sa.and_(Listing.is_offered_to_all, Listing.locality_id.in_(pair.locality_ids)),
    )


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """What this viewer may open.

    Public ones for everyone, unless officials hid them; those the viewer is concerned with.
    """
    public = sa.and_(Listing.state.in_(list(IN_PUBLIC)), Listing.visibility == Visibility.SHOWN)
    return sa.or_(public, concerns(viewer))


TakesPart = Callable[[Actor], sa.ColumnElement[bool]]
_TAKES_PART: list[TakesPart] = []


def also_concerns(clause: TakesPart) -> None:
    """Let features above say who has taken part in a listing and goes on seeing it when hidden.

    Declared in their ``init_app``, as panels are.
    """
    if clause not in _TAKES_PART:
        _TAKES_PART.append(clause)


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
    joinedload(Listing.organisation),
    joinedload(Listing.village),
    joinedload(Listing.article),
    joinedload(Listing.pair),
)
_PARTS = (
    selectinload(Listing.photos),
    selectinload(Listing.keys).joinedload(Approval.user),
    selectinload(Listing.acting),
    selectinload(Listing.writers),
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
        pairs = sa.select(Pair.id).where(
            sa.or_(Pair.source_id == viewer.locality_id, Pair.market_id == viewer.locality_id)
        )
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
    viewer: Actor, *, kind: str | None = None, number: int = 1, size: int = 24
) -> tuple[Sequence[Listing], int]:
    """One page of the listings in the viewer's care, latest change first, and how many there are.

    ``kind`` leaves one kind.
    """
    where = [in_care_of(viewer), visible_to(viewer)]
    if kind is not None:
        where.append(Listing.kind == kind)
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
        )
        .order_by(Listing.updated_at.desc(), Listing.id.desc())
        .limit(size)
        .offset((min(number, last) - 1) * size)
    ).all()
    return rows, total


def waiting_for(viewer: Actor) -> Sequence[Listing]:
    """Submitted listings whose decision lies with the viewer's locality, oldest first."""
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
        )
        .order_by(Listing.updated_at, Listing.id)
    ).all()
    return [
        row
        for row in rows
        if viewer.is_officer_of(*row.deciding_localities)
        and viewer.locality_id not in {key.locality_id for key in row.keys}
    ]


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
        .options(joinedload(Photo.listing))
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
                Listing.state == ListingState.PUBLISHED,
                Listing.visibility == Visibility.SHOWN,
                offered_in(pair),
            )
        )
        or 0
    )
