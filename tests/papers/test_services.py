"""Entering, verifying, renewing, numbers given twice, and the clock."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from marketplace.cli import CLOCKS, work_once
from marketplace.core.db import db
from marketplace.core.errors import Blocked, Conflict, DomainError, Invalid, NotAllowed, WrongState
from marketplace.core.journal import Entry
from marketplace.notifications.models import Delivery
from marketplace.papers import queries, services
from marketplace.papers.models import Paper, PaperClaim, PaperReminder
from marketplace.papers.queries import Tray
from marketplace.papers.rules import Coverage, PaperState
from marketplace.papers.types import PaperType
from tests.papers.conftest import ISSUED, Story, day

T = PaperType


def entries(*names: str) -> list[str]:
    found = db.session.scalars(sa.select(Entry).where(Entry.name.in_(names)).order_by(Entry.id))
    return [entry.name for entry in found]


# ---------------------------------------------------------------- entering


@pytest.mark.parametrize("kind", PaperType)
def test_the_last_day_comes_from_the_type(story, kind):
    from marketplace.papers.rules import latest_end

    paper = story.paper(kind)
    assert paper.state is PaperState.SUBMITTED
    assert paper.valid_until == latest_end(kind, ISSUED)


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        (T.VIETGAP, {"number": "12"}, "number"),
        (T.VIETGAP, {"issued_on": date(2026, 11, 21)}, "issued_on"),
        (T.VIETGAP, {"issued_on": date(2024, 11, 19)}, "issued_on"),  # ended yesterday
        (T.VIETGAP, {"valid_until": date(2026, 1, 14)}, "valid_until"),
        (T.VIETGAP, {"valid_until": date(2028, 1, 16)}, "valid_until"),  # beyond two years
        (T.VIETGAP, {"valid_until": date(2026, 11, 19)}, "valid_until"),  # ended yesterday
        (T.OCOP, {"stars": None}, "stars"),
        (T.OCOP, {"decision_number": ""}, "decision_number"),
        (T.OCOP, {"decision_on": None}, "decision_on"),
        (T.OCOP, {"decision_on": date(2026, 11, 21)}, "decision_on"),
        (T.OCOP, {"scan": None}, "scan"),
        (T.ORGANIC, {"standard": ""}, "standard"),
    ],
)
def test_what_cannot_stand_on_such_a_paper(story, kind, changes, field):
    with pytest.raises(Invalid) as refused:
        story.paper(kind, **changes)
    assert refused.value.field == field
    assert db.session.scalar(sa.select(sa.func.count(Paper.id))) == 0


def test_a_paper_may_hold_through_today_and_to_the_last_day_of_its_type(story):
    assert story.paper(T.VIETGAP, valid_until=date(2026, 11, 20)).until == date(2026, 11, 20)
    assert story.paper(T.HACCP, valid_until=date(2029, 1, 15)).until == date(2029, 1, 15)


def test_numbers_are_free_text(story):
    """Letters, signs and accents of whatever issuer; nothing is held against a pattern."""
    for number in ("VietGAP-TT-13-05-48-0001", "015/2026/NNPTNT-ĐNA", "số 7 (bổ sung)", "№ 12/A"):
        assert story.paper(T.VIETGAP, number=number).number == number


def test_what_a_type_does_not_say_is_not_kept(story):
    paper = story.paper(T.HACCP, stars=5, decision_number="x", decision_on=ISSUED, area=1000)
    assert (paper.stars, paper.decision_number, paper.decision_on, paper.area) == (None,) * 4


def test_only_cooperatives_speak_for_members(story):
    assert story.paper(T.HACCP, covers_members=True).covers_members
    assert not story.paper(T.HACCP, "hotel", number="H-9", covers_members=True).covers_members


@pytest.mark.parametrize("who", ["hotel", "other_coop", "ward_official_1"])
def test_strangers_enter_nothing(story, world, who):
    with pytest.raises(NotAllowed):
        services.add(
            world.actor(who), world.organisations["coop"], T.VIETGAP, story.values(), story.told
        )
    assert entries("paper.added", "paper.claimed") == []


@pytest.mark.parametrize("who", ["official_1", "coop"])
def test_for_a_household_the_record_says_who_and_how(story, world, who):
    household = story.household()
    values = story.values(T.COMMITMENT)
    with pytest.raises(Invalid, match="Say how"):
        services.add(world.actor(who), household.id, T.COMMITMENT, values)
    values = story.values(T.COMMITMENT)
    paper = services.add(world.actor(who), household.id, T.COMMITMENT, values, story.told)
    (acted,) = paper.acting
    assert (acted.user_id, acted.for_organisation_id) == (world.users[who], household.id)


# ---------------------------------------------------------------- judging


def test_without_its_scan_nothing_is_verified(story, world):
    paper = story.paper(scan=None)
    with pytest.raises(Blocked, match="scan"):
        services.judge(world.actor("official_1"), paper.public_id, "verify")
    services.edit(world.actor("coop"), paper.public_id, paper.version, story.values())
    verified = services.judge(world.actor("official_1"), paper.public_id, "verify")
    assert verified.state is PaperState.VERIFIED
    assert verified.verified_by_id == world.users["official_1"]


def test_what_ended_while_it_waited_is_not_verified(story, world):
    paper = story.paper(valid_until=date(2026, 11, 25))
    with day(date(2026, 11, 26)), pytest.raises(Blocked, match="has ended"):
        services.judge(world.actor("official_1"), paper.public_id, "verify")


def test_returned_corrected_and_sent_again(story, world):
    paper = story.paper()
    services.judge(
        world.actor("official_1"), paper.public_id, "return", reason="scan", note="Ảnh mờ."
    )
    paper = services.edit(
        world.actor("coop"), paper.public_id, paper.version, story.values(number="VG-77")
    )
    assert (paper.state, paper.number) == (PaperState.SUBMITTED, "VG-77")
    assert entries("paper.return", "paper.edited", "paper.resubmit") == [
        "paper.return",
        "paper.edited",
        "paper.resubmit",
    ]


def test_a_verified_paper_stays_as_it_is(story, world):
    paper = story.verified()
    with pytest.raises(WrongState):
        services.edit(world.actor("coop"), paper.public_id, paper.version, story.values())
    assert paper.number == "vietgap-01/2026"


def test_suspended_and_revoked_prove_nothing(story, world):
    official, today = world.actor("official_1"), date(2026, 11, 20)
    paper = story.verified()
    assert paper.holds_on(today)
    services.judge(official, paper.public_id, "suspend", reason="issuer", note="Theo thông báo.")
    assert not paper.holds_on(today)
    services.judge(official, paper.public_id, "restore")
    assert paper.holds_on(today)
    services.judge(official, paper.public_id, "revoke", reason="issuer", note="Đã thu hồi.")
    assert not paper.holds_on(today)


def test_it_is_prolonged_within_three_months_only(story, world):
    official = world.actor("official_1")
    paper = story.verified()  # until 15/01/2028
    for until in (date(2028, 1, 15), date(2028, 4, 16)):
        with pytest.raises(Invalid) as refused:
            services.prolong(official, paper.public_id, None, until)
        assert refused.value.field == "until"
    with pytest.raises(NotAllowed):
        services.prolong(world.actor("coop"), paper.public_id, None, date(2028, 4, 15))
    services.prolong(official, paper.public_id, None, date(2028, 4, 15))
    assert paper.until == date(2028, 4, 15)
    assert paper.holds_on(date(2028, 4, 15))
    assert not paper.holds_on(date(2028, 4, 16))
    other = story.verified(T.HACCP)
    with pytest.raises(WrongState):
        services.prolong(official, other.public_id, None, date(2029, 2, 1))


# ---------------------------------------------------------------- renewing


def test_a_renewal_keeps_the_history(story, world):
    coop = world.actor("coop")
    old = story.verified(T.OCOP, number="OC-1")
    new = services.renew(
        coop,
        old.public_id,
        story.values(T.OCOP, number="OC-2", issued_on=date(2026, 11, 1)),
    )
    assert (new.renews_id, new.line, new.state) == (old.id, old.line, PaperState.SUBMITTED)
    assert old.state is PaperState.VERIFIED
    with pytest.raises(WrongState):
        services.renew(coop, old.public_id, story.values(T.OCOP, number="OC-3"))
    services.judge(world.actor("official_1"), new.public_id, "verify")
    newest = services.renew(
        coop, new.public_id, story.values(T.OCOP, number="OC-3", issued_on=date(2026, 11, 2))
    )
    assert newest.line == old.line
    assert db.session.scalar(sa.select(sa.func.count(Paper.id))) == 3


def test_a_renewal_may_keep_its_number_and_is_not_older(story, world):
    coop = world.actor("coop")
    old = story.verified()
    with pytest.raises(Invalid) as refused:
        services.renew(coop, old.public_id, story.values(issued_on=date(2026, 1, 14)))
    assert refused.value.field == "issued_on"
    new = services.renew(coop, old.public_id, story.values(issued_on=date(2026, 11, 1)))
    services.judge(world.actor("official_1"), new.public_id, "verify")
    assert (new.number_key, new.state) == (old.number_key, PaperState.VERIFIED)


# ---------------------------------------------------------------- someone else's number (T07)

SAME = [
    ("VG-TT 12/2026", "Chi cục minh họa"),
    ("vg tt 12 2026", "CHI CỤC MINH HỌA"),
    ("VG–TT–12.2026", "Chi  cuc minh hoa"),
]


@pytest.mark.parametrize(("number", "issuer"), SAME)
def test_a_number_of_another_is_refused_and_told_to_officials(story, world, number, issuer):
    held = story.verified(number="VG-TT-12/2026")
    for _ in range(2):
        with pytest.raises(Invalid) as refused:
            story.paper(who="other_coop", number=number, issuer=issuer)
        assert refused.value.field == "number"
        assert "HTX Dược liệu" not in str(refused.value.text)
    (claim,) = queries.claims(world.actor("official_1"))
    assert (claim.paper_id, claim.organisation_id) == (held.id, world.organisations["other_coop"])
    assert queries.claims(world.actor("ward_official_1")) == []
    assert db.session.scalar(sa.select(sa.func.count(Paper.id))) == 1
    work_once()
    told = db.session.scalars(
        sa.select(Delivery.user_id)
        .join(Entry, Entry.id == Delivery.entry_id)
        .where(Entry.name == "paper.claimed")
    ).all()
    assert set(told) == {world.users[name] for name in ("official_1", "official_2", "leader")}
    services.settle(world.actor("official_2"), claim.public_id)
    assert queries.claims(world.actor("official_1")) == []
    with pytest.raises(WrongState):
        services.settle(world.actor("official_2"), claim.public_id)


def test_another_type_or_issuer_is_another_paper_but_shown_to_who_verifies(story):
    story.verified(number="VG-12")
    story.paper(T.ORGANIC, "other_coop", number="VG-12")
    other = story.paper(who="other_coop", number="VG-12", issuer="Tổ chức khác")
    assert [paper.organisation.name for paper in queries.lookalikes(other)] == [
        "HTX Dược liệu minh họa"
    ]


def test_a_returned_or_revoked_number_is_free_again(story, world):
    official = world.actor("official_1")
    held = story.paper(number="VG-12")
    services.judge(official, held.public_id, "return", reason="owner", note="Của HTX khác.")
    story.paper(who="other_coop", number="VG-12")
    with pytest.raises(Invalid):  # and cannot be sent again by the first
        services.edit(world.actor("coop"), held.public_id, None, story.values(number="VG-12"))
    assert db.session.scalar(sa.select(sa.func.count(PaperClaim.id))) == 1


def test_the_same_paper_twice_is_no_claim(story):
    story.paper(number="VG-12")
    with pytest.raises(Invalid, match="already"):
        story.paper(number="VG-12")
    assert entries("paper.claimed") == []


@pytest.mark.slow
def test_two_at_the_same_moment_end_with_one(fresh):
    app, world = fresh
    story = Story(app, world)
    faults: list[type] = []
    barrier = threading.Barrier(2)

    def enter(who: str) -> None:
        with app.app_context():
            actor, values = world.actor(who), story.values(number="VG-12")
            db.session.rollback()
            barrier.wait()
            try:
                services.add(actor, world.organisations[who], T.VIETGAP, values)
            except DomainError as error:
                faults.append(type(error))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=enter, args=(who,)) for who in ("coop", "other_coop")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.session.scalar(sa.select(sa.func.count(Paper.id))) == 1
    assert len(faults) == 1
    assert faults[0] in {Invalid, Conflict}


# ---------------------------------------------------------------- the clock


def test_reminders_come_once_each_at_180_90_and_30_days_and_at_the_end(story, world):
    assert services.remind in CLOCKS
    paper = story.verified()
    until = paper.until
    seen = []
    for left in (200, 181, 180, 179, 91, 90, 31, 30, 1, 0, -1, -40):
        with day(until - timedelta(days=left)):
            told = services.remind(), services.remind()
            assert told[1] == 0
            if told[0]:
                seen.append(left)
    assert seen == [180, 90, 30, -1]
    assert entries("paper.expiring", "paper.ended") == ["paper.expiring"] * 3 + ["paper.ended"]


def test_a_clock_that_slept_tells_the_nearest_only(story):
    paper = story.verified()
    with day(paper.until - timedelta(days=20)):
        assert (services.remind(), services.remind()) == (1, 0)
    (sent,) = db.session.scalars(sa.select(PaperReminder)).all()
    assert sent.days == 30


def test_a_prolonged_paper_is_reminded_of_its_new_end(story, world):
    paper = story.verified()
    with day(paper.until):
        assert services.remind() == 1
        services.prolong(world.actor("official_1"), paper.public_id, None, date(2028, 4, 15))
        assert services.remind() == 1
    days = db.session.execute(sa.select(PaperReminder.until, PaperReminder.days)).all()
    assert sorted(days) == [(date(2028, 1, 15), 30), (date(2028, 4, 15), 180)]


def test_only_papers_that_hold_and_were_not_followed_are_spoken_of(story, world):
    official = world.actor("official_1")
    story.paper(number="VG-1")
    suspended = story.verified(number="VG-2")
    services.judge(official, suspended.public_id, "suspend", reason="check", note="Đang xem.")
    followed = story.verified(number="VG-3")
    new = services.renew(
        world.actor("coop"),
        followed.public_id,
        story.values(number="VG-4", issued_on=date(2026, 11, 20)),
    )
    with day(date(2028, 1, 10)):
        assert queries.to_remind(date(2028, 1, 10)) == [followed.id]
    services.judge(official, new.public_id, "verify")
    assert queries.to_remind(date(2028, 1, 10)) == []
    assert queries.to_remind(date(2028, 11, 1)) == [new.id]
    story.verified(T.GROWING_AREA)
    assert queries.to_remind(date(2028, 11, 1)) == [new.id]


def test_owner_and_officials_are_told_in_their_languages(story, world):
    from marketplace.accounts.models import User

    db.session.get_one(User, world.users["official_2"]).language = "en"
    paper = story.verified()
    with day(paper.until - timedelta(days=90)):
        services.remind()
        work_once()
        entry = db.session.scalars(sa.select(Entry).where(Entry.name == "paper.expiring")).one()
        told = db.session.scalars(sa.select(Delivery.user_id).where(Delivery.entry_id == entry.id))
        assert set(told) == {
            world.users[name] for name in ("coop", "official_1", "official_2", "leader")
        }


# ---------------------------------------------------------------- SQL says what the model says


def test_holding_is_the_same_in_python_and_in_sql(story, world):
    """Every state, with and without a last day, around the midnights that matter."""
    from hypothesis import given, settings
    from hypothesis import strategies as st

    base = story.paper(T.HACCP)
    keep = {
        name: getattr(base, name)
        for name in (
            "organisation_id",
            "number",
            "issuer",
            "issuer_key",
            "scope",
            "coverage",
            "covers_members",
            "issued_on",
            "created_at",
            "updated_at",
            "scan_id",
        )
    }
    start = date(2026, 11, 20)
    ends = st.none() | st.integers(-3, 3).map(lambda n: start + timedelta(days=n))

    @settings(max_examples=25)
    @given(
        st.lists(
            st.tuples(st.sampled_from(PaperState), ends, st.integers(0, 2)), min_size=1, max_size=6
        )
    )
    def check(rows):
        point = db.session.begin_nested()
        try:
            for n, (state, until, more) in enumerate(rows):
                verified = state in {PaperState.VERIFIED, PaperState.SUSPENDED, PaperState.REVOKED}
                db.session.add(
                    Paper(
                        **keep,
                        type=T.VIETGAP,
                        number_key=f"x{n}",
                        state=state,
                        valid_until=until,
                        prolonged_until=until + timedelta(days=more) if until and more else None,
                        verified_at=base.created_at if verified else None,
                        verified_by_id=world.users["official_1"] if verified else None,
                    )
                )
            db.session.flush()
            for shift in range(-3, 6):
                one = start + timedelta(days=shift)
                in_sql = set(db.session.scalars(sa.select(Paper.id).where(queries.holding_on(one))))
                every = db.session.scalars(sa.select(Paper)).all()
                assert in_sql == {paper.id for paper in every if paper.holds_on(one)}
        finally:
            point.rollback()

    check()


# ---------------------------------------------------------------- lists


def test_the_trays_of_the_officials(story, world):
    official = world.actor("official_1")
    waiting = story.paper(number="VG-1")
    holding = story.verified(T.HACCP)
    story.verified(T.HACCP, "hotel", number="H-1")  # the ward's
    stopped = story.verified(T.ISO_22000)
    services.judge(official, stopped.public_id, "revoke", reason="issuer", note="Đã thu hồi.")

    def found(tray: Tray) -> list[int]:
        rows, total = queries.tray(official, tray, number=1, size=24)
        assert total == len(rows) == queries.counts(official)[tray]
        return [paper.id for paper in rows]

    assert found(Tray.WAITING) == [waiting.id]
    assert found(Tray.STOPPED) == [stopped.id]
    assert found(Tray.EXPIRING) == []
    with day(holding.until - timedelta(days=180)):
        assert found(Tray.EXPIRING) == [holding.id]
        assert found(Tray.EXPIRED) == []
    with day(holding.until):
        assert found(Tray.EXPIRING) == [holding.id]
    with day(holding.until + timedelta(days=1)):
        assert found(Tray.EXPIRING) == []
        assert found(Tray.EXPIRED) == [holding.id]
    assert len(found(Tray.ALL)) == 3


def test_coverage_is_kept(story):
    assert story.paper(coverage=Coverage.CHOSEN).coverage is Coverage.CHOSEN
