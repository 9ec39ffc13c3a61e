"""The steps of stating what arrived, inside the caller's transaction on a locked deal.

``deals.services`` calls them for what is typed, ``deliveries.services`` for a parcel whose code was
read; like ``matching.settling`` they are not use cases by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import StoredFile
from marketplace.accounts.rules import whose_word
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed
from marketplace.core.i18n import N_, Text
from marketplace.core.journal import record
from marketplace.core.money import Dong
from marketplace.core.quantity import require_whole
from marketplace.deals.models import Deal, DealParty, Instalment
from marketplace.deals.rules import (
    GOODS_REASONS,
    INSTALMENT,
    OVER_PERCENT,
    WORTH_AT_MOST,
    came_in_a_stop,
    other_side,
    require_entry,
    too_much,
    why_not_delivered_on,
)
from marketplace.matching import settling


@dataclass(frozen=True, slots=True)
class InstalmentValues:
    """One delivery or payment: when it happened, how much, on which paper.

    ``quantity`` was accepted at the agreed price, ``downgraded`` at ``downgraded_price`` (đồng a
    unit), ``rejected`` was sent back; quantities in thousandths. ``reason`` is a code of
    ``GOODS_REASONS`` and ``photo`` shows what was wrong. Without ``value`` the prices make it.
    """

    happened_on: date
    quantity: int | None
    value: int | None
    note: str = ""
    paper: StoredFile | None = None
    party_id: int | None = None
    version: int | None = None
    downgraded: int | None = None
    downgraded_price: int | None = None
    rejected: int | None = None
    reason: str | None = None
    photo: StoredFile | None = None


def party_of(actor: Actor, party_id: int | None, among: list[DealParty]) -> DealParty:
    """The party the actor speaks for: its own first, then the one whose word is recorded."""
    asked = {p.organisation_id: p for p in among if party_id in (None, p.organisation_id)}
    organisation = whose_word(actor, [party.organisation for party in asked.values()])
    if organisation is None:
        raise NotAllowed(N_("Only the parties, or who may record their word, can do this."))
    return asked[organisation.id]


def word_of(
    instalment: Instalment, actor: Actor, acting: Acting | None
) -> tuple[DealParty, int | None]:
    """The party of the other side that speaks now, and the record of its word if it is one."""
    party = party_of(actor, None, other_side(instalment))
    acted = speak_for(actor, party.organisation, instalment.deal, acting, purpose=None)
    return party, acted.id if acted else None


def enter(
    deal: Deal,
    actor: Actor,
    values: InstalmentValues,
    acting: Acting | None = None,
    *,
    sender_id: int | None = None,
) -> Instalment:
    """State what was delivered or paid; it counts when the other side confirms it.

    ``sender_id`` is the organisation that sent it, where a note of the parcel says so.
    """
    require_entry(actor, deal)
    party = party_of(actor, values.party_id, deal.principals)
    instalment = Instalment(
        deal_id=deal.id,
        number=max((i.number for i in deal.instalments), default=0) + 1,
        entered_by_id=actor.user_id,
        stated_for_id=party.organisation_id,
        entered_at=clock.now(),
    )
    _write(instalment, deal, values)
    db.session.add(instalment)
    acted = speak_for(actor, party.organisation, deal, acting, purpose=None)
    deal.moved_at = clock.now()
    said = {"deal": deal.id, "quantity": instalment.quantity, "value": instalment.value}
    record(
        "instalment.entered",
        instalment,
        actor,
        data=said | ({"sender": sender_id} if sender_id else {}),
        happened_on=values.happened_on,
        acting_id=acted.id if acted else None,
    )
    return instalment


TakenBack = Callable[[Instalment, Actor], None]
_TAKEN_BACK: dict[str, TakenBack] = {}


def when_taken_back(name: str, act: TakenBack) -> None:
    """Declare what else a feature above puts back when a statement is taken back."""
    _TAKEN_BACK[name] = act


def take_back(instalment: Instalment, actor: Actor, acting: Acting | None = None) -> Instalment:
    """Take back what nobody has confirmed, and with it what rests on it."""
    INSTALMENT.require(instalment, "withdraw", actor)
    acted = speak_for(actor, instalment.stated_for, instalment.deal, acting, purpose=None)
    INSTALMENT.fire(instalment, "withdraw", actor, acting_id=acted.id if acted else None)
    for act in _TAKEN_BACK.values():
        act(instalment, actor)
    return instalment


def correct(
    instalment: Instalment, actor: Actor, values: InstalmentValues, acting: Acting | None = None
) -> Instalment:
    """The other side states what really arrived; now the first side must confirm that."""
    INSTALMENT.require(instalment, "correct", actor)
    if values.version is not None and values.version != instalment.version:
        raise Conflict(N_("The figures have changed. Read them again, then confirm."))
    for why in came_in_a_stop(instalment.deal, values.happened_on):
        raise Invalid("happened_on", why)
    party, acted = word_of(instalment, actor, acting)
    before = {"quantity": instalment.quantity, "value": instalment.value}
    _write(instalment, instalment.deal, values)
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


def _write(instalment: Instalment, deal: Deal, values: InstalmentValues) -> None:
    """Take the values over whole or not at all. Raises Invalid at the field that is wrong."""
    if (why_not := why_not_delivered_on(deal, values.happened_on)) is not None:
        raise Invalid("happened_on", why_not)
    photo = values.photo or instalment.photo
    if deal.unit is None:
        if not values.value:
            raise Invalid("value", N_("Enter the value, for example 350,000,000."))
        if (why_not := too_much(deal, values.value, besides=instalment)) is not None:
            raise Invalid("value", why_not)
        quantity, value = None, values.value
    else:
        _check_goods(deal, values, has_photo=photo is not None)
        _check_amounts(deal, values, instalment)
        counted = (values.quantity or 0) + (values.downgraded or 0)
        quantity = counted or None
        value = _worth_of(deal, values) if values.value is None or not counted else values.value
        _check_value(deal, value, counted)
        if values.downgraded:
            _check_split(deal, value, values)
    instalment.quantity, instalment.value = quantity, value
    instalment.downgraded = values.downgraded or None
    instalment.downgraded_price = values.downgraded_price if values.downgraded else None
    instalment.rejected = values.rejected or None
    is_split = bool(values.downgraded or values.rejected)
    instalment.goods_reason = values.reason if is_split else None
    instalment.photo = photo if is_split else None
    instalment.happened_on = values.happened_on
    instalment.note = values.note
    instalment.paper = values.paper or instalment.paper


def _check_goods(deal: Deal, values: InstalmentValues, *, has_photo: bool) -> None:
    if not (values.quantity or values.downgraded or values.rejected):
        raise Invalid("quantity", N_("Enter the quantity, for example 60."))
    if values.downgraded:
        if not values.downgraded_price:
            raise Invalid("downgraded_price", N_("Enter the lower price both sides agreed on."))
        if values.downgraded_price >= (deal.unit_price or 0):
            raise Invalid("downgraded_price", N_("This price is not lower than the agreed one."))
    if (values.downgraded or values.rejected) and values.reason not in GOODS_REASONS:
        raise Invalid("goods_reason", N_("Choose why it was downgraded or sent back."))
    if (values.downgraded or values.rejected) and not has_photo:
        raise Invalid("photo", N_("Add a photo of what was downgraded or sent back."))


def _check_amounts(deal: Deal, values: InstalmentValues, instalment: Instalment) -> None:
    """Refuse half a bottle, and more than the deal leaves room for; what went back came as well."""
    for field in ("quantity", "downgraded", "rejected"):
        require_whole(field, getattr(values, field), deal.unit)
    came = (values.quantity or 0) + (values.downgraded or 0) + (values.rejected or 0)
    if (why_not := too_much(deal, came, besides=instalment)) is not None:
        raise Invalid("quantity", why_not)


def _check_value(deal: Deal, value: int, counted: int) -> None:
    """Refuse a value out of all proportion to the agreed price; less is the sides' own matter."""
    agreed = settling.worth(counted, deal.unit_price or 0)
    if counted and value > WORTH_AT_MOST * agreed:
        raise Invalid(
            "value",
            Text(
                N_("At the agreed price this is worth %(worth)s. Check the value you entered."),
                worth=Dong(agreed),
            ),
        )


def _check_split(deal: Deal, value: int, values: InstalmentValues) -> None:
    """Refuse a value that forgets the lower price typed beside it; less is the sides' own matter.

    Where the split says what each part is worth, the leeway is that of weights (docs/adr/0017).
    """
    worth = _worth_of(deal, values)
    if value > worth + worth * OVER_PERCENT // 100:
        raise Invalid(
            "value",
            Text(
                N_(
                    "With the lower price this is worth %(worth)s. Check the value, or leave it "
                    "empty."
                ),
                worth=Dong(worth),
            ),
        )


def _worth_of(deal: Deal, values: InstalmentValues) -> int:
    return worth(deal, values.quantity, values.downgraded, values.downgraded_price)


def worth(
    deal: Deal, accepted: int | None, downgraded: int | None, downgraded_price: int | None
) -> int:
    """What goods are worth in đồng: accepted at the agreed price, downgraded at their own."""
    return settling.worth(accepted or 0, deal.unit_price or 0) + settling.worth(
        downgraded or 0, downgraded_price or 0
    )
