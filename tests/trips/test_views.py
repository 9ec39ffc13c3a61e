"""Pages of trips, in every state, for everyone."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
import sqlalchemy as sa
from PIL import Image

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery
from marketplace.notifications.writing import mail
from marketplace.trips import services
from marketplace.trips.models import Trip
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
