"""The case page and its forms."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.deals import services as deals
from marketplace.deals.models import Instalment
from marketplace.deals.rules import DealState, FigureState, InstalmentState, PaperKind
from marketplace.deals.services import InstalmentValues, Signed, Terms
from tests.world import paper

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
EVERYONE = ["coop", "hotel", "official_1", "official_2", "ward_leader"]


def case_of(deal):
    return f"/ket-noi/{deal.match.public_id}"


def actions_on(page):
    return {(f["attrs"].get("action") or "").rpartition("/")[2] for f in page.forms}


def links_on(page):
    return {a.get("href") for t, a in page.tags if t == "a"}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "stage", ["proposed", "opened", "agreed", "active", "delivered", "completed"]
)
def test_the_case_page_in_every_state_for_everyone(world, story, browse, stage, language):
    if stage == "proposed":
        path = f"/ket-noi/{world.proposed().public_id}"
    else:
        path = case_of(getattr(story, stage)(*([24_000] if stage == "delivered" else [])))
    for who in EVERYONE:
        browse(who, language).get(path)


def test_strangers_find_nothing(world, story, browse):
    deal = story.active()
    path = case_of(deal)
    entered = deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(deal.starts_on, 1_000, None)
    )
    stranger = browse("restaurant")
    for tail in (
        "",
        "/thoa-thuan",
        "/dong-y",
        "/dot",
        f"/dot/{entered.public_id}/sua",
        f"/dot/{entered.public_id}/confirm",
        "/thoa-thuan/cancel",
        "/cancel",
    ):
        stranger.get(path + tail, status=404)
        if tail:
            stranger.post(path + tail, status=404)
    for tail in ("/ky", "/ben-tham-gia", "/so-lieu/xac-minh"):
        stranger.post(path + tail, status=403)
    browse().get(path, status=302)


def test_a_case_hands_out_only_its_own_records(world, story, browse):
    """An instalment, figure or paper of one case is not found under the address of another."""
    one = story.completed()
    with clock.at(clock.now()):
        other = world.proposed(world.published(), quantity=10_000)
    path = f"/ket-noi/{other.public_id}"
    official = browse("ward_leader")
    for tail in (
        f"/dot/{one.instalments[0].public_id}/confirm",
        f"/so-lieu/{one.outcome.figures[0].public_id}/verify",
        f"/so-lieu/{one.outcome.figures[0].public_id}/sua",
        "/giay/bcdfghjkmn",
        "/thoa-thuan",
    ):
        official.get(path + tail, status=404)


def test_the_buttons_are_the_moves_one_may_make(world, story, browse):
    match = world.proposed()
    path = f"/ket-noi/{match.public_id}"
    assert {"consent", "refuse", "cancel"} <= actions_on(browse("coop").get(path))
    assert "turn_key" not in actions_on(browse("official_1").get(path))
    page = browse("official_2").get(path)
    assert "turn_key" in actions_on(page)
    assert f"{path}/consent" in links_on(page)  # someone else's word: on a page of its own
    whose = world.organisation("coop").name
    said = f"Ghi lời của {whose}: Đồng ý"  # never an own answer beside the official's key
    assert said in page.text
    assert page.text.index("Không duyệt") < page.text.index(said)


def test_the_next_step_stands_first(world, story, browse):
    deal = story.opened(unit_price=2_000_000)
    coop = browse("coop")
    coop.get(case_of(deal))
    assert "Điền nốt điều khoản" in coop.text
    deals.set_terms(
        world.actor("hotel"),
        deal.public_id,
        Terms(40_000, 2_000_000, None, clock.today(), None),
        accepts=True,
    )
    coop.get(case_of(deal))
    assert "Điền nốt điều khoản" not in coop.text
    deals.accept_terms(world.actor("coop"), deal.public_id)
    page = coop.get(case_of(deal))
    links = [a.get("href") for t, a in page.tags if t == "a" and a.get("class") == "btn"]
    assert links[0] == f"{case_of(deal)}/van-ban"
    deals.draw_up(world.actor("coop"), deal.public_id, PaperKind.FRAME)
    assert "#van-ban" in links_on(coop.get(case_of(deal)))
    deals.hand_in(world.actor("coop"), deal.public_id, Signed(clock.today(), paper("ky.pdf")))
    assert "#van-ban" not in links_on(coop.get(case_of(deal)))
    coop.get(f"{case_of(deal)}/van-ban/ban-ky")
    assert "Thay bản đã ký" in coop.text
    assert "Bản đã nộp trước đó không còn giá trị." in coop.text


def test_who_must_confirm_is_led_there(world, story, browse):
    deal = story.active()
    deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(clock.today(), 10_000, None)
    )
    said = "Xem và xác nhận đợt 1"
    for who, is_led in (("hotel", True), ("coop", False), ("ward_official_1", False)):
        browser = browse(who)
        browser.get(case_of(deal))
        assert (said in browser.text) is is_led, who


@pytest.mark.parametrize(("value", "worth"), [(None, 9), (1_100_000, None)])
def test_a_corrected_quantity_is_worth_what_it_is(world, story, browse, value, worth):
    """The first side's value is kept only where somebody typed it."""
    deal = story.active()
    entered = deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(clock.today(), 10_000, value)
    )
    hotel = browse("hotel")
    hotel.get(f"{case_of(deal)}/dot/{entered.public_id}/sua")
    hotel.submit({"quantity": "9"}, content_type="multipart/form-data")
    assert entered.value == (worth * deal.unit_price if worth else value)


