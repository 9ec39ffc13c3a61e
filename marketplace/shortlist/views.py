"""Hearts, the page of what is kept, and listings side by side.

The lists of everyone hold no form and no state of anyone signed out: a heart there is a link to
the page of one small form, which htmx fetches and sends by itself, so that one press is enough.
"""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import sessions
from marketplace.catalogue import panels
from marketplace.core.actor import Actor
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.i18n import N_
from marketplace.shortlist import cookie, queries, services, showing
from marketplace.shortlist.forms import HeartForm
from marketplace.shortlist.rules import MOST_IN_BROWSER, known
from marketplace.web.access import PUBLIC, access, actor
from marketplace.web.forms import handle, is_htmx
from marketplace.web.navigation import Entry, everyone, signed_in, visitor
from marketplace.web.security import came_from, safe_next

bp = Blueprint("shortlist", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "shortlist.index",
        N_("Saved"),
        40,
        everyone,
        "heart",
        in_top=False,
        tab_for=visitor,
        group=N_("Explore"),
    ),
    Entry("shortlist.index", N_("Saved"), 89, signed_in, "heart", in_account=True),
)
MOST_READ = 12
"""Ids of an address that a comparison reads; more than four get a sentence."""


def _kept() -> list[str]:
    someone = actor()
    return queries.kept_ids(someone) if someone.is_signed_in else cookie.read()


@bp.get("/da-luu")
@access(PUBLIC)
def index() -> ResponseReturnValue:
    """What one keeps, by kind; what can no longer be opened is not shown."""
    found = queries.among(_kept(), actor())
    return render_template("shortlist/index.html", shelves=showing.shelves(found), total=len(found))


@bp.route("/da-luu/<public:public_id>", methods=["GET", "POST"])
@access(PUBLIC)
def keep(public_id: str) -> ResponseReturnValue:
    """Keep a listing, or let it go: a page of one button, for htmx the heart alone."""
    form = HeartForm(data={"ve": came_from()})
    done = url_for(".keep", public_id=public_id, xong=1)
    back = safe_next(form.ve.data, url_for(".index"))
    lets_go = bool(form.bo.data)
    return handle(
        form,
        lambda: _page(public_id, form),
        lambda: _let_go(public_id) if lets_go else _keep(public_id),
        lambda _nothing: done if is_htmx() else back,
        None if is_htmx() else N_("No longer saved.") if lets_go else N_("Saved for later."),
    )


def _page(public_id: str, form: HeartForm) -> str:
    kept = public_id in _kept()
    found = queries.one(public_id, actor())
    if found is None and not kept:
        raise NotFound
    return render_template(
        "shortlist/_heart.html" if is_htmx() else "shortlist/keep.html",
        public_id=public_id,
        title=found.title if found else public_id,
        is_kept=kept,
        form=form,
        back=safe_next(form.ve.data, url_for(".index")),
        sends_itself=_still_to_do(is_kept=kept),
    )


def _still_to_do(*, is_kept: bool) -> bool:
    """Whether the press that asked for this heart still has something to change.

    Lists show visitors no heart as pressed, because they are the same for everyone. So whoever
    presses one means to keep; where that is done already, the heart only shows it. A heart that
    was shown as pressed says so itself (``bo``).
    """
    if request.method != "GET" or "xong" in request.args:
        return False
    return is_kept == ("bo" in request.args)


def _keep(public_id: str) -> None:
    if actor().is_signed_in:
        services.keep(actor(), public_id)
        return
    ids = cookie.read()
    if queries.one(public_id, actor()) is None:
        raise NotFound
    if public_id not in ids and len(ids) >= MOST_IN_BROWSER:
        raise Conflict(services.full(MOST_IN_BROWSER))
    cookie.write([public_id, *(one for one in ids if one != public_id)])


def _let_go(public_id: str) -> None:
    if actor().is_signed_in:
        services.let_go(actor(), public_id)
    else:
        cookie.write([one for one in cookie.read() if one != public_id])


@bp.get("/so-sanh")
@access(PUBLIC)
def compare() -> ResponseReturnValue:
    """Up to four listings of a kind side by side; the address holds which."""
    wanted = known(request.args.getlist("id"), MOST_READ)
    return render_template("shortlist/compare.html", comparison=showing.comparison(wanted, actor()))


def _bring(someone: Actor) -> None:
    """At sign-in, what this browser kept becomes the person's."""
    ids = cookie.read()
    if not ids:
        return
    try:
        services.bring(someone, ids)
    except Conflict:  # the same person elsewhere, at this moment: the cookie waits for next time
        current_app.logger.info("kept listings were not brought along")
        return
    cookie.write([])


def init_app(app: Flask) -> None:
    """Register the pages, the hearts of cards, and what happens at sign-in."""
    app.register_blueprint(bp)
    panels.add_tools(
        "shortlist/_tools.html", "shortlist/_below.html", "shortlist/_form.html", queries.marked
    )
    sessions.after_entering(_bring)
