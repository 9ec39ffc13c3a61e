"""Kinds of organisations, their verification, and who may act for whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.core.roles import Role
from marketplace.core.workflow import Transition, Workflow, nobody_but_the_program, states

if TYPE_CHECKING:
    from marketplace.accounts.models import Consent, Organisation, User


class LocalityKind(StrEnum):
    """What a locality is in the two-tier administration since 1/7/2025."""

    COMMUNE = "commune"
    WARD = "ward"


class OrganisationKind(StrEnum):
    """Who can stand behind a listing, an interest or a key."""

    ENTERPRISE = "enterprise"
    HOUSEHOLD_BUSINESS = "household_business"
    INVESTOR = "investor"
    COOPERATIVE = "cooperative"
    COOPERATIVE_GROUP = "cooperative_group"
    PRODUCER_HOUSEHOLD = "producer_household"
    MASS_ORGANISATION = "mass_organisation"
    AUTHORITY = "authority"


KIND_LABELS = {
    OrganisationKind.ENTERPRISE: N_("Enterprise"),
    OrganisationKind.HOUSEHOLD_BUSINESS: N_("Household business"),
    OrganisationKind.INVESTOR: N_("Investor"),
    OrganisationKind.COOPERATIVE: N_("Cooperative"),
    OrganisationKind.COOPERATIVE_GROUP: N_("Cooperative group"),
    OrganisationKind.PRODUCER_HOUSEHOLD: N_("Producer household"),
    OrganisationKind.MASS_ORGANISATION: N_("Mass organisation"),
    OrganisationKind.AUTHORITY: N_("Authority"),
}

REGISTRABLE = tuple(kind for kind in OrganisationKind if kind is not OrganisationKind.AUTHORITY)
"""What a person may register; authorities are set up by the operator."""

TAXED = frozenset(
    {
        OrganisationKind.ENTERPRISE,
        OrganisationKind.HOUSEHOLD_BUSINESS,
        OrganisationKind.INVESTOR,
    }
)
"""Those who must state a tax code; the others may, none is demanded (domain page 5)."""

ENTERABLE = (
    OrganisationKind.PRODUCER_HOUSEHOLD,
    OrganisationKind.COOPERATIVE_GROUP,
    OrganisationKind.MASS_ORGANISATION,
    OrganisationKind.COOPERATIVE,
)
"""What an official or a cooperative may enter for people who cannot go online."""

NAMED_AS_PEOPLE = frozenset(
    {OrganisationKind.PRODUCER_HOUSEHOLD, OrganisationKind.HOUSEHOLD_BUSINESS}
)
"""Their names are names of people."""


def may_be_named(kind: OrganisationKind, *, agreed: bool) -> bool:
    """Whether what can be copied by the thousand may name it; a household agrees to it itself."""
    return agreed or kind not in NAMED_AS_PEOPLE


PRODUCERS = frozenset(
    {
        OrganisationKind.COOPERATIVE,
        OrganisationKind.COOPERATIVE_GROUP,
        OrganisationKind.PRODUCER_HOUSEHOLD,
        OrganisationKind.MASS_ORGANISATION,
        OrganisationKind.HOUSEHOLD_BUSINESS,
        OrganisationKind.ENTERPRISE,
    }
)
"""Those who may sell produce. An investor invests, an authority posts opportunities."""


class OrganisationState(StrEnum):
    """Whether the locality knows this organisation."""

    PENDING = "pending"
    VERIFIED = "verified"
    RETURNED = "returned"
    SUSPENDED = "suspended"


class ActingHow(StrEnum):
    """How the word of someone who is not online reached the one who records it."""

    CALL = "call"
    SLIP = "slip"
    VISIT = "visit"


ACTING_LABELS = {
    ActingHow.CALL: N_("Phone call, read back and confirmed"),
    ActingHow.SLIP: N_("Signed slip, photographed"),
    ActingHow.VISIT: N_("In person"),
}


CONSENTING = frozenset({OrganisationKind.PRODUCER_HOUSEHOLD, OrganisationKind.COOPERATIVE_GROUP})
"""Those who are people rather than bodies: others may act for them only with their consent.

