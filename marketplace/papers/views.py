"""Pages of papers: mine, those officials verify, and the page of a paper for everyone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history, papers
from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.accounts.rules import PRODUCERS, OrganisationKind, may_speak_for
from marketplace.core import journal
from marketplace.core.errors import NotAllowed, WrongState
from marketplace.core.i18n import N_
from marketplace.core.text import fold
from marketplace.papers import panels, queries, rules, services, showing
from marketplace.papers.forms import PaperForm, ProlongForm
from marketplace.papers.models import Paper
from marketplace.papers.queries import Tray
from marketplace.papers.services import ONLY_OWNER
from marketplace.papers.types import TYPES, PaperType
from marketplace.web.access import MEMBERS, OFFICIALS, PUBLIC, access, actor
from marketplace.web.forms import Form, handle
from marketplace.web.navigation import OFFERS, Entry, buyer, officer, producer
from marketplace.web.pagination import PER_PAGE, Page, page_number
from marketplace.web.workflow import MoveButton, moves

bp = Blueprint("papers", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("papers.own", N_("Papers"), 35, producer),
    Entry("papers.own", N_("Papers"), 60, buyer, in_top=False, in_account=True),
    Entry("papers.desk", N_("Papers to verify"), 35, officer, office=OFFERS),
)

MOST_CHOICES = 60
CHOOSING_GOODS = "proof.goods"
"""The page of an upper feature on which the goods of a paper are named."""


# ---------------------------------------------------------------- for those who have papers


@bp.get("/ban-hang/chung-nhan")
@access(MEMBERS)
def own() -> ResponseReturnValue:
    """My papers, and those of the households I look after."""
    number = page_number(request.args.get("trang"))
    rows, total = queries.own(actor(), number=number, size=PER_PAGE)
    mine = actor().organisation_kind != OrganisationKind.AUTHORITY
    return render_template(
        "papers/own.html",
        page=Page([showing.row(paper) for paper in rows], number, total),
        page_url_for=lambda n: url_for("papers.own", trang=n),
        add_url=url_for("papers.add") if mine else None,
        looks_after=bool(accounts.can_be_spoken_for(actor())),
        own_name=actor().organisation_name,
    )


@bp.get("/ban-hang/chung-nhan/cho-ai")
@access(MEMBERS)
def choose_organisation() -> ResponseReturnValue:
    """Whose paper to enter: the producers one may speak for, searched by name."""
    asked = request.args.get("q", "")[:100]
    words = fold(asked).split()
    found = [
        organisation
        for organisation in accounts.can_be_spoken_for(actor())
        if all(f" {word}" in f" {organisation.name_key}" for word in words)
    ]
    return render_template(
        "papers/choose_organisation.html",
        organisations=found[:MOST_CHOICES],
        total=len(found),
        q=asked,
    )


@bp.route("/ban-hang/chung-nhan/them", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def add() -> ResponseReturnValue:
    """Enter a paper: first what it is (?loai=), then what stands on it; ?cho= for a household."""
    organisation = _owner()
    if organisation.kind is OrganisationKind.AUTHORITY:
        return redirect(url_for("papers.choose_organisation"))
    kind = _kind()
    if kind is None:
        return render_template(
            "papers/choose_type.html",
            choices=showing.choices(),
            owner=organisation.name,
            is_producer=organisation.kind in PRODUCERS,
            cho=request.args.get("cho"),
        )
    form = PaperForm(data={"coverage": rules.Coverage.ALL}).about(kind, organisation)
    owner_id, owner = organisation.id, organisation.name
    here = url_for("papers.add", loai=kind.value, cho=request.args.get("cho"))
    return handle(
        form,
        lambda: _form_page(form, kind, owner, url_for("papers.own"), action=here),
        lambda: services.add(actor(), owner_id, kind, form.values(), form.acting()),
        after_entering,
        N_("The paper is entered. An official compares it with the scan within 2 working days."),
    )


def _owner() -> Organisation:
    """Whose paper it is: the organisation chosen, else one's own."""
    chosen = request.args.get("cho", "")
    found = (
        accounts.organisation(chosen, actor())
        if chosen
        else accounts.organisation_by_id(actor().organisation_id)
    )
    if not may_speak_for(actor(), found):
        raise NotAllowed(ONLY_OWNER)
    return found


