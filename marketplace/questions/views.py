"""Pages of questions: reading and asking, answering, and the officials' list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history
from marketplace.accounts.models import Organisation
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.catalogue import panels
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.changes import LISTINGS
from marketplace.catalogue.models import Listing
from marketplace.catalogue.rules import ListingState
from marketplace.core import journal
from marketplace.core.actor import Actor
from marketplace.core.errors import Conflict, DomainError, NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.questions import queries, services, showing
from marketplace.questions.forms import AnswerForm, DateForm, OfficialAnswerForm, QuestionForm
from marketplace.questions.models import Question
from marketplace.questions.rules import (
    QUESTION,
    may_answer,
    may_answer_officially,
    may_see_asker,
    may_set_date,
)
from marketplace.web.access import MEMBERS, OFFICIALS, PUBLIC, access, actor
from marketplace.web.errors import STATUS
from marketplace.web.forms import handle
from marketplace.web.navigation import OFFERS, Entry, member, officer
from marketplace.web.pagination import PER_PAGE, Page, page_number
from marketplace.web.workflow import moves

bp = Blueprint("questions", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("questions.waiting", N_("Questions"), 40, officer, office=OFFERS),
    Entry("questions.mine", N_("My questions"), 41, member, "chat", in_account=True),
)


# ------------------------------------------------------------ for everyone


@bp.get("/hoi-dap/<slugged:public_id>")
@access(PUBLIC)
def index(public_id: str) -> ResponseReturnValue:
    """All questions about a listing that were answered, the latest answer first."""
    listing = catalogue.get(public_id, actor())
    if request.path != showing.address(listing):
        return redirect(showing.address(listing), 301)
    page = _page(
        lambda offset, size: queries.answered_of(listing.id, offset, size), showing.ON_PAGE
    )
    return render_template(
        "questions/index.html",
        listing=listing,
        page=page,
        url_for_page=lambda n: f"{showing.address(listing)}?trang={n}",
        **showing.asking(listing, actor()),
    )


def _page(read: Callable[[int, int], tuple[Sequence[Any], int]], size: int = PER_PAGE) -> Page[Any]:
    """The page of a list that the address asks for. Raises NotFound beyond the last."""
    number = page_number(request.args.get("trang"))
    rows, total = read((number - 1) * size, size)
    page = Page(rows, number, total, size)
    if number > page.pages:
        raise NotFound
    return page


@bp.route("/hoi-dap/<slugged:public_id>/hoi", methods=["GET", "POST"])
@access(MEMBERS)
def ask(public_id: str) -> ResponseReturnValue:
    """Ask about a listing; who may not is told why before typing."""
    listing = catalogue.get(public_id, actor())
    refusal = queries.why_not(actor(), listing)
    if refusal is not None and (request.method == "GET" or not isinstance(refusal, Conflict)):
        return _refused(listing, refusal)
    form = QuestionForm()
    path = listing.path
    return handle(
        form,
        lambda: _ask_page(form, catalogue.get(public_id, actor())),
        lambda: services.ask(actor(), public_id, form.words.data),
        lambda _question: f"{path}#hoi-dap",
        N_(
            "Your question was sent. Question and answer become public together, without your name."
        ),
    )


def _ask_page(form: QuestionForm, listing: Listing) -> str:
    period = queries.period(listing)
    return render_template(
        "questions/ask.html",
        form=form,
        listing=listing,
        period=showing.said_of(listing, period),
        refusal=None,
    )


def _refused(listing: Listing, refusal: DomainError) -> ResponseReturnValue:
    page = render_template("questions/ask.html", form=None, listing=listing, refusal=refusal.text)
    return page, STATUS[type(refusal)]


# ------------------------------------------------------------ one question


@bp.get("/hoi-dap/cau/<public:public_id>")
@access(MEMBERS)
def show(public_id: str) -> ResponseReturnValue:
    """One question: to whom it concerns, where it stands and what to do."""
    question = queries.get(public_id, actor())
    sees_asker = may_see_asker(actor(), question)
    lines = history.lines(journal.of([question]), [QUESTION])
    return render_template(
        "questions/show.html",
        question=question,
        tone=showing.TONES[question.state],
        sees_asker=sees_asker,
        lines=showing.lines_for(actor(), lines, sees_asker=sees_asker),
        buttons=moves(
            question,
            lambda name: url_for("questions.move", public_id=public_id, move=name),
            leave_out=["answered"],
            as_page=["declined", "removed"],
        ),
    )


@bp.route("/hoi-dap/cau/<public:public_id>/tra-loi", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def answer(public_id: str) -> ResponseReturnValue:
    """Answer for the owner, or record the owner's answer."""
    question = queries.get(public_id, actor())
    _may_now(question, may_answer, N_("Only the owner of the listing answers in its name."))
    form = AnswerForm()
    form.speak_for(question.listing.organisation)
    return handle(
        form,
        lambda: _answer_page(form, public_id, N_("Answer in public")),
        lambda: services.answer(actor(), public_id, form.answer.data, form.acting()),
        _after_answer(question),
        N_("Answered. Question and answer are public now; the asker is told."),
    )


