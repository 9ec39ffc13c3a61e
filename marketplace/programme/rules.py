"""Keys: how many a decision needs, and who may turn one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.calendar import add_working_days, is_working_day
from marketplace.core.i18n import N_, Text
from marketplace.core.roles import Role

if TYPE_CHECKING:
    from marketplace.programme.models import Approval, ClockStop, KeyPolicy, Pair


class Decision(StrEnum):
    """What localities decide together or alone; the number of keys is data of the pair."""

    PUBLISH_PRODUCE = "publish_produce"
    PUBLISH_OPPORTUNITY = "publish_opportunity"
    MATCH_PRODUCE = "match_produce"
    MATCH_INVESTMENT = "match_investment"
    PUBLISH_NEED = "publish_need"
    PUBLISH_TOURISM = "publish_tourism"
    CONFIRM_TRIP = "confirm_trip"


DECISION_LABELS = {
    Decision.PUBLISH_PRODUCE: N_("Publishing farm produce"),
    Decision.PUBLISH_OPPORTUNITY: N_("Publishing an investment opportunity"),
    Decision.MATCH_PRODUCE: N_("Matching a sale of produce"),
    Decision.MATCH_INVESTMENT: N_("Matching an investment"),
    Decision.PUBLISH_NEED: N_("Publishing what a business needs"),
    Decision.PUBLISH_TOURISM: N_("Publishing tourism, culture and specialities"),
    Decision.CONFIRM_TRIP: N_("Confirming a survey trip"),
}

DEFAULT_KEYS: dict[Decision, tuple[int, int | None]] = {
    Decision.PUBLISH_PRODUCE: (1, None),
    Decision.PUBLISH_OPPORTUNITY: (2, None),
    Decision.MATCH_PRODUCE: (1, 50_000_000),
    Decision.MATCH_INVESTMENT: (2, None),
    Decision.PUBLISH_NEED: (1, None),
    Decision.PUBLISH_TOURISM: (1, None),
    Decision.CONFIRM_TRIP: (2, None),
}
"""Keys, and the value in đồng from which both are needed (decisions page 3)."""

BOTH = 2


def policy_of(policies: Iterable[KeyPolicy], decision: Decision) -> tuple[int, int | None]:
    """Keys a pair asks for, and the value in đồng from which it asks for both."""
    found = DEFAULT_KEYS[decision]
    for policy in policies:
        if policy.decision is decision:
            found = (policy.keys, policy.both_from_value)
    return found


def keys_needed(policies: Iterable[KeyPolicy], decision: Decision, value: int | None = None) -> int:
    """How many keys ``decision`` needs for a matter worth ``value`` đồng (None: unknown).

    Where both are needed from a value on, an unknown value counts as reaching it: a matter whose
    weight nobody can tell is not a small one.
    """
    keys, from_value = policy_of(policies, decision)
    if from_value is not None and (value is None or value >= from_value):
        return BOTH
    return keys


def may_turn_key(
    actor: Actor,
    localities: Iterable[int],
    turned: Iterable[tuple[int, int]],
    excluded: Iterable[int | None],
) -> bool:
    """Whether ``actor`` may turn their locality's key.

    ``localities`` may decide, ``turned`` are the (locality, person) keys turned already,
    ``excluded`` the people behind the matter: its author and whoever recorded someone's word in
    it. Neither key is the author's, nor both one person's.
    """
    turned = list(turned)
    return (
        actor.is_officer_of(*localities)
        and actor.user_id not in set(excluded)
        and actor.locality_id not in {locality for locality, _ in turned}
        and actor.user_id not in {person for _, person in turned}
    )


def why_no_key(
    actor: Actor, pair: Pair, keys: Iterable[Approval], needed: int = BOTH
) -> Text | None:
    """What has happened where an official's key is wanted no more: it is turned, or enough are."""
    if not actor.is_officer_of(*pair.locality_ids):
        return None
    names = {place.id: place.name for place in (pair.source, pair.market)}
    turned = {key.locality_id: key for key in keys}
    own = turned.get(actor.locality_id or 0)
    if own is not None:
        return Text(
            N_("%(locality)s has turned its key already, on %(day)s."),
            locality=names[own.locality_id],
            day=clock.local(own.at).date(),
        )
    if turned and len(turned) >= needed:
        other = next(iter(turned.values()))
        return Text(
            N_("%(locality)s has approved it already, on %(day)s. No other key is needed."),
            locality=names[other.locality_id],
            day=clock.local(other.at).date(),
        )
    return None


def may_bring_in(recorder: Actor, leader: Actor) -> bool:
    """Whether ``recorder`` may bring in what ``leader`` decided on paper.

    A colleague of the same locality, another person; and only a leader decides on paper. Whether
    they have a hand in the matter is asked with the move itself.
    """
    return (
        recorder.is_officer_of(leader.locality_id)
        and leader.role is Role.LEADER
        and recorder.user_id != leader.user_id
    )


def key_lines(
    pair: Pair, keys: Iterable[Approval], deciding: Iterable[int], may_turn: int | None
) -> list[dict[str, Any]]:
    """Whose key has been turned and whose is missing, for pages.

    ``deciding`` are the localities asked; ``may_turn`` is the one whose key the reader may turn
    now.
    """
    places = {place.id: place.name for place in (pair.source, pair.market)}
    turned = {key.locality_id: key for key in keys}
    return [
        {
            "locality": places[locality_id],
            "turned": locality_id in turned,
            "who": turned[locality_id].user.name if locality_id in turned else "",
            "at": turned[locality_id].at if locality_id in turned else None,
            "on_paper": locality_id in turned and turned[locality_id].on_paper_id is not None,
            "may_turn": may_turn == locality_id,
        }
        for locality_id in deciding
    ]


STOP_REASONS = {
    "road": N_("Road closed, landslide or flood"),
    "weather": N_("Dangerous weather"),
    "host": N_("The hosts cannot receive guests"),
    "guests": N_("Too few guests can come"),
    "other": N_("Another reason"),
}
"""Why clocks stand still, by the code kept with the stop; those who stop them choose from these."""


def moved(due: date, began: date, stops: Iterable[ClockStop], today: date) -> date:
    """A deadline later by the working days after ``began`` on which clocks stood.

    Only stops that began before the deadline, moved so far, count: what was late stays late.
    """
    for found in sorted(stops, key=lambda row: row.since):
        if found.since > due:
            break
        first = max(found.since, began + timedelta(days=1))
        last = (found.until or today + timedelta(days=1)) - timedelta(days=1)
        days = sum(
            is_working_day(first + timedelta(days=n)) for n in range((last - first).days + 1)
        )
        due = add_working_days(due, days) if days else due
    return due