Law 91/2025/QH15 on personal data: consent is voluntary, names the purposes, its proof is kept, and
it can be taken back at any time (domain page 6).
"""


class ConsentHow(StrEnum):
    """How a household gave its consent."""

    PAPER = "paper"
    WITNESS = "witness"
    SELF = "self"


CONSENT_HOW_LABELS = {
    ConsentHow.PAPER: N_("Signed paper form, photographed"),
    ConsentHow.WITNESS: N_("Spoken, before a witness"),
    ConsentHow.SELF: N_("In its own account"),
}

TAKEN_DOWN = (ConsentHow.PAPER, ConsentHow.WITNESS)
"""How someone else can take a consent down."""


class Purpose(StrEnum):
    """What a household agrees to."""

    POST = "post"
    CONTACTS = "contacts"
    PHOTOS = "photos"


PURPOSE_LABELS = {
    Purpose.POST: N_("Posting its goods in its name"),
    Purpose.CONTACTS: N_("Passing its phone number on to a buyer it accepts"),
    Purpose.PHOTOS: N_("Showing photos of its goods and fields"),
}


class ConsentState(StrEnum):
    """Whether a consent holds."""

    LIVE = "live"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


def may_verify(actor: Actor, organisation: Organisation) -> bool:
    """An official of the organisation's own locality who is none of its people in any role."""
    return actor.is_officer_of(organisation.locality_id) and actor.user_id not in {
        membership.user_id for membership in organisation.memberships
    }


def may_manage(actor: Actor, organisation: Organisation) -> bool:
    """The organisation's own people."""
    return actor.is_of(organisation.id) and actor.role in {
        Role.MEMBER,
        Role.MANAGER,
        Role.OFFICIAL,
        Role.LEADER,
    }


def may_act_for(actor: Actor, organisation: Organisation) -> bool:
    """Who may record what a producer said: an official of its locality, or its cooperative."""
    if organisation.kind is OrganisationKind.AUTHORITY or actor.is_of(organisation.id):
        return False
    return actor.is_officer_of(organisation.locality_id) or (
        actor.organisation_verified and actor.is_of(organisation.cooperative_id)
    )


def may_enter_household(actor: Actor) -> bool:
    """An official, or a verified cooperative, group or mass organisation."""
    return actor.is_officer or (
        actor.organisation_verified
        and actor.organisation_kind
        in {
            OrganisationKind.COOPERATIVE,
            OrganisationKind.COOPERATIVE_GROUP,
            OrganisationKind.MASS_ORGANISATION,
        }
    )


def may_speak_for(actor: Actor, organisation: Organisation) -> bool:
    """By oneself, or by a record of what the organisation said."""
    return may_manage(actor, organisation) or may_act_for(actor, organisation)


def may_withdraw_consent(actor: Actor, consent: Consent) -> bool:
    """The household itself, or whoever may take down what it says: nothing stands in its way."""
    return may_speak_for(actor, consent.organisation)


def passes_contacts(organisation: Organisation) -> bool:
    """Whether its phone and e-mail are shown to those it was introduced to.

    Not without its consent, where others act for it. Who never needed one acts for itself.
    """
    if organisation.kind not in CONSENTING or not organisation.consents:
        return True
    return organisation.consent is not None and organisation.consent.allows(Purpose.CONTACTS)


NO_CONSENT = N_("%(name)s has not agreed to this yet. Record its consent first, then come back.")
WITHDRAWN = N_("%(name)s has taken its consent back. Nothing is done for it until it agrees anew.")
NOT_FOR_THIS = N_("%(name)s has not agreed to this purpose: %(purpose)s. Ask, then record it.")


