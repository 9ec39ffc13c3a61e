"""Use cases from the parties' yes to verified figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from marketplace.accounts import queries as accounts
from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import ActingRecord, StoredFile
from marketplace.accounts.rules import OrganisationKind, may_manage
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.quantity import require_whole
from marketplace.core.use_case import one_by_one, use_case
from marketplace.deals import entering, queries
from marketplace.deals.entering import InstalmentValues
from marketplace.deals.models import (
    Agreement,
    Deal,
    DealParty,
    Figure,
    Instalment,
    Offer,
    OfferAnswer,
    Outcome,
    Ruling,
    Signature,
    Stop,
)
from marketplace.deals.rules import (
    AGREEMENT,
    DEAL,
    FIGURE,
    INSTALMENT,
    INVESTMENT_ROLES,
    LINKAGE_FORMS,
    OUTCOME,
    PRINCIPALS,
    PROPOSING,
    RULING,
    SALE_ROLES,
    DealState,
    Indicator,
    PaperKind,
    PartyRole,
    RulingKind,
    counted,
    early_end,
    handed_in_by,
    is_officer_in,
    is_party,
    keys_missing,
    may_take_out,
    not_agreed,
    not_ready_to_start,
    papers_of,
    require_drawing_up,
    standing,
    waiting_figures,
    why_not_amount,
    why_not_begun_on,
    why_not_countersigned_on,
    why_not_ended_on,
    why_not_signed_on,
    why_not_stopped_since,
)
from marketplace.matching import queries as matching
from marketplace.matching import settling
from marketplace.matching.models import Match
from marketplace.matching.rules import Answer
from marketplace.programme import keys
from marketplace.programme import queries as programme
from marketplace.programme.rules import BOTH, Decision, keys_needed


@dataclass(frozen=True, slots=True)
class Terms:
    """What is offered. Quantity in thousandths, money in đồng."""

    quantity: int | None
    unit_price: int | None
    value: int | None
    starts_on: date
    ends_on: date | None
    delivery: str = ""
    version: int | None = None
    payment: str = ""
    quality: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """One side's signed copy: the day on it, and the file."""

    signed_on: date
    paper: StoredFile | None


# ---------------------------------------------------------------- deciding the match


@use_case
def answer_match(
    actor: Actor,
    public_id: str,
    answer: Answer,
    *,
    party_id: int | None = None,
    reason: str | None = None,
    note: str = "",
    acting: Acting | None = None,
) -> Match:
    """A party's yes or no to a match, its own or recorded; the last yes may approve it."""
    match = matching.get(public_id, actor, lock=True)
    settling.say(match, actor, answer, party_id=party_id, reason=reason, note=note, acting=acting)
    _settle(match)
    return match


@use_case
def turn_match_key(actor: Actor, public_id: str) -> Match:
    """A locality's key on a match; the last key may approve it."""
    match = matching.get(public_id, actor, lock=True)
    settling.turn_key(match, actor)
    _settle(match)
    return match


@use_case
def break_off(actor: Actor, public_id: str, action: str, *, reason: str | None, note: str) -> Match:
    """Reject or take back a proposed match: ``action`` is "reject" or "cancel"."""
    match = matching.get(public_id, actor, lock=True)
    settling.end(match, actor, action, reason, note)
    return match


@use_case
def object_to_match(actor: Actor, public_id: str, *, reason: str | None, note: str) -> Match:
    """The other locality asks for its own key before a small match takes effect."""
    match = matching.get(public_id, actor, lock=True)
    settling.object_(match, actor, reason, note)
    return match


def let_matches_take_effect() -> int:
    """Approve small matches whose day for objections has passed; may run twice."""
    return one_by_one(_let_take_effect, matching.due_to_take_effect(clock.today()))


@use_case
def _let_take_effect(public_id: str) -> bool:
    return _settle(matching.get_for_clock(public_id))


def _settle(match: Match) -> bool:
    if not settling.settle(match):
        return False
    _open(match)
    return True