@bp.route("/hoi-dap/cau/<public:public_id>/tra-loi-chinh-thuc", methods=["GET", "POST"])
@access(OFFICIALS)
def answer_officially(public_id: str) -> ResponseReturnValue:
    """Answer as an authority that decides about the listing."""
    question = queries.get(public_id, actor())
    _may_now(
        question,
        may_answer_officially,
        N_("Only officials who decide about the listing answer officially."),
    )
    form = OfficialAnswerForm()
    return handle(
        form,
        lambda: _answer_page(form, public_id, N_("Answer officially")),
        lambda: services.answer_officially(actor(), public_id, form.answer.data),
        lambda _question: url_for("questions.waiting"),
        N_("Answered. Question and answer are public now; the asker is told."),
    )


def _may_now(question: Question, rule: Callable[[Actor, Question], bool], why: str) -> None:
    """Refuse before anything is typed: who may not, and what has an answer already."""
    QUESTION.require(question, "answered", actor())
    if not rule(actor(), question):
        raise NotAllowed(why)


def _after_answer(question: Question) -> Callable[[Question], str]:
    """Back to where one answers: the listing one works on."""
    back = url_for("catalogue.own", public_id=question.listing.public_id)
    return lambda _question: f"{back}#hoi-dap"


def _answer_page(form: AnswerForm | OfficialAnswerForm, public_id: str, heading: str) -> str:
    return render_template(
        "questions/answer.html",
        form=form,
        question=queries.get(public_id, actor()),
        heading=heading,
        recorded=getattr(form, "recorded_for", None) is not None,
    )


@bp.route(
    "/hoi-dap/cau/<public:public_id>/<any('declined', 'removed'):move>", methods=["GET", "POST"]
)
@access(MEMBERS, uploads=True)
def move(public_id: str, move: str) -> ResponseReturnValue:
    """Decline to answer, or take a question off."""
    question = queries.get(public_id, actor())

    def act(form: MoveForm) -> Question:
        if move == "declined":
            return services.decline(actor(), public_id, acting=form.acting(), **form.why())
        return services.remove(actor(), public_id, **form.why())

    return move_page(
        question,
        move,
        act,
        title=question.listing.title,
        back=url_for("questions.show", public_id=public_id),
        said=SAID[move],
        speaks_for=_speaks_for(question, move),
    )


def _speaks_for(question: Question, move: str) -> Organisation | None:
    """Whose word a move carries; taking a question off is an official's own act."""
    return question.listing.organisation if move == "declined" else None


SAID = {
    "declined": N_("It stays without a public answer. The asker reads your reason."),
    "removed": N_("Taken off. The asker and the owner read your reason."),
}


# ------------------------------------------------------------ lists, and the last day


@bp.get("/toi/hoi-dap")
@access(MEMBERS)
def mine() -> ResponseReturnValue:
    """What my organisation asked."""
    page = _page(lambda offset, size: queries.asked_by(actor(), offset, size))
    return render_template(
        "questions/mine.html",
        page=page,
        tones=showing.TONES,
        url_for_page=lambda n: url_for("questions.mine", trang=n),
    )


@bp.get("/lam-viec/hoi-dap")
@access(OFFICIALS)
def waiting() -> ResponseReturnValue:
    """Questions without an answer in my pairs, the oldest first."""
    page = _page(lambda offset, size: queries.waiting(actor(), offset, size))
    return render_template(
        "questions/waiting.html",
        page=page,
        url_for_page=lambda n: url_for("questions.waiting", trang=n),
    )


@bp.route("/ban-hang/<public:public_id>/hoi-dap", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def set_date(public_id: str) -> ResponseReturnValue:
    """Set the last day on which a listing takes questions."""
    listing = _mine(public_id)
    chosen = queries.date_set(listing.id)
    form = DateForm(data={"until": chosen.until if chosen else None})
    form.speak_for(listing.organisation)
    back = url_for("catalogue.own", public_id=public_id)
    return handle(
        form,
        lambda: _date_page(form, public_id, back),
        lambda: services.set_date(actor(), public_id, form.until.data, form.acting()),
        lambda _listing: f"{back}#hoi-dap",
        N_("Saved."),
    )


def _mine(public_id: str) -> Listing:
    """A published listing the actor works on. Raises as the use case would."""
    listing = catalogue.get(public_id, actor())
    if not may_set_date(actor(), listing):
        raise NotAllowed(N_("Only this organisation, its cooperative or its locality may do this."))
    if listing.state is not ListingState.PUBLISHED:
        raise WrongState(N_("Only a published listing takes questions."))
    return listing


def _date_page(form: DateForm, public_id: str, back: str) -> str:
    listing = catalogue.get(public_id, actor())
    return render_template(
        "questions/set_date.html",
        form=form,
        listing=listing,
        back=back,
        period=showing.said_of(listing, queries.period(listing)),
    )


def init_app(app: Flask) -> None:
    """Register the pages, and the panels on a listing's pages."""
    app.register_blueprint(bp)
    LISTINGS.declare_harmless("question")
    panels.add(
        panels.Panel("questions", "page", "questions/_panel.html", showing.on_page, 60),
        panels.Panel("own questions", "own", "questions/_own_panel.html", showing.on_own_page, 20),
    )
