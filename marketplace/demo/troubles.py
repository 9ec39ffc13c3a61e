"""Dealings that bargain, wait for a signature, stand still, quarrel or end before their time."""

from __future__ import annotations

from collections.abc import Callable

from marketplace.accounts.acting import Acting
from marketplace.accounts.models import StoredFile
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.quantity import SCALE
from marketplace.deals import services as deals
from marketplace.deals.rules import PaperKind, RulingKind
from marketplace.deals.services import Signed, Terms
from marketplace.demo import papers
from marketplace.demo.dealings import Dealing, Delivery, Turn, Until
from marketplace.demo.stage import Stage

Seller = Callable[[str], tuple[Actor, Acting | None]]
"""Who says something for the seller, and how it is recorded."""

TROUBLED = (
    Dealing(
        "che_day",
        "resort",
        "Đặt chè dây cho quầy quà, mỗi tháng 40 hộp.",
        Until.TERMS,
        32,
        80,
        58_000,
        starts=-12,
        lasts=60,
        terms="Giao một lần tại khu nghỉ dưỡng.",
        turn=Turn("counter", "", "Giao hai chuyến, mỗi chuyến 40 hộp, tại đầu đường Hồ Chí Minh."),
    ),
    Dealing(
        "bo_lai",
        "restaurant",
        "Cần bò cho ba tháng, nhận từng con, có giấy kiểm dịch.",
        Until.AGREED,
        34,
        4,
        18_000_000,
        starts=-15,
        lasts=90,
        terms="Nhận tại chuồng, cân hơi.",
        turn=Turn("paper", "", ""),
    ),
    Dealing(
        "ba_kich",
        "restaurant",
        "Đặt ba kích cho món hầm, 40 kg chia hai chuyến.",
        Until.ACTIVE,
        38,
        40,
        250_000,
        starts=18,
        lasts=40,
        terms="Giao tại bếp nhà hàng.",
        deliveries=(Delivery(12, 20),),
        turn=Turn("suspend", "landslide", "Sạt lở trên đường vào thôn, xe chưa vào được.", 4),
    ),
    Dealing(
        "che_day",
        "restaurant",
        "Lấy chè dây cho trà sau bữa, 60 hộp.",
        Until.ACTIVE,
        44,
        60,
        60_000,
        starts=24,
        lasts=50,
        terms="Giao hai chuyến.",
        deliveries=(Delivery(15, 30),),
        turn=Turn("dispute", "quality", "Mười hộp bị ẩm, nhà hàng xin đổi hoặc giảm giá.", 5),
    ),
    Dealing(
        "ba_kich",
        "hotel",
        "Đặt thử 30 kg ba kích tím.",
        Until.ACTIVE,
        70,
        30,
        240_000,
        starts=50,
        lasts=20,
        terms="Giao một chuyến.",
        turn=Turn("end", "nothing", "Hai bên đã gọi nhau: vụ này chưa đào được, xin dừng.", 30),
    ),
)
"""``Turn.action`` says what happens last; ``happens`` does it."""


def happens(stage: Stage, dealing: Dealing, turn: Turn, deal_id: str, seller: Seller) -> bool:
    """The last thing in a dealing of ``TROUBLED``; False where it is none of them."""
    buyer = stage.actor(dealing.buyer)
    match turn.action:
        case "counter":
            terms = _countered(stage, dealing, turn.note)
            actor, acting = seller(turn.note)
            deals.set_terms(actor, deal_id, terms, acting=acting, accepts=True)
        case "paper":
            deals.draw_up(stage.actor("commune_1"), deal_id, PaperKind.OFFTAKE)
            signed = Signed(clock.today(), _signed(stage, dealing))
            deals.hand_in(buyer, deal_id, signed)
        case "suspend":
            deals.suspend(stage.actor("commune_1"), deal_id, reason=turn.reason, note=turn.note)
        case "dispute":
            deals.dispute(buyer, deal_id, reason=turn.reason, note=turn.note)
            deals.propose_ruling(
                stage.actor("ward_1"),
                deal_id,
                RulingKind.SETTLE,
                reason="price",
                note="Giảm giá mười hộp, giữ số còn lại.",
            )
        case "end":
            ruling = deals.propose_ruling(
                stage.actor("ward_1"),
                deal_id,
                RulingKind.TERMINATE,
                reason=turn.reason,
                note=turn.note,
            ).public_id
            for who in ("ward_2", "commune_leader"):
                deals.turn_ruling_key(stage.actor(who), ruling)
        case _:
            return False
    return True


def _countered(stage: Stage, dealing: Dealing, delivery: str) -> Terms:
    starts = dealing.starts or 0
    return Terms(
        (dealing.quantity or 0) * SCALE,
        (dealing.price or 0) + 2_000,
        None,
        stage.day(starts),
        stage.day(starts - dealing.lasts),
        delivery,
        payment="Chuyển khoản trong 7 ngày sau mỗi chuyến.",
    )


def _signed(stage: Stage, dealing: Dealing) -> StoredFile:
    return papers.kept(
        stage.store,
        "hop-dong-da-ky",
        "HỢP ĐỒNG BAO TIÊU",
        [
            f"Bên mua: {stage.organisation(dealing.buyer).name}",
            f"Nội dung: {stage.listing(dealing.listing).title}",
            papers.written(clock.today()),
        ],
    )
