"""Pages of those who help: a household's consent, forms on paper and their entry."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history
from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.papers import sent, store
from marketplace.accounts.rules import (
    CONSENT,
    CONSENT_HOW_LABELS,
    PRODUCERS,
    PURPOSE_LABELS,
    may_act_for,
    may_manage,
)
from marketplace.core import journal
from marketplace.core.errors import NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.helping import queries, services
from marketplace.helping.forms import EntryForm, GiveForm, PrintForm, SheetForm, WithdrawForm
from marketplace.helping.models import PaperForm
from marketplace.helping.rules import MOST_COPIES, may_print_forms
from marketplace.programme import queries as programme
from marketplace.web import qr
from marketplace.web.access import MEMBERS, access, actor
from marketplace.web.forms import handle, send
from marketplace.web.navigation import PEOPLE, Entry, officer, producer

bp = Blueprint("helping", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("helping.paper_forms", N_("Paper forms"), 38, officer, office=PEOPLE),
    Entry("helping.paper_forms", N_("Paper forms"), 38, producer, in_account=True),
)


# ------------------------------------------------------------ consent


@bp.get("/to-chuc/<public:public_id>/dong-y")
@access(MEMBERS)
def consent(public_id: str) -> ResponseReturnValue:
    """What a household agreed to, who said so and how; and taking it back."""
    found = accounts.organisation(public_id, actor())
    consents = queries.consents_of(found)
    return render_template(
        "helping/consent.html",
        organisation=found,
        live=found.consent,
        has_withdrawn=found.has_withdrawn,
        consents=consents,
        purposes=list(PURPOSE_LABELS.items()),
        ways=CONSENT_HOW_LABELS,
        states=CONSENT.labels,
        may_speak=may_act_for(actor(), found) or may_manage(actor(), found),
        history_lines=history.lines(journal.of(consents), [CONSENT]),
    )


@bp.route("/to-chuc/<public:public_id>/dong-y/ghi", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def give_consent(public_id: str) -> ResponseReturnValue:
    """Write a household's consent down."""
    found = _speakable(public_id)
    form = GiveForm()
    if may_manage(actor(), found):
        form.for_oneself()
    name = found.name
    return handle(
        form,
        lambda: render_template(
            "helping/give_consent.html", form=form, name=name, public_id=public_id
        ),
        lambda: services.give_consent(actor(), public_id, form.consent()),
        lambda _consent: url_for(".consent", public_id=public_id),
        N_("The consent is recorded. It can be taken back at any time."),
    )


def _speakable(public_id: str) -> Organisation:
    """A household one may speak for. Raises NotFound, NotAllowed."""
    found = accounts.organisation(public_id, actor())
    queries.consents_of(found)
    if not (may_manage(actor(), found) or may_act_for(actor(), found)):
        raise NotAllowed(N_("Only this organisation, its cooperative or its locality may do this."))
    return found


