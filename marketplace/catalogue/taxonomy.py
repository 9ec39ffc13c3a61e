"""Two of the three taxonomies: sectors and product groups. The articles are data of the pair."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from marketplace.core.i18n import N_


class Sector(StrEnum):
    """The five sectors of investment, one for each stone of Ngũ Hành Sơn."""

    WOOD = "wood"
    EARTH = "earth"
    WATER = "water"
    FIRE = "fire"
    METAL = "metal"


SECTOR_LABELS = {
    Sector.WOOD: N_("Medicinal plants and forest products"),
    Sector.EARTH: N_("Crops and livestock"),
    Sector.WATER: N_("Tourism and services"),
    Sector.FIRE: N_("Processing and traditional crafts"),
    Sector.METAL: N_("Infrastructure and logistics"),
}

SECTOR_WORDS = {
    Sector.WOOD: "dược liệu lâm sản rừng",
    Sector.EARTH: "trồng trọt chăn nuôi",
    Sector.WATER: "du lịch dịch vụ",
    Sector.FIRE: "chế biến nghề truyền thống",
    Sector.METAL: "hạ tầng kho vận logistics",
}
"""What people type when they mean the sector; folded into the search text."""


class Group(StrEnum):
    """Product groups: the leaves of the tree below."""

    HERBS = "herbs"
    TEA = "tea"
    SPICES = "spices"
    VEGETABLES = "vegetables"
    CEREALS = "cereals"
    FRUIT = "fruit"
    HONEY = "honey"
    FOREST = "forest"
    LIVESTOCK = "livestock"
    PROCESSED = "processed"
    TEXTILES = "textiles"
    WICKERWORK = "wickerwork"
    ALCOHOL = "alcohol"


SECTOR_OF: dict[Group, Sector] = {
    Group.HERBS: Sector.WOOD,
    Group.TEA: Sector.WOOD,
    Group.HONEY: Sector.WOOD,
    Group.FOREST: Sector.WOOD,
    Group.SPICES: Sector.EARTH,
    Group.VEGETABLES: Sector.EARTH,
    Group.CEREALS: Sector.EARTH,
    Group.FRUIT: Sector.EARTH,
    Group.LIVESTOCK: Sector.EARTH,
    Group.PROCESSED: Sector.FIRE,
    Group.TEXTILES: Sector.FIRE,
    Group.WICKERWORK: Sector.FIRE,
    Group.ALCOHOL: Sector.FIRE,
}
"""Under which of the five sectors the goods of a product group are found and counted."""


def sector_of(group: Group | None, sector: Sector | None) -> Sector | None:
    """The sector of a listing: its goods' group says it, else it says so itself."""
    return SECTOR_OF[group] if group else sector


GROUP_LABELS = {
    Group.HERBS: N_("Medicinal roots and plants"),
    Group.TEA: N_("Herbal teas"),
    Group.SPICES: N_("Spices and chilli"),
    Group.VEGETABLES: N_("Vegetables and bamboo shoots"),
    Group.CEREALS: N_("Rice and maize"),
    Group.FRUIT: N_("Fruit"),
    Group.HONEY: N_("Honey"),
    Group.FOREST: N_("Forest and industrial crops"),
    Group.LIVESTOCK: N_("Livestock"),
    Group.PROCESSED: N_("Processed food"),
    Group.TEXTILES: N_("Brocade"),
    Group.WICKERWORK: N_("Rattan and bamboo ware"),
    Group.ALCOHOL: N_("Alcoholic drinks"),
}

GROUP_WORDS = {
    Group.HERBS: "dược liệu cây thuốc",
    Group.TEA: "trà chè thảo mộc",
    Group.SPICES: "gia vị ớt tiêu",
    Group.VEGETABLES: "rau măng",
    Group.CEREALS: "lúa gạo nếp ngô bắp",
    Group.FRUIT: "trái cây hoa quả",
    Group.HONEY: "mật ong",
    Group.FOREST: "lâm sản cây công nghiệp",
    Group.LIVESTOCK: "chăn nuôi gia súc thịt",
    Group.PROCESSED: "chế biến thực phẩm",
    Group.TEXTILES: "thổ cẩm dệt vải",
    Group.WICKERWORK: "mây tre đan",
    Group.ALCOHOL: "rượu đồ uống",
}
"""What people type when they mean the group; folded into the search text."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of the tree: its code in addresses, a label, and its leaves."""

    code: str
    label: str
    groups: tuple[Group, ...]


GROUP_TREE = (
    Branch("medicinal", N_("Medicinal plants"), (Group.HERBS, Group.TEA)),
    Branch(
        "fields",
        N_("From the fields"),
        (Group.VEGETABLES, Group.CEREALS, Group.FRUIT, Group.SPICES),
    ),
    Branch("woods", N_("From the forest"), (Group.HONEY, Group.FOREST)),
    Branch(
        "food",
        N_("Meat, processed food and drinks"),
        (Group.LIVESTOCK, Group.PROCESSED, Group.ALCOHOL),
    ),
    Branch("crafts", N_("Crafts"), (Group.TEXTILES, Group.WICKERWORK)),
)


NOT_EATEN = frozenset({Group.TEXTILES, Group.WICKERWORK})
"""Groups whose goods need no word about the safety of food."""

DRAWN_AS = {Group.ALCOHOL: Group.PROCESSED}
"""Groups without a drawing of their own."""


def drawing(group: Group | None) -> str:
    """The code of the drawing that stands in for a photo."""
    return DRAWN_AS.get(group, group).value if group else Group.VEGETABLES.value


class Origin(StrEnum):
    """Where a product comes from; must be stated (domain page 3.2)."""

    GROWN = "grown"
    GATHERED = "gathered"
    PROCESSED = "processed"


ORIGIN_LABELS = {
    Origin.GROWN: N_("Grown or raised"),
    Origin.GATHERED: N_("Gathered in the wild"),
    Origin.PROCESSED: N_("Processed"),
}


class PriceKind(StrEnum):
    """How a price is stated."""

    FIXED = "fixed"
    RANGE = "range"
    MARKET = "market"


PRICE_LABELS = {
    PriceKind.FIXED: N_("One price"),
    PriceKind.RANGE: N_("From … to …"),
    PriceKind.MARKET: N_("Market price on the day"),
}


class Cooperation(StrEnum):
    """Forms of investment and cooperation (domain page 2.3)."""

    NEW_COMPANY = "new_company"
    EQUITY = "equity"
    PROJECT = "project"
    CONTRACT = "contract"
    LINKAGE = "linkage"
    FOREST_LEASE = "forest_lease"
    WITH_COOPERATIVE = "with_cooperative"
    OTHER = "other"


COOPERATION_LABELS = {
    Cooperation.NEW_COMPANY: N_("Founding a company"),
    Cooperation.EQUITY: N_("Contributing capital or buying shares"),
    Cooperation.PROJECT: N_("Carrying out an investment project"),
    Cooperation.CONTRACT: N_("Business cooperation contract"),
    Cooperation.LINKAGE: N_("Production linkage with guaranteed purchase"),
    Cooperation.FOREST_LEASE: N_("Leasing the forest environment"),
    Cooperation.WITH_COOPERATIVE: N_("Cooperation with a cooperative"),
    Cooperation.OTHER: N_("Another form"),
}


class Period(StrEnum):
    """For how long a quantity is meant."""

    WEEK = "week"
    MONTH = "month"
    ONCE = "once"


PERIOD_LABELS = {
    Period.WEEK: N_("a week"),
    Period.MONTH: N_("a month"),
    Period.ONCE: N_("in all"),
}
