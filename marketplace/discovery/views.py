"""Pages of discovery: one box over everything, and the names officials keep."""

from __future__ import annotations

from collections.abc import Callable

import click
from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from flask.cli import AppGroup
from flask.typing import ResponseReturnValue

from marketplace.catalogue import finding
from marketplace.catalogue.lists import query
from marketplace.catalogue.showing import asks_for_nothing
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.discovery import queries, services, showing
from marketplace.discovery.forms import SynonymForm
from marketplace.programme.models import Pair
from marketplace.web import qr
from marketplace.web.access import OFFICIALS, PUBLIC, access, actor
from marketplace.web.forms import Form, handle
from marketplace.web.navigation import OFFERS, Entry, officer

bp = Blueprint("discovery", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("discovery.find", N_("Search everything"), 9, in_top=False, group=N_("Explore")),
    Entry("discovery.synonyms", N_("Names that mean the same"), 40, officer, office=OFFERS),
)


def _pair() -> Pair:
    """The pair of this address. Raises NotFound where there is none."""
    pair: Pair | None = g.get("pair")
    if pair is None:
        raise NotFound
    return pair


# ------------------------------------------------------------ for everyone


@bp.get("/tim")
@access(PUBLIC, kept=True)
def find() -> ResponseReturnValue:
    """Everything that fits a few words, in groups."""
    args = request.args.to_dict(flat=False)
    if asks_for_nothing(args):
        return redirect(showing.address(query(args)))
    results = showing.results(_pair(), actor(), query(args))
    return render_template(
        "discovery/find.html",
        results=results,
        canonical=qr.address(showing.address(results.q)),
    )


# ------------------------------------------------------------ for officials


@bp.get("/lam-viec/tu-dong-nghia")
@access(OFFICIALS)
def synonyms() -> ResponseReturnValue:
    """The names of my locality that mean the same."""
    return render_template(
        "discovery/synonyms.html", groups=queries.of_locality(actor().locality_id)
    )


@bp.route("/lam-viec/tu-dong-nghia/them", methods=["GET", "POST"])
@access(OFFICIALS)
def add_synonyms() -> ResponseReturnValue:
    """Enter names that mean the same."""
    form = SynonymForm()
    return handle(
        form,
        _page(form, None),
        lambda: services.add_synonyms(actor(), form.values()),
        lambda _group: url_for(".synonyms"),
        N_("Saved. Searches find all of these names from now on."),
    )


@bp.route("/lam-viec/tu-dong-nghia/<public:public_id>", methods=["GET", "POST"])
@access(OFFICIALS)
def edit_synonyms(public_id: str) -> ResponseReturnValue:
    """Change a row."""
    form = SynonymForm(obj=queries.get(public_id, actor()))
    return handle(
        form,
        _page(form, public_id),
        lambda: services.edit_synonyms(actor(), public_id, form.version.data, form.values()),
        lambda _group: url_for(".synonyms"),
        N_("Saved. Searches find all of these names from now on."),
    )


def _page(form: SynonymForm, public_id: str | None) -> Callable[[], str]:
    return lambda: render_template("discovery/synonym.html", form=form, public_id=public_id)


@bp.post("/lam-viec/tu-dong-nghia/<public:public_id>/bo")
@access(OFFICIALS)
def remove_synonyms(public_id: str) -> ResponseReturnValue:
    """Take a row away."""
    form = SynonymForm(obj=queries.get(public_id, actor()))
    return handle(
        Form(),
        _page(form, public_id),
        lambda: services.remove_synonyms(actor(), public_id),
        lambda _id: url_for(".synonyms"),
        N_("Removed. Each name stands for itself again."),
    )


# ------------------------------------------------------------ commands

commands = AppGroup("search", help="The index of words.")


@commands.command("rebuild")
def rebuild_command() -> None:
    """Work out the words of every listing and the vocabulary anew."""
    click.echo(f"{services.rebuild()} listings had other words.")


def init_app(app: Flask) -> None:
    """Register the pages and commands; searches ask for the names kept here."""
    finding.names_from(queries.names_of)
    app.register_blueprint(bp)
    app.cli.add_command(commands)
