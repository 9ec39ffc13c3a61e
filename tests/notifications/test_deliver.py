"""Mails against a real SMTP server: sent once, tried again, never lost, even by a killed worker."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace.accounts.models import User
from marketplace.catalogue import services as catalogue
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.notifications import deliver as delivering
from marketplace.notifications import queries
from marketplace.notifications.channels import Files, Smtp
from marketplace.notifications.deliver import RETRIES, claim, deliver
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery, DeliveryState
from marketplace.notifications.writing import mail
from tests.smtp_server import smtp_server

ROOT = Path(__file__).resolve().parents[2]
OFFICIALS = {"official-1@demo.example", "official-2@demo.example", "leader@demo.example"}
KILLS = 20 if os.environ.get("FULL_COUNTS") else 10


@pytest.fixture
def mails(tmp_path):
    with smtp_server(tmp_path / "mails") as server:
        yield server


def write_mails(world, listings: int = 1) -> list[Delivery]:
    """Three mails for each listing sent for approval."""
    for n in range(listings):
        catalogue.submit(world.actor("coop"), world.draft(title=f"Đẳng sâm {n}").public_id)
    while dispatch():
        pass
    return deliveries()


def deliveries() -> list[Delivery]:
    return list(
        db.session.scalars(
            sa.select(Delivery)
            .where(Delivery.channel == Channel.EMAIL)
            .order_by(Delivery.id)
            .execution_options(populate_existing=True)
        )
    )


def states() -> Counter:
    return Counter(d.state for d in deliveries())


def ids(server) -> list[str]:
    return [m["Message-ID"] for m in server.received()]


def test_each_mail_is_sent_once_in_its_reader_s_language(world, mails):
    db.session.get_one(User, world.users["official_1"]).language = "en"
    db.session.commit()
    write_mails(world)
    assert deliver(Smtp(mails.url), mail) == 3
    assert deliver(Smtp(mails.url), mail) == 0
    received = mails.wait_for(3)
    assert {m["X-Envelope-To"] for m in received} == OFFICIALS
    by_reader = {m["To"]: m for m in received}
    assert by_reader["official-1@demo.example"]["Subject"] == "To approve: Đẳng sâm 0"
    assert (
        "Read it, then approve it"
        in by_reader["official-1@demo.example"].get_body(("plain",)).get_content()
    )
    assert (
        by_reader["leader@demo.example"]
        .get_body(("html",))
        .get_content()
        .startswith("<!doctype html>")
    )
    assert len(set(ids(mails))) == 3
    assert states() == {DeliveryState.SENT: 3}
    assert all(d.sent_at and d.leased_until is None for d in deliveries())


def test_a_server_that_asks_to_wait_is_asked_again_later(world, mails):
    write_mails(world)
    mails.refuse_with(421)
    assert deliver(Smtp(mails.url), mail) == 0
    assert states() == {DeliveryState.PENDING: 3}
    assert {d.attempts for d in deliveries()} == {1}
    assert deliver(Smtp(mails.url), mail) == 0  # not before its time
    assert {d.attempts for d in deliveries()} == {1}
    mails.refuse_with(None)
    with clock.at(clock.now() + RETRIES[0] + timedelta(seconds=1)):
        assert deliver(Smtp(mails.url), mail) == 3
    assert len(mails.received()) == 3


def test_a_mailbox_that_is_not_there_is_given_up_and_shown(world, mails, browse):
    write_mails(world)
    mails.refuse_with(550, at="RCPT", only="leader@demo.example")
    assert deliver(Smtp(mails.url), mail) == 2
    failed = [d for d in deliveries() if d.state is DeliveryState.FAILED]
    assert [(d.user.email, d.attempts) for d in failed] == [("leader@demo.example", 1)]
    assert "550" in failed[0].error
    page = browse("ward_official_1", "en").get("/lam-viec/cuoc-goi")
    assert "leader@demo.example" in page.text
    with clock.at(clock.now() + timedelta(days=30)):
        assert deliver(Smtp(mails.url), mail) == 0


def test_a_cut_connection_repeats_the_mail_under_the_same_id(world, mails):
    write_mails(world)
    mails.cut_after_data()
    assert deliver(Smtp(mails.url), mail) == 0
    mails.cut_after_data(False)
    with clock.at(clock.now() + RETRIES[0] + timedelta(seconds=1)):
        assert deliver(Smtp(mails.url), mail) == 3
    assert set(Counter(ids(mails)).values()) == {2}
    assert len(set(ids(mails))) == 3


def test_a_server_that_is_away_costs_patience_then_gives_up(world, tmp_path):
    with smtp_server(tmp_path / "gone") as gone:
        url = gone.url
    write_mails(world)
    moment = clock.now()
    for _ in range(len(RETRIES) + 1):
        with clock.at(moment):
            assert deliver(Smtp(url), mail) == 0
        moment += timedelta(days=1, seconds=1)
    assert states() == {DeliveryState.FAILED: 3}
    assert {d.attempts for d in deliveries()} == {len(RETRIES) + 1}
    assert len(queries.failed(world.actor("official_2"))) == 3


def test_a_mail_that_cannot_be_written_holds_up_no_other(world, mails, caplog):
    first = write_mails(world)[0].id

    def write(delivery_id):
        if delivery_id == first:
            raise KeyError("nobody")
        return mail(delivery_id)

    assert deliver(Smtp(mails.url), write) == 2
    assert "cannot be written" in caplog.text
    assert deliver(Smtp(mails.url), mail) == 0
    with clock.at(clock.now() + RETRIES[0] + timedelta(seconds=1)):
        assert deliver(Smtp(mails.url), mail) == 1


def test_without_a_server_mails_are_kept_as_files(world, tmp_path):
    write_mails(world)
    assert deliver(Files(tmp_path / "kept"), mail) == 3
    assert len(list((tmp_path / "kept").glob("*.eml"))) == 3
    assert not list((tmp_path / "kept").glob(".*"))
    assert states() == {DeliveryState.SENT: 3}


def test_a_leased_mail_is_left_alone_until_the_lease_runs_out(world, mails):
    write_mails(world)
    leased = claim()
    assert deliver(Smtp(mails.url), mail) == 2
    assert deliver(Smtp(mails.url), mail) == 0
    with clock.at(clock.now() + delivering.LEASE + timedelta(seconds=1)):
        assert claim() == leased


def test_a_worker_told_to_stop_claims_nothing_more(world, mails):
    write_mails(world, 2)
    left = iter([True, True, False])
    assert deliver(Smtp(mails.url), mail, lambda: next(left)) == 2
    assert states()[DeliveryState.PENDING] == 4
    assert all(d.leased_until is None for d in deliveries())


def test_two_workers_send_each_mail_once(fresh, mails):
    app, world = fresh
    write_mails(world, 4)
    mails.be_slow(0.05)
    sent = []

    def work():
        with app.app_context():
            while n := deliver(Smtp(mails.url), mail):
                sent.append(n)
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert sum(sent) == 12
    assert len(ids(mails)) == len(set(ids(mails))) == 12


# ---------------------------------------------------------------- the process itself


def start_worker(app, smtp_url: str, *arguments: str) -> subprocess.Popen:
    settings = app.config["SETTINGS"]
    env = os.environ | {
        "DATABASE_URL": settings.database_url,
        "INSTANCE_PATH": str(settings.instance),
        "PUBLIC_URL": settings.public_url,
        "SMTP_URL": smtp_url,
        "MAIL_FROM": settings.mail_from,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker", *arguments],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def finished(process: subprocess.Popen, seconds: float = 60) -> int:
    try:
        _, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    assert b"Traceback" not in errors, errors.decode()
    return process.returncode


@pytest.mark.slow
def test_a_worker_asked_to_stop_finishes_its_mail(running, mails):
    app, world = running
    write_mails(world, 3)
    db.session.commit()
    mails.be_slow(0.5)
    worker = start_worker(app, mails.url)
    try:
        mails.wait_for(1, 40)
    finally:
        worker.send_signal(signal.SIGTERM)
    asked = time.monotonic()
    assert finished(worker) == 0
    assert time.monotonic() - asked < 8
    db.session.rollback()
    sent = [d for d in deliveries() if d.state is DeliveryState.SENT]
    assert 1 <= len(sent) == len(mails.received()) < 9
    assert all(d.leased_until is None for d in deliveries())


@pytest.mark.slow
def test_a_worker_killed_again_and_again_loses_no_mail(running, mails):
    app, world = running
    written = {f"<{d.public_id}@localhost>" for d in write_mails(world, 30)}
    db.session.commit()
    assert len(written) == 90
    mails.be_slow(0.04)
    chance = random.Random(20)
    for _ in range(KILLS):
        before = len(mails.received())
        worker = start_worker(app, mails.url)
        try:
            mails.wait_for(before + 1, 60)
            time.sleep(chance.random() * 0.08)
        finally:
            worker.kill()
            _, errors = worker.communicate()
        assert b"Traceback" not in errors, errors.decode()
        if len(set(ids(mails))) == len(written):
            break
        db.session.rollback()
        db.session.execute(sa.update(Delivery).values(leased_until=None))  # the lease has run out
        db.session.commit()
    mails.be_slow(0)
    assert finished(start_worker(app, mails.url, "--once")) == 0
    received = Counter(ids(mails))
    assert set(received) == written
    assert sum(received.values()) - len(written) <= KILLS
    db.session.rollback()
    assert states() == {DeliveryState.SENT: 90}
