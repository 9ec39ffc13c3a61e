"""What waits on the desk, for whom, and for how long it may. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.calendar import add_working_days
from marketplace.core.i18n import N_, Text
from marketplace.core.roles import Role


class Queue(StrEnum):
    """The queues of one's own work; the value stands in addresses."""

    APPROVE = "duyet"
    REVISION = "sua-doi"
    REPORT = "bao-cao"
    QUESTION = "hoi-dap"
    VERIFY = "to-chuc"
    PAPER = "giay-to"
    INTEREST = "quan-tam"
    ENQUIRY = "khach-hoi"
    MATCH = "ghep"
    KEY = "chia-khoa"
    OBJECTION = "phan-doi"
    SELECTION = "lua-chon"
    RULING = "quyet-dinh"
    TRIP = "chuyen-khao-sat"
    TRIP_REPORT = "bao-cao-chuyen"
    AGREEMENT = "van-ban"
    DEAL = "ket-noi"
    DELIVERY = "giao-hang"
    TASK = "viec"
    FIGURE = "so-lieu"
    RETURNED = "so-lieu-tra-lai"
    CALL = "cuoc-goi"
    MAIL = "thu-loi"


QUEUE_LABELS = {
    Queue.APPROVE: N_("Listings to approve"),
    Queue.REVISION: N_("Changes to approve"),
    Queue.REPORT: N_("Reports to look into"),
    Queue.QUESTION: N_("Questions nobody answered in time"),
    Queue.VERIFY: N_("Organisations to verify"),
    Queue.PAPER: N_("Papers to look at"),
    Queue.INTEREST: N_("Interests to answer"),
    Queue.ENQUIRY: N_("Calls to those who ask without an account"),
    Queue.MATCH: N_("Matches to propose"),
    Queue.KEY: N_("Keys to turn"),
    Queue.OBJECTION: N_("Matches you may object to"),
    Queue.SELECTION: N_("Comparisons that wait for you"),
    Queue.RULING: N_("Proposals in a dispute that wait for a key"),
    Queue.TRIP: N_("Survey trips that wait for a key"),
    Queue.TRIP_REPORT: N_("Reports of trips that wait for a key"),
    Queue.AGREEMENT: N_("Papers to sign off"),
    Queue.DEAL: N_("Deals to move on"),
    Queue.DELIVERY: N_("Planned deliveries that are late"),
    Queue.TASK: N_("Tasks of your office in the cases"),
    Queue.FIGURE: N_("Figures to verify"),
    Queue.RETURNED: N_("Figures that came back to you"),
    Queue.CALL: N_("People to call"),
    Queue.MAIL: N_("Mails that did not arrive"),
}


DECISIONS: dict[Queue, tuple[str, str]] = {
    Queue.KEY: ("turn_key", "reject"),
    Queue.OBJECTION: ("", "object"),
    Queue.SELECTION: ("turn_key", "send_back"),
    Queue.RULING: ("turn_key", "drop"),
    Queue.TRIP: ("turn_key", "cancel"),
    Queue.TRIP_REPORT: ("turn_key", ""),
    Queue.APPROVE: ("turn_key", "return"),
    Queue.REVISION: ("turn_key", "return"),
    Queue.REPORT: ("uphold", "dismiss"),
    Queue.VERIFY: ("verify", "return"),
    Queue.PAPER: ("verify", "return"),
    Queue.AGREEMENT: ("", "hold"),
    Queue.FIGURE: ("verify", "return"),
}
"""What one person decides with a yes or a no, on a sheet: the moves that yes and no mean.

Letting a match pass needs no move. A trip's report has no other no than having it changed.
Countersigning asks for a day and a number, which its own page takes.
"""

ELSEWHERE = {
    "declare": N_("On its page you declare whether you have an interest in one who applied."),
    "score": N_("On its page you give the points, with a sentence for each criterion."),
    "propose": N_("On its page you write the reasons, one for each who applied."),
    "countersign": N_("On its page you enter the day of the signing and the paper's number."),
}
"""Steps that wait for one person as well and ask for more than a sheet can: what, in a sentence."""


