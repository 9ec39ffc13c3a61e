"""Reading questions. What everyone reads is read without the columns of who asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import may_speak_for
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import IN_PUBLIC, ListingState, may_review
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.programme import queries as programme
from marketplace.questions.models import Question, QuestionDate
from marketplace.questions.rules import MOST_OPEN, QuestionState, Voice, may_ask, usual_date

_Q = cast("sa.Table", Question.__table__)


class Answered(NamedTuple):
    """A question and its answer as everyone reads them."""

    public_id: str
    words: str
    answer: str
    answered_at: datetime
    voice: Voice
    by: str


@dataclass(frozen=True, slots=True)
class Period:
    """Until when a listing takes questions. ``until`` None: as long as it is published."""

    is_open: bool
    until: date | None
    is_set: bool


def _of_my_pairs(viewer: Actor) -> sa.ColumnElement[bool]:
    """Listings of the viewer's locality, and of its pairs."""
    pairs = programme.pairs_of(viewer)
    return sa.or_(Listing.locality_id == viewer.locality_id, Listing.pair_id.in_(pairs))


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """Answered ones of public listings for everyone; all others for those they concern.

    Who asked, the owner, the owner's cooperative, and the officials of both localities.
    """
    public = sa.select(Listing.id).where(Listing.state.in_(list(IN_PUBLIC)))
    seen = [
        sa.and_(Question.state == QuestionState.ANSWERED, Question.listing_id.in_(public)),
    ]
    if viewer.organisation_id is not None:
        owners = accounts.in_care_of(viewer)
        owned = sa.select(Listing.id).where(Listing.organisation_id.in_(owners))
        seen.append(Question.organisation_id == viewer.organisation_id)
        seen.append(Question.listing_id.in_(owned))
    if viewer.is_officer:
        seen.append(Question.listing_id.in_(sa.select(Listing.id).where(_of_my_pairs(viewer))))
    return sa.or_(*seen)


