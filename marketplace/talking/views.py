"""Pages of conversations, the panels they add to other pages, and officials' notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import papers
from marketplace.accounts.rules import may_manage
from marketplace.catalogue.changes import LISTINGS
from marketplace.core import clock
from marketplace.core.errors import DomainError, NotFound
from marketplace.core.i18n import N_
from marketplace.introducing import queries as introductions
from marketplace.talking import queries, services
from marketplace.talking.forms import MessageForm, NoteForm
from marketplace.talking.models import Message
from marketplace.talking.queries import Place
from marketplace.talking.rules import About, is_officer_in, may_take_back, to_be_recorded
from marketplace.web import panels
from marketplace.web.access import MEMBERS, OFFICIALS, access, actor
from marketplace.web.forms import Form, handle
from marketplace.web.navigation import Entry, any_of, member, officer
from marketplace.web.pagination import PER_PAGE, Page, page_number

bp = Blueprint("talking", __name__)
ENTRIES: tuple[Entry, ...] = (
    Entry("talking.index", N_("Conversations"), 12, any_of(member, officer), in_account=True),
)

WORDS = {
    About.INTEREST: "quan-tam",
    About.CASE: "ket-noi",
    About.INTRODUCTION: "gioi-thieu",
}
"""How addresses name what a conversation is about."""
_ABOUT = {word: about for about, word in WORDS.items()}
_PLACE = f"<any({', '.join(map(repr, _ABOUT))}):word>/<public:public_id>"
PAGES = {
    About.INTEREST: "interests.show",
    About.CASE: "deals.case",
    About.INTRODUCTION: "introducing.show",
}
"""The page of the record itself."""
SHOWN = 200
"""Messages a page shows; earlier ones by a link."""
PREVIEWED = 2
"""Messages the panel on another page shows."""


@bp.route("/trao-doi")
@access(MEMBERS)
def index() -> ResponseReturnValue:
    """My conversations, the latest first, with what is unread in each."""
    number = page_number(request.args.get("trang"))
    rows, total = queries.rows(actor(), (number - 1) * PER_PAGE, PER_PAGE)
    page = Page(rows, number, total)
    if number > page.pages:
        raise NotFound
    waiting, _ = introductions.visible(actor(), limit=10, open_only=True)
    return render_template(
        "talking/index.html",
        page=page,
        url_of=lambda row: _address(row.about, row.public_id),
        url_for_page=lambda n: url_for("talking.index", trang=n),
        met_in=lambda one: introductions.other_side(actor(), one),
        introductions=[] if actor().is_officer else waiting,
    )


def _address(about: About, public_id: str, **more: Any) -> str:
    return url_for("talking.thread", word=WORDS[about], public_id=public_id, **more)


@bp.route(f"/trao-doi/{_PLACE}", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def thread(word: str, public_id: str) -> ResponseReturnValue:
    """Read and write a conversation; ?cho= whose words are recorded."""
    about, chosen = _ABOUT[word], request.args.get("cho", "")
    place = queries.place(about, public_id, actor())
    case = queries.case_of(place.subject.id, actor()) if about is About.INTEREST else None
    if case is not None:
        return redirect(_address(About.CASE, case, cho=chosen or None), 308)
    form = _form(place, chosen)
    return handle(
        form,
        lambda: _thread_page(form, about, public_id, chosen),
        lambda: services.write(
            actor(),
            about,
            public_id,
            form.words.data,
            form.kept_files(),
            writes_for=chosen,
            acting=form.acting(),
        ),
        lambda message: _address(about, public_id, _anchor=f"t-{message.public_id}"),
    )


def _form(place: Place, chosen: str) -> MessageForm:
    """The form; with the fields of a recorded word where the reader would record one."""
    form = MessageForm()
    writes = None
    if place.is_open:
        writes = queries.who_writes(actor(), place, chosen)
    form.speak_for(writes)
    return form


def _thread_page(form: MessageForm, about: About, public_id: str, chosen: str) -> str:
    """The conversation, read anew; what is shown counts as read from now on."""
    first_new = _see(about, public_id) if request.method == "GET" else 0
    place = queries.place(about, public_id, actor())
    every = request.args.get("xem") == "tat-ca"
    found = queries.messages(queries.thread_at(place), None if every else SHOWN + 1)
    earlier = len(found) > SHOWN and not every
    return render_template(
        "talking/thread.html",
        form=form,
        place=place,
        messages=[_shown(message, first_new) for message in (found[1:] if earlier else found)],
        earlier_url=_address(about, public_id, xem="tat-ca") if earlier else None,
        back=url_for(PAGES[about], public_id=public_id),
        post_url=_address(about, public_id, cho=chosen or None),
        voices=_voices(place, chosen),
    )


def _see(about: About, public_id: str) -> int:
    """Mark what is unread as read; the id after which messages were new, or 0."""
    thread = queries.thread_at(queries.place(about, public_id, actor()))
    if thread is None or not queries.unread(actor(), [thread.id]):
        return 0
    mark = queries.read_to(actor(), thread)
    last = mark.last_id if mark else 0
    services.mark_read(actor(), about, public_id)
    return last + 1


def _shown(message: Message, first_new: int) -> dict[str, Any]:
    return {
        "message": message,
        "is_mine": message.author_id == actor().user_id,
        "is_ours": may_manage(actor(), message.organisation),
        "is_new": bool(first_new)
        and message.id >= first_new
        and message.author_id != actor().user_id,
        "may_take_back": may_take_back(actor(), message, clock.now()),
    }


def _voices(place: Place, chosen: str) -> list[tuple[str, str]]:
    """Whose words else the reader may record: name and address."""
    return [
        (party.name, _address(place.about, place.public_id, cho=party.public_id))
        for party in to_be_recorded(actor(), place.parties)
        if place.is_open and party.public_id != chosen
    ]


@bp.post("/trao-doi/tin/<public:public_id>/rut-lai")
@access(MEMBERS)
def take_back(public_id: str) -> ResponseReturnValue:
    """Take one's own message back."""
    message = queries.message(public_id, actor())
    became = queries.case_by_interest(message.thread.interest_id)
    about, record_id, _title, _names = queries.told(message.thread, became)
    return handle(
        Form(),
        lambda: _thread_page(_form(_place(about, record_id), ""), about, record_id, ""),
        lambda: services.take_back(actor(), public_id),
        lambda _message: _address(about, record_id),
        said=N_("The message has been taken back. Its text is gone."),
    )


