"""Offers: producers answer a need. Who may, for whom, from which stock; and who is named when."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from marketplace.accounts.acting import Acting
from marketplace.accounts.rules import ActingHow, OrganisationKind
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotAllowed, NotFound, WrongState
from marketplace.deals import services as deals
from marketplace.interests import queries, services
from marketplace.interests.models import Interest
from marketplace.interests.rules import InterestState
from marketplace.interests.services import InterestValues
from marketplace.matching import services as matching
from marketplace.matching.models import Match
from marketplace.matching.services import MatchValues
from marketplace.notifications import subjects, writing
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery
from tests import world as worlds

CALLED = Acting(how=ActingHow.CALL, note="Đã đọc lại, đồng ý")
SAID = InterestValues("Chủ hộ", "+84900000008", "Mỗi tuần 10 kg rau dớn.", 10_000)


@pytest.fixture
def household(world):
    """A household of the cooperative's, without an account."""
    organisation_id = worlds._organisation(
        "Hộ minh họa thôn Aur", OrganisationKind.PRODUCER_HOUSEHOLD, world.pair.source_id, None
    )
    world.organisations["household"] = organisation_id
    world.organisation("household").cooperative_id = world.organisations["coop"]
    db.session.commit()
    world.consent("household")
    yield world.organisation("household")
    del world.organisations["household"]


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        ("coop", None),
        ("hotel", NotAllowed),  # its own
        ("restaurant", NotAllowed),  # of the owner's locality
        ("investor", NotAllowed),  # produces nothing
        ("official_1", NotAllowed),
    ],
)
def test_who_may_make_an_offer(world, who, refused):
    need = world.need()
    if refused is None:
        assert world.offer(need, who).state is InterestState.SUBMITTED
        return
    with pytest.raises(refused):
        world.offer(need, who)
    assert db.session.scalar(sa.select(sa.func.count(Interest.id))) == 0


def test_an_offer_may_refer_to_the_offerer_s_own_goods_only(world):
    need, goods = world.need(), world.published()
    offer = world.offer(need, goods=goods)
    assert (offer.goods, offer.unit) == (goods, need.unit_sold)
    services.withdraw(
        world.actor("coop"), offer.public_id, reason="changed", note="Đã đổi kế hoạch."
    )
    with pytest.raises(Invalid):  # not theirs
        world.offer(need, "other_coop", goods)
    by_the_bunch = world.published(title="Rau bó", unit=worlds.Unit.BO)
    assert list(queries.offerable(world.organisations["coop"], need)) == [goods]
    with pytest.raises(Invalid):  # sold by another unit
        world.offer(need, goods=by_the_bunch)
    with pytest.raises(Invalid) as refused:  # more than there is
        world.offer(need, goods=goods, quantity=100_001)
    assert refused.value.field == "quantity"


@pytest.mark.parametrize("recorder", ["official_1", "coop"])
def test_an_offer_is_recorded_for_a_household_and_taken_back(world, household, recorder):
    need, actor = world.need(), world.actor(recorder)
    assert household in queries.may_be_recorded_for(actor, need)
    with pytest.raises(Invalid) as untold:
        services.register(actor, need.public_id, SAID, answers_for=household.public_id)
    assert untold.value.field == "acting_how"
    offer = services.register(
        actor, need.public_id, SAID, answers_for=household.public_id, acting=CALLED
    )
    assert (offer.organisation, offer.is_recorded) == (household, True)
    assert queries.get(offer.public_id, world.actor("coop")) is offer  # its cooperative follows it
    received, _ = queries.received_by(world.actor("coop"))
    assert list(received) == []
    with pytest.raises(NotAllowed):
        services.withdraw(
            world.actor("ward_official_1"),
            offer.public_id,
            reason="changed",
            note="Đã đổi kế hoạch.",
        )
    services.withdraw(
        world.actor("official_2"), offer.public_id, reason="changed", note="Đã đổi.", acting=CALLED
    )
    assert offer.state is InterestState.WITHDRAWN


def test_one_records_offers_only_of_those_in_one_s_care(world, household):
    need, goods = world.need(), world.published()
    for who, listing in (("other_coop", need), ("ward_official_1", need), ("official_1", goods)):
        with pytest.raises((NotAllowed, NotFound)):
            services.register(
                world.actor(who),
                listing.public_id,
                SAID,
                answers_for=household.public_id,
                acting=CALLED,
            )


