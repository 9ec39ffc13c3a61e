"""What pages show of deliveries, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import (
    may_manage,
    may_speak_for,
    passes_contacts,
    whose_word,
)
from marketplace.catalogue.taxonomy import GROUP_LABELS
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_
from marketplace.core.quantity import SCALE
from marketplace.deals.models import Deal, DealParty, Instalment
from marketplace.deals.rules import DEAL, UNDER_WAY, DealState, InstalmentState
from marketplace.deliveries import queries, rules
from marketplace.deliveries.models import CallOff, Dispatch, ScheduledDelivery, SecondChance
from marketplace.deliveries.queries import Book
from marketplace.deliveries.rules import (
    CallState,
    DispatchState,
    Filled,
    PaymentState,
    PlanState,
)
from marketplace.deliveries.services import next_week
from marketplace.matching.models import Match
from marketplace.spreadsheets.workbook import Column, write
from marketplace.web import formats
from marketplace.web.access import actor
from marketplace.web.locale import gettext
from marketplace.web.workflow import MoveButton, moves

PLAN_TONES = {PlanState.MET: "ok"}
CALL_TONES = {CallState.ASKED: "warn", CallState.PROMISED: "ok", CallState.REFUSED: "bad"}
DISPATCH_TONES = {
    DispatchState.SENT: "now",
    DispatchState.RECEIVED: "ok",
    DispatchState.LOST: "bad",
}


def word(parties: Sequence[DealParty]) -> Organisation | None:
    """The organisation among these parties whose word the reader gives."""
    return whose_word(actor(), [party.organisation for party in parties])


def records_for(organisation: Organisation | None) -> bool:
    """Whether the reader would record this organisation's word rather than give their own."""
    return organisation is not None and not may_manage(actor(), organisation)


def planned_for(deal: Deal) -> Organisation | None:
    """The principal whose word the reader gives by planning; None who plans in their own right."""
    return None if rules.plans_itself(actor(), deal) else word(deal.principals)


# ---------------------------------------------------------------- before a producer's yes


def before_yes(match: Match, deal: Deal | None, reader: Actor) -> Mapping[str, Any] | None:
    """Comparable prices and how fast the buyer pays, for each seller who has not said yes yet."""
    if match.unit is None:
        return None
    if deal is None:
        if not may_speak_for(reader, match.seller):
            return None
        if match.state is not match.workflow.initial or match.seller_id in {
            consent.organisation_id for consent in match.consents
        }:
            return None
    elif deal.state is not DEAL.initial or not rules.may_sell(reader, deal):
        return None
    months = rules.season_of(rules.first_month(deal, match))
    group = queries.group_of(match.goods_id)
    return {
        "corridor": queries.fair_prices(match, months, leave_out=deal.id if deal else None),
        "product": (match.stock or match.listing).title,
        "group": GROUP_LABELS[group] if group else None,
        "unit": match.unit,
        "price": deal.unit_price if deal else match.unit_price,
        "months": sorted(months),
        "days": queries.days_to_pay(match.buyer_id),
        "buyer": match.buyer.name,
        "paid_at_least": rules.PAID_AT_LEAST,
        "deals_at_least": rules.CORRIDOR_DEALS,
        "buyers_at_least": rules.CORRIDOR_BUYERS,
    }


# ---------------------------------------------------------------- the case page


def on_case(match: Match, deal: Deal | None, reader: Actor) -> Mapping[str, Any] | None:
    """Plans, orders, parcels and money of a deal; None before it is agreed."""
    if deal is None or deal.state in {DealState.NEGOTIATING, DealState.CANCELLED}:
        return None
    plans, calls = queries.plans(deal), queries.calls(deal)
    how_far = rules.filled(deal, plans)
    parcels = queries.dispatches(deal)
    left = rules.contract_left(deal, plans, calls)
    seller = word(rules.sellers(deal))
    return {
        "plans": [_plan_line(row, how) for row, how in zip(plans, how_far, strict=True)],
        "calls": [_call_line(call) for call in calls],
        "parcels": [_parcel_line(parcel) for parcel in parcels],
        "money": _money(match, deal) if deal.unit is not None else [],
        "left": max(0, left) if left is not None and deal.state in UNDER_WAY else None,
        "unit": deal.unit,
        "is_small": deal.is_small,
        "confirmed": deal.delivered_quantity,
        "waiting": sum(n for _day, n in rules.arrivals(deal, InstalmentState.ENTERED)),
        "coming": sum(how.coming for how in how_far),
        "late": sum(
            rules.is_overdue(row, how.coming) for row, how in zip(plans, how_far, strict=True)
        ),
        "links": _links(match, deal),
        "book": url_for("deliveries.book", public_id=seller.public_id)
        if seller and deal.unit is not None
        else None,
        "seller": seller.name if seller else "",
        "arriving": [
            {"url": parcel.path, "boxes": parcel.boxes, "day": parcel.arrives_on}
            for parcel in parcels
            if rules.may_receive_now(reader, parcel)
        ],
        "repeat": _repeat(match, deal),
    }


