"""Who is in the demonstration: offices, organisations, and the people who sign in for them.

Organisations are invented, people are posts, never names; tax codes are valid by their check digit
and are not given out; there is no telephone number, and mail goes to ``.example`` only (domain
page 8).
"""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.accounts.rules import ActingHow, OrganisationKind
from marketplace.core.roles import Role

PASSWORD = "nui gop bien mo"  # noqa: S105  printed at every start
"""One password for all of them, easy to type on any keyboard."""
MASKED_PHONE = "09xx xxx xxx"
"""Stands where a form asks for a telephone number: Vietnam has no range for fiction."""

SOURCE, MARKET = "source", "market"
"""The two sides of a pair: the commune whose goods and places these are, and the ward."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Someone who decides for a locality."""

    key: str
    side: str
    role: Role
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Member:
    """An organisation that registered itself, and its person."""

    key: str
    side: str
    kind: OrganisationKind
    name: str
    tax_code: str | None
    person: str
    email: str
    address: str
    about: str
    day: int
    """How many days ago it registered."""
    is_named: bool = False


@dataclass(frozen=True, slots=True)
class Household:
    """A producer who cannot go online: entered by someone, who also records its word."""

    key: str
    kind: OrganisationKind
    name: str
    village: str
    entered_by: str
    day: int
    word_by: str
    word_how: ActingHow
    cooperative: str | None = None


OFFICERS = (
    Officer("commune_1", SOURCE, Role.OFFICIAL, "Cán bộ kinh tế xã 1", "canbo1@avuong.example"),
    Officer("commune_2", SOURCE, Role.OFFICIAL, "Cán bộ kinh tế xã 2", "canbo2@avuong.example"),
    Officer("commune_leader", SOURCE, Role.LEADER, "Lãnh đạo xã", "lanhdao@avuong.example"),
    Officer(
        "ward_1", MARKET, Role.OFFICIAL, "Cán bộ kinh tế phường 1", "canbo1@nguhanhson.example"
    ),
    Officer(
        "ward_2", MARKET, Role.OFFICIAL, "Cán bộ kinh tế phường 2", "canbo2@nguhanhson.example"
    ),
    Officer("ward_leader", MARKET, Role.LEADER, "Lãnh đạo phường", "lanhdao@nguhanhson.example"),
)

_K = OrganisationKind

