"""The journal: audit log, event stream and outbox in one append-only table.

``record`` adds the entry and its outbox row to the caller's transaction and does nothing else.
Entries hold ids, codes and numbers, never names or contact details: erasing a person must not
mean rewriting history. The free text of a reason is a ``Note`` of its own that can be erased.
Triggers in the database refuse UPDATE and DELETE on ``entry``; the worker chains the entries by
hash (``seal``), so that a later change of the past shows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import Base, db
from marketplace.core.use_case import current_key


class Recorded(Protocol):
    """Anything the journal can speak of."""

    @property
    def id(self) -> int | None:
        """The row's number, None before it is written."""


def kind_of(subject: Recorded) -> str:
    """The name under which a record's history is kept: its table's, or its parent's for a kind."""
    table: str = sa.inspect(type(subject)).base_mapper.local_table.name
    return table


class Note(Base):
    """The free text that came with an entry. May be erased; the entry stays."""

    __tablename__ = "entry_note"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    text: Mapped[str]


class Entry(Base):
    """One thing that happened, who did it in whose name, and when it happened in the world."""

    __tablename__ = "entry"
    __table_args__ = (
        sa.Index("ix_entry_subject", "subject_type", "subject_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    happened_on: Mapped[date | None]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    locality_id: Mapped[int | None] = mapped_column(ForeignKey("locality.id"))
    name: Mapped[str] = mapped_column(index=True)
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    reason: Mapped[str | None]
    acting_id: Mapped[int | None] = mapped_column(ForeignKey("acting_record.id"))
    form_key: Mapped[str | None]
    data: Mapped[dict[str, Any]]

    note: Mapped[Note | None] = relationship(Note, lazy="selectin")


class Outbox(Base):
    """What became of an entry: whether its notices have been written. Never the history itself."""

    __tablename__ = "outbox"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    dispatched_at: Mapped[datetime | None] = mapped_column(index=True)


class Seal(Base):
    """An entry's place in the hash chain: SHA-256 over the previous seal and the entry."""

    __tablename__ = "entry_seal"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    position: Mapped[int] = mapped_column(unique=True)
    digest: Mapped[str]


def record(
    name: str,
    subject: Recorded,
    actor: Actor,
    *,
    states: tuple[str | None, str | None] = (None, None),
    reason: str | None = None,
    note: str | None = None,
    data: Mapping[str, Any] | None = None,
    happened_on: date | None = None,
    acting_id: int | None = None,
) -> Entry:
    """Add an entry about ``subject`` to the current transaction and return it.

    ``name`` is ``"<record>.<event>"``; ``data`` holds ids, codes and numbers only. What was decided
    on paper carries the scan of the sheet and who entered it, whatever was decided.
    """
    subject_id = subject.id
    if subject_id is None:
        db.session.flush()  # the entry needs the id of a new row
        subject_id = subject.id
    entry = Entry(
        at=clock.now(),
        happened_on=happened_on,
        actor_id=actor.user_id,
        organisation_id=actor.organisation_id,
        locality_id=actor.locality_id,
        name=name,
        subject_type=kind_of(subject),
        subject_id=subject_id,
        from_state=states[0],
        to_state=states[1],
        reason=reason,
        acting_id=acting_id,
        form_key=current_key(),
        data={**(data or {}), **_on_paper(actor)},
    )
    db.session.add(entry)
    db.session.flush()  # its id orders what follows in the same transaction
    db.session.add(Outbox(entry_id=entry.id))
    if note:
        entry.note = Note(text=note)
    return entry


def _on_paper(actor: Actor) -> dict[str, str | int | None]:
    """What an entry says of the signed sheet it was decided on; the scan is kept with it."""
    if actor.on_paper is None:
        return {}
    db.session.add(actor.on_paper.scan)
    db.session.flush()  # the entry names its id
    return {
        "on_paper": actor.on_paper.scan.public_id,
        "entered_by": actor.on_paper.recorder.user_id,
    }


def of(subjects: Iterable[Recorded]) -> Sequence[Entry]:
    """All entries about these records, newest first."""
    by_type: dict[str, list[int | None]] = {}
    for subject in subjects:
        by_type.setdefault(kind_of(subject), []).append(subject.id)
    if not by_type:
        return []
    about = [
        sa.and_(Entry.subject_type == kind, Entry.subject_id.in_(ids))
        for kind, ids in by_type.items()
    ]
    query = sa.select(Entry).where(sa.or_(*about)).order_by(Entry.id.desc())
    return db.session.scalars(query).all()


def _digest(previous: str, entry: Entry) -> str:
    content = json.dumps(
        [
            previous,
            entry.id,
            entry.at.isoformat(),
            str(entry.happened_on or ""),
            entry.actor_id,
            entry.organisation_id,
            entry.locality_id,
            entry.name,
            entry.subject_type,
            entry.subject_id,
            entry.from_state,
            entry.to_state,
            entry.reason,
            entry.acting_id,
            entry.data,
        ],
        sort_keys=True,
        ensure_ascii=False,
    )
    return hashlib.sha256(content.encode()).hexdigest()


def seal(limit: int = 500) -> int:
    """Chain entries that have no seal yet, oldest first; call inside a use case.

    Ids commit out of order on PostgreSQL, so the chain has positions of its own.
    Returns how many were sealed.
    """
    last = db.session.scalars(sa.select(Seal).order_by(Seal.position.desc()).limit(1)).first()
    position, digest = (last.position, last.digest) if last else (0, "")
    waiting = db.session.scalars(
        sa.select(Entry)
        .outerjoin(Seal, Seal.entry_id == Entry.id)
        .where(Seal.entry_id.is_(None))
        .order_by(Entry.id)
        .limit(limit)
    ).all()
    for entry in waiting:
        position, digest = position + 1, _digest(digest, entry)
        db.session.add(Seal(entry_id=entry.id, position=position, digest=digest))
    return len(waiting)


def first_broken_seal() -> int | None:
    """The id of the first entry that no longer fits the chain; None when all fit."""
    digest = ""
    rows = db.session.execute(
        sa.select(Seal, Entry).join(Entry, Entry.id == Seal.entry_id).order_by(Seal.position)
    )
    for sealed, entry in rows:
        digest = _digest(digest, entry)
        if digest != sealed.digest:
            return int(sealed.entry_id)
    return None