class Due(StrEnum):
    """When something is due, seen from today; the value stands in addresses."""

    LATE = "tre"
    TODAY = "hom-nay"
    WEEK = "tuan-nay"
    LATER = "sau"


class Waiting(StrEnum):
    """What a case waits for."""

    ANSWER = "answer"
    KEY = "key"
    OBJECTION = "objection"
    TERMS = "terms"
    SIGNING = "signing"
    START = "start"
    DELIVERY = "delivery"
    CONFIRMATION = "confirmation"
    COMPLETION = "completion"
    RULING = "ruling"
    VERIFICATION = "verification"
    CORRECTION = "correction"
    NOTHING = "nothing"


WAITING_LABELS = {
    Waiting.ANSWER: N_("Waiting for a yes"),
    Waiting.KEY: N_("Waiting for a key"),
    Waiting.OBJECTION: N_("Open to objection"),
    Waiting.TERMS: N_("Waiting for the terms"),
    Waiting.SIGNING: N_("Waiting for the signing"),
    Waiting.START: N_("Waiting for the first day"),
    Waiting.DELIVERY: N_("Waiting for deliveries"),
    Waiting.CONFIRMATION: N_("Waiting for a confirmation"),
    Waiting.COMPLETION: N_("Ready to be completed"),
    Waiting.RULING: N_("Waiting for a decision of both localities"),
    Waiting.VERIFICATION: N_("Figures wait for verification"),
    Waiting.CORRECTION: N_("A figure must be put right"),
    Waiting.NOTHING: N_("Nothing is waiting"),
}

ALLOWED: dict[Queue | Waiting, int] = {
    Queue.APPROVE: 2,
    Queue.REVISION: 2,
    Queue.REPORT: 2,
    Queue.VERIFY: 2,
    Queue.PAPER: 2,
    Queue.MATCH: 5,
    Queue.CALL: 1,
    Queue.MAIL: 1,
    Queue.RETURNED: 3,
    Waiting.ANSWER: 5,
    Waiting.KEY: 3,
    Waiting.TERMS: 10,
    Waiting.SIGNING: 5,
    Waiting.CONFIRMATION: 5,
    Waiting.COMPLETION: 3,
    Waiting.RULING: 5,
    Waiting.VERIFICATION: 5,
    Waiting.CORRECTION: 3,
}
"""Working days after which something is late. Two days for approving and verifying are what the
pages promise; the others are what the offices ask of themselves. Interests have their own days."""


@dataclass(frozen=True, slots=True)
class Waited:
    """Whom a case or an interest waits for, by id; nobody where nothing is waited for."""

    organisations: frozenset[int] = frozenset()
    localities: frozenset[int] = frozenset()


def why_no_reminder(waited: Waited, own: int | None, *, was_reminded: bool) -> Text | None:
    """Why nobody can be reminded just now; None when somebody can.

    ``own`` is the locality of who would remind: nobody reminds their own office alone.
    """
    if not waited.organisations and not waited.localities - {own}:
        return Text(N_("Nobody else is waited for here."))
    if was_reminded:
        return Text(N_("They were reminded today. Once a working day is enough."))
    return None


def may_end_deputy(actor: Actor, user_id: int) -> bool:
    """The one who is away, or a leader, takes the work back from a deputy."""
    return actor.is_officer and (actor.user_id == user_id or actor.role is Role.LEADER)


def due_after(what: Queue | Waiting, since: datetime) -> date:
    """The last working day on which ``what``, waiting since then, is in time."""
    return add_working_days(clock.local(since).date(), ALLOWED[what])


def due_when(due_on: date | None) -> Due:
    """How a due day stands to today; what has none can wait."""
    today = clock.today()
    if due_on is None:
        return Due.LATER
    if due_on < today:
        return Due.LATE
    if due_on == today:
        return Due.TODAY
    days_left = 6 - today.weekday()
    return Due.WEEK if (due_on - today).days <= days_left else Due.LATER
