"""Demonstration data: fourteen months of two localities, told backwards from today.

Everything goes through the use cases under a set clock, so that journal, notices, keys and figures
are what they would have been. It is written as one transaction: a database has all of it or none,
whatever happens to the process that writes it.
"""

from __future__ import annotations

import tomllib
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy import Connection, Engine

from config import Settings
from marketplace.accounts import passwords
from marketplace.accounts.models import Throttle, User
from marketplace.accounts.papers import store
from marketplace.alerts import services as alerts
from marketplace.catalogue.models import Listing
from marketplace.catalogue.services import archive_old
from marketplace.catalogue.wild.services import start_for
from marketplace.choosing.services import begin_due
from marketplace.core import clock
from marketplace.core.actor import SYSTEM
from marketplace.core.db import db
from marketplace.core.journal import Entry, record
from marketplace.core.use_case import FormUse, use_case
from marketplace.deals.services import let_matches_take_effect, start_due
from marketplace.demo.cast import MEMBERS, OFFICERS, PASSWORD, SOURCE
from marketplace.demo.stage import Stage, moment, play
from marketplace.demo.story import enter_officers, stories
from marketplace.enquiries.services import lapse_left_behind
from marketplace.interests.services import close_expired
from marketplace.notifications import queries as notices
from marketplace.notifications.channels import Files
from marketplace.notifications.deliver import deliver
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery, DeliveryState
from marketplace.notifications.services import made_call
from marketplace.notifications.writing import mail
from marketplace.processes import say
from marketplace.programme.models import Pair
from marketplace.programme.services import load_pair
from marketplace.promises.services import remind as remind_of_promises
from marketplace.tasks.services import list_due

PAIR = Path(__file__).resolve().parents[1] / "programme" / "pairs" / "avuong-nguhanhson.toml"
OPENED = 410
"""How many days ago the site of the demonstration was opened."""
LOADED = "pair.demonstration_loaded"
"""The journal entry that marks a database as holding the demonstration."""
CALLED_WITHIN = timedelta(days=6)
"""The calls of the last days are still to be made."""

MAILS_KEPT = timedelta(days=5)
"""Mails older than this are long read and thrown away: sent, but nowhere to be found."""


class NotEmptyError(RuntimeError):
    """The database holds something else; the message says what to do."""


def is_loaded() -> bool:
    """Whether this database holds the demonstration."""
    return db.session.scalar(sa.select(Entry.id).where(Entry.name == LOADED).limit(1)) is not None


def is_empty() -> bool:
    """Whether this database holds nothing at all, passing traces of visitors left aside."""
    passing = {Throttle.__tablename__, FormUse.__tablename__}
    return not any(
        db.session.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
        for table in db.metadata.sorted_tables
        if table.name not in passing
    )


def load_if_empty(app: Flask) -> bool:
    """Fill an empty database with the demonstration; says whether it did."""
    settings: Settings = app.config["SETTINGS"]
    with app.app_context():
        if not is_empty():
            return False
        with _all_or_nothing():
            _load(settings, say)
        return True


def load() -> bool:
    """Load on command: True when loaded now, False when it was there already.

    Raises NotEmptyError for a database that holds anything else, and in production: everybody
    knows the demonstration's password.
    """
    settings: Settings = current_app.config["SETTINGS"]
    if settings.production:
        raise NotEmptyError("This is a real installation; the demonstration stays out of it.")
    if is_loaded():
        return False
    if not load_if_empty(current_app._get_current_object()):  # type: ignore[attr-defined]  # noqa: SLF001
        raise NotEmptyError(
            "The database holds other data, which stays as it is. Name an empty one for the "
            "demonstration, for example DATABASE_URL=sqlite:////tmp/demo.sqlite make demo"
        )
    return True


def accounts() -> list[tuple[str, str, str, str]]:
    """Who can sign in: role, locality with organisation, sign-in name, password.

    Empty for a database that does not hold the demonstration.
    """
    if not is_loaded():
        return []
    places = {True: "Avương", False: "Ngũ Hành Sơn"}
    rows = [
        (person.role.value, places[person.side == SOURCE], person.email, PASSWORD)
        for person in OFFICERS
    ]
    rows += [
        (
            member.kind.value.replace("_", " "),
            f"{places[member.side == SOURCE]}, {member.name}",
            member.email,
            PASSWORD,
        )
        for member in MEMBERS
    ]
    return rows


@contextmanager
def _all_or_nothing() -> Iterator[None]:
    """One transaction around many use cases: what they commit is a savepoint of it."""
    engines = typing.cast("dict[str | None, Engine | Connection]", db.engines)
    engine = db.engine
    with engine.connect() as connection:
        connection = connection.execution_options(write=True)  # noqa: PLW2901
        with connection.begin():
            db.session.remove()
            engines[None] = connection
            db.session(join_transaction_mode="create_savepoint")
            try:
                yield
            finally:
                db.session.remove()
                engines[None] = engine


def _load(settings: Settings, tell: Callable[[str], None]) -> None:
    now = clock.now()
    stage = Stage(0, store(), now)
    with clock.at(moment(stage, (OPENED, "08:00"))):
        stage.pair_id = load_pair(tomllib.loads(PAIR.read_text())).id
        start_for(stage.pair_id)
        enter_officers(stage)
        _let_sign_in()
    box = Files(settings.mails)  # never a mail server: nobody lives behind these addresses

    def between_days() -> None:
        for job in (
            close_expired,
            lapse_left_behind,
            let_matches_take_effect,
            start_due,
            begin_due,
            list_due,
            remind_of_promises,
        ):
            job()
        if clock.now() > now - timedelta(days=20):
            for job in (archive_old, alerts.tell, alerts.remind):
                job()
        while dispatch():
            pass
        if clock.now() > now - MAILS_KEPT:
            while deliver(box, mail):
                pass
        else:
            _mails_went_out()
        _make_calls(stage)

    play(stage, stories(stage), between_days, tell)
    with clock.at(moment(stage, (0, "23:59"))):
        _mark(stage.pair_id)


def _make_calls(stage: Stage) -> None:
    """An official calls those who have nobody online, except for the news of the last days."""
    if clock.now() > stage.now - CALLED_WITHIN:
        return
    official = stage.actor("commune_1")
    for public_id in [call.public_id for call in notices.calls(official)]:
        made_call(official, public_id, "Đã gọi trưởng thôn, hộ nghe máy và đã nắm tin.")


@use_case
def _let_sign_in() -> None:
    """The officers' password; its slow hash is computed once."""
    db.session.execute(
        sa.update(User)
        .where(User.password_hash.is_(None))
        .values(password_hash=passwords.hashed(PASSWORD))
    )


@use_case
def _mails_went_out() -> None:
    """Stamp the waiting mails as sent, without a file of each."""
    db.session.execute(
        sa.update(Delivery)
        .where(Delivery.channel == Channel.EMAIL, Delivery.state == DeliveryState.PENDING)
        .values(state=DeliveryState.SENT, attempts=1, sent_at=clock.now())
        .execution_options(synchronize_session=False)
    )


@use_case
def _mark(pair_id: int) -> None:
    """Mark every listing as a demonstration, and the database as holding it."""
    db.session.execute(sa.update(Listing).values(is_demonstration=True))
    record(LOADED, db.session.get_one(Pair, pair_id), SYSTEM)
