"""Pieces of pages that are kept are byte for byte what they would be written as now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from marketplace.catalogue import services as catalogue
from marketplace.catalogue.taxonomy import Group, PriceKind
from marketplace.core import clock
from marketplace.programme.models import Pair
from marketplace.web import templating
from tests.world import World

PAGES = ("/nong-san", "/nong-san?sap=ten", "/co-hoi", "/")


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    templating._written.clear()
    yield
    templating._written.clear()


@pytest.fixture
def goods(world: World) -> World:
    world.published()
    world.published(
        title="Nếp <b>rẫy</b>",
        group=Group.CEREALS,
        price_kind=PriceKind.RANGE,
        price_low=20_000,
        price_high=40_000,
        months=0b0000_0001_1000,
    )
    paused = world.published(title="Cao ba kích", price_kind=PriceKind.MARKET, price_low=None)
    catalogue.pause(
        world.actor("coop"), paused.public_id, "pause", reason="stock", note="Hết hàng."
    )
    world.opportunity()
    world.opportunity(title="Kho mát", is_open_ended=False, closes_on=clock.today())
    return world


def pages(app: Flask, language: str) -> list[bytes]:
    client = app.test_client()
    client.set_cookie("lang", language)
    return [client.get(path).data for path in PAGES]


@pytest.fixture
def anew(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[bytes]]:
    """The pages with every piece written anew."""

    def write(language: str) -> list[bytes]:
        with monkeypatch.context() as patch:
            patch.setitem(app.jinja_env.globals, "kept", lambda macro, *a, **k: macro(*a, **k))
            # imported macros see the globals of when their template was loaded
            patch.setattr(app.jinja_env, "cache", None)
            return pages(app, language)

    return write


def test_kept_pages_are_the_same_bytes(
    app: Flask, goods: World, anew: Callable[[str], list[bytes]]
) -> None:
    for language in ("vi", "en", "vi"):
        expected = anew(language)
        assert pages(app, language) == expected
        assert pages(app, language) == expected
    assert len(templating._written) > 8


def test_another_day_writes_anew(
    app: Flask, goods: World, anew: Callable[[str], list[bytes]]
) -> None:
    today = pages(app, "vi")
    with clock.at(clock.now() + timedelta(days=30)):
        later = pages(app, "vi")
        assert later == anew("vi")
    assert later[0] != today[0]


def test_another_theme_writes_anew(
    app: Flask, goods: World, anew: Callable[[str], list[bytes]]
) -> None:
    own = pages(app, "vi")
    pair: Pair = goods.pair
    pair.theme = "neutral"
    templating.db.session.commit()
    assert pages(app, "vi") == anew("vi")
    assert pages(app, "vi")[0] != own[0]


def test_a_change_of_the_offer_is_seen_at_once(app: Flask, goods: World) -> None:
    before = pages(app, "vi")[0].decode()
    assert "120.000" in before
    listing = goods.published(title="Gừng", price_low=33_000)
    after = pages(app, "vi")[0].decode()
    assert "33.000" in after
    assert listing.public_id in after


def test_what_is_kept_stays_small(
    app: Flask, goods: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templating, "MOST_KEPT", 5_000)
    monkeypatch.setattr(templating, "_written", templating._Pieces())
    expected = pages(app, "vi")
    assert sum(len(piece) for piece in templating._written.values()) <= 20_000  # one whole list
    assert pages(app, "vi") == expected
