"""Pages of joint meetings: opening one, deciding in the room, the minutes."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.catalogue.changes import LISTINGS
from marketplace.core import clock
from marketplace.core.i18n import N_
from marketplace.meetings import queries, services, showing
from marketplace.meetings.forms import CloseForm, MeetingForm, NoteForm
from marketplace.programme import queries as programme
from marketplace.web.access import OFFICIALS, access, actor
from marketplace.web.forms import Form, handle, send
from marketplace.web.navigation import CASES, Entry, officer

bp = Blueprint("meetings", __name__)
ENTRIES: tuple[Entry, ...] = (
    Entry("meetings.index", N_("Joint meetings"), 39, officer, office=CASES),
)
METHODS = ["GET", "POST"]
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@bp.route("/lam-viec/hop", methods=METHODS)
@access(OFFICIALS)
def index() -> ResponseReturnValue:
    """The meetings held, and opening one."""
    pairs = programme.of_locality(actor().locality_id or 0)
    form = MeetingForm(data={"held_on": clock.today(), "pair": pairs[0].code if pairs else None})
    form.pair.offer([(pair.code, pair.name) for pair in pairs])
    return handle(
        form,
        lambda: render_template("meetings/index.html", form=form, rows=queries.of(actor())),
        lambda: services.open_meeting(actor(), form.pair.data or "", form.values()),
        lambda meeting: url_for("meetings.show", public_id=meeting.public_id),
        said=N_("The meeting is open. What waits for a decision stands below."),
    )


@bp.get("/lam-viec/hop/<public:public_id>")
@access(OFFICIALS)
def show(public_id: str) -> ResponseReturnValue:
    """A meeting: each matter with the link to its decision, and what was decided."""
    meeting = queries.get(public_id, actor())
    here = url_for("meetings.show", public_id=public_id)
    return render_template(
        "meetings/show.html", meeting=meeting, agenda=showing.agenda(meeting, actor(), here)
    )


@bp.route("/lam-viec/hop/<public:public_id>/them", methods=METHODS)
@access(OFFICIALS)
def gather(public_id: str) -> ResponseReturnValue:
    """Put before the meeting what has come to wait since."""
    meeting, form = queries.get(public_id, actor()), Form()
    title = meeting.place
    return handle(
        form,
        lambda: render_template(
            "meetings/gather.html", form=form, title=title, public_id=public_id
        ),
        lambda: services.gather(actor(), public_id),
        lambda _meeting: url_for("meetings.show", public_id=public_id),
        said=N_("What waits now stands on the agenda."),
    )


@bp.route("/lam-viec/hop/<public:public_id>/ghi/<public:item_id>", methods=METHODS)
@access(OFFICIALS)
def note(public_id: str, item_id: str) -> ResponseReturnValue:
    """Write down what was said about a matter."""
    item = queries.item(queries.get(public_id, actor()), item_id)
    form, title = NoteForm(data={"note": item.note}), item.title
    return handle(
        form,
        lambda: render_template("meetings/note.html", form=form, title=title, public_id=public_id),
        lambda: services.note(actor(), public_id, item_id, form.note.data or ""),
        lambda _meeting: url_for("meetings.show", public_id=public_id),
        said=N_("Written down."),
    )


@bp.route("/lam-viec/hop/<public:public_id>/ket-thuc", methods=METHODS)
@access(OFFICIALS)
def close(public_id: str) -> ResponseReturnValue:
    """Close the meeting with its conclusion."""
    meeting, form = queries.get(public_id, actor()), CloseForm()
    title = meeting.place
    return handle(
        form,
        lambda: render_template("meetings/close.html", form=form, title=title, public_id=public_id),
        lambda: services.close(actor(), public_id, form.conclusion.data or ""),
        lambda _meeting: url_for("meetings.show", public_id=public_id),
        said=N_("The meeting is closed. Its minutes can be downloaded."),
    )


@bp.get("/lam-viec/hop/<public:public_id>/bien-ban.docx")
@access(OFFICIALS)
def minutes(public_id: str) -> Response:
    """The minutes as a Word file; number and date are the clerk's to fill in."""
    meeting = queries.get(public_id, actor())
    name = f"bien-ban-{meeting.held_on.isoformat()}.docx"
    return send(showing.minutes(meeting), WORD, name=name, attachment=True)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    LISTINGS.declare_harmless("meeting")
