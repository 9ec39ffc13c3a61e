"""Use cases: planning, calling off, sending, receiving, noting money, offering again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import ActingRecord
from marketplace.accounts.rules import Purpose
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.models import Listing
from marketplace.core import clock, hours
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.calendar import add_working_days
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, WrongState
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.parsing import Unreadable
from marketplace.core.quantity import Amount, require_whole
from marketplace.core.use_case import one_by_one, use_case
from marketplace.deals import entering
from marketplace.deals import queries as deals
from marketplace.deals.entering import InstalmentValues
from marketplace.deals.models import Deal, DealParty, Instalment
from marketplace.deals.rules import DealState, opened_on, too_much
from marketplace.deliveries import queries
from marketplace.deliveries.models import (
    CallOff,
    Dispatch,
    Payment,
    ScheduledDelivery,
    SecondChance,
)
from marketplace.deliveries.rules import (
    CALL_OFF,
    CHANCE_DAYS,
    DISPATCH,
    MOST_BOXES,
    PAYMENT,
    PLAN,
    PLANNING,
    SECOND_CHANCE,
    ChanceState,
    PaidHow,
    buyers,
    contract_left,
    freed,
    may_call_off,
    may_note_payment,
    may_note_payment_now,
    may_plan,
    may_sell,
    on_the_way,
    plans_itself,
    remaining,
    sellers,
    sold_by,
    why_not_due_on,
    why_not_on_the_road,
    why_not_yours,
)
from marketplace.interests import queries as interests
from marketplace.interests.models import Interest
from marketplace.interests.rules import InterestState

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class PlanValues:
    """A delivery to come: how much (thousandths), or in words what shall be done."""

    due_on: date
    quantity: int | None = None
    what: str = ""


@dataclass(frozen=True, slots=True)
class CallValues:
    """An order on a contract: for which day, how much (thousandths)."""

    wanted_on: date
    quantity: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class DispatchValues:
    """What was put on which coach. Quantity in thousandths; the phone as E.164."""

    quantity: int
    boxes: int
    coach: str
    leaves_on: date
    arrives_on: date
    coach_phone: str | None = None
    leaves_at: str = ""
    arrives_at: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PaymentValues:
    """Money that came: when, how much (đồng), how."""

    received_on: date
    amount: int
    how: PaidHow
    note: str = ""


def _id(acted: ActingRecord | None) -> int | None:
    return acted.id if acted else None


# ---------------------------------------------------------------- the schedule


@use_case
def plan(
    actor: Actor, deal_id: str, values: PlanValues, acting: Acting | None = None
) -> ScheduledDelivery:
    """Write down a delivery or milestone to come, within what the contract leaves."""
    deal = deals.get(deal_id, actor, lock=True)
    if not may_plan(actor, deal):
        raise NotAllowed(why_not_yours(actor, deal))
    if deal.state not in PLANNING:
        raise WrongState(N_("Deliveries are planned once the terms are agreed."))
    if (why_not := why_not_due_on(deal, values.due_on)) is not None:
        raise Invalid("due_on", why_not)
    if values.quantity is None and not values.what:
        raise Invalid("what", N_("Enter a quantity, or say what shall be done."))
    _within_contract(deal, values.quantity)
    return _plan(deal, actor, values, _id(_planner_speaks(deal, actor, acting)))


def _planner_speaks(deal: Deal, actor: Actor, acting: Acting | None) -> ActingRecord | None:
    """The record of a principal's word; None when one plans itself, or an official for both."""
    if plans_itself(actor, deal):
        return None
    party = entering.party_of(actor, None, deal.principals)
    return speak_for(actor, party.organisation, deal, acting, purpose=None)


def _plan(
    deal: Deal, actor: Actor, values: PlanValues, acting_id: int | None = None
) -> ScheduledDelivery:
    planned = ScheduledDelivery(
        deal_id=deal.id,
        made_on=clock.today(),
        due_on=values.due_on,
        quantity=values.quantity,
        what=values.what,
        made_by_id=actor.user_id,
        made_at=clock.now(),
    )
    db.session.add(planned)
    record(
        "scheduled_delivery.added",
        planned,
        actor,
        data={"deal": deal.id, "quantity": values.quantity, "due": values.due_on.isoformat()},
        acting_id=acting_id,
    )
    return planned


