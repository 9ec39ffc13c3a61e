"""Reading people and organisations."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts.models import (
    ActingRecord,
    Locality,
    Membership,
    Organisation,
    SignIn,
    StoredFile,
    User,
    Village,
)
from marketplace.accounts.rules import ActingHow, OrganisationKind, OrganisationState
from marketplace.core import clock, emails, journal, phone
from marketplace.core.actor import Actor
from marketplace.core.db import UtcDateTime, db
from marketplace.core.errors import NotFound
from marketplace.core.journal import Entry
from marketplace.core.parsing import Unreadable
from marketplace.core.roles import OFFICERS, Role
from marketplace.core.text import fold, name_key


def token_hash(token: str) -> str:
    """What the database keeps of a session token."""
    return hashlib.sha256(token.encode()).hexdigest()


_LIVES = (
    SignIn.token_hash == sa.bindparam("token", type_=sa.Text),
    SignIn.ends_at > sa.bindparam("now", type_=UtcDateTime),
    User.is_disabled.is_(False),
)
_SIGN_IN = sa.select(SignIn).join(User, User.id == SignIn.user_id).where(*_LIVES)
_SESSION = (
    sa.select(
        SignIn.seen_at,
        SignIn.membership_id,
        User.id,
        User.name,
        User.language,
        User.theme,
        Membership.role,
        Membership.ended_at,
        Organisation.id.label("organisation_id"),
        Organisation.name.label("organisation_name"),
        Organisation.kind.label("organisation_kind"),
        Organisation.state.label("organisation_state"),
        Organisation.locality_id,
    )
    .join(User, User.id == SignIn.user_id)
    .outerjoin(Membership, Membership.id == SignIn.membership_id)
    .outerjoin(Organisation, Organisation.id == Membership.organisation_id)
    .where(*_LIVES)
)
"""Built once, and columns only: every page of someone signed in begins with it."""


def sign_in_of(token: str) -> SignIn | None:
    """The live sign-in behind a cookie's token."""
    return db.session.scalars(_SIGN_IN, {"token": token_hash(token), "now": clock.now()}).first()


@dataclass(frozen=True, slots=True)
class Session:
    """What a request knows of a live sign-in."""

    actor: Actor
    membership_id: int | None
    seen_at: datetime
    language: str | None
    theme: str | None


def session_of(token: str) -> Session | None:
    """The facts of the live sign-in behind a cookie's token."""
    row = db.session.execute(_SESSION, {"token": token_hash(token), "now": clock.now()}).first()
    if row is None:
        return None
    if row.role is None or row.ended_at is not None:
        actor = Actor(Role.VISITOR, row.id, row.name, language=row.language)
    else:
        actor = Actor(
            row.role,
            row.id,
            row.name,
            row.organisation_id,
            row.organisation_name,
            row.organisation_kind.value,
            row.organisation_state is OrganisationState.VERIFIED,
            row.locality_id,
            row.language,
        )
    return Session(actor, row.membership_id, row.seen_at, row.language, row.theme)


def actor_of(user: User, membership: Membership | None) -> Actor:
    """The facts rules ask about, for a person acting in a membership."""
    if membership is None or membership.ended_at is not None:
        return Actor(Role.VISITOR, user.id, user.name, language=user.language)
    organisation = membership.organisation
    return Actor(
        membership.role,
        user.id,
        user.name,
        organisation.id,
        organisation.name,
        organisation.kind.value,
        organisation.is_verified,
        organisation.locality_id,
        user.language,
    )


def identifier_key(identifier: str) -> str | None:
    """The one spelling of an e-mail address or mobile number, whether anyone has it or not."""
    try:
        if "@" in identifier:
            return emails.key(emails.parse(identifier))
        return phone.parse(identifier)
    except Unreadable:
        return None


def by_identifier(identifier: str) -> User | None:
    """The person with this e-mail address or mobile number, however it was typed."""
    key = identifier_key(identifier)
    if key is None:
        return None
    column = User.email_key if "@" in key else User.phone
    return db.session.scalars(sa.select(User).where(column == key)).first()


def in_care_of(viewer: Actor) -> sa.Select[int]:
    """The viewer's organisation and the households it looks after: whose records it may read."""
    return sa.select(Organisation.id).where(
        sa.or_(
            Organisation.id == viewer.organisation_id,
            Organisation.cooperative_id == viewer.organisation_id,
        )
    )


