"""The demonstration: enough of everything, in every state, whole, and nobody's real data."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from config import ROOT
from marketplace import demo
from marketplace.accounts import passwords
from marketplace.accounts.models import ActingRecord, Locality, Organisation, StoredFile, User
from marketplace.accounts.rules import ActingHow, OrganisationKind, OrganisationState
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import Availability, ListingState
from marketplace.core import clock, journal, tax_code
from marketplace.core.db import db
from marketplace.core.files import FolderStore
from marketplace.core.journal import Entry, Outbox, Seal
from marketplace.deals.models import Deal, Figure, Instalment, Outcome
from marketplace.deals.rules import (
    Awaited,
    DealState,
    FigureState,
    Indicator,
    InstalmentState,
    OutcomeState,
    awaited,
)
from marketplace.demo import cast, dealings, goods
from marketplace.demo.stage import Stage, play
from marketplace.desk import case_rows
from marketplace.interests.models import Interest
from marketplace.interests.rules import InterestState
from marketplace.matching.models import Match
from marketplace.matching.rules import MatchState
from marketplace.notifications.models import Channel, Delivery, DeliveryState
from marketplace.programme.models import Pair
from tests.conftest import make_app
from tests.databases import database_url, make_database
from tests.demo.declarations import watched

pytestmark = pytest.mark.xdist_group("demonstration")  # loaded once in a run

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""A Friday, nine in the morning in Vietnam."""


def load(url: str, folder: Path, now: datetime) -> Flask:
    app = make_app(url, folder)
    with clock.at(now):
        assert demo.load_if_empty(app)
    return app


