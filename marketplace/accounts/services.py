"""Use cases of people and organisations: registering, signing in, verifying, helping."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from marketplace.accounts import confirming, consents, passwords, queries, throttle
from marketplace.accounts.consents import ConsentValues
from marketplace.accounts.models import (
    Locality,
    Membership,
    Organisation,
    SignIn,
    SignInCode,
    User,
)
from marketplace.accounts.rules import (
    CONSENTING,
    ENTERABLE,
    ORGANISATION,
    TAXED,
    OrganisationKind,
    OrganisationState,
    may_enter_household,
    may_issue_code,
    may_manage,
)
from marketplace.core import clock, emails
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.parsing import Unreadable
from marketplace.core.passwords import check_password, normalise
from marketplace.core.roles import Role
from marketplace.core.text import name_key
from marketplace.core.use_case import use_case

SESSION_LASTS = timedelta(days=30)
IDLE_LIMIT = timedelta(days=7)
SEEN_EVERY = timedelta(hours=1)
"""How exactly the last visit is kept; reading pages should not write."""
CONSENT_TEXT = 1
"""Number of the consent text people agree to; raise it when the words on the form change."""
CODE_LASTS = timedelta(hours=24)
CODE_ALPHABET = "23456789"
CODE_LENGTH = 8

WRONG_SIGN_IN = N_(
    "The e-mail address, phone number or password is not right. Check and try again."
)
WRONG_CODE = N_(
    "The code is not right or was used before. Ask your locality's office for a new one."
)


@dataclass(frozen=True, slots=True)
class Registration:
    """A person and their organisation, as the form hands them over."""

    name: str
    email: str | None
    phone: str | None
    password: str
    kind: OrganisationKind
    organisation_name: str
    locality_id: int
    tax_code: str | None = None
    address: str = ""
    language: str | None = None
    invitation: str | None = None


@dataclass(frozen=True, slots=True)
class OrganisationValues:
    """What an organisation says about itself."""

    name: str
    tax_code: str | None
    address: str
    phone: str | None
    email: str | None
    about: str
    is_named_in_public: bool
    version: int | None = None


@dataclass(frozen=True, slots=True)
class HouseholdValues:
    """A producer an official or a cooperative enters, who may have neither mail nor phone."""

    kind: OrganisationKind
    name: str
    village_id: int | None = None
    phone: str | None = None
    address: str = ""
    person_name: str = ""
    cooperative_id: int | None = None


# ---------------------------------------------------------------- registering


def register(values: Registration, address: str) -> None:
    """Take a registration from a network address.

    Someone who is registered already gets the same answer and a mail, so that nobody can find out
    who has an account. Raises Invalid for what stands in a public register anyway: a name or tax
    code that is taken.
    """
    throttle.count((throttle.REGISTER_ADDRESS, address))
    try:
        password = check_password(
            values.password, [values.name, values.organisation_name, values.email or ""]
        )
    except Unreadable as error:
        raise Invalid("password", error.text) from error
    _register(values, passwords.hashed(password))


@use_case
def _register(values: Registration, password_hash: str) -> User | None:
    if not values.email and not values.phone:
        raise Invalid("email", N_("Enter an e-mail address or a mobile number."))
    _check_organisation(
        values.kind, values.organisation_name, values.locality_id, values.tax_code
    )  # first, so that these refusals do not depend on who is known
    known = _person_with(values.email, values.phone)
    if known is not None:
        record("user.registered_again", known, SYSTEM)
        return None
    organisation = _new_organisation(
        values.kind, values.organisation_name, values.locality_id, values.tax_code
    )
    organisation.address = values.address or None
    organisation.invitation = values.invitation
    person = _new_user(values.name, values.email, values.phone, password_hash)
    person.language = values.language
    _join(person, organisation, Role.MANAGER)
    record(
        "organisation.registered",
        organisation,
        _as(person, organisation, Role.MANAGER),
        data={"consent": CONSENT_TEXT},
    )
    return person


def _person_with(email: str | None, phone: str | None) -> User | None:
    for identifier in (email, phone):
        found = queries.by_identifier(identifier) if identifier else None
        if found is not None:
            return found
    return None


def _check_organisation(
    kind: OrganisationKind, name: str, locality_id: int, tax_code: str | None
) -> None:
    """Raise Invalid or NotAllowed when such an organisation cannot be entered."""
    if kind is OrganisationKind.AUTHORITY:
        raise NotAllowed(N_("Authorities are set up by the operator."))
    if db.session.get(Locality, locality_id) is None:
        raise Invalid("locality_id", N_("Choose a locality from the list."))
    if kind in TAXED and not tax_code:
        raise Invalid("tax_code", N_("Enter the tax code, for example 0100233488."))
    if queries.named(locality_id, name) is not None:
        raise Invalid("organisation_name", _taken(name))
    if tax_code and queries.with_tax_code(tax_code) is not None:
        raise Invalid("tax_code", N_("An organisation with this tax code is registered already."))


def _new_organisation(
    kind: OrganisationKind, name: str, locality_id: int, tax_code: str | None
) -> Organisation:
    _check_organisation(kind, name, locality_id, tax_code)
    organisation = Organisation(
        kind=kind,
        name=name,
        name_key=name_key(name),
        tax_code=tax_code or None,
        locality_id=locality_id,
        created_at=clock.now(),
    )
    db.session.add(organisation)
    db.session.flush()  # its id is needed for the membership
    return organisation


def _taken(name: str) -> Text:
    return Text(
        N_("“%(name)s” is registered already in this locality. Call its office to join it."),
        name=name,
    )


def _new_user(name: str, email: str | None, phone: str | None, password_hash: str | None) -> User:
    person = User(
        name=name,
        email=email or None,
        email_key=emails.key(email) if email else None,
        phone=phone or None,
        password_hash=password_hash,
        created_at=clock.now(),
    )
    db.session.add(person)
    db.session.flush()  # its id is needed for the membership
    return person


def _join(person: User, organisation: Organisation, role: Role) -> Membership:
    membership = Membership(
        user_id=person.id, organisation_id=organisation.id, role=role, created_at=clock.now()
    )
    db.session.add(membership)
    db.session.flush()
    return membership


def _as(person: User, organisation: Organisation, role: Role) -> Actor:
    return Actor(
        role,
        person.id,
        person.name,
        organisation.id,
        organisation.name,
        organisation.kind.value,
        organisation.is_verified,
        organisation.locality_id,
    )


# ---------------------------------------------------------------- signing in and out


def sign_in(identifier: str, password: str, address: str) -> str:
    """A session token for the right e-mail or phone and password.

    Raises Invalid when something is wrong (never saying what), TooManyTries when it was tried too
    often. The password is compared outside any transaction.
    """
    tries = (
        (throttle.SIGN_IN_ACCOUNT, f"{_counted_as(identifier)}|{address}"),
        (throttle.SIGN_IN_ADDRESS, address),
        (throttle.SIGN_IN_ALL, "all"),
    )
    throttle.count(*tries)
    person = queries.by_identifier(identifier)
    right = passwords.fits(person.password_hash if person else None, _typed(password))
    if person is None or not right or person.is_disabled:
        raise Invalid("password", WRONG_SIGN_IN)
    return _start_session(person.id, tries)


def _counted_as(identifier: str) -> str:
    """Under which key tries are counted: other spellings are not other people."""
    return queries.identifier_key(identifier) or identifier.casefold()


def _typed(password: str) -> str:
    try:
        return normalise(password)
    except Unreadable:
        return ""  # nobody has it


@use_case
def _start_session(user_id: int, tries: Iterable[tuple[throttle.Limit, str]]) -> str:
    throttle.take_back(*tries)
    return _new_session(queries.user(user_id))


def _new_session(person: User) -> str:
    token = secrets.token_urlsafe(32)
    memberships = queries.memberships(person.id)
    db.session.add(
        SignIn(
            token_hash=queries.token_hash(token),
            user_id=person.id,
            membership_id=memberships[0].id if memberships else None,
            started_at=clock.now(),
            seen_at=clock.now(),
            ends_at=clock.now() + IDLE_LIMIT,
        )
    )
    record("user.signed_in", person, Actor(Role.VISITOR, person.id))
    return token


@use_case
def sign_in_with_code(user_id: int, code_id: int) -> str:
    """Use up a one-time code that was compared before; raises Invalid when it is spent."""
    code = db.session.get(SignInCode, code_id, with_for_update=True, populate_existing=True)
    if code is None or code.user_id != user_id or code.used_at or code.ends_at <= clock.now():
        raise Invalid("code", WRONG_CODE)
    code.used_at = clock.now()
    person = queries.user(user_id)
    record("user.code_used", person, Actor(Role.VISITOR, person.id))
    return _new_session(person)


def sign_in_by_code(identifier: str, code: str, address: str) -> str:
    """A session token for the one-time code an official read to this person."""
    throttle.count((throttle.CODE, _counted_as(identifier)), (throttle.SIGN_IN_ADDRESS, address))
    person = queries.by_identifier(identifier)
    stored = _live_code(person.id) if person else None
    given = queries.token_hash(code.replace(" ", ""))
    if person is None or stored is None or not hmac.compare_digest(stored.code_hash, given):
        raise Invalid("code", WRONG_CODE)
    return sign_in_with_code(person.id, stored.id)


def _live_code(user_id: int) -> SignInCode | None:
    return db.session.scalars(
        sa.select(SignInCode)
        .where(
            SignInCode.user_id == user_id,
            SignInCode.used_at.is_(None),
            SignInCode.ends_at > clock.now(),
        )
        .order_by(SignInCode.id.desc())
    ).first()


@use_case
def sign_out(token: str) -> None:
    """End a session: the row goes, so that a copied cookie opens nothing."""
    db.session.execute(sa.delete(SignIn).where(SignIn.token_hash == queries.token_hash(token)))


@use_case
def seen(token: str) -> None:
    """Move a session's end, at most once an hour and never past its absolute limit."""
    row = queries.sign_in_of(token)
    if row is not None:
        row.seen_at = clock.now()
        row.ends_at = min(clock.now() + IDLE_LIMIT, row.started_at + SESSION_LASTS)


