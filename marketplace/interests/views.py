"""Pages of interests: registering, following, answering, and closing a listing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history
from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.accounts.rules import may_manage
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.kinds import SECTIONS
from marketplace.catalogue.models import Listing
from marketplace.core import journal
from marketplace.core.actor import Actor
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.i18n import N_, Text
from marketplace.interests import queries, services
from marketplace.interests.forms import InterestForm
from marketplace.interests.models import Interest
from marketplace.interests.rules import ANSWERS, INTEREST, next_step, progress
from marketplace.web.access import MEMBERS, access, actor
from marketplace.web.errors import STATUS
from marketplace.web.forms import handle
from marketplace.web.navigation import Entry, member, producer
from marketplace.web.pagination import PER_PAGE, Page, page_number
from marketplace.web.workflow import MoveButton, moves

bp = Blueprint("interests", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("interests.received", N_("Enquiries"), 32, producer, "chat"),
    Entry("interests.sent", N_("My interests"), 34, member),
)


@bp.route(
    f"/<any({', '.join(map(repr, SECTIONS))}):section>/<slugged:public_id>/quan-tam",
    methods=["GET", "POST"],
)
@access(MEMBERS)
def create(section: str, public_id: str) -> ResponseReturnValue:
    """Register interest in a listing; a stale title or the other section leads to this one."""
    listing = catalogue.get(public_id, actor())
    if section != listing.section or request.path != address(listing):
        return redirect(address(listing), 308)
    organisation = accounts.organisation_by_id(actor().organisation_id)
    if request.method == "GET":
        try:
            queries.admit(actor(), listing)
        except DomainError as refusal:
            return _refused(listing, refusal)
    form = InterestForm(
        data={"contact_name": actor().name, "contact_phone": organisation.phone}
    ).about(listing)
    return handle(
        form,
        lambda: render_template(
            "interests/create.html", form=form, listing=catalogue.get(public_id, actor())
        ),
        lambda: services.register(actor(), public_id, form.values()),
        lambda interest: url_for("interests.show", public_id=interest.public_id),
        said=N_("Your interest has been sent. You get an answer within 3 working days."),
    )


def address(listing: Listing) -> str:
    """Where interest in a listing is registered."""
    return url_for(
        "interests.create",
        section=listing.section,
        public_id=f"{listing.slug}-{listing.public_id}",
    )


def _refused(listing: Listing, refusal: DomainError) -> ResponseReturnValue:
    """Say why before anything is typed; who has asked already is led to what they asked."""
    earlier = queries.live_of(actor().organisation_id, listing.id)
    page = render_template(
        "interests/refused.html",
        listing=listing,
        refusal=refusal.text,
        earlier=earlier if isinstance(refusal, Conflict) else None,
    )
    return page, STATUS[type(refusal)]


@bp.route("/quan-tam/<public:public_id>")
@access(MEMBERS)
def show(public_id: str) -> ResponseReturnValue:
    """Follow an interest: where it stands, who must do what until when, what happened."""
    interest = queries.get(public_id, actor())
    return render_template(
        "interests/show.html",
        interest=interest,
        steps=progress(interest),
        next_step=next_step(interest),
        history=history.lines(journal.of([interest]), [INTEREST]),
        moves=interest_moves(interest),
    )


def interest_moves(interest: Interest) -> list[MoveButton]:
    """The moves on an interest; recording the owner's word needs a page."""
    owner = interest.listing.organisation
    return moves(
        interest,
        _move_url("interests.move", interest.public_id),
        leave_out=["convert"],
        as_page=[] if may_manage(actor(), owner) else ["accept", "decline"],
    )


def _move_url(endpoint: str, public_id: str) -> Callable[[str], str]:
    return lambda move: url_for(endpoint, public_id=public_id, move=move)


@bp.route(
    "/quan-tam/<public:public_id>/<any('acknowledge', 'accept', 'decline', 'withdraw'):move>",
    methods=["GET", "POST"],
)
@access(MEMBERS, uploads=True)
def move(public_id: str, move: str) -> ResponseReturnValue:
    """Answer or withdraw an interest."""
    interest = queries.get(public_id, actor())

    def act(form: MoveForm) -> Interest:
        asked = form.why()
        if move in ANSWERS:
            return services.answer(actor(), public_id, move, acting=form.acting(), **asked)
        return services.withdraw(actor(), public_id, **asked)

    return move_page(
        interest,
        move,
        act,
        title=interest.listing.title,
        back=url_for("interests.show", public_id=public_id),
        said=SAID[move],
        speaks_for=_speaks_for(interest, move),
    )


SAID: dict[str, Text | str] = {
    "acknowledge": N_("Acknowledged. The interested side has been told."),
    "accept": N_("Accepted. The contacts of both sides are open to both now."),
    "decline": N_("Declined. The interested side has been told why."),
    "withdraw": N_("Your interest has been withdrawn."),
}


def _speaks_for(interest: Interest, move: str) -> Organisation | None:
    """Whose word a move carries; acknowledging is an official's own act."""
    return interest.listing.organisation if move in {"accept", "decline"} else None


@bp.route("/toi/quan-tam")
@access(MEMBERS)
def sent() -> ResponseReturnValue:
    """What my organisation asked for."""
    return _list("interests/sent.html", queries.sent_by)


@bp.route("/ban-hang/hoi-mua")
@access(MEMBERS)
def received() -> ResponseReturnValue:
    """What others asked us for."""
    return _list("interests/received.html", queries.received_by)


def _list(
    template: str, read: Callable[[Actor, int, int], tuple[Sequence[Any], int]]
) -> ResponseReturnValue:
    number = page_number(request.args.get("trang"))
    rows, total = read(actor(), (number - 1) * PER_PAGE, PER_PAGE)
    page = Page(rows, number, total)
    if number > page.pages:
        raise NotFound
    return render_template(
        template, page=page, url_for_page=lambda n: url_for(request.endpoint or "", trang=n)
    )


@bp.route("/ban-hang/<public:public_id>/dong-lai", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def close_listing(public_id: str) -> ResponseReturnValue:
    """Close a listing; everyone whose interest is open is told."""
    listing = catalogue.get(public_id, actor())
    decides = actor().is_officer_of(*listing.deciding_localities)
    return move_page(
        listing,
        "close",
        lambda form: services.close_listing(actor(), public_id, acting=form.acting(), **form.why()),
        title=listing.title,
        back=f"/ban-hang/{public_id}",
        said=N_("The listing is closed. Whoever waited for an answer has been told."),
        speaks_for=None if decides else listing.organisation,
    )


def _name_the_section(endpoint: str, values: dict[str, Any]) -> None:
    """Let ``url_for("interests.create", public_id=…)`` stand alone: the page puts it right."""
    if endpoint == "interests.create":
        values.setdefault("section", next(iter(SECTIONS)))


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.url_default_functions.setdefault(None, []).append(_name_the_section)
    app.register_blueprint(bp)
    catalogue.also_concerns(queries.takes_part)
