"""The states of a match, its moves, and who may make them (workflows page 4, decisions 1 to 3)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.accounts.rules import may_manage, may_speak_for
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import Transition, Workflow, nobody_but_the_program, states
from marketplace.programme.rules import BOTH, Decision, may_turn_key, why_no_key

if TYPE_CHECKING:
    from marketplace.accounts.models import Locality, Organisation
    from marketplace.matching.models import Match


class MatchState(StrEnum):
    """A missing yes or key is a blocker with a sentence, not a state."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Answer(StrEnum):
    """What an organisation says to a proposed match."""

    YES = "yes"
    NO = "no"


def is_officer_in(actor: Actor, match: Match) -> bool:
    """An official of one of the two localities."""
    return actor.is_officer_of(*match.pair.locality_ids)


def may_consent(actor: Actor, match: Match) -> bool:
    """Whoever may speak for a party that has not answered yet, and has turned no key on it."""
    return actor.user_id not in {key.user_id for key in match.keys} and any(
        may_speak_for(actor, party) for party in unanswered(match)
    )


def may_key(actor: Actor, match: Match) -> bool:
    """An approver whose locality's key is missing and who has no hand in the case."""
    return match.keys_missing > 0 and may_turn_key(
        actor,
        match.pair.locality_ids,
        [(key.locality_id, key.user_id) for key in match.keys],
        match.hand_ids,
    )


ANSWERED = N_("This organisation has answered, or its word is not yours to give.")


def _why_no_word(actor: Actor, match: Match) -> Text | None:
    """Two of one organisation may answer at once: the second reads that it is answered."""
    is_theirs = any(may_speak_for(actor, party) for party in match.parties)
    return Text(ANSWERED) if is_theirs else None


def _why_no_key(actor: Actor, match: Match) -> Text | None:
    return why_no_key(actor, match.pair, match.keys, match.keys_needed)


def may_object(actor: Actor, match: Match) -> bool:
    """The other locality, while a match under one key waits for its working day."""
    return (
        match.keys_needed == 1
        and match.takes_effect_on is not None
        and clock.today() <= match.takes_effect_on
        and is_officer_in(actor, match)
        and actor.locality_id not in {key.locality_id for key in match.keys}
    )


def may_cancel(actor: Actor, match: Match) -> bool:
    """A party or an official of the pair."""
    return (
        is_officer_in(actor, match)
        or may_manage(actor, match.seller)
        or may_manage(actor, match.buyer)
    )


def may_reject(actor: Actor, match: Match) -> bool:
    """Either locality's approver, or the program after a party's no."""
    return actor.is_system or is_officer_in(actor, match)


def may_see(actor: Actor, match: Match) -> bool:
    """Parties and the officials of both localities."""
    return may_cancel(actor, match)


PERMISSIONS = {"see": may_see}


def unanswered(match: Match) -> list[Organisation]:
    """The parties that have said neither yes nor no."""
    answered = {consent.organisation_id for consent in match.consents}
    return [party for party in match.parties if party.id not in answered]


def not_turned(match: Match) -> list[Locality]:
    """The localities that have not turned their key."""
    turned = {key.locality_id for key in match.keys}
    return [place for place in (match.pair.source, match.pair.market) if place.id not in turned]


def what_is_missing(match: Match) -> Sequence[Text]:
    """Everything between a proposed match and its approval, each as a sentence."""
    return [*_not_decided(match), *open_to_objection(match)]


def _not_decided(match: Match) -> list[Text]:
    missing = [
        Text(N_("%(organisation)s has not said yes yet."), organisation=party.name)
        for party in unanswered(match)
    ]
    if match.keys_missing and match.keys_needed == BOTH:
        missing += [
            Text(N_("The approval of %(locality)s is missing."), locality=place.name)
            for place in not_turned(match)
        ]
    elif match.keys_missing:
        missing.append(Text(N_("The approval of one locality is missing.")))
    return missing


def waits_for_time(match: Match) -> Sequence[Text]:
    """What is said when nobody has anything left to do: only the day for objections must pass."""
    return [] if _not_decided(match) else open_to_objection(match)


def open_to_objection(match: Match) -> Sequence[Text]:
    """Until when the locality that turned no key may object; nothing once the day is over."""
    if match.takes_effect_on is None or clock.today() > match.takes_effect_on:
        return []
    sentence = (
        N_("%(locality)s may object until the end of %(day)s.")
        if _not_decided(match)
        else N_(
            "%(locality)s may object until the end of %(day)s. "
            "After that the connection takes effect."
        )
    )
    return [
        Text(sentence, locality=place.name, day=match.takes_effect_on)
        for place in not_turned(match)
    ]


MATCHING = (Decision.MATCH_PRODUCE, Decision.MATCH_INVESTMENT)
"""What localities decide when a listing is matched; ``Listing.match_decision`` says which."""


REJECT_REASONS = {
    "party_no": N_("One of the parties said no"),
    "unsuitable": N_("The two do not fit together"),
    "papers": N_("Papers are missing"),
    "quantity": N_("The quantity cannot be delivered"),
    "other": N_("Another reason"),
}

REFUSE_REASONS = {code: label for code, label in REJECT_REASONS.items() if code != "party_no"}
"""What an organisation says no with; the match is then rejected because a party said no."""

OBJECT_REASONS = {
    "value": N_("The matter is weightier than it looks"),
    "party": N_("There are doubts about a party"),
    "promised": N_("It is promised to someone else"),
    "other": N_("Another reason"),
}

CANCEL_REASONS = {
    "changed": N_("Plans have changed"),
    "mistake": N_("Proposed by mistake"),
    "other": N_("Another reason"),
}

_S = MatchState

MATCH = Workflow(
    "match",
    MatchState,
    _S.PROPOSED,
    Transition(
        "consent",
        states(_S.PROPOSED),
        None,
        may_consent,
        N_("Say yes"),
        tone="primary",
        why_not=_why_no_word,
    ),
    Transition(
        "refuse",
        states(_S.PROPOSED),
        None,
        may_consent,
        N_("Say no"),
        reasons=REFUSE_REASONS,
        why_not=_why_no_word,
    ),
    Transition(
        "turn_key",
        states(_S.PROPOSED),
        None,
        may_key,
        N_("Turn the key"),
        tone="primary",
        why_not=_why_no_key,
    ),
    Transition(
        "object",
        states(_S.PROPOSED),
        None,
        may_object,
        N_("Object"),
        reasons=OBJECT_REASONS,
    ),
    Transition(
        "approve",
        states(_S.PROPOSED),
        _S.APPROVED,
        nobody_but_the_program,
        N_("Approve"),
        blockers=what_is_missing,
    ),
    Transition(
        "reject",
        states(_S.PROPOSED),
        _S.REJECTED,
        may_reject,
        N_("Reject"),
        reasons=REJECT_REASONS,
        tone="danger",
    ),
    Transition(
        "cancel",
        states(_S.PROPOSED),
        _S.CANCELLED,
        may_cancel,
        N_("Take back"),
        reasons=CANCEL_REASONS,
        tone="danger",
    ),
    labels={
        _S.PROPOSED: N_("Proposed"),
        _S.APPROVED: N_("Approved"),
        _S.REJECTED: N_("Rejected"),
        _S.CANCELLED: N_("Taken back"),
    },
)
