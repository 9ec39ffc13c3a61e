"""The desk in words and links: numbers, queues, columns, cards, figures with their buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from marketplace.core.i18n import N_, Text
from marketplace.core.text import fold
from marketplace.deals.models import Figure
from marketplace.deals.rules import INDICATOR_LABELS, FigureState
from marketplace.desk.board import COLUMN_LABELS, ON_BOARD, Column
from marketplace.desk.cases import Case
from marketplace.desk.queries import Batch, Task
from marketplace.desk.rules import QUEUE_LABELS, WAITING_LABELS, Due, Queue
from marketplace.matching.rules import MatchState
from marketplace.programme.models import Pair
from marketplace.reports import showing as results
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


def chosen(tasks: Sequence[Task], due: str | None, queue: str | None) -> Chosen:
    """The tasks asked for by day or by queue; anything else is left aside."""
    if queue in set(Queue):
        found = Queue(queue)
        return Chosen([t for t in tasks if t.queue is found], QUEUE_LABELS[found])
    if due in {d.value for d in DUE_TITLES}:
        when = Due(due)
        return Chosen([t for t in tasks if t.when is when], DUE_TITLES[when])
    return Chosen(tasks, N_("All my work") if due == ALL else "")


def kpis(tasks: Sequence[Task]) -> list[dict[str, Any]]:
    """Late, today, this week, all: each number leads to exactly these tasks."""
    numbers = [
        {
            "number": sum(1 for task in tasks if task.when is due),
            "label": label,
            "url": url_for("desk.index", han=due.value),
            "hot": due is Due.LATE,
        }
        for due, label in DUE_TITLES.items()
    ]
    every = {
        "number": len(tasks),
        "label": N_("All my work"),
        "url": url_for("desk.index", han=ALL),
    }
    return [*numbers, every]


def queues(tasks: Sequence[Task], shown: int) -> list[dict[str, Any]]:
    """The queues that hold something, each with its first tasks."""
    found = []
    for queue, label in QUEUE_LABELS.items():
        mine = [task for task in tasks if task.queue is queue]
        if mine:
            found.append(
                {
                    "code": queue.value,
                    "label": label,
                    "tasks": mine[:shown],
                    "count": len(mine),
                    "url": url_for("desk.index", viec=queue.value),
                }
            )
    return found


# ---------------------------------------------------------------- the board


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the board is narrowed to."""

    pair: Pair | None = None
    locality_id: int | None = None
    locality_code: str = ""
    q: str = ""
    column: Column | None = None
    late: bool = False
    view: str = ""

    def fits(self, case: Case) -> bool:
        """Whether a case is asked for; the column narrows the list only."""
        return (
            (self.pair is None or case.match.pair_id == self.pair.id)
            and (self.locality_id is None or self.locality_id in case.hold.localities)
            and (not self.late or case.is_late)
            and all(word in case.words for word in fold(self.q).split())
        )

    def address(self, **changes: Any) -> str:
        """The same page with some of it changed."""
        it = replace(self, **changes)
        carried: dict[str, Any] = {
            "cap": it.pair.code if it.pair else None,
            "dia-phuong": it.locality_code or None,
            "q": it.q or None,
            "cot": it.column.value if it.column else None,
            "tre": "1" if it.late else None,
            "kieu": it.view or None,
        }
        return url_for("desk.board", **carried)


def wanted(args: Mapping[str, str], pairs: Sequence[Pair]) -> Wanted:
    """Read the address; unknown values are left aside."""
    places = {p.code: p for pair in pairs for p in (pair.source, pair.market)}
    place = places.get(args.get("dia-phuong", ""))
    column = args.get("cot")
    return Wanted(
        pair={pair.code: pair for pair in pairs}.get(args.get("cap", "")),
        locality_id=place.id if place else None,
        locality_code=place.code if place else "",
        q=args.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH],
        column=Column(column) if column in set(Column) else None,
        late=args.get("tre") == "1",
        view="danh-sach" if args.get("kieu") == "danh-sach" else "",
    )


