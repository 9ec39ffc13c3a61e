"""The filters, views and neighbours of lists on both databases, against counting by hand."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from marketplace.accounts.models import Organisation
from marketplace.accounts.rules import PRODUCERS, OrganisationKind
from marketplace.catalogue import queries, services
from marketplace.catalogue.browse import Lists
from marketplace.catalogue.kinds.need.model import Need
from marketplace.catalogue.kinds.opportunity.model import Opportunity
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.kinds.produce.model import Produce, ProduceDelivery
from marketplace.catalogue.kinds.produce.terms import Freight
from marketplace.catalogue.kinds.tourism.model import Offering, Tourism
from marketplace.catalogue.lists import Wished
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import STALE_AFTER, Audience, ListingState
from marketplace.catalogue.taxonomy import Group, PriceKind
from marketplace.core import clock, shelf
from marketplace.core.db import db
from marketplace.core.ids import public_id
from marketplace.core.quantity import UNITS, Dimension, Unit
from marketplace.core.text import slug
from tests.catalogue.test_browse import asked, statements
from tests.page import Browser
from tests.world import World

SPECS = {kind: page.spec for kind, page in PAGES.items()}
VILLAGES = ["Aur", "Azứt", "Cr'toonh", None]


@dataclass
class Goods:
    """What a generated listing says, in the words of this test."""

    title: str
    group: Group
    months: set[int]
    village: str | None
    seller: OrganisationKind
    left: int
    unit: Unit
    price: tuple[int, int] | None
    freights: set[Freight]

    def codes(self) -> dict[str, set[str]]:
        """What it counts for, written down without the program's own reading of it."""
        facts = UNITS[self.unit]
        weighed = facts.dimension is Dimension.MASS
        kilograms = self.left * facts.factor / 1_000_000 if weighed else 0
        bands = set()
        if self.price is None:
            bands.add("thi-truong")
        else:
            per = facts.factor / 1000 if weighed else 1
            low, high = (amount / per for amount in self.price)
            edges = [0, 50_000, 100_000, 200_000, 500_000, float("inf")]
            names = ["duoi-50000", "50000-100000", "100000-200000", "200000-500000", "tu-500000"]
            for name, above, below in zip(names, edges, edges[1:], strict=False):
                if high >= above and low < below:
                    bands.add(name)
        return {
            "nhom": {self.group.value},
            "thang": {str(month) for month in self.months},
            "thon": {slug(self.village)} if self.village else set(),
            "giay-to": set(),
            "ben-ban": {self.seller.value},
            "it-nhat": {str(n) for n in (10, 50, 100, 500, 1000) if kilograms >= n},
            "gia": bands,
            "giao": {freight.value for freight in self.freights},
        }


def html(browser: Browser, path: str) -> str:
    """A page, held to the standard of the house."""
    browser.get(path)
    assert browser.response is not None
    return browser.response.get_data(as_text=True)


def sellers(world: World) -> dict[OrganisationKind, int]:
    """An organisation of every kind that sells."""
    first = world.organisation("coop")
    found = {OrganisationKind.COOPERATIVE: first.id}
    made = db.session.execute(
        sa.select(Organisation.kind, Organisation.id).where(Organisation.name.like("Bên bán%"))
    )
    found |= {row.kind: row.id for row in made}
    for kind in PRODUCERS - set(found):
        row = {c.name: getattr(first, c.name) for c in Organisation.__table__.columns}
        name = f"Bên bán {kind}"
        row |= {
            "public_id": public_id(),
            "kind": kind,
            "name": name,
            "name_key": name.lower(),
            "tax_code": None,
        }
        row.pop("id")
        answer = db.session.execute(sa.insert(Organisation.__table__).values(**row))
        found[kind] = answer.inserted_primary_key[0]
    return found


