"""Localities, people, organisations, memberships, sessions, and records of acting for others."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.rules import (
    CONSENT,
    ORGANISATION,
    ActingHow,
    ConsentHow,
    ConsentState,
    LocalityKind,
    OrganisationKind,
    OrganisationState,
    Purpose,
    why_no_consent,
)
from marketplace.core.db import Base, ByteOrder, Digest, PublicId, enum_type, partial_unique
from marketplace.core.ids import public_id
from marketplace.core.roles import Role


class Locality(Base):
    """A commune or ward, with the contacts of its authority, which are meant to be public."""

    __tablename__ = "locality"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[LocalityKind] = mapped_column(enum_type(LocalityKind))
    name: Mapped[str]
    province: Mapped[str]
    office: Mapped[str]
    address: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]


class Village(Base):
    """A village (thôn) or quarter of a locality."""

    __tablename__ = "village"
    __table_args__ = (sa.UniqueConstraint("locality_id", "name_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"), index=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(ByteOrder)
    sort_key: Mapped[str] = mapped_column(ByteOrder)

    locality: Mapped[Locality] = relationship()


class Organisation(Base):
    """Whoever can sell, buy, invest or decide. A household may have no tax code and no phone."""

    __tablename__ = "organisation"
    __table_args__ = (
        sa.UniqueConstraint("locality_id", "name_key"),
        sa.CheckConstraint(
            "(state IN ('verified', 'suspended')) = (verified_at IS NOT NULL)",
            name="verified_when_verified",
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    kind: Mapped[OrganisationKind] = mapped_column(enum_type(OrganisationKind))
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(ByteOrder)
    tax_code: Mapped[str | None] = mapped_column(unique=True)
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"), index=True)
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    address: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    about: Mapped[str | None]
    invitation: Mapped[str | None] = mapped_column(index=True)
    """The code of the invitation it registered with, if it came by one."""
    is_named_in_public: Mapped[bool] = mapped_column(default=False)
    state: Mapped[OrganisationState] = mapped_column(
        enum_type(OrganisationState), default=ORGANISATION.initial, index=True
    )
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    locality: Mapped[Locality] = relationship()
    village: Mapped[Village | None] = relationship()
    cooperative: Mapped[Organisation | None] = relationship(remote_side=[id])
    memberships: Mapped[list[Membership]] = relationship(
        order_by="Membership.id",
        primaryjoin="and_(Membership.organisation_id == Organisation.id, "
        "Membership.ended_at.is_(None))",
        viewonly=True,
    )
    consents: Mapped[list[Consent]] = relationship(
        order_by="Consent.id", foreign_keys="Consent.organisation_id", viewonly=True
    )

    workflow = ORGANISATION
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  SQLAlchemy's own name

    @property
    def is_verified(self) -> bool:
        """Whether its locality vouches for it."""
        return self.state is OrganisationState.VERIFIED

    @property
    def consent(self) -> Consent | None:
        """The consent by which others may act for it now."""
        return next((c for c in self.consents if c.state is ConsentState.LIVE), None)

    @property
    def needs_consent(self) -> bool:
        """Whether nobody may act for it before it agrees."""
        return why_no_consent(self, Purpose.POST) is not None

    @property
    def has_withdrawn(self) -> bool:
        """Whether it took its consent back and has not given it anew."""
        return bool(self.consents) and self.consent is None


class User(Base):
    """A person who can sign in, by e-mail or mobile number."""

    __tablename__ = "user_account"
    __table_args__ = (
        sa.CheckConstraint("email_key IS NOT NULL OR phone IS NOT NULL", name="reachable"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    name: Mapped[str]
    email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str | None] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    language: Mapped[str | None]
    theme: Mapped[str | None]
    is_disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    memberships: Mapped[list[Membership]] = relationship(
        order_by="Membership.id",
        primaryjoin="and_(Membership.user_id == User.id, Membership.ended_at.is_(None))",
        viewonly=True,
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Membership(Base):
    """A person's role in an organisation."""

    __tablename__ = "membership"
    __table_args__ = (
        partial_unique(
            "uq_membership_live", "user_id", "organisation_id", where="ended_at IS NULL"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role] = mapped_column(enum_type(Role))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()


class SignIn(Base):
    """A signed-in browser. The cookie holds a random token, the row only its SHA-256."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    user: Mapped[User] = relationship()
    membership: Mapped[Membership | None] = relationship()


class SignInCode(Base):
    """A one-time code an official read to someone without mail: 24 hours, once."""

    __tablename__ = "sign_in_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    code_hash: Mapped[str]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Throttle(Base):
    """How often something was tried under this key until a moment; a row, so all workers count."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[int]
    until: Mapped[datetime] = mapped_column(index=True)


class StoredFile(Base):
    """An uploaded paper: its content by SHA-256, its type by content, its name only as a label."""

    __tablename__ = "stored_file"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    digest: Mapped[str] = mapped_column(Digest, index=True)
    media_type: Mapped[str]
    size: Mapped[int]
    label: Mapped[str]
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]


