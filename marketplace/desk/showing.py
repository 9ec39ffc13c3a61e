"""The desk in words and links: numbers, queues, columns, cards, figures with their buttons."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for

from marketplace.accounts.models import User
from marketplace.catalogue.taxonomy import Sector
from marketplace.core import clock
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, Text
from marketplace.core.text import fold
from marketplace.core.workflow import Transition
from marketplace.deals.models import Deal, Figure
from marketplace.deals.rules import INDICATOR_LABELS, FigureState
from marketplace.desk import calendar, case_rows
from marketplace.desk.board import COLUMN_LABELS, ON_BOARD, Column
from marketplace.desk.cases import Case
from marketplace.desk.queries import Batch, Task
from marketplace.desk.rules import QUEUE_LABELS, WAITING_LABELS, Due, Queue, Waiting, due_when
from marketplace.matching.models import Match
from marketplace.programme.models import Pair
from marketplace.reports import showing as results
from marketplace.web import formats
from marketplace.web.locale import say
from marketplace.web.workflow import MoveButton, moves

DUE_TITLES = {
    Due.LATE: N_("Late"),
    Due.TODAY: N_("Due today"),
    Due.WEEK: N_("Due this week"),
}
ALL = "tat-ca"
PER_COLUMN = 12
LONGEST_SEARCH = 100

KINDS = {
    "listing": N_("Listings"),
    "organisation": N_("Organisations"),
    "interest": N_("Interests"),
    "match": N_("Matches"),
    "deal": N_("Deals"),
    "instalment": N_("Deliveries"),
    "figure": N_("Figures"),
    "paper": N_("Papers"),
    "wild_species": N_("Wild species"),
}
"""The kinds of records one may narrow the journal to."""


# ---------------------------------------------------------------- my work


@dataclass(frozen=True, slots=True)
class Chosen:
    """A part of one's tasks and its title; without one the page shows every queue."""

    tasks: Sequence[Task]
    title: str = ""


def chosen(
    tasks: Sequence[Task], due: str | None, queue: str | None, whose: str | None = None
) -> Chosen:
    """The tasks asked for by day or by queue; anything else is left aside."""
    if queue in set(Queue):
        found = Queue(queue)
        return Chosen([t for t in tasks if t.queue is found], QUEUE_LABELS[found])
    if due in {d.value for d in DUE_TITLES}:
        when = Due(due)
        return Chosen([t for t in tasks if t.when is when], DUE_TITLES[when])
    return Chosen(tasks, _every(whose) if due == ALL else "")


def _every(whose: str | None) -> str:
    """The title of all tasks: the office's, unless one's own are asked for."""
    return N_("All my work") if whose else N_("All work of the office")


def kpis(tasks: Sequence[Task], whose: str | None = None) -> list[dict[str, Any]]:
    """Late, today, this week, all: each number leads to exactly these tasks."""
    stands = Counter[Due]()
    for day, number in Counter(task.due_on for task in tasks).items():
        stands[due_when(day)] += number
    numbers = [
        {
            "number": stands[due],
            "label": label,
            "url": url_for("desk.index", han=due.value, cua=whose),
            "hot": due is Due.LATE,
        }
        for due, label in DUE_TITLES.items()
    ]
    every = {
        "number": len(tasks),
        "label": _every(whose),
        "url": url_for("desk.index", han=ALL, cua=whose),
    }
    return [*numbers, every]


def queues(tasks: Sequence[Task], shown: int, whose: str | None = None) -> list[dict[str, Any]]:
    """The queues that hold something, each with its first tasks."""
    held = defaultdict[Queue, list[Task]](list)
    for task in tasks:
        held[task.queue].append(task)
    return [
        {
            "code": queue.value,
            "label": label,
            "tasks": held[queue][:shown],
            "count": len(held[queue]),
            "url": url_for("desk.index", viec=queue.value, cua=whose),
        }
        for queue, label in QUEUE_LABELS.items()
        if queue in held
    ]


