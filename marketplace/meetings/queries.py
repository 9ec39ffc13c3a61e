"""Reading meetings: their matters, and what the journal says was decided while they lasted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from marketplace.accounts import queries as accounts
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.db import db, hold
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.core.journal import Entry
from marketplace.core.roles import Role
from marketplace.deals.models import Deal, Figure, Outcome
from marketplace.desk import queries as desk
from marketplace.desk.queries import Task
from marketplace.desk.rules import Queue, Waiting
from marketplace.meetings.models import Meeting, MeetingItem
from marketplace.programme import queries as programme
from marketplace.programme.models import Pair
from marketplace.programme.rules import BOTH
from marketplace.promises import queries as promises

OUTSIDE = frozenset(
    {
        "match.assigned",
        "match.released",
        "match.reminded",
        "match.key_brought_in",
        "promise.due_soon",
        "promise.late",
    }
)
"""What is about a matter without deciding anything in it."""


@dataclass(frozen=True, slots=True)
class Matter:
    """Something to put before a meeting: a record by kind and id, in words, and its page."""

    subject_type: str
    subject_id: int
    title: str
    about: str
    path: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the agenda and what belongs under it now."""

    code: str
    label: str
    load: Callable[[Actor, int], Sequence[Matter]]


def _keys(viewer: Actor, pair_id: int) -> list[Matter]:
    """Matches that wait for a key of either locality."""
    return _cases(viewer, pair_id, lambda case: case.hold.waiting is Waiting.KEY)


def _objections(viewer: Actor, pair_id: int) -> list[Matter]:
    """Matches the other locality may object to."""
    return _cases(viewer, pair_id, lambda case: case.hold.waiting is Waiting.OBJECTION)


def _late(viewer: Actor, pair_id: int) -> list[Matter]:
    """Deals under way whose day has passed."""
    return _cases(viewer, pair_id, lambda case: case.deal_id is not None and case.is_late)


def _promises(viewer: Actor, pair_id: int) -> list[Matter]:
    """Promises that are due within a week, or late."""
    soon = clock.today() + timedelta(days=7)
    return [
        Matter("promise", one.id, one.what, one.promisor.name, one.path)
        for one in promises.open_in(pair_id, viewer)
        if one.due_on <= soon
    ]


def _cases(viewer: Actor, pair_id: int, fits: Callable[..., bool]) -> list[Matter]:
    return [
        Matter(
            "match",
            case.match_id,
            case.title,
            f"{case.seller.name} – {case.buyer.name}",
            f"/ket-noi/{case.public_id}",
        )
        for case in desk.open_cases(viewer)
        if case.pair_id == pair_id and fits(case)
    ]


def _waits_for_key(queue: Queue, place: str) -> Callable[[Actor, int], Sequence[Matter]]:
    """What waits in a queue for a key of either locality, where both must turn one.

    Whoever opens the meeting may have a hand in it: what waits for a leader counts as well.
    """

    def load(viewer: Actor, pair_id: int) -> list[Matter]:
        localities = db.session.get_one(Pair, pair_id).locality_ids
        leaders = [a for _, a in accounts.officers_of(*localities) if a.role is Role.LEADER]
        found = {
            task.subject: task
            for person in (viewer, *leaders)
            for task in desk.decisions(person)
            if task.queue is queue and task.pair_id == pair_id and _is_for_both(task)
        }
        kind = next((kind for kind, _ in found), "")
        ids = desk.ids_of(kind, [public_id for _, public_id in found])
        return [
            Matter(
                kind,
                ids[public_id],
                task.title,
                str(task.note) if queue in _WHOSE else "",
                place.format(task.values["public_id"]),
            )
            for (_, public_id), task in found.items()
        ]

    return load


_WHOSE = frozenset({Queue.APPROVE, Queue.TRIP})
"""Where a task's note is the name of whose matter it is; elsewhere it is words of the program."""


def _is_for_both(task: Task) -> bool:
    needed = task.fact.keys_needed if task.fact else None
    return "turn_key" in task.moves and needed in {None, BOTH}


def _figures(_viewer: Actor, pair_id: int) -> list[Matter]:
    """Deals with figures that wait for verification, each once."""
    rows = db.session.execute(desk.FIGURES, {"pairs": [pair_id]}).all()
    waiting = {row.match_id: row for row in rows if row.state == "submitted"}
    return [
        Matter("match", key, row.title, "", f"/lam-viec/so-lieu?ho-so={row.case_id}")
        for key, row in waiting.items()
    ]


