"""Pages of the officials' desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from marketplace.accounts import deputies, history, papers
from marketplace.accounts.models import User
from marketplace.accounts.moves import came_from
from marketplace.catalogue.proof import safety
from marketplace.catalogue.taxonomy import SECTOR_LABELS
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.core.shelf import Shelf
from marketplace.deals import panels
from marketplace.deals.panels import Panel
from marketplace.deals.rules import FigureState
from marketplace.desk import bulks, calendar, queries, services, sheets, showing, stalling
from marketplace.desk.board import COLUMN_LABELS, Column
from marketplace.desk.forms import AssignForm, BulkForm, DeputyForm, PaperForm, SheetForm
from marketplace.desk.rules import Queue, may_end_deputy
from marketplace.notifications import queries as notifications
from marketplace.notifications import subjects
from marketplace.notifications.subscriptions import WORKFLOWS
from marketplace.notifications.writing import notices
from marketplace.programme import keys
from marketplace.web.access import OFFICIALS, access, actor
from marketplace.web.forms import Form, handle
from marketplace.web.locale import language
from marketplace.web.navigation import CASES, PEOPLE, Entry, officer
from marketplace.web.pagination import Page, page_number

bp = Blueprint("desk", __name__)
ENTRIES: tuple[Entry, ...] = (
    Entry("desk.index", N_("My work"), 5, officer, "task", short=N_("Work")),
    Entry("desk.board", N_("Board"), 20, officer, "board"),
    Entry("desk.sheet", N_("Decisions"), 22, officer, office=CASES),
    Entry("desk.figures", N_("Figures"), 33, officer, "check"),
    Entry("desk.stalled", N_("Standing still"), 23, officer, office=CASES),
    Entry("desk.calls", N_("Calls"), 34, officer, office=PEOPLE),
    Entry("desk.name_deputy", N_("Deputies"), 39, officer, office=PEOPLE),
    Entry("desk.journal", N_("Journal"), 40, officer, office=CASES),
)
METHODS = ["GET", "POST"]
PER_QUEUE = 5
EVENTS_A_DAY = 6
PER_PAGE = 50
CASES_PER_PAGE = 8


@bp.get("/lam-viec")
@access(OFFICIALS)
def index() -> ResponseReturnValue:
    """My work: late, today, this week, and each queue; or one of these lists in full.

    What is drawn is kept for the reader, the address and the day until anything changes.
    """
    beside = tuple(task.subject for task in queries.unrecorded(actor()))
    key = ("desk index", actor(), language(), clock.today(), request.query_string, beside)
    return render_template("desk/index.html", **Shelf().keep(key, _drawn_index))


def _drawn_index() -> dict[str, Any]:
    """The parts of the page of my work that say nothing of the moment it was asked for."""
    whose = showing.MINE if request.args.get("cua") == showing.MINE else None
    every = queries.tasks(actor())
    tasks = queries.mine(actor(), every) if whose else every
    chosen = showing.chosen(tasks, request.args.get("han"), request.args.get("viec"), whose)
    number = page_number(request.args.get("trang"))
    part = chosen.tasks[(number - 1) * PER_PAGE : number * PER_PAGE]
    drawn = render_template(
        "desk/_index_main.html",
        kpis=showing.kpis(tasks, whose),
        chosen=chosen,
        whose=whose,
        page=Page(_told(part), number, len(chosen.tasks), PER_PAGE),
        queues=[] if chosen.title else showing.queues(_told(tasks), PER_QUEUE, whose),
        elsewhere=[] if chosen.title or whose else queries.late_elsewhere(actor()),
        absent=deputies.absent_of(actor().user_id),
        url_for_page=lambda n: url_for(
            "desk.index",
            han=request.args.get("han"),
            viec=request.args.get("viec"),
            cua=whose,
            trang=n,
        ),
    )
    return {
        "title": chosen.title,
        "decisions": sum(task.is_decision for task in every),
        "tasks": Markup(drawn),  # noqa: S704  a template's
    }


def _told(tasks: Sequence[queries.Task]) -> Sequence[queries.Task]:
    """The tasks, each call with what it is about: several to one household are told apart."""
    if not any(task.queue is Queue.CALL for task in tasks):
        return tasks
    told = notices(notifications.calls(actor()))
    return showing.with_words(tasks, {one.delivery.public_id: one.line for one in told})


@bp.get("/lam-viec/ket-noi")
@access(OFFICIALS)
def board() -> ResponseReturnValue:
    """All matches and deals: as columns, as a list, or as a month; the address holds everything.

    What is drawn of them is kept for the reader, the address and the day until anything changes.
    """
    key = ("desk board", actor(), language(), clock.today(), request.query_string)
    drawn = Shelf().keep(key, _drawn_board)
    return render_template("desk/board.html", now=clock.now(), **drawn)


def _drawn_board() -> dict[str, str]:
    """The parts of the board's page that say nothing of the moment it was asked for."""
    pairs, officials = queries.pairs(actor()), queries.officials(actor())
    people = {person.public_id: person.id for person, _ in officials}
    wanted = showing.wanted(request.args, pairs, people, queries.whose_work(actor()))
    hanging = queries.hanging(actor(), wanted.key, wanted.fits)
    columns = showing.columns(hanging, wanted)
    told = {
        "wanted": wanted,
        "pairs": pairs,
        "officials": [(person, acts.locality_id) for person, acts in officials],
        "sectors": SECTOR_LABELS,
        "columns": columns,
        "labels": COLUMN_LABELS,
        "stopped": sum(map(len, hanging.values())) - sum(column["count"] for column in columns),
        "address": wanted.address,
        **BOARD_VIEWS[wanted.view](columns, wanted, {p.id: p for p, _ in officials}),
    }
    return {
        part: Markup(render_template(f"desk/_board_{part}.html", **told))  # noqa: S704  a template's
        for part in ("switch", "cases")
    }


