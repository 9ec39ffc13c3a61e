"""Pages of the ledger of promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history, panels
from marketplace.accounts.models import Organisation
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.catalogue.changes import LISTINGS
from marketplace.core import clock, journal
from marketplace.core.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.core.ids import is_public_id
from marketplace.programme.models import Pair
from marketplace.promises import queries, services
from marketplace.promises.forms import DoneForm, PromiseForm
from marketplace.promises.models import Promise
from marketplace.promises.rules import (
    MADE_IN_LABELS,
    PROMISE,
    MadeIn,
    PromiseState,
    is_officer_in,
)
from marketplace.web.access import MEMBERS, OFFICIALS, access, actor
from marketplace.web.forms import handle
from marketplace.web.navigation import CASES, Entry, member, officer
from marketplace.web.pagination import Page, page_number
from marketplace.web.workflow import MoveButton, moves

bp = Blueprint("promises", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("promises.index", N_("Promises"), 38, officer, office=CASES),
    Entry("promises.mine", N_("Promises"), 38, member, in_account=True),
)
STATES = {
    "dang-cho": PromiseState.OPEN,
    "da-giu": PromiseState.KEPT,
    "khong-giu": PromiseState.BROKEN,
    "da-rut": PromiseState.WITHDRAWN,
}
MADE_AT = {"chuyen": MadeIn.TRIP, "ket-noi": MadeIn.CASE}
"""What the query of the form's address calls where a promise was made."""


def _list(endpoint: str) -> ResponseReturnValue:
    code = request.args.get("xem", "dang-cho")
    chosen = STATES.get(code, PromiseState.OPEN)
    number, size = page_number(request.args.get("trang")), 24
    rows, total = queries.listed(actor(), chosen, (number - 1) * size, size)
    page = Page(rows, number, total, size)
    if number > page.pages:
        raise NotFound
    return render_template(
        "promises/index.html",
        page=page,
        states=[
            (url_for(endpoint, xem=name), PROMISE.labels[state], state is chosen)
            for name, state in STATES.items()
        ],
        url_for_page=lambda n: url_for(endpoint, xem=code, trang=n),
    )


@bp.get("/lam-viec/cam-ket")
@access(OFFICIALS)
def index() -> ResponseReturnValue:
    """All promises of my pairs, the next due first."""
    return _list("promises.index")


@bp.get("/toi/cam-ket")
@access(MEMBERS)
def mine() -> ResponseReturnValue:
    """What my organisation promised, and what it was promised."""
    return _list("promises.mine")


@bp.route("/lam-viec/cam-ket/moi", methods=["GET", "POST"])
@access(OFFICIALS)
def create() -> ResponseReturnValue:
    """Write a promise down; ``?chuyen=`` or ``?ket-noi=`` say where it was made."""
    pair: Pair | None = g.get("pair")
    if pair is None:
        raise NotFound
    made_in, code = _made_where()
    form = PromiseForm(data={"made_on": clock.today()})
    offered = [(one.public_id, one.name) for one in queries.who_can_promise(pair)]
    form.promisor.offer(offered)
    form.promisee.offer(offered)
    pair_id = pair.id
    return handle(
        form,
        lambda: render_template("promises/create.html", form=form, made=MADE_IN_LABELS[made_in]),
        lambda: services.make(actor(), pair_id, form.values(), made_in, code),
        lambda promise: promise.made_path or promise.path,
        N_("The promise stands in the ledger. Both sides are being told."),
    )


def _made_where() -> tuple[MadeIn, str | None]:
    for name, place in MADE_AT.items():
        code = request.args.get(name, "")
        if code and not is_public_id(code):
            raise NotFound
        if code:
            return place, code
    return MadeIn.MEETING, None


@bp.get("/cam-ket/<public:public_id>")
@access(MEMBERS)
def show(public_id: str) -> ResponseReturnValue:
    """One promise, for both sides and the officials."""
    promise = queries.get(public_id, actor())
    return render_template(
        "promises/show.html",
        promise=promise,
        made=MADE_IN_LABELS[promise.made_in],
        buttons=_buttons(promise),
        lines=history.lines(journal.of([promise]), [PROMISE]),
    )


def _buttons(promise: Promise) -> list[MoveButton]:
    paged = {"say_done"}
    if not is_officer_in(actor(), promise):
        paged |= {"keep", "break", "withdraw"}
    return moves(promise, lambda name: _move_url(promise, name), as_page=paged)


def _move_url(promise: Promise, name: str) -> str:
    if name == "say_done":
        return url_for("promises.say_done", public_id=promise.public_id)
    return url_for("promises.move", public_id=promise.public_id, move=name)


@bp.route("/cam-ket/<public:public_id>/da-lam", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def say_done(public_id: str) -> ResponseReturnValue:
    """Say that what was promised is done."""
    promise = queries.get(public_id, actor())
    if request.method == "GET":
        PROMISE.require(promise, "say_done", actor())
    form = DoneForm()
    form.speak_for(promise.promisor)
    what, back = promise.what, promise.path
    return handle(
        form,
        lambda: render_template("promises/say_done.html", form=form, what=what, back=back),
        lambda: services.say_done(actor(), public_id, form.said_done.data, form.acting()),
        lambda done: done.path,
        N_("Noted. The other side or an official confirms it."),
    )


@bp.route(
    "/cam-ket/<public:public_id>/<any('keep', 'break', 'withdraw'):move>", methods=["GET", "POST"]
)
@access(MEMBERS, uploads=True)
def move(public_id: str, move: str) -> ResponseReturnValue:
    """Confirm, deny or take back a promise."""
    promise = queries.get(public_id, actor())
    side = promise.promisor if move == "withdraw" else promise.promisee

    def act(form: MoveForm) -> Promise:
        return services.judge(actor(), public_id, move, acting=form.acting(), **form.why())

    return move_page(
        promise,
        move,
        act,
        title=promise.what,
        back=promise.path,
        said=N_("Noted. Both sides are being told."),
        speaks_for=None if is_officer_in(actor(), promise) else side,
    )


def _on_organisation(organisation: Organisation, reader: Actor) -> Mapping[str, Any] | None:
    """The open promises of an organisation, for its own page."""
    found = queries.open_of(organisation.id, reader)
    return {"promises": found} if found else None


def init_app(app: Flask) -> None:
    """Register the pages, and the block on an organisation's page."""
    app.register_blueprint(bp)
    LISTINGS.declare_harmless("promise")
    panels.add("organisation", "promises/_on_organisation.html", _on_organisation)
