"""The other direction in the browser: a need, an offer, a match, a delivery; and a booking."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.catalogue.kinds.need.model import Need
from marketplace.catalogue.kinds.tourism.model import Tourism
from marketplace.catalogue.rules import ListingState
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.quantity import Unit
from marketplace.deals import services as deals
from marketplace.deals.models import Deal, Figure
from marketplace.deals.rules import DealState, Indicator
from marketplace.interests.models import Interest
from marketplace.matching.models import Match
from marketplace.matching.rules import MatchState

NEED = {
    "title": "Rau rừng cho bếp khách sạn",
    "seeking": "goods",
    "group": "vegetables",
    "quantity": "30",
    "unit": "kg",
    "period": "week",
    "months": ["10", "11", "12"],
    "papers": ["commitment", "invoice"],
    "price_limit": "60.000",
    "place": "Bếp khách sạn, phường Ngũ Hành Sơn",
    "payment_days": "7",
    "description": "Rau tươi cho bếp buffet, rửa sạch, bó nhỏ.",
    "audience": "producers",
}
OFFER = {
    "quantity": "25",
    "period": "week",
    "unit_price": "55.000",
    "months": ["11", "12"],
    "message": "Hái sáng sớm, giao trong ngày.",
    "contact_name": "Tổ bán hàng",
    "contact_phone": "0905 123 456",
    "consent": "y",
}


def one(model):
    return db.session.scalars(sa.select(model)).one()


@pytest.mark.parametrize("has_stock", [True, False])
def test_a_need_is_answered_and_delivered(world, browse, has_stock):
    goods = world.published(title="Rau dớn sạch")
    hotel, coop = browse("hotel"), browse("coop")
    ward, official = browse("ward_official_1"), browse("official_1")

    # the hotel says what it needs, its ward approves
    hotel.get("/toi/nhu-cau")
    hotel.get("/toi/nhu-cau/moi")
    hotel.submit(NEED)
    need = one(Need)
    assert hotel.path == f"/ban-hang/{need.public_id}"
    hotel.submit(action="/submit")
    assert NEED["title"] in hotel.get("/toi/nhu-cau").text
    assert NEED["title"] in ward.get("/lam-viec/duyet").text
    ward.get(f"/lam-viec/duyet/{need.public_id}")
    ward.submit(action="/turn_key")
    db.session.expire_all()
    assert need.state is ListingState.PUBLISHED

    # the cooperative finds it and makes an offer; it does not know yet who asks
    assert NEED["title"] in coop.get("/doanh-nghiep").text
    page = coop.get(need.path)
    assert "Khách sạn minh họa" not in page.text
    coop.get(f"{need.path}/quan-tam")
    coop.submit(OFFER | ({"offered": goods.public_id} if has_stock else {}))
    offer = one(Interest)
    assert coop.path == f"/quan-tam/{offer.public_id}"
    assert "Khách sạn minh họa" not in coop.text

    # the hotel reads it and accepts; now both know each other
    assert "0905 123 456" not in hotel.get(f"/quan-tam/{offer.public_id}").text
    hotel.submit(action="/acknowledge")
    assert "Khách sạn minh họa" not in coop.get(f"/quan-tam/{offer.public_id}").text
    hotel.submit(action="/accept")
    assert "0905 123 456" in hotel.text
    assert "Khách sạn minh họa" in coop.get(f"/quan-tam/{offer.public_id}").text

    # an official proposes the match: the cooperative sells, the hotel buys
    official.get("/lam-viec/ghep")
    official.get(f"/lam-viec/ghep/quan-tam/{offer.public_id}")
    if has_stock:  # only 100 kg stand behind the offer
        official.submit({"quantity": "100,5", "unit_price": "55.000"}, status=422)
        official.submit({"quantity": "90", "unit_price": "55.000"})
    else:
        official.submit({"quantity": "200", "unit_price": "55.000"})
    match = one(Match)
    assert (match.seller_id, match.buyer_id) == (
        world.organisations["coop"],
        world.organisations["hotel"],
    )
    quantity = match.quantity
    assert (quantity, match.unit) == (90_000 if has_stock else 200_000, Unit.KG)
    db.session.refresh(goods)
    assert goods.promised == (90_000 if has_stock else 0)

    # both say yes, the ward turns the key, its twin does not object
    case = f"/ket-noi/{match.public_id}"
    for party in (coop, hotel):
        party.get(case)
        party.submit(action="/consent")
    ward.get(case)
    ward.submit(action="/turn_key")
    with clock.at(clock.now() + timedelta(days=4)):
        deals.let_matches_take_effect()
    db.session.expire_all()
    assert match.state is MatchState.APPROVED
    deal = one(Deal)

    # terms, start, a delivery both confirm, and figures
    amount = "90" if has_stock else "200"
    hotel.get(f"{case}/thoa-thuan")
    hotel.submit({"quantity": amount, "unit_price": "55.000", "starts_on": "20/11/2026"})
    coop.get(f"{case}/dong-y")
    coop.submit()
    official.get(case)
    official.submit(action="/start")
    coop.get(f"{case}/dot")
    coop.submit({"happened_on": "20/11/2026", "quantity": amount})
    hotel.get(case)
    hotel.submit(action="/confirm")
    official.get(case)
    official.submit(action="/complete")
    db.session.expire_all()
    assert deal.state is DealState.COMPLETED
    weights = db.session.scalars(
        sa.select(Figure.amount).where(Figure.indicator == Indicator.DELIVERED_WEIGHT)
    ).all()
    assert weights == [quantity]  # grams of kilograms in thousandths
    assert deal.outcome.article.number == 4
    db.session.refresh(goods)
    assert goods.promised == (90_000 if has_stock else 0)


def test_a_booking_becomes_a_match(world, browse):
    coop, official, hotel = browse("coop"), browse("official_1"), browse("hotel")
    coop.get("/ban-hang/dang-du-lich")
    coop.submit(
        {
            "title": "Homestay Ta Lang",
            "offering": "homestay",
            "price": "100.000",
            "unit": "nguoi_dem",
            "capacity": "20",
            "months": ["3", "4", "11"],
            "village_id": str(world.village_id("Ta Lang")),
            "description": "Ngủ nhà sàn, ăn cùng gia đình.",
            "languages": ["vi", "co_tu"],
        }
    )
    stay = one(Tourism)
    coop.submit(action="/submit")
    official.get(f"/lam-viec/duyet/{stay.public_id}")
    official.submit(action="/turn_key")
    db.session.expire_all()
    assert stay.article.number == 8
    assert stay.title in hotel.get("/du-lich").text
    hotel.get(f"{stay.path}/quan-tam")
    booking = {
        "people": "25",
        "wished_on": "12/12/2026",
        "message": "Một đoàn khách của khách sạn.",
        "contact_name": "Bộ phận lữ hành",
        "contact_phone": "0905 123 456",
        "consent": "y",
    }
    assert "20 người" in hotel.submit(booking, status=422).text
    hotel.submit(booking | {"people": "12"})
    asked = one(Interest)
    assert (asked.quantity, asked.unit, asked.wished_on.day) == (12_000, Unit.NGUOI, 12)
    coop.get(f"/quan-tam/{asked.public_id}")
    coop.submit(action="/acknowledge")
    coop.submit(action="/accept")
    official.get(f"/lam-viec/ghep/quan-tam/{asked.public_id}")
    official.submit({"quantity": "24", "unit_price": "100.000"})
    match = one(Match)
    assert (match.quantity, match.unit, match.value) == (24_000, Unit.NGUOI_DEM, 2_400_000)
    assert match.keys_needed == 1
    assert match.seller_id == world.organisations["coop"]
    hotel.get(f"/ket-noi/{match.public_id}")


def test_an_investor_s_brief_becomes_an_investment(world, browse):
    brief = world.need("investor", world.brief_values())
    assert brief.article.number == 3
    coop, investor, ward = browse("coop"), browse("investor"), browse("ward_official_2")
    coop.get(f"{brief.path}/quan-tam")
    coop.submit(
        {
            "capital": "1.500.000.000",
            "message": "Có đất ở Azứt và 40 hộ trồng đẳng sâm.",
            "contact_name": "Ban giám đốc",
            "contact_phone": "0905 123 456",
            "consent": "y",
        }
    )
    offer = one(Interest)
    investor.get(f"/quan-tam/{offer.public_id}")
    investor.submit(action="/acknowledge")
    investor.submit(action="/accept")
    ward.get(f"/lam-viec/ghep/quan-tam/{offer.public_id}")
    ward.submit({"value": "1.500.000.000"})
    match = one(Match)
    assert (match.unit, match.value, match.keys_needed) == (None, 1_500_000_000, 2)
    assert (match.seller_id, match.buyer_id) == (
        world.organisations["coop"],
        world.organisations["investor"],
    )
