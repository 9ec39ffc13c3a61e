"""Who may make which move on a listing in which state: the whole table, written out once more."""

from __future__ import annotations

import pytest

from marketplace.catalogue import queries, services
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import (
    AVAILABILITY,
    LISTING,
    Availability,
    ListingState,
    may_approve,
    may_change_offer,
    may_edit,
    may_see_history,
    why_no_key,
)
from marketplace.core import clock
from marketplace.core.actor import ANONYMOUS, SYSTEM, Actor
from marketplace.core.db import db
from tests.world import World

COMMUNE = {"official_1", "official_2", "leader"}
WARD = {"ward_official_1", "ward_official_2", "ward_leader"}
EVERYONE = (
    "anonymous",
    "system",
    "household",
    "coop",
    "other_coop",
    "hotel",
    "investor",
    *sorted(COMMUNE),
    *sorted(WARD),
)

S = ListingState
HOUSEHOLDS = {"household", "coop"} | COMMUNE
"""Who speaks for the household: its people, its cooperative, the officials of its commune."""

PRODUCE = {
    # official_1 recorded the household's word, so official_1 turns no key
    "submit": ({S.DRAFT, S.RETURNED}, HOUSEHOLDS),
    "withdraw": ({S.DRAFT, S.SUBMITTED, S.RETURNED}, HOUSEHOLDS),
    "turn_key": ({S.SUBMITTED}, {"official_2", "leader"}),
    "return": ({S.SUBMITTED}, COMMUNE),
    "publish": ({S.SUBMITTED}, {"system"}),
    "close": ({S.PUBLISHED}, HOUSEHOLDS | {"system"}),
    "archive": ({S.CLOSED, S.WITHDRAWN}, {"system"}),
    "pause": ({S.PUBLISHED}, HOUSEHOLDS | {"system"}),
    "hold": (set(S), {"system"}),
    "resume": (set(), HOUSEHOLDS),
}
OPPORTUNITY = {
    # official_1 wrote it; both localities decide
    "submit": ({S.DRAFT, S.RETURNED}, COMMUNE),
    "withdraw": ({S.DRAFT, S.SUBMITTED, S.RETURNED}, COMMUNE),
    "turn_key": ({S.SUBMITTED}, {"official_2", "leader"} | WARD),
    "return": ({S.SUBMITTED}, COMMUNE | WARD),
    "publish": ({S.SUBMITTED}, {"system"}),
    "close": ({S.PUBLISHED}, COMMUNE | WARD | {"system"}),
    "archive": ({S.CLOSED, S.WITHDRAWN}, {"system"}),
    "pause": ({S.PUBLISHED}, COMMUNE | WARD | {"system"}),
    "hold": (set(S), {"system"}),
    "resume": (set(), COMMUNE | WARD),
}


def actor(world: World, name: str) -> Actor:
    return {"anonymous": ANONYMOUS, "system": SYSTEM}.get(name) or world.actor(name)


def put(listing: Listing, state: ListingState) -> None:
    """Set a state directly: the table asks rules, not roads."""
    listing.state = state
    if state in {S.PUBLISHED, S.CLOSED}:
        listing.published_at = clock.now()
    db.session.commit()


def offered(listing: Listing, someone: Actor) -> set[str]:
    moves = [*LISTING.available(listing, someone), *AVAILABILITY.available(listing, someone)]
    return {move.transition.name for move in moves}


def opportunity(world: World) -> Listing:
    draft = services.create(
        world.actor("official_1"),
        "opportunity",
        world.pair_id,
        world.organisations["commune"],
        world.opportunity_values(),
    )
    return services.submit(world.actor("official_1"), draft.public_id)


@pytest.mark.parametrize("state", list(ListingState))
@pytest.mark.parametrize("kind", ["produce", "opportunity"])
def test_every_actor_in_every_state(
    village: World, recorded: Listing, kind: str, state: ListingState
) -> None:
    listing, table = (
        (recorded, PRODUCE) if kind == "produce" else (opportunity(village), OPPORTUNITY)
    )
    put(listing, state)
    for name in EVERYONE:
        expected = {
            move for move, (sources, who) in table.items() if state in sources and name in who
        }
        assert offered(listing, actor(village, name)) == expected, name


@pytest.mark.parametrize("state", list(ListingState))
def test_a_paused_listing_is_opened_again_by_people_only(
    village: World, recorded: Listing, state: ListingState
) -> None:
    put(recorded, state)
    recorded.availability = Availability.PAUSED
    db.session.commit()
    for name in EVERYONE:
        moves = {m.transition.name for m in AVAILABILITY.available(recorded, actor(village, name))}
        expected = {"resume"} if state is S.PUBLISHED and name in HOUSEHOLDS else set()
        assert moves == expected, name


@pytest.mark.parametrize("state", list(ListingState))
def test_what_is_no_move(village: World, recorded: Listing, state: ListingState) -> None:
    put(recorded, state)
    for name in EVERYONE:
        someone = actor(village, name)
        assert may_edit(someone, recorded) == (name in HOUSEHOLDS), name
        assert may_change_offer(someone, recorded) == (
            name in HOUSEHOLDS and state is S.PUBLISHED
        ), name
        assert may_see_history(someone, recorded) == (name in {"household"} | COMMUNE | WARD), name


def test_a_locality_turns_one_key_and_a_person_one(village: World) -> None:
    listing = opportunity(village)
    services.turn_key(village.actor("leader"), listing.public_id)
    may = {name for name in EVERYONE if may_approve(actor(village, name), listing)}
    assert may == WARD


def test_who_may_not_turn_a_key_is_told_why(village: World, recorded: Listing) -> None:
    services.submit(village.actor("official_1"), recorded.public_id)
    listing = opportunity(village)
    for subject in (recorded, listing):
        reasons = {
            name: why_no_key(village.actor(name), subject) for name in sorted(COMMUNE | WARD)
        }
        for name, reason in reasons.items():
            assert (reason is None) == may_approve(village.actor(name), subject), name
    assert "recorded" in str(why_no_key(village.actor("official_1"), recorded)) or "wrote" in str(
        why_no_key(village.actor("official_1"), recorded)
    )
    services.turn_key(village.actor("leader"), listing.public_id)
    assert "approved" in str(why_no_key(village.actor("official_2"), listing))
    assert "another locality" in str(why_no_key(village.actor("ward_leader"), recorded))


SEEN = {
    # a draft: its owner, the owner's cooperative, the officials of its locality
    S.DRAFT: HOUSEHOLDS,
    S.WITHDRAWN: HOUSEHOLDS | WARD,
    S.SUBMITTED: HOUSEHOLDS | WARD,
    S.RETURNED: HOUSEHOLDS | WARD,
    S.ARCHIVED: HOUSEHOLDS | WARD,
}


@pytest.mark.parametrize("state", list(ListingState))
def test_who_sees_what(village: World, recorded: Listing, state: ListingState) -> None:
    from marketplace.core.errors import NotFound

    put(recorded, state)
    for name in EVERYONE:
        try:
            queries.get(recorded.public_id, actor(village, name))
            seen = True
        except NotFound:
            seen = False
        assert seen == (state not in SEEN or name in SEEN[state]), name