def _within_contract(deal: Deal, quantity: int | None, already: int = 0) -> None:
    """Refuse more than the contract leaves; ``already`` is set aside for this very step.

    The deal's row is locked, so that two at once do not both get the last of it.
    """
    require_whole("quantity", quantity, deal.unit)
    left = contract_left(deal, queries.plans(deal), queries.calls(deal))
    if quantity is None or left is None or quantity <= left + already:
        return
    raise Invalid(
        "quantity",
        Text(
            N_("The contract leaves %(left)s. Enter at most this much."),
            left=Amount(max(0, left + already), deal.unit),
        ),
    )


@use_case
def move_plan(
    actor: Actor,
    public_id: str,
    action: str,
    *,
    reason: str | None = None,
    note: str = "",
    acting: Acting | None = None,
) -> ScheduledDelivery:
    """Mark a planned delivery as done, or leave it out with a reason: "meet" or "drop"."""
    planned = queries.planned(public_id, actor, lock=True)
    PLAN.require(planned, action, actor)
    acted = _planner_speaks(planned.deal, actor, acting)
    PLAN.fire(
        planned,
        action,
        actor,
        reason=reason,
        note=note,
        data={"deal": planned.deal_id},
        acting_id=_id(acted),
    )
    return planned


# ---------------------------------------------------------------- calling off


@use_case
def call_off(
    actor: Actor, deal_id: str, values: CallValues, acting: Acting | None = None
) -> CallOff:
    """A buyer orders on its contract; what is asked for is set aside until the answer."""
    return _call_off(deals.get(deal_id, actor, lock=True), actor, values, acting)


@use_case
def repeat_call(actor: Actor, deal_id: str, acting: Acting | None = None) -> CallOff:
    """Order once more what was ordered last, for the same day of the next week to come."""
    deal = deals.get(deal_id, actor, lock=True)
    last = queries.last_call(deal, _ordering(actor, deal).organisation)
    if last is None:
        raise WrongState(N_("Nothing has been ordered on this contract yet."))
    return _call_off(deal, actor, CallValues(next_week(last), last.quantity, last.note), acting)


def next_week(last: CallOff) -> date:
    """The same day of the week as the last order's, after it and not before today."""
    day = last.wanted_on + WEEK
    while day < clock.today():
        day += WEEK
    return day


def _ordering(actor: Actor, deal: Deal) -> DealParty:
    """The buyer the actor orders for. Raises NotAllowed."""
    if not may_call_off(actor, deal):
        raise NotAllowed(N_("Only the buyer of a contract, or who may record its word, can order."))
    return entering.party_of(actor, None, buyers(deal))


def _call_off(deal: Deal, actor: Actor, values: CallValues, acting: Acting | None) -> CallOff:
    party = _ordering(actor, deal)
    if deal.state is not DealState.ACTIVE:
        raise WrongState(N_("Goods are called off while the deal is under way."))
    if (why_not := why_not_due_on(deal, values.wanted_on)) is not None:
        raise Invalid("wanted_on", why_not)
    _within_contract(deal, values.quantity)
    acted = speak_for(actor, party.organisation, deal, acting, purpose=None)
    call = CallOff(
        deal_id=deal.id,
        organisation_id=party.organisation_id,
        wanted_on=values.wanted_on,
        quantity=values.quantity,
        note=values.note,
        asked_by_id=actor.user_id,
        asked_at=clock.now(),
    )
    db.session.add(call)
    record(
        "call_off.asked",
        call,
        actor,
        data={"deal": deal.id, "quantity": values.quantity},
        acting_id=_id(acted),
    )
    return call


@use_case
def promise(
    actor: Actor, public_id: str, quantity: int | None = None, acting: Acting | None = None
) -> CallOff:
    """The producer promises all of an order, or less; the promise becomes a planned delivery."""
    call = queries.call(public_id, actor, lock=True)
    CALL_OFF.require(call, "promise", actor)
    promised = call.quantity if quantity is None else quantity
    if promised <= 0:
        raise Invalid("quantity", N_("Enter the quantity, for example 60."))
    if promised > call.quantity:
        raise Invalid(
            "quantity",
            Text(
                N_("%(asked)s was asked for. Enter at most this much."),
                asked=Amount(call.quantity, call.deal.unit),
            ),
        )
    _within_contract(call.deal, promised, already=call.quantity)
    acted = _seller_speaks(call.deal, actor, acting)
    planned = _plan(call.deal, actor, PlanValues(call.wanted_on, promised, call.note), _id(acted))
    CALL_OFF.fire(
        call,
        "promise",
        actor,
        facts={
            "promised": promised,
            "planned_id": planned.id,
            "answered_by_id": actor.user_id,
            "answered_at": clock.now(),
        },
        data={"quantity": promised, "asked": call.quantity},
        acting_id=_id(acted),
    )
    return call


