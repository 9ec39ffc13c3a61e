"""Interests on their way back and forth, and enquiries without an account, in the demonstration.

Everything is made up; nobody is named and no number can be dialled.
"""

from __future__ import annotations

from collections.abc import Iterator

from marketplace.core.actor import ANONYMOUS
from marketplace.core.quantity import SCALE
from marketplace.demo.cast import MASKED_PHONE
from marketplace.demo.goods import PRODUCE
from marketplace.demo.stage import Stage, Story
from marketplace.enquiries import services as enquiries
from marketplace.enquiries.services import EnquiryValues
from marketplace.interests import services as interests
from marketplace.interests.models import InterestValues
from marketplace.interests.rules import AskAgain

ADDRESS = "192.0.2.10"
"""From the range kept for documentation (RFC 5737)."""


def stories(stage: Stage) -> Iterator[Story]:
    """All of them."""
    yield _is_not_finished(stage)
    yield _is_asked_for_more(stage)
    yield _answers_what_was_asked(stage)
    yield _may_be_asked_again(stage)
    yield _asks_without_account(stage)
    yield _is_tied(stage)
    yield _is_not_reached(stage)


def _wish(stage: Stage, who: str, message: str, quantity: int, months: int = 0) -> InterestValues:
    name = stage.actor(who).name
    return InterestValues(name, MASKED_PHONE, message, quantity * SCALE, months=months)


def _owner(listing: str) -> str:
    return next(goods.owner for goods in PRODUCE if goods.key == listing)


def _is_not_finished(stage: Stage) -> Story:
    yield (2, "20:40")
    half = _wish(stage, "restaurant", "Sa nhân cho món nướng, còn hỏi bếp", 5)
    interests.save_draft(stage.actor("restaurant"), stage.listings["sa_nhan"], half)


def _is_asked_for_more(stage: Stage) -> Story:
    yield (5, "10:05")
    wish = _wish(stage, "resort", "Ba kích ngâm cho khách, giao theo đợt.", 15)
    sent = interests.register(stage.actor("resort"), stage.listings["ba_kich"], wish)
    yield (4, "09:15")
    note = "Anh/chị cần củ tươi hay sấy, mỗi đợt bao nhiêu?"
    interests.answer(stage.actor("commune_2"), sent.public_id, "ask", reason="amount", note=note)


def _answers_what_was_asked(stage: Stage) -> Story:
    yield (9, "14:30")
    grocer = stage.actor("grocer")
    wish = _wish(stage, "grocer", "Chè dây bán tại cửa hàng.", 30)
    sent = interests.register(grocer, stage.listings["che_day"], wish)
    yield (8, "08:20")
    note = "Cửa hàng cần hộp loại nào?"
    interests.answer(stage.actor("commune_2"), sent.public_id, "ask", reason="plan", note=note)
    yield (3, "16:10")
    more = _wish(
        stage, "grocer", "Chè dây bán tại cửa hàng, hộp 200 g.", 30, months=0b1110_0000_0000
    )
    interests.inform(grocer, sent.public_id, more, note="Hộp 200 g, lấy từ tháng 10 đến tháng 12.")


def _may_be_asked_again(stage: Stage) -> Story:
    yield (20, "09:40")
    wish = _wish(stage, "restaurant", "Muối ớt cho bàn ăn, 30 hũ.", 30)
    sent = interests.register(stage.actor("restaurant"), stage.listings["muoi_ot"], wish)
    yield (17, "15:00")
    note = "Mẻ này đã hứa hết, tháng sau làm tiếp."
    actor, acting = stage.word_of(_owner("muoi_ot"), note)
    interests.answer(actor, sent.public_id, "decline", reason="promised", note=note, acting=acting)
    yield (16, "08:30")
    interests.say_again(stage.actor("restaurant"), sent.public_id, AskAgain.YES)


def _enquiry(stage: Stage, listing: str, unit: str, message: str, quantity: int) -> str:
    wish = InterestValues("Khách của cổng", MASKED_PHONE, message, quantity * SCALE)
    values = EnquiryValues(unit, wish)
    return enquiries.submit(ANONYMOUS, stage.listings[listing], values, ADDRESS).public_id


def _asks_without_account(stage: Stage) -> Story:
    yield (1, "19:20")
    _enquiry(stage, "rau_rung", "Quán ăn gia đình (minh họa)", "Hỏi rau cho 40 suất mỗi ngày.", 10)


def _is_tied(stage: Stage) -> Story:
    yield (11, "11:30")
    code = _enquiry(stage, "may_tre", "Một khách sạn (minh họa)", "Giỏ mây cho phòng nghỉ.", 20)
    yield (10, "14:00")
    behind = stage.organisation("hotel").public_id
    enquiries.tie(stage.actor("ward_1"), code, behind)


def _is_not_reached(stage: Stage) -> Story:
    yield (26, "08:10")
    code = _enquiry(stage, "che_day", "Cửa hàng quà (minh họa)", "Hỏi giá 100 hộp chè dây.", 100)
    yield (23, "10:30")
    note = "Đã gọi ba lần, không gặp ai."
    enquiries.decline(stage.actor("ward_2"), code, reason="unreachable", note=note)
