"""Pages of being told: saved searches, watched listings, and the link that stops both."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.alerts import links, queries, services, showing
from marketplace.alerts.forms import SearchForm, WatchForm
from marketplace.alerts.links import What
from marketplace.alerts.rules import Rhythm
from marketplace.catalogue import panels
from marketplace.catalogue.browse import Lists
from marketplace.catalogue.changes import LISTINGS
from marketplace.catalogue.kinds import SECTIONS
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Wished
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.programme.models import Pair
from marketplace.web.access import PUBLIC, SIGNED_IN, access, actor
from marketplace.web.forms import Form, handle
from marketplace.web.navigation import Entry, signed_in
from marketplace.web.pagination import PER_PAGE, Page, page_number
from marketplace.web.security import safe_next

bp = Blueprint("alerts", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("alerts.searches", N_("Saved searches"), 44, signed_in, "search", in_account=True),
    Entry("alerts.watched", N_("Listings I watch"), 45, signed_in, "eye", in_account=True),
)


# ------------------------------------------------------------ saved searches


@bp.get("/toi/tim-da-luu")
@access(SIGNED_IN)
def searches() -> ResponseReturnValue:
    """My saved searches: what each asks, how often it tells, when it last did."""
    found = [showing.saved(search, actor()) for search in queries.searches_of(actor())]
    return render_template("alerts/searches.html", searches=found, email=_email())


def _email() -> str | None:
    return accounts.user(actor().user_id or 0).email


@bp.route("/toi/tim-da-luu/moi", methods=["GET", "POST"])
@access(SIGNED_IN)
def save() -> ResponseReturnValue:
    """Save the list whose section (?muc=) and filters stand in the address."""
    pair, wished = _pair(), _wished()
    known = queries.same(actor(), pair.id, wished) if request.method == "GET" else None
    if known is not None:
        return redirect(url_for(".edit", public_id=known.public_id), 303)
    said = showing.words_of(wished, pair, actor())
    form = SearchForm(data={"name": showing.name_for(said), "rhythm": Rhythm.DAILY})
    return handle(
        form,
        lambda: _search_page(
            form, said, queries.address_for(wished), action=showing.save_address(wished)
        ),
        lambda: services.save(actor(), pair.id, wished, form.values()),
        lambda _search: url_for(".searches"),
        N_("Saved. You are told when something new fits."),
    )


def _wished() -> Wished:
    kind = SECTIONS.get(request.args.get("muc", ""))
    if kind is None:
        raise NotFound
    return Lists(_pair()).wished(PAGES[kind].spec, request.args.to_dict(flat=False))


def _pair() -> Pair:
    pair: Pair | None = g.get("pair")
    if pair is None:
        raise NotFound
    return pair


def _search_page(form: SearchForm, said: list[str], path: str, **more: Any) -> str:
    return render_template(
        "alerts/search.html", form=form, said=said, path=path, email=_email(), **more
    )


@bp.route("/toi/tim-da-luu/<public:public_id>", methods=["GET", "POST"])
@access(SIGNED_IN)
def edit(public_id: str) -> ResponseReturnValue:
    """Rename one of my searches, or change its rhythm."""
    search = queries.search(public_id, actor())
    form = SearchForm(obj=search)
    said = showing.words_of(queries.wished_of(search), search.pair, actor())
    path = queries.address_of(search)
    return handle(
        form,
        lambda: _search_page(form, said, path, is_saved=True),
        lambda: services.change(actor(), public_id, form.values()),
        lambda _search: url_for(".searches"),
        N_("Saved."),
    )


@bp.post("/toi/tim-da-luu/<public:public_id>/<any(stop, resume, remove):move>")
@access(SIGNED_IN)
def move(public_id: str, move: str) -> ResponseReturnValue:
    """Stop one of my searches, let it tell again, or delete it."""
    return handle(
        Form(),
        lambda: str(searches()),
        lambda: MOVES[move](actor(), public_id),
        lambda _nothing: url_for(".searches"),
        SAID[move],
    )


MOVES = {"stop": services.stop, "resume": services.resume, "remove": services.remove}
SAID = {
    "stop": N_("Stopped. It tells nothing any more."),
    "resume": N_("You are told again of what is published from now on."),
    "remove": N_("The search is deleted."),
}


@bp.get("/toi/tim-da-luu/tin/<public:public_id>")
@access(SIGNED_IN)
def digest(public_id: str) -> ResponseReturnValue:
    """What a message told me, as far as it can still be had."""
    message = queries.digest(public_id, actor())
    return render_template(
        "alerts/digest.html", message=message, groups=queries.groups(message), made=message.made_at
    )


# ------------------------------------------------------------ watched listings


@bp.get("/toi/theo-doi")
@access(SIGNED_IN)
def watched() -> ResponseReturnValue:
    """The listings I watch."""
    number = page_number(request.args.get("trang"))
    rows, total = queries.watched_by(actor(), offset=(number - 1) * PER_PAGE, limit=PER_PAGE)
    return render_template(
        "alerts/watched.html",
        page=Page([showing.watched(row) for row in rows], number, total),
        url_for_page=lambda n: url_for(".watched", trang=n),
    )


@bp.post("/theo-doi/<public:public_id>")
@access(SIGNED_IN)
def watch(public_id: str) -> ResponseReturnValue:
    """Watch a listing."""
    return handle(
        WatchForm(),
        lambda: str(watched()),
        lambda: services.watch(actor(), public_id),
        lambda listing: f"{listing.path}#theo-doi",
        N_("You are told of every change, and before it closes."),
    )


@bp.post("/theo-doi/<public:public_id>/thoi")
@access(SIGNED_IN)
def unwatch(public_id: str) -> ResponseReturnValue:
    """Watch a listing no longer."""
    form = WatchForm()
    onward = safe_next(form.next.data, url_for(".watched"))
    return handle(
        form,
        lambda: str(watched()),
        lambda: services.unwatch(actor(), public_id),
        lambda _nothing: onward,
        N_("You are not told of this listing any more."),
    )


# ------------------------------------------------------------ stopping by a link


@bp.route("/dung/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def stop(token: str) -> ResponseReturnValue:
    """Stop mails by the link they carry, without signing in.

    Opening it changes nothing, since mail programs follow links to check them. A POST stops, from
    the button or from the mail program itself (RFC 8058), which sends no cookie and no token of a
    form: the signed link is the permission, so the check of forms from elsewhere leaves it out.
    """
    found = links.read(token)
    if found is None:
        return render_template("alerts/stop_unknown.html"), 404
    person, what, public_id = found
    if request.method == "POST":
        STOPS[what](person.id, public_id)
    return render_template("alerts/stop.html", what=what, done=request.method == "POST")


STOPS = {
    What.ALL: lambda person_id, _public_id: services.stop_all(person_id),
    What.SEARCH: services.stop_search,
    What.WATCH: services.unwatch_by_link,
}


def init_app(app: Flask) -> None:
    """Register the pages, and the panels on a listing's pages."""
    app.register_blueprint(bp)
    LISTINGS.declare_harmless("saved_search", "search_digest", "listing_watch")
    app.extensions["csrf"].exempt(stop)
    panels.add(
        panels.Panel("alerts.watch", "page", "alerts/_panel.html", showing.on_page, 5),
        panels.Panel("alerts.own", "own", "alerts/_own_panel.html", showing.on_own_page, 30),
    )