def _kind() -> PaperType | None:
    asked = request.args.get("loai", "")
    return PaperType(asked) if asked in {kind.value for kind in PaperType} else None


def _form_page(
    form: PaperForm,
    kind: PaperType,
    owner: str,
    back: str,
    *,
    title: str = N_("Add a paper"),
    scan: str | None = None,
    action: str | None = None,
) -> str:
    """The form of a paper. ``scan`` is the name of the file kept already."""
    return render_template(
        "papers/form.html",
        form=form,
        facts=TYPES[kind],
        owner=owner,
        back=back,
        title=title,
        scan=scan,
        action=action,
    )


def after_entering(paper: Paper) -> str:
    """Where one goes on: to naming the goods it covers, if it does not cover all."""
    if paper.is_chosen and CHOOSING_GOODS in current_app.view_functions:
        return url_for(CHOOSING_GOODS, public_id=paper.public_id)
    return _paper_url(paper)


@bp.route("/giay-to/<public:public_id>/sua", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def edit(public_id: str) -> ResponseReturnValue:
    """Put right a paper that nobody has vouched for."""
    paper = _mine(public_id)
    if paper.state not in rules.OPEN:
        raise WrongState(N_("A verified paper stays as it is. Renew it when a new one is given."))
    form = PaperForm(obj=paper, data={"scan": None}).about(paper.type, paper.organisation)
    kind, owner, scan = paper.type, paper.organisation.name, paper.scan
    label = scan.label if scan else None
    return handle(
        form,
        lambda: _form_page(
            form, kind, owner, _url(public_id), title=N_("Correct the paper"), scan=label
        ),
        lambda: services.edit(actor(), public_id, form.version.data, form.values(), form.acting()),
        _paper_url,
        N_("Saved. An official looks at it within 2 working days."),
    )


@bp.route("/giay-to/<public:public_id>/gia-han", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def renew(public_id: str) -> ResponseReturnValue:
    """Enter the paper that follows this one."""
    paper = _mine(public_id)
    if paper.renewal is not None or not rules.may_renew(actor(), paper):
        raise WrongState(N_("Only a verified paper can be renewed, and only once."))
    form = PaperForm(data=_to_carry_over(paper)).about(paper.type, paper.organisation)
    kind, owner = paper.type, paper.organisation.name
    return handle(
        form,
        lambda: _form_page(form, kind, owner, _url(public_id), title=N_("Renew the paper")),
        lambda: services.renew(actor(), public_id, form.values(), form.acting()),
        _paper_url,
        N_("The new paper is entered. The old one holds until its last day."),
    )


def _to_carry_over(paper: Paper) -> dict[str, Any]:
    """What usually stays the same on the next paper; number and days do not."""
    same = ("issuer", "scope", "coverage", "covers_members", "stars", "standard")
    return {name: getattr(paper, name) for name in (*same, "area", "output", "certifier_code")}


def _mine(public_id: str) -> Paper:
    """A paper the actor speaks for; someone else's is visible at most."""
    paper = queries.get(public_id, actor())
    if not rules.may_enter(actor(), paper):
        raise NotAllowed(ONLY_OWNER)
    return paper


# ---------------------------------------------------------------- the page of a paper


@bp.get("/giay-to/<public:public_id>")
@access(PUBLIC)
def show(public_id: str) -> ResponseReturnValue:
    """A paper: facts, how it stands today, and for those concerned its history and scan."""
    paper = queries.get(public_id, actor())
    inside = rules.may_see_all(actor(), paper)
    return render_template(
        "papers/show.html",
        paper=paper,
        row=showing.row(paper),
        facts=showing.facts(paper),
        inside=inside,
        buttons=_buttons(paper),
        may_change=rules.may_change(actor(), paper),
        may_renew=rules.may_renew(actor(), paper) and paper.renewal is None,
        may_prolong=rules.may_prolong(actor(), paper),
        warnings=rules.warnings(paper) if inside else [],
        lookalikes=queries.lookalikes(paper) if actor().is_officer and inside else [],
        history=history.lines(journal.of([paper]), [rules.PAPER]) if inside else [],
        panels=panels.of(paper, actor()),
        recorded=accounts.acting_records(("paper", paper.id)) if inside and paper.acting else [],
    )


def _buttons(paper: Paper) -> list[MoveButton]:
    return moves(
        paper,
        lambda move: url_for("papers.judge", public_id=paper.public_id, move=move),
        leave_out=["resubmit"],  # correcting it sends it again
    )


@bp.get("/giay-to/<public:public_id>/tep")
@access(MEMBERS)
def scan(public_id: str) -> ResponseReturnValue:
    """The scan, for its owner and the officials of the locality."""
    paper = queries.get(public_id, actor())
    if not rules.may_see_all(actor(), paper):
        raise NotAllowed(N_("Only its owner and the officials may open the scan."))
    return papers.sent(queries.scan_of(paper))


@bp.route(
    "/giay-to/<public:public_id>/<any(verify, return, suspend, restore, revoke):move>",
    methods=["GET", "POST"],
)
@access(OFFICIALS)
def judge(public_id: str, move: str) -> ResponseReturnValue:
    """Verify a paper, ask for more, suspend, restore or revoke it."""
    paper = queries.get(public_id, actor())

    def act(form: MoveForm) -> Paper:
        asked = form.why() if "reason" in form else {}
        return services.judge(actor(), public_id, move, **asked)

    return move_page(
        paper,
        move,
        act,
        title=paper.number,
        back=_url(public_id),
        said=N_("Done. Those concerned are told."),
    )


@bp.route("/giay-to/<public:public_id>/keo-dai", methods=["GET", "POST"])
@access(OFFICIALS)
def prolong(public_id: str) -> ResponseReturnValue:
    """Note that the issuer prolonged a paper."""
    paper = queries.get(public_id, actor())
    if not rules.may_prolong(actor(), paper):
        raise NotAllowed(N_("This step is not yours to take."))
    form = ProlongForm(data={"version": paper.version, "until": paper.prolonged_until})
    number = paper.number
    longest = rules.latest_prolongation(paper.type, paper.valid_until)
    return handle(
        form,
        lambda: render_template(
            "papers/prolong.html", form=form, number=number, longest=longest, back=_url(public_id)
        ),
        lambda: services.prolong(actor(), public_id, form.version.data, form.typed("until")),
        _paper_url,
        N_("Saved. The paper holds until the new day."),
    )


# ---------------------------------------------------------------- for officials


@bp.get("/lam-viec/giay-to")
@access(OFFICIALS)
def desk() -> ResponseReturnValue:
    """The papers of my locality: to verify, ending, ended, stopped, and numbers given twice."""
    return _desk(Form())


def _desk(form: Form) -> str:
    asked = request.args.get("xem", "")
    chosen = next((tray for tray in Tray if tray.value == asked), Tray.WAITING)
    number = page_number(request.args.get("trang"))
    rows, total = queries.tray(actor(), chosen, number=number, size=PER_PAGE)
    counts = queries.counts(actor())
    return render_template(
        "papers/desk.html",
        form=form,
        page=Page([showing.row(paper) for paper in rows], number, total),
        trays=[
            (tray.value, showing.TRAY_LABELS[tray], counts[tray], tray is chosen) for tray in Tray
        ],
        claims=queries.claims(actor()),
        page_link=lambda n: url_for("papers.desk", xem=chosen.value, trang=n),
    )


@bp.post("/lam-viec/giay-to/trung/<public:public_id>")
@access(OFFICIALS)
def settle(public_id: str) -> ResponseReturnValue:
    """Note that a number given twice was looked into."""
    queries.claim(public_id, actor())
    form = Form()
    return handle(
        form,
        lambda: _desk(form),
        lambda: services.settle(actor(), public_id),
        lambda _claim: url_for("papers.desk"),
        N_("Noted."),
    )


def _url(public_id: str) -> str:
    return url_for("papers.show", public_id=public_id)


def _paper_url(paper: Paper) -> str:
    return _url(paper.public_id)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
