"""Finds a Chromium for the journeys, or installs one; prints its path.

Order: CHROMIUM in the environment, the machine's own, Debian's package (as root), Playwright's
download. Without any the command fails and says how to get one.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"

HOW_TO = """\
The journeys need a Chromium, and none could be found or installed. Any of these helps:
  apt install chromium                      (Debian; as root)
  .venv/bin/playwright install chromium     (downloads one)
  CHROMIUM=/path/to/chromium make test      (one that is somewhere else)"""


@functools.cache
def find() -> str | None:
    """Path of a Chromium that answers, or None."""
    return next((path for path in _candidates() if _answers(path)), None)


def _candidates() -> Iterator[str]:
    if named := os.environ.get("CHROMIUM"):
        yield named
        return
    yield from filter(None, map(shutil.which, NAMES))
    yield MAC
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.executable_path


def _answers(path: str) -> bool:
    """Whether it starts: on Ubuntu `chromium-browser` may be a note that points to a snap."""
    if not Path(path).is_file():
        return False
    command = [path, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "about:blank"]
    try:
        run = subprocess.run(command, capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return run.returncode == 0 and b"<html" in run.stdout


def install() -> str | None:
    """Try the ways to get one, in order; the path of the first that works."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _try(["apt-get", "update"], quiet)
        _try(["apt-get", "install", "-y", "--no-install-recommends", "chromium"], quiet)
        find.cache_clear()
        if path := find():
            return path
    _try([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))
    find.cache_clear()
    return find()


def _try(command: list[str], environment: dict[str, str]) -> None:
    print("$", *command, flush=True)
    code = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, check=False
    ).returncode
    if code:
        print(f"(ended with code {code})", flush=True)


def main() -> int:
    path = find()
    if path is None and "CHROMIUM" not in os.environ:
        print("No Chromium found; installing one …", flush=True)
        path = install()
    if path is None:
        print(HOW_TO, file=sys.stderr)
        return 1
    print(f"Chromium: {path}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
