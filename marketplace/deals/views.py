"""The case page: a match and its deal in one, with every step the parties and officials take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history, papers
from marketplace.accounts import queries as accounts
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.accounts.rules import passes_contacts
from marketplace.catalogue.changes import LISTINGS
from marketplace.core import journal
from marketplace.core.actor import Actor
from marketplace.core.documents import WORD
from marketplace.core.errors import NotAllowed, NotFound
from marketplace.core.i18n import N_, Text
from marketplace.deals import panels, queries, rules, services, showing, wording
from marketplace.deals.forms import (
    AcceptForm,
    FigureForm,
    HandInForm,
    InstalmentForm,
    PaperForm,
    PartyForm,
    SignForm,
    StopForm,
    TermsForm,
)
from marketplace.deals.models import Agreement, Deal, Figure, Instalment, Ruling
from marketplace.deals.rules import AGREEMENT, DEAL, FIGURE, INSTALMENT, OUTCOME, RULING
from marketplace.interests.rules import INTEREST
from marketplace.matching.models import Match
from marketplace.matching.rules import MATCH, Answer
from marketplace.programme.rules import BOTH
from marketplace.promises import queries as promises
from marketplace.web import panels as talks
from marketplace.web.access import MEMBERS, OFFICIALS, access, actor
from marketplace.web.forms import Form, handle, send
from marketplace.web.navigation import Entry, buyer, member
from marketplace.web.pagination import PER_PAGE, Page, page_number

bp = Blueprint("deals", __name__)
ENTRIES: tuple[Entry, ...] = (
    Entry("deals.index", N_("Connections"), 36, member, "deal", tab_for=buyer),
)

WORKFLOWS = (INTEREST, MATCH, DEAL, AGREEMENT, RULING, INSTALMENT, OUTCOME, FIGURE)


@bp.route("/ket-noi")
@access(MEMBERS)
def index() -> ResponseReturnValue:
    """My matches and deals; an official's: those of the locality's pairs."""
    number = page_number(request.args.get("trang"))
    open_only = request.args.get("xem") != "tat-ca"
    rows, total = queries.cases(actor(), (number - 1) * PER_PAGE, PER_PAGE, open_only=open_only)
    page = Page(rows, number, total)
    if number > page.pages:
        raise NotFound
    return render_template(
        "deals/index.html",
        page=page,
        open_only=open_only,
        url_for_page=lambda n: url_for("deals.index", trang=n, xem=None if open_only else "tat-ca"),
        label_of=rules.label_of,
        is_late=rules.is_late,
        turn=showing.turn,
    )


@bp.route("/ket-noi/<public:public_id>")
@access(MEMBERS)
def case(public_id: str) -> ResponseReturnValue:
    """Everything about one case, and what the reader can do in it."""
    match, deal = queries.case(public_id, actor())
    entries = journal.of([*showing.records(match, deal), *panels.records(deal)])
    told = history.lines(entries, (*WORKFLOWS, *panels.workflows()))
    asked = {party.id for party in match.parties} if deal else set()
    return render_template(
        "deals/case.html",
        match=match,
        deal=deal,
        case=showing.shown(match, deal),
        words=showing.words(match, deal, entries, told),
        panels=panels.of(match, deal, actor()),
        kept_back={
            one.id
            for one in queries.in_contact(match, deal)
            if one.id not in asked and not passes_contacts(one)
        },
        history=showing.with_indicators(deal, entries, told),
        talks=talks.of("deals.case", public_id),
    )


# ---------------------------------------------------------------- moves


@bp.route(
    "/ket-noi/<public:public_id>/"
    "<any('consent', 'refuse', 'turn_key', 'object', 'reject', 'cancel'):move>",
    methods=["GET", "POST"],
)
@access(MEMBERS, uploads=True)
def match_move(public_id: str, move: str) -> ResponseReturnValue:
    """A move on a proposed match."""
    match = queries.case(public_id, actor())[0]
    return move_page(
        match,
        move,
        lambda form: MATCH_MOVES[move](actor(), public_id, form),
        title=match.listing.title,
        back=url_for("deals.case", public_id=public_id),
        said=SAID[move],
        speaks_for=showing.open_party(match) if move in {"consent", "refuse"} else None,
        panels=lambda: _before_answering(public_id, move),
    )


def _before_answering(public_id: str, move: str) -> Sequence[panels.Shown]:
    """What is decided about a match, read anew; before a yes also what the other side is like."""
    match = queries.case(public_id, actor())[0]
    decided = showing.what_is_decided(match, keys=match.keys_needed)
    return [decided, *(panels.of(match, None, actor(), "yes") if move == "consent" else ())]


def _decided(public_id: str, **about: Any) -> Sequence[panels.Shown]:
    """What is decided about a deal, read anew: a refusal has let go of all rows."""
    return [showing.what_is_decided(*queries.case(public_id, actor()), **about)]


def _say(answer: Answer) -> Callable[[Actor, str, MoveForm], Match]:
    return lambda someone, public_id, form: services.answer_match(
        someone, public_id, answer, acting=form.acting(), **form.why()
    )


def _break_off(action: str) -> Callable[[Actor, str, MoveForm], Match]:
    return lambda someone, public_id, form: services.break_off(
        someone, public_id, action, **form.why()
    )


MATCH_MOVES: dict[str, Callable[[Actor, str, MoveForm], Match]] = {
    "consent": _say(Answer.YES),
    "refuse": _say(Answer.NO),
    "turn_key": lambda someone, public_id, _form: services.turn_match_key(someone, public_id),
    "object": lambda someone, public_id, form: services.object_to_match(
        someone, public_id, **form.why()
    ),
    "reject": _break_off("reject"),
    "cancel": _break_off("cancel"),
}

SAID: dict[str, Text | str] = {
    "consent": N_("The yes has been recorded."),
    "refuse": N_("The no has been recorded, and the other side has been told why."),
    "turn_key": N_("The key of your locality has been turned."),
    "object": N_("You have objected. Both localities must turn their keys now."),
    "reject": N_("The match has been rejected. Both sides have been told why."),
    "cancel": N_("It has been called off. Both sides have been told why."),
    "start": N_("Delivery has begun."),
    "suspend": N_("Suspended. Its clocks stand still; all parties have been told."),
    "dispute": N_("The dispute is reported. The officials of both localities have been told."),
    "resume": N_("The deal goes on. The days it stood still do not count."),
    "propose_settlement": N_("Proposed. Both localities must turn their keys now."),
    "propose_end": N_("Proposed. Both localities must turn their keys now."),
    "complete": N_("The deal is completed. Its figures wait for verification."),
    "complete_partly": N_("The deal is over. Its figures wait for verification."),
}


@bp.route(
    "/ket-noi/<public:public_id>/thoa-thuan/"
    "<any('start', 'complete', 'complete_partly', 'cancel',"
    " 'propose_settlement', 'propose_end'):move>",
    methods=["GET", "POST"],
)
@access(MEMBERS, uploads=True)
def deal_move(public_id: str, move: str) -> ResponseReturnValue:
    """A move on a deal that needs a click or a reason."""
    deal = queries.deal_of(public_id, actor())
    return move_page(
        deal,
        move,
        lambda form: _move_deal(deal.public_id, move, form),
        title=deal.listing.title,
        back=url_for("deals.case", public_id=public_id),
        said=SAID[move],
        speaks_for=showing.recorded_word(deal, may_decide=True) if move == "cancel" else None,
        panels=lambda: _decided(public_id),
    )


def _move_deal(deal_id: str, move: str, form: MoveForm) -> Deal:
    if move == "start":
        return services.start(actor(), deal_id)
    if move == "cancel":
        return services.cancel(actor(), deal_id, **form.why(), acting=form.acting())
    if move in KINDS:
        return services.propose_ruling(actor(), deal_id, KINDS[move], **form.why()).deal
    return services.complete(actor(), deal_id, move, **form.why())


KINDS = {move: kind for kind, move in rules.PROPOSING.items()}


@bp.route(
    "/ket-noi/<public:public_id>/tam-dung/<any('suspend', 'dispute'):move>",
    methods=["GET", "POST"],
)
@access(MEMBERS, uploads=True)
def stop(public_id: str, move: str) -> ResponseReturnValue:
    """Stop the clocks: force majeure, or a dispute; for oneself or recorded."""
    deal = queries.deal_of(public_id, actor())
    _require(deal, move)
    deal_id, act = deal.public_id, services.suspend if move == "suspend" else services.dispute
    form = StopForm()
    form.reason.offer(DEAL.transitions[move].reasons.items())
    form.speak_for(showing.recorded_word(deal, may_decide=move == "suspend"))
    return handle(
        form,
        lambda: render_template(
            "deals/stop.html",
            form=form,
            deal=_anew(public_id),
            case_id=public_id,
            transition=DEAL.transitions[move],
        ),
        lambda: act(actor(), deal_id, **form.why(), acting=form.acting()),
        lambda _deal: url_for("deals.case", public_id=public_id),
        said=SAID[move],
    )


@bp.route(
    "/ket-noi/<public:public_id>/tiep-tuc/"
    "<any('resume_agreed', 'resume_signed', 'resume_active'):move>",
    methods=["GET", "POST"],
)
@access(MEMBERS, uploads=True)
def resume(public_id: str, move: str) -> ResponseReturnValue:
    """Go on with a suspended deal from where it was."""
    deal = queries.deal_of(public_id, actor())
    return move_page(
        deal,
        move,
        lambda form: services.resume(actor(), deal.public_id, acting=form.acting()),
        title=deal.listing.title,
        back=url_for("deals.case", public_id=public_id),
        said=SAID["resume"],
        speaks_for=showing.recorded_word(deal, may_decide=True),
        panels=lambda: _decided(public_id),
    )


@bp.route(
    "/ket-noi/<public:public_id>/de-xuat/<public:ruling_id>/<any('turn_key', 'drop'):move>",
    methods=["GET", "POST"],
)
@access(OFFICIALS)
def ruling_move(public_id: str, ruling_id: str, move: str) -> ResponseReturnValue:
    """Turn a key on what is proposed for a deal in trouble, or put it aside."""
    deal = queries.deal_of(public_id, actor())
    found = _ruling(deal, ruling_id)

    def act(form: MoveForm) -> Ruling:
        if move == "turn_key":
            return services.turn_ruling_key(actor(), ruling_id)
        return services.drop_ruling(actor(), ruling_id, **form.why())

    return move_page(
        found,
        move,
        act,
        title=deal.listing.title,
        back=url_for("deals.case", public_id=public_id),
        said=N_("The key of your locality has been turned.")
        if move == "turn_key"
        else N_("Put aside. The deal stays as it is."),
        panels=lambda: _decided(public_id, keys=BOTH, ruling=_ruling(_anew(public_id), ruling_id)),
    )


def _ruling(deal: Deal, ruling_id: str) -> Ruling:
    """A ruling of this very deal. Raises NotFound."""
    found = next((r for r in deal.rulings if r.public_id == ruling_id), None)
    if found is None:
        raise NotFound
    return found


# ---------------------------------------------------------------- offers


def _anew(public_id: str) -> Deal:
    """The deal as it stands now: a refusal has ended the transaction it was read in."""
    return queries.deal_of(public_id, actor())


def _require(deal: Deal, move: str) -> None:
    """Turn someone away before showing a page for a move they cannot make; gaps may remain."""
    if request.method == "GET" and move not in {m.transition.name for m in _open(deal)}:
        DEAL.require(deal, move, actor())
        raise NotAllowed(N_("This step is not yours to take."))


def _open(deal: Deal) -> Sequence[Any]:
    return DEAL.available(deal, actor())


@bp.route("/ket-noi/<public:public_id>/thoa-thuan", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def terms(public_id: str) -> ResponseReturnValue:
    """Make an offer or a counter-offer, beginning from the one on the table."""
    deal = queries.deal_of(public_id, actor())
    _require(deal, "set_terms")
    deal_id, offer = deal.public_id, deal.offer
    now = {name: getattr(offer, name) for name in services.OFFERED}
    form = TermsForm(data=now | {"version": offer.number}).about(deal)
    form.speak_for(showing.word([p.organisation for p in deal.principals]))
    form.latest = lambda: queries.get(deal_id, actor()).offer.number
    return handle(
        form,
        lambda: render_template(
            "deals/terms.html",
            form=form,
            deal=_anew(public_id),
            case_id=public_id,
            panels=panels.before_yes(_anew(public_id), actor()),
        ),
        lambda: services.set_terms(
            actor(), deal_id, form.values(), acting=form.acting(), accepts=True
        ),
        lambda _deal: url_for("deals.case", public_id=public_id, _anchor="thoa-thuan"),
        said=N_("Your offer is on the table. The other side reads it now."),
    )


@bp.route("/ket-noi/<public:public_id>/dong-y", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def accept(public_id: str) -> ResponseReturnValue:
    """Agree to the terms, for oneself or recorded."""
    deal = queries.deal_of(public_id, actor())
    if request.method == "GET":
        DEAL.require(deal, "accept_terms", actor())
    deal_id = deal.public_id
    form = AcceptForm(data={"version": deal.offer.number})
    form.speak_for(showing.word([p.organisation for p in deal.principals if p.agreed_at is None]))
    form.latest = lambda: queries.get(deal_id, actor()).offer.number
    return handle(
        form,
        lambda: render_template(
            "deals/accept.html",
            form=form,
            deal=_anew(public_id),
            case_id=public_id,
            panels=panels.before_yes(_anew(public_id), actor()),
        ),
        lambda: services.accept_terms(
            actor(), deal_id, number=form.version.data, acting=form.acting()
        ),
        lambda _deal: url_for("deals.case", public_id=public_id),
        said=N_("The offer is accepted."),
    )


# ---------------------------------------------------------------- papers and signing


@bp.route("/ket-noi/<public:public_id>/van-ban", methods=["GET", "POST"])
@access(MEMBERS)
def draw_up(public_id: str) -> ResponseReturnValue:
    """Choose the paper the parties sign."""
    deal = queries.deal_of(public_id, actor())
    agreement = deal.agreement
    if request.method == "GET":
        rules.require_drawing_up(actor(), deal)
    now = {"kind": agreement.kind, "linkage_form": agreement.linkage_form} if agreement else {}
    form = PaperForm(data=now).about(deal)
    return handle(
        form,
        lambda: render_template(
            "deals/draw_up.html", form=form, deal=_anew(public_id), case_id=public_id
        ),
        lambda: services.draw_up(
            actor(), deal.public_id, form.kind.data, form.typed("linkage_form")
        ),
        lambda _agreement: url_for("deals.case", public_id=public_id, _anchor="van-ban"),
        said=N_("The paper is drawn up. Download it, read every line, then sign."),
    )


def _agreement(public_id: str) -> Agreement:
    """The paper drawn up for a case. Raises NotFound while there is none."""
    agreement = queries.deal_of(public_id, actor()).agreement
    if agreement is None:
        raise NotFound
    return agreement


@bp.route("/ket-noi/<public:public_id>/van-ban.docx")
@access(MEMBERS)
def agreement_file(public_id: str) -> ResponseReturnValue:
    """The paper as an editable Word file, made from the deal as it stands."""
    agreement = _agreement(public_id)
    return send(
        wording.written(agreement),
        WORD,
        name=f"{agreement.kind.value}-{public_id}.docx",
        attachment=True,
    )


@bp.route("/ket-noi/<public:public_id>/van-ban/ban-ky", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def hand_in(public_id: str) -> ResponseReturnValue:
    """Hand in a signed copy, for oneself or recorded."""
    agreement = _agreement(public_id)
    if request.method == "GET":
        AGREEMENT.require(agreement, "hand_in", actor())
    deal_id = agreement.deal.public_id
    form = HandInForm().speak_for(showing.word(rules.handed_in_by(actor(), agreement)))
    is_better = not rules.missing_from(actor(), agreement)
    return handle(
        form,
        lambda: render_template(
            "deals/hand_in.html",
            form=form,
            deal=_anew(public_id),
            case_id=public_id,
            is_better=is_better,
        ),
        lambda: services.hand_in(actor(), deal_id, form.values(), acting=form.acting()),
        lambda _agreement: url_for("deals.case", public_id=public_id, _anchor="van-ban"),
        said=N_("The signed copy is kept. The other parties have been told."),
    )


@bp.route(
    "/ket-noi/<public:public_id>/van-ban/<any('hold', 'release'):move>", methods=["GET", "POST"]
)
@access(OFFICIALS)
def paper_move(public_id: str, move: str) -> ResponseReturnValue:
    """Put a paper that is being signed on hold, or release it."""
    agreement = _agreement(public_id)
    deal = agreement.deal
    return move_page(
        agreement,
        move,
        lambda form: services.hold_paper(actor(), deal.public_id, move, **form.why()),
        title=deal.listing.title,
        back=url_for("deals.case", public_id=public_id, _anchor="van-ban"),
        said=N_("The paper is on hold. The parties have been told why.")
        if move == "hold"
        else N_("Released. Signing goes on."),
        panels=lambda: _decided(public_id),
    )


@bp.route("/ket-noi/<public:public_id>/ky", methods=["GET", "POST"])
@access(OFFICIALS, uploads=True)
def sign(public_id: str) -> ResponseReturnValue:
    """Record the signing with its day and paper."""
    deal = queries.deal_of(public_id, actor())
    _require(deal, "sign")
    copies = deal.agreement.signatures if deal.agreement else []
    signed_on = deal.signed_on or max((copy.signed_on for copy in copies), default=None)
    form = SignForm(data={"signed_on": signed_on, "paper_number": deal.paper_number})
    return handle(
        form,
        lambda: render_template(
            "deals/sign.html", form=form, deal=_anew(public_id), case_id=public_id
        ),
        lambda: services.sign(actor(), deal.public_id, **form.values()),
        lambda _deal: url_for("deals.case", public_id=public_id),
        said=N_("The signing has been recorded."),
    )


@bp.route("/ket-noi/<public:public_id>/ben-tham-gia", methods=["GET", "POST"])
@access(OFFICIALS)
def add_party(public_id: str) -> ResponseReturnValue:
    """Bring in a further party before the terms are agreed, or take one out again (?bo=…)."""
    deal = queries.deal_of(public_id, actor())
    _require(deal, "set_terms")
    if "bo" in request.args:
        return _take_out(public_id, request.args["bo"])
    form = PartyForm().about(
        deal, accounts.verified_in(*deal.pair.locality_ids, with_authorities=True)
    )
    return handle(
        form,
        lambda: render_template(
            "deals/party.html", form=form, deal=_anew(public_id), case_id=public_id
        ),
        lambda: services.add_party(actor(), deal.public_id, form.organisation.data, form.role.data),
        lambda _deal: url_for("deals.case", public_id=public_id),
        said=N_("The party has joined. Everyone must agree to the terms again."),
    )


def _take_out(public_id: str, organisation_id: str) -> ResponseReturnValue:
    """Take out a party that was brought in by mistake."""
    deal = queries.deal_of(public_id, actor())
    party = next((p for p in deal.parties if p.organisation.public_id == organisation_id), None)
    if party is None or not rules.may_take_out(actor(), party):
        raise NotFound
    form, name = Form(), party.organisation.name
    return handle(
        form,
        lambda: render_template(
            "deals/party_out.html",
            form=form,
            deal=_anew(public_id),
            case_id=public_id,
            name=name,
            party_id=organisation_id,
        ),
        lambda: services.remove_party(actor(), deal.public_id, organisation_id),
        lambda _deal: url_for("deals.case", public_id=public_id),
        said=N_("The party is out. Everyone must agree to the terms again."),
    )


# ---------------------------------------------------------------- instalments


@bp.route("/ket-noi/<public:public_id>/dot", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def enter(public_id: str) -> ResponseReturnValue:
    """Enter a delivery or payment."""
    deal = queries.deal_of(public_id, actor())
    rules.require_entry(actor(), deal)
    form = InstalmentForm().about(deal)
    form.speak_for(showing.word([p.organisation for p in deal.principals]))
    return handle(
        form,
        lambda: render_template(
            "deals/instalment.html",
            form=form,
            deal=_anew(public_id),
            case_id=public_id,
            instalment=None,
        ),
        lambda: services.enter_instalment(
            actor(), deal.public_id, form.values(), acting=form.acting()
        ),
        lambda _instalment: url_for("deals.case", public_id=public_id, _anchor="dot"),
        said=N_("Entered. It counts once the other side has confirmed it."),
    )


def _instalment(public_id: str, instalment_id: str) -> Instalment:
    """An instalment of this very case. Raises NotFound."""
    deal = queries.deal_of(public_id, actor())
    found = [i for i in deal.instalments if i.public_id == instalment_id]
    if not found:
        raise NotFound
    return found[0]


@bp.route(
    "/ket-noi/<public:public_id>/dot/<public:instalment_id>/<any('confirm', 'withdraw'):move>",
    methods=["GET", "POST"],
)
@access(MEMBERS, uploads=True)
def instalment_move(public_id: str, instalment_id: str, move: str) -> ResponseReturnValue:
    """Confirm the other side's figures, or take one's own back."""
    instalment = _instalment(public_id, instalment_id)
    confirms = move == "confirm"

    def act(form: MoveForm) -> Instalment:
        if confirms:
            return services.confirm_instalment(
                actor(), instalment_id, form.version.data, acting=form.acting()
            )
        return services.withdraw_instalment(actor(), instalment_id, acting=form.acting())

    return move_page(
        instalment,
        move,
        act,
        title=instalment.deal.listing.title,
        back=url_for("deals.case", public_id=public_id, _anchor="dot"),
        said=N_("Confirmed. It counts now.") if confirms else N_("Taken back. It does not count."),
        speaks_for=showing.confirmer(instalment) if confirms else instalment.stated_for,
        panels=lambda: _decided(public_id, instalment=_instalment(public_id, instalment_id)),
    )


@bp.route("/ket-noi/<public:public_id>/dot/<public:instalment_id>/sua", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def correct(public_id: str, instalment_id: str) -> ResponseReturnValue:
    """State what really arrived; the first side confirms that then."""
    instalment = _instalment(public_id, instalment_id)
    if request.method == "GET":
        INSTALMENT.require(instalment, "correct", actor())
    deal = instalment.deal
    form = InstalmentForm(
        data={
            "happened_on": instalment.happened_on,
            "quantity": instalment.accepted,
            "downgraded": instalment.downgraded,
            "downgraded_price": instalment.downgraded_price,
            "rejected": instalment.rejected,
            "goods_reason": instalment.goods_reason,
            "value": showing.typed_value(instalment),
            "instalment_note": instalment.note,
            "version": instalment.version,
        }
    ).about(deal)
    form.speak_for(showing.confirmer(instalment))
    form.latest = lambda: queries.instalment(instalment_id, actor()).version
    return handle(
        form,
        lambda: render_template(
            "deals/instalment.html",
            form=form,
            deal=_anew(public_id),
            case_id=public_id,
            instalment=_instalment(public_id, instalment_id),
        ),
        lambda: services.correct_instalment(
            actor(), instalment_id, form.values(), acting=form.acting()
        ),
        lambda _instalment: url_for("deals.case", public_id=public_id, _anchor="dot"),
        said=N_("Corrected. It counts once the other side has confirmed your figures."),
    )


# ---------------------------------------------------------------- figures


def _figure(public_id: str, figure_id: str) -> Figure:
    """A figure of this very case. Raises NotFound."""
    figure = queries.figure(figure_id, actor())
    if figure.outcome.deal.match.public_id != public_id:
        raise NotFound
    return figure


def _after_figures(public_id: str) -> str:
    """Back to the desk's list when that is where the reader came from, else to the case."""
    if request.values.get("next") == "so-lieu":
        return "/lam-viec/so-lieu"
    return url_for("deals.case", public_id=public_id, _anchor="so-lieu")


