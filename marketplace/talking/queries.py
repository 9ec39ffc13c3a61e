"""Reading conversations: where one may talk, what was said, what is unread; officials' notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation, StoredFile, User
from marketplace.accounts.rules import OrganisationKind, may_manage
from marketplace.catalogue.models import Listing
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.i18n import N_, Text
from marketplace.deals import queries as deals
from marketplace.deals.models import Deal
from marketplace.deals.rules import may_see_contacts
from marketplace.interests import queries as interests
from marketplace.interests.models import Interest
from marketplace.interests.rules import LIVE, InterestState
from marketplace.introducing import queries as introductions
from marketplace.introducing.models import Introduction
from marketplace.introducing.rules import IntroductionState
from marketplace.matching import queries as matching
from marketplace.matching.models import Match
from marketplace.matching.rules import MatchState
from marketplace.programme.models import Pair
from marketplace.talking.models import Message, MessageFile, OfficerNote, Thread, ThreadRead
from marketplace.talking.rules import (
    TOLD_AGAIN_AFTER,
    About,
    is_officer_in,
    may_write_as,
    to_be_recorded,
)

WAITS = {
    About.INTEREST: N_("The conversation opens when the interest is accepted."),
    About.CASE: N_("The conversation opens when the match is approved."),
    About.INTRODUCTION: N_("The conversation opens when both have said yes."),
}
JOINS = N_("The conversation and the contacts open to you once you have accepted the offer.")
OVER = N_("This has ended. What was written stays here to be read.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where people may talk: about what, who takes part, and why nobody can write, if so.

    ``subject`` is the record the words of absent people are recorded about; ``key`` names the
    column and row by which the conversation is found. ``is_open`` says whether its words may be
    read by the parties: contacts are open, or were when it was written.
    """

    about: About
    public_id: str
    title: str
    pair: Pair
    parties: tuple[Organisation, ...]
    subject: Interest | Match | Introduction
    key: tuple[str, int]
    shut: Text | None

    @property
    def is_open(self) -> bool:
        """Whether one may write."""
        return self.shut is None

    @property
    def waits(self) -> bool:
        """Whether it has not opened yet."""
        return self.shut is not None and self.shut.msgid == WAITS[self.about]

    @property
    def is_hidden(self) -> bool:
        """Whether what was written is not for the viewer yet."""
        return self.shut is not None and self.shut.msgid == JOINS


MODELS: Mapping[About, type[Interest | Match | Introduction]] = {
    About.INTEREST: Interest,
    About.CASE: Match,
    About.INTRODUCTION: Introduction,
}


def place(about: About, public_id: str, viewer: Actor, *, lock: bool = False) -> Place:
    """Where to talk about this record. Raises NotFound for what the viewer may not see."""
    if lock:
        hold(MODELS[about], public_id=public_id)
    if about is About.INTEREST:
        return _about_interest(interests.get(public_id, viewer))
    if about is About.CASE:
        return _about_case(viewer, *deals.case(public_id, viewer))
    return _about_introduction(introductions.get(public_id, viewer))


def _about_interest(interest: Interest) -> Place:
    waits = interest.state in {InterestState.DRAFT, *LIVE}
    shut = WAITS[About.INTEREST] if waits else OVER
    return Place(
        about=About.INTEREST,
        public_id=interest.public_id,
        title=interest.listing.title,
        pair=interest.pair,
        parties=(interest.organisation, interest.listing.organisation),
        subject=interest,
        key=("interest_id", interest.id),
        shut=None if interest.contacts_open else Text(shut),
    )


def _about_case(viewer: Actor, match: Match, deal: Deal | None) -> Place:
    """An accepted interest's conversation simply goes on; one by hand opens with the deal.

    To whoever was brought into the deal it opens with their own yes.
    """
    shut = None
    if deal is not None and not may_see_contacts(viewer, deal):
        shut = Text(JOINS)
    elif match.state is MatchState.PROPOSED and match.interest_id is None:
        shut = Text(WAITS[About.CASE])
    elif match.state in {MatchState.REJECTED, MatchState.CANCELLED}:
        shut = Text(OVER)
    return Place(
        about=About.CASE,
        public_id=match.public_id,
        title=match.listing.title,
        pair=match.pair,
        parties=tuple(deals.in_contact(match, deal)),
        subject=match,
        key=("interest_id", match.interest_id) if match.interest_id else ("match_id", match.id),
        shut=shut,
    )


