"""Reading interests."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import may_manage, may_speak_for
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import Conflict, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.interests.models import Interest
from marketplace.interests.rules import LIVE, InterestState
from marketplace.programme import queries as programme
from marketplace.programme.models import Pair


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """Both sides, a side's cooperative, and the officials of both localities."""
    if viewer.is_officer:
        pairs = sa.select(Pair.id).where(
            sa.or_(Pair.source_id == viewer.locality_id, Pair.market_id == viewer.locality_id)
        )
        return Interest.pair_id.in_(pairs)
    if viewer.organisation_id is None:
        return sa.false()
    return sa.or_(_from_those_of(viewer), _to_those_of(viewer))


def _those_of(viewer: Actor) -> sa.Select[int]:
    """The viewer's organisation and the households it looks after."""
    return sa.select(Organisation.id).where(
        sa.or_(
            Organisation.id == viewer.organisation_id,
            Organisation.cooperative_id == viewer.organisation_id,
        )
    )


def _from_those_of(viewer: Actor) -> sa.ColumnElement[bool]:
    return Interest.organisation_id.in_(_those_of(viewer))


def _to_those_of(viewer: Actor) -> sa.ColumnElement[bool]:
    theirs = sa.select(Listing.id).where(Listing.organisation_id.in_(_those_of(viewer)))
    return Interest.listing_id.in_(theirs)


def takes_part(viewer: Actor) -> sa.ColumnElement[bool]:
    """The listings in which the viewer's organisation registered interest."""
    return Listing.id.in_(
        sa.select(Interest.listing_id).where(Interest.organisation_id == viewer.organisation_id)
    )