def _links(match: Match, deal: Deal) -> list[dict[str, str]]:
    """What the reader can begin here."""
    someone = actor()
    found = []
    if rules.may_call_off_now(someone, deal):
        found.append(("deliveries.call_off", N_("Order for a day"), "plus"))
    if rules.may_send_now(someone, deal):
        found.append(("deliveries.send_goods", N_("Write a dispatch note"), "truck"))
    if rules.may_plan_now(someone, deal):
        found.append(("deliveries.plan", N_("Plan a delivery"), "calendar"))
    return [
        {"url": url_for(endpoint, public_id=match.public_id), "label": label, "icon": icon}
        for endpoint, label, icon in found
    ]


def _repeat(match: Match, deal: Deal) -> dict[str, Any] | None:
    """The button that orders again what the reader's side ordered last."""
    if not rules.may_call_off_now(actor(), deal):
        return None
    buyer = word(rules.buyers(deal))
    last = queries.last_call(deal, buyer)
    if last is None:
        return None
    return {
        "url": url_for("deliveries.repeat", public_id=match.public_id),
        "quantity": last.quantity,
        "day": next_week(last),
        "is_page": records_for(buyer),
    }


def _plan_line(row: ScheduledDelivery, how: Filled) -> dict[str, Any]:
    label, tone = _plan_word(row, how)
    is_begun = bool(how.confirmed or how.waiting)
    return {
        "day": row.due_on,
        "moved_to": rules.awaited_on(row) if rules.awaited_on(row) != row.due_on else None,
        "quantity": row.quantity,
        "what": row.what,
        "confirmed": how.confirmed if how.waiting or how.coming else 0,
        "waiting": how.waiting,
        "coming": how.coming if is_begun else 0,
        "label": label,
        "tone": tone,
        "moves": [] if how.has_arrived or how.is_stated else plan_moves(row),
        "id": row.public_id,
        "version": row.version,
    }


def _plan_word(row: ScheduledDelivery, how: Filled) -> tuple[str, str]:
    """The word and the tone of a planned delivery; only what both sides confirmed has arrived."""
    if how.has_arrived:
        return N_("Has arrived"), "ok"
    if rules.is_overdue(row, how.coming):
        return N_("Late"), "bad"
    if how.is_stated:
        return N_("Stated, waits to be confirmed"), "warn"
    return rules.plan_label(row), PLAN_TONES.get(row.state, "plain")


def plan_moves(row: ScheduledDelivery) -> list[MoveButton]:
    """The moves on a planned delivery; what arrived of a quantity says so by itself."""
    return moves(
        row,
        lambda move: url_for("deliveries.plan_move", public_id=row.public_id, move=move),
        as_page=["meet", "drop"] if planned_for(row.deal) else [],
        leave_out=["meet", "drop"] if rules.has_ended(row) else ["meet"] if row.quantity else [],
    )


def call_tone(call: CallOff) -> str:
    """The tone of an order's word."""
    return "plain" if rules.call_label(call) == rules.ENDED else CALL_TONES.get(call.state, "plain")


def _call_line(call: CallOff) -> dict[str, Any]:
    return {
        "url": url_for("deliveries.call", public_id=call.public_id),
        "day": call.wanted_on,
        "quantity": call.quantity,
        "promised": call.promised,
        "label": rules.call_label(call),
        "tone": call_tone(call),
        "is_mine": call.state is CallState.ASKED
        and not rules.has_ended(call)
        and rules.may_answer_call(actor(), call),
    }


def _parcel_line(parcel: Dispatch) -> dict[str, Any]:
    return {
        "url": parcel.path,
        "day": parcel.arrives_on,
        "boxes": parcel.boxes,
        "coach": parcel.coach,
        "quantity": parcel.quantity,
        "label": rules.DISPATCH.label_of(parcel),
        "tone": DISPATCH_TONES[parcel.state],
    }


def _money(match: Match, deal: Deal) -> list[dict[str, Any]]:
    """For each confirmed delivery: its worth, the money noted for it, and what can be done."""
    noted = queries.payments(deal)
    lines = []
    for instalment in deal.instalments:
        if instalment.state is not InstalmentState.CONFIRMED or not instalment.value:
            continue
        own = [p for p in noted if p.instalment_id == instalment.id]
        got = [(p.received_on, p.amount) for p in own if p.state is PaymentState.NOTED]
        total = sum(amount for _day, amount in got)
        lines.append(
            {
                "number": instalment.number,
                "value": instalment.value,
                "received": total,
                "paid_on": rules.paid_on(instalment.value, got),
                "url": url_for(
                    "deliveries.pay",
                    public_id=match.public_id,
                    instalment_id=instalment.public_id,
                )
                if total < instalment.value and rules.may_note_payment_now(actor(), instalment)
                else None,
                "notes": [
                    {
                        "day": p.received_on,
                        "amount": p.amount,
                        "how": rules.HOW_LABELS[p.how],
                        "is_struck": p.state is PaymentState.STRUCK,
                        "who": p.noted_by.name if p.noted_by else "",
                        "is_recorded": p.acting_id is not None,
                        "moves": moves(
                            p,
                            lambda move, p=p: url_for(  # type: ignore[misc]
                                "deliveries.payment_move", public_id=p.public_id, move=move
                            ),
                            as_page=["strike"],
                        ),
                    }
                    for p in own
                ],
            }
        )
    return lines


