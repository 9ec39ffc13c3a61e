"""Pages of produce alone: quantities kept true with one tap, and the grades of the goods."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.moves import ActingForm
from marketplace.accounts.papers import shown
from marketplace.accounts.rules import ActingHow
from marketplace.catalogue import panels, services, showing
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.forms import PlainForm
from marketplace.catalogue.kinds.produce import queries
from marketplace.catalogue.kinds.produce.form import GradeForm, StockForm
from marketplace.catalogue.kinds.produce.model import Grade, GradeValues, Produce, StockValues
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import IN_PUBLIC, ListingState, may_edit, recorded_before
from marketplace.core.actor import Actor
from marketplace.core.errors import Invalid, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.core.photos import Picture
from marketplace.web.access import MEMBERS, PUBLIC, access, actor
from marketplace.web.forms import handle, send
from marketplace.web.navigation import Entry, producer
from marketplace.web.pagination import Page, page_number
from marketplace.web.security import safe_next
from marketplace.web.templating import asset

bp = Blueprint("produce", __name__)
ENTRIES: tuple[Entry, ...] = (
    Entry("produce.season", N_("Season and quantities"), 31, producer, in_top=False),
)
OPEN = frozenset({ListingState.DRAFT, ListingState.RETURNED})


def _mine(public_id: str) -> Produce:
    """Produce the actor may work on; someone else's is visible at most."""
    listing = catalogue.get(public_id, actor(), kind="produce")
    if not isinstance(listing, Produce):
        raise NotFound
    if not may_edit(actor(), listing):
        raise NotAllowed(N_("Only this organisation, its cooperative or its locality may do this."))
    return listing


def _own_url(listing: Listing) -> str:
    return url_for("catalogue.own", public_id=listing.public_id)


# ------------------------------------------------------------ how much there is


@bp.get("/ban-hang/mua-vu")
@access(MEMBERS)
def season() -> ResponseReturnValue:
    """All my goods on sale: one tap to confirm each, or a new quantity and months."""
    number = page_number(request.args.get("trang"))
    rows, total = queries.on_sale(actor(), number=number)
    page = Page(rows, min(number, Page(rows, 1, total, queries.MOST_IN_SEASON).pages), total)
    return render_template(
        "catalogue/kinds/produce/season.html",
        page=Page(rows, page.number, total, queries.MOST_IN_SEASON),
        items=[_in_season(listing) for listing in rows],
        page_url_for=lambda n: url_for("produce.season", trang=n),
    )


def _in_season(listing: Produce) -> dict[str, Any]:
    """A row of the page: the listing, its button, and a small form with ids of its own."""
    button = showing.confirmation(listing, actor())
    form = None
    if button and not button.is_page:
        form = StockForm(formdata=None, obj=listing)
        for field in (form.quantity, form.months, form.by_month, *form.by_month.months):
            field.id = f"{field.id}-{listing.public_id}"
    return {
        "listing": listing,
        "button": button,
        "form": form,
        "own_url": _own_url(listing),
        "is_own": listing.organisation_id == actor().organisation_id,
        "has_figures": bool(listing.by_month),
    }


