"""The program as a newcomer starts it: granian, the worker, the demonstration data, Chromium."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from config import Settings
from marketplace import create_app, demo
from marketplace.core.db import db
from tests.browser_install import find

ROOT = Path(__file__).parents[2]
PHONE, DESKTOP, NARROW = (390, 844), (1280, 900), (320, 640)


@dataclass
class Site:
    """A running installation and the accounts of its demonstration."""

    url: str
    instance: Path
    accounts: list[tuple[str, ...]]

    def account(self, role: str, place: str = "") -> tuple[str, str]:
        """Sign-in name and password of the first account with this role and place."""
        for row in self.accounts:
            if role.casefold() in row[0].casefold() and place.casefold() in row[1].casefold():
                return row[2], row[3]
        message = f"no account {role} {place} in {self.accounts}"
        raise LookupError(message)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 420) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the program ended with {process.returncode}")
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.2)
    raise RuntimeError(f"nothing answers at {url}")


@contextlib.contextmanager
def running(instance: Path, **settings: str) -> Iterator[str]:
    """The program under its supervisor; stopped by a signal to the supervisor alone."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        "PATH": os.environ["PATH"],
        "INSTANCE_PATH": str(instance),
        "PORT": str(port),
        "PUBLIC_URL": url,
        "PYTHONPATH": str(ROOT),
    } | settings
    log = (instance / "log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-m", "marketplace.supervisor"],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
    )
    try:
        wait_for(f"{url}/song", process)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One installation with the demonstration data for all tests of a process."""
    instance = tmp_path_factory.mktemp("site")
    with running(instance) as url:
        app = create_app(Settings.from_env({"INSTANCE_PATH": str(instance)}))
        with app.app_context():
            accounts = [tuple(map(str, row)) for row in demo.accounts()]
            db.engine.dispose()
        yield Site(url, instance, accounts)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find(), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


def onward(page: Page, button: Locator) -> None:
    """Press what leads to another page, and be there.

    A load state alone says nothing: a form whose photos are still being made small leaves a moment
    later, and whoever opened another page in that moment would have sent nothing.
    """
    with page.expect_navigation():
        button.click()


class Visitor:
    """A person at a browser; every fault of a page they meet is kept."""

    def __init__(self, site: Site, context: BrowserContext) -> None:
        self.site = site
        self.context = context
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("response", self._response)

    def go(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(self.site.url + path)
        return self.page

    def sign_in(self, role: str, place: str = "") -> Page:
        """Sign in as a demonstration account."""
        name, password = self.site.account(role, place)
        self.go("/dang-nhap")
        self.page.fill("[name=identifier]", name)
        self.page.fill("[name=password]", password)
        onward(self.page, self.page.locator("main .btns .btn").first)
        assert "/dang-nhap" not in self.page.url, f"{name} could not sign in"
        return self.page

    def shot(self, name: str) -> None:
        """A screenshot beside the site's log, for looking at when something fails."""
        self.page.screenshot(path=self.site.instance / f"{name}.png", full_page=True)

    def _console(self, message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.faults.append(f"{self.page.url}: {message.text}")

    def _response(self, response: Any) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")


@pytest.fixture
def visitor(site: Site, chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """``visitor(size=PHONE, language="en", dark=True, scripts=False)``: a fresh browser window."""
    opened: list[Visitor] = []

    def make(
        size: tuple[int, int] = DESKTOP,
        language: str = "vi",
        *,
        dark: bool = False,
        scripts: bool = True,
    ) -> Visitor:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale="vi-VN",
        )
        context.set_default_timeout(30_000)
        if language != "vi":
            context.add_cookies([{"name": "lang", "value": language, "url": site.url}])
        someone = Visitor(site, context)
        opened.append(someone)
        return someone

    yield make
    for someone in opened:
        someone.context.close()
    faults = [fault for someone in opened for fault in someone.faults]
    assert not faults, faults