def _loaded() -> sa.Select[Question]:
    listing = selectinload(Question.listing)
    return sa.select(Question).options(
        listing.joinedload(Listing.organisation),
        listing.joinedload(Listing.pair),
        joinedload(Question.organisation),
        joinedload(Question.asked_by),
        joinedload(Question.answered_for),
        selectinload(Question.acting),
    )


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Question:
    """A question by its id. Raises NotFound."""
    if lock:
        hold(Question, public_id=public_id)
    found = db.session.scalars(
        _loaded()
        .where(Question.public_id == public_id, visible_to(viewer))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def answered_of(
    listing_id: int, offset: int = 0, limit: int = 24
) -> tuple[Sequence[Answered], int]:
    """The questions everyone reads about a listing, the latest answer first; and how many."""
    where = (_Q.c.listing_id == listing_id, _Q.c.state == QuestionState.ANSWERED)
    rows = db.session.execute(
        sa.select(
            _Q.c.public_id,
            _Q.c.words,
            _Q.c.answer,
            _Q.c.answered_at,
            _Q.c.voice,
            Organisation.name,
        )
        .join(Organisation, Organisation.id == _Q.c.answered_for_id)
        .where(*where)
        .order_by(_Q.c.answered_at.desc(), _Q.c.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    total = db.session.scalar(sa.select(sa.func.count()).select_from(_Q).where(*where))
    return [Answered(*row) for row in rows], int(total or 0)


def waiting_of(listing_id: int) -> Sequence[Question]:
    """The questions about a listing that wait for an answer, the oldest first."""
    return db.session.scalars(
        _loaded()
        .where(Question.listing_id == listing_id, Question.state == QuestionState.ASKED)
        .order_by(Question.id)
    ).all()


def own_of(listing_id: int, organisation_id: int | None) -> Sequence[Question]:
    """What an organisation asked about a listing and others do not read, the oldest first."""
    if organisation_id is None:
        return []
    return db.session.scalars(
        _loaded()
        .where(
            Question.listing_id == listing_id,
            Question.organisation_id == organisation_id,
            Question.state != QuestionState.ANSWERED,
        )
        .order_by(Question.id)
    ).all()


def asked_by(viewer: Actor, offset: int = 0, limit: int = 24) -> tuple[Sequence[Question], int]:
    """What the viewer's organisation asked, the latest first; and how many there are."""
    return _slice(
        Question.organisation_id == viewer.organisation_id, Question.id.desc(), offset, limit
    )


def waiting(viewer: Actor, offset: int = 0, limit: int = 24) -> tuple[Sequence[Question], int]:
    """What waits for an answer about published listings of an official's pairs, oldest first."""
    published = sa.select(Listing.id).where(
        Listing.state == ListingState.PUBLISHED, _of_my_pairs(viewer)
    )
    where = sa.and_(Question.state == QuestionState.ASKED, Question.listing_id.in_(published))
    return _slice(where, Question.id.asc(), offset, limit)


def _slice(
    where: sa.ColumnElement[bool], order: sa.ColumnElement[int], offset: int, limit: int
) -> tuple[Sequence[Question], int]:
    rows = db.session.scalars(
        _loaded().where(where).order_by(order).offset(offset).limit(limit)
    ).all()
    total = db.session.scalar(sa.select(sa.func.count(Question.id)).where(where))
    return rows, int(total or 0)


def date_set(listing_id: int, *, lock: bool = False) -> QuestionDate | None:
    """The day the owner set for questions, if any."""
    return db.session.scalars(
        sa.select(QuestionDate)
        .where(QuestionDate.listing_id == listing_id)
        .execution_options(populate_existing=lock)
    ).first()


def period(listing: Listing) -> Period:
    """Until when a listing takes questions, and whether it does today."""
    chosen = date_set(listing.id)
    until = _last_day(chosen, listing.published_at, listing.closes_on)
    in_time = until is None or clock.today() <= until
    return Period(listing.state is ListingState.PUBLISHED and in_time, until, chosen is not None)


def last_day(listing_id: int, published_at: datetime | None, closes_on: date | None) -> date | None:
    """The last day on which questions are taken; None while there is no end."""
    return _last_day(date_set(listing_id), published_at, closes_on)


def _last_day(
    chosen: QuestionDate | None, published_at: datetime | None, closes_on: date | None
) -> date | None:
    if chosen is not None:
        return chosen.until
    return usual_date(clock.local(published_at).date() if published_at else None, closes_on)


def why_not(viewer: Actor, listing: Listing) -> DomainError | None:
    """Why the viewer may not ask about a listing now; None when they may."""
    if not may_ask(viewer, listing):
        if may_speak_for(viewer, listing.organisation) or may_review(viewer, listing):
            return NotAllowed(N_("You answer the questions here; others ask them."))
        return NotAllowed(
            N_("Your organisation is not verified yet. Its locality does this within 2 days.")
        )
    found = period(listing)
    if not found.is_open:
        return WrongState(_closed(listing, found))
    if _open_questions(listing.id, viewer.organisation_id) >= MOST_OPEN:
        return Conflict(
            Text(
                N_(
                    "%(most)s questions of your organisation wait for an answer here. "
                    "Ask again when one is answered."
                ),
                most=MOST_OPEN,
            )
        )
    return None


def _closed(listing: Listing, found: Period) -> Text:
    if listing.state is not ListingState.PUBLISHED or found.until is None:
        return Text(N_("This listing takes no questions now."))
    return Text(N_("Questions were taken until %(day)s."), day=found.until)


def _open_questions(listing_id: int, organisation_id: int | None) -> int:
    return int(
        db.session.scalar(
            sa.select(sa.func.count(Question.id)).where(
                Question.listing_id == listing_id,
                Question.organisation_id == organisation_id,
                Question.state == QuestionState.ASKED,
            )
        )
        or 0
    )