class ActingRecord(Base):
    """What someone who is not online said, who recorded it, how and when it was said.

    Whoever recorded it may not turn a key or verify a figure in that case.
    """

    __tablename__ = "acting_record"
    __table_args__ = (
        sa.Index("ix_acting_record_subject", "subject_type", "subject_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    by_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    for_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    how: Mapped[ActingHow] = mapped_column(enum_type(ActingHow))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    note: Mapped[str | None]
    said_on: Mapped[date]
    at: Mapped[datetime]

    user: Mapped[User] = relationship()
    by_organisation: Mapped[Organisation] = relationship(foreign_keys=[by_organisation_id])
    for_organisation: Mapped[Organisation] = relationship(foreign_keys=[for_organisation_id])
    evidence: Mapped[StoredFile | None] = relationship()


class Consent(Base):
    """That a household lets others act for it: to which purposes, who said so, how, and the proof.

    It is kept after it was taken back: proof of consent is asked for by law (Law 91/2025/QH15).
    ``form`` is the number of the words that were agreed to.
    """

    __tablename__ = "consent"
    __table_args__ = (
        partial_unique("uq_consent_live", "organisation_id", where="state = 'live'"),
        sa.CheckConstraint("how != 'paper' OR evidence_id IS NOT NULL", name="paper_has_proof"),
        sa.CheckConstraint("how != 'witness' OR witness IS NOT NULL", name="word_has_witness"),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL AND withdrawn_on IS NOT NULL)",
            name="withdrawn_when_withdrawn",
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    person: Mapped[str]
    how: Mapped[ConsentHow] = mapped_column(enum_type(ConsentHow))
    witness: Mapped[str | None]
    form: Mapped[int]
    for_posting: Mapped[bool]
    for_contacts: Mapped[bool]
    for_photos: Mapped[bool]
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    given_on: Mapped[date]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    by_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime]
    state: Mapped[ConsentState] = mapped_column(enum_type(ConsentState), default=CONSENT.initial)
    withdrawn_on: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])
    recorded_by: Mapped[User] = relationship()
    by_organisation: Mapped[Organisation] = relationship(foreign_keys=[by_organisation_id])
    evidence: Mapped[StoredFile | None] = relationship()

    workflow = CONSENT
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def allows(self, purpose: Purpose) -> bool:
        """Whether this purpose was agreed to."""
        return {
            Purpose.POST: self.for_posting,
            Purpose.CONTACTS: self.for_contacts,
            Purpose.PHOTOS: self.for_photos,
        }[purpose]


class Deputy(Base):
    """Who does an official's work from one day to another, both days included.

    Several rows may overlap: work that is seen twice is better than work nobody sees. ``ended_at``
    is set when the time is cut short; the row stays, because it says who was told what.
    """

    __tablename__ = "deputy"
    __table_args__ = (
        sa.CheckConstraint("user_id <> deputy_id", name="someone_else"),
        sa.CheckConstraint("from_on <= until_on", name="days_in_order"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(PublicId, unique=True, default=public_id)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    locality_id: Mapped[int] = mapped_column(ForeignKey("locality.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    deputy: Mapped[User] = relationship(foreign_keys=[deputy_id])
