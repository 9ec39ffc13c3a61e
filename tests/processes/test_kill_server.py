"""Killing the web server again and again while six people write: nothing acknowledged is lost."""

from __future__ import annotations

import contextlib
import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace.catalogue.models import Listing
from marketplace.core.db import db
from marketplace.core.journal import Entry, Outbox
from marketplace.web.forms import new_key
from tests.browser.conftest import free_port
from tests.world import PASSWORD

pytestmark = [pytest.mark.slow]

ROOT = Path(__file__).parents[2]
KILLS = 20 if os.environ.get("FULL_COUNTS") else 10
WRITERS = 6


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args):
        return None


class Writer(threading.Thread):
    """Posts drafts one after the other and keeps what was acknowledged."""

    def __init__(self, base: str, number: int, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.base, self.number, self.stop = base, number, stop
        self.acknowledged: list[str] = []
        self.refused: list[str] = []
        self.retries = 0
        self.opener = urllib.request.build_opener(
            NoRedirect, urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def run(self) -> None:
        who = "coop" if self.number % 2 else "other-coop"
        self.send("/dang-nhap", {"identifier": f"{who}@demo.example", "password": PASSWORD})
        while not self.stop.is_set():
            title = f"Hàng {self.number} {len(self.acknowledged) + len(self.refused)}"
            status = self.send("/ban-hang/dang", {"title": title})
            (self.acknowledged if status == 303 else self.refused).append(title)

    def send(self, path: str, fields: dict[str, str]) -> int:
        """Send one form until an answer comes: the same key each time."""
        page = self.until_answered(path, None)[1]
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token, page[:500]
        data = fields | {"csrf_token": token.group(1), "form_key": new_key()}
        return self.until_answered(path, urllib.parse.urlencode(data).encode())[0]

    def until_answered(self, path: str, data: bytes | None) -> tuple[int, str]:
        while True:
            try:
                with self.opener.open(self.base + path, data, timeout=10) as answer:
                    return answer.status, answer.read().decode()
            except urllib.error.HTTPError as error:
                return error.code, ""
            except (OSError, EOFError, ValueError):
                self.retries += 1
                time.sleep(0.05)
            except Exception as error:  # http.client's own, when killed in mid-answer
                if "http.client" not in type(error).__module__:
                    raise
                self.retries += 1


def start(environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "granian", "wsgi:app", "--interface", "wsgi"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "2"]
    command += ["--blocking-threads", "2", "--no-ws", "--log-level", "error"]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_no_acknowledged_write_is_lost(running, tmp_path: Path) -> None:
    app, _world = running
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": str(url),
        "INSTANCE_PATH": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
    }
    stop = threading.Event()
    process = start(environment, port)
    writers = [Writer(f"http://127.0.0.1:{port}", n, stop) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        for round_ in range(KILLS):
            before = sum(len(w.acknowledged) for w in writers)
            deadline = time.monotonic() + 20
            while sum(len(w.acknowledged) for w in writers) < before + WRITERS:
                assert time.monotonic() < deadline, f"nobody writes any more in round {round_}"
                time.sleep(0.02)
            time.sleep(0.01 * (round_ % 7))
            kill(process)
            process = start(environment, port)
        stop.set()
        for writer in writers:
            writer.join(30)
            assert not writer.is_alive()
    finally:
        stop.set()
        kill(process)
    acknowledged = [title for w in writers for title in w.acknowledged]
    assert not [title for w in writers for title in w.refused]
    assert sum(w.retries for w in writers) > 0, "no request met a dead server"
    db.session.rollback()
    rows = db.session.execute(
        sa.select(Listing.title, sa.func.count()).group_by(Listing.title)
    ).all()
    kept = dict(rows)
    assert set(acknowledged) <= set(kept), "acknowledged and lost"
    assert set(kept.values()) == {1}, "one form, two rows"
    drafted = sa.select(sa.func.count(Entry.id)).where(Entry.name == "listing.drafted")
    assert db.session.scalar(drafted) == len(kept)
    entries = db.session.scalar(sa.select(sa.func.count(Entry.id)))
    assert db.session.scalar(sa.select(sa.func.count(Outbox.entry_id))) == entries
    if str(url).startswith("sqlite"):
        assert db.session.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"
