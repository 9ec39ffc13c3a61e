"""Use cases of the ledger: writing a promise down, saying it is done, judging it, reminding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.accounts.acting import Acting, speak_for
from marketplace.accounts.rules import may_speak_for
from marketplace.core import clock
from marketplace.core.actor import SYSTEM, Actor
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, NotFound
from marketplace.core.i18n import N_
from marketplace.core.journal import record
from marketplace.core.use_case import one_by_one, use_case
from marketplace.programme.models import Pair
from marketplace.promises import queries
from marketplace.promises.models import Promise
from marketplace.promises.rules import PROMISE, MadeIn, is_officer_in

FURTHEST_AHEAD = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class PromiseValues:
    """What the form of a promise holds; organisations by public id."""

    promisor: str
    promisee: str
    what: str
    due_on: date
    made_on: date


@use_case
def make(
    actor: Actor,
    pair_id: int,
    values: PromiseValues,
    made_in: MadeIn = MadeIn.MEETING,
    made_code: str | None = None,
) -> Promise:
    """Write a promise down; an official of the pair does it."""
    pair = db.session.get_one(Pair, pair_id)
    if not actor.is_officer_of(*pair.locality_ids):
        raise NotAllowed(N_("Officials of both localities keep the ledger."))
    known = {organisation.public_id: organisation for organisation in queries.who_can_promise(pair)}
    for name in ("promisor", "promisee"):
        if getattr(values, name) not in known:
            raise Invalid(name, N_("Choose one from the list."))
    if values.promisor == values.promisee:
        raise Invalid("promisee", N_("A promise has two sides. Choose another organisation."))
    today = clock.today()
    if values.made_on > today:
        raise Invalid("made_on", N_("This day is still to come."))
    if values.due_on < values.made_on:
        raise Invalid("due_on", N_("It cannot be due before it was made. Check both days."))
    if values.due_on > today + FURTHEST_AHEAD:
        raise Invalid("due_on", N_("This day is more than two years ahead; check the year."))
    promise = Promise(
        pair_id=pair.id,
        promisor_id=known[values.promisor].id,
        promisee_id=known[values.promisee].id,
        what=values.what,
        due_on=values.due_on,
        made_on=values.made_on,
        made_in=made_in,
        made_code=made_code if made_in is not MadeIn.MEETING else None,
        entered_by_id=actor.user_id,
        entered_at=clock.now(),
    )
    db.session.add(promise)
    record(
        "promise.made",
        promise,
        actor,
        happened_on=values.made_on,
        data={"due": values.due_on.isoformat(), "organisation": promise.promisor_id},
    )
    return promise


@use_case
def say_done(actor: Actor, public_id: str, note: str, acting: Acting | None = None) -> Promise:
    """Say for whoever promised that it is done; the other side or an official confirms."""
    promise = queries.get(public_id, actor, lock=True)
    PROMISE.require(promise, "say_done", actor)
    acted = speak_for(actor, promise.promisor, promise, acting, purpose=None)
    PROMISE.fire(
        promise,
        "say_done",
        actor,
        note=note,
        facts={"said_done_at": clock.now(), "said_done": note},
        data={"organisation": promise.promisor_id},
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    return promise


@use_case
def judge(
    actor: Actor,
    public_id: str,
    action: str,
    *,
    reason: str | None = None,
    note: str = "",
    acting: Acting | None = None,
) -> Promise:
    """Confirm a promise as kept, say that it was not, or take it back.

    An official does so in their own right; whoever else speaks for a side that is not online
    records its word.
    """
    if action not in {"keep", "break", "withdraw"}:
        raise NotFound
    promise = queries.get(public_id, actor, lock=True)
    PROMISE.require(promise, action, actor)
    side = promise.promisor if action == "withdraw" else promise.promisee
    acted = None
    if not is_officer_in(actor, promise) and may_speak_for(actor, side):
        acted = speak_for(actor, side, promise, acting, purpose=None)
    PROMISE.fire(
        promise,
        action,
        actor,
        reason=reason,
        note=note,
        acting_id=acted.id if acted else None,
        happened_on=acted.said_on if acted else None,
    )
    return promise


def remind() -> int:
    """Tell of promises due by the next working day, and once of late ones; may run twice."""
    return one_by_one(_remind, queries.due(clock.today()))


@use_case
def _remind(promise_id: int) -> bool:
    promise = queries.by_id(promise_id)
    if promise_id not in queries.due(clock.today()):
        return False  # someone was faster
    data = {"due": promise.due_on.isoformat()}
    if promise.due_on < clock.today():
        promise.late_for = promise.due_on
        record("promise.late", promise, SYSTEM, data=data)
    else:
        promise.soon_for = promise.due_on
        record("promise.due_soon", promise, SYSTEM, data=data)
    return True
