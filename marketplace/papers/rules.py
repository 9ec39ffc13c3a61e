"""The states of a paper, its moves, who may make them, and what its dates say today."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.accounts.rules import may_speak_for
from marketplace.accounts.rules import may_verify as may_verify_organisation
from marketplace.core import clock, growing_area
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import Transition, Workflow, states
from marketplace.papers.types import TYPES, PaperType

if TYPE_CHECKING:
    from marketplace.papers.models import Paper


class PaperState(StrEnum):
    """What people decided about a paper. Whether it holds today is computed from its dates."""

    SUBMITTED = "submitted"
    VERIFIED = "verified"
    RETURNED = "returned"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class Coverage(StrEnum):
    """Which goods a paper speaks of."""

    ALL = "all"
    CHOSEN = "chosen"


class Condition(StrEnum):
    """What the dates of a paper say on a day."""

    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"


COVERAGE_LABELS = {
    Coverage.ALL: N_("All goods of the organisation"),
    Coverage.CHOSEN: N_("Only some goods, which I name in the next step"),
}

LIVE = (PaperState.SUBMITTED, PaperState.VERIFIED, PaperState.SUSPENDED)
"""Of these, a number of an issuer belongs to one organisation."""

OPEN = (PaperState.SUBMITTED, PaperState.RETURNED)
"""Nobody vouched for it yet: its owner may still change what stands there."""

SEEN = (PaperState.VERIFIED, PaperState.SUSPENDED, PaperState.REVOKED)
"""Someone vouched for it once: what became of it is told to the public."""

REMIND_DAYS = (180, 90, 30)
"""Days before the end on which owner and officials are reminded; 30 is the notice that OCOP asks
for, 180 the time a new assessment takes (domain page 3.3)."""

EXPIRING_DAYS = REMIND_DAYS[0]


# ---------------------------------------------------------------- dates


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last one."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def latest_end(kind: PaperType, issued_on: date) -> date | None:
    """The last day a paper of this type can hold; None where its type sets no term."""
    months = TYPES[kind].months
    return None if months is None else months_later(issued_on, months)


def latest_prolongation(kind: PaperType, valid_until: date | None) -> date | None:
    """The last day its issuer can prolong a paper to; None where there is nothing to prolong."""
    months = TYPES[kind].prolonged_months
    return months_later(valid_until, months) if months and valid_until else None


def condition_on(day: date, until: date | None) -> Condition:
    """What a last day says on ``day``; a paper holds through its last day, Vietnam's midnight."""
    if until is None:
        return Condition.VALID
    if until < day:
        return Condition.EXPIRED
    return Condition.EXPIRING if until <= day + timedelta(days=EXPIRING_DAYS) else Condition.VALID


def due_reminder(day: date, until: date | None) -> int | None:
    """The reminder that belongs to ``day``: 180, 90 or 30 days, -1 once ended; None before.

    A clock that slept gives the nearest one only, so nobody is told "in 180 days" with ten left.
    """
    if until is None:
        return None
    left = (until - day).days
    if left < 0:
        return -1
    return min((days for days in REMIND_DAYS if left <= days), default=None)


# ---------------------------------------------------------------- who may


def may_enter(actor: Actor, paper: Paper) -> bool:
    """The owner's people, or someone recorded as acting for the owner."""
    return may_speak_for(actor, paper.organisation)


def may_change(actor: Actor, paper: Paper) -> bool:
    """As long as nobody vouched for it."""
    return paper.state in OPEN and may_enter(actor, paper)


def may_renew(actor: Actor, paper: Paper) -> bool:
    """A verified paper is followed by a new one, before or after its end."""
    return paper.state is PaperState.VERIFIED and may_enter(actor, paper)


def may_judge(actor: Actor, paper: Paper) -> bool:
    """An official of the owner's locality, none of its people, with no hand in the paper."""
    return may_verify_organisation(actor, paper.organisation) and actor.user_id not in paper.hands


def may_prolong(actor: Actor, paper: Paper) -> bool:
    """Whoever may judge it, where the type knows prolongation."""
    return (
        paper.state is PaperState.VERIFIED
        and latest_prolongation(paper.type, paper.valid_until) is not None
        and may_judge(actor, paper)
    )


def may_see_all(actor: Actor, paper: Paper) -> bool:
    """Whoever speaks for the owner, and the officials of the locality: scan, history, people."""
    return may_enter(actor, paper) or actor.is_officer_of(paper.organisation.locality_id)


