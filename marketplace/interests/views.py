"""Pages of interests: registering, following, answering, and closing a listing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history
from marketplace.accounts.history import Line
from marketplace.accounts.models import Organisation
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.accounts.rules import may_manage, passes_contacts
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.kinds import SECTIONS
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import may_know_owner
from marketplace.catalogue.taxonomy import PERIOD_LABELS
from marketplace.core import journal
from marketplace.core.actor import Actor
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.i18n import N_, Text
from marketplace.interests import queries, services
from marketplace.interests.forms import AnswerForm, answer_form
from marketplace.interests.models import Interest
from marketplace.interests.rules import ANSWERS, INTEREST, next_step, progress
from marketplace.web.access import MEMBERS, access, actor
from marketplace.web.errors import STATUS
from marketplace.web.forms import handle
from marketplace.web.navigation import Entry, buyer, member, producer
from marketplace.web.pagination import PER_PAGE, Page, page_number
from marketplace.web.workflow import MoveButton, moves

bp = Blueprint("interests", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("interests.received", N_("Enquiries"), 32, producer, "chat"),
    Entry("interests.sent", N_("My interests"), 34, member, in_top=buyer),
)


@bp.route(
    f"/<any({', '.join(map(repr, SECTIONS))}):section>/<slugged:public_id>/quan-tam",
    methods=["GET", "POST"],
)
@access(MEMBERS, uploads=True)
def create(section: str, public_id: str) -> ResponseReturnValue:
    """Answer a listing (?cho= for whom); a stale title or the other section leads to this one."""
    listing = catalogue.get(public_id, actor())
    chosen = request.args.get("cho", "")
    if section != listing.section or request.path != address(listing):
        return redirect(address(listing, cho=chosen or None), 308)
    organisation = queries.who_answers(actor(), listing, chosen)
    if request.method == "GET":
        try:
            queries.admit(actor(), listing, organisation)
        except DomainError as refusal:
            return _refused(listing, organisation, refusal)
    stock = list(queries.offerable(organisation.id, listing))
    name = actor().name if organisation.id == actor().organisation_id else organisation.name
    form = answer_form(listing, organisation, name, stock)
    is_offer = listing.seeks
    return handle(
        form,
        lambda: _answer_page(form, public_id, chosen),
        lambda: services.register(
            actor(), public_id, form.values(), answers_for=chosen, acting=form.acting()
        ),
        lambda interest: url_for("interests.show", public_id=interest.public_id),
        said=OFFERED if is_offer else SENT,
    )


SENT = N_("Your interest has been sent. You get an answer within 3 working days.")
OFFERED = N_("Your offer has been sent. You get an answer within 3 working days.")


def _answer_page(form: AnswerForm, public_id: str, chosen: str) -> str:
    """The form, with its listing read anew: a refused use case lets go of all rows."""
    listing = catalogue.get(public_id, actor())
    return render_template(
        "interests/create.html",
        form=form,
        listing=listing,
        owner=_owner_of(listing),
        chosen=chosen,
        others=queries.may_be_recorded_for(actor(), listing),
        listing_url=listing.path,
    )


def _owner_of(listing: Listing) -> Text | str:
    """The owner as the reader may know it."""
    if may_know_owner(actor(), listing):
        return listing.organisation.name
    return listing.public_owner


def address(listing: Listing, cho: str | None = None) -> str:
    """Where a listing is answered; ``cho`` for whom."""
    return url_for(
        "interests.create",
        section=listing.section,
        public_id=f"{listing.slug}-{listing.public_id}",
        cho=cho,
    )


def _refused(
    listing: Listing, organisation: Organisation, refusal: DomainError
) -> ResponseReturnValue:
    """Say why before anything is typed; who has asked already is led to what they asked.

    Whoever may record offers of others is asked for whom instead.
    """
    earlier = queries.live_of(organisation.id, listing.id)
    others = queries.may_be_recorded_for(actor(), listing)
    page = render_template(
        "interests/refused.html",
        listing=listing,
        owner=_owner_of(listing),
        listing_url=listing.path,
        others=others,
        refusal=refusal.text,
        earlier=earlier if isinstance(refusal, Conflict) else None,
    )
    return page, STATUS[type(refusal)]


@bp.route("/quan-tam/<public:public_id>")
@access(MEMBERS)
def show(public_id: str) -> ResponseReturnValue:
    """Follow an interest: where it stands, who must do what until when, what happened."""
    interest = queries.get(public_id, actor())
    listing = interest.listing
    is_known = interest.contacts_open or may_know_owner(actor(), listing)
    owner = listing.organisation.name if is_known else listing.public_owner
    lines = history.lines(journal.of([interest]), [INTEREST])
    return render_template(
        "interests/show.html",
        interest=interest,
        owner=owner,
        listing_url=listing.path if catalogue.is_open_to(listing, actor()) else None,
        period=PERIOD_LABELS[interest.period] if interest.period else None,
        steps=progress(interest),
        next_step=next_step(interest, owner),
        history=lines if is_known else _without(listing.organisation.name, lines),
        moves=interest_moves(interest),
        passes_contacts=passes_contacts(interest.listing.organisation),
    )


def _without(owner: str, lines: Sequence[Line]) -> list[Line]:
    """The history for someone who may not know yet whose people answered."""
    unnamed: dict[str, Any] = {"who": "", "organisation": "", "recorded_for": ""}
    return [
        replace(line, **unnamed) if owner in {line.organisation, line.recorded_for} else line
        for line in lines
    ]


def interest_moves(interest: Interest) -> list[MoveButton]:
    """The moves on an interest; recording the owner's word needs a page."""
    paged = [] if may_manage(actor(), interest.listing.organisation) else ["accept", "decline"]
    if not may_manage(actor(), interest.organisation):
        paged.append("withdraw")
    return moves(
        interest,
        _move_url("interests.move", interest.public_id),
        leave_out=["convert"],
        as_page=paged,
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
        return services.withdraw(actor(), public_id, acting=form.acting(), **asked)

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
    if move == "withdraw":
        return interest.organisation
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
