"""Reading interests."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import may_manage, may_speak_for
from marketplace.catalogue import applications
from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.catalogue.kinds.opportunity.terms import Choosing
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import Conflict, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.interests.models import Interest
from marketplace.interests.rules import BEGUN, LIVE, OWED, InterestState
from marketplace.programme import queries as programme
from marketplace.programme.models import ClockStop, Pair


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """Both sides, a side's cooperative, and the officials of both localities.

    A draft is seen by those who write it only.
    """
    if viewer.is_officer:
        pairs = programme.pairs_of(viewer)
        return sa.or_(sa.and_(Interest.pair_id.in_(pairs), _IS_SENT), _drafted_by(viewer))
    if viewer.organisation_id is None:
        return sa.false()
    return sa.or_(_from_those_of(viewer), sa.and_(_to_those_of(viewer), _IS_SENT))


_IS_SENT = Interest.state != InterestState.DRAFT


def _drafted_by(viewer: Actor) -> sa.ColumnElement[bool]:
    """The drafts an official writes for someone who cannot go online."""
    return sa.and_(~_IS_SENT, Interest.sent_by_id == viewer.user_id)


def _those_of(viewer: Actor) -> sa.Select[int]:
    """The viewer's organisation and the households it looks after."""
    return accounts.in_care_of(viewer)


def _from_those_of(viewer: Actor) -> sa.ColumnElement[bool]:
    return Interest.organisation_id.in_(_those_of(viewer))


def _to_those_of(viewer: Actor) -> sa.ColumnElement[bool]:
    theirs = sa.select(Listing.id).where(Listing.organisation_id.in_(_those_of(viewer)))
    return Interest.listing_id.in_(theirs)


def takes_part(viewer: Actor) -> sa.ColumnElement[bool]:
    """The listings in which the viewer's organisation registered interest."""
    return Listing.id.in_(
        sa.select(Interest.listing_id).where(
            Interest.organisation_id == viewer.organisation_id, _IS_SENT
        )
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
    mine = _from_those_of(viewer)
    if viewer.is_officer:
        mine = sa.or_(mine, _drafted_by(viewer))
    return _slice(mine, offset, limit)


def received_by(
    viewer: Actor, offset: int = 0, limit: int = 1000
) -> tuple[Sequence[Interest], int]:
    """What others asked the viewer's organisation and its households for, latest first.

    An official sees those of both localities: a late answer is red to either.
    """
    theirs = sa.true() if viewer.is_officer else _to_those_of(viewer)
    return _slice(sa.and_(visible_to(viewer), theirs, _IS_SENT), offset, limit)


def unanswered(listing_ids: Collection[int]) -> dict[int, int]:
    """How many interests wait for the owner's word, by listing, in one query."""
    rows = db.session.execute(
        sa.select(Interest.listing_id, sa.func.count(Interest.id))
        .where(Interest.listing_id.in_(listing_ids), Interest.state.in_(OWED))
        .group_by(Interest.listing_id)
    )
    return {listing_id: int(count) for listing_id, count in rows}


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


def begun_by(organisation_id: int | None, listing_id: int) -> Interest | None:
    """What an organisation can send: its draft, else the one it withdrew last."""
    return db.session.scalars(
        sa.select(Interest)
        .where(
            Interest.organisation_id == organisation_id,
            Interest.listing_id == listing_id,
            Interest.state.in_(BEGUN),
        )
        .order_by(_IS_SENT, Interest.id.desc())
        .limit(1)
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
    if may_manage(viewer, listing.organisation):
        raise NotAllowed(N_("This is your own listing."))
    return organisation, pair_for(listing, organisation)


def has_passed(listing: Listing) -> bool:
    """Whether its last day is over, before the clock has closed it."""
    return listing.closes_on is not None and listing.closes_on < clock.today()


def pair_for(listing: Listing, organisation: Organisation) -> Pair:
    """The pair in which ``organisation`` may answer ``listing``, whoever sends it.

    Raises the refusal that says why it may not.
    """
    if organisation.kind not in listing.answered_by:
        raise NotAllowed(listing.answered_by_said)
    if organisation.id == listing.organisation_id:
        raise NotAllowed(N_("This is your own listing."))
    if not organisation.is_verified:
        raise NotAllowed(
            N_("Your organisation is not verified yet. Its locality does this within 2 days.")
        )
    pair = programme.between(listing.locality_id, organisation.locality_id)
    if pair is None or (not listing.is_offered_to_all and pair.id != listing.pair_id):
        raise NotAllowed(N_("This listing is open to organisations of the twin locality."))
    closed = applications.why_closed(listing)
    if closed is not None:
        raise WrongState(closed)
    if not listing.is_open or has_passed(listing):
        raise WrongState(N_("This listing takes no new interest now."))
    if live_of(organisation.id, listing.id) is not None:
        raise Conflict(N_("Your organisation has registered its interest already."))
    return pair


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


def waits_to_be_compared() -> sa.ColumnElement[bool]:
    """The listings that choose by comparison and have live interests."""
    compared = sa.select(Opportunity.__table__.c.id).where(
        Opportunity.__table__.c.choosing == Choosing.COMPARISON
    )
    return sa.and_(
        Listing.id.in_(compared),
        Listing.id.in_(sa.select(Interest.listing_id).where(Interest.state.in_(LIVE))),
    )


def stands_still() -> sa.ColumnElement[bool]:
    """The listings with a live interest whose clock stands just now: there nothing lapses."""
    stopped = sa.exists().where(
        ClockStop.subject_type == "interest",
        ClockStop.subject_id == Interest.id,
        ClockStop.until.is_(None),
    )
    return Listing.id.in_(sa.select(Interest.listing_id).where(Interest.state.in_(LIVE), stopped))


def waiting(viewer: Actor) -> Sequence[Interest]:
    """Interests of the viewer's pairs that wait for an answer or a match, oldest first.

    Those that wait for their sender are among them once its day has passed.
    """
    rows = db.session.scalars(
        _loaded()
        .where(visible_to(viewer), Interest.state.in_(LIVE))
        .order_by(Interest.sent_at, Interest.id)
    ).all()
    asked = InterestState.INFO_REQUESTED
    return [one for one in rows if one.state is not asked or one.gave_nothing]


def listings_of(ids: Collection[int]) -> sa.Select[int]:
    """The listings of these interests: what changes when one is registered or ends."""
    return sa.select(Interest.listing_id).where(Interest.id.in_(ids))


WhyHeld = Callable[[int], Text | None]
_HOLDING: list[WhyHeld] = []


def also_holds(why: WhyHeld) -> None:
    """Let features above say of which listing (by id) nobody is answered alone, and why."""
    _HOLDING.append(why)


def held_back(listing_id: int) -> Text | None:
    """Why nobody who wants this listing is answered or matched alone; None when they may be."""
    return next((why for asked in _HOLDING if (why := asked(listing_id)) is not None), None)