@bp.route("/ban-hang/<public:public_id>/con-hang", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def confirm(public_id: str) -> ResponseReturnValue:
    """The quantity still stands, or how much there is now; one's own word or a recorded one."""
    listing = _mine(public_id)
    if request.method == "GET" and listing.state is not ListingState.PUBLISHED:
        raise WrongState(N_("Only a published listing can be confirmed."))
    form = StockForm(obj=listing, data={"acting_how": ActingHow.CALL})
    form.speak_for(listing.organisation)
    back = safe_next(request.args.get("ve"), "")
    return handle(
        form,
        lambda: _confirm_page(public_id, form, back),
        lambda: services.confirm_stock(
            actor(), public_id, form.version.data, _now(form), form.acting()
        ),
        lambda changed: back or _own_url(changed),
        N_("The quantity is confirmed as of today."),
    )


def _now(form: StockForm) -> StockValues:
    return StockValues(form.quantity.data, form.months.data or 0, form.by_month.data)


def _confirm_page(public_id: str, form: StockForm, back: str) -> str:
    listing = _mine(public_id)
    if form.version.data != listing.version:  # say what stands there now
        form.version.data = listing.version
        form.version.raw_data = None
    return render_template(
        "catalogue/kinds/produce/confirm.html",
        form=form,
        listing=listing,
        has_figures=bool(listing.by_month),
        own_url=back or _own_url(listing),
        this_url=url_for("produce.confirm", public_id=public_id, ve=back or None),
        pause_url=url_for("catalogue.move", public_id=public_id, move_name="pause")
        if listing.is_open
        else None,
    )


# ------------------------------------------------------------ grades


@bp.route("/ban-hang/<public:public_id>/phan-loai", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def grades(public_id: str) -> ResponseReturnValue:
    """The grades of a draft, each with a reference photo; one more can be added."""
    listing = _mine(public_id)
    if request.method == "GET" and listing.state not in OPEN:
        raise WrongState(N_("Grades can be changed while a listing is a draft."))
    form = GradeForm()
    _speak(form, listing)
    return handle(
        form,
        lambda: _grades_page(public_id, form),
        lambda: services.add_grade(
            actor(),
            public_id,
            GradeValues(form.name.data, form.words.data),
            _picture(form),
            form.acting(),
        ),
        lambda _listing: url_for("produce.grades", public_id=public_id),
        N_("Grade added."),
    )


def _picture(form: GradeForm) -> Picture | None:
    """The one photo of a grade. Raises Invalid for several."""
    if len(form.uploads()) > 1:
        raise Invalid("photo", N_("Choose one photo for a grade."))
    return next(iter(form.pictures()), None)


def _speak(form: ActingForm, listing: Produce) -> None:
    form.speak_for(None if recorded_before(actor(), listing) else listing.organisation)


def _grades_page(public_id: str, form: GradeForm) -> str:
    listing = _mine(public_id)
    return render_template(
        "catalogue/kinds/produce/grades.html",
        form=form,
        listing=listing,
        grades=list(listing.grades),
        own_url=_own_url(listing),
    )


@bp.route("/ban-hang/<public:public_id>/phan-loai/<public:grade_id>/bo", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def remove_grade(public_id: str, grade_id: str) -> ResponseReturnValue:
    """Take a grade off a draft."""
    listing = _mine(public_id)
    if request.method == "GET" and _grade_of(listing, grade_id) is None:
        raise NotFound
    form = PlainForm()
    _speak(form, listing)
    return handle(
        form,
        lambda: _removal(public_id, grade_id, form),
        lambda: services.remove_grade(actor(), public_id, grade_id, form.acting()),
        lambda _listing: url_for("produce.grades", public_id=public_id),
        N_("Grade removed."),
    )


def _removal(public_id: str, grade_id: str, form: PlainForm) -> str:
    listing = _mine(public_id)
    return render_template(
        "catalogue/kinds/produce/remove_grade.html",
        form=form,
        listing=listing,
        grade=_grade_of(listing, grade_id),
        grades_url=url_for("produce.grades", public_id=public_id),
    )


def _grade_of(listing: Produce, grade_id: str) -> Grade | None:
    return next((grade for grade in listing.grades if grade.public_id == grade_id), None)


@bp.get("/anh/phan-loai/<public:public_id>/<any(card, page):size>.webp")
@access(PUBLIC)
def grade_photo(public_id: str, size: str) -> ResponseReturnValue:
    """The reference photo of a grade, to those who may see its listing."""
    grade = queries.grade(public_id, actor())
    digest = grade.card if size == "card" else grade.page
    if digest is None:
        raise NotFound
    content = shown(digest)
    if content is None:
        return redirect(asset(showing.drawing(grade.listing)))
    response = send(content, "image/webp", name=f"{public_id}.webp", attachment=False)
    response.set_etag(digest)
    if grade.listing.state in IN_PUBLIC:
        response.cache_control.public = True
        response.cache_control.max_age = showing.PHOTO_SECONDS
    return response.make_conditional(request)


# ------------------------------------------------------------ what else could be said


def _more(listing: Listing, reader: Actor) -> dict[str, Any] | None:
    """For the owner of a draft: what buyers also like to know, with links to the fields."""
    if not isinstance(listing, Produce) or listing.state not in OPEN:
        return None
    if not may_edit(reader, listing):
        return None
    edit = url_for("catalogue.edit", public_id=listing.public_id)
    return {
        "wishes": [(gap.text, f"{edit}#{gap.field}") for gap in listing.wishes()],
        "grades": len(listing.grades),
        "grades_url": url_for("produce.grades", public_id=listing.public_id),
    }


def init_app(app: Flask) -> None:
    """Register the pages and the section of the owner's page."""
    app.register_blueprint(bp)
    panels.add(panels.Panel("produce.more", "own", "catalogue/kinds/produce/_more.html", _more, 10))
