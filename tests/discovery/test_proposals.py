"""What is proposed for what finds nothing: whole words of a title, and nothing for what is right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.catalogue.browse import Lists, list_page
from marketplace.catalogue.kinds.produce.browse import SPEC as PRODUCE
from marketplace.catalogue.models import Listing
from marketplace.core import clock, shelf
from marketplace.core.db import db
from tests.world import World

GOODS = (
    ("Chè dây túi lọc", "Sơ chế tại nhà, địa chỉ rõ."),
    ("Thịt heo gác bếp", "Sạch, be rượu."),
    ("Sa nhân khô", "Nhà làm."),
    ("Thổ cẩm", "Dệt tay, có cả khăn."),
    ("Mật ong rừng", "Các pha trà, đào rẫy, một tổ."),
    ("Trà đảng sâm", "Sao."),
    ("Đẳng sâm sấy dẻo", "Làm tươi một ngày, có làm quà."),
    ("Măng khô", "Phơi."),
)


@pytest.fixture
def stall(world: World) -> World:
    """Goods whose descriptions hold words that only sound like their titles."""
    for title, description in GOODS:
        world.published(title=title, description=description)
    return world


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("che dya", "chè dây"), ("chè dyâ", "chè dây"), ("thit heo gac bpe", "thịt heo gác bếp"),
        ("sa nhna", "sa nhân"), ("tho cma", "thổ cẩm"), ("ma tong", "mật ong"),
        ("tổ cẩm", "thổ cẩm"), ("thịt ho gác bếp", "thịt heo gác bếp"), ("man gkho", "măng khô"),
        ("đẳng sâm ấy dẻo", "đẳng sâm sấy dẻo"), ("mang ko", "măng khô"),
        ("đẳng sâmm", "đẳng sâm"), ("nguhanhson", None),
    ],
)  # fmt: skip
def test_whole_words_of_a_title_are_proposed(stall: World, typed: str, meant: str | None) -> None:
    assert Lists(stall.pair).closest(typed, ["produce"]) == meant


@pytest.mark.parametrize(
    "right",
    ["cà phê", "bưởi", "mít", "áo", "tỏi", "sầu riêng", "giảo cổ lam", "hạt dổi", "cơm lam"],
)
def test_a_mark_that_was_typed_was_meant(stall: World, right: str) -> None:
    assert Lists(stall.pair).closest(right, ["produce"]) is None


def test_several_words_are_set_right_only_where_they_belong_together(stall: World) -> None:
    stall.published(title="Sâm cau", description="Trà ngọt, làm tại nhà bà Minh.")
    stall.published(title="Rượu sâm ngọt", description="Ngâm lâu, bà Minh làm.")
    lists = Lists(stall.pair)
    assert list_page(stall.pair, "produce", {"q": ["sâm ngọt minh"]}).total == 2
    assert lists.closest("sâm ngọc linh", ["produce"]) is None
    assert lists.closest("rựu sâm ngọc", ["produce"]) == "rượu sâm ngọt"


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("mua măng khô", ["măng khô"]),
        ("tôi muốn mua măng khô", ["măng khô"]),
        ("măng khô ngon", ["măng khô"]),
        ("mang tươi kho", ["mang kho"]),  # a word from between
        ("đẳng sâm tươi ngon", ["đẳng sâm"]),  # of words further down only one is left out
        ("mật ong hoa cà phê", ["mật ong"]),
        ("khăn tay dài", ["khăn tay"]),  # in no title, but all words but one
        ("măng xyz", ["măng"]),
        ("thổ cẩm chè dây", ["thổ cẩm", "chè dây"]),
        ("lạnh sấy nhanh", []),  # “sấy” alone does not say what is meant
        ("trà hoa vàng", ["trà"]),  # the first word does
        ("mằng khô xyz", []),  # nobody writes it so
        ("xyz", []),
        ("!!! ???", []),
        ("một hai ba bốn năm sáu bảy măng khô", []),  # more than are tried
    ],
)  # fmt: skip
def test_what_fewer_words_would_find(stall: World, typed: str, left: list[str]) -> None:
    assert list(Lists(stall.pair).fewer(typed, ["produce"])) == left
    for part in left:
        assert list_page(stall.pair, "produce", {"q": [part]}).total


def test_fewer_words_are_asked_for_as_the_reader_may_see(stall: World) -> None:
    lists = Lists(stall.pair)
    assert list(lists.fewer("mua măng khô", ["opportunity"])) == []
    assert list(lists.fewer("mua măng khô", ["opportunity", "produce"])) == ["măng khô"]


def test_a_village_is_found_by_its_full_name(world: World) -> None:
    there = world.published(title="Gừng sẻ")
    assert there.village is not None
    name = there.village.name
    for q in (
        name,
        f"thôn {name}",
        f"gừng thôn {name}",
        f"THÔN {name.upper()}",
        f"thôn {name[:4]}",
    ):
        found = list_page(world.pair, "produce", {"q": [q]})
        assert [card.title for card in found.items] == ["Gừng sẻ"], q
    assert not list_page(world.pair, "produce", {"q": ["thôn"]}).items


def test_what_somebody_compares_by_stands_before_what_fits_best(world: World) -> None:
    dear = world.published(title="Măng khô")
    cheap = world.published(title="Gùi đan", description="Đựng măng.")
    assert (dear.price_low, cheap.price_low) != (None, None)
    db.session.get_one(Listing, cheap.id).price_low = 1_000
    db.session.commit()
    shelf._shelves.clear()  # written past the journal, which lists follow

    def titles(sort: str) -> list[str]:
        asked = {"q": ["măng"], "sap": [sort]} if sort else {"q": ["măng"]}
        return [card.title for card in list_page(world.pair, "produce", asked).items]

    assert titles("") == titles("moi") == ["Măng khô", "Gùi đan"]
    assert titles("gia") == titles("ten") == ["Gùi đan", "Măng khô"]


def test_stale_goods_sink_among_all_kinds_as_well(world: World) -> None:
    fresh = world.published(title="Đẳng sâm tươi")
    stale = world.published(title="Đẳng sâm khô")
    old = clock.today() - timedelta(days=40)
    db.session.get_one(Listing, stale.id).quantity_confirmed_on = old
    db.session.commit()
    shelf._shelves.clear()
    lists = Lists(world.pair)
    assert lists.everywhere("đẳng sâm", 0, 10)[0] == [fresh.id, stale.id]
    page = list_page(world.pair, PRODUCE.kind, {"q": ["đẳng sâm"], "sap": ["moi"]})
    assert [card.title for card in page.items] == [fresh.title, stale.title]
