"""Pages of the list of wild species, for the officials who keep it."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalogue.wild import queries, services
from marketplace.catalogue.wild.forms import WildForm
from marketplace.catalogue.wild.models import WildSpecies
from marketplace.catalogue.wild.rules import RULE_LABELS, RULE_TONES
from marketplace.core.i18n import N_
from marketplace.web.access import OFFICIALS, access, actor
from marketplace.web.forms import Form, handle
from marketplace.web.navigation import OFFERS, Entry, officer

bp = Blueprint("wild", __name__)
ENTRIES: tuple[Entry, ...] = (Entry("wild.index", N_("Wild species"), 39, officer, office=OFFERS),)


@bp.get("/lam-viec/thu-hai")
@access(OFFICIALS)
def index() -> ResponseReturnValue:
    """The list of my locality."""
    return _index(Form())


def _index(form: Form) -> str:
    return render_template(
        "wild/index.html",
        form=form,
        species=queries.of_locality(actor().locality_id),
        labels=RULE_LABELS,
        tones=RULE_TONES,
    )


@bp.post("/lam-viec/thu-hai/bat-dau")
@access(OFFICIALS)
def start() -> ResponseReturnValue:
    """Fill the empty list with the starting rows."""
    form = Form()
    return handle(
        form,
        lambda: _index(form),
        lambda: services.start(actor()),
        lambda _count: url_for(".index"),
        N_("The starting rows are entered. Check each of them."),
    )


@bp.route("/lam-viec/thu-hai/them", methods=["GET", "POST"])
@access(OFFICIALS)
def add() -> ResponseReturnValue:
    """Enter a species."""
    form = WildForm()
    return handle(
        form,
        lambda: render_template("wild/form.html", form=form, name=""),
        lambda: services.add(actor(), form.values()),
        _list_url,
        N_("Saved. Listings are compared with it from now on."),
    )


@bp.route("/lam-viec/thu-hai/<public:public_id>", methods=["GET", "POST"])
@access(OFFICIALS)
def edit(public_id: str) -> ResponseReturnValue:
    """Change a row."""
    species = queries.get(public_id, actor())
    form, name = WildForm(obj=species), species.name
    return handle(
        form,
        lambda: render_template("wild/form.html", form=form, name=name),
        lambda: services.edit(actor(), public_id, form.version.data, form.values()),
        _list_url,
        N_("Saved. Listings are compared with it from now on."),
    )


def _list_url(_species: WildSpecies) -> str:
    return url_for(".index")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
