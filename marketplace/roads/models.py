"""The usual way to a village, and notices about roads."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import Locality, Village
from marketplace.core.db import Base, PublicId, enum_type
from marketplace.core.ids import public_id
from marketplace.roads.rules import (
    CONDITION_LABELS,
    ROAD_NOTICE,
    Cause,
    Condition,
    NoticeState,
    Signal,
    Vehicle,
    Way,
)

notice_village = sa.Table(
    "road_notice_village",
    Base.metadata,
    sa.Column("notice_id", ForeignKey("road_notice.id"), primary_key=True),
    sa.Column("village_id", ForeignKey("village.id"), primary_key=True, index=True),
)
"""The villages a notice speaks of, where it does not speak of the whole locality."""


class VillageAccess(Base):
    """How one gets to a village in usual weather. Distance and hours in thousandths."""

    __tablename__ = "village_access"
    __table_args__ = (
        sa.CheckConstraint("distance IS NULL OR distance >= 0", name="distance_not_negative"),
        sa.CheckConstraint("hours IS NULL OR hours >= 0", name="hours_not_negative"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"), unique=True)
    way: Mapped[Way] = mapped_column(enum_type(Way))
    vehicle: Mapped[Vehicle] = mapped_column(enum_type(Vehicle))
    signal: Mapped[Signal] = mapped_column(enum_type(Signal))
    distance: Mapped[int | None]
    """From the centre of the locality, in thousandths of a kilometre."""
    hours: Mapped[int | None]
    """How long the way usually takes, in thousandths of an hour."""
    note: Mapped[str] = mapped_column(default="")
    confirmed_on: Mapped[date]
    version: Mapped[int] = mapped_column()

    village: Mapped[Village] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class RoadNotice(Base):
    """What officials say about a road from a day on; a newer one replaces it, its words stay."""

    __tablename__ = "road_notice"
    __table_args__ = (
        sa.CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_begins"),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_when_ended"),
        sa.Index("ix_road_notice_live", "locality_id", "state", "since"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"))
    is_everywhere: Mapped[bool]
    """Whether it speaks of the whole locality; else of the villages named."""
    condition: Mapped[Condition] = mapped_column(enum_type(Condition))
    cause: Mapped[Cause] = mapped_column(enum_type(Cause))
    words: Mapped[str]
    detour: Mapped[str] = mapped_column(default="")
    since: Mapped[date]
    until: Mapped[date | None]
    confirmed_on: Mapped[date]
    state: Mapped[NoticeState] = mapped_column(enum_type(NoticeState), default=ROAD_NOTICE.initial)
    posted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    posted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("road_notice.id"), unique=True)
    version: Mapped[int] = mapped_column()

    locality: Mapped[Locality] = relationship()
    villages: Mapped[list[Village]] = relationship(
        secondary=notice_village, order_by=Village.sort_key
    )
    replaces: Mapped[RoadNotice | None] = relationship(remote_side=[id])

    workflow = ROAD_NOTICE
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def label(self) -> str:
        """The message id of how the road is."""
        return CONDITION_LABELS[self.condition]
