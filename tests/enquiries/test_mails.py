"""Mails to whoever asked without an account and gave an address: when, what, and never to others."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.throttle import TooManyTries
from marketplace.core import clock
from marketplace.core.actor import ANONYMOUS
from marketplace.core.db import db
from marketplace.enquiries import services
from marketplace.enquiries.rules import NAMES_KEPT_DAYS
from marketplace.interests import services as interests
from marketplace.notifications import deliver, writing
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery

ADDRESS = "Khach.Le@example.com"


class Kept:
    """A channel that keeps the mails to visitors."""

    def __init__(self):
        self.sent = []

    def send(self, message, _name):
        if message["To"] == ADDRESS:
            self.sent.append(message)


@pytest.fixture
def news(app):
    """The mails to the address since the last look, as subject and text."""

    def since():
        dispatch()
        channel = Kept()
        while deliver.deliver(channel, writing.mail):
            pass
        return [
            (message["Subject"], message.get_body(("plain",)).get_content())
            for message in channel.sent
        ]

    return since


def test_the_link_comes_at_once_and_each_change_after_it(world, send, news):
    listing = world.published()
    enquiry = send(listing, email=ADDRESS, language="en")
    [(subject, text)] = news()
    assert listing.title in subject
    assert f"/quan-tam/{enquiry.public_id}" in text
    assert "An official calls you by 26 Nov 2026" in text
    for typed in (enquiry.contact_name, enquiry.organisation_name, enquiry.message):
        assert typed not in subject + text  # the address may be a stranger's
    hotel = world.organisation("hotel")
    services.tie(world.actor("official_1"), enquiry.public_id, hotel.public_id)
    [(subject, text)] = news()
    assert "News of your enquiry" in subject
    assert hotel.name not in text
    interests.answer(world.actor("coop"), enquiry.public_id, "acknowledge")
    assert news() == []
    interests.answer(
        world.actor("coop"),
        enquiry.public_id,
        "decline",
        reason="promised",
        note="Đã hứa cho khách sạn.",
    )
    [(subject, text)] = news()
    assert "Reason:" in text
    assert "Đã hứa cho khách sạn." not in text  # written to the organisation
    assert news() == []


def test_a_refusal_comes_with_its_reason_and_words_in_the_language_of_the_form(world, send, news):
    enquiry = send(world.published(), email=ADDRESS)
    assert len(news()) == 1
    note = "Gọi ba lần không ai nghe."
    services.decline(world.actor("official_1"), enquiry.public_id, reason="unreachable", note=note)
    [(_subject, text)] = news()
    assert "Xin chào" in text or "Chào" in text
    assert note in text


def test_a_listing_that_closes_is_told(world, send, news):
    listing = world.published()
    send(listing, email=ADDRESS)
    news()
    interests.close_listing(
        world.actor("coop"), listing.public_id, reason="fulfilled", note="Đã bán hết."
    )
    services.lapse_left_behind()
    assert len(news()) == 1


def test_without_an_address_nothing_is_written(world, send, news):
    send(world.published())
    assert news() == []
    assert db.session.scalar(sa.select(Delivery).where(Delivery.enquiry_id.is_not(None))) is None


def test_taken_back_or_erased_nothing_comes_any_more(world, send, news):
    enquiry = send(world.published(), email=ADDRESS)
    services.take_back(ANONYMOUS, enquiry.public_id)
    assert enquiry.contact_email == ""
    assert news() == []
    kept = db.session.scalars(
        sa.select(Delivery).where(Delivery.channel == Channel.EMAIL, Delivery.user_id.is_(None))
    ).all()
    assert kept == []  # dropped, not given up
    other = send(world.published(title="Mật ong"), email=ADDRESS)
    services.decline(world.actor("official_1"), other.public_id, reason="unclear", note="Chưa rõ.")
    with clock.at(clock.now() + timedelta(days=NAMES_KEPT_DAYS, seconds=1)):
        services.forget_visitors()
    assert other.contact_email == ""


def test_one_address_is_not_written_to_for_ever(world, send):
    for number in range(5):
        send(
            world.published(title=f"Hàng {number}"),
            address=f"192.0.2.{number}",
            email=ADDRESS,
            contact_phone=f"+8490000010{number}",
        )
    with pytest.raises(TooManyTries):
        send(
            world.published(title="Hàng nữa"),
            address="192.0.2.99",
            email=ADDRESS.lower(),
            contact_phone="+84900000199",
        )


def test_the_form_asks_for_it_and_nobody_is_shown_it(world, browse, send):
    listing = world.published()
    visitor = browse(None, "en")
    path = f"/{listing.section}/{listing.slug}-{listing.public_id}/hoi-khong-tai-khoan"
    good = {
        "contact_name": "Người hỏi thử",
        "organisation_name": "Bếp ăn minh họa",
        "contact_phone": "0905 123 456",
        "quantity": "20",
        "message": "Cần hàng cho bếp ăn.",
        "consent": "y",
    }
    visitor.get(path)
    visitor.submit(good | {"contact_email": "kein@"}, status=422)
    assert "An e-mail address has a name, the sign @ and a domain" in visitor.text
    visitor.get(path)
    visitor.submit(good | {"contact_email": ADDRESS})
    assert "You are told by e-mail" in visitor.text
    code = visitor.path.rpartition("/")[2]
    for who in (None, "official_1", "ward_official_1", "leader"):
        page = browse(who, "en").client.get(f"/quan-tam/{code}", follow_redirects=True)
        assert page.status_code == 200
        assert ADDRESS.lower() not in page.text.lower(), who
