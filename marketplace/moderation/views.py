"""Pages of moderation: reporting, the officials' task and log, the public rules."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Flask, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.moves import move_page
from marketplace.catalogue import panels
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.panels import Panel
from marketplace.catalogue.rules import VISIBILITY
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.moderation import queries, services, showing
from marketplace.moderation.forms import ReportForm
from marketplace.moderation.queries import Wanted
from marketplace.moderation.rules import ACT_LABELS, ACTS, LOOKED_AT_WITHIN
from marketplace.web.access import OFFICIALS, PUBLIC, access, actor
from marketplace.web.forms import handle, send
from marketplace.web.navigation import OFFERS, Entry, officer
from marketplace.web.pagination import PER_PAGE, Page, page_number
from marketplace.web.security import client_address

bp = Blueprint("moderation", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("moderation.reports", N_("Reported listings"), 38, officer, office=OFFERS),
    Entry("moderation.log", N_("Log of moderation"), 39, officer, office=OFFERS),
    Entry("moderation.rules", N_("Rules of the portal"), 79, group=N_("Rules"), in_top=False),
)

RULES_VERSION, RULES_SINCE = 1, date(2026, 12, 1)
"""The version of the public rules and the day from which it holds."""


@bp.route("/bao-vi-pham/<public:public_id>", methods=["GET", "POST"])
@access(PUBLIC)
def report(public_id: str) -> ResponseReturnValue:
    """Say what is wrong with a public listing; nobody needs an account for it."""
    listing = catalogue.get(public_id, actor())
    if not listing.is_public:
        raise NotFound
    title, path, form = listing.title, listing.path, ReportForm()
    return handle(
        form,
        lambda: render_template(
            "moderation/report.html", form=form, title=title, path=path, days=LOOKED_AT_WITHIN
        ),
        lambda: services.report(actor(), public_id, form.values(), client_address()),
        lambda _made: path,
        N_("Thank you. Officials look at it within 2 working days."),
    )


@bp.get("/lam-viec/bao-cao-vi-pham")
@access(OFFICIALS)
def reports() -> ResponseReturnValue:
    """Open reports about listings my locality decides about."""
    items = showing.waiting(queries.open_for(actor()))
    return render_template("moderation/reports.html", items=items)


@bp.route(
    "/lam-viec/bao-cao-vi-pham/<public:public_id>/<any(dismiss, uphold):move>",
    methods=["GET", "POST"],
)
@access(OFFICIALS)
def decide(public_id: str, move: str) -> ResponseReturnValue:
    """Dismiss a report, or hide the listing."""
    found = queries.get(public_id, actor())
    return move_page(
        found,
        move,
        lambda form: services.decide(actor(), public_id, move, **form.why()),
        title=found.listing.title,
        back=url_for("moderation.reports"),
        said=SAID[move],
    )


@bp.route(
    "/lam-viec/kiem-duyet/<public:public_id>/<any(hide, show):move_name>", methods=["GET", "POST"]
)
@access(OFFICIALS)
def move(public_id: str, move_name: str) -> ResponseReturnValue:
    """Hide a listing from the public, or show it again."""
    listing = catalogue.get(public_id, actor())
    act = services.hide if move_name == "hide" else services.show
    return move_page(
        listing,
        move_name,
        lambda form: act(actor(), public_id, **form.why()),
        title=listing.title,
        back=listing.path,
        said=SAID[move_name],
        workflow=VISIBILITY,
    )


SAID = {
    "dismiss": N_("The listing stays as it is. Your reason is kept in the log."),
    "uphold": N_("The listing is hidden. Its owner reads your reason."),
    "hide": N_("The listing is hidden. Its owner reads your reason."),
    "show": N_("The listing is in public again."),
}


@bp.get("/lam-viec/kiem-duyet")
@access(OFFICIALS)
def log() -> ResponseReturnValue:
    """What officials of both localities decided about listings; nobody can change it."""
    wanted, number = _wanted(), page_number(request.args.get("trang"))
    total = queries.count(actor(), wanted)
    number = min(number, Page((), 1, total).pages)
    entries = queries.log(actor(), wanted, offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    return render_template(
        "moderation/log.html",
        page=Page(showing.acts(entries), number, total),
        wanted=wanted,
        acts=ACT_LABELS,
        months=queries.last_months(),
        page_url_for=lambda n: url_for("moderation.log", trang=n, **_args(wanted)),
        csv_url=url_for("moderation.csv", **_args(wanted)),
    )


@bp.get("/lam-viec/kiem-duyet.csv")
@access(OFFICIALS)
def csv() -> Response:
    """The same as a file."""
    lines = showing.acts(queries.log(actor(), _wanted()))
    return send(showing.as_csv(lines), "text/csv", name="kiem-duyet.csv", attachment=True)


def _wanted() -> Wanted:
    """The filters of the address; what is unknown is ignored."""
    act, raw = request.args.get("viec", ""), request.args.get("thang", "")
    month = next((m for m in queries.last_months() if f"{m:%Y-%m}" == raw), None)
    return Wanted(act if act in ACTS else "", month)


def _args(wanted: Wanted) -> dict[str, Any]:
    found: dict[str, Any] = {"viec": wanted.act} if wanted.act else {}
    return found | ({"thang": f"{wanted.month:%Y-%m}"} if wanted.month else {})


@bp.get("/quy-che")
@access(PUBLIC, kept=True)
def rules() -> ResponseReturnValue:
    """The rules of the portal for everyone, and how often they were applied."""
    return render_template(
        "moderation/rules.html",
        version=RULES_VERSION,
        since=RULES_SINCE,
        months=queries.by_month(g.pair) if g.pair else [],
        acts=ACT_LABELS,
        days=LOOKED_AT_WITHIN,
    )


def init_app(app: Flask) -> None:
    """Register the pages, and the section they add to a listing's."""
    app.register_blueprint(bp)
    panels.add(
        Panel("moderation.page", "page", "moderation/_panel.html", showing.panel, 95),
        Panel("moderation.review", "review", "moderation/_panel.html", showing.panel, 95),
    )
