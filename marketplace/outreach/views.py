"""Pages of outreach: the officials' list, its spreadsheet, invitations, and where these lead."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalogue.changes import LISTINGS
from marketplace.core.cells import BOM, harmless
from marketplace.core.dates import to_input
from marketplace.core.errors import Invalid
from marketplace.core.files import read_limited
from marketplace.core.i18n import N_, Text
from marketplace.core.parsing import Unreadable
from marketplace.outreach import queries, reading, services
from marketplace.outreach.forms import ImportForm, InviteeForm
from marketplace.outreach.models import Invitee
from marketplace.outreach.queries import Row
from marketplace.outreach.rules import ANSWER_LABELS, REGISTERED, STEP_LABELS, Step
from marketplace.spreadsheets.workbook import XLSX
from marketplace.web import qr
from marketplace.web.access import OFFICIALS, PUBLIC, access, actor
from marketplace.web.forms import handle, send
from marketplace.web.locale import say
from marketplace.web.navigation import PEOPLE, Entry, officer
from marketplace.web.pagination import Page, page_number

bp = Blueprint("outreach", __name__)
ENTRIES: tuple[Entry, ...] = (
    Entry("outreach.index", N_("Firms invited"), 36, officer, office=PEOPLE),
)
PER_PAGE = 50
FAULTS_SHOWN = 100


@bp.get("/lam-viec/moi-doanh-nghiep")
@access(OFFICIALS)
def index() -> ResponseReturnValue:
    """The firms invited, and how far they have come."""
    asked: dict[str, Any] = {name: request.args.get(name, "") for name in ("q", "tra-loi")}
    rows = queries.rows(queries.pair_of(actor()).id)
    fitting = queries.chosen(rows, asked["q"], asked["tra-loi"])
    number = page_number(request.args.get("trang"))
    part = fitting[(number - 1) * PER_PAGE : number * PER_PAGE]
    return render_template(
        "outreach/index.html",
        chain=[(STEP_LABELS[step], count) for step, count in queries.counts(rows).items()],
        page=Page(part, number, len(fitting), PER_PAGE),
        asked=asked,
        answers=[*ANSWER_LABELS.items(), (Step.REGISTERED, REGISTERED)],
        label_of=_label,
        steps_of=lambda row: [STEP_LABELS[step] for step in Step if step in row.steps],
        url_for_page=lambda n: url_for("outreach.index", trang=n, **asked),
    )


def _label(row: Row) -> str:
    return REGISTERED if row.organisation else ANSWER_LABELS[row.invitee.answer]


@bp.route("/lam-viec/moi-doanh-nghiep/them", methods=["GET", "POST"])
@access(OFFICIALS)
def enter() -> ResponseReturnValue:
    """Put a firm on the list."""
    form = InviteeForm()
    return handle(
        form,
        lambda: render_template("outreach/edit.html", form=form, invitee=None),
        lambda: services.enter(actor(), form.values()),
        _invitation,
        said=N_("The firm is on the list. Print the invitation or send its text."),
    )


def _invitation(invitee: Invitee) -> str:
    return url_for("outreach.invitation", public_id=invitee.public_id)


@bp.route("/lam-viec/moi-doanh-nghiep/<public:public_id>", methods=["GET", "POST"])
@access(OFFICIALS)
def edit(public_id: str) -> ResponseReturnValue:
    """Change what is known of a firm: the last contact, its answer."""
    form = InviteeForm(obj=queries.get(public_id, actor()))
    form.latest = lambda: queries.get(public_id, actor()).version
    return handle(
        form,
        lambda: render_template(
            "outreach/edit.html", form=form, invitee=queries.get(public_id, actor())
        ),
        lambda: services.change(actor(), public_id, form.values(), form.version.data),
        lambda _invitee: url_for("outreach.index"),
        said=N_("The entry is saved."),
    )


@bp.get("/lam-viec/moi-doanh-nghiep/<public:public_id>/thu-moi")
@access(OFFICIALS)
def invitation(public_id: str) -> ResponseReturnValue:
    """The invitation of a firm: a page to print, and the text of a mail."""
    invitee = queries.get(public_id, actor())
    link = qr.address(invitee.path)
    body = say(_letter(invitee, link))
    return render_template(
        "outreach/invitation.html",
        invitee=invitee,
        pair=invitee.pair,
        link=link,
        subject=say(_subject(invitee)),
        body=body,
        back_url=url_for("outreach.edit", public_id=public_id),
    )


def _subject(invitee: Invitee) -> Text:
    return Text(
        N_("Invitation to the matchmaking portal of %(source)s and %(market)s"),
        source=invitee.pair.source.name,
        market=invitee.pair.market.name,
    )


def _letter(invitee: Invitee, link: str) -> Text:
    return Text(
        N_(
            "To %(name)s,\n\n%(source)s and %(market)s are twinned. On our portal you find the "
            "farm produce, the tours and the investment opportunities of the commune, with their "
            "papers, and you can post what you need yourself. An official goes with you from the "
            "first question to the delivery. It costs nothing and is no commitment.\n\n"
            "Your own link to register: %(link)s"
        ),
        name=invitee.name,
        source=invitee.pair.source.name,
        market=invitee.pair.market.name,
        link=link,
    )


@bp.get("/lam-viec/moi-doanh-nghiep/<public:public_id>/ma.svg")
@access(OFFICIALS)
def code(public_id: str) -> ResponseReturnValue:
    """The QR code of an invitation."""
    return qr.answer(queries.get(public_id, actor()).path, "svg")


@bp.route("/lam-viec/moi-doanh-nghiep/nhap", methods=["GET", "POST"])
@access(OFFICIALS, uploads=True)
def take_over() -> ResponseReturnValue:
    """Take over a filled spreadsheet: all rows, or none where one is wrong."""
    form = ImportForm()
    faults: list[reading.Fault] = []

    def act() -> tuple[int, int]:
        known = queries.known(queries.pair_of(actor()).id)
        try:
            plans, wrong = reading.check(
                read_limited(form.firms_file.data.stream, "firms_file"), known
            )
        except Unreadable as error:
            raise Invalid("firms_file", error.text) from error
        faults.extend(wrong)
        if faults:
            raise Invalid("firms_file", N_("Nothing was saved: some rows have faults. See below."))
        return services.take_over(actor(), plans)

    return handle(
        form,
        lambda: render_template(
            "outreach/take_over.html",
            form=form,
            faults=faults[:FAULTS_SHOWN],
            more=len(faults) - FAULTS_SHOWN,
        ),
        act,
        lambda _written: url_for("outreach.index"),
        said=N_("The list is saved, all rows of it."),
    )


@bp.get("/lam-viec/moi-doanh-nghiep/mau.xlsx")
@access(OFFICIALS)
def template() -> Response:
    """The list as it stands, as a spreadsheet to be filled on."""
    rows = queries.rows(queries.pair_of(actor()).id)
    content = reading.template(row.invitee for row in rows)
    return send(content, XLSX, name="doanh-nghiep-moi.xlsx", attachment=True)


@bp.get("/lam-viec/moi-doanh-nghiep/chuoi.csv")
@access(OFFICIALS)
def chain() -> Response:
    """How far each firm has come, with days, as a file."""
    out = io.StringIO()
    writer = csv.writer(out)
    heads = [N_("Name of the firm"), N_("Field of business"), N_("Last contact")]
    heads += [N_("Their answer"), REGISTERED, STEP_LABELS[Step.INTEREST], STEP_LABELS[Step.DEAL]]
    writer.writerow([say(head) for head in heads])
    for row in queries.rows(queries.pair_of(actor()).id):
        writer.writerow([harmless(cell) for cell in _line(row)])
    content = (BOM + out.getvalue()).encode()
    return send(content, "text/csv", name="doanh-nghiep-moi.csv", attachment=True)


def _line(row: Row) -> list[str]:
    def day(moment: Any) -> str:
        return to_input(moment) if moment else ""

    one = row.invitee
    came = row.organisation.created_at if row.organisation else None
    return [
        one.name,
        one.field,
        day(one.last_contact_on),
        say(_label(row)),
        day(came),
        day(row.first_interest),
        day(row.first_deal),
    ]


@bp.get("/moi/<public:public_id>")
@access(PUBLIC)
def landing(public_id: str) -> ResponseReturnValue:
    """Where an invitation leads: who invites, what there is, and the way to register."""
    invitee = queries.by_code(public_id)
    return render_template(
        "outreach/landing.html",
        invitee=invitee,
        pair=invitee.pair,
        register_url=url_for("accounts.register", moi=invitee.public_id),
    )


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    LISTINGS.declare_harmless("invitee")