Columns = Sequence[Mapping[str, Any]]


def _as_columns(
    columns: Columns, wanted: showing.Wanted, who: Mapping[int, User]
) -> dict[str, Any]:
    """The cards of each column, with the moves open to the reader."""
    moves = queries.open_moves(actor(), showing.shown_on(columns))
    place, back = actor().locality_id, wanted.address()
    return {
        "cards": {
            case.public_id: showing.card(case, moves.get(case.match_id, ()), who, place, back)
            for case in showing.shown_on(columns)
        }
    }


def _as_list(_columns: Columns, wanted: showing.Wanted, who: Mapping[int, User]) -> dict[str, Any]:
    """A page of the list, with who is in charge."""
    how = (actor(), wanted.key, wanted.fits)
    column = wanted.column
    rows = queries.hanging(*how)[column] if column else queries.fitting(*how)
    number = page_number(request.args.get("trang"))
    part = rows[(number - 1) * PER_PAGE : number * PER_PAGE]
    return {
        "page": Page(part, number, len(rows), PER_PAGE),
        "who": {
            case.public_id: [who[key].name for _, key in case.in_charge if key in who]
            for case in part
        },
    }


def _as_month(
    _columns: Columns, wanted: showing.Wanted, _who: Mapping[int, User]
) -> dict[str, Any]:
    """A month: days something is due, begins, ends, was delivered."""
    first = wanted.month or clock.today().replace(day=1)
    days = queries.month(actor(), wanted.key, wanted.fits, first)
    before, after = calendar.beside(first)
    return {
        "days": days,
        "first": first,
        "before": before,
        "after": after,
        "marks": calendar.MARK_LABELS,
        "weekdays": calendar.WEEKDAYS,
        "a_day": EVENTS_A_DAY,
        "count": sum(len(day.events) for day in days),
    }


BOARD_VIEWS: dict[str, Callable[[Columns, showing.Wanted, Mapping[int, User]], dict[str, Any]]] = {
    "": _as_columns,
    "danh-sach": _as_list,
    "lich": _as_month,
}


@bp.get("/lam-viec/dung-lau")
@access(OFFICIALS)
def stalled() -> ResponseReturnValue:
    """Cases that stand longer at a stage than half of those that moved on from it."""
    found = queries.stalled(actor())
    number = page_number(request.args.get("trang"))
    part = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    return render_template(
        "desk/stalled.html",
        page=Page(part, number, len(found), PER_PAGE),
        least=stalling.LEAST,
        url_for_page=lambda n: url_for("desk.stalled", trang=n),
    )


