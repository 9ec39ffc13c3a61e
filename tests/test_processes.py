"""The children of `make run`: started again when they die, stopped together, never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from marketplace import processes
from marketplace.processes import Child

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX")

SLEEP = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
WITH_GRANDCHILD = f"""
import subprocess, sys, time
inner = subprocess.Popen([sys.executable, "-c", {SLEEP!r}])
open(sys.argv[1] + ".part", "w").write(str(inner.pid))
__import__("os").rename(sys.argv[1] + ".part", sys.argv[1])
time.sleep(60)
"""


def make(code, *arguments):
    return Child("Child", [sys.executable, "-c", code, *map(str, arguments)])


def is_alive(pid):
    """Whether the process runs; one that only waits for its exit status to be read does not."""
    if Path("/proc/self/stat").exists():
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
    else:
        command = ["ps", "-o", "stat=", "-p", str(pid)]
        state = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return state[:1] not in ("", "Z")


def wait_until(is_so, seconds=10):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def family():
    """Children that are gone after the test, whatever it did."""
    children: list[Child] = []
    yield children
    for child in children:
        child.signal_group(signal.SIGKILL)
        child.is_gone_by(time.monotonic() + 5)


def test_a_child_that_dies_is_started_again_with_growing_pauses(family, capsys):
    child = make("raise SystemExit(3)")
    family.append(child)
    pauses = []
    for _ in range(7):
        child.due = time.monotonic()
        child.look()
        wait_until(lambda: child.process.poll() is not None)
        before = time.monotonic()
        child.look()
        pauses.append(round(child.due - before))
        child.look()
        assert child.process is None, "not before it is due"
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    assert "Child ended by itself (code 3); starting again in 1 s" in capsys.readouterr().out


def test_a_death_after_a_long_life_counts_as_the_first(family):
    child = make("pass")
    family.append(child)
    child.pause = 16.0
    child.look()
    child.started -= processes.STEADY + 1
    wait_until(lambda: child.process.poll() is not None)
    child.look()
    assert child.pause == 2.0


def test_what_a_dead_child_had_started_is_killed_before_it_starts_again(family, tmp_path):
    child = make(WITH_GRANDCHILD, tmp_path / "pid")
    family.append(child)
    child.look()
    wait_until((tmp_path / "pid").exists)
    grandchild = int((tmp_path / "pid").read_text())
    os.kill(child.process.pid, signal.SIGKILL)
    wait_until(lambda: child.process.poll() is not None)
    assert is_alive(grandchild)
    child.look()
    wait_until(lambda: not is_alive(grandchild))


def test_stop_ends_all_and_kills_the_one_that_does_not_listen(
    family, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(processes, "GRACE", 1.0)
    monkeypatch.setattr(processes, "SECOND_ASKING", 0.2)
    heard = tmp_path / "up"
    willing = make(SLEEP)
    stubborn = make(
        STUBBORN.replace("print('up', flush=True)", f"open({str(heard)!r}, 'w').close()")
    )
    family += [willing, stubborn]
    for child in family:
        child.look()
    wait_until(heard.exists)
    start = time.monotonic()
    processes.stop(family)
    assert time.monotonic() - start < 5
    assert willing.process.returncode == -signal.SIGTERM
    assert stubborn.process.returncode == -signal.SIGKILL
    assert "did not stop within 1 s" in capsys.readouterr().out


def test_stop_before_anything_was_started(family):
    family.append(make(SLEEP))
    processes.stop(family)
    assert family[0].process is None


@pytest.mark.skipif(sys.platform != "linux", reason="a feature of Linux")
def test_a_child_does_not_outlive_its_keeper_even_when_that_is_killed(tmp_path):
    keeper = (
        "import sys, time\nfrom marketplace.processes import Child\n"
        f"child = Child('x', [sys.executable, '-c', {SLEEP!r}])\nchild.look()\n"
        "print(child.process.pid, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", keeper], stdout=subprocess.PIPE, cwd=processes.ROOT
    ) as running:
        child = int(running.stdout.readline())
        assert is_alive(child)
        running.kill()
    wait_until(lambda: not is_alive(child))


def test_the_parent_of_this_process_is_not_stopping():
    assert not processes.Parent().is_stopping()


def test_another_parent_means_the_first_is_gone():
    parent = processes.Parent()
    parent.pid += 1
    assert parent.is_stopping()


def test_a_parent_that_gave_up_a_signal_handler_is_stopping(monkeypatch):
    parent = processes.Parent()
    parent.caught = 0x4002
    monkeypatch.setattr(parent, "_caught", lambda: 0x4000)
    assert parent.is_stopping()


def test_a_closed_terminal_is_no_reason_to_fail(monkeypatch):
    class Closed:
        def write(self, _text):
            raise BrokenPipeError

        def flush(self):
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", Closed())
    processes.say("anybody there?")
