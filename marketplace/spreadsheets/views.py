"""Pages of spreadsheets: the template, the upload, the check with its progress, the saving."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from marketplace.accounts import queries as accounts
from marketplace.accounts.models import StoredFile
from marketplace.accounts.papers import store
from marketplace.accounts.rules import ActingHow
from marketplace.core import clock
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.core.files import read_limited
from marketplace.core.i18n import N_
from marketplace.core.parsing import Unreadable
from marketplace.core.text import clean, fold
from marketplace.programme.models import Pair
from marketplace.spreadsheets import columns, queries, reading, services, template
from marketplace.spreadsheets.forms import MapForm, StepForm, UploadForm
from marketplace.spreadsheets.models import Import
from marketplace.spreadsheets.rules import IMPORT, ImportState
from marketplace.spreadsheets.workbook import XLSX, read
from marketplace.web.access import MEMBERS, OFFICIALS, access, actor
from marketplace.web.forms import handle, send
from marketplace.web.navigation import OFFERS, Entry, officer, producer

bp = Blueprint("spreadsheets", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("spreadsheets.index", N_("Spreadsheets"), 38, officer, office=OFFERS),
    Entry("spreadsheets.index", N_("Spreadsheets"), 39, producer, in_top=False, in_account=True),
)

STEP_SECONDS = 2.0
"""How long one step of a check may take: the page moves on and shows how far it is."""


@bp.route("/ban-hang/bang-tinh", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def index() -> ResponseReturnValue:
    """The template to download, a file to upload, and my last files."""
    form = UploadForm()
    helped = accounts.can_be_spoken_for(actor())
    form.speak_for(helped[0] if helped else None)
    return handle(
        form,
        lambda: render_template(
            "spreadsheets/index.html",
            form=form,
            recent=queries.recent(actor()),
            labels=IMPORT.labels,
            kinds=template.kinds_for(actor()),
        ),
        lambda: _take_in(form),
        _url,
    )


@bp.get("/lam-viec/nhap-xuat")
@access(OFFICIALS)
def desk() -> ResponseReturnValue:
    """The same page, where officials look for it."""
    return redirect(url_for("spreadsheets.index"))


def _take_in(form: UploadForm) -> Import:
    upload = form.file.data
    if not isinstance(upload, FileStorage) or not upload.filename:
        raise Invalid("file", N_("Choose an Excel or CSV file."))
    content = read_limited(upload.stream, "file")
    acting = form.acting()
    if acting is not None and acting.how is None:
        acting = None  # only needed for rows of others; the check says so
    if acting is not None and acting.how is ActingHow.SLIP and acting.evidence is None:
        raise Invalid("acting_paper", N_("Attach the photo of the signed slip."))
    found = _tables(content, "file")
    paper = StoredFile(
        digest=store().put(content),
        media_type=XLSX if content.startswith(b"PK") else "text/csv",
        size=len(content),
        label=_label(upload.filename),
        uploaded_by_id=actor().user_id,
        created_at=clock.now(),
    )
    rows = sum(len(table.rows) for table in found)
    is_clear = all(table.is_clear for table in found)
    return services.start(actor(), _pair(), paper, rows, is_clear=is_clear, acting=acting)


def _tables(content: bytes, field: str) -> list[reading.Table]:
    """The tables of a file. Raises Invalid at ``field``."""
    try:
        found = reading.tables(
            read(content), template.kinds_for(actor()), actor().organisation_id or 0
        )
    except Unreadable as error:
        raise Invalid(field, error.text) from error
    if not any(table.rows for table in found):
        raise Invalid(
            field, N_("No rows were found below the headings. Fill in the template and upload it.")
        )
    return found


def _label(name: str) -> str:
    try:
        return clean(name.replace("\\", "/").rsplit("/", 1)[-1])[:80] or "bang-tinh.xlsx"
    except Unreadable:
        return "bang-tinh.xlsx"


@bp.get("/ban-hang/bang-tinh/mau.xlsx")
@access(MEMBERS)
def download() -> ResponseReturnValue:
    """A template with my own listings, prices and quantities in it."""
    content = template.workbook(actor())
    return send(content, XLSX, name="bang-tinh-cho-ket-noi.xlsx", attachment=True)


@bp.route("/ban-hang/bang-tinh/<public:public_id>", methods=["GET", "POST"])
@access(MEMBERS)
def show(public_id: str) -> ResponseReturnValue:
    """A file: how far it is, its faults or what it would change; each POST takes the next step."""
    upload = queries.get(public_id, actor())
    if upload.state is ImportState.MAPPING:
        return redirect(url_for("spreadsheets.map_columns", public_id=public_id))
    form = StepForm()
    return handle(
        form,
        lambda: _page(public_id, form),
        lambda: _step(public_id),
        _url,
    )


def _page(public_id: str, form: StepForm) -> str:
    return render_template(
        "spreadsheets/show.html",
        form=form,
        upload=queries.get(public_id, actor()),
        labels=IMPORT.labels,
        drop_url=url_for("spreadsheets.drop", public_id=public_id),
    )


def _step(public_id: str) -> Import:
    """Check on, or save."""
    upload = queries.get(public_id, actor())
    if upload.state is not ImportState.CHECKING:
        IMPORT.require(upload, "save", actor())
    found, desk_ = _again(upload)
    if upload.state is ImportState.CHECKING:
        result = reading.go_through(found, desk_, start=upload.rows_done, seconds=STEP_SECONDS)
        begun = sum(1 for planned in result.plans if planned.public_id is None)
        return services.note_checked(
            actor(),
            public_id,
            result.done,
            [fault.as_row() for fault in result.faults],
            begun=begun,
            changed=len(result.plans) - begun,
            unchanged=result.unchanged,
        )
    result = reading.go_through(found, desk_)
    if result.faults:
        raise Conflict(
            N_("Something changed since the check. Upload the file again to have it checked anew.")
        )
    return services.save(actor(), public_id, result.plans)


def _again(upload: Import) -> tuple[Sequence[reading.Table], reading.Desk]:
    """The file read anew, and what is looked up for it."""
    content = store().read(upload.file.digest)
    if content is None:
        raise NotFound
    desk_ = reading.Desk(actor(), upload.pair, upload.acting_how is not None)
    return _tables(content, "file"), desk_


@bp.route("/ban-hang/bang-tinh/<public:public_id>/cot", methods=["GET", "POST"])
@access(MEMBERS)
def map_columns(public_id: str) -> ResponseReturnValue:
    """Name the columns of an office's own spreadsheet; what is said is remembered."""
    upload = queries.get(public_id, actor())
    if upload.state is not ImportState.MAPPING:
        return redirect(_url(upload))
    found, _ = _again(upload)
    form = MapForm()
    return handle(
        form,
        lambda: render_template(
            "spreadsheets/map.html",
            form=form,
            upload=queries.get(public_id, actor()),
            tables=template.questions(found, request.form),
            drop_url=url_for("spreadsheets.drop", public_id=public_id),
        ),
        lambda: services.map_columns(
            actor(), public_id, _meanings(found), sum(len(t.rows) for t in found)
        ),
        _url,
        N_("Remembered. The file is being checked."),
    )


