"""Consent of those for whom others act: giving it, and asking for it.

Like ``accounts.acting`` it writes inside the caller's transaction; upper features may use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.accounts.models import Consent, Organisation, StoredFile
from marketplace.accounts.rules import (
    CONSENT,
    TAKEN_DOWN,
    ConsentHow,
    Purpose,
    may_act_for,
    may_manage,
    why_no_consent,
)
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Invalid, NotAllowed
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.text import name_key

FORM = 1
"""Number of the words on the consent form; raise it when they change."""


@dataclass(frozen=True, slots=True)
class ConsentValues:
    """What a household agreed to, who said so, and how: the form's answer."""

    person: str = ""
    how: ConsentHow | None = None
    witness: str = ""
    given_on: date | None = None
    for_posting: bool = False
    for_contacts: bool = False
    for_photos: bool = False
    evidence: StoredFile | None = None


def require(organisation: Organisation, purpose: Purpose = Purpose.POST) -> None:
    """Raise Blocked, with the sentence that says what to do, unless the household agreed."""
    why = why_no_consent(organisation, purpose)
    if why is not None:
        raise Blocked([why])


def give(actor: Actor, organisation: Organisation, values: ConsentValues) -> Consent:
    """Write down that ``organisation`` agrees; an earlier consent is replaced.

    Raises NotAllowed for strangers, Invalid when the record says too little to be a proof: who,
    how, the paper or the witness, the day, and that posting was agreed to.
    """
    is_own = may_manage(actor, organisation)
    if not (is_own or may_act_for(actor, organisation)) or actor.user_id is None:
        raise NotAllowed(N_("Only this organisation, its cooperative or its locality may do this."))
    how = ConsentHow.SELF if is_own else values.how
    given_on = clock.today() if is_own else values.given_on
    _check(actor, values, given_on, is_own=is_own)
    earlier = organisation.consent
    if earlier is not None:
        CONSENT.fire(earlier, "replace", SYSTEM, data={"organisation": organisation.id})
        db.session.flush()  # only one may live
    if values.evidence is not None:
        db.session.add(values.evidence)
    consent = Consent(
        organisation_id=organisation.id,
        person=actor.name if is_own else values.person,
        how=how,
        witness=values.witness or None,
        form=FORM,
        for_posting=values.for_posting,
        for_contacts=values.for_contacts,
        for_photos=values.for_photos,
        evidence=values.evidence,
        given_on=given_on,
        recorded_by_id=actor.user_id,
        by_organisation_id=actor.organisation_id,
        at=clock.now(),
    )
    db.session.add(consent)
    record(
        "consent.given",
        consent,
        actor,
        data={"organisation": organisation.id, "form": FORM},
        happened_on=given_on,
    )
    db.session.expire(organisation, ["consents"])
    return consent


def _check(actor: Actor, values: ConsentValues, given_on: date | None, *, is_own: bool) -> None:
    if not values.for_posting:
        raise Invalid(
            "consent_for_posting",
            N_("Tick this only if they agreed. Without it nobody may post for them."),
        )
    if is_own:
        return
    if values.how not in TAKEN_DOWN:
        raise Invalid("consent_how", N_("Say how they agreed: on paper, or before a witness."))
    if not values.person:
        raise Invalid(
            "consent_person", N_("Enter who agreed, for example the head of the household.")
        )
    if values.how is ConsentHow.PAPER and values.evidence is None:
        raise Invalid("consent_paper", N_("Attach the photo of the signed form."))
    if values.how is ConsentHow.WITNESS and not values.witness:
        raise Invalid("consent_witness", N_("Enter who heard it, for example the village head."))
    if values.witness and name_key(values.witness) in {
        name_key(actor.name),
        name_key(values.person),
    }:
        raise Invalid(
            "consent_witness", N_("The witness must be a third person. Enter their name.")
        )
    if given_on is None:
        raise Invalid("consent_given_on", N_("Enter the day on which they agreed."))
    if given_on > clock.today():
        raise Invalid("consent_given_on", N_("This day is still to come."))