@use_case
def act_in(actor: Actor, token: str, membership_id: int) -> None:
    """Choose the membership to act in. Raises NotFound for one that is not theirs."""
    row = queries.sign_in_of(token)
    mine = {m.id for m in queries.memberships(actor.user_id or 0)}
    if row is None or membership_id not in mine:
        raise NotFound
    row.membership_id = membership_id


# ---------------------------------------------------------------- passwords


def request_reset(identifier: str, address: str) -> None:
    """Ask for a link to set a new password; the answer never tells whether there is an account."""
    throttle.count((throttle.RESET, _counted_as(identifier)), (throttle.RESET_ADDRESS, address))
    person = queries.by_identifier(identifier)
    _request_reset(person.id if person else None)


@use_case
def _request_reset(user_id: int | None) -> None:
    if user_id is not None:
        record("user.reset_requested", queries.user(user_id), SYSTEM)


def set_password(user_id: int, password: str, *, fingerprint: str | None = None) -> None:
    """Set a new password and end all sessions.

    ``fingerprint`` ties a mailed link to the password it replaces, so that it works once. Raises
    Invalid for a weak password or a used link.
    """
    person = queries.user(user_id)
    try:
        password = check_password(password, [person.name, person.email or "", person.phone or ""])
    except Unreadable as error:
        raise Invalid("password", error.text) from error
    _set_password(user_id, passwords.hashed(password), fingerprint)