def with_words(tasks: Sequence[Task], lines: Mapping[str, str]) -> Sequence[Task]:
    """The tasks; a call (by its public id) also says what is to be told."""
    return [
        replace(task, note=" · ".join(filter(None, (say(task.note), lines[task.subject[1]]))))
        if task.queue is Queue.CALL and task.subject[1] in lines
        else task
        for task in tasks
    ]


# ---------------------------------------------------------------- the board

VIEWS = ("danh-sach", "lich")
"""How the cases are shown instead of as columns: as a list, as a calendar."""
MINE = "toi"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the board is narrowed to. ``official`` is a public id, or "toi" for one's own."""

    pair: Pair | None = None
    locality_id: int | None = None
    locality_code: str = ""
    sector: Sector | None = None
    official: str = ""
    people: frozenset[int] = frozenset()
    q: str = ""
    column: Column | None = None
    late: bool = False
    view: str = ""
    month: date | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the column was chosen."""
        return bool(
            self.q or self.locality_id or self.late or self.pair or self.sector or self.official
        )

    @property
    def key(self) -> Hashable:
        """All that ``fits`` goes by."""
        pair_id = self.pair.id if self.pair else None
        return (pair_id, self.locality_id, self.sector, self.people, self.late, self.q)

    def fits(self, case: Case) -> bool:
        """Whether a case is asked for; the column narrows the list only."""
        return (
            (self.pair is None or case.pair_id == self.pair.id)
            and (self.locality_id is None or self.locality_id in case.hold.localities)
            and (self.sector is None or case.sector is self.sector)
            and (not self.official or any(who in self.people for _, who in case.in_charge))
            and (not self.late or case.is_late)
            and (not self.q or _holds(case.words, self.q))
        )

    def address(self, **changes: Any) -> str:
        """The same page with some of it changed."""
        it = replace(self, **changes)
        carried: dict[str, Any] = {
            "cap": it.pair.code if it.pair else None,
            "dia-phuong": it.locality_code or None,
            "linh-vuc": it.sector.value if it.sector else None,
            "can-bo": it.official or None,
            "q": it.q or None,
            "cot": it.column.value if it.column else None,
            "tre": "1" if it.late else None,
            "kieu": it.view or None,
            "thang": f"{it.month:%Y-%m}" if it.month and it.view == "lich" else None,
        }
        return url_for("desk.board", **carried)

    def page(self, number: int) -> str:
        """Another page of the same list."""
        return f"{self.address()}{'&' if '?' in self.address() else '?'}trang={number}"


def _holds(words: str, q: str) -> bool:
    """Whether every word searched for is among these."""
    return all(word in words for word in fold(q).split())


def wanted(
    args: Mapping[str, str],
    pairs: Sequence[Pair],
    people: Mapping[str, int],
    own: frozenset[int],
) -> Wanted:
    """Read the address; unknown values are left aside.

    ``people`` are the officials by public id, ``own`` those whose work the reader does today.
    """
    places = {p.code: p for pair in pairs for p in (pair.source, pair.market)}
    place = places.get(args.get("dia-phuong", ""))
    column, sector = args.get("cot"), args.get("linh-vuc")
    official = args.get("can-bo", "")
    chosen_people = own if official == MINE else frozenset({people.get(official, 0)} - {0})
    return Wanted(
        pair={pair.code: pair for pair in pairs}.get(args.get("cap", "")),
        locality_id=place.id if place else None,
        locality_code=place.code if place else "",
        sector=Sector(sector) if sector in set(Sector) else None,
        official=official if chosen_people else "",
        people=chosen_people,
        q=args.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH],
        column=Column(column) if column in set(Column) else None,
        late=args.get("tre") == "1",
        view=args.get("kieu", "") if args.get("kieu") in VIEWS else "",
        month=calendar.month_of(args.get("thang", "")),
    )


def columns(hanging: Mapping[Column, Sequence[Case]], asked: Wanted) -> list[dict[str, Any]]:
    """The columns with what hangs in them; what does not fit leads to the list."""
    current = asked.column if asked.column in ON_BOARD else ON_BOARD[0]
    return [
        {
            "code": column.value,
            "label": COLUMN_LABELS[column],
            "count": len(hanging[column]),
            "url": asked.address(column=column),
            "current": column is current,
            "cases": hanging[column][:PER_COLUMN],
            "more_count": max(0, len(hanging[column]) - PER_COLUMN),
            "more_url": asked.address(column=column, view="danh-sach")
            if len(hanging[column]) > PER_COLUMN
            else None,
        }
        for column in ON_BOARD
    ]


def shown_on(columns: Sequence[Mapping[str, Any]]) -> list[Case]:
    """The cases that hang on the board as cards."""
    return [case for column in columns for case in column["cases"]]


def card(
    case: Case,
    moves: Sequence[Transition],
    who: Mapping[int, User],
    locality_id: int | None,
    back: str,
) -> dict[str, Any]:
    """A card: parties, what it waits for, who holds it, since when, what may be done."""
    person = who.get(dict(case.in_charge).get(locality_id or 0, 0))
    return {
        "id": case.public_id,
        "title": case.title,
        "url": url_for("deals.case", public_id=case.public_id),
        "sector": case.sector.value if case.sector else None,
        "source": case.seller.name,
        "market": case.buyer.name,
        "waiting": held(case),
        "due": due(case),
        "late": case.is_late,
        "owner": initials(person.name) if person else "",
        "owner_name": person.name if person else "",
        "menu": menu(case, moves, back),
    }


def initials(name: str) -> str:
    """Two letters for a name: of its first and its last word."""
    words = name.split()
    return (words[0][:1] + words[-1][:1] if len(words) > 1 else name[:2]).upper()


STEPS = {
    "match.proposed": N_("proposing it"),
    "match.reminded": N_("reminding those who are waited for"),
    "match.assigned": N_("putting somebody in charge"),
    "match.consent": N_("a yes of a side"),
    "match.turn_key": N_("the key of a locality"),
    "match.key_brought_in": N_("the key of a locality"),
    "match.object": N_("weighing an objection"),
    "deal.set_terms": N_("making an offer"),
    "deal.accept_terms": N_("accepting an offer"),
    "deal.sign": N_("recording the signing"),
    "deal.start": N_("beginning the delivery"),
    "deal.complete": N_("closing it as completed"),
    "deal.complete_partly": N_("closing it as partly completed"),
    "deal.resume_agreed": N_("going on after a stop"),
    "deal.resume_signed": N_("going on after a stop"),
    "deal.resume_active": N_("going on after a stop"),
    "deal.propose_settlement": N_("proposing a settlement"),
    "deal.settle": N_("settling the dispute"),
    "instalment.entered": N_("entering a delivery"),
    "instalment.confirm": N_("confirming a delivery"),
    "instalment.correct": N_("correcting a delivery"),
}
"""The steps that move a case on, as they are said in the middle of a sentence."""


def step_label(name: str) -> str:
    """The words for the step that moved a case on."""
    return STEPS.get(name, N_("another step"))


def month_name(first: date) -> str:
    """A month and its year as people say it."""
    said: str = say(
        Text(N_("%(month)s/%(year)s"), month=formats.month(first.month), year=first.year)
    )
    return said


def held(case: Case) -> Text | str:
    """What a case waits for, and who can end the waiting."""
    label = WAITING_LABELS[case.hold.waiting]
    if not case.hold.holders:
        return label
    names = ", ".join(holder.name for holder in case.hold.holders)
    return Text(N_("%(what)s: %(who)s"), what=Text(label), who=names)


def due(case: Case) -> Text | str:
    """Until when, or since when."""
    day = case.hold.due_on
    return due_words(day) if day else Text(N_("since %(day)s"), day=clock.local(case.since).date())


def due_words(day: date) -> Text | str:
    """How a day stands to today, as everywhere on the desk."""
    when = due_when(day)
    if when is Due.LATE:
        return Text(N_("late since %(day)s"), day=day)
    return N_("due today") if when is Due.TODAY else Text(N_("by %(day)s"), day=day)


def on_case(match: Match, _deal: Deal | None, _reader: Actor) -> Mapping[str, Any] | None:
    """On the page of a case what it waits for and until when, as the board counts it."""
    case = case_rows.one([match.pair], match.public_id)
    if case is None or case.hold.waiting is Waiting.NOTHING:
        return None
    waits = held(case)
    if case.hold.waiting is Waiting.DELIVERY and match.unit is None:
        payments = Text(N_("Waiting for payments"))  # capital comes from the other side
        waits = Text(N_("%(what)s: %(who)s"), what=payments, who=match.buyer.name)
    return {"held": waits, "due_on": case.hold.due_on}


OF_MATCH, OF_DEAL = "deals.match_move", "deals.deal_move"
PAGES = {
    "set_terms": "deals.terms",
    "accept_terms": "deals.accept",
    "sign": "deals.sign",
    **dict.fromkeys(("consent", "refuse", "turn_key", "object", "reject"), OF_MATCH),
    **dict.fromkeys(("start", "complete", "complete_partly"), OF_DEAL),
}
"""Whose page a move has; «cancel» is of both, and what is not named here is on the case's page."""


