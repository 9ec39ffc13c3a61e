"""The states of a listing, its moves, and who may make them (workflows page 1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.accounts.rules import (
    CONSENTING,
    WITHDRAWN,
    may_act_for,
    may_manage,
    may_speak_for,
)
from marketplace.catalogue.gates import obstacles
from marketplace.core.actor import Actor
from marketplace.core.errors import Invalid
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import Transition, Workflow, nobody_but_the_program, states
from marketplace.programme.rules import may_turn_key

if TYPE_CHECKING:
    from marketplace.catalogue.models import Listing


class ListingState(StrEnum):
    """The review state. Whether a published listing is open or paused is another question."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"


class Availability(StrEnum):
    """Whether a published listing takes new interests."""

    OPEN = "open"
    PAUSED = "paused"


class Audience(StrEnum):
    """Who reads a published listing. Its owner and the officials of its pair always do."""

    PUBLIC = "public"
    PRODUCERS = "producers"
    OFFICIALS = "officials"


AUDIENCE_LABELS = {
    Audience.PUBLIC: N_("Everyone"),
    Audience.PRODUCERS: N_("Verified producers of the twin locality"),
    Audience.OFFICIALS: N_("Officials of both localities only"),
}


class Asks(StrEnum):
    """What whoever answers a listing is asked to state."""

    QUANTITY = "quantity"
    CAPITAL = "capital"
    PEOPLE = "people"


class Visibility(StrEnum):
    """Whether officials have hidden it for the time being: neither review nor availability."""

    SHOWN = "shown"
    HIDDEN = "hidden"


CLOSING_SOON = timedelta(days=7)
"""A listing whose last day is this near closes soon (workflows page 1)."""
STALE_AFTER = timedelta(days=14)
"""A quantity nobody confirmed for this long sinks in the order (decisions page 34)."""

NEVER_PUBLISHED = frozenset({ListingState.DRAFT, ListingState.SUBMITTED, ListingState.RETURNED})
IN_PUBLIC = frozenset({ListingState.PUBLISHED, ListingState.CLOSED})
"""What everyone may open by its address; lists show only the published ones."""


COPIED = frozenset(
    {
        ListingState.PUBLISHED,
        ListingState.CLOSED,
        ListingState.WITHDRAWN,
        ListingState.ARCHIVED,
    }
)
"""What may be begun again as a new draft."""

MOST_PHOTOS = 8
"""Photos a listing shows at most, counting those a revision proposes."""

WRITING = (
    "listing.drafted",
    "listing.edited",
    "listing.photo_added",
    "listing.photo_removed",
    "listing.grade_added",
    "listing.grade_removed",
    "listing.photos_arranged",
    "listing.meeting_recorded",
    "listing.meeting_removed",
    "listing.document_added",
    "listing.document_removed",
)
"""Journal names by which someone becomes an author of what is sent for approval."""


def may_edit(actor: Actor, listing: Listing) -> bool:
    """The owner's people, or someone recorded as acting for the owner."""
    return may_speak_for(actor, listing.organisation)


def may_review(actor: Actor, listing: Listing) -> bool:
    """Officials of the localities that decide about this listing."""
    return actor.is_officer_of(*listing.deciding_localities)


def may_approve(actor: Actor, listing: Listing) -> bool:
    """An approver whose key is missing and who has no hand in the listing."""
    return may_turn_key(
        actor,
        listing.deciding_localities,
        [(key.locality_id, key.user_id) for key in listing.keys],
        listing.author_ids | listing.recorder_ids,
    )


def require_room(present: int, added: int) -> None:
    """Raise Invalid when ``added`` photos beside ``present`` ones are more than a listing shows."""
    if present + added > MOST_PHOTOS:
        raise Invalid(
            "photo",
            Text(
                N_("A listing shows at most %(most)s photos; it has %(present)s now."),
                most=MOST_PHOTOS,
                present=present,
            ),
        )


def recorded_before(actor: Actor, listing: Listing) -> bool:
    """Whether the actor recorded the owner's wish for this draft and may still act for them."""
    return (
        listing.state is ListingState.DRAFT
        and actor.user_id in listing.recorder_ids
        and may_act_for(actor, listing.organisation)
    )


