"""Pages of an opportunity's dossier: its list of tasks, minutes, documents, officials' marks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import papers
from marketplace.catalogue import panels, queries, showing
from marketplace.catalogue.kinds.opportunity import dossier as parts
from marketplace.catalogue.kinds.opportunity import permits, services
from marketplace.catalogue.kinds.opportunity.form import (
    DocumentForm,
    MarkForm,
    MeetingForm,
    OpportunityForm,
)
from marketplace.catalogue.kinds.opportunity.model import Document, Meeting, Opportunity
from marketplace.catalogue.kinds.opportunity.terms import AUDIENCE_LABELS, Audience, may_open
from marketplace.catalogue.models import Listing
from marketplace.catalogue.panels import Panel
from marketplace.catalogue.rules import ListingState, may_edit, may_review
from marketplace.core.actor import Actor
from marketplace.core.documents import EXCEL, WORD
from marketplace.core.errors import NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.programme import queries as programme
from marketplace.web.access import OFFICIALS, PUBLIC, access, actor
from marketplace.web.forms import Form, handle
from marketplace.web.navigation import Entry

bp = Blueprint("opportunity", __name__)

ENTRIES: tuple[Entry, ...] = ()
"""The dossier is reached from its opportunity; the menus know the list of opportunities."""

_PART = f"<any({', '.join(repr(code) for code in parts.WITH_FORM)}):code>"
_ANY_PART = f"<any({', '.join(repr(code) for code in parts.BY_CODE)}):code>"
FILE_TYPES = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    WORD: "Word",
    EXCEL: "Excel",
}


# ------------------------------------------------------------ the owner's dossier


def _mine(public_id: str) -> Opportunity:
    """An opportunity of the actor's. Raises NotFound or NotAllowed."""
    listing = services.opportunity(queries.get(public_id, actor()))
    if not may_edit(actor(), listing):
        raise NotAllowed(N_("Only the authority that posted it may change the dossier."))
    return listing


def _open(public_id: str) -> Opportunity:
    """The same, while it can be rewritten. Raises WrongState otherwise."""
    listing = _mine(public_id)
    if listing.state not in services.OPEN:
        raise WrongState(N_("The dossier can be changed while it is a draft or was returned."))
    return listing


def _url(listing: Listing) -> str:
    return url_for("opportunity.dossier", public_id=listing.public_id)


def _crumbs(listing: Listing) -> dict[str, Any]:
    return {"listing": listing, "dossier_url": _url(listing)}


@bp.get("/lam-viec/co-hoi/<public:public_id>/ho-so")
@access(OFFICIALS)
def dossier(public_id: str) -> ResponseReturnValue:
    """The list of tasks, minutes and documents."""
    listing = _mine(public_id)
    return render_template(
        "catalogue/kinds/opportunity/dossier.html",
        listing=listing,
        labels=showing.labels(listing),
        tasks=_tasks(listing),
        can_write=listing.state in services.OPEN,
        can_add=listing.state in services.OPEN | {ListingState.PUBLISHED},
        documents=_documents(listing, actor()),
        meetings=list(listing.meetings),
        own_url=url_for("catalogue.own", public_id=public_id),
    )


def _tasks(listing: Opportunity) -> list[dict[str, Any]]:
    """The parts with the address where each is done."""
    return [
        {"task": task, "url": _url_of(listing, task.part.code)} for task in parts.tasks(listing)
    ]


def _url_of(listing: Listing, code: str) -> str:
    if code == parts.PHOTOS:
        return url_for("catalogue.own", public_id=listing.public_id) + "#anh"
    if code == parts.DOCUMENTS:
        return _url(listing) + "#tai-lieu"
    return url_for("opportunity.part", public_id=listing.public_id, code=code)


@bp.route(f"/lam-viec/co-hoi/<public:public_id>/ho-so/{_PART}", methods=["GET", "POST"])
@access(OFFICIALS)
def part(public_id: str, code: str) -> ResponseReturnValue:
    """One part of the dossier, saved by itself."""
    chosen = parts.BY_CODE[code]
    form, is_suggested = _part_form(_open(public_id), chosen)
    return handle(
        form,
        lambda: _part_page(public_id, chosen, form, is_suggested=is_suggested),
        lambda: services.save_part(actor(), public_id, form.version.data, form.part()),
        _url,
        N_("Saved."),
    )


def _part_form(listing: Opportunity, chosen: parts.Part) -> tuple[OpportunityForm, bool]:
    """The form of a part; an empty checklist of papers starts from the usual ones."""
    is_suggested = chosen.code == parts.PERMITS and not listing.permits
    start: Mapping[str, Any] = {"permits": permits.suggested(listing)} if is_suggested else {}
    form = OpportunityForm(obj=_Start(listing, start)).only(chosen.fields)
    form.speak_for(None)
    if "village_id" in form:
        form.village_id.offer(_villages(listing))
    return form, is_suggested


class _Start:
    """A listing as a form reads it, with other values for some of its fields."""

    def __init__(self, listing: Opportunity, instead: Mapping[str, Any]) -> None:
        self._listing, self._instead = listing, instead

    def __getattr__(self, name: str) -> Any:
        return self._instead[name] if name in self._instead else getattr(self._listing, name)


