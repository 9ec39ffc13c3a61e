"""Slips: what is proposed, to whom, and at what cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.browse import Lists
from marketplace.catalogue.kinds.produce.browse import SPEC as PRODUCE
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.spelling import distance, keys, rests, slips_forgiven, sound
from marketplace.core import shelf
from marketplace.core.actor import ANONYMOUS
from marketplace.discovery.services import SynonymValues, add_synonyms
from tests.page import Browser
from tests.statements import statements
from tests.world import World

LETTERS = st.text("abcd", min_size=1, max_size=6)
SLIPS = [
    ("dnag sam", "đẳng sâm"),
    ("dang sma", "đẳng sâm"),
    ("đẳnh sâm", "đẳng sâm"),
    ("đẳng sâmm", "đẳng sâm"),
    ("dangsam", "đẳng sâm"),
    ("dang sem", "đẳng sâm"),
    ("dan sam", "đẳng sâm"),
    ("dan sma", "đẳng sâm"),
    ("dangg saam", "đẳng sâm"),
    ("ddawngr saam", "đẳng sâm"),
    ("d9a8ng3 sa6m", "đẳng sâm"),
    ("matong", "mật ong"),
    ("mật onh", "mật ong"),
    ("maatj ong", "mật ong"),
    ("mta ong", "mật ong"),
    ("matongrung", "mật ong rừng"),
    ("ma t ong", "mật ong"),
    ("mat ong rugn", "mật ong rừng"),
    ("xanh lin", "xanh lim"),
    ("lấm lim", "nấm lim"),
    ("nấm lim sanh", "nấm lim xanh"),
    ("tre thao moc", "chè thảo mộc"),
    ("avuogn", "Avương"),
    ("crtoohn", "Cr'toonh"),
    ("dang sam tuoii", "đẳng sâm tươi"),
    ("dnag smâ tuoii", "đẳng sâm tươi"),
]

MARKET_SLIPS = [
    # typed by the acceptance tester
    ("mang khoo", "măng khô"), ("mawng khoo", "măng khô"), ("luas", "lúa"), ("lúaa", "lúa"),
    ("a vuwowng", "Avương"), ("a vuongw", "Avương"), ("A Vuowng", "Avương"), ("Xa Ơi", "Xa'ơi"),
    ("dẳng xâm", "đẳng sâm"), ("arungg", "Arung"), ("cơ tuu", "Cơ Tu"), ("za zaa", "za zá"),
    ("cro toonh", "Cr'toonh"), ("trè dây", "chè dây"),
    # names of villages
    ("Azuwst", "Azứt"), ("a zuwst", "Azứt"), ("adzuwst", "Azứt"), ("ateeps", "Atêếp"),
    ("a teepp", "Atêếp"), ("Aurr", "Aur"), ("a urr", "Aur"), ("crtonh", "Cr'toonh"),
    ("cr tonh", "Cr'toonh"), ("Xaowi", "Xa'ơi"), ("xa owi", "Xa'ơi"), ("axooo", "Axoo"),
    ("a xooo", "Axoo"), ("ta langg", "Ta Lang"), ("a runng", "Arung"), ("arugn", "Arung"),
    # herbs and goods
    ("ba kichs", "ba kích"), ("ba kihc", "ba kích"), ("sa nhaan", "sa nhân"), ("sa nhân6", "sa nhân"),
    ("sa nhânn", "sa nhân"), ("nghee", "nghệ"), ("ngheej", "nghệ"), ("guwngf", "gừng"),
    ("gugn", "gừng"), ("maatj ong", "mật ong"), ("tieeu rung", "tiêu rừng"), ("ddangr saam", "đẳng sâm"),
    ("dẳng sâmm", "đẳng sâm"), ("ta vacj", "tà vạc"), ("tà vạtt", "tà vạt"), ("chè dâyy", "chè dây"),
]  # fmt: skip
GOODS = (
    ("Đẳng sâm tươi", "Đào tại rẫy."),
    ("Măng khô", "Phơi nắng, người Cơ Tu xã Avương."),
    ("Gạo lúa rẫy", "Giống cũ."),
    ("Chè dây", "Sao tay, thu hái trên rừng."),
    ("Ba kích tím", "Trồng dưới tán."),
    ("Sa nhân khô", "Phơi ba nắng."),
    ("Nghệ bột", "Nghiền mịn."),
    ("Gừng sẻ", "Củ nhỏ."),
    ("Mật ong", "Lấy tổ vào tháng tư."),
    ("Tiêu rừng", "Hạt chắc."),
    ("Rượu tà vạt", "Ủ men."),
    ("Gùi mây", "Đan bằng mây tre, có cây za zá."),
)


@pytest.fixture
def market(world: World) -> World:
    """Goods of every village, as the slips of a market name them."""
    for title, description in GOODS:
        world.published(title=title, description=description)
    for village in ("Azứt", "Atêếp", "Aur", "Xa'ơi", "Axoo", "Ta Lang", "Arung"):
        world.published(title="Rau", description="Hái.", village_id=world.village_id(village))
    return world


def test_slips_of_a_market_are_corrected(market: World) -> None:
    lists = Lists(market.pair)
    wrong = {}
    for typed, meant in MARKET_SLIPS:
        total = lists.counts(Wished(PRODUCE, typed)).total
        proposed = lists.closest(typed, ["produce"])
        if total or proposed != meant:
            wrong[typed] = (total, proposed)
    assert not wrong, wrong


@pytest.mark.parametrize("typed", ["t vạc", "t-vac", "T'vạt", "tà vạc", "cơ-tu", "A-Vương"])
def test_spellings_with_a_space_need_no_correction(market: World, typed: str) -> None:
    assert Lists(market.pair).counts(Wished(PRODUCE, typed)).total


@pytest.mark.parametrize(
    "typed", ["đặc sản", "hữu cơ", "măng của hợp tác xã", "che vang", "của", "rẻ nhất", "mang say"]
)
def test_words_that_are_right_are_not_corrected(market: World, typed: str) -> None:
    market.published(title="Chuối sấy", description="Vàng đều.")
    lists = Lists(market.pair)
    assert lists.counts(Wished(PRODUCE, typed)).total == 0
    assert lists.closest(typed, ["produce"]) is None


def test_a_village_is_meant_where_nothing_is_on_offer(world: World) -> None:
    lists = Lists(world.pair)
    assert lists.closest("arungg", ["produce"]) is None
    assert lists.closest("arungg", ["produce"], places=True) == "Arung"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        # words that stand in no title: run together, one slip in what cannot be one word
        ("hoptacxa", "hợp tác xã"), ("khachsan", "khách sạn"), ("homstay", "homestay"),
        ("khacsh san", "khách sạn"), ("phuwongf ngux hanhf sown", "phường Ngũ Hành Sơn"),
        # places outside titles, “ô” that the keyboard made of “oo”
        ("ngu han son", "Ngũ Hành Sơn"), ("nguhanhson", "Ngũ Hành Sơn"),
        ("cr'tônh", "Cr'toonh"), ("axô rau", "Axoo rau"),
        # the likeliest word does not have the mark that was typed, the next one has
        ("măg khô", "măng khô"),
        ("thố cẩm cơ tuu", "thổ cẩm Cơ Tu"),
    ],
)  # fmt: skip
def test_the_nearest_words_that_keep_what_was_typed(market: World, typed: str, meant: str) -> None:
    market.published(title="Kho mát", description="Của thổ cẩm.")
    market.published(title="Kho mát lớn")
    market.published(title="Thổ cẩm Cơ Tu", description="Bán ở phường Ngũ Hành Sơn.")
    market.published(title="Trà", description="Sản phẩm cho khách, khách sạn và homestay.")
    market.published(title="Vải", description="Sản phẩm bán cho khách sạn.")
    lists = Lists(market.pair)
    assert lists.counts(Wished(PRODUCE, typed)).total == 0
    assert lists.closest(typed, ["produce"]) == meant


@pytest.mark.parametrize(
    "typed",
    ["mật ong rừng", "quý", "công ty", "tháng 12", "attp", "rau attp", "iso", "đặc sản tây giang"],
)
def test_what_was_meant_is_not_corrected(world: World, typed: str) -> None:
    world.published(title="Trạm dừng bán mật ong", description="Có quế, rau, giấy, sữa. Tây.")
    world.published(title="Cộng đồng Ta Lang", description="Trong tháng.")
    world.published(title="Rau", description="Cơ sở.", village_id=world.village_id("Atêếp"))
    lists = Lists(world.pair)
    assert lists.counts(Wished(PRODUCE, typed)).total == 0
    assert lists.closest(typed, ["produce"]) is None


def test_what_is_proposed_finds_something(market: World) -> None:
    """A typed word that stands somewhere with its marks is no reading that found something."""
    market.published(title="Chuối sấy", description="Vàng đều.")
    assert Lists(market.pair).closest("nghệ chuoii", ["produce"]) is None


@pytest.mark.parametrize(
    ("typed", "meant"), [("samday", "sâm dây"), ("sâm dâyy", "sâm dây"), ("lowjn", "lợn")]
)
def test_a_name_officials_gave_is_written_as_they_did(world: World, typed: str, meant: str) -> None:
    for names in ("đẳng sâm\nsâm dây", "heo\nlợn"):
        add_synonyms(world.actor("official_1"), SynonymValues(names))
    world.published(title="Đẳng sâm", description="Đường lớn, dậy sớm.")
    world.published(title="Heo", description="Nuôi thả.")
    assert Lists(world.pair).closest(typed, ["produce"]) == meant


@pytest.fixture
def goods(world: World) -> World:
    world.published()
    world.published(title="Mật ong rừng", description="Của xã Avương.")
    world.published(title="Nấm lim xanh", description="Phơi khô.")
    world.published(title="Chè thảo mộc", description="Sao tay.")
    return world


@pytest.mark.parametrize(("typed", "meant"), SLIPS)
def test_slips_are_corrected(goods: World, typed: str, meant: str) -> None:
    lists = Lists(goods.pair)
    assert lists.counts(Wished(PRODUCE, typed)).total == 0, "it is no slip: something is found"
    assert lists.closest(typed, ["produce"]) == meant


@pytest.mark.parametrize("typed", ["xyzxyz", "qqqq wwww", "12345678", "đẳng" * 40, "a", "", "💩"])
def test_what_is_near_nothing_is_left_alone(goods: World, typed: str) -> None:
    assert Lists(goods.pair).closest(typed, ["produce"]) is None


def test_a_word_is_proposed_only_to_those_who_find_something_by_it(world: World) -> None:
    world.draft(title="Sâm cau quý")
    world.need(title="Cần giảo cổ lam", audience="producers")
    hidden, seen = Lists(world.pair), Lists(world.pair, world.actor("coop"))
    assert hidden.closest("cau quyy", ["produce", "need"]) is None
    assert hidden.closest("giao co lma", ["need"]) is None
    assert seen.closest("giao co lma", ["need"]) == "giảo cổ lam"


def test_a_correction_is_three_statements_however_wrong_it_is(goods: World) -> None:
    for typed in ("dnag sam", "dnag smâ tuoii", "mta onh rugn xanh lin", "qqqq wwww"):
        shelf._shelves.clear()
        lists = Lists(goods.pair, ANONYMOUS)
        lists.search(typed)
        lists.places()  # every page that asks has them
        with statements() as seen:
            lists.closest(typed, ["produce"])
        assert len(seen) <= 3, (typed, seen)


@given(LETTERS, LETTERS)
def test_near_words_share_a_rest(a: str, b: str) -> None:
    """The index by missing letters misses no word within the slips forgiven."""
    if distance(a, b) <= slips_forgiven(a) and abs(len(a) - len(b)) <= slips_forgiven(a):
        assert rests(a) & rests(b) or len(b) == 1


@pytest.mark.parametrize(
    ("a", "b", "slips"),
    [("", "", 0), ("ab", "ba", 1), ("ab", "abc", 1), ("abc", "acb", 1), ("dang", "dnag", 1), ("sam", "sma", 1), ("mat", "ong", 3), ("ca", "abc", 3)],
)  # fmt: skip
def test_distance_counts_changed_places_once(a: str, b: str, slips: int) -> None:
    assert distance(a, b) == distance(b, a) == slips


@pytest.mark.parametrize(
    ("a", "b"),
    [("xu", "su"), ("tre", "che"), ("dao", "giao"), ("rau", "dau"), ("nam", "lam"), ("ly", "li"), ("ca", "ka"), ("nghe", "nge"), ("ban", "bang"), ("mac", "mat")],
)  # fmt: skip
def test_what_sounds_alike_has_one_sound(a: str, b: str) -> None:
    assert sound(a) == sound(b)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("ddawngr", "dang"), ("d9a8ng3", "dang"), ("maatj", "mat"), ("ruwowuj", "ruou"), ("owts", "ot"), ("ong", "ong"), ("sams", "sam")],
)  # fmt: skip
def test_keys_typed_without_a_method(typed: str, meant: str) -> None:
    assert keys(typed) == meant


def test_the_pages_ask_in_both_languages(goods: World, browse: Callable[..., Browser]) -> None:
    page = browse()
    page.get("/nong-san?q=dnag+sam&nhom=honey")
    links = [a.get("href") or "" for tag, a in page.page.tags if tag == "a"]
    assert any(link.endswith("/nong-san?q=%C4%91%E1%BA%B3ng+s%C3%A2m") for link in links)
    page.get("/tim?q=dnag+sam")
    assert "“đẳng sâm”" in page.text
    english = browse(language="en")
    english.get("/tim?q=dnag+sam")
    assert "Did you mean “đẳng sâm”?" in english.text
    english.get("/tim?q=d%E1%BA%B3ng+s%C3%A2m")
    assert "Did you mean" not in english.text
