"""What is said around the dealings of the demonstration: talk, notes, introductions, firms.

All of it is made up. Firms carry no phone number, and nobody is named but by office or position.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from marketplace.catalogue.models import Listing
from marketplace.core.db import db
from marketplace.demo.stage import Stage, Story
from marketplace.introducing import services as introducing
from marketplace.matching.models import Match
from marketplace.outreach import services as outreach
from marketplace.outreach.rules import Answer
from marketplace.outreach.services import InviteeValues
from marketplace.talking import services as talking
from marketplace.talking.rules import About

TALKS = (
    ("gung", "grocer", 8, "Chuyến tới cửa hàng lấy sớm một ngày được không?",
     "Được. Bà con đào từ chiều thứ Ba, sáng thứ Tư gửi xe."),
    ("heo", "restaurant", 4, "Nhà hàng cần giấy kiểm dịch trước khi xe lên.",
     "Giấy kiểm dịch gửi kèm chuyến thứ Năm."),
)  # fmt: skip


def stories(stage: Stage) -> Iterator[Story]:
    """All of them."""
    for goods, buyer, day, words, reply in TALKS:
        yield _talk(stage, goods, buyer, day, words, reply)
    yield _introduced(stage)
    yield _asked(stage)
    yield _invited(stage)


def _talk(stage: Stage, goods: str, buyer: str, day: int, words: str, reply: str) -> Story:
    yield (day, "16:10")
    match = db.session.scalars(
        sa.select(Match)
        .join(Listing, Listing.id == Match.listing_id)
        .where(
            Listing.public_id == stage.listings[goods],
            Match.buyer_id == stage.organisations[buyer],
        )
        .order_by(Match.id.desc())
    ).first()
    if match is None:
        return
    code, seller_id = match.public_id, match.seller_id
    talking.write(stage.actor(buyer), About.CASE, code, words)
    yield (day - 1, "08:05")
    seller = next(k for k, v in stage.organisations.items() if v == seller_id)
    actor, acting = stage.word_of(seller, reply)
    writes_for = stage.organisation(seller).public_id if acting else ""
    talking.write(actor, About.CASE, code, reply, writes_for=writes_for, acting=acting)
    talking.note(
        stage.actor("commune_2"),
        About.CASE,
        code,
        "Đường ĐH3 đang sửa, nhắc hai bên hẹn xe buổi sáng.",
    )


def _introduced(stage: Stage) -> Story:
    """Both said yes."""
    yield (21, "09:30")
    made = introducing.propose(
        stage.actor("ward_1"),
        stage.organisation("weaving").public_id,
        stage.organisation("hotel").public_id,
        "Khách sạn muốn treo thổ cẩm ở sảnh; hợp tác xã nhận dệt theo khổ.",
    )
    code = made.public_id
    yield (20, "10:00")
    introducing.consent(stage.actor("weaving"), code)
    yield (19, "14:00")
    introducing.consent(stage.actor("hotel"), code)
    yield (18, "08:40")
    talking.write(
        stage.actor("hotel"),
        About.INTRODUCTION,
        code,
        "Khách sạn cần tám tấm khổ 1,2 m. Hợp tác xã dệt trong bao lâu?",
    )


def _asked(stage: Stage) -> Story:
    """One yes is still missing."""
    yield (3, "10:20")
    made = introducing.propose(
        stage.actor("commune_1"),
        stage.organisation("women").public_id,
        stage.organisation("resort").public_id,
        "Chi hội có bánh sừng trâu đặt trước; bếp đang tìm món cho quầy vùng cao.",
    )
    code = made.public_id
    yield (1, "15:30")
    introducing.consent(stage.actor("resort"), code)


FIRMS = (
    ("Khách sạn Sóng Xanh (minh họa)", "Khách sạn", "Bộ phận mua hàng", 12, Answer.INTERESTED),
    ("Nhà hàng Bếp Quê (minh họa)", "Nhà hàng", "Quản lý bếp", 12, Answer.NOT_NOW),
    ("Xưởng đá Non Nước (minh họa)", "Đá mỹ nghệ", "Văn phòng", 5, Answer.NONE),
    ("Lữ hành Biển Núi (minh họa)", "Lữ hành", "Phòng sản phẩm", None, Answer.NONE),
)


def _invited(stage: Stage) -> Story:
    yield (4, "09:00")
    for name, field, contact, ago, answer in FIRMS:
        outreach.enter(
            stage.actor("ward_2"),
            InviteeValues(
                name,
                field,
                contact,
                source="Danh sách của phường",
                last_contact_on=stage.day(ago) if ago is not None else None,
                answer=answer,
                notes="Dữ liệu minh họa.",
            ),
        )
