"""What the pages of a case say: what is decided, what is waited for, whose turn it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.acting import Acting
from marketplace.accounts.rules import ActingHow
from marketplace.core.db import db
from marketplace.deals import services as deals
from marketplace.deals.services import InstalmentValues
from marketplace.matching.rules import Answer
from marketplace.promises import services as promises
from marketplace.promises.rules import MadeIn
from marketplace.promises.services import PromiseValues
from tests.deals.test_views import case_of

TODAY = date(2026, 11, 20)
BIG = 2_000_000  # đồng a kg: both localities decide


def names(world, *who):
    return [world.organisation(one).name for one in who]


@pytest.mark.parametrize("move", ["turn_key", "reject", "cancel"])
def test_the_page_of_a_decision_says_what_is_decided(world, browse, move):
    small = world.proposed()
    big = world.proposed(world.published(), unit_price=BIG)
    official = browse("official_2", "en")
    for match, value, keys in (
        (small, "4,800,000", "One locality approves"),
        (big, "80,000,000", "Both localities must approve"),
    ):
        text = official.get(f"/ket-noi/{match.public_id}/{move}").text
        for words in (*names(world, "coop", "hotel"), "40 kg", value, keys):
            assert words in text, (move, words)


def test_an_objection_reads_what_it_is_about(world, browse):
    match = world.consented(world.proposed())
    deals.turn_match_key(world.actor("ward_official_1"), match.public_id)
    page = browse("official_2", "en").get(f"/ket-noi/{match.public_id}/object")
    assert "40 kg" in page.text


def test_moves_of_a_deal_its_deliveries_figures_and_rulings_read_what_they_are_about(
    world, story, browse
):
    deal = story.agreed()
    official = browse("official_1", "en")
    assert "40 kg" in official.get(f"{case_of(deal)}/thoa-thuan/start").text
    deals.start(world.actor("official_1"), deal.public_id)
    entered = deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(TODAY, 7_000, None)
    )
    page = browse("hotel", "en").get(f"{case_of(deal)}/dot/{entered.public_id}/confirm")
    assert "7 kg" in page.text
    deals.confirm_instalment(world.actor("hotel"), entered.public_id)
    deals.complete(
        world.actor("official_1"), deal.public_id, "complete_partly", reason="harvest", note="Ít."
    )
    figure = deal.outcome.figures[0]
    page = browse("ward_official_1", "en").get(f"{case_of(deal)}/so-lieu/{figure.public_id}/return")
    assert "Committed value" in page.text


# ---------------------------------------------------------------- what is waited for


def test_a_match_says_who_may_object_and_that_nobody_else_has_to_act(world, browse):
    match = world.consented(world.proposed())
    path = f"/ket-noi/{match.public_id}"
    before = browse("hotel", "en").get(path).text
    assert "The approval of one locality is missing." in before
    assert "Due:" in before
    deals.turn_match_key(world.actor("ward_official_1"), match.public_id)
    after = browse("hotel", "en").get(path).text
    assert "Still missing" not in after
    commune = match.pair.source.name
    assert f"{commune} may object until the end of" in after
    assert "After that the connection takes effect." in after


def test_what_is_missing_stands_once_and_names_who_must_confirm(world, story, browse):
    deal = story.active()
    deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(TODAY, 7_000, None)
    )
    text = browse("official_1", "en").get(case_of(deal)).text
    sentence = f"No. 1 waits for {world.organisation('hotel').name} to confirm it."
    assert text.count(sentence) == 1
    assert "See above what is still missing." in text
    assert "Due: " in text


def test_a_case_ended_early_is_not_under_way(world, story, browse):
    deal = story.agreed()
    deals.cancel(world.actor("hotel"), deal.public_id, reason="changed", note="Thôi.")
    page = browse("hotel", "en").get(case_of(deal))
    beads = [a for tag, a in page.tags if tag == "li" and a.get("aria-current") == "step"]
    assert not beads


def test_the_lately_written_stands_open_and_each_word_says_its_matter(world, story, browse):
    match = world.proposed()
    for party in ("coop", "hotel"):
        deals.answer_match(
            world.actor("official_1" if party == "coop" else "ward_official_1"),
            match.public_id,
            Answer.YES,
            party_id=world.organisation(party).id,
            acting=Acting(ActingHow.CALL),
        )
    text = browse("official_1", "en").get(f"/ket-noi/{match.public_id}").text
    aside = text[text.index("Recorded words") :]
    for party in ("coop", "hotel"):
        assert f"{world.organisation(party).name} said yes to the match" in aside
    deal = story.completed()
    told = browse("official_1", "en").get(case_of(deal)).text
    for indicator in ("Committed value", "Realised value", "Goods delivered"):
        assert f"Sent a figure for verification: {indicator}" in told
    assert "Earlier ones" in told
    assert told.index("Contacts") < told.rindex("History")


def test_promises_made_about_a_case_stand_on_it_for_those_they_concern(world, story, browse):
    deal = story.agreed()
    path = case_of(deal)
    assert 'id="cam-ket"' not in browse("hotel", "en").get(path).text
    promises.make(
        world.actor("official_1"),
        world.pair_id,
        PromiseValues(
            world.organisation("coop").public_id,
            world.organisation("hotel").public_id,
            "Gửi mẫu đẳng sâm sấy.",
            TODAY + timedelta(days=5),
            TODAY,
        ),
        MadeIn.CASE,
        deal.match.public_id,
    )
    for who in ("coop", "hotel", "official_2"):
        assert "Gửi mẫu đẳng sâm sấy." in browse(who, "en").get(path).text


# ---------------------------------------------------------------- the list


def test_the_list_says_whose_turn_it_is(world, story, browse):
    match = world.proposed()
    coop, hotel = names(world, "coop", "hotel")
    assert "Your turn" in browse("hotel", "en").get("/ket-noi").text
    deals.answer_match(world.actor("hotel"), match.public_id, Answer.YES)
    assert f"Waiting for {coop}" in browse("hotel", "en").get("/ket-noi").text
    assert "Your turn" in browse("coop", "en").get("/ket-noi").text
    deals.answer_match(world.actor("coop"), match.public_id, Answer.YES)
    assert "Your turn" in browse("official_2", "en").get("/ket-noi").text
    assert "Your turn" not in browse("official_1", "en").get("/ket-noi").text  # who proposed it
    deal = story.active()
    deals.enter_instalment(
        world.actor("coop"), deal.public_id, InstalmentValues(TODAY, 7_000, None)
    )
    assert "Your turn" in browse("hotel", "en").get("/ket-noi").text
    assert f"Waiting for {hotel}" in browse("coop", "en").get("/ket-noi").text


@pytest.mark.parametrize("who", ["hotel", "official_2"])
def test_the_list_asks_no_more_for_more_cases(world, story, browse, who):
    browser = browse(who, "en")

    def asked() -> int:
        seen: list[str] = []
        listener = lambda *args: seen.append(args[2])  # noqa: E731
        sa.event.listen(db.engine, "before_cursor_execute", listener)
        try:
            browser.get("/ket-noi")
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", listener)
        return len(seen)

    def grow() -> None:
        world.proposed(world.published())
        story.opened(listing=world.published())
        deal = story.agreed(listing=world.published())
        deals.start(world.actor("official_1"), deal.public_id)
        deals.enter_instalment(
            world.actor("coop"), deal.public_id, InstalmentValues(TODAY, 7_000, None)
        )
        deals.suspend(world.actor("hotel"), deal.public_id, reason="flood", note="Lũ.")

    grow()
    browser.get("/ket-noi")  # what one page keeps for the next is read by now
    few = asked()
    grow()
    grow()
    browser.get("/ket-noi")
    assert asked() == few
