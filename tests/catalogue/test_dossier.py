"""The pages of an opportunity's dossier, in both languages, and what its public page shows."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from marketplace.catalogue import queries
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.kinds.opportunity.model import (
    CriterionValues,
    IncentiveValues,
    Opportunity,
    PermitValues,
)
from marketplace.catalogue.kinds.opportunity.terms import CapitalKind, Choosing, Forest
from marketplace.catalogue.taxonomy import Group
from marketplace.core import clock
from tests.page import Browser
from tests.world import World

Browse = Callable[..., Browser]
PDF = b"%PDF-1.4\n%%EOF\n"
WORK = "/lam-viec/co-hoi"
MEETING = {
    "held_on": "05/11/2026",
    "attended": "20",
    "in_favour": "17",
    "against": "2",
    "benefit": "30% tiền bán",
    "summary": "Thôn đồng ý trồng dưới tán.",
}


def draft(world: World, **changes: object) -> Opportunity:
    found = catalogue.create(
        world.actor("official_1"),
        "opportunity",
        world.pair_id,
        world.organisations["commune"],
        world.opportunity_values(**changes),
    )
    assert isinstance(found, Opportunity)
    return found


def again(world: World, public_id: str) -> Opportunity:
    found = queries.get(public_id, world.actor("official_1"))
    assert isinstance(found, Opportunity)
    return found


def upload(browser: Browser, data: dict[str, str], name: str = "giay.pdf", **kwargs: object):
    return browser.submit(
        data | {"paper": (io.BytesIO(PDF), name)},  # type: ignore[dict-item]
        content_type="multipart/form-data",
        **kwargs,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("part", "data", "words"),
    [
        ("von", {"capital_kind": "total"}, "Enter the amount"),
        ("von", {"capital_kind": "proposed", "capital_low": "5"}, "does not fit"),
        ("von", {"capital_kind": "usd", "capital_low": "5"}, "does not fit"),
        ("von", {"capital_kind": "total", "usd_low": "5", "capital_low": "5"}, "does not fit"),
        ("von", {"capital_kind": "usd", "usd_low": "5", "usd_high": "4,5"}, "below the lower"),
        ("von", {"capital_kind": "usd", "usd_high": "4,5"}, "lower figure as well"),
        ("von", {"usd_low": "5"}, "in all or for each hectare"),
        ("von", {"capital_kind": "usd", "usd_low": "1,2345"}, "at most 3 digits"),
        ("von", {"capital_kind": "gold"}, "from the list"),
        ("dat-dai", {"area_low": "5", "area_high": "4"}, "below the lower"),
        ("dat-dai", {"city_list": "listed"}, "number in the list"),
        ("dat-dai", {"planning_date": "31/02/2026"}, "no such day"),
        ("co-ban", {"jobs": "1,5"}, "whole number"),
        ("co-ban", {"materials": "gold"}, "from the list"),
        ("uu-dai", {"incentives-0-what": "Miễn thuế"}, "document it rests on"),
        (
            "uu-dai",
            {
                "incentives-0-what": "Miễn thuế",
                "incentives-0-legal_basis": "NĐ 31",
                "incentives-0-holds_from": "01/01/2026",
                "incentives-0-holds_until": "01/01/2025",
            },
            "before the first one",
        ),
        ("cach-chon", {"criteria-0-name": "Giá", "criteria-0-weight": "90"}, "add up to 90"),
        ("cach-chon", {"criteria-0-name": "Giá", "criteria-0-weight": "0"}, "at least 1"),
        ("giay-phep", {"permits-0-paper": "Giấy", "permits-0-agency": ""}, "Name the agency"),
        ("giay-phep", {"permits-0-days": "0"}, "at least 1"),
    ],
)
def test_what_a_part_refuses(world: World, browse: Browse, part: str, data, words: str) -> None:
    one = draft(world)
    official = browse("official_1", "en")
    official.get(f"{WORK}/{one.public_id}/ho-so/{part}")
    official.submit(data, status=422)
    assert words in official.text
    assert again(world, one.public_id).values() == world.opportunity_values()


def test_a_dossier_from_first_word_to_approval(world: World, browse: Browse) -> None:
    official = browse("official_1", "en")
    official.get(f"{WORK}/moi")
    official.submit({"title": "Vườn ba kích", "sector": "wood"}, action="/co-hoi/moi")
    one = next(x for x in queries.stall(world.actor("official_1"))[0])
    base = f"{WORK}/{one.public_id}"
    official.get(f"{base}/ho-so")
    assert "Not started" in official.text

    def save(part: str, **data: object) -> None:
        official.get(f"{base}/ho-so/{part}")
        official.submit(data)
        assert official.path == f"{base}/ho-so"

    values = world.opportunity_values()
    save(
        "co-ban",
        sector="wood",
        goal="Trồng dưới tán",
        description="Ba hộ đã trồng.",
        village_id=str(world.village_id("Aur")),
        cooperation="linkage",
        is_open_ended="y",
        jobs="15",
        materials=["herbs", "honey"],
    )
    save("dat-dai", forest="production", area_low="12", area_high="20", is_border_zone="y")
    save("von", capital_kind="usd_per_hectare", usd_low="10", usd_high="15", capital_source="Xã")
    save(
        "cach-chon",
        choosing="comparison",
        choosing_how="Xã chấm trong 15 ngày.",
        **{"criteria-0-name": "Bao tiêu", "criteria-0-weight": "60"},
        **{"criteria-1-name": "Việc làm", "criteria-1-weight": "40"},
    )
    official.get(f"{base}/ho-so/giay-phep")
    assert "usual papers" in official.text
    papers = {n: v for n, v in official.page.forms[-1]["fields"].items() if n.endswith("-paper")}
    assert any("biên phòng" in v for v in papers.values())
    official.submit({}, action="/giay-phep")
    save(
        "lien-he",
        contact_position=values.contact_position,
        contact_name="Cán bộ 1",
        contact_email=values.contact_email,
    )
    official.get(f"/ban-hang/{one.public_id}")
    assert "Record the minutes" in official.text

    meeting_data = MEETING | {"village_id": str(world.village_id("Aur"))}
    official.get(f"{base}/hop-thon/moi")
    for data, words in (
        ({"held_on": f"{clock.today() + timedelta(days=1):%d/%m/%Y}"}, "still to come"),
        ({"against": "4"}, "21 together, but only 20"),
        ({"against": ""}, "0 where there was none"),
        ({"attended": "0"}, "how many households"),
    ):
        upload(official, meeting_data | data, status=422)
        assert words in official.text, data
    official.get(f"{base}/hop-thon/moi")
    official.submit(meeting_data, status=422, content_type="multipart/form-data")
    assert "Attach a scan" in official.text
    official.get(f"{base}/hop-thon/moi")
    upload(official, meeting_data)
    assert "20 households present, 17 for, 2 against" in official.text
    meeting = again(world, one.public_id).meetings[0]
    official.get(f"{base}/hop-thon/{meeting.public_id}")
    official.submit(meeting_data | {"against": "3"}, content_type="multipart/form-data")
    assert "3 against" in official.text

    for title, audience in (("Bản đồ", "public"), ("Thẩm định", "verified"), ("Ý", "officials")):
        official.get(f"{base}/tai-lieu/moi")
        upload(official, {"title": title, "audience": audience})
    official.get(f"{base}/tai-lieu/moi")
    official.submit({"title": "x"}, status=422, content_type="multipart/form-data")
    assert "Choose the file" in official.text

    official.get(f"/ban-hang/{one.public_id}")
    assert "Everything that is needed is there" in official.text
    official.submit({}, action="/submit")
    official.get(f"{base}/ho-so/von", status=409)
    ward = browse("ward_official_1", "en")
    ward.get(f"/lam-viec/duyet/{one.public_id}")
    for words in ("Thôn đồng ý trồng", "Xã chấm", "biên phòng", "Ý", "10 – 15 million USD"):
        assert words in ward.text
    ward.get(f"{base}/hop-thon/{meeting.public_id}/bien-ban")
    assert ward.response.data == PDF
    ward.get(f"/lam-viec/duyet/{one.public_id}/muc/von")
    ward.submit({"note": ""}, status=422)
    ward.submit({"note": "Nói rõ nguồn."})
    assert "Nói rõ nguồn." in ward.text
    catalogue.return_(
        world.actor("ward_official_1"), one.public_id, reason="unclear", note="Xem phần vốn."
    )
    official.get(f"{base}/ho-so/von")
    assert "Nói rõ nguồn." in official.text
    official.submit({"capital_kind": "usd_per_hectare", "capital_source": "Dự toán 10/2026"})
    assert "Nói rõ nguồn." not in official.text
    first = again(world, one.public_id).documents[1]
    official.get(f"{base}/tai-lieu/{first.public_id}/bo")
    assert "Thẩm định" in official.text
    official.submit({})
    assert "Thẩm định" not in official.text


def test_who_opens_documents_and_minutes(world: World, browse: Browse) -> None:
    one = draft(world, touches_village=True)
    official = browse("official_1", "en")
    base = f"{WORK}/{one.public_id}"
    official.get(f"{base}/hop-thon/moi")
    upload(official, MEETING | {"village_id": str(world.village_id("Azứt"))})
    for title, audience in (("Bản đồ", "public"), ("Dự toán", "verified"), ("Mật", "officials")):
        official.get(f"{base}/tai-lieu/moi")
        upload(official, {"title": title, "audience": audience})
    found = again(world, one.public_id)
    codes = {d.audience.value: d.public_id for d in found.documents}
    scan = f"{base}/hop-thon/{found.meetings[0].public_id}/bien-ban"
    file = {name: f"/co-hoi/{one.public_id}/tai-lieu/{code}" for name, code in codes.items()}
    stranger = browse()
    stranger.get(file["public"], status=404)  # a draft is nobody else's
    catalogue.submit(world.actor("official_1"), one.public_id)
    catalogue.turn_key(world.actor("official_2"), one.public_id)
    catalogue.turn_key(world.actor("ward_official_1"), one.public_id)
    for who, opens in (
        (None, {"public"}),
        ("hotel", {"public", "verified"}),
        ("coop", {"public", "verified"}),
        ("ward_official_2", {"public", "verified", "officials"}),
        ("official_1", {"public", "verified", "officials"}),
    ):
        browser = browse(who, "en")
        for name, address in file.items():
            browser.get(address, status=200 if name in opens else 404)
        if who is not None:
            browser.get(scan, status=200 if "officials" in opens else 403)
        browser.get(again(world, one.public_id).path)
        assert ("Mật" in browser.text) is ("officials" in opens)
        assert "Dự toán" in browser.text
        assert ("Opens for verified" in browser.text) is (who is None)
    official.get(f"{base}/tai-lieu/moi")
    upload(official, {"title": "Quyết định mới", "audience": "public"})
    official.get(f"{base}/tai-lieu/moi")
    upload(official, {"title": "Khác", "audience": "officials"}, status=422)
    stranger.get(again(world, one.public_id).path)
    assert "Quyết định mới" in stranger.text
    assert "Khác" not in stranger.text


def test_only_the_owner_works_on_a_dossier(world: World, browse: Browse) -> None:
    one = draft(world)
    base = f"{WORK}/{one.public_id}"
    addresses = ["/ho-so", "/ho-so/von", "/hop-thon/moi", "/tai-lieu/moi"]
    ward, coop = browse("ward_official_1"), browse("coop")
    produce = world.published()
    for address in addresses:
        ward.get(base + address, status=404)
        coop.get(base + address, status=403)
        browse("official_1").get(f"{WORK}/{produce.public_id}{address}", status=404)
    catalogue.submit(world.actor("official_1"), one.public_id)
    for address in addresses:
        ward.get(base + address, status=403)
    ward.get(f"{base}/hop-thon/2222222222/bien-ban", status=404)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_public_page_says_it_all(world: World, browse: Browse, language: str) -> None:
    today = clock.today()
    world.published(quantity=200_000, months=0b111)
    one = world.opportunity(
        capital_kind=CapitalKind.PER_HECTARE,
        capital_low=350_000_000,
        capital_high=500_000_000,
        capital_source="Dự toán xã",
        forest=Forest.NONE,
        land_use="Rẫy cũ",
        jobs=12,
        choosing=Choosing.COMPARISON,
        criteria=(CriterionValues("Cam kết bao tiêu", 100),),
        materials=(Group.HERBS, Group.HONEY),
        incentives=(
            IncentiveValues("Miễn tiền thuê đất", "NĐ 31/2021", None, None),
            IncentiveValues("Hỗ trợ giống", "NĐ 98/2018", None, today - timedelta(days=1)),
        ),
        permits=(PermitValues("Sở Tài chính", "Chủ trương đầu tư", 15),),
    )
    anyone = browse(language=language)
    anyone.get(one.path)
    html = anyone.response.get_data(as_text=True)
    for words in ("Dự toán xã", "Rẫy cũ", "143/2025/QH15", "Cam kết bao tiêu", "Chủ trương"):
        assert words in html
    assert "<s>Hỗ trợ giống</s>" in html
    assert "<s>Miễn tiền thuê đất</s>" not in html
    assert ("0,2" if language == "vi" else "0.2") in anyone.text  # 200 kg in three months
    assert len(gzip.compress(html.encode(), 6)) < 8_000
    if language == "en":
        assert "350 million đồng – 500 million đồng for each ha" in anyone.text.replace("\xa0", " ")
        assert "Nobody offers it here" in anyone.text
        assert "No longer in force" in anyone.text
    anyone.get("/co-hoi?von=cach-khac")
    assert one.title in anyone.text
    anyone.get("/co-hoi?von=duoi-1")
    assert one.title not in anyone.text
