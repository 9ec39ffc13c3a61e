"""Pages of the catalogue: public lists and details, and the work of those who post and decide."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from flask import Blueprint, Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import history
from marketplace.accounts import queries as accounts
from marketplace.accounts.models import Organisation
from marketplace.accounts.moves import ActingForm, MoveForm, move_page
from marketplace.accounts.papers import shown
from marketplace.accounts.rules import KIND_LABELS, OrganisationKind, may_speak_for
from marketplace.catalogue import (
    applications,
    comparing,
    gates,
    panels,
    queries,
    services,
    showing,
    versions,
)
from marketplace.catalogue.browse import Lists, asked_page
from marketplace.catalogue.changes import LISTINGS
from marketplace.catalogue.forms import (
    ArrangeForm,
    ChecklistForm,
    ListingForm,
    PhotoFields,
    PhotosForm,
    PlainForm,
)
from marketplace.catalogue.kinds import MODELS, SECTIONS
from marketplace.catalogue.kinds.pages import PAGES
from marketplace.catalogue.kinds.produce.form import OfferForm
from marketplace.catalogue.kinds.produce.model import Produce
from marketplace.catalogue.models import Listing, Photo
from marketplace.catalogue.rules import (
    AVAILABILITY,
    LISTING,
    VISIBILITY,
    ListingState,
    may_approve,
    may_change_offer,
    may_edit,
    may_know_owner,
    may_review,
    may_see_history,
    recorded_before,
    stops_approval,
    why_no_key,
)
from marketplace.catalogue.search import tokens
from marketplace.core import clock, journal
from marketplace.core.errors import NotAllowed, NotFound, WrongState
from marketplace.core.i18n import N_
from marketplace.core.photos import Picture
from marketplace.programme import queries as programme
from marketplace.programme.models import Pair
from marketplace.roads import queries as roads
from marketplace.web.access import MEMBERS, OFFICIALS, PUBLIC, access, actor
from marketplace.web.forms import handle, send
from marketplace.web.navigation import OFFERS, Entry, but, buyer, officer, producer, visitor
from marketplace.web.pagination import Page, page_number
from marketplace.web.templating import asset
from marketplace.web.workflow import MoveButton, moves

bp = Blueprint("catalogue", __name__)

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "catalogue.index",
        N_("Investment opportunities"),
        10,
        but(producer),
        "deal",
        in_top=but(officer),
        tab_for=but(producer, officer),
        short=N_("Opportunities"),
        group=N_("Explore"),
        values=(("section", "co-hoi"),),
    ),
    Entry(
        "catalogue.index",
        N_("Farm produce"),
        12,
        icon="leaf",
        in_top=but(officer),
        tab_for=but(producer, officer),
        short=N_("Produce"),
        group=N_("Explore"),
        values=(("section", "nong-san"),),
    ),
    Entry(
        "catalogue.index",
        N_("Needs of businesses"),
        14,
        in_top=producer,
        group=N_("Explore"),
        values=(("section", "doanh-nghiep"),),
    ),
    Entry(
        "catalogue.index",
        N_("Tourism and specialities"),
        16,
        in_top=visitor,
        short=N_("Tourism"),
        group=N_("Explore"),
        values=(("section", "du-lich"),),
    ),
    Entry("catalogue.mine", N_("My needs"), 35, buyer, values=(("kind", "need"),)),
    Entry("catalogue.stall", N_("My stall"), 30, producer, "basket", short=N_("Stall")),
    Entry(
        "catalogue.post",
        N_("Post produce"),
        33,
        producer,
        "camera",
        in_top=False,
        short=N_("Post"),
        values=(("kind", "produce"),),
    ),
    Entry("catalogue.queue", N_("Approvals"), 31, officer, "stamp", short=N_("Approve")),
    Entry("catalogue.own_opportunities", N_("Our opportunities"), 36, officer, office=OFFERS),
    Entry("catalogue.choose_organisation", N_("Post for someone"), 37, officer, office=OFFERS),
)

MOVES = ("submit", "withdraw", "turn_key", "return", "pause", "resume")
"""The moves made here; closing a listing answers its interests and belongs to them."""

_SECTION = f"<any({', '.join(repr(section) for section in SECTIONS)}):section>"


# ------------------------------------------------------------ for everyone


@bp.get(f"/{_SECTION}")
@access(PUBLIC, kept=True)
def index(section: str) -> ResponseReturnValue:
    """The list of a kind."""
    kind = SECTIONS[section]
    args = request.args.to_dict(flat=False)
    lists = Lists(_pair(), actor())
    wished = lists.wished(PAGES[kind].spec, args)
    if showing.asks_for_nothing(args):
        return redirect(showing.address(wished, asked_page(args)))
    page = lists.page(wished, asked_page(args))
    return render_template(
        f"catalogue/kinds/{kind}/index.html",
        page=page,
        wished=wished,
        view=showing.list_view(
            lists,
            wished,
            page,
            tools=panels.tools(actor(), [item.public_id for item in page.items]),
            is_filtering=args.get("loc") == ["1"],
        ),
        canonical=showing.canonical(wished, page),
    )


@bp.get(f"/{_SECTION}/<slugged:public_id>")
@access(PUBLIC, kept=True)
def show(section: str, public_id: str) -> ResponseReturnValue:
    """A listing, to those who may see it; a stale title leads to the present one."""
    listing = queries.get(public_id, actor(), kind=SECTIONS[section])
    if request.path != listing.path:
        return redirect(listing.path, 301)
    return render_template(
        f"catalogue/kinds/{listing.kind}/show.html",
        listing=listing,
        is_public=listing.is_public,
        panels=panels.of(listing, actor(), "page"),
        similar=_similar(listing),
        tools=panels.tools(actor(), [listing.public_id]) if listing.is_public else (),
        head_panels=panels.of(listing, actor(), "head"),
        side_panels=panels.of(listing, actor(), "side"),
        **_detail(listing),
    )


def _similar(listing: Listing) -> Sequence[Any]:
    """Other listings like a public one, in the pair shown."""
    pair: Pair | None = g.get("pair")
    if pair is None or not listing.is_public:
        return ()
    return Lists(pair, actor()).similar(listing)


def _detail(listing: Listing) -> dict[str, Any]:
    """What the public page and the officials' review show of a listing."""
    someone = actor()
    entries = journal.of([listing]) if may_see_history(someone, listing) else []
    told = listing.acting and may_know_owner(someone, listing)
    return {
        "recorded": accounts.acting_records(("listing", listing.id)) if told else [],
        "history_lines": history.lines(entries, (LISTING, AVAILABILITY, VISIBILITY)),
        "interest_url": showing.interest_url(listing),
        "closed_applications": applications.why_closed(listing),
        "labels": showing.labels(listing),
        "hidden_because": showing.hidden_because(listing),
        "steps": PAGES[listing.kind].steps(listing),
        "road": roads.state_at(listing.village_id, listing.locality_id, clock.today()),
        "own_url": url_for("catalogue.own", public_id=listing.public_id)
        if someone.is_signed_in and may_edit(someone, listing)
        else None,
        "review_url": url_for("catalogue.review", public_id=listing.public_id)
        if listing.state is ListingState.SUBMITTED and may_review(someone, listing)
        else None,
    }


