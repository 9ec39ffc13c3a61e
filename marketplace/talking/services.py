"""Use cases of conversations: writing, taking back, reading; and officials' notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from marketplace.accounts import throttle
from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import StoredFile
from marketplace.accounts.rules import may_manage
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.use_case import use_case
from marketplace.talking import queries
from marketplace.talking.models import Message, MessageFile, OfficerNote, Thread, ThreadRead
from marketplace.talking.rules import About, is_officer_in, may_take_back

BY_PERSON = throttle.Limit("message", 60, timedelta(hours=1))
"""Messages a person may write in all conversations together."""


def write(
    actor: Actor,
    about: About,
    public_id: str,
    words: str,
    files: Sequence[StoredFile] = (),
    *,
    writes_for: str = "",
    acting: Acting | None = None,
) -> Message:
    """Write a message in an open conversation, with files; the others are told, not its author.

    ``writes_for`` is the public id of the party whose words are recorded. Raises WrongState while
    the conversation is shut, TooManyTries for someone who writes too much in an hour.
    """
    throttle.count((BY_PERSON, str(actor.user_id)))
    return _write(actor, about, public_id, words, files, writes_for, acting)


@use_case
def _write(
    actor: Actor,
    about: About,
    public_id: str,
    words: str,
    files: Sequence[StoredFile],
    writes_for: str,
    acting: Acting | None,
) -> Message:
    place = queries.place(about, public_id, actor, lock=True)
    if place.shut is not None:
        raise WrongState(place.shut)
    organisation = queries.who_writes(actor, place, writes_for)
    if not words and not files:
        raise Invalid("words", N_("Write something, or attach a file."))
    # recorded words give the recorder a hand in the case, as any other recorded act does
    acted = None
    if not may_manage(actor, organisation):
        acted = speak_for(actor, organisation, place.subject, acting)
    if actor.user_id is None:
        raise NotAllowed(N_("Only those who take part write here."))
    message = Message(
        thread=queries.thread_at(place) or _begin(place),
        author_id=actor.user_id,
        organisation_id=organisation.id,
        acting_id=acted.id if acted else None,
        words=words,
        written_at=clock.now(),
        files=[MessageFile(file=file) for file in files],
    )
    db.session.add(message)
    record(
        "message.written",
        message,
        actor,
        data={"organisation": organisation.id},
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    return message


def _begin(place: queries.Place) -> Thread:
    column, key = place.key
    return Thread(pair_id=place.pair.id, begun_at=clock.now(), **{column: key})


@use_case
def take_back(actor: Actor, public_id: str) -> Message:
    """Erase the text and the files of one's own message; its line stays."""
    message = queries.message(public_id, actor, lock=True)
    if message.author_id != actor.user_id:
        raise NotAllowed(N_("Only whoever wrote a message takes it back."))
    if not may_take_back(actor, message, clock.now()):
        raise WrongState(N_("A message can be taken back within 15 minutes. This one stays."))
    message.words = ""
    message.erased_at = clock.now()
    message.files.clear()
    record("message.taken_back", message, actor)
    return message


@use_case
def mark_read(actor: Actor, about: About, public_id: str) -> None:
    """Note that the reader was shown everything written so far. No news, so no journal line."""
    place = queries.place(about, public_id, actor)
    thread = queries.thread_at(place)
    if thread is None or actor.user_id is None:
        return
    mark, newest = queries.read_to(actor, thread), queries.newest(thread.id)
    if mark is None:
        mark = ThreadRead(thread_id=thread.id, user_id=actor.user_id, last_id=0)
        db.session.add(mark)
    mark.last_id = max(mark.last_id, newest)
    mark.read_at = clock.now()


@use_case
def note(actor: Actor, about: About, public_id: str, words: str) -> OfficerNote:
    """Write something down for the officials of both localities; nobody else is told or shown."""
    place = queries.place(about, public_id, actor, lock=True)
    if not is_officer_in(actor, place.pair):
        raise NotFound
    if actor.user_id is None or actor.organisation_id is None:
        raise NotFound
    column, key = queries.note_key(place)
    written = OfficerNote(
        **{column: key},
        author_id=actor.user_id,
        organisation_id=actor.organisation_id,
        words=words,
        written_at=clock.now(),
    )
    db.session.add(written)
    record("officer_note.written", written, actor)
    return written
