"""What surrounds the demonstration's deliveries: money noted, an order, a parcel on its way."""

from __future__ import annotations

from datetime import timedelta

from marketplace.accounts.acting import Acting
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.quantity import SCALE
from marketplace.deals.models import Deal
from marketplace.deliveries import services as deliveries
from marketplace.deliveries.rules import PaidHow
from marketplace.deliveries.services import CallValues, DispatchValues, PaymentValues

Speaker = tuple[Actor, Acting | None]

PAID_AFTER = (2, 5, 9)
"""Days from a delivery to its money, in turn."""


def note_money(speaker: Speaker, deal: Deal) -> None:
    """The seller notes the money for what was confirmed, as far as its day has come."""
    actor, acting = speaker
    rows = [(i.public_id, i.number, i.happened_on, i.value) for i in deal.confirmed]
    for code, number, delivered_on, value in rows:
        day = delivered_on + timedelta(days=PAID_AFTER[number % len(PAID_AFTER)])
        if day <= clock.today():
            paid = PaymentValues(day, value, PaidHow.TRANSFER if number % 2 else PaidHow.CASH)
            deliveries.note_payment(actor, code, paid, acting)


def call_off(buyer: Actor, speaker: Speaker, deal_id: str) -> None:
    """The buyer orders twice; the first is promised in part and on its way."""
    actor, acting = speaker
    today = clock.today()
    first = deliveries.call_off(
        buyer, deal_id, CallValues(today + timedelta(days=4), 25 * SCALE, "Củ vừa, còn vỏ.")
    )
    deliveries.promise(actor, first.public_id, 20 * SCALE, acting)
    deliveries.send(
        actor,
        deal_id,
        DispatchValues(
            20 * SCALE,
            2,
            "Xe khách minh họa, tuyến núi về phố",
            today,
            today + timedelta(days=1),
            leaves_at="13:30",
            arrives_at="6:00",
        ),
        acting,
    )
    deliveries.call_off(buyer, deal_id, CallValues(today + timedelta(days=9), 20 * SCALE))