@use_case
def refuse(
    actor: Actor,
    public_id: str,
    *,
    reason: str | None,
    note: str,
    acting: Acting | None = None,
) -> CallOff:
    """The producer can deliver nothing for this order."""
    call = queries.call(public_id, actor, lock=True)
    CALL_OFF.require(call, "refuse", actor)
    acted = _seller_speaks(call.deal, actor, acting)
    CALL_OFF.fire(
        call,
        "refuse",
        actor,
        reason=reason,
        note=note,
        facts={"answered_by_id": actor.user_id, "answered_at": clock.now()},
        acting_id=_id(acted),
    )
    return call


@use_case
def take_back_call(actor: Actor, public_id: str, acting: Acting | None = None) -> CallOff:
    """The buyer takes an unanswered order back."""
    call = queries.call(public_id, actor, lock=True)
    CALL_OFF.require(call, "withdraw", actor)
    acted = speak_for(actor, call.organisation, call.deal, acting, purpose=None)
    CALL_OFF.fire(call, "withdraw", actor, acting_id=_id(acted))
    return call


def _seller_speaks(
    deal: Deal, actor: Actor, acting: Acting | None, among: list[DealParty] | None = None
) -> ActingRecord | None:
    party = entering.party_of(actor, None, sellers(deal) if among is None else among)
    return speak_for(actor, party.organisation, deal, acting, purpose=None)


# ---------------------------------------------------------------- parcels


@use_case
def send(
    actor: Actor, deal_id: str, values: DispatchValues, acting: Acting | None = None
) -> Dispatch:
    """The seller notes what is on its way; the code on the boxes opens the buyer's receipt."""
    deal = deals.get(deal_id, actor, lock=True)
    if not may_sell(actor, deal):
        raise NotAllowed(why_not_yours(actor, deal))
    if deal.unit is None or deal.state is not DealState.ACTIVE:
        raise WrongState(N_("Goods are sent while the deal is under way."))
    if not 0 < values.boxes <= MOST_BOXES:
        raise Invalid("boxes", N_("Enter the number of boxes, from 1 to 200."))
    leaves_at, arrives_at = _require_journey(deal, values)
    require_whole("quantity", values.quantity, deal.unit)
    sent = on_the_way(queries.dispatches(deal))
    if (why_not := too_much(deal, values.quantity, on_the_way=sent)) is not None:
        raise Invalid("quantity", why_not)
    party: DealParty = entering.party_of(actor, None, sellers(deal))
    acted = speak_for(actor, party.organisation, deal, acting, purpose=None)
    dispatch = Dispatch(
        deal_id=deal.id,
        organisation_id=party.organisation_id,
        quantity=values.quantity,
        boxes=values.boxes,
        coach=values.coach,
        coach_phone=values.coach_phone,
        leaves_on=values.leaves_on,
        leaves_at=leaves_at,
        arrives_on=values.arrives_on,
        arrives_at=arrives_at,
        note=values.note,
        sent_by_id=actor.user_id,
        sent_at=clock.now(),
    )
    db.session.add(dispatch)
    record(
        "dispatch.sent",
        dispatch,
        actor,
        data={"deal": deal.id, "quantity": values.quantity, "boxes": values.boxes},
        happened_on=values.leaves_on,
        acting_id=_id(acted),
    )
    return dispatch


def _require_journey(deal: Deal, values: DispatchValues) -> tuple[str, str]:
    """The hours of leaving and arriving as they are kept. Raises Invalid for what cannot be."""
    if (refusal := why_not_on_the_road(deal, values.leaves_on, values.arrives_on)) is not None:
        raise Invalid(*refusal)
    leaves, arrives = (_hour(name, getattr(values, name)) for name in ("leaves_at", "arrives_at"))
    is_one_day = values.arrives_on == values.leaves_on
    if is_one_day and leaves is not None and arrives is not None and arrives < leaves:
        raise Invalid("arrives_at", N_("It cannot arrive before it leaves."))
    return hours.show(leaves), hours.show(arrives)


def _hour(field: str, typed: str) -> int | None:
    """Minutes after midnight; None where nothing was said. Raises Invalid."""
    if not typed:
        return None
    try:
        return hours.parse(typed)
    except Unreadable as error:
        raise Invalid(field, error.text) from error


