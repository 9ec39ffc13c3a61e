"""Whoever has a hand in a case decides nothing in it, in whichever order and hat they try."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.accounts import queries as accounts
from marketplace.accounts import services as people
from marketplace.accounts.acting import Acting
from marketplace.accounts.models import Membership, StoredFile
from marketplace.accounts.rules import ActingHow
from marketplace.catalogue import services as catalogue
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.errors import DomainError, NotAllowed
from marketplace.core.roles import Role
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.deals.services import InstalmentValues, Terms
from marketplace.interests import services as interests
from marketplace.interests.services import InterestValues
from marketplace.matching import services as matching
from marketplace.matching.models import Match
from marketplace.matching.rules import Answer, MatchState
from marketplace.matching.services import MatchValues
from tests.world import World

CALL = Acting(how=ActingHow.CALL)
BILLION = 10**9


def as_one_of(world: World, who: str, organisation: str) -> Actor:
    """The same person in a second membership, with another organisation's people."""
    joined = Membership(
        user_id=world.users[who],
        organisation_id=world.organisations[organisation],
        role=Role.MEMBER,
        created_at=clock.now(),
    )
    db.session.add(joined)
    db.session.commit()
    found = accounts.memberships(world.users[who])
    return accounts.actor_of(found[-1].user, found[-1])


def investment(world: World) -> Match:
    """An investment proposed by the ward to the commune's opportunity."""
    interest = interests.register(
        world.actor("investor"),
        world.opportunity().public_id,
        InterestValues("Bộ phận đầu tư", "+84900000000", "Muốn khảo sát.", capital=BILLION),
    )
    interests.answer(world.actor("official_1"), interest.public_id, "acknowledge")
    interests.answer(world.actor("official_1"), interest.public_id, "accept")
    return matching.propose_from_interest(
        world.actor("ward_official_1"), interest.public_id, MatchValues(value=BILLION)
    )


def test_who_turned_the_key_records_no_yes_afterwards(world: World) -> None:
    match = world.proposed()
    deals.turn_match_key(world.actor("official_2"), match.public_id)
    with pytest.raises(NotAllowed):
        deals.answer_match(world.actor("official_2"), match.public_id, Answer.YES, acting=CALL)
    deals.answer_match(world.actor("leader"), match.public_id, Answer.YES, acting=CALL)


def test_who_said_yes_for_the_authority_does_not_turn_its_key(world: World) -> None:
    match = investment(world)
    deals.answer_match(world.actor("official_2"), match.public_id, Answer.YES)
    with pytest.raises(NotAllowed):
        deals.turn_match_key(world.actor("official_2"), match.public_id)
    deals.turn_match_key(world.actor("leader"), match.public_id)


def test_who_said_yes_as_a_member_does_not_turn_a_key_as_an_official(world: World) -> None:
    match = world.proposed()
    member = as_one_of(world, "official_2", "coop")
    deals.answer_match(member, match.public_id, Answer.YES)
    with pytest.raises(NotAllowed):
        deals.turn_match_key(world.actor("official_2"), match.public_id)


def test_who_asked_as_a_buyer_does_not_turn_a_key_as_an_official(world: World) -> None:
    listing = world.published()
    interest = interests.register(
        as_one_of(world, "ward_official_2", "hotel"),
        listing.public_id,
        InterestValues("Bộ phận mua hàng", "+84900000000", "Cần đều.", 40_000),
    )
    for answer in ("acknowledge", "accept"):
        interests.answer(world.actor("coop"), interest.public_id, answer)
    match = matching.propose_from_interest(
        world.actor("official_1"),
        interest.public_id,
        MatchValues(quantity=40_000, unit_price=120_000),
    )
    with pytest.raises(NotAllowed):
        deals.turn_match_key(world.actor("ward_official_2"), match.public_id)
    deals.turn_match_key(world.actor("ward_official_1"), match.public_id)


def test_who_rewrote_a_listing_does_not_approve_it(world: World) -> None:
    listing = catalogue.create(
        world.actor("official_1"),
        "opportunity",
        world.pair_id,
        world.organisations["commune"],
        world.opportunity_values(),
    )
    code = listing.public_id
    catalogue.edit(
        world.actor("official_2"), code, None, world.opportunity_values(title="Khác hẳn")
    )
    catalogue.submit(world.actor("official_1"), code)
    with pytest.raises(NotAllowed):
        catalogue.turn_key(world.actor("official_2"), code)
    catalogue.turn_key(world.actor("leader"), code)


def test_a_listing_is_not_approved_while_its_owner_is_suspended(world: World) -> None:
    code = world.draft().public_id
    catalogue.submit(world.actor("coop"), code)
    owner = world.organisation("coop").public_id
    official = world.actor("official_1")
    people.move_organisation(official, owner, "suspend", reason="unknown", note="Chưa rõ.")
    with pytest.raises(DomainError):
        catalogue.turn_key(official, code)


def test_nobody_verifies_an_organisation_they_belong_to(world: World) -> None:
    as_one_of(world, "official_2", "coop")
    owner = world.organisation("coop").public_id
    why = {"reason": "unknown", "note": "Chưa rõ."}
    people.move_organisation(world.actor("official_1"), owner, "suspend", **why)
    with pytest.raises(NotAllowed):
        people.move_organisation(world.actor("official_2"), owner, "restore")
    people.move_organisation(world.actor("official_1"), owner, "restore")


def test_who_entered_an_instalment_does_not_verify_the_figures(world: World) -> None:
    match = investment(world)
    deals.answer_match(world.actor("official_1"), match.public_id, Answer.YES)
    deals.answer_match(world.actor("investor"), match.public_id, Answer.YES)
    deals.turn_match_key(world.actor("official_2"), match.public_id)
    match = deals.turn_match_key(world.actor("ward_leader"), match.public_id)
    assert match.state is MatchState.APPROVED
    deal = deal_queries.of_match(match.id)
    assert deal is not None
    code = deal.public_id
    terms = Terms(None, None, BILLION, date(2026, 11, 19), None)
    deals.set_terms(world.actor("investor"), code, terms)
    deals.accept_terms(world.actor("investor"), code)
    deals.accept_terms(world.actor("official_2"), code)
    paper = StoredFile(
        digest="0" * 64,
        media_type="application/pdf",
        size=1,
        label="hop-dong.pdf",
        created_at=clock.now(),
    )
    signer = world.actor("ward_official_1")
    deals.sign(signer, code, signed_on=date(2026, 11, 18), paper=paper)
    deals.start(signer, code)
    entered = deals.enter_instalment(
        world.actor("official_1"), code, InstalmentValues(date(2026, 11, 19), None, BILLION)
    )
    deals.confirm_instalment(world.actor("investor"), entered.public_id)
    deals.complete(signer, code, "complete")
    with pytest.raises(NotAllowed):
        deals.verify_figures(world.actor("official_1"), code)
    assert deals.verify_figures(world.actor("leader"), code)
