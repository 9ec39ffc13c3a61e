"""Commands. Each calls use cases; none has rules of its own."""

from __future__ import annotations

import logging
import signal
import threading
import time
import tomllib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask, current_app

from marketplace import demo
from marketplace.accounts import papers, throttle
from marketplace.accounts.services import add_officer
from marketplace.alerts import services as alerts
from marketplace.catalogue.services import archive_old
from marketplace.catalogue.wild.services import start_for
from marketplace.choosing.services import begin_due
from marketplace.core import clock, journal
from marketplace.core.roles import Role
from marketplace.core.sweeping import KEPT_FOR, sweep
from marketplace.core.use_case import forget_old_forms, use_case
from marketplace.deals.services import let_matches_take_effect, start_due
from marketplace.deliveries.services import offer_freed
from marketplace.enquiries.services import forget_visitors, lapse_left_behind
from marketplace.i18n_commands import i18n
from marketplace.interests.services import close_expired
from marketplace.introducing.services import lapse_introductions
from marketplace.moderation.services import forget_reporters
from marketplace.notifications.channels import channel
from marketplace.notifications.deliver import deliver
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.writing import mail
from marketplace.papers.services import remind
from marketplace.programme.services import load_pair
from marketplace.promises import services as promises
from marketplace.tasks import services as tasks
from marketplace.trips import services as trips
from marketplace.workflow_document import document

log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
TICK_SECONDS = 60.0
FORMS_KEPT = timedelta(days=7)
NIGHTLY = throttle.Limit("sweep-files", 1, timedelta(hours=23))
"""How often the clock looks through all files."""


def sweep_files() -> None:
    """Remove the files that no row refers to: once a day, whoever lets the clock work."""
    if throttle.is_first(NIGHTLY, "clock"):
        sweep(papers.store(), clock.now() - KEPT_FOR)


CLOCKS: tuple[Callable[[], object], ...] = (
    close_expired,
    lapse_left_behind,
    let_matches_take_effect,
    start_due,
    begin_due,
    tasks.list_due,
    tasks.tell_late,
    offer_freed,
    lapse_introductions,
    archive_old,
    remind,
    sweep_files,
    forget_reporters,
    forget_visitors,
    alerts.tell,
    alerts.remind,
    promises.remind,
    trips.write_up_ended,
    trips.warn_of_closed_roads,
)
"""What time brings about. Each may run twice without harm."""


def tick() -> None:
    """Let the clock do what is due; a fault in one job stops neither the others nor the mail."""
    for job in (*CLOCKS, _forget):
        try:
            job()
        except Exception:
            log.exception("the clock's %s failed; it is tried again", job.__name__)


@use_case
def _forget() -> None:
    forget_old_forms(clock.now() - FORMS_KEPT)
    throttle.forget(clock.now())


def work_once(go_on: Callable[[], bool] = lambda: True) -> int:
    """Dispatch entries and send what is due; returns how much there was to do."""
    settings = current_app.config["SETTINGS"]
    return dispatch() + deliver(channel(settings.smtp_url, settings.mails), mail, go_on)


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is waiting, then stop.")
def worker(once: bool) -> None:  # noqa: FBT001  click passes it so
    """Write and send notices, and let the clock work, until a signal comes."""
    stopped = threading.Event()  # set between two steps: the mail being sent is finished first
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _signal, _frame: stopped.set())
    next_tick = 0.0
    while not stopped.is_set():
        done = 0
        try:
            if time.monotonic() >= next_tick:
                tick()
                next_tick = time.monotonic() + TICK_SECONDS
            done = work_once(lambda: not stopped.is_set())
        except Exception:
            log.exception("the worker failed; it goes on")
            stopped.wait(IDLE_SECONDS)
        if once and not done:
            break
        if not done:
            stopped.wait(IDLE_SECONDS)


@click.command("tick")
def tick_command() -> None:
    """Let the clock do what is due; may run twice."""
    tick()


@click.command("sweep-files")
def sweep_files_command() -> None:
    """Remove uploaded files that nothing refers to and that are older than a day."""
    removed = sweep(papers.store(), clock.now() - KEPT_FOR)
    click.echo(f"{removed} files removed.")


@click.command("workflows")
@click.argument("path", type=click.Path(path_type=Path), default=Path("docs/workflows.md"))
def workflows(path: Path) -> None:
    """Write the workflows, as declared, into a document."""
    path.write_text(document(), encoding="utf-8")


@click.command("load-pair")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
def load_pair_command(path: Path) -> None:
    """Enter a pair of localities from a TOML file; nothing happens when it is known."""
    pair = load_pair(tomllib.loads(path.read_text(encoding="utf-8")))
    start_for(pair.id)
    click.echo(f"{pair.name} ({pair.code})")


@click.command("verify-journal")
def verify_journal() -> None:
    """Check the journal's hash chain; names the first entry that was changed."""
    broken = journal.first_broken_seal()
    if broken is not None:
        raise click.ClickException(f"entry {broken} was changed after it was written")
    click.echo("The journal is whole.")


@click.command("add-officer")
@click.argument("locality")
@click.argument("name")
@click.argument("email")
@click.option("--role", type=click.Choice(["official", "leader"]), default="official")
@click.option("--office", required=True, help="Name of the locality's authority.")
def add_officer_command(locality: str, name: str, email: str, role: str, office: str) -> None:
    """Set up an official or leader; the password comes by the reset link."""
    add_officer(locality, name, email, Role(role), office)
    click.echo(f"{name} can now ask for a password at /quen-mat-khau.")


@click.command("demo")
def demo_command() -> None:
    """Load the demonstration data into an empty database."""
    try:
        loaded = demo.load()
    except demo.NotEmptyError as error:
        raise click.ClickException(str(error)) from error
    click.echo("Demonstration data loaded." if loaded else "The demonstration is there already.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    for command in (
        worker,
        tick_command,
        sweep_files_command,
        demo_command,
        workflows,
        load_pair_command,
        verify_journal,
        add_officer_command,
        i18n,
    ):
        app.cli.add_command(command)
