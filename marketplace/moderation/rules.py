"""The states of a report about a listing, its moves, and what the log of moderation holds."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.catalogue.rules import HIDE_REASONS
from marketplace.catalogue.rules import may_review as may_decide_about
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_
from marketplace.core.workflow import Transition, Workflow, states

if TYPE_CHECKING:
    from marketplace.moderation.models import Report


class ReportState(StrEnum):
    """Whether officials have dealt with a report, and how."""

    REPORTED = "reported"
    DISMISSED = "dismissed"
    UPHELD = "upheld"


class About(StrEnum):
    """What a visitor says is wrong with a listing."""

    WRONG = "wrong"
    PROHIBITED = "prohibited"
    FRAUD = "fraud"
    PERSONAL_DATA = "personal_data"
    OFFENSIVE = "offensive"
    OTHER = "other"


ABOUT_LABELS = {
    About.WRONG: N_("What it says is wrong"),
    About.PROHIBITED: N_("Goods that may not be offered"),
    About.FRAUD: N_("It looks like fraud"),
    About.PERSONAL_DATA: N_("Someone's personal data"),
    About.OFFENSIVE: N_("It offends people"),
    About.OTHER: N_("Something else"),
}

DISMISS_REASONS = {
    "unfounded": N_("There is nothing wrong"),
    "corrected": N_("It was corrected already"),
    "unclear": N_("It does not say what is wrong"),
    "other": N_("Another reason"),
}

LOOKED_AT_WITHIN = 2
"""Working days until officials have looked at a report (rules page)."""
CONTACTS_KEPT_DAYS = 180
"""Days after the decision until the name and contact of a reporter are erased (Law 91/2025)."""


def may_handle(actor: Actor, report: Report) -> bool:
    """The officials who decide about the listing."""
    return may_decide_about(actor, report.listing)


_S = ReportState

REPORT = Workflow(
    "report",
    ReportState,
    _S.REPORTED,
    Transition(
        "dismiss",
        states(_S.REPORTED),
        _S.DISMISSED,
        may_handle,
        N_("Leave the listing as it is"),
        reasons=DISMISS_REASONS,
    ),
    Transition(
        "uphold",
        states(_S.REPORTED),
        _S.UPHELD,
        may_handle,
        N_("Hide the listing"),
        reasons=HIDE_REASONS,
        tone="danger",
    ),
    labels={
        _S.REPORTED: N_("Reported"),
        _S.DISMISSED: N_("Left as it is"),
        _S.UPHELD: N_("Listing hidden"),
    },
)

ACTS: dict[str, tuple[str, ...]] = {
    "approved": ("listing.turn_key", "revision.turn_key"),
    "returned": ("listing.return", "revision.return"),
    "hidden": ("listing_visibility.hide",),
    "shown": ("listing_visibility.show",),
    "upheld": ("report.uphold",),
    "dismissed": ("report.dismiss",),
}
"""What officials do to listings, by the journal names under which it is kept."""

ACT_LABELS = {
    "approved": N_("Approved"),
    "returned": N_("Returned"),
    "hidden": N_("Hidden"),
    "shown": N_("Shown again"),
    "upheld": N_("Report upheld"),
    "dismissed": N_("Report dismissed"),
}
ACT_OF = {name: act for act, names in ACTS.items() for name in names}
