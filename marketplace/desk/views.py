"""Pages of the officials' desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history
from marketplace.catalogue.proof import safety
from marketplace.core import clock
from marketplace.core.i18n import N_
from marketplace.deals.rules import FigureState
from marketplace.desk import queries, showing
from marketplace.desk.board import COLUMN_LABELS, Column
from marketplace.notifications import queries as notifications
from marketplace.notifications import subjects
from marketplace.notifications.subscriptions import WORKFLOWS
from marketplace.notifications.writing import notices
from marketplace.web.access import OFFICIALS, access, actor
from marketplace.web.navigation import Entry, officer
from marketplace.web.pagination import Page, page_number

bp = Blueprint("desk", __name__)
ENTRIES: tuple[Entry, ...] = (
    Entry("desk.index", N_("My work"), 5, officer, "task", short=N_("Work")),
    Entry("desk.board", N_("Board"), 20, officer, "board"),
    Entry("desk.figures", N_("Figures"), 33, officer, "check"),
    Entry("desk.calls", N_("Calls"), 34, officer, in_top=False),
    Entry("desk.journal", N_("Journal"), 38, officer, in_top=False),
)
PER_QUEUE = 5
PER_PAGE = 50
CASES_PER_PAGE = 8


@bp.get("/lam-viec")
@access(OFFICIALS)
def index() -> ResponseReturnValue:
    """My work: late, today, this week, and each queue; or one of these lists in full."""
    tasks = queries.tasks(actor())
    chosen = showing.chosen(tasks, request.args.get("han"), request.args.get("viec"))
    number = page_number(request.args.get("trang"))
    part = chosen.tasks[(number - 1) * PER_PAGE : number * PER_PAGE]
    return render_template(
        "desk/index.html",
        kpis=showing.kpis(tasks),
        chosen=chosen,
        page=Page(part, number, len(chosen.tasks), PER_PAGE),
        queues=[] if chosen.title else showing.queues(tasks, PER_QUEUE),
        elsewhere=[] if chosen.title else queries.late_elsewhere(actor()),
        url_for_page=lambda n: url_for(
            "desk.index", han=request.args.get("han"), viec=request.args.get("viec"), trang=n
        ),
    )


@bp.get("/lam-viec/ket-noi")
@access(OFFICIALS)
def board() -> ResponseReturnValue:
    """The board of matches and deals, or the same as a list."""
    pairs = queries.pairs(actor())
    wanted = showing.wanted(request.args, pairs)
    cases = [case for case in queries.cases(actor()) if wanted.fits(case)]
    as_list = request.args.get("kieu") == "danh-sach"
    return render_template(
        "desk/board.html",
        now=clock.now(),
        wanted=wanted,
        pairs=pairs,
        as_list=as_list,
        columns=showing.columns(cases, wanted, moves_too=not as_list),
        rows=[c for c in cases if wanted.column in {None, c.column}],
        labels=COLUMN_LABELS,
        stopped=sum(1 for case in cases if case.column is Column.STOPPED),
        address=wanted.address,
    )


@bp.get("/lam-viec/so-lieu")
@access(OFFICIALS)
def figures() -> ResponseReturnValue:
    """Figures that wait for verification, each with its evidence beside it."""
    case = request.args.get("ho-so")
    found = [
        *queries.batches(actor(), FigureState.RETURNED, case),
        *queries.batches(actor(), FigureState.SUBMITTED, case),
    ]
    number = page_number(request.args.get("trang"))
    part = found[(number - 1) * CASES_PER_PAGE : number * CASES_PER_PAGE]
    return render_template(
        "desk/figures.html",
        page=Page([showing.batch(b) for b in part], number, len(found), CASES_PER_PAGE),
        is_one_case=bool(case),
        url_for_page=lambda n: url_for("desk.figures", trang=n),
    )


@bp.get("/lam-viec/cuoc-goi")
@access(OFFICIALS)
def calls() -> ResponseReturnValue:
    """Calls to make, quantities to ask about, and mails that did not arrive."""
    return render_template(
        "desk/calls.html",
        calls=notices(notifications.calls(actor())),
        stale=[(one, safety.of(one, clock.today())) for one in queries.stale(actor())],
        failed=notices(notifications.failed(actor())),
    )


@bp.get("/lam-viec/cuoc-goi/in")
@access(OFFICIALS)
def call_round() -> ResponseReturnValue:
    """The call round on paper: by village, with the last figure and room for the new one."""
    everything = request.args.get("muc") == "tat-ca"
    return render_template(
        "desk/call_round.html",
        villages=queries.call_round(actor(), stale_only=not everything),
        everything=everything,
        this_page=url_for("desk.call_round", muc="tat-ca" if everything else None),
        back_url=url_for("desk.calls"),
    )


@bp.get("/lam-viec/nhat-ky")
@access(OFFICIALS)
def journal() -> ResponseReturnValue:
    """What happened in my locality's twinnings, newest first."""
    kind, record = request.args.get("loai"), request.args.get("ma")
    number = page_number(request.args.get("trang"))
    entries, total = queries.journal(
        actor(), kind, record, offset=(number - 1) * PER_PAGE, limit=PER_PAGE
    )
    found = subjects.about_all(entries)
    told = history.lines(entries, WORKFLOWS)
    rows: Sequence[Any] = [
        (line, found.get(entry.id), entry) for line, entry in zip(told, entries, strict=True)
    ]
    return render_template(
        "desk/journal.html",
        page=Page(rows, number, total, PER_PAGE),
        kind=kind,
        record=record,
        kinds=showing.KINDS,
        url_for_page=lambda n: url_for("desk.journal", loai=kind, ma=record, trang=n),
    )


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    app.jinja_env.filters |= {
        "held": showing.held,
        "due": showing.due,
        "column": Column,
        "figure_amount": showing.figure_amount,
    }
