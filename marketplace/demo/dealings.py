"""Who asked whom for what, and how far each dealing has come today.

Every amount here is made up. A dealing's figures add up: what was delivered is never more than
what was agreed, and what was agreed never more than what the listing has.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Until(IntEnum):
    """The last thing that happened in a dealing, in the order in which such things happen."""

    SENT = 1
    ACKNOWLEDGED = 2
    ACCEPTED = 3
    PROPOSED = 4
    ONE_YES = 5
    BOTH_YES = 6
    KEY = 7
    APPROVED = 8
    TERMS = 9
    ONE_AGREED = 10
    AGREED = 11
    SIGNED = 12
    ACTIVE = 13
    ENDED = 14
    VERIFIED = 15


@dataclass(frozen=True, slots=True)
class Turn:
    """How a dealing breaks off after its last step: what was done, the code, the sentence."""

    action: str
    reason: str
    note: str
    after: int = 2
    """Days after the last step."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A dealing from before it was entered: how many days ago it was, on which paper."""

    day: int
    paper: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """An instalment: how many days ago, how many units or how many đồng.

    ``corrected`` is what the other side says really came; ``is_open`` leaves the last word to
    come.
    """

    day: int
    amount: int
    corrected: int | None = None
    is_open: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Dealing:
    """From an interest to its result. ``quantity`` in whole units, ``price`` in đồng a unit.

    For an investment ``price`` is the whole value and there is no quantity. ``day`` is how many
    days ago the interest was sent, ``pace`` how many days lie between two steps, ``starts`` how
    many days ago the deal begins (negative: still to come).
    """

    listing: str
    buyer: str
    message: str
    until: Until
    day: int
    quantity: int | None = None
    price: int | None = None
    pace: int = 2
    starts: int | None = None
    lasts: int = 60
    terms: str = ""
    deliveries: tuple[Delivery, ...] = ()
    earlier: Earlier | None = None
    turn: Turn | None = None
    objected: bool = False
    partly: tuple[str, str] | None = None
    """Reason and sentence when it ended with less than agreed."""
    supporter: str | None = None
    """A further party that stands by."""
    returned: tuple[str, str] | None = None
    """Reason and sentence with which one figure was sent back."""


_U = Until

VERIFIED = (
    Dealing(
        "dang_sam",
        "hotel",
        "",
        _U.VERIFIED,
        401,
        120,
        130_000,
        starts=440,
        lasts=20,
        terms="Giao tại bếp khách sạn, trả tiền khi nhận hàng.",
        deliveries=(Delivery(438, 70), Delivery(430, 50)),
        earlier=Earlier(441, "Giấy mua bán viết tay"),
    ),
    Dealing(
        "mang_kho",
        "grocer",
        "",
        _U.VERIFIED,
        399,
        200,
        60_000,
        starts=432,
        lasts=25,
        terms="Giao hai chuyến về cửa hàng.",
        deliveries=(Delivery(428, 120), Delivery(415, 80)),
        earlier=Earlier(433, "Phiếu đặt hàng có ký nhận"),
    ),
    Dealing(
        "ba_kich",
        "restaurant",
        "Nhà hàng cần ba kích cho món hầm mùa lạnh, lấy thử 80 kg.",
        _U.VERIFIED,
        392,
        80,
        250_000,
        starts=372,
        lasts=40,
        terms="Giao mỗi tuần 40 kg, hàng loại một.",
        deliveries=(Delivery(368, 40), Delivery(360, 40)),
    ),
    Dealing(
        "dang_sam",
        "resort",
        "Bếp cần đẳng sâm đều cả vụ, mỗi chuyến khoảng 150 kg.",
        _U.VERIFIED,
        380,
        500,
        130_000,
        pace=3,
        starts=345,
        lasts=90,
        terms="Giao ba chuyến, bên mua lo xe từ đầu đường ĐH3.",
        deliveries=(
            Delivery(338, 160),
            Delivery(315, 150),
            Delivery(290, 160, corrected=150, note="Mười ký dập do xóc đường"),
        ),
        partly=("harvest", "Cuối vụ củ nhỏ, hai bên thống nhất dừng ở 460 kg."),
        supporter="farm",
    ),
    Dealing(
        "tho_cam",
        "gifts",
        "Cửa hàng muốn bày 60 tấm ở góc thổ cẩm, ưu tiên màu đỏ đen.",
        _U.VERIFIED,
        316,
        60,
        450_000,
        starts=300,
        lasts=60,
        terms="Dệt theo ba mẫu đã chọn, giao hai đợt.",
        deliveries=(Delivery(285, 30), Delivery(262, 30)),
    ),
    Dealing(
        "xuong_so_che",
        "investor",
        "Công ty muốn góp máy sấy trước, rồi đặt mua dài hạn, xin khảo sát mặt bằng.",
        _U.VERIFIED,
        262,
        None,
        450_000_000,
        pace=4,
        starts=220,
        lasts=160,
        terms="Giai đoạn 1: Năm Ngọn góp máy sấy; hợp tác xã bán nguyên liệu theo giá sàn.",
        deliveries=(
            Delivery(196, 180_000_000, note="Đặt cọc và san mặt bằng"),
            Delivery(118, 270_000_000, note="Lắp xong hai máy sấy"),
        ),
    ),
    Dealing(
        "muoi_ot",
        "gifts",
        "Hũ nhỏ làm quà rất hợp, cần tem có tên thôn.",
        _U.VERIFIED,
        215,
        300,
        45_000,
        starts=198,
        lasts=45,
        terms="Giao 300 hũ dán tem, bên bán chịu tem.",
        deliveries=(Delivery(188, 150), Delivery(172, 150)),
    ),
    Dealing(
        "nep_ray",
        "grocer",
        "Cửa hàng đặt nếp rẫy cho dịp rằm, lấy bao 10 kg.",
        _U.VERIFIED,
        158,
        150,
        40_000,
        starts=136,
        lasts=40,
        terms="Hộ gùi ra đầu đường, cửa hàng cho xe nhận hai chuyến.",
        deliveries=(Delivery(128, 80), Delivery(112, 70)),
    ),
    Dealing(
        "che_day",
        "hotel",
        "Đặt chè dây cho 120 phòng, mỗi tháng 100 hộp trong ba tháng.",
        _U.VERIFIED,
        142,
        300,
        60_000,
        starts=124,
        lasts=95,
        terms="Giao đầu tháng, hộp in logo hai bên.",
        deliveries=(Delivery(120, 100), Delivery(90, 100), Delivery(61, 100)),
    ),
)

