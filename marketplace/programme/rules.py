"""Keys: how many a decision needs, and who may turn one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from marketplace.core.actor import Actor
from marketplace.core.i18n import N_

if TYPE_CHECKING:
    from marketplace.programme.models import Approval, KeyPolicy, Pair


class Decision(StrEnum):
    """What localities decide together or alone; the number of keys is data of the pair."""

    PUBLISH_PRODUCE = "publish_produce"
    PUBLISH_OPPORTUNITY = "publish_opportunity"
    MATCH_PRODUCE = "match_produce"
    MATCH_INVESTMENT = "match_investment"
    PUBLISH_NEED = "publish_need"
    PUBLISH_TOURISM = "publish_tourism"


DECISION_LABELS = {
    Decision.PUBLISH_PRODUCE: N_("Publishing farm produce"),
    Decision.PUBLISH_OPPORTUNITY: N_("Publishing an investment opportunity"),
    Decision.MATCH_PRODUCE: N_("Matching a sale of produce"),
    Decision.MATCH_INVESTMENT: N_("Matching an investment"),
    Decision.PUBLISH_NEED: N_("Publishing what a business needs"),
    Decision.PUBLISH_TOURISM: N_("Publishing tourism, culture and specialities"),
}

DEFAULT_KEYS: dict[Decision, tuple[int, int | None]] = {
    Decision.PUBLISH_PRODUCE: (1, None),
    Decision.PUBLISH_OPPORTUNITY: (2, None),
    Decision.MATCH_PRODUCE: (1, 50_000_000),
    Decision.MATCH_INVESTMENT: (2, None),
    Decision.PUBLISH_NEED: (1, None),
    Decision.PUBLISH_TOURISM: (1, None),
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
            "may_turn": may_turn == locality_id,
        }
        for locality_id in deciding
    ]
