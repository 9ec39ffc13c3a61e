"""Who may do what to an organisation, in which state: the whole table."""

from __future__ import annotations

import pytest

from marketplace.accounts import rules, services
from marketplace.accounts.rules import ORGANISATION, OrganisationState
from marketplace.core.actor import ANONYMOUS, SYSTEM, Actor
from marketplace.core.errors import DomainError, NotAllowed, NotFound, WrongState
from marketplace.core.roles import Role
from tests.world import World

S = OrganisationState
ACTORS = ("owner", "stranger", "official", "leader", "other_official", "visitor", "system")
OFFICERS = {"official", "leader"}
MOVES = {
    "verify": ({S.PENDING, S.RETURNED}, S.VERIFIED, OFFICERS),
    "return": ({S.PENDING}, S.RETURNED, OFFICERS),
    "resubmit": ({S.RETURNED}, S.PENDING, {"owner"}),
    "suspend": ({S.VERIFIED}, S.SUSPENDED, OFFICERS),
    "recheck": ({S.VERIFIED}, S.PENDING, {"system"}),
    "restore": ({S.SUSPENDED}, S.VERIFIED, OFFICERS),
}


def actor(world: World, who: str) -> Actor:
    named = {
        "owner": "coop",
        "stranger": "hotel",
        "official": "official_1",
        "leader": "leader",
        "other_official": "ward_official_1",
    }
    if who in named:
        return world.actor(named[who])
    return SYSTEM if who == "system" else ANONYMOUS


def test_every_move_stands_in_the_table() -> None:
    assert set(MOVES) == set(ORGANISATION.transitions)


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("move", list(MOVES))
def test_who_may_make_which_move_when(
    world: World, move: str, who: str, state: OrganisationState
) -> None:
    organisation = world.organisation("coop")
    organisation.state = state
    organisation.verified_at = (
        organisation.created_at if state in {S.VERIFIED, S.SUSPENDED} else None
    )
    sources, target, allowed = MOVES[move]
    someone = actor(world, who)
    offered = move in {m.transition.name for m in ORGANISATION.available(organisation, someone)}
    assert offered == (who in allowed and state in sources)
    reason = "other" if ORGANISATION.transitions[move].needs_reason else None
    facts = {"verified_at": organisation.created_at if target is S.VERIFIED else None}
    if move == "suspend":
        facts = {}
    if offered:
        ORGANISATION.fire(organisation, move, someone, reason=reason, note="Vì thế.", facts=facts)
        assert organisation.state is target
    else:
        with pytest.raises((NotAllowed, WrongState)) as refusal:
            ORGANISATION.fire(organisation, move, someone, reason=reason, note="Vì thế.")
        assert isinstance(refusal.value, NotAllowed) == (who not in allowed and state in sources)
        assert organisation.state is state


@pytest.mark.parametrize("who", [*ACTORS[1:2], "other_official", "visitor"])
@pytest.mark.parametrize("move", list(MOVES))
def test_what_one_cannot_see_one_cannot_move(world: World, who: str, move: str) -> None:
    public_id = world.organisation("coop").public_id
    with pytest.raises(NotFound):
        services.move_organisation(actor(world, who), public_id, move, reason="other", note="x")


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("official_1", True),
        ("leader", True),
        ("ward_official_1", True),
        ("coop", True),
        ("hotel", False),
        ("investor", False),
    ],
)
def test_who_may_enter_households(world: World, who: str, may: bool) -> None:
    assert rules.may_enter_household(world.actor(who)) is may


def test_an_unverified_cooperative_enters_nobody() -> None:
    someone = Actor(Role.MANAGER, 1, "x", 1, "x", "cooperative", False, 1)
    assert not rules.may_enter_household(someone)
    with pytest.raises(DomainError):
        services.enter_household.__wrapped__(  # type: ignore[attr-defined]
            someone,
            services.HouseholdValues(rules.OrganisationKind.PRODUCER_HOUSEHOLD, "Hộ"),
        )
