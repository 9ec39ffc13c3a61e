"""Pages of tasks: mine, those of a case, adding, changing, ticking."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import papers
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.catalogue.changes import LISTINGS
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.i18n import N_
from marketplace.deals import panels
from marketplace.deals import queries as deals
from marketplace.deals.panels import Panel
from marketplace.tasks import queries, services, showing
from marketplace.tasks.forms import FinishForm, TaskForm, start
from marketplace.tasks.models import Task
from marketplace.tasks.rules import TASK, may_add, may_change, may_drop
from marketplace.web.access import MEMBERS, OFFICIALS, access, actor
from marketplace.web.forms import Form, handle
from marketplace.web.navigation import CASES, Entry, member, officer
from marketplace.web.pagination import PER_PAGE, Page, page_number

bp = Blueprint("tasks", __name__)
ENTRIES: tuple[Entry, ...] = (
    Entry("tasks.index", N_("Tasks"), 37, officer, office=CASES),
    Entry("tasks.index", N_("Tasks"), 37, member, in_account=True),
)

SAID = {
    "begin": N_("Noted: it is under way."),
    "drop": N_("Noted: it is not needed."),
    "reopen": N_("It is open again."),
}


def _case(task: Task) -> str:
    return url_for("deals.case", public_id=task.deal.match.public_id, _anchor="viec")


@bp.get("/viec")
@access(MEMBERS)
def index() -> ResponseReturnValue:
    """What my organisation has to do; for officials everything open in their pairs."""
    found = queries.open_for(actor())
    late_only = request.args.get("xem") == "tre"
    wanted = [task for task in found if task.is_late or not late_only]
    number = page_number(request.args.get("trang"))
    page = Page(wanted[(number - 1) * PER_PAGE : number * PER_PAGE], number, len(wanted))
    if number > page.pages:
        raise NotFound
    return render_template(
        "tasks/index.html",
        page=page,
        lines=[showing.line(task) for task in page.items],
        late=sum(1 for task in found if task.is_late),
        late_only=late_only,
        url_for_page=lambda n: url_for("tasks.index", trang=n, xem="tre" if late_only else None),
    )


@bp.route("/ket-noi/<public:public_id>/viec/lap", methods=["GET", "POST"])
@access(OFFICIALS)
def list_permits(public_id: str) -> ResponseReturnValue:
    """Make the tasks of the permits in the opportunity's dossier."""
    deal = deals.deal_of(public_id, actor())
    deal_id, title = deal.public_id, deal.listing.title
    dossier = queries.opportunity_of(deal)
    if request.method == "GET":
        services.require_dossier(deal, dossier)
    permits = [(one.paper, one.agency, one.days) for one in dossier.permits] if dossier else []
    form = Form()
    back = url_for("deals.case", public_id=public_id, _anchor="viec")
    return handle(
        form,
        lambda: render_template(
            "tasks/list.html", form=form, permits=permits, title=title, back=back
        ),
        lambda: services.list_permits(actor(), deal_id),
        lambda _deal: back,
        N_("The permits of the dossier are tasks of this case now."),
    )


@bp.route("/ket-noi/<public:public_id>/viec/moi", methods=["GET", "POST"])
@access(MEMBERS)
def add(public_id: str) -> ResponseReturnValue:
    """Add a task to a case."""
    deal = deals.deal_of(public_id, actor())
    if request.method == "GET" and not may_add(actor(), deal):
        raise NotAllowed(N_("Only a party or an official adds a task, while the deal goes on."))
    deal_id, title = deal.public_id, deal.listing.title
    form = TaskForm().about(deal, queries.of_deal(deal.id))
    back = url_for("deals.case", public_id=public_id, _anchor="viec")
    return handle(
        form,
        lambda: render_template("tasks/form.html", form=form, title=title, back=back, is_new=True),
        lambda: services.add_task(actor(), deal_id, form.values()),
        lambda _task: back,
        N_("The task is in the case. Whoever does it has been told."),
    )


@bp.route("/viec/<public:public_id>/sua", methods=["GET", "POST"])
@access(MEMBERS)
def edit(public_id: str) -> ResponseReturnValue:
    """Change a task."""
    task = queries.get(public_id, actor())
    if request.method == "GET" and not may_change(actor(), task):
        raise NotAllowed(N_("Only an official, or who added it, changes an open task."))
    before = [one for one in queries.of_deal(task.deal_id) if one.number < task.number]
    form = TaskForm(data=start(task)).about(task.deal, before)
    title, back = task.deal.match.listing.title, _case(task)
    return handle(
        form,
        lambda: render_template("tasks/form.html", form=form, title=title, back=back, is_new=False),
        lambda: services.change_task(actor(), public_id, form.values()),
        lambda _task: back,
        N_("Saved."),
    )


@bp.route("/viec/<public:public_id>/<any('begin', 'drop', 'reopen'):move>", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def move(public_id: str, move: str) -> ResponseReturnValue:
    """Begin, leave out, or open again."""
    task = queries.get(public_id, actor())
    return move_page(
        task,
        move,
        lambda form: _moved(public_id, move, form),
        title=task.title,
        back=_case(task),
        said=SAID[move],
        speaks_for=task.organisation if _says(task, move) else None,
    )


def _says(task: Task, move: str) -> bool:
    """Whether the move is the word of whoever is responsible; an official's own is not."""
    return move == "begin" or (move == "reopen" and not may_drop(actor(), task))


def _moved(public_id: str, move: str, form: MoveForm) -> Task:
    if move == "begin":
        return services.begin(actor(), public_id, acting=form.acting())
    if move == "drop":
        return services.drop(actor(), public_id, **form.why())
    return services.reopen(actor(), public_id, **form.why(), acting=form.acting())


@bp.route("/viec/<public:public_id>/xong", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def finish(public_id: str) -> ResponseReturnValue:
    """Tick a task off, with its paper."""
    task = queries.get(public_id, actor())
    if request.method == "GET":
        TASK.require(task, "finish", actor())
    form = FinishForm()
    form.speak_for(task.organisation)
    back, title, is_permit = _case(task), task.title, task.is_permit
    return handle(
        form,
        lambda: render_template(
            "tasks/finish.html", form=form, title=title, is_permit=is_permit, back=back
        ),
        lambda: services.finish(actor(), public_id, **form.values(), acting=form.acting()),
        lambda _task: back,
        N_("Done. What waited for it can begin."),
    )


@bp.get("/viec/<public:public_id>/giay")
@access(MEMBERS)
def paper(public_id: str) -> ResponseReturnValue:
    """The paper of a task, for those who see the case."""
    found = queries.get(public_id, actor()).paper
    if found is None:
        raise NotFound
    return papers.sent(found)


def init_app(app: Flask) -> None:
    """Register the pages and the block on the page of a case."""
    app.register_blueprint(bp)
    LISTINGS.declare_harmless("task")
    panels.add(Panel("tasks", "case", "tasks/_case.html", showing.of_case, 30))
