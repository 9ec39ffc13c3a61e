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
from marketplace.interests import services as interests
from marketplace.interests.rules import InterestState
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery
from marketplace.programme.models import Approval, ClockStop
from marketplace.roads import services as roads
from marketplace.roads.rules import Cause, Condition
from marketplace.roads.services import NoticeValues
from marketplace.trips import ics, kit, queries, services
from marketplace.trips.rules import NextStep, PersonState, StopState, TripState, not_written
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


def test_nobody_is_invited_or_answers_when_a_trip_is_over(world, outing):
    trip = outing.confirmed()
    official, hotel, code = world.actor("official_1"), world.actor("hotel"), trip.public_id
    first, second = (person.public_id for person in trip.people)
    with clock.at(DAY_ONE + timedelta(days=20)), pytest.raises(Blocked):
        services.move_person(hotel, code, first, "accept")  # its days have passed
    services.move_person(hotel, code, first, "decline")
    services.move(official, code, "cancel", reason="guests", note="Ít người.")
    for actor, person, move in (
        (official, first, "invite"),
        (world.actor("restaurant"), second, "decline"),
    ):
        with pytest.raises(Blocked) as refused:
            services.move_person(actor, code, person, move)
        assert said(refused) == {"This trip is over, or it was cancelled."}


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


def test_a_leader_who_said_no_leads_no_more(world, outing):
    trip = outing.confirmed()
    leader = next(person for person in trip.people if person.is_leader)
    services.move_person(world.actor("hotel"), trip.public_id, leader.public_id, "decline")
    with clock.at(DAY_ONE), pytest.raises(NotAllowed):
        services.check_in(world.actor("hotel"), trip.public_id, trip.stops[0].public_id)


def test_what_a_phone_noted_before_a_postponement_comes_in(world, outing):
    trip = outing.under_way()
    leader, official, code = world.actor("hotel"), world.actor("official_1"), trip.public_id
    first, second = (stop.public_id for stop in trip.stops)
    noted = DAY_ONE + timedelta(hours=3)
    with clock.at(DAY_ONE + timedelta(hours=6)):
        services.move(official, code, "postpone", reason="road", note="Sạt lở km 5.")
    with clock.at(DAY_ONE + timedelta(days=1)):
        services.check_in(leader, code, first, findings="Thêm một ý.")
        for at in (None, DAY_ONE + timedelta(hours=7)):  # not while it is postponed
            with pytest.raises(Invalid, match="postponed on") as refused:
                services.check_in(leader, code, second, phone_at=at)
            assert refused.value.field == "phone_at"
        with pytest.raises(Blocked):
            services.skip(leader, code, second, reason="rain", note="Mưa lớn.")
        later = {"starts_on": date(2026, 12, 20), "ends_on": date(2026, 12, 21)}
        services.edit(official, code, None, outing.values(**later))
        services.move(official, code, "replan")
        for who in ("official_2", "ward_official_1"):
            services.turn_key(world.actor(who), code, fake_freeze)
        services.check_in(leader, code, second, phone_at=noted, findings="Đã đến.")
    stop = queries.stop(trip, second)
    assert (stop.state, stop.phone_at) == (StopState.SEEN, noted)
    assert trip.state is TripState.CONFIRMED  # it sets out anew on its new days


def test_a_trip_that_was_broken_off_sets_out_again(world, outing):
    trip = outing.under_way()
    official, code = world.actor("official_1"), trip.public_id
    services.move(official, code, "postpone", reason="road", note="Sạt lở km 5.")
    services.move(official, code, "replan")
    for who in ("official_2", "ward_official_1"):
        services.turn_key(world.actor(who), code, fake_freeze)
    with clock.at(DAY_ONE + timedelta(days=1)):
        services.check_in(world.actor("hotel"), code, trip.stops[1].public_id)
    assert trip.state is TripState.UNDER_WAY


