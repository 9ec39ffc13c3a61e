"""Use cases of choosing among several: open, compare, decide with both keys, answer everyone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from marketplace.accounts.acting import Acting, speak_for
from marketplace.choosing import queries
from marketplace.choosing.models import (
    Applicant,
    Declaration,
    Score,
    Selection,
    SelectionCriterion,
)
from marketplace.choosing.rules import (
    MOST_POINTS,
    SELECTION,
    SelectionState,
    averages,
    keys_missing,
    may_answer,
    may_ask,
    not_ready_to_score,
    require_open_points,
    standings,
)
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Conflict, Invalid, NotAllowed
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.use_case import one_by_one, use_case
from marketplace.interests.rules import INTEREST
from marketplace.interests.rules import LIVE as LIVE_INTERESTS
from marketplace.matching.proposing import MatchValues, propose
from marketplace.programme import keys

NOBODY = "nobody"
"""The result that chooses none of the applicants."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a decider proposes: an applicant's public id or ``NOBODY``, and why.

    ``reasons`` by the applicants' public ids: what each of them is told.
    """

    chosen: str
    summary: str
    reasons: Mapping[str, str]


@use_case
def open_selection(
    actor: Actor, listing_id: str, *, closes_on: date | None, decides_on: date
) -> Selection:
    """Announce that those who want an opportunity will be compared, and until when.

    ``listing_id`` is public. The published closing day holds where there is one. The way of
    choosing and the criteria are copied as they stand in public now.
    """
    listing = queries.opportunity(listing_id, actor, lock=True)
    missing = queries.why_not_open(listing)
    if missing:
        raise Blocked(missing)
    last = listing.closes_on or closes_on
    if last is None:
        raise Invalid("closes_on", N_("Enter the last day of applications, as 31/12/2026."))
    if listing.closes_on is None and last < clock.today():
        raise Invalid("closes_on", N_("This day has passed. Choose a day still to come."))
    if decides_on <= max(last, clock.today()):
        raise Invalid("decides_on", N_("The result comes after the last day of applications."))
    if actor.user_id is None:
        raise NotAllowed(N_("This step is not yours to take."))
    selection = Selection(
        pair_id=listing.pair_id,
        listing_id=listing.id,
        how=listing.choosing_how,
        closes_on=last,
        decides_on=decides_on,
        opened_by_id=actor.user_id,
        opened_at=clock.now(),
    )
    db.session.add(selection)
    db.session.flush()  # one live selection a listing: the index speaks now
    for row in listing.criteria:
        db.session.add(
            SelectionCriterion(
                selection_id=selection.id, position=row.position, name=row.name, weight=row.weight
            )
        )
    record("selection.opened", selection, actor, data={"listing": listing.id})
    return selection


@use_case
def call_off(actor: Actor, public_id: str, *, reason: str | None, note: str) -> Selection:
    """Call a selection off before it compares anything; the interests go on as they are."""
    selection = queries.get(public_id, actor, lock=True)
    SELECTION.fire(
        selection, "void", actor, reason=reason, note=note, facts={"ended_at": clock.now()}
    )
    return selection


@use_case
def begin(actor: Actor, public_id: str) -> Selection:
    """Freeze the applications and begin to compare those that came in time."""
    return _begin(queries.get(public_id, actor, lock=True), actor)


def _begin(selection: Selection, actor: Actor) -> Selection:
    SELECTION.require(selection, "begin", actor)
    interests = queries.interests_in(selection)
    if not interests:
        raise Blocked(
            [Text(N_("Nobody wants it any more. Call the selection off, with a reason."))]
        )
    for number, interest in enumerate(interests, start=1):
        db.session.add(
            Applicant(
                selection_id=selection.id,
                interest_id=interest.id,
                number=number,
                is_late=clock.local(interest.sent_at).date() > selection.closes_on,
            )
        )
    SELECTION.fire(
        selection,
        "begin",
        actor,
        facts={"begun_at": clock.now()},
        data={"applicants": len(interests)},
    )
    db.session.flush()
    db.session.expire(selection, ["applicants", "near"])
    return selection


def begin_due() -> int:
    """Begin the selections whose closing day is over and that lack nothing; may run twice."""
    return one_by_one(_begin_due, queries.due_to_begin(clock.today()))


@use_case
def _begin_due(public_id: str) -> bool:
    selection = queries.get_for_clock(public_id)
    is_open = selection.state is SelectionState.OPEN
    if not is_open or not_ready_to_score(selection) or not queries.interests_in(selection):
        return False  # someone was faster, or an official has to see to something first
    _begin(selection, SYSTEM)
    return True


@use_case
def declare(actor: Actor, public_id: str, *, has_conflict: bool, words: str) -> Selection:
    """Declare no conflict of interest, or one: then the declarer decides nothing here."""
    selection = queries.get(public_id, actor, lock=True)
    SELECTION.require(selection, "declare", actor)
    if has_conflict and not words:
        raise Invalid("conflict_words", N_("Write one sentence: which interest, in whom."))
    if actor.user_id is None or actor.locality_id is None:
        raise NotAllowed(N_("This step is not yours to take."))
    db.session.add(
        Declaration(
            selection_id=selection.id,
            user_id=actor.user_id,
            locality_id=actor.locality_id,
            has_conflict=has_conflict,
            words=words if has_conflict else "",
            at=clock.now(),
        )
    )
    SELECTION.fire(selection, "declare", actor, data={"conflict": has_conflict})
    db.session.flush()
    db.session.expire(selection, ["declarations"])
    return selection


@use_case
def score(
    actor: Actor, public_id: str, applicant_id: str, rows: Mapping[int, tuple[int, str]]
) -> Selection:
    """Give one applicant points and a sentence on every criterion, all at once.

    ``rows`` by criterion id: points 0 to 10 and the sentence. Earlier ones of the same decider are
    replaced.
    """
    selection = queries.get(public_id, actor, lock=True)
    SELECTION.require(selection, "score", actor)
    require_open_points(actor, selection)
    applicant = queries.applicant(selection, applicant_id)
    if applicant not in selection.running:
        raise NotAllowed(N_("This application is not compared."))
    if set(rows) != {criterion.id for criterion in selection.criteria}:
        raise Conflict
    for points, words in rows.values():
        if not 0 <= points <= MOST_POINTS or not words:
            raise Invalid("rows", N_("Give 0 to 10 points and a sentence on every criterion."))
    for given in list(selection.scores):
        if given.applicant_id == applicant.id and given.user_id == actor.user_id:
            db.session.delete(given)
    db.session.flush()
    for criterion_id, (points, words) in rows.items():
        db.session.add(
            Score(
                selection_id=selection.id,
                applicant_id=applicant.id,
                criterion_id=criterion_id,
                user_id=actor.user_id,
                points=points,
                words=words,
                at=clock.now(),
            )
        )
    SELECTION.fire(selection, "score", actor, data={"applicant": applicant.id})
    db.session.flush()
    db.session.expire(selection, ["scores"])
    return selection


@use_case
def propose_result(actor: Actor, public_id: str, result: Result) -> Selection:
    """Propose whom to choose and why; both keys are turned by others."""
    selection = queries.get(public_id, actor, lock=True)
    SELECTION.require(selection, "propose", actor)
    running = selection.running
    if result.chosen != NOBODY and result.chosen not in {one.public_id for one in running}:
        raise Invalid("chosen", N_("Choose one of those compared, or nobody."))
    for applicant in selection.applicants:
        applicant.is_chosen = applicant.public_id == result.chosen
        applicant.reasons = result.reasons.get(applicant.public_id, "")
        if applicant in running and not applicant.reasons:
            raise Invalid("reasons", N_("Write for each applicant why."))
    selection.summary = result.summary
    selection.proposed_by_id, selection.proposed_at = None, None
    chosen = selection.chosen
    SELECTION.fire(
        selection,
        "propose",
        actor,
        facts={"proposed_by_id": actor.user_id, "proposed_at": clock.now()},
        data={"applicant": chosen.id if chosen else None},
    )
    return selection


@use_case
def send_back(actor: Actor, public_id: str, *, reason: str | None, note: str) -> Selection:
    """Refuse a proposed result: a key turned on it is void.

    Where the points are the reason, everyone may change theirs again.
    """
    selection = queries.get(public_id, actor, lock=True)
    SELECTION.fire(selection, "send_back", actor, reason=reason, note=note)
    keys.void(selection)
    selection.proposed_by_id, selection.proposed_at, selection.summary = None, None, ""
    for applicant in selection.applicants:
        applicant.is_chosen, applicant.reasons = False, ""
    db.session.flush()
    db.session.expire(selection, ["keys", "reopened_at"])
    return selection


@use_case
def turn_key(actor: Actor, public_id: str) -> Selection:
    """A locality's key on a proposed result; with the second one everyone is answered."""
    selection = queries.get(public_id, actor, lock=True)
    SELECTION.fire(selection, "turn_key", actor)
    keys.turn(selection, actor)
    db.session.expire(selection, ["keys"])
    if not keys_missing(selection):
        _settle(selection)
    return selection