def _place(about: About, public_id: str) -> Place:
    return queries.place(about, public_id, actor())


@bp.get("/trao-doi/tep/<public:public_id>")
@access(MEMBERS)
def file(public_id: str) -> ResponseReturnValue:
    """Download a file of a conversation, for those who may read it."""
    return papers.sent(queries.file(public_id, actor()))


@bp.route(f"/lam-viec/ghi-chu/{_PLACE}", methods=["GET", "POST"])
@access(OFFICIALS)
def notes(word: str, public_id: str) -> ResponseReturnValue:
    """What officials noted about an interest, a case or an introduction; write a further note."""
    about = _ABOUT[word]
    if not is_officer_in(actor(), _place(about, public_id).pair):
        raise NotFound
    form = NoteForm()
    return handle(
        form,
        lambda: _notes_page(form, about, public_id),
        lambda: services.note(actor(), about, public_id, form.words.data),
        lambda _note: url_for(PAGES[about], public_id=public_id, _anchor="ghi-chu"),
        said=N_("Noted. Only officials of the two localities read it."),
    )


def _notes_page(form: NoteForm, about: About, public_id: str) -> str:
    place = _place(about, public_id)
    return render_template(
        "talking/notes.html",
        form=form,
        place=place,
        notes=queries.notes(place, actor()),
        back=url_for(PAGES[about], public_id=public_id),
    )


# ---------------------------------------------------------------- on other pages


def _panel(about: About, public_id: str) -> Mapping[str, Any] | None:
    """The conversation as the page of its record shows it: what is unread, the last words."""
    try:
        place = _place(about, public_id)
    except DomainError:
        return None
    thread = queries.thread_at(place)
    return {
        "place": place,
        "unread": queries.unread(actor(), [thread.id]).get(thread.id, 0) if thread else 0,
        "messages": queries.messages(thread, PREVIEWED),
        "url": _address(about, public_id),
    }


def _notes_panel(about: About, public_id: str) -> Mapping[str, Any] | None:
    """The officials' notes; nothing at all for anyone else."""
    if not actor().is_officer:
        return None
    place = _place(about, public_id)
    if not is_officer_in(actor(), place.pair):
        return None
    url = url_for("talking.notes", word=WORDS[about], public_id=public_id)
    return {"notes": queries.notes(place, actor()), "url": url}


def init_app(app: Flask) -> None:
    """Register the pages, and the panels on the pages of what is talked about."""
    app.register_blueprint(bp)
    LISTINGS.declare_harmless("message", "officer_note")
    loads: tuple[tuple[str, Callable[..., Mapping[str, Any] | None]], ...] = (
        ("talking/_panel.html", _panel),
        ("talking/_notes.html", _notes_panel),
    )
    for about, endpoint in PAGES.items():
        for template, load in loads:
            panels.add(endpoint, template, partial(load, about))
