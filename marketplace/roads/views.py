"""Pages about roads: for everyone, and for the officials who keep them true."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.core import clock, journal
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.programme.models import Pair
from marketplace.roads import queries, services, showing
from marketplace.roads.forms import AccessForm, NoticeForm
from marketplace.roads.models import RoadNotice
from marketplace.roads.rules import ROAD_NOTICE, may_keep
from marketplace.web.access import OFFICIALS, PUBLIC, access, actor
from marketplace.web.forms import Form, handle
from marketplace.web.navigation import PEOPLE, Entry, officer
from marketplace.web.pagination import Page, page_number
from marketplace.web.workflow import MoveButton, moves

bp = Blueprint("roads", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("roads.index", N_("Roads"), 45, in_top=False, group=N_("Explore")),
    Entry("roads.office", N_("Road notices"), 39, officer, office=PEOPLE),
)
LAST_PAST = 10
"""Notices that are over on the public page; the officials' page has all of them."""


def _pair() -> Pair:
    """The pair of this address. Raises NotFound where there is none."""
    pair: Pair | None = g.get("pair")
    if pair is None:
        raise NotFound
    return pair


# ------------------------------------------------------------ for everyone


@bp.get("/duong-di")
@access(PUBLIC, kept=True)
def index() -> ResponseReturnValue:
    """How one gets to every village of the pair today, and what was said before."""
    pair = _pair()
    past, total = queries.past(pair.locality_ids, clock.today(), limit=LAST_PAST)
    return render_template(
        "roads/index.html",
        localities=showing.localities((pair.source, pair.market)),
        past=[showing.view(notice) for notice in past],
        total_past=total,
    )


@bp.get("/duong-di/<public:public_id>")
@access(PUBLIC, kept=True)
def notice(public_id: str) -> ResponseReturnValue:
    """One notice: where, since when, what was said about it since."""
    found = queries.get(public_id)
    keeps = may_keep(actor(), found)
    lines = history.lines(journal.of([found]), [ROAD_NOTICE])
    return render_template(
        "roads/notice.html",
        notice=found,
        view=showing.view(found),
        newer=queries.successor(found),
        lines=lines if keeps else showing.without_names(lines),
        buttons=_buttons(found),
        keeps=keeps,
    )


# ------------------------------------------------------------ for officials


@bp.get("/lam-viec/duong-di")
@access(OFFICIALS)
def office() -> str:
    """The notices and villages of my locality."""
    mine = queries.locality(actor().locality_id)
    number, size = page_number(request.args.get("trang")), 24
    past, total = queries.past([mine.id], clock.today(), (number - 1) * size, size)
    page = Page([showing.view(notice) for notice in past], number, total, size)
    if number > page.pages:
        raise NotFound
    standing = sorted(
        map(showing.view, queries.standing([mine.id], clock.today())), key=showing.rank
    )
    return render_template(
        "roads/office.html",
        locality=mine,
        standing=[(view, _buttons(view.notice)) for view in standing],
        villages=showing.village_roads(queries.places(mine.id)),
        page=page,
        url_for_page=lambda n: url_for("roads.office", trang=n),
    )


def _buttons(notice: RoadNotice) -> list[MoveButton]:
    """What an official of its locality may do with a notice now."""
    return moves(notice, _move_url(notice), as_page=["replace", "end"])


def _move_url(notice: RoadNotice) -> Callable[[str], str]:
    def url(name: str) -> str:
        if name == "replace":
            return url_for("roads.post", thay=notice.public_id)
        return url_for("roads.move", public_id=notice.public_id, move=name)

    return url


@bp.route("/lam-viec/duong-di/moi", methods=["GET", "POST"])
@access(OFFICIALS)
def post() -> ResponseReturnValue:
    """Post a notice; ``?thay=`` names the one it takes the place of."""
    replaced = request.args.get("thay", "")
    form = _notice_form(replaced)
    return handle(
        form,
        lambda: render_template(
            "roads/post.html",
            form=form,
            locality=queries.locality(actor().locality_id),
            older=queries.get(replaced) if replaced else None,
        ),
        lambda: services.post_notice(actor(), form.values(), replaced or None),
        lambda notice: url_for("roads.notice", public_id=notice.public_id),
        N_("The notice is public. Owners of listings and cooperatives there are being told."),
    )


def _notice_form(replaced: str) -> NoticeForm:
    """The form for my locality, filled from the notice to be replaced. Raises as its move would."""
    older = queries.get(replaced) if replaced else None
    if older is not None:
        ROAD_NOTICE.require(older, "replace", actor())
    form = NoticeForm(data={"since": clock.today()} | (showing.filled(older) if older else {}))
    villages = queries.places(queries.locality(actor().locality_id).id)
    if villages:
        form.villages.offer([(place.id, place.name) for place in villages])
    else:  # a ward without villages speaks of the whole
        form.is_everywhere.data = True
        del form["villages"]
    return form


@bp.route(
    "/lam-viec/duong-di/<public:public_id>/<any('confirm', 'end'):move>", methods=["GET", "POST"]
)
@access(OFFICIALS)
def move(public_id: str, move: str) -> ResponseReturnValue:
    """Confirm or end a notice."""
    found = queries.get(public_id)

    def act(form: MoveForm) -> RoadNotice:
        if move == "confirm":
            return services.confirm_notice(actor(), public_id)
        return services.end_notice(actor(), public_id, **form.why())

    return move_page(
        found,
        move,
        act,
        title=found.words,
        back=url_for("roads.notice", public_id=public_id),
        said=SAID[move],
        hint=N_("Everyone can read this."),
    )


SAID = {
    "confirm": N_("Confirmed as of today."),
    "end": N_("The notice has ended. It stays in the history with your reason."),
}


@bp.route("/lam-viec/duong-di/thon/<code>", methods=["GET", "POST"])
@access(OFFICIALS)
def describe(code: str) -> ResponseReturnValue:
    """Write down how one gets to a village of my locality."""
    place = queries.place(code, actor().locality_id)
    form = AccessForm(obj=queries.access(place.id))
    return handle(
        form,
        lambda: render_template(
            "roads/describe.html", form=form, place=queries.place(code, actor().locality_id)
        ),
        lambda: services.describe_access(actor(), code, form.values(), form.version.data),
        lambda _access: url_for("roads.office") + f"#{place.code}",
        N_("Saved, as confirmed today."),
    )


@bp.post("/lam-viec/duong-di/thon/<code>/con-dung")
@access(OFFICIALS)
def confirm_access(code: str) -> ResponseReturnValue:
    """Say that the way to a village is still as written."""
    place = queries.place(code, actor().locality_id)
    return handle(
        Form(),
        office,
        lambda: services.confirm_access(actor(), code),
        lambda _access: url_for("roads.office") + f"#{place.code}",
        N_("Confirmed as of today."),
    )


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
