"""The states of a selection, its moves, who may make them, and how points are counted.

Sources: domain page 2 (the way of choosing is published with the call), workflows page, equality
(what commits both localities turns two keys, neither of someone with a hand in the matter).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.accounts.rules import may_speak_for
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.calendar import add_working_days
from marketplace.core.errors import Blocked
from marketplace.core.i18n import N_, Text
from marketplace.core.workflow import Transition, Workflow, nobody_but_the_program, states
from marketplace.programme.rules import may_turn_key, why_no_key

if TYPE_CHECKING:
    from marketplace.choosing.models import Applicant, Selection


class SelectionState(StrEnum):
    """Open while applications come in; scoring once they are frozen; then one of two ends."""

    OPEN = "open"
    SCORING = "scoring"
    DECIDED = "decided"
    VOID = "void"


LIVE = (SelectionState.OPEN, SelectionState.SCORING)
"""A listing has at most one of these."""

CLOSED = (SelectionState.SCORING, SelectionState.DECIDED)
"""States in which no application is taken any more. One that ended without a partner leaves the
opportunity as it was."""

MOST_POINTS = 10
"""A criterion is given 0 to 10 points; its weight is in percent, so that 100 is the most in all."""

TENTHS = 10
"""Totals are kept in tenths of a point of those 100."""

ASK_WITHIN = 5
"""Working days in which an applicant who was not chosen may ask about the reasons."""

AT_LEAST = 2
"""Interests from which on a selection can be opened before the closing day."""


def is_officer_in(actor: Actor, selection: Selection) -> bool:
    """An official of one of the two localities."""
    return actor.is_officer_of(*selection.pair.locality_ids)


def may_run(actor: Actor, selection: Selection) -> bool:
    """An official of the locality whose opportunity it is."""
    return actor.is_officer_of(selection.listing.locality_id)


def may_begin(actor: Actor, selection: Selection) -> bool:
    """The same, or the clock once the closing day is over."""
    return actor.is_system or may_run(actor, selection)


def has_hand(actor: Actor, selection: Selection) -> bool:
    """Whether someone stands too near to an applicant or to the call to decide about it."""
    return actor.user_id in selection.hand_ids


def may_declare(actor: Actor, selection: Selection) -> bool:
    """An official of the pair without a hand in it who has not declared anything yet."""
    declared = {declaration.user_id for declaration in selection.declarations}
    return (
        is_officer_in(actor, selection)
        and not has_hand(actor, selection)
        and actor.user_id not in declared
    )


def is_decider(actor: Actor, selection: Selection) -> bool:
    """Whoever declared no conflict of interest, for the locality they declared it in."""
    return (
        is_officer_in(actor, selection)
        and not has_hand(actor, selection)
        and any(
            one.user_id == actor.user_id
            and one.locality_id == actor.locality_id
            and not one.has_conflict
            for one in selection.declarations
        )
    )


def may_score(actor: Actor, selection: Selection) -> bool:
    """A decider, until a result is proposed: then the points stand."""
    return is_decider(actor, selection) and not selection.is_proposed


def has_scored(user_id: int | None, selection: Selection) -> bool:
    """Whether someone gave points to every applicant compared, on every criterion."""
    if user_id is None:
        return False
    given = {(s.applicant_id, s.criterion_id) for s in selection.scores if s.user_id == user_id}
    return all((a.id, c.id) in given for a in selection.running for c in selection.criteria)


def require_open_points(actor: Actor, selection: Selection) -> None:
    """Raise Blocked where someone sees the points of others: nobody changes theirs to fit them.

    They are shown to whoever has given their own to everyone. A result that was sent back because
    of the points opens them again, for all.
    """
    if points_stand(actor, selection):
        raise Blocked(
            [Text(N_("The points of the others are shown, so points given to everyone stand."))]
        )


def points_stand(actor: Actor, selection: Selection) -> bool:
    """Whether the points someone gave are fixed."""
    return (
        selection.reopened_at is None
        and any(one.user_id != actor.user_id for one in selection.scores)
        and has_scored(actor.user_id, selection)
    )


def whole(selection: Selection) -> set[tuple[int, int]]:
    """The deciders who gave points to everyone: who, and for which locality."""
    return {
        (one.user_id, one.locality_id)
        for one in selection.declarations
        if not one.has_conflict
        and one.user_id not in selection.hand_ids
        and has_scored(one.user_id, selection)
    }


def may_propose(actor: Actor, selection: Selection) -> bool:
    """A decider who has scored everything, where each locality keeps another one for its key."""
    return (
        may_score(actor, selection)
        and has_scored(actor.user_id, selection)
        and _leaves_both_keys(selection, actor.user_id)
    )


def _leaves_both_keys(selection: Selection, proposer_id: int | None) -> bool:
    others = {locality for user_id, locality in whole(selection) if user_id != proposer_id}
    return others >= set(selection.pair.locality_ids)


def may_key(actor: Actor, selection: Selection) -> bool:
    """A decider of the locality whose key is missing, who has scored everything as well.

    Neither key is the proposer's (decisions page 3).
    """
    return (
        selection.is_proposed
        and is_decider(actor, selection)
        and has_scored(actor.user_id, selection)
        and may_turn_key(
            actor,
            selection.pair.locality_ids,
            [(key.locality_id, key.user_id) for key in selection.keys],
            selection.hand_ids | {selection.proposed_by_id},
        )
    )


def may_see_scores(actor: Actor, selection: Selection) -> bool:
    """Officials once it is over; before, only who has given their own points to everything."""
    if not is_officer_in(actor, selection):
        return False
    return selection.state not in LIVE or has_scored(actor.user_id, selection)


def may_see(actor: Actor, selection: Selection) -> bool:
    """The officials of both localities; applicants have a page of their own."""
    return is_officer_in(actor, selection)


PERMISSIONS = {"see": may_see, "scores": may_see_scores}


def not_ready_to_score(selection: Selection) -> Sequence[Text]:
    """Scoring begins when the closing day is over and every interest has been acknowledged."""
    missing = []
    if clock.today() <= selection.closes_on:
        missing.append(
            Text(
                N_("Applications are taken until the end of %(day)s."),
                day=selection.closes_on,
            )
        )
    waiting = selection.not_acknowledged
    if waiting:
        missing.append(Text(N_("Interests that have not been acknowledged yet: %(n)s."), n=waiting))
    if not selection.criteria:
        missing.append(Text(N_("The opportunity has no published criteria.")))
    return missing


def applications_closed(
    state: SelectionState, _closes_on: date, decides_on: date, ended_at: datetime | None
) -> Text | None:
    """What everyone is told once the applications are frozen; None while they are taken.

    Nothing but the state and the day: who applied and how it stands is for those concerned.
    """
    if state not in CLOSED:
        return None
    if ended_at is None:
        return Text(N_("Applications closed. Result by %(day)s."), day=decides_on)
    day = clock.local(ended_at).date()
    return Text(N_("Applications closed. A partner was chosen on %(day)s."), day=day)


def keys_missing(selection: Selection) -> Sequence[Text]:
    """Both localities decide."""
    if not selection.is_proposed:
        return [Text(N_("No result has been proposed yet."))]
    turned = {key.locality_id for key in selection.keys}
    return [
        Text(N_("The approval of %(locality)s is missing."), locality=place.name)
        for place in (selection.pair.source, selection.pair.market)
        if place.id not in turned
    ]


def what_is_missing(selection: Selection) -> Sequence[Text]:
    """Everything between the selection and its end, for its page."""
    if selection.state is SelectionState.OPEN:
        return not_ready_to_score(selection)
    if selection.state is not SelectionState.SCORING:
        return []
    deciders = selection.decider_localities
    missing = [
        Text(
            N_("%(locality)s has no decider who declared no conflict of interest yet."),
            locality=place.name,
        )
        for place in (selection.pair.source, selection.pair.market)
        if place.id not in deciders
    ]
    if not selection.is_proposed and not missing and not _can_be_proposed(selection):
        missing.append(
            Text(
                N_(
                    "Whoever proposes the result turns no key: each locality needs a decider who "
                    "has given points to everyone, and one of them a second."
                )
            )
        )
    return [*missing, *keys_missing(selection)]


def _can_be_proposed(selection: Selection) -> bool:
    """Whether someone could propose and leave a key for a decider of each locality."""
    return any(_leaves_both_keys(selection, user_id) for user_id, _locality in whole(selection))


# ------------------------------------------------------------ points


def total(points: Mapping[int, int], weights: Mapping[int, int]) -> int:
    """One decider's points for one applicant, in tenths of 100: the sum of weight times points.

    Both by criterion. With weights that make 100 and at most 10 points the most is 1000 tenths.
    """
    return sum(points[criterion] * weight for criterion, weight in weights.items())


def average(totals: Iterable[int]) -> int | None:
    """The mean of the deciders' totals, to the nearest tenth, halves up; None without any."""
    found = list(totals)
    return (2 * sum(found) + len(found)) // (2 * len(found)) if found else None


