"""Consent: nobody acts for a household without it; taking it back stops everything but deals."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.acting import Acting
from marketplace.accounts.consents import ConsentValues
from marketplace.accounts.models import Consent, Organisation, StoredFile
from marketplace.accounts.rules import (
    ActingHow,
    ConsentHow,
    ConsentState,
    OrganisationKind,
    Purpose,
    passes_contacts,
)
from marketplace.accounts.services import HouseholdValues, enter_household
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import Availability, ListingState
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Invalid, NotFound, WrongState
from marketplace.core.journal import Entry
from marketplace.core.photos import Picture
from marketplace.core.roles import Role
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.deals.services import InstalmentValues, Terms
from marketplace.helping import services
from marketplace.interests import services as interests
from marketplace.matching import services as matching
from marketplace.matching.rules import Answer
from marketplace.matching.services import MatchValues
from tests.page import Browser
from tests.world import World, spoken

Browse = Callable[..., Browser]
TOLD = Acting(ActingHow.CALL, None, "Đã đọc lại.", None)
PICTURE = Picture("0" * 64, "1" * 64, 640, 480)


@pytest.fixture
def household(world: World) -> Organisation:
    """A verified household of the cooperative's, which agreed to everything."""
    return enter_household(
        world.actor("official_1"),
        HouseholdValues(
            OrganisationKind.PRODUCER_HOUSEHOLD,
            "Hộ số 7 thôn Aur",
            world.village_id("Aur"),
            "+84900000077",
            cooperative_id=world.organisations["coop"],
        ),
        spoken(),
    )


def draft(world: World, household: Organisation, who: str = "official_1") -> Listing:
    return catalogue.create(
        world.actor(who),
        "produce",
        world.pair_id,
        household.id,
        world.produce_values(title="Chuối của hộ"),
        TOLD,
    )


@pytest.fixture
def offered(world: World, household: Organisation) -> Listing:
    listing = draft(world, household)
    catalogue.submit(world.actor("official_1"), listing.public_id)
    return catalogue.turn_key(world.actor("official_2"), listing.public_id)


def withdraw(world: World, household: Organisation, who: str = "official_2") -> Consent:
    return services.withdraw_consent(world.actor(who), household.public_id, TOLD)