def stock(world: World, count: int, seed: int) -> list[Goods]:
    """Generated produce, straight into the tables."""
    chance = random.Random(seed)
    first = world.published()
    row = {c.name: getattr(first, c.name) for c in Listing.__table__.columns} | {"title": "x"}
    own = {
        c.name: getattr(first, "group" if c.name == "product_group" else c.name)
        for c in Produce.__table__.columns
    }
    by_kind = sellers(world)
    made = []
    for n in range(count):
        price = (
            None
            if chance.random() < 0.2
            else tuple(
                sorted(
                    chance.choice((20_000, 50_000, 99_999, 100_000, 450_000, 700_000, 90_000_000))
                    for _ in range(2)
                )
            )
        )
        goods = Goods(
            f"Hàng {n}",
            chance.choice(list(Group)[:5]),
            {month for month in range(1, 13) if chance.random() < 0.3},
            chance.choice(VILLAGES),
            chance.choice(list(by_kind)),
            chance.choice((0, 9_999, 10_000, 60_000, 100_000, 5_000_000)),
            chance.choice((Unit.KG, Unit.TAN, Unit.TA, Unit.LIT, Unit.CHAI)),
            price,
            {freight for freight in Freight if chance.random() < 0.3},
        )
        made.append(goods)
        values = row | {
            "public_id": public_id(),
            "title": goods.title,
            "slug": slug(goods.title),
            "organisation_id": by_kind[goods.seller],
            "village_id": world.village_id(goods.village) if goods.village else None,
        }
        values.pop("id")
        answer = db.session.execute(sa.insert(Listing.__table__).values(**values))
        key = answer.inserted_primary_key[0]
        promised = chance.choice((0, 1_000))
        db.session.execute(
            sa.insert(Produce.__table__).values(
                **own
                | {
                    "id": key,
                    "product_group": goods.group,
                    "months": sum(1 << (month - 1) for month in goods.months),
                    "unit": goods.unit,
                    "quantity": goods.left + promised,
                    "promised": promised,
                    "price_kind": PriceKind.RANGE if price else PriceKind.MARKET,
                    "price_low": price[0] if price else None,
                    "price_high": price[1] if price else None,
                }
            )
        )
        for place, freight in enumerate(sorted(goods.freights)):
            for again in range(chance.choice((1, 2))):  # the same freight twice counts once
                db.session.execute(
                    sa.insert(ProduceDelivery.__table__).values(
                        listing_id=key,
                        position=place * 2 + again,
                        place="x",
                        freight=freight,
                        note="",
                    )
                )
    first.state = ListingState.CLOSED
    db.session.commit()
    return made


def wish(chance: random.Random, kind: str = "produce") -> dict[str, list[str]]:
    """Some values of some filters."""
    found = {}
    for facet in SPECS[kind].facets:
        codes = [code for code, _ in facet.options([])] or ["aur", "azut", "noi-khac"]
        if chance.random() < 0.3:
            found[facet.name] = chance.sample(codes, k=min(len(codes), chance.randint(1, 3)))
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_every_count_and_list_is_what_counting_by_hand_gives(world: World, seed: int) -> None:
    made = stock(world, 90, seed)
    chance = random.Random(seed)
    for _ in range(40):
        args = wish(chance)
        fits = {
            name: [bool(set(wanted) & goods.codes()[name]) for goods in made]
            for name, wanted in args.items()
        }
        lists, wished = Lists(world.pair), Wished.read(SPECS["produce"], args)
        counts = lists.counts(wished)
        expected = [g.title for at, g in enumerate(made) if all(fit[at] for fit in fits.values())]
        assert counts.total == len(expected), args
        shown = lists.page(wished.seen_as("lich"))
        assert sorted(card.title for card in shown.items) == sorted(expected), args
        for facet in SPECS["produce"].facets:
            others = [fit for name, fit in fits.items() if name != facet.name]
            for code, _ in facet.options(lists.places()):
                by_hand = sum(
                    code in goods.codes()[facet.name] and all(fit[at] for fit in others)
                    for at, goods in enumerate(made)
                )
                assert counts.by_facet[facet.name].get(code, 0) == by_hand, (args, facet.name, code)