def _meanings(found: Sequence[reading.Table]) -> dict[tuple[str, str], str]:
    """What was chosen for each unknown heading. Raises Invalid when no column is the name."""
    said: dict[tuple[str, str], str] = {}
    for at, table in enumerate(found):
        known = {
            shape.field for shape in (*reading.EXTRA, *columns.shapes(reading.blank(table.kind)))
        }
        chosen = {
            fold(heading): field
            for place, heading in table.unknown
            for field in [request.form.get(f"heading-{at}-{place}", "")]
            if field == "" or field in known
        }
        if "title" not in {*chosen.values(), *table.fields.values()}:
            raise Invalid("title", N_("Say which column holds the name of the listing."))
        said |= {(table.kind, heading): field for heading, field in chosen.items()}
    return said


@bp.post("/ban-hang/bang-tinh/<public:public_id>/bo")
@access(MEMBERS)
def drop(public_id: str) -> ResponseReturnValue:
    """Leave a file aside."""
    form = StepForm()
    return handle(
        form,
        lambda: _page(public_id, form),
        lambda: services.drop(actor(), public_id),
        lambda _upload: url_for("spreadsheets.index"),
        N_("The file was left aside; nothing of it was saved."),
    )


def _url(upload: Import) -> str:
    if upload.state is ImportState.MAPPING:
        return url_for("spreadsheets.map_columns", public_id=upload.public_id)
    return url_for("spreadsheets.show", public_id=upload.public_id)


def _pair() -> Pair:
    pair: Pair | None = g.get("pair")
    if pair is None:
        raise NotFound
    return pair


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