@use_case
def _set_password(user_id: int, password_hash: str, fingerprint: str | None) -> None:
    person = queries.user(user_id)
    current = passwords.fingerprint(person.public_id, person.password_hash)
    if fingerprint is not None and fingerprint != current:
        raise Invalid("password", N_("This link was used before. Ask for a new one."))
    person.password_hash = password_hash
    db.session.execute(sa.delete(SignIn).where(SignIn.user_id == person.id))
    record("user.password_set", person, Actor(Role.VISITOR, person.id))


def code_ends() -> datetime:
    """Until when a code given now can be used."""
    return clock.now() + CODE_LASTS


@use_case
def issue_code(actor: Actor, person_public_id: str) -> tuple[User, str]:
    """Give a one-time sign-in code to read to someone without mail: 24 hours, once."""
    person = queries.person(person_public_id, actor)
    if not may_issue_code(actor, person) or actor.user_id is None:
        raise NotAllowed(N_("Only an official of this person's locality can give a code."))
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    db.session.execute(
        sa.update(SignInCode)
        .where(SignInCode.user_id == person.id, SignInCode.used_at.is_(None))
        .values(used_at=clock.now())
    )
    db.session.add(
        SignInCode(
            user_id=person.id,
            code_hash=queries.token_hash(code),
            issued_by_id=actor.user_id,
            ends_at=code_ends(),
        )
    )
    record("user.code_issued", person, actor)
    return person, code