@pytest.mark.parametrize("kind", list(SPECS))
def test_every_combination_of_filters_orders_and_views_answers(
    world: World, client: FlaskClient, kind: str
) -> None:
    world.published()
    world.opportunity(capital_low=3 * 10**9)
    world.need()
    world.tourism()
    chance = random.Random(kind)
    spec = SPECS[kind]
    for _ in range(25):
        args = wish(chance, kind) | {
            "sap": [chance.choice(list(spec.sorts))],
            "xem": [chance.choice(["", *spec.views])],
            "q": [chance.choice(["", "dang", "khong co gi"])],
            "trang": [chance.choice(["1", "2"])],
            "loc": [chance.choice(["", "1"])],
        }
        path = f"{spec.path}?{urlencode(args, doseq=True)}"
        answer = client.get(path, follow_redirects=True)  # empty values are left out
        assert answer.status_code == 200, path
        page = answer.get_data(as_text=True)
        canonical = re.search(r'rel="canonical" href="http://localhost([^"]+)"', page)
        assert canonical, path
        again = client.get(canonical[1].replace("&amp;", "&")).get_data(as_text=True)
        assert f'href="http://localhost{canonical[1]}"' in again  # an address of its own


@pytest.mark.parametrize("view", ["", "&xem=danh-sach", "&xem=lich", "&xem=ban-do"])
def test_a_view_costs_the_same_with_20_and_with_100(
    world: World, client: FlaskClient, view: str, database: str
) -> None:
    def cost() -> int:
        client.get("/gioi-thieu")  # the pair is kept for ten seconds; not what is counted here
        shelf._shelves.clear()
        with statements() as seen:
            assert client.get(f"/nong-san?giao=seller{view}").status_code == 200
        return len(seen)

    stock(world, 20, 3)
    first = cost()
    stock(world, 80, 4)
    assert cost() == first <= 12 + 2 * (database == "postgresql")


def test_values_that_leave_nothing_stay_and_are_shut_unless_chosen(
    world: World, browse: Callable[..., Browser]
) -> None:
    world.published(price_low=120_000)
    page = html(browse(), "/nong-san?gia=duoi-50000")
    box = {
        code: re.search(rf'<input type="checkbox" name="gia" value="{code}"([^>]*)>', page)[1]
        for code in ("duoi-50000", "50000-100000", "100000-200000", "thi-truong")
    }
    assert "checked" in box["duoi-50000"]
    assert "disabled" not in box["duoi-50000"]
    assert "disabled" in box["50000-100000"]
    assert "disabled" not in box["100000-200000"]  # others are not narrowed by their own choice
    assert "disabled" in box["thi-truong"]


def test_thresholds_are_counted_on_top_of_each_other(world: World) -> None:
    for title, quantity, unit in (
        ("a", 60_000, Unit.KG),
        ("b", 2_000, Unit.TA),
        ("c", 900_000, Unit.CHAI),
    ):
        world.published(title=title, quantity=quantity, unit=unit)
    counts = Lists(world.pair).counts(Wished(SPECS["produce"]))
    assert {n: counts.by_facet["it-nhat"].get(n, 0) for n in ("10", "50", "100", "500")} == {
        "10": 2, "50": 2, "100": 1, "500": 0,
    }  # fmt: skip


def test_tourism_is_filtered_by_room_and_price(world: World) -> None:
    world.tourism(title="Nhỏ", capacity=6, price=90_000)
    world.tourism(title="Lớn", capacity=40, price=1_200_000)
    lists, spec = Lists(world.pair), SPECS["tourism"]

    def titles(**wished: object) -> list[str]:
        return sorted(c.title for c in lists.page(Wished.read(spec, asked(**wished))).items)

    assert titles(cho=5) == ["Lớn", "Nhỏ"]
    assert titles(cho=20) == ["Lớn"]
    assert titles(gia="duoi-100000") == ["Nhỏ"]
    assert titles(gia="tu-1000000", cho=(5, 40)) == ["Lớn"]


# ------------------------------------------------------------ views


