"""Use cases of papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from marketplace.accounts import queries as accounts
from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import ActingRecord, Organisation, StoredFile
from marketplace.accounts.rules import OrganisationKind, may_speak_for
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.text import name_key
from marketplace.core.use_case import apart, one_by_one, use_case
from marketplace.papers import queries
from marketplace.papers.models import Paper, PaperClaim, PaperReminder
from marketplace.papers.rules import (
    OPEN,
    PAPER,
    Coverage,
    PaperState,
    due_reminder,
    latest_end,
    latest_prolongation,
    may_prolong,
    may_renew,
)
from marketplace.papers.types import SHORTEST_NUMBER, TYPES, Extra, PaperType

JUDGEMENTS = ("verify", "return", "suspend", "restore", "revoke")
"""What officials decide about a paper."""

SPEAKS_FOR_MEMBERS = frozenset({OrganisationKind.COOPERATIVE, OrganisationKind.COOPERATIVE_GROUP})
"""Whose paper may cover the goods of member households."""


@dataclass(frozen=True, slots=True)
class PaperValues:
    """What stands on a paper. Area in thousandths of a hectare, output of a tonne a year.

    ``valid_until`` None: the day is computed from the type. ``scan`` None: the present one stays.
    """

    number: str
    issuer: str
    scope: str
    issued_on: date
    coverage: Coverage = Coverage.ALL
    covers_members: bool = False
    valid_until: date | None = None
    scan: StoredFile | None = None
    stars: int | None = None
    decision_number: str = ""
    decision_on: date | None = None
    area: int | None = None
    output: int | None = None
    standard: str = ""
    certifier_code: str = ""


TAKEN = N_(
    "Another organisation has entered a paper with this number. The officials have been told and "
    "will compare both. Check the number, or call the commune if the paper is yours."
)
TWICE = N_("This paper is in your list already. Open it there to correct or renew it.")


# ---------------------------------------------------------------- owners


def add(
    actor: Actor,
    organisation_id: int,
    kind: PaperType,
    values: PaperValues,
    acting: Acting | None = None,
) -> Paper:
    """Enter a paper of an organisation; an official of its locality verifies it.

    Raises NotAllowed for strangers, Invalid for what cannot stand on such a paper, and for a
    number that another organisation holds: that is told to the officials.
    """
    _require_entering(actor, accounts.organisation_by_id(organisation_id))
    _refuse_number_of_another(actor, organisation_id, kind, values)
    return _add(actor, organisation_id, kind, values, acting)


@use_case
def _add(
    actor: Actor,
    organisation_id: int,
    kind: PaperType,
    values: PaperValues,
    acting: Acting | None,
) -> Paper:
    organisation = accounts.organisation_by_id(organisation_id)
    if queries.holders(kind, values.issuer, values.number):
        raise Invalid("number", TWICE)
    return _enter(actor, organisation, kind, values, acting)


def renew(actor: Actor, public_id: str, values: PaperValues, acting: Acting | None = None) -> Paper:
    """Follow a verified paper with a new one; the old one keeps its place and its history.

    What the line covers goes on with the new paper. Raises as ``add`` does, WrongState when the
    paper is not verified or was followed before.
    """
    former = queries.get(public_id, actor)
    _require_entering(actor, former.organisation)
    _refuse_number_of_another(actor, former.organisation_id, former.type, values)
    return _renew(actor, public_id, values, acting)


@use_case
def _renew(actor: Actor, public_id: str, values: PaperValues, acting: Acting | None) -> Paper:
    former = queries.get(public_id, actor, lock=True)
    if former.renewal is not None or not may_renew(actor, former):
        raise WrongState(N_("Only a verified paper can be renewed, and only once."))
    if values.issued_on < former.issued_on:
        raise Invalid("issued_on", N_("The new paper cannot be older than the one it follows."))
    if queries.holders(former.type, values.issuer, values.number, besides=former.line):
        raise Invalid("number", TWICE)
    return _enter(actor, former.organisation, former.type, values, acting, renews=former)


def edit(
    actor: Actor,
    public_id: str,
    version: int | None,
    values: PaperValues,
    acting: Acting | None = None,
) -> Paper:
    """Put right what stands there while nobody has vouched for it; one returned is sent again."""
    paper = queries.get(public_id, actor)
    _require_entering(actor, paper.organisation)
    _refuse_number_of_another(actor, paper.organisation_id, paper.type, values)
    return _edit(actor, public_id, version, values, acting)


@use_case
def _edit(
    actor: Actor,
    public_id: str,
    version: int | None,
    values: PaperValues,
    acting: Acting | None,
) -> Paper:
    paper = queries.get(public_id, actor, lock=True)
    if paper.state not in OPEN:
        raise WrongState(N_("A verified paper stays as it is. Renew it when a new one is given."))
    if version is not None and version != paper.version:
        raise Conflict
    if queries.holders(paper.type, values.issuer, values.number, besides=paper.line):
        raise Invalid("number", TWICE)
    acted = speak_for(actor, paper.organisation, paper, acting)
    _fill(paper, values)
    acting_id = acted.id if acted else None
    record("paper.edited", paper, actor, acting_id=acting_id)
    if paper.state is PaperState.RETURNED:
        PAPER.fire(paper, "resubmit", actor, acting_id=acting_id)
    return paper


ONLY_OWNER = N_("Only this organisation, its cooperative or its locality may do this.")


def _require_entering(actor: Actor, organisation: Organisation) -> None:
    if organisation.kind is OrganisationKind.AUTHORITY:
        raise NotAllowed(N_("An authority gives papers and has none to show here."))
    if not may_speak_for(actor, organisation):
        raise NotAllowed(ONLY_OWNER)


def _refuse_number_of_another(
    actor: Actor, organisation_id: int, kind: PaperType, values: PaperValues
) -> None:
    """Tell the officials of a number that someone else holds, then refuse it.

    A refused use case leaves no trace, so the trace is a use case of its own.
    """
    for holder in queries.holders(kind, values.issuer, values.number):
        if holder.organisation_id != organisation_id:
            with apart():
                _claim(actor, holder.id, organisation_id)
            raise Invalid("number", TAKEN)


@use_case
def _claim(actor: Actor, paper_id: int, organisation_id: int) -> bool:
    """Note that an organisation gave the number of another's paper; once until it is settled."""
    paper = queries.by_id(paper_id, lock=True)
    known = sa.select(PaperClaim.id).where(
        PaperClaim.paper_id == paper_id,
        PaperClaim.organisation_id == organisation_id,
        PaperClaim.settled_at.is_(None),
    )
    if db.session.scalar(known) is not None:
        return False
    db.session.add(
        PaperClaim(
            paper_id=paper_id,
            organisation_id=organisation_id,
            user_id=actor.user_id,
            at=clock.now(),
        )
    )
    record("paper.claimed", paper, actor, data={"organisation": organisation_id})
    return True


