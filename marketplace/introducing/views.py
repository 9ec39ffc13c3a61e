"""Pages of introductions: the officials' list and form, the page of both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history
from marketplace.accounts.history import Line
from marketplace.accounts.models import Organisation
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.accounts.rules import may_manage, passes_contacts, whose_word
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.changes import LISTINGS
from marketplace.core import journal
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_, Text
from marketplace.introducing import queries, services
from marketplace.introducing.forms import IntroduceForm
from marketplace.introducing.models import Introduction
from marketplace.introducing.rules import INTRODUCTION, is_known_to
from marketplace.matching import queries as matching
from marketplace.web import panels
from marketplace.web.access import MEMBERS, OFFICIALS, access, actor
from marketplace.web.forms import handle
from marketplace.web.locale import say
from marketplace.web.navigation import PEOPLE, Entry, officer
from marketplace.web.pagination import PER_PAGE, Page, page_number
from marketplace.web.workflow import MoveButton, moves

bp = Blueprint("introducing", __name__)
ENTRIES: tuple[Entry, ...] = (
    Entry("introducing.index", N_("Introductions"), 35, officer, office=PEOPLE),
)

OFFERED = 60
"""Organisations and listings a list shows at once; the search narrows it."""


@bp.route("/lam-viec/gioi-thieu")
@access(OFFICIALS)
def index() -> ResponseReturnValue:
    """The introductions of the official's pairs: those that wait, or all."""
    number = page_number(request.args.get("trang"))
    open_only = request.args.get("xem") != "tat-ca"
    offset = (number - 1) * PER_PAGE
    rows, total = queries.visible(actor(), offset, PER_PAGE, open_only=open_only)
    page = Page(rows, number, total)
    if number > page.pages:
        raise NotFound
    return render_template(
        "introducing/index.html",
        page=page,
        open_only=open_only,
        url_for_page=lambda n: url_for(".index", trang=n, xem=None if open_only else "tat-ca"),
    )


@bp.route("/lam-viec/gioi-thieu/moi", methods=["GET", "POST"])
@access(OFFICIALS)
def introduce() -> ResponseReturnValue:
    """Introduce two organisations by hand."""
    asked = {name: request.args.get(name, "") for name in ("hang", "to-chuc")}
    form = IntroduceForm().offer(
        list(matching.partners_to_offer(actor(), asked["to-chuc"], OFFERED)),
        list(matching.listings_to_offer(actor(), asked["hang"], OFFERED)),
    )
    return handle(
        form,
        lambda: render_template("introducing/introduce.html", form=form, asked=asked),
        lambda: services.propose(
            actor(), form.one.data, form.other.data, form.words.data, form.listing.data
        ),
        _url,
        said=N_("Both have been asked. Nothing is passed on until both say yes."),
    )


@bp.route("/gioi-thieu-hai-ben/<public:public_id>")
@access(MEMBERS)
def show(public_id: str) -> ResponseReturnValue:
    """An introduction as this reader may know it: the other side's contacts after both yes."""
    found = queries.get(public_id, actor())
    listing = found.listing
    return render_template(
        "introducing/show.html",
        introduction=found,
        title=_title(found),
        sides=[_side(found, side) for side in found.sides],
        moves=_moves(found),
        listing_url=listing.path
        if listing is not None and catalogue.is_open_to(listing, actor())
        else None,
        history=_history(found),
        match_url=_match_url(found),
        panels=panels.of("introducing.show", public_id),
    )


def _title(found: Introduction) -> str:
    """Both sides, as this reader may know them."""
    return " – ".join(say(queries.name_for(actor(), found, side)) for side in found.sides)


def _side(found: Introduction, side: Organisation) -> dict[str, object]:
    """What this reader may know of one side."""
    said = {answer.organisation_id: answer for answer in found.answers}
    is_known = is_known_to(actor(), found, side)
    return {
        "organisation": side,
        "name": queries.name_for(actor(), found, side),
        "is_own": may_manage(actor(), side),
        "is_open": is_known and passes_contacts(side),
        "is_kept_back": is_known and not passes_contacts(side),
        "answer": said.get(side.id),
    }


def _moves(found: Introduction) -> list[MoveButton]:
    """The moves; recording a side's word needs a page."""
    side = whose_word(actor(), found.waiting)
    recorded = {}
    if side is not None and not may_manage(actor(), side):
        name = say(queries.name_for(actor(), found, side))
        recorded = dict.fromkeys(("consent", "refuse"), name)
    return moves(
        found,
        lambda move: url_for(".move", public_id=found.public_id, move=move),
        words_of=recorded,
    )


def _history(found: Introduction) -> Sequence[Line]:
    """The history without the people of a side this reader may not know yet."""
    lines = history.lines(journal.of([found]), [INTRODUCTION])
    for side in found.sides:
        if not is_known_to(actor(), found, side):
            shown = queries.name_for(actor(), found, side)
            told = shown if isinstance(shown, str) else ""
            lines = [_without(line, side.name, told) for line in lines]
    return lines


def _without(line: Line, hidden: str, shown: str) -> Line:
    """A line that names no person of the organisation ``hidden``."""
    if hidden not in {line.organisation, line.recorded_for, line.named}:
        return line
    return replace(line, who="", organisation=shown, recorded_for="", how="", named=shown)


def _match_url(found: Introduction) -> str | None:
    """Where an official makes a match of it, with what is known filled in."""
    if not found.permissions["match"](actor(), found):
        return None
    listing, partner = found.listing, found.partner_of_listing
    asked: dict[str, Any] = {
        "hang": listing.title if listing else None,
        "to-chuc": partner.name,
        "tin": listing.public_id if listing else None,
        "ben": partner.public_id,
    }
    return url_for("matching.by_hand", **asked)


@bp.route(
    "/gioi-thieu-hai-ben/<public:public_id>/<any('consent', 'refuse', 'withdraw'):move>",
    methods=["GET", "POST"],
)
@access(MEMBERS, uploads=True)
def move(public_id: str, move: str) -> ResponseReturnValue:
    """Say yes or no to an introduction, or take it back."""
    found = queries.get(public_id, actor())

    def act(form: MoveForm) -> Introduction:
        if move == "consent":
            return services.consent(actor(), public_id, form.acting())
        if move == "refuse":
            return services.refuse(actor(), public_id, acting=form.acting(), **form.why())
        return services.withdraw(actor(), public_id, **form.why())

    return move_page(
        found,
        move,
        act,
        title=_title(found),
        back=_url(found),
        said=SAID[move],
        speaks_for=whose_word(actor(), found.waiting) if move != "withdraw" else None,
    )


SAID: dict[str, Text | str] = {
    "consent": N_("The yes has been recorded. Contacts open when both have said yes."),
    "refuse": N_("The no has been recorded. Nothing was passed on."),
    "withdraw": N_("The introduction has been taken back. Both sides have been told."),
}


def _url(found: Introduction) -> str:
    return url_for("introducing.show", public_id=found.public_id)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    LISTINGS.declare_harmless("introduction")