def test_the_calendar_lists_everything_found_on_one_page(
    world: World, browse: Callable[..., Browser]
) -> None:
    made = stock(world, 60, 5)
    page = html(browse("hotel"), "/nong-san?xem=lich")
    assert all(goods.title in page for goods in made)
    assert page.count('<tr><th scope="row">') == 60
    assert 'rel="next"' not in page


def test_the_map_counts_by_village_and_says_that_it_is_a_sketch(
    world: World, browse: Callable[..., Browser]
) -> None:
    world.published(title="Ở Aur", village_id=world.village_id("Aur"))
    world.published(title="Cũng ở Aur", village_id=world.village_id("Aur"))
    world.published(title="Ở Azứt", village_id=world.village_id("Azứt"))
    page = html(browse(language="en"), "/nong-san?xem=ban-do")
    assert re.findall(r'data-village="([^"]*)" data-count="(\d+)"', page) == [
        ("aur", "2"),
        ("azut", "1"),
    ]
    assert "not to scale" in page
    assert "leaflet.js" in page
    narrowed = html(browse(), "/nong-san?xem=ban-do&thon=azut")
    assert re.findall(r'data-village="([^"]*)" data-count="(\d+)"', narrowed) == [("azut", "1")]
    assert "leaflet" not in html(browse(), "/nong-san")


def test_those_without_a_village_stand_last_on_the_map(
    world: World, browse: Callable[..., Browser]
) -> None:
    world.opportunity(title="Có thôn")
    world.opportunity(title="Không thôn", village_id=None, place="Dọc đường Hồ Chí Minh")
    page = html(browse(), "/co-hoi?xem=ban-do")
    assert re.findall(r'data-village="([^"]*)" data-count="(\d+)"', page) == [
        ("azut", "1"),
        ("", "1"),
    ]
    assert page.index("Có thôn") < page.index("Không thôn")


def test_the_view_goes_along_with_filters_orders_and_pages(
    world: World, browse: Callable[..., Browser]
) -> None:
    stock(world, 60, 6)
    page = html(browse(), "/nong-san?xem=danh-sach&nhom=herbs&nhom=tea&sap=ten")
    assert '<input type="hidden" name="xem" value="danh-sach">' in page
    assert "/nong-san?nhom=tea&amp;sap=ten&amp;xem=danh-sach" in page  # without one value
    assert "/nong-san?nhom=herbs&amp;nhom=tea&amp;sap=gia&amp;xem=danh-sach" in page
    more = html(browse(), "/nong-san?xem=danh-sach")
    assert "/nong-san?xem=danh-sach&amp;trang=2" in more  # 48 on a page


def test_a_view_a_kind_does_not_have_is_its_cards(world: World) -> None:
    assert Wished.read(SPECS["opportunity"], asked(xem="lich")).view == ""
    assert Wished.read(SPECS["need"], asked(xem="ban-do")).view == ""


def test_filters_open_as_a_page_of_their_own(world: World, browse: Callable[..., Browser]) -> None:
    page = html(browse(), "/nong-san?loc=1&thang=3")
    assert 'class="facets facets--on"' in page
    assert 'href="/nong-san?thang=3#ket-qua"' in page
    assert "facets--on" not in html(browse(), "/nong-san")


def test_the_list_of_everyone_is_the_same_for_all_who_are_signed_out(
    world: World, client: FlaskClient
) -> None:
    listing = world.published()
    plain = [client.get(path) for path in ("/nong-san", listing.path)]
    client.set_cookie("da-luu", "whatever")
    for before, path in zip(plain, ("/nong-san", listing.path), strict=True):
        after = client.get(path)
        assert after.data == before.data
        assert "Set-Cookie" not in after.headers
        assert b"csrf_token" not in after.data


def test_the_dense_views_stay_light(world: World, client: FlaskClient) -> None:
    stock(world, 120, 7)
    for view in ("", "danh-sach", "lich", "ban-do"):
        answer = client.get(f"/nong-san?xem={view}", headers={"Accept-Encoding": "gzip"})
        assert len(answer.data) <= (8 if not view else 12) * 1024, (view, len(answer.data))


