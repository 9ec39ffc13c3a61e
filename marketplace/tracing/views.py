"""Pages of lots: short public ones behind a code, those of the owners, labels and posters."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history, passed_on
from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.accounts.rules import may_be_named
from marketplace.catalogue import panels
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.models import preview_address
from marketplace.catalogue.panels import Panel
from marketplace.catalogue.rules import may_edit
from marketplace.core import clock, gtin, journal, seasons
from marketplace.core.errors import NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.tracing import queries, services, showing
from marketplace.tracing.forms import CorrectionForm, LotForm, NewLotForm, StepForm
from marketplace.tracing.models import Lot, LotStep, address_of
from marketplace.tracing.papers import papers_of
from marketplace.tracing.rules import (
    LOT,
    NOT_REWRITTEN,
    RECALL_REASONS,
    STEP_LABELS,
    WAY_ENDED,
    LotState,
    may_add_steps,
    may_recall,
    may_write,
    what_is_missing,
)
from marketplace.web import qr
from marketplace.web.access import MEMBERS, PUBLIC, access, actor
from marketplace.web.forms import handle, send
from marketplace.web.locale import say
from marketplace.web.navigation import Entry, producer
from marketplace.web.workflow import moves

bp = Blueprint("tracing", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("tracing.labels", N_("Labels and codes"), 34, producer, in_top=False),
)

_FORM = "<any(svg, png):form>"
_NO_STRANGERS = N_("Only this organisation, its cooperative or its locality may do this.")


# ------------------------------------------------------------ short pages for everyone


@bp.get("/lo/<public:public_id>")
@access(PUBLIC, kept=True)
def lot(public_id: str) -> ResponseReturnValue:
    """A lot and its way: the ten items, the papers, and whether it was called back."""
    found = queries.lot(public_id, actor())
    return render_template(
        "tracing/lot.html",
        lot=found,
        listing=found.listing,
        papers=papers_of(found.listing),
        steps=found.way,
        step_labels=STEP_LABELS,
        recall_reason=RECALL_REASONS.get(found.recall_reason or "", ""),
        gtin=gtin.display(found.gtin) if found.gtin else None,
        is_over=found.expires_on is not None and found.expires_on < clock.today(),
        has_photo=found.has_photo,
        listing_url=found.listing.path if found.listing.is_open else None,
        share_url=qr.address(found.path),
        message=showing.message(found) if found.state is LotState.PUBLISHED else None,
    )


@bp.get("/m/<public:public_id>")
@access(PUBLIC, kept=True)
def short(public_id: str) -> ResponseReturnValue:
    """The short address of every listing: of a product the essentials, as behind its label."""
    listing = catalogue.get(public_id, actor(), whole=False)
    if listing.kind != "produce":
        return redirect(listing.path)  # not for ever: the title in the address may change
    found = queries.listing(public_id, actor())
    return render_template(
        "tracing/short.html",
        listing=found,
        share_url=qr.address(found.path),
        image_url=qr.address(preview_address(found.public_id)),
        papers=papers_of(found),
        lots=showing.lot_rows(queries.lots_of(found, public_only=True), "tracing.lot"),
        address=address_of(found),
        in_season=seasons.in_season(found.months, clock.today().month),
    )


@bp.get("/htx/<public:public_id>")
@access(PUBLIC, kept=True)
def seller(public_id: str) -> ResponseReturnValue:
    """What a cooperative or household sells now, behind the code on its poster."""
    organisation, goods = queries.seller(public_id)
    month = clock.today().month
    path = f"/htx/{organisation.public_id}"
    named = may_be_named(organisation.kind, agreed=organisation.is_named_in_public)
    things = [(item.title, item.path) for item in goods]
    return render_template(
        "tracing/seller.html",
        organisation=organisation,
        canonical=qr.address(path),
        told=passed_on.of_page(organisation, path, passed_on.OFFERS, things) if named else None,
        goods=[(item, seasons.in_season(item.months, month)) for item in goods],
    )


@bp.get(f"/lo/<public:public_id>/qr.{_FORM}")
@access(PUBLIC)
def lot_qr(public_id: str, form: str) -> ResponseReturnValue:
    """The code of a lot."""
    return qr.answer(queries.lot(public_id, actor()).path, form)


@bp.get(f"/m/<public:public_id>/qr.{_FORM}")
@access(PUBLIC)
def listing_qr(public_id: str, form: str) -> ResponseReturnValue:
    """The code of a listing."""
    found = catalogue.get(public_id, actor(), whole=False)
    return qr.answer(f"/m/{found.public_id}", form)


@bp.get(f"/htx/<public:public_id>/qr.{_FORM}")
@access(PUBLIC)
def seller_qr(public_id: str, form: str) -> ResponseReturnValue:
    """The code of a cooperative's poster."""
    return qr.answer(f"/htx/{queries.seller(public_id)[0].public_id}", form)


