"""The officials' desk through its pages: numbers lead to exactly their rows, buttons are the rules."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import current_app

from marketplace.accounts.models import Throttle
from marketplace.catalogue import services as catalogue
from marketplace.core import clock, shelf
from marketplace.core.db import db
from marketplace.deals import services as deals
from marketplace.deals.models import Figure
from marketplace.deals.rules import FigureState
from marketplace.desk import queries, showing
from marketplace.desk.rules import Due, Queue, Waiting
from marketplace.interests import services as interests
from marketplace.notifications import queries as delivered
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.writing import notices as notices_in_words
from marketplace.web.locale import in_language
from tests.notifications import story as notices
from tests.reports import story
from tests.world import spoken

LANGUAGES = ("vi", "en")
PAGES = (
    "/lam-viec",
    "/lam-viec?han=tat-ca",
    "/lam-viec/ket-noi",
    "/lam-viec/ket-noi?kieu=danh-sach",
    "/lam-viec/ket-noi?kieu=lich",
    "/lam-viec/dung-lau",
    "/lam-viec/nguoi-thay",
    "/lam-viec/nhieu-viec",
    "/lam-viec/phieu-trinh",
    "/lam-viec/phieu-trinh/in",
    "/lam-viec/phieu-trinh/tren-giay",
    "/lam-viec/so-lieu",
    "/lam-viec/cuoc-goi",
    "/lam-viec/nhat-ky",
)


def tell() -> None:
    while dispatch():
        pass


def later(days: int):
    return clock.at(clock.now() + timedelta(days=days))


def busy(world) -> None:
    """Something in every queue of the commune's second official."""
    catalogue.submit(world.actor("coop"), world.draft(title="Chờ duyệt").public_id)
    from marketplace.accounts import services as accounts
    from marketplace.accounts.rules import OrganisationKind
    from marketplace.accounts.services import HouseholdValues

    accounts.enter_household(
        world.actor("coop"),
        HouseholdValues(OrganisationKind.PRODUCER_HOUSEHOLD, "Hộ chờ xác minh", world.village_id()),
        spoken(),
    )
    world.interest(world.published(title="Chờ trả lời"))
    world.accepted(world.published(title="Chờ ghép"))
    world.consented(world.proposed(world.published(title="Chờ chìa khóa")))
    ready = story.active_deal(world, title="Chờ hoàn thành")
    stated = deals.enter_instalment(
        world.actor("coop"),
        ready.public_id,
        deals.InstalmentValues(date(2026, 11, 19), ready.committed_quantity, None),
    )
    deals.confirm_instalment(world.actor("hotel"), stated.public_id)
    story.ended(world, title="Chờ số liệu")
    notices.published_for(world, notices.household(world))
    tell()


def queues(world, who: str) -> set[Queue]:
    return {task.queue for task in queries.tasks(world.actor(who))}


def rows(page) -> int:
    """The rows of a list of tasks."""
    return sum(1 for t, a in page.tags if t == "div" and a.get("class") == "q")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_stands_empty_and_full(world, browse, language):
    official = browse("official_2", language)
    for path in PAGES:
        official.get(path)
    busy(world)
    leader = browse("ward_leader", language)
    for path in PAGES:
        official.get(path)
        leader.get(path)


def test_the_desk_is_for_officials(browse):
    hotel, visitor = browse("hotel"), browse()
    for path in PAGES:
        hotel.get(path, status=403)
        visitor.get(path, status=302)


def test_every_queue_asks_the_rule(world):
    busy(world)
    everyone = {Queue.MATCH, Queue.KEY, Queue.DEAL, Queue.FIGURE}
    at_home = {Queue.APPROVE, Queue.VERIFY, Queue.INTEREST, Queue.CALL}
    assert queues(world, "official_2") == everyone | at_home
    assert queues(world, "ward_official_1") == everyone
    # the first official proposed the match, and completed the deal: neither key nor figures
    assert queues(world, "official_1") == {Queue.MATCH, Queue.DEAL} | at_home


def test_the_other_locality_may_object_while_its_day_lasts(world):
    match = world.consented(world.proposed())
    deals.turn_match_key(world.actor("official_2"), match.public_id)
    assert Queue.OBJECTION in queues(world, "ward_official_1")
    assert Queue.OBJECTION not in queues(world, "official_2")
    with later(7):
        assert Queue.OBJECTION not in queues(world, "ward_official_1")


