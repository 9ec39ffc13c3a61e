"""A real SMTP server in a process of its own, which keeps what it receives as files.

    with smtp_server(tmp_path) as mails:
        ...  # SMTP_URL=mails.url
        mails.refuse_with(421)
        assert mails.received()[0]["Subject"] == "…"

The switches are a file the server reads at every message, so they work while it runs and also for
clients in other processes.
"""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import json
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

REFUSALS = {
    421: "4.3.2 closing, try again later",
    450: "4.2.1 mailbox busy, try again later",
    550: "5.1.1 no such mailbox",
    552: "5.3.4 message too big",
}


@dataclass
class Mails:
    """A running server, as its tests see it."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def received(self) -> list[EmailMessage]:
        """The accepted messages, oldest first; ``X-Envelope-To`` says who each was for."""
        paths = sorted(self.folder.glob("*.eml"))
        return [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in paths
        ]

    def wait_for(self, count: int, seconds: float = 10.0) -> list[EmailMessage]:
        """The messages as soon as there are `count`; AssertionError when there never are."""
        deadline = time.monotonic() + seconds
        while len(found := self.received()) < count:
            assert time.monotonic() < deadline, f"{len(found)} of {count} mails in {seconds} s"
            time.sleep(0.05)
        return found

    def refuse_with(self, code: int | None, *, at: str = "DATA", only: str = "") -> None:
        """Answer `code` at RCPT or DATA from now on, for all or only to one address; None ends it."""
        self._set(code=code, at=at, only=only)

    def be_slow(self, seconds: float) -> None:
        """Wait this long before answering each message from now on; 0 ends it."""
        self._set(seconds=seconds)

    def cut_after_data(self, cut: bool = True) -> None:
        """Keep the message but close the connection without an answer."""
        self._set(cut=cut)

    def clear(self) -> None:
        """Forget the messages and put all switches back."""
        for path in self.folder.glob("*.eml"):
            path.unlink()
        (self.folder / "switches.json").unlink(missing_ok=True)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _set(self, **values: object) -> None:
        path = self.folder / "switches.json"
        new = path.with_suffix(f".{uuid.uuid4().hex}")
        new.write_text(json.dumps(_switches(self.folder) | values))
        new.replace(path)


def start(folder: Path, port: int = 0) -> Mails:
    """Start a server that keeps its messages in `folder`; port 0 takes a free one."""
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).resolve()), str(folder), str(port)],
        stdin=subprocess.PIPE,  # it ends when this side is closed, also by a kill
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    process.stdout.close()
    if not line:
        process.wait()
        message = f"the SMTP server did not start (code {process.returncode})"
        raise RuntimeError(message)
    return Mails(folder, int(line), process)


@contextlib.contextmanager
def smtp_server(folder: Path, port: int = 0) -> Iterator[Mails]:
    """A server for the length of a with block."""
    mails = start(folder, port)
    try:
        yield mails
    finally:
        mails.stop()
        if mails.process.stdin:
            mails.process.stdin.close()


def _switches(folder: Path) -> dict[str, Any]:
    defaults: dict[str, Any] = {"code": None, "at": "DATA", "only": "", "seconds": 0, "cut": False}
    try:
        return defaults | json.loads((folder / "switches.json").read_text())
    except FileNotFoundError:
        return defaults


class Keeper:
    """What aiosmtpd calls; runs in the server's process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_RCPT(self, _server, _session, envelope, address, options):  # noqa: N802
        refusal = self._refusal("RCPT", [address])
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        switches = _switches(self.folder)
        await asyncio.sleep(switches["seconds"])
        if refusal := self._refusal("DATA", envelope.rcpt_tos):
            return refusal
        head = f"X-Envelope-From: {envelope.mail_from}\r\n"
        head += f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        name = f"{time.time_ns():020}-{uuid.uuid4().hex[:6]}"
        draft = self.folder / f"{name}.part"
        draft.write_bytes(head.encode() + envelope.original_content)
        draft.rename(draft.with_suffix(".eml"))
        if switches["cut"]:
            server.transport.abort()
        return "250 OK"

    def _refusal(self, at: str, addresses: list[str]) -> str | None:
        switches = _switches(self.folder)
        concerns = not switches["only"] or switches["only"] in addresses
        if switches["code"] and switches["at"] == at and concerns:
            return f"{switches['code']} {REFUSALS.get(switches['code'], 'refused')}"
        return None


def serve(folder: Path, port: int) -> None:
    """Serve until told to stop or until whoever started us is gone; prints the port."""
    from aiosmtpd.smtp import SMTP

    async def forever() -> None:
        loop = asyncio.get_running_loop()
        done = asyncio.Event()
        loop.add_signal_handler(signal.SIGTERM, done.set)
        loop.add_reader(sys.stdin.fileno(), done.set)  # closed: our starter has ended
        listener = socket.create_server(("127.0.0.1", port))
        server = await loop.create_server(
            lambda: SMTP(Keeper(folder), hostname="localhost", enable_SMTPUTF8=True),
            sock=listener,
        )
        print(listener.getsockname()[1], flush=True)
        await done.wait()
        server.close()

    asyncio.run(forever())


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