@bp.get("/lo/<public:public_id>/anh.webp")
@access(PUBLIC)
def lot_photo(public_id: str) -> ResponseReturnValue:
    """The small photo of a lot."""
    found = queries.lot(public_id, actor())
    return _thumb(showing.photo_of(found.listing, found.photo))


@bp.get("/m/<public:public_id>/anh.webp")
@access(PUBLIC)
def listing_photo(public_id: str) -> ResponseReturnValue:
    """The small photo of a product."""
    return _thumb(showing.photo_of(queries.listing(public_id, actor())))


def _thumb(digest: str | None) -> ResponseReturnValue:
    if digest is None:
        raise NotFound
    response = send(showing.thumb(digest), "image/webp", name="anh.webp", attachment=False)
    response.set_etag(digest)
    response.cache_control.private = True
    response.cache_control.max_age = qr.KEPT_SECONDS
    return response.make_conditional(request)


@bp.get("/htx/<public:public_id>/to-roi")
@access(PUBLIC)
def poster(public_id: str) -> ResponseReturnValue:
    """A poster for the wall: who sells, what is in season, and the code."""
    organisation, goods = queries.seller(public_id)
    month = clock.today().month
    return render_template(
        "tracing/poster.html",
        organisation=organisation,
        address=qr.address(f"/htx/{organisation.public_id}"),
        goods=[item for item in goods if seasons.in_season(item.months, month)] or goods,
        is_season=any(seasons.in_season(item.months, month) for item in goods),
    )


# ------------------------------------------------------------ for those who write


