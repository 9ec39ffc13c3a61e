"""Addresses other programs ask for: pictures, feeds, calendars, maps, open data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.accounts.papers import shown
from marketplace.catalogue import panels
from marketplace.catalogue.browse import Lists, asked_page
from marketplace.catalogue.kinds import SECTIONS
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.lists import Wished
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.i18n import N_
from marketplace.programme.models import Pair
from marketplace.sharing import exports, feeds, ical, queries, showing
from marketplace.sharing.kept import Kept
from marketplace.sharing.picture import Card, draw
from marketplace.sharing.queries import SEASONAL
from marketplace.sharing.rules import CALENDAR_SIZE, FEED_SIZE, SITEMAP_SIZE
from marketplace.web import qr
from marketplace.web.access import PUBLIC, access
from marketplace.web.forms import send
from marketplace.web.locale import spoken
from marketplace.web.navigation import Entry
from marketplace.web.templating import FRAME_HOOKS

bp = Blueprint("sharing", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("sharing.data", N_("Open data"), 42, in_top=False, group=N_("Explore")),
)

_SECTION = f"<any({', '.join(repr(section) for section in SECTIONS)}):section>"
_SEASONAL = f"<any({', '.join(repr(s) for s, k in SECTIONS.items() if k in SEASONAL)}):section>"
_DATASET = f"<any({', '.join(repr(code) for code in exports.DATASETS)}):code>"
PICTURE_SECONDS = 86_400
"""How long a preview picture is kept by others; its address changes when it is drawn anew."""
FOR_PEOPLE = ("/", "/gioi-thieu", "/ket-qua", "/du-lieu", "/huong-dan", "/lien-he", "/dieu-khoan")
"""Pages a map names beside lists and listings."""


def _pair() -> Pair:
    """The pair of this address. Raises NotFound where there is none."""
    pair: Pair | None = g.get("pair")
    if pair is None:
        raise NotFound
    return pair


def _answer(content: bytes, media_type: str) -> Response:
    """A public file that is asked for again and again: nothing is sent when nothing changed."""
    response = Response(content, content_type=media_type)
    response.cache_control.public = True
    response.cache_control.no_cache = True
    response.add_etag()
    response.make_conditional(request)
    return response


# ------------------------------------------------------------ preview pictures


@bp.get("/anh-chia-se/<public:public_id>.png")
@access(PUBLIC)
@spoken
def preview(public_id: str) -> ResponseReturnValue:
    """The picture of a listing that everyone may open."""
    return _picture(showing.card(queries.face(public_id)))


@bp.get("/anh-chia-se/chung.png")
@access(PUBLIC)
@spoken
def general() -> ResponseReturnValue:
    """The picture of the portal."""
    return _picture(showing.general_card())


def _picture(card: Card) -> Response:
    """Drawn only where nobody has it yet: neither the one who asks, nor the folder."""
    response = Response(mimetype="image/png")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.cache_control.public = True
    response.cache_control.max_age = PICTURE_SECONDS
    response.set_etag(card.digest)
    if card.digest not in request.if_none_match:
        photo = shown(card.photo) if card.photo else None
        folder = Path(current_app.instance_path) / "previews"
        response.data = Kept(folder).get(card.digest, lambda: draw(card, photo))
    response.make_conditional(request)
    return response


# ------------------------------------------------------------ feeds and calendars


@bp.get(f"/{_SECTION}.atom")
@access(PUBLIC, kept=True)
@spoken
def feed(section: str) -> ResponseReturnValue:
    """A list as a feed, its filters as on the page, the newest first."""
    args = request.args.to_dict(flat=False)
    lists, wished = Lists(_pair()), _newest(section)
    last = max(1, -(-lists.counts(wished).total // FEED_SIZE))
    number = min(asked_page(args), last)
    ids = queries.window(lists, wished, (number - 1) * FEED_SIZE, FEED_SIZE)
    made = showing.feed(_pair(), wished, queries.faces(ids), number, last)
    return _answer(feeds.atom(made), "application/atom+xml; charset=utf-8")


def _newest(section: str) -> Wished:
    spec = PAGES[SECTIONS[section]].spec
    return Lists(_pair()).wished(spec, request.args.to_dict(flat=False) | {"sap": ["moi"]})


@bp.get(f"/{_SEASONAL}.ics")
@access(PUBLIC, kept=True)
@spoken
def calendar(section: str) -> ResponseReturnValue:
    """The months of a list, its filters as on the page."""
    lists, wished = Lists(_pair()), _newest(section)
    found = queries.faces(queries.window(lists, wished, 0, CALENDAR_SIZE))
    name = f"{showing.list_name(wished)} – {showing.site_name()}"
    return _calendar(name, found)


@bp.get(f"/{_SECTION}/<slugged:public_id>.ics")
@access(PUBLIC)
@spoken
def season(section: str, public_id: str) -> ResponseReturnValue:
    """The months of one listing, and the days by which one must ask or send."""
    face = queries.face(public_id, SECTIONS[section])
    return _calendar(face.title, [face], showing.key_days(face))


def _calendar(name: str, found: list[queries.Face], days: Sequence[ical.Day] = ()) -> Response:
    content = ical.calendar(name, [showing.season(face) for face in found if face.months], days)
    return _answer(content, "text/calendar; charset=utf-8")


# ------------------------------------------------------------ maps for search engines


@bp.get("/sitemap.xml")
@access(PUBLIC)
def sitemap() -> ResponseReturnValue:
    """The map of the maps."""
    pair = _pair()
    changed = queries.last_changes(pair)
    maps: list[tuple[str, datetime | None]] = [(qr.address("/sitemap-trang.xml"), None)]
    for section, kind in SECTIONS.items():
        for number in range(1, -(-queries.counts(pair)[kind] // SITEMAP_SIZE) + 1):
            address = qr.address(f"/sitemap-{section}-{number}.xml")
            maps.append((address, changed.get(kind)))
    return _answer(feeds.sitemap_index(maps), "application/xml; charset=utf-8")


@bp.get("/sitemap-trang.xml")
@access(PUBLIC)
def sitemap_pages() -> ResponseReturnValue:
    """The pages that are no listing."""
    changed = queries.last_changes(_pair())
    lists = [(PAGES[kind].spec.path, changed.get(kind)) for kind in PAGES]
    plain: list[tuple[str, datetime | None]] = [(path, None) for path in FOR_PEOPLE]
    found = [(qr.address(path), at) for path, at in [*plain, *lists]]
    return _answer(feeds.sitemap(found), "application/xml; charset=utf-8")


@bp.get(f"/sitemap-{_SECTION}-<int:number>.xml")
@access(PUBLIC)
def sitemap_of(section: str, number: int) -> ResponseReturnValue:
    """The listings of a kind, ``SITEMAP_SIZE`` to a map. Raises NotFound beyond the last."""
    pair, kind = _pair(), SECTIONS[section]
    if not 1 <= number <= -(-queries.counts(pair)[kind] // SITEMAP_SIZE):
        raise NotFound
    rows = queries.addresses(pair, kind, (number - 1) * SITEMAP_SIZE, SITEMAP_SIZE)
    found = [(qr.address(row.path), row.updated_at) for row in rows]
    return _answer(feeds.sitemap(found), "application/xml; charset=utf-8")


# ------------------------------------------------------------ open data


@bp.get("/du-lieu")
@access(PUBLIC, kept=True)
def data() -> ResponseReturnValue:
    """What can be taken from here, what each field means, and under which licence."""
    pair = _pair()
    return render_template(
        "sharing/data.html",
        sets=showing.datasets(pair),
        licence=exports.LICENCE,
        licence_url=exports.LICENCE_URL,
        day=clock.today(),
    )


@bp.get(f"/du-lieu/{_DATASET}.<any(csv, json):form>")
@access(PUBLIC)
@spoken
def download(code: str, form: str) -> ResponseReturnValue:
    """One set as a file."""
    pair, dataset = _pair(), exports.DATASETS[code]
    found = exports.records(pair, dataset)
    name = f"{code}-{clock.today():%Y%m%d}.{form}"
    if form == "csv":
        content = exports.as_csv(dataset.fields, found)
    else:
        content = exports.as_json(dataset, found, exports.about(pair, dataset))
    media_type = "text/csv" if form == "csv" else "application/json"
    response = send(content, media_type, name=name, attachment=True)
    response.add_etag()
    response.make_conditional(request)
    return response


def init_app(app: Flask) -> None:
    """Register the addresses, the parts of a listing's page, and what lists say in their head."""
    app.register_blueprint(bp)
    panels.add(
        panels.Panel("linked data", "head", "sharing/_head.html", showing.head),
        panels.Panel("share", "side", "sharing/_panel.html", showing.side),
    )
    if showing.frame not in FRAME_HOOKS:
        FRAME_HOOKS.append(showing.frame)