@bp.get("/anh/<public:public_id>/<any(card, page):size>.webp")
@access(PUBLIC)
def photo(public_id: str, size: str) -> ResponseReturnValue:
    """A photo, to those who may see its listing; the drawing where its file is gone."""
    found = queries.photo(public_id, actor())
    digest = getattr(found, size)
    content = shown(digest)
    if content is None:
        return redirect(asset(showing.drawing(found.listing)))
    response = send(content, "image/webp", name=f"{public_id}.webp", attachment=False)
    response.set_etag(digest)
    if found.listing.is_for_everyone and found.is_shown:
        response.cache_control.public = True
        response.cache_control.max_age = showing.PHOTO_SECONDS
    return response.make_conditional(request)


# ------------------------------------------------------------ for those who post


@bp.get("/ban-hang")
@access(MEMBERS)
def stall() -> ResponseReturnValue:
    """My listings, and those I look after for others."""
    page = _own_page([kind for kind in PAGES if not PAGES[kind].mine_at])
    return render_template(
        "catalogue/stall.html",
        page=page,
        begins=showing.begins(actor()),
        items=showing.stall_items(page.items, actor()),
        page_url_for=lambda number: url_for("catalogue.stall", trang=number),
        looks_after=bool(accounts.can_be_spoken_for(actor())),
    )


def _own_page(kinds: Collection[str]) -> Page[Listing]:
    number = page_number(request.args.get("trang"))
    rows, total = queries.stall(actor(), only=kinds, number=number)
    return Page(rows, min(number, Page(rows, 1, total).pages), total)


