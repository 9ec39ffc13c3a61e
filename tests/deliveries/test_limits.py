"""Plans under a stopped clock, what is only stated, what cannot be sent, what ends with a deal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.core import clock, hours
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Invalid
from marketplace.core.parsing import Unreadable
from marketplace.core.quantity import Unit
from marketplace.deals import queries as deal_queries
from marketplace.deals import services as deals
from marketplace.deals.entering import InstalmentValues
from marketplace.deals.services import Terms
from marketplace.deliveries import queries, rules
from marketplace.deliveries import services as deliveries
from marketplace.deliveries.rules import Filled, PaidHow
from marketplace.deliveries.services import (
    CallValues,
    DispatchValues,
    PaymentValues,
    PlanValues,
)
from tests.deals.conftest import TODAY
from tests.deals.test_views import case_of
from tests.deliveries.conftest import SOON

DAY = timedelta(days=1)
PARCEL = DispatchValues(5_000, 2, "Xe khách minh họa", TODAY, TODAY)


def how_far(deal) -> list[Filled]:
    db.session.expire_all()
    return rules.filled(deal, queries.plans(deal))


def running(way, world, ends):
    """A sale under way until ``ends``."""
    deal = way.opened()
    deals.set_terms(world.actor("hotel"), deal.public_id, Terms(40_000, 120_000, None, TODAY, ends))
    for who in ("coop", "hotel"):
        deals.accept_terms(world.actor(who), deal.public_id)
    return deals.start(world.actor("official_1"), deal.public_id)


# ---------------------------------------------------------------- the clock of a plan


def test_days_of_a_landslide_make_no_planned_delivery_late(world, way):
    deal = running(way, world, TODAY + 6 * DAY)
    code, hotel = deal.public_id, world.actor("hotel")
    deliveries.plan(world.actor("coop"), code, PlanValues(SOON, 10_000))
    deals.suspend(hotel, code, reason="landslide", note="Sạt lở.")
    with clock.at(clock.now() + 10 * DAY):
        assert queries.late(hotel) == []
        deals.resume(hotel, code)
        assert queries.late(hotel) == []  # not late the moment it goes on
        (row,) = queries.plans(deal)
        assert rules.awaited_on(row) == SOON + 10 * DAY
        last = TODAY + 16 * DAY  # and the contract ends as much later, for orders and for plans
        deliveries.call_off(hotel, code, CallValues(last, 1_000))
        deliveries.plan(hotel, code, PlanValues(last, 1_000))
        for act, field in (
            (lambda: deliveries.call_off(hotel, code, CallValues(last + DAY, 1_000)), "wanted_on"),
            (lambda: deliveries.plan(hotel, code, PlanValues(last + DAY, 1_000)), "due_on"),
        ):
            with pytest.raises(Invalid, match="contract ends on") as refused:
                act()
            assert refused.value.field == field
    with clock.at(clock.now() + 16 * DAY):
        assert [found.id for found, _coming in queries.late(hotel)] == [row.id]


# ---------------------------------------------------------------- days that cannot be


def test_nothing_is_planned_before_the_first_day_of_the_contract(world, way):
    code = way.opened().public_id
    terms = Terms(40_000, 120_000, None, TODAY + 30 * DAY, TODAY + 60 * DAY)
    deals.set_terms(world.actor("hotel"), code, terms)
    for who in ("coop", "hotel"):
        deals.accept_terms(world.actor(who), code)
    coop = world.actor("coop")
    for day in (SOON, TODAY + 61 * DAY):
        with pytest.raises(Invalid) as refused:
            deliveries.plan(coop, code, PlanValues(day, 1_000))
        assert refused.value.field == "due_on"
    deliveries.plan(coop, code, PlanValues(TODAY + 30 * DAY, 1_000))


def test_a_parcel_is_not_received_before_it_left(world, way):
    deal = way.active()
    with clock.at(clock.now() + 5 * DAY):
        left = replace(PARCEL, leaves_on=TODAY + 4 * DAY, arrives_on=TODAY + 5 * DAY)
        parcel = deliveries.send(world.actor("coop"), deal.public_id, left)
        with pytest.raises(Invalid, match="it left on") as refused:
            deliveries.receive(
                world.actor("hotel"), parcel.public_id, InstalmentValues(TODAY, 5_000, None)
            )
        assert refused.value.field == "happened_on"


def test_an_order_whose_day_has_passed_can_only_be_refused(world, way):
    deal = way.active()
    order, coop = way.ordered(deal), world.actor("coop")
    with clock.at(clock.now() + 6 * DAY):
        with pytest.raises(Blocked, match="can only be refused"):
            deliveries.promise(coop, order.public_id)
        deliveries.refuse(coop, order.public_id, reason="people", note="Không kịp hái.")


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_is_no_promise(world, way, quantity):
    deal = way.active()
    with pytest.raises(Invalid) as refused:
        deliveries.promise(world.actor("coop"), way.ordered(deal).public_id, quantity)
    assert refused.value.field == "quantity"


# ---------------------------------------------------------------- what is only stated


def test_a_plan_arrives_by_what_both_sides_confirmed(world, way, browse):
    deal = way.active()
    code = deal.public_id
    deliveries.plan(world.actor("coop"), code, PlanValues(SOON, 10_000))
    deliveries.plan(world.actor("coop"), code, PlanValues(SOON + DAY, 10_000))
    with clock.at(clock.now() + 7 * DAY):
        stated = [
            deals.enter_instalment(
                world.actor("coop"), code, InstalmentValues(clock.today(), quantity, None)
            )
            for quantity in (10_000, 4_000)
        ]
        assert how_far(deal) == [Filled(0, 10_000, 0), Filled(0, 4_000, 6_000)]
        assert [row.due_on for row, _coming in queries.late(world.actor("coop"))] == [SOON + DAY]
        page = browse("hotel").get(case_of(deal))
        assert "Confirmed by both sides: 0" in page.text or "0 kg" in page.text
        deals.confirm_instalment(world.actor("hotel"), stated[0].public_id)
        assert how_far(deal) == [Filled(10_000, 0, 0), Filled(0, 4_000, 6_000)]
        first, second = how_far(deal)
        assert (first.has_arrived, second.has_arrived, second.is_stated) == (True, False, False)


def test_nobody_marks_as_done_what_has_not_come(world, way):
    deal = way.active()
    goods = deliveries.plan(world.actor("coop"), deal.public_id, PlanValues(SOON, 10_000))
    words = deliveries.plan(
        world.actor("coop"), deal.public_id, PlanValues(SOON, None, "Lắp máy sấy")
    )
    for planned in (goods, words):
        with pytest.raises(Blocked):
            deliveries.move_plan(world.actor("coop"), planned.public_id, "meet")
    with clock.at(clock.now() + 5 * DAY):
        with pytest.raises(Blocked):
            deliveries.move_plan(world.actor("coop"), goods.public_id, "meet")
        deliveries.move_plan(world.actor("coop"), words.public_id, "meet")
    assert words.state.value == "met"


# ---------------------------------------------------------------- parcels and money


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": 9_999_000}, "quantity"),
        ({"quantity": 38_001}, "quantity"),
        ({"leaves_on": TODAY - 8 * DAY}, "leaves_on"),
        ({"arrives_on": TODAY - DAY}, "arrives_on"),
        ({"arrives_on": TODAY + 31 * DAY}, "arrives_on"),
        ({"leaves_on": TODAY + 3_650 * DAY, "arrives_on": TODAY + 3_660 * DAY}, "leaves_on"),
        ({"leaves_at": "25:00"}, "leaves_at"),
        ({"arrives_at": "sáng sớm"}, "arrives_at"),
        ({"leaves_at": "7h30", "arrives_at": "7:00"}, "arrives_at"),
    ],
)
def test_a_parcel_that_cannot_be_is_not_sent(world, way, change, field):
    deal = way.active()
    way.sent(deal, 10_000)  # of forty kg: thirty are open, and a fifth of forty more
    with pytest.raises(Invalid) as refused:
        deliveries.send(world.actor("coop"), deal.public_id, replace(PARCEL, **change))
    assert refused.value.field == field
    assert len(queries.dispatches(deal)) == 1


def test_hours_are_kept_as_they_are_told(world, way):
    deal = way.active()
    parcel = deliveries.send(
        world.actor("coop"),
        deal.public_id,
        replace(PARCEL, leaves_at="07h30", arrives_at="11:05", leaves_on=TODAY - 7 * DAY),
    )
    assert (parcel.leaves_at, parcel.arrives_at) == ("7:30", "11:05")


@pytest.mark.parametrize("typed", ["7h30", "7:30", "07:30", "7 giờ 30", "7g30"])
def test_ways_to_write_an_hour(typed):
    assert hours.show(hours.parse(typed)) == "7:30"


@pytest.mark.parametrize("typed", ["25:00", "99:99", "7:60", "", "7", "mai"])
def test_what_is_no_hour(typed):
    with pytest.raises(Unreadable):
        hours.parse(typed)


def test_what_was_typed_stays_when_a_parcel_is_refused(world, way, browse):
    deal = way.active()
    coop = browse("coop")
    coop.get(f"{case_of(deal)}/gui-hang")
    typed = {"quantity": "9.999", "boxes": "2", "coach": "Xe khách", "leaves_at": "25:00"}
    days = {"leaves_on": "20/11/2026", "arrives_on": "20/11/2026"}
    page = coop.submit(typed | days, status=422)
    assert any(attrs.get("value") == "9.999" for tag, attrs in page.tags if tag == "input")


@pytest.mark.parametrize("half", ["send", "plan", "call_off"])
def test_half_a_box_is_not_sent_planned_or_ordered(world, way, half):
    deal = way.active()
    deal.unit = Unit.HOP
    db.session.commit()
    act = {
        "send": lambda: deliveries.send(
            world.actor("coop"), deal.public_id, replace(PARCEL, quantity=1_500)
        ),
        "plan": lambda: deliveries.plan(
            world.actor("coop"), deal.public_id, PlanValues(SOON, 1_500)
        ),
        "call_off": lambda: way.ordered(deal, 1_500),
    }[half]
    with pytest.raises(Invalid, match="counted whole") as refused:
        act()
    assert refused.value.field == "quantity"


def test_money_does_not_come_before_the_deal(world, way):
    deal = way.delivered(10_000)
    opened = clock.local(deal.opened_at).date()
    first = min(opened, TODAY)
    paid = PaymentValues(first - DAY, 100_000, PaidHow.CASH)
    code = deal.instalments[0].public_id
    with pytest.raises(Invalid) as refused:
        deliveries.note_payment(world.actor("coop"), code, paid)
    assert refused.value.field == "received_on"
    deliveries.note_payment(world.actor("coop"), code, replace(paid, received_on=first))


# ---------------------------------------------------------------- the end


def test_what_a_deal_leaves_open_ends_with_it(world, way, browse):
    deal = way.delivered(5_000)
    order, parcel = way.ordered(deal), way.sent(deal)
    planned = deliveries.plan(world.actor("coop"), deal.public_id, PlanValues(SOON, 10_000))
    deals.complete(
        world.actor("official_1"), deal.public_id, "complete_partly", reason="demand", note="Đủ."
    )
    coop, hotel = world.actor("coop"), world.actor("hotel")
    for act in (
        lambda: deliveries.refuse(coop, order.public_id, reason="road", note="Sạt lở."),
        lambda: deliveries.take_back_call(hotel, order.public_id),
        lambda: deliveries.move_plan(coop, planned.public_id, "meet"),
        lambda: deliveries.move_plan(coop, planned.public_id, "drop", reason="other", note="Thôi."),
        lambda: deliveries.receive(hotel, parcel.public_id, InstalmentValues(TODAY, 5_000, None)),
    ):
        with pytest.raises(Blocked, match="has ended"):
            act()
    assert deal_queries.get(deal.public_id, coop).ended_at is not None
    for who in ("coop", "hotel", "official_1"):
        person = browse(who, "en")
        page = person.get(case_of(deal))
        assert "Waiting for the producer" not in page.text
        assert page.text.count("Ended with the deal") == 2
        assert "Answer the order" not in page.text
        assert not any(
            "/ke-hoach/" in (attrs.get("action") or attrs.get("href") or "")
            for _tag, attrs in page.tags
        )
        assert "Cannot deliver" not in person.get(f"/goi-hang/{order.public_id}").text
        person.get(parcel.path)