def _about_introduction(introduction: Introduction) -> Place:
    waits = introduction.state is IntroductionState.PROPOSED
    shut = WAITS[About.INTRODUCTION] if waits else OVER
    return Place(
        about=About.INTRODUCTION,
        public_id=introduction.public_id,
        title=" – ".join(side.name for side in introduction.sides)
        if introduction.is_open
        else introduction.public_id,  # no name before both yes
        pair=introduction.pair,
        parties=introduction.sides,
        subject=introduction,
        key=("introduction_id", introduction.id),
        shut=None if introduction.is_open else Text(shut),
    )


def case_of(interest_id: int, viewer: Actor) -> str | None:
    """The public id of the case an interest became, if the viewer may see it."""
    return db.session.scalar(
        sa.select(Match.public_id).where(Match.interest_id == interest_id, _cases_of(viewer))
    )


def _cases_of(viewer: Actor) -> sa.ColumnElement[bool]:
    """The cases in which a viewer takes part, those joined later as well."""
    return sa.or_(
        matching.visible_to(viewer),
        Match.id.in_(sa.select(Deal.match_id).where(deals.joined_by(viewer))),
    )


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """The conversations someone may read: parties, a party's cooperative, officials of the two.

    A conversation exists only once it has opened, so whoever may see the record may read it.
    """
    cases = _cases_of(viewer)
    return sa.or_(
        Thread.interest_id.in_(sa.select(Interest.id).where(interests.visible_to(viewer))),
        Thread.interest_id.in_(sa.select(Match.interest_id).where(cases)),
        Thread.match_id.in_(sa.select(Match.id).where(cases)),
        Thread.introduction_id.in_(
            sa.select(Introduction.id).where(introductions.visible_to(viewer))
        ),
    )


def thread_at(place: Place) -> Thread | None:
    """The conversation that has begun at a place, as far as the viewer may read it."""
    if place.is_hidden:
        return None
    column, key = place.key
    return db.session.scalars(sa.select(Thread).where(getattr(Thread, column) == key)).first()


def messages(thread: Thread | None, limit: int | None = None) -> Sequence[Message]:
    """What was written, oldest first; of many only the last ``limit``."""
    if thread is None:
        return []
    found = db.session.scalars(
        _messages().where(Message.thread_id == thread.id).order_by(Message.id.desc()).limit(limit)
    ).all()
    return found[::-1]


def _messages() -> sa.Select[Message]:
    return sa.select(Message).options(
        joinedload(Message.author),
        joinedload(Message.organisation),
        joinedload(Message.acted),
        selectinload(Message.files).joinedload(MessageFile.file),
    )


def message(public_id: str, viewer: Actor, *, lock: bool = False) -> Message:
    """A message of a conversation the viewer may read. Raises NotFound."""
    if lock:
        hold(Message, public_id=public_id)
    found = db.session.scalars(
        _messages()
        .join(Thread, Thread.id == Message.thread_id)
        .where(Message.public_id == public_id, visible_to(viewer))
        .execution_options(populate_existing=lock)
    ).first()
    if found is None:
        raise NotFound
    return found


def file(public_id: str, viewer: Actor) -> StoredFile:
    """A file of a conversation the viewer may read. Raises NotFound."""
    found = db.session.scalars(
        sa.select(StoredFile)
        .join(MessageFile, MessageFile.file_id == StoredFile.id)
        .join(Message, Message.id == MessageFile.message_id)
        .join(Thread, Thread.id == Message.thread_id)
        .where(StoredFile.public_id == public_id, visible_to(viewer))
    ).first()
    if found is None:
        raise NotFound
    return found


def who_writes(viewer: Actor, place: Place, chosen: str = "") -> Organisation:
    """In whose name the viewer writes: the own organisation's, or the party chosen (a public id).

    Raises NotFound for a party that is none, NotAllowed for a word that is not the viewer's.
    """
    recorded = to_be_recorded(viewer, place.parties)
    if chosen:
        found = [party for party in place.parties if party.public_id == chosen]
        if not found:
            raise NotFound
        if found[0] in recorded or may_manage(viewer, found[0]):
            return found[0]
        raise NotAllowed(N_("The words of this organisation are not yours to record."))
    own = accounts.organisation_by_id(viewer.organisation_id)
    if may_write_as(viewer, own, is_party=own in place.parties):
        return own
    if recorded:
        return recorded[0]
    raise NotAllowed(N_("Only those who take part write here."))