def standings(averages: Mapping[int, int]) -> dict[int, int]:
    """The place of each by its average, the highest first; equals share a place."""
    return {
        key: 1 + sum(1 for other in averages.values() if other > value)
        for key, value in averages.items()
    }


def averages(selection: Selection) -> dict[int, int]:
    """The average of each running applicant by its id, in tenths of 100.

    Of the deciders who gave points to all of them, so that no one's strictness touches some only.
    """
    weights = {criterion.id: criterion.weight for criterion in selection.criteria}
    given: dict[tuple[int, int], dict[int, int]] = {}
    for one in selection.scores:
        given.setdefault((one.user_id, one.applicant_id), {})[one.criterion_id] = one.points
    running = [one.id for one in selection.running]
    deciders = [
        user_id
        for user_id in sorted({one.user_id for one in selection.scores})
        if all(len(given.get((user_id, key), {})) == len(weights) for key in running)
    ]
    found = {}
    for key in running:
        mean = average(total(given[user_id, key], weights) for user_id in deciders)
        if mean is not None:
            found[key] = mean
    return found


# ------------------------------------------------------------ applicants


def may_ask(actor: Actor, applicant: Applicant) -> bool:
    """The applicant's side, once, while the days for it last, if it was not chosen."""
    selection = applicant.selection
    return (
        selection.ended_at is not None
        and not applicant.is_chosen
        and applicant.asked is None
        and clock.today() <= ask_until(selection)
        and may_speak_for(actor, applicant.interest.organisation)
    )