# ---------------------------------------------------------------- who is in charge


@bp.route("/lam-viec/phu-trach/<any('match', 'interest'):kind>/<public:public_id>", methods=METHODS)
@access(OFFICIALS)
def assign(kind: str, public_id: str) -> ResponseReturnValue:
    """Who is in charge of a case or an interest: take it, give it to a colleague."""
    found = queries.charge(actor(), kind, public_id)
    form = AssignForm(data={"person": found.own}).offer(queries.officials(actor()), actor())
    return handle(
        form,
        lambda: render_template(
            "desk/assign.html",
            form=form,
            charge=queries.charge(actor(), kind, public_id),
            back=_place_of(kind, public_id),
            remind_url=url_for("desk.remind", kind=kind, public_id=public_id),
        ),
        lambda: services.assign(actor(), kind, public_id, form.person.data or ""),
        lambda _nothing: came_from(_place_of(kind, public_id)),
        said=N_("It is written down who is in charge."),
    )


@bp.route("/lam-viec/nhac/<any('match', 'interest'):kind>/<public:public_id>", methods=METHODS)
@access(OFFICIALS)
def remind(kind: str, public_id: str) -> ResponseReturnValue:
    """Remind those a case or an interest waits for."""
    title = queries.charge(actor(), kind, public_id).title
    names = queries.reminded(actor(), kind, public_id)
    form = Form()
    return handle(
        form,
        lambda: render_template(
            "desk/remind.html",
            form=form,
            title=title,
            names=names,
            back=_place_of(kind, public_id),
        ),
        lambda: services.remind(actor(), kind, public_id),
        lambda _nothing: came_from(_place_of(kind, public_id)),
        said=N_("They have been reminded."),
    )


def _place_of(kind: str, public_id: str) -> str:
    """The page of a case or an interest."""
    return url_for("deals.case" if kind == "match" else "interests.show", public_id=public_id)


@bp.route("/lam-viec/nguoi-thay", methods=METHODS)
@access(OFFICIALS)
def name_deputy() -> ResponseReturnValue:
    """Who stands in for whom, and naming a deputy."""
    form = DeputyForm(data={"person": queries.own_public_id(actor())})
    form.offer(queries.officials(actor()), actor())
    return handle(
        form,
        lambda: render_template(
            "desk/deputies.html",
            form=form,
            rows=deputies.of_locality(actor().locality_id),
            may_end=may_end_deputy,
        ),
        lambda: services.name_deputy(actor(), **form.values()),
        lambda _deputy: url_for("desk.name_deputy"),
        said=N_("The deputy has been told, and sees the work during these days."),
    )


@bp.route("/lam-viec/nguoi-thay/<public:public_id>/ket-thuc", methods=METHODS)
@access(OFFICIALS)
def end_deputy(public_id: str) -> ResponseReturnValue:
    """Take one's work back before the last day."""
    deputy = queries.deputy(actor(), public_id)
    form, names = Form(), (deputy.user.name, deputy.deputy.name)
    return handle(
        form,
        lambda: render_template("desk/end_deputy.html", form=form, names=names),
        lambda: services.end_deputy(actor(), public_id),
        lambda _deputy: url_for("desk.name_deputy"),
        said=N_("The work is back with the one who was away."),
    )


# ---------------------------------------------------------------- many at once


@bp.route("/lam-viec/nhieu-viec", methods=METHODS)
@access(OFFICIALS)
def bulk() -> ResponseReturnValue:
    """Choose several cases and interests, look at what can be done, then do it one by one."""
    form = BulkForm().offer(queries.officials(actor()), actor())
    chosen = bulks.chosen(request.values.getlist("chon"))
    act = form.act.data if request.method == "POST" else None
    if act is None or not chosen:
        status = 422 if request.method == "POST" and form.lacks_choice(chosen) else 200
        return render_template(
            "desk/bulk.html", form=form, rows=queries.choosable(actor()), chosen=set(chosen)
        ), status
    plan = bulks.plan(actor(), act, chosen)
    if "lam" not in request.form or not form.validate() or form.lacks_person():
        return render_template(
            "desk/bulk_plan.html", form=form, plan=plan, act=act, label=bulks.ACT_LABELS[act]
        )
    done = bulks.carry_out(actor(), act, plan, form.person.data or "", form.form_key.data or "")
    return render_template("desk/bulk_done.html", done=done)


