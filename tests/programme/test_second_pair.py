"""A second twinning is data: no code, its own address and look, one stock under one quantity."""

from __future__ import annotations

import tomllib
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.accounts.models import Locality
from marketplace.core.db import db
from marketplace.programme import queries
from marketplace.programme.models import Pair
from marketplace.programme.rules import Decision, keys_needed
from marketplace.programme.services import load_pair
from tests.page import Browser, check
from tests.world import PAIR_FILE, World

OTHER_COMMUNE = """
code = "songkon-nguhanhson"
name = "Sông Kôn – Ngũ Hành Sơn"
host = "songkon.example"
signed_on = 2025-09-01
objection_days = 2

[source]
code = "90001"
kind = "commune"
name = "Xã Sông Kôn minh họa"
province = "Thành phố Đà Nẵng"
office = "Ủy ban nhân dân xã Sông Kôn minh họa"
villages = ["Bút Tưa", "Đào"]

[market]
code = "20285"
kind = "ward"
name = "Phường Ngũ Hành Sơn"
province = "Thành phố Đà Nẵng"
office = "Ủy ban nhân dân phường Ngũ Hành Sơn"

[[principles]]
vi = "Cùng làm, cùng hưởng."
en = "Work together, share together."

[[keys]]
decision = "publish_opportunity"
keys = 1

[[articles]]
title_vi = "Nông sản vùng cao"
title_en = "Highland produce"
text_vi = "Tiêu thụ nông sản vùng cao."
text_en = "Selling highland produce."
"""
OTHER_WARD = """
code = "avuong-sontra"
name = "Avương – Sơn Trà minh họa"
host = "sontra.example"
signed_on = 2026-01-15

[source]
code = "20458"
kind = "commune"
name = "Xã Avương"
province = "Thành phố Đà Nẵng"
office = "Ủy ban nhân dân xã Avương"

[market]
code = "90002"
kind = "ward"
name = "Phường Sơn Trà minh họa"
province = "Thành phố Đà Nẵng"
office = "Ủy ban nhân dân phường Sơn Trà minh họa"

[[articles]]
title_vi = "Tiêu thụ nông sản"
title_en = "Selling produce"
text_vi = "Hợp tác tiêu thụ nông sản."
text_en = "Cooperation in selling produce."
"""


@pytest.fixture
def two_more(world: World) -> tuple[Pair, Pair]:
    """A pair with the same ward, and one with the same commune."""
    return load_pair(tomllib.loads(OTHER_COMMUNE)), load_pair(tomllib.loads(OTHER_WARD))


def page(app: Flask, host: str, path: str, language: str = "vi") -> str:
    client = app.test_client()
    client.set_cookie("lang", language, domain=host.partition(":")[0].lower())
    answer = client.get(path, base_url=f"http://{host}")
    assert answer.status_code == 200, f"{host}{path}: {answer.status_code}"
    html = answer.get_data(as_text=True)
    check(html, language)
    return html


def test_localities_are_known_by_their_code(two_more: tuple[Pair, Pair], world: World) -> None:
    commune, ward = two_more
    assert commune.market_id == world.pair.market_id
    assert ward.source_id == world.pair.source_id
    assert db.session.scalar(sa.select(sa.func.count(Locality.id))) == 4
    assert [v.name for v in queries.villages(commune.source_id)] == ["Bút Tưa", "Đào"]
    assert {v.name for v in queries.villages(ward.source_id)} == set(
        tomllib.loads(PAIR_FILE.read_text())["source"]["villages"]
    )


def test_loading_twice_changes_nothing(two_more: tuple[Pair, Pair]) -> None:
    assert load_pair(tomllib.loads(OTHER_COMMUNE)).id == two_more[0].id
    assert db.session.scalar(sa.select(sa.func.count(Pair.id))) == 3


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("host", "name", "theme", "article"),
    [
        ("localhost", "Avương – Ngũ Hành Sơn", "avuong-nguhanhson", "Y tế và bình đẳng giới"),
        ("songkon.example", "Sông Kôn – Ngũ Hành Sơn", "neutral", "Nông sản vùng cao"),
        ("SONGKON.example:8000", "Sông Kôn – Ngũ Hành Sơn", "neutral", "Nông sản vùng cao"),
        ("sontra.example", "Avương – Sơn Trà minh họa", "neutral", "Tiêu thụ nông sản"),
        ("unknown.example", "Avương – Ngũ Hành Sơn", "avuong-nguhanhson", "Giáo dục"),
    ],
)
def test_the_address_chooses_the_pair_and_its_look(
    app: Flask,
    two_more: tuple[Pair, Pair],
    host: str,
    name: str,
    theme: str,
    article: str,
    language: str,
) -> None:
    for path in ("/", "/gioi-thieu", "/lien-he", "/nong-san", "/co-hoi", "/ket-qua"):
        html = page(app, host, path, language)
        assert f"| {name}</title>" in html
        assert f"/static/themes/{theme}/theme.css" in html
    if language == "vi":
        assert article in page(app, host, "/gioi-thieu")


def test_a_shared_commune_shows_its_stock_to_each_of_its_pairs(
    app: Flask, world: World, two_more: tuple[Pair, Pair]
) -> None:
    title = world.published().title
    assert title in page(app, "localhost", "/nong-san")
    assert title in page(app, "sontra.example", "/nong-san")
    assert title not in page(app, "songkon.example", "/nong-san")


def test_key_policies_are_the_pairs_own(two_more: tuple[Pair, Pair], world: World) -> None:
    commune, ward = two_more
    assert keys_needed(commune.policies, Decision.PUBLISH_OPPORTUNITY) == 1
    assert keys_needed(ward.policies, Decision.PUBLISH_OPPORTUNITY) == 2
    assert keys_needed(world.pair.policies, Decision.PUBLISH_OPPORTUNITY) == 2


def test_the_form_offers_the_localities_of_the_address(
    app: Flask, two_more: tuple[Pair, Pair]
) -> None:
    html = page(app, "songkon.example", "/dang-ky")
    assert "Xã Sông Kôn minh họa</option>" in html
    assert "Xã Avương</option>" not in html


def test_an_official_decides_in_all_pairs_of_the_locality(
    world: World, two_more: tuple[Pair, Pair], browse: Callable[..., Browser]
) -> None:
    mine = {pair.code for pair in queries.of_locality(world.pair.market_id)}
    assert mine == {"avuong-nguhanhson", "songkon-nguhanhson"}


def test_a_kept_pair_outlives_every_rollback(app: Flask, world: World) -> None:
    kept = queries.detached()
    db.session.rollback()
    assert kept[0].source.name == "Xã Avương"
    assert {policy.keys for policy in kept[0].policies} == {1, 2}
    assert not sa.inspect(kept[0]).session


def test_the_setting_chooses_where_the_address_names_none(
    two_more: tuple[Pair, Pair],
) -> None:
    pairs = queries.detached()
    assert queries.choose(pairs, "x.example", "avuong-sontra").code == "avuong-sontra"
    assert queries.choose(pairs, "x.example", "nothing").code == "avuong-nguhanhson"
    assert queries.choose(pairs, "songkon.example:81", "avuong-sontra").code == "songkon-nguhanhson"
    assert queries.choose([], "songkon.example") is None
    assert queries.for_host("sontra.example").code == "avuong-sontra"