def _open(match: Match) -> Deal:
    """Start the deal of an approved match, with its two parties and what they committed to."""
    is_sale = match.listing.is_sale
    deal = Deal(
        pair_id=match.pair_id,
        match_id=match.id,
        listing_id=match.listing_id,
        is_small=is_sale and match.keys_needed < BOTH,
        committed_quantity=match.quantity,
        unit=match.unit,
        unit_price=match.unit_price,
        committed_value=match.value,
        starts_on=match.happened_on,
        opened_at=clock.now(),
        moved_at=clock.now(),
    )
    db.session.add(deal)
    db.session.flush()  # its id is needed for the parties
    roles = (PartyRole.SELLER, PartyRole.BUYER) if is_sale else (PartyRole.HOST, PartyRole.INVESTOR)
    for organisation_id, role in zip((match.seller_id, match.buyer_id), roles, strict=True):
        db.session.add(DealParty(deal_id=deal.id, organisation_id=organisation_id, role=role))
    _put_on_the_table(deal, _as_proposed(match), number=1, said_on=match.happened_on)
    record("deal.opened", deal, SYSTEM, data={"match": match.id}, happened_on=match.happened_on)
    return deal


def _as_proposed(match: Match) -> dict[str, Any]:
    """What both sides said yes to in the match: the first offer of its deal."""
    return {
        "quantity": match.quantity,
        "unit_price": match.unit_price,
        "value": match.value,
        "starts_on": match.happened_on,
    }


# ---------------------------------------------------------------- offers


def _put_on_the_table(
    deal: Deal, what: Mapping[str, Any], *, number: int, said_on: date | None, **who: int | None
) -> Offer:
    """Add an offer; every earlier one lapses, and with it what was accepted of it."""
    offer = Offer(
        deal_id=deal.id,
        number=number,
        said_on=said_on or clock.today(),
        made_at=clock.now(),
        **what,
        **who,
    )
    db.session.add(offer)
    db.session.flush()  # two offers at once: the index speaks now
    db.session.expire(deal, ["offers"])
    return offer


@use_case
def add_party(actor: Actor, public_id: str, organisation_id: str, role: PartyRole) -> Deal:
    """Bring a further party into a deal before it is agreed; everyone agrees anew.

    ``organisation_id`` is public. Officials do this: the parties do not see each other's circles.
    """
    deal = queries.get(public_id, actor, lock=True)
    DEAL.require(deal, "set_terms", actor)
    organisation = accounts.organisation_in_pair(organisation_id, actor, with_authorities=True)
    if organisation.locality_id not in deal.pair.locality_ids:
        raise Invalid("organisation", N_("Choose an organisation of the two localities."))
    if role not in (SALE_ROLES if deal.unit is not None else INVESTMENT_ROLES):
        raise Invalid("role", N_("Choose one from the list."))
    if organisation.kind is OrganisationKind.AUTHORITY and role in PRINCIPALS:
        raise Invalid("role", N_("An authority supports or witnesses. Choose one of these roles."))
    if any(party.organisation_id == organisation.id for party in deal.parties):
        raise Invalid("organisation", N_("This organisation is a party already."))
    deal.moved_at = clock.now()
    DEAL.fire(
        deal,
        "set_terms",
        actor,
        data={"party": organisation.id, "role": role.value},
    )
    db.session.add(DealParty(deal_id=deal.id, organisation_id=organisation.id, role=role))
    _ask_anew(deal, actor)
    return deal


@use_case
def remove_party(actor: Actor, public_id: str, organisation_id: str) -> Deal:
    """Take a party out again that was brought in by mistake and has not said yes.

    ``organisation_id`` is public. Raises NotFound where it is no party.
    """
    deal = queries.get(public_id, actor, lock=True)
    DEAL.require(deal, "set_terms", actor)
    party = next((p for p in deal.parties if p.organisation.public_id == organisation_id), None)
    if party is None:
        raise NotFound
    if not may_take_out(actor, party):
        raise NotAllowed(N_("This party takes part of its own will. Call the deal off instead."))
    deal.moved_at = clock.now()
    told = {"party": party.organisation_id, "role": party.role.value, "is_out": True}
    DEAL.fire(deal, "set_terms", actor, data=told)
    db.session.delete(party)
    _ask_anew(deal, actor)
    return deal


def _ask_anew(deal: Deal, actor: Actor) -> None:
    """Put the same offer on the table once more: it is another circle that must accept it."""
    now = deal.offer
    what = {name: getattr(now, name) for name in OFFERED}
    _put_on_the_table(deal, what, number=now.number + 1, said_on=None, user_id=actor.user_id)
    db.session.expire(deal, ["parties"])