@access(MEMBERS)
def mine(kind: str) -> ResponseReturnValue:
    """My listings of a kind that has a list of its own."""
    page = _own_page([kind])
    return render_template(
        "catalogue/mine.html",
        kind=kind,
        page=page,
        items=showing.stall_items(page.items, actor()),
        page_url_for=lambda number: url_for("catalogue.mine", kind=kind, trang=number),
        post_url=url_for("catalogue.post", kind=kind),
    )


@access(MEMBERS, uploads=True)
def post(kind: str) -> ResponseReturnValue:
    """Begin a listing: one's own, or for an organisation one speaks for (?cho=)."""
    organisation = _seller(kind)
    if organisation is None:
        return redirect(url_for("catalogue.choose_organisation", loai=kind))
    return _begin(kind, organisation)


for _kind, _page in PAGES.items():
    if _page.post_at:
        _both = ["GET", "POST"]
        bp.add_url_rule(_page.post_at, "post", post, methods=_both, defaults={"kind": _kind})
    if _page.mine_at:
        bp.add_url_rule(_page.mine_at, "mine", mine, defaults={"kind": _kind})


def _begin(kind: str, organisation: Organisation) -> ResponseReturnValue:
    page = PAGES[kind]
    form = (page.first or page.form)(data=page.begins_with(organisation))
    form.speak_for(organisation)
    _offer_villages(form, organisation.locality_id)
    owner_id, seller = organisation.id, showing.Seller(organisation.name, organisation.is_verified)
    return handle(
        form,
        lambda: render_template(
            "catalogue/post.html",
            form=form,
            kind=kind,
            page=page,
            seller=seller,
            home_url=showing.home_url(kind),
        ),
        lambda: services.create(
            actor(), kind, _pair().id, owner_id, form.values(), form.acting(), *_shots(form)
        ),
        _own_url,
        N_("Draft saved. See what is still missing, then send it for approval."),
    )


def _shots(form: ActingForm) -> tuple[Sequence[Picture], str]:
    """The photos that came with a form, and what they show."""
    return (form.pictures(), form.alt.data) if isinstance(form, PhotoFields) else ((), "")


def _seller(kind: str) -> Organisation | None:
    """For whom one posts: the organisation chosen, else one's own if it sells anything."""
    chosen = request.args.get("cho", "")
    if chosen:
        organisation = accounts.organisation(chosen, actor())
        if not may_speak_for(actor(), organisation):
            raise NotAllowed(N_("You cannot post for this organisation."))
    else:
        organisation = accounts.organisation_by_id(actor().organisation_id)
    posters = MODELS[kind].posters
    if organisation.kind is OrganisationKind.AUTHORITY and organisation.kind not in posters:
        return None
    if organisation.kind not in posters:
        raise NotAllowed(MODELS[kind].posters_said)
    return organisation


@bp.get("/lam-viec/dang-giup")
@access(MEMBERS)
def choose_organisation() -> ResponseReturnValue:
    """For whom to post (?loai= says what): those one may speak for, searched by name."""
    words = tokens(request.args.get("q", ""))
    kind = request.args.get("loai", "")
    kind = kind if kind in PAGES and PAGES[kind].post_at else next(iter(PAGES))
    found = [
        organisation
        for organisation in accounts.can_be_spoken_for(actor())
        if organisation.kind in MODELS[kind].posters
        and all(f" {word}" in f" {organisation.name_key}" for word in words)
    ]
    shown = found[: showing.MOST_CHOICES]
    return render_template(
        "catalogue/choose_organisation.html",
        organisations=shown,
        standing={o.id: showing.consent_of(o) for o in shown},
        drafts=queries.drafts_entered([o.id for o in shown]),
        total=len(found),
        kind=kind,
        page=PAGES[kind],
        q=request.args.get("q", "")[:100],
        kinds=KIND_LABELS,
        household_url=url_for("accounts.enter_household"),
    )


@bp.get("/lam-viec/co-hoi")
@access(OFFICIALS)
def own_opportunities() -> ResponseReturnValue:
    """The authority's own investment opportunities."""
    page = _own_page(["opportunity"])
    return render_template(
        "catalogue/own_opportunities.html",
        page=page,
        items=showing.stall_items(page.items, actor()),
        page_url_for=lambda number: url_for("catalogue.own_opportunities", trang=number),
    )


