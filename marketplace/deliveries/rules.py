"""States, moves and sums of deliveries: plans, call-offs, parcels, money, second chances. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.accounts.rules import may_manage, may_speak_for
from marketplace.core import clock, seasons
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.core.quantity import price_of
from marketplace.core.text import fold
from marketplace.core.workflow import Transition, Workflow, nobody_but_the_program, states
from marketplace.deals.rules import (
    GIVING,
    STOPPED,
    UNDER_WAY,
    DealState,
    InstalmentState,
    days_stopped_of,
    due_on,
    is_officer_in,
    is_party,
    speaks_for_party,
)

if TYPE_CHECKING:
    from marketplace.deals.models import Deal, DealParty, Instalment
    from marketplace.deliveries.models import (
        CallOff,
        Dispatch,
        Payment,
        ScheduledDelivery,
        SecondChance,
    )
    from marketplace.matching.models import Match


# ---------------------------------------------------------------- sides of a deal


def sellers(deal: Deal) -> list[DealParty]:
    """The principals that deliver."""
    return [party for party in deal.principals if party.role in GIVING]


def buyers(deal: Deal) -> list[DealParty]:
    """The principals that receive."""
    return [party for party in deal.principals if party.role not in GIVING]


def sold_by(instalment: Instalment) -> list[DealParty]:
    """Who delivered it; where that cannot be told, nobody."""
    return [] if instalment.seller is None else [instalment.seller]


def may_sell(actor: Actor, deal: Deal) -> bool:
    """Whoever may speak for the side that delivers."""
    return any(may_speak_for(actor, party.organisation) for party in sellers(deal))


def may_buy(actor: Actor, deal: Deal) -> bool:
    """Whoever may speak for the side that receives."""
    return any(may_speak_for(actor, party.organisation) for party in buyers(deal))


def why_not_yours(actor: Actor, deal: Deal) -> str:
    """Why a step of one side is not the actor's: it is the other side's, or they are none."""
    if is_party(actor, deal):
        return N_("This is for the other side of the deal to do, not for yours.")
    return N_("Only the parties, or who may record their word, can do this.")


# ---------------------------------------------------------------- the schedule


class PlanState(StrEnum):
    """Being late is computed from the day and what arrived, never stored."""

    PLANNED = "planned"
    MET = "met"
    DROPPED = "dropped"


PLANNING = frozenset({DealState.AGREED, DealState.SIGNED, DealState.ACTIVE})
"""The states of a deal in which deliveries are planned."""


def may_plan(actor: Actor, deal: Deal) -> bool:
    """A principal, whoever records its word, or an official writing down what the parties say.

    Who only supports or witnesses a deal plans none of its deliveries.
    """
    return is_officer_in(actor, deal) or speaks_for_party(actor, deal)


def plans_itself(actor: Actor, deal: Deal) -> bool:
    """Whether the actor plans without giving one side's word: a principal, or an official."""
    return is_officer_in(actor, deal) or is_party(actor, deal)


def may_plan_now(actor: Actor, deal: Deal) -> bool:
    """Whether deliveries can be planned just now."""
    return deal.state in PLANNING and may_plan(actor, deal)


def may_change_plan(actor: Actor, planned: ScheduledDelivery) -> bool:
    """Whoever may plan."""
    return may_plan(actor, planned.deal)


def has_ended(record: ScheduledDelivery | CallOff | Dispatch) -> bool:
    """Whether its deal is over: what it left open is open no more, and nobody's turn."""
    return record.deal.state not in UNDER_WAY


def ended(record: ScheduledDelivery | CallOff | Dispatch) -> Sequence[Text]:
    """Nothing moves any more after the end of a deal."""
    return [Text(N_("The deal has ended, and this with it."))] if has_ended(record) else []


def not_done_yet(planned: ScheduledDelivery) -> Sequence[Text]:
    """Nobody marks goods as come that are not: what was delivered says so by itself."""
    if has_ended(planned):
        return ended(planned)
    if planned.quantity:
        return [
            Text(
                N_(
                    "Goods are there once both sides have confirmed a delivery. State it, or leave "
                    "this row out with a reason."
                )
            )
        ]
    if planned.due_on > clock.today():
        return [Text(N_("This is planned for %(day)s. Mark it as done then."), day=planned.due_on)]
    return []


DROP_REASONS = {
    "agreed": N_("Both sides agreed to leave it out"),
    "harvest": N_("The harvest was smaller"),
    "demand": N_("The buyer needs less"),
    "road": N_("The road is closed"),
    "other": N_("Another reason"),
}

