"""Pages of choosing among several: the officials' comparison, and each applicant's own part."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.catalogue import applications, panels
from marketplace.catalogue.changes import LISTINGS
from marketplace.catalogue.panels import Panel
from marketplace.choosing import queries, records, services, showing
from marketplace.choosing.forms import (
    AnswerForm,
    AskForm,
    DeclareForm,
    OpenForm,
    ResultForm,
    ScoreForm,
)
from marketplace.choosing.models import Applicant, Selection
from marketplace.choosing.rules import (
    SELECTION,
    may_answer,
    may_ask,
    may_see,
    require_open_points,
)
from marketplace.core import journal
from marketplace.core.actor import Actor
from marketplace.core.documents import WORD
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.i18n import N_
from marketplace.interests import queries as interests
from marketplace.matching import queries as matching
from marketplace.web.access import MEMBERS, OFFICIALS, access, actor
from marketplace.web.forms import handle, send
from marketplace.web.locale import in_language
from marketplace.web.navigation import CASES, Entry, officer

bp = Blueprint("choosing", __name__)
ENTRIES: tuple[Entry, ...] = (Entry("choosing.index", N_("Selections"), 37, officer, office=CASES),)


def _url(selection: Selection) -> str:
    return url_for("choosing.show", public_id=selection.public_id)


@bp.get("/lam-viec/lua-chon")
@access(OFFICIALS)
def index() -> ResponseReturnValue:
    """The selections of my pairs, and the opportunities that several want."""
    return render_template(
        "choosing/index.html",
        selections=[(one, SELECTION.label_of(one)) for one in queries.visible(actor())],
        tones=showing.TONES,
        could_open=[(one, queries.count_live(one)) for one in queries.could_open(actor())],
    )


@bp.route("/lam-viec/co-hoi/<public:public_id>/lua-chon", methods=["GET", "POST"])
@access(OFFICIALS)
def open_(public_id: str) -> ResponseReturnValue:
    """Open a selection, or read why it cannot be opened yet."""
    listing = queries.opportunity(public_id, actor())
    form = OpenForm().about(listing)
    return handle(
        form,
        lambda: _open_page(form, public_id),
        lambda: services.open_selection(actor(), public_id, **form.values()),
        _url,
        N_("The selection is open. Everyone who wants the opportunity has been told."),
    )


def _open_page(form: OpenForm, public_id: str) -> str:
    listing = queries.opportunity(public_id, actor())
    return render_template(
        "choosing/open.html",
        form=form,
        listing=listing,
        criteria=[(one.name, one.weight) for one in listing.criteria],
        count=queries.count_live(listing),
        missing=queries.why_not_open(listing),
        back=url_for("catalogue.own", public_id=public_id),
    )


@bp.get("/lua-chon/<public:public_id>")
@access(MEMBERS)
def show(public_id: str) -> ResponseReturnValue:
    """The comparison, to officials; to an applicant its own part of it."""
    selection = queries.get(public_id, actor())
    if not may_see(actor(), selection):
        return render_template(
            "choosing/applicant.html", selection=selection, view=showing.applicant_view(selection)
        )
    about: list[journal.Recorded] = [selection, *selection.applicants]
    return render_template(
        "choosing/show.html",
        selection=selection,
        waiting=[] if selection.applicants else queries.interests_in(selection),
        view=showing.office(selection),
        history=history.lines(journal.of(about), [SELECTION]),
    )


def _official(public_id: str) -> Selection:
    """A selection, to officials of its pair. Raises NotFound."""
    return queries.get(public_id, actor())


SAID = {
    "begin": N_("Applications are closed. Each decider declares their interests first."),
    "void": N_("The selection is called off. Everyone has been told why."),
    "turn_key": N_("The key of your locality has been turned."),
    "send_back": N_("The result is sent back with your reason."),
}
MOVES: dict[str, Callable[[Actor, str, MoveForm], Selection]] = {
    "begin": lambda someone, public_id, _form: services.begin(someone, public_id),
    "void": lambda someone, public_id, form: services.call_off(someone, public_id, **form.why()),
    "turn_key": lambda someone, public_id, _form: services.turn_key(someone, public_id),
    "send_back": lambda someone, public_id, form: services.send_back(
        someone, public_id, **form.why()
    ),
}


@bp.route(
    "/lua-chon/<public:public_id>/<any('begin', 'void', 'turn_key', 'send_back'):move>",
    methods=["GET", "POST"],
)
@access(OFFICIALS)
def move(public_id: str, move: str) -> ResponseReturnValue:
    """A move that needs a click or a reason."""
    selection = _official(public_id)
    return move_page(
        selection,
        move,
        lambda form: MOVES[move](actor(), public_id, form),
        title=selection.listing.title,
        back=_url(selection),
        said=SAID[move],
    )


@bp.route("/lua-chon/<public:public_id>/cam-ket", methods=["GET", "POST"])
@access(OFFICIALS)
def declare(public_id: str) -> ResponseReturnValue:
    """Declare no conflict of interest, or one."""
    _require(public_id, "declare")
    form = DeclareForm()
    return handle(
        form,
        lambda: render_template("choosing/declare.html", form=form, selection=_official(public_id)),
        lambda: services.declare(actor(), public_id, **form.values()),
        _url,
        N_("Your declaration is on record."),
    )


def _require(public_id: str, move: str) -> None:
    """Turn away whoever may not make this move, before showing its page."""
    if request.method == "GET":
        SELECTION.require(_official(public_id), move, actor())


@bp.route("/lua-chon/<public:public_id>/cham/<public:applicant_id>", methods=["GET", "POST"])
@access(OFFICIALS)
def score(public_id: str, applicant_id: str) -> ResponseReturnValue:
    """Give one applicant points and a sentence on every criterion."""
    _require(public_id, "score")
    selection = _official(public_id)
    if request.method == "GET":
        require_open_points(actor(), selection)
    applicant = queries.applicant(selection, applicant_id)
    me = actor().user_id
    given = [s for s in selection.scores if (s.applicant_id, s.user_id) == (applicant.id, me)]
    form = ScoreForm().about(selection.criteria, given)
    return handle(
        form,
        lambda: _score_page(form, public_id, applicant_id),
        lambda: services.score(actor(), public_id, applicant_id, form.given()),
        _url,
        N_("Your points are kept. Nobody else sees them until their own are complete."),
    )


def _score_page(form: ScoreForm, public_id: str, applicant_id: str) -> str:
    selection = _official(public_id)
    applicant = queries.applicant(selection, applicant_id)
    return render_template(
        "choosing/score.html", form=form, selection=selection, applicant=applicant
    )


@bp.route("/lua-chon/<public:public_id>/ket-qua", methods=["GET", "POST"])
@access(OFFICIALS)
def propose(public_id: str) -> ResponseReturnValue:
    """Propose whom to choose, with the reasons."""
    _require(public_id, "propose")
    form = ResultForm().about(_official(public_id).running)
    return handle(
        form,
        lambda: _result_page(form, public_id),
        lambda: services.propose_result(actor(), public_id, form.values()),
        _url,
        N_("The result is proposed. A decider of each locality turns the key now, not you."),
    )


def _result_page(form: ResultForm, public_id: str) -> str:
    selection = _official(public_id)
    return render_template(
        "choosing/result.html", form=form, selection=selection, view=showing.office(selection)
    )


# ------------------------------------------------------------ the record


def _over(public_id: str) -> Selection:
    """A selection that was compared and has ended. Raises NotFound before."""
    selection = _official(public_id)
    if selection.is_live or selection.begun_at is None:
        raise NotFound
    return selection


@bp.get("/lua-chon/<public:public_id>/bien-ban")
@access(OFFICIALS)
def record(public_id: str) -> ResponseReturnValue:
    """The record of the decision on A4."""
    selection = _over(public_id)
    return render_template(
        "choosing/record.html",
        selection=selection,
        record=records.of(selection, matching.of_interest(_chosen_interest(selection))),
        pair=selection.pair,
        back_url=_url(selection),
    )


def _chosen_interest(selection: Selection) -> int | None:
    return selection.chosen.interest_id if selection.chosen else None


@bp.get("/lua-chon/<public:public_id>/bien-ban.docx")
@access(OFFICIALS)
def record_word(public_id: str) -> ResponseReturnValue:
    """The same as a Word file to edit; number and place of signing are left open."""
    selection = _over(public_id)
    found = records.of(selection, matching.of_interest(_chosen_interest(selection)))
    with in_language("vi"):  # an official paper is in Vietnamese, whoever asks for it
        content = records.word(found)
    return send(content, WORD, name=f"bien-ban-{public_id}.docx", attachment=True)


# ------------------------------------------------------------ asking afterwards


@bp.route("/lua-chon/<public:public_id>/hoi", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def ask(public_id: str) -> ResponseReturnValue:
    """An applicant asks about the reasons."""
    selection = queries.get(public_id, actor())
    mine = queries.own(selection, actor())
    if mine is None or (request.method == "GET" and not may_ask(actor(), mine)):
        raise NotAllowed(
            N_("Who was not chosen may ask once, within 5 working days of the result.")
        )
    applicant_id, form = mine.public_id, AskForm()
    form.speak_for(mine.interest.organisation)
    return handle(
        form,
        lambda: render_template(
            "choosing/ask.html", form=form, selection=queries.get(public_id, actor())
        ),
        lambda: services.ask(
            actor(), public_id, applicant_id, form.question.data, acting=form.acting()
        ),
        lambda _applicant: _url(queries.get(public_id, actor())),
        N_("Your question was sent. An official answers it."),
    )


@bp.route("/lua-chon/<public:public_id>/hoi/<public:applicant_id>", methods=["GET", "POST"])
@access(OFFICIALS)
def answer(public_id: str, applicant_id: str) -> ResponseReturnValue:
    """Answer what an applicant asked."""
    asked = _asked(public_id, applicant_id)
    if request.method == "GET" and not may_answer(actor(), asked):
        raise NotAllowed(N_("Only an official of the owning locality answers, once."))
    form = AnswerForm()
    return handle(
        form,
        lambda: render_template(
            "choosing/answer.html",
            form=form,
            selection=_official(public_id),
            applicant=_asked(public_id, applicant_id),
        ),
        lambda: services.answer(actor(), public_id, applicant_id, form.answer.data),
        lambda _applicant: _url(_official(public_id)),
        N_("The answer was sent."),
    )


def _asked(public_id: str, applicant_id: str) -> Applicant:
    applicant = queries.applicant(_official(public_id), applicant_id)
    if applicant.asked is None:
        raise NotFound
    return applicant


PANELS = (
    Panel("choosing-page", "page", "choosing/_panel.html", showing.on_page, 40),
    Panel("choosing-own", "own", "choosing/_panel.html", showing.on_own_page, 5),
    Panel("choosing-interest", "interest", "choosing/_panel.html", showing.on_page, 40),
)


def init_app(app: Flask) -> None:
    """Register the pages and what stands on those of opportunities and interests."""
    app.register_blueprint(bp)
    app.jinja_env.filters["tenths"] = showing.tenths
    panels.add(*PANELS)
    interests.also_holds(queries.why_held)
    applications.also_closes(queries.APPLICATIONS)
    LISTINGS.declare("selection", queries.listings_of)
    LISTINGS.declare_harmless("applicant")