def _enter(
    actor: Actor,
    organisation: Organisation,
    kind: PaperType,
    values: PaperValues,
    acting: Acting | None,
    *,
    renews: Paper | None = None,
) -> Paper:
    paper = Paper(
        organisation_id=organisation.id,
        organisation=organisation,
        type=kind,
        renews_id=renews.id if renews else None,
        root_id=renews.line if renews else None,
        created_by_id=actor.user_id,
        created_at=clock.now(),
    )
    _fill(paper, values)
    db.session.add(paper)
    acted = speak_for(actor, organisation, paper, acting)
    _record_added(actor, paper, acted)
    return paper


def _record_added(actor: Actor, paper: Paper, acted: ActingRecord | None) -> None:
    record(
        "paper.added",
        paper,
        actor,
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
        data={"type": paper.type.value, "renews": paper.renews_id},
    )


def _fill(paper: Paper, values: PaperValues) -> None:
    """Take over what stands on the paper. Raises Invalid."""
    if len(values.number) < SHORTEST_NUMBER:
        raise Invalid("number", N_("Copy the whole number from the paper, for example 12/CK-ATTP."))
    _check_days(paper.type, values)
    _check_extras(paper, values)
    paper.number, paper.number_key = values.number, queries.number_key(values.number)
    paper.issuer, paper.issuer_key = values.issuer, name_key(values.issuer)
    paper.scope = values.scope
    paper.coverage = values.coverage
    paper.covers_members = values.covers_members and paper.organisation.kind in SPEAKS_FOR_MEMBERS
    paper.issued_on = values.issued_on
    paper.valid_until = values.valid_until or latest_end(paper.type, values.issued_on)
    for extra in Extra:
        asked = extra in TYPES[paper.type].asks | TYPES[paper.type].needs
        setattr(paper, extra.value, (getattr(values, extra.value) or None) if asked else None)
    if values.scan is not None:
        db.session.add(values.scan)
        paper.scan = values.scan
    paper.updated_at = clock.now()


