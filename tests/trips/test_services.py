"""Survey trips from the first plan to the last signature, and what a landslide does."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.journal import Entry
from marketplace.interests import queries as interest_queries
from marketplace.interests.rules import InterestState
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery
from marketplace.programme.models import Approval, ClockStop
from marketplace.roads import services as roads
from marketplace.roads.rules import Cause, Condition
from marketplace.roads.services import NoticeValues
from marketplace.trips import ics, kit, queries, services
from marketplace.trips.rules import NextStep, PersonState, StopState, TripState
from tests.trips.conftest import DAY_ONE, FIRST, LAST, fake_freeze
from tests.world import PEOPLE


def told(event: str, channel: Channel = Channel.EMAIL) -> list[int | None]:
    """Whom the last entry of this name was told to."""
    while dispatch():
        pass
    entry = db.session.scalars(
        sa.select(Entry).where(Entry.name == event).order_by(Entry.id.desc())
    ).first()
    assert entry is not None, event
    return list(
        db.session.scalars(
            sa.select(Delivery.user_id).where(
                Delivery.entry_id == entry.id, Delivery.channel == channel
            )
        )
    )


def said(error: pytest.ExceptionInfo[Blocked]) -> set[str]:
    return {text.msgid for text in error.value.blockers}


def test_a_plan_names_everything_it_lacks(world, outing):
    empty = services.create(
        world.actor("official_1"), world.pair_id, services.TripValues("Chuyến thử", 5)
    )
    with pytest.raises(Blocked) as refused:
        services.move(world.actor("official_1"), empty.public_id, "plan")
    assert len(said(refused)) == 5
    assert outing.planned().state is TripState.PLANNED


def test_two_keys_of_two_localities_confirm_and_freeze(world, outing):
    trip = outing.planned()
    code = trip.public_id
    with pytest.raises(NotAllowed):
        services.turn_key(world.actor("official_1"), code, fake_freeze)  # the author
    services.turn_key(world.actor("official_2"), code, fake_freeze)
    assert trip.state is TripState.PLANNED
    assert trip.kit is None
    with pytest.raises(NotAllowed):
        services.turn_key(world.actor("leader"), code, fake_freeze)  # the same locality
    services.turn_key(world.actor("ward_leader"), code, fake_freeze)
    assert trip.state is TripState.CONFIRMED
    assert trip.kit is not None
    with pytest.raises(WrongState):
        services.edit(world.actor("official_1"), code, None, outing.values())


def test_a_changed_plan_needs_its_keys_again(world, outing):
    trip = outing.planned()
    services.turn_key(world.actor("official_2"), trip.public_id, fake_freeze)
    services.edit(world.actor("ward_official_1"), trip.public_id, None, outing.values(seats=4))
    assert trip.keys == []
    with pytest.raises(NotAllowed):
        services.turn_key(world.actor("ward_official_1"), trip.public_id, fake_freeze)


def test_answers_and_the_last_seat(world, outing):
    trip = outing.planned(seats=1)
    first, second = outing.invited(trip, "hotel"), outing.invited(trip, "restaurant")
    code = trip.public_id
    services.move_person(world.actor("hotel"), code, first.public_id, "accept")
    with pytest.raises(Blocked):
        services.move_person(world.actor("restaurant"), code, second.public_id, "accept")
    services.move_person(world.actor("hotel"), code, first.public_id, "decline")
    services.move_person(world.actor("restaurant"), code, second.public_id, "accept")
    assert trip.seats_left == 0
    with pytest.raises(Invalid):
        services.edit(world.actor("official_1"), code, None, outing.values(seats=0))


def test_who_is_not_online_is_recorded_as_such(world, outing):
    trip = outing.planned()
    person = outing.invited(trip, "hotel")
    with pytest.raises(Invalid) as refused:  # an official says how they know
        services.move_person(
            world.actor("ward_official_1"), trip.public_id, person.public_id, "accept"
        )
    assert refused.value.field == "acting_how"
    with pytest.raises(NotFound):
        services.move_person(world.actor("investor"), trip.public_id, person.public_id, "accept")


def test_asking_for_a_seat(world, outing):
    trip = outing.planned()
    asked = services.ask_for_seat(
        world.actor("investor"), trip.public_id, "Giám đốc", "+84905000002"
    )
    with pytest.raises(Conflict):
        services.ask_for_seat(world.actor("investor"), trip.public_id, "Giám đốc", "")
    with pytest.raises(NotAllowed):
        services.move_person(world.actor("investor"), trip.public_id, asked.public_id, "give_seat")
    services.move_person(
        world.actor("ward_official_1"), trip.public_id, asked.public_id, "give_seat"
    )
    assert asked.state is PersonState.ACCEPTED
    assert told("trip_person.give_seat") == [world.users["investor"]]


def test_both_times_of_a_check_in_are_kept(world, outing):
    trip = outing.confirmed()
    stop = trip.stops[0]
    with pytest.raises(Blocked):  # not before its first day
        services.check_in(world.actor("hotel"), trip.public_id, stop.public_id)
    phone, server = DAY_ONE, DAY_ONE + timedelta(days=2)
    with clock.at(server):
        with pytest.raises(Invalid):
            services.check_in(
                world.actor("hotel"),
                trip.public_id,
                stop.public_id,
                phone_at=server + timedelta(days=1),
            )
        with pytest.raises(Invalid, match="trip begins on") as refused:  # nor before it began
            services.check_in(
                world.actor("hotel"),
                trip.public_id,
                stop.public_id,
                phone_at=DAY_ONE - timedelta(days=1),
            )
        assert refused.value.field == "phone_at"
        services.check_in(
            world.actor("hotel"), trip.public_id, stop.public_id, phone_at=phone, findings="Tốt."
        )
    assert (stop.phone_at, stop.server_at) == (phone, server)
    assert (stop.state, trip.state) == (StopState.SEEN, TripState.UNDER_WAY)
    with pytest.raises(NotFound):
        services.check_in(world.actor("investor"), trip.public_id, stop.public_id)
    with pytest.raises(NotAllowed):
        services.check_in(world.actor("restaurant"), trip.public_id, stop.public_id)


def test_the_clock_writes_up_what_nobody_ended(world, outing):
    trip = outing.under_way()
    with clock.at(datetime(2026, 12, 2, 10, tzinfo=UTC)):
        assert services.write_up_ended() == 0
    with clock.at(datetime(2026, 12, 3, 1, tzinfo=UTC)):
        assert services.write_up_ended() == 1
        assert services.write_up_ended() == 0
    assert trip.state is TripState.REPORTING


def test_closing_names_what_is_missing_and_needs_both_keys(world, outing):
    trip = outing.reporting()
    code = trip.public_id
    with clock.at(DAY_ONE + timedelta(days=2)):
        with pytest.raises(Blocked) as refused:
            services.sign_report(world.actor("official_2"), code)
        assert said(refused) == {
            "Enter the next step of %(organisation)s for “%(listing)s”.",
            "Write the promises down, or say that none were made.",
        }
        with pytest.raises(Invalid):
            services.set_next_step(
                world.actor("official_1"), code, trip.interests[0].public_id, NextStep.NO
            )
    trip = outing.write(trip)
    with clock.at(DAY_ONE + timedelta(days=3)):
        with pytest.raises(NotAllowed):
            services.sign_report(world.actor("official_1"), code)  # who wrote it
        services.sign_report(world.actor("official_2"), code)
        assert trip.state is TripState.REPORTING
        services.sign_report(world.actor("ward_official_2"), code)
    assert trip.state is TripState.CLOSED
    (no,) = [link for link in trip.interests if link.next_step is NextStep.NO]
    assert no.interest.state is InterestState.ACKNOWLEDGED  # a no declines nothing by itself


def test_a_changed_report_needs_its_keys_again(world, outing):
    trip = outing.written()
    with clock.at(DAY_ONE + timedelta(days=3)):
        services.sign_report(world.actor("official_2"), trip.public_id)
        services.check_in(
            world.actor("hotel"), trip.public_id, trip.stops[0].public_id, findings="Thêm một ý."
        )
        live = sa.select(sa.func.count(Approval.id)).where(
            Approval.subject_type == "trip_report", Approval.voided_at.is_(None)
        )
        assert db.session.scalar(live) == 0


# ------------------------------------------------------------ landslide


def closed(world, *villages: str, since: date = FIRST):
    return roads.post_notice(
        world.actor("official_2"),
        NoticeValues(
            Condition.CLOSED,
            Cause.LANDSLIDE,
            since,
            "Sạt lở km 5.",
            villages=tuple(map(world.village_id, villages)),
        ),
    )


def test_a_landslide_postpones_with_one_message_each_and_nothing_is_late(world, outing):
    trip = outing.confirmed()
    person = next(p for p in trip.people if p.organisation_id == world.organisations["hotel"])
    services.move_person(world.actor("hotel"), trip.public_id, person.public_id, "accept")
    outing.invited(trip, "hotel", number=2)  # a second person of the same firm
    closed(world, "Axoo")
    assert services.warn_of_closed_roads() == 0  # another village
    closed(world, "Aur")
    assert services.warn_of_closed_roads() == 1
    assert services.warn_of_closed_roads() == 0
    assert set(told("trip.road_closed")) == {world.users[name] for name in PEOPLE}

    waiting = next(
        link.interest
        for link in trip.interests
        if link.interest.state is InterestState.ACKNOWLEDGED
    )
    due = waiting.due_on
    services.move(
        world.actor("ward_official_1"),
        trip.public_id,
        "postpone",
        reason="road",
        note="Sạt lở km 5.",
    )
    guests = {world.users["hotel"], world.users["restaurant"]}
    for channel in (Channel.EMAIL, Channel.INBOX):
        people = told("trip.postpone", channel)
        assert sorted(people) == sorted(set(people))  # one message to each
        assert guests <= set(people)
    assert trip.kit is None
    assert trip.keys == []

    def due_later() -> date | None:
        db.session.expire_all()
        return interest_queries.get(waiting.public_id, world.actor("coop")).due_on

    with clock.at(datetime(2027, 1, 20, 3, tzinfo=UTC)):
        assert not interest_queries.get(waiting.public_id, world.actor("coop")).is_late
    with clock.at(datetime(2026, 12, 3, 3, tzinfo=UTC)):  # 9 working days later
        services.edit(
            world.actor("official_1"),
            trip.public_id,
            None,
            outing.values(starts_on=date(2026, 12, 15), ends_on=date(2026, 12, 16)),
        )
        services.move(world.actor("official_1"), trip.public_id, "replan")
        assert due is not None
        assert due_later() > due
        standing = db.session.scalars(sa.select(ClockStop)).all()
        assert {(row.since, row.until) for row in standing} == {
            (date(2026, 11, 20), date(2026, 12, 3))
        }
        with clock.at(datetime(2027, 1, 20, 3, tzinfo=UTC)):
            assert interest_queries.get(waiting.public_id, world.actor("coop")).is_late
    assert waiting.state is InterestState.ACKNOWLEDGED  # nothing lapsed


def test_cancelling_lets_no_interest_lapse(world, outing):
    trip = outing.confirmed()
    services.move(
        world.actor("official_1"), trip.public_id, "cancel", reason="guests", note="Ít người."
    )
    assert {link.interest.state for link in trip.interests} == {
        InterestState.ACCEPTED,
        InterestState.ACKNOWLEDGED,
    }
    assert set(told("trip.cancel")) >= {world.users["hotel"], world.users["restaurant"]}


# ------------------------------------------------------------ papers


def text_of(pdf: bytes) -> str:
    """The words of a PDF of ours: glyph codes of its text through their ToUnicode maps."""
    streams = []
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            streams.append(zlib.decompress(raw))
        except zlib.error:
            streams.append(raw)
    maps = []
    for stream in streams:
        if b"beginbfchar" in stream:
            found = re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>", stream)
            maps.append(
                {int(a, 16): bytes.fromhex(b.decode()).decode("utf-16-be") for a, b in found}
            )
    out = []
    fonts = 0
    for stream in streams:
        current = {}
        for name, shown in re.findall(
            rb"/F(\d+) [\d.]+ Tf|(\((?:\\.|[^\\)])*\)) Tj", stream, re.DOTALL
        ):
            if name:
                current = maps[int(name) - 1]
                fonts += 1
            elif shown:
                raw = re.sub(
                    rb"\\(.)",
                    lambda m: {b"n": b"\n", b"r": b"\r"}.get(m[1], m[1]),
                    shown[1:-1],
                    flags=re.DOTALL,
                )
                codes = [int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2)]
                out.append("".join(current.get(code, "?") for code in codes))
    assert fonts
    return " ".join(out)


def test_the_kit_says_it_in_searchable_vietnamese_on_one_sheet(world, outing):
    closed(world, "Aur")
    trip = outing.confirmed()
    services.move_person(world.actor("hotel"), trip.public_id, trip.people[0].public_id, "accept")
    content = kit.pdf(kit.gather(trip))
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", content)) == 1
    words = text_of(content)
    for expected in (
        "Khảo sát vùng dược liệu",
        "Trụ sở phường Ngũ Hành Sơn",
        "Phụ trách hotel",
        "0905 000 001",
        "Nhà gươl",
        "Có bao nhiêu?",
    ):
        assert expected in words, words
    going, invited = words.split("Đã mời, chưa trả lời")
    assert ("Phụ trách hotel" in going, "Phụ trách restaurant" in going) == (True, False)
    assert "Phụ trách restaurant" in invited
    assert words.count("0905 000 001") == 1  # who said nothing yet is named without a phone


def test_the_papers_name_nobody_as_going_who_did_not_say_yes(outing, browse):
    trip = outing.confirmed()
    page = browse("official_1", "en").get(f"{trip.path}/tai-lieu")
    assert "Nobody has said yes yet." in page.text
    assert "Invited, no answer yet" in page.text
    assert "Phụ trách restaurant" in page.text
    assert "0905 000 001" not in page.text


def test_the_history_says_whom_and_where(outing, browse):
    trip = outing.under_way()
    page = browse("official_1", "en").get(trip.path)
    for words in (
        "Invited Khách sạn minh họa",
        "Added a stop: Nhà gươl",
        f"Checked in at {trip.stops[0].place}",
    ):
        assert words in page.text


def test_the_calendar_of_a_trip(outing):
    trip = outing.confirmed()
    found = ics.calendar(trip, "http://localhost/su-kien/x").decode().replace("\r\n ", "")
    for line in (
        f"UID:{trip.public_id}@khao-sat",
        "DTSTART:20261130T233000Z",
        "DTEND:20261202T100000Z",
        "SUMMARY:Khảo sát vùng dược liệu",
        "LOCATION:Trụ sở phường Ngũ Hành Sơn",
        "STATUS:CONFIRMED",
    ):
        assert f"\r\n{line}\r\n" in found, found
    trip.meets_at = None
    whole = ics.calendar(trip, "http://localhost/su-kien/x").decode()
    assert "DTSTART;VALUE=DATE:20261201" in whole
    assert "DTEND;VALUE=DATE:20261203" in whole
    assert LAST.day == 2


def test_only_those_on_it_see_a_trip(world, outing):
    trip = outing.confirmed()
    for who in ("hotel", "restaurant", "official_1", "ward_leader"):
        assert queries.get(trip.public_id, world.actor(who)) is trip
    for who in ("investor", "other_coop"):
        with pytest.raises(NotFound):
            queries.get(trip.public_id, world.actor(who))
    (public,) = queries.coming(world.pair_id)
    assert public.seats_left == 3
    assert public.places == ("Cr'toonh", "Aur")


def test_the_same_person_is_invited_once(world, outing):
    trip = outing.planned()
    outing.invited(trip, "hotel")
    with pytest.raises(Invalid) as refusal:
        outing.invited(trip, "hotel")
    assert refusal.value.field == "function"
    outing.invited(trip, "hotel", number=2)  # somebody else: another phone
    outing.invited(trip, "restaurant")