def test_a_small_sale_shows_three_steps_and_the_rest_apart(world, story, browse):
    page = browse("official_1", "en").get(case_of(story.agreed()))
    assert "Agreed" in page.text
    assert "Sign a paper all the same" in page.text
    big = browse("official_1", "en").get(case_of(story.agreed(unit_price=2_000_000)))
    assert "must be signed" in big.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", ""),
        ("quantity", "abc"),
        ("quantity", "-1"),
        ("quantity", "200"),
        ("unit_price", ""),
        ("unit_price", "1.2.3"),
        ("unit_price", "2.000.000"),
        ("starts_on", ""),
        ("starts_on", "31/02/2026"),
        ("starts_on", "hôm nay"),
        ("ends_on", "01/01/2026"),
        ("delivery", "x" * 3000),
        ("delivery", "\x00"),
        ("starts_on", "01/01/0001"),
    ],
)
def test_terms_that_cannot_be_read_are_kept(world, story, browse, field, value):
    deal = story.opened()
    hotel = browse("hotel")
    hotel.get(f"{case_of(deal)}/thoa-thuan")
    good = {
        "quantity": "40",
        "unit_price": "120.000",
        "starts_on": "20/11/2026",
        "delivery": "Giao tại bếp",
    }
    hotel.submit(good | {field: value}, status=422)
    assert "Giao tại bếp" in hotel.text or field == "delivery"
    db.session.expire_all()
    assert deal.starts_on is None


def test_old_terms_on_the_screen_lead_to_the_new_ones(world, story, browse):
    deal = story.opened()
    hotel = browse("hotel")
    hotel.get(f"{case_of(deal)}/thoa-thuan")
    deals.set_terms(
        world.actor("coop"), deal.public_id, Terms(40_000, 130_000, None, clock.today(), None)
    )
    mine = {"quantity": "40", "unit_price": "110.000", "starts_on": "20/11/2026"}
    hotel.submit(mine, status=409)
    assert "130.000" in hotel.text  # what stands now
    assert any(a.get("value") == "110.000" for t, a in hotel.page.tags if t == "input")
    hotel.submit(mine)
    db.session.expire_all()
    assert deal.unit_price == 110_000


