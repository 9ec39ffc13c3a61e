"""Names that mean the same: who keeps them, what they find, where they hold."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from marketplace.catalogue.browse import Lists, list_page
from marketplace.catalogue.search import Synonyms, Term, parse
from marketplace.core import journal
from marketplace.core.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.discovery import queries, services
from marketplace.discovery.rules import MOST_NAMES, keys_of
from marketplace.discovery.services import SynonymValues
from marketplace.matching.queries import listings_to_offer
from tests.page import Browser
from tests.world import World

SAM = "đẳng sâm\nsâm dây\nhồng đẳng sâm"


def titles(world: World, q: str) -> list[str]:
    page = list_page(world.pair, "produce", {"q": [q], "sap": ["moi"]})
    return [card.title for card in page.items]


def ways(q: str, *names: str) -> list[list[list[str]]]:
    parts = parse(q, [Synonyms(names)]).words
    return [[[f"{t.word}{'*' * t.begins}" for t in way] for way in part] for part in parts]


def test_a_name_is_one_part_of_many_ways() -> None:
    assert ways("sâm dây tươi", "đẳng sâm", "sâm dây") == [
        [["sam", "day"], ["dang", "sam"]],
        [["tuoi*"]],
    ]
    assert ways("sâm dây", "đẳng sâm", "sâm dây") == [[["sam", "day*"], ["dang", "sam"]]]
    assert ways("dây sâm", "đẳng sâm", "sâm dây") == [[["day"]], [["sam*"]]]
    assert ways("sâm", "đẳng sâm", "sâm dây") == [[["sam*"]]]
    long = ways("hồng đẳng sâm", "đẳng sâm", "hồng đẳng sâm")
    assert long == [[["hong", "dang", "sam*"], ["dang", "sam"]]]
    assert parse("sâm dây", [Synonyms(("đẳng sâm", "sâm dây"))]).also == ("đẳng sâm",)
    assert parse("", [Synonyms(("a", "b"))]).words == ()
    assert parse("ba", [Synonyms(("!", "ba", "bố"))]).words == (
        ((Term("ba", begins=True),), (Term("bo"),)),
    )


def test_the_others_count_as_typed(world: World) -> None:
    world.published(title="Sâm dây khô", description="Phơi.")
    world.published(title="Đẳng sâm tươi", description="Mới.")
    world.published(title="Đẳng ong, sâm", description="Tên khác.")
    assert titles(world, "sâm dây") == ["Sâm dây khô"]
    services.add_synonyms(world.actor("official_1"), SynonymValues(SAM))
    assert titles(world, "sâm dây") == ["Đẳng ong, sâm", "Đẳng sâm tươi", "Sâm dây khô"]
    assert titles(world, "sam day kho") == ["Sâm dây khô"]
    assert titles(world, "dang sam tuoi") == ["Đẳng sâm tươi"]
    assert Lists(world.pair).search("sam day").also == ("đẳng sâm", "hồng đẳng sâm")
    assert [o.title for o in listings_to_offer(world.actor("official_1"), "sâm dây khô", 9)] == [
        "Sâm dây khô"
    ]


def test_another_name_with_its_marks_counts_as_typed(world: World) -> None:
    world.published(title="Rau", description="Ăn với bơ.")
    world.published(title="Bơ sáp", description="Quả to.")
    world.published(title="Bò một nắng", description="Thịt.")
    services.add_synonyms(world.actor("official_1"), SynonymValues("Bơ\navocado\ntrái bơ sáp"))
    for q in ("avocado", "avoc", "AVOCADO"):
        assert titles(world, q) == ["Bơ sáp", "Rau", "Bò một nắng"], q
    assert titles(world, "av") == []
    assert titles(world, "avocado sáp") == ["Bơ sáp"]
    assert ways("sâm d", "đẳng sâm", "sâm dây") == [[["sam", "d*"], ["dang", "sam"]]]
    assert ways("avoc dung", "avocado", "bơ") == [[["avoc"]], [["dung*"]]]


def test_names_hold_in_every_pair_of_their_locality_and_in_no_other(world: World) -> None:
    services.add_synonyms(world.actor("ward_official_1"), SynonymValues("bún\nbánh canh"))
    pair = world.pair
    assert len(queries.names_of([pair.market_id])) == 1
    assert queries.names_of([pair.source_id]) == []
    assert ways("bun") == [[["bun*"]]]
    assert Lists(pair).search("bun").also == ("bánh canh",)


@pytest.mark.parametrize(
    "names",
    ["", "một", "đẳng sâm\nĐẢNG SÂM", "!\n?", "\n".join(f"tên {n}" for n in range(MOST_NAMES + 1)), "ba\n" + "b" * 70, "sâm\nd", "Đ\nsâm"],
)  # fmt: skip
def test_what_is_no_group_is_refused(world: World, names: str) -> None:
    with pytest.raises(Invalid):
        services.add_synonyms(world.actor("official_1"), SynonymValues(names))


def test_a_name_stands_in_one_row_of_a_locality(world: World) -> None:
    first = services.add_synonyms(world.actor("official_1"), SynonymValues(SAM))
    with pytest.raises(Invalid, match="SÂM DÂY"):
        services.add_synonyms(world.actor("official_2"), SynonymValues("SÂM DÂY\nsâm leo"))
    services.add_synonyms(world.actor("ward_official_1"), SynonymValues("sâm dây\nsâm leo"))
    services.edit_synonyms(
        world.actor("official_2"), first.public_id, first.version, SynonymValues(SAM + "\nsâm nam")
    )
    assert first.keys == keys_of(["đẳng sâm", "sâm dây", "hồng đẳng sâm", "sâm nam"])


def test_only_officials_of_the_locality_keep_them(world: World) -> None:
    group = services.add_synonyms(world.actor("official_1"), SynonymValues(SAM))
    version = group.version
    with pytest.raises(NotAllowed):
        services.add_synonyms(world.actor("coop"), SynonymValues("a\nb"))
    for who in ("coop", "hotel", "ward_official_1", "ward_leader"):
        with pytest.raises(NotFound):
            services.edit_synonyms(world.actor(who), group.public_id, None, SynonymValues("a\nb"))
        with pytest.raises(NotFound):
            services.remove_synonyms(world.actor(who), group.public_id)
    with pytest.raises(Conflict):
        services.edit_synonyms(
            world.actor("leader"), group.public_id, version + 1, SynonymValues("a\nb")
        )


def test_pages(world: World, browse: Callable[..., Browser]) -> None:
    world.published()
    officer = browse("official_1")
    officer.get("/lam-viec/tu-dong-nghia")
    officer.get("/lam-viec/tu-dong-nghia/them")
    officer.submit({"names": "một tên"}, status=422)
    officer.submit({"names": SAM.replace("\n", "\r\n")})
    assert "sâm dây · hồng đẳng sâm" in officer.text
    group = queries.of_locality(world.pair.source_id)[0]
    visitor = browse()
    for path in ("/nong-san?q=sam+day", "/tim?q=sam+day"):
        visitor.get(path)
        assert "Đẳng sâm tươi" in visitor.text
        assert "hồng đẳng sâm" in visitor.text
    english = browse(language="en")
    english.get("/tim?q=sam+day")
    assert "Also looked for: đẳng sâm, hồng đẳng sâm" in english.text
    address = f"/lam-viec/tu-dong-nghia/{group.public_id}"
    browse("ward_official_1").get(address, 404)
    browse("coop").get(address, 403)
    officer.get(address)
    key = officer.form_key()
    changed = {"names": "đẳng sâm\nsâm nam", "version": str(group.version), "form_key": key}
    officer.post(address, changed)
    officer.post(address, changed)  # sent twice, done once
    assert [e.name for e in journal.of([group])] == ["synonym_group.changed", "synonym_group.added"]
    officer.get(address)
    officer.post(f"{address}/bo")
    assert queries.of_locality(world.pair.source_id) == []
    officer.get(address, 404)