# ---------------------------------------------------------------- what is unread


def _unread(user_id: int | None) -> sa.ColumnElement[bool]:
    """Messages of others after the last one this person was shown; needs ThreadRead joined."""
    return sa.and_(
        Message.author_id != user_id,
        Message.erased_at.is_(None),
        Message.id > sa.func.coalesce(ThreadRead.last_id, 0),
    )


def unread(viewer: Actor, thread_ids: Iterable[int]) -> dict[int, int]:
    """How many messages the viewer has not seen, for each of these conversations that has some."""
    query = (
        sa.select(Message.thread_id, sa.func.count(Message.id))
        .outerjoin(
            ThreadRead,
            sa.and_(
                ThreadRead.thread_id == Message.thread_id,
                ThreadRead.user_id == viewer.user_id,
            ),
        )
        .where(Message.thread_id.in_(list(thread_ids)), _unread(viewer.user_id))
        .group_by(Message.thread_id)
    )
    return dict(db.session.execute(query).all())


def read_to(viewer: Actor, thread: Thread) -> ThreadRead | None:
    """How far the viewer has read."""
    return db.session.get(ThreadRead, (thread.id, viewer.user_id))


def newest(thread_id: int) -> int:
    """The id of the last message; 0 without one."""
    query = sa.select(sa.func.max(Message.id)).where(Message.thread_id == thread_id)
    return db.session.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation in a list."""

    about: About
    public_id: str
    title: str
    parties: tuple[str, ...]
    last_at: datetime
    unread: int


def rows(viewer: Actor, offset: int = 0, limit: int = 1000) -> tuple[Sequence[Row], int]:
    """The viewer's conversations, the one with the latest message first; and how many there are."""
    last = sa.func.max(Message.written_at)
    found = db.session.execute(
        sa.select(Thread, last)
        .join(Message, Message.thread_id == Thread.id)
        .where(visible_to(viewer))
        .group_by(Thread.id)
        .order_by(sa.func.max(Message.id).desc())
        .offset(offset)
        .limit(limit)
    ).all()
    threads = {thread.id: at for thread, at in found}
    loaded = {
        thread.id: thread
        for thread in db.session.scalars(
            sa.select(Thread)
            .where(Thread.id.in_(threads))
            .options(
                joinedload(Thread.interest)
                .selectinload(Interest.listing)
                .joinedload(Listing.organisation),
                joinedload(Thread.interest).joinedload(Interest.organisation),
                joinedload(Thread.match).selectinload(Match.listing),
                joinedload(Thread.match).joinedload(Match.seller),
                joinedload(Thread.match).joinedload(Match.buyer),
                joinedload(Thread.introduction).joinedload(Introduction.one),
                joinedload(Thread.introduction).joinedload(Introduction.other),
            )
        )
    }
    became = _cases_by_interest(thread.interest_id for thread in loaded.values())
    counts = unread(viewer, threads)
    total = db.session.scalar(sa.select(sa.func.count(Thread.id)).where(visible_to(viewer)))
    return [
        Row(*told(loaded[key], became), last_at=at, unread=counts.get(key, 0))
        for key, at in threads.items()
    ], int(total or 0)


def _cases_by_interest(interest_ids: Iterable[int | None]) -> dict[int | None, str]:
    """The case each of these interests became."""
    wanted = [key for key in interest_ids if key is not None]
    query = sa.select(Match.interest_id, Match.public_id).where(Match.interest_id.in_(wanted))
    return dict(db.session.execute(query).all())


def told(
    thread: Thread, became: Mapping[int | None, str]
) -> tuple[About, str, str, tuple[str, ...]]:
    """What a conversation is about, its record's public id, its title, whose it is."""
    if thread.introduction is not None:
        sides = tuple(side.name for side in thread.introduction.sides)
        return About.INTRODUCTION, thread.introduction.public_id, " – ".join(sides), sides
    if thread.match is not None:
        names = tuple(party.name for party in thread.match.parties)
        return About.CASE, thread.match.public_id, thread.match.listing.title, names
    interest = thread.interest
    if interest is None:
        raise NotFound
    names = (interest.organisation.name, interest.listing.organisation.name)
    case = became.get(interest.id)
    about = About.CASE if case else About.INTEREST
    return about, case or interest.public_id, interest.listing.title, names


