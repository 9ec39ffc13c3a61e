"""The program under its real server, in processes of its own, and what they cost."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from config import ROOT, Settings
from marketplace.processes import stop_with_parent
from marketplace.supervisor import children

TICK = os.sysconf("SC_CLK_TCK")
HOST = "127.0.0.1"
STARTS_WITHIN = 30.0


def cpu_seconds(root: int) -> float:
    """Seconds of processor time a process and everything below it have used so far."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        pid = int(path.parent.name)
        parents[pid] = int(fields[1])
        used[pid] = sum(int(part) for part in fields[11:15]) / TICK  # with ended children
    total = 0.0
    for pid, seconds in used.items():
        ancestor = pid
        while ancestor not in (root, 0, 1) and ancestor in parents:
            ancestor = parents[ancestor]
        total += seconds if ancestor == root else 0.0
    return total


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


class Web:
    """An application under granian as ``make run`` starts it, with one thread a process."""

    def __init__(self, target: str, environment: dict[str, str], *also: int) -> None:
        self.port = free_port()
        self.also = also
        """Further processes whose cost counts, such as the database server."""
        own = {
            "INSTANCE_PATH": tempfile.gettempdir(),
            **environment,
            "HOST": HOST,
            "PORT": str(self.port),
            "WEB_WORKERS": "2",
            "WEB_THREADS": "1",
            "SECRET_KEY": "only for measuring, and thrown away afterwards",
        }
        command = children(Settings.from_env(own), HOST)[0].command
        command = [target if part == "wsgi:app" else part for part in command]
        self.process = subprocess.Popen(
            [sys.executable, *command[1:]],
            cwd=ROOT,
            env={**os.environ, **own},
            stdin=subprocess.DEVNULL,
            preexec_fn=stop_with_parent,  # noqa: PLW1509  no threads run yet
        )

    def __enter__(self) -> Self:
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            try:
                socket.create_connection((HOST, self.port), 0.2).close()
            except OSError:
                time.sleep(0.05)
            else:
                return self
        self.__exit__(None, None, None)
        raise RuntimeError("the web server did not start")

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cost(self) -> float:
        """Processor seconds used so far, the database server's included."""
        return sum(cpu_seconds(pid) for pid in (self.process.pid, *self.also))
