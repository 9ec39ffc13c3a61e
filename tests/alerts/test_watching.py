"""Watching a listing: what is told, to whom, and the reminders before its last day."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from marketplace.accounts import services as accounts
from marketplace.alerts import queries, services
from marketplace.catalogue import services as catalogue
from marketplace.catalogue.kinds.produce.model import OfferValues, StockValues
from marketplace.catalogue.rules import Audience
from marketplace.catalogue.taxonomy import PriceKind
from marketplace.choosing import services as choosing
from marketplace.core.db import db
from marketplace.core.errors import NotFound, WrongState
from marketplace.interests import services as interests
from marketplace.moderation import services as moderation
from marketplace.notifications import services as notices
from marketplace.notifications.models import Channel, Delivery
from marketplace.notifications.rules import Topic
from marketplace.questions import services as questions
from tests.alerts.days import on, send, words
from tests.choosing.conftest import Story

OFFER = OfferValues(PriceKind.FIXED, 99_000, None, 80_000, 0b111)


def told(who: str = "hotel") -> list[str]:
    """Subjects of the mails to someone that wait, now sent."""
    return [str(m["Subject"]) for m in send() if str(m["To"]).startswith(f"{who}@")]


def test_addenda_are_told_and_a_confirmed_quantity_is_none(world):
    coop = world.actor("coop")
    listing = world.published(title="Sâm")
    code = listing.public_id
    services.watch(world.actor("hotel"), code)
    services.watch(world.actor("hotel"), code)  # twice is once
    told()
    catalogue.confirm_stock(coop, code, None, StockValues())
    assert told() == []
    catalogue.change_offer(coop, code, None, OFFER)
    (mail,) = [m for m in send() if str(m["To"]).startswith("hotel@")]
    assert "99.000" in words(mail)
    assert listing.path in words(mail)
    assert "/ban-hang/" not in words(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    catalogue.pause(coop, code, "pause", reason="stock", note="Chỉ chủ hàng đọc.")
    (mail,) = [m for m in send() if str(m["To"]).startswith("hotel@")]
    assert "Chỉ chủ hàng đọc" not in words(mail)
    catalogue.pause(coop, code, "resume")
    assert len(told()) == 1
    question = questions.ask(world.actor("restaurant"), code, "Có giao không?")
    questions.answer(coop, question.public_id, "Có giao.")
    (mail,) = [m for m in send() if str(m["To"]).startswith("hotel@")]
    assert "Có giao." in words(mail)
    interests.close_listing(coop, code, reason="season_over", note="Hết mùa.")
    assert len(told()) == 1


def test_the_asker_who_watches_is_told_once_as_the_asker(world):
    listing = world.published(title="Sâm")
    services.watch(world.actor("hotel"), listing.public_id)
    question = questions.ask(world.actor("hotel"), listing.public_id, "Có giao không?")
    told()
    questions.answer(world.actor("coop"), question.public_id, "Có giao.")
    (mail,) = [m for m in send() if str(m["To"]).startswith("hotel@")]
    assert mail["List-Unsubscribe"] is None
    assert f"/hoi-dap/cau/{question.public_id}" in words(mail)


def test_nothing_hidden_and_no_audience_leaks(world):
    need = world.need(title="Riêng nhà sản xuất", audience=Audience.PRODUCERS)
    with pytest.raises(NotFound):
        services.watch(world.actor("restaurant"), need.public_id)
    services.watch(world.actor("coop"), need.public_id)
    goods = world.published(title="Sâm")
    services.watch(world.actor("hotel"), goods.public_id)
    told()
    moderation.hide(world.actor("official_1"), goods.public_id, reason="wrong", note="Sai.")
    assert told() == []
    catalogue.change_offer(world.actor("coop"), goods.public_id, None, OFFER)
    assert told() == []
    coop = world.organisation("coop").public_id
    accounts.move_organisation(
        world.actor("official_1"), coop, "suspend", reason="other", note="Xem lại."
    )
    told()
    catalogue.pause(
        world.actor("hotel"), need.public_id, "pause", reason="other", note="Đang xem lại."
    )
    assert told("coop") == []


def test_hidden_between_telling_and_sending(world):
    listing = world.published(title="Sâm")
    services.watch(world.actor("hotel"), listing.public_id)
    told()
    catalogue.change_offer(world.actor("coop"), listing.public_id, None, OFFER)
    from marketplace.notifications.dispatch import dispatch

    while dispatch():
        pass
    moderation.hide(world.actor("official_1"), listing.public_id, reason="wrong", note="Sai.")
    assert told() == []


def test_a_question_taken_off_before_the_mail_is_sent_is_not_told(world):
    listing = world.published(title="Sâm")
    services.watch(world.actor("hotel"), listing.public_id)
    question = questions.ask(world.actor("restaurant"), listing.public_id, "Có giao không?")
    told()
    questions.answer(world.actor("coop"), question.public_id, "Gọi số riêng của tôi.")
    from marketplace.notifications.dispatch import dispatch

    while dispatch():
        pass
    questions.remove(
        world.actor("official_1"), question.public_id, reason="personal", note="Có số máy."
    )
    assert told() == []


def test_a_draft_cannot_be_watched(world):
    with pytest.raises(WrongState):
        services.watch(world.actor("coop"), world.draft().public_id)


def test_two_reminders_once_each_to_those_who_watched_before(world):
    with on("01"):
        listing = world.published(title="Sâm", closes_on=date(2026, 11, 20))
        services.watch(world.actor("hotel"), listing.public_id)
    with on("15"):
        services.watch(world.actor("restaurant"), listing.public_id)
        send()
    sent = []
    for day in ("12", "13", "14", "18", "19", "20", "21"):
        with on(day, "10:00"):
            for _ in range(2):
                services.remind()
                mails = [m for m in send() if "Sâm" in str(m["Subject"])]
                sent += [(day, str(m["To"]).partition("@")[0]) for m in mails]
    assert sent == [("13", "hotel"), ("19", "hotel"), ("19", "restaurant")]


def test_a_new_last_day_is_recalled_anew(world):
    with on("01"):
        listing = world.published(title="Sâm", closes_on=date(2026, 11, 8))
        services.watch(world.actor("hotel"), listing.public_id)
        services.remind()
        assert len([s for s in told() if "Sâm" in s]) == 1
        listing.closes_on = date(2026, 11, 28)
        db.session.commit()
    with on("21"):
        services.remind()
        assert len([s for s in told() if "Sâm" in s]) == 1


def test_the_last_day_of_a_selection_is_recalled(world):
    """Of an opportunity open at all times, once a selection among those who want it is opened."""
    story = Story(world)
    with on("01"):
        listing = story.call(title="Xưởng sấy", is_open_ended=True, closes_on=None)
        services.watch(world.actor("restaurant"), listing.public_id)
        for who in ("hotel", "investor"):
            story.wants(listing, who)
        choosing.open_selection(
            world.actor("official_1"),
            listing.public_id,
            closes_on=date(2026, 11, 20),
            decides_on=date(2026, 12, 10),
        )
        send()
    sent = []
    for day in ("12", "13", "14", "19", "20", "21"):
        with on(day, "10:00"):
            services.remind()
            sent += [day for subject in told("restaurant") if "Xưởng sấy" in subject]
    assert sent == ["13", "19"]


def test_the_link_of_a_mail_ends_the_watch(world, app):
    listing = world.published(title="Sâm")
    services.watch(world.actor("hotel"), listing.public_id)
    catalogue.change_offer(world.actor("coop"), listing.public_id, None, OFFER)
    (mail,) = [m for m in send() if str(m["To"]).startswith("hotel@")]
    path = str(mail["List-Unsubscribe"])[1:-1].removeprefix("http://localhost")
    app.test_client().get(path)
    assert queries.count_watchers(listing.id) == 1
    app.test_client().post(path)
    assert queries.count_watchers(listing.id) == 0


def test_without_mails_about_watched_listings_the_inbox_still_says_it(world):
    hotel = world.actor("hotel")
    listing = world.published(title="Sâm")
    services.watch(hotel, listing.public_id)
    notices.choose_mails(hotel, set(Topic) - {Topic.WATCHED})
    told()
    catalogue.change_offer(world.actor("coop"), listing.public_id, None, OFFER)
    assert told() == []
    channels = db.session.scalars(
        sa.select(Delivery.channel).where(Delivery.user_id == world.users["hotel"])
    ).all()
    assert Channel.INBOX in channels