# ---------------------------------------------------------------- organisations


@use_case
def move_organisation(
    actor: Actor, public_id: str, action: str, *, reason: str | None = None, note: str = ""
) -> Organisation:
    """Verify, return, suspend or restore an organisation; or send it in again."""
    organisation = queries.organisation(public_id, actor)
    if action == "resubmit" and not may_manage(actor, organisation):
        raise NotAllowed(N_("Only the organisation itself can send it again."))
    facts = {"verified_at": clock.now()} if action == "verify" else None
    ORGANISATION.fire(organisation, action, actor, reason=reason, note=note, facts=facts)
    return organisation


@use_case
def edit_organisation(actor: Actor, public_id: str, values: OrganisationValues) -> Organisation:
    """Change what an organisation says about itself.

    A new name or tax code must be verified again: what an official vouched for is no longer what
    stands there.
    """
    organisation = queries.organisation(public_id, actor)
    if not may_manage(actor, organisation):
        raise NotAllowed(N_("Only the organisation itself can change this."))
    if values.version is not None and values.version != organisation.version:
        raise Conflict
    if organisation.kind in TAXED and not values.tax_code:
        raise Invalid("tax_code", N_("Enter the tax code, for example 0100233488."))
    namesake = queries.named(organisation.locality_id, values.name)
    if namesake is not None and namesake.id != organisation.id:
        raise Invalid("name", _taken(values.name))
    holder = queries.with_tax_code(values.tax_code) if values.tax_code else None
    if holder is not None and holder.id != organisation.id:
        raise Invalid("tax_code", N_("An organisation with this tax code is registered already."))
    renamed = (organisation.name_key, organisation.tax_code) != (
        name_key(values.name),
        values.tax_code,
    )
    organisation.name, organisation.name_key = values.name, name_key(values.name)
    organisation.tax_code = values.tax_code
    organisation.address = values.address or None
    organisation.phone = values.phone
    organisation.email = values.email
    organisation.about = values.about or None
    organisation.is_named_in_public = values.is_named_in_public
    if renamed and organisation.state is OrganisationState.VERIFIED:
        ORGANISATION.fire(organisation, "recheck", SYSTEM, facts={"verified_at": None})
    record("organisation.edited", organisation, actor, data={"renamed": renamed})
    return organisation


@use_case
def enter_household(
    actor: Actor, values: HouseholdValues, consent: ConsentValues | None = None
) -> Organisation:
    """Enter a producer who cannot go online: by an official of the locality or a cooperative.

    Households and groups only with their ``consent``. An official vouches for it at once. What a
    cooperative enters waits for an official. With a mobile number and a name the producer can sign
    in with a one-time code.
    """
    if not may_enter_household(actor) or actor.locality_id is None:
        raise NotAllowed(N_("Only an official or a verified cooperative can enter a household."))
    if values.kind not in ENTERABLE:
        raise Invalid("kind", N_("This kind of organisation registers itself."))
    if queries.named(actor.locality_id, values.name) is not None:
        raise Invalid("name", _taken(values.name))
    _check_place(actor.locality_id, values)
    organisation = _new_organisation(values.kind, values.name, actor.locality_id, None)
    organisation.village_id = values.village_id
    organisation.phone = values.phone
    organisation.address = values.address or None
    organisation.cooperative_id = (
        values.cooperative_id if actor.is_officer else actor.organisation_id
    )
    if values.phone and values.person_name:
        if queries.by_identifier(values.phone) is not None:
            raise Invalid("phone", N_("Someone is registered with this number already."))
        person = _new_user(values.person_name, None, values.phone, None)
        _join(person, organisation, Role.MANAGER)
    record("organisation.entered", organisation, actor)
    if values.kind in CONSENTING:
        consents.give(actor, organisation, consent or ConsentValues())
    if actor.is_officer:
        ORGANISATION.fire(organisation, "verify", actor, facts={"verified_at": clock.now()})
    return organisation