# ---------------------------------------------------------------- the sheet of decisions


@bp.route("/lam-viec/phieu-trinh", methods=METHODS)
@access(OFFICIALS)
def sheet() -> ResponseReturnValue:
    """The decisions that wait for the reader, settled in one sitting with one password."""
    form, lines = SheetForm(), sheets.lines(actor(), request.form)
    sent = sheets.read(lines, request.form)
    is_sent = request.method == "POST"
    if is_sent and form.validate() and not form.refuse_unless(sent, actor()):
        done = sheets.settle(actor(), sent, form.form_key.data or "")
        return render_template("desk/sheet_done.html", done=done)
    return render_template(
        "desk/sheet.html",
        form=form,
        lines=lines,
        answers=sent.typed,
        on_paper=_on_paper(),
        waiting=len(queries.decisions(actor())),
    ), 422 if is_sent else 200


def _on_paper() -> bool:
    """Whether a twinning of the reader's decides on paper too."""
    return any(pair.decides_on_paper for pair in queries.pairs(actor()))


@bp.get("/lam-viec/phieu-trinh/in")
@access(OFFICIALS)
def print_sheet() -> ResponseReturnValue:
    """The sheet on paper: A4, boxes to tick, room for the signature."""
    if not _on_paper():
        raise NotFound
    return render_template(
        "desk/sheet_print.html",
        lines=sheets.on_paper(actor()),
        waiting=len(queries.decided_on_paper(actor())),
        today_=clock.today(),
        back_url=url_for("desk.sheet"),
    )


@bp.route("/lam-viec/phieu-trinh/tren-giay", methods=METHODS)
@access(OFFICIALS, uploads=True)
def bring_in() -> ResponseReturnValue:
    """Enter what a leader decided on a printed sheet, with its scan."""
    if not _on_paper():
        raise NotFound
    form = PaperForm().offer(queries.officials(actor()), actor())
    lines = sheets.on_paper(actor(), request.form)
    sent = sheets.read(lines, request.form)
    is_sent = request.method == "POST"
    if is_sent and form.validate() and not form.refuse_unless(sent):
        scan = form.kept_scan()
        if scan is not None:
            leader = keys.on_paper(queries.leader(actor(), form.leader.data), actor(), scan)
            done = sheets.settle(leader, sent, form.form_key.data or "")
            return render_template("desk/sheet_done.html", done=done)
    return render_template(
        "desk/sheet_paper.html",
        form=form,
        lines=lines,
        answers=sent.typed,
        waiting=len(queries.decided_on_paper(actor())),
    ), 422 if is_sent else 200


@bp.get("/lam-viec/phieu-trinh/giay/<public:file_id>")
@access(OFFICIALS)
def sheet_scan(file_id: str) -> ResponseReturnValue:
    """The scan of a signed sheet, for the officials of the locality and of the case."""
    return papers.sent(queries.sheet_scan(actor(), file_id))


@bp.get("/lam-viec/so-lieu")
@access(OFFICIALS)
def figures() -> ResponseReturnValue:
    """Figures that wait for verification, each with its evidence beside it."""
    case = request.args.get("ho-so")
    returned = queries.batches(actor(), FigureState.RETURNED, case)
    own = [batch for batch in returned if queries.may_correct(actor(), batch)]
    others = [batch for batch in returned if batch not in own]
    found = [*own, *queries.batches(actor(), FigureState.SUBMITTED, case), *others]
    number = page_number(request.args.get("trang"))
    part = found[(number - 1) * CASES_PER_PAGE : number * CASES_PER_PAGE]
    return render_template(
        "desk/figures.html",
        page=Page([showing.batch(b) for b in part], number, len(found), CASES_PER_PAGE),
        is_one_case=bool(case),
        count=len(found) - len(others),
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
    panels.add(Panel("desk-hold", "hold", "desk/_hold.html", showing.on_case))
    app.jinja_env.filters |= {
        "held": showing.held,
        "due": showing.due,
        "due_words": showing.due_words,
        "column": Column,
        "figure_amount": showing.figure_amount,
        "step_label": showing.step_label,
        "month_name": showing.month_name,
    }
