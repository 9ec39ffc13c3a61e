"""Pages of interests: registering, following, answering, and closing a listing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history
from marketplace.accounts import panels as sections
from marketplace.accounts.history import Line
from marketplace.accounts.models import Organisation
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.accounts.rules import may_manage, passes_contacts
from marketplace.catalogue import applications, panels
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.changes import LISTINGS
from marketplace.catalogue.kinds import SECTIONS
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import may_know_owner
from marketplace.catalogue.taxonomy import COOPERATION_LABELS, PERIOD_LABELS
from marketplace.core import journal
from marketplace.core.actor import Actor
from marketplace.core.errors import Conflict, DomainError, NotFound
from marketplace.core.i18n import N_, Text
from marketplace.interests import queries, services, tracking
from marketplace.interests.asking import AnswerForm
from marketplace.interests.forms import answer_form, informing_form
from marketplace.interests.models import Interest
from marketplace.interests.rules import (
    ACKNOWLEDGE_WITHIN,
    ANSWER_WITHIN,
    ANSWERS,
    ASK_AGAIN_LABELS,
    BEGUN,
    INTEREST,
    AskAgain,
    is_turn_of,
    may_send,
    next_step,
    progress,
)
from marketplace.papers.types import TYPES
from marketplace.web import panels as talks
from marketplace.web.access import MEMBERS, PUBLIC, access, actor
from marketplace.web.errors import STATUS
from marketplace.web.formats import money
from marketplace.web.forms import Form, handle
from marketplace.web.navigation import Entry, buyer, producer
from marketplace.web.pagination import PER_PAGE, Page, page_number
from marketplace.web.workflow import MoveButton, moves

bp = Blueprint("interests", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("interests.received", N_("Enquiries"), 32, producer, "chat"),
    Entry("interests.sent", N_("My interests"), 34, buyer),
    Entry("interests.sent", N_("My offers and interests"), 34, producer, in_account=True),
)


@bp.route(
    f"/<any({', '.join(map(repr, SECTIONS))}):section>/<slugged:public_id>/quan-tam",
    methods=["GET", "POST"],
)
@access(MEMBERS, uploads=True)
def create(section: str, public_id: str) -> ResponseReturnValue:
    """Answer a listing (?cho= for whom); a stale title or the other section leads to this one."""
    listing = catalogue.get(public_id, actor(), whole=False)
    chosen = request.args.get("cho", "")
    if section != listing.section or request.path != address(listing):
        return redirect(address(listing, cho=chosen or None), 308)
    organisation = queries.who_answers(actor(), listing, chosen)
    if request.method == "GET":
        try:
            queries.admit(actor(), listing, organisation)
        except DomainError as refusal:
            return _refused(listing, organisation, refusal)
    begun = queries.begun_by(organisation.id, listing.id)
    again = begun is not None and not begun.is_draft
    stock = list(queries.offerable(organisation.id, listing))
    name = actor().name if organisation.id == actor().organisation_id else organisation.name
    form = answer_form(listing, organisation, name, stock, begun)
    sent = _said_of(listing, form)
    page, done = lambda: _answer_page(form, public_id, chosen, again=again), _address_of
    if request.args.get("nhap"):
        form.begin_unfinished()
        keep = partial(services.save_draft, answers_for=chosen)
        return handle(form, page, lambda: keep(actor(), public_id, form.values()), done, KEPT)
    put = partial(services.register, answers_for=chosen)
    return handle(
        form,
        page,
        lambda: put(actor(), public_id, form.values(), acting=form.acting()),
        done,
        sent,
    )


def _said_of(listing: Listing, form: AnswerForm) -> Text:
    """What is said of an interest sent; of an offer above what is paid at most, that it is."""
    if not listing.seeks:
        return SENT
    limit, price = getattr(listing, "price_limit", None), form.typed("unit_price")
    if limit and price and price > limit:
        return Text(OFFERED_ABOVE, limit=money(limit), **_DAYS)
    return OFFERED


def _address_of(interest: Interest) -> str:
    return url_for("interests.show", public_id=interest.public_id)


KEPT = N_("Saved as a draft. Nobody else sees it; it stands among your interests.")
_DAYS = {"first": ACKNOWLEDGE_WITHIN, "answer": ANSWER_WITHIN}
SENT = Text(
    N_(
        "Your interest has been sent. It is acknowledged within %(first)s working days and "
        "answered within %(answer)s."
    ),
    **_DAYS,
)
OFFERED = Text(
    N_(
        "Your offer has been sent. It is acknowledged within %(first)s working days and answered "
        "within %(answer)s."
    ),
    **_DAYS,
)
OFFERED_ABOVE = N_(
    "Your offer has been sent. Its price is above the %(limit)s they named as the most they pay, "
    "so they may decline it. It is acknowledged within %(first)s working days and answered within "
    "%(answer)s."
)
INFORMED = Text(
    N_(
        "Your answer has been sent. The days count anew: it is acknowledged within %(first)s "
        "working days and answered within %(answer)s."
    ),
    **_DAYS,
)


def _answer_page(form: AnswerForm, public_id: str, chosen: str, *, again: bool) -> str:
    """The form, with its listing read anew: a refused use case lets go of all rows."""
    listing = catalogue.get(public_id, actor())
    return render_template(
        "interests/create.html",
        form=form,
        listing=listing,
        owner=_owner_of(listing),
        chosen=chosen,
        again=again,
        send_url=address(listing, chosen or None),
        draft_url=address(listing, chosen or None, nhap="1"),
        others=queries.may_be_recorded_for(actor(), listing),
        listing_url=listing.path,
        days=_DAYS,
    )


def _owner_of(listing: Listing) -> Text | str:
    """The owner as the reader may know it."""
    if may_know_owner(actor(), listing):
        return listing.organisation.name
    return listing.public_owner


def address(listing: Listing, cho: str | None = None, nhap: str | None = None) -> str:
    """Where a listing is answered; ``cho`` for whom, ``nhap`` to keep it as a draft."""
    return url_for(
        "interests.create",
        section=listing.section,
        public_id=listing.slugged,
        cho=cho,
        nhap=nhap,
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
@access(PUBLIC)
def show(public_id: str) -> ResponseReturnValue:
    """Follow an interest by its code; who has no part in it may know the code in another way.

    Where nothing is found, those who are not signed in read so, whether it exists or not: a code
    is often mistyped, and only members of an organisation get further by signing in.
    """
    with suppress(NotFound):
        return _shown(queries.get(public_id, actor()))
    page = tracking.page_of(public_id, actor())
    if page is None and actor().is_signed_in:
        raise NotFound
    return page or (render_template("interests/unknown.html"), 404)


def _shown(interest: Interest) -> str:
    """Where an interest stands, who must do what until when, what happened."""
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
        cooperation=COOPERATION_LABELS[interest.cooperation] if interest.cooperation else None,
        papers=[TYPES[kind].short for kind in interest.papers_named],
        wanted=next((line for line in lines if line.name == "interest.ask"), None),
        again_url=_again_url(interest),
        discard_form=Form() if interest.is_draft else None,
        may_ask_again=ASK_AGAIN_LABELS[interest.ask_again],
        steps=progress(interest),
        next_step=next_step(interest, owner),
        history=lines if is_known else _without(listing.organisation.name, lines),
        moves=interest_moves(interest),
        passes_contacts=passes_contacts(interest.listing.organisation),
        panels=panels.of(listing, actor(), "interest"),
        sections=sections.of("interest", interest, actor()),
        talks=talks.of("interests.show", interest.public_id),
    )


def _without(owner: str, lines: Sequence[Line]) -> list[Line]:
    """The history for someone who may not know yet whose people answered."""
    unnamed: dict[str, Any] = {"who": "", "organisation": "", "recorded_for": ""}
    return [
        replace(line, **unnamed) if owner in {line.organisation, line.recorded_for} else line
        for line in lines
    ]


def _again_url(interest: Interest) -> str | None:
    """Where a draft is finished, or a withdrawn interest is sent again, while that can be done."""
    listing = interest.listing
    if interest.state not in BEGUN or not listing.is_open or not may_send(actor(), interest):
        return None
    if queries.live_of(interest.organisation_id, listing.id) is not None:
        return None
    if applications.why_closed(listing) is not None:
        return None
    is_own = actor().is_of(interest.organisation_id)
    return address(listing, cho=None if is_own else interest.organisation.public_id)


def interest_moves(interest: Interest) -> list[MoveButton]:
    """The moves on an interest; recording the owner's word needs a page."""
    owner, asker = interest.listing.organisation, interest.organisation
    recorded = {} if may_manage(actor(), owner) else dict.fromkeys(BY_OWNER, owner.name)
    if not may_manage(actor(), asker):
        recorded |= dict.fromkeys(BY_ASKER, asker.name)
    found = moves(
        interest,
        lambda move: _move_url(interest.public_id, move),
        leave_out=["sent"],
        as_page=["inform", "convert"],
        words_of=recorded,
    )
    return [_held(one) for one in found] if interest.held_until else found


