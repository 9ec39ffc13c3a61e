"""Pages of people and organisations: signing in, registering, settings, verifying, helping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from marketplace.accounts import history, links, panels, queries, rules, services, sessions
from marketplace.accounts.forms import (
    ChangePasswordForm,
    CodeForm,
    HouseholdForm,
    MembershipForm,
    NewPasswordForm,
    OrganisationForm,
    RegistrationForm,
    ResetForm,
    SettingsForm,
    SignInForm,
    search_words,
)
from marketplace.accounts.models import Locality, Organisation
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.accounts.rules import OrganisationState
from marketplace.core.actor import Actor
from marketplace.core.errors import NotAllowed
from marketplace.core.i18n import N_
from marketplace.core.roles import LABELS as ROLES
from marketplace.web import panels as around
from marketplace.web.access import MEMBERS, OFFICIALS, PUBLIC, SIGNED_IN, access, actor
from marketplace.web.forms import Form, handle
from marketplace.web.locale import COOKIE as LANGUAGE_COOKIE
from marketplace.web.locale import say
from marketplace.web.navigation import Entry, but, officer, signed_in
from marketplace.web.pagination import PER_PAGE, Page, page_number
from marketplace.web.security import client_address, safe_next
from marketplace.web.templating import THEME_COOKIE
from marketplace.web.workflow import moves

bp = Blueprint("accounts", __name__)

BY_CODE = "by_code"
"""In the session: it was opened with a one-time code, so a password may be set without the old."""


def _acts(someone: Actor) -> bool:
    """Whether someone acts for an organisation."""
    return someone.organisation_id is not None


ENTRIES: tuple[Entry, ...] = (
    Entry("accounts.organisations", N_("Organisations"), 35, officer),
    Entry(
        "accounts.settings",
        N_("My settings"),
        90,
        signed_in,
        "user",
        in_top=False,
        short=N_("Account"),
    ),
    Entry("accounts.settings", N_("My settings"), 91, signed_in, "user", in_account=True),
    Entry("accounts.my_organisation", N_("My organisation"), 92, _acts, "users", in_account=True),
    Entry(
        "accounts.sign_out",
        N_("Sign out"),
        99,
        signed_in,
        "log-out",
        in_account=True,
        method="post",
    ),
    Entry(
        "accounts.sign_in",
        N_("Sign in"),
        90,
        but(signed_in),
        "user",
        in_top=False,
    ),
    Entry(
        "accounts.register",
        N_("Register an organisation"),
        70,
        but(signed_in),
        in_top=False,
        group=N_("Help"),
    ),
)


# ---------------------------------------------------------------- signing in and out


@bp.route("/dang-nhap", methods=["GET", "POST"])
@access(PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Sign in with e-mail or mobile number and password."""
    form = SignInForm(next=request.args.get("next"))
    onward = safe_next(form.next.data, url_for("pages.home"))
    if request.method == "GET" and actor().is_signed_in:
        return redirect(onward, 303)
    return handle(
        form,
        lambda: render_template(
            "accounts/sign_in.html",
            form=form,
            ways_round=around.of("accounts.sign_in", form.next.data or ""),
        ),
        lambda: sessions.enter(
            lambda: services.sign_in(form.identifier.data, form.password.data, client_address())
        ),
        lambda _session: onward,
    )


@bp.route("/dang-nhap/ma", methods=["GET", "POST"])
@access(PUBLIC)
def sign_in_with_code() -> ResponseReturnValue:
    """Sign in with the one-time code an official read out, then choose a password."""
    form = CodeForm()

    def act() -> sessions.SignedIn:
        opened = sessions.enter(
            lambda: services.sign_in_by_code(form.identifier.data, form.code.data, client_address())
        )
        session[BY_CODE] = True
        return opened

    return handle(
        form,
        lambda: render_template("accounts/sign_in_with_code.html", form=form),
        act,
        lambda _session: url_for(".password"),
        said=N_("Signed in. Choose a password now, so that you need no code next time."),
    )