def why_no_introduction(*sides: Organisation) -> Sequence[Text]:
    """Why contacts are not passed on between these two: a locality does not vouch for one of them.

    It names neither: before the yes a side may not know yet who the other is.
    """
    if all(side.is_verified for side in sides):
        return ()
    return (
        Text(
            N_(
                "One of the two organisations is not verified just now. Until its locality has "
                "verified it, no contacts are passed on."
            )
        ),
    )


def why_no_consent(organisation: Organisation, purpose: Purpose) -> Text | None:
    """Why nobody may act for this organisation to this purpose; None when someone may."""
    if organisation.kind not in CONSENTING:
        return None
    consent = organisation.consent
    if consent is None:
        said = WITHDRAWN if organisation.has_withdrawn else NO_CONSENT
        return Text(said, name=organisation.name)
    if not consent.allows(purpose):
        return Text(NOT_FOR_THIS, name=organisation.name, purpose=Text(PURPOSE_LABELS[purpose]))
    return None


def whose_word(actor: Actor, organisations: Iterable[Organisation]) -> Organisation | None:
    """The organisation among these that ``actor`` speaks for: its own before a recorded one."""
    found = [o for o in organisations if may_speak_for(actor, o)]
    own = [o for o in found if may_manage(actor, o)]
    return next(iter(own or found), None)


def may_issue_code(actor: Actor, user: User) -> bool:
    """A one-time code: by an official of the person's locality, for someone without mail.

    Never for another official; who has mail sets a password by it, and no official can sign in
    in their place.
    """
    memberships = user.memberships
    return (
        bool(memberships)
        and user.email_key is None
        and user.id != actor.user_id
        and all(m.organisation.kind is not OrganisationKind.AUTHORITY for m in memberships)
        and any(actor.is_officer_of(m.organisation.locality_id) for m in memberships)
    )


RETURN_REASONS = {
    "tax_code": N_("The tax code and the name do not fit together"),
    "unknown": N_("We could not reach the organisation"),
    "incomplete": N_("Details are missing"),
    "duplicate": N_("The organisation is registered already"),
    "other": N_("Another reason"),
}

_S = OrganisationState

ORGANISATION = Workflow(
    "organisation",
    OrganisationState,
    _S.PENDING,
    Transition(
        "verify",
        states(_S.PENDING, _S.RETURNED),
        _S.VERIFIED,
        may_verify,
        N_("Verify"),
        tone="primary",
    ),
    Transition(
        "return",
        states(_S.PENDING),
        _S.RETURNED,
        may_verify,
        N_("Ask for more"),
        reasons=RETURN_REASONS,
    ),
    Transition(
        "resubmit", states(_S.RETURNED), _S.PENDING, may_manage, N_("Send again"), tone="primary"
    ),
    Transition(
        "suspend",
        states(_S.VERIFIED),
        _S.SUSPENDED,
        may_verify,
        N_("Suspend"),
        reasons=RETURN_REASONS,
        tone="danger",
    ),
    Transition(
        "recheck", states(_S.VERIFIED), _S.PENDING, nobody_but_the_program, N_("Verify again")
    ),
    Transition("restore", states(_S.SUSPENDED), _S.VERIFIED, may_verify, N_("Restore")),
    labels={
        _S.PENDING: N_("Waiting for verification"),
        _S.VERIFIED: N_("Verified"),
        _S.RETURNED: N_("Needs more"),
        _S.SUSPENDED: N_("Suspended"),
    },
)

CONSENT = Workflow(
    "consent",
    ConsentState,
    ConsentState.LIVE,
    Transition(
        "withdraw",
        states(ConsentState.LIVE),
        ConsentState.WITHDRAWN,
        may_withdraw_consent,
        N_("Take the consent back"),
        tone="danger",
    ),
    Transition(
        "replace",
        states(ConsentState.LIVE),
        ConsentState.REPLACED,
        nobody_but_the_program,
        N_("Replace"),
    ),
    labels={
        ConsentState.LIVE: N_("Consent given"),
        ConsentState.WITHDRAWN: N_("Consent taken back"),
        ConsentState.REPLACED: N_("Given anew"),
    },
)
