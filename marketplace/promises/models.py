"""A promise in the ledger."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Organisation
from marketplace.core import clock
from marketplace.core.db import Base, PublicId, enum_type
from marketplace.core.ids import public_id
from marketplace.programme.models import Pair
from marketplace.promises.rules import PLACES, PROMISE, TONES, MadeIn, PromiseState


class Promise(Base):
    """Who promised what to whom, by when, and where it was made.

    An office of a locality is an organisation like any other here. ``made_code`` is the public id
    of the trip or case. ``soon_for`` and ``late_for`` are the due days of which those concerned
    were told, so that the clock may run twice.
    """

    __tablename__ = "promise"
    __table_args__ = (
        sa.CheckConstraint("promisor_id <> promisee_id", name="two_sides"),
        sa.CheckConstraint(
            "(made_in = 'meeting') = (made_code IS NULL)", name="made_where_it_can_be_found"
        ),
        sa.Index("ix_promise_made", "made_in", "made_code"),
        sa.Index("ix_promise_due", "state", "due_on"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    pair_id: Mapped[int] = mapped_column(ForeignKey("pair.id"), index=True)
    promisor_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    promisee_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    what: Mapped[str]
    due_on: Mapped[date]
    made_on: Mapped[date]
    made_in: Mapped[MadeIn] = mapped_column(enum_type(MadeIn))
    made_code: Mapped[str | None]
    state: Mapped[PromiseState] = mapped_column(enum_type(PromiseState), default=PROMISE.initial)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]
    said_done_at: Mapped[datetime | None]
    said_done: Mapped[str] = mapped_column(default="")
    soon_for: Mapped[date | None]
    late_for: Mapped[date | None]
    version: Mapped[int] = mapped_column()

    pair: Mapped[Pair] = relationship(lazy="joined")
    promisor: Mapped[Organisation] = relationship(foreign_keys=[promisor_id], lazy="joined")
    promisee: Mapped[Organisation] = relationship(foreign_keys=[promisee_id], lazy="joined")

    workflow = PROMISE
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_open(self) -> bool:
        """Whether it is still owed."""
        return self.state is PromiseState.OPEN

    @property
    def is_late(self) -> bool:
        """Whether its day has passed and nobody said that it was done."""
        return self.is_open and self.said_done_at is None and clock.today() > self.due_on

    @property
    def tone(self) -> str:
        """The colour of its state, as components/state.html knows it."""
        return "bad" if self.is_late else TONES.get(self.state, "plain")

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/cam-ket/{self.public_id}"

    @property
    def made_path(self) -> str | None:
        """The page of the trip or case it was made in."""
        return f"{PLACES[self.made_in]}{self.made_code}" if self.made_code else None