def _villages(listing: Listing) -> list[tuple[int, str]]:
    return [(village.id, village.name) for village in programme.villages(listing.locality_id)]


def _part_page(
    public_id: str, chosen: parts.Part, form: OpportunityForm, *, is_suggested: bool
) -> str:
    listing = _mine(public_id)
    marks = parts.marks_in_force(listing)
    return render_template(
        "catalogue/kinds/opportunity/part.html",
        form=form,
        part=chosen,
        mark=marks[chosen.code].note if chosen.code in marks else "",
        meetings=list(listing.meetings),
        is_suggested=is_suggested,
        **_crumbs(listing),
    )


# ------------------------------------------------------------ minutes


@bp.route("/lam-viec/co-hoi/<public:public_id>/hop-thon/moi", methods=["GET", "POST"])
@access(OFFICIALS, uploads=True)
def add_meeting(public_id: str) -> ResponseReturnValue:
    """Record the minutes of a village."""
    return _meeting_page(public_id, MeetingForm(data={"village_id": _open(public_id).village_id}))


@bp.route(
    "/lam-viec/co-hoi/<public:public_id>/hop-thon/<public:meeting_id>", methods=["GET", "POST"]
)
@access(OFFICIALS, uploads=True)
def edit_meeting(public_id: str, meeting_id: str) -> ResponseReturnValue:
    """Correct the minutes of a village."""
    found = _meeting(_open(public_id), meeting_id)
    return _meeting_page(public_id, MeetingForm(obj=found), meeting_id)


def _meeting(listing: Opportunity, meeting_id: str) -> Meeting:
    found = next((one for one in listing.meetings if one.public_id == meeting_id), None)
    if found is None:
        raise NotFound
    return found


def _meeting_page(
    public_id: str, form: MeetingForm, meeting_id: str | None = None
) -> ResponseReturnValue:
    form.village_id.offer(_villages(_open(public_id)))
    return handle(
        form,
        lambda: render_template(
            "catalogue/kinds/opportunity/meeting.html",
            form=form,
            is_new=meeting_id is None,
            **_crumbs(_mine(public_id)),
        ),
        lambda: services.record_meeting(
            actor(), public_id, form.values(), meeting_id, form.version.data
        ),
        lambda listing: url_for(
            "opportunity.part", public_id=listing.public_id, code=parts.MEETING
        ),
        N_("The minutes are recorded."),
    )


@bp.route(
    "/lam-viec/co-hoi/<public:public_id>/hop-thon/<public:meeting_id>/bo", methods=["GET", "POST"]
)
@access(OFFICIALS)
def remove_meeting(public_id: str, meeting_id: str) -> ResponseReturnValue:
    """Take minutes off a draft."""
    name = _meeting(_open(public_id), meeting_id).village.name if request.method == "GET" else ""
    return _removal(
        public_id,
        name,
        lambda: services.remove_meeting(actor(), public_id, meeting_id),
        N_("Remove the minutes"),
    )


def _removal(public_id: str, name: str, act: Any, label: str) -> ResponseReturnValue:
    form = Form()
    return handle(
        form,
        lambda: render_template(
            "catalogue/kinds/opportunity/remove.html",
            form=form,
            name=name,
            label=label,
            **_crumbs(_mine(public_id)),
        ),
        act,
        _url,
        N_("Removed."),
    )


@bp.get("/lam-viec/co-hoi/<public:public_id>/hop-thon/<public:meeting_id>/bien-ban")
@access(OFFICIALS)
def minutes(public_id: str, meeting_id: str) -> ResponseReturnValue:
    """The scan of the minutes, for the officials of both localities only."""
    listing = services.opportunity(queries.get(public_id, actor()))
    if not actor().is_officer_of(*listing.pair.locality_ids):
        raise NotFound
    return papers.sent(_meeting(listing, meeting_id).file)


# ------------------------------------------------------------ documents


@bp.route("/lam-viec/co-hoi/<public:public_id>/tai-lieu/moi", methods=["GET", "POST"])
@access(OFFICIALS, uploads=True)
def add_document(public_id: str) -> ResponseReturnValue:
    """Add a document to the dossier."""
    listing = _mine(public_id)
    is_published = listing.state is ListingState.PUBLISHED
    if not is_published:
        _open(public_id)
    form = DocumentForm(data={"audience": Audience.PUBLIC})
    if is_published:
        form.audience.offer([(Audience.PUBLIC, AUDIENCE_LABELS[Audience.PUBLIC])])
    return handle(
        form,
        lambda: render_template(
            "catalogue/kinds/opportunity/document.html",
            form=form,
            is_published=is_published,
            **_crumbs(_mine(public_id)),
        ),
        lambda: services.add_document(actor(), public_id, form.values()),
        lambda listing: _url(listing) + "#tai-lieu",
        N_("The document is in the dossier."),
    )