def menu(case: Case, moves: Sequence[Transition], back: str) -> list[dict[str, Any]]:
    """The moves of a card as links to the pages they always have; ``back`` leads here again."""
    return [
        {"label": move.label, "tone": move.tone, "url": move_url(case.public_id, case, move, back)}
        for move in moves
    ]


def move_url(case_id: str, case: Case, move: Transition, back: str) -> str:
    """The page of a move, from which one comes back to ``back``."""
    by_name = OF_DEAL if case.deal_id else OF_MATCH
    endpoint = by_name if move.name == "cancel" else PAGES.get(move.name, "deals.case")
    values: dict[str, Any] = {"public_id": case_id, "ve": back}
    if endpoint in {OF_MATCH, OF_DEAL}:
        values["move"] = move.name
    if endpoint == "deals.case":
        values["ve"] = None
    return url_for(endpoint, **values)


# ---------------------------------------------------------------- figures


def batch(found: Batch) -> dict[str, Any]:
    """One deal's figures with their buttons, and its deliveries."""
    case_id = found.deal.match.public_id
    buttons = {figure.id: _buttons(case_id, figure) for figure in found.figures}
    may_verify_all = len(found.figures) > 1 and all(
        any(button.name == "verify" for button in buttons[figure.id]) for figure in found.figures
    )
    returned = [figure for figure in found.figures if figure.state is FigureState.RETURNED]
    is_returned = bool(returned)
    return {
        "id": f"{found.deal.public_id}{'-tra' if is_returned else ''}",
        "is_returned": is_returned,
        "corrects": returned[0].entered_by.name if returned and returned[0].entered_by else "",
        "deal": found.deal,
        "url": url_for("deals.case", public_id=case_id),
        "title": found.deal.listing.title,
        "parties": [party.organisation.name for party in found.deal.principals],
        "figures": [
            {
                "figure": figure,
                "label": INDICATOR_LABELS[figure.indicator],
                "buttons": buttons[figure.id],
            }
            for figure in found.figures
        ],
        "evidence": [
            {
                "instalment": instalment,
                "paper_url": url_for(
                    "deals.paper", public_id=case_id, file_id=instalment.paper.public_id
                )
                if instalment.paper
                else None,
            }
            for instalment in found.evidence
        ],
        "verify_all": url_for("deals.verify_figures", public_id=case_id, next="so-lieu")
        if may_verify_all
        else None,
    }


def figure_amount(figure: Figure) -> str:
    """A figure's amount with its unit, as the results page writes it."""
    return results.amount(figure.indicator, figure.amount)


def _buttons(case_id: str, figure: Figure) -> list[MoveButton]:
    def address(move: str) -> str:
        ids: dict[str, Any] = {
            "public_id": case_id,
            "figure_id": figure.public_id,
            "next": "so-lieu",
        }
        if move == "submit":
            return url_for("deals.correct_figure", **ids)
        return url_for("deals.figure_move", move=move, **ids)

    return moves(figure, address, as_page=["submit", "return"])