@use_case
def receive(
    actor: Actor, public_id: str, values: InstalmentValues, acting: Acting | None = None
) -> Instalment:
    """The buyer states what really arrived of a parcel; the seller confirms or corrects it."""
    dispatch = queries.dispatch(public_id, actor, lock=True)
    DISPATCH.require(dispatch, "receive", actor)
    if values.happened_on < dispatch.leaves_on:
        raise Invalid(
            "happened_on",
            Text(
                N_("By its note it left on %(day)s. Choose that day or a later one."),
                day=dispatch.leaves_on,
            ),
        )
    party = entering.party_of(actor, None, buyers(dispatch.deal))
    stated = replace(values, party_id=party.organisation_id)
    instalment = entering.enter(
        dispatch.deal, actor, stated, acting, sender_id=dispatch.organisation_id
    )
    DISPATCH.fire(
        dispatch,
        "receive",
        actor,
        facts={"instalment_id": instalment.id},
        data={"quantity": instalment.quantity},
        happened_on=values.happened_on,
    )
    return instalment


def reopen(instalment: Instalment, actor: Actor) -> None:
    """A receipt is taken back: its parcel waits for the right one, inside the caller's step."""
    dispatch = queries.dispatch_of(instalment)
    if dispatch is not None:
        DISPATCH.fire(dispatch, "reopen", SYSTEM, facts={"instalment_id": None}, by=actor)


@use_case
def lose(
    actor: Actor,
    public_id: str,
    *,
    reason: str | None,
    note: str,
    acting: Acting | None = None,
) -> Dispatch:
    """A parcel did not arrive, as either side says."""
    dispatch = queries.dispatch(public_id, actor, lock=True)
    DISPATCH.require(dispatch, "lose", actor)
    party = entering.party_of(actor, None, dispatch.deal.principals)
    acted = speak_for(actor, party.organisation, dispatch.deal, acting, purpose=None)
    DISPATCH.fire(dispatch, "lose", actor, reason=reason, note=note, acting_id=_id(acted))
    return dispatch


# ---------------------------------------------------------------- money


@use_case
def note_payment(
    actor: Actor, instalment_id: str, values: PaymentValues, acting: Acting | None = None
) -> Payment:
    """The seller notes that money for a confirmed delivery has come; never more than its worth."""
    instalment = deals.instalment(instalment_id, actor, lock=True)
    if not may_note_payment(actor, instalment):
        raise NotAllowed(N_("Only the seller, or who may record its word, notes money received."))
    if not may_note_payment_now(actor, instalment):
        raise WrongState(N_("Money is noted once both sides have confirmed the delivery."))
    deal = instalment.deal
    if values.received_on > clock.today():
        raise Invalid("received_on", N_("This day is still to come."))
    if values.received_on < opened_on(deal):
        raise Invalid(
            "received_on",
            Text(
                N_("The deal began on %(day)s. Choose that day or a later one."),
                day=opened_on(deal),
            ),
        )
    got = sum(amount for _day, amount in queries.received(instalment))
    if got + values.amount > instalment.value:
        raise Invalid("amount", N_("Together this is more than the delivery is worth. Check it."))
    acted = _seller_speaks(deal, actor, acting, sold_by(instalment))
    payment = Payment(
        instalment_id=instalment.id,
        received_on=values.received_on,
        amount=values.amount,
        how=values.how,
        note=values.note,
        noted_by_id=actor.user_id,
        acting_id=_id(acted),
        noted_at=clock.now(),
    )
    db.session.add(payment)
    record(
        "payment.noted",
        payment,
        actor,
        data={"instalment": instalment.id, "amount": values.amount},
        happened_on=values.received_on,
        acting_id=_id(acted),
    )
    return payment


@use_case
def strike_payment(actor: Actor, public_id: str, acting: Acting | None = None) -> Payment:
    """Strike out a note of money written by mistake."""
    payment = queries.payment(public_id, actor, lock=True)
    PAYMENT.require(payment, "strike", actor)
    instalment = payment.instalment
    acted = _seller_speaks(instalment.deal, actor, acting, sold_by(instalment))
    PAYMENT.fire(payment, "strike", actor, data={"amount": payment.amount}, acting_id=_id(acted))
    return payment


# ---------------------------------------------------------------- freed goods, offered again


def offer_freed() -> int:
    """Offer what ended deals left over to those once turned away, one after the other.

    The clock's job; may run twice. Returns how many deals moved.
    """
    begun = one_by_one(_line_up, queries.just_freed())
    return begun + one_by_one(_go_on_with, queries.in_turn())