PERMISSIONS = {
    "enter": may_enter,
    "change": may_change,
    "renew": may_renew,
    "prolong": may_prolong,
    "all": may_see_all,
}


# ---------------------------------------------------------------- what is missing, what is odd


def what_is_missing(paper: Paper) -> Sequence[Text]:
    """Everything that keeps a paper from being verified, all at once."""
    gaps = []
    if paper.scan_id is None:
        gaps.append(Text(N_("The scan or photo of the paper is missing.")))
    if not paper.organisation.is_verified:
        gaps.append(Text(N_("The organisation is not verified yet. Its locality does this.")))
    if paper.condition_on(clock.today()) is Condition.EXPIRED:
        gaps.append(Text(N_("The paper has ended. Return it and ask for the one that holds now.")))
    return gaps


def warnings(paper: Paper) -> Sequence[Text]:
    """What is unusual about a paper and deserves a look; nothing is refused for it."""
    if paper.type is PaperType.GROWING_AREA:
        return growing_area.warnings(paper.number)
    return ()


# ---------------------------------------------------------------- the workflow

RETURN_REASONS = {
    "scan": N_("The scan cannot be read"),
    "number": N_("Number, issuer or dates differ from the paper"),
    "scope": N_("The paper does not cover these goods"),
    "owner": N_("The paper was given to someone else"),
    "ended": N_("The paper has ended"),
    "other": N_("Another reason"),
}

SUSPEND_REASONS = {
    "issuer": N_("The issuer has suspended it"),
    "check": N_("It is being checked"),
    "duplicate": N_("Another organisation shows the same number"),
    "other": N_("Another reason"),
}

REVOKE_REASONS = {
    "issuer": N_("The issuer has revoked it"),
    "wrong": N_("It was verified by mistake"),
    "owner": N_("The paper was given to someone else"),
    "other": N_("Another reason"),
}

_S = PaperState

PAPER = Workflow(
    "paper",
    PaperState,
    _S.SUBMITTED,
    Transition(
        "verify",
        states(_S.SUBMITTED),
        _S.VERIFIED,
        may_judge,
        N_("Verify the paper"),
        blockers=what_is_missing,
        tone="primary",
    ),
    Transition(
        "return",
        states(_S.SUBMITTED),
        _S.RETURNED,
        may_judge,
        N_("Ask for more"),
        reasons=RETURN_REASONS,
    ),
    Transition(
        "resubmit", states(_S.RETURNED), _S.SUBMITTED, may_enter, N_("Send again"), tone="primary"
    ),
    Transition(
        "suspend",
        states(_S.VERIFIED),
        _S.SUSPENDED,
        may_judge,
        N_("Suspend the paper"),
        reasons=SUSPEND_REASONS,
        tone="danger",
    ),
    Transition("restore", states(_S.SUSPENDED), _S.VERIFIED, may_judge, N_("Lift the suspension")),
    Transition(
        "revoke",
        states(_S.VERIFIED, _S.SUSPENDED),
        _S.REVOKED,
        may_judge,
        N_("Revoke the paper"),
        reasons=REVOKE_REASONS,
        tone="danger",
    ),
    labels={
        _S.SUBMITTED: N_("Waiting for verification"),
        _S.VERIFIED: N_("Verified"),
        _S.RETURNED: N_("Needs more"),
        _S.SUSPENDED: N_("Suspended"),
        _S.REVOKED: N_("Revoked"),
    },
)

CONDITION_LABELS = {
    Condition.VALID: N_("Valid"),
    Condition.EXPIRING: N_("Ends soon"),
    Condition.EXPIRED: N_("Has ended"),
}


def standing(paper: Paper) -> tuple[str, str]:
    """The word for how a paper stands today, of review and dates, and its tone."""
    today = clock.today()
    if paper.state is _S.VERIFIED:
        condition = paper.condition_on(today)
        tone = {Condition.VALID: "ok", Condition.EXPIRING: "warn", Condition.EXPIRED: "bad"}
        return CONDITION_LABELS[condition], tone[condition]
    tones = {_S.SUBMITTED: "act", _S.RETURNED: "warn"}
    return PAPER.label_of(paper), tones.get(paper.state, "bad")


def is_struck(paper: Paper) -> bool:
    """Whether it is shown struck through: it held once and does not today."""
    return paper.state in SEEN and not paper.holds_on(clock.today())
