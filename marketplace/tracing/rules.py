"""States of a lot, its steps, and who may write them. A step that was told is never taken out."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.catalogue.rules import (
    ListingState,
    consent_taken_back,
    may_edit,
    may_review,
    owner_not_verified,
)
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import Transition, Workflow, states

if TYPE_CHECKING:
    from marketplace.tracing.models import Lot


class LotState(StrEnum):
    """Whether buyers can read the lot's page, and what they are told there."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RECALLED = "recalled"
    CLOSED = "closed"


IN_PUBLIC = frozenset({LotState.PUBLISHED, LotState.RECALLED, LotState.CLOSED})
"""Whoever holds the goods may read on: a lot that is sold out or recalled keeps its page."""


class StepKind(StrEnum):
    """What was done with the goods."""

    RECEIVE = "receive"
    SOW = "sow"
    HARVEST = "harvest"
    SORT = "sort"
    DRY = "dry"
    PROCESS = "process"
    PACK = "pack"
    STORE = "store"
    SHIP = "ship"
    OTHER = "other"


STEP_LABELS = {
    StepKind.RECEIVE: N_("Received from"),
    StepKind.SOW: N_("Sown or planted"),
    StepKind.HARVEST: N_("Harvested or gathered"),
    StepKind.SORT: N_("Sorted and washed"),
    StepKind.DRY: N_("Dried"),
    StepKind.PROCESS: N_("Processed"),
    StepKind.PACK: N_("Packed"),
    StepKind.STORE: N_("Stored"),
    StepKind.SHIP: N_("Handed on to"),
    StepKind.OTHER: N_("Another step"),
}
"""One step back is a RECEIVE with its partner, one step forward a SHIP with its partner."""

HAVE_PARTNER = frozenset({StepKind.RECEIVE, StepKind.SHIP})


def may_write(actor: Actor, lot: Lot) -> bool:
    """The owner of the goods, or someone recorded as acting for it."""
    return may_edit(actor, lot.listing)


def may_recall(actor: Actor, lot: Lot) -> bool:
    """The owner, or the officials who decide about the listing."""
    return may_write(actor, lot) or may_review(actor, lot.listing)


def may_add_steps(actor: Actor, lot: Lot) -> bool:
    """The way goes on after publication; not for goods that are gone or called back."""
    return lot.state in {LotState.DRAFT, LotState.PUBLISHED} and may_write(actor, lot)


NOT_REWRITTEN = N_("A published lot is not rewritten. Add a step, or recall it.")
WAY_ENDED = N_("The way of this lot has ended: it is sold out or recalled.")

PERMISSIONS = {"write": may_write, "recall": may_recall, "add_steps": may_add_steps}


def what_is_missing(lot: Lot) -> Sequence[Text]:
    """Every one of the ten items that is not there yet, and what else stops publication."""
    listing = lot.listing
    gaps = [*owner_not_verified(listing), *consent_taken_back(listing)]
    if listing.state is not ListingState.PUBLISHED:
        gaps.append(Text(N_("The listing these goods belong to must be published first.")))
    asked = (
        (lot.has_photo, N_("Add a photo to the lot or to its listing.")),
        (lot.address, N_("The producer has no address yet. Enter it with the organisation.")),
        (lot.valid_steps, N_("Write down at least one step, with place and day.")),
        (lot.produced_from, N_("Enter when the goods were produced.")),
        (lot.standards, N_("Name the standards applied, for example “TCVN 11041”, or “none”.")),
        (lot.quantity, N_("Enter how much there is in the lot.")),
    )
    return [*gaps, *(Text(text) for value, text in asked if not value)]


RECALL_REASONS = {
    "unsafe": N_("It may not be safe to eat"),
    "spoiled": N_("It is spoiled"),
    "label": N_("The label is wrong"),
    "paper": N_("A paper does not hold"),
    "other": N_("Another reason"),
}

_S = LotState

LOT = Workflow(
    "lot",
    LotState,
    _S.DRAFT,
    Transition(
        "publish",
        states(_S.DRAFT),
        _S.PUBLISHED,
        may_write,
        N_("Publish the lot"),
        blockers=what_is_missing,
        tone="primary",
    ),
    Transition(
        "recall",
        states(_S.PUBLISHED, _S.CLOSED),
        _S.RECALLED,
        may_recall,
        N_("Recall the lot"),
        reasons=RECALL_REASONS,
        tone="danger",
    ),
    Transition(
        "close",
        states(_S.PUBLISHED),
        _S.CLOSED,
        may_write,
        N_("Sold out"),
        confirm=N_("Its page stays for those who hold the goods. Close the lot?"),
    ),
    labels={
        _S.DRAFT: N_("Draft"),
        _S.PUBLISHED: N_("Published"),
        _S.RECALLED: N_("Recalled"),
        _S.CLOSED: N_("Sold out"),
    },
)
