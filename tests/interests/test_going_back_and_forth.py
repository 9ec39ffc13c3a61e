"""Drafts, sending again, asking for more and giving it, and «may we ask you again?»."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.catalogue.taxonomy import Cooperation
from marketplace.core import clock, marks
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.journal import Entry
from marketplace.interests import queries, services
from marketplace.interests.models import Interest, InterestValues
from marketplace.interests.rules import (
    PAPERS,
    AskAgain,
    InterestState,
    is_turn_of,
    next_step,
)
from marketplace.papers.types import PaperType

GOOD = {
    "contact_name": "Bộ phận mua hàng",
    "contact_phone": "0905 123 456",
    "quantity": "40",
    "message": "Cần 40 kg cho bếp.",
    "consent": "y",
}
HALF = InterestValues("", "", "Cần đều", 40_000)


def path_of(listing):
    return f"/{listing.section}/{listing.slug}-{listing.public_id}/quan-tam"


def count():
    return db.session.scalar(sa.select(sa.func.count(Interest.id)))


def names_of(interest):
    rows = sa.select(Entry.name).where(
        Entry.subject_type == "interest", Entry.subject_id == interest.id
    )
    return list(db.session.scalars(rows.order_by(Entry.id)))


# ---------------------------------------------------------------- drafts


def test_a_draft_for_a_closed_listing_says_that_it_cannot_be_sent(world):
    listing = world.published()
    draft = services.save_draft(world.actor("hotel"), listing.public_id, HALF)
    assert "Finish it" in str(next_step(draft))
    services.close_listing(
        world.actor("coop"), listing.public_id, reason="fulfilled", note="Hết hàng."
    )
    assert "takes no interest now" in str(next_step(draft))


def test_a_draft_is_nobody_else_s_and_is_not_live(world):
    listing = world.published()
    draft = services.save_draft(world.actor("hotel"), listing.public_id, HALF)
    assert draft.state is InterestState.DRAFT
    assert (listing.interest_count, queries.live_of(draft.organisation_id, listing.id)) == (0, None)
    for who in ("coop", "official_1", "ward_leader", "restaurant"):
        with pytest.raises(NotFound):
            queries.get(draft.public_id, world.actor(who))
        assert draft not in queries.received_by(world.actor(who))[0]
        assert draft not in queries.of_listing(listing.id, world.actor(who))
    assert draft in queries.sent_by(world.actor("hotel"))[0]
    assert draft.is_late is False


def test_saved_twice_sent_once_is_one_interest_under_one_code(world):
    listing, hotel = world.published(), world.actor("hotel")
    draft = services.save_draft(hotel, listing.public_id, HALF)
    again = services.save_draft(hotel, listing.public_id, InterestValues("", "", "Khác", 5_000))
    assert (again.id, again.quantity, count()) == (draft.id, 5_000, 1)
    sent = world.interest(listing)
    assert (sent.id, sent.public_id, count()) == (draft.id, draft.public_id, 1)
    assert sent.state is InterestState.SUBMITTED
    with pytest.raises(Conflict):
        services.save_draft(hotel, listing.public_id, HALF)
    with pytest.raises(WrongState):
        services.discard(hotel, sent.public_id)


def test_a_draft_is_thrown_away_by_its_own_people(world):
    draft = services.save_draft(world.actor("hotel"), world.published().public_id, HALF)
    with pytest.raises(NotFound):
        services.discard(world.actor("coop"), draft.public_id)
    services.discard(world.actor("hotel"), draft.public_id)
    assert count() == 0


def test_a_draft_outlives_its_listing_but_is_not_sent(world):
    listing, hotel = world.published(), world.actor("hotel")
    draft = services.save_draft(hotel, listing.public_id, HALF)
    services.close_listing(
        world.actor("coop"), listing.public_id, reason="fulfilled", note="Hết hàng."
    )
    assert draft.state is InterestState.DRAFT
    with pytest.raises(WrongState):
        world.interest(listing)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_saving_finding_and_sending_a_draft_in_the_browser(world, browse, language):
    listing = world.published()
    hotel = browse("hotel", language)
    page = hotel.get(path_of(listing))
    draft_url = next(a["formaction"] for t, a in page.tags if t == "button" and "formaction" in a)
    form = hotel._form(path_of(listing))["fields"]
    hotel.post(draft_url, form | {"quantity": "12", "message": "", "contact_name": ""}, status=303)
    draft = db.session.scalars(sa.select(Interest)).one()
    assert (draft.is_draft, draft.quantity, draft.message) == (True, 12_000, "")
    assert f"/quan-tam/{draft.public_id}" in str(hotel.get("/toi/quan-tam").tags)
    hotel.get(f"/quan-tam/{draft.public_id}")
    browse("coop").get(f"/quan-tam/{draft.public_id}", status=404)
    page = hotel.get(path_of(listing))
    assert hotel._form(path_of(listing))["fields"]["quantity"] == "12"
    hotel.submit(GOOD)
    assert db.session.scalars(sa.select(Interest)).one().state is InterestState.SUBMITTED


def test_a_draft_with_a_slip_of_the_pen_says_so(world, browse):
    listing = world.published()
    hotel = browse("hotel")
    hotel.get(path_of(listing))
    data = hotel._form(path_of(listing))["fields"] | {"quantity": "nhiều"}
    hotel.post(f"{path_of(listing)}?nhap=1", data, status=422)
    assert count() == 0


def test_throwing_a_draft_away_in_the_browser(world, browse):
    draft = services.save_draft(world.actor("hotel"), world.published().public_id, HALF)
    hotel = browse("hotel")
    hotel.get(f"/quan-tam/{draft.public_id}")
    hotel.submit(action="/bo-nhap")
    assert count() == 0


# ---------------------------------------------------------------- withdraw, send again


def test_withdrawn_and_sent_again_is_one_interest_with_its_history(world, browse):
    """Journey 6: one interest, and its history holds sent, withdrawn, sent."""
    listing = world.published()
    interest = world.interest(listing)
    services.withdraw(
        world.actor("hotel"), interest.public_id, reason="changed", note="Đổi kế hoạch."
    )
    assert listing.interest_count == 0
    hotel = browse("hotel")
    page = hotel.get(f"/quan-tam/{interest.public_id}")
    assert any(a.get("href") == path_of(listing) for t, a in page.tags if t == "a")
    page = hotel.get(path_of(listing))
    assert not any("formaction" in a for t, a in page.tags if t == "button")  # nothing to save
    assert hotel._form(path_of(listing))["fields"]["quantity"] == "40"
    hotel.submit({"consent": "y", "quantity": "30", "message": "Cần đều."})
    assert (count(), interest.state, interest.quantity) == (1, InterestState.SUBMITTED, 30_000)
    assert names_of(interest) == ["interest.sent", "interest.withdraw", "interest.sent"]
    assert (listing.interest_count, interest.acknowledged_at) == (1, None)
    with pytest.raises(Conflict):
        world.interest(listing)


def test_what_was_sent_once_is_not_hidden_again_as_a_draft(world):
    listing = world.published()
    interest = world.interest(listing)
    hotel = world.actor("hotel")
    services.withdraw(hotel, interest.public_id, reason="changed", note="Đổi kế hoạch.")
    with pytest.raises(WrongState):
        services.save_draft(hotel, listing.public_id, HALF)


# ---------------------------------------------------------------- asking for more


def test_asked_and_answered(world, browse):
    listing = world.published()
    interest = world.interest(listing)
    code = interest.public_id
    with pytest.raises(Invalid):
        services.answer(world.actor("official_1"), code, "ask", reason="amount", note="")
    services.answer(
        world.actor("official_1"), code, "ask", reason="amount", note="Mỗi tuần hay một lần?"
    )
    hotel, coop = browse("hotel"), browse("coop")
    assert "Mỗi tuần hay một lần?" in hotel.get(f"/quan-tam/{code}").text
    coop.get(f"/quan-tam/{code}/bo-sung", status=403)
    hotel.get(f"/quan-tam/{code}/bo-sung")
    hotel.submit({"note": ""}, status=422)
    later = clock.now() + timedelta(days=1)
    with clock.at(later):
        hotel.submit({"note": "Mỗi tuần 20 kg.", "quantity": "20", "message": "Cần đều."})
    assert (interest.state, interest.quantity) == (InterestState.SUBMITTED, 20_000)
    assert interest.informed_at == interest.counted_from == later
    assert "Mỗi tuần 20 kg." in coop.get(f"/quan-tam/{code}").text
    hotel.get(f"/quan-tam/{code}/bo-sung", status=409)


def test_who_asked_waits_before_declining(world):
    interest = world.interest(world.published())
    coop, code = world.actor("coop"), interest.public_id
    services.answer(coop, code, "ask", reason="plan", note="Dùng để làm gì?")
    no = {"reason": "no_reply", "note": "Không thấy trả lời."}
    with pytest.raises(Blocked):
        services.answer(coop, code, "decline", **no)
    with pytest.raises(NotAllowed):
        services.inform(world.actor("coop"), code, HALF, note="Tôi trả lời thay.")
    with clock.at(clock.now() + timedelta(days=20)):
        services.answer(coop, code, "decline", **no)
    assert interest.state is InterestState.DECLINED


def test_an_interest_that_waits_for_its_sender_is_live_and_lapses_with_the_listing(world):
    listing = world.published()
    interest = world.interest(listing)
    services.answer(
        world.actor("coop"), interest.public_id, "ask", reason="plan", note="Để làm gì?"
    )
    with pytest.raises(Conflict):
        world.interest(listing)
    services.close_listing(
        world.actor("coop"), listing.public_id, reason="fulfilled", note="Hết hàng."
    )
    assert interest.state is InterestState.LAPSED


# ---------------------------------------------------------------- may we ask you again?


def test_the_declined_side_says_whether_it_may_be_asked_again(world, browse):
    listing = world.published()
    first = world.interest(listing, "hotel")
    second = world.interest(listing, "restaurant")
    other = world.interest(listing, "investor")
    coop = world.actor("coop")
    for interest, reason in ((first, "promised"), (second, "promised"), (other, "season")):
        services.answer(coop, interest.public_id, "decline", reason=reason, note="Hết phần.")
    assert {i.ask_again for i in (first, second, other)} == {AskAgain.UNSAID}
    browse("coop").post(f"/quan-tam/{first.public_id}/ask_again_yes", status=403)
    for interest, who in ((second, "restaurant"), (first, "hotel")):
        browser = browse(who)
        browser.get(f"/quan-tam/{interest.public_id}")
        browser.submit(action="/ask_again_yes")
    services.say_again(world.actor("investor"), other.public_id, AskAgain.YES)
    assert {i.ask_again for i in (first, second, other)} == {AskAgain.YES}
    services.say_again(world.actor("hotel"), first.public_id, AskAgain.NO)
    assert (first.ask_again, second.ask_again) == (AskAgain.NO, AskAgain.YES)


# ---------------------------------------------------------------- by kind


def test_what_is_asked_belongs_to_the_kind(world, browse):
    investor = browse("investor")
    cases = {
        world.published(): {"quantity", "months", "unit_price", "papers"},
        world.opportunity(): {"capital", "cooperation", "begins_on", "years", "questions"},
        world.tourism(): {"people", "wished_on", "questions"},
    }
    every = set().union(*cases.values())
    for listing, wanted in cases.items():
        page = investor.get(path_of(listing))
        fields = {a.get("name") for t, a in page.tags if t in {"input", "select", "textarea"}}
        assert fields & every == wanted


def test_an_investment_is_asked_about_in_full_and_read_by_the_other_side(world, browse):
    listing = world.opportunity()
    investor = browse("investor")
    investor.get(path_of(listing))
    asked = GOOD | {
        "capital": "2.000.000.000",
        "cooperation": "contract",
        "begins_on": "01/03/2027",
        "years": "10",
        "questions": "Có điện ba pha chưa?",
    }
    del asked["quantity"]
    investor.submit(asked | {"begins_on": "01/03/2026"}, status=422)
    investor.submit(asked)
    interest = db.session.scalars(sa.select(Interest)).one()
    assert (interest.cooperation, interest.years) == (Cooperation.CONTRACT, 10)
    page = browse("official_1").get(f"/quan-tam/{interest.public_id}")
    assert "Có điện ba pha chưa?" in page.text
    assert "01/03/2027" in page.text


def test_papers_needed_are_kept_and_shown(world, browse):
    listing = world.published()
    hotel = browse("hotel")
    hotel.get(path_of(listing))
    hotel.submit(GOOD | {"papers": ["vietgap", "commitment"]})
    interest = db.session.scalars(sa.select(Interest)).one()
    assert interest.papers_named == marks.to_members(PAPERS, interest.papers)
    assert interest.papers_named == [PaperType.COMMITMENT, PaperType.VIETGAP]
    assert "VietGAP" in browse("coop").get(f"/quan-tam/{interest.public_id}").text


def test_late_ones_are_red_to_both_localities(world, browse):
    world.interest(world.published())
    with clock.at(clock.now() + timedelta(days=8)):
        for who in ("official_1", "ward_official_1"):
            browser = browse(who, "en")
            assert "Answer overdue" in browser.get("/ban-hang/hoi-mua").text
            assert "late" in browser.get("/lam-viec").text.lower()


def test_once_nothing_came_in_time_it_is_the_owners_turn(world):
    interest = world.interest(world.published())
    coop, hotel, official = (world.actor(who) for who in ("coop", "hotel", "official_1"))
    services.answer(coop, interest.public_id, "ask", reason="terms", note="Giao ở đâu?")
    assert (is_turn_of(hotel, interest), is_turn_of(coop, interest)) == (True, False)
    assert interest not in queries.waiting(official)
    with clock.at(clock.now() + timedelta(days=60)):
        assert (is_turn_of(hotel, interest), is_turn_of(coop, interest)) == (False, True)
        assert interest in queries.waiting(official)
        assert "may decline now" in str(next_step(interest))
