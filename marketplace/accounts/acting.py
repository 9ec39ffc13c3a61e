"""Acting for people who cannot go online: one check and one record, carried by any use case.

Like ``core.journal.record`` it writes inside the caller's transaction; upper features may use it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.accounts import consents
from marketplace.accounts.models import ActingRecord, Organisation, StoredFile
from marketplace.accounts.rules import ActingHow, Purpose, may_act_for, may_manage
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed
from marketplace.core.i18n import N_
from marketplace.core.journal import Recorded, kind_of


@dataclass(frozen=True, slots=True)
class Acting:
    """How the word of the absent party came: the form's answer."""

    how: ActingHow | None = None
    said_on: date | None = None
    note: str = ""
    evidence: StoredFile | None = None


def speak_for(
    actor: Actor,
    organisation: Organisation,
    subject: Recorded,
    acting: Acting | None,
    *,
    purpose: Purpose | None = Purpose.POST,
) -> ActingRecord | None:
    """Let ``actor`` speak for ``organisation`` about ``subject``.

    None when the actor is one of its own people. Otherwise a record of who, how and when. Raises
    NotAllowed for strangers, Blocked without the consent of a household, Invalid when the record
    says too little: a slip needs its photo, and nothing can have been said in the future.

    ``purpose`` None asks for no consent: a contract already made is carried out by the law of
    contract, and taking a consent back is free.
    """
    if may_manage(actor, organisation):
        return None
    if not may_act_for(actor, organisation) or actor.user_id is None:
        raise NotAllowed(N_("Only this organisation, its cooperative or its locality may do this."))
    if purpose is not None:
        consents.require(organisation, purpose)
    if acting is None or acting.how is None:
        raise Invalid("acting_how", N_("Say how the organisation told you this."))
    if acting.how is ActingHow.SLIP and acting.evidence is None:
        raise Invalid("acting_paper", N_("Attach the photo of the signed slip."))
    said_on = acting.said_on or clock.today()
    if said_on > clock.today():
        raise Invalid("acting_said_on", N_("This day is still to come."))
    if subject.id is None:
        db.session.flush()  # the record needs the id of a new row
    if acting.evidence is not None:
        db.session.add(acting.evidence)
    acted = ActingRecord(
        subject_type=kind_of(subject),
        subject_id=subject.id,
        user_id=actor.user_id,
        by_organisation_id=actor.organisation_id,
        for_organisation_id=organisation.id,
        how=acting.how,
        evidence=acting.evidence,
        note=acting.note or None,
        said_on=said_on,
        at=clock.now(),
    )
    db.session.add(acted)
    db.session.flush()  # the journal line refers to it
    return acted