def test_the_recorder_has_no_key(world, household):
    need = world.need()
    offer = services.register(
        world.actor("official_1"),
        need.public_id,
        SAID,
        answers_for=household.public_id,
        acting=CALLED,
    )
    for step in ("acknowledge", "accept"):
        services.answer(world.actor("hotel"), offer.public_id, step)
    match = matching.propose_from_interest(
        world.actor("official_2"), offer.public_id, MatchValues(40_000, 50_000)
    )
    assert world.users["official_1"] in match.hand_ids
    assert (match.seller, match.buyer_id) == (household, world.organisations["hotel"])


def test_the_owner_s_name_opens_with_the_contacts(world):
    need = world.need()
    offer = world.offer(need)
    assert str(offer.owner_name) == "A business of phường Ngũ Hành Sơn"
    for step in ("acknowledge", "accept"):
        services.answer(world.actor("hotel"), offer.public_id, step)
    assert offer.owner_name == "Khách sạn minh họa"


@pytest.mark.parametrize("event", ["acknowledge", "decline"])
def test_no_mail_names_the_owner_before(world, event):
    offer = world.offer(world.need())
    reason = {"reason": "terms", "note": "Giá cao."} if event == "decline" else {}
    services.answer(world.actor("hotel"), offer.public_id, event, **reason)
    dispatch()
    told = [
        delivery
        for delivery in db.session.scalars(sa.select(Delivery))
        if delivery.entry.name == f"interest.{event}"
        and delivery.user_id == world.users["coop"]
        and delivery.channel is Channel.EMAIL
    ]
    assert told
    for delivery in told:
        about = subjects.about(delivery.entry)
        words = writing.context(delivery.entry, about, delivery.user, delivery.organisation)
        text = writing.body(words) + writing.subject_line(words)
        assert "phường Ngũ Hành Sơn" in text
        assert "Khách sạn minh họa" not in text


def test_goods_no_longer_on_sale_cannot_be_matched(world):
    need, goods = world.need(), world.published()
    offer = world.taken_up(need, goods)
    services.close_listing(
        world.actor("coop"), goods.public_id, reason="season_over", note="Đã đổi kế hoạch."
    )
    with pytest.raises(WrongState):
        matching.propose_from_interest(
            world.actor("official_1"), offer.public_id, MatchValues(40_000, 55_000)
        )
    assert db.session.scalar(sa.select(sa.func.count(Match.id))) == 0


def test_what_is_not_matched_is_free_again(world):
    need, goods = world.need(), world.published()
    offer = world.taken_up(need, goods)
    match = matching.propose_from_interest(
        world.actor("official_1"), offer.public_id, MatchValues(40_000, 55_000)
    )
    db.session.refresh(goods)
    assert (goods.promised, match.keys_needed, match.value) == (40_000, 1, 2_200_000)
    deals.break_off(
        world.actor("coop"), match.public_id, "cancel", reason="changed", note="Đã đổi kế hoạch."
    )
    db.session.refresh(goods)
    assert goods.promised == 0


def test_a_weighty_purchase_needs_both_keys(world):
    offer = world.taken_up(world.need())
    match = matching.propose_from_interest(
        world.actor("official_1"), offer.public_id, MatchValues(2_000_000, 55_000)
    )
    assert match.keys_needed == 2


def test_a_match_by_hand_turns_the_sides_as_well(world):
    need = world.need()
    official = world.actor("official_1")
    coop, investor = world.organisation("coop"), world.organisation("investor")
    with pytest.raises(Invalid):  # nobody who produces
        matching.propose_by_hand(official, need.public_id, investor.public_id, MatchValues(1, 1))
    match = matching.propose_by_hand(
        official, need.public_id, coop.public_id, MatchValues(40_000, 55_000)
    )
    assert (match.seller, match.buyer) == (coop, world.organisation("hotel"))


def test_the_pages_ask_for_whom(world, browse, household):
    need = world.need()
    official = browse("official_1")
    page = official.get(f"{need.path}/quan-tam", status=403)
    assert household.name in page.text
    path = f"{need.path}/quan-tam?cho={household.public_id}"
    official.get(path)
    official._path = path
    official.submit(
        {
            "quantity": "10",
            "message": "Mỗi tuần 10 kg.",
            "contact_name": "Chủ hộ",
            "contact_phone": "0905 123 456",
            "consent": "y",
            "acting_how": "call",
            "acting_note": "Đã đọc lại.",
        }
    )
    offer = db.session.scalars(sa.select(Interest)).one()
    assert offer.organisation_id == household.id
    for who in ("coop", "official_2", "hotel"):
        browse(who).get(f"/quan-tam/{offer.public_id}")