def _check_days(kind: PaperType, values: PaperValues) -> None:
    today, until = clock.today(), values.valid_until
    longest = latest_end(kind, values.issued_on)
    if values.issued_on > today:
        raise Invalid("issued_on", N_("This day is still to come."))
    if until is not None and until < values.issued_on:
        raise Invalid("valid_until", N_("The last day lies before the day of issue. Check both."))
    if until is not None and longest is not None and until > longest:
        raise Invalid(
            "valid_until",
            Text(
                N_("A paper of this type holds until %(day)s at the latest. Check both days."),
                day=longest,
            ),
        )
    end = until or longest
    if end is not None and end < today:
        raise Invalid(
            "valid_until" if until else "issued_on",
            Text(N_("This paper ended on %(day)s. Enter the one that holds now."), day=end),
        )


EXTRA_MISSING = {
    Extra.STARS: N_("Choose how many stars the decision gives: 3, 4 or 5."),
    Extra.DECISION_NUMBER: N_("Enter the number of the decision, for example 1204/QĐ-UBND."),
    Extra.DECISION_ON: N_("Enter the day of the decision, for example 20/11/2026."),
    Extra.STANDARD: N_("Enter the part of the standard, for example TCVN 11041-2."),
}


def _check_extras(paper: Paper, values: PaperValues) -> None:
    facts = TYPES[paper.type]
    for extra in Extra:
        if extra in facts.needs and not getattr(values, extra.value):
            raise Invalid(extra.value, EXTRA_MISSING[extra])
    if values.decision_on is not None and values.decision_on > clock.today():
        raise Invalid("decision_on", N_("This day is still to come."))
    if facts.scan_first and values.scan is None and paper.scan_id is None:
        raise Invalid("scan", N_("Attach a scan or photo of the paper."))


# ---------------------------------------------------------------- officials


@use_case
def judge(
    actor: Actor, public_id: str, action: str, *, reason: str | None = None, note: str = ""
) -> Paper:
    """Verify a paper against its scan, ask for more, suspend, restore or revoke it."""
    if action not in JUDGEMENTS:
        raise NotFound
    paper = queries.get(public_id, actor, lock=True)
    facts = (
        {"verified_at": clock.now(), "verified_by_id": actor.user_id}
        if action == "verify"
        else None
    )
    PAPER.fire(paper, action, actor, reason=reason, note=note, facts=facts)
    paper.updated_at = clock.now()
    return paper


@use_case
def prolong(actor: Actor, public_id: str, version: int | None, until: date) -> Paper:
    """Note that the issuer prolonged a paper, within what its type allows."""
    paper = queries.get(public_id, actor, lock=True)
    longest = latest_prolongation(paper.type, paper.valid_until)
    if paper.state is not PaperState.VERIFIED or longest is None or paper.valid_until is None:
        raise WrongState(N_("This paper cannot be prolonged. Ask its owner to renew it."))
    if not may_prolong(actor, paper):
        raise NotAllowed(N_("This step is not yours to take."))
    if version is not None and version != paper.version:
        raise Conflict
    if not paper.valid_until < until <= longest:
        raise Invalid(
            "until",
            Text(
                N_("It can be prolonged beyond %(first)s, to %(last)s at the latest."),
                first=paper.valid_until,
                last=longest,
            ),
        )
    paper.prolonged_until = until
    paper.updated_at = clock.now()
    record("paper.prolonged", paper, actor, data={"until": until.isoformat()})
    return paper


@use_case
def settle(actor: Actor, public_id: str) -> PaperClaim:
    """Note that someone has looked into a number two organisations gave."""
    found = queries.claim(public_id, actor)
    if found.settled_at is not None:
        raise WrongState(N_("Someone has looked into this already."))
    found.settled_at, found.settled_by_id = clock.now(), actor.user_id
    record("paper.claim_settled", found.paper, actor, data={"organisation": found.organisation_id})
    return found


# ---------------------------------------------------------------- the clock


def remind() -> int:
    """Tell owners and officials of papers near or past their end; may run twice. How many."""
    return one_by_one(_remind, queries.to_remind(clock.today()))


@use_case
def _remind(paper_id: int) -> bool:
    paper = queries.by_id(paper_id, lock=True)
    days, until = due_reminder(clock.today(), paper.until), paper.until
    if days is None or until is None or queries.reminded(paper_id, until, days):
        return False  # someone was faster
    db.session.add(PaperReminder(paper_id=paper_id, until=until, days=days, at=clock.now()))
    if days < 0:
        record("paper.ended", paper, SYSTEM, data={"until": until.isoformat()})
    else:
        record("paper.expiring", paper, SYSTEM, data={"days": days, "until": until.isoformat()})
    return True