@bp.route("/ban-hang/<public:public_id>/lo", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def create_lot(public_id: str) -> ResponseReturnValue:
    """Begin a lot of a product."""
    listing = catalogue.get(public_id, actor(), kind="produce")
    if not may_edit(actor(), listing):
        raise NotAllowed(_NO_STRANGERS)
    form = NewLotForm(data={"name": listing.title, "unit": getattr(listing, "unit", None)})
    form.speak_for(listing.organisation)
    title = listing.title
    return handle(
        form,
        lambda: render_template(
            "tracing/create_lot.html", form=form, title=title, public_id=public_id
        ),
        lambda: services.create(
            actor(),
            public_id,
            form.values(),
            form.steps.data,
            form.kept_photo(),
            form.acting(),
        ),
        _own_url,
        N_("Draft saved. Check the list of what is missing, then publish the lot."),
    )


def _own_url(lot: Lot) -> str:
    return url_for("tracing.own_lot", public_id=lot.public_id)


def _mine(public_id: str) -> Lot:
    found = queries.lot(public_id, actor())
    if not may_write(actor(), found):
        raise NotAllowed(_NO_STRANGERS)
    return found


def _on_its_way(public_id: str) -> Lot:
    """A lot of mine whose way goes on."""
    found = _mine(public_id)
    if not may_add_steps(actor(), found):
        raise WrongState(WAY_ENDED)
    return found


@bp.get("/ban-hang/lo/<public:public_id>")
@access(MEMBERS)
def own_lot(public_id: str) -> ResponseReturnValue:
    """A lot of mine: what is missing, its way, its label; officials may recall it here."""
    found = queries.lot(public_id, actor())
    if not (may_write(actor(), found) or may_recall(actor(), found)):
        raise NotAllowed(_NO_STRANGERS)
    can_write = may_write(actor(), found)
    return render_template(
        "tracing/own_lot.html",
        lot=found,
        gaps=what_is_missing(found) if found.state is LotState.DRAFT and can_write else [],
        state=LOT.labels[found.state],
        tone=showing.TONES.get(found.state, "plain"),
        step_labels=STEP_LABELS,
        can_edit=can_write and found.state is LotState.DRAFT,
        can_add=may_add_steps(actor(), found),
        buttons=_buttons(found),
        history_lines=history.lines(journal.of([found]), [LOT]),
        recorded=accounts.acting_records(("lot", found.id)),
        warnings=gtin.warnings(found.gtin) if found.gtin else (),
    )


def _buttons(found: Lot) -> list[Any]:
    paged = {"recall"} | ({"publish", "close"} if _asks_how(found) else set())
    return moves(
        found,
        lambda name: url_for("tracing.move_lot", public_id=found.public_id, move=name),
        as_page=paged,
    )


def _asks_how(found: Lot) -> bool:
    return not actor().is_of(found.listing.organisation_id)


@bp.route("/ban-hang/lo/<public:public_id>/sua", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def edit_lot(public_id: str) -> ResponseReturnValue:
    """Change a lot that nobody has read yet."""
    found = _mine(public_id)
    if found.state is not LotState.DRAFT:
        raise WrongState(NOT_REWRITTEN)
    form = LotForm(obj=found)
    form.photo.data = form.photo.data if request.method == "POST" else None
    form.speak_for(found.listing.organisation)
    name = found.name
    return handle(
        form,
        lambda: render_template("tracing/edit_lot.html", form=form, name=name, public_id=public_id),
        lambda: services.edit(
            actor(), public_id, form.version.data, form.values(), form.kept_photo(), form.acting()
        ),
        _own_url,
        N_("Saved."),
    )


@bp.route("/ban-hang/lo/<public:public_id>/buoc", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def add_step(public_id: str) -> ResponseReturnValue:
    """Write the next step of a lot's way down."""
    found = _on_its_way(public_id)
    form = StepForm()
    form.speak_for(found.listing.organisation)
    return _step_page(
        form,
        found,
        None,
        lambda: services.add_step(actor(), public_id, form.values(), form.acting()),
    )


@bp.route("/ban-hang/lo/<public:public_id>/buoc/<public:step_id>", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def correct_step(public_id: str, step_id: str) -> ResponseReturnValue:
    """Strike a step through and write the right one."""
    found = _on_its_way(public_id)
    wrong = next((step for step in found.valid_steps if step.public_id == step_id), None)
    if wrong is None:
        raise NotFound
    form = CorrectionForm(obj=wrong)
    form.speak_for(found.listing.organisation)
    return _step_page(
        form,
        found,
        wrong,
        lambda: services.correct_step(
            actor(), public_id, step_id, form.values(), why=form.why.data, acting=form.acting()
        ),
    )


def _step_page(form: StepForm, found: Lot, wrong: LotStep | None, act: Any) -> ResponseReturnValue:
    public_id, name = found.public_id, found.name
    heading = N_("Correct a step") if wrong else N_("Add a step")
    said = N_("Corrected; the wrong step stays, struck through.") if wrong else N_("Step added.")
    return handle(
        form,
        lambda: render_template(
            "tracing/step.html", form=form, name=name, public_id=public_id, heading=heading
        ),
        act,
        _own_url,
        said,
    )


MOVED = {
    "publish": N_("The lot is published. Print its labels now."),
    "recall": N_("The lot is recalled. Its page says so in red."),
    "close": N_("The lot is sold out. Its page stays."),
}


@bp.route(
    "/ban-hang/lo/<public:public_id>/<any(publish, recall, close):move>", methods=["GET", "POST"]
)
@access(MEMBERS, uploads=True)
def move_lot(public_id: str, move: str) -> ResponseReturnValue:
    """Publish, recall or close a lot."""
    found = queries.lot(public_id, actor())

    def act(form: MoveForm) -> Lot:
        return services.move(actor(), public_id, move, acting=form.acting(), **form.why())

    return move_page(
        found,
        move,
        act,
        title=found.name,
        back=url_for("tracing.own_lot", public_id=public_id),
        said=MOVED[move],
        speaks_for=_speaks_for(found, move),
    )


def _speaks_for(found: Lot, move: str) -> Organisation | None:
    """An official recalls in their own right."""
    if move == "recall" and actor().is_officer_of(*found.listing.deciding_localities):
        return None
    return found.listing.organisation


# ------------------------------------------------------------ on paper


@bp.get("/ban-hang/nhan")
@access(MEMBERS)
def labels() -> ResponseReturnValue:
    """Choose whose labels to print, how many and how large."""
    mine = accounts.organisation_by_id(actor().organisation_id)
    goods = queries.listings_in_care(actor())
    return render_template(
        "tracing/labels.html",
        lots=queries.lots_in_care(actor()),
        listings=goods,
        sizes=showing.SIZES,
        poster_id=mine.public_id
        if any(item.organisation_id == mine.id and item.is_open for item in goods)
        else None,
    )


@bp.get("/ban-hang/nhan/in")
@access(MEMBERS)
def label_sheet() -> ResponseReturnValue:
    """The labels chosen, sheet by sheet."""
    lots = queries.chosen_lots(request.args.getlist("lo"), actor())
    goods = queries.chosen_listings(request.args.getlist("m"), actor())
    if not lots and not goods:
        flash(say(N_("Choose at least one lot or product.")), "warn")
        return redirect(url_for(".labels"), 303)
    size = request.args.get("co", "")
    size = size if size in showing.SIZES else "24"
    per_sheet = showing.SIZES[size][0]
    stickers = showing.labels(lots, goods, _number(request.args.get("so", ""), per_sheet))
    return render_template(
        "tracing/label_sheet.html",
        sheets=showing.sheets(stickers, per_sheet),
        size=size,
        back_url=url_for(".labels"),
    )


def _number(raw: str, default: int) -> int:
    """How many of each; what is no number from 1 to the most is a full sheet."""
    if raw.isascii() and raw.isdigit() and len(raw) < 5 and int(raw) in range(1, 241):  # noqa: PLR2004
        return int(raw)
    return default


def init_app(app: Flask) -> None:
    """Register the pages, and what they add to a listing's."""
    app.register_blueprint(bp)
    panels.add(
        Panel("lots", "page", "tracing/_page_panel.html", showing.page_panel, 40),
        Panel("own_lots", "own", "tracing/_own_panel.html", showing.own_panel, 40),
    )
