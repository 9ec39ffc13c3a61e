"""Runs the whole suite: on SQLite, on PostgreSQL, then the journeys in a browser once.

Every part runs even when an earlier one failed; the command fails when any part did. With --full
the fuzzing tests use their full counts (FULL_COUNTS=1) and branch coverage is measured.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PARTS = (
    ("SQLite", ["-m", "not browser", "--database=sqlite"]),
    ("PostgreSQL", ["-m", "not browser", "--database=postgresql"]),
    ("Browser", ["-m", "browser", "--database=sqlite"]),
)


def run(name: str, arguments: list[str], environment: dict[str, str]) -> tuple[bool, float]:
    """One part; whether it passed and the seconds it took."""
    print(f"\n=== {name} ===", flush=True)
    start = time.monotonic()
    command = [sys.executable, "-m", "pytest", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
    return done.returncode == 0, time.monotonic() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", default="0", help="processes that share one part")
    parser.add_argument("--full", action="store_true", help="full counts and coverage")
    chosen = parser.parse_args()
    environment = dict(os.environ)
    extra = [] if chosen.jobs in ("0", "1") else ["-n", chosen.jobs, "--dist", "loadgroup"]
    if chosen.full:
        environment["FULL_COUNTS"] = "1"
        extra += ["--cov", "--cov-append", "--cov-report="]
        (ROOT / ".coverage").unlink(missing_ok=True)
    lines = []
    passed = True
    for name, arguments in PARTS:
        ok, seconds = run(name, [*arguments, *extra], environment)
        passed = passed and ok
        minutes, rest = divmod(round(seconds), 60)
        lines.append(f"{name} {'passed' if ok else 'FAILED'} in {minutes}:{rest:02}")
    if chosen.full:
        subprocess.run([sys.executable, "-m", "coverage", "report"], cwd=ROOT, check=False)
    print("\n" + " · ".join(lines), flush=True)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
