"""Needs and tourism: who reads a need and whose it is, what is asked, how it is found."""

from __future__ import annotations

import dataclasses

import pytest

from marketplace.catalogue import browse, queries, services
from marketplace.catalogue.browse import list_page
from marketplace.catalogue.kinds import MODELS
from marketplace.catalogue.kinds.need.model import Need, Paper
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.kinds.tourism.model import Language, Offering
from marketplace.catalogue.rules import Asks, Audience
from marketplace.core import marks
from marketplace.core.actor import ANONYMOUS
from marketplace.core.db import db
from marketplace.core.errors import DomainError, NotAllowed, NotFound
from marketplace.core.quantity import Unit
from marketplace.programme.rules import Decision
from marketplace.reports.queries import headline

EVERYONE = ("", "coop", "restaurant", "investor", "hotel", "official_1", "ward_official_2")
READERS = {
    Audience.PUBLIC: set(EVERYONE),
    Audience.PRODUCERS: {"coop", "hotel", "official_1", "ward_official_2"},
    Audience.OFFICIALS: {"hotel", "official_1", "ward_official_2"},
}


def actor(world, who):
    return world.actor(who) if who else ANONYMOUS


@pytest.mark.parametrize("audience", Audience)
def test_page_list_counts_search_and_photos_show_a_need_to_the_same_people(world, audience):
    need = world.need(audience=audience)
    for who in (*EVERYONE, *EVERYONE):  # twice: what was kept for one is not shown to another
        reader = actor(world, who)
        lists = browse.Lists(world.pair, reader)
        may = who in READERS[audience]
        for args in ({}, {"q": ["rau dớn"]}, {"nhom": ["vegetables"]}, {"giay": ["invoice"]}):
            wished = browse.Wished.read(PAGES["need"].spec, args)
            assert lists.page(wished).total == may, (who, args)
            assert lists.counts(wished).by_facet["giay"].get("invoice", 0) == may, (who, args)
        try:
            queries.get(need.public_id, reader)
        except NotFound:
            assert not may, who
        else:
            assert may, who
        assert queries.is_open_to(need, reader) is may, who
    assert queries.count_public(world.pair, "need") == (audience is Audience.PUBLIC)


def test_a_need_for_producers_is_for_verified_ones(world):
    need = world.need(audience=Audience.PRODUCERS)
    reader = dataclasses.replace(world.actor("coop"), organisation_verified=False)
    with pytest.raises(NotFound):
        queries.get(need.public_id, reader)
    assert list_page(world.pair, "need", viewer=reader).total == 0


@pytest.mark.parametrize("audience", Audience)
def test_pages_agree_with_the_audience(world, browse, audience):
    need = world.need(audience=audience)
    for who in ("", "coop", "restaurant", "official_1"):
        reader = browse(who or None)
        may = who in READERS[audience]
        reader.get(need.path, status=200 if may else 404)
        assert (need.title in reader.get("/doanh-nghiep").text) is may
        assert (need.title in reader.get("/").text) is (audience is Audience.PUBLIC)


@pytest.mark.parametrize("agreed", [True, False])
def test_a_firm_is_named_only_by_its_agreement(world, browse, agreed):
    world.organisation("hotel").is_named_in_public = agreed
    db.session.commit()
    need = world.need()
    for path in (need.path, "/doanh-nghiep"):
        page = browse("coop").get(path).text
        assert ("Khách sạn minh họa" in page) is agreed, path
        assert "của phường Ngũ Hành Sơn" in page or "phường Ngũ Hành Sơn" in page, path
    found = list_page(world.pair, "need", {"q": ["khách sạn minh họa"]}).total
    assert found == 0  # "khách sạn" stands in the title, the name does not
    for who in ("hotel", "official_1"):
        assert "Khách sạn minh họa" in browse(who).get(need.path).text


def test_who_posts_what(world):
    cases = [
        ("coop", "need", False),
        ("hotel", "need", True),
        ("investor", "need", True),
        ("coop", "tourism", True),
        ("hotel", "tourism", True),
        ("investor", "tourism", False),
    ]
    values = {"need": world.need_values(), "tourism": world.tourism_values(village_id=None)}
    for who, kind, allowed in cases:
        try:
            services.create(
                world.actor(who), kind, world.pair_id, world.organisations[who], values[kind]
            )
        except NotAllowed:
            assert not allowed, (who, kind)
        else:
            assert allowed, (who, kind)


def test_one_key_of_the_owner_s_locality_publishes(world):
    assert world.pair.code
    for listing, own, other in (
        (_submitted(world, "hotel", "need", world.need_values()), "ward_official_2", "official_1"),
        (
            _submitted(world, "coop", "tourism", world.tourism_values()),
            "official_2",
            "ward_official_1",
        ),
    ):
        with pytest.raises(DomainError):
            services.turn_key(world.actor(other), listing.public_id)
        services.turn_key(world.actor(own), listing.public_id)
        assert listing.is_open
    assert {Need.decision, MODELS["tourism"].decision} == {
        Decision.PUBLISH_NEED,
        Decision.PUBLISH_TOURISM,
    }


def _submitted(world, who, kind, values):
    listing = services.create(
        world.actor(who), kind, world.pair_id, world.organisations[who], values
    )
    return services.submit(world.actor(who), listing.public_id)


