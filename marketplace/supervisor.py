"""What ``make run`` ends in: prepares the database, then runs web server and worker together.

The program is two processes: the web server (granian with its own worker processes) and the
delivery worker, which sends what the journal asks for. They live and die with this one: a signal
to it, to ``make`` or Ctrl-C stops both, and one that dies by itself is started again.
"""

from __future__ import annotations

import signal
import socket
import sys
import time
from typing import TYPE_CHECKING

from config import BadSettingError, Settings
from marketplace.processes import GRACE, Child, Parent, say, stop, stop_with_parent

if TYPE_CHECKING:
    from collections.abc import Iterable

TICK = 0.2
"""Seconds between two looks at the children."""


class CannotStartError(RuntimeError):
    """Something outside the program is in the way; the message says what to do."""


class Stopping:
    """What the signal handler leaves behind: seen by the loop, immediate before it."""

    def __init__(self) -> None:
        self.is_asked = False
        self.is_preparing = True
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: object) -> None:
        self.is_asked = True
        if self.is_preparing:
            raise SystemExit(0)  # nothing runs yet; open transactions are rolled back


def free_address(host: str, port: int) -> str:
    """The numeric address to listen on; raises CannotStartError when it is taken or not ours."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        msg = f"HOST={host} is not an address of this machine: {error.strerror}."
        raise CannotStartError(msg) from error
    family, _, _, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            msg = (
                f"Port {port} of {host} cannot be used: {error.strerror}. Stop the other program "
                "or choose another port, such as: PORT=8080 make run"
            )
            raise CannotStartError(msg) from error
    return str(address[0])


def prepare(settings: Settings) -> None:
    """Bring the database to the present schema and, the first time, fill in the demonstration."""
    import flask_migrate
    from sqlalchemy.exc import OperationalError

    from marketplace import create_app, demo
    from marketplace.core.db import db

    settings.instance.mkdir(parents=True, exist_ok=True)
    app = create_app(settings)
    with app.app_context():
        say("Preparing the database …")
        try:
            flask_migrate.upgrade()
        except OperationalError as error:
            msg = f"DATABASE_URL cannot be used: {error.orig}"
            raise CannotStartError(msg) from error
        if not settings.production:
            say("Demonstration data: loading it the first time takes a moment …")
            loaded = demo.load_if_empty(app)
            say("Demonstration data loaded." if loaded else "There is data already; it is kept.")
            if rows := demo.accounts():
                show_accounts(rows)
        db.engine.dispose()  # the children open their own connections


def show_accounts(rows: Iterable[Iterable[object]]) -> None:
    """Print who can sign in: role, locality, sign-in name and password in columns."""
    table = [["ROLE", "LOCALITY", "SIGN-IN NAME", "PASSWORD"]]
    table += [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    say("\nDemonstration accounts:")
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say("  " + "  ".join(cells).rstrip())


def children(settings: Settings, address: str) -> list[Child]:
    """The web server and the delivery worker."""
    web = [sys.executable, "-m", "granian", "wsgi:app", "--interface", "wsgi"]
    web += ["--host", address, "--port", str(settings.port), "--http", "1", "--no-ws"]
    web += ["--workers", str(settings.web_workers), "--respawn-failed-workers"]
    web += ["--blocking-threads", str(settings.web_threads), "--backlog", "1024"]
    web += ["--workers-kill-timeout", f"{GRACE - 2:.0f}", "--log-level", "warning"]
    worker = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    return [Child("Web server", web), Child("Delivery worker", worker)]


def answers(address: str, port: int) -> bool:
    """Whether something listens there."""
    try:
        with socket.create_connection((address, port), timeout=TICK):
            return True
    except OSError:
        return False


def run(settings: Settings, stopping: Stopping, parent: Parent | None) -> None:
    """Prepare, start, and keep both children running until told to stop."""
    address = free_address(settings.host, settings.port)
    prepare(settings)
    family = children(settings, address)
    stopping.is_preparing = False
    ready = False
    try:
        while not (stopping.is_asked or (parent and parent.is_stopping())):
            for child in family:
                child.look()
            if not ready and (ready := answers(address, settings.port)):
                say(f"\nOpen {settings.public_url}   (Ctrl-C stops everything)")
            time.sleep(TICK)
    finally:
        say("Stopping …")
        stop(family)


def main(arguments: list[str]) -> int:
    """Exit code 0 after a stop, 1 when the program cannot start (the reason is printed).

    ``--follow-parent``, given by ``make run``, also stops when the process that started this one
    dies or is told to stop.
    """
    parent = None
    if "--follow-parent" in arguments:
        parent = Parent()
        stop_with_parent()
    try:
        run(Settings.from_env(), Stopping(), parent)
    except (BadSettingError, CannotStartError) as error:
        print(f"Not started. {error}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