def test_a_returned_figure_comes_back_to_the_one_who_entered_it(world):
    deal = story.ended(world)
    figure = story.figures_of(deal)[0]
    deals.move_figure(
        world.actor("ward_official_2"), figure.public_id, "return", reason="amount", note="Sai số."
    )
    assert Queue.RETURNED in queues(world, "official_1")
    assert Queue.RETURNED not in queues(world, "ward_official_2")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_leads_to_exactly_its_rows(world, browse, language):
    busy(world)
    with later(4):  # some are late by now
        official = browse("official_2", language)
        page = official.get("/lam-viec")
        numbers = _numbers(official)
        assert len(numbers) == 4
        tasks = queries.tasks(world.actor("official_2"))
        assert {n for n, _ in numbers} >= {sum(t.when is Due.LATE for t in tasks), len(tasks)}
        assert any(t.is_late for t in tasks)
        for number, url in numbers:
            assert rows(official.get(url)) == number, url
        for queue in Queue:
            page = official.get(f"/lam-viec?viec={queue.value}")
            assert rows(page) == sum(t.queue is queue for t in tasks), queue


def _numbers(browser) -> list[tuple[int, str]]:
    html = browser.response.get_data(as_text=True)
    return [
        (int(number), url.replace("&amp;", "&"))
        for url, number in re.findall(
            r'<a class="kpi[^"]*" href="([^"]+)"><b class="num">(\d+)</b>', html
        )
    ]


def test_the_latest_stand_first(world):
    busy(world)
    with later(6):
        due = [t.due_on or date.max for t in queries.tasks(world.actor("official_2"))]
    assert due == sorted(due)


def test_a_late_interest_shows_at_the_other_locality_too(world, browse):
    world.interest(world.published(title="Để quên"))
    assert not queries.late_elsewhere(world.actor("ward_official_1"))
    with later(10):
        assert [i.title for i in queries.late_elsewhere(world.actor("ward_leader"))] == ["Để quên"]
        assert "Để quên" in browse("ward_leader").get("/lam-viec").text
        late = [t for t in queries.tasks(world.actor("official_2")) if t.queue is Queue.INTEREST]
        assert [t.is_late for t in late] == [True]


def test_odd_addresses_are_left_aside(world, browse):
    busy(world)
    official = browse("official_2")
    for odd in (
        "han=x",
        "viec=x",
        "trang=-1",
        "trang=99",
        "han=%00",
        "viec=duyet&han=tre",
        "han=" + "x" * 2000,
    ):
        official.get(f"/lam-viec?{odd}")
    for odd in (
        "cot=x",
        "cap=x",
        "dia-phuong=x",
        "q=%00",
        "q=" + "x" * 2000,
        "kieu=x",
        "tre=x",
        "cot=dung",
    ):
        official.get(f"/lam-viec/ket-noi?{odd}")
        official.get(f"/lam-viec/ket-noi?kieu=danh-sach&{odd}")
    for odd in ("loai=x", "ma=x", "loai=match&ma=x", "loai=user_account", "loai=deal&trang=9"):
        official.get(f"/lam-viec/nhat-ky?{odd}")


# ---------------------------------------------------------------- the board