# ------------------------------------------------------------ neighbours


def similar(world: World, listing: Listing, who: str | None = None) -> list[str]:
    lists = Lists(world.pair, world.actor(who)) if who else Lists(world.pair)
    return [card.title for card in lists.similar(listing)]


def test_similar_goods_are_of_the_group_and_months_then_of_the_village(world: World) -> None:
    aur, azut = world.village_id("Aur"), world.village_id("Azứt")
    one = world.published(title="Một", group=Group.HERBS, months=0b11, village_id=aur)
    for title, group, months, village in (
        ("Chỉ thôn", Group.TEA, 0b100, aur),
        ("Chỉ nhóm", Group.HERBS, 0b100, azut),
        ("Nhóm và tháng", Group.HERBS, 0b10, azut),
        ("Cả ba", Group.HERBS, 0b1, aur),
        ("Chỉ tháng", Group.HONEY, 0b11, azut),
        ("Thôn và tháng", Group.FRUIT, 0b1, aur),
    ):
        world.published(title=title, group=group, months=months, village_id=village)
    assert similar(world, one) == ["Cả ba", "Nhóm và tháng", "Chỉ nhóm", "Thôn và tháng"]


def test_what_is_paused_or_for_others_is_not_shown_as_similar(world: World) -> None:
    one = world.published(title="Một")
    paused = world.published(title="Tạm ngưng")
    services.pause(world.actor("coop"), paused.public_id, "pause", reason="stock", note="Hết.")
    assert similar(world, one) == []
    need = world.need(title="Cần rau")
    world.need(title="Cần riêng", audience=Audience.PRODUCERS)
    assert similar(world, need) == []
    assert similar(world, need, "coop") == ["Cần riêng"]
    brief = world.opportunity(title="Một xưởng")
    world.opportunity(title="Xưởng khác")
    assert similar(world, brief) == ["Xưởng khác"]


def test_similar_listings_cost_a_few_statements_once(world: World, client: FlaskClient) -> None:
    one = world.published(title="Một")
    for n in range(6):
        world.published(title=f"Khác {n}")
    one = queries.get(one.public_id, world.actor("hotel"))
    lists = Lists(world.pair)
    lists.places()
    with statements() as seen:
        assert len(lists.similar(one)) == 4
    assert len(seen) <= 4  # ids, cards, photos, roads
    with statements() as seen:
        assert len(lists.similar(one)) == 4
    assert not seen
    page = client.get(one.path).get_data(as_text=True)
    assert sum(page.count(f'<a href="/nong-san/khac-{n}-') for n in range(6)) == 4


# ------------------------------------------------------------ what is old sinks


@pytest.mark.parametrize(("days", "sinks"), [(13, False), (14, False), (15, True)])
def test_a_quantity_sinks_when_it_is_older_than_14_days(
    world: World, days: int, sinks: bool
) -> None:
    assert timedelta(days=14) == STALE_AFTER
    with clock.at(clock.now() - timedelta(days=days)):
        world.published(title="Cũ", price_low=1_000)
    world.published(title="Mới", price_low=9_000)
    page = Lists(world.pair).page(Wished.read(SPECS["produce"], asked(sap="gia")))
    assert [card.title for card in page.items] == (["Mới", "Cũ"] if sinks else ["Cũ", "Mới"])


def test_kinds_name_facets_they_have() -> None:
    for spec in SPECS.values():
        names = {facet.name for facet in spec.facets}
        assert spec.folded <= names
        assert len(names) == len(spec.facets)
        assert not names & {"q", "sap", "xem", "trang", "loc", "id"}
    models = {"produce": Produce, "opportunity": Opportunity, "need": Need, "tourism": Tourism}
    for kind, model in models.items():
        empty = model(months=0) if kind in {"produce", "need", "tourism"} else model()
        assert set(SPECS[kind].akin(empty)) <= {facet.name for facet in SPECS[kind].facets}
    assert Offering.TOUR in set(Offering)