ENDED = (
    Dealing(
        "rau_rung",
        "resort",
        "Bếp cần rau rừng 30 kg mỗi tuần cho quầy món vùng cao.",
        _U.ENDED,
        96,
        240,
        35_000,
        starts=78,
        lasts=75,
        terms="Thứ năm hằng tuần, giao trước 8 giờ.",
        deliveries=(Delivery(70, 90), Delivery(44, 90), Delivery(9, 60)),
        returned=("evidence", "Đợt 2 thiếu phiếu giao có chữ ký bên mua."),
    ),
    Dealing(
        "may_tre",
        "gifts",
        "Cần gùi nhỏ và rổ cho mùa khách, mẫu như ảnh đã gửi.",
        _U.ENDED,
        84,
        70,
        180_000,
        starts=64,
        lasts=60,
        terms="Giao hai đợt, kiểm tại cửa hàng.",
        deliveries=(Delivery(44, 40), Delivery(12, 20)),
        partly=("demand", "Cửa hàng nhận 60 cái, phần còn lại chờ mùa khách sau."),
    ),
)

UNDER_WAY = (
    Dealing(
        "heo",
        "restaurant",
        "Nhà hàng cần bốn con mỗi tháng, có giấy kiểm dịch.",
        _U.ACTIVE,
        66,
        8,
        3_200_000,
        starts=46,
        lasts=75,
        terms="Bắt tại chuồng, cân hơi, mỗi tháng bốn con.",
        deliveries=(Delivery(40, 4), Delivery(5, 2, is_open=True, note="Hai con, giấy kiểm dịch")),
    ),
    Dealing(
        "gung",
        "grocer",
        "Đặt gừng đầu vụ, mỗi chuyến 60 kg.",
        _U.ACTIVE,
        52,
        180,
        22_000,
        starts=32,
        lasts=60,
        terms="Giao tại đầu đường Hồ Chí Minh.",
        deliveries=(
            Delivery(26, 60),
            Delivery(7, 65, corrected=60, is_open=True, note="Năm ký ướt, trả lại"),
        ),
    ),
    Dealing(
        "kho_mat",
        "fund",
        "Quỹ quan tâm kho mát chạy điện mặt trời, muốn góp phần thiết bị.",
        _U.ACTIVE,
        150,
        None,
        900_000_000,
        pace=4,
        starts=95,
        lasts=200,
        terms="Quỹ góp thiết bị lạnh, xã bố trí mặt bằng, hợp tác xã vận hành.",
        deliveries=(Delivery(48, 350_000_000, note="Nền kho và mái"),),
    ),
    Dealing(
        "bo_lai",
        "grocer",
        "Đặt bò cho nhóm hộ nuôi liên kết, xem chuồng trước khi nhận.",
        _U.SIGNED,
        40,
        10,
        18_000_000,
        starts=-9,
        lasts=60,
        terms="Nhận tại chuồng, có giấy tiêm phòng từng con.",
    ),
    Dealing(
        "que",
        "resort",
        "Cần quế vỏ cho bếp và quà lưu trú.",
        _U.AGREED,
        30,
        60,
        95_000,
        starts=-6,
        lasts=30,
        terms="Giao một chuyến, hàng bó 5 kg.",
    ),
    Dealing(
        "tra_dang_sam",
        "hotel",
        "Muốn đặt trà túi lọc cho quầy lễ tân, 200 hộp.",
        _U.ONE_AGREED,
        28,
        200,
        82_000,
        starts=-14,
        lasts=60,
        terms="Giao hai đợt, đổi hộp móp.",
    ),
    Dealing(
        "dien_aur",
        "fund",
        "Quỹ có gói điện mặt trời cộng đồng, xin số liệu phụ tải của thôn.",
        _U.APPROVED,
        34,
        None,
        600_000_000,
        pace=3,
    ),
    Dealing(
        "sa_nhan",
        "restaurant",
        "Cần sa nhân khô cho món hầm, lấy 40 kg.",
        _U.AGREED,
        60,
        40,
        160_000,
        starts=-20,
        lasts=30,
        terms="Giao một chuyến.",
        turn=Turn("call_off", "changed", "Nhà hàng đổi thực đơn, xin dừng và cảm ơn bà con.", 6),
    ),
)

