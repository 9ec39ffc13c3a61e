"""Orders in one tap, codes on boxes, the money and the book, as pages."""

from __future__ import annotations

import io

import openpyxl
import pytest

from marketplace.deals import services as deals
from marketplace.deliveries import services as deliveries
from marketplace.deliveries.rules import PaidHow
from marketplace.deliveries.services import PaymentValues
from tests.deals.conftest import TODAY
from tests.deals.test_views import case_of, links_on

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8"
    "cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_producer_answers_an_order_in_one_tap(world, way, browse, language):
    deal = way.active()
    hotel = browse("hotel", language)
    hotel.get(case_of(deal) + "/goi-hang")
    hotel.submit({"wanted_on": "27/11/2026", "quantity": "10"})
    coop = browse("coop", language)
    coop.get(case_of(deal))
    (order,) = {link for link in links_on(coop.page) if link and link.startswith("/goi-hang/")}
    coop.get(order)
    coop.submit(action="/promise")
    assert coop.path == order
    hotel.get(case_of(deal))
    hotel.submit(action="/goi-hang/nhu-lan-truoc")  # one tap orders the same again
    assert "04/12/2026" in hotel.text or "4 Dec 2026" in hotel.text


def test_an_order_beyond_the_contract_reads_as_a_sentence(world, way, browse):
    deal = way.active()
    hotel = browse("hotel", "en")
    hotel.get(case_of(deal) + "/goi-hang")
    hotel.submit({"wanted_on": "27/11/2026", "quantity": "41"}, status=422)
    assert "The contract leaves 40 kg" in hotel.text


def test_less_is_promised_on_a_page_of_its_own(world, way, browse):
    order = way.ordered(way.active())
    coop = browse("coop", "en")
    coop.get(f"/goi-hang/{order.public_id}/bot")
    coop.submit({"quantity": "11"}, status=422)
    coop.submit({"quantity": "6"})
    assert "Promised: 6 kg." in coop.text
    browse("hotel").get(f"/goi-hang/{order.public_id}/bot", 409)
    browse("restaurant").get(f"/goi-hang/{order.public_id}", 404)


def test_the_code_on_a_box_opens_the_receipt_for_the_buyer_only(world, way, browse, client):
    deal = way.active()
    parcel = way.sent(deal)
    path = parcel.path
    answer = client.get(path)
    assert answer.status_code == 302
    assert "/dang-nhap?next=" in answer.headers["Location"]
    for stranger in ("restaurant", "other_coop", "investor"):
        browse(stranger).get(path, 404)
        browse(stranger).get(path + "/nhan", 404)
    coop = browse("coop")
    coop.get(path)
    coop.get(path + "/nhan", 403)
    coop.get(path + "/nhan-thung")
    assert sum(tag == "img" for tag, _ in coop.page.tags) == 2  # a label for each box
    coop.get(path + "/ma.svg")
    assert coop.response.mimetype == "image/svg+xml"
    official = browse("ward_official_1")
    official.get(path)  # sees the note; to receive is to record the buyer's word
    official.get(path + "/nhan")
    assert "acting_how" in official.page.forms[-1]["fields"]
    hotel = browse("hotel", "en")
    hotel.get(path, 302)
    hotel.get(path + "/nhan")
    assert hotel.page.forms[-1]["fields"]["quantity"] == "10"  # as the note says
    hotel.submit(
        {
            "quantity": "8",
            "rejected": "2",
            "goods_reason": "spoiled",
            "photo": (io.BytesIO(PNG), "dap.png"),
        },
        content_type="multipart/form-data",
    )
    assert "Sent back: 2 kg" in hotel.text
    hotel.get(path + "/nhan", 409)


def test_a_small_sale_shows_receiving_and_the_rest_apart(world, way, browse):
    deal = way.active()
    parcel = way.sent(deal)
    hotel = browse("hotel", "en")
    hotel.get(case_of(deal))
    assert f"{parcel.path}/nhan" in links_on(hotel.page)
    assert "Other: order, send, plan, money" in hotel.text


def test_money_received_stands_in_the_book_and_its_file(world, way, browse):
    deal = way.delivered(10_000)
    coop = browse("coop", "en")
    coop.get(f"{case_of(deal)}/dot/{deal.instalments[0].public_id}/tien")
    coop.submit({"how": "cash", "received_on": "20/11/2026"})
    coop.get("/so-ban-hang", 302)
    coop.get(coop.response.headers["Location"])
    assert coop.text.count("1,200,000") + coop.text.count("1.200.000") >= 3
    book = coop.path
    coop.get(book + "/in")
    coop.get(book + "/tep.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(coop.response.get_data())).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert (rows[1][3], rows[1][6], rows[1][8]) == (10, 1_200_000, 1_200_000)
    assert rows[-1][6] == rows[-1][8] == 1_200_000
    coop.get(book + "?nam=99999", 404)
    coop.get(book + "?nam=x", 404)
    browse("official_1").get(book)
    for stranger in ("hotel", "other_coop"):
        browse(stranger).get(book, 404)


def test_a_producer_reads_prices_and_payment_before_its_yes(world, way, browse):
    for _ in range(3):
        deal = way.delivered(10_000)
        deliveries.note_payment(
            world.actor("coop"),
            deal.instalments[0].public_id,
            PaymentValues(TODAY, 1_200_000, PaidHow.CASH),
        )
    match = world.proposed()
    coop = browse("coop", "en")
    for path in (f"/ket-noi/{match.public_id}", f"/ket-noi/{match.public_id}/consent"):
        coop.get(path)
        assert "Before you say yes" in coop.text
        assert "Not enough data to compare prices" in coop.text  # three deals of one buyer
        assert "usually pays 0 days after the delivery" in coop.text
    hotel = browse("hotel", "en")
    hotel.get(f"/ket-noi/{match.public_id}")
    assert "Before you say yes" not in hotel.text


def test_a_step_of_the_seller_is_not_said_to_be_for_the_parties_only(world, way, browse):
    deal = way.delivered(10_000)
    path = f"{case_of(deal)}/dot/{deal.instalments[0].public_id}/tien"
    page = browse("hotel", "en").get(path, 403)
    assert "This is for the other side of the deal to do" in page.text
    assert any(a.get("href") for t, a in page.tags if t == "a")


def test_the_code_on_a_box_of_a_stopped_deal_says_so_and_keeps_what_was_typed(world, way, browse):
    deal = way.active()
    parcel = way.sent(deal)
    hotel = browse("hotel", "en")
    hotel.get(parcel.path + "/nhan")
    deals.suspend(world.actor("coop"), deal.public_id, reason="landslide", note="Sạt lở.")
    page = hotel.submit({"quantity": "8"}, status=422)
    assert "The deal is stopped since 20" in page.text
    assert page.forms[-1]["fields"]["quantity"] == "8"
    hotel.get(parcel.path)
    assert "These goods cannot be received now" in hotel.text
    assert "Agreed: 40" in hotel.text