@use_case
def _line_up(deal_id: str) -> bool:
    """Put those turned away in turn for a deal's leftover; the first is asked at once."""
    deal = deals.get_for_clock(deal_id)
    listing = catalogue.get_by_id(deal.match.goods_id, lock=True)
    if queries.chances(deal) or listing.seeks or not freed(deal) or not _is_on_sale(listing):
        return False
    turned_away = queries.turned_away(listing.id)
    for place, interest in enumerate(turned_away, start=1):
        chance = SecondChance(
            deal_id=deal.id, interest_id=interest.id, place=place, made_at=clock.now()
        )
        db.session.add(chance)
        record("second_chance.listed", chance, SYSTEM, data={"deal": deal.id, "place": place})
    return bool(turned_away) and _go_on(deal, listing)


@use_case
def _go_on_with(deal_id: str) -> bool:
    deal = deals.get_for_clock(deal_id)
    return _go_on(deal, catalogue.get_by_id(deal.match.goods_id, lock=True))


def _is_on_sale(listing: Listing) -> bool:
    return listing.is_open and (listing.left is None or listing.left > 0)


def _go_on(deal: Deal, listing: Listing) -> bool:
    """Let silence pass, ask the next in turn, or end the round when nothing is left."""
    chances = list(queries.chances(deal))
    moved = False
    for chance in chances:
        if chance.state is ChanceState.OFFERED and chance.answer_by < clock.today():  # type: ignore[operator]  # tied to the state by a CHECK
            SECOND_CHANCE.fire(chance, "lapse", SYSTEM)
            moved = True
    db.session.flush()  # one is asked at a time: the index speaks now
    nothing_left = not _is_on_sale(listing) or not remaining(deal, chances, listing.left)
    for chance in chances:
        is_asked = any(c.state is ChanceState.OFFERED for c in chances)
        if chance.state is not ChanceState.WAITING or (is_asked and not nothing_left):
            continue
        if nothing_left:
            SECOND_CHANCE.fire(chance, "drop", SYSTEM)
        else:
            answer_by = add_working_days(clock.today(), CHANCE_DAYS)
            SECOND_CHANCE.fire(chance, "offer", SYSTEM, facts={"answer_by": answer_by})
        moved = True
    return moved


@use_case
def take_chance(actor: Actor, public_id: str, acting: Acting | None = None) -> Interest:
    """They still want it: their old interest is sent again, for at most what is left."""
    chance, deal, listing = _chance(actor, public_id)
    SECOND_CHANCE.require(chance, "take", actor)
    old = chance.interest
    left = remaining(deal, queries.chances(deal), listing.left)
    if not left or not _is_on_sale(listing):
        raise WrongState(N_("It has gone to someone else meanwhile. Nothing is left to ask for."))
    pair = interests.pair_for(listing, old.organisation)  # they may have asked anew by themselves
    interest = Interest(
        pair_id=pair.id,
        listing_id=old.listing_id,
        organisation_id=old.organisation_id,
        sent_by_id=actor.user_id,
        contact_name=old.contact_name,
        contact_phone=old.contact_phone,
        quantity=min(old.quantity or left, left),
        unit_price=old.unit_price,
        period=old.period,
        months=old.months,
        message=old.message,
        state=InterestState.SUBMITTED,
        sent_at=clock.now(),
    )
    db.session.add(interest)
    listing.interest_count += 1
    acted = speak_for(actor, old.organisation, interest, acting, purpose=Purpose.POST)
    record(
        "interest.sent",
        interest,
        actor,
        data={"listing": listing.id},
        acting_id=_id(acted),
        happened_on=acted.said_on if acted else None,
    )
    SECOND_CHANCE.fire(
        chance,
        "take",
        actor,
        facts={"new_id": interest.id},
        data={"interest": interest.id},
        acting_id=_id(acted),
    )
    db.session.flush()
    db.session.expire(chance, ["new"])
    _go_on(deal, listing)
    return interest


@use_case
def decline_chance(actor: Actor, public_id: str, acting: Acting | None = None) -> SecondChance:
    """They do not want it any more; the next in turn is asked."""
    chance, deal, listing = _chance(actor, public_id)
    SECOND_CHANCE.require(chance, "decline", actor)
    acted = speak_for(actor, chance.interest.organisation, chance.interest, acting, purpose=None)
    SECOND_CHANCE.fire(chance, "decline", actor, acting_id=_id(acted))
    db.session.flush()
    _go_on(deal, listing)
    return chance


def _chance(actor: Actor, public_id: str) -> tuple[SecondChance, Deal, Listing]:
    """A second chance with its deal and its goods, both rows locked."""
    queries.chance(public_id, actor)  # NotFound for whom it does not concern
    deal = deals.get_for_clock(queries.deal_code(public_id))
    listing = catalogue.get_by_id(deal.match.goods_id, lock=True)
    chance = next(c for c in queries.chances(deal) if c.public_id == public_id)
    return chance, deal, listing