MEMBERS = (
    Member(
        "herbs",
        SOURCE,
        _K.COOPERATIVE,
        "HTX Dược liệu Azứt",
        "4009999016",
        "Quản lý HTX Dược liệu",
        "duoclieu@avuong.example",
        "Thôn Azứt, xã Avương",
        "Hợp tác xã trồng và sơ chế ba kích, đẳng sâm, sa nhân cùng các hộ ở Azứt và Cr'toonh.",
        408,
        is_named=True,
    ),
    Member(
        "farm",
        SOURCE,
        _K.COOPERATIVE,
        "HTX Nông nghiệp Bha Lêê",
        "4009999023",
        "Quản lý HTX Nông nghiệp",
        "nongnghiep@avuong.example",
        "Thôn Atêếp, xã Avương",
        "Hợp tác xã làm chè dây, măng khô, quế vỏ và nuôi bò lai sinh sản.",
        407,
        is_named=True,
    ),
    Member(
        "weaving",
        SOURCE,
        _K.COOPERATIVE,
        "HTX Thổ cẩm Ta Lang",
        "4009999030",
        "Quản lý HTX Thổ cẩm",
        "thocam@avuong.example",
        "Thôn Ta Lang, xã Avương",
        "Các chị em dệt thổ cẩm Cơ Tu trên khung tay, cườm đan thẳng vào vải.",
        360,
        is_named=True,
    ),
    Member(
        "spices",
        SOURCE,
        _K.COOPERATIVE_GROUP,
        "Tổ hợp tác Gia vị Atêếp",
        None,
        "Tổ trưởng tổ Gia vị",
        "giavi@avuong.example",
        "Thôn Atêếp, xã Avương",
        "Mười hai hộ hái tiêu rừng, trồng ớt và làm muối chấm.",
        300,
    ),
    Member(
        "rattan",
        SOURCE,
        _K.COOPERATIVE_GROUP,
        "Tổ hợp tác Mây tre Axoo",
        None,
        "Tổ trưởng tổ Mây tre",
        "maytre@avuong.example",
        "Thôn Axoo, xã Avương",
        "Tổ đan gùi, rổ, mâm mây theo mẫu cũ của thôn.",
        200,
    ),
    Member(
        "women",
        SOURCE,
        _K.MASS_ORGANISATION,
        "Chi hội Phụ nữ thôn Ta Lang",
        None,
        "Đại diện chi hội Phụ nữ",
        "phunu@avuong.example",
        "Thôn Ta Lang, xã Avương",
        "Chi hội gom rau rừng, măng và làm bánh sừng trâu cho khách đặt trước.",
        250,
    ),
    Member(
        "processor",
        SOURCE,
        _K.ENTERPRISE,
        "Công ty Chế biến Rừng Quế",
        "4009999048",
        "Đại diện Công ty Rừng Quế",
        "rungque@avuong.example",
        "Thôn Azứt, xã Avương",
        "",
        9,
    ),
    Member(
        "hotel",
        MARKET,
        _K.ENTERPRISE,
        "Khách sạn Đá Ngân",
        "0409999013",
        "Bộ phận mua hàng Khách sạn Đá Ngân",
        "dangan@nguhanhson.example",
        "Phường Ngũ Hành Sơn",
        "Khách sạn 120 phòng, bếp cần dược liệu và trà thảo mộc quanh năm.",
        406,
        is_named=True,
    ),
    Member(
        "resort",
        MARKET,
        _K.ENTERPRISE,
        "Khu nghỉ dưỡng Bãi Ngọc",
        "0409999020",
        "Bếp trưởng Khu nghỉ dưỡng Bãi Ngọc",
        "baingoc@nguhanhson.example",
        "Phường Ngũ Hành Sơn",
        "Khu nghỉ dưỡng có nhà hàng món vùng cao, đặt hàng theo tuần.",
        390,
        is_named=True,
    ),
    Member(
        "restaurant",
        MARKET,
        _K.ENTERPRISE,
        "Nhà hàng Bếp Năm Núi",
        "0409999038",
        "Quản lý Nhà hàng Bếp Năm Núi",
        "bepnamnui@nguhanhson.example",
        "Phường Ngũ Hành Sơn",
        "Nhà hàng món Quảng và món Cơ Tu, cần heo địa phương và ba kích.",
        400,
    ),
    Member(
        "gifts",
        MARKET,
        _K.HOUSEHOLD_BUSINESS,
        "Quà tặng Sắc Đá",
        "0409999045",
        "Chủ cửa hàng Quà tặng Sắc Đá",
        "sacda@nguhanhson.example",
        "Làng đá mỹ nghệ Non Nước, phường Ngũ Hành Sơn",
        "Cửa hàng đá mỹ nghệ có góc bán thổ cẩm, đồ mây và hũ quà.",
        320,
        is_named=True,
    ),
    Member(
        "grocer",
        MARKET,
        _K.HOUSEHOLD_BUSINESS,
        "Cửa hàng Rau Sớm",
        "0409999052",
        "Chủ cửa hàng Rau Sớm",
        "rausom@nguhanhson.example",
        "Phường Ngũ Hành Sơn",
        "Cửa hàng nông sản bán lẻ và giao bếp ăn trong phường.",
        405,
    ),
    Member(
        "investor",
        MARKET,
        _K.INVESTOR,
        "Công ty Đầu tư Năm Ngọn",
        "0409999077",
        "Bộ phận đầu tư Năm Ngọn",
        "namngon@nguhanhson.example",
        "Phường Ngũ Hành Sơn",
        "Đầu tư chế biến nông sản, ưu tiên liên kết với hợp tác xã.",
        280,
        is_named=True,
    ),
    Member(
        "fund",
        MARKET,
        _K.INVESTOR,
        "Quỹ Đầu tư Sóng Lành",
        "0409999084",
        "Bộ phận dự án Quỹ Sóng Lành",
        "songlanh@nguhanhson.example",
        "Phường Ngũ Hành Sơn",
        "Quỹ góp vốn cho du lịch cộng đồng và năng lượng sạch.",
        170,
    ),
    Member(
        "cafe",
        MARKET,
        _K.HOUSEHOLD_BUSINESS,
        "Quán chay Lá Non",
        "0409999091",
        "Chủ quán chay Lá Non",
        "lanon@nguhanhson.example",
        "Phường Ngũ Hành Sơn",
        "",
        1,
    ),
)

WAITING = "cafe"
"""Registered, not verified yet."""
SENT_BACK = "processor"
"""Asked for more by its locality."""

HOUSEHOLDS = (
    Household(
        "aur_1",
        _K.PRODUCER_HOUSEHOLD,
        "Hộ sản xuất Aur số 1",
        "Aur",
        "commune_1",
        190,
        "commune_1",
        ActingHow.CALL,
    ),
    Household(
        "aur_2",
        _K.PRODUCER_HOUSEHOLD,
        "Hộ sản xuất Aur số 2",
        "Aur",
        "commune_1",
        188,
        "herbs",
        ActingHow.SLIP,
        cooperative="herbs",
    ),
    Household(
        "crtoonh",
        _K.PRODUCER_HOUSEHOLD,
        "Hộ chăn nuôi Cr'toonh số 3",
        "Cr'toonh",
        "farm",
        140,
        "farm",
        ActingHow.SLIP,
    ),
)
"""A household entered by a cooperative is its own; an official names the cooperative."""