def case_by_interest(interest_id: int | None) -> dict[int | None, str]:
    """The same mapping for one interest, for notices."""
    return _cases_by_interest([interest_id])


# ---------------------------------------------------------------- who is told


def parties_of(thread: Thread) -> Sequence[Organisation]:
    """The organisations that take part in a conversation, those who joined its deal as well."""
    if thread.introduction is not None:
        return thread.introduction.sides
    interest = thread.interest
    where = Match.interest_id == thread.interest_id if interest else Match.id == thread.match_id
    match = db.session.scalars(sa.select(Match).where(where)).first()
    found: dict[int, Organisation] = {}
    if interest is not None:
        found |= {o.id: o for o in (interest.organisation, interest.listing.organisation)}
    if match is not None:
        found |= {o.id: o for o in deals.in_contact(match, deals.of_match(match.id))}
    return list(found.values())


def to_tell(message: Message) -> tuple[list[User], list[Organisation]]:
    """Whom a message is news to: officials who take part in the conversation, and the other sides.

    Whoever was told of an earlier message and has not come to read is not told again within a day:
    a lively conversation is one notice, not twenty.
    """
    parties = [o for o in parties_of(message.thread) if o.id != message.organisation_id]
    return (
        [user for user in _officers_talking(message) if not _was_told(message, [user.id])],
        [o for o in parties if not _was_told(message, _people_of(o.id), o.id)],
    )


def _people_of(organisation_id: int) -> list[int]:
    return [user.id for user in accounts.people_of(organisation_id)]


def _was_told(message: Message, people: Sequence[int], organisation_id: int | None = None) -> bool:
    """Whether an earlier message of others, not a day old, waits for these people to read it."""
    read = db.session.scalar(
        sa.select(sa.func.max(ThreadRead.last_id)).where(
            ThreadRead.thread_id == message.thread_id, ThreadRead.user_id.in_(people)
        )
    )
    earlier = sa.select(Message.id).where(
        Message.thread_id == message.thread_id,
        Message.author_id.not_in(people),
        Message.organisation_id != (organisation_id or 0),
        Message.id < message.id,
        Message.id > (read or 0),
        Message.written_at > message.written_at - TOLD_AGAIN_AFTER,
    )
    return db.session.scalar(earlier.limit(1)) is not None


def _officers_talking(message: Message) -> Sequence[User]:
    """The officials who have written in this conversation in the name of their authority."""
    return db.session.scalars(
        sa.select(User)
        .where(
            User.id.in_(
                sa.select(Message.author_id).where(
                    Message.thread_id == message.thread_id,
                    Message.acting_id.is_(None),
                    Message.organisation_id.in_(
                        sa.select(Organisation.id).where(
                            Organisation.kind == OrganisationKind.AUTHORITY
                        )
                    ),
                )
            )
        )
        .order_by(User.id)
    ).all()


# ---------------------------------------------------------------- officials' notes


def notes(place: Place, viewer: Actor) -> Sequence[OfficerNote]:
    """What officials noted about this, latest first; of a case also what stood at its interest.

    Empty for everyone who is not an official of the two localities.
    """
    if not is_officer_in(viewer, place.pair):
        return []
    subject = place.subject
    about = [getattr(OfficerNote, note_key(place)[0]) == subject.id]
    if isinstance(subject, Match) and subject.interest_id is not None:
        about.append(OfficerNote.interest_id == subject.interest_id)
    return db.session.scalars(
        sa.select(OfficerNote)
        .where(sa.or_(*about))
        .options(joinedload(OfficerNote.author), joinedload(OfficerNote.organisation))
        .order_by(OfficerNote.id.desc())
    ).all()


def note_key(place: Place) -> tuple[str, int]:
    """The column and the row a note about this place refers to."""
    column = {
        About.INTEREST: "interest_id",
        About.CASE: "match_id",
        About.INTRODUCTION: "introduction_id",
    }[place.about]
    return column, place.subject.id