_P = PlanState

PLAN = Workflow(
    "scheduled_delivery",
    PlanState,
    _P.PLANNED,
    Transition(
        "meet",
        states(_P.PLANNED),
        _P.MET,
        may_change_plan,
        N_("Done"),
        blockers=not_done_yet,
    ),
    Transition(
        "drop",
        states(_P.PLANNED),
        _P.DROPPED,
        may_change_plan,
        N_("Leave out"),
        reasons=DROP_REASONS,
        blockers=ended,
    ),
    labels={
        _P.PLANNED: N_("Planned"),
        _P.MET: N_("Done"),
        _P.DROPPED: N_("Left out"),
    },
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A quantity (thousandths) that was planned on a day, to arrive on another."""

    made_on: date
    due_on: date
    quantity: int


def covered(planned: Sequence[Planned], arrivals: Sequence[tuple[date, int]]) -> list[int]:
    """How much of each planned delivery has arrived, in the order given.

    Arrivals are taken by day. Each fills the planned deliveries that stood when it came, the
    earliest due first; what is left over was beside the plan and fills none made later.
    """
    got = [0] * len(planned)
    by_due = sorted(range(len(planned)), key=lambda n: (planned[n].due_on, n))
    for day, quantity in sorted(arrivals):
        left = quantity
        for n in by_due:
            if planned[n].made_on <= day:
                part = min(left, planned[n].quantity - got[n])
                got[n] += part
                left -= part
    return got


def arrivals(deal: Deal, *among: InstalmentState) -> list[tuple[date, int]]:
    """What was stated as arrived, as far as it stands in one of these states."""
    return [(i.happened_on, i.quantity or 0) for i in deal.instalments if i.state in among]


CONFIRMED = (InstalmentState.CONFIRMED,)
STATED = (InstalmentState.CONFIRMED, InstalmentState.ENTERED)
"""Everything not taken back: what both sides confirmed and what waits for one of them."""


@dataclass(frozen=True, slots=True)
class Filled:
    """How far a planned delivery has come, in thousandths; all 0 of one that is settled.

    What both sides confirmed, what one side stated and the other has not answered, and what nobody
    has stated yet. Only what is confirmed has arrived.
    """

    confirmed: int = 0
    waiting: int = 0
    coming: int = 0

    @property
    def has_arrived(self) -> bool:
        """Whether both sides confirmed all of it."""
        return self.confirmed > 0 and not self.waiting and not self.coming

    @property
    def is_stated(self) -> bool:
        """Whether all of it was stated, and some waits for the other side's word."""
        return self.waiting > 0 and not self.coming


def filled(deal: Deal, plans: Sequence[ScheduledDelivery]) -> list[Filled]:
    """How far each planned delivery has come, in the order given."""
    rows = [Planned(p.made_on, p.due_on, p.quantity) for p in plans if _is_open(p) and p.quantity]
    confirmed = covered(rows, arrivals(deal, *CONFIRMED))
    stated = covered(rows, arrivals(deal, *STATED))
    found = iter(zip(rows, confirmed, stated, strict=True))
    return [_filled(*next(found)) if _is_open(p) and p.quantity else Filled() for p in plans]


def _is_open(planned: ScheduledDelivery) -> bool:
    return planned.state is PlanState.PLANNED


def _filled(planned: Planned, confirmed: int, stated: int) -> Filled:
    return Filled(confirmed, stated - confirmed, planned.quantity - stated)


def contract_left(
    deal: Deal, plans: Sequence[ScheduledDelivery], asked: Sequence[CallOff]
) -> int | None:
    """What can still be planned or called off, in thousandths; None where nothing is counted.

    What was committed, less what was stated as arrived, what is planned and still to come, and
    what is asked for and not answered. None of them is counted twice, so together they never pass
    the contract.
    Below 0 where more arrived than was committed.
    """
    if deal.committed_quantity is None:
        return None
    arrived = sum(quantity for _day, quantity in arrivals(deal, *STATED))
    coming = sum(row.coming for row in filled(deal, plans))
    waiting = sum(call.quantity for call in asked if call.state is CallState.ASKED)
    return deal.committed_quantity - arrived - coming - waiting


def awaited_on(planned: ScheduledDelivery) -> date:
    """Its day, later by the days the deal's clock has stood still since it was planned."""
    return planned.due_on + timedelta(days=days_stopped_of(planned.deal, planned.made_on))


def is_overdue(planned: ScheduledDelivery, coming: int) -> bool:
    """Whether its day has passed while the deal runs and something is still to come."""
    return (
        planned.state is PlanState.PLANNED
        and planned.deal.state is DealState.ACTIVE
        and awaited_on(planned) < clock.today()
        and (coming > 0 or not planned.quantity)
    )


def why_not_due_on(deal: Deal, day: date) -> Text | None:
    """Why nothing can be planned or ordered for ``day``; None where it can."""
    if day < clock.today():
        return Text(N_("This day has passed. Choose a day still to come."))
    if deal.starts_on is not None and day < deal.starts_on:
        return Text(
            N_("The deal begins on %(day)s. Choose that day or a later one."), day=deal.starts_on
        )
    last = due_on(deal)
    if last is not None and day > last:
        return Text(N_("The contract ends on %(day)s."), day=last)
    return None


ENDED = N_("Ended with the deal")


def plan_label(planned: ScheduledDelivery) -> str:
    """The word for a planned delivery; what a deal leaves open ends with it."""
    is_left = planned.state is PlanState.PLANNED and has_ended(planned)
    return ENDED if is_left else PLAN.label_of(planned)


def call_label(call: CallOff) -> str:
    """The word for an order; one that nobody answered ends with its deal."""
    is_left = call.state is CallState.ASKED and has_ended(call)
    return ENDED if is_left else CALL_OFF.label_of(call)


# ---------------------------------------------------------------- calling off


class CallState(StrEnum):
    """What became of an order on a contract."""

    ASKED = "asked"
    PROMISED = "promised"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


def may_call_off(actor: Actor, deal: Deal) -> bool:
    """The buyer of a running sale of a counted quantity, or whoever records its word."""
    return deal.committed_quantity is not None and may_buy(actor, deal)


def may_call_off_now(actor: Actor, deal: Deal) -> bool:
    """Whether goods can be called off just now."""
    return deal.state is DealState.ACTIVE and may_call_off(actor, deal)


def may_answer_call(actor: Actor, call: CallOff) -> bool:
    """The seller, or whoever records its word; never the person who ordered."""
    return actor.user_id != call.asked_by_id and may_sell(actor, call.deal)


def may_take_back_call(actor: Actor, call: CallOff) -> bool:
    """The organisation that ordered, or whoever records its word."""
    return may_speak_for(actor, call.organisation)


def not_promised_now(call: CallOff) -> Sequence[Text]:
    """Goods are promised only while the deal runs, and for a day still to come."""
    if call.deal.state is not DealState.ACTIVE:
        return [Text(N_("The deal is not under way now."))]
    if call.wanted_on < clock.today():
        return [
            Text(
                N_(
                    "The day of this order, %(day)s, has passed. It can only be refused; the buyer "
                    "can order anew."
                ),
                day=call.wanted_on,
            )
        ]
    return []


REFUSE_REASONS = {
    "stock": N_("Nothing is ripe or ready by then"),
    "road": N_("The road is closed"),
    "people": N_("Nobody can harvest or drive"),
    "other": N_("Another reason"),
}

_C = CallState

CALL_OFF = Workflow(
    "call_off",
    CallState,
    _C.ASKED,
    Transition(
        "promise",
        states(_C.ASKED),
        _C.PROMISED,
        may_answer_call,
        N_("Can deliver"),
        blockers=not_promised_now,
        tone="primary",
    ),
    Transition(
        "refuse",
        states(_C.ASKED),
        _C.REFUSED,
        may_answer_call,
        N_("Cannot deliver"),
        reasons=REFUSE_REASONS,
        blockers=ended,
    ),
    Transition(
        "withdraw",
        states(_C.ASKED),
        _C.WITHDRAWN,
        may_take_back_call,
        N_("Take the order back"),
        blockers=ended,
    ),
    labels={
        _C.ASKED: N_("Waiting for the producer's answer"),
        _C.PROMISED: N_("Promised"),
        _C.REFUSED: N_("Cannot be delivered"),
        _C.WITHDRAWN: N_("Order taken back"),
    },
)


# ---------------------------------------------------------------- parcels


class DispatchState(StrEnum):
    """Where a consignment is."""

    SENT = "sent"
    RECEIVED = "received"
    LOST = "lost"


MOST_BOXES = 200
LEFT_AGO_MOST = timedelta(days=7)
"""How far back a parcel may have left: a note is written after a week without signal at most."""

ON_THE_ROAD_MOST = timedelta(days=30)
"""How long a parcel travels at most, and how long after the deal's last day one still arrives."""


def why_not_on_the_road(deal: Deal, leaves_on: date, arrives_on: date) -> tuple[str, Text] | None:
    """The day of a journey that cannot be, and why; None where both can."""
    today = clock.today()
    earliest = today - LEFT_AGO_MOST
    latest = max(due_on(deal) or today, today) + ON_THE_ROAD_MOST
    if leaves_on < earliest:
        why = N_("It left too long ago for a note. Choose %(day)s or later.")
        return "leaves_on", Text(why, day=earliest)
    if arrives_on < leaves_on:
        return "arrives_on", Text(N_("It cannot arrive before it leaves."))
    too_late = N_("This day is too far ahead for this deal. Choose %(day)s or earlier.")
    if leaves_on > latest:
        return "leaves_on", Text(too_late, day=latest)
    last = min(latest, leaves_on + ON_THE_ROAD_MOST)
    return ("arrives_on", Text(too_late, day=last)) if arrives_on > last else None


def on_the_way(parcels: Sequence[Dispatch]) -> int:
    """How much was sent and neither received nor lost yet, in thousandths."""
    return sum(parcel.quantity for parcel in parcels if parcel.state is DispatchState.SENT)


def may_send_now(actor: Actor, deal: Deal) -> bool:
    """The seller of a running sale, or whoever records its word."""
    return deal.unit is not None and deal.state is DealState.ACTIVE and may_sell(actor, deal)


def may_receive(actor: Actor, dispatch: Dispatch) -> bool:
    """The buyer, or whoever records its word; never the person who sent it."""
    return actor.user_id != dispatch.sent_by_id and may_buy(actor, dispatch.deal)


def may_report_loss(actor: Actor, dispatch: Dispatch) -> bool:
    """Either side, or whoever records its word."""
    return speaks_for_party(actor, dispatch.deal)


def not_received_now(dispatch: Dispatch) -> Sequence[Text]:
    """Nothing is received of a deal that is stopped or over, whatever stands on the box."""
    stop = dispatch.deal.stop
    if has_ended(dispatch) or dispatch.deal.state not in STOPPED or stop is None:
        return ended(dispatch)
    return [
        Text(
            N_(
                "The deal is stopped since %(day)s. These goods are received here once it goes on; "
                "until then note what came and call the other side."
            ),
            day=stop.from_on,
        )
    ]


def may_receive_now(actor: Actor, dispatch: Dispatch) -> bool:
    """Whether the actor can state now what arrived."""
    return DISPATCH.allows(dispatch, "receive", actor) and not not_received_now(dispatch)


LOSS_REASONS = {
    "coach": N_("The coach did not bring it"),
    "damaged": N_("It was damaged on the way"),
    "road": N_("The road is closed"),
    "mistake": N_("The note was written by mistake"),
    "other": N_("Another reason"),
}

_D = DispatchState

DISPATCH = Workflow(
    "dispatch",
    DispatchState,
    _D.SENT,
    Transition(
        "receive",
        states(_D.SENT),
        _D.RECEIVED,
        may_receive,
        N_("Receive goods"),
        blockers=not_received_now,
        tone="primary",
    ),
    Transition(
        "reopen",
        states(_D.RECEIVED),
        _D.SENT,
        nobody_but_the_program,
        N_("On its way again"),
    ),
    Transition(
        "lose",
        states(_D.SENT),
        _D.LOST,
        may_report_loss,
        N_("It did not arrive"),
        reasons=LOSS_REASONS,
    ),
    labels={
        _D.SENT: N_("On its way"),
        _D.RECEIVED: N_("Received"),
        _D.LOST: N_("Did not arrive"),
    },
)


# ---------------------------------------------------------------- money


class PaymentState(StrEnum):
    """A note of money received can be struck, never erased."""

    NOTED = "noted"
    STRUCK = "struck"


class PaidHow(StrEnum):
    """How the money came. The program moves none itself."""

    CASH = "cash"
    TRANSFER = "transfer"
    OTHER = "other"


HOW_LABELS = {
    PaidHow.CASH: N_("Cash"),
    PaidHow.TRANSFER: N_("Bank transfer"),
    PaidHow.OTHER: N_("Another way"),
}


def may_note_payment(actor: Actor, instalment: Instalment) -> bool:
    """The seller of what was delivered, or whoever records its word."""
    return instalment.deal.unit is not None and any(
        may_speak_for(actor, party.organisation) for party in sold_by(instalment)
    )


def may_note_payment_now(actor: Actor, instalment: Instalment) -> bool:
    """Whether money can be noted: for what both sides confirmed."""
    return instalment.state is InstalmentState.CONFIRMED and may_note_payment(actor, instalment)


def may_strike(actor: Actor, payment: Payment) -> bool:
    """Whoever may note it."""
    return may_note_payment(actor, payment.instalment)


PAYMENT = Workflow(
    "payment",
    PaymentState,
    PaymentState.NOTED,
    Transition(
        "strike",
        states(PaymentState.NOTED),
        PaymentState.STRUCK,
        may_strike,
        N_("Strike out"),
        tone="danger",
        confirm=N_("The money will not count as received. Strike it out?"),
    ),
    labels={PaymentState.NOTED: N_("Received"), PaymentState.STRUCK: N_("Struck out")},
)

PAID_AT_LEAST = 3
"""Paid instalments below which nothing is said about how fast a buyer pays."""


def paid_on(value: int, payments: Sequence[tuple[date, int]]) -> date | None:
    """The day from which an instalment worth ``value`` đồng was paid in full; None before."""
    got = 0
    for day, amount in sorted(payments):
        got += amount
        if got >= value:
            return day
    return None


def median_days(paid: Sequence[int], unpaid: Sequence[int] = ()) -> int | None:
    """The median of whole days from delivery to payment; None below ``PAID_AT_LEAST``.

    Of an even number the mean of the two in the middle, half a day up. Money paid before the goods
    counts as 0 days. ``unpaid`` are the days since the deliveries whose money is still to come: one
    that waits longer than the median of those paid counts with the days it has waited so far, the
    least it can become, so that who never pays does not look prompt. A fresher one says nothing.
    """
    if len(paid) < PAID_AT_LEAST:
        return None
    days = [max(0, day) for day in paid]
    usual = quantile(days, 1, 2)
    return quantile([*days, *(waited for waited in unpaid if waited > usual)], 1, 2)


# ---------------------------------------------------------------- the range of fair prices

CORRIDOR_DEALS, CORRIDOR_BUYERS = 3, 2
"""Below these nothing is said: a price could be told to be someone's."""
CORRIDOR_YEARS = 2
"""How far back deliveries are looked at, in years."""


@dataclass(frozen=True, slots=True)
class Corridor:
    """The quartiles of deals' prices a unit in đồng, and of how many deals with how many buyers.

    ``of_product``: of the same product; else of its whole group, which judges no price.
    """

    low: int
    middle: int
    high: int
    deals: int
    buyers: int
    of_product: bool = True


def quantile(values: Sequence[int], part: int, of: int) -> int:
    """The quantile ``part``/``of`` of whole numbers, half up; raises ValueError of none.

    Method: linear interpolation between the two nearest ranks, with position (n - 1) · part/of
    counted from 0. This is type 7 of Hyndman and Fan (1996), R's default and Excel's QUARTILE.INC.
    """
    if not values:
        msg = "no values have no quantile"
        raise ValueError(msg)
    ordered = sorted(values)
    place, rest = divmod((len(ordered) - 1) * part, of)
    above = ordered[min(place + 1, len(ordered) - 1)]
    scaled = ordered[place] * of + rest * (above - ordered[place])
    return (2 * scaled + of) // (2 * of)


@dataclass(frozen=True, slots=True)
class Sold:
    """A confirmed delivery: its worth in đồng, thousandths that counted, of which deal, to whom."""

    value: int
    quantity: int
    deal: int
    buyer: int


def corridor(sold: Sequence[Sold]) -> Corridor | None:
    """The quartiles of the prices of deals; None below the threshold.

    Each deal has one price, the worth of all its deliveries over their quantity: a contract of
    weekly orders would else outvote everybody and show one buyer's price.
    """
    firms = len({row.buyer for row in sold})
    by_deal: dict[int, list[Sold]] = {}
    for row in sold:
        by_deal.setdefault(row.deal, []).append(row)
    if len(by_deal) < CORRIDOR_DEALS or firms < CORRIDOR_BUYERS:
        return None
    prices = [
        price_of(sum(row.value for row in rows), sum(row.quantity for row in rows))
        for rows in by_deal.values()
    ]
    low, middle, high = (quantile(prices, part, 4) for part in (1, 2, 3))
    return Corridor(low, middle, high, len(prices), firms)


def product_of(title: str, names: Iterable[Sequence[str]], places: Iterable[str]) -> frozenset[str]:
    """What a title calls the goods: its folded words in any order, under one name, without places.

    “Đảng sâm tươi Avương” is “Đẳng sâm tươi”, but dried roots or another grade are goods of their
    own with another price. ``names`` are names of one thing each; ``places`` villages and
    localities.
    """
    same = [(fold(other), fold(first)) for first, *others in names for other in others]
    same += [(f"{before}{fold(place)}", "") for place in places for before in _BEFORE_PLACES]
    words = f" {fold(title)} "
    for said, meant in sorted(same, key=lambda pair: -len(pair[0])):
        words = words.replace(f" {said} ", f" {meant} ")
    return frozenset(words.split())


_BEFORE_PLACES = ("", "thon ", "xa ", "phuong ")


def first_month(deal: Deal | None, match: Match) -> int:
    """The month in which what is offered is first delivered.

    By the first day offered, else by the months asked for, else this one.
    """
    starts_on = deal.starts_on if deal is not None else match.happened_on
    if starts_on is not None:
        return starts_on.month
    asked = match.interest.months if match.interest is not None else 0
    this = clock.today().month
    return seasons.next_month(asked, this) or this


def season_of(month: int) -> frozenset[int]:
    """The months whose prices can be compared with one's: its own and the ones beside it.

    A mountain harvest moves by some weeks from year to year, and a commune sells too little for a
    single month of a single year to hold three deals.
    """
    return frozenset({month, month % 12 + 1, (month - 2) % 12 + 1})


def looked_back_to(day: date) -> date:
    """The first day of the deliveries compared with ``day``."""
    return day - timedelta(days=366 * CORRIDOR_YEARS)


# ---------------------------------------------------------------- second chances


class ChanceState(StrEnum):
    """Where the question stands whether someone turned away once wants it now."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    DECLINED = "declined"
    LAPSED = "lapsed"
    DROPPED = "dropped"


CHANCE_DAYS = 3
"""Working days one has for the answer before the next is asked."""

FREED_WITHIN = timedelta(days=30)
"""How long after its end a deal's freed quantity is still offered."""


def may_answer_chance(actor: Actor, chance: SecondChance) -> bool:
    """The organisation that asked once, or whoever records its word."""
    return may_speak_for(actor, chance.interest.organisation)


def freed(deal: Deal) -> int:
    """What an ended deal leaves over of what is on sale, in thousandths."""
    if not deal.match.from_stock:
        return 0
    return max(0, (deal.committed_quantity or 0) - deal.delivered_quantity)


def remaining(deal: Deal, chances: Iterable[SecondChance], left: int | None) -> int:
    """What can be offered now: freed, not asked for again, and still to be had (``left``)."""
    taken = sum(c.new.quantity or 0 for c in chances if c.new is not None)
    rest = max(0, freed(deal) - taken)
    return rest if left is None else min(rest, left)


_S = ChanceState

SECOND_CHANCE = Workflow(
    "second_chance",
    ChanceState,
    _S.WAITING,
    Transition("offer", states(_S.WAITING), _S.OFFERED, nobody_but_the_program, N_("Offer again")),
    Transition(
        "take",
        states(_S.OFFERED),
        _S.TAKEN,
        may_answer_chance,
        N_("Yes, we still want it"),
        tone="primary",
    ),
    Transition("decline", states(_S.OFFERED), _S.DECLINED, may_answer_chance, N_("No, thank you")),
    Transition("lapse", states(_S.OFFERED), _S.LAPSED, nobody_but_the_program, N_("Lapse")),
    Transition(
        "drop",
        states(_S.WAITING, _S.OFFERED),
        _S.DROPPED,
        nobody_but_the_program,
        N_("Nothing left"),
    ),
    labels={
        _S.WAITING: N_("Next in turn"),
        _S.OFFERED: N_("Waiting for an answer"),
        _S.TAKEN: N_("Asked for again"),
        _S.DECLINED: N_("Not wanted"),
        _S.LAPSED: N_("No answer in time"),
        _S.DROPPED: N_("Nothing left to offer"),
    },
)


WORKFLOWS = (PLAN, CALL_OFF, DISPATCH, PAYMENT, SECOND_CHANCE)


def own_people(actor: Actor, parties: Sequence[DealParty]) -> bool:
    """Whether the actor is one of these parties' own people rather than a recorder."""
    return any(may_manage(actor, party.organisation) for party in parties)
