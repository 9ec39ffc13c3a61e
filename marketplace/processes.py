"""Child processes that are started again when they die and never outlive the one that keeps them.

Knows nothing of what the children do; `marketplace.supervisor` says which there are.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from config import ROOT

GRACE = 10.0
"""Seconds a child may take to finish what it is doing before it is killed."""
SECOND_ASKING = 1.5
"""Seconds after which a child that is still there is asked once more."""
LONGEST_PAUSE = 30.0
"""Seconds between two attempts to start a child that keeps dying; the first pause is 1 second."""
STEADY = 60.0
"""Seconds after which a child counts as running, so that its next death is a first one again."""

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before any fork
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def say(text: str) -> None:
    """One line to whoever started the program; nobody reading any more is no reason to fail."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


def stop_with_parent() -> None:
    """Have the kernel send this process SIGTERM when its parent dies, however it dies (Linux)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))


@dataclass
class Child:
    """One long-running process, in a process group of its own."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 1.0
    due: float = field(default_factory=time.monotonic)

    def look(self) -> None:
        """Start the child when it is due; when it has died, say so and set when to try again."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.started = now
                self.process = subprocess.Popen(
                    self.command,
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,  # Ctrl-C reaches the keeper only, which tells them
                    preexec_fn=stop_with_parent,
                )
        elif (code := self.process.poll()) is not None:
            self.signal_group(signal.SIGKILL)  # what it started may have outlived it
            self.process = None
            if now - self.started > STEADY:
                self.pause = 1.0
            say(f"{self.name} ended by itself (code {code}); starting again in {self.pause:.0f} s")
            self.due = now + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the child and to everything it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def is_gone_by(self, moment: float) -> bool:
        """Whether the child has ended, waiting for it until `moment` (monotonic seconds)."""
        if self.process is not None:
            try:
                self.process.wait(max(0.0, moment - time.monotonic()))
            except subprocess.TimeoutExpired:
                return False
        return True


def stop(family: list[Child]) -> None:
    """Stop all of them at the same time: asked, asked again, killed after `GRACE` seconds.

    The second asking is for granian's workers: one that is just starting swallows the first.
    """
    start = time.monotonic()
    for child in family:
        if child.process is not None:
            child.process.terminate()
    for child in family:
        if not child.is_gone_by(start + SECOND_ASKING):
            child.signal_group(signal.SIGTERM)
    for child in family:
        if not child.is_gone_by(start + GRACE):
            say(f"{child.name} did not stop within {GRACE:.0f} s; killing it.")
        child.signal_group(signal.SIGKILL)
    for child in family:
        child.is_gone_by(time.monotonic() + GRACE)  # collects the exit status


class Parent:
    """The process that started this one, watched for its end.

    GNU make passes SIGTERM on to its child, but on SIGINT or SIGHUP sent to it alone it only waits
    for the child to end. It gives up catching the signal before it waits, which Linux shows in
    /proc; that and its death are what `is_stopping` looks for.
    """

    def __init__(self) -> None:
        self.pid = os.getppid()
        self.caught = self._caught()

    def _caught(self) -> int:
        """Bit mask of the signals the parent has handlers for; 0 where there is no /proc."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return 0
        return sum(
            int(line.split()[1], 16) for line in status.splitlines() if line.startswith("SigCgt:")
        )

    def is_stopping(self) -> bool:
        """Whether the parent has died or is waiting for us to end."""
        return os.getppid() != self.pid or bool(self.caught & ~self._caught())