def ask_until(selection: Selection) -> date:
    """The last day on which those not chosen may ask."""
    ended = selection.ended_at or clock.now()
    return add_working_days(clock.local(ended).date(), ASK_WITHIN)


def may_answer(actor: Actor, applicant: Applicant) -> bool:
    """An official of the owning locality, once something was asked."""
    return (
        applicant.asked is not None
        and applicant.answer is None
        and may_run(actor, applicant.selection)
    )


VOID_REASONS = {
    "withdrawn": N_("The call is withdrawn"),
    "agreement": N_("There is one applicant only: it is talked to directly"),
    "mistake": N_("Opened by mistake"),
    "other": N_("Another reason"),
}

SEND_BACK_REASONS = {
    "reasons": N_("The reasons do not fit the points"),
    "points": N_("Points must be looked at again"),
    "papers": N_("Something has to be checked first"),
    "other": N_("Another reason"),
}

_S = SelectionState

SELECTION = Workflow(
    "selection",
    SelectionState,
    _S.OPEN,
    Transition(
        "begin",
        states(_S.OPEN),
        _S.SCORING,
        may_begin,
        N_("Begin to compare"),
        blockers=not_ready_to_score,
        tone="primary",
    ),
    Transition(
        "void",
        states(_S.OPEN),
        _S.VOID,
        may_run,
        N_("Call it off"),
        reasons=VOID_REASONS,
        tone="danger",
    ),
    Transition(
        "declare", states(_S.SCORING), None, may_declare, N_("Declare my interests"), tone="primary"
    ),
    Transition("score", states(_S.SCORING), None, may_score, N_("Give points")),
    Transition(
        "propose", states(_S.SCORING), None, may_propose, N_("Propose the result"), tone="primary"
    ),
    Transition(
        "turn_key",
        states(_S.SCORING),
        None,
        may_key,
        N_("Turn the key"),
        tone="primary",
        why_not=lambda actor, selection: why_no_key(actor, selection.pair, selection.keys),
    ),
    Transition(
        "send_back",
        states(_S.SCORING),
        None,
        may_key,
        N_("Send the result back"),
        reasons=SEND_BACK_REASONS,
    ),
    Transition(
        "decide",
        states(_S.SCORING),
        _S.DECIDED,
        nobody_but_the_program,
        N_("Decide"),
        blockers=keys_missing,
    ),
    Transition(
        "find_nobody",
        states(_S.SCORING),
        _S.VOID,
        nobody_but_the_program,
        N_("Choose nobody"),
        reasons={"nobody": N_("No suitable partner was found")},
        blockers=keys_missing,
    ),
    labels={
        _S.OPEN: N_("Taking applications"),
        _S.SCORING: N_("Being compared"),
        _S.DECIDED: N_("A partner is chosen"),
        _S.VOID: N_("Ended without a partner"),
    },
)