@bp.route(
    "/ket-noi/<public:public_id>/so-lieu/<public:figure_id>/<any('verify', 'return'):move>",
    methods=["GET", "POST"],
)
@access(OFFICIALS)
def figure_move(public_id: str, figure_id: str, move: str) -> ResponseReturnValue:
    """Verify or return a figure."""
    figure = _figure(public_id, figure_id)
    return move_page(
        figure,
        move,
        lambda form: services.move_figure(actor(), figure_id, move, **form.why()),
        title=figure.outcome.deal.listing.title,
        back=_after_figures(public_id),
        said=N_("Verified. The figure counts in public now.")
        if move == "verify"
        else N_("Returned. Whoever entered it has been told why."),
        panels=lambda: _decided(public_id, figure=_figure(public_id, figure_id)),
    )


@bp.route("/ket-noi/<public:public_id>/so-lieu/xac-minh", methods=["GET", "POST"])
@access(OFFICIALS)
def verify_figures(public_id: str) -> ResponseReturnValue:
    """Verify all figures of the deal that wait, at once or not at all."""
    deal = queries.deal_of(public_id, actor())
    if request.method == "GET":
        for figure in rules.waiting_figures(deal):
            FIGURE.require(figure, "verify", actor())
    form = Form()
    return handle(
        form,
        lambda: render_template(
            "deals/verify.html",
            form=form,
            deal=_anew(public_id),
            figures=rules.waiting_figures(_anew(public_id)),
            indicators=rules.INDICATOR_LABELS,
            back=_after_figures(public_id),
        ),
        lambda: services.verify_figures(actor(), deal.public_id),
        lambda _count: _after_figures(public_id),
        said=N_("Verified. The figures count in public now."),
    )