@pytest.fixture(scope="module")
def _loaded(
    database: str, worker: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("demonstration")
    if database == "sqlite":
        url = database_url("sqlite", f"demo_{worker}", folder)
    else:
        url = make_database(f"{worker}_demo")
    with watched() if database == "sqlite" else nullcontext([]) as untold:
        app = load(url, folder, NOW)
    app.extensions["untold"] = untold
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def loaded(_loaded: Flask) -> Iterator[Flask]:
    with _loaded.app_context(), clock.at(NOW):
        yield _loaded


def by_state(column: sa.ColumnElement) -> Counter:
    return Counter(db.session.scalars(sa.select(column)))


def test_every_act_tells_the_journal_which_cases_and_lists_it_changes(loaded: Flask) -> None:
    assert loaded.extensions["untold"] == []


def test_lists_and_the_board_name_the_same_as_waited_for(loaded: Flask) -> None:
    """Lists ask records, the board plain facts; where a list names somebody, the board does too."""
    pairs = db.session.scalars(sa.select(Pair)).all()
    named = 0
    for case in case_rows.of_pairs(pairs):
        deal = db.session.get(Deal, case.deal_id) if case.deal_id else None
        waited = awaited(deal) if deal is not None else Awaited()
        if not any(waited) or (deal is not None and deal.ruling is not None):
            continue  # nobody's turn there; a proposal in a dispute waits for one key only
        organisations = {one.id for one in waited.organisations}
        held = {holder.id for holder in case.hold.holders}
        if case.hold.is_office:
            assert {place.id for place in waited.localities} == set(case.hold.localities), case
        else:
            assert organisations == held, case
        named += 1
    assert named >= 3


# ---------------------------------------------------------------- enough of everything


def test_there_is_enough_in_every_state(loaded: Flask) -> None:
    listings = by_state(Listing.state)
    assert listings.total() >= 25
    assert set(listings) == set(ListingState)
    assert by_state(Listing.availability)[Availability.PAUSED] >= 1
    interests = by_state(Interest.state)
    assert interests.total() >= 40
    assert set(interests) == set(InterestState)
    matches = by_state(Match.state)
    assert matches.total() >= 20
    assert set(matches) == set(MatchState)
    deals = by_state(Deal.state)
    assert deals.total() >= 12
    assert set(deals) == set(DealState)
    assert set(by_state(Outcome.state)) == set(OutcomeState)
    assert by_state(Instalment.state)[InstalmentState.ENTERED] >= 2
    figures = by_state(Figure.state)
    assert {FigureState.SUBMITTED, FigureState.VERIFIED, FigureState.RETURNED} == set(figures)
    organisations = by_state(Organisation.state)
    assert organisations[OrganisationState.PENDING] >= 1
    assert organisations[OrganisationState.RETURNED] >= 1


def test_eight_outcomes_are_verified_whole(loaded: Flask) -> None:
    whole = 0
    for outcome in db.session.scalars(sa.select(Outcome)):
        whole += {figure.state for figure in outcome.figures} == {FigureState.VERIFIED}
    assert whole >= 8


def test_the_present_matters_wait_for_someone(loaded: Flask) -> None:
    """What an official must find on the desk: keys of every sort, late answers, calls, figures."""
    waiting = db.session.scalars(sa.select(Listing).where(Listing.state == ListingState.SUBMITTED))
    assert {(x.keys_needed, len(x.keys)) for x in waiting} >= {(1, 0), (2, 0), (2, 1)}
    proposed = db.session.scalars(sa.select(Match).where(Match.state == MatchState.PROPOSED)).all()
    assert {len(match.consents) for match in proposed} == {0, 1, 2}
    assert any(
        match.takes_effect_on and match.takes_effect_on >= clock.today() for match in proposed
    )
    assert any(match.keys_needed == 2 and match.unit for match in proposed)  # after an objection
    assert any(match.keys_needed == 2 and not match.unit and match.keys for match in proposed)
    asked = db.session.scalars(sa.select(Interest)).all()
    assert sum(interest.is_late for interest in asked) >= 3
    assert any(interest.due_on and not interest.is_late for interest in asked)
    stale = [x for x in db.session.scalars(sa.select(Produce)) if x.is_open and x.is_stale]
    assert len(stale) >= 3
    calls = sa.select(Delivery).where(
        Delivery.channel == Channel.CALL, Delivery.state == DeliveryState.PENDING
    )
    assert db.session.scalars(calls).first() is not None
    assert by_state(Delivery.channel)[Channel.INBOX] > 100


def test_some_dealings_are_older_than_the_site(loaded: Flask) -> None:
    opened = db.session.scalars(sa.select(sa.func.min(Entry.at))).one()
    earlier = db.session.scalars(sa.select(Match).where(Match.happened_on.is_not(None))).all()
    assert len(earlier) >= 2
    for match in earlier:
        assert match.happened_on < clock.local(opened).date()
        assert match.paper is not None
        assert len(match.consents) == 2


def test_words_were_recorded_for_those_who_are_not_online(loaded: Flask) -> None:
    records = db.session.scalars(sa.select(ActingRecord)).all()
    assert {record.how for record in records} >= {ActingHow.CALL, ActingHow.SLIP}
    assert {record.subject_type for record in records} >= {"listing", "interest", "match", "deal"}
    assert all(record.evidence for record in records if record.how is ActingHow.SLIP)


def test_every_key_has_a_second_person(loaded: Flask) -> None:
    rows = [row[:2] for row in demo.accounts()]
    for place in ("Avương", "Ngũ Hành Sơn"):
        assert rows.count(("official", place)) == 2
        assert rows.count(("leader", place)) == 1
    kinds = set(db.session.scalars(sa.select(Organisation.kind)))
    assert kinds == set(OrganisationKind)


def test_everyone_of_the_list_can_sign_in(loaded: Flask) -> None:
    rows = demo.accounts()
    assert len({row[2] for row in rows}) == len(rows) >= 20
    hashes = dict(db.session.execute(sa.select(User.email, User.password_hash)).all())
    for email in (rows[0][2], rows[-1][2]):
        assert passwords.fits(hashes[email], cast.PASSWORD)
    assert all(hashes[row[2]] for row in rows)
    client = loaded.test_client()
    assert client.get("/dang-nhap").status_code == 200


# ---------------------------------------------------------------- nobody's real data


def everything_written() -> Iterator[str]:
    """Every text in the database, but for what the program computes to sort and compare."""
    computed = re.compile("digest|hash|_key$|public_id")
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(sa.select(table)):
            for column, value in row._mapping.items():
                if isinstance(value, str) and not computed.search(column):
                    yield value


PHONE = re.compile(r"(?<![\w/-])(?:\+?84|0)(?:[ .-]?\d){9,10}(?![\w-])")
MAIL = re.compile(r"[\w.+-]+@[\w.-]+")


def test_no_number_can_be_dialled_and_no_mail_leaves(loaded: Flask) -> None:
    codes = set(db.session.scalars(sa.select(Organisation.tax_code)))
    for text in everything_written():
        for found in PHONE.findall(text):
            assert found in codes, text
        for found in MAIL.findall(text):
            assert found.endswith(".example"), text
    assert not any(db.session.scalars(sa.select(User.phone)))
    assert not any(db.session.scalars(sa.select(Organisation.phone)))


def test_the_pattern_would_find_a_number() -> None:
    assert PHONE.findall("gọi 0905 123 456 hoặc +84905123456") != []
    assert PHONE.findall(cast.MASKED_PHONE) == []


def test_tax_codes_are_the_ones_set_aside(loaded: Flask) -> None:
    codes = [code for code in db.session.scalars(sa.select(Organisation.tax_code)) if code]
    assert len(codes) == 12
    for code in codes:
        assert code.startswith(("0409999", "4009999"))
        assert tax_code.parse(code) == code


def test_every_listing_is_marked_and_says_what_is_real(loaded: Flask) -> None:
    for listing in db.session.scalars(sa.select(Listing)):
        assert listing.is_demonstration
        assert not listing.description or "minh họa" in listing.description


def test_what_must_wait_is_left_out() -> None:
    """Alcohol, tourism as goods, and goods of other communes (domain page 8.1)."""
    titles = " ".join(each.title.lower() for each in goods.PRODUCE)
    for word in ("rượu", "tr'đin", "tà vạt", "homestay", "tour", "bè tre", "cam "):
        assert word not in titles
    assert not any("tr'đin" in each.title for each in goods.CALLS)


def test_villages_are_those_of_the_pair() -> None:
    pair = tomllib.loads(demo.PAIR.read_text())
    villages = set(pair["source"]["villages"])
    used = {each.village for each in (*goods.PRODUCE, *goods.CALLS, *cast.HOUSEHOLDS)} - {None}
    assert used <= villages


def test_no_listing_claims_a_cure_or_a_certificate(loaded: Flask) -> None:
    texts = db.session.scalars(sa.select(Listing.description)).all()
    for word in ("chữa", "điều trị", "ocop", "vietgap", "hữu cơ"):
        assert not any(word in text.lower() for text in texts)


# ---------------------------------------------------------------- whole


def test_the_journal_is_whole_and_all_of_it_was_told(loaded: Flask) -> None:
    assert journal.first_broken_seal() is None
    entries = db.session.scalar(sa.select(sa.func.count(Entry.id)))
    sealed = db.session.scalar(sa.select(sa.func.count(Seal.entry_id)))
    untold = db.session.scalars(
        sa.select(Entry.name)
        .join(Outbox, Outbox.entry_id == Entry.id)
        .where(Outbox.dispatched_at.is_(None))
    ).all()
    assert untold == [demo.LOADED]
    assert sealed == entries - 1
    waiting = sa.select(Delivery).where(
        Delivery.channel == Channel.EMAIL, Delivery.state != DeliveryState.SENT
    )
    assert db.session.scalars(waiting).first() is None


def test_nothing_lies_ahead_and_everything_is_in_order(loaded: Flask) -> None:
    times = db.session.scalars(sa.select(Entry.at).order_by(Entry.id)).all()
    assert times == sorted(times)
    assert times[-1] <= NOW
    assert times[0] < NOW - timedelta(days=365)
    days = db.session.scalars(sa.select(Entry.happened_on).where(Entry.happened_on.is_not(None)))
    assert all(day <= clock.today() for day in days)


def test_figures_are_what_was_confirmed(loaded: Flask) -> None:
    """Every figure recomputed from its confirmed instalments, apart from the services."""
    for deal in db.session.scalars(sa.select(Deal)):
        figures = deal.outcome.figures if deal.outcome else []
        sums: Counter[Indicator] = Counter()
        for figure in figures:
            sums[figure.indicator] += figure.amount
        ended_early = deal.state is DealState.TERMINATED
        if deal.state not in {DealState.COMPLETED, DealState.PARTLY_COMPLETED} and not ended_early:
            assert figures == []
            continue
        confirmed = [i for i in deal.instalments if i.state is InstalmentState.CONFIRMED]
        assert sums[Indicator.DELIVERED_VALUE] == sum(i.value for i in confirmed)
        assert sums[Indicator.COMMITTED_VALUE] == deal.committed_value
        assert sums[Indicator.DEALS_DONE] == (not ended_early)
        grams = sum(i.quantity for i in confirmed) if deal.unit == "kg" else 0
        assert sums[Indicator.DELIVERED_WEIGHT] == grams
        if deal.state is DealState.COMPLETED:
            assert sums[Indicator.DELIVERED_VALUE] == deal.committed_value


def test_nobody_verified_or_keyed_their_own(loaded: Flask) -> None:
    for figure in db.session.scalars(sa.select(Figure).where(Figure.verified_by_id.is_not(None))):
        assert figure.verified_by_id != figure.entered_by_id
        assert figure.verified_by_id not in figure.outcome.deal.recorder_ids
    for match in db.session.scalars(sa.select(Match).where(Match.state == MatchState.APPROVED)):
        people = [key.user_id for key in match.keys]
        assert len(people) == len(set(people)) >= match.keys_needed
        assert not {match.proposed_by_id, *match.recorder_ids} & set(people)


def test_nothing_is_promised_twice(loaded: Flask) -> None:
    for listing in db.session.scalars(sa.select(Produce)):
        promised = sum(
            match.quantity
            for match in db.session.scalars(sa.select(Match).where(Match.listing_id == listing.id))
            if match.state is MatchState.PROPOSED and match.from_stock
        )
        for deal in db.session.scalars(sa.select(Deal).where(Deal.listing_id == listing.id)):
            if not deal.match.from_stock:
                continue
            if deal.state in {DealState.PARTLY_COMPLETED, DealState.TERMINATED}:
                promised += deal.delivered_quantity
            elif deal.state is not DealState.CANCELLED:
                promised += deal.committed_quantity
        assert listing.promised == promised <= listing.quantity


def test_every_paper_can_be_read(loaded: Flask) -> None:
    store = loaded.extensions["files"]
    papers = db.session.scalars(sa.select(StoredFile)).all()
    assert len(papers) >= 10
    for paper in papers:
        content = store.read(paper.digest)
        assert content is not None
        assert len(content) == paper.size
        begins = b"%PDF-" if paper.media_type == "application/pdf" else b"\xff\xd8"
        assert content.startswith(begins)


# ---------------------------------------------------------------- loading


def test_loading_again_changes_nothing(loaded: Flask) -> None:
    before = db.session.scalar(sa.select(sa.func.count(Entry.id)))
    assert demo.load_if_empty(loaded) is False
    assert demo.load() is False
    assert db.session.scalar(sa.select(sa.func.count(Entry.id))) == before
    result = loaded.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 0
    assert "already" in result.output


def test_a_database_with_other_data_is_left_alone(app: Flask, world: object) -> None:
    assert demo.load_if_empty(app) is False
    assert demo.accounts() == []
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 1
    assert "other data" in result.output


def empty_app(database: str, worker: str, tmp_path: Path) -> Flask:
    if database == "sqlite":
        return make_app(f"sqlite:///{tmp_path / 'empty.sqlite'}", tmp_path)
    return make_app(make_database(f"{worker}_empty"), tmp_path)


def leave() -> None:
    """Close what the test opened."""
    db.session.remove()
    db.engine.dispose()


def test_a_real_installation_refuses_it(database: str, worker: str, tmp_path: Path) -> None:
    app = empty_app(database, worker, tmp_path)
    object.__setattr__(app.config["SETTINGS"], "production", True)
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 1
    assert "real installation" in result.output
    with app.app_context():
        assert demo.is_empty()
        leave()


def test_a_load_that_breaks_off_leaves_nothing(
    database: str, worker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = empty_app(database, worker, tmp_path)
    lines: list[str] = []

    def tire(line: str) -> None:
        lines.append(line)
        if len(lines) == 3:
            raise InterruptedError

    monkeypatch.setattr(demo, "say", tire)
    with clock.at(NOW), pytest.raises(InterruptedError):
        demo.load_if_empty(app)
    with app.app_context():
        assert demo.is_empty()
        assert not demo.is_loaded()
        with closing(db.engine.connect()) as connection:  # the engine is the real one again
            assert connection.execute(sa.select(sa.func.count(Locality.id))).scalar() == 0
        leave()


@pytest.mark.slow
def test_a_killed_load_can_be_repeated(database: str, worker: str, tmp_path: Path) -> None:
    app = empty_app(database, worker, tmp_path)
    settings = app.config["SETTINGS"]
    environment = {
        "DATABASE_URL": settings.database_url,
        "INSTANCE_PATH": str(settings.instance),
        "PATH": "/usr/bin:/bin",
        "PYTHONUNBUFFERED": "1",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "demo"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for _ in range(3):
            assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    with app.app_context():
        assert demo.is_empty()
        leave()


@pytest.mark.slow
def test_a_load_during_the_new_year_holidays_is_complete_too(
    database: str, worker: str, tmp_path: Path
) -> None:
    if database != "sqlite":
        pytest.skip("the calendar is the same on both databases")
    app = empty_app(database, worker, tmp_path)
    now = datetime(2027, 2, 10, 17, 30, tzinfo=UTC)  # half past midnight in Vietnam, in Tết
    with clock.at(now):
        assert demo.load_if_empty(app)
    with app.app_context(), clock.at(now):
        test_there_is_enough_in_every_state(app)
        test_eight_outcomes_are_verified_whole(app)
        assert db.session.scalar(sa.select(sa.func.max(Entry.at))) <= now
        leave()


def test_stories_are_told_in_order(tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []

    def story(name: str, *days: int) -> Iterator[tuple[int, str]]:
        for ago in days:
            yield (ago, "08:00")
            told.append((name, f"{clock.local(clock.now()):%d %H:%M}"))

    stage = Stage(0, FolderStore(tmp_path), NOW)
    play(stage, [story("a", 3, 3, -1), story("b", 4, 5, 0)], lambda: None, lambda _line: None)
    assert told == [
        ("b", "16 08:00"),
        ("b", "16 08:25"),  # named an earlier day: told after what was told
        ("a", "17 08:00"),
        ("a", "17 08:25"),
        ("b", "20 08:00"),  # and what lies ahead is left out
    ]


def test_dealings_refer_to_what_there_is() -> None:
    listings = {each.key for each in (*goods.PRODUCE, *goods.CALLS)}
    people = {member.key for member in cast.MEMBERS}
    for dealing in dealings.ALL:
        assert dealing.listing in listings
        assert dealing.buyer in people