def columns(cases: Sequence[Case], asked: Wanted, *, moves_too: bool) -> list[dict[str, Any]]:
    """The columns with their cards; what does not fit leads to the list."""
    current = asked.column if asked.column in ON_BOARD else ON_BOARD[0]
    found = []
    for column in ON_BOARD:
        mine = [case for case in cases if case.column is column]
        found.append(
            {
                "code": column.value,
                "label": COLUMN_LABELS[column],
                "count": len(mine),
                "url": asked.address(column=column),
                "current": column is current,
                "cards": [card(case) for case in mine[:PER_COLUMN]] if moves_too else [],
                "more_count": max(0, len(mine) - PER_COLUMN),
                "more_url": asked.address(column=column, view="danh-sach")
                if len(mine) > PER_COLUMN
                else None,
            }
        )
    return found


def card(case: Case) -> dict[str, Any]:
    """A card: both parties, what it waits for and who holds it, since when, what may be done."""
    return {
        "id": case.match.public_id,
        "title": case.title,
        "url": url_for("deals.case", public_id=case.match.public_id),
        "sector": case.sector.value if case.sector else None,
        "source": case.match.seller.name,
        "market": case.match.buyer.name,
        "waiting": held(case),
        "due": due(case),
        "late": case.is_late,
        "moves": forward(case),
    }


def held(case: Case) -> Text | str:
    """What a case waits for, and who can end the waiting."""
    label = WAITING_LABELS[case.hold.waiting]
    if not case.hold.holders:
        return label
    return Text(N_("%(what)s: %(who)s"), what=Text(label), who=", ".join(case.hold.holders))


def due(case: Case) -> Text | str:
    """Until when, or since when."""
    day = case.hold.due_on
    if day is None:
        return Text(N_("since %(day)s"), day=case.since.date())
    if case.is_late:
        return Text(N_("late since %(day)s"), day=day)
    return Text(N_("by %(day)s"), day=day)


FORWARD = {
    "turn_key": "deals.match_move",
    "object": "deals.match_move",
    "set_terms": "deals.terms",
    "sign": "deals.sign",
    "start": "deals.deal_move",
    "complete": "deals.deal_move",
    "complete_partly": "deals.deal_move",
}
"""The moves that bring a case on, and whose pages they are; the rest stands on the case's page."""
AT_ONCE = frozenset({"turn_key", "start", "complete"})
"""Those that need no more than a click."""


def forward(case: Case) -> list[MoveButton]:
    """The moves of a card: what this official may do now and nothing hinders."""
    subject: Any = case.deal or case.match

    def address(move: str) -> str:
        extra: dict[str, Any] = {"move": move} if FORWARD[move].endswith("_move") else {}
        return url_for(FORWARD[move], public_id=case.match.public_id, **extra)

    if case.deal is None and case.match.state is not MatchState.PROPOSED:
        return []
    buttons = moves(
        subject,
        address,
        leave_out=set(subject.workflow.transitions) - set(FORWARD),
        as_page=set(FORWARD) - AT_ONCE,
    )
    return [
        replace(button, blockers=(), tone="quiet" if button.is_page else button.tone)
        for button in buttons
        if not button.blockers or (button.name == "sign" and not _is_small(case))
    ]


def _is_small(case: Case) -> bool:
    return case.deal is not None and case.deal.is_small


# ---------------------------------------------------------------- figures


def batch(found: Batch) -> dict[str, Any]:
    """One deal's figures with their buttons, and its deliveries."""
    case_id = found.deal.match.public_id
    buttons = {figure.id: _buttons(case_id, figure) for figure in found.figures}
    may_verify_all = len(found.figures) > 1 and all(
        any(button.name == "verify" for button in buttons[figure.id]) for figure in found.figures
    )
    is_returned = any(figure.state is FigureState.RETURNED for figure in found.figures)
    return {
        "id": f"{found.deal.public_id}{'-tra' if is_returned else ''}",
        "is_returned": is_returned,
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
