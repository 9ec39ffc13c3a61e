"""Days of a simulated clock, and the mails that went out on them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

import sqlalchemy as sa

from marketplace import cli
from marketplace.alerts import services
from marketplace.alerts.models import SavedSearch
from marketplace.alerts.rules import Rhythm
from marketplace.alerts.services import SearchValues
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Wished
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.journal import Entry
from marketplace.notifications.deliver import deliver
from marketplace.notifications.dispatch import dispatch
from marketplace.notifications.models import Channel, Delivery
from marketplace.notifications.writing import mail
from tests.world import World


@dataclass
class Box:
    """A mail server that keeps what it gets."""

    mails: list[EmailMessage] = field(default_factory=list)

    def send(self, message: EmailMessage, name: str) -> None:  # noqa: ARG002  a channel's shape
        self.mails.append(message)


def moment(day: str, hour: str = "09:00") -> datetime:
    """An hour of a Vietnamese day of November 2026: ``moment("20", "06:59")``."""
    return datetime.fromisoformat(f"2026-11-{day}T{hour}:00").replace(tzinfo=clock.VIETNAM)


@contextmanager
def on(day: str, hour: str = "09:00") -> Iterator[None]:
    with clock.at(moment(day, hour)):
        yield


def save(
    world: World,
    who: str = "hotel",
    rhythm: Rhythm = Rhythm.AT_ONCE,
    kind: str = "produce",
    name: str = "Tìm",
    **asked: list[str],
) -> SavedSearch:
    """A search saved by someone of the small world; filters as their names in the address."""
    args = {key.replace("_", "-"): values for key, values in asked.items()}
    wished = Wished.read(PAGES[kind].spec, args)
    return services.save(world.actor(who), world.pair_id, wished, SearchValues(name, rhythm))


def tell() -> list[tuple[str, EmailMessage]]:
    """The clock works and the worker sends; the mails about saved searches, by reader."""
    cli.tick()
    return about("search_digest.made", send())


def send() -> list[EmailMessage]:
    """Everything that waits is told and sent."""
    box = Box()
    while dispatch() or deliver(box, mail):
        pass
    return box.mails


def about(event: str, mails: list[EmailMessage]) -> list[tuple[str, EmailMessage]]:
    """Those of the mails that tell of an event, by reader's short name."""
    rows = db.session.execute(
        sa.select(Delivery.public_id, Entry.name).join(Entry, Entry.id == Delivery.entry_id)
    )
    names = {row.public_id: row.name for row in rows}
    found = [m for m in mails if names[str(m["Message-ID"])[1:].partition("@")[0]] == event]
    return [(str(m["To"]).partition("@")[0], m) for m in found]


def words(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content()


def titles(message: EmailMessage, known: dict[str, str]) -> list[str]:
    """The titles among ``known`` in the order in which a mail names them."""
    text = words(message)
    return sorted((t for t in known if f"\n{t}\n" in text), key=lambda t: text.index(f"\n{t}\n"))


def inbox(world: World, who: str) -> int:
    """How many notices about saved searches someone has on the site."""
    query = (
        sa.select(sa.func.count(Delivery.id))
        .join(Entry, Entry.id == Delivery.entry_id)
        .where(
            Delivery.user_id == world.users[who],
            Delivery.channel == Channel.INBOX,
            Entry.name == "search_digest.made",
        )
    )
    return db.session.scalar(query) or 0