def user(user_id: int) -> User:
    """A person by id. Raises NotFound."""
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound
    return found


def user_by_public_id(public_id: str) -> User | None:
    """The person a signed link names."""
    return db.session.scalars(
        sa.select(User).where(User.public_id == public_id, User.is_disabled.is_(False))
    ).first()


def person(public_id: str, viewer: Actor) -> User:
    """A person whom an official of their locality may help. Raises NotFound."""
    found = db.session.scalars(
        sa.select(User)
        .where(User.public_id == public_id)
        .options(selectinload(User.memberships).joinedload(Membership.organisation))
    ).first()
    localities = {m.organisation.locality_id for m in found.memberships} if found else set()
    if found is None or not viewer.is_officer_of(*localities):
        raise NotFound
    return found


def memberships(user_id: int) -> Sequence[Membership]:
    """The live memberships of a person, oldest first."""
    return db.session.scalars(
        sa.select(Membership)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .options(joinedload(Membership.organisation).joinedload(Organisation.locality))
        .order_by(Membership.id)
    ).all()


def visible_to(viewer: Actor) -> sa.ColumnElement[bool]:
    """Organisations a viewer may see in full: their own, their households', their locality's."""
    if viewer.is_officer:
        return Organisation.locality_id == viewer.locality_id
    if viewer.organisation_id is None:
        return sa.false()
    return sa.or_(
        Organisation.id == viewer.organisation_id,
        Organisation.cooperative_id == viewer.organisation_id,
    )


def organisation(public_id: str, viewer: Actor) -> Organisation:
    """An organisation in full. Raises NotFound."""
    found = db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.public_id == public_id, visible_to(viewer))
        .options(joinedload(Organisation.locality), joinedload(Organisation.village))
    ).first()
    if found is None:
        raise NotFound
    return found


def organisation_by_id(organisation_id: int | None) -> Organisation:
    """An organisation by its internal id, for use cases. Raises NotFound."""
    found = db.session.get(Organisation, organisation_id) if organisation_id else None
    if found is None:
        raise NotFound
    return found


def organisations(viewer: Actor, state: OrganisationState | None = None) -> Sequence[Organisation]:
    """Organisations in a viewer's care, those that wait longest first."""
    query = (
        sa.select(Organisation)
        .where(visible_to(viewer), Organisation.kind != OrganisationKind.AUTHORITY)
        .options(joinedload(Organisation.village))
        .order_by(Organisation.created_at, Organisation.id)
    )
    if state is not None:
        query = query.where(Organisation.state == state)
    return db.session.scalars(query).all()


def in_care(
    viewer: Actor, state: OrganisationState | None, words: str, *, offset: int, limit: int
) -> tuple[Sequence[Organisation], int]:
    """A page of the organisations of an official's locality, and how many there are.

    Those that wait for verification come first, the longest waiting on top; ``words`` are looked
    for in the names.
    """
    where = [visible_to(viewer), Organisation.kind != OrganisationKind.AUTHORITY]
    if state is not None:
        where.append(Organisation.state == state)
    where += [Organisation.name_key.contains(word, autoescape=True) for word in fold(words).split()]
    total = db.session.scalar(sa.select(sa.func.count(Organisation.id)).where(*where)) or 0
    waits = sa.case((Organisation.state == OrganisationState.PENDING, 0), else_=1)
    rows = db.session.scalars(
        sa.select(Organisation)
        .where(*where)
        .options(joinedload(Organisation.village))
        .order_by(waits, Organisation.created_at, Organisation.id)
        .offset(offset)
        .limit(limit)
    ).all()
    return rows, int(total)


def counts_by_state(viewer: Actor) -> dict[OrganisationState, int]:
    """How many organisations of an official's locality are in each state."""
    rows = db.session.execute(
        sa.select(Organisation.state, sa.func.count(Organisation.id))
        .where(visible_to(viewer), Organisation.kind != OrganisationKind.AUTHORITY)
        .group_by(Organisation.state)
    )
    return dict.fromkeys(OrganisationState, 0) | {row[0]: row[1] for row in rows}


def households_of(organisation_id: int) -> Sequence[Organisation]:
    """The producers a cooperative speaks for, by name."""
    return db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.cooperative_id == organisation_id)
        .options(joinedload(Organisation.village))
        .order_by(Organisation.name_key)
    ).all()


