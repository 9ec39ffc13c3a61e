"""Use cases of introductions: proposing one, saying yes or no, taking it back, letting it lapse."""

from __future__ import annotations

from datetime import timedelta

from marketplace.accounts import queries as accounts
from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import OrganisationKind, Purpose, whose_word
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.use_case import one_by_one, use_case
from marketplace.introducing import queries
from marketplace.introducing.models import Introduction, IntroductionAnswer
from marketplace.introducing.rules import INTRODUCTION, OPEN_FOR, IntroductionState
from marketplace.programme import queries as programme
from marketplace.programme.models import Pair


@use_case
def propose(
    actor: Actor, one_id: str, other_id: str, words: str, listing_id: str | None = None
) -> Introduction:
    """Ask two verified organisations whether they want to know each other.

    Nothing of either is passed on but its public name, its place and ``words``. Raises Invalid
    for organisations that cannot be introduced, Conflict while the two are being asked already.
    """
    if not actor.is_officer or actor.user_id is None:
        raise NotAllowed(N_("Only officials introduce two organisations."))
    one = _side("one", one_id, actor)
    other = _side("other", other_id, actor)
    if one.id == other.id:
        raise Invalid("other", N_("Choose another organisation."))
    pair = _pair(actor, one, other)
    for key in sorted((one.id, other.id)):
        hold(Organisation, id=key)  # two officials at once: one of them asks
    if queries.is_waiting(one.id, other.id):
        raise Conflict(N_("These two are being asked already."))
    listing = _listing(actor, listing_id, one, other)
    introduction = Introduction(
        pair_id=pair.id,
        one_id=one.id,
        other_id=other.id,
        listing_id=listing.id if listing else None,
        words=words,
        proposed_by_id=actor.user_id,
        proposed_at=clock.now(),
        lapses_on=clock.today() + timedelta(days=OPEN_FOR),
    )
    db.session.add(introduction)
    record("introduction.proposed", introduction, actor)
    return introduction


def _side(field: str, public_id: str, actor: Actor) -> Organisation:
    found = accounts.organisation_in_pair(public_id, actor)
    if not found.is_verified or found.kind is OrganisationKind.AUTHORITY:
        raise Invalid(field, N_("Choose another organisation."))
    return found


def _pair(actor: Actor, one: Organisation, other: Organisation) -> Pair:
    """The twinning both belong to, of the official's locality. Raises Invalid."""
    there = {one.locality_id, other.locality_id}
    for pair in programme.of_locality(actor.locality_id or 0):
        if there <= set(pair.locality_ids):
            return pair
    raise Invalid("other", N_("Choose two organisations of the twinned localities."))


def _listing(
    actor: Actor, public_id: str | None, one: Organisation, other: Organisation
) -> Listing | None:
    """The published listing it is about, of one of the two. Raises Invalid."""
    if not public_id:
        return None
    listing = catalogue.get(public_id, actor, whole=False)
    is_theirs = listing.organisation_id in {one.id, other.id}
    if listing.state is not ListingState.PUBLISHED or listing.is_hidden or not is_theirs:
        raise Invalid("listing", N_("Choose a published listing of one of the two."))
    return listing


@use_case
def consent(actor: Actor, public_id: str, acting: Acting | None = None) -> Introduction:
    """Record the yes of one side; the second opens contacts and conversation to both."""
    introduction = queries.get(public_id, actor, lock=True)
    INTRODUCTION.require(introduction, "consent", actor)
    side = _speaks_for(introduction, actor)
    acted = speak_for(actor, side, introduction, acting, purpose=Purpose.CONTACTS)
    INTRODUCTION.fire(
        introduction,
        "consent",
        actor,
        data={"organisation": side.id},
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    db.session.add(
        IntroductionAnswer(
            introduction_id=introduction.id,
            organisation_id=side.id,
            user_id=actor.user_id,
            acting_id=acted.id if acted else None,
            said_on=acted.said_on if acted else clock.today(),
            at=clock.now(),
        )
    )
    db.session.flush()
    db.session.expire(introduction, ["answers", "acting"])
    if not introduction.waiting:
        INTRODUCTION.fire(introduction, "agree", SYSTEM, facts={"ended_at": clock.now()})
    return introduction


@use_case
def refuse(
    actor: Actor,
    public_id: str,
    *,
    reason: str | None,
    note: str,
    acting: Acting | None = None,
) -> Introduction:
    """Record the no of one side; nothing was passed on and nothing will be."""
    introduction = queries.get(public_id, actor, lock=True)
    INTRODUCTION.require(introduction, "refuse", actor)
    side = _speaks_for(introduction, actor)
    acted = speak_for(actor, side, introduction, acting, purpose=None)
    INTRODUCTION.fire(
        introduction,
        "refuse",
        actor,
        reason=reason,
        note=note,
        facts={"ended_at": clock.now()},
        data={"organisation": side.id},
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    return introduction


def _speaks_for(introduction: Introduction, actor: Actor) -> Organisation:
    side = whose_word(actor, introduction.waiting)
    if side is None:
        raise NotAllowed(N_("This organisation has answered, or its word is not yours to give."))
    return side


@use_case
def withdraw(actor: Actor, public_id: str, *, reason: str | None, note: str) -> Introduction:
    """Take an introduction back before both have said yes."""
    introduction = queries.get(public_id, actor, lock=True)
    INTRODUCTION.fire(
        introduction,
        "withdraw",
        actor,
        reason=reason,
        note=note,
        facts={"ended_at": clock.now()},
    )
    return introduction


def lapse_introductions() -> int:
    """Let introductions lapse whose last day has passed; may run twice. Returns how many."""
    return one_by_one(_lapse, queries.past_their_day(clock.today()))


@use_case
def _lapse(introduction_id: int) -> bool:
    introduction = queries.get_for_clock(introduction_id)
    if introduction.state is not IntroductionState.PROPOSED:
        return False  # someone was faster
    INTRODUCTION.fire(introduction, "lapse", SYSTEM, facts={"ended_at": clock.now()})
    return True