@bp.route("/lam-viec/co-hoi/moi", methods=["GET", "POST"])
@access(OFFICIALS)
def post_opportunity() -> ResponseReturnValue:
    """Begin an investment opportunity of one's authority."""
    return _begin("opportunity", accounts.organisation_by_id(actor().organisation_id))


@bp.get("/ban-hang/<public:public_id>")
@access(MEMBERS)
def own(public_id: str) -> ResponseReturnValue:
    """One of my listings: what is missing, its photos, what to do next, its history."""
    listing = _mine(public_id)
    return _own(listing, _photos_form(listing))


def _own(listing: Listing, form: PhotosForm) -> str:
    lines = history.lines(journal.of([listing]), (LISTING, AVAILABILITY, VISIBILITY))
    missing = showing.gaps(listing)
    hidden = {"turn_key", "return"} | ({"submit"} if missing else set())
    return render_template(
        "catalogue/own.html",
        listing=listing,
        labels=showing.labels(listing),
        form=form,
        gaps=missing,
        keys=showing.keys(listing, actor()),
        returned=showing.last_return(listing, lines),
        hidden_because=showing.hidden_because(listing),
        history_lines=lines,
        recorded=accounts.acting_records(("listing", listing.id)),
        buttons=[*_confirmation(listing), *_buttons(listing, leave_out=hidden)],
        can_write=listing.state in {ListingState.DRAFT, ListingState.RETURNED},
        writing_url=showing.writing_url(listing),
        can_change_offer=isinstance(listing, Produce) and may_change_offer(actor(), listing),
        warnings=gates.warnings(listing),
        panels=panels.of(listing, actor(), "own"),
    )


def _confirmation(listing: Listing) -> list[MoveButton]:
    button = showing.confirmation(listing, actor())
    return [button] if button else []


def _mine(public_id: str) -> Listing:
    """A listing the actor may work on; someone else's is visible at most."""
    listing = queries.get(public_id, actor())
    if not may_edit(actor(), listing):
        raise NotAllowed(N_("Only this organisation, its cooperative or its locality may do this."))
    return listing


def _photos_form(listing: Listing) -> PhotosForm:
    form = PhotosForm(data={"alt": listing.title})
    _speak(form, listing)
    return form


def _speak(form: ActingForm, listing: Listing) -> None:
    """Ask how one knows, unless it was said when the draft was begun."""
    form.speak_for(None if recorded_before(actor(), listing) else listing.organisation)