def _held(button: MoveButton) -> MoveButton:
    """A move while a selection goes on: its result answers everyone, so no answer stands first."""
    if button.name in {"decline", "convert"}:
        return replace(button, blockers=[Text(N_("The result of the comparison answers it."))])
    return replace(button, tone="quiet") if button.name == "accept" else button


BY_OWNER = ("accept", "decline")
"""What the owner of the listing answers, and an official may record for them."""
BY_ASKER = ("withdraw", "ask_again_yes", "ask_again_no")
"""What the asking side does by a move page; its other moves have forms of their own."""


def _move_url(public_id: str, move: str) -> str:
    if move == "inform":
        return url_for("interests.inform", public_id=public_id)
    if move == "convert":
        return url_for("matching.from_interest", public_id=public_id)
    return url_for("interests.move", public_id=public_id, move=move)


@bp.route("/quan-tam/<public:public_id>/bo-sung", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def inform(public_id: str) -> ResponseReturnValue:
    """Give what the other side asked for; what was sent may be changed with it."""
    interest = queries.get(public_id, actor())
    if request.method == "GET":
        INTEREST.require(interest, "inform", actor())
    stock = list(queries.offerable(interest.organisation_id, interest.listing))
    form = informing_form(interest, stock)
    return handle(
        form,
        lambda: _inform_page(form, public_id),
        lambda: services.inform(
            actor(), public_id, form.values(), note=form["note"].data, acting=form.acting()
        ),
        _address_of,
        INFORMED,
    )


def _inform_page(form: AnswerForm, public_id: str) -> str:
    interest = queries.get(public_id, actor())
    lines = history.lines(journal.of([interest]), [INTEREST])
    return render_template(
        "interests/inform.html",
        form=form,
        listing=interest.listing,
        owner=_owner_of(interest.listing),
        listing_url=None,
        back=_address_of(interest),
        wanted=next((line for line in lines if line.name == "interest.ask"), None),
    )


@bp.post("/quan-tam/<public:public_id>/bo-nhap")
@access(MEMBERS)
def discard(public_id: str) -> ResponseReturnValue:
    """Throw a draft away."""
    return handle(
        Form(),
        lambda: str(show(public_id)),
        lambda: services.discard(actor(), public_id),
        lambda _listing: url_for("interests.sent"),
        N_("The draft is gone."),
    )


@bp.route(
    "/quan-tam/<public:public_id>/<any('acknowledge', 'ask', 'accept', 'decline', 'withdraw', "
    "'ask_again_yes', 'ask_again_no'):move>",
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
        if move in AGAIN:
            return services.say_again(actor(), public_id, AGAIN[move], acting=form.acting())
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
    "ask": N_("Asked. The days of the answer start anew when they have replied."),
    "decline": N_("Declined. The interested side has been told why."),
    "ask_again_yes": N_("Noted: you are asked first when there is more."),
    "ask_again_no": N_("Noted: you are not asked about this again."),
    "withdraw": N_("Your interest has been withdrawn."),
}


AGAIN = {"ask_again_yes": AskAgain.YES, "ask_again_no": AskAgain.NO}


def _speaks_for(interest: Interest, move: str) -> Organisation | None:
    """Whose word a move carries; acknowledging and asking are an official's own acts."""
    if move in BY_ASKER:
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
        template,
        page=page,
        is_turn=partial(is_turn_of, actor()),
        panels=talks.of(request.endpoint or "", ""),
        url_for_page=lambda n: url_for(request.endpoint or "", trang=n),
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
    catalogue.also_waits(queries.unanswered)
    LISTINGS.declare("interest", queries.listings_of)
