"""Use cases of lots: writing, publishing, going on, correcting, recalling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.models import ActingRecord
from marketplace.accounts.rules import Purpose
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.quantity import Unit
from marketplace.core.use_case import use_case
from marketplace.tracing import queries
from marketplace.tracing.models import Lot, LotStep
from marketplace.tracing.rules import (
    HAVE_PARTNER,
    LOT,
    NOT_REWRITTEN,
    WAY_ENDED,
    LotState,
    StepKind,
    may_add_steps,
    may_write,
)


@dataclass(frozen=True, slots=True)
class StepValues:
    """A step as the form holds it."""

    kind: StepKind | None = None
    happened_on: date | None = None
    place: str = ""
    who: str = ""
    partner: str = ""
    location_code: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class LotValues:
    """What the form of a lot holds. Quantity in thousandths of ``unit``."""

    name: str
    quantity: int | None = None
    unit: Unit | None = None
    produced_from: date | None = None
    produced_until: date | None = None
    packed_on: date | None = None
    expires_on: date | None = None
    shelf_life: str = ""
    standards: str = ""
    brand: str = ""
    serial: str = ""
    own_code: str = ""
    gtin: str | None = None


@use_case
def create(
    actor: Actor,
    listing_id: str,
    values: LotValues,
    steps: Sequence[StepValues] = (),
    photo: str | None = None,
    acting: Acting | None = None,
) -> Lot:
    """Begin a lot of published or drafted produce, with the steps known so far."""
    listing = catalogue.get(listing_id, actor)
    if not isinstance(listing, Produce):
        raise NotFound
    lot = Lot(
        listing_id=listing.id,
        created_by_id=actor.user_id,
        created_at=clock.now(),
        updated_at=clock.now(),
        photo=photo,
    )
    lot.listing = listing
    _fill(lot, values)
    db.session.add(lot)
    acted = speak_for(actor, listing.organisation, lot, acting)
    record(
        "lot.drafted",
        lot,
        actor,
        data={"listing": listing.id},
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    for step in steps:
        _add(actor, lot, step, acted)
    return lot


def _fill(lot: Lot, values: LotValues) -> None:
    if (
        values.produced_from
        and values.produced_until
        and (values.produced_until < values.produced_from)
    ):
        raise Invalid("produced_until", N_("The end lies before the beginning. Check both days."))
    if values.expires_on and values.packed_on and values.expires_on <= values.packed_on:
        raise Invalid("expires_on", N_("The last day lies before the packing. Check both days."))
    for field, day in (("produced_from", values.produced_from), ("packed_on", values.packed_on)):
        if day is not None and day > clock.today():
            raise Invalid(field, N_("This day is still to come."))
    lot.name = values.name
    lot.quantity, lot.unit = values.quantity, values.unit
    lot.produced_from, lot.produced_until = values.produced_from, values.produced_until
    lot.packed_on, lot.expires_on = values.packed_on, values.expires_on
    lot.shelf_life = values.shelf_life or None
    lot.standards = values.standards or None
    lot.brand, lot.serial = values.brand or None, values.serial or None
    lot.own_code, lot.gtin = values.own_code or None, values.gtin
    lot.updated_at = clock.now()


def _mine(actor: Actor, public_id: str, acting: Acting | None) -> tuple[Lot, ActingRecord | None]:
    lot = queries.lot(public_id, actor, lock=True)
    if not may_write(actor, lot):
        raise NotAllowed(N_("Only this organisation, its cooperative or its locality may do this."))
    return lot, speak_for(actor, lot.listing.organisation, lot, acting)


@use_case
def edit(
    actor: Actor,
    public_id: str,
    version: int | None,
    values: LotValues,
    photo: str | None = None,
    acting: Acting | None = None,
) -> Lot:
    """Change a lot nobody has read yet. What was published is corrected by steps, or recalled."""
    lot, acted = _mine(actor, public_id, acting)
    if lot.state is not LotState.DRAFT:
        raise WrongState(NOT_REWRITTEN)
    if version is not None and version != lot.version:
        raise Conflict
    _fill(lot, values)
    lot.photo = photo or lot.photo
    record("lot.edited", lot, actor, acting_id=acted.id if acted else None)
    return lot


@use_case
def add_step(actor: Actor, public_id: str, values: StepValues, acting: Acting | None = None) -> Lot:
    """Write the next step of the way down; the lot may be published already."""
    lot, acted = _mine(actor, public_id, acting)
    _way_is_open(actor, lot)
    _add(actor, lot, values, acted)
    lot.updated_at = clock.now()
    return lot


def _way_is_open(actor: Actor, lot: Lot) -> None:
    if not may_add_steps(actor, lot):
        raise WrongState(WAY_ENDED)


def _add(
    actor: Actor,
    lot: Lot,
    values: StepValues,
    acted: ActingRecord | None,
    replaces: LotStep | None = None,
) -> LotStep:
    _check_step(values)
    step = LotStep(
        lot_id=lot.id,
        kind=values.kind,
        place=values.place,
        location_code=values.location_code or None,
        happened_on=values.happened_on,
        who=values.who or None,
        partner=values.partner or None,
        note=values.note or None,
        added_by_id=actor.user_id,
        at=clock.now(),
        replaces_id=replaces.id if replaces else None,
    )
    db.session.add(step)
    db.session.flush()  # the journal names it
    record(
        "lot.step_corrected" if replaces else "lot.step_added",
        lot,
        actor,
        data={"step": step.id, "kind": step.kind.value}
        | ({"instead_of": replaces.id} if replaces else {}),
        happened_on=values.happened_on,
        acting_id=acted.id if acted else None,
    )
    db.session.expire(lot, ["steps"])
    return step


def _check_step(values: StepValues) -> None:
    if values.kind is None:
        raise Invalid("kind", N_("Choose what was done."))
    if values.happened_on is None:
        raise Invalid("happened_on", N_("Enter the day of this step, for example 20/11/2026."))
    if values.happened_on > clock.today():
        raise Invalid("happened_on", N_("This day is still to come."))
    if not values.place:
        raise Invalid("place", N_("Enter where it was, for example the village."))
    if values.kind in HAVE_PARTNER and not values.partner:
        raise Invalid("partner", N_("Enter from whom it came or to whom it went."))


@use_case
def correct_step(
    actor: Actor,
    public_id: str,
    step_id: str,
    values: StepValues,
    *,
    why: str,
    acting: Acting | None = None,
) -> Lot:
    """Strike a step through and write the right one; both stay to be read."""
    lot, acted = _mine(actor, public_id, acting)
    _way_is_open(actor, lot)
    wrong = next((step for step in lot.valid_steps if step.public_id == step_id), None)
    if wrong is None:
        raise NotFound
    if not why:
        raise Invalid("why", N_("Write one sentence: what was wrong."))
    wrong.struck_at = clock.now()
    wrong.struck_by_id = actor.user_id
    wrong.struck_why = why
    _add(actor, lot, values, acted, replaces=wrong)
    lot.updated_at = clock.now()
    return lot


@use_case
def move(
    actor: Actor,
    public_id: str,
    action: str,
    *,
    reason: str | None = None,
    note: str = "",
    acting: Acting | None = None,
) -> Lot:
    """Publish, recall or close a lot. An official recalls in their own right."""
    lot = queries.lot(public_id, actor, lock=True)
    LOT.require(lot, action, actor)
    acted = None
    if not (action == "recall" and actor.is_officer_of(*lot.listing.deciding_localities)):
        purpose = None if action == "recall" else Purpose.POST  # a warning waits for nothing
        acted = speak_for(actor, lot.listing.organisation, lot, acting, purpose=purpose)
    LOT.fire(
        lot,
        action,
        actor,
        reason=reason,
        note=note,
        facts=_facts(lot, action, reason, note),
        acting_id=acted.id if acted else None,
    )
    lot.updated_at = clock.now()
    return lot


def _facts(lot: Lot, action: str, reason: str | None, note: str) -> dict[str, object]:
    """What changes together with the state."""
    if action == "publish":
        return {"published_at": lot.published_at or clock.now()}
    if action == "recall":
        return {"recalled_at": clock.now(), "recall_reason": reason, "recall_note": note}
    return {}
