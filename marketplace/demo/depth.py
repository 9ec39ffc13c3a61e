"""What stands around the goods in the demonstration: needs, tourism, papers, roads, lots, answers.

Names of villages, of what visitors find there and the price of a night are real (domain page 1.2
and 8.1); quantities, numbers of papers and everything else are made up and say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sqlalchemy as sa

from marketplace.accounts.models import Village
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.kinds.need.model import NeedValues, Paper
from marketplace.catalogue.kinds.tourism.model import Language, Offering, TourismValues
from marketplace.catalogue.rules import Audience
from marketplace.catalogue.taxonomy import Group, Period
from marketplace.core import clock, marks
from marketplace.core.db import db
from marketplace.core.photos import clean_photo
from marketplace.core.quantity import SCALE, Unit
from marketplace.core.text import slug
from marketplace.demo import papers as sheets
from marketplace.demo.stage import Stage, Story
from marketplace.papers import services as papers
from marketplace.papers.services import PaperValues
from marketplace.papers.types import PaperType
from marketplace.questions import services as questions
from marketplace.roads import services as roads
from marketplace.roads.rules import Cause, Condition, Signal, Vehicle, Way
from marketplace.roads.services import AccessValues, NoticeValues
from marketplace.tracing import services as tracing
from marketplace.tracing.rules import StepKind
from marketplace.tracing.services import LotValues, StepValues

MADE_UP = "Dữ liệu minh họa."
ALL_YEAR = 0b1111_1111_1111


def stories(stage: Stage) -> Iterator[Story]:
    """All of them."""
    yield _roads(stage)
    for owner, day, values in NEEDS:
        yield _is_sought(stage, owner, day, values)
    for owner, day, village, tourism in VISITS:
        yield _is_shown(stage, owner, day, village, tourism)
    for owner, kind, day, number, extra in PAPERS:
        yield _has_paper(stage, owner, kind, day, number, extra)
    yield _lot(stage)
    for goods, asker, day, words, reply in QUESTIONS:
        yield _asks(stage, goods, asker, day, words, reply)


# ---------------------------------------------------------------- roads

ACCESS = (
    ("Azứt", Way.PAVED, Vehicle.TRUCK, Signal.YES, 0, "Trung tâm xã, cạnh đường Hồ Chí Minh."),
    ("Atêếp", Way.PAVED, Vehicle.SMALL_TRUCK, Signal.YES, 6, "Theo đường ĐH3."),
    ("Ta Lang", Way.PAVED, Vehicle.CAR, Signal.PART, 9, "Làng du lịch cộng đồng."),
    ("Aur", Way.FOOT, Vehicle.NONE, Signal.NO, 25, "Khoảng 15 km cuối phải đi bộ."),
)  # fmt: skip
"""Aur's distance and walk are real; the other figures are made up."""


def _roads(stage: Stage) -> Story:
    yield (380, "09:00")
    official = stage.actor("commune_1")
    for name, way, vehicle, signal, distance, note in ACCESS:
        values = AccessValues(way, vehicle, signal, distance * SCALE or None, None, note)
        roads.describe_access(official, slug(name), values)
    yield (60, "07:30")
    flood = NoticeValues(
        Condition.NARROW,
        Cause.LANDSLIDE,
        clock.today(),
        f"Đất lấp nửa mặt đường ĐH3, chỉ xe máy qua được. {MADE_UP}",
        villages=(_village(stage, "Atêếp"),),
    )
    past = roads.post_notice(official, flood)
    yield (52, "16:00")
    roads.end_notice(
        official, past.public_id, reason="passable", note="Đã dọn xong, xe tải qua được."
    )
    yield (2, "06:40")
    roads.post_notice(
        official,
        NoticeValues(
            Condition.CLOSED,
            Cause.FLOOD,
            clock.today(),
            f"Nước lớn ở suối trên đường vào Aur, tạm thời không đi qua. {MADE_UP}",
            villages=(_village(stage, "Aur"),),
            until=stage.day(-6),
        ),
    )