def _check_place(locality_id: int, values: HouseholdValues) -> None:
    """Raise Invalid for a village or a cooperative of elsewhere."""
    if values.village_id not in {None, *(v.id for v in queries.villages(locality_id))}:
        raise Invalid("village_id", N_("Choose a village from the list."))
    if values.cooperative_id not in {None, *(c.id for c in queries.cooperatives(locality_id))}:
        raise Invalid("cooperative_id", N_("Choose one from the list."))


# ---------------------------------------------------------------- one's own settings


def change_settings(
    actor: Actor,
    *,
    language: str | None,
    theme: str | None,
    name: str,
    email: str | None,
    password: str = "",
) -> User:
    """A person's own name, e-mail address, language and appearance.

    Whoever holds the e-mail address can set a new password; so another address needs the present
    password, where there is one. Raises Invalid.
    """
    person = queries.user(actor.user_id or 0)
    if _is_other_address(person, email) and person.password_hash:
        confirming.confirm(person.id, password, "password")
    return _change_settings(person.id, actor, language, theme, name, email)


def _is_other_address(person: User, email: str | None) -> bool:
    return (emails.key(email) if email else None) != person.email_key


@use_case
def _change_settings(
    user_id: int,
    actor: Actor,
    language: str | None,
    theme: str | None,
    name: str,
    email: str | None,
) -> User:
    person = queries.user(user_id)
    if email:
        other = queries.by_identifier(email)
        if other is not None and other.id != person.id:
            raise Invalid("email", N_("This address cannot be used. Choose another one."))
    elif person.phone is None:
        raise Invalid("email", N_("Without a phone number an e-mail address is needed."))
    person.name = name
    person.language = language
    person.theme = theme
    person.email = email or None
    person.email_key = emails.key(email) if email else None
    record("user.settings_changed", person, actor)
    return person


def change_password(
    actor: Actor, *, present: str | None, password: str, fingerprint: str | None = None
) -> None:
    """Choose a new password, knowing the present one.

    ``present`` None: the person came with a one-time code, which an official gave because there
    is no password or nobody knows it. Raises Invalid. All sessions end.
    """
    person = queries.user(actor.user_id or 0)
    if present is not None:
        confirming.confirm(person.id, present, "present")
    set_password(person.id, password, fingerprint=fingerprint)


@use_case
def add_officer(locality_code: str, name: str, email: str, role: Role, office: str) -> User:
    """Set up an official or leader of a locality (operator's command).

    The authority is made when the locality has none. The password is set by the reset link.
    """
    locality = db.session.scalars(sa.select(Locality).where(Locality.code == locality_code)).first()
    if locality is None:
        raise NotFound
    authority = db.session.scalars(
        sa.select(Organisation).where(
            Organisation.locality_id == locality.id,
            Organisation.kind == OrganisationKind.AUTHORITY,
        )
    ).first()
    if authority is None:
        authority = Organisation(
            kind=OrganisationKind.AUTHORITY,
            name=office,
            name_key=name_key(office),
            locality_id=locality.id,
            created_at=clock.now(),
            state=OrganisationState.VERIFIED,
            verified_at=clock.now(),
        )
        db.session.add(authority)
        db.session.flush()
    person = queries.by_identifier(email) or _new_user(name, email, None, None)
    _join(person, authority, role)
    record("user.made_officer", person, SYSTEM, data={"role": role.value})
    return person
