"""What the pages of an enquiry show; on the public one nothing names anybody."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from marketplace.catalogue import applications
from marketplace.catalogue.kinds import SECTIONS
from marketplace.catalogue.models import Listing
from marketplace.catalogue.taxonomy import COOPERATION_LABELS, PERIOD_LABELS
from marketplace.core import phone
from marketplace.core.actor import ANONYMOUS, Actor
from marketplace.core.errors import DomainError
from marketplace.core.i18n import N_, Text
from marketplace.core.ids import ALPHABET, LENGTH
from marketplace.core.workflow import Step, way
from marketplace.enquiries import queries
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.rules import ENDS_IN, ENQUIRY, EnquiryState, next_step
from marketplace.interests import rules as interests
from marketplace.interests.models import Interest
from marketplace.interests.rules import DECLINE_REASONS, INTEREST, LAPSE_REASONS, InterestState
from marketplace.papers.types import TYPES

_ASKING = re.compile(
    rf"/(?:{'|'.join(SECTIONS)})/(?:[a-z0-9-]*-)?(?P<code>[{ALPHABET}]{{{LENGTH}}})/quan-tam(?:\?.*)?"
)
"""The address at which a listing is asked about by those who have an account."""
ORGANISATION = N_("The organisation it was tied to")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where it stands for whoever has the code: its interest's state once there is one."""

    label: str
    tone: str
    next_step: Text
    is_late: bool
    steps: list[Step]
    reason: str = ""
    note: str = ""


def standing(
    enquiry: Enquiry, reason: str = "", note: str = "", *, is_revoked: bool = False
) -> Standing:
    """The state, the next step and the end's reason; ``note`` is what officials wrote to them.

    ``is_revoked``: its sender took it back after it had been tied.
    """
    if enquiry.interest is not None:
        found = _of_interest(enquiry.interest)
        ended = Text(ENDS_IN[EnquiryState.WITHDRAWN])
        return replace(found, next_step=ended, is_late=False) if is_revoked else found
    is_sent = enquiry.state is EnquiryState.SENT
    after = EnquiryState.TIED if is_sent else enquiry.state
    labels = [ENQUIRY.labels[state] for state in (EnquiryState.SENT, after)]
    steps = way(labels, 0 if is_sent else 1)
    return Standing(
        ENQUIRY.label_of(enquiry),
        "plain",
        next_step(enquiry),
        enquiry.is_late,
        steps,
        reason,
        note,
    )


def _of_interest(interest: Interest) -> Standing:
    """What goes on between others, without their names and without what they wrote."""
    reasons = DECLINE_REASONS | LAPSE_REASONS
    is_over = interest.state in {InterestState.DECLINED, InterestState.LAPSED}
    code = queries.reason_of(interest) if is_over else None
    return Standing(
        INTEREST.label_of(interest),
        "ok" if interest.contacts_open else "plain",
        interests.next_step(interest, interest.listing.public_owner, Text(ORGANISATION)),
        interest.is_late,
        interests.progress(interest),
        reasons.get(code or "", ""),
    )


def asked(enquiry: Enquiry) -> dict[str, Any]:
    """The labels of what was asked for."""
    return {
        "period": PERIOD_LABELS[enquiry.period] if enquiry.period else None,
        "cooperation": COOPERATION_LABELS[enquiry.cooperation] if enquiry.cooperation else None,
        "papers": [TYPES[kind].short for kind in enquiry.papers_named],
    }


def masked(enquiry: Enquiry) -> list[str]:
    """Who sent it, so that they know their own: initials, and a phone nobody can dial."""
    if enquiry.erased_at is not None:
        return []
    return [
        initials(enquiry.contact_name),
        initials(enquiry.organisation_name),
        phone.mask(enquiry.contact_phone),
    ]


def initials(words: str) -> str:
    """The first letter of each word."""
    return " ".join(f"{word[0]}…" for word in words.split())


def panel(listing: Listing, reader: Actor) -> dict[str, Any] | None:
    """Beside a listing: that one may ask without an account."""
    if reader.organisation_id is not None or not listing.is_for_everyone or not listing.is_open:
        return None
    if applications.why_closed(listing) is not None:
        return None
    return {"section": listing.section, "slugged": listing.slugged}


def instead_of_signing_in(onward: str) -> dict[str, Any] | None:
    """For a visitor who was about to ask: the listing, where it takes questions from everyone."""
    asked = _ASKING.fullmatch(onward)
    if asked is None:
        return None
    try:
        listing = queries.open_listing(asked["code"])
    except DomainError:
        return None
    return panel(listing, ANONYMOUS)