SECTIONS: list[Section] = [
    Section("keys", N_("Decisions both localities wait for"), _keys),
    Section(
        "listings",
        N_("Listings both localities approve"),
        _waits_for_key(Queue.APPROVE, "/lam-viec/duyet/{}"),
    ),
    Section(
        "selections",
        N_("Results of comparisons to confirm"),
        _waits_for_key(Queue.SELECTION, "/lua-chon/{}"),
    ),
    Section(
        "rulings",
        N_("Proposals in disputes to decide"),
        _waits_for_key(Queue.RULING, "/ket-noi/{}"),
    ),
    Section("trips", N_("Survey trips to confirm"), _waits_for_key(Queue.TRIP, "/su-kien/{}")),
    Section(
        "reports",
        N_("Reports of survey trips to confirm"),
        _waits_for_key(Queue.TRIP_REPORT, "/su-kien/{}/bao-cao"),
    ),
    Section("objections", N_("Matches open to objection"), _objections),
    Section("figures", N_("Figures to verify"), _figures),
    Section("late", N_("Late cooperations"), _late),
    Section("promises", N_("Promises that are due"), _promises),
]
"""The agenda in its order; a feature joins with one ``SECTIONS.append`` in ``create_app``."""


def agenda(viewer: Actor, pair_id: int) -> list[tuple[Section, Sequence[Matter]]]:
    """What a meeting of this pair would have before it now."""
    return [(section, section.load(viewer, pair_id)) for section in SECTIONS]


def _seen(viewer: Actor) -> sa.ColumnElement[bool]:
    pairs = programme.of_locality(viewer.locality_id) if viewer.locality_id else []
    return Meeting.pair_id.in_([pair.id for pair in pairs])


def of(viewer: Actor) -> Sequence[Meeting]:
    """The meetings of the viewer's pairs, the latest first."""
    return db.session.scalars(
        sa.select(Meeting)
        .where(_seen(viewer))
        .options(joinedload(Meeting.pair))
        .order_by(Meeting.held_on.desc(), Meeting.id.desc())
        .limit(100)
    ).all()


def get(public_id: str, viewer: Actor, *, lock: bool = False) -> Meeting:
    """A meeting with its matters. Raises NotFound."""
    if lock:
        hold(Meeting, public_id=public_id)
    found = db.session.scalars(
        sa.select(Meeting)
        .where(Meeting.public_id == public_id, _seen(viewer))
        .options(
            joinedload(Meeting.pair), joinedload(Meeting.locality), selectinload(Meeting.items)
        )
        .execution_options(populate_existing=lock)
    ).first()
    if found is None or not viewer.is_officer:
        raise NotFound
    return found


def item(meeting: Meeting, public_id: str) -> MeetingItem:
    """A matter of this very meeting. Raises NotFound."""
    for found in meeting.items:
        if found.public_id == public_id:
            return found
    raise NotFound


def decided(meeting: Meeting) -> Mapping[int, Sequence[Entry]]:
    """What was done about each matter while the meeting lasted, by item, in order."""
    matter_of = _told_under(meeting)
    entries = db.session.scalars(
        sa.select(Entry)
        .where(
            Entry.at >= meeting.opened_at,
            Entry.at <= (meeting.closed_at or clock.now()),
            Entry.subject_type.in_({kind for kind, _ in matter_of}),
            Entry.name.not_in(OUTSIDE),
        )
        .order_by(Entry.id)
    ).all()
    by_matter: dict[tuple[str, int], list[Entry]] = defaultdict(list)
    for entry in entries:
        matter = matter_of.get((entry.subject_type, entry.subject_id))
        if matter is not None:
            by_matter[matter].append(entry)
    return {
        one.id: [
            entry
            for entry in by_matter.get((one.subject_type, one.subject_id), [])
            if _belongs(one.section, entry)
        ]
        for one in meeting.items
    }


def _told_under(meeting: Meeting) -> Mapping[tuple[str, int], tuple[str, int]]:
    """Under which matter each record is told: its own, and a deal and its figures under the case.

    All by kind and id: an id alone stands for a record of every kind.
    """
    own = [(one.subject_type, one.subject_id) for one in meeting.items]
    found = dict(zip(own, own, strict=True))
    matches = {key for kind, key in found if kind == "match"}
    of_cases = db.session.execute(
        sa.select(Deal.id, Deal.match_id).where(Deal.match_id.in_(matches))
    ).all()
    found |= {("deal", row.id): ("match", row.match_id) for row in of_cases}
    figures = db.session.execute(
        sa.select(Figure.id, Deal.match_id)
        .join(Outcome, Outcome.id == Figure.outcome_id)
        .join(Deal, Deal.id == Outcome.deal_id)
        .where(Deal.match_id.in_(matches))
    ).all()
    return found | {("figure", row.id): ("match", row.match_id) for row in figures}


def _belongs(section: str, entry: Entry) -> bool:
    """Figures are told under their own heading only."""
    return (entry.subject_type == "figure") == (section == "figures")
