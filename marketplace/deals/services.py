"""Use cases from the parties' yes to verified figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.accounts import queries as accounts
from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import StoredFile
from marketplace.accounts.rules import whose_word
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.dates import quarter_of
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed, WrongState
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.quantity import UNITS, Dimension, to_grams
from marketplace.core.use_case import one_by_one, use_case
from marketplace.deals import queries
from marketplace.deals.models import Deal, DealParty, Figure, Instalment, Outcome
from marketplace.deals.rules import (
    DEAL,
    FIGURE,
    INSTALMENT,
    INVESTMENT_ROLES,
    OUTCOME,
    SALE_ROLES,
    Indicator,
    PartyRole,
    not_agreed,
    not_ready_to_start,
    other_side,
    require_entry,
    waiting_figures,
)
from marketplace.matching import queries as matching
from marketplace.matching import settling
from marketplace.matching.models import Match
from marketplace.matching.rules import Answer
from marketplace.programme import queries as programme
from marketplace.programme.rules import BOTH, Decision, keys_needed


@dataclass(frozen=True, slots=True)
class Terms:
    """What the parties agree on. Quantity in thousandths, money in đồng."""

    quantity: int | None
    unit_price: int | None
    value: int | None
    starts_on: date
    ends_on: date | None
    delivery: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True)
class InstalmentValues:
    """One delivery or payment: when it happened, how much, on which paper."""

    happened_on: date
    quantity: int | None
    value: int | None
    note: str = ""
    paper: StoredFile | None = None
    party_id: int | None = None
    version: int | None = None


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
    record("deal.opened", deal, SYSTEM, data={"match": match.id}, happened_on=match.happened_on)
    return deal


# ---------------------------------------------------------------- terms and signing


@use_case
def add_party(actor: Actor, public_id: str, organisation_id: str, role: PartyRole) -> Deal:
    """Bring a further party into a deal before it is agreed; everyone agrees anew.

    ``organisation_id`` is public. Officials do this: the parties do not see each other's circles.
    """
    deal = queries.get(public_id, actor, lock=True)
    DEAL.require(deal, "set_terms", actor)
    organisation = accounts.organisation_in_pair(organisation_id, actor)
    if organisation.locality_id not in deal.pair.locality_ids:
        raise Invalid("organisation", N_("Choose an organisation of the two localities."))
    if role not in (SALE_ROLES if deal.unit is not None else INVESTMENT_ROLES):
        raise Invalid("role", N_("Choose one from the list."))
    if any(party.organisation_id == organisation.id for party in deal.parties):
        raise Invalid("organisation", N_("This organisation is a party already."))
    deal.moved_at = clock.now()
    deal.terms_number += 1
    DEAL.fire(
        deal,
        "set_terms",
        actor,
        data={"party": organisation.id, "role": role.value},
    )
    db.session.add(DealParty(deal_id=deal.id, organisation_id=organisation.id, role=role))
    for party in deal.parties:
        party.agreed_at = None
    return deal


@use_case
def set_terms(actor: Actor, public_id: str, terms: Terms) -> Deal:
    """Write down what the parties negotiated; whoever agreed before must agree again."""
    deal = queries.get(public_id, actor, lock=True)
    DEAL.require(deal, "set_terms", actor)
    if terms.version is not None and terms.version != deal.version:
        raise Conflict
    if terms.ends_on is not None and terms.ends_on < terms.starts_on:
        raise Invalid("ends_on", N_("The last day lies before the first."))
    if deal.unit is not None:
        if not terms.quantity:
            raise Invalid("quantity", N_("Enter the quantity, for example 60."))
        if not terms.unit_price:
            raise Invalid("unit_price", N_("Enter the price per unit, for example 120.000."))
        settling.give_back(deal.match.goods_id, deal.committed_quantity)
        settling.promise(deal.match.goods_id, terms.quantity)
        value: int | None = settling.worth(terms.quantity, terms.unit_price)
    else:
        if not terms.value:
            raise Invalid("value", N_("Enter the agreed value, for example 350.000.000."))
        value = terms.value
    _keep_the_weight(deal, value)
    deal.terms_number += 1
    before = {"quantity": deal.committed_quantity, "value": deal.committed_value}
    deal.committed_quantity = terms.quantity if deal.unit is not None else None
    deal.unit_price = terms.unit_price if deal.unit is not None else None
    deal.committed_value = value
    deal.starts_on, deal.ends_on, deal.delivery = terms.starts_on, terms.ends_on, terms.delivery
    for party in deal.parties:
        party.agreed_at = None
    deal.moved_at = clock.now()
    DEAL.fire(
        deal,
        "set_terms",
        actor,
        data={
            "before": before,
            "after": {"quantity": deal.committed_quantity, "value": deal.committed_value},
        },
    )
    return deal


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
    terms_number: int | None = None,
    acting: Acting | None = None,
) -> Deal:
    """A party agrees to the terms it has read; with the last one the deal is agreed."""
    deal = queries.get(public_id, actor, lock=True)
    DEAL.require(deal, "accept_terms", actor)
    if terms_number is not None and terms_number != deal.terms_number:
        raise Conflict(N_("The terms have changed. Read them again, then agree."))
    party = _party_of(actor, party_id, [p for p in deal.principals if p.agreed_at is None])
    acted = speak_for(actor, party.organisation, deal, acting, purpose=None)
    DEAL.fire(
        deal,
        "accept_terms",
        actor,
        data={"organisation": party.organisation_id},
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    party.agreed_at = clock.now()
    deal.moved_at = clock.now()
    if not not_agreed(deal):
        DEAL.fire(deal, "agree", SYSTEM)
        _plan_outcome(deal)
    return deal


def _party_of(actor: Actor, party_id: int | None, among: list[DealParty]) -> DealParty:
    """The party the actor speaks for: its own first, then the one whose word is recorded."""
    asked = {p.organisation_id: p for p in among if party_id in (None, p.organisation_id)}
    organisation = whose_word(actor, [party.organisation for party in asked.values()])
    if organisation is None:
        raise NotAllowed(N_("Only the parties, or who may record their word, can do this."))
    return asked[organisation.id]


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


@use_case
def sign(
    actor: Actor,
    public_id: str,
    *,
    signed_on: date,
    paper: StoredFile | None,
    paper_number: str = "",
) -> Deal:
    """Record that the parties signed: on which day, on which paper."""
    deal = queries.get(public_id, actor, lock=True)
    if signed_on > clock.today():
        raise Invalid("signed_on", N_("This day is still to come."))
    if paper is None and deal.paper is None:
        raise Invalid("paper", N_("Attach the signed paper as a PDF file or a photo."))
    deal.signed_on = signed_on
    deal.paper = paper or deal.paper
    deal.paper_number = paper_number
    deal.moved_at = clock.now()
    DEAL.fire(deal, "sign", actor, happened_on=signed_on)
    return deal


@use_case
def start(actor: Actor, public_id: str) -> Deal:
    """Start delivery."""
    deal = queries.get(public_id, actor, lock=True)
    _start(deal, actor)
    return deal


def _start(deal: Deal, actor: Actor) -> None:
    deal.moved_at = clock.now()
    DEAL.fire(deal, "start", actor)
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
def cancel(actor: Actor, public_id: str, *, reason: str | None, note: str) -> Deal:
    """Call a deal off before it is active; what it had promised is free again."""
    deal = queries.get(public_id, actor, lock=True)
    deal.moved_at = clock.now()
    DEAL.fire(deal, "cancel", actor, reason=reason, note=note, facts={"ended_at": clock.now()})
    settling.give_back(deal.match.goods_id, deal.committed_quantity)
    if deal.outcome is not None:
        OUTCOME.fire(deal.outcome, "cancel", SYSTEM, reason=reason, note=note)
    return deal


# ---------------------------------------------------------------- instalments


@use_case
def enter_instalment(
    actor: Actor, public_id: str, values: InstalmentValues, acting: Acting | None = None
) -> Instalment:
    """One side states what was delivered or paid; it counts when the other side confirms it."""
    deal = queries.get(public_id, actor, lock=True)
    require_entry(actor, deal)
    party = _party_of(actor, values.party_id, deal.principals)
    quantity, value = _amounts(deal, values)
    instalment = Instalment(
        deal_id=deal.id,
        number=max((i.number for i in deal.instalments), default=0) + 1,
        happened_on=values.happened_on,
        quantity=quantity,
        value=value,
        note=values.note,
        paper=values.paper,
        entered_by_id=actor.user_id,
        stated_for_id=party.organisation_id,
        entered_at=clock.now(),
    )
    db.session.add(instalment)
    acted = speak_for(actor, party.organisation, deal, acting, purpose=None)
    deal.moved_at = clock.now()
    record(
        "instalment.entered",
        instalment,
        actor,
        data={"deal": deal.id, "quantity": quantity, "value": value},
        happened_on=values.happened_on,
        acting_id=acted.id if acted else None,
    )
    return instalment


def _amounts(deal: Deal, values: InstalmentValues) -> tuple[int | None, int]:
    """Quantity and value of an instalment; a missing value is quantity times the agreed price."""
    if values.happened_on > clock.today():
        raise Invalid("happened_on", N_("This day is still to come."))
    if deal.unit is None:
        if not values.value:
            raise Invalid("value", N_("Enter the value, for example 350.000.000."))
        return None, values.value
    if not values.quantity:
        raise Invalid("quantity", N_("Enter the quantity, for example 60."))
    return values.quantity, (
        values.value
        if values.value is not None
        else settling.worth(values.quantity, deal.unit_price or 0)
    )


@use_case
def confirm_instalment(
    actor: Actor, public_id: str, version: int | None = None, acting: Acting | None = None
) -> Instalment:
    """The other side confirms what stands there."""
    instalment = queries.instalment(public_id, actor, lock=True)
    INSTALMENT.require(instalment, "confirm", actor)
    if version is not None and version != instalment.version:
        raise Conflict(N_("The figures have changed. Read them again, then confirm."))
    acted = _other_side(instalment, actor, acting)[1]
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
    INSTALMENT.require(instalment, "correct", actor)
    if values.version is not None and values.version != instalment.version:
        raise Conflict(N_("The figures have changed. Read them again, then confirm."))
    party, acted = _other_side(instalment, actor, acting)
    before = {"quantity": instalment.quantity, "value": instalment.value}
    instalment.quantity, instalment.value = _amounts(instalment.deal, values)
    instalment.happened_on = values.happened_on
    instalment.note = values.note
    instalment.paper = values.paper or instalment.paper
    instalment.deal.moved_at = clock.now()
    INSTALMENT.fire(
        instalment,
        "correct",
        actor,
        facts={"stated_for_id": party.organisation_id, "entered_by_id": actor.user_id},
        acting_id=acted,
        happened_on=values.happened_on,
        data={
            "before": before,
            "after": {"quantity": instalment.quantity, "value": instalment.value},
        },
    )
    return instalment


def _other_side(
    instalment: Instalment, actor: Actor, acting: Acting | None
) -> tuple[DealParty, int | None]:
    party = _party_of(actor, None, other_side(instalment))
    acted = speak_for(actor, party.organisation, instalment.deal, acting, purpose=None)
    return party, acted.id if acted else None


@use_case
def withdraw_instalment(actor: Actor, public_id: str, acting: Acting | None = None) -> Instalment:
    """Take back an instalment nobody has confirmed."""
    instalment = queries.instalment(public_id, actor, lock=True)
    INSTALMENT.require(instalment, "withdraw", actor)
    acted = speak_for(actor, instalment.stated_for, instalment.deal, acting, purpose=None)
    INSTALMENT.fire(instalment, "withdraw", actor, acting_id=acted.id if acted else None)
    return instalment


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
    deal.moved_at = clock.now()
    DEAL.fire(deal, action, actor, reason=reason, note=note, facts={"ended_at": clock.now()})
    if deal.outcome is not None:
        if action == "complete":
            OUTCOME.fire(deal.outcome, "achieve", SYSTEM)
        else:
            OUTCOME.fire(deal.outcome, "achieve_partly", SYSTEM, reason=reason, note=note)
        _free_what_was_not_delivered(deal)
        _propose_figures(deal, actor)
    return deal


def _free_what_was_not_delivered(deal: Deal) -> None:
    if deal.committed_quantity is not None:
        undelivered = max(0, deal.committed_quantity - deal.delivered_quantity)
        settling.give_back(deal.match.goods_id, undelivered)


def _propose_figures(deal: Deal, actor: Actor) -> None:
    """Turn confirmed, uncounted instalments into figures by quarter, for someone else to verify."""
    outcome = deal.outcome
    fresh = [i for i in deal.confirmed if i.figure_batch is None]
    if outcome is None or not fresh:
        return
    batch = max((figure.batch for figure in outcome.figures), default=0) + 1
    amounts: dict[tuple[Indicator, date], int] = {}
    for instalment in fresh:
        instalment.figure_batch = batch
        period = quarter_of(instalment.happened_on).start
        _add(amounts, Indicator.DELIVERED_VALUE, period, instalment.value)
        if deal.unit is not None and UNITS[deal.unit].dimension is Dimension.MASS:
            grams = to_grams(instalment.quantity or 0, deal.unit)
            _add(amounts, Indicator.DELIVERED_WEIGHT, period, grams)
    begun = quarter_of(deal.signed_on or deal.starts_on or clock.today()).start
    ended = quarter_of(max(i.happened_on for i in deal.confirmed)).start
    _add(amounts, Indicator.COMMITTED_VALUE, begun, deal.committed_value or 0)
    _add(amounts, Indicator.DEALS_DONE, ended, 1)
    for (indicator, period), amount in sorted(amounts.items()):
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


def _add(
    amounts: dict[tuple[Indicator, date], int], indicator: Indicator, period: date, amount: int
) -> None:
    amounts[indicator, period] = amounts.get((indicator, period), 0) + amount


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
    before = figure.amount
    figure.amount = amount
    FIGURE.fire(figure, "submit", actor, note=note, data={"before": before, "amount": amount})
    return figure
