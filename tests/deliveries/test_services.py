"""Plans, orders, parcels, split deliveries, money and freed goods, through the use cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts import services as people
from marketplace.accounts.models import ActingRecord
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.journal import Entry
from marketplace.core.quantity import Unit
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.deals.entering import InstalmentValues
from marketplace.deliveries import queries
from marketplace.deliveries import services as deliveries
from marketplace.deliveries.models import SecondChance
from marketplace.deliveries.rules import PaidHow, contract_left
from marketplace.deliveries.services import CallValues, PaymentValues, PlanValues
from marketplace.interests import services as interests
from marketplace.interests.models import Interest
from marketplace.interests.rules import AskAgain
from tests import world as worlds
from tests.deals.conftest import TODAY
from tests.deliveries.conftest import BY_PHONE, SOON


def left(deal) -> int | None:
    db.session.expire_all()
    return contract_left(deal, queries.plans(deal), queries.calls(deal))


# ---------------------------------------------------------------- what really arrived


def test_what_is_downgraded_counts_and_what_is_sent_back_does_not(world, way):
    deal = way.active()
    values = InstalmentValues(
        TODAY,
        30_000,
        None,
        downgraded=6_000,
        downgraded_price=90_000,
        rejected=4_000,
        reason="spoiled",
        photo=worlds.paper("anh-hang-dap"),
    )
    entered = deals.enter_instalment(world.actor("hotel"), deal.public_id, values)
    assert (entered.quantity, entered.accepted, entered.rejected) == (36_000, 30_000, 4_000)
    assert entered.value == 30 * 120_000 + 6 * 90_000
    deals.confirm_instalment(world.actor("coop"), entered.public_id)
    assert deal.delivered_quantity == 36_000
    assert deal.is_short


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"downgraded_price": None}, "downgraded_price"),
        ({"downgraded_price": 120_000}, "downgraded_price"),
        ({"reason": None}, "goods_reason"),
        ({"reason": "made up"}, "goods_reason"),
        ({"photo": None}, "photo"),
        ({"photo": None, "downgraded": None, "rejected": 1_000}, "photo"),
        ({"value": 253_000}, "value"),  # worth 210.000 by the split, and a fifth more
        ({"quantity": None, "downgraded": None}, "quantity"),
    ],
)
def test_a_split_says_why_and_shows_it(world, way, change, field):
    deal = way.active()
    values = InstalmentValues(
        TODAY,
        1_000,
        None,
        downgraded=1_000,
        downgraded_price=90_000,
        reason="size",
        photo=worlds.paper("anh"),
    )
    with pytest.raises(Invalid) as refused:
        deals.enter_instalment(world.actor("hotel"), deal.public_id, replace(values, **change))
    assert refused.value.field == field
    assert not deal.instalments


def test_a_delivery_sent_back_whole_is_worth_nothing(world, way):
    deal = way.active()
    values = InstalmentValues(
        TODAY, None, None, rejected=5_000, reason="spoiled", photo=worlds.paper("anh")
    )
    entered = deals.enter_instalment(world.actor("hotel"), deal.public_id, values)
    deals.confirm_instalment(world.actor("coop"), entered.public_id)
    assert (entered.quantity, entered.value, deal.delivered_quantity) == (None, 0, 0)


def test_the_first_side_corrects_the_split_and_keeps_the_photo(world, way):
    deal = way.active()
    values = InstalmentValues(
        TODAY, 3_000, None, rejected=2_000, reason="dirty", photo=worlds.paper("anh")
    )
    entered = deals.enter_instalment(world.actor("hotel"), deal.public_id, values)
    again = InstalmentValues(TODAY, 4_000, None, rejected=1_000, reason="dirty")
    fixed = deals.correct_instalment(world.actor("coop"), entered.public_id, again)
    assert (fixed.quantity, fixed.rejected, fixed.photo.label) == (4_000, 1_000, "anh")
    whole = InstalmentValues(TODAY, 5_000, None)
    fixed = deals.correct_instalment(world.actor("hotel"), entered.public_id, whole)
    assert (fixed.rejected, fixed.goods_reason, fixed.photo) == (None, None, None)


# ---------------------------------------------------------------- plans and orders


def test_plans_and_orders_never_pass_the_contract(world, way):
    deal = way.active()  # forty kg
    deliveries.plan(world.actor("coop"), deal.public_id, PlanValues(SOON, 15_000))
    order = way.ordered(deal, 20_000)
    assert left(deal) == 5_000
    with pytest.raises(Invalid, match="contract leaves"):
        way.ordered(deal, 6_000)
    with pytest.raises(Invalid, match="contract leaves"):
        deliveries.plan(world.actor("hotel"), deal.public_id, PlanValues(SOON, 5_001))
    deliveries.promise(world.actor("coop"), order.public_id, 12_000)
    assert left(deal) == 13_000  # what was not promised is free again


def test_a_promise_becomes_a_planned_delivery_that_arrivals_fill(world, way):
    deal = way.active()
    order = deliveries.promise(world.actor("coop"), way.ordered(deal).public_id)
    assert (order.promised, order.planned.quantity, order.planned.due_on) == (
        10_000,
        10_000,
        SOON,
    )
    with clock.at(clock.now() + timedelta(days=7)):
        assert [row.id for row, _coming in queries.late(world.actor("official_1"))] == [
            order.planned_id
        ]
        entered = deals.enter_instalment(
            world.actor("coop"), deal.public_id, InstalmentValues(SOON, 10_000, None)
        )
        assert left(deal) == 30_000  # neither twice nor not at all
        assert queries.late(world.actor("official_1")) == []
        deals.withdraw_instalment(world.actor("coop"), entered.public_id)
        assert len(queries.late(world.actor("hotel"))) == 1
        assert queries.late(world.actor("restaurant")) == []


def test_the_last_order_is_repeated_for_the_next_such_day(world, way):
    deal = way.active()
    with pytest.raises(WrongState, match="Nothing has been ordered"):
        deliveries.repeat_call(world.actor("hotel"), deal.public_id)
    way.ordered(deal, 5_000)
    again = deliveries.repeat_call(world.actor("hotel"), deal.public_id)
    assert (again.quantity, again.wanted_on) == (5_000, SOON + timedelta(days=7))
    with clock.at(clock.now() + timedelta(days=30)):
        later = deliveries.repeat_call(world.actor("hotel"), deal.public_id)
        assert later.wanted_on == SOON + timedelta(days=28)


def test_none_of_it_needs_a_reason_and_frees_it(world, way):
    deal = way.active()
    order = way.ordered(deal, 40_000)
    with pytest.raises(Invalid):
        deliveries.refuse(world.actor("coop"), order.public_id, reason=None, note="")
    deliveries.refuse(world.actor("coop"), order.public_id, reason="road", note="Sạt lở.")
    assert left(deal) == 40_000


def test_an_official_records_the_producers_answer(world, way):
    deal = way.active()
    order = way.ordered(deal)
    with pytest.raises(Invalid):
        deliveries.promise(world.actor("official_1"), order.public_id)
    deliveries.promise(world.actor("official_1"), order.public_id, acting=BY_PHONE)
    record = db.session.scalars(sa.select(ActingRecord).order_by(ActingRecord.id.desc())).first()
    assert record.for_organisation_id == world.organisations["coop"]
    assert (
        world.users["official_1"]
        in deal_queries.get(deal.public_id, world.actor("coop")).recorder_ids
    )


def test_who_ordered_for_the_buyer_does_not_answer_for_the_seller(world, way):
    deal = way.active()
    order = deliveries.call_off(
        world.actor("ward_official_1"), deal.public_id, CallValues(SOON, 1_000), BY_PHONE
    )
    with pytest.raises(NotAllowed):
        deliveries.promise(world.actor("ward_official_1"), order.public_id, acting=BY_PHONE)


def test_nothing_is_promised_after_the_deal_ended(world, way):
    deal = way.delivered(5_000)
    order = way.ordered(deal)
    deals.complete(
        world.actor("official_1"), deal.public_id, "complete_partly", reason="demand", note="Đủ."
    )
    with pytest.raises(Blocked):
        deliveries.promise(world.actor("coop"), order.public_id)


# ---------------------------------------------------------------- parcels and money


def test_a_parcel_is_received_once_as_an_instalment(world, way):
    deal = way.active()
    parcel = way.sent(deal)
    stated = deliveries.receive(
        world.actor("hotel"), parcel.public_id, InstalmentValues(TODAY, 9_000, None)
    )
    assert stated.stated_for_id == world.organisations["hotel"]
    assert (parcel.state.value, parcel.instalment_id) == ("received", stated.id)
    with pytest.raises(WrongState):
        deliveries.receive(
            world.actor("hotel"), parcel.public_id, InstalmentValues(TODAY, 9_000, None)
        )
    deals.confirm_instalment(world.actor("coop"), stated.public_id)
    with pytest.raises(NotFound):
        queries.dispatch(parcel.public_id, world.actor("restaurant"))


def test_money_is_noted_for_what_both_confirmed_and_never_too_much(world, way):
    deal = way.active()
    entered = deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(TODAY, 10_000, None)
    )
    cash = PaymentValues(TODAY, 700_000, PaidHow.CASH)
    with pytest.raises(WrongState):
        deliveries.note_payment(world.actor("coop"), entered.public_id, cash)
    deals.confirm_instalment(world.actor("hotel"), entered.public_id)
    with pytest.raises(NotAllowed):
        deliveries.note_payment(world.actor("hotel"), entered.public_id, cash)
    first = deliveries.note_payment(world.actor("coop"), entered.public_id, cash)
    with pytest.raises(Invalid, match="more than the delivery is worth"):
        deliveries.note_payment(world.actor("coop"), entered.public_id, cash)
    deliveries.strike_payment(world.actor("coop"), first.public_id)
    again = deliveries.note_payment(
        world.actor("official_1"), entered.public_id, replace(cash, amount=1_200_000), BY_PHONE
    )
    assert again.acting_id is not None


# ---------------------------------------------------------------- prices, payment, the book


def test_prices_and_days_speak_from_three_deals_on(world, way):
    season = {10, 11, 12}
    for round_ in range(3):
        deal = way.delivered(10_000)
        if round_ == 1:  # a second buyer, as if the deal had been with the restaurant
            _bought_by_the_restaurant(world, deal)
        assert (queries.fair_prices(deal.match, season) is None) is (round_ < 2)
        with clock.at(clock.now() + timedelta(days=4 + round_)):
            deliveries.note_payment(
                world.actor("coop"),
                deal.instalments[0].public_id,
                PaymentValues(clock.today(), 1_200_000, PaidHow.TRANSFER),
            )
    found = queries.fair_prices(deal.match, season)
    assert (found.low, found.middle, found.high) == (120_000, 120_000, 120_000)
    assert queries.fair_prices(deal.match, {4, 5, 6}) is None
    assert queries.days_to_pay(world.organisations["hotel"]) is None  # two are not enough
    _bought_by_the_restaurant(world, deal)
    assert queries.days_to_pay(world.organisations["restaurant"]) is None


def test_prices_of_other_products_of_the_group_are_told_but_judge_none(world, way):
    sold = [way.delivered(10_000) for _ in range(3)]
    _bought_by_the_restaurant(world, sold[1])
    match, months = sold[2].match, {10, 11, 12}
    title = match.listing.title
    match.listing.title = f"  {title.upper()}, thôn Ta Lang, xã A Vương"  # the same, said otherwise
    assert queries.fair_prices(match, months).of_product
    match.listing.title = f"{title} khô"
    found = queries.fair_prices(match, months)
    assert (found.of_product, found.deals) == (False, 3)


def _bought_by_the_restaurant(world, deal) -> None:
    deal.parties[1].organisation_id = world.organisations["restaurant"]
    db.session.commit()


def test_the_sums_of_the_book_are_those_of_the_confirmed_instalments(world, way):
    first, second = way.delivered(7_000, 11_500), way.delivered(3_250)
    deals.enter_instalment(  # not confirmed: no sale yet
        world.actor("coop"), second.public_id, InstalmentValues(TODAY, 1_000, None)
    )
    paid = first.instalments[1]
    deliveries.note_payment(
        world.actor("coop"), paid.public_id, PaymentValues(TODAY, 500_000, PaidHow.CASH)
    )
    code = world.organisation("coop").public_id
    book = queries.book(code, world.actor("coop"))
    confirmed = [*first.confirmed, *second.confirmed]
    assert book.value == sum(i.value for i in confirmed) == sum(r.value for r in book.rows)
    assert book.quantities == [(Unit.KG, sum(i.quantity for i in confirmed))]
    assert (book.received, len(book.rows), book.year) == (500_000, 3, 2026)
    assert not queries.book(code, world.actor("official_1"), 2025).rows
    for stranger in ("hotel", "other_coop", "ward_official_1"):
        with pytest.raises(NotFound):
            queries.book(code, world.actor(stranger))


# ---------------------------------------------------------------- freed goods


def turned_away(world, listing, who: str, quantity: int = 30_000) -> Interest:
    asked = world.interest(listing, who, quantity)
    return interests.answer(
        world.actor("coop"), asked.public_id, "decline", reason="promised", note="Đã hứa hết."
    )


def states() -> list[str]:
    db.session.expire_all()
    query = sa.select(SecondChance).order_by(SecondChance.place)
    return [chance.state.value for chance in db.session.scalars(query)]


def test_freed_goods_go_round_in_turn(world, way):
    deal = way.opened()
    listing = deal.listing
    for who in ("restaurant", "investor"):
        if who == "investor":  # an investor buys no goods: as another firm of the ward
            db.session.execute(
                sa.text("UPDATE organisation SET kind = 'enterprise' WHERE id = :id"),
                {"id": world.organisations["investor"]},
            )
            db.session.commit()
        turned_away(world, listing, who)
    assert deliveries.offer_freed() == 0  # nothing has become free
    deals.cancel(world.actor("hotel"), deal.public_id, reason="changed", note="Đổi kế hoạch.")
    deliveries.offer_freed()
    assert states() == ["offered", "waiting"]
    assert deliveries.offer_freed() == 0  # twice is once
    first = db.session.scalars(sa.select(SecondChance).order_by(SecondChance.place)).first()
    assert first.answer_by == date(2026, 11, 26)  # the 24th is a holiday since 2026
    with pytest.raises(NotAllowed):
        deliveries.take_chance(world.actor("official_1"), first.public_id)
    with clock.at(clock.now() + timedelta(days=7)):
        deliveries.offer_freed()
        assert states() == ["lapsed", "offered"]
        second = db.session.scalars(sa.select(SecondChance).where(SecondChance.place == 2)).one()
        with pytest.raises(NotFound):
            deliveries.take_chance(world.actor("restaurant"), second.public_id)
        new = deliveries.take_chance(world.actor("investor"), second.public_id)
    assert (new.state.value, new.quantity, new.listing_id) == ("submitted", 30_000, listing.id)
    assert states() == ["lapsed", "taken"]
    names = db.session.scalars(sa.select(Entry.name)).all()
    assert names.count("interest.sent") == 4


def test_who_has_asked_anew_or_is_not_verified_reads_why_it_takes_no_second_chance(
    world, way, browse
):
    deal = way.opened()
    turned_away(world, deal.listing, "restaurant")
    deals.cancel(world.actor("hotel"), deal.public_id, reason="changed", note="Đổi kế hoạch.")
    deliveries.offer_freed()
    code = db.session.scalars(sa.select(SecondChance.public_id)).one()
    asked = world.interest(deal.listing, "restaurant", 5_000)
    restaurant = browse("restaurant")
    restaurant.get(f"/con-hang/{code}")
    restaurant.submit(action="/take", status=409)
    assert "đã đăng ký quan tâm rồi" in restaurant.text
    interests.withdraw(world.actor("restaurant"), asked.public_id, reason="changed", note="Đổi.")
    people.move_organisation(
        world.actor("ward_official_1"),
        world.organisation("restaurant").public_id,
        "suspend",
        reason="other",
        note="Đang xem lại.",
    )
    with pytest.raises(NotAllowed, match="not verified"):
        deliveries.take_chance(world.actor("restaurant"), code)
    assert states() == ["offered"]


def test_whoever_is_asked_again_finds_the_offer_with_quantity_and_price(world, way, browse):
    deal = way.opened()
    asked = turned_away(world, deal.listing, "restaurant")
    firm = browse("restaurant", "en")

    def leads():
        return [
            any("/con-hang/" in (a.get("href") or "") for t, a in firm.get(path).tags if t == "a")
            for path in ("/toi/quan-tam", f"/quan-tam/{asked.public_id}")
        ]

    assert leads() == [False, False]
    deals.cancel(world.actor("hotel"), deal.public_id, reason="changed", note="Đổi kế hoạch.")
    deliveries.offer_freed()
    assert leads() == [True, True]
    assert "/con-hang/" not in str(browse("coop").get(f"/quan-tam/{asked.public_id}").tags)
    chance = db.session.scalars(sa.select(SecondChance)).one()
    page = firm.get(f"/con-hang/{chance.public_id}")
    assert "30 kg is free for you" in page.text
    assert f"{deal.listing.price_asked:,}" in page.text
    with clock.at(clock.now() + timedelta(days=7)):
        deliveries.offer_freed()
    assert leads() == [False, False]


def test_who_does_not_want_to_be_asked_again_is_left_out(world, way):
    deal = way.opened()
    asked = turned_away(world, deal.listing, "restaurant")
    interests.say_again(world.actor("restaurant"), asked.public_id, AskAgain.NO)
    deals.cancel(world.actor("hotel"), deal.public_id, reason="changed", note="Đổi kế hoạch.")
    deliveries.offer_freed()
    assert states() == []


def test_a_yes_leaves_the_rest_to_the_next_and_ends_when_nothing_is_left(world, way):
    deal = way.opened()  # forty of a hundred kg
    turned_away(world, deal.listing, "restaurant", 40_000)
    deals.cancel(world.actor("hotel"), deal.public_id, reason="changed", note="Đổi.")
    turned_away(world, deal.listing, "hotel", 10_000)
    deliveries.offer_freed()
    first = db.session.scalars(sa.select(SecondChance).where(SecondChance.place == 1)).one()
    deliveries.take_chance(world.actor("restaurant"), first.public_id)
    assert states() == ["taken", "dropped"]


def test_who_was_declined_for_another_reason_is_not_asked(world, way):
    deal = way.opened()
    asked = world.interest(deal.listing, "restaurant", 5_000)
    interests.answer(
        world.actor("coop"), asked.public_id, "decline", reason="terms", note="Giá thấp."
    )
    deals.cancel(world.actor("hotel"), deal.public_id, reason="changed", note="Đổi.")
    assert deliveries.offer_freed() == 0
    assert states() == []


# ---------------------------------------------------------------- receipts that do not stand


def test_a_receipt_taken_back_lets_the_parcel_be_received_again(world, way):
    deal = way.active()
    parcel, hotel = way.sent(deal), world.actor("hotel")
    slip = deliveries.receive(hotel, parcel.public_id, InstalmentValues(TODAY, 100, None))
    deals.withdraw_instalment(hotel, slip.public_id)
    assert (parcel.state.value, parcel.instalment_id) == ("sent", None)
    again = deliveries.receive(hotel, parcel.public_id, InstalmentValues(TODAY, 10_000, None))
    deals.confirm_instalment(world.actor("coop"), again.public_id)
    assert deal.delivered_quantity == 10_000


def test_a_parcel_of_a_stopped_deal_waits_until_it_goes_on(world, way):
    deal = way.active()
    parcel, hotel = way.sent(deal), world.actor("hotel")
    deals.suspend(hotel, deal.public_id, reason="landslide", note="Sạt lở.")
    came = InstalmentValues(TODAY, 10_000, None)
    with pytest.raises(Blocked, match="stopped since"):
        deliveries.receive(hotel, parcel.public_id, came)
    deals.resume(hotel, deal.public_id)
    deliveries.receive(hotel, parcel.public_id, came)