OFFERED = (
    *("quantity", "unit_price", "value", "starts_on", "ends_on"),
    *("delivery", "payment", "quality", "other"),
)
"""The columns of an offer that say what is offered."""


@use_case
def set_terms(
    actor: Actor,
    public_id: str,
    terms: Terms,
    *,
    acting: Acting | None = None,
    accepts: bool = False,
) -> Deal:
    """Make an offer, or counter the one on the table; whoever accepted that must accept anew.

    A party makes its own, or it is recorded (``acting``); an official without ``acting`` writes
    down what both sides said. ``accepts``: whoever offers stands by the offer at once.
    """
    deal = queries.get(public_id, actor, lock=True)
    DEAL.require(deal, "set_terms", actor)
    if terms.version is not None and terms.version != deal.offer.number:
        raise Conflict(N_("Another offer was made meanwhile. Read it first."))
    if terms.ends_on is not None and terms.ends_on < terms.starts_on:
        raise Invalid("ends_on", N_("The last day lies before the first."))
    if (why_not := why_not_begun_on(deal, terms.starts_on)) is not None:
        raise Invalid("starts_on", why_not)
    if terms.ends_on is not None and (why_not := why_not_ended_on(deal, terms.ends_on)) is not None:
        raise Invalid("ends_on", why_not)
    _require_a_change(deal, terms)
    offered = _what_is_offered(deal, terms)
    _keep_the_weight(deal, offered["value"])
    party, acted = _who_offers(deal, actor, acting)
    before = {"quantity": deal.committed_quantity, "value": deal.committed_value}
    deal.committed_quantity, deal.unit_price = offered["quantity"], offered["unit_price"]
    deal.committed_value = offered["value"]
    deal.starts_on, deal.ends_on = terms.starts_on, terms.ends_on
    offer = _put_on_the_table(
        deal,
        offered,
        number=deal.offer.number + 1,
        said_on=acted.said_on if acted else None,
        organisation_id=party.organisation_id if party else None,
        user_id=actor.user_id,
        acting_id=acted.id if acted else None,
    )
    deal.moved_at = clock.now()
    DEAL.fire(
        deal,
        "set_terms",
        actor,
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
        data={
            "offer": offer.number,
            **({"organisation": party.organisation_id} if party else {}),
            "before": before,
            "after": {"quantity": deal.committed_quantity, "value": deal.committed_value},
        },
    )
    if accepts and party is not None:
        _accept(deal, actor, party, acted)
    return deal


def _require_a_change(deal: Deal, terms: Terms) -> None:
    """A counter-offer that says the same as what lies on the table is none."""
    names = [name for name in OFFERED if deal.unit is None or name != "value"]
    if all(getattr(terms, name) == getattr(deal.offer, name) for name in names):
        raise Invalid(
            "value" if deal.unit is None else "quantity",
            N_("This is the offer on the table already. Accept it, or change something in it."),
        )


def _what_is_offered(deal: Deal, terms: Terms) -> dict[str, Any]:
    """The columns of the offer, its stock set aside in place of the one before. Raises Invalid."""
    offered = {name: getattr(terms, name) for name in OFFERED}
    if deal.unit is None:
        if not terms.value:
            raise Invalid("value", N_("Enter the agreed value, for example 350,000,000."))
        return offered | {"quantity": None, "unit_price": None}
    if not terms.quantity:
        raise Invalid("quantity", N_("Enter the quantity, for example 60."))
    if not terms.unit_price:
        raise Invalid("unit_price", N_("Enter the price per unit, for example 120,000."))
    require_whole("quantity", terms.quantity, deal.unit)
    settling.give_back(deal.match, deal.committed_quantity)
    settling.promise(deal.match.goods_id, terms.quantity, from_stock=deal.match.from_stock)
    return offered | {"value": settling.worth(terms.quantity, terms.unit_price)}


def _who_offers(
    deal: Deal, actor: Actor, acting: Acting | None
) -> tuple[DealParty | None, ActingRecord | None]:
    """Whose offer it is, and the record of its word; nobody's when an official writes it down."""
    if actor.is_officer and (acting is None or acting.how is None):
        own = [p for p in deal.principals if may_manage(actor, p.organisation)]
        return (own[0] if own else None), None
    party = entering.party_of(actor, None, deal.principals)
    return party, speak_for(actor, party.organisation, deal, acting, purpose=None)