def _village(stage: Stage, name: str) -> int:
    found = db.session.scalar(
        sa.select(Village.id).where(
            Village.locality_id == stage.pair.source_id, Village.name == name
        )
    )
    if found is None:
        raise LookupError(name)
    return found


# ---------------------------------------------------------------- needs and visits


def _asked(*wanted: Paper) -> int:
    return marks.from_members(tuple(Paper), wanted)


NEEDS: tuple[tuple[str, int, NeedValues], ...] = (
    (
        "resort",
        40,
        NeedValues(
            title="Rau rừng cho bếp, mỗi tuần",
            group=Group.VEGETABLES,
            product="Rau rừng, đọt mây",
            description=f"Bếp nấu món vùng cao, cần rau hái trong ngày. {MADE_UP}",
            quantity=30 * SCALE,
            unit=Unit.KG,
            period=Period.WEEK,
            months=ALL_YEAR,
            papers_asked=_asked(Paper.COMMITMENT),
            price_limit=60_000,
            place="Bếp khu nghỉ dưỡng, phường Ngũ Hành Sơn",
            delivery="Giao sáng thứ Ba và thứ Sáu",
            payment_days=7,
        ),
    ),
    (
        "hotel",
        25,
        NeedValues(
            title="Trà và cao dược liệu làm quà tặng phòng",
            group=Group.TEA,
            product="Chè dây, cao đẳng sâm",
            description=f"Quà đặt phòng cho khách, cần nhãn và hạn dùng rõ. {MADE_UP}",
            quantity=300 * SCALE,
            unit=Unit.HOP,
            period=Period.MONTH,
            months=ALL_YEAR,
            papers_asked=_asked(Paper.COMMITMENT, Paper.INVOICE),
            place="Kho khách sạn, phường Ngũ Hành Sơn",
            payment_days=15,
            audience=Audience.PRODUCERS,
        ),
    ),
)
VISITS: tuple[tuple[str, int, str, TourismValues], ...] = (
    (
        "women",
        120,
        "Ta Lang",
        TourismValues(
            title="Ngủ nhà sàn ở Ta Lang",
            offering=Offering.HOMESTAY,
            description=f"Ngủ lại làng du lịch, ăn cùng gia đình. Giá đêm theo báo. {MADE_UP}",
            price=100_000,
            unit=Unit.NGUOI_DEM,
            capacity=24,
            group_low=2,
            group_high=12,
            months=0b0001_1111_1111,
            languages=marks.from_members(tuple(Language), [Language.VI, Language.CO_TU]),
            included="Chăn màn, bữa sáng",
        ),
    ),
    (
        "women",
        110,
        "Ta Lang",
        TourismValues(
            title="Một ngày làm người Cơ Tu",
            offering=Offering.TOUR,
            description=f"Lên rẫy, đi bè tre, xem dệt, nghe kể chuyện ở gươl. {MADE_UP}",
            price=350_000,
            unit=Unit.NGUOI,
            capacity=20,
            group_low=4,
            group_high=20,
            months=0b0001_1111_1111,
            duration="Một ngày",
            languages=marks.from_members(tuple(Language), [Language.VI, Language.CO_TU]),
            included="Bữa trưa, người dẫn đường",
        ),
    ),
)  # fmt: skip


def _is_sought(stage: Stage, owner: str, day: int, values: NeedValues) -> Story:
    yield (day, "10:20")
    listing = catalogue.create(
        stage.actor(owner), "need", stage.pair_id, stage.organisations[owner], values
    )
    catalogue.submit(stage.actor(owner), listing.public_id)
    yield (day - 1, "09:00")
    catalogue.turn_key(stage.actor("ward_2"), listing.public_id)


def _is_shown(stage: Stage, owner: str, day: int, village: str, values: TourismValues) -> Story:
    yield (day, "10:40")
    whole = replace(values, village_id=_village(stage, village))
    listing = catalogue.create(
        stage.actor(owner), "tourism", stage.pair_id, stage.organisations[owner], whole
    )
    catalogue.submit(stage.actor(owner), listing.public_id)
    yield (day - 1, "09:10")
    catalogue.turn_key(stage.actor("commune_2"), listing.public_id)


