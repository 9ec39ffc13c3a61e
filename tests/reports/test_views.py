"""The results page: every number on it recomputed from the rows, and what it keeps to itself."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.models import Organisation
from marketplace.core import clock, shelf
from marketplace.core.db import db
from marketplace.deals import services as deals
from marketplace.deals.entering import InstalmentValues
from marketplace.deals.models import Figure
from marketplace.deals.rules import FigureState, Indicator
from marketplace.reports import queries
from marketplace.reports.definitions import REPORTS
from marketplace.web.formats import money_short, number
from marketplace.web.locale import in_language
from tests.reports import story
from tests.world import paper

LANGUAGES = ("vi", "en")
SLUGS = {
    "cam-ket": Indicator.COMMITTED_VALUE,
    "thuc-hien": Indicator.DELIVERED_VALUE,
    "khoi-luong": Indicator.DELIVERED_WEIGHT,
    "hoan-thanh": Indicator.DEALS_DONE,
}


def rows_of(indicator: Indicator) -> list[Figure]:
    """The verified figures as they stand in the table, added up by hand below."""
    return [
        f
        for f in db.session.scalars(sa.select(Figure))
        if f.state is FigureState.VERIFIED and f.indicator is indicator
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_big_figure_is_the_sum_of_its_verified_rows(world, browse, language):
    story.verified(world, quantity=20_000, days=(date(2026, 9, 18), date(2026, 11, 19)))
    story.verified(world, buyer="restaurant", quantity=30_000)
    story.ended(world, quantity=10_000)  # not verified: counts nowhere
    sums = {i: sum(f.amount for f in rows_of(i)) for i in Indicator}
    assert sums == {
        Indicator.COMMITTED_VALUE: 6_000_000,
        Indicator.DELIVERED_VALUE: 6_000_000,
        Indicator.DELIVERED_WEIGHT: 50_000,
        Indicator.DEALS_DONE: 2,
    }
    page = browse(language=language).get("/ket-qua")
    with in_language(language):
        for indicator in (Indicator.COMMITTED_VALUE, Indicator.DELIVERED_VALUE):
            assert money_short(sums[indicator]).replace("\u00a0", " ") in page.text
        assert f"{number(50)} kg" in page.text


def test_each_big_figure_leads_to_exactly_its_rows(world, browse):
    story.verified(world, days=(date(2026, 9, 18), date(2026, 11, 19)))
    story.verified(world, buyer="restaurant")
    someone = browse()
    someone.get("/ket-qua")
    links = [
        a["href"]
        for t, a in someone.page.tags
        if t == "a" and "/ket-qua/so-lieu" in (a.get("href") or "")
    ]
    assert len(set(links)) == 4
    for link in set(links):
        indicator = SLUGS[re.search(r"chi-tieu=([a-z-]+)", link)[1]]
        someone.get(link)
        listed = [a for t, a in someone.page.tags if t == "tr" and a.get("id")]
        assert {a["id"] for a in listed} == {f.public_id for f in rows_of(indicator)}


def test_a_returned_figure_leaves_the_sum_at_once(world, browse):
    deal = story.verified(world)
    before = queries.totals(world.pair_id)[Indicator.DELIVERED_VALUE]
    figure = next(f for f in story.figures_of(deal) if f.indicator is Indicator.DELIVERED_VALUE)
    deals.move_figure(
        world.actor("ward_official_1"),
        figure.public_id,
        "return",
        reason="amount",
        note="Phiếu ghi khác.",
    )
    assert (before, queries.totals(world.pair_id)[Indicator.DELIVERED_VALUE]) == (2_400_000, 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chart_s_table_adds_up_to_the_big_figures(world, browse, language):
    story.verified(world, days=(date(2026, 9, 18), date(2026, 11, 19)))
    span = queries.widest(world.pair)
    quarters = queries.by_quarter(world.pair_id, span)
    sums = queries.totals(world.pair_id)
    assert sum(q.committed for q in quarters) == sums[Indicator.COMMITTED_VALUE]
    assert sum(q.delivered for q in quarters) == quarters[-1].delivered_so_far
    assert [q.delivered for q in quarters][-2:] == [1_200_000, 1_200_000]
    assert quarters[-1].delivered_so_far == sums[Indicator.DELIVERED_VALUE]
    assert sum(q.weight for q in quarters) == sums[Indicator.DELIVERED_WEIGHT]
    page = browse(language=language).get("/ket-qua")
    assert sum(1 for t, _ in page.tags if t == "svg") >= 2


def test_home_and_results_count_the_same_deals(world):
    story.verified(world)
    called_off = story.agreed(world, buyer="restaurant")
    deals.cancel(world.actor("official_1"), called_off.public_id, reason="other", note="Hai bên.")
    span = queries.widest(world.pair)
    told = queries.funnel(world.pair_id, span).deals + queries.deals_by_hand(world.pair_id, span)
    assert queries.headline(world.pair_id).deals == told == 1


def test_the_period_narrows_every_number(world, browse):
    story.verified(world, days=(date(2026, 9, 18), date(2026, 11, 19)))
    page = browse().get("/ket-qua?tu=2026Q4&den=2026Q4")
    assert "1,2 triệu" in page.text
    widest = queries.widest(world.pair)
    for odd in ("?tu=x&den=", "?tu=2026Q4&den=2025Q3", "?tu=1900Q1", "?tu[]=a", "?den=2099Q4"):
        browse().get(f"/ket-qua{odd}")
    assert widest.first.code == "2025Q3"


def _kept_nothing() -> None:
    """What was changed here left no entry in the journal, as every use case does."""
    db.session.flush()
    shelf._shelves.clear()


def test_a_firm_is_named_only_by_its_agreement(world, browse):
    story.verified(world)
    page = browse().get("/ket-qua")
    assert "Khách sạn minh họa" not in page.text
    assert "HTX Dược liệu minh họa" not in page.text
    assert "Phường Ngũ Hành Sơn" in page.text or "Ngũ Hành Sơn" in page.text
    db.session.get_one(Organisation, world.organisations["hotel"]).is_named_in_public = True
    _kept_nothing()
    page = browse().get("/ket-qua")
    assert "Khách sạn minh họa" in page.text
    assert "HTX Dược liệu minh họa" not in page.text
    figures = browse().get("/ket-qua/so-lieu?chi-tieu=hoan-thanh")
    assert "Khách sạn minh họa" in figures.text
    assert "HTX Dược liệu minh họa" not in figures.text


def test_the_money_of_a_single_deal_is_for_officials_only(world, browse):
    story.verified(world, quantity=20_000, price=123_456)
    story.verified(world, buyer="restaurant", quantity=30_000, price=111_111)
    path = "/ket-qua/so-lieu?chi-tieu=thuc-hien"
    single = "2.469.120"
    assert single not in browse().get(path).text
    assert single not in browse("hotel").get(path).text
    assert single in browse("ward_leader").get(path).text
    csv_path = "/ket-qua.csv?bang=so-lieu"
    visitor, official = browse(), browse("official_1")
    visitor.get(csv_path)
    official.get(csv_path)
    assert "2469120" not in visitor.response.get_data(as_text=True)
    assert "2469120" in official.response.get_data(as_text=True)


def test_demonstration_data_says_so(world, browse, app):
    deal = story.verified(world)
    assert "số liệu đã xác minh của kỳ này" not in browse().get("/ket-qua").text
    deal.listing.is_demonstration = True
    _kept_nothing()
    page = browse(language="en").get("/ket-qua")
    assert "4 of the 4 verified figures" in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_pair_has_a_page(browse, language):
    page = browse(language=language).get("/ket-qua")
    assert page.h1
    for slug in SLUGS:
        browse(language=language).get(f"/ket-qua/so-lieu?chi-tieu={slug}")


@pytest.mark.parametrize("bad", ["", "?chi-tieu=x", "?chi-tieu=%00", "?chi-tieu=cam-ket%27"])
def test_an_unknown_indicator_is_not_there(browse, bad):
    browse().get(f"/ket-qua/so-lieu{bad}", status=404)


def test_a_page_beyond_the_last_is_empty_not_broken(world, browse):
    story.verified(world)
    browse().get("/ket-qua/so-lieu?chi-tieu=cam-ket&trang=99999")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [*REPORTS])
def test_every_report_is_a_file(world, browse, code, language):
    story.verified(world)
    someone = browse(language=language)
    someone.get(f"/ket-qua.csv?bang={code}")
    raw = someone.response.data
    assert raw.startswith(b"\xef\xbb\xbf")
    assert "attachment" in someone.response.headers["Content-Disposition"]
    table = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(table[0]) == len(REPORTS[code].columns)
    assert len({len(row) for row in table}) == 1
    assert someone.response.headers["X-Content-Type-Options"] == "nosniff"


def test_the_quarters_file_recomputes(world, browse):
    story.verified(world, days=(date(2026, 9, 18), date(2026, 11, 19)))
    someone = browse()
    someone.get("/ket-qua.csv")
    table = list(csv.reader(io.StringIO(someone.response.data.decode("utf-8-sig"))))
    sums = {i: sum(f.amount for f in rows_of(i)) for i in Indicator}
    assert sum(int(row[1]) for row in table[1:]) == sums[Indicator.COMMITTED_VALUE]
    assert sum(int(row[2]) for row in table[1:]) == sums[Indicator.DELIVERED_VALUE]
    assert sum(int(row[5]) for row in table[1:]) == sums[Indicator.DELIVERED_WEIGHT]


def test_no_cell_is_run_by_a_spreadsheet(world, browse):
    deal = story.verified(world, title="=HYPERLINK(1)")
    deal.match.seller.is_named_in_public = True
    deal.match.seller.name = "＝cmd"
    db.session.flush()
    someone = browse()
    someone.get("/ket-qua.csv?bang=so-lieu")
    text = someone.response.data.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert "'＝cmd" in cells
    assert not [cell for cell in cells if cell[:1] in "=+-@＝＋－＠" and cell]


def test_the_number_of_queries_does_not_grow(world, browse, app):
    def queries_of(path: str) -> int:
        seen = []
        _kept_nothing()
        listener = lambda *args: seen.append(args[2])  # noqa: E731
        sa.event.listen(db.engine, "before_cursor_execute", listener)
        try:
            browse().get(path)
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", listener)
        return len(seen)

    story.verified(world)
    few = [queries_of(p) for p in ("/ket-qua", "/ket-qua/so-lieu?chi-tieu=cam-ket")]
    for buyer in ("hotel", "restaurant", "hotel", "restaurant"):
        story.verified(world, buyer=buyer)
    assert [queries_of(p) for p in ("/ket-qua", "/ket-qua/so-lieu?chi-tieu=cam-ket")] == few


def test_no_figure_stands_on_goods_that_all_went_back(world, browse):
    deal = story.active_deal(world)
    coop, hotel, day = world.actor("coop"), world.actor("hotel"), clock.today()
    yesterday = day - timedelta(days=1)
    back = InstalmentValues(day, None, None, rejected=1_000, reason="spoiled", photo=paper("sâu"))
    for values in (InstalmentValues(yesterday, 20_000, None), back):
        stated = deals.enter_instalment(coop, deal.public_id, values)
        deals.confirm_instalment(hotel, stated.public_id)
    deals.complete(world.actor("official_1"), deal.public_id, "complete")
    deals.verify_figures(world.actor("ward_official_1"), deal.public_id)
    told = browse().client.get("/api/v1/results").get_json()["items"]
    assert [item["delivered_on"] for item in told if item["indicator"] == "delivered_value"] == [
        [yesterday.isoformat()]
    ]


def test_a_deal_is_done_when_something_was_taken_not_when_all_went_back(world):
    with clock.at(datetime(2027, 1, 1, 3, tzinfo=UTC)):  # the first day of the next quarter
        deal = story.active_deal(world)
        coop, hotel, day = world.actor("coop"), world.actor("hotel"), clock.today()
        back = InstalmentValues(day, None, None, rejected=1_000, reason="size", photo=paper("nhỏ"))
        for values in (InstalmentValues(day - timedelta(days=1), 20_000, None), back):
            stated = deals.enter_instalment(coop, deal.public_id, values)
            deals.confirm_instalment(hotel, stated.public_id)
        deals.complete(world.actor("official_1"), deal.public_id, "complete")
    done = [f for f in story.figures_of(deal) if f.indicator is Indicator.DEALS_DONE]
    assert [figure.period_start for figure in done] == [date(2026, 10, 1)]