def test_agreeing_to_terms_that_changed_asks_to_read_again(world, story, browse):
    deal = story.opened()
    deals.set_terms(
        world.actor("hotel"), deal.public_id, Terms(40_000, 120_000, None, clock.today(), None)
    )
    coop = browse("coop")
    coop.get(f"{case_of(deal)}/dong-y")
    deals.set_terms(
        world.actor("hotel"), deal.public_id, Terms(40_000, 100_000, None, clock.today(), None)
    )
    coop.submit(status=409)
    assert "100.000" in coop.text
    assert not any(party.agreed_at for party in deal.parties)
    coop.submit()
    assert any(party.agreed_at for party in deal.parties)


def test_an_official_records_a_delivery_with_its_slip(world, story, browse):
    deal = story.active()
    official = browse("official_2")
    official.get(f"{case_of(deal)}/dot")
    data = {"happened_on": "20/11/2026", "quantity": "10", "acting_how": "slip"}
    official.submit(data, status=422, content_type="multipart/form-data")
    official.submit(
        data | {"acting_paper": (io.BytesIO(PDF), "phieu.pdf")}, content_type="multipart/form-data"
    )
    entered = db.session.scalars(sa.select(Instalment)).one()
    assert entered.stated_for_id == world.organisations["coop"]
    slip = deal.own_acting[0].evidence.public_id
    official.get(f"{case_of(deal)}/giay/{slip}")
    browse("hotel").get(f"{case_of(deal)}/giay/{slip}", status=404)
    hotel = browse("hotel")
    hotel.get(case_of(deal))
    hotel.submit(action=f"{entered.public_id}/confirm")
    assert entered.state is InstalmentState.CONFIRMED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("happened_on", ""),
        ("happened_on", "25/11/2026"),
        ("happened_on", "x"),
        ("quantity", ""),
        ("quantity", "0"),
        ("quantity", "1.0.0"),
        ("value", "-1"),
        ("value", "1e5"),
        ("value", "9" * 40),
        ("instalment_note", "x" * 400),
        ("paper", (io.BytesIO(b"MZ\x90"), "a.pdf")),
        ("paper", (io.BytesIO(b""), "a.pdf")),
    ],
)
def test_deliveries_that_cannot_be_read_change_nothing(world, story, browse, field, value):
    deal = story.active()
    coop = browse("coop")
    coop.get(f"{case_of(deal)}/dot")
    coop.submit(
        {"happened_on": "20/11/2026", "quantity": "10", field: value},
        status=422,
        content_type="multipart/form-data",
    )
    assert db.session.scalars(sa.select(Instalment)).all() == []


def test_confirming_what_changed_meanwhile_asks_again(world, story, browse):
    deal = story.active()
    entered = deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(clock.today(), 10_000, None)
    )
    deals.correct_instalment(
        world.actor("hotel"), entered.public_id, InstalmentValues(clock.today(), 9_000, None)
    )
    coop = browse("coop")
    coop.get(case_of(deal))
    deals.withdraw_instalment(world.actor("hotel"), entered.public_id)
    coop.submit(action=f"{entered.public_id}/confirm", status=409)


def test_taking_back_and_calling_off(world, story, browse):
    deal = story.active()
    entered = deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(clock.today(), 10_000, None)
    )
    coop = browse("coop")
    coop.get(case_of(deal))
    coop.submit(action=f"{entered.public_id}/withdraw")
    assert entered.state is InstalmentState.WITHDRAWN
    coop.post(
        f"{case_of(deal)}/thoa-thuan/cancel", {"reason": "changed", "note": "Thôi."}, status=409
    )


