"""Sending without an account, tying, declining, lapsing and forgetting; who may do what."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from marketplace.accounts.throttle import TooManyTries
from marketplace.core import clock
from marketplace.core.actor import ANONYMOUS
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.journal import Entry
from marketplace.enquiries import queries, services
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.rules import CONSENT_TEXT, ENQUIRY, NAMES_KEPT_DAYS, EnquiryState
from marketplace.interests import services as interests
from marketplace.interests.rules import InterestState
from marketplace.notifications import subjects, writing
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery
from tests.tables import OFFICERS, allowed, everyone, written


def test_the_table_of_an_enquiry(world, send):
    enquiry = send(world.published())
    actors = everyone(world)
    outside = set(actors) - OFFICERS - {"system"}
    table = {
        "tie": ({"sent"}, OFFICERS),
        "decline": ({"sent"}, OFFICERS),
        "take_back": ({"sent"}, outside),
        "revoke": ({"tied"}, {"anonymous"}),
        "lapse": ({"sent"}, {"system"}),
    }
    assert allowed(ENQUIRY, enquiry, actors) == written(table)


def test_it_is_kept_with_the_text_agreed_to_and_waits_three_working_days(world, send):
    listing = world.published()
    enquiry = send(listing)
    assert (enquiry.state, enquiry.consent_text) == (EnquiryState.SENT, CONSENT_TEXT)
    assert enquiry.sent_at == clock.now()
    assert enquiry.due_on == date(2026, 11, 26)  # Friday 20/11; Tuesday is a holiday
    assert listing.interest_count == 0
    for who in ("official_1", "ward_leader"):
        assert enquiry in queries.waiting(world.actor(who))
    for who in ("coop", "hotel"):
        assert queries.waiting(world.actor(who)) == []
        with pytest.raises(NotFound):
            queries.get(enquiry.public_id, world.actor(who))
    with clock.at(clock.now() + timedelta(days=7)):
        assert enquiry.is_late


def test_only_what_everyone_sees_and_is_open_can_be_asked_about(world, send):
    with pytest.raises(NotFound):
        send(world.draft())
    listing = world.published()
    with pytest.raises(Invalid):
        send(listing, quantity=200_000)  # more than there is
    interests.close_listing(
        world.actor("coop"), listing.public_id, reason="fulfilled", note="Hết hàng."
    )
    with pytest.raises(WrongState):
        send(listing)


def test_one_address_and_one_number_are_limited(world, send):
    listing, other = world.published(), world.published(title="Mật ong rừng")
    for _ in range(3):
        send(listing)
    with pytest.raises(TooManyTries):
        send(listing)
    send(listing, address="192.0.2.9", contact_phone="+84900000078")
    send(other)
    with pytest.raises(TooManyTries):
        send(other, address="192.0.2.3")  # the sixth try with this number in a day
    assert db.session.scalar(sa.select(sa.func.count(Enquiry.id))) == 5
    with clock.at(clock.now() + timedelta(days=2)):
        send(listing)


def test_tied_it_is_an_interest_of_that_organisation_under_the_same_code(world, send):
    listing = world.published()
    enquiry = send(listing)
    hotel = world.organisation("hotel")
    services.tie(world.actor("official_2"), enquiry.public_id, hotel.public_id)
    interest = enquiry.interest
    assert (interest.public_id, interest.organisation_id) == (enquiry.public_id, hotel.id)
    assert (interest.state, interest.quantity) == (InterestState.SUBMITTED, 20_000)
    assert (enquiry.state, enquiry.ended_at) == (EnquiryState.TIED, clock.now())
    assert listing.interest_count == 1
    last = db.session.scalars(sa.select(Entry).order_by(Entry.id.desc()).limit(1)).one()
    assert (last.name, last.actor_id) == ("enquiry.tie", world.users["official_2"])
    sent = db.session.scalars(sa.select(Entry).where(Entry.name == "interest.sent")).one()
    assert sent.actor_id == world.users["official_2"]  # history names whoever tied it
    interests.answer(world.actor("coop"), enquiry.public_id, "acknowledge")
    interests.answer(world.actor("coop"), enquiry.public_id, "accept")
    with pytest.raises(WrongState):
        services.tie(world.actor("official_1"), enquiry.public_id, hotel.public_id)


@pytest.mark.parametrize("gone", ["day", "quantity"])
def test_what_has_gone_meanwhile_is_asked_about_later_and_does_not_keep_it_from_being_tied(
    world, send, gone
):
    enquiry = send(world.published())
    if gone == "day":
        enquiry.wished_on = clock.today() - timedelta(days=1)
    else:
        enquiry.quantity = 1_000_000  # by now more than there is
    db.session.commit()
    hotel = world.organisation("hotel").public_id
    services.tie(world.actor("official_1"), enquiry.public_id, hotel)
    assert enquiry.state is EnquiryState.TIED


@pytest.mark.parametrize("who", ["coop", "commune", "ward", "nobody"])
def test_it_is_tied_to_a_verified_organisation_of_the_twin_only(world, send, who):
    enquiry = send(world.published())
    chosen = world.organisation(who).public_id if who in world.organisations else "222222bbbb"
    with pytest.raises(Invalid):
        services.tie(world.actor("official_1"), enquiry.public_id, chosen)
    assert enquiry.state is EnquiryState.SENT


def test_an_organisation_that_asked_already_is_not_asked_for_again(world, send):
    listing = world.published()
    enquiry = send(listing)
    world.interest(listing)
    hotel = world.organisation("hotel")
    with pytest.raises(Conflict) as refusal:
        services.tie(world.actor("official_1"), enquiry.public_id, hotel.public_id)
    assert hotel.name in str(refusal.value.text)  # an official reads it, not that organisation


def test_an_offer_without_an_account_works_in_the_other_direction(world, send):
    need = world.need()
    enquiry = send(need, quantity=10_000, unit_price=50_000)
    coop = world.organisation("coop")
    assert coop in queries.candidates(enquiry)
    assert world.organisation("hotel") not in queries.candidates(enquiry)
    services.tie(world.actor("ward_official_1"), enquiry.public_id, coop.public_id)
    assert (enquiry.interest.organisation, enquiry.interest.unit_price) == (coop, 50_000)


def test_declining_needs_a_reason_and_a_sentence(world, send):
    enquiry = send(world.published())
    official = world.actor("official_1")
    with pytest.raises(Invalid):
        services.decline(official, enquiry.public_id, reason="unclear", note="")
    services.decline(official, enquiry.public_id, reason="unclear", note="Chưa rõ cần gì.")
    assert enquiry.state is EnquiryState.DECLINED


def test_it_lapses_with_its_listing_and_only_once(world, send):
    listing = world.published()
    enquiry, other = send(listing), send(world.published(title="Mật ong rừng"))
    assert services.lapse_left_behind() == 0
    interests.close_listing(
        world.actor("coop"), listing.public_id, reason="fulfilled", note="Hết hàng."
    )
    assert (services.lapse_left_behind(), services.lapse_left_behind()) == (1, 0)
    assert (enquiry.state, other.state) == (EnquiryState.LAPSED, EnquiryState.SENT)


def test_taken_back_names_nobody_at_once(world, send):
    enquiry = send(world.published(), questions="Gọi chị Người hỏi thử")
    services.take_back(ANONYMOUS, enquiry.public_id)
    assert enquiry.state is EnquiryState.WITHDRAWN
    assert_named_nobody(enquiry)


PHONE = "+84900000077"


def tied(world, send, *moves):
    enquiry = send(world.published(), questions="Gọi chị Người hỏi thử")
    services.tie(
        world.actor("official_1"), enquiry.public_id, world.organisation("hotel").public_id
    )
    for move in moves:
        interests.answer(world.actor("coop"), enquiry.public_id, move)
    return enquiry


@pytest.mark.parametrize("moves", [(), ("acknowledge", "accept")])
def test_the_sender_takes_it_back_also_when_it_is_tied(world, send, moves):
    enquiry = tied(world, send, *moves)
    listing, interest = enquiry.listing, enquiry.interest
    assert listing.interest_count == 1
    services.revoke(ANONYMOUS, enquiry.public_id, PHONE)
    assert interest.state is InterestState.WITHDRAWN
    assert listing.interest_count == 0
    assert interest.contact_name + interest.contact_phone + interest.message == ""
    assert_named_nobody(enquiry)
    assert enquiry.state is EnquiryState.TIED
    with pytest.raises(NotAllowed):
        services.revoke(ANONYMOUS, enquiry.public_id, PHONE)
    dispatch()
    assert told(interest, "interest.take_back") == {"hotel@demo.example", "coop@demo.example"}


def test_an_interest_that_has_ended_is_left_as_it_is_and_names_nobody(world, send):
    enquiry = tied(world, send, "acknowledge")
    interests.answer(
        world.actor("coop"), enquiry.public_id, "decline", reason="season", note="Hết vụ."
    )
    services.revoke(ANONYMOUS, enquiry.public_id, PHONE)
    assert enquiry.interest.state is InterestState.DECLINED
    assert_named_nobody(enquiry)


def test_whoever_has_the_code_only_does_not_take_a_tied_enquiry_back(world, send):
    enquiry = tied(world, send)
    for _ in range(5):
        with pytest.raises(Invalid):
            services.revoke(ANONYMOUS, enquiry.public_id, "+84900000001")
    with pytest.raises(TooManyTries):
        services.revoke(ANONYMOUS, enquiry.public_id, PHONE)
    with clock.at(clock.now() + timedelta(days=2)):
        for who in ("coop", "hotel", "official_1"):
            with pytest.raises(NotAllowed):
                services.revoke(world.actor(who), enquiry.public_id, PHONE)
    assert enquiry.interest.state is InterestState.SUBMITTED


def test_names_are_erased_half_a_year_after_the_end(world, send):
    ended, waiting = send(world.published()), send(world.published(title="Mật ong rừng"))
    services.decline(world.actor("official_1"), ended.public_id, reason="unclear", note="Chưa rõ.")
    with clock.at(clock.now() + timedelta(days=NAMES_KEPT_DAYS, seconds=-1)):
        assert services.forget_visitors() == 0
    with clock.at(clock.now() + timedelta(days=NAMES_KEPT_DAYS, seconds=1)):
        assert (services.forget_visitors(), services.forget_visitors()) == (1, 0)
    assert_named_nobody(ended)
    assert waiting.contact_name  # nobody has answered it yet


def assert_named_nobody(enquiry):
    text = (
        enquiry.contact_name
        + enquiry.contact_phone
        + enquiry.contact_email
        + enquiry.organisation_name
        + enquiry.message
        + enquiry.questions
    )
    assert text == ""
    assert isinstance(enquiry.erased_at, datetime)
    assert enquiry.quantity == 20_000


def test_both_localities_are_told_and_later_the_organisation(world, send, app):
    enquiry = send(world.published())
    dispatch()
    assert told(enquiry, "enquiry.sent") == {
        f"{who.replace('_', '-')}@demo.example" for who in OFFICERS
    }
    services.tie(
        world.actor("official_1"), enquiry.public_id, world.organisation("hotel").public_id
    )
    dispatch()
    assert told(enquiry, "enquiry.tie") == {"hotel@demo.example"}


def told(enquiry, name):
    entry = db.session.scalars(
        sa.select(Entry).where(Entry.name == name, Entry.subject_id == enquiry.id)
    ).one()
    rows = db.session.scalars(
        sa.select(Delivery).where(Delivery.entry_id == entry.id, Delivery.channel == Channel.EMAIL)
    ).all()
    for row in rows:
        words = writing.mail(row.id)
        assert "Người hỏi thử" not in str(words)  # names stay on the page
    assert subjects.about(entry).path == f"/quan-tam/{enquiry.public_id}"
    return {row.user.email for row in rows}
