"""Pages of revisions: writing, deciding, comparing versions, copying."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history
from marketplace.accounts.models import Organisation
from marketplace.accounts.moves import MoveForm, move_page
from marketplace.catalogue import comparing, panels, snapshots
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import versions as kept
from marketplace.catalogue.forms import ChecklistForm, PhotosForm, PlainForm
from marketplace.catalogue.gates import Check
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.models import Listing, ListingVersion
from marketplace.catalogue.panels import Panel
from marketplace.catalogue.rules import ListingState, may_copy, may_edit, may_see_history
from marketplace.core import journal
from marketplace.core.errors import NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.programme import queries as programme
from marketplace.revisions import queries, services, showing
from marketplace.revisions.forms import Part
from marketplace.revisions.models import Revision
from marketplace.revisions.rules import REVISION, WRITABLE, may_approve, may_write, why_no_key
from marketplace.web.access import MEMBERS, OFFICIALS, access, actor
from marketplace.web.forms import handle
from marketplace.web.navigation import OFFERS, Entry, officer
from marketplace.web.workflow import MoveButton, moves

bp = Blueprint("revisions", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry("revisions.queue", N_("Changes to approve"), 32, officer, office=OFFERS),
)

DECIDING = frozenset({"turn_key", "return"})
_MOVES = ("submit", "withdraw", "turn_key", "return")


def _mine(public_id: str) -> Listing:
    """A listing the actor may work on."""
    listing = catalogue.get(public_id, actor())
    if not may_edit(actor(), listing):
        raise NotAllowed(N_("Only this organisation, its cooperative or its locality may do this."))
    return listing


def _published(public_id: str) -> tuple[Listing, Revision | None]:
    """A published listing of mine and its live revision, if the officials do not have it."""
    listing = _mine(public_id)
    if listing.state is not ListingState.PUBLISHED:
        raise WrongState(N_("Only a published listing is changed this way."))
    revision = queries.live_of(listing)
    if revision is not None and revision.state not in WRITABLE:
        raise WrongState(N_("The change is with the officials. Drop it first to write anew."))
    return listing, revision


# ------------------------------------------------------------ writing


@bp.route("/ban-hang/<public:public_id>/sua-doi", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def edit(public_id: str) -> ResponseReturnValue:
    """Write the new text of a published listing."""
    listing, revision = _published(public_id)
    form = _form(listing, revision)
    return handle(
        form,
        lambda: _edit_page(form, public_id),
        lambda: services.write(actor(), public_id, form.version.data, form.values(), form.acting()),
        _url_of,
        N_("Saved. Read it once more, then send it for approval."),
    )


def _form(listing: Listing, revision: Revision | None) -> Any:
    """The kind's form, filled with the revision's text, or with the one in public."""
    text = kept.text_of(listing) | (revision.values if revision else {})
    values = snapshots.decode(listing.written_as, text)
    version = (revision or listing).version
    form = PAGES[listing.kind].form(data=comparing.vars_of(values) | {"version": version})
    form.speak_for(listing.organisation)
    villages = programme.villages(listing.locality_id)
    form.offer_villages((village.id, village.name) for village in villages)
    PAGES[listing.kind].prepare(form, listing)
    return form


def _edit_page(form: Any, public_id: str) -> str:
    """The form; after a conflict also what someone else saved meanwhile."""
    listing = _mine(public_id)
    revision = queries.live_of(listing)
    text = kept.text_of(listing) | (revision.values if revision else {})
    stands = (revision or listing).version
    return render_template(
        "revisions/edit.html",
        form=Part(form, listing.live),
        listing=listing,
        meanwhile=comparing.meanwhile(form, listing, stands, text, leave_out=listing.live),
        own_url=_own_url(listing),
        offer_url=url_for("catalogue.offer", public_id=public_id) if listing.live else None,
    )


@bp.post("/ban-hang/<public:public_id>/sua-doi/anh")
@access(MEMBERS, uploads=True)
def add_photos(public_id: str) -> ResponseReturnValue:
    """Propose further photos."""
    listing, _ = _published(public_id)
    form = _photos_form(listing)
    return handle(
        form,
        lambda: render_template(
            "revisions/photos.html", form=form, listing=_mine(public_id), own_url=_own_url(listing)
        ),
        lambda: services.add_photos(
            actor(), public_id, form.pictures(), form.alt.data, form.acting()
        ),
        _url_of,
        N_("Photos added to the change."),
    )


@bp.route("/ban-hang/<public:public_id>/sua-doi/anh/<public:photo_id>/bo", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def drop_photo(public_id: str, photo_id: str) -> ResponseReturnValue:
    """Propose to show a photo no longer."""
    listing, _ = _published(public_id)
    form = PlainForm()
    form.speak_for(listing.organisation)
    return handle(
        form,
        lambda: _drop_page(form, public_id, photo_id),
        lambda: services.drop_photo(actor(), public_id, photo_id, form.acting()),
        _url_of,
        N_("The photo is left out of the change."),
    )


def _drop_page(form: PlainForm, public_id: str, photo_id: str) -> str:
    listing, revision = _published(public_id)
    wished = revision.photos if revision else [photo.public_id for photo in listing.photos]
    if photo_id not in wished:
        raise NotFound
    return render_template(
        "catalogue/remove_photo.html",
        form=form,
        listing=listing,
        photo=queries.photos_of(listing, [photo_id])[0],
        own_url=_own_url(listing),
    )


def _photos_form(listing: Listing) -> PhotosForm:
    form = PhotosForm(data={"alt": listing.title})
    form.speak_for(listing.organisation)
    return form


# ------------------------------------------------------------ reading and deciding


@bp.get("/sua-doi/<public:public_id>")
@access(MEMBERS)
def show(public_id: str) -> ResponseReturnValue:
    """A revision: old and new side by side, its photos, the keys, what can be done."""
    return _show(public_id, ChecklistForm())


def _show(public_id: str, ticks: ChecklistForm) -> str:
    checks = _checks(queries.get(public_id, actor()))
    revision = queries.get(public_id, actor())  # anew: the trial of its text let go of the rows
    writes = may_write(actor(), revision) and revision.state in WRITABLE
    return render_template(
        "revisions/show.html",
        revision=revision,
        listing=revision.listing,
        label=REVISION.label_of(revision),
        tone=showing.TONES.get(revision.state, "plain"),
        changes=showing.changes(revision) if revision.state not in _DONE else [],
        shots=showing.shots(revision),
        keys=showing.keys(revision, actor()),
        why_not=why_no_key(actor(), revision) if revision.state.value == "submitted" else None,
        returned=showing.last_return(revision),
        ticks=ticks.ask(checks) if checks else None,
        buttons=_buttons(revision, leave_out={"turn_key"} if checks else set()),
        can_write=writes,
        form=_photos_form(revision.listing) if writes else None,
        is_done=revision.state in _DONE,
        history_lines=history.lines(journal.of([revision]), (REVISION,)),
        back=_back(revision),
    )


_DONE = frozenset({REVISION.transitions["approve"].target, REVISION.transitions["withdraw"].target})


def _back(revision: Revision) -> str:
    if may_write(actor(), revision):
        return _own_url(revision.listing)
    return url_for("revisions.queue")


def _checks(revision: Revision) -> Sequence[Check]:
    """The points its approver has to tick now."""
    waits = revision.state is REVISION.transitions["submit"].target
    if not waits or not may_approve(actor(), revision):
        return []
    return services.checklist(revision)


@bp.post("/sua-doi/<public:public_id>/chap-thuan")
@access(OFFICIALS)
def approve(public_id: str) -> ResponseReturnValue:
    """Turn the key of a change that has a checklist."""
    form = ChecklistForm().ask(_checks(queries.get(public_id, actor())))
    return handle(
        form,
        lambda: _show(public_id, form),
        lambda: services.turn_key(actor(), public_id, form.ticked.data),
        lambda _done: url_for("revisions.queue"),
        SAID["turn_key"],
    )


def _buttons(revision: Revision, leave_out: set[str]) -> list[MoveButton]:
    def url(name: str) -> str:
        return url_for("revisions.move", public_id=revision.public_id, move_name=name)

    is_own = actor().is_of(revision.listing.organisation_id)
    decides = may_approve(actor(), revision) and not is_own
    return moves(
        revision,
        url,
        as_page=set() if is_own else {"submit", "withdraw"},
        leave_out=leave_out | ({"withdraw"} if decides else set()),
    )


@bp.route(
    f"/sua-doi/<public:public_id>/<any({', '.join(_MOVES)}):move_name>", methods=["GET", "POST"]
)
@access(MEMBERS, uploads=True)
def move(public_id: str, move_name: str) -> ResponseReturnValue:
    """Make a move on a revision."""
    revision = queries.get(public_id, actor())
    back = url_for("revisions.show", public_id=public_id)
    return move_page(
        revision,
        move_name,
        lambda form: ACTS[move_name](public_id, form),
        title=revision.listing.title,
        back=back,
        done=lambda _done: url_for("revisions.queue") if move_name in DECIDING else back,
        said=SAID[move_name],
        speaks_for=_speaks_for(revision, move_name),
    )


def _speaks_for(revision: Revision, move_name: str) -> Organisation | None:
    return None if move_name in DECIDING else revision.organisation


ACTS: dict[str, Callable[[str, MoveForm], Revision]] = {
    "submit": lambda code, form: services.submit(actor(), code, form.acting()),
    "withdraw": lambda code, form: services.withdraw(actor(), code, form.acting()),
    "turn_key": lambda code, _form: services.turn_key(actor(), code),
    "return": lambda code, form: services.return_(
        actor(), code, reason=form.reason.data, note=form.note.data
    ),
}
SAID = {
    "submit": N_("Sent for approval. The text in public stays until it is approved."),
    "withdraw": N_("Dropped. The text in public stays as it is."),
    "turn_key": N_("Approved for your locality."),
    "return": N_("Returned; the owner reads your reason."),
}


@bp.get("/lam-viec/sua-doi")
@access(OFFICIALS)
def queue() -> ResponseReturnValue:
    """Changes that wait for the key of my locality."""
    items = [showing.waiting(revision) for revision in queries.waiting_for(actor())]
    return render_template("revisions/queue.html", items=items)


# ------------------------------------------------------------ versions and copies


@bp.get("/ban-hang/<public:public_id>/ban-luu")
@access(MEMBERS)
def versions(public_id: str) -> ResponseReturnValue:
    """All texts that stood in public, and any two of them compared (?tu=1&den=2)."""
    listing = catalogue.get(public_id, actor())
    if not (may_edit(actor(), listing) or may_see_history(actor(), listing)):
        raise NotAllowed(N_("Only the owner and the officials concerned see earlier texts."))
    found = {version.number: version for version in kept.of(listing)}
    old, new = _two(found)
    return render_template(
        "revisions/versions.html",
        listing=listing,
        versions=list(found.values()),
        old=old,
        new=new,
        changes=comparing.changes(listing, old.values, new.values) if old and new else [],
        same_photos=not (old and new) or old.photos == new.photos,
        own_url=_own_url(listing) if may_edit(actor(), listing) else listing.path,
    )


def _two(
    found: dict[int, ListingVersion],
) -> tuple[ListingVersion | None, ListingVersion | None]:
    """The versions asked for; the last two where nothing fits."""
    by_code = {str(number): version for number, version in found.items()}
    old, new = (by_code.get(request.args.get(name, "")) for name in ("tu", "den"))
    last = max(found, default=0)
    return old or found.get(last - 1), new or found.get(last)


@bp.route("/ban-hang/<public:public_id>/sao-chep", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def copy(public_id: str) -> ResponseReturnValue:
    """Begin a new draft from an earlier listing."""
    listing = _mine(public_id)
    if not may_copy(actor(), listing):
        raise WrongState(N_("This draft can still be edited. Copy what was sent in earlier."))
    form = PlainForm()
    form.speak_for(listing.organisation)
    return handle(
        form,
        lambda: _copy_page(form, public_id),
        lambda: services.copy(actor(), public_id, form.acting()),
        _own_url,
        N_("Copied to a new draft. Check every figure, then send it for approval."),
    )


def _copy_page(form: PlainForm, public_id: str) -> str:
    listing = _mine(public_id)
    return render_template(
        "revisions/copy.html", form=form, listing=listing, own_url=_own_url(listing)
    )


def _own_url(listing: Listing) -> str:
    return url_for("catalogue.own", public_id=listing.public_id)


def _url_of(revision: Revision) -> str:
    return url_for("revisions.show", public_id=revision.public_id)


def init_app(app: Flask) -> None:
    """Register the pages, and the sections they add to a listing's."""
    app.register_blueprint(bp)
    panels.add(
        Panel("revisions.own", "own", "revisions/_own.html", showing.own_panel, 20),
        Panel("revisions.page", "page", "revisions/_addenda.html", showing.public_panel, 80),
    )
