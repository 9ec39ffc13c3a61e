"""A real S3 server for tests: moto in a process of its own, on this machine only."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from config import Settings
from marketplace.core.s3 import BucketStore, open_bucket
from tests.databases import _stop_with_parent

BUCKET = "files"


@dataclass
class S3:
    """A running server; ``stop`` and ``start`` again on the same port, empty."""

    port: int
    process: subprocess.Popen[bytes] | None = None
    stores: list[BucketStore] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings of an installation that keeps its files here."""
        return {
            "FILES_URL": f"s3://{BUCKET}/uploads",
            "S3_ENDPOINT_URL": self.url,
            "S3_ACCESS_KEY_ID": "test",
            "S3_SECRET_ACCESS_KEY": "test-secret",
        }

    def start(self) -> S3:
        """Start it with the bucket in it."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_stop_with_parent,  # noqa: PLW1509  no threads run yet
        )
        self._wait()
        client = self.store().client
        client.create_bucket(Bucket=BUCKET)
        return self

    def store(self, **environment: str) -> BucketStore:
        """A store on this server, closed with it."""
        made = open_bucket(Settings.from_env(self.environment | environment))
        self.stores.append(made)
        return made

    def keys(self) -> list[str]:
        """The names of all objects in the bucket."""
        pages = self.store().client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return [found["Key"] for page in pages for found in page.get("Contents", ())]

    def empty(self) -> None:
        """Remove all objects."""
        client: Any = self.store().client
        for key in self.keys():
            client.delete_object(Bucket=BUCKET, Key=key)

    def stop(self) -> None:
        """Stop it for good."""
        for store in self.stores:
            store.client.close()
        self.stores.clear()
        self.kill()

    def kill(self) -> None:
        """Kill it in the middle of its work; what it held is gone."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.05)
        raise RuntimeError("the S3 server did not start")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def s3_server() -> Iterator[S3]:
    """A server for the length of a with block."""
    server = S3(free_port()).start()
    try:
        yield server
    finally:
        server.stop()
