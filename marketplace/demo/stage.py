"""The stage: who is there, what day it is, and the order in which the stories are told.

A story is a generator that names the day of its next step and then takes it. ``play`` takes the
steps of all stories in the order of their days, under the clock of each, and lets the program's
own jobs (clock, notices, mails) run in between, as they would have.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

import sqlalchemy as sa

from marketplace.accounts import queries as accounts
from marketplace.accounts.acting import Acting
from marketplace.accounts.models import Organisation, User
from marketplace.accounts.rules import ActingHow
from marketplace.catalogue.models import Listing
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db
from marketplace.core.files import Store
from marketplace.demo import papers
from marketplace.programme.models import Pair
from marketplace.programme.queries import villages

When = tuple[int, str]
"""How many days ago, and at what time of day in Vietnam (``"08:30"``)."""
Story = Generator[When, None, None]

APART = timedelta(minutes=25)
"""Between two steps of one story that fall on the same day."""
LATEST = timedelta(minutes=3)
"""Before the present moment, at the latest."""


@dataclass
class Stage:
    """Ids of what stands in the database, by short keys, and ways to act there."""

    pair_id: int
    store: Store
    now: datetime
    people: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    listings: dict[str, str] = field(default_factory=dict)
    words: dict[str, tuple[str, ActingHow]] = field(default_factory=dict)
    """Who records the word of an organisation that has nobody online, and how."""
    known: dict[str, Actor] = field(default_factory=dict)

    @property
    def pair(self) -> Pair:
        """The pair."""
        return db.session.get_one(Pair, self.pair_id)

    @property
    def today(self) -> date:
        """The day the demonstration is for."""
        return clock.local(self.now).date()

    def day(self, ago: int) -> date:
        """The day so many days ago; below zero, still to come."""
        return self.today - timedelta(days=ago)

    def actor(self, key: str) -> Actor:
        """Whoever acts under this key; the facts are kept once its organisation is verified."""
        if key in self.known:
            return self.known[key]
        user = db.session.get_one(User, self.people[key])
        memberships = accounts.memberships(user.id)
        found = accounts.actor_of(user, memberships[0] if memberships else None)
        if found.organisation_verified:
            self.known[key] = found
        return found

    def organisation(self, key: str) -> Organisation:
        """An organisation."""
        return db.session.get_one(Organisation, self.organisations[key])

    def village_id(self, side: int, name: str | None) -> int | None:
        """A village of a locality by its name."""
        if name is None:
            return None
        return next(village.id for village in villages(side) if village.name == name)

    def listing(self, key: str) -> Listing:
        """A listing."""
        return db.session.scalars(
            sa.select(Listing).where(Listing.public_id == self.listings[key])
        ).one()

    def word_of(self, organisation: str, what: str) -> tuple[Actor, Acting | None]:
        """Who says ``what`` for an organisation, and how it is recorded when it is not its own."""
        if organisation not in self.words:
            return self.actor(SPEAKERS.get(organisation, organisation)), None
        recorder, how = self.words[organisation]
        name = self.organisation(organisation).name
        evidence = None
        if how is ActingHow.SLIP:
            evidence = papers.kept(
                self.store,
                "phieu-y-kien",
                "PHIẾU GHI Ý KIẾN",
                [f"Hộ: {name}", f"Nội dung: {what}", papers.written(clock.today())],
            )
        note = f"{name}: {what} Đã đọc lại, hộ đồng ý."
        return self.actor(recorder), Acting(how, clock.today(), note, evidence)


SPEAKERS = {"commune": "commune_1", "ward": "ward_1"}
"""Who answers for an authority that posted an opportunity."""


def moment(stage: Stage, when: When) -> datetime:
    """The moment a step falls on; today's never lie ahead."""
    ago, at = when
    there = datetime.combine(stage.day(ago), time.fromisoformat(at), clock.VIETNAM)
    there = there.astimezone(UTC)
    return min(there, stage.now - LATEST) if ago == 0 else there


def play(
    stage: Stage,
    stories: Iterable[Story],
    between_days: Callable[[], None],
    say: Callable[[str], None],
) -> None:
    """Tell all stories, day by day; what would lie ahead of the present is left untold.

    ``between_days`` runs before the first step of each day and after the last.
    """
    order = count()
    waiting: list[tuple[datetime, int, Story]] = []
    for story in stories:
        _line_up(stage, waiting, next(order), story, None)
    today: date | None = None
    month = ""
    while waiting:
        at, _, story = heapq.heappop(waiting)
        with clock.at(at):
            if clock.today() != today:
                today = clock.today()
                between_days()
            if month != (month := f"{today:%m/%Y}"):
                say(f"  {month} …")
            _line_up(stage, waiting, next(order), story, at)
    with clock.at(stage.now - LATEST):
        between_days()


def _line_up(
    stage: Stage,
    waiting: list[tuple[datetime, int, Story]],
    place: int,
    story: Story,
    last: datetime | None,
) -> None:
    """Take the story's present step; put it in line for the next one it names, if it is past."""
    when = next(story, None)
    if when is None:
        return
    then = moment(stage, when)
    if last is not None and then <= last:
        then = last + APART
        if when[0] == 0:
            then = min(then, max(last + timedelta(seconds=20), stage.now - LATEST))
    if then < stage.now:
        heapq.heappush(waiting, (then, place, story))