def memberships_in(organisation_id: int) -> Sequence[Membership]:
    """The live memberships of an organisation with their people, oldest first."""
    return db.session.scalars(
        sa.select(Membership)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .options(
            joinedload(Membership.user)
            .selectinload(User.memberships)
            .joinedload(Membership.organisation)
        )
        .order_by(Membership.id)
    ).all()


def can_be_spoken_for(viewer: Actor) -> Sequence[Organisation]:
    """Organisations for which the viewer may record what they say, by name."""
    if viewer.is_officer:
        mine = sa.and_(
            Organisation.locality_id == viewer.locality_id,
            Organisation.kind != OrganisationKind.AUTHORITY,
        )
    elif viewer.organisation_verified:
        mine = Organisation.cooperative_id == viewer.organisation_id
    else:
        return []
    return db.session.scalars(
        sa.select(Organisation)
        .where(mine)
        .options(selectinload(Organisation.consents))
        .order_by(Organisation.name_key)
    ).all()


def cooperatives(locality_id: int) -> Sequence[Organisation]:
    """Verified cooperatives and groups a household can belong to."""
    return db.session.scalars(
        sa.select(Organisation)
        .where(
            Organisation.locality_id == locality_id,
            Organisation.kind.in_(
                [OrganisationKind.COOPERATIVE, OrganisationKind.COOPERATIVE_GROUP]
            ),
            Organisation.state == OrganisationState.VERIFIED,
        )
        .order_by(Organisation.name_key)
    ).all()


def named(locality_id: int, name: str) -> Organisation | None:
    """The organisation of a locality with this name, however it was typed."""
    return db.session.scalars(
        sa.select(Organisation).where(
            Organisation.locality_id == locality_id, Organisation.name_key == name_key(name)
        )
    ).first()


def with_tax_code(code: str) -> Organisation | None:
    """The organisation with this tax code."""
    return db.session.scalars(sa.select(Organisation).where(Organisation.tax_code == code)).first()


def localities() -> Sequence[Locality]:
    """All localities, by id."""
    return db.session.scalars(sa.select(Locality).order_by(Locality.id)).all()


def villages(locality_id: int) -> Sequence[Village]:
    """The villages of a locality in Vietnamese order."""
    return db.session.scalars(
        sa.select(Village).where(Village.locality_id == locality_id).order_by(Village.sort_key)
    ).all()


def people_of(organisation_id: int) -> Sequence[User]:
    """The people who act for an organisation."""
    return db.session.scalars(
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
            User.is_disabled.is_(False),
        )
        .order_by(User.id)
    ).all()


def phones_of(organisation_ids: Collection[int]) -> dict[int, str]:
    """A number for each of these organisations: its own, else that of someone who acts for it."""
    people = db.session.execute(
        sa.select(Membership.organisation_id, User.phone)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organisation_id.in_(organisation_ids),
            Membership.ended_at.is_(None),
            User.is_disabled.is_(False),
            User.phone.is_not(None),
        )
        .order_by(User.id.desc())
    )
    own = db.session.execute(
        sa.select(Organisation.id, Organisation.phone).where(
            Organisation.id.in_(organisation_ids), Organisation.phone.is_not(None)
        )
    )
    return {key: phone for rows in (people, own) for key, phone in rows if phone}


def officers_of(*locality_ids: int) -> Sequence[tuple[User, Actor]]:
    """The officials and leaders of these localities, each with the actor they would be."""
    rows = db.session.scalars(
        sa.select(Membership)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .join(User, User.id == Membership.user_id)
        .where(
            Organisation.locality_id.in_(locality_ids),
            Organisation.kind == OrganisationKind.AUTHORITY,
            Membership.role.in_(list(OFFICERS)),
            Membership.ended_at.is_(None),
            User.is_disabled.is_(False),
        )
        .options(joinedload(Membership.user), joinedload(Membership.organisation))
        .order_by(Membership.id)
    ).all()
    return [(m.user, actor_of(m.user, m)) for m in rows]


def stored_file(public_id: str) -> StoredFile:
    """An uploaded paper; whoever asks must be allowed to see the record it belongs to."""
    found = db.session.scalars(
        sa.select(StoredFile).where(StoredFile.public_id == public_id)
    ).first()
    if found is None:
        raise NotFound
    return found