def _keep_the_weight(deal: Deal, value: int | None) -> None:
    """A small sale cannot grow past the value from which both localities decide."""
    needed = keys_needed(deal.pair.policies, Decision.MATCH_PRODUCE, value)
    if deal.is_small and needed > deal.match.keys_needed:
        raise Invalid(
            "quantity",
            N_("A sale of this value needs the keys of both localities. Propose a new match."),
        )


@use_case
def accept_terms(
    actor: Actor,
    public_id: str,
    *,
    party_id: int | None = None,
    number: int | None = None,
    acting: Acting | None = None,
) -> Deal:
    """A party accepts the offer it has read; with the last one the deal is agreed.

    ``number`` is that of the offer read. Raises Conflict when another one was made meanwhile.
    """
    deal = queries.get(public_id, actor, lock=True)
    DEAL.require(deal, "accept_terms", actor)
    if number is not None and number != deal.offer.number:
        raise Conflict(N_("Another offer was made meanwhile. Read it first."))
    party = entering.party_of(actor, party_id, [p for p in deal.principals if p.agreed_at is None])
    acted = speak_for(actor, party.organisation, deal, acting, purpose=None)
    _accept(deal, actor, party, acted)
    return deal


def _accept(deal: Deal, actor: Actor, party: DealParty, acted: ActingRecord | None) -> None:
    DEAL.fire(
        deal,
        "accept_terms",
        actor,
        data={"organisation": party.organisation_id, "offer": deal.offer.number},
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    offer = deal.offer
    db.session.add(
        OfferAnswer(
            offer_id=offer.id,
            organisation_id=party.organisation_id,
            user_id=actor.user_id,
            acting_id=acted.id if acted else None,
            said_on=acted.said_on if acted else clock.today(),
            at=clock.now(),
        )
    )
    db.session.flush()  # one answer per organisation: the index speaks now
    db.session.expire(offer, ["answers"])
    deal.moved_at = clock.now()
    if not not_agreed(deal):
        DEAL.fire(deal, "agree", SYSTEM)
        _plan_outcome(deal)


def _plan_outcome(deal: Deal) -> None:
    """Plan what the deal contributes to its own pair, which need not be the listing's."""
    article = programme.article(deal.pair_id, deal.listing.article.number) or deal.listing.article
    outcome = Outcome(
        deal_id=deal.id,
        article_id=article.id,
        target_value=deal.committed_value or 0,
        target_quantity=deal.committed_quantity,
        created_at=clock.now(),
    )
    db.session.add(outcome)
    record("outcome.planned", outcome, SYSTEM, data={"deal": deal.id})
    db.session.expire(deal, ["outcome"])


# ---------------------------------------------------------------- papers and signing


@use_case
def draw_up(
    actor: Actor, public_id: str, kind: PaperKind, linkage_form: int | None = None
) -> Agreement:
    """Choose the paper of an agreed deal, or another one while nobody has signed.

    One that is on hold is drawn up anew: the copies handed in are void, and every side signs again.
    The Word file itself is made from the deal whenever it is asked for.
    """
    deal = queries.get(public_id, actor, lock=True)
    require_drawing_up(actor, deal)
    if kind not in papers_of(deal):
        raise Invalid("kind", N_("Choose one from the list."))
    if kind is PaperKind.LINKAGE and linkage_form not in LINKAGE_FORMS:
        raise Invalid("linkage_form", N_("Choose one of the seven forms."))
    form = linkage_form if kind is PaperKind.LINKAGE else None
    agreement = deal.agreement
    told = {"kind": kind.value}
    if agreement is not None:
        AGREEMENT.fire(
            agreement, "redraw", actor, facts={"kind": kind, "linkage_form": form}, data=told
        )
        if agreement.signatures:
            _void_copies(agreement)
            record("agreement.drawn_up", agreement, actor, data=told)  # told to those who sign
        return agreement
    agreement = Agreement(
        deal_id=deal.id,
        kind=kind,
        linkage_form=form,
        made_by_id=actor.user_id,
        made_at=clock.now(),
    )
    db.session.add(agreement)
    record("agreement.drawn_up", agreement, actor, data=told)
    db.session.expire(deal, ["agreement"])
    return agreement


def _void_copies(agreement: Agreement) -> None:
    """What was signed was another paper: this one begins today and has nobody's signature."""
    for signature in agreement.signatures:
        db.session.delete(signature)
    agreement.made_at = clock.now()
    db.session.flush()
    db.session.expire(agreement, ["signatures"])
    agreement.deal.moved_at = clock.now()


@use_case
def hand_in(
    actor: Actor,
    public_id: str,
    signed: Signed,
    *,
    party_id: int | None = None,
    acting: Acting | None = None,
) -> Agreement:
    """One side hands in its signed copy, by itself or recorded by someone.

    Until all have signed, a better copy takes the place of the first.
    """
    agreement = queries.agreement(public_id, actor)
    AGREEMENT.require(agreement, "hand_in", actor)
    if (why_not := why_not_signed_on(agreement.deal, signed.signed_on)) is not None:
        raise Invalid("signed_on", why_not)
    if signed.paper is None:
        raise Invalid("paper", N_("Attach the signed paper as a PDF file or a photo."))
    deal = agreement.deal
    principals = {p.organisation_id: p for p in deal.principals}
    party = entering.party_of(
        actor, party_id, [principals[one.id] for one in handed_in_by(actor, agreement)]
    )
    acted = speak_for(actor, party.organisation, deal, acting, purpose=None)
    AGREEMENT.fire(
        agreement,
        "hand_in",
        actor,
        data={"organisation": party.organisation_id},
        acting_id=acted.id if acted else None,
        happened_on=signed.signed_on,
    )
    copies = {signature.organisation_id: signature for signature in agreement.signatures}
    copy = copies.get(party.organisation_id) or Signature(
        agreement_id=agreement.id, organisation_id=party.organisation_id
    )
    copy.paper, copy.signed_on = signed.paper, signed.signed_on
    copy.user_id, copy.acting_id = actor.user_id, acted.id if acted else None
    copy.at = clock.now()
    db.session.add(copy)
    db.session.flush()  # one copy per side: the index speaks now
    db.session.expire(agreement, ["signatures"])
    deal.moved_at = clock.now()
    return agreement


@use_case
def hold_paper(
    actor: Actor, public_id: str, action: str, *, reason: str | None = None, note: str = ""
) -> Agreement:
    """Hold a paper that is being signed, or release it: ``action`` is "hold" or "release"."""
    agreement = queries.agreement(public_id, actor)
    agreement.deal.moved_at = clock.now()
    AGREEMENT.fire(agreement, action, actor, reason=reason, note=note)
    return agreement


@use_case
def sign(
    actor: Actor,
    public_id: str,
    *,
    signed_on: date,
    paper: StoredFile | None,
    paper_number: str = "",
) -> Deal:
    """Record that the parties signed: on which day, on which paper, under which number.

    A paper drawn up here is countersigned, which needs every side's signed copy; the last of them
    stands for the whole where no scan of it is attached. A paper made elsewhere is attached.
    """
    deal = queries.get(public_id, actor, lock=True)
    agreement = deal.agreement
    if (why_not := why_not_countersigned_on(deal, signed_on)) is not None:
        raise Invalid("signed_on", why_not)
    if agreement is not None:
        AGREEMENT.fire(agreement, "countersign", actor, happened_on=signed_on)
        paper = paper or agreement.signatures[-1].paper
    if paper is None and deal.paper is None:
        raise Invalid("paper", N_("Attach the signed paper as a PDF file or a photo."))
    deal.signed_on = signed_on
    deal.paper = paper or deal.paper
    deal.paper_number = paper_number
    deal.moved_at = clock.now()
    DEAL.fire(deal, "sign", actor, happened_on=signed_on)
    return deal


# ---------------------------------------------------------------- start, stops, calling off


@use_case
def start(actor: Actor, public_id: str) -> Deal:
    """Start delivery."""
    deal = queries.get(public_id, actor, lock=True)
    _start(deal, actor)
    return deal


def _start(deal: Deal, actor: Actor) -> None:
    deal.moved_at = clock.now()
    DEAL.fire(deal, "start", actor, happened_on=deal.match.happened_on and deal.starts_on)
    if deal.starts_on is None or deal.starts_on > clock.today():
        deal.starts_on = clock.today()  # earlier than agreed: what is delivered from now on counts
    if deal.outcome is not None:
        OUTCOME.fire(deal.outcome, "begin", SYSTEM)


def start_due() -> int:
    """Start deals whose first day has come; may run twice. Returns how many."""
    return one_by_one(_start_due, queries.due_to_start(clock.today()))


@use_case
def _start_due(public_id: str) -> bool:
    deal = queries.get_for_clock(public_id)
    if not_ready_to_start(deal) or deal.state not in DEAL.transitions["start"].sources:
        return False  # someone was faster
    _start(deal, SYSTEM)
    return True


@use_case
def cancel(
    actor: Actor, public_id: str, *, reason: str | None, note: str, acting: Acting | None = None
) -> Deal:
    """Call a deal off before it is active; what it had promised is free again."""
    deal = queries.get(public_id, actor, lock=True)
    DEAL.require(deal, "cancel", actor)
    acted = _word_of_a_party(actor, deal, acting)
    deal.moved_at = clock.now()
    DEAL.fire(
        deal,
        "cancel",
        actor,
        reason=reason,
        note=note,
        facts={"ended_at": clock.now()},
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    settling.give_back(deal.match, deal.committed_quantity)
    if deal.outcome is not None:
        OUTCOME.fire(deal.outcome, "cancel", SYSTEM, reason=reason, note=note)
    return deal


@use_case
def suspend(
    actor: Actor,
    public_id: str,
    *,
    reason: str | None,
    note: str,
    since: date | None = None,
    acting: Acting | None = None,
) -> Deal:
    """Stop the clocks of a deal for what nobody could prevent: a landslide, a closed road."""
    return _stop(actor, public_id, "suspend", reason, note, since, acting)


@use_case
def dispute(
    actor: Actor,
    public_id: str,
    *,
    reason: str | None,
    note: str,
    since: date | None = None,
    acting: Acting | None = None,
) -> Deal:
    """A party says that something is wrong; both localities settle it, the clocks stop."""
    return _stop(actor, public_id, "dispute", reason, note, since, acting)


def _stop(
    actor: Actor,
    public_id: str,
    move: str,
    reason: str | None,
    note: str,
    since: date | None,
    acting: Acting | None,
) -> Deal:
    deal = queries.get(public_id, actor, lock=True)
    DEAL.require(deal, move, actor)
    acted = _word_of_a_party(actor, deal, acting, for_oneself=move == "suspend")
    since = since or (acted.said_on if acted else clock.today())
    if (why_not := why_not_stopped_since(deal, since)) is not None:
        raise Invalid("stopped_on", why_not)
    before = deal.state
    deal.moved_at = clock.now()
    DEAL.fire(
        deal,
        move,
        actor,
        reason=reason,
        note=note,
        happened_on=since,
        acting_id=acted.id if acted else None,
    )
    _begin_stop(deal, before, str(reason), since)
    return deal


def _word_of_a_party(
    actor: Actor, deal: Deal, acting: Acting | None, *, for_oneself: bool = True
) -> ActingRecord | None:
    """The record of a party's word; None when a party, or an official ``for_oneself``, acts."""
    if is_party(actor, deal) or (for_oneself and is_officer_in(actor, deal) and acting is None):
        return None
    party = entering.party_of(actor, None, deal.principals)
    return speak_for(actor, party.organisation, deal, acting, purpose=None)


def _begin_stop(deal: Deal, before: DealState, reason: str, since: date) -> None:
    stop = Stop(deal_id=deal.id, state_before=before, reason=reason, from_on=since)
    db.session.add(stop)
    db.session.flush()
    db.session.expire(deal, ["stops"])


def _end_stop(deal: Deal) -> None:
    if deal.stop is not None:
        deal.stop.until_on = max(clock.today(), deal.stop.from_on)


@use_case
def resume(actor: Actor, public_id: str, acting: Acting | None = None) -> Deal:
    """Go on with a suspended deal, from where it was."""
    deal = queries.get(public_id, actor, lock=True)
    move = f"resume_{standing(deal).value}"
    if move not in DEAL.transitions:
        move = "resume_active"  # refused with the sentence of the state it is in
    DEAL.require(deal, move, actor)
    acted = _word_of_a_party(actor, deal, acting)
    _drop_ruling(deal)
    deal.moved_at = clock.now()
    DEAL.fire(deal, move, actor, acting_id=acted.id if acted else None)
    _end_stop(deal)
    return deal


# ---------------------------------------------------------------- rulings of both localities


@use_case
def propose_ruling(
    actor: Actor, public_id: str, kind: RulingKind, *, reason: str | None, note: str
) -> Ruling:
    """An official proposes how a dispute is settled, or that a deal ends before its time."""
    deal = queries.get(public_id, actor, lock=True)
    DEAL.fire(deal, PROPOSING[kind], actor, reason=reason, note=note)
    deal.moved_at = clock.now()
    ruling = Ruling(
        deal_id=deal.id,
        kind=kind,
        reason=reason,
        text=note,
        proposed_by_id=actor.user_id,
        proposed_at=clock.now(),
    )
    db.session.add(ruling)
    db.session.flush()  # one at a time: the index speaks now
    db.session.expire(deal, ["rulings"])
    return ruling


@use_case
def turn_ruling_key(actor: Actor, public_id: str) -> Ruling:
    """A locality's key on a ruling; the second one carries it out."""
    ruling = queries.ruling(public_id, actor)
    deal = ruling.deal
    RULING.fire(ruling, "turn_key", actor)
    keys.turn(ruling, actor)
    db.session.expire(ruling, ["keys"])
    deal.moved_at = clock.now()
    if keys_missing(ruling):
        return ruling
    RULING.fire(ruling, "decide", SYSTEM, facts={"decided_at": clock.now()})
    if ruling.kind is RulingKind.SETTLE:
        DEAL.fire(deal, "settle", SYSTEM, reason=ruling.reason, note=ruling.text)
        _end_stop(deal)
    else:
        _terminate(deal, ruling, actor)
    return ruling


@use_case
def drop_ruling(actor: Actor, public_id: str, *, reason: str | None, note: str) -> Ruling:
    """Put a proposal aside that does not get both keys; the deal stays as it is."""
    ruling = queries.ruling(public_id, actor)
    RULING.fire(ruling, "drop", actor, reason=reason, note=note, facts={"decided_at": clock.now()})
    return ruling


def _drop_ruling(deal: Deal) -> None:
    """The deal moves on: what waited for keys about it is overtaken."""
    if deal.ruling is not None:
        RULING.fire(
            deal.ruling,
            "drop",
            SYSTEM,
            reason="overtaken",
            facts={"decided_at": clock.now()},
        )


def _terminate(deal: Deal, ruling: Ruling, actor: Actor) -> None:
    """End a deal early: what was delivered counts, what was not is free, what waits is void."""
    DEAL.fire(
        deal,
        "terminate",
        SYSTEM,
        reason=ruling.reason,
        note=ruling.text,
        facts={"ended_at": clock.now()},
    )
    _end_stop(deal)
    for instalment in deal.instalments:
        if instalment.state is INSTALMENT.initial:
            INSTALMENT.fire(instalment, "withdraw", SYSTEM)
    if deal.outcome is not None:
        OUTCOME.fire(deal.outcome, early_end(deal.outcome), SYSTEM, reason=ruling.reason)
    _settle_the_stock(deal)
    _propose_figures(deal, actor.off_paper)  # nobody brings them in: they are worked out


# ---------------------------------------------------------------- instalments


@use_case
def enter_instalment(
    actor: Actor, public_id: str, values: InstalmentValues, acting: Acting | None = None
) -> Instalment:
    """One side states what was delivered or paid; it counts when the other side confirms it."""
    return entering.enter(queries.get(public_id, actor, lock=True), actor, values, acting)


@use_case
def confirm_instalment(
    actor: Actor, public_id: str, version: int | None = None, acting: Acting | None = None
) -> Instalment:
    """The other side confirms what stands there."""
    instalment = queries.instalment(public_id, actor, lock=True)
    INSTALMENT.require(instalment, "confirm", actor)
    if version is not None and version != instalment.version:
        raise Conflict(N_("The figures have changed. Read them again, then confirm."))
    acted = entering.word_of(instalment, actor, acting)[1]
    instalment.deal.moved_at = clock.now()
    INSTALMENT.fire(
        instalment,
        "confirm",
        actor,
        facts={"confirmed_by_id": actor.user_id, "confirmed_at": clock.now()},
        acting_id=acted,
        data={"quantity": instalment.quantity, "value": instalment.value},
    )
    return instalment


@use_case
def correct_instalment(
    actor: Actor, public_id: str, values: InstalmentValues, acting: Acting | None = None
) -> Instalment:
    """The other side states what really arrived; now the first side must confirm that."""
    instalment = queries.instalment(public_id, actor, lock=True)
    return entering.correct(instalment, actor, values, acting)


@use_case
def withdraw_instalment(actor: Actor, public_id: str, acting: Acting | None = None) -> Instalment:
    """Take back an instalment nobody has confirmed."""
    instalment = queries.instalment(public_id, actor, lock=True)
    return entering.take_back(instalment, actor, acting)


# ---------------------------------------------------------------- the end, and its figures


@use_case
def complete(
    actor: Actor, public_id: str, action: str, *, reason: str | None = None, note: str = ""
) -> Deal:
    """End a deal by what was really received: ``action`` "complete" or "complete_partly".

    Proposes the figures of its outcome from the confirmed instalments.
    """
    deal = queries.get(public_id, actor, lock=True)
    DEAL.require(deal, action, actor)
    _drop_ruling(deal)
    deal.moved_at = clock.now()
    DEAL.fire(deal, action, actor, reason=reason, note=note, facts={"ended_at": clock.now()})
    if deal.outcome is not None:
        if action == "complete":
            OUTCOME.fire(deal.outcome, "achieve", SYSTEM)
        else:
            end = early_end(deal.outcome)
            OUTCOME.fire(deal.outcome, end, SYSTEM, reason=reason, note=note)
        _settle_the_stock(deal)
        _propose_figures(deal, actor)
    return deal


def _settle_the_stock(deal: Deal) -> None:
    """What was promised and not delivered is free again; what came beyond it is gone as well."""
    if deal.committed_quantity is not None:
        beyond = deal.delivered_quantity - deal.committed_quantity
        settling.give_back(deal.match, max(0, -beyond))
        settling.take_more(deal.match, max(0, beyond))


def _propose_figures(deal: Deal, actor: Actor) -> None:
    """Turn confirmed, uncounted instalments into figures by quarter, for someone else to verify."""
    outcome = deal.outcome
    if outcome is None:
        return
    fresh = [i for i in deal.confirmed if i.figure_batch is None]
    batch = max((figure.batch for figure in outcome.figures), default=0) + 1
    for instalment in fresh:
        instalment.figure_batch = batch
    for (indicator, period), amount in sorted(counted(deal, fresh).items()):
        figure = Figure(
            pair_id=deal.pair_id,
            outcome_id=outcome.id,
            indicator=indicator,
            period_start=period,
            amount=amount,
            batch=batch,
            entered_by_id=actor.user_id,
            entered_at=clock.now(),
        )
        figure.outcome = outcome
        db.session.add(figure)
        db.session.flush()  # the journal line names it
        FIGURE.fire(figure, "submit", actor, data={"amount": amount, "batch": batch})


@use_case
def move_figure(
    actor: Actor, public_id: str, action: str, *, reason: str | None = None, note: str = ""
) -> Figure:
    """Verify or return a figure, or send a returned one again."""
    figure = queries.figure(public_id, actor, lock=True)
    is_verified = action == "verify"
    FIGURE.fire(
        figure,
        action,
        actor,
        reason=reason,
        note=note,
        facts={
            "verified_by_id": actor.user_id if is_verified else None,
            "verified_at": clock.now() if is_verified else None,
        },
        data={"amount": figure.amount},
    )
    return figure


@use_case
def verify_figures(actor: Actor, deal_id: str) -> int:
    """Verify every figure of one deal that waits, or none; returns how many.

    Raises WrongState when none waits.
    """
    deal = queries.get(deal_id, actor, lock=True)
    waiting = waiting_figures(deal)
    if not waiting:
        raise WrongState(N_("No figure of this deal waits for verification."))
    for figure in waiting:
        FIGURE.fire(
            figure,
            "verify",
            actor,
            facts={"verified_by_id": actor.user_id, "verified_at": clock.now()},
            data={"amount": figure.amount},
        )
    return len(waiting)


@use_case
def correct_figure(actor: Actor, public_id: str, amount: int, note: str) -> Figure:
    """The one who entered a returned figure writes it anew and sends it again."""
    figure = queries.figure(public_id, actor, lock=True)
    FIGURE.require(figure, "submit", actor)
    if (why_not := why_not_amount(figure, queries.evidence(figure), amount)) is not None:
        is_weight = figure.indicator is Indicator.DELIVERED_WEIGHT
        raise Invalid("weight" if is_weight else "amount", why_not)
    before = figure.amount
    figure.amount = amount
    FIGURE.fire(figure, "submit", actor, note=note, data={"before": before, "amount": amount})
    return figure