def _settle(selection: Selection) -> None:
    """Write the standings down, end the selection, and answer every applicant."""
    queries.hold_interests(selection)
    chosen = selection.chosen
    if chosen is not None and chosen.interest.state not in LIVE_INTERESTS:
        raise Conflict(
            N_("The applicant chosen has withdrawn meanwhile. Send the result back, then decide.")
        )
    _rank(selection)
    now = clock.now()
    if chosen is None:
        SELECTION.fire(selection, "find_nobody", SYSTEM, reason="nobody", facts={"ended_at": now})
    else:
        SELECTION.fire(
            selection, "decide", SYSTEM, facts={"ended_at": now}, data={"applicant": chosen.id}
        )
        _take(selection, chosen)
    for applicant in selection.applicants:
        interest = applicant.interest
        if applicant is chosen or interest.state not in LIVE_INTERESTS:
            continue
        interest.answered_at = now
        why = "late" if applicant.is_late else "chosen" if chosen is not None else "nobody"
        INTEREST.fire(interest, "pass_over", SYSTEM, reason=why, note=applicant.reasons)


def _rank(selection: Selection) -> None:
    """Points and places of those still running, from the sheets that are whole."""
    found = averages(selection)
    places = standings(found)
    for applicant in selection.applicants:
        applicant.points = found.get(applicant.id)
        applicant.place = places.get(applicant.id)