def test_figures_are_returned_corrected_and_verified(world, story, browse):
    deal = story.completed()
    case, figure = case_of(deal), deal.outcome.figures[0]
    ward, first = browse("ward_leader"), browse("official_1")
    assert not {"verify", "return"} & actions_on(first.get(case))
    ward.get(case)
    ward.submit({"reason": "amount", "note": "Sai số."}, action=f"{figure.public_id}/return")
    assert figure.state is FigureState.RETURNED
    first.get(f"{case}/so-lieu/{figure.public_id}/sua")
    first.submit({"amount": "x"}, status=422)
    first.submit({"amount": "4.700.000", "weight": "40", "note": "Theo phiếu."})
    assert figure.state is FigureState.SUBMITTED
    ward.get(f"{case}/so-lieu/xac-minh")
    ward.submit()
    assert {f.state for f in deal.outcome.figures} == {FigureState.VERIFIED}
    first.post(f"{case}/so-lieu/{figure.public_id}/verify", status=409)


def test_a_witness_joins_and_sees_the_case(world, story, browse):
    deal = story.opened()
    official = browse("official_1")
    official.get(f"{case_of(deal)}/ben-tham-gia")
    official.submit({"organisation": "bcdfghjkmn", "role": "witness"}, status=422)
    official.submit({"organisation": world.organisation("restaurant").public_id, "role": "witness"})
    browse("restaurant").get(case_of(deal))
    browse("hotel").get(f"{case_of(deal)}/ben-tham-gia", status=403)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_list_of_connections(world, story, browse, language):
    empty = browse("hotel", language)
    empty.get("/ket-noi")
    deal = story.completed()
    path = case_of(deal)
    for who in EVERYONE:
        browser = browse(who, language)
        assert path not in links_on(browser.get("/ket-noi"))
        assert path in links_on(browser.get("/ket-noi?xem=tat-ca"))
    assert path not in links_on(browse("restaurant", language).get("/ket-noi?xem=tat-ca"))
    browse("hotel").get("/ket-noi?trang=2", status=404)


@pytest.mark.parametrize("move", ["approve", "nothing", "proposed", "../x"])
def test_moves_that_are_none(world, browse, move):
    match = world.proposed()
    browse("official_2").post(f"/ket-noi/{match.public_id}/{move}", status=404)


def test_signing_with_its_paper(world, story, browse):
    deal = story.agreed(unit_price=2_000_000)
    official = browse("official_2")
    official.get(case_of(deal))
    official.get(f"{case_of(deal)}/ky")
    official.submit({"signed_on": "20/11/2026"}, status=422)
    official.submit(
        {"signed_on": "20/11/2026", "paper": (io.BytesIO(PDF), "hd.pdf")},
        content_type="multipart/form-data",
    )
    assert deal.state is DealState.SIGNED
    official.get(f"{case_of(deal)}/ky", status=409)
    browse("hotel").get(f"{case_of(deal)}/giay/{deal.paper.public_id}")


def test_a_double_click_counts_once(world, story, browse):
    deal = story.active()
    coop = browse("coop")
    coop.get(f"{case_of(deal)}/dot")
    form = coop._form(None)
    data = {k: v for k, v in form["fields"].items() if v} | {
        "happened_on": "20/11/2026",
        "quantity": "10",
    }
    answers = [
        coop.client.post(f"{case_of(deal)}/dot", data=data).headers["Location"] for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len(db.session.scalars(sa.select(Instalment)).all()) == 1


def test_the_second_of_one_organisation_to_answer_reads_that_it_is_answered(world, story, browse):
    match = world.proposed()
    deal = story.opened(listing=world.published(title="Gừng"))
    terms = Terms(30_000, 120_000, None, clock.today(), None)
    deals.set_terms(world.actor("coop"), deal.public_id, terms)
    steps = {
        f"/ket-noi/{match.public_id}/consent": "/consent",
        f"/ket-noi/{deal.match.public_id}/dong-y": "/dong-y",
    }
    for path, action in steps.items():
        first, second = browse("hotel"), browse("hotel")
        for window in (first, second):
            window.get(path)
        first.submit(action=action)
        second.submit(action=action, status=403)
        assert "Đơn vị này đã trả lời" in second.text