def test_what_was_noted_by_mistake_is_put_right(world, outing):
    trip = outing.written()
    official, code = world.actor("official_1"), trip.public_id
    person, stop = trip.people[0], trip.stops[1]
    with clock.at(DAY_ONE + timedelta(days=3)):
        services.sign_report(world.actor("official_2"), code)
        services.move_person(official, code, person.public_id, "miss")
        assert trip.report.keys == []  # the key was turned on something else
        services.move_person(official, code, person.public_id, "attend")
        assert person.state is PersonState.ATTENDED
        services.check_in(official, code, stop.public_id, findings="Tạnh mưa, đã đến.")
    assert (stop.state, stop.skip_reason) == (StopState.SEEN, None)
    assert stop.findings == "Tạnh mưa, đã đến."


def test_a_withdrawn_interest_needs_no_next_step(world, outing):
    trip = outing.reporting()
    link = trip.interests[1]
    interests.withdraw(
        world.actor("restaurant"), link.interest.public_id, reason="other", note="Thôi."
    )
    named = {text.params.get("organisation") for text in not_written(trip.report)}
    assert world.organisation("hotel").name in named
    assert link.interest.organisation.name not in named


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


def test_a_clock_stands_while_any_postponed_trip_serves_the_interest(world, outing):
    trip = outing.confirmed()
    official = world.actor("official_1")
    served = [link.interest for link in trip.interests]
    running = sa.select(sa.func.count(ClockStop.id)).where(ClockStop.until.is_(None))
    services.move(official, trip.public_id, "postpone", reason="road", note="Sạt lở km 5.")
    assert db.session.scalar(running) == len(served)
    other = services.create(official, world.pair_id, outing.values())
    services.attach(official, other.public_id, [one.public_id for one in served])
    services.move(official, other.public_id, "cancel", reason="other", note="Thôi.")
    assert db.session.scalar(running) == len(served)  # the first trip is still postponed
    services.move(official, trip.public_id, "replan")
    assert db.session.scalar(running) == 0


def test_an_interest_joining_a_postponed_trip_has_its_clock_stopped(world, outing):
    trip = outing.confirmed()
    official = world.actor("official_1")
    services.move(official, trip.public_id, "postpone", reason="road", note="Sạt lở km 5.")
    late = world.interest(trip.stops[0].listing, "investor", 5_000)
    services.attach(official, trip.public_id, [late.public_id])
    (stop,) = db.session.scalars(sa.select(ClockStop).where(ClockStop.subject_id == late.id))
    assert (stop.why, stop.until) == ("road", None)


def test_new_days_take_the_stops_along(world, outing):
    trip = outing.under_way()
    official, code = world.actor("official_1"), trip.public_id
    seen, to_see = trip.stops
    services.move(official, code, "postpone", reason="road", note="Sạt lở km 5.")
    later = {"starts_on": date(2026, 12, 20), "ends_on": date(2026, 12, 21)}
    services.edit(official, code, None, outing.values(**later))
    assert (seen.on, to_see.on) == (FIRST, date(2026, 12, 21))  # what was seen was seen then
    services.edit(official, code, None, outing.values(**later | {"ends_on": date(2026, 12, 20)}))
    with pytest.raises(Blocked) as refused:
        services.move(official, code, "replan")
    assert said(refused) == {
        "“%(stop)s” stands on %(day)s, outside the days of the trip. Change its day."
    }


def test_whoever_is_concerned_is_told_what_becomes_of_a_trip(world, outing):
    trip = outing.confirmed()
    official, code = world.actor("official_1"), trip.public_id
    services.ask_for_seat(world.actor("investor"), code, "Giám đốc", "+84905000002")
    host, asked, hotel = (world.users[name] for name in ("coop", "investor", "hotel"))
    assert host in told("trip.confirm")
    with clock.at(DAY_ONE):
        services.check_in(world.actor("hotel"), code, trip.stops[0].public_id)
        services.move_person(official, code, trip.people[0].public_id, "attend")
        services.move(official, code, "postpone", reason="road", note="Sạt lở km 5.")
        people = told("trip.postpone")
        assert {host, asked, hotel} <= set(people)
        assert len(people) == len(set(people))
        later = {"starts_on": date(2026, 12, 20), "ends_on": date(2026, 12, 21)}
        services.edit(official, code, None, outing.values(**later))
        services.move(official, code, "replan")
        services.move(official, code, "cancel", reason="other", note="Thôi.")
    assert {host, asked, hotel} <= set(told("trip.cancel"))


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
    for who in ("hotel", "restaurant", "coop", "official_1", "ward_leader"):
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
