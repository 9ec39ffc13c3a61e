"""Pages of trips, in every state, for everyone."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.interests import services as interests
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery
from marketplace.notifications.writing import mail
from marketplace.trips import services
from marketplace.trips.models import Trip, TripPerson
from marketplace.trips.rules import PersonState, StopState, TripState
from tests.trips.conftest import DAY_ONE

STATES = ("proposed", "planned", "confirmed", "under_way", "reporting", "written")


@pytest.mark.parametrize("state", STATES)
def test_the_pages_in_every_state(world, outing, browse, state):
    path = getattr(outing, state)().path
    browse("official_1").get(path)
    browse("ward_leader", "en").get(path)
    browse("official_1").get(f"{path}/tai-lieu")
    if state not in {"proposed", "planned"}:
        browse("hotel").get(path)
        browse("restaurant").get(f"{path}/tai-lieu")
    browse("investor").get(path, status=404)
    browse().get(path, status=302)
    if state in {"reporting", "written"}:
        browse("official_1", "en").get(f"{path}/bao-cao")
        browse("hotel").get(f"{path}/bao-cao", status=404)


def test_from_the_first_form_to_both_keys(world, outing, browse):
    listing = world.published()
    interest = world.accepted(listing)
    official = browse("official_1")
    official.get("/lam-viec/su-kien")
    official.get("/lam-viec/su-kien/moi")
    official.submit(
        {
            "title": "Xem rẫy",
            "starts_on": "01/12/2026",
            "ends_on": "01/12/2026",
            "host": world.organisation("coop").public_id,
            "meeting_point": "Trụ sở phường",
            "meets_at": "6h30",
            "seats": "6",
            "is_open": "y",
        }
    )
    path = official.path
    office = f"/lam-viec{path}"
    official.get(f"{office}/tram/moi?tin={listing.public_id}")
    assert "giấy" in official.text or "paper" in official.text
    official.submit({"at": "9:00", "listing": listing.public_id}, action=official.path)
    official.get(f"{office}/quan-tam")
    official.submit({"interests": interest.public_id})
    official.get(f"{office}/moi-nguoi")
    official.submit(
        {"organisation": world.organisation("hotel").public_id, "function": "Trưởng bộ phận mua"}
    )
    official.get(path)
    official.submit(action="/plan")
    for who in ("official_2", "ward_official_1"):
        key = browse(who)
        key.get(path)
        key.submit(action="/turn_key")
    trip = db.session.scalars(sa.select(Trip)).one()
    assert trip.state is TripState.CONFIRMED
    guest = browse("hotel")
    guest.get(f"{path}/tai-lieu.pdf")
    assert guest.response.data.startswith(b"%PDF-")
    guest.get(f"{path}/lich.ics")
    assert b"BEGIN:VEVENT" in guest.response.data
    browse().get("/su-kien")
    asking = browse("investor")
    asking.get(f"{path}/xin-cho")
    asking.submit({"function": "Giám đốc", "phone": "0905 123 456"})
    assert asking.path == path
    asking.get(f"{path}/tai-lieu", status=403)  # no seat yet


def test_yes_and_no_from_the_mail_without_signing_in(world, outing, browse):
    trip = outing.planned()
    person = outing.invited(trip, "hotel")
    while dispatch():
        pass
    (delivery,) = db.session.scalars(
        sa.select(Delivery).where(
            Delivery.user_id == world.users["hotel"],
            Delivery.channel == Channel.EMAIL,
            Delivery.entry.has(name="trip_person.invite"),
        )
    ).all()
    text = mail(delivery.id).get_body(("plain",)).get_content()
    link = re.search(r"http://localhost(/su-kien/moi/\S+)", text)[1]
    guest = browse()
    guest.get(link)
    assert person.state is PersonState.INVITED  # looking changes nothing
    guest.submit(action=link, data={"answer": ""}, status=422)
    guest.submit({"answer": "accept"}, action=link)
    assert person.state is PersonState.ACCEPTED
    guest.submit({"answer": "decline"}, action=link)
    assert person.state is PersonState.DECLINED
    services.move(world.actor("official_1"), trip.public_id, "cancel", reason="other", note="Thôi.")
    person.state = PersonState.INVITED
    guest.get(link)
    assert 'name="answer"' not in guest.response.text  # nothing is asked any more
    guest.get(f"{link}x", status=404)


def test_on_the_way_with_a_phone_that_had_no_signal(world, outing, browse):
    trip = outing.confirmed()
    first, second = (stop.public_id for stop in trip.stops)
    photo = io.BytesIO()
    Image.new("RGB", (64, 48), (10, 90, 40)).save(photo, "JPEG")
    photo.seek(0)
    with clock.at(DAY_ONE):
        leader = browse("hotel")
        leader.get(f"{trip.path}/tram/{first}")
        leader.submit({"phone_at": "25:00"}, action=leader.path, status=422)
        leader.submit(
            {"phone_at": "01/12/2026 8:40", "findings": "Hai héc ta.", "photos": (photo, "a.jpg")},
            action=f"/tram/{first}",
            content_type="multipart/form-data",
        )
        leader.get(f"{trip.path}/tram/{second}")
        leader.submit({"reason": "rain", "note": "Mưa lớn."}, action="/bo-qua")
    stop = trip.stops[0]
    assert clock.local(stop.phone_at).hour == 8
    assert stop.server_at == DAY_ONE
    assert trip.stops[1].state is StopState.SKIPPED
    leader.get(f"{trip.path}/anh/{stop.photos[0].public_id}.webp")
    browse("investor").get(f"{trip.path}/anh/{stop.photos[0].public_id}.webp", status=404)
    browse("restaurant").get(f"{trip.path}/tram/{first}", status=403)


def test_the_report_from_draft_to_both_keys(world, outing, browse):
    trip = outing.reporting()
    office = f"/lam-viec{trip.path}"
    with clock.at(DAY_ONE):
        official = browse("official_1")
        for link in trip.interests:
            official.get(f"{office}/quan-tam/{link.public_id}")
            official.submit({"next_step": "need_more", "next_note": "Cần mẫu."})
        official.get(f"{office}/bao-cao")
        official.submit({"summary": "Đi tốt.", "no_promises": "y"})
        official.get(f"{trip.path}/bao-cao.docx")
        document = zipfile.ZipFile(io.BytesIO(official.response.data)).read("word/document.xml")
        assert "Rẫy hai héc ta".encode() in document
        for who in ("official_2", "ward_official_1"):
            key = browse(who)
            key.get(f"{trip.path}/bao-cao")
            key.submit(action="/khoa")
        assert trip.state is TripState.CLOSED
        guest = browse("hotel")
        guest.get(trip.path)
        guest.get(f"{trip.path}/bao-cao")
        assert "Rẫy hai héc ta" in guest.text
        guest.get(f"/quan-tam/{trip.interests[0].interest.public_id}")
        assert "Cần mẫu." in guest.text


def test_one_button_postpones_for_a_closed_road(world, outing, browse):
    from tests.trips.test_services import closed

    trip = outing.confirmed()
    closed(world, "Aur")
    official = browse("ward_official_1")
    official.get(trip.path)
    official.submit(action="/postpone")
    assert trip.state is TripState.POSTPONED
    services.move(world.actor("official_1"), trip.public_id, "cancel", reason="other", note="Thôi.")


def word_of(guest, path: str) -> str:
    guest.get(f"{path}/bao-cao.docx")
    document = zipfile.ZipFile(io.BytesIO(guest.response.data)).read("word/document.xml")
    return re.sub("<[^>]+>", " ", document.decode())


def test_a_report_tells_nobody_what_is_not_theirs(world, outing, browse):
    trip = outing.written()
    code, official = trip.public_id, world.actor("official_1")
    refused = TripPerson(
        trip_id=trip.id, organisation_id=world.organisations["investor"], function="Giám đốc"
    )
    db.session.add(refused)
    db.session.commit()
    services.move_person(official, code, refused.public_id, "refuse", reason="full", note="Hết.")
    with clock.at(DAY_ONE + timedelta(days=3)):
        for who in ("official_2", "ward_official_1"):
            services.sign_report(world.actor(who), code)
        stranger, guest = browse("investor"), browse("hotel")
        for page in ("bao-cao", "bao-cao.docx"):
            stranger.get(f"{trip.path}/{page}", status=404)
        stranger.get(trip.path)
        assert "Rẫy hai héc ta" not in stranger.text
        words = word_of(guest, trip.path)
        assert "Đi tiếp đến ghép nối" in words  # the hotel's own
        assert "Giá chưa hợp." not in words  # the restaurant's
        assert "Gửi mẫu đẳng sâm" not in words  # as on the page: for officials
        words = word_of(browse("ward_official_1"), trip.path)
        assert "Giá chưa hợp." in words
        assert "Gửi mẫu đẳng sâm" in words


def test_the_host_reads_the_papers_of_the_trip(world, outing, browse):
    trip = outing.proposed()
    browse("coop").get(trip.path, status=404)  # the host is settled with the plan
    services.move(world.actor("official_1"), trip.public_id, "plan")
    host = browse("coop")
    host.get("/toi/chuyen-di")
    assert trip.title in host.text
    host.get(trip.path)
    host.get(f"{trip.path}/tai-lieu")
    host.get(f"{trip.path}/lich.ics")


def test_two_people_of_one_organisation_on_one_page(world, outing, browse):
    trip = outing.planned(seats=1)
    for number in (1, 2):
        outing.invited(trip, "hotel", number=number)
    other = outing.invited(trip, "restaurant")
    services.move_person(world.actor("restaurant"), trip.public_id, other.public_id, "accept")
    guest = browse("hotel")  # itself checks that no id stands twice
    guest.get(trip.path)
    assert guest.response.text.count('aria-describedby="viec-em-') == 2


def test_a_cancelled_trip_offers_no_seat(world, outing, browse):
    trip = outing.planned()
    person = outing.invited(trip, "hotel")
    official = world.actor("official_1")
    services.move_person(world.actor("hotel"), trip.public_id, person.public_id, "decline")
    services.move(official, trip.public_id, "cancel", reason="other", note="Thôi.")
    page = browse("official_1")
    page.get(trip.path)
    assert "/invite" not in page.response.text


def test_a_stop_keeps_its_listing_when_that_is_closed(world, outing, browse):
    trip = outing.planned()
    stop = trip.stops[0]
    listing_id, village_id, code = stop.listing_id, stop.village_id, stop.listing.public_id
    interests.close_listing(world.actor("coop"), code, reason="season_over", note="Hết mùa.")
    official = browse("official_1")
    official.get(f"/lam-viec{trip.path}/tram/{stop.public_id}")
    assert f'value="{code}" selected' in official.response.text
    official.submit({"ask": "Câu hỏi khác", "listing": code})
    db.session.expire_all()
    assert stop.ask == "Câu hỏi khác"
    assert (stop.listing_id, stop.village_id) == (listing_id, village_id)


def test_a_skipped_stop_reached_later_is_checked_in(world, outing, browse):
    trip = outing.reporting()
    stop = trip.stops[1]
    with clock.at(DAY_ONE + timedelta(days=1)):
        official = browse("official_1")
        official.get(f"{trip.path}/tram/{stop.public_id}")
        assert "Mưa lớn." not in official.text
        official.submit(
            {"findings": "Tạnh mưa, đã đến."},
            action=f"/tram/{stop.public_id}",
            content_type="multipart/form-data",
        )
    assert stop.state is StopState.SEEN


def test_a_trip_broken_off_still_takes_what_was_noted(world, outing, browse):
    trip = outing.under_way()
    services.move(
        world.actor("official_1"), trip.public_id, "postpone", reason="road", note="Sạt lở km 5."
    )
    leader, official = browse("hotel"), browse("official_1")
    leader.get(trip.path)
    leader.get(f"{trip.path}/tram/{trip.stops[1].public_id}")
    official.get(trip.path)
    assert f"/lam-viec{trip.path}/tram/" in official.response.text  # edited as any postponed one
