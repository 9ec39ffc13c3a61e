"""The states of an enquiry sent without an account, its moves, and how long names are kept."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.calendar import add_working_days
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import Transition, Workflow, nobody_but_the_program, states
from marketplace.interests.rules import ACKNOWLEDGE_WITHIN, LAPSE_REASONS

if TYPE_CHECKING:
    from marketplace.enquiries.models import Enquiry


class EnquiryState(StrEnum):
    """Where an enquiry stands; once tied, its interest goes on in its place."""

    SENT = "sent"
    TIED = "tied"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


CONSENT_TEXT = 2
"""The version of ``CONSENT``; a changed text gets the next number, and each row keeps its own."""
CONSENT = N_(
    "I agree that the officials of both localities keep my name, unit, phone and purpose and call "
    "me about this enquiry, and pass them on to the owner of the listing once it accepts. An "
    "e-mail address, if I give one, serves only to tell me how it goes on. I may take this back at "
    "any time."
)

NAMES_KEPT_DAYS = 180
"""Days after its end until name, unit, phone and words are erased.

Consent covers one purpose, which has ended (Law 91/2025/QH15, domain page 6); half a year lets
officials answer a complaint, as with reports about listings.
"""

DECLINE_REASONS = {
    "unreachable": N_("We could not reach anyone under this number"),
    "no_organisation": N_("It needs a verified organisation behind it"),
    "asked_already": N_("The organisation has asked already"),
    "unclear": N_("It is not clear what is wanted"),
    "other": N_("Another reason"),
}


def may_handle(actor: Actor, enquiry: Enquiry) -> bool:
    """The officials of both localities: one knows the goods, the other the businesses."""
    return actor.is_officer_of(*enquiry.pair.locality_ids)


def may_take_back(actor: Actor, enquiry: Enquiry) -> bool:
    """Whoever has the tracking code and is none of the officials: the sender alone was given it."""
    return not actor.is_system and not may_handle(actor, enquiry)


def may_revoke(actor: Actor, enquiry: Enquiry) -> bool:
    """The sender, as long as something names them.

    Once it is tied both sides know the code as well: neither of them is the sender, and whoever
    has no account shows by the phone number that they are (``services.revoke``).
    """
    return may_take_back(actor, enquiry) and not actor.is_signed_in and enquiry.erased_at is None


def due_on(enquiry: Enquiry) -> date | None:
    """The working day by which officials call back; None when nothing is owed."""
    if enquiry.state is not EnquiryState.SENT:
        return None
    return add_working_days(clock.local(enquiry.sent_at).date(), ACKNOWLEDGE_WITHIN)


def is_late(enquiry: Enquiry) -> bool:
    """Whether that day has passed."""
    due = due_on(enquiry)
    return due is not None and clock.today() > due


PERMISSIONS = {"handle": may_handle}

_S = EnquiryState

ENQUIRY = Workflow(
    "enquiry",
    EnquiryState,
    _S.SENT,
    Transition(
        "tie",
        states(_S.SENT),
        _S.TIED,
        may_handle,
        N_("Tie to the organisation"),
        tone="primary",
    ),
    Transition(
        "decline",
        states(_S.SENT),
        _S.DECLINED,
        may_handle,
        N_("Decline"),
        reasons=DECLINE_REASONS,
    ),
    Transition(
        "take_back",
        states(_S.SENT),
        _S.WITHDRAWN,
        may_take_back,
        N_("Take it back"),
        tone="danger",
        confirm=N_("Your name, phone and words are erased at once."),
    ),
    Transition(  # it stays tied: what ends is the interest, and what named the sender
        "revoke",
        states(_S.TIED),
        None,
        may_revoke,
        N_("Take it back"),
        tone="danger",
        confirm=N_("Your name, phone and words are erased at once."),
    ),
    Transition(
        "lapse",
        states(_S.SENT),
        _S.LAPSED,
        nobody_but_the_program,
        N_("Lapse"),
        reasons=LAPSE_REASONS,
    ),
    labels={
        _S.SENT: N_("Sent"),
        _S.TIED: N_("Tied to an organisation"),
        _S.DECLINED: N_("Not suitable"),
        _S.WITHDRAWN: N_("Taken back"),
        _S.LAPSED: N_("Lapsed"),
    },
)

ENDS_IN = {
    _S.TIED: N_("An organisation goes on with it under the same code."),
    _S.DECLINED: N_("It ended; the reason stands below. You may send another enquiry."),
    _S.WITHDRAWN: N_("You took it back. What named you is erased."),
    _S.LAPSED: N_("It ended because the listing closed."),
}


def next_step(enquiry: Enquiry) -> Text:
    """Who must do what now, and until when."""
    if enquiry.state is _S.SENT:
        return Text(
            N_(
                "An official calls you by %(day)s to learn for which organisation you ask. Only a "
                "verified organisation can be introduced."
            ),
            day=due_on(enquiry),
        )
    return Text(ENDS_IN[enquiry.state])