@bp.route("/ket-noi/<public:public_id>/so-lieu/<public:figure_id>/sua", methods=["GET", "POST"])
@access(OFFICIALS)
def correct_figure(public_id: str, figure_id: str) -> ResponseReturnValue:
    """Write a returned figure anew and send it again."""
    figure = _figure(public_id, figure_id)
    if request.method == "GET":
        FIGURE.require(figure, "submit", actor())
    form, label = FigureForm().about(figure), rules.INDICATOR_LABELS[figure.indicator]
    return handle(
        form,
        lambda: render_template(
            "deals/figure.html",
            form=form,
            figure=_figure(public_id, figure_id),
            label=label,
            back=_after_figures(public_id),
        ),
        lambda: services.correct_figure(actor(), figure_id, form.corrected(), form.note.data),
        lambda _figure: _after_figures(public_id),
        said=N_("Sent for verification again."),
    )


# ---------------------------------------------------------------- papers


@bp.route("/ket-noi/<public:public_id>/giay/<public:file_id>")
@access(MEMBERS)
def paper(public_id: str, file_id: str) -> ResponseReturnValue:
    """A paper of the case, for those who see the case."""
    match, deal = queries.case(public_id, actor())
    found = {file.public_id: file for file in showing.papers(match, deal)}.get(file_id)
    if found is None:
        raise NotFound
    return papers.sent(found)


def _promises(match: Match, deal: Deal | None, reader: Actor) -> Mapping[str, Any] | None:
    """Who promised what about this case, kept or not."""
    parties = {match.seller_id, match.buyer_id}
    parties |= {party.organisation_id for party in deal.parties} if deal is not None else set()
    found = promises.about_case(match.public_id, match.interest_id, parties, reader)
    return {"promises": found} if found else None


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    panels.add(panels.Panel("promises", "case", "deals/_promises.html", _promises, 20))
    LISTINGS.declare("deal", queries.listings_of)
    LISTINGS.declare("instalment", queries.listings_of_instalments)
    LISTINGS.declare_harmless("outcome", "figure", "agreement")
