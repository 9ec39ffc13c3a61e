"""The index follows every change by itself, is made anew alike, and outlives later migrations."""

from __future__ import annotations

import flask_migrate
import pytest
import sqlalchemy as sa

from marketplace.catalogue import services as catalogue
from marketplace.catalogue.browse import list_page
from marketplace.catalogue.models import Listing
from marketplace.catalogue.spelling import rests, sound
from marketplace.catalogue.vocabulary import SearchRest, SearchWord, learn
from marketplace.core.db import db
from marketplace.discovery import services
from tests.world import World

FIELDS = ("search_title", "search_text", "search_marked")


def titles(world: World, q: str) -> list[str]:
    return [card.title for card in list_page(world.pair, "produce", {"q": [q]}).items]


def is_whole(database: str) -> bool:
    """Whether the index says what the table says."""
    if database == "sqlite":  # raises "malformed" otherwise
        db.session.execute(
            sa.text("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")
        )
        return True
    differs = sa.text(
        "SELECT count(*) FROM listing WHERE search_words IS DISTINCT FROM "
        "array_to_tsvector(string_to_array(btrim(search_text), ' '))"
    )
    return db.session.scalar(differs) == 0


def test_a_listing_is_found_by_its_new_words_and_no_longer_by_the_old(
    world: World, database: str
) -> None:
    listing = world.draft(title="Nấm lim xanh")
    catalogue.edit(
        world.actor("coop"), listing.public_id, None, world.produce_values(title="Chuối mốc")
    )
    catalogue.submit(world.actor("coop"), listing.public_id)
    catalogue.turn_key(world.actor("official_1"), listing.public_id)
    assert titles(world, "chuoi") == ["Chuối mốc"]
    assert titles(world, "nam lim") == []
    assert is_whole(database)


def test_the_index_follows_plain_sql_as_well(world: World, database: str) -> None:
    first, second = world.published(), world.published()
    db.session.execute(
        sa.text("UPDATE listing SET search_text = ' bap nep ' WHERE id = :id"), {"id": first.id}
    )
    db.session.execute(sa.text("DELETE FROM produce WHERE id = :id"), {"id": second.id})
    assert is_whole(database)
    assert titles(world, "bap") == ["Đẳng sâm tươi"]


def snapshot() -> tuple[list[tuple[object, ...]], list[str], list[tuple[str, str]]]:
    columns = [Listing.__table__.c[name] for name in ("id", "version", *FIELDS)]
    return (
        [tuple(row) for row in db.session.execute(sa.select(*columns).order_by(columns[0]))],
        sorted(db.session.scalars(sa.select(SearchWord.word))),
        sorted(tuple(r) for r in db.session.execute(sa.select(SearchRest.rest, SearchRest.word))),
    )


def test_made_anew_it_is_what_it_was(world: World, database: str, app) -> None:
    world.published(title="Mật ong rừng")
    world.opportunity()
    world.need()
    world.tourism()
    before = snapshot()
    assert services.rebuild() == 0
    assert snapshot() == before
    db.session.execute(sa.text("UPDATE listing SET search_text = '', search_marked = ' x '"))
    db.session.execute(sa.delete(SearchRest))
    db.session.commit()
    assert titles(world, "mat ong") == []
    said = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert said.output == "4 listings had other words.\n"
    assert snapshot() == before
    assert titles(world, "mat ong") == ["Mật ong rừng"]
    assert is_whole(database)


def test_only_new_words_cost_anything(world: World) -> None:
    words = ["nấm".replace("ấ", "a"), "lim", "xanh", "x", "120", "a" * 40]
    assert learn(words) == 3
    assert learn(words) == 0
    kept = set(db.session.scalars(sa.select(SearchRest.rest).where(SearchRest.word == "xanh")))
    assert kept == {*rests("xanh"), sound("xanh")}


@pytest.mark.parametrize("kind", ["produce", "need", "opportunity", "tourism"])
def test_a_very_long_word_is_kept_by_its_beginning(world: World, kind: str) -> None:
    long = "sâm" * 700
    make = {"need": world.need, "opportunity": world.opportunity, "tourism": world.tourism}
    make.get(kind, world.published)(description=long)
    assert list_page(world.pair, kind, {"q": [long]}).total == 1


def test_a_migrated_database_searches_at_once_and_keeps_its_index(fresh, database: str) -> None:
    """Filled by the migration alone; and a later migration must not lose triggers or columns."""
    _, world = fresh
    world.published(title="Đẳng sâm sấy dẻo", description="Của A Vương.")
    world.need(title="Cần đẳng sâm")
    db.session.commit()
    titles(world, "dang")
    db.session.remove()
    flask_migrate.downgrade(revision="0013")
    flask_migrate.upgrade()
    assert titles(world, "say deo dang") == ["Đẳng sâm sấy dẻo"]
    assert titles(world, "avuong") == ["Đẳng sâm sấy dẻo"]
    marked = db.session.scalar(sa.select(Listing.search_marked).where(Listing.kind == "produce"))
    assert " đẳng sâm sấy dẻo " in (marked or "")
    hidden = db.session.scalar(sa.select(Listing.search_marked).where(Listing.kind == "need"))
    assert "khách sạn minh họa" not in (hidden or "")
    kept = {tuple(row) for row in db.session.execute(sa.select(SearchRest.rest, SearchRest.word))}
    words = db.session.scalars(sa.select(SearchWord.word)).all()
    assert kept == {(rest, word) for word in words for rest in {*rests(word), sound(word)}}
    assert is_whole(database)
    if database == "sqlite":
        made = db.session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        wanted = {f"search_index_{name}" for name in ("added", "changed", "removed")}
        assert wanted <= set(made)
    else:
        found = {column["name"] for column in sa.inspect(db.engine).get_columns("listing")}
        assert {"search_words", "search_title_words", "search_marked_words"} <= found
        assert "search_index_of_listing" in {
            index["name"] for index in sa.inspect(db.engine).get_indexes("listing")
        }