@bp.post("/dang-xuat")
@access(PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End the session."""
    sessions.leave()
    return redirect(url_for("pages.home"), 303)


# ---------------------------------------------------------------- registering, passwords


@bp.route("/dang-ky", methods=["GET", "POST"])
@access(PUBLIC)
def register() -> ResponseReturnValue:
    """Register a person with an organisation; the answer never tells who is known.

    ?moi= is the code of the invitation someone follows.
    """
    form = RegistrationForm()
    form.locality_id.offer([(place.id, place.name) for place in _localities()])
    return handle(
        form,
        lambda: render_template("accounts/register.html", form=form, pair=g.get("pair")),
        lambda: services.register(form.values(request.args.get("moi", "")), client_address()),
        lambda _nothing: url_for(".registered"),
    )


def _localities() -> Sequence[Locality]:
    pair = g.get("pair")
    return [pair.source, pair.market] if pair else queries.localities()


@bp.get("/dang-ky/xong")
@access(PUBLIC)
def registered() -> ResponseReturnValue:
    """What happens next."""
    return render_template("accounts/registered.html")


@bp.route("/quen-mat-khau", methods=["GET", "POST"])
@access(PUBLIC)
def forgot() -> ResponseReturnValue:
    """Ask for a link to set a new password."""
    form = ResetForm()
    return handle(
        form,
        lambda: render_template("accounts/forgot.html", form=form),
        lambda: services.request_reset(form.identifier.data, client_address()),
        lambda _nothing: url_for(".reset_sent"),
    )


@bp.get("/quen-mat-khau/da-gui")
@access(PUBLIC)
def reset_sent() -> ResponseReturnValue:
    """What to do while the mail is on its way, or when none comes."""
    return render_template("accounts/reset_sent.html")


@bp.route("/dat-mat-khau/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def set_password(token: str) -> ResponseReturnValue:
    """Set a new password by the link of a mail."""
    found = links.person_of(token)
    if found is None:
        return render_template("accounts/link_spent.html"), 410
    person_id, mark = found[0].id, found[1]
    form = NewPasswordForm()
    return handle(
        form,
        lambda: render_template("accounts/set_password.html", form=form),
        lambda: services.set_password(person_id, form.password.data, fingerprint=mark),
        lambda _nothing: url_for(".sign_in"),
        said=N_("The new password is set. Sign in with it."),
    )


# ---------------------------------------------------------------- one's own account


@bp.route("/toi", methods=["GET", "POST"])
@access(SIGNED_IN)
def settings() -> ResponseReturnValue:
    """Name, e-mail, language and appearance."""
    person = queries.user(actor().user_id or 0)
    known = {"name": person.name, "email": person.email, "theme": person.theme}
    form = SettingsForm(data=known | {"language": person.language or "vi"})
    phone, has_password = person.phone, person.password_hash is not None
    may_choose = len(queries.memberships(person.id)) > 1

    def act() -> None:
        services.change_settings(actor(), **form.settings())
        sessions.remember({LANGUAGE_COOKIE: form.language.data, THEME_COOKIE: form.theme.data})

    return handle(
        form,
        lambda: render_template(
            "accounts/settings.html",
            form=form,
            phone=phone,
            has_password=has_password,
            may_choose=may_choose,
        ),
        act,
        lambda _person: url_for(".settings"),
        said=N_("Saved."),
    )


@bp.route("/toi/vai", methods=["GET", "POST"])
@access(SIGNED_IN)
def act_for() -> ResponseReturnValue:
    """Choose the organisation to act for."""
    mine = queries.memberships(actor().user_id or 0)
    form = MembershipForm(data={"membership_id": current_user.membership_id})
    form.membership_id.offer([(m.id, m.organisation.name) for m in mine])
    token = current_user.token
    return handle(
        form,
        lambda: render_template("accounts/act_for.html", form=form),
        lambda: services.act_in(actor(), token, form.membership_id.data),
        lambda _nothing: url_for(".settings"),
        said=N_("From now on you act for this organisation."),
    )


@bp.route("/toi/mat-khau", methods=["GET", "POST"])
@access(SIGNED_IN)
def password() -> ResponseReturnValue:
    """Choose a new password; who came with a one-time code needs no present one."""
    form: NewPasswordForm = NewPasswordForm() if session.get(BY_CODE) else ChangePasswordForm()

    def act() -> None:
        present = form.present.data if isinstance(form, ChangePasswordForm) else None
        services.change_password(actor(), present=present, password=form.password.data)
        sessions.forget()

    return handle(
        form,
        lambda: render_template("accounts/password.html", form=form),
        act,
        lambda _nothing: url_for(".sign_in"),
        said=N_("The new password is set. Sign in with it."),
    )


# ---------------------------------------------------------------- organisations


@bp.get("/toi/to-chuc")
@access(MEMBERS)
def my_organisation() -> ResponseReturnValue:
    """The page of the organisation one acts for."""
    organisation = queries.organisation_by_id(actor().organisation_id)
    return redirect(url_for(".organisation", public_id=organisation.public_id), 303)


@bp.get("/to-chuc/<public:public_id>")
@access(MEMBERS)
def organisation(public_id: str) -> ResponseReturnValue:
    """An organisation, for its own people, its cooperative and the officials of its locality."""
    found = queries.organisation(public_id, actor())
    people = queries.memberships_in(found.id)
    return render_template(
        "accounts/organisation.html",
        organisation=found,
        kind=rules.KIND_LABELS[found.kind],
        moves=moves(found, lambda move: _move_url(found, move)),
        people=[(m.user, ROLES[m.role], rules.may_issue_code(actor(), m.user)) for m in people],
        households=queries.households_of(found.id),
        history=history.lines(
            queries.entries_of(found, [m.user for m in people]), [rules.ORGANISATION]
        ),
        may_edit=rules.may_manage(actor(), found),
        needs_consent=found.kind in rules.CONSENTING,
        panels=panels.of("organisation", found, actor()),
    )


def _move_url(organisation: Organisation, move: str) -> str:
    return url_for(".move_organisation", public_id=organisation.public_id, move=move)


@bp.route("/to-chuc/<public:public_id>/sua", methods=["GET", "POST"])
@access(MEMBERS)
def edit_organisation(public_id: str) -> ResponseReturnValue:
    """Change what the organisation says about itself."""
    found = queries.organisation(public_id, actor())
    if not rules.may_manage(actor(), found):
        raise NotAllowed(N_("Only the organisation itself can change this."))
    form = OrganisationForm(obj=found)
    name, is_taxed, state = found.name, found.kind in rules.TAXED, found.state
    return handle(
        form,
        lambda: render_template(
            "accounts/edit_organisation.html",
            form=form,
            name=name,
            public_id=public_id,
            is_taxed=is_taxed,
            is_verified=state is OrganisationState.VERIFIED,
        ),
        lambda: services.edit_organisation(actor(), public_id, form.values()),
        lambda changed: url_for(".organisation", public_id=changed.public_id),
        said=N_("Saved."),
    )


@bp.route(
    "/to-chuc/<public:public_id>/<any(verify,return,resubmit,suspend,restore):move>",
    methods=["GET", "POST"],
)
@access(MEMBERS)
def move_organisation(public_id: str, move: str) -> ResponseReturnValue:
    """Verify an organisation, ask it for more, suspend or restore it; or send it in again."""
    found = queries.organisation(public_id, actor())

    def act(form: MoveForm) -> Organisation:
        reason = form.reason.data if "reason" in form else None
        note = form.note.data if "note" in form else ""
        return services.move_organisation(actor(), public_id, move, reason=reason, note=note)

    return move_page(
        found,
        move,
        act,
        title=found.name,
        back=url_for(".organisation", public_id=public_id),
        said=N_("Done. Those concerned are told."),
    )


@bp.post("/to-chuc/<public:public_id>/ma/<public:person_id>")
@access(OFFICIALS)
def issue_code(public_id: str, person_id: str) -> ResponseReturnValue:
    """Show a one-time sign-in code, this once, to be read out to someone without mail."""
    back = url_for(".organisation", public_id=queries.organisation(public_id, actor()).public_id)
    if not Form().validate():
        flash(say(N_("This page was open too long. Press the button again.")), "warn")
        return redirect(back, 303)
    person, code = services.issue_code(actor(), person_id)
    page = render_template(
        "accounts/code.html", name=person.name, code=code, back=back, ends_at=services.code_ends()
    )
    return page, 200, {"Cache-Control": "no-store"}


STATES = {
    "cho": OrganisationState.PENDING,
    "da-xac-minh": OrganisationState.VERIFIED,
    "can-bo-sung": OrganisationState.RETURNED,
    "tam-ngung": OrganisationState.SUSPENDED,
}
"""States as they stand in the address of the list."""


@bp.get("/lam-viec/to-chuc")
@access(OFFICIALS)
def organisations() -> ResponseReturnValue:
    """The organisations of an official's locality, those to verify first."""
    chosen = STATES.get(request.args.get("trang-thai", ""))
    words = search_words(request.args.get("q"))
    number = page_number(request.args.get("trang"))
    rows, total = queries.in_care(
        actor(), chosen, words, offset=(number - 1) * PER_PAGE, limit=PER_PAGE
    )
    counts = queries.counts_by_state(actor())
    return render_template(
        "accounts/organisations.html",
        page=Page([(row, rules.KIND_LABELS[row.kind]) for row in rows], number, total),
        q=words,
        chosen=chosen,
        states=[
            (code, rules.ORGANISATION.labels[state], counts[state], state is chosen)
            for code, state in STATES.items()
        ],
        everyone=sum(counts.values()),
        page_link=lambda n: url_for(
            ".organisations",
            q=words or None,
            trang=n,
            **_asked_state(),
        ),
    )


def _asked_state() -> dict[str, Any]:
    """The state filter of the address, to be kept on the next page."""
    return {"trang-thai": request.args.get("trang-thai")}


@bp.route("/lam-viec/dang-giup/ho", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def enter_household() -> ResponseReturnValue:
    """Enter a producer who cannot go online."""
    someone = actor()
    if not rules.may_enter_household(someone) or someone.locality_id is None:
        raise NotAllowed(N_("Only an official or a verified cooperative can enter a household."))
    form = HouseholdForm().offer(
        [(village.id, village.name) for village in queries.villages(someone.locality_id)],
        list(queries.cooperatives(someone.locality_id)) if someone.is_officer else None,
    )
    return handle(
        form,
        lambda: render_template("accounts/enter_household.html", form=form),
        lambda: services.enter_household(someone, form.values(), form.consent()),
        lambda entered: url_for(".organisation", public_id=entered.public_id),
        said=N_("The household is entered."),
    )


def init_app(app: Flask) -> None:
    """Register the pages, and who makes a request."""
    sessions.init_app(app)
    app.register_blueprint(bp)