@bp.route("/to-chuc/<public:public_id>/dong-y/rut", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def withdraw_consent(public_id: str) -> ResponseReturnValue:
    """Take a household's consent back; what follows from it is told first."""
    found = _speakable(public_id)
    if request.method == "GET" and found.consent is None:
        raise WrongState(N_("There is no consent to take back."))
    form = WithdrawForm()
    form.speak_for(found)
    name = found.name
    return handle(
        form,
        lambda: render_template(
            "helping/withdraw_consent.html", form=form, name=name, public_id=public_id
        ),
        lambda: services.withdraw_consent(actor(), public_id, form.acting()),
        lambda _consent: url_for(".consent", public_id=public_id),
        N_("The consent is taken back. What the household offered is paused."),
    )


@bp.get("/to-chuc/<public:public_id>/dong-y/<public:file_id>")
@access(MEMBERS)
def proof(public_id: str, file_id: str) -> ResponseReturnValue:
    """The photo of a signed consent, for those who see the household in full."""
    return sent(queries.proof(accounts.organisation(public_id, actor()), file_id))


# ------------------------------------------------------------ forms on paper


@bp.route("/lam-viec/dang-giup/phieu", methods=["GET", "POST"])
@access(MEMBERS)
def paper_forms() -> ResponseReturnValue:
    """Print numbered forms, and the forms printed before."""
    if not may_print_forms(actor()):
        raise NotAllowed(N_("Only an official or a verified cooperative prints these forms."))
    form = PrintForm(data={"copies": 1})
    form.organisation_id.offer(_producers())
    return handle(
        form,
        lambda: render_template(
            "helping/paper_forms.html", form=form, rows=queries.paper_forms(actor())
        ),
        lambda: services.print_forms(
            actor(), "produce", form.copies.data or 1, form.organisation_id.data
        ),
        lambda forms: url_for(".print_sheets", ma=[one.public_id for one in forms]),
    )


def _producers() -> list[tuple[int, str]]:
    return [
        (organisation.id, organisation.name)
        for organisation in accounts.can_be_spoken_for(actor())
        if organisation.kind in PRODUCERS
    ]


@bp.get("/lam-viec/dang-giup/phieu/in")
@access(MEMBERS)
def print_sheets() -> ResponseReturnValue:
    """The forms chosen (?ma=), each on a sheet of A4."""
    asked = request.args.getlist("ma")[:MOST_COPIES]
    return render_template(
        "helping/print_sheets.html",
        forms=queries.chosen(asked, actor()),
        purposes=list(PURPOSE_LABELS.values()),
        back_url=url_for(".paper_forms"),
    )


@bp.get("/lam-viec/dang-giup/phieu/<public:public_id>/qr.svg")
@access(MEMBERS)
def form_qr(public_id: str) -> ResponseReturnValue:
    """The code printed on a form; it leads to where the form is entered."""
    return qr.answer(queries.paper_form(public_id, actor()).path, "svg")


@bp.route("/lam-viec/dang-giup/phieu/<public:public_id>", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def enter(public_id: str) -> ResponseReturnValue:
    """Enter a filled form: first its photo, then what stands on it, the photo beside."""
    found = queries.paper_form(public_id, actor())
    if found.listing is not None:
        return redirect(url_for("catalogue.own", public_id=found.listing.public_id), 303)
    if found.sheet is None or request.args.get("anh") == "lai":
        return redirect(url_for(".sheet", public_id=public_id), 303)
    form = _entry_form(found)
    return handle(
        form,
        lambda: _entry_page(public_id, form),
        lambda: services.enter(
            actor(),
            public_id,
            _pair_id(),
            form.values(),
            form.said(),
            form.consent() if form.signs_consent else None,
        ),
        lambda listing: url_for("catalogue.own", public_id=listing.public_id),
        N_("Draft saved. Add photos, then send it for approval."),
    )


def _entry_form(found: PaperForm) -> EntryForm:
    organisation = found.organisation
    if organisation is None or not may_act_for(actor(), organisation):
        raise NotAllowed(N_("Only this organisation, its cooperative or its locality may do this."))
    form = EntryForm(
        data={"village_id": organisation.village_id, "acting_said_on": found.printed_at.date()}
    )
    form.village_id.offer([(v.id, v.name) for v in programme.villages(organisation.locality_id)])
    return form.fit(signs_consent=organisation.needs_consent)


def _entry_page(public_id: str, form: EntryForm) -> str:
    """Read anew: a refused use case lets go of all rows."""
    found = queries.paper_form(public_id, actor())
    return render_template(
        "helping/enter.html",
        form=form,
        paper=found,
        is_picture=found.sheet is not None and found.sheet.media_type.startswith("image/"),
    )


def _pair_id() -> int:
    pair: Any = g.get("pair")
    if pair is None:
        raise NotFound
    return int(pair.id)


@bp.route("/lam-viec/dang-giup/phieu/<public:public_id>/anh", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def sheet(public_id: str) -> ResponseReturnValue:
    """Attach the photo of a filled form."""
    found = queries.paper_form(public_id, actor())
    if found.listing is not None:
        raise WrongState(N_("This form was entered already. Print a new one for further goods."))
    form = SheetForm(data={"organisation_id": found.organisation_id})
    form.organisation_id.offer(_producers())
    return handle(
        form,
        lambda: render_template("helping/sheet.html", form=form, public_id=public_id),
        lambda: services.keep_sheet(actor(), public_id, form.organisation_id.data, form.kept()),
        lambda kept: url_for(".enter", public_id=kept.public_id),
        N_("The photo is kept. Now type what stands on it."),
    )


@bp.get("/lam-viec/dang-giup/phieu/<public:public_id>/to")
@access(MEMBERS)
def sheet_photo(public_id: str) -> ResponseReturnValue:
    """The photo of a filled form, to those who may open the form; a PDF is a download."""
    kept = queries.paper_form(public_id, actor()).sheet
    if kept is None:
        raise NotFound
    if not kept.media_type.startswith("image/"):
        return sent(kept)
    content = store().read(kept.digest)
    if content is None:
        raise NotFound
    return send(content, kept.media_type, name=kept.label, attachment=False)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
