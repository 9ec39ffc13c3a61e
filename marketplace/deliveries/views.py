"""Pages of deliveries: the schedule, orders, parcels and their codes, money, the sales book."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import panels as sections
from marketplace.accounts import queries as accounts
from marketplace.accounts.moves import ActingForm, MoveForm, move_page
from marketplace.accounts.rules import may_speak_for
from marketplace.catalogue.changes import LISTINGS
from marketplace.core.actor import Actor
from marketplace.core.errors import NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.deals import entering, panels
from marketplace.deals import queries as deals
from marketplace.deals.forms import InstalmentForm
from marketplace.deals.models import Deal, Instalment
from marketplace.deals.panels import Panel
from marketplace.deals.rules import DealState
from marketplace.deliveries import queries, rules, services, showing
from marketplace.deliveries.forms import CallForm, DispatchForm, LessForm, PaymentForm, PlanForm
from marketplace.deliveries.rules import CALL_OFF, DISPATCH, PLANNING
from marketplace.interests.models import Interest
from marketplace.spreadsheets.workbook import XLSX
from marketplace.web import panels as around
from marketplace.web import qr
from marketplace.web.access import MEMBERS, access, actor
from marketplace.web.forms import handle, send
from marketplace.web.navigation import Entry, producer

bp = Blueprint("deliveries", __name__)
ENTRIES: tuple[Entry, ...] = (
    Entry("deliveries.own_book", N_("Sales book"), 37, producer, in_top=False, in_account=True),
)
FIRST_YEAR, LAST_YEAR = 2000, 2100


def _case(deal: Deal, anchor: str = "giao-hang") -> str:
    """The page of a deal's case."""
    return url_for("deals.case", public_id=deal.match.public_id, _anchor=anchor)


def _require(allowed: Callable[[Actor, Any], bool], now: bool, subject: Any) -> None:  # noqa: FBT001
    """Turn someone away before showing a page: 403 for whom it is not, 409 when not now."""
    if not allowed(actor(), subject):
        deal = subject if isinstance(subject, Deal) else subject.deal
        raise NotAllowed(rules.why_not_yours(actor(), deal))
    if not now:
        raise WrongState(N_("This is done while the deal is under way."))


# ---------------------------------------------------------------- the schedule