# ---------------------------------------------------------------- papers, a lot, questions

PAPERS: tuple[tuple[str, PaperType, int, str, dict[str, int]], ...] = (
    ("herbs", PaperType.COMMITMENT, 395, "12/CK-ATTP (minh họa)", {}),
    ("farm", PaperType.COMMITMENT, 390, "15/CK-ATTP (minh họa)", {}),
    ("women", PaperType.COMMITMENT, 240, "21/CK-ATTP (minh họa)", {}),
    ("herbs", PaperType.VIETGAP, 380, "VietGAP-TT-000 (minh họa)", {"age": 670}),
    ("farm", PaperType.OCOP, 370, "QĐ 00/QĐ-UBND (minh họa)", {"age": 1_000, "stars": 3}),
)
"""Owner, type, the day it was entered, its number; how old it was then, stars."""


def _has_paper(
    stage: Stage, owner: str, kind: PaperType, day: int, number: str, extra: dict[str, int]
) -> Story:
    yield (day, "15:10")
    issued_on = stage.day(extra.get("age", day + 5))
    scan = sheets.kept(
        stage.store, "giay-minh-hoa", "BẢN MINH HỌA, KHÔNG CÓ GIÁ TRỊ", [number, MADE_UP]
    )
    paper = papers.add(
        stage.actor(owner),
        stage.organisations[owner],
        kind,
        PaperValues(
            number=number,
            issuer="Cơ quan cấp (minh họa)",
            scope="Các mặt hàng của tổ chức (minh họa)",
            issued_on=issued_on,
            scan=scan,
            stars=extra.get("stars"),
            decision_number=number if "stars" in extra else "",
            decision_on=issued_on if "stars" in extra else None,
        ),
    )
    yield (day - 2, "09:25")
    papers.judge(stage.actor("commune_2"), paper.public_id, "verify")


def _lot(stage: Stage) -> Story:
    yield (20, "11:00")
    coop = stage.actor("herbs")
    lot = tracing.create(
        coop,
        stage.listings["dang_sam"],
        LotValues(
            "Đẳng sâm tươi, đợt đào đầu tháng (minh họa)",
            40 * SCALE,
            Unit.KG,
            stage.day(24),
            stage.day(22),
            stage.day(21),
            standards="Cơ sở công bố (minh họa)",
            shelf_life="15 ngày ở nơi mát",
        ),
        [
            StepValues(StepKind.HARVEST, stage.day(23), "Rẫy thôn Cr'toonh", "Tổ đào"),
            StepValues(StepKind.SORT, stage.day(22), "Nhà sơ chế Azứt", "Hợp tác xã"),
            StepValues(StepKind.PACK, stage.day(21), "Nhà sơ chế Azứt", "Hợp tác xã"),
        ],
        photo=clean_photo(stage.store, sheets.draw("ẢNH MẪU CỦA LÔ", ["Đẳng sâm tươi"])).page,
    )
    yield (20, "11:40")
    tracing.move(coop, lot.public_id, "publish")


QUESTIONS = (
    ("dang_sam", "hotel", 30, "Củ đường kính bao nhiêu, có chọn đều cỡ được không?",
     "Phần lớn từ 1,5 đến 2,5 cm. Đặt trước ba ngày thì chọn được đều cỡ."),
    ("ba_kich", "resort", 18, "Có gửi mẫu thử một ký trước khi đặt không?",
     "Có. Mẫu một ký gửi theo chuyến xe sáng thứ Hai."),
)  # fmt: skip


def _asks(stage: Stage, goods: str, asker: str, day: int, words: str, reply: str) -> Story:
    yield (day, "14:20")
    question = questions.ask(stage.actor(asker), stage.listings[goods], words)
    yield (day - 1, "10:10")
    listing = stage.listing(goods)
    owner = next(k for k, v in stage.organisations.items() if v == listing.organisation_id)
    actor, acting = stage.word_of(owner, reply)
    questions.answer(actor, question.public_id, reply, acting)