def acting_records(*subjects: tuple[str, int]) -> Sequence[ActingRecord]:
    """The records of someone's word about these (type, id) records, newest first."""
    if not subjects:
        return []
    return db.session.scalars(
        sa.select(ActingRecord)
        .where(
            sa.or_(
                *(
                    sa.and_(ActingRecord.subject_type == kind, ActingRecord.subject_id == key)
                    for kind, key in subjects
                )
            )
        )
        .options(
            joinedload(ActingRecord.user),
            joinedload(ActingRecord.by_organisation),
            joinedload(ActingRecord.for_organisation),
            joinedload(ActingRecord.evidence),
        )
        .order_by(ActingRecord.id.desc())
    ).all()


def organisation_in_pair(
    public_id: str, viewer: Actor, *, with_authorities: bool = False
) -> Organisation:
    """A verified organisation an official may bring into a match, of whichever locality."""
    found = db.session.scalars(
        sa.select(Organisation)
        .where(
            Organisation.public_id == public_id,
            Organisation.state == OrganisationState.VERIFIED,
            sa.or_(Organisation.kind != OrganisationKind.AUTHORITY, sa.literal(with_authorities)),
        )
        .options(joinedload(Organisation.locality))
    ).first()
    if found is None or not viewer.is_officer:
        raise NotFound
    return found


def verified_in(*locality_ids: int, with_authorities: bool = False) -> Sequence[Organisation]:
    """The verified organisations of these localities, by name; authorities only where asked for."""
    return db.session.scalars(
        sa.select(Organisation)
        .where(
            Organisation.locality_id.in_(locality_ids),
            Organisation.state == OrganisationState.VERIFIED,
            sa.or_(Organisation.kind != OrganisationKind.AUTHORITY, sa.literal(with_authorities)),
        )
        .order_by(Organisation.name_key)
    ).all()


@dataclass(frozen=True, slots=True)
class Spoken:
    """Whose word an entry carries, and how it came."""

    organisation_id: int
    how: ActingHow


@dataclass(frozen=True, slots=True)
class People:
    """The names behind journal entries, by id, and whose word the recorded ones carry."""

    users: dict[int, str] = field(default_factory=dict)
    organisations: dict[int, str] = field(default_factory=dict)
    localities: dict[int, str] = field(default_factory=dict)
    spoken: dict[int, Spoken] = field(default_factory=dict)


NAMED_IN_DATA = ("organisation", "party")
"""Keys of an entry's data that hold the id of an organisation."""


def people_in(entries: Iterable[Entry]) -> People:
    """Everyone these entries name, in one query (two where someone's word was recorded)."""
    entries = list(entries)
    acting = {e.acting_id for e in entries if e.acting_id is not None}
    spoken: dict[int, Spoken] = {}
    if acting:
        rows = db.session.execute(
            sa.select(ActingRecord.id, ActingRecord.for_organisation_id, ActingRecord.how).where(
                ActingRecord.id.in_(acting)
            )
        )
        spoken = {key: Spoken(organisation_id, how) for key, organisation_id, how in rows}
    organisations = {e.organisation_id for e in entries} | {
        e.data[key] for e in entries for key in NAMED_IN_DATA if isinstance(e.data.get(key), int)
    }
    organisations |= {s.organisation_id for s in spoken.values()}
    wanted: tuple[tuple[Any, set[int | None]], ...] = (
        (User, {e.actor_id for e in entries} | {e.data.get("entered_by") for e in entries}),
        (Organisation, organisations),
        (Locality, {e.locality_id for e in entries}),
    )
    names = sa.union_all(
        *(
            sa.select(sa.literal(place).label("place"), model.id, model.name).where(
                model.id.in_(ids - {None})
            )
            for place, (model, ids) in enumerate(wanted)
        )
    )
    found: list[dict[int, str]] = [{}, {}, {}]
    for place, key, name in db.session.execute(names):
        found[place][key] = name
    return People(found[0], found[1], found[2], spoken)


def entries_of(organisation: Organisation, people: Iterable[User]) -> list[Entry]:
    """What happened to an organisation, and the sign-in codes its people were given."""
    return [
        entry
        for entry in journal.of([organisation, *people])
        if entry.subject_type == "organisation" or entry.name == "user.code_issued"
    ]