@bp.route("/ket-noi/<public:public_id>/ke-hoach", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def plan(public_id: str) -> ResponseReturnValue:
    """Plan a delivery or milestone."""
    deal = deals.deal_of(public_id, actor())
    _require(rules.may_plan, deal.state in PLANNING, deal)
    form, deal_id, back = PlanForm().about(deal), deal.public_id, _case(deal)
    form.speak_for(showing.planned_for(deal))
    return handle(
        form,
        lambda: render_template("deliveries/plan.html", form=form, back=back, **_about(public_id)),
        lambda: services.plan(actor(), deal_id, form.values(), acting=form.acting()),
        lambda _planned: back,
        said=N_("Planned. Both sides see it."),
    )


def _about(public_id: str) -> dict[str, Any]:
    """A deal as it stands now, and what its contract leaves: a refusal let go of the rows."""
    deal = deals.deal_of(public_id, actor())
    left = rules.contract_left(deal, queries.plans(deal), queries.calls(deal))
    return {"deal": deal, "left": None if left is None else max(0, left)}


@bp.route("/ke-hoach/<public:public_id>/<any('meet', 'drop'):move>", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def plan_move(public_id: str, move: str) -> ResponseReturnValue:
    """Mark a planned delivery as done, or leave it out."""
    planned = queries.planned(public_id, actor())
    return move_page(
        planned,
        move,
        lambda form: services.move_plan(
            actor(), public_id, move, acting=form.acting(), **form.why()
        ),
        title=planned.deal.listing.title,
        back=_case(planned.deal),
        said=N_("Marked as done.") if move == "meet" else N_("Left out. The other side reads why."),
        speaks_for=showing.planned_for(planned.deal),
    )


# ---------------------------------------------------------------- calling off


@bp.route("/ket-noi/<public:public_id>/goi-hang", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def call_off(public_id: str) -> ResponseReturnValue:
    """Order for a day on a contract."""
    deal = deals.deal_of(public_id, actor())
    _require(rules.may_call_off, deal.state is DealState.ACTIVE, deal)
    form, deal_id, back = CallForm(), deal.public_id, _case(deal)
    form.speak_for(showing.word(rules.buyers(deal)))
    return handle(
        form,
        lambda: render_template(
            "deliveries/call_off.html", form=form, back=back, **_about(public_id)
        ),
        lambda: services.call_off(actor(), deal_id, form.values(), acting=form.acting()),
        lambda _call: back,
        said=N_("Ordered. The producer answers: all of it, less, or none."),
    )


@bp.route("/ket-noi/<public:public_id>/goi-hang/nhu-lan-truoc", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def repeat(public_id: str) -> ResponseReturnValue:
    """Order again what was ordered last, for the same day of the week."""
    deal = deals.deal_of(public_id, actor())
    buyer = showing.word(rules.buyers(deal))
    last = queries.last_call(deal, buyer)
    _require(rules.may_call_off, deal.state is DealState.ACTIVE and last is not None, deal)
    deal_id, back, form = deal.public_id, _case(deal), ActingForm()
    form.speak_for(buyer)
    return handle(
        form,
        lambda: render_template(
            "deliveries/repeat.html", form=form, back=back, **_repeated(public_id)
        ),
        lambda: services.repeat_call(actor(), deal_id, acting=form.acting()),
        lambda _call: back,
        said=N_("Ordered again as last time. The producer answers: all of it, less, or none."),
    )


def _repeated(public_id: str) -> dict[str, Any]:
    about = _about(public_id)
    last = queries.last_call(about["deal"], showing.word(rules.buyers(about["deal"])))
    return about | {"last": last, "day": services.next_week(last) if last else None}


@bp.route("/goi-hang/<public:public_id>")
@access(MEMBERS)
def call(public_id: str) -> ResponseReturnValue:
    """An order, and the producer's answer in one tap."""
    found = queries.call(public_id, actor())
    return render_template(
        "deliveries/call.html",
        call=found,
        deal=found.deal,
        label=rules.call_label(found),
        tone=showing.call_tone(found),
        moves=showing.call_moves(found),
        back=_case(found.deal),
    )


@bp.route(
    "/goi-hang/<public:public_id>/<any('promise', 'refuse', 'withdraw'):move>",
    methods=["GET", "POST"],
)
@access(MEMBERS, uploads=True)
def call_move(public_id: str, move: str) -> ResponseReturnValue:
    """All of it, none of it, or the order taken back."""
    found = queries.call(public_id, actor())
    sellers = showing.word(rules.sellers(found.deal))
    return move_page(
        found,
        move,
        lambda form: CALL_MOVES[move](public_id, form),
        title=found.deal.listing.title,
        back=url_for("deliveries.call", public_id=public_id),
        said=CALL_SAID[move],
        speaks_for=found.organisation if move == "withdraw" else sellers,
    )


CALL_MOVES: dict[str, Callable[[str, MoveForm], object]] = {
    "promise": lambda code, form: services.promise(actor(), code, acting=form.acting()),
    "refuse": lambda code, form: services.refuse(actor(), code, acting=form.acting(), **form.why()),
    "withdraw": lambda code, form: services.take_back_call(actor(), code, acting=form.acting()),
}
CALL_SAID = {
    "promise": N_("Promised. It stands in the schedule now."),
    "refuse": N_("The buyer has been told that it cannot be delivered, and why."),
    "withdraw": N_("The order has been taken back."),
}


@bp.route("/goi-hang/<public:public_id>/bot", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def less(public_id: str) -> ResponseReturnValue:
    """Promise less than was asked for."""
    found = queries.call(public_id, actor())
    if request.method == "GET":
        CALL_OFF.require(found, "promise", actor())
    form, back = LessForm(), url_for("deliveries.call", public_id=public_id)
    form.speak_for(showing.word(rules.sellers(found.deal)))
    return handle(
        form,
        lambda: render_template(
            "deliveries/less.html", form=form, call=queries.call(public_id, actor()), back=back
        ),
        lambda: services.promise(actor(), public_id, form.quantity.data, acting=form.acting()),
        lambda _call: back,
        said=CALL_SAID["promise"],
    )


# ---------------------------------------------------------------- parcels


@bp.route("/ket-noi/<public:public_id>/gui-hang", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def send_goods(public_id: str) -> ResponseReturnValue:
    """Write the note of what is on its way."""
    deal = deals.deal_of(public_id, actor())
    _require(rules.may_sell, rules.may_send_now(actor(), deal), deal)
    form, deal_id, back = DispatchForm(), deal.public_id, _case(deal)
    form.speak_for(showing.word(rules.sellers(deal)))
    return handle(
        form,
        lambda: render_template("deliveries/send.html", form=form, back=back, **_about(public_id)),
        lambda: services.send(actor(), deal_id, form.values(), acting=form.acting()),
        lambda parcel: parcel.path,
        said=N_("Sent. Print the labels: the code on a box opens the buyer's receipt."),
    )


@bp.route("/kien/<public:public_id>")
@access(MEMBERS)
def parcel(public_id: str) -> ResponseReturnValue:
    """What the code on a box opens: the buyer's receipt, for others who may see it the note."""
    found = queries.dispatch(public_id, actor())
    is_buyer = rules.own_people(actor(), rules.buyers(found.deal))
    if is_buyer and rules.may_receive_now(actor(), found):
        return redirect(url_for("deliveries.receive", public_id=public_id))
    return render_template(
        "deliveries/parcel.html",
        parcel=found,
        deal=found.deal,
        label=DISPATCH.label_of(found),
        tone=showing.DISPATCH_TONES[found.state],
        moves=showing.parcel_moves(found),
        may_print=rules.may_sell(actor(), found.deal),
        why_not=showing.why_not_now(found),
        back=_case(found.deal),
    )


@bp.route("/kien/<public:public_id>/nhan", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def receive(public_id: str) -> ResponseReturnValue:
    """State what really arrived, beginning from what the note says."""
    found = queries.dispatch(public_id, actor())
    if request.method == "GET":
        DISPATCH.require(found, "receive", actor())
    form = InstalmentForm(data=showing.first_receipt(found)).about(found.deal)
    form.speak_for(showing.word(rules.buyers(found.deal)))
    back = _case(found.deal)
    return handle(
        form,
        lambda: _receipt_page(form, public_id, back),
        lambda: services.receive(actor(), public_id, form.values(), acting=form.acting()),
        lambda _instalment: back,
        said=N_("Received. It counts once the seller has confirmed your figures."),
    )


def _receipt_page(form: InstalmentForm, public_id: str, back: str) -> str:
    found = queries.dispatch(public_id, actor())
    return render_template(
        "deliveries/receive.html", form=form, parcel=found, deal=found.deal, back=back
    )


@bp.route("/kien/<public:public_id>/<any('lose'):move>", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def parcel_move(public_id: str, move: str) -> ResponseReturnValue:
    """A parcel that did not arrive."""
    found = queries.dispatch(public_id, actor())
    return move_page(
        found,
        move,
        lambda form: services.lose(actor(), public_id, acting=form.acting(), **form.why()),
        title=found.deal.listing.title,
        back=_case(found.deal),
        said=N_("Noted. Both sides have been told."),
        speaks_for=showing.word(found.deal.principals),
    )


@bp.route("/kien/<public:public_id>/nhan-thung")
@access(MEMBERS)
def label(public_id: str) -> ResponseReturnValue:
    """Labels for the boxes, with the code of the receipt; for the side that sends."""
    found = queries.dispatch(public_id, actor())
    if not rules.may_sell(actor(), found.deal):
        raise NotAllowed(rules.why_not_yours(actor(), found.deal))
    return render_template(
        "deliveries/label.html",
        parcel=found,
        buyers=[party.organisation.name for party in rules.buyers(found.deal)],
        title=found.deal.listing.title,
        back_url=found.path,
    )


@bp.route("/kien/<public:public_id>/ma.svg")
@access(MEMBERS)
def code(public_id: str) -> ResponseReturnValue:
    """The code on the boxes."""
    return qr.answer(queries.dispatch(public_id, actor()).path, "svg")


# ---------------------------------------------------------------- money


def _instalment(public_id: str, instalment_id: str) -> Instalment:
    """An instalment of this very case. Raises NotFound."""
    deal = deals.deal_of(public_id, actor())
    found = [i for i in deal.instalments if i.public_id == instalment_id]
    if not found:
        raise NotFound
    return found[0]


@bp.route("/ket-noi/<public:public_id>/dot/<public:instalment_id>/tien", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def pay(public_id: str, instalment_id: str) -> ResponseReturnValue:
    """Note that the money for a delivery has come."""
    instalment = _instalment(public_id, instalment_id)
    is_now = rules.may_note_payment_now(actor(), instalment)
    _require(rules.may_note_payment, is_now, instalment)
    form = PaymentForm(data=showing.first_payment(instalment))
    form.speak_for(showing.word(rules.sold_by(instalment)))
    back = _case(instalment.deal)
    return handle(
        form,
        lambda: render_template(
            "deliveries/pay.html",
            form=form,
            instalment=_instalment(public_id, instalment_id),
            back=back,
        ),
        lambda: services.note_payment(actor(), instalment_id, form.values(), acting=form.acting()),
        lambda _payment: back,
        said=N_("Noted. It stands in the sales book."),
    )


@bp.route("/tien/<public:public_id>/<any('strike'):move>", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def payment_move(public_id: str, move: str) -> ResponseReturnValue:
    """Strike out a note of money."""
    found = queries.payment(public_id, actor())
    deal = found.instalment.deal
    return move_page(
        found,
        move,
        lambda form: services.strike_payment(actor(), public_id, acting=form.acting()),
        title=deal.listing.title,
        back=_case(deal),
        said=N_("Struck out. It does not count any more."),
        speaks_for=showing.word(rules.sold_by(found.instalment)),
    )


# ---------------------------------------------------------------- the sales book


def _year() -> int | None:
    """The year asked for. Raises NotFound for what is none."""
    asked = request.args.get("nam", "")
    if not asked:
        return None
    if not asked.isascii() or not asked.isdigit() or not FIRST_YEAR <= int(asked[:5]) <= LAST_YEAR:
        raise NotFound
    return int(asked)


@bp.route("/so-ban-hang")
@access(MEMBERS)
def own_book() -> ResponseReturnValue:
    """The reader's own sales book."""
    own = accounts.organisation_by_id(actor().organisation_id)
    return redirect(url_for("deliveries.book", public_id=own.public_id))


@bp.route("/so-ban-hang/<public:public_id>")
@access(MEMBERS)
def book(public_id: str) -> ResponseReturnValue:
    """What a producer sold in a year: confirmed deliveries only."""
    return render_template("deliveries/book.html", book=queries.book(public_id, actor(), _year()))


@bp.route("/so-ban-hang/<public:public_id>/in")
@access(MEMBERS)
def print_book(public_id: str) -> ResponseReturnValue:
    """The same on A4."""
    found = queries.book(public_id, actor(), _year())
    back = url_for("deliveries.book", public_id=public_id, nam=found.year)
    return render_template("deliveries/print_book.html", book=found, back_url=back)


@bp.route("/so-ban-hang/<public:public_id>/tep.xlsx")
@access(MEMBERS)
def book_file(public_id: str) -> ResponseReturnValue:
    """The same as an Excel file."""
    found = queries.book(public_id, actor(), _year())
    name = f"so-ban-hang-{found.year}.xlsx"
    return send(showing.workbook(found), XLSX, name=name, attachment=True)


# ---------------------------------------------------------------- freed goods


@bp.route("/con-hang/<public:public_id>")
@access(MEMBERS)
def chance(public_id: str) -> ResponseReturnValue:
    """Goods that became free, offered to someone who was turned away."""
    found = queries.chance(public_id, actor())
    recorded = showing.records_for(found.interest.organisation)
    return render_template(
        "deliveries/chance.html",
        chance=found,
        listing=found.interest.listing,
        label=rules.SECOND_CHANCE.label_of(found),
        amount=showing.offered_again(found),
        moves=showing.chance_moves(found, is_recorded=recorded),
    )


@bp.route("/con-hang/<public:public_id>/<any('take', 'decline'):move>", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def chance_move(public_id: str, move: str) -> ResponseReturnValue:
    """Yes, still wanted; or no."""
    found = queries.chance(public_id, actor())
    act = services.take_chance if move == "take" else services.decline_chance
    back = url_for("deliveries.chance", public_id=public_id)
    return move_page(
        found,
        move,
        lambda form: act(actor(), public_id, acting=form.acting()),
        title=found.interest.listing.title,
        back=back,
        said=N_("Your interest has been sent again. The seller answers it.")
        if move == "take"
        else N_("Thank you. The next in turn is asked."),
        speaks_for=found.interest.organisation,
    )


def _on_interest(interest: Interest, reader: Actor) -> Mapping[str, Any] | None:
    """That the goods one was turned away from are free again."""
    if not may_speak_for(reader, interest.organisation):
        return None
    found = queries.offered_for(interest.id)
    return {"chance": found} if found else None


def _on_my_interests(_key: str) -> Mapping[str, Any] | None:
    """The same for all interests of the reader's."""
    found = queries.offered(actor())
    return {"chances": found} if found else None


def init_app(app: Flask) -> None:
    """Register the pages, the sections on other pages, and what follows a receipt taken back."""
    app.register_blueprint(bp)
    entering.when_taken_back("deliveries", services.reopen)
    sections.add("interest", "deliveries/_free_again.html", _on_interest)
    around.add("interests.sent", "deliveries/_all_free_again.html", _on_my_interests)
    LISTINGS.declare_harmless("dispatch", "payment", "scheduled_delivery", "call_off")
    panels.add(
        Panel("deliveries.yes", "yes", "deliveries/_before_yes.html", showing.before_yes),
        Panel("deliveries.case", "deliveries", "deliveries/_case.html", showing.on_case),
    )
    panels.add_history("deliveries", queries.records, rules.WORKFLOWS)