def why_no_key(actor: Actor, listing: Listing) -> Text | None:
    """Why an official of a deciding locality may not approve; None when they may."""
    if may_approve(actor, listing):
        return None
    if not may_review(actor, listing):
        return Text(N_("The officials of another locality decide about this listing."))
    if actor.user_id in listing.author_ids:
        return Text(N_("You wrote or sent in this listing, so someone else has to approve it."))
    if actor.user_id in listing.recorder_ids:
        return Text(N_("You recorded the owner's word here, so someone else has to approve it."))
    return Text(N_("Your locality has approved this listing already."))


def may_close(actor: Actor, listing: Listing) -> bool:
    """The owner, an approver, or the clock."""
    return actor.is_system or may_edit(actor, listing) or may_review(actor, listing)


def may_pause(actor: Actor, listing: Listing) -> bool:
    """Whoever may close it, while it is published."""
    return listing.state is ListingState.PUBLISHED and may_close(actor, listing)


def may_resume(actor: Actor, listing: Listing) -> bool:
    """The owner or an approver, while it is published."""
    return listing.state is ListingState.PUBLISHED and (
        may_edit(actor, listing) or may_review(actor, listing)
    )


def may_hide(actor: Actor, listing: Listing) -> bool:
    """The officials who decide about it, while it stands in public (domain page 6, take-down)."""
    return listing.state in IN_PUBLIC and may_review(actor, listing)


def may_show_again(actor: Actor, listing: Listing) -> bool:
    """An official who decides about it and did not hide it: two pairs of eyes."""
    return may_review(actor, listing) and actor.user_id != listing.hidden_by_id


def may_copy(actor: Actor, listing: Listing) -> bool:
    """The owner's people, once the listing has had its turn."""
    return listing.state in COPIED and may_edit(actor, listing)


def may_change_offer(actor: Actor, listing: Listing) -> bool:
    """Price, quantity and months of a published listing change at once."""
    return listing.state is ListingState.PUBLISHED and may_edit(actor, listing)


def may_know_owner(actor: Actor, listing: Listing) -> bool:
    """Whose it is: everyone where that is public, else its own people and the pair's officials."""
    return (
        listing.is_owner_public
        or may_speak_for(actor, listing.organisation)
        or actor.is_officer_of(*listing.pair.locality_ids)
    )


def may_see_history(actor: Actor, listing: Listing) -> bool:
    """The owner, and the officials of the localities concerned."""
    return may_manage(actor, listing.organisation) or actor.is_officer_of(
        listing.locality_id, *listing.pair.locality_ids
    )


PERMISSIONS = {
    "edit": may_edit,
    "review": may_review,
    "change_offer": may_change_offer,
    "history": may_see_history,
    "know_owner": may_know_owner,
}


def what_is_missing(listing: Listing) -> Sequence[Text]:
    """Every gap that keeps a draft from being submitted, all at once."""
    return [gap.text for gap in listing.gaps()]


def owner_not_verified(listing: Listing) -> Sequence[Text]:
    """What stops a listing from going public whose owner is no longer vouched for."""
    if listing.organisation.is_verified:
        return []
    return [Text(N_("The organisation is not verified yet. Its locality does this."))]


def consent_taken_back(listing: Listing) -> Sequence[Text]:
    """A household that took its consent back offers nothing until it agrees anew."""
    organisation = listing.organisation
    if organisation.kind in CONSENTING and organisation.has_withdrawn:
        return [Text(WITHDRAWN, name=organisation.name)]
    return []


def stops_approval(listing: Listing) -> Sequence[Text]:
    """What stops a listing from going public, whatever was true when it was sent in."""
    return [
        *owner_not_verified(listing),
        *consent_taken_back(listing),
        *(text for _field, text in obstacles(listing)),
    ]


def missing_keys(listing: Listing) -> int:
    """How many keys are still to be turned."""
    return max(0, listing.keys_needed - len(listing.keys))


def waits_for_keys(listing: Listing) -> Sequence[Text]:
    """Why a listing is not published yet."""
    if missing_keys(listing):
        return [Text(N_("The other locality has not approved yet."))]
    return []


RETURN_REASONS = {
    "incomplete": N_("Something is missing"),
    "unclear": N_("The description is unclear"),
    "paper": N_("A paper is missing"),
    "photo": N_("The photo does not show the goods"),
    "claim": N_("A claim cannot be shown"),
    "other": N_("Another reason"),
}

PAUSE_REASONS = {
    "road": N_("The road is closed"),
    "stock": N_("Nothing in stock just now"),
    "check": N_("Details are being checked"),
    "other": N_("Another reason"),
}