def _loaded() -> sa.Select[Interest]:
    return sa.select(Interest).options(
        joinedload(Interest.pair),
        joinedload(Interest.organisation),
        selectinload(Interest.listing)
        .joinedload(Listing.organisation)
        .joinedload(Organisation.locality),
        selectinload(Interest.listing).joinedload(Listing.pair),
        selectinload(Interest.offered),
        selectinload(Interest.acting),
    )


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Interest:
    """An interest by its tracking code. Raises NotFound.

    The listing's row is locked first, as closing a listing does: two use cases that take the two
    rows in different order would wait for each other for ever.
    """
    if lock:
        listing_id = db.session.scalar(
            sa.select(Interest.listing_id).where(Interest.public_id == public_id)
        )
        hold(Listing, id=listing_id)
        hold(Interest, public_id=public_id)
    found = db.session.scalars(
        _loaded()
        .where(Interest.public_id == public_id, visible_to(viewer))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def _slice(
    where: sa.ColumnElement[bool], offset: int, limit: int
) -> tuple[Sequence[Interest], int]:
    rows = db.session.scalars(
        _loaded().where(where).order_by(Interest.id.desc()).offset(offset).limit(limit)
    ).all()
    total = db.session.scalar(sa.select(sa.func.count(Interest.id)).where(where))
    return rows, int(total or 0)


def sent_by(viewer: Actor, offset: int = 0, limit: int = 1000) -> tuple[Sequence[Interest], int]:
    """What the viewer's organisation and its households asked for or offered, latest first.

    With how many there are in all.
    """
    return _slice(_from_those_of(viewer), offset, limit)


def received_by(
    viewer: Actor, offset: int = 0, limit: int = 1000
) -> tuple[Sequence[Interest], int]:
    """What others asked the viewer's organisation and its households for, latest first.

    An official sees what the organisations of their own locality were asked for.
    """
    if viewer.is_officer:
        theirs: sa.ColumnElement[bool] = Interest.listing_id.in_(
            sa.select(Listing.id).where(Listing.locality_id == viewer.locality_id)
        )
    else:
        theirs = _to_those_of(viewer)
    return _slice(sa.and_(visible_to(viewer), theirs), offset, limit)


def live_of(organisation_id: int | None, listing_id: int) -> Interest | None:
    """The live interest of an organisation in a listing."""
    if organisation_id is None:
        return None
    return db.session.scalars(
        sa.select(Interest).where(
            Interest.organisation_id == organisation_id,
            Interest.listing_id == listing_id,
            Interest.state.in_(LIVE),
        )
    ).first()


def who_answers(viewer: Actor, listing: Listing, chosen: str = "") -> Organisation:
    """The organisation in whose name ``listing`` is answered: the viewer's, or the one chosen.

    Whoever cannot go online may have an offer recorded (``chosen`` is a public id); what one needs
    oneself one asks for oneself. Raises NotFound, or NotAllowed.
    """
    if not chosen:
        return accounts.organisation_by_id(viewer.organisation_id)
    organisation = accounts.organisation(chosen, viewer)
    if not listing.seeks or not may_speak_for(viewer, organisation):
        raise NotAllowed(N_("You cannot make an offer for this organisation."))
    return organisation


def may_be_recorded_for(viewer: Actor, listing: Listing) -> list[Organisation]:
    """The verified producers for whom the viewer may record an offer to a listing that seeks."""
    if not listing.seeks:
        return []
    return [
        organisation
        for organisation in accounts.can_be_spoken_for(viewer)
        if organisation.kind in listing.answered_by
        and organisation.is_verified
        and organisation.id != viewer.organisation_id
        and organisation.locality_id != listing.locality_id
    ]


def offerable(organisation_id: int, listing: Listing) -> Sequence[Listing]:
    """The published goods of an organisation that can stand behind an offer to ``listing``.

    Those with a stock, sold by the very unit that is sought, so that nothing is converted.
    """
    if not listing.seeks or listing.unit_sold is None:
        return []
    own = db.session.scalars(
        sa.select(Listing)
        .where(
            Listing.organisation_id == organisation_id,
            Listing.is_offered_to_all,
            Listing.state == ListingState.PUBLISHED,
        )
        .order_by(Listing.sort_key, Listing.id)
    )
    return [one for one in own if one.left and one.unit_sold is listing.unit_sold]


def admit(
    viewer: Actor, listing: Listing, organisation: Organisation | None = None
) -> tuple[Organisation, Pair]:
    """The answering organisation and the pair in which it may answer ``listing``.

    Raises the refusal that says why it may not: asked before the form is shown, and again when it
    is sent.
    """
    organisation = organisation or accounts.organisation_by_id(viewer.organisation_id)
    if organisation.kind not in listing.answered_by:
        raise NotAllowed(listing.answered_by_said)
    if organisation.id == listing.organisation_id or may_manage(viewer, listing.organisation):
        raise NotAllowed(N_("This is your own listing."))
    if not organisation.is_verified:
        raise NotAllowed(
            N_("Your organisation is not verified yet. Its locality does this within 2 days.")
        )
    pair = programme.between(listing.locality_id, organisation.locality_id)
    if pair is None or (not listing.is_offered_to_all and pair.id != listing.pair_id):
        raise NotAllowed(N_("This listing is open to organisations of the twin locality."))
    if not listing.is_open or (listing.closes_on and listing.closes_on < clock.today()):
        raise WrongState(N_("This listing takes no new interest now."))
    if live_of(organisation.id, listing.id) is not None:
        raise Conflict(N_("Your organisation has registered its interest already."))
    return organisation, pair


def of_listing(listing_id: int, viewer: Actor) -> Sequence[Interest]:
    """The interests in a listing that the viewer may see, latest first."""
    return db.session.scalars(
        _loaded()
        .where(Interest.listing_id == listing_id, visible_to(viewer))
        .order_by(Interest.id.desc())
    ).all()


def live_in(listing_id: int) -> Sequence[Interest]:
    """All live interests in a listing, for use cases."""
    return db.session.scalars(
        _loaded().where(Interest.listing_id == listing_id, Interest.state.in_(LIVE))
    ).all()


def waiting(viewer: Actor) -> Sequence[Interest]:
    """Interests of the viewer's pairs that wait for an answer or a match, oldest first."""
    return db.session.scalars(
        _loaded()
        .where(
            visible_to(viewer),
            Interest.state.in_(
                [InterestState.SUBMITTED, InterestState.ACKNOWLEDGED, InterestState.ACCEPTED]
            ),
        )
        .order_by(Interest.sent_at, Interest.id)
    ).all()