def cards(browser) -> int:
    return sum(
        1
        for t, a in browser.page.tags
        if t == "article" and (a.get("class") or "").split()[:1] == ["m"]
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_board_s_numbers_lead_to_exactly_their_rows(world, browse, language):
    busy(world)
    stopped = world.proposed(world.published(title="Dừng lại"))
    deals.break_off(
        world.actor("official_1"), stopped.public_id, "cancel", reason="mistake", note="Ghép nhầm."
    )
    official = browse("official_2", language)
    official.get("/lam-viec/ket-noi")
    assert cards(official) == 3
    html = official.response.get_data(as_text=True)
    counts = {
        c: int(n)
        for c, n in re.findall(r'id="cot-([a-z-]+)">[^<]*</h3><span class="n num">(\d+)', html)
    }
    assert counts == {"moi": 1, "thuong-luong": 0, "thoa-thuan": 0, "dang-giao": 1, "xong": 1}
    for column, number in [*counts.items(), ("dung", 1)]:
        page = official.get(f"/lam-viec/ket-noi?kieu=danh-sach&cot={column}")
        assert sum(1 for t, a in page.tags if t == "tr" and a.get("id")) == number


def links(page, start: str) -> list[str]:
    return [a["href"] for t, a in page.tags if t == "a" and (a.get("href") or "").startswith(start)]


def test_cards_carry_the_moves_the_rule_allows_and_they_work(world, browse):
    match = world.consented(world.proposed())
    official, proposer = browse("official_2"), browse("official_1")
    case = f"/ket-noi/{match.public_id}"
    (key,) = links(official.get("/lam-viec/ket-noi"), f"{case}/turn_key")
    assert not links(proposer.get("/lam-viec/ket-noi"), f"{case}/turn_key")
    official.get(key)
    official.submit()
    assert official.path == "/lam-viec/ket-noi"  # back where the card hangs
    assert queries.cases(world.actor("official_2"))[0].hold.waiting is Waiting.OBJECTION
    assert links(browse("ward_official_1").get("/lam-viec/ket-noi"), f"{case}/object")


def test_a_card_says_who_holds_it(world):
    def hold():
        case = queries.cases(world.actor("official_2"))[0]
        return case.hold.waiting, {holder.name for holder in case.hold.holders}

    match = world.proposed()
    assert hold() == (Waiting.ANSWER, {"HTX Dược liệu minh họa", "Khách sạn minh họa"})
    world.consented(match)
    assert hold()[0] is Waiting.KEY
    deals.turn_match_key(world.actor("official_2"), match.public_id)
    assert hold()[0] is Waiting.OBJECTION
    assert len(hold()[1]) == 1


def test_the_whole_way_of_a_sale_over_the_board(world):
    deal = story.active_deal(world)

    def hold():
        (case,) = queries.cases(world.actor("official_2"))
        return case.hold.waiting, {holder.name for holder in case.hold.holders}

    assert hold() == (Waiting.DELIVERY, {"HTX Dược liệu minh họa"})
    stated = deals.enter_instalment(
        world.actor("coop"),
        deal.public_id,
        deals.InstalmentValues(date(2026, 11, 19), deal.committed_quantity, None),
    )
    assert hold() == (Waiting.CONFIRMATION, {"Khách sạn minh họa"})
    deals.confirm_instalment(world.actor("hotel"), stated.public_id)
    assert hold()[0] is Waiting.COMPLETION
    deals.complete(world.actor("official_1"), deal.public_id, "complete")
    assert hold()[0] is Waiting.VERIFICATION
    deals.verify_figures(world.actor("ward_official_1"), deal.public_id)
    assert hold() == (Waiting.NOTHING, set())


def test_the_board_narrows(world, browse):
    world.proposed(world.published(title="Gừng núi"))
    story.active_deal(world, title="Mật ong rừng", buyer="restaurant")
    official = browse("official_2")
    for query, number in (
        ("", 2),
        ("q=gung", 1),
        ("q=nha+hang", 1),
        ("q=gung+nha+hang", 0),
        ("tre=1", 0),
        ("dia-phuong=avuong", None),
    ):
        official.get(f"/lam-viec/ket-noi?{query}")
        if number is not None:
            assert cards(official) == number, query
    codes = [p.code for p in (world.pair.source, world.pair.market)]
    held = {}
    for code in codes:
        official.get(f"/lam-viec/ket-noi?dia-phuong={code}")
        held[code] = cards(official)
    assert held == {codes[0]: 2, codes[1]: 1}  # the delivery is the cooperative's to make
    with later(12):
        official = browse("official_2")
        official.get("/lam-viec/ket-noi?tre=1")
        assert cards(official) == 2


# ---------------------------------------------------------------- figures


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_deal_s_figures_are_verified_at_once_beside_their_evidence(world, browse, language):
    deal = story.ended(world, days=(date(2026, 9, 18), date(2026, 11, 19)))
    other = story.ended(world, title="Gừng núi", buyer="restaurant")
    ward = browse("ward_official_2", language)
    page = ward.get("/lam-viec/so-lieu")
    figures = story.figures_of(deal)
    assert len(figures) == 6
    assert {f.public_id for f in figures} <= {a.get("id") for _, a in page.tags}
    assert (
        page.text.count("1.200.000" if language == "vi" else "1,200,000") >= 4
    )  # evidence and figures
    ward.submit(action=f"/ket-noi/{deal.match.public_id}/so-lieu/xac-minh?next=so-lieu")
    assert ward.path == "/lam-viec/so-lieu"
    states = {f.outcome.deal_id: f.state for f in db.session.scalars(sa.select(Figure))}
    assert states == {deal.id: FigureState.VERIFIED, other.id: FigureState.SUBMITTED}


def test_who_entered_a_figure_has_no_button(world, browse):
    deal = story.ended(world)
    figure = story.figures_of(deal)[0]
    mine = browse("official_1").get("/lam-viec/so-lieu")
    theirs = browse("official_2").get("/lam-viec/so-lieu")
    verify = f"/ket-noi/{deal.match.public_id}/so-lieu/{figure.public_id}/verify?next=so-lieu"
    assert verify not in {f["attrs"].get("action") for f in mine.forms}
    assert verify in {f["attrs"].get("action") for f in theirs.forms}


# ---------------------------------------------------------------- calls, journal


def test_stale_quantities_are_asked_about(world, browse):
    world.published(title="Gừng núi")
    assert not queries.stale(world.actor("official_1"))
    with later(15):
        assert [p.title for p in queries.stale(world.actor("official_1"))] == ["Gừng núi"]
        assert not queries.stale(world.actor("ward_official_1"))
        assert "Gừng núi" in browse("official_1").get("/lam-viec/cuoc-goi").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_journal_tells_who_did_what_and_why(world, browse, language):
    interest = world.interest(world.published(title="Gừng núi"))
    interests.answer(
        world.actor("coop"), interest.public_id, "decline", reason="season", note="Hết vụ rồi."
    )
    official = browse("ward_leader", language)
    page = official.get("/lam-viec/nhat-ky")
    assert "Hết vụ rồi." in page.text
    assert "Người coop" in page.text
    page = official.get(f"/lam-viec/nhat-ky?loai=interest&ma={interest.public_id}")
    assert sum(1 for t, a in page.tags if t == "li" and (a.get("id") or "").startswith("e")) == 2


def test_the_journal_keeps_to_what_one_may_see(world, browse):
    draft = world.draft(title="Bản nháp kín")
    own = browse("official_1").get("/lam-viec/nhat-ky")
    other = browse("ward_official_1").get("/lam-viec/nhat-ky")
    assert draft.title in own.text
    assert draft.title not in other.text
    names = {
        e.name
        for e in queries.journal(world.actor("official_1"), None, None, offset=0, limit=99)[0]
    }
    assert not {n for n in names if n.startswith("user.")}


# ---------------------------------------------------------------- the cost


def cost(browser, path: str) -> int:
    shelf._shelves.clear()  # the page as after a write
    seen = []
    listen = lambda *args: seen.append(args[2])  # noqa: E731
    sa.event.listen(db.engine, "before_cursor_execute", listen)
    try:
        browser.get(path)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", listen)
    return len(seen)


def cases(world, count: int) -> None:
    """This many cases of every kind."""
    for n in range(count):
        catalogue.submit(world.actor("coop"), world.draft(title=f"Bài {n}").public_id)
        kind = n % 4
        if kind == 0:
            world.interest(world.published(title=f"Hỏi {n}"))
        elif kind == 1:
            world.consented(world.proposed(world.published(title=f"Ghép {n}")))
        elif kind == 2:
            story.active_deal(world, title=f"Giao {n}")
        else:
            story.ended(world, title=f"Xong {n}")
    tell()


@pytest.mark.slow
def test_the_number_of_queries_does_not_grow_with_the_work(world, browse):
    cases(world, 5)
    official = browse("official_2")
    few = {path: cost(official, path) for path in PAGES}
    cases(world, 45)
    db.session.execute(sa.delete(Throttle))
    many = {path: cost(official, path) for path in PAGES}
    assert many == few


@pytest.mark.parametrize("language", LANGUAGES)
def test_like_lines_are_told_apart(world, browse, language):
    """Figures by quarter and parties, calls by what is to be told."""
    busy(world)
    official = browse("official_2", language)
    parties = f"{world.organisation('coop').name} – {world.organisation('hotel').name}"
    quarter = "Quý IV/2026" if language == "vi" else "Quarter IV/2026"
    for path in ("/lam-viec?viec=so-lieu", "/lam-viec/phieu-trinh"):
        assert f"{quarter} · {parties}" in official.get(path).text
    told = {one.line for one in notices_of(world.actor("official_2"), language)}
    page = official.get("/lam-viec?viec=cuoc-goi")
    assert told
    assert all(line in page.text for line in told)


def notices_of(viewer, language):
    with current_app.test_request_context(), in_language(language):
        return notices_in_words(delivered.calls(viewer))


def test_a_reminder_names_whom_it_reaches(world, browse):
    interest = world.interest(world.published(title="Chờ trả lời"))
    page = browse("ward_official_1", "en").get(f"/lam-viec/nhac/interest/{interest.public_id}")
    assert f"Who gets it: {interest.listing.organisation.name}" in page.text


def test_nothing_chosen_is_said_where_many_are_settled_at_once(world, browse):
    world.interest(world.published(title="Chờ trả lời"))
    official = browse("official_2", "en")
    page = official.get("/lam-viec/nhieu-viec")
    assert (
        "(optional)" not in page.text.split("What shall be done?")[1].split("Choose what to do")[0]
    )
    page = official.submit({"chon": ""}, action="/lam-viec/nhieu-viec", status=422)
    assert "Choose what to do." in page.text
    assert "Tick at least one line." in page.text


def test_figures_somebody_else_corrects_stand_last_and_are_not_counted(world, browse):
    returned, waiting = (
        story.ended(world, title="Trả lại"),
        story.ended(world, title="Chờ xác minh"),
    )
    for figure in story.figures_of(returned):
        deals.move_figure(
            world.actor("ward_official_2"),
            figure.public_id,
            "return",
            reason="amount",
            note="Sai số.",
        )
    page = browse("ward_official_1", "en").get("/lam-viec/so-lieu")
    assert "1 deal with open figures" in page.text
    assert page.text.index(waiting.listing.title) < page.text.index(returned.listing.title)
    assert "to put it right and send it again." in page.text
    page = browse("official_1", "en").get("/lam-viec/so-lieu")
    assert "2 deals with open figures" in page.text


def test_a_listing_of_one_s_own_is_somebody_else_s_to_approve(world, browse):
    catalogue.submit(world.actor("coop"), world.draft(title="Chờ duyệt").public_id)
    official = world.actor("official_1")
    own = catalogue.create(
        official,
        "opportunity",
        world.pair_id,
        world.organisations["commune"],
        world.opportunity_values(title="Tự soạn"),
    )
    catalogue.submit(official, own.public_id)
    page = browse("official_1", "en").get("/lam-viec/duyet")
    assert "1 listing waits for your locality" in page.text
    assert "so someone else has to approve it" in page.text
    assert page.text.index("Chờ duyệt") < page.text.index("Tự soạn")
    page = browse("official_2", "en").get("/lam-viec/duyet")
    assert "2 listings wait for your locality" in page.text
    assert "so someone else has to approve it" not in page.text


def test_all_tasks_are_the_office_s_unless_one_s_own_are_asked_for(browse):
    official = browse("official_2", "en")
    assert "All work of the office" in official.get("/lam-viec").text
    assert "All my work" in official.get("/lam-viec?cua=toi").text


def test_what_is_due_today_says_so_on_the_board(world):
    interest_day = clock.today()
    assert str(showing.due_words(interest_day)) == "due today"
    assert str(showing.due_words(interest_day - timedelta(days=1))).startswith("late since")
    assert str(showing.due_words(interest_day + timedelta(days=1))).startswith("by ")


def test_the_board_as_kept_is_the_board_drawn_anew(world, browse) -> None:
    busy(world)
    official = browse("official_2")
    for query in ("", "?kieu=danh-sach", "?kieu=lich", "?tre=1", "?linh-vuc=herbs&q=kh"):
        kept = [_cases(official, query) for _ in range(2)]
        shelf._shelves.clear()
        assert set(kept) == {_cases(official, query)}, query


def _cases(browser, query: str = "") -> str:
    """What the board says beside the moment it was asked for and its tokens."""
    browser.get(f"/lam-viec/ket-noi{query}")
    page = browser.response.get_data(as_text=True)
    return page[page.index('<form class="boardsift"') : page.index("<footer")]


def test_another_day_and_another_reader_have_boards_of_their_own(world, browse) -> None:
    busy(world)
    here, there = browse("official_2"), browse("ward_official_1", "en")
    seen = _cases(here)
    assert seen != _cases(there)
    with later(60):
        assert _cases(browse("official_2")) != seen