@bp.route(
    "/lam-viec/co-hoi/<public:public_id>/tai-lieu/<public:document_id>/bo", methods=["GET", "POST"]
)
@access(OFFICIALS)
def remove_document(public_id: str, document_id: str) -> ResponseReturnValue:
    """Take a document off a draft."""
    listing = _open(public_id)
    name = _document(listing, document_id).title if request.method == "GET" else ""
    return _removal(
        public_id,
        name,
        lambda: services.remove_document(actor(), public_id, document_id),
        N_("Remove the document"),
    )


def _document(listing: Opportunity, document_id: str) -> Document:
    found = next((one for one in listing.documents if one.public_id == document_id), None)
    if found is None:
        raise NotFound
    return found


@bp.get("/co-hoi/<public:public_id>/tai-lieu/<public:document_id>")
@access(PUBLIC)
def document(public_id: str, document_id: str) -> ResponseReturnValue:
    """A document, to those who may open it; to all others it is not there."""
    listing = services.opportunity(queries.get(public_id, actor()))
    found = _document(listing, document_id)
    if not _may_open(found, listing, actor()):
        raise NotFound
    return papers.sent(found.file)


def _may_open(document: Document, listing: Listing, reader: Actor) -> bool:
    return may_open(document.audience, reader, listing.pair.locality_ids, listing.organisation_id)


def _documents(listing: Opportunity, reader: Actor) -> list[dict[str, Any]]:
    """The documents a reader is told of: those for officials are named to officials alone."""
    return [
        {
            "title": one.title,
            "type": FILE_TYPES.get(one.file.media_type, one.file.label.rpartition(".")[2].upper()),
            "kilobytes": max(1, -(-one.file.size // 1000)),
            "audience": one.audience,
            "audience_label": AUDIENCE_LABELS[one.audience],
            "public_id": one.public_id,
            "url": url_for(
                "opportunity.document", public_id=listing.public_id, document_id=one.public_id
            )
            if opens
            else None,
        }
        for one in listing.documents
        for opens in [_may_open(one, listing, reader)]
        if opens or one.audience is not Audience.OFFICIALS
    ]


# ------------------------------------------------------------ those who decide


@bp.route(f"/lam-viec/duyet/<public:public_id>/muc/{_ANY_PART}", methods=["GET", "POST"])
@access(OFFICIALS)
def mark(public_id: str, code: str) -> ResponseReturnValue:
    """Say what has to change in a part."""
    listing = services.opportunity(queries.get(public_id, actor()))
    if not may_review(actor(), listing):
        raise NotAllowed(N_("The officials of another locality decide about this listing."))
    if listing.state is not ListingState.SUBMITTED:
        raise WrongState(N_("A part is marked while the opportunity waits for approval."))
    form, title = MarkForm(), listing.title
    back = url_for("catalogue.review", public_id=public_id)
    return handle(
        form,
        lambda: render_template(
            "catalogue/kinds/opportunity/mark.html",
            form=form,
            part=parts.BY_CODE[code],
            title=title,
            back=back,
        ),
        lambda: services.mark_part(actor(), public_id, code, form.note.data),
        lambda _listing: f"{back}#ho-so",
        N_("Noted. Return the opportunity, so that its owner can change it."),
    )


# ------------------------------------------------------------ panels


def _documents_panel(listing: Listing, reader: Actor) -> Mapping[str, Any] | None:
    if not isinstance(listing, Opportunity):
        return None
    return {"documents": _documents(listing, reader), "is_signed_in": reader.is_signed_in}


def _dossier_panel(listing: Listing, _reader: Actor) -> Mapping[str, Any] | None:
    if not isinstance(listing, Opportunity):
        return None
    tasks = [one for one in _tasks(listing) if one["task"].part.code != parts.PHOTOS]
    return {"tasks": tasks, "url": _url(listing)}


def _review_panel(listing: Listing, _reader: Actor) -> Mapping[str, Any] | None:
    """The parts with their marks, and the scans of the minutes."""
    if not isinstance(listing, Opportunity):
        return None
    public_id = listing.public_id
    return {
        "tasks": [
            {
                "task": task,
                "url": url_for("opportunity.mark", public_id=public_id, code=task.part.code),
            }
            for task in parts.tasks(listing)
        ],
        "can_mark": listing.state is ListingState.SUBMITTED,
        "minutes": [
            (one, url_for("opportunity.minutes", public_id=public_id, meeting_id=one.public_id))
            for one in listing.meetings
        ],
    }


PANELS = (
    Panel(
        "opportunity-documents",
        "page",
        "catalogue/kinds/opportunity/_documents.html",
        _documents_panel,
        20,
    ),
    Panel(
        "opportunity-dossier", "own", "catalogue/kinds/opportunity/_tasks.html", _dossier_panel, 10
    ),
    Panel(
        "opportunity-documents-review",
        "review",
        "catalogue/kinds/opportunity/_documents.html",
        _documents_panel,
        20,
    ),
    Panel(
        "opportunity-review",
        "review",
        "catalogue/kinds/opportunity/_review.html",
        _review_panel,
        10,
    ),
)


def init_app(app: Flask) -> None:
    """Register the pages and the sections they add to those of the catalogue."""
    app.register_blueprint(bp)
    panels.add(*PANELS)