PROPOSED = (
    Dealing(
        "dang_sam_say",
        "gifts",
        "Hộp đẳng sâm sấy bày cạnh đá mỹ nghệ, lấy thử 50 hộp.",
        _U.PROPOSED,
        9,
        50,
        175_000,
    ),
    Dealing(
        "ba_kich",
        "hotel",
        "Khách sạn muốn 60 kg ba kích cho thực đơn mùa lạnh.",
        _U.ONE_YES,
        13,
        60,
        240_000,
    ),
    Dealing(
        "banh_sung_trau",
        "resort",
        "Mỗi cuối tuần 80 cặp cho quầy ăn sáng.",
        _U.BOTH_YES,
        15,
        160,
        15_000,
    ),
    Dealing(
        "cao_dang_sam",
        "hotel",
        "Đặt 40 lọ làm quà cho khách ở dài ngày.",
        _U.KEY,
        16,
        40,
        245_000,
    ),
    Dealing(
        "heo",
        "resort",
        "Bếp muốn thử ba con cho tiệc cuối năm.",
        _U.KEY,
        18,
        3,
        3_300_000,
        objected=True,
    ),
    Dealing(
        "ba_kich_tan_rung",
        "investor",
        "Công ty muốn bao tiêu từ năm thứ ba và hỗ trợ giống.",
        _U.KEY,
        24,
        None,
        1_500_000_000,
        pace=3,
    ),
    Dealing(
        "gao_ta_lang",
        "grocer",
        "Lấy 300 kg gạo mới, bao 10 kg.",
        _U.PROPOSED,
        44,
        300,
        26_000,
        turn=Turn("refuse", "quantity", "Vụ này chi hội giữ gạo ăn, chưa đủ bán nhiều."),
    ),
    Dealing(
        "cao_su",
        "restaurant",
        "Hỏi mua giúp cơ sở quen.",
        _U.PROPOSED,
        56,
        500,
        14_000,
        turn=Turn("reject", "unsuitable", "Nhà hàng không có giấy tờ thu mua mủ cao su."),
    ),
    Dealing(
        "tieu_rung",
        "restaurant",
        "Cần 5 kg tiêu rừng cho món nướng.",
        _U.ONE_YES,
        38,
        5,
        400_000,
        turn=Turn("cancel", "mistake", "Đề xuất nhầm số lượng, sẽ lập lại."),
    ),
)