def test_every_gap_is_named_at_once(world):
    def gaps(who, kind, values):
        listing = services.create(
            world.actor(who), kind, world.pair_id, world.organisations[who], values
        )
        return {gap.field for gap in listing.gaps()}

    need, brief = type(world.need_values()), world.brief_values
    assert gaps("hotel", "need", need("Cần rau")) == {
        "description",
        "group",
        "quantity",
        "unit",
        "period",
        "months",
        "place",
    }
    assert gaps("investor", "need", brief(sectors=0, cooperation=None, description="")) == {
        "description",
        "sectors",
        "cooperation",
    }
    stay = type(world.tourism_values())
    assert gaps("coop", "tourism", stay("Nhà sàn", unit=Unit.NGUOI)) == {
        "description",
        "offering",
        "village_id",
        "price",
        "months",
        "capacity",
    }


def test_what_belongs_to_the_other_sort_of_need_is_left_out(world):
    brief = world.need("investor", world.brief_values(quantity=5_000, papers_asked=1, months=1))
    assert (brief.quantity, brief.papers_asked, brief.months, brief.unit_sold) == (None, 0, 0, None)
    assert (brief.asks_for, brief.is_sale) == (Asks.CAPITAL, False)
    bought = world.need(capital_low=1, sectors=3)
    assert (bought.capital_low, bought.sectors) == (None, 0)
    assert (bought.asks_for, bought.unit_sold) == (Asks.QUANTITY, Unit.KG)


@pytest.mark.parametrize(
    ("offering", "article", "sector"),
    [
        (Offering.HOMESTAY, 8, "water"),
        (Offering.TOUR, 8, "water"),
        (Offering.CRAFT, 9, "fire"),
        (Offering.PERFORMANCE, 9, "fire"),
        (Offering.SPECIALITY, 9, "fire"),
    ],
)
def test_the_article_follows_what_is_offered(world, offering, article, sector):
    listing = world.tourism(offering=offering)
    assert (listing.article.number, listing.economic_sector) == (article, sector)


def test_a_draft_that_turns_into_a_brief_serves_the_other_article(world):
    hotel = world.actor("hotel")
    draft = services.create(
        hotel, "need", world.pair_id, world.organisations["hotel"], world.need_values()
    )
    assert draft.article.number == 4
    services.edit(hotel, draft.public_id, None, world.brief_values())
    db.session.expire_all()
    assert draft.article.number == 3


def test_tourism_is_found_by_its_facets(world):
    world.tourism()
    world.tourism(
        title="Dệt thổ cẩm",
        offering=Offering.CRAFT,
        languages=marks.from_members(tuple(Language), [Language.EN]),
        months=1,
    )

    def titles(**args):
        return {
            card.title
            for card in list_page(
                world.pair, "tourism", {name.replace("_", "-"): v for name, v in args.items()}
            ).items
        }

    assert titles(hinh_thuc=["craft"]) == {"Dệt thổ cẩm"}
    assert titles(tieng=["co_tu"]) == {"Homestay Ta Lang"}
    assert titles(tieng=["co_tu", "en"]) == {"Homestay Ta Lang", "Dệt thổ cẩm"}
    assert titles(thang=["5"]) == {"Homestay Ta Lang"}
    assert titles(thon=["ta-lang"]) == {"Homestay Ta Lang", "Dệt thổ cẩm"}
    assert titles(q=["ta lang"]) == {"Homestay Ta Lang", "Dệt thổ cẩm"}  # the village counts


def test_papers_are_a_facet(world):
    world.need()
    other = marks.from_members(tuple(Paper), [Paper.VIETGAP])
    world.need("restaurant", title="Mật ong cho nhà hàng", papers_asked=other)

    def total(*papers):
        return list_page(world.pair, "need", {"giay": list(papers)}).total

    assert [total(), total("vietgap"), total("invoice"), total("vietgap", "invoice")] == [
        2,
        1,
        1,
        2,
    ]
    assert total("ocop") == 0


def test_further_kinds_leave_the_home_page_s_figures_alone(world):
    before = headline(world.pair_id)
    world.need()
    world.tourism()
    assert headline(world.pair_id) == before


def test_the_ward_posts_for_a_business_by_recording_its_word(world, browse):
    hotel = world.organisation("hotel")
    ward = browse("ward_official_1")
    page = ward.get("/lam-viec/dang-giup?loai=need")
    assert hotel.name in page.text
    ward.get(f"/toi/nhu-cau/moi?cho={hotel.public_id}")
    ward._path = f"/toi/nhu-cau/moi?cho={hotel.public_id}"
    ward.submit({"title": "Gừng cho bếp", "acting_how": "call", "acting_note": "Đã đọc lại."})
    assert "Gừng cho bếp" in ward.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", "ba mươi"),
        ("payment_days", "1000"),
        ("payment_days", "7 ngày"),
        ("papers_asked", "no-such-code"),
        ("closes_on", "01/01/2020"),
        ("capital_high", "1.000"),
        ("audience", "x"),
    ],
)
def test_what_is_given_must_be_right(browse, field, value):
    hotel = browse("hotel")
    hotel.get("/toi/nhu-cau/moi")
    page = hotel.submit({"title": "Rau", field: value}, status=422)
    told = "capital_low" if field == "capital_high" else field
    assert any(a.get("href") == f"#{told}" for tag, a in page.tags if tag == "a")
