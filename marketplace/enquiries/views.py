"""Pages of enquiries: sending one without an account, following it, the officials' queue."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history
from marketplace.accounts.moves import move_page
from marketplace.catalogue import panels
from marketplace.catalogue.changes import LISTINGS
from marketplace.catalogue.kinds import SECTIONS
from marketplace.catalogue.panels import Panel
from marketplace.core import journal
from marketplace.core.actor import Actor
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.enquiries import queries, services, showing
from marketplace.enquiries.forms import (
    EnquiryForm,
    RevokeForm,
    TieForm,
    VisitorsOfferForm,
    enquiry_form,
)
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.rules import ENQUIRY, NAMES_KEPT_DAYS, EnquiryState, may_handle
from marketplace.interests import tracking
from marketplace.web import panels as around
from marketplace.web.access import OFFICIALS, PUBLIC, access, actor
from marketplace.web.forms import handle
from marketplace.web.navigation import PEOPLE, Entry, officer
from marketplace.web.security import client_address
from marketplace.web.workflow import moves

bp = Blueprint("enquiries", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("enquiries.queue", N_("Enquiries without an account"), 33, officer, office=PEOPLE),
)


@bp.route(
    f"/<any({', '.join(map(repr, SECTIONS))}):section>/<slugged:public_id>/hoi-khong-tai-khoan",
    methods=["GET", "POST"],
)
@access(PUBLIC)
def create(section: str, public_id: str) -> ResponseReturnValue:
    """Ask about a listing, or offer what it seeks, without an account.

    Whoever has one asks as their organisation.
    """
    listing = queries.open_listing(public_id)
    if actor().organisation_id is not None:
        return redirect(url_for("interests.create", section=section, public_id=public_id))
    if section != listing.section:
        raise NotFound
    form = enquiry_form(listing)
    return handle(
        form,
        lambda: _form_page(form, public_id),
        lambda: services.submit(actor(), public_id, form.enquiry(), client_address()),
        lambda sent: url_for("interests.show", public_id=sent.public_id),
        N_("Sent. Keep the address of this page: with it you follow your enquiry."),
    )


def _form_page(form: EnquiryForm | VisitorsOfferForm, public_id: str) -> str:
    """The form, with its listing read anew: a refused use case lets go of all rows."""
    listing = queries.open_listing(public_id)
    return render_template(
        "enquiries/create.html",
        form=form,
        listing=listing,
        listing_url=listing.path,
        owner=listing.public_owner,
        days=NAMES_KEPT_DAYS,
    )


def follow(code: str, reader: Actor) -> ResponseReturnValue | None:
    """The tracking page of a code; officials are led to the page on which they deal with it."""
    try:
        enquiry = queries.by_code(code)
    except NotFound:
        return None
    if may_handle(reader, enquiry):
        return redirect(url_for("enquiries.show", public_id=code))
    lines = history.lines(journal.of([enquiry]), [ENQUIRY])
    end = next((line for line in lines if line.name == "enquiry.decline"), None)
    buttons = moves(
        enquiry,
        lambda _move: url_for("enquiries.take_back", public_id=code),
        leave_out=["lapse"],
        as_page=["revoke"],
    )
    is_revoked = any(line.name == "enquiry.revoke" for line in lines)
    page = render_template(
        "enquiries/track.html",
        enquiry=enquiry,
        listing=enquiry.listing,
        standing=showing.standing(
            enquiry,
            end.reason if end else "",
            end.note if end else "",
            is_revoked=is_revoked,
        ),
        sender=showing.masked(enquiry),
        moves=buttons,
        **showing.asked(enquiry),
    )
    return page, {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@bp.route("/quan-tam/<public:public_id>/rut-lai", methods=["GET", "POST"])
@access(PUBLIC)
def take_back(public_id: str) -> ResponseReturnValue:
    """Take an enquiry back with its code; what names its sender is erased at once."""
    enquiry = queries.by_code(public_id)
    if enquiry.state is EnquiryState.TIED:
        return _revoke(enquiry)
    return move_page(
        enquiry,
        "take_back",
        lambda _form: services.take_back(actor(), public_id),
        title=enquiry.listing.title,
        back=url_for("interests.show", public_id=public_id),
        said=TAKEN_BACK,
    )


TAKEN_BACK = N_("Taken back. Your name, phone and words are erased.")


def _revoke(enquiry: Enquiry) -> ResponseReturnValue:
    """The same once an organisation stands behind it: the sender shows who they are."""
    code = enquiry.public_id
    if request.method == "GET":
        ENQUIRY.require(enquiry, "revoke", actor())
    form = RevokeForm()
    return handle(
        form,
        lambda: render_template("enquiries/revoke.html", form=form, enquiry=queries.by_code(code)),
        lambda: services.revoke(actor(), code, form.contact_phone.data or ""),
        lambda _enquiry: url_for("interests.show", public_id=code),
        TAKEN_BACK,
    )


@bp.get("/lam-viec/hoi-khach")
@access(OFFICIALS)
def queue() -> ResponseReturnValue:
    """Enquiries that wait for an official of either locality, and those dealt with last."""
    return render_template(
        "enquiries/queue.html",
        waiting=queries.waiting(actor()),
        ended=queries.ended(actor()),
        labels=ENQUIRY.labels,
    )


@bp.route("/lam-viec/hoi-khach/<public:public_id>", methods=["GET", "POST"])
@access(OFFICIALS)
def show(public_id: str) -> ResponseReturnValue:
    """Who asks for what, and tying it to the verified organisation behind it."""
    enquiry = queries.get(public_id, actor())
    form = TieForm().among(queries.candidates(enquiry))
    return handle(
        form,
        lambda: _official_page(form, public_id),
        lambda: services.tie(actor(), public_id, form.organisation.data),
        lambda tied: url_for("interests.show", public_id=tied.public_id),
        N_("Tied. It is an interest of this organisation now; the owner has been told."),
    )


def _official_page(form: TieForm, public_id: str) -> str:
    enquiry = queries.get(public_id, actor())
    return render_template(
        "enquiries/show.html",
        enquiry=enquiry,
        listing=enquiry.listing,
        form=form if enquiry.state is EnquiryState.SENT else None,
        has_choice=len(form.organisation.choices or []) > 1,
        history=history.lines(journal.of([enquiry]), [ENQUIRY]),
        moves=moves(
            enquiry,
            lambda _move: url_for("enquiries.decline", public_id=public_id),
            leave_out=["tie"],
        ),
        days=NAMES_KEPT_DAYS,
        **showing.asked(enquiry),
    )


@bp.route("/lam-viec/hoi-khach/<public:public_id>/tu-choi", methods=["GET", "POST"])
@access(OFFICIALS)
def decline(public_id: str) -> ResponseReturnValue:
    """Decline an enquiry; its sender reads why on the tracking page."""
    enquiry: Enquiry = queries.get(public_id, actor())
    return move_page(
        enquiry,
        "decline",
        lambda form: services.decline(actor(), public_id, **form.why()),
        title=enquiry.listing.title,
        back=url_for("enquiries.queue"),
        said=N_("Declined. Whoever sent it reads why on the tracking page."),
    )


def init_app(app: Flask) -> None:
    """Register the pages, what they add to a listing's, and the codes they know."""
    app.register_blueprint(bp)
    LISTINGS.declare_harmless("enquiry")
    tracking.add("enquiries", follow)
    around.add("accounts.sign_in", "enquiries/_instead.html", showing.instead_of_signing_in)
    panels.add(Panel("enquiries.side", "side", "enquiries/_panel.html", showing.panel, 10))
