"""What waits on the desk, for whom, and for how long it may. Pure."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from marketplace.core import clock
from marketplace.core.calendar import add_working_days
from marketplace.core.i18n import N_


class Queue(StrEnum):
    """The queues of one's own work; the value stands in addresses."""

    APPROVE = "duyet"
    VERIFY = "to-chuc"
    PAPER = "giay-to"
    INTEREST = "quan-tam"
    MATCH = "ghep"
    KEY = "chia-khoa"
    OBJECTION = "phan-doi"
    DEAL = "ket-noi"
    FIGURE = "so-lieu"
    RETURNED = "so-lieu-tra-lai"
    CALL = "cuoc-goi"
    MAIL = "thu-loi"


QUEUE_LABELS = {
    Queue.APPROVE: N_("Listings to approve"),
    Queue.VERIFY: N_("Organisations to verify"),
    Queue.PAPER: N_("Papers to look at"),
    Queue.INTEREST: N_("Interests to answer"),
    Queue.MATCH: N_("Matches to propose"),
    Queue.KEY: N_("Keys to turn"),
    Queue.OBJECTION: N_("Matches you may object to"),
    Queue.DEAL: N_("Deals to move on"),
    Queue.FIGURE: N_("Figures to verify"),
    Queue.RETURNED: N_("Figures that came back to you"),
    Queue.CALL: N_("Calls to make"),
    Queue.MAIL: N_("Mails that did not arrive"),
}


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
    Waiting.VERIFICATION: N_("Figures wait for verification"),
    Waiting.CORRECTION: N_("A figure must be put right"),
    Waiting.NOTHING: N_("Nothing is waiting"),
}

ALLOWED: dict[Queue | Waiting, int] = {
    Queue.APPROVE: 2,
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
    Waiting.VERIFICATION: 5,
    Waiting.CORRECTION: 3,
}
"""Working days after which something is late. Two days for approving and verifying are what the
pages promise; the others are what the offices ask of themselves. Interests have their own days."""


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
