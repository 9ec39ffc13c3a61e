"""Use cases of the list of invited firms: entering, changing, taking over a whole spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.text import name_key
from marketplace.core.use_case import use_case
from marketplace.outreach import queries
from marketplace.outreach.models import Invitee
from marketplace.outreach.rules import TO_COME, Answer, is_to_come, may_keep
from marketplace.programme.models import Pair

TAKEN = N_("This firm is on the list already. Open its entry there.")


@dataclass(frozen=True, slots=True)
class InviteeValues:
    """What is known of a firm. ``phone`` as E.164; ``last_contact_on`` is a day in the world."""

    name: str
    field: str = ""
    contact: str = ""
    phone: str | None = None
    email: str | None = None
    source: str = ""
    last_contact_on: date | None = None
    answer: Answer = Answer.NONE
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A row of a spreadsheet that was found right; ``code`` is the entry it changes, if any.

    ``given`` are the fields the spreadsheet has a column for: of the others it says nothing.
    """

    values: InviteeValues
    code: str | None
    given: frozenset[str]


@use_case
def enter(actor: Actor, values: InviteeValues) -> Invitee:
    """Put a firm on the list of the official's pair. Raises Invalid for one that is there."""
    pair = queries.pair_of(actor)
    _check(actor, pair, values)
    if queries.named(pair.id, values.name) is not None:
        raise Invalid("name", TAKEN)
    return _enter(actor, pair, values)


def _check(actor: Actor, pair: Pair, values: InviteeValues) -> None:
    if not may_keep(actor, pair.locality_ids):
        raise NotAllowed(N_("Only officials of the two localities keep this list."))
    if is_to_come(values.last_contact_on):
        raise Invalid("last_contact_on", TO_COME)


def _enter(actor: Actor, pair: Pair, values: InviteeValues) -> Invitee:
    if actor.user_id is None:
        raise NotAllowed(N_("Only officials of the two localities keep this list."))
    invitee = Invitee(
        pair_id=pair.id,
        name_key=name_key(values.name),
        entered_by_id=actor.user_id,
        entered_at=clock.now(),
        **asdict(values),
    )
    db.session.add(invitee)
    record("invitee.entered", invitee, actor)
    return invitee


@use_case
def change(actor: Actor, public_id: str, values: InviteeValues, version: int | None) -> Invitee:
    """Change an entry. Raises Conflict when someone else did in the meantime."""
    invitee = queries.get(public_id, actor, lock=True)
    _check(actor, invitee.pair, values)
    if version is not None and version != invitee.version:
        raise Conflict
    same = queries.named(invitee.pair_id, values.name)
    if same is not None and same.id != invitee.id:
        raise Invalid("name", TAKEN)
    _change(actor, invitee, asdict(values))
    return invitee


def _change(actor: Actor, invitee: Invitee, told: dict[str, Any]) -> None:
    """Write what differs; a row that says nothing new leaves no trace."""
    told |= {"name_key": name_key(told["name"])}
    changed = sorted(key for key, value in told.items() if getattr(invitee, key) != value)
    for key in changed:
        setattr(invitee, key, told[key])
    if changed:
        record("invitee.changed", invitee, actor, data={"fields": changed})


@use_case
def take_over(actor: Actor, plans: Sequence[Planned]) -> tuple[int, int]:
    """Write all rows of a spreadsheet, or none; how many are new, how many were there.

    Raises Conflict when an entry changed its name or came up since the rows were checked.
    """
    pair = queries.pair_of(actor)
    hold(Pair, id=pair.id)  # two spreadsheets at once: one after the other
    known = queries.known(pair.id)
    new = 0
    for planned in plans:
        _check(actor, pair, planned.values)
        if planned.code is None:
            if name_key(planned.values.name) in known:
                raise Conflict
            _enter(actor, pair, planned.values)
            new += 1
        elif planned.code in known:
            told = {k: v for k, v in asdict(planned.values).items() if k in planned.given}
            _change(actor, known[planned.code], told)
        else:
            raise NotFound
    return new, len(plans) - new