def _take(selection: Selection, chosen: Applicant) -> None:
    """The chosen interest becomes a proposed match, to which both sides still say yes or no."""
    interest = chosen.interest
    interest.answered_at = clock.now()
    INTEREST.fire(interest, "choose", SYSTEM, note=chosen.reasons)
    propose(
        SYSTEM,
        interest.pair,
        interest.listing_id,
        interest.organisation,
        MatchValues(value=interest.capital, note=selection.summary),
        interest,
        proposer_id=selection.opened_by_id,
    )


# ------------------------------------------------------------ asking afterwards


@use_case
def ask(
    actor: Actor, public_id: str, applicant_id: str, words: str, *, acting: Acting | None = None
) -> Applicant:
    """An applicant that was not chosen asks about the reasons, once."""
    selection = queries.get(public_id, actor, lock=True)
    applicant = queries.applicant(selection, applicant_id)
    if not may_ask(actor, applicant):
        raise NotAllowed(
            N_("Who was not chosen may ask once, within 5 working days of the result.")
        )
    acted = speak_for(actor, applicant.interest.organisation, applicant, acting, purpose=None)
    applicant.asked, applicant.asked_at = words, clock.now()
    record("applicant.asked", applicant, actor, acting_id=acted.id if acted else None)
    return applicant


@use_case
def answer(actor: Actor, public_id: str, applicant_id: str, words: str) -> Applicant:
    """The owning locality answers what an applicant asked."""
    selection = queries.get(public_id, actor, lock=True)
    applicant = queries.applicant(selection, applicant_id)
    if not may_answer(actor, applicant):
        raise NotAllowed(N_("Only an official of the owning locality answers, once."))
    applicant.answer, applicant.answered_at = words, clock.now()
    record("applicant.answered", applicant, actor)
    return applicant
