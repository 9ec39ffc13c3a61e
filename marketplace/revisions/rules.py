"""The states of a revision, its moves, and who may make them (workflows page 1)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.catalogue.rules import RETURN_REASONS, ListingState, may_edit, owner_not_verified
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import Transition, Workflow, nobody_but_the_program, states
from marketplace.programme.rules import may_turn_key

if TYPE_CHECKING:
    from marketplace.catalogue.models import Listing
    from marketplace.revisions.models import Revision


class RevisionState(StrEnum):
    """Where a revision stands. The listing stays published all the while."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


LIVE = (RevisionState.DRAFT, RevisionState.SUBMITTED, RevisionState.RETURNED)
"""A listing has at most one of these."""
WRITABLE = (RevisionState.DRAFT, RevisionState.RETURNED)

WRITING = ("revision.drafted", "revision.edited", "revision.photo_added", "revision.photo_removed")
"""Journal names by which someone becomes an author of a revision."""


def may_revise(actor: Actor, listing: Listing) -> bool:
    """The owner's people, while the listing is published, paused or not, hidden or not."""
    return listing.state is ListingState.PUBLISHED and may_edit(actor, listing)


def may_write(actor: Actor, revision: Revision) -> bool:
    """The owner's people, or someone recorded as acting for the owner."""
    return may_edit(actor, revision.listing)


def may_review(actor: Actor, revision: Revision) -> bool:
    """The officials who decide about publishing the listing."""
    return actor.is_officer_of(*revision.deciding_localities)


def may_approve(actor: Actor, revision: Revision) -> bool:
    """An approver whose key is missing and who has no hand in the new text."""
    return may_turn_key(
        actor,
        revision.deciding_localities,
        [(key.locality_id, key.user_id) for key in revision.keys],
        revision.author_ids,
    )


def why_no_key(actor: Actor, revision: Revision) -> Text | None:
    """Why an official may not approve; None when they may, or do not decide at all."""
    if may_approve(actor, revision) or not may_review(actor, revision):
        return None
    if actor.user_id in revision.author_ids:
        return Text(N_("You wrote or recorded this change, so someone else has to approve it."))
    return Text(N_("Your locality has approved this change already."))


def missing_keys(revision: Revision) -> int:
    """How many keys are still to be turned."""
    return max(0, revision.keys_needed - len(revision.keys))


def not_published(revision: Revision) -> Sequence[Text]:
    """What stops a revision of a listing that is no longer public."""
    blockers = list(owner_not_verified(revision.listing))
    if revision.listing.state is not ListingState.PUBLISHED:
        blockers.append(Text(N_("The listing is closed. Copy it to a new draft instead.")))
    return blockers


def waits(revision: Revision) -> Sequence[Text]:
    """Why a revision is not in public yet."""
    if missing_keys(revision):
        return [Text(N_("The other locality has not approved yet."))]
    return []


PERMISSIONS = {"write": may_write, "review": may_review}

_S = RevisionState

REVISION = Workflow(
    "revision",
    RevisionState,
    _S.DRAFT,
    Transition(
        "submit",
        states(_S.DRAFT, _S.RETURNED),
        _S.SUBMITTED,
        may_write,
        N_("Send the change for approval"),
        blockers=not_published,
        tone="primary",
    ),
    Transition(
        "turn_key",
        states(_S.SUBMITTED),
        None,
        may_approve,
        N_("Approve the change"),
        blockers=not_published,
        tone="primary",
    ),
    Transition(
        "approve",
        states(_S.SUBMITTED),
        _S.APPROVED,
        nobody_but_the_program,
        N_("Publish the change"),
        blockers=waits,
    ),
    Transition(
        "return",
        states(_S.SUBMITTED),
        _S.RETURNED,
        may_review,
        N_("Needs changes"),
        reasons=RETURN_REASONS,
    ),
    Transition(
        "withdraw",
        states(_S.DRAFT, _S.SUBMITTED, _S.RETURNED),
        _S.WITHDRAWN,
        may_write,
        N_("Drop the change"),
        tone="danger",
        confirm=N_("The text in public stays as it is. Drop the change?"),
    ),
    labels={
        _S.DRAFT: N_("Change not sent yet"),
        _S.SUBMITTED: N_("Change waits for approval"),
        _S.RETURNED: N_("Change needs more work"),
        _S.APPROVED: N_("Change approved"),
        _S.WITHDRAWN: N_("Change dropped"),
    },
)