# ---------------------------------------------------------------- giving


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"person": ""}, "consent_person"),
        ({"how": None}, "consent_how"),
        ({"how": ConsentHow.SELF}, "consent_how"),
        ({"how": ConsentHow.PAPER}, "consent_paper"),
        ({"witness": ""}, "consent_witness"),
        ({"witness": "Người official_1"}, "consent_witness"),
        ({"witness": "chủ hộ"}, "consent_witness"),
        ({"given_on": None}, "consent_given_on"),
        ({"given_on": date(2026, 11, 21)}, "consent_given_on"),
        ({"for_posting": False}, "consent_for_posting"),
    ],
)
def test_a_consent_that_proves_nothing_is_refused(
    world: World, household: Organisation, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        services.give_consent(
            world.actor("official_1"), household.public_id, replace(spoken(), **changes)
        )
    assert refusal.value.field == field
    assert db.session.scalar(sa.select(sa.func.count(Consent.id))) == 1


@pytest.mark.parametrize("kind", list(OrganisationKind))
def test_households_and_groups_are_entered_only_with_consent(
    world: World, kind: OrganisationKind
) -> None:
    needs = kind in {OrganisationKind.PRODUCER_HOUSEHOLD, OrganisationKind.COOPERATIVE_GROUP}
    free = kind in {OrganisationKind.COOPERATIVE, OrganisationKind.MASS_ORGANISATION}
    values = HouseholdValues(kind, "Tên mới", world.village_id())
    if free:
        assert enter_household(world.actor("official_1"), values).consents == []
        return
    with pytest.raises(Invalid) as refusal:
        enter_household(world.actor("official_1"), values)
    assert refusal.value.field == ("consent_for_posting" if needs else "kind")


def test_a_new_answer_replaces_the_old_one_and_both_are_kept(
    world: World, household: Organisation
) -> None:
    services.give_consent(world.actor("coop"), household.public_id, spoken(for_photos=False))
    states = db.session.scalars(sa.select(Consent.state).order_by(Consent.id)).all()
    assert states == [ConsentState.REPLACED, ConsentState.LIVE]
    assert household.consent is not None
    assert not household.consent.allows(Purpose.PHOTOS)


@pytest.mark.parametrize("who", ["other_coop", "hotel", "ward_official_1"])
def test_strangers_see_and_record_nothing(world: World, household: Organisation, who: str) -> None:
    for act in (
        lambda: services.give_consent(world.actor(who), household.public_id, spoken()),
        lambda: withdraw(world, household, who),
    ):
        with pytest.raises(NotFound):
            act()


def test_bodies_need_no_consent_and_have_no_page_for_it(world: World, browse: Browse) -> None:
    coop = world.organisation("coop").public_id
    browse("official_1").get(f"/to-chuc/{coop}/dong-y", 404)
    with pytest.raises(NotFound):
        services.give_consent(world.actor("official_1"), coop, spoken())


# ---------------------------------------------------------------- acting needs it


def test_nobody_posts_for_a_household_that_did_not_agree(
    world: World, household: Organisation, browse: Browse
) -> None:
    withdraw(world, household)
    for who in ("official_1", "coop"):
        with pytest.raises(Blocked):
            draft(world, household, who)
        browser = browse(who)
        browser.get(f"/ban-hang/dang?cho={household.public_id}")
        assert f"/to-chuc/{household.public_id}/dong-y" in browser.response.get_data(as_text=True)
        told = {"title": "Chuối", "acting_how": "call"}
        browser.post(f"/ban-hang/dang?cho={household.public_id}", told, 422)
        assert f'href="/to-chuc/{household.public_id}/dong-y"' in browser.response.get_data(
            as_text=True
        )
    assert db.session.scalar(sa.select(sa.func.count(Listing.id))) == 0
    services.give_consent(world.actor("coop"), household.public_id, spoken())
    draft(world, household, "coop")


def test_photos_are_a_purpose_of_their_own(world: World, household: Organisation) -> None:
    services.give_consent(world.actor("coop"), household.public_id, spoken(for_photos=False))
    with pytest.raises(Blocked):
        catalogue.create(
            world.actor("coop"),
            "produce",
            world.pair_id,
            household.id,
            world.produce_values(),
            TOLD,
            [PICTURE],
        )
    listing = draft(world, household, "coop")
    with pytest.raises(Blocked):
        catalogue.add_photos(world.actor("coop"), listing.public_id, [PICTURE], "", TOLD)
    services.give_consent(world.actor("coop"), household.public_id, spoken())
    catalogue.add_photos(world.actor("coop"), listing.public_id, [PICTURE], "")


# ---------------------------------------------------------------- taking back


@pytest.mark.parametrize("who", ["official_1", "official_2", "leader", "coop"])
def test_taking_back_pauses_what_it_offers(
    world: World, household: Organisation, offered: Listing, who: str
) -> None:
    consent = withdraw(world, household, who)
    assert consent.state is ConsentState.WITHDRAWN
    assert consent.withdrawn_on == clock.today()
    listing = db.session.get_one(Listing, offered.id)
    assert (listing.state, listing.availability) == (ListingState.PUBLISHED, Availability.PAUSED)
    held = db.session.scalars(
        sa.select(Entry).where(Entry.name == "listing_availability.hold")
    ).one()
    assert (held.reason, held.subject_id) == ("consent", offered.id)
    said = db.session.scalars(sa.select(Entry).where(Entry.name == "consent.withdraw")).one()
    assert said.acting_id is not None
    assert said.data["paused"] == 1
    with pytest.raises(Blocked):
        catalogue.pause(world.actor("official_2"), offered.public_id, "resume")
    with pytest.raises(WrongState):
        withdraw(world, household)


def test_once_agreed_anew_it_is_opened_by_hand(
    world: World, household: Organisation, offered: Listing
) -> None:
    withdraw(world, household)
    services.give_consent(world.actor("official_1"), household.public_id, spoken())
    assert offered.availability is Availability.PAUSED
    catalogue.pause(world.actor("official_2"), offered.public_id, "resume")


def test_what_waits_for_a_key_does_not_go_public(world: World, household: Organisation) -> None:
    listing = draft(world, household)
    catalogue.submit(world.actor("official_1"), listing.public_id)
    withdraw(world, household)
    with pytest.raises(Blocked):
        catalogue.turn_key(world.actor("official_2"), listing.public_id)
    catalogue.withdraw(world.actor("official_1"), listing.public_id, TOLD)  # a no is always heard


def test_contacts_are_passed_on_only_while_it_agrees(
    world: World, household: Organisation, offered: Listing, browse: Browse
) -> None:
    asked = world.interest(offered)
    for step in ("acknowledge", "accept"):
        interests.answer(world.actor("official_1"), asked.public_id, step, acting=TOLD)
    hotel = browse("hotel")
    hotel.get(f"/quan-tam/{asked.public_id}")
    assert "0900 000 077" in hotel.text
    for change in (
        lambda: services.give_consent(
            world.actor("coop"), household.public_id, spoken(for_contacts=False)
        ),
        lambda: withdraw(world, household),
    ):
        change()
        db.session.expire_all()
        assert not passes_contacts(household)
        hotel.get(f"/quan-tam/{asked.public_id}")
        assert "0900 000 077" not in hotel.text


def test_an_existing_deal_goes_on_and_a_new_yes_does_not(
    world: World, household: Organisation, offered: Listing
) -> None:
    official, hotel = world.actor("official_1"), world.actor("hotel")
    asked = world.interest(offered, quantity=20_000)
    for step in ("acknowledge", "accept"):
        interests.answer(official, asked.public_id, step, acting=TOLD)
    match = matching.propose_from_interest(
        official, asked.public_id, MatchValues(quantity=20_000, unit_price=120_000)
    )
    deals.answer_match(official, match.public_id, Answer.YES, acting=TOLD)
    deals.answer_match(hotel, match.public_id, Answer.YES)
    deals.turn_match_key(world.actor("official_2"), match.public_id)
    with clock.at(clock.now() + timedelta(days=5)):
        deals.let_matches_take_effect()
    deal = deal_queries.of_match(match.id)
    assert deal is not None
    today = clock.today()
    deals.set_terms(hotel, deal.public_id, Terms(20_000, 120_000, None, today, today))
    deals.accept_terms(hotel, deal.public_id)
    another = world.interest(offered, "restaurant", 5_000)
    interests.answer(official, another.public_id, "acknowledge")
    withdraw(world, household)
    deals.accept_terms(official, deal.public_id, acting=TOLD)  # by the law of contract
    deals.start_due()
    day = InstalmentValues(today, 20_000, None)
    deals.enter_instalment(official, deal.public_id, day, acting=TOLD)
    with pytest.raises(Blocked):
        interests.answer(official, another.public_id, "accept", acting=TOLD)
    interests.answer(
        official, another.public_id, "decline", reason="other", note="Hộ thôi bán.", acting=TOLD
    )


# ---------------------------------------------------------------- through the pages


@pytest.mark.parametrize("language", ["vi", "en"])
def test_from_no_consent_to_withdrawal(
    world: World, household: Organisation, offered: Listing, browse: Browse, language: str
) -> None:
    page = f"/to-chuc/{household.public_id}/dong-y"
    browser = browse("official_2", language)
    browser.get(page)
    browser.get(f"{page}/rut")
    browser.submit({}, status=422, content_type="multipart/form-data")  # says not how it is known
    browser.submit({"acting_how": "visit"}, content_type="multipart/form-data")
    browser.get(f"{page}/rut", 409)
    browser.get(f"{page}/ghi")
    browser.submit(
        {
            "consent_person": "Chủ hộ",
            "consent_how": "paper",
            "consent_given_on": "20/11/2026",
            "consent_for_posting": "y",
            "consent_paper": (io.BytesIO(b"%PDF-1.4\n%%EOF\n"), "dong-y.pdf"),
        },
        content_type="multipart/form-data",
    )
    proof = db.session.scalars(
        sa.select(StoredFile).join(Consent, Consent.evidence_id == StoredFile.id)
    ).one()
    browser.client.get(f"{page}/{proof.public_id}").close()
    for who, status in (
        ("coop", 200),
        ("other_coop", 404),
        ("ward_official_1", 404),
        ("hotel", 404),
    ):
        answer = browse(who).client.get(f"{page}/{proof.public_id}")
        assert answer.status_code == status, who
        assert browse(who).client.get(page).status_code == status


def test_a_household_with_an_account_agrees_and_takes_back_by_itself(
    world: World, household: Organisation, offered: Listing
) -> None:
    from tests import world as worlds

    world.users["household_7"] = worlds._person("household_7", household.id, Role.MANAGER)
    db.session.commit()
    own = world.actor("household_7")
    taken = services.withdraw_consent(own, household.public_id)
    assert taken.state is ConsentState.WITHDRAWN
    anew = services.give_consent(own, household.public_id, ConsentValues(for_posting=True))
    assert (anew.how, anew.person) == (ConsentHow.SELF, own.name)
    del world.users["household_7"]