HOLD_REASONS = {"consent": N_("The household took its consent back")}

CLOSE_REASONS = {
    "fulfilled": N_("A partner was found"),
    "season_over": N_("The season is over"),
    "date_passed": N_("The closing date has passed"),
    "none_suitable": N_("Nobody suitable"),
    "cancelled": N_("It was called off"),
}

HIDE_REASONS = {
    "wrong": N_("What it says is wrong"),
    "prohibited": N_("Goods that may not be offered"),
    "fraud": N_("It looks like fraud"),
    "personal_data": N_("Someone's personal data"),
    "offensive": N_("It offends people"),
    "other": N_("Another reason"),
}

SHOW_REASONS = {
    "corrected": N_("It was corrected"),
    "unfounded": N_("There was nothing wrong"),
    "other": N_("Another reason"),
}

_S = ListingState

LISTING = Workflow(
    "listing",
    ListingState,
    _S.DRAFT,
    Transition(
        "submit",
        states(_S.DRAFT, _S.RETURNED),
        _S.SUBMITTED,
        may_edit,
        N_("Send for approval"),
        blockers=what_is_missing,
        tone="primary",
    ),
    Transition(
        "turn_key",
        states(_S.SUBMITTED),
        None,
        may_approve,
        N_("Approve"),
        blockers=stops_approval,
        tone="primary",
    ),
    Transition(
        "publish",
        states(_S.SUBMITTED),
        _S.PUBLISHED,
        nobody_but_the_program,
        N_("Publish"),
        blockers=waits_for_keys,
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
        may_edit,
        N_("Withdraw"),
        tone="danger",
        confirm=N_("The listing will not be published. Withdraw it?"),
    ),
    Transition(
        "close",
        states(_S.PUBLISHED),
        _S.CLOSED,
        may_close,
        N_("Close"),
        reasons=CLOSE_REASONS,
        tone="danger",
    ),
    Transition(
        "archive",
        states(_S.CLOSED, _S.WITHDRAWN),
        _S.ARCHIVED,
        nobody_but_the_program,
        N_("Archive"),
    ),
    labels={
        _S.DRAFT: N_("Draft"),
        _S.SUBMITTED: N_("Waiting for approval"),
        _S.RETURNED: N_("Needs changes"),
        _S.PUBLISHED: N_("Published"),
        _S.CLOSED: N_("Closed"),
        _S.WITHDRAWN: N_("Withdrawn"),
        _S.ARCHIVED: N_("Archived"),
    },
)

AVAILABILITY = Workflow(
    "listing_availability",
    Availability,
    Availability.OPEN,
    Transition(
        "pause",
        states(Availability.OPEN),
        Availability.PAUSED,
        may_pause,
        N_("Pause"),
        reasons=PAUSE_REASONS,
    ),
    Transition(
        "hold",
        states(Availability.OPEN),
        Availability.PAUSED,
        nobody_but_the_program,
        N_("Pause for lack of consent"),
        reasons=HOLD_REASONS,
    ),
    Transition(
        "resume",
        states(Availability.PAUSED),
        Availability.OPEN,
        may_resume,
        N_("Open again"),
        blockers=consent_taken_back,
    ),
    labels={Availability.OPEN: N_("Open"), Availability.PAUSED: N_("Paused")},
    attribute="availability",
)

VISIBILITY = Workflow(
    "listing_visibility",
    Visibility,
    Visibility.SHOWN,
    Transition(
        "hide",
        states(Visibility.SHOWN),
        Visibility.HIDDEN,
        may_hide,
        N_("Hide from the public"),
        reasons=HIDE_REASONS,
        tone="danger",
    ),
    Transition(
        "show",
        states(Visibility.HIDDEN),
        Visibility.SHOWN,
        may_show_again,
        N_("Show again"),
        reasons=SHOW_REASONS,
    ),
    labels={Visibility.SHOWN: N_("Shown"), Visibility.HIDDEN: N_("Hidden for a check")},
    attribute="visibility",
)


def state_label(listing: Listing) -> str:
    """The word for where a listing stands, of all its workflows."""
    if listing.is_hidden:
        return VISIBILITY.label_of(listing)
    if listing.state is _S.PUBLISHED and listing.availability is Availability.PAUSED:
        return AVAILABILITY.label_of(listing)
    return listing.state_labels.get(listing.state) or LISTING.label_of(listing)