ASKED = (
    Dealing("ba_kich", "grocer", "Cửa hàng bán lẻ, lấy 10 kg mỗi tuần.", _U.SENT, 0, 40),
    Dealing("che_day", "restaurant", "Phục vụ trà sau bữa ăn, cần 50 hộp.", _U.SENT, 1, 50),
    Dealing("rau_rung", "hotel", "Hỏi giao thứ ba và thứ sáu.", _U.SENT, 2, 40),
    Dealing("nep_ray", "hotel", "Hỏi nếp rẫy cho xôi sáng, 50 kg.", _U.SENT, 3, 50),
    Dealing("gung", "hotel", "Gừng cho bếp, mỗi tuần 10 kg.", _U.SENT, 2, 40),
    Dealing("que_tinh_dau", "investor", "Muốn xem vùng quế trước mùa mưa.", _U.SENT, 1),
    Dealing("quay_avuong", "herbs", "Hợp tác xã xin đứng quầy ba ngày mỗi tuần.", _U.SENT, 2),
    Dealing("muoi_ot", "hotel", "Đặt hũ nhỏ cho phòng nghỉ.", _U.SENT, 12, 100),
    Dealing("heo_gac_bep", "resort", "Cần thịt gác bếp cho bàn tiệc.", _U.SENT, 14, 20),
    Dealing("bo_lien_ket", "investor", "Hỏi về nguồn con giống và thú y.", _U.SENT, 17),
    Dealing("dang_sam", "restaurant", "Mỗi tuần 20 kg trong mùa lạnh.", _U.ACKNOWLEDGED, 4, 80),
    Dealing("may_tre", "resort", "Mâm mây cho nhà hàng, 40 cái.", _U.ACKNOWLEDGED, 5, 40),
    Dealing("det_may_tre", "fund", "Quỹ muốn biết số hộ tham gia.", _U.ACKNOWLEDGED, 6),
    Dealing("sa_nhan", "hotel", "Hỏi giá cho 30 kg.", _U.ACKNOWLEDGED, 30, 30),
    Dealing("gung", "restaurant", "Lấy gừng tươi hằng tuần.", _U.ACCEPTED, 7, 50),
    Dealing("lang_ta_lang", "fund", "Quỹ muốn góp vốn sửa nhà gươl.", _U.ACCEPTED, 8),
    Dealing("quay_avuong", "weaving", "Xin một góc bày thổ cẩm.", _U.ACCEPTED, 21),
    Dealing("tho_cam", "hotel", "Thổ cẩm trang trí sảnh, 20 tấm.", _U.ACCEPTED, 6, 20),
    Dealing(
        "dang_sam",
        "grocer",
        "Cửa hàng cần 300 kg giao ngay trong tuần.",
        _U.ACKNOWLEDGED,
        35,
        300,
        turn=Turn(
            "decline", "capacity", "Bà con đào theo rẫy, chưa giao gấp được. Hẹn đầu tháng sau."
        ),
    ),
    Dealing(
        "que",
        "gifts",
        "Thanh quế nhỏ làm quà, giá 50.000 đồng một ký.",
        _U.SENT,
        26,
        10,
        turn=Turn("decline", "terms", "Giá này thấp hơn giá thị trường, xin hẹn dịp khác."),
    ),
    Dealing(
        "azut_dung_chan",
        "investor",
        "Hỏi quy hoạch chỗ đỗ xe.",
        _U.ACKNOWLEDGED,
        80,
        turn=Turn("decline", "other", "Chỗ này đang kiểm tra sạt lở, xã chưa giao mặt bằng được."),
    ),
    Dealing(
        "tra_dang_sam",
        "resort",
        "Đặt 100 hộp cho phòng.",
        _U.ACKNOWLEDGED,
        33,
        100,
        turn=Turn("withdraw", "found", "Đã dùng hết loại trà đang có, xin rút."),
    ),
    Dealing(
        "muoi_ot",
        "restaurant",
        "Lấy 30 hũ.",
        _U.SENT,
        40,
        30,
        turn=Turn("withdraw", "mistake", "Gửi nhầm mặt hàng."),
    ),
    Dealing("mang_tuoi", "hotel", "Cần măng tươi mỗi tuần 20 kg.", _U.SENT, 24, 60),
    Dealing("mang_tuoi", "resort", "Bếp hỏi măng cuối vụ.", _U.ACCEPTED, 36, 40),
    Dealing("heo_chuoi", "investor", "Quan tâm điểm giết mổ nhỏ.", _U.ACKNOWLEDGED, 15),
    Dealing("azut_dung_chan", "fund", "Quỹ muốn xem hồ sơ mặt bằng.", _U.ACCEPTED, 60),
)

ALL = (*VERIFIED, *ENDED, *UNDER_WAY, *PROPOSED, *ASKED)