# ---------------------------------------------------------------- an order, a parcel


def call_moves(call: CallOff) -> dict[str, MoveButton]:
    """The moves on an order, by name; whoever records another's word says so on a page."""
    if rules.has_ended(call):
        return {}
    recorded: dict[str, str] = {}
    seller = word(rules.sellers(call.deal))
    if seller is not None and records_for(seller):
        recorded |= dict.fromkeys(("promise", "refuse"), seller.name)
    if records_for(call.organisation):
        recorded["withdraw"] = call.organisation.name
    found = moves(
        call,
        lambda move: url_for("deliveries.call_move", public_id=call.public_id, move=move),
        words_of=recorded,
    )
    return {move.name: move for move in found}


def parcel_moves(parcel: Dispatch) -> list[MoveButton]:
    """The moves on a parcel; receiving has its own page."""

    def address(move: str) -> str:
        if move == "receive":
            return url_for("deliveries.receive", public_id=parcel.public_id)
        return url_for("deliveries.parcel_move", public_id=parcel.public_id, move=move)

    paged = {"receive"} | ({"lose"} if records_for(word(parcel.deal.principals)) else set())
    gone = ["receive"] if rules.not_received_now(parcel) else []  # the page says why at its top
    return moves(parcel, address, as_page=paged, leave_out=gone)


def why_not_now(parcel: Dispatch) -> dict[str, Any] | None:
    """Why a parcel on its way cannot be received now, what was agreed, and whom to call."""
    reasons = rules.not_received_now(parcel)
    if not reasons or parcel.state is not DispatchState.SENT:
        return None
    sender = parcel.organisation
    return {
        "reasons": reasons,
        "quantity": parcel.deal.committed_quantity,
        "price": parcel.deal.unit_price,
        "sender": sender.name,
        "phone": sender.phone if passes_contacts(sender) else None,
    }


def first_receipt(parcel: Dispatch) -> dict[str, Any]:
    """What the receipt holds before anything is typed: what the note says."""
    return {
        "happened_on": clock.today(),
        "quantity": parcel.quantity,
        "instalment_note": parcel.note,
    }


def first_payment(instalment: Instalment) -> dict[str, Any]:
    """What the note of money holds before anything is typed: what is still owed."""
    got = sum(amount for _day, amount in queries.received(instalment))
    return {"received_on": clock.today(), "amount": instalment.value - got}


# ---------------------------------------------------------------- the sales book as a file

MONEY_LOOK = "#,##0"


def workbook(book: Book) -> bytes:
    """The sales book as an Excel file, with its sums in the last row."""
    heads = (
        (N_("Date"), 12, ""),
        (N_("Buyer"), 28, ""),
        (N_("Goods"), 32, ""),
        (N_("Quantity"), 12, "#,##0.###"),
        (N_("Unit"), 10, ""),
        (N_("Price per unit (đồng)"), 16, MONEY_LOOK),
        (N_("Value (đồng)"), 16, MONEY_LOOK),
        (N_("Delivery note"), 22, ""),
        (N_("Money received (đồng)"), 18, MONEY_LOOK),
        (N_("Received on"), 14, ""),
    )
    columns = [Column(gettext(head), width=width, format=look) for head, width, look in heads]
    rows: list[Sequence[Any]] = [
        (
            row.day,
            row.buyer,
            row.goods,
            row.quantity / SCALE if row.quantity else None,
            formats.unit_name(row.unit) if row.unit else "",
            row.price,
            row.value,
            row.note,
            row.received,
            row.received_on,
        )
        for row in book.rows
    ]
    rows.append((gettext(N_("Total")), "", "", None, "", None, book.value, "", book.received, None))
    name = gettext(N_("Sales book %(year)s"), year=book.year)
    return write([(name, columns, rows)], [name, book.seller.name])


def offered_again(chance: SecondChance) -> int:
    """How much a yes asks for now: what was asked for once, at most what is left."""
    left = rules.remaining(chance.deal, queries.chances(chance.deal), chance.interest.listing.left)
    return min(chance.interest.quantity or left, left)


def chance_moves(chance: SecondChance, *, is_recorded: bool) -> list[MoveButton]:
    """Yes or no to goods that became free."""
    buyer = chance.interest.organisation.name
    return moves(
        chance,
        lambda move: url_for("deliveries.chance_move", public_id=chance.public_id, move=move),
        words_of=dict.fromkeys(("take", "decline"), buyer) if is_recorded else {},
    )