@bp.route("/ban-hang/<public:public_id>/sua", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def edit(public_id: str) -> ResponseReturnValue:
    """Change a draft or a returned listing."""
    listing = _mine(public_id)
    if listing.state not in {ListingState.DRAFT, ListingState.RETURNED}:
        raise WrongState(
            N_("Only a draft can be rewritten. A published listing can change its offer.")
        )
    form = PAGES[listing.kind].form(obj=listing)
    _speak(form, listing)
    _offer_villages(form, listing.locality_id)
    PAGES[listing.kind].prepare(form, listing)
    return handle(
        form,
        lambda: _own_page_of("catalogue/edit.html", form, public_id),
        lambda: services.edit(actor(), public_id, form.version.data, form.values(), form.acting()),
        _own_url,
        N_("Saved."),
    )


@bp.route("/ban-hang/<public:public_id>/gia", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def offer(public_id: str) -> ResponseReturnValue:
    """Change price, quantity and months of published produce at once."""
    listing = _mine(public_id)
    if not isinstance(listing, Produce):
        raise NotFound
    if listing.state is not ListingState.PUBLISHED:
        raise WrongState(N_("Only a published listing can change its offer."))
    form = OfferForm(obj=listing)
    form.speak_for(listing.organisation)
    return handle(
        form,
        lambda: _own_page_of("catalogue/offer.html", form, public_id),
        lambda: services.change_offer(
            actor(), public_id, form.version.data, form.values(), form.acting()
        ),
        _own_url,
        N_("The offer was changed and is confirmed as of today."),
    )


@bp.post("/ban-hang/<public:public_id>/anh")
@access(MEMBERS, uploads=True)
def add_photos(public_id: str) -> ResponseReturnValue:
    """Attach photos to a saved draft."""
    listing = _mine(public_id)
    form = _photos_form(listing)
    return handle(
        form,
        lambda: _own(_mine(public_id), form),
        lambda: services.add_photos(
            actor(),
            public_id,
            form.pictures(),
            form.alt.data,
            form.acting(),
        ),
        lambda changed: _own_url(changed) + "#anh",
        N_("Photos added."),
    )


@bp.route("/ban-hang/<public:public_id>/anh/<public:photo_id>/bo", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def remove_photo(public_id: str, photo_id: str) -> ResponseReturnValue:
    """Take a photo off a draft."""
    listing = _mine(public_id)
    if request.method == "GET" and _photo_of(listing, photo_id) is None:
        raise NotFound
    form = PlainForm()
    _speak(form, listing)
    return handle(
        form,
        lambda: _removal(public_id, photo_id, form),
        lambda: services.remove_photo(actor(), public_id, photo_id, form.acting()),
        lambda changed: _own_url(changed) + "#anh",
        N_("Photo removed."),
    )


@bp.route("/ban-hang/<public:public_id>/anh/sap-xep", methods=["GET", "POST"])
@access(MEMBERS, uploads=True)
def arrange_photos(public_id: str) -> ResponseReturnValue:
    """Say what each photo of a draft shows, and which stands first."""
    listing = _mine(public_id)
    if request.method == "GET" and not listing.photos:
        raise NotFound
    form = ArrangeForm(obj=listing, alts=[photo.alt for photo in listing.photos])
    _speak(form, listing)
    here = url_for("catalogue.arrange_photos", public_id=public_id)
    return handle(
        form,
        lambda: _own_page_of("catalogue/arrange_photos.html", form, public_id),
        lambda: services.arrange_photos(
            actor(), public_id, form.version.data, form.alts.data, form.move(), form.acting()
        ),
        lambda changed: here if form.move() else _own_url(changed) + "#anh",
        N_("Saved."),
    )


def _removal(public_id: str, photo_id: str, form: PlainForm) -> str:
    listing = _mine(public_id)
    return render_template(
        "catalogue/remove_photo.html",
        form=form,
        listing=listing,
        photo=_photo_of(listing, photo_id),
        own_url=_own_url(listing),
    )


def _photo_of(listing: Listing, photo_id: str) -> Photo | None:
    return next((photo for photo in listing.photos if photo.public_id == photo_id), None)


# ------------------------------------------------------------ moves, and those who decide


@bp.route(
    f"/ban-hang/<public:public_id>/<any({', '.join(MOVES)}):move_name>", methods=["GET", "POST"]
)
@access(MEMBERS, uploads=True)
def move(public_id: str, move_name: str) -> ResponseReturnValue:
    """Make a move on a listing."""
    listing = queries.get(public_id, actor())
    decides = move_name in {"turn_key", "return"}
    if move_name == "turn_key" and request.method == "GET" and listing.checklist():
        return redirect(url_for("catalogue.review", public_id=public_id))
    back = url_for("catalogue.review" if decides else "catalogue.own", public_id=public_id)
    return move_page(
        listing,
        move_name,
        lambda form: ACTS[move_name](public_id, form),
        title=listing.title,
        back=back,
        done=lambda _listing: url_for("catalogue.queue") if decides else back,
        said=SAID[move_name],
        speaks_for=_speaks_for(listing, move_name),
        workflow=AVAILABILITY if move_name in AVAILABILITY.transitions else LISTING,
    )


def _speaks_for(listing: Listing, move_name: str) -> Organisation | None:
    """Whose word the move would record, for someone who acts for the owner."""
    someone = actor()
    if move_name in {"turn_key", "return"}:
        return None
    if move_name == "submit" and recorded_before(someone, listing):
        return None
    if move_name in AVAILABILITY.transitions and may_review(someone, listing):
        return None
    return listing.organisation


ACTS: dict[str, Callable[[str, MoveForm], Listing]] = {
    "submit": lambda code, form: services.submit(actor(), code, form.acting()),
    "withdraw": lambda code, form: services.withdraw(actor(), code, form.acting()),
    "turn_key": lambda code, _form: services.turn_key(actor(), code),
    "return": lambda code, form: services.return_(
        actor(), code, reason=form.reason.data, note=form.note.data
    ),
    "pause": lambda code, form: services.pause(
        actor(), code, "pause", reason=form.reason.data, note=form.note.data, acting=form.acting()
    ),
    "resume": lambda code, form: services.pause(actor(), code, "resume", acting=form.acting()),
}

SAID = {
    "submit": N_("Sent for approval. An official looks at it within 2 working days."),
    "withdraw": N_("Withdrawn."),
    "turn_key": N_("Approved for your locality."),
    "return": N_("Returned; the owner reads your reason."),
    "pause": N_("Paused. It takes no new interest until it is opened again."),
    "resume": N_("Open again."),
}


def _buttons(listing: Listing, *, leave_out: set[str]) -> list[MoveButton]:
    """The moves of both workflows that the actor may make now."""

    def url(name: str) -> str:
        if name == "close":
            return url_for("interests.close_listing", public_id=listing.public_id)
        return url_for("catalogue.move", public_id=listing.public_id, move_name=name)

    paged = {name for name in ACTS if _records(listing, name)}
    return [
        *moves(listing, url, leave_out=leave_out, as_page={*paged, "close"}),
        *moves(listing, url, workflow=AVAILABILITY, as_page=paged),
    ]


def _records(listing: Listing, move_name: str) -> bool:
    """Whether the move asks how one knows, and so needs a page of its own."""
    organisation = _speaks_for(listing, move_name)
    return organisation is not None and not actor().is_of(organisation.id)


@bp.get("/lam-viec/duyet")
@access(OFFICIALS)
def queue() -> ResponseReturnValue:
    """What waits for the key of my locality."""
    waiting = queries.waiting_for(actor())
    own = [listing for listing in waiting if may_approve(actor(), listing)]
    others = [listing for listing in waiting if listing not in own]
    return render_template(
        "catalogue/queue.html",
        count=len(own),
        items=[
            *(showing.waiting(listing) for listing in own),
            *(showing.waiting(listing, why_no_key(actor(), listing)) for listing in others),
        ],
    )


@bp.get("/lam-viec/duyet/<public:public_id>")
@access(OFFICIALS)
def review(public_id: str) -> ResponseReturnValue:
    """Everything in a listing, whose key is missing, and the decision."""
    return _review(public_id, ChecklistForm())


def _review(public_id: str, form: ChecklistForm) -> str:
    listing = queries.get(public_id, actor())
    if not may_review(actor(), listing):
        raise NotAllowed(N_("The officials of another locality decide about this listing."))
    waits = listing.state is ListingState.SUBMITTED
    checks = listing.checklist() if waits else []
    ticks = bool(checks) and may_approve(actor(), listing) and not stops_approval(listing)
    left_out = {"submit", "withdraw", "close"} | ({"turn_key"} if ticks else set())
    return render_template(
        "catalogue/review.html",
        listing=listing,
        keys=showing.keys(listing, actor()),
        why_not=why_no_key(actor(), listing) if waits else None,
        form=form.ask(checks),
        checks=checks,
        ticks=ticks,
        warnings=gates.warnings(listing),
        buttons=_buttons(listing, leave_out=left_out) if waits else [],
        panels=panels.of(listing, actor(), "review"),
        **_detail(listing),
    )


@bp.post("/lam-viec/duyet/<public:public_id>/chap-thuan")
@access(OFFICIALS)
def approve(public_id: str) -> ResponseReturnValue:
    """Turn the key of a listing that has a checklist."""
    listing = queries.get(public_id, actor())
    form = ChecklistForm().ask(listing.checklist())
    return handle(
        form,
        lambda: _review(public_id, form),
        lambda: services.turn_key(actor(), public_id, form.ticked.data),
        lambda _listing: url_for("catalogue.queue"),
        SAID["turn_key"],
    )


# ------------------------------------------------------------ small things


def _pair() -> Pair:
    """The pair of this address. Raises NotFound where there is none."""
    pair: Pair | None = g.get("pair")
    if pair is None:
        raise NotFound
    return pair


def _offer_villages(form: ListingForm, locality_id: int) -> None:
    """The villages of the owner's locality, where the kind asks for one."""
    form.offer_villages((village.id, village.name) for village in programme.villages(locality_id))


def _own_page_of(template: str, form: ActingForm, public_id: str) -> str:
    """A form about one of my listings, read anew: a refused use case lets go of all rows.

    After a conflict the page shows what someone else saved beside what was typed.
    """
    listing = _mine(public_id)
    text = versions.text_of(listing)
    return render_template(
        template,
        form=form,
        listing=listing,
        own_url=_own_url(listing),
        meanwhile=comparing.meanwhile(form, listing, listing.version, text),
    )


def _own_url(listing: Listing) -> str:
    return url_for("catalogue.own", public_id=listing.public_id)


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(bp)
    LISTINGS.declare_harmless("user_account")
